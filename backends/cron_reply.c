#include "backends/cron_reply.h"

#include <string.h>

#include "backends/cron_script.h"
#include "backends/cron_sections.h"
#include "model/cleanup_log.h"
#include "model/cron_journal.h"
#include "model/cron_pair.h"
#include "model/crontab.h"
#include "model/logrotate.h"
#include "model/sanitize.h"
#include "model/systemd_timers.h"

#define NOT_READ_MAX 40
#define NAME_BYTES 300
#define CLEANUP_AHEAD_MAX_US G_TIME_SPAN_DAY
#define JOBS_MAX 1000 /* of all crontabs, about: each costs some 0.1 ms, on the main loop */

struct reading {
	const GPtrArray *sections;
	struct cron_reply *out;
	struct cron_state *before;
	gint64 at_us, now_us;      /* monotonic; UTC by the host's clock */
	GTimeZone *zone;
	gboolean debian, root;
};

static void G_GNUC_PRINTF(2, 3)
note(struct reading *r, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	if (r->out->state.not_read->len < NOT_READ_MAX)
		g_ptr_array_add(r->out->state.not_read, text);
	else
		g_free(text);
}

static char *
safe(const GString *s)
{
	g_autofree char *text = sanitize_text(s->str, (gssize)MIN(s->len, NAME_BYTES));

	return g_strdup(g_strstrip(text));
}

/* The line that says what went wrong: the first; of sudo the last, since it may begin with a remark about the host's name. */
static char *
safe_error(const struct cron_section *s)
{
	g_auto(GStrv) lines = g_strsplit(s->errors->str, "\n", 4);
	guint count = g_strv_length(lines);
	const char *line = count == 0 ? "" : g_str_has_prefix(lines[0], "sudo") ? lines[count - 1] : lines[0];
	g_autofree char *text = sanitize_text(line, (gssize)MIN(strlen(line), NAME_BYTES));

	return g_strdup(g_strstrip(text));
}

static const struct cron_section *
find(const struct reading *r, const char *kind)
{
	return cron_sections_find(r->sections, kind);
}

/* --- the zone --- */

static gboolean
is_zone_name(const char *name)
{
	return *name && *name != '/' && !strstr(name, "..") &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/,.:<>") == strlen(name);
}

/* A host without any setting has UTC, as its C library says. One whose zone is not known here is given its offset of now. */
static void
read_zone(struct reading *r)
{
	const struct cron_section *s = find(r, "zone"), *offset = find(r, "offset");
	g_autofree char *name = s ? safe(s->name) : g_strdup("");
	g_autofree char *now = offset ? safe(offset->name) : g_strdup("");

	if (is_zone_name(name))
		r->zone = g_time_zone_new_identifier(name);
	else if (!*name)
		r->zone = g_time_zone_new_utc();
	r->out->state.zone = g_strdup(*name ? name : "UTC");
	if (r->zone)
		return;
	r->zone = is_zone_name(now) ? g_time_zone_new_identifier(now) : NULL;
	if (!r->zone)
		r->zone = g_time_zone_new_utc();
	note(r, "The time zone %s is not known here: times follow the host's offset of now, %s, also after a change of the clock.", name,
	     *now ? now : "UTC");
}

/* --- crontabs --- */

/* Debian's cron says "this crontab file will be ignored" and means it: of such a file it runs nothing, not even the lines that are right. */
static void
refuse_file(struct reading *r, guint first, const char *where, const char *why)
{
	GPtrArray *jobs = r->out->state.jobs;

	note(r, "%s is not run: %s.", where, why);
	for (guint i = first; i < jobs->len; i++) {
		struct cron_job *j = jobs->pdata[i];
		if (j->problem)
			continue;
		j->problem = g_strdup_printf("cron passes over the whole file: %s", why);
		j->file_refused = TRUE;
	}
}

static gboolean
has_bad_line(const GPtrArray *jobs, guint first)
{
	for (guint i = first; i < jobs->len; i++)
		if (((const struct cron_job *)jobs->pdata[i])->problem)
			return TRUE;
	return FALSE;
}

/* The script found that its owner or mode is what cron, or logrotate, does not trust. */
static gboolean
is_unsafe(const struct reading *r, const char *name)
{
	for (guint i = 0; i < r->sections->len; i++) {
		const struct cron_section *s = r->sections->pdata[i];
		if (strcmp(s->kind, "unsafe") == 0 && strcmp(s->name->str, name) == 0)
			return TRUE;
	}
	return FALSE;
}

