/* What stands in the tabs of a gateway's details: all that is known of it, its lines of the sweep, its faults, and the fleet as a whole. */
#include <math.h>
#include <string.h>

#include "panels/gateways_private.h"
#include "panels/host_line.h"
#include "tui/text.h"

#define CLOCK_OFF_S 2 /* a clock that is this far off is told */

static void time_and_age(const struct world *w, gint64 utc_us, char *out, gsize size)
{
	char at[40], age[16];

	panel_time(utc_us, w->utc_us, at, sizeof at);
	text_duration(MAX(w->utc_us - utc_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	g_snprintf(out, size, "%s (%s ago)", at, age);
}

static gint64 utc_of(const struct world *w, gint64 monotonic_us)
{
	return w->utc_us - (w->now_us - monotonic_us);
}

/* --- State --- */

static void add_online(const struct world *w, const struct gateway *g, int cells, GPtrArray *lines)
{
	static const char *const views[] = { [VIEW_PRODUCT] = "the product", [VIEW_TAILNET] = "the tailnet", [VIEW_LINK] = "our links" };
	const struct fleet *f = w->fleet;
	g_autoptr(GString) text = g_string_new(NULL);
	char link[40];

	gateways_link(g, w->now_us, link, sizeof link);
	g_string_printf(text, "product %s, tailnet %s, link %s; judged by %s", gateways_presence(g->product), gateways_presence(g->tailnet.presence), link,
	                views[f->view]);
	if (g->lost)
		g_string_append(text, "; lost: it was online in the baseline");
	if (gateway_is_muted(f, g, w->now_us))
		g_string_append(text, "; being gone is expected: it is restarted by a rollout");
	list_add_wrapped(lines, g->lost ? gateways_role(gateway_severity(f, GATEWAY_LOST)) : ROLE_TEXT, "online", text->str, cells);
}

static void add_origins(const struct gateway *g, int cells, GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint o = 0; o < ORIGIN_COUNT; o++)
		if (g->origins & 1u << o)
			g_string_append_printf(text, "%s%s%s%s", text->len ? ", " : "", gateway_origin_name((enum gateway_origin)o),
			                       g->said[o].address ? " at " : "", g->said[o].address ? g->said[o].address : "");
	list_add_wrapped(lines, ROLE_TEXT, "listed by", list_or_unknown(text->str), cells);
	if (g->disagreement)
		list_add_wrapped(lines, ROLE_WARN, "disagree", g->disagreement, cells);
	list_add_wrapped(lines, ROLE_TEXT, "address", g->address ? g->address : "as ssh knows its name", cells);
}

static void add_tailnet(const struct world *w, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct gateway_tailnet *t = &g->tailnet;
	g_autoptr(GString) text = g_string_new(gateways_presence(t->presence));
	char path[96], seen[64];

	gateways_path(g, path, sizeof path);
	time_and_age(w, t->last_seen_us, seen, sizeof seen);
	if (t->path != PATH_UNKNOWN)
		g_string_append_printf(text, ", path: %s", path);
	if (t->last_seen_us > 0)
		g_string_append_printf(text, ", last seen %s", seen);
	if (t->expired)
		g_string_append(text, "; its key has expired: renew it, in Tailscale's admin console or by \"tailscale up\" over there");
	list_add_wrapped(lines, t->presence == PRESENCE_OFFLINE ? ROLE_WARN : ROLE_TEXT, "tailnet", text->str, cells);
}

static void add_link(const struct panel_context *context, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct link_status *s = &g->host->link;
	g_autofree char *report = NULL;
	g_auto(GStrv) rows = NULL;
	char age[16];

	text_duration(s->since_us > 0 ? MAX(context->world->now_us - s->since_us, 0) / G_USEC_PER_SEC : -1, age, sizeof age);
	if (host_line_is_up(g->host)) {
		report = g_strdup_printf("up for %s, %s%s%s", age, list_or_unknown(s->transport), s->address ? ", " : "", s->address ? s->address : "");
		list_add_wrapped(lines, ROLE_TEXT, "link", report, cells);
		return;
	}
	if (!host_line_has_trouble(g->host)) {
		list_add_wrapped(lines, ROLE_DIM, "link", s->state == LINK_IDLE ? "not tried" : "connecting", cells);
		return;
	}
	report = host_line_report(context, g->host);
	rows = g_strsplit(report, "\n", -1);
	for (guint i = 0; rows[i]; i++)
		list_add_wrapped(lines, gateway_is_refused(g) ? ROLE_CRIT : ROLE_WARN, i ? "" : "link", rows[i], cells);
}

static void add_unit(const struct world *w, const struct gateway *g, enum role role, int cells, GPtrArray *lines)
{
	const struct gateway_report *r = &g->report;
	g_autoptr(GString) text = g_string_new(r->unit == UNIT_UNKNOWN ? text_unknown() : unit_state_name(r->unit));
	char since[64], memory[16];

	if (r->sub)
		g_string_append_printf(text, " (%s)", r->sub);
	time_and_age(w, utc_of(w, g->datum.at_us) - r->since_s * G_USEC_PER_SEC, since, sizeof since);
	if (r->since_s >= 0)
		g_string_append_printf(text, " since %s", since);
	text_bytes(r->memory >= 0 ? (double)r->memory : NAN, memory, sizeof memory);
	if (r->restarts >= 0)
		g_string_append_printf(text, ", restarts by systemd: %" G_GINT64_FORMAT, r->restarts);
	g_string_append_printf(text, ", memory %s", memory);
	list_add_wrapped(lines, role == ROLE_TEXT && r->unit == UNIT_FAILED ? ROLE_CRIT : role, "unit", text->str, cells);
}

static void add_errors(const struct world *w, const struct gateway *g, enum role role, int cells, GPtrArray *lines)
{
	const struct gateway_report *r = &g->report;
	g_autoptr(GString) text = g_string_new(NULL);
	char span[16], at[64];

	text_duration(w->fleet->sweep->span_us / G_USEC_PER_SEC, span, sizeof span);
	if (r->errors < 0)
		g_string_printf(text, "%s: the journal could not be read", text_unknown());
	else
		g_string_printf(text, "%s%" G_GINT64_FORMAT " in %s, %" G_GINT64_FORMAT " with FATAL", r->errors_least ? "at least " : "", r->errors, span,
		                MAX(r->fatals, 0));
	list_add_wrapped(lines, role == ROLE_TEXT && r->fatals > 0 ? ROLE_CRIT : role == ROLE_TEXT && r->errors > 0 ? ROLE_WARN : role, "errors", text->str, cells);
	time_and_age(w, r->last_error_us, at, sizeof at);
	if (r->last_error) {
		g_string_printf(text, "%s %s", r->last_error_us > 0 ? at : text_unknown(), r->last_error);
		list_add_wrapped(lines, role, "last error", text->str, cells);
	}
}

static void add_clock(const struct gateway_report *r, int cells, GPtrArray *lines)
{
	char off[16];
	g_autofree char *text = NULL;

	text_duration(ABS(r->clock_ahead_s), off, sizeof off);
	text = g_strdup_printf("%s %s ours; times here are by ours", off, r->clock_ahead_s > 0 ? "ahead of" : "behind");
	if (ABS(r->clock_ahead_s) >= CLOCK_OFF_S)
		list_add_wrapped(lines, ROLE_WARN, "its clock", text, cells);
}

static void add_report(const struct world *w, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct datum *d = &g->datum;
	gboolean old = d->state != DATUM_OK || gateway_is_down(g);
	enum role role = old ? ROLE_STALE : ROLE_TEXT;
	g_autofree char *told = NULL;
	char at[64];

	if (!datum_known(d)) {
		list_add_missing(lines, d, "it has told nothing of itself yet");
		return;
	}
	add_unit(w, g, role, cells, lines);
	add_errors(w, g, role, cells, lines);
	if (g->report.version)
		list_add_wrapped(lines, role, "version", g->report.version, cells);
	add_clock(&g->report, cells, lines);
	if (g->report.problem)
		list_add_wrapped(lines, ROLE_WARN, "missing", g->report.problem, cells);
	time_and_age(w, utc_of(w, d->at_us), at, sizeof at);
	told = g_strdup_printf("%s%s%s", at, d->error ? ": " : "", d->error ? d->error : "");
	list_add_wrapped(lines, old ? ROLE_STALE : ROLE_DIM, "told", told, cells);
}

static void add_flaps(const struct world *w, const struct gateway *g, int cells, GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gboolean flaps = gateway_is_flapping(g, w->now_us);

	for (guint i = 0; i < GATEWAY_CHANGES && g->changes_us[i] > 0; i++) {
		char at[40];
		panel_time(utc_of(w, g->changes_us[i]), w->utc_us, at, sizeof at);
		g_string_append_printf(text, "%s%s", i ? ", " : "came or went at ", at);
	}
	if (text->len > 0)
		list_add_wrapped(lines, flaps ? ROLE_WARN : ROLE_DIM, flaps ? "flapping" : "changes", text->str, cells);
}

static void append_time(GString *text, const struct world *w, const char *word, gint64 at_us)
{
	char at[40];

	panel_time(utc_of(w, at_us), w->utc_us, at, sizeof at);
	if (at_us > 0)
		g_string_append_printf(text, ", %s %s", word, at);
}

static void add_rollout(const struct world *w, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct rollout *r = fleet_current_rollout(w->fleet, w->now_us);
	const struct rollout_step *s = r ? rollout_step(r, g->host->name) : NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!s)
		return;
	g_string_printf(text, "%s%s%s", rollout_stage_name(s->stage), s->reason ? ": " : "", s->reason ? s->reason : "");
	append_time(text, w, "begun", s->begun_us);
	append_time(text, w, "restarted", s->restarted_us);
	append_time(text, w, "well since", s->well_since_us);
	append_time(text, w, "ended", s->ended_us);
	list_add_wrapped(lines, s->stage == ROLLOUT_FAILED ? ROLE_CRIT : ROLE_TEXT, "rollout", text->str, cells);
}

