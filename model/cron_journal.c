#include "model/cron_journal.h"

#include <string.h>

struct entry { gint64 at_us, pid; const char *text; };

static void
free_start(gpointer data)
{
	struct cron_start *s = data;

	g_free(s->user);
	g_free(s->command);
	g_free(s);
}

/* "SECONDS.MICROSECONDS HOST IDENT[PID]: TEXT". */
static gboolean
split_line(const char *line, struct entry *out)
{
	const char *colon, *bracket;
	char *end;
	gint64 seconds = g_ascii_strtoll(line, &end, 10);

	if (end == line || seconds <= 0 || seconds > G_GINT64_CONSTANT(253402300799))
		return FALSE;
	out->at_us = seconds * G_USEC_PER_SEC;
	if (*end == '.')
		out->at_us += CLAMP(g_ascii_strtoll(end + 1, NULL, 10), 0, G_USEC_PER_SEC - 1);
	colon = strstr(end, ": ");
	if (!colon)
		return FALSE;
	bracket = g_strrstr_len(end, colon - end, "[");
	out->pid = bracket ? g_ascii_strtoll(bracket + 1, NULL, 10) : 0;
	out->text = colon + 2;
	return TRUE;
}

static guint
hash_start(gconstpointer start)
{
	const struct cron_start *s = start;

	return g_str_hash(s->user) * 31 + g_str_hash(s->command);
}

static gboolean
is_same_start(gconstpointer first, gconstpointer second)
{
	const struct cron_start *a = first, *b = second;

	return strcmp(a->user, b->user) == 0 && strcmp(a->command, b->command) == 0;
}

const struct cron_start *
cron_journal_find(GHashTable *starts, const char *user, const char *command)
{
	const struct cron_start wanted = { .user = (char *)user, .command = (char *)command };

	return g_hash_table_lookup(starts, &wanted);
}

static void
add_start(GHashTable *starts, const struct entry *e, gint64 pid, const char *user, const char *command)
{
	const struct cron_start wanted = { .user = (char *)user, .command = (char *)command };
	struct cron_start *s = g_hash_table_lookup(starts, &wanted);

	if (s && s->at_us >= e->at_us)
		return;
	if (!s) {
		if (g_hash_table_size(starts) >= CRON_STARTS_MAX)
			return;
		s = g_new0(struct cron_start, 1);
		s->user = g_strdup(user);
		s->command = g_strdup(command);
		g_hash_table_add(starts, s);
	}
	s->at_us = e->at_us;
	s->pid = pid;
	s->failed = FALSE;
}

/* "(root) CMD (/bin/false)", with the process id in front of the command when cron logs ends as well. */
static void
take_cmd(GHashTable *starts, const struct entry *e)
{
	const char *close = strstr(e->text, ") CMD ("), *command = close ? close + strlen(") CMD (") : NULL;
	g_autofree char *user = NULL, *text = NULL;
	gint64 pid = e->pid;
	char *end;

	if (e->text[0] != '(' || !close)
		return;
	if (*command == '[') {
		gint64 told = g_ascii_strtoll(command + 1, &end, 10);
		if (end > command + 1 && end[0] == ']' && end[1] == ' ') {
			pid = told;
			command = end + 2;
		}
	}
	user = g_strndup(e->text + 1, (gsize)(close - e->text - 1));
	text = g_strdup(command);
	if (g_str_has_suffix(text, ")"))
		text[strlen(text) - 1] = '\0';
	add_start(starts, e, pid, user, g_strstrip(text));
}

/* "USER root pid 123 cmd /bin/false", BusyBox. */
static void
take_busybox(GHashTable *starts, const struct entry *e)
{
	const char *pid = strstr(e->text, " pid "), *command = pid ? strstr(pid, " cmd ") : NULL;
	g_autofree char *user = NULL, *text = NULL;

	if (!command)
		return;
	user = g_strndup(e->text + strlen("USER "), (gsize)(pid - e->text) - strlen("USER "));
	text = g_strdup(command + strlen(" cmd "));
	add_start(starts, e, g_ascii_strtoll(pid + strlen(" pid "), NULL, 10), user, g_strstrip(text));
}

static void
take_failure(GHashTable *starts, const struct entry *e)
{
	const char *number = strstr(e->text, "grandchild #"), *status = strstr(e->text, "exit status ");
	gint64 pid = number ? g_ascii_strtoll(number + strlen("grandchild #"), NULL, 10) : 0;
	GHashTableIter each;
	gpointer key;

	g_hash_table_iter_init(&each, starts);
	while (pid > 0 && g_hash_table_iter_next(&each, &key, NULL)) {
		struct cron_start *s = key;
		if (s->pid == pid && s->at_us <= e->at_us) {
			s->failed = TRUE;
			s->status = status ? (int)CLAMP(g_ascii_strtoll(status + strlen("exit status "), NULL, 10), 0, 255) : -1;
		}
	}
}

/* Failures come after all starts, so that it does not matter in which order the lines came. */
static void
take_lines(GHashTable *starts, char *copy, gboolean failures)
{
	for (char *line = copy, *next; line; line = next) {
		struct entry e;
		next = strchr(line, '\n');
		if (next)
			*next = '\0';
		if (split_line(line, &e)) {
			if (failures)
				take_failure(starts, &e);
			else if (g_str_has_prefix(e.text, "USER "))
				take_busybox(starts, &e);
			else
				take_cmd(starts, &e);
		}
		if (next)
			*next++ = '\n';
	}
}

GHashTable *
cron_journal_parse(const char *text, gsize len)
{
	GHashTable *starts = g_hash_table_new_full(hash_start, is_same_start, free_start, NULL);
	g_autofree char *copy = g_strndup(text, len);

	take_lines(starts, copy, FALSE);
	take_lines(starts, copy, TRUE);
	return starts;
}
