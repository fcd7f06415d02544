#include "model/crontab.h"

#include <string.h>

#include "model/cron_command.h"
#include "model/cron_schedule.h"
#include "model/sanitize.h"

#define LINE_MAX_BYTES 4000
#define COMMAND_MAX 999          /* cron.h: MAX_COMMAND with its NUL; one as long is refused */

enum block { OUTSIDE, BEGUN, INSIDE }; /* BEGUN: no job of it was seen yet */

struct reader {
	const struct crontab_place *place;
	GPtrArray *jobs;
	GHashTable *seen;        /* keys, to tell equal lines apart */
	enum block block;
	guint taken, left_out;
};

gboolean
crontab_file_is_run(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
			return FALSE;
	return *name != '\0';
}

/* env.c, load_env(): a name, quoted or a word, then an equals sign. Fields never have one before the command. */
static gboolean
is_setting(const char *line)
{
	char quote = *line == '"' || *line == '\'' ? *line++ : '\0';

	if (quote) {
		while (*line && *line != quote && *line != '=')
			line++;
		if (*line++ != quote)
			return FALSE;
	} else {
		while (*line && *line != '=' && !g_ascii_isspace(*line))
			line++;
	}
	while (g_ascii_isspace(*line))
		line++;
	return *line == '=';
}

/* --- the managed block --- */

static void
read_comment(struct reader *r, const char *line)
{
	const char *mark = strstr(line, CRONTAB_MARK);
	g_autofree char *words = NULL;

	if (!mark)
		return;
	words = g_ascii_strdown(line, -1);
	if (strstr(words, "end") || (mark > line && mark[-1] == '/') || strstr(words, "<<<"))
		r->block = OUTSIDE;
	else
		r->block = BEGUN;
}

static gboolean
is_marked(const char *command)
{
	const char *hash = strchr(command, '#');

	return hash && strstr(hash, CRONTAB_MARK);
}

/* --- jobs --- */

static char *
safe_field(const char *start, gsize len)
{
	g_autofree char *safe = sanitize_text(start, (gssize)len);

	return g_strdup(g_strstrip(safe));
}

static void
set_command(struct cron_job *j, const char *raw)
{
	g_autofree char *stripped = g_strstrip(g_strdup(raw));

	j->command = safe_field(raw, strlen(raw));
	j->altered = strcmp(stripped, j->command) != 0;
	j->logged = cron_command_logged(raw);
}

/* The time fields with one blank between them. */
static char *
schedule_text(const char *start, gsize len)
{
	g_autofree char *copy = g_strndup(start, len);
	GString *out = g_string_new(NULL);

	for (char *p = copy, *word; (word = strtok_r(p, " \t", &p));)
		g_string_append_printf(out, "%s%s", out->len ? " " : "", word);
	g_free(g_steal_pointer(&copy));
	copy = g_string_free(out, FALSE);
	return sanitize_text(copy, -1);
}

static void
set_key(struct reader *r, struct cron_job *j)
{
	g_autofree char *all = g_strjoin("\x1f", j->where, j->user ? j->user : "", j->schedule, j->command, NULL);
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, all, -1);

	j->key = g_strdup(sum);
	for (guint n = 2; g_hash_table_contains(r->seen, j->key); n++) {
		g_free(j->key);
		j->key = g_strdup_printf("%s-%u", sum, n);
	}
	g_hash_table_add(r->seen, j->key);
}

static void
finish_job(struct reader *r, struct cron_job *j)
{
	j->where = g_strdup(r->place->where);
	j->managed = r->block != OUTSIDE || is_marked(j->command);
	j->mode = j->managed ? cron_command_mode(j->command) : NULL;
	j->name = cron_command_name(j->command, j->mode);
	set_key(r, j);
	g_ptr_array_add(r->jobs, j);
	r->taken++;
}

/* The line's user and command; what cron would refuse is a problem. */
static void
read_command(struct cron_job *j, const char *rest, const struct crontab_place *place)
{
	gsize len = strlen(rest);

	if (place->origin == CRON_USER) {
		j->user = g_strdup(place->user);
		set_command(j, rest);
		if (*rest == '*')
			j->problem = g_strdup("bad command: it begins with *, is there a field too many?");
	} else {
		gsize word = strcspn(rest, " \t");
		j->user = safe_field(rest, word);
		set_command(j, rest + word);
		len -= word;
		if (!*j->command)
			j->problem = g_strdup("bad command: a line of this file needs a user before the command");
	}
	if (!j->problem && len >= COMMAND_MAX)
		j->problem = g_strdup("command too long: cron takes 998 characters");
}

static void
read_job(struct reader *r, const char *line, gboolean complete)
{
	struct cron_job *j = cron_job_new(r->place->origin);
	struct cron_schedule schedule;
	const char *rest, *problem;

	if (cron_schedule_parse(line, &schedule, &rest, &problem)) {
		j->schedule = schedule_text(line, (gsize)(rest - line));
		read_command(j, rest, r->place);
	} else {
		j->schedule = g_strdup("");
		j->command = safe_field(line, strlen(line));
		j->problem = g_strdup(problem);
	}
	if (!j->problem && !complete)
		j->problem = g_strdup("the last line has no line feed: cron does not read it");
	finish_job(r, j);
}

static void
read_line(struct reader *r, const char *start, gsize len, gboolean complete)
{
	g_autofree char *copy = g_strndup(start, MIN(len, LINE_MAX_BYTES));
	const char *line = copy + strspn(copy, " \t");

	if (*line == '\0') {
		if (r->block == INSIDE)
			r->block = OUTSIDE;
	} else if (*line == '#') {
		read_comment(r, line);
	} else if (!is_setting(line)) {
		if (r->block == BEGUN)
			r->block = INSIDE;
		if (r->taken < CRONTAB_JOBS_MAX)
			read_job(r, line, complete);
		else
			r->left_out++;
	}
}

guint
crontab_parse(const char *text, gsize len, const struct crontab_place *place, GPtrArray *jobs)
{
	struct reader r = { .place = place, .jobs = jobs, .seen = g_hash_table_new(g_str_hash, g_str_equal) };
	const char *end = text + len;

	for (const char *line = text, *feed; line < end; line = feed + 1) {
		feed = memchr(line, '\n', (gsize)(end - line));
		read_line(&r, line, (gsize)((feed ? feed : end) - line), feed != NULL);
		if (!feed)
			break;
	}
	g_hash_table_unref(r.seen);
	return r.left_out;
}