static void state_lines(const struct list *l, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct world *w = l->context.world;

	add_online(w, g, cells, lines);
	add_report(w, g, cells, lines);
	add_link(&l->context, g, cells, lines);
	add_tailnet(w, g, cells, lines);
	add_rollout(w, g, cells, lines);
	add_flaps(w, g, cells, lines);
	add_origins(g, cells, lines);
}

/* --- Errors and Faults: what the sweeps found here --- */

/* How far its journal was read, or why not. */
static void sweep_line_of(const struct list *l, const struct sweep_part *p, GPtrArray *lines)
{
	static const char *const states[] = {
		[SWEEP_NEVER] = "never swept", [SWEEP_WAITS] = "waits for its turn in the sweep", [SWEEP_RUNS] = "is being read",
		[SWEEP_DONE] = "read", [SWEEP_FAILED] = "could not be read", [SWEEP_CANCELLED] = "the sweep was stopped before",
	};
	const struct world *w = l->context.world;
	g_autoptr(GString) text = g_string_new(states[p->state]);
	char at[64];

	time_and_age(w, p->read_us, at, sizeof at);
	if (p->state == SWEEP_FAILED && p->problem)
		g_string_append_printf(text, ": %s", p->problem);
	if (p->read_us > 0)
		g_string_append_printf(text, p->state == SWEEP_DONE ? " up to %s" : "; read up to %s", at);
	if (p->state == SWEEP_NEVER)
		g_string_append_printf(text, ": %s reads the journals of all gateways", panel_key(&l->context, ACT_GATEWAY_SWEEP));
	if (p->read_us > 0)
		g_string_append_printf(text, ", %" G_GUINT64_FORMAT " line%s", p->matches, p->matches == 1 ? "" : "s");
	if (p->not_kept > 0)
		g_string_append_printf(text, ", %" G_GUINT64_FORMAT " of them not kept", p->not_kept);
	list_add(lines, p->state == SWEEP_FAILED ? ROLE_WARN : ROLE_DIM, "%s", text->str);
}

