#include "app/observe_private.h"

#include "model/datum.h"
#include "model/sanitize.h"

#define LONGEST_S 300
#define SKEW_MIN_US (2 * G_USEC_PER_SEC) /* the host tells whole seconds */

/* --- what all kinds share --- */

static void
observation_free(struct observation *o)
{
	if (o->drop)
		o->drop(o->kind);
	g_clear_handle_id(&o->later, g_source_remove);
	g_clear_handle_id(&o->overdue, g_source_remove);
	check_result_clear(&o->result);
	g_free(o);
}

static gboolean
on_later(gpointer user)
{
	struct observation *o = user;
	struct check_result result = o->result;

	o->later = 0;
	o->result = (struct check_result){ 0 };
	result.took_us = g_get_monotonic_time() - o->begun_us;
	result.command = observe_command(o->context, o->run, o->check);
	o->done(o->user, &result);
	check_result_clear(&result);
	observation_free(o);
	return G_SOURCE_REMOVE;
}

void
observe_end(struct observation *o)
{
	if (o->later == 0)
		o->later = g_idle_add_full(G_PRIORITY_DEFAULT, on_later, o, NULL);
}

static void end_with(struct observation *o, enum verdict v, const char *format, va_list args) G_GNUC_PRINTF(3, 0);

static void
end_with(struct observation *o, enum verdict v, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	g_free(o->result.summary);
	o->result.summary = sanitize_text(text, -1);
	o->result.verdict = v;
	observe_end(o);
}

void
observe_end_with(struct observation *o, enum verdict v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end_with(o, v, format, args);
	va_end(args);
}

void
observe_end_unknown(struct observation *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end_with(o, VERDICT_UNKNOWN, format, args);
	va_end(args);
}

static gboolean
on_overdue(gpointer user)
{
	struct observation *o = user;

	o->overdue = 0;
	if (o->later == 0)
		observe_end_unknown(o, "no answer in %d minutes", LONGEST_S / 60);
	return G_SOURCE_REMOVE;
}

char *
observe_fill(const struct observation *o, const char *text)
{
	return text ? run_fill(o->run, text, NULL) : NULL;
}

/* No `host` is this machine. */
struct machine *
observe_machine(const struct observe_context *c, const char *host)
{
	struct machine *m;

	for (guint i = 0; !host && i < c->machines->len; i++) {
		m = c->machines->pdata[i];
		if (m->host->local)
			return m;
	}
	if (!host)
		return NULL;
	m = machines_find(c->machines, host);
	return m ? m : fleet_watch_machine(c->fleet, host);
}

gint64
observe_clock_ahead_us(const struct host *h)
{
	const struct probe *p = &h->probe;
	gint64 ahead = p->host_time_us - (g_get_real_time() - (g_get_monotonic_time() - p->at_us));

	if (h->local || !datum_known(&h->probe_datum) || !p->host_time_us)
		return h->clock_ahead_s * G_USEC_PER_SEC;
	return ABS(ahead) >= SKEW_MIN_US ? ahead : 0;
}

gboolean
observe_needs_link(struct observation *o, const struct machine *m)
{
	const struct link_status *l = &m->host->link;

	if (link_is_up(m->link))
		return TRUE;
	observe_end_unknown(o, "%s is not connected: %s", m->host->name, l->reason ? l->reason : l->state == LINK_CONNECTING ? "still connecting" : "no connection");
	return FALSE;
}

struct check_lines *
observe_lines(struct observation *o, gboolean timed, gint64 now_us)
{
	g_autofree char *pattern = observe_fill(o, o->check->pattern), *watch = observe_fill(o, o->check->watch), *spike = observe_fill(o, o->check->spike);
	const struct check_lines_settings s = {
		.pattern = pattern ? pattern : "", .watch = watch, .spike = timed ? spike : NULL, .watch_means = o->check->watch_means,
		.expect = o->check->expect, .since_min = timed ? o->check->since_min : 0, .now_us = now_us,
	};
	g_autoptr(GError) error = NULL;
	struct check_lines *l = check_lines_new(&s, &error);

	if (!l)
		observe_end_unknown(o, "%s", error->message);
	return l;
}

void
observe_add_before(struct check_result *result, enum verdict v, const char *words)
{
	char *summary = g_strdup_printf("%s; %s", words, result->summary);

	g_free(result->summary);
	result->summary = summary;
	result->verdict = v;
}

void
observe_take(struct observation *o, struct check_lines *l, gint64 utc_us, const char *text, gsize len)
{
	const char *shown = check_lines_take(l, utc_us, text, len);

	if (shown && o->line)
		o->line(o->user, shown);
}

/* --- the interface --- */

static void
begin(struct observation *o)
{
	const struct check *c = o->check;

	switch (c->kind) {
	case CHECK_HTTP: observe_http(o); break;
	case CHECK_LOGS: (c->container ? observe_container : c->unit ? observe_unit : observe_file)(o); break;
	case CHECK_FLEET: observe_fleet(o); break;
	case CHECK_COMMAND: observe_command_output(o); break;
	case CHECK_MANUAL: observe_end_with(o, VERDICT_ASKED, "a person has to look"); break;
	case CHECK_REPORT: observe_end_unknown(o, "a report is written, not looked at"); break;
	}
}

struct observation *
observe_check(const struct observe_context *c, const struct check_run *r, const struct check *check, observe_line line, observe_done done, void *user)
{
	struct observation *o = g_new0(struct observation, 1);
	const char *missing = run_missing(r, check);

	o->context = c;
	o->run = r;
	o->check = check;
	o->line = line;
	o->done = done;
	o->user = user;
	o->begun_us = g_get_monotonic_time();
	o->result.begun_us = g_get_real_time();
	o->overdue = g_timeout_add_seconds(LONGEST_S, on_overdue, o);
	if (missing)
		observe_end_unknown(o, "{%s} has no value: set it under product: in the configuration, or under variables:", missing);
	else
		begin(o);
	return o;
}

void
observation_cancel(struct observation *o)
{
	if (o)
		observation_free(o);
}