static void
parse_crontab(struct reading *r, const struct cron_section *s, const struct crontab_place *place)
{
	GPtrArray *jobs = r->out->state.jobs;
	guint first = jobs->len, more;

	if (first >= JOBS_MAX) {
		note(r, "%s is left out: there are %u jobs already.", place->where, first);
		return;
	}
	more = crontab_parse(s->text->str, s->text->len, place, jobs);
	for (guint i = first; i < jobs->len; i++) {
		struct cron_job *j = jobs->pdata[i];
		j->changed_us = s->number > 0 && s->number < G_MAXINT64 / G_USEC_PER_SEC ? s->number * G_USEC_PER_SEC : 0;
	}
	if (r->debian && place->origin != CRON_USER && is_unsafe(r, s->name->str))
		refuse_file(r, first, place->where, "it has to be root's own, with one name, and nobody else may write it");
	else if (r->debian && has_bad_line(jobs, first))
		refuse_file(r, first, place->where, "a line of it is wrong");
	if (more)
		note(r, "%s: %u jobs more than the %d that are shown.", place->where, more, CRONTAB_JOBS_MAX);
}

/* "no crontab for root", also by BusyBox's words. */
static gboolean
is_empty_crontab(const char *error)
{
	return strstr(error, "no crontab for") || strstr(error, "o such file");
}

static void
read_user_crontab(struct reading *r, const struct cron_section *s)
{
	g_autofree char *user = safe(s->name), *error = safe_error(s), *where = g_strdup_printf("crontab of %s", user);
	const struct crontab_place place = { .origin = CRON_USER, .where = where, .user = user };

	parse_crontab(r, s, &place);
	r->out->sudo_refused = r->out->sudo_refused || g_str_has_prefix(error, "sudo");
	if (*error && !s->text->len && !is_empty_crontab(error) && strcmp(error, "no crontab command") != 0)
		note(r, "The %s could not be read: %s.%s", where, error,
		     g_str_has_prefix(error, "sudo") || strstr(error, "only root") ? " Log in as root, or allow crontab by sudo without a password." : "");
}

static void
read_system_crontab(struct reading *r, const struct cron_section *s)
{
	g_autofree char *where = safe(s->name), *error = safe_error(s);
	const char *base = strrchr(where, '/');
	gboolean in_directory = strcmp(s->kind, "cron.d") == 0;
	const struct crontab_place place = { .origin = in_directory ? CRON_ETC_CRON_D : CRON_ETC_CRONTAB, .where = where };

	if (*error)
		note(r, "%s could not be read: %s.", where, error);
	else if (in_directory && base && base[1] == '.')
		return; /* .placeholder: no cron reads it */
	else if (in_directory && r->debian && base && !crontab_file_is_run(base + 1))
		note(r, "%s is not run: cron passes over names with anything but letters, digits, - and _.", where);
	else
		parse_crontab(r, s, &place);
}

static void
read_crontabs(struct reading *r)
{
	for (guint i = 0; i < r->sections->len; i++) {
		const struct cron_section *s = r->sections->pdata[i];
		if (strcmp(s->kind, "crontab") == 0)
			read_user_crontab(r, s);
		else if (strcmp(s->kind, "etc") == 0 || strcmp(s->kind, "cron.d") == 0)
			read_system_crontab(r, s);
	}
	/* Others' processes may be hidden from anyone but root. */
	if (r->out->state.jobs->len > 0 && r->root && !find(r, "daemon"))
		note(r, "No cron runs on this host: none of the jobs of its crontabs will start.");
}

/* --- systemd --- */

static void
read_timers(struct reading *r)
{
	const struct cron_section *timers = find(r, "timers"), *units = find(r, "units");
	g_autofree char *error = timers ? safe_error(timers) : NULL;

	if (!timers)
		note(r, "There are no systemd timers: this host runs without systemd.");
	else if (!systemd_timers_list(timers->text->str, timers->text->len, r->out->state.jobs))
		note(r, "The systemd timers could not be read: %s.", *error ? error : "systemctl list-timers gave no JSON; systemd 249 or newer does");
	else if (units)
		systemd_timers_show(units->text->str, units->text->len, r->out->state.jobs);
}

/* --- evidence of runs --- */