static void error_lines(const struct list *l, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct world *w = l->context.world;
	const struct sweep *s = w->fleet->sweep;

	sweep_line_of(l, &g->sweep, lines);
	for (guint i = g->sweep.lines ? g->sweep.lines->len : 0; i-- > 0;) {
		const struct sweep_line *line = &g_array_index(g->sweep.lines, struct sweep_line, i);
		gboolean fatal = line->fingerprint < s->faults->len && ((const struct sweep_fault *)s->faults->pdata[line->fingerprint])->fatal;
		char at[40];
		panel_time(line->utc_us, w->utc_us, at, sizeof at);
		list_add_labelled(lines, fatal ? ROLE_CRIT : ROLE_TEXT, at, text_width(at), line->text, cells);
	}
}

static int compare_faults(gconstpointer a, gconstpointer b)
{
	const struct sweep_fault *x = *(const struct sweep_fault *const *)a, *y = *(const struct sweep_fault *const *)b;
	int result = (y->fatal != 0) - (x->fatal != 0);

	return result ? result : (x->last_us < y->last_us) - (x->last_us > y->last_us);
}

static GPtrArray *faults_of(const struct sweep *s, const char *name)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < s->faults->len; i++) {
		struct sweep_fault *f = s->faults->pdata[i];
		if (f->count > 0 && g_hash_table_contains(f->by_gateway, name))
			g_ptr_array_add(found, f);
	}
	g_ptr_array_sort(found, compare_faults);
	return found;
}

