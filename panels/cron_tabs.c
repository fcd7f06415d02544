/* What stands in the tabs of a job's details. */
#include <math.h>
#include <string.h>

#include "panels/cron_private.h"
#include "panels/host_line.h"
#include "tui/glyph.h"
#include "tui/text.h"

/* A time in UTC and, when its zone is known, as the host's own clock shows it. */
static char *time_words(const struct host *h, gint64 at_us)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
	g_autoptr(GTimeZone) zone = h->cron.zone ? g_time_zone_new_identifier(h->cron.zone) : NULL;
	g_autoptr(GDateTime) there = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
	g_autofree char *in_utc = utc ? g_date_time_format(utc, "%Y-%m-%d %H:%MZ") : g_strdup(text_unknown());
	g_autofree char *local = there ? g_date_time_format(there, "%a %H:%M %Z") : NULL;

	return local ? g_strdup_printf("%s, on the host %s", in_utc, local) : g_steal_pointer(&in_utc);
}

static void add_trouble(const struct cron_view *p, const struct host *h, const struct cron_job *j, int cells, GPtrArray *lines)
{
	g_autofree char *when = NULL, *text = NULL;
	char age[16];

	if (j->problem) {
		text = g_strdup_printf("cron does not run this line: %s", j->problem);
		list_add_wrapped(lines, ROLE_WARN, "problem", text, cells);
	}
	if (j->missed_us == 0)
		return;
	when = time_words(h, j->missed_us);
	text_duration(MAX(p->list.context.world->utc_us - j->missed_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	g_free(text);
	text = g_strdup_printf("it should have run %s ago (%s) and did not: is cron running there, was the host on?", age, when);
	list_add_wrapped(lines, ROLE_WARN, "MISSED", text, cells);
}

static char *next_words(const struct cron_view *p, const struct host *h, const struct cron_job *j)
{
	g_autofree char *when = j->next_us > 0 ? time_words(h, j->next_us) : NULL;
	gint64 now = p->list.context.world->utc_us;
	char words[32];

	cron_next_words(j, now, words, sizeof words);
	if (!when)
		return g_strdup(j->problem ? "none" : strcmp(words, "boot") == 0 ? "when the host starts" : "none: this schedule has no next run");
	return g_strdup_printf("%s%s: %s%s", j->next_us > now ? "in " : "", words, when,
	                       j->next_moved ? "; moved by the change to summer time: its hour does not exist that day" : "");
}

static char *last_words(const struct cron_view *p, const struct host *h, const struct cron_job *j)
{
	g_autofree char *when = j->last_us > 0 ? time_words(h, j->last_us) : NULL;
	char age[16], freed[16], result[64] = "";
	struct cron_job without = *j;

	if (!when)
		return g_strdup("not known: nothing on the host tells of a run");
	without.missed_us = 0;
	without.problem = NULL;
	cron_result_words(&without, p->list.context.world->utc_us, result, sizeof result);
	text_age(MAX(p->list.context.world->utc_us - j->last_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	cron_freed_words(j->freed_mb, freed, sizeof freed);
	return g_strdup_printf("%s ago: %s; %s%s%s; from the %s", age, when,
	                       j->result == CRON_RESULT_UNKNOWN ? "its result is not known" : result, isfinite(j->freed_mb) ? ", freed " : "",
	                       isfinite(j->freed_mb) ? freed : "", list_or_unknown(j->last_from));
}

static void add_job(const struct cron_view *p, const struct host *h, const struct cron_job *j, int cells, GPtrArray *lines)
{
	g_autofree char *next = next_words(p, h, j), *last = last_words(p, h, j);
	g_autofree char *managed = g_strdup_printf("by the block \"# bytelyst-vm-maintenance\"%s%s", j->mode ? ", mode " : "", j->mode ? j->mode : "");

	add_trouble(p, h, j, cells, lines);
	list_add_wrapped(lines, ROLE_TEXT, "schedule", list_or_unknown(j->schedule), cells);
	list_add_wrapped(lines, ROLE_TEXT, "next run", next, cells);
	list_add_wrapped(lines, j->result == CRON_RESULT_FAILED ? ROLE_WARN : ROLE_TEXT, "last run", last, cells);
	list_add_wrapped(lines, ROLE_TEXT, "command", list_or_unknown(j->command), cells);
	list_add_wrapped(lines, ROLE_TEXT, "as user", list_or_unknown(j->user), cells);
	list_add_wrapped(lines, ROLE_TEXT, "written in", list_or_unknown(j->where), cells);
	if (j->managed)
		list_add_wrapped(lines, ROLE_TEXT, "managed", managed, cells);
	list_add_wrapped(lines, ROLE_DIM, "host", h->name, cells);
	list_add_wrapped(lines, ROLE_DIM, "its zone", h->cron.zone ? h->cron.zone : "not known: times are in UTC", cells);
}

static void add_not_read(const struct host *h, int cells, GPtrArray *lines)
{
	char mark[16];

	if (h->cron.not_read->len == 0)
		list_add(lines, ROLE_DIM, "Everything that midwatch looks for on %s could be read.", h->name);
	else
		list_add(lines, ROLE_TEXT, "On %s these could not be read; jobs in them are not in the list:", h->name);
	g_snprintf(mark, sizeof mark, "%s", glyph(GLYPH_WARN));
	for (guint i = 0; i < h->cron.not_read->len; i++)
		list_add_labelled(lines, ROLE_TEXT, mark, 1, h->cron.not_read->pdata[i], cells);
}

void cron_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	const struct cron_view *p = (const struct cron_view *)l;
	struct host *h;
	struct cron_job *j;

	if (!cron_find(p, key, &h, &j))
		return;
	switch (l->details.tab) {
	case CRON_TAB_JOB: add_job(p, h, j, body->width, lines); break;
	case CRON_TAB_RUNS: cron_runs_lines(p, h, j, body, lines); break;
	default: add_not_read(h, body->width, lines); break;
	}
}