/* The starts that cron logged; NULL, with a note, when they cannot be known. */
static GHashTable *
read_journal(struct reading *r, gint64 *from_us)
{
	const struct cron_section *s = find(r, "journal"), *first = find(r, "journal_from");
	g_autofree char *error = s ? safe_error(s) : NULL;
	gint64 seconds = first ? g_ascii_strtoll(first->text->str, NULL, 10) : 0;

	if (!s || s->text->len >= CRON_JOURNAL_MAX)
		note(r, "No starts of cron's jobs are known: %s.", s ? "cron's journal is too long" : "this host has no journal");
	else if (*error)
		note(r, "No starts of cron's jobs are known, the journal says: %s", error);
	else if (seconds <= 0 || seconds > G_MAXINT64 / G_USEC_PER_SEC)
		note(r, "No starts of cron's jobs are known: the journal is empty.");
	else {
		*from_us = MAX(seconds * G_USEC_PER_SEC, r->now_us - 2 * G_TIME_SPAN_DAY);
		return cron_journal_parse(s->text->str, s->text->len);
	}
	return NULL;
}

/* What was known of the cleanup's runs stays: the log is unchanged, or does not answer now. */
static void
keep_runs(struct reading *r)
{
	struct cron_state *s = &r->out->state;

	if (!r->before)
		return;
	g_ptr_array_unref(s->runs);
	s->runs = g_steal_pointer(&r->before->runs);
	r->before->runs = g_ptr_array_new_with_free_func((GDestroyNotify)cleanup_run_free);
	datum_clear(&s->runs_datum);
	s->runs_datum = r->before->runs_datum;
	memset(&r->before->runs_datum, 0, sizeof r->before->runs_datum);
}

/* A clock that was wrong for a while would be the newest run for years: no other would count, and none would be missed. Times without a zone
 * may be another zone's, hence the slack. */
static void
drop_future_runs(struct reading *r, const char *path)
{
	GPtrArray *runs = r->out->state.runs; /* the oldest first */
	guint dropped = 0;

	while (r->now_us && runs->len > 0 && ((const struct cleanup_run *)runs->pdata[runs->len - 1])->at_us > r->now_us + CLEANUP_AHEAD_MAX_US) {
		g_ptr_array_set_size(runs, (int)runs->len - 1);
		dropped++;
	}
	if (dropped > 0)
		note(r, "%s has %u run%s dated in the future, left out: the clock was wrong then, or is now.", path, dropped, dropped == 1 ? "" : "s");
}

static void
read_cleanup_text(struct reading *r, const struct cron_section *s, const char *path)
{
	struct cron_state *state = &r->out->state;

	if (!cleanup_log_parse(s->text->str, s->text->len, s->text->len >= CRON_TAIL_MAX, r->zone, state->runs))
		note(r, "%s has lines, but none that tells of a cleanup.", path);
	drop_future_runs(r, path);
	if (state->runs->len > 0)
		datum_good(&state->runs_datum, r->at_us);
	else
		datum_none(&state->runs_datum, "the cleanup log tells of no run yet");
}

/* FALSE: the log cannot be read, so that nothing follows from a run that is not in it. */
static gboolean
read_cleanup(struct reading *r)
{
	const struct cron_section *at = find(r, "cleanup"), *text = find(r, "cleanup_text"), *stamp = find(r, "cleanup_stamp");
	g_autofree char *path = at ? safe(at->name) : g_strdup("the cleanup log"), *error = text ? safe_error(text) : NULL, *reason = NULL;

	if (find(r, "cleanup_same") && r->before) {
		r->out->same_cleanup = TRUE;
		keep_runs(r);
		if (r->out->state.runs->len > 0)
			datum_good(&r->out->state.runs_datum, r->at_us);
		return TRUE;
	}
	if (text && !*error) {
		read_cleanup_text(r, text, path);
		r->out->cleanup_stamp = stamp ? safe(stamp->name) : NULL;
		return TRUE;
	}
	reason = text ? g_strdup_printf("%s could not be read: %s.", path, error) : g_strdup_printf("There is no %s.", path);
	note(r, "%s", reason);
	if (text) {
		keep_runs(r);
		datum_failed(&r->out->state.runs_datum, reason);
	} else {
		datum_none(&r->out->state.runs_datum, reason);
	}
	return FALSE;
}

/* --- logs that grow --- */

/* logrotate.conf(5), tabooext. */
static gboolean
is_taboo(const char *path)
{
	static const char *const endings[] = { ",v", ".bak", ".cfsaved", ".disabled", ".dpkg-bak", ".dpkg-del", ".dpkg-dist", ".dpkg-new",
		".dpkg-old", ".dpkg-tmp", ".rpmnew", ".rpmorig", ".rpmsave", ".swp", ".ucf-dist", ".ucf-new", ".ucf-old", "~" };

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(path, endings[i]))
			return TRUE;
	return FALSE;
}

