#include "model/score.h"

#include <math.h>
#include <string.h>

#define GB 1073741824.0
#define DAY_US (86400 * (gint64)G_USEC_PER_SEC)

G_STATIC_ASSERT(HOST_SCORES == SCORE_DIMENSIONS + 1);

/* The swap limits are the roadmap's 1.4; disk's is its "55 % warning". */
const struct score_thresholds score_default_thresholds = {
	.steal_warn = 5, .steal_crit = 15, .swap_warn = (guint64)(1.5 * GB), .swap_cached_warn = 200 * 1024 * 1024, .disk_warn = 55,
};

static const int maxima[SCORE_DIMENSIONS] = { 20, 20, 15, 20, 15, 10 };

const char *
score_dimension_title(enum score_dimension d)
{
	static const char *const titles[SCORE_DIMENSIONS] = {
		"CPU efficiency", "Memory pressure", "Disk health", "Service health", "Maintenance", "LLM readiness",
	};
	return titles[d];
}

static void
assess(struct score_part *p, double input, int points, enum severity severity, gboolean stale)
{
	p->assessed = TRUE;
	p->stale = stale;
	p->input = input;
	p->points = points;
	p->severity = severity;
}

static const char *
why_unknown(const struct datum *d)
{
	return d->error ? d->error : "not known yet";
}

static void
score_cpu(const struct host *h, const struct score_thresholds *t, struct score_part *p)
{
	double steal = h->rates.steal_percent;
	gboolean crit = steal > t->steal_crit, warn = steal > t->steal_warn;

	if (!datum_known(&h->probe_datum)) {
		g_snprintf(p->text, sizeof p->text, "%s", why_unknown(&h->probe_datum));
		return;
	}
	if (!h->rates.known) {
		g_snprintf(p->text, sizeof p->text, "steal needs two samples");
		return;
	}
	assess(p, steal, steal < 2 ? 20 : steal < 5 ? 15 : steal < 10 ? 10 : 5, crit ? SEVERITY_CRIT : warn ? SEVERITY_WARN : SEVERITY_OK,
	       h->probe_datum.state == DATUM_STALE);
	if (crit)
		g_snprintf(p->text, sizeof p->text, "steal %.1f%%  CRIT >%g%%", steal, t->steal_crit);
	else if (warn)
		g_snprintf(p->text, sizeof p->text, "steal %.1f%%  WARN >%g%%", steal, t->steal_warn);
	else
		g_snprintf(p->text, sizeof p->text, "steal %.1f%%, busy %.0f%%, load %.2f on %u", steal, h->rates.busy_percent, h->probe.load[0],
		           h->probe.cpus);
}

static void
score_memory(const struct host *h, struct score_part *memory, struct score_part *llm)
{
	double available = (double)h->probe.mem_available;
	gboolean stale = h->probe_datum.state == DATUM_STALE;

	if (!datum_known(&h->probe_datum)) {
		g_snprintf(memory->text, sizeof memory->text, "%s", why_unknown(&h->probe_datum));
		g_snprintf(llm->text, sizeof llm->text, "%s", why_unknown(&h->probe_datum));
		return;
	}
	assess(memory, available, available > 6 * GB ? 20 : available > 3 * GB ? 15 : available > GB ? 5 : 0,
	       available > 3 * GB ? SEVERITY_OK : available > GB ? SEVERITY_WARN : SEVERITY_CRIT, stale);
	g_snprintf(memory->text, sizeof memory->text, "%.1fG available of %.1fG", available / GB, (double)h->probe.mem_total / GB);
	/* The seed says "free RAM" here and "available" above; MemAvailable is used for both (operations, trap 10). */
	assess(llm, available, available > 8 * GB ? 10 : available > 4 * GB ? 7 : available > 2 * GB ? 4 : 1,
	       available > 2 * GB ? SEVERITY_OK : SEVERITY_WARN, stale);
	g_snprintf(llm->text, sizeof llm->text, "%.1fG available for a model", available / GB);
}

static void
score_disk(const struct host *h, const struct score_thresholds *t, struct score_part *p)
{
	int used = probe_disk_percent(&h->probe);
	double days = h->rates.days_to_full;
	char full[40] = "";

	if (!datum_known(&h->probe_datum) || used < 0) {
		g_snprintf(p->text, sizeof p->text, "%s", datum_known(&h->probe_datum) ? "df said nothing" : why_unknown(&h->probe_datum));
		return;
	}
	assess(p, used, used < 40 ? 15 : used < 55 ? 10 : used < 70 ? 5 : 0,
	       used >= MAX(70, t->disk_warn) ? SEVERITY_CRIT : used >= t->disk_warn ? SEVERITY_WARN : SEVERITY_OK,
	       h->probe_datum.state == DATUM_STALE);
	if (h->rates.known && isfinite(days))
		g_snprintf(full, sizeof full, ", full in %.0fd", days);
	g_snprintf(p->text, sizeof p->text, "%d%% of %.0fG%s", used, (double)h->probe.disk_total / GB, full);
}

