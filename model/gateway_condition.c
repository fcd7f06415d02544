#include "model/gateway_condition.h"

gboolean
drop_fires(const struct drop *d)
{
	return d->state == DROP_FIRING || d->state == DROP_KEPT;
}

gboolean
gateway_report_counts(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	return datum_known(&g->datum) && now_us - g->datum.at_us <= f->sweep->span_us;
}

static gboolean
is_swept(const struct gateway *g)
{
	return g->sweep.read_us > 0;
}

gint64
gateway_errors(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	if (gateway_report_counts(f, g, now_us) && g->report.errors >= 0)
		return g->report.errors;
	return is_swept(g) ? (gint64)g->sweep.matches : -1;
}

static gint64
swept_fatals(const struct fleet *f, const struct gateway *g)
{
	gint64 count = 0;

	for (guint i = 0; g->sweep.lines && i < g->sweep.lines->len; i++) {
		guint32 fault = g_array_index(g->sweep.lines, struct sweep_line, i).fingerprint;
		count += fault < f->sweep->faults->len && ((const struct sweep_fault *)f->sweep->faults->pdata[fault])->fatal;
	}
	return count;
}

gint64
gateway_fatals(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	gint64 told = gateway_report_counts(f, g, now_us) ? g->report.fatals : -1;

	if (told > 0 || (told == 0 && !g->report.errors_least))
		return told;
	return is_swept(g) ? MAX(swept_fatals(f, g), told) : told;
}

gboolean
gateway_is_refused(const struct gateway *g)
{
	return g->host->link.state == LINK_BLOCKED && g->host->link.question == LINK_ASKS_NOTHING;
}

gboolean
gateway_is_down(const struct gateway *g)
{
	const struct link_status *l = &g->host->link;

	return l->state == LINK_DOWN || l->state == LINK_BLOCKED || (l->state != LINK_UP && l->failures > 0);
}

/* One whose journal cannot be read is not known to be well. One that is not reached by SSH at all is as well as who tells of it says. */
static gboolean
is_well(const struct gateway *g, gboolean counts)
{
	if (counts && g->datum.state == DATUM_OK)
		return g->report.unit == UNIT_ACTIVE && g->report.errors >= 0 && g->seen != PRESENCE_OFFLINE;
	return g->seen == PRESENCE_ONLINE && g->host->link.state == LINK_IDLE && g->datum.state == DATUM_UNKNOWN;
}

gboolean
gateway_unit_loops(const struct gateway *g)
{
	return g->report.unit == UNIT_ACTIVATING && g->report.sub && g_str_has_prefix(g->report.sub, "auto-restart");
}

static gboolean
does_not_run(const struct gateway *g, gboolean counts)
{
	return counts && (g->report.unit == UNIT_INACTIVE || g->report.unit == UNIT_MISSING || gateway_unit_loops(g));
}

gboolean
gateway_is_muted(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	return g->muted && now_us < f->mute_until_us;
}

/* Who is muted is expected to be gone; of whom we cannot see nobody knows. */
enum gateway_condition
gateway_condition(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	gboolean counts = gateway_report_counts(f, g, now_us), muted = gateway_is_muted(f, g, now_us);

	if (gateway_fatals(f, g, now_us) > 0)
		return GATEWAY_FATAL;
	if (counts && g->report.unit == UNIT_FAILED)
		return GATEWAY_FAILED;
	if (g->lost && !muted && !f->blind)
		return GATEWAY_LOST;
	if (gateway_is_refused(g))
		return GATEWAY_REFUSED;
	if (gateway_errors(f, g, now_us) > 0)
		return GATEWAY_ERRORS;
	if (muted || (f->blind && g->host->link.state != LINK_UP))
		return GATEWAY_UNCLEAR;
	if (gateway_is_flapping(g, now_us))
		return GATEWAY_FLAPS;
	if (g->seen == PRESENCE_OFFLINE || gateway_is_down(g) || does_not_run(g, counts))
		return GATEWAY_GONE;
	return is_well(g, counts) ? GATEWAY_WELL : GATEWAY_UNCLEAR;
}

enum severity
gateway_severity(const struct fleet *f, enum gateway_condition c)
{
	static const enum severity severities[GATEWAY_CONDITIONS] = {
		[GATEWAY_FATAL] = SEVERITY_CRIT, [GATEWAY_FAILED] = SEVERITY_CRIT, [GATEWAY_LOST] = SEVERITY_WARN, [GATEWAY_REFUSED] = SEVERITY_CRIT,
		[GATEWAY_ERRORS] = SEVERITY_WARN, [GATEWAY_FLAPS] = SEVERITY_WARN, [GATEWAY_GONE] = SEVERITY_WARN,
		[GATEWAY_UNCLEAR] = SEVERITY_UNKNOWN, [GATEWAY_WELL] = SEVERITY_OK,
	};

	return c == GATEWAY_LOST && drop_fires(fleet_drop(f)) ? SEVERITY_CRIT : severities[c];
}

const struct rollout *
fleet_current_rollout(const struct fleet *f, gint64 now_us)
{
	const struct rollout *r = f->rollout;
	gboolean old = r && rollout_is_over(r) && r->ended_us > 0 && now_us - r->ended_us > ROLLOUT_SHOWN_US;

	return old ? NULL : r;
}