static char *
rule_of(const struct reading *r, const char *path)
{
	for (guint i = 0; find(r, "logrotate_there") && i < r->sections->len; i++) {
		const struct cron_section *s = r->sections->pdata[i];
		if (strcmp(s->kind, "logrotate") == 0 && !is_taboo(s->name->str) && !is_unsafe(r, s->name->str) && logrotate_names(s->text->str, s->text->len, path))
			return safe(s->name);
	}
	return NULL;
}

static void
read_logs(struct reading *r)
{
	for (guint i = 0; i < r->sections->len; i++) {
		const struct cron_section *s = r->sections->pdata[i];
		g_autofree char *path = NULL, *error = NULL;
		struct growing_log *l;
		error = safe_error(s);
		if (strcmp(s->kind, "logrotate") == 0 && *error) {
			path = safe(s->name);
			note(r, "%s could not be read: %s.", path, error);
		} else if (strcmp(s->kind, "logrotate") == 0 && is_unsafe(r, s->name->str)) {
			path = safe(s->name);
			note(r, "%s rotates nothing: logrotate passes over a file that is not root's or that others may write.", path);
		}
		if (strcmp(s->kind, "log") != 0)
			continue;
		path = safe(s->name);
		l = growing_log_new(path);
		l->exists = s->number >= 0;
		l->size = s->number >= 0 ? (guint64)s->number : 0;
		l->rule = rule_of(r, s->name->str);
		g_ptr_array_add(r->out->state.logs, l);
	}
	if (!find(r, "logrotate_there"))
		note(r, "logrotate is not installed: nothing rotates this host's logs but the journal.");
}

/* --- the whole --- */

static void
put_managed_first(GPtrArray *jobs)
{
	g_autofree gpointer *copy = g_memdup2(jobs->pdata, jobs->len * sizeof(gpointer));
	guint at = 0;

	for (guint pass = 0; pass < 2; pass++)
		for (guint i = 0; i < jobs->len; i++)
			if (((struct cron_job *)copy[i])->managed == (pass == 0))
				jobs->pdata[at++] = copy[i];
}

static void
mark(struct reading *r)
{
	struct cron_state *s = &r->out->state;
	const struct cron_section *own = find(r, "crontab");
	g_autofree char *error = own ? safe_error(own) : g_strdup("");
	gboolean no_cron = strcmp(error, "no crontab command") == 0 && !find(r, "etc") && !find(r, "cron.d");

	if (no_cron)
		note(r, "There is no cron on this host.");
	if (no_cron && !find(r, "timers"))
		datum_none(&s->datum, "there is neither cron nor systemd on this host");
	else
		datum_good(&s->datum, r->at_us);
}

static void
read_all(struct reading *r)
{
	const struct cron_section *now = find(r, "now"), *user = find(r, "user");
	g_autoptr(GHashTable) starts = NULL;
	struct cron_evidence evidence = { 0 };

	r->now_us = now && now->number > 0 && now->number < G_MAXINT64 / G_USEC_PER_SEC ? now->number * G_USEC_PER_SEC : 0;
	r->debian = find(r, "debian") != NULL;
	r->root = user && user->number == 0;
	read_zone(r);
	read_crontabs(r);
	read_timers(r);
	starts = read_journal(r, &evidence.starts_from_us);
	evidence.starts = starts;
	evidence.runs = read_cleanup(r) ? r->out->state.runs : NULL;
	read_logs(r);
	put_managed_first(r->out->state.jobs);
	mark(r);
	if (r->now_us)
		cron_pair(r->out->state.jobs, &evidence, r->zone, r->now_us);
	else
		note(r, "The host's clock could not be read: no next runs are known.");
}

gboolean
cron_reply_parse(const char *text, gsize len, gint64 at_us, struct cron_state *before, struct cron_reply *out, const char **problem)
{
	gboolean complete;
	g_autoptr(GPtrArray) sections = cron_sections_parse(text, len, &complete);
	struct reading r = { .sections = sections, .out = out, .before = before, .at_us = at_us };

	memset(out, 0, sizeof *out);
	*problem = NULL;
	if (!complete) {
		*problem = "it is cut off";
		return FALSE;
	}
	cron_state_init(&out->state);
	read_all(&r);
	g_time_zone_unref(r.zone);
	return TRUE;
}

void
cron_reply_clear(struct cron_reply *r)
{
	if (r->state.jobs)
		cron_state_clear(&r->state);
	g_free(r->cleanup_stamp);
	memset(r, 0, sizeof *r);
}
