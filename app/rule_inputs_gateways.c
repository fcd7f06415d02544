/* Samples of what gateways log: by their reports, which count, and by sweeps, which have the lines. */
#include "app/rule_inputs_private.h"
#include "model/fingerprint.h"
#include "model/gateway_condition.h"

#define ERRORS_MOST 300    /* series, of the whole fleet */

/* What was told of one already. */
struct told {
	gint64 report_us;      /* monotonic: the report that was looked at last; 0: none */
	gint64 fatals;         /* of it */
	gint64 last_error_us;  /* UTC */
	gint64 swept_us;       /* UTC: the newest FATAL of sweeps */
};

struct gateway_inputs {
	GHashTable *told;      /* name -> struct told, both owned */
	guint errors;          /* series given out in this sample */
};

struct gateway_inputs *
gateway_inputs_new(void)
{
	struct gateway_inputs *i = g_new0(struct gateway_inputs, 1);

	i->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return i;
}

void
gateway_inputs_free(struct gateway_inputs *i)
{
	if (!i)
		return;
	g_hash_table_unref(i->told);
	g_free(i);
}

static struct told *
told_of(struct gateway_inputs *i, const char *name)
{
	struct told *t = g_hash_table_lookup(i->told, name);

	if (!t) {
		t = g_new0(struct told, 1);
		g_hash_table_insert(i->told, g_strdup(name), t);
	}
	return t;
}

/* --- FATAL --- */

/* Lines with FATAL that are new in its last report. A report counts those of a span: when one leaves it while another comes, the newest line tells.
 * Those of the first report are new, since nobody has said a word of them. */
static gint64
new_fatals(struct told *t, const struct gateway *g)
{
	const struct gateway_report *r = &g->report;
	gboolean shows = r->last_error && r->last_error_us > t->last_error_us && sweep_line_is_fatal(r->last_error);
	gint64 more;

	if (g->datum.at_us <= t->report_us)
		return 0;
	more = MAX(r->fatals - t->fatals, shows ? 1 : 0);
	t->report_us = g->datum.at_us;
	t->fatals = r->fatals;
	t->last_error_us = MAX(t->last_error_us, r->last_error_us);
	return MAX(more, 0);
}

/* The newest FATAL line of sweeps that was not told of yet; NULL: none. */
static const char *
swept_fatal(struct told *t, const struct gateway *g)
{
	const GArray *lines = g->sweep.lines;

	for (guint n = lines ? lines->len : 0; n > 0; n--) {
		const struct sweep_line *l = &g_array_index(lines, struct sweep_line, n - 1);
		if (l->utc_us <= t->swept_us)
			return NULL;
		if (!sweep_line_is_fatal(l->text))
			continue;
		t->swept_us = l->utc_us;
		return l->text;
	}
	return NULL;
}

static void
sample_fatals(struct gateway_inputs *i, const struct fleet *f, const struct gateway *g, struct samples *s, gint64 now_us)
{
	struct told *t = told_of(i, g->host->name);
	gboolean counts = g->datum.state == DATUM_OK && gateway_report_counts(f, g, now_us) && g->report.fatals >= 0;
	gboolean clear = counts && !(g->report.fatals == 0 && g->report.errors_least); /* else a FATAL may be among the lines that were not counted */
	gint64 fresh = counts ? new_fatals(t, g) : 0;
	const char *swept = swept_fatal(t, g), *line = swept;

	if (!counts && swept)
		fresh = 1;
	if (counts && g->report.last_error && sweep_line_is_fatal(g->report.last_error))
		line = g->report.last_error;
	if (fresh > 0 || clear)
		samples_set(s, "fatal_lines", (double)fresh, now_us, "source", g->host->name, "~line", line ? line : "a line that a newer error hides: sweep", NULL);
	else
		samples_unknown(s, "fatal_lines", g->report.problem ? g->report.problem : counts ? "it logs more errors than are counted" : "nobody reads its journal now", now_us, "source", g->host->name, NULL);
}

/* --- errors --- */

static void
error_series(struct gateway_inputs *i, struct samples *s, const char *gateway, const char *fingerprint, guint count, const char *line, gint64 now_us)
{
	if (i->errors++ < ERRORS_MOST)
		samples_set(s, "errors_30m", count, now_us, "source", gateway, "fingerprint", fingerprint, "~line", line, NULL);
}

/* Of a report nothing is known but the newest line: one of that kind, at least. */
static void
sample_reported(struct gateway_inputs *i, const struct fleet *f, const struct gateway *g, struct samples *s, gint64 now_us)
{
	const struct gateway_report *r = &g->report;
	g_autofree char *fingerprint = NULL;

	if (!gateway_report_counts(f, g, now_us) || r->errors <= 0 || !r->last_error || sweep_line_is_fatal(r->last_error))
		return;
	fingerprint = fingerprint_fold(r->last_error);
	error_series(i, s, g->host->name, fingerprint, 1, r->last_error, now_us);
}

static void
sample_swept(struct gateway_inputs *i, const struct sweep *sweep, GHashTable *swept, struct samples *s, gint64 now_us, gint64 utc_us)
{
	for (guint n = 0; n < sweep->faults->len; n++) {
		const struct sweep_fault *fault = sweep->faults->pdata[n];
		GHashTableIter gateways;
		gpointer name, count;
		if (fault->fatal || fault->count == 0 || utc_us - fault->last_us > sweep->span_us)
			continue;
		g_hash_table_iter_init(&gateways, fault->by_gateway);
		while (i->errors < ERRORS_MOST && g_hash_table_iter_next(&gateways, &name, &count)) {
			error_series(i, s, name, fault->fingerprint, GPOINTER_TO_UINT(count), fault->example, now_us);
			g_hash_table_add(swept, name);
		}
	}
}

static void
forget_gone(struct gateway_inputs *i, const struct fleet *f)
{
	GHashTableIter all;
	gpointer name;

	g_hash_table_iter_init(&all, i->told);
	while (g_hash_table_iter_next(&all, &name, NULL))
		if (!fleet_gateway(f, name))
			g_hash_table_iter_remove(&all);
}

void
gateway_inputs_sample(struct gateway_inputs *i, const struct fleet *f, struct samples *s, gint64 now_us, gint64 utc_us)
{
	g_autoptr(GHashTable) swept = g_hash_table_new(g_str_hash, g_str_equal);

	i->errors = 0;
	sample_swept(i, f->sweep, swept, s, now_us, utc_us);
	for (guint n = 0; n < f->gateways->len; n++) {
		const struct gateway *g = f->gateways->pdata[n];
		sample_fatals(i, f, g, s, now_us);
		if (!g_hash_table_contains(swept, g->host->name))
			sample_reported(i, f, g, s, now_us);
	}
	forget_gone(i, f);
}