static void
score_services(const struct host *h, struct score_part *p)
{
	int unhealthy = host_unhealthy(h);

	if (unhealthy < 0) {
		g_snprintf(p->text, sizeof p->text, "%s", why_unknown(&h->docker.datum));
		return;
	}
	assess(p, unhealthy, unhealthy == 0 ? 20 : unhealthy <= 2 ? 15 : unhealthy <= 5 ? 8 : 2,
	       unhealthy == 0 ? SEVERITY_OK : unhealthy <= 2 ? SEVERITY_WARN : SEVERITY_CRIT, h->docker.datum.state == DATUM_STALE);
	g_snprintf(p->text, sizeof p->text, "%d unhealthy of %u", unhealthy, h->docker.containers->len);
}

/* 2d, 5h, 12m: as people say how long ago something was. */
static void
write_age(gint64 age_us, char *out, gsize size)
{
	gint64 minutes = age_us / (60 * (gint64)G_USEC_PER_SEC);

	if (minutes >= 2 * 24 * 60)
		g_snprintf(out, size, "%dd", (int)(minutes / (24 * 60)));
	else if (minutes >= 2 * 60)
		g_snprintf(out, size, "%dh", (int)(minutes / 60));
	else
		g_snprintf(out, size, "%dm", (int)minutes);
}

/* A cleanup that freed nothing, or did not say what it freed, is half of one. */
static void
score_maintenance(const struct host *h, gint64 utc_us, struct score_part *p)
{
	const struct datum *d = &h->cron.runs_datum;
	const struct cleanup_run *run = cron_state_last_cleanup(&h->cron);
	gint64 age = run ? MAX(utc_us - run->at_us, 0) : 0;
	gboolean stale = d->state == DATUM_STALE;
	char ago[16], freed[32] = "";

	if (!datum_known(d)) {
		g_snprintf(p->text, sizeof p->text, "%s", d->error ? d->error : "the cleanup log is not read yet");
		return;
	}
	if (!run) {
		assess(p, NAN, 0, SEVERITY_WARN, stale);
		g_snprintf(p->text, sizeof p->text, "no cleanup is on record");
		return;
	}
	assess(p, (double)age / DAY_US, age < 7 * DAY_US && run->freed_mb > 0 ? 15 : age < 30 * DAY_US ? 8 : 0,
	       age < 7 * DAY_US ? SEVERITY_OK : SEVERITY_WARN, stale);
	write_age(age, ago, sizeof ago);
	if (isfinite(run->freed_mb))
		g_snprintf(freed, sizeof freed, ", freed %.0fM", run->freed_mb);
	g_snprintf(p->text, sizeof p->text, "last cleanup %s ago%s%s", ago, freed, age < 7 * DAY_US ? "" : "  WARN >=7d");
}

static void
swap_warnings(const struct host *h, const struct score_thresholds *t, struct score *out)
{
	guint64 used = h->probe.swap_total - MIN(h->probe.swap_free, h->probe.swap_total);
	guint n = 0;

	if (!datum_known(&h->probe_datum))
		return;
	if (used > t->swap_warn)
		g_snprintf(out->warnings[n++], sizeof out->warnings[0], "swap %.1fG used (>%.1fG)", (double)used / GB, (double)t->swap_warn / GB);
	if (h->probe.swap_cached > t->swap_cached_warn)
		g_snprintf(out->warnings[n++], sizeof out->warnings[0], "SwapCached %.0fM (>%.0fM): was under pressure recently",
		           (double)h->probe.swap_cached / 1048576.0, (double)t->swap_cached_warn / 1048576.0);
	if (h->probe.has_pressure && h->probe.pressure_memory >= 10)
		g_snprintf(out->warnings[n++], sizeof out->warnings[0], "memory pressure: tasks wait %.0f%% of the time", h->probe.pressure_memory);
	if (n > 0 && out->worst < SEVERITY_WARN)
		out->worst = SEVERITY_WARN;
}

void
score_compute(const struct host *h, const struct score_thresholds *t, gint64 utc_us, struct score *out)
{
	memset(out, 0, sizeof *out);
	for (guint i = 0; i < SCORE_DIMENSIONS; i++) {
		out->parts[i].maximum = maxima[i];
		out->parts[i].input = NAN;
	}
	score_cpu(h, t, &out->parts[SCORE_CPU]);
	score_memory(h, &out->parts[SCORE_MEMORY], &out->parts[SCORE_LLM]);
	score_disk(h, t, &out->parts[SCORE_DISK]);
	score_services(h, &out->parts[SCORE_SERVICES]);
	score_maintenance(h, utc_us, &out->parts[SCORE_MAINTENANCE]);
	for (guint i = 0; i < SCORE_DIMENSIONS; i++) {
		const struct score_part *p = &out->parts[i];
		if (!p->assessed)
			continue;
		out->points += p->points;
		out->maximum += p->maximum;
		out->worst = MAX(out->worst, p->severity);
	}
	swap_warnings(h, t, out);
}

void
score_change(const struct host *h, const struct score *s, enum score_dimension d, double *hour, double *day)
{
	double now = NAN;

	if (d == SCORE_DIMENSIONS && s->maximum > 0)
		now = 100.0 * s->points / s->maximum;
	else if (d < SCORE_DIMENSIONS && s->parts[d].assessed && !s->parts[d].stale)
		now = s->parts[d].points;
	if (h->link.state != LINK_UP)
		now = NAN;
	*hour = now - h->past.hour[d];
	*day = now - h->past.day[d];
}