static void fault_lines(const struct list *l, const struct gateway *g, int cells, GPtrArray *lines)
{
	const struct world *w = l->context.world;
	g_autoptr(GPtrArray) faults = faults_of(w->fleet->sweep, g->host->name);

	sweep_line_of(l, &g->sweep, lines);
	for (guint i = 0; i < faults->len; i++) {
		const struct sweep_fault *f = faults->pdata[i];
		guint here = GPOINTER_TO_UINT(g_hash_table_lookup(f->by_gateway, g->host->name));
		char first[40], last[40];
		panel_time(f->first_us, w->utc_us, first, sizeof first);
		panel_time(f->last_us, w->utc_us, last, sizeof last);
		list_add_labelled(lines, f->fatal ? ROLE_CRIT : ROLE_TEXT, f->fatal ? "FATAL" : "", 5, f->fingerprint, cells);
		list_add(lines, ROLE_DIM, "      %u here, %" G_GUINT64_FORMAT " on %u gateway%s, %s to %s", here, f->count, f->gateways,
		         f->gateways == 1 ? "" : "s", first, last);
	}
}

/* --- Fleet --- */

static void fleet_lines(const struct list *l, int cells, GPtrArray *lines)
{
	g_autoptr(GPtrArray) facts = gateways_facts(&l->context);
	const struct drop *d = fleet_drop(l->context.world->fleet);
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < facts->len; i++) {
		const struct fact *f = facts->pdata[i];
		list_add_labelled(lines, f->role, f->glyph == GLYPH_COUNT ? "" : glyph(f->glyph), 1, f->text, cells);
	}
	for (guint i = 0; i < d->names->len; i++)
		g_string_append_printf(names, "%s%s", i ? " " : "", (const char *)d->names->pdata[i]);
	if (names->len > 0)
		list_add_wrapped(lines, ROLE_WARN, "lost", names->str, cells);
}

void gateways_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	const struct gateway *g = gateways_find(l, key);

	if (!g)
		return;
	switch ((enum gateways_tab)l->details.tab) {
	case GATEWAY_TAB_STATE: state_lines(l, g, body->width, lines); break;
	case GATEWAY_TAB_ERRORS: error_lines(l, g, body->width, lines); break;
	case GATEWAY_TAB_FAULTS: fault_lines(l, g, body->width, lines); break;
	default: fleet_lines(l, body->width, lines); break;
	}
}
