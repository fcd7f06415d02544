#include "model/headline.h"

#include <string.h>

#include "model/gateway_condition.h"

#define NAMES_MAX 3 /* of gateways, in a line */

static void
fault(struct headline *out, enum severity severity, const char *host, const char *text)
{
	out->faults++;
	if (severity <= out->severity)
		return;
	out->severity = severity;
	g_snprintf(out->text, sizeof out->text, "%s: %s", host, text);
}

static void
link_faults(const struct host *h, struct headline *out)
{
	const struct link_status *l = &h->link;
	const char *reason = l->reason ? l->reason : "no connection";

	if (l->state == LINK_UP) {
		out->up++;
	} else if (l->question == LINK_ASKS_HOST_KEY) {
		out->down++;
		fault(out, SEVERITY_WARN, h->name, "its host key is new: A answers");
	} else if (l->question == LINK_ASKS_PASSPHRASE) {
		out->down++;
		fault(out, SEVERITY_WARN, h->name, "a key file needs its passphrase: A answers");
	} else if (l->state == LINK_DOWN || l->state == LINK_BLOCKED || l->failures > 0) {
		out->down++;
		fault(out, SEVERITY_CRIT, h->name, reason);
	} else {
		out->stale++;
	}
}

static void
docker_fault(const struct host *h, struct headline *out)
{
	const struct datum *d = &h->docker.datum;

	if (h->link.state == LINK_UP && d->error && (d->state == DATUM_ERROR || d->state == DATUM_STALE))
		fault(out, SEVERITY_WARN, h->name, d->error);
}

static void
cron_fault(const struct host *h, struct headline *out)
{
	const struct cron_job *one = NULL;
	guint count = 0;
	char text[120];

	for (guint i = 0; h->link.state == LINK_UP && i < h->cron.jobs->len; i++)
		if (cron_job_is_faulty(h->cron.jobs->pdata[i])) {
			one = h->cron.jobs->pdata[i];
			count++;
		}
	if (count == 0)
		return;
	if (count == 1)
		g_snprintf(text, sizeof text, "the job %s %s", one->name, one->problem ? "is not run by cron" : one->missed_us > 0 ? "was missed" : "failed");
	else
		g_snprintf(text, sizeof text, "%u jobs failed, missed or not run", count);
	fault(out, SEVERITY_WARN, h->name, text);
}

static gboolean
host_faults(const struct world *w, const struct host *h, struct headline *out)
{
	struct score score;
	gboolean known = FALSE;

	link_faults(h, out);
	docker_fault(h, out);
	cron_fault(h, out);
	score_compute(h, &w->thresholds, w->utc_us, &score);
	for (guint i = 0; i < SCORE_DIMENSIONS; i++) {
		const struct score_part *p = &score.parts[i];
		known = known || p->assessed;
		if (p->assessed && p->severity >= SEVERITY_WARN)
			fault(out, p->severity, h->name, p->text);
	}
	for (guint i = 0; i < G_N_ELEMENTS(score.warnings); i++)
		if (*score.warnings[i])
			fault(out, SEVERITY_WARN, h->name, score.warnings[i]);
	return known;
}

/* "gw-014, gw-020, gw-021 and 45 more" */
static void
add_names(GString *out, const GPtrArray *names)
{
	guint shown = MIN(names->len, NAMES_MAX);

	for (guint i = 0; i < shown; i++)
		g_string_append_printf(out, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
	if (names->len > shown)
		g_string_append_printf(out, " and %u more", names->len - shown);
}

static void
drop_fault(const struct drop *d, struct headline *out)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (d->state != DROP_PENDING && !drop_fires(d))
		return;
	g_string_printf(text, "%s%u of %u lost at once (%.1f %%): ", drop_fires(d) ? "P1: " : "", d->lost, d->baseline, 100 * d->share);
	if (d->state == DROP_KEPT)
		g_string_printf(text, "P1: more than a tenth was lost at once; lost still: ");
	add_names(text, d->names);
	if (d->names->len == 0)
		g_string_append(text, "none");
	fault(out, drop_fires(d) ? SEVERITY_CRIT : SEVERITY_WARN, "gateways", text->str);
}

static void
condition_fault(const struct world *w, enum gateway_condition condition, const char *words, struct headline *out)
{
	const struct fleet *f = w->fleet;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(words);

	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		if (gateway_condition(f, g, w->now_us) == condition)
			g_ptr_array_add(names, g->host->name);
	}
	if (names->len == 0)
		return;
	add_names(text, names);
	fault(out, SEVERITY_CRIT, "gateways", text->str);
}

static void
rollout_fault(const struct rollout *r, struct headline *out)
{
	g_autofree char *words = NULL;

	if (!r || (r->state != ROLLOUT_STOPPED && r->state != ROLLOUT_INTERRUPTED))
		return;
	words = g_strdup_printf("the rolling restart was %s with %u of %u well, %u failed", rollout_state_name(r->state), r->well, r->steps->len, r->failed);
	fault(out, SEVERITY_WARN, "gateways", words);
}

static void
fleet_faults(const struct world *w, struct headline *out)
{
	const struct fleet *f = w->fleet;
	g_autofree char *blind = f->blind ? g_strdup_printf("we are blind: %s", f->blind) : NULL;

	drop_fault(fleet_drop(f), out);
	if (blind) { /* what was known of them before is no news */
		fault(out, SEVERITY_WARN, "gateways", blind);
	} else {
		condition_fault(w, GATEWAY_FATAL, "FATAL lines on ", out);
		condition_fault(w, GATEWAY_FAILED, "the unit has failed on ", out);
		condition_fault(w, GATEWAY_REFUSED, "the link is refused: ", out);
	}
	rollout_fault(fleet_current_rollout(f, w->now_us), out);
}

/* "2m10s", "3h05m" */
static void
span_words(gint64 seconds, char *out, gsize size)
{
	if (seconds < 60)
		g_snprintf(out, size, "%" G_GINT64_FORMAT "s", MAX(seconds, 0));
	else if (seconds < 3600)
		g_snprintf(out, size, "%" G_GINT64_FORMAT "m%02ds", seconds / 60, (int)(seconds % 60));
	else
		g_snprintf(out, size, "%" G_GINT64_FORMAT "h%02dm", seconds / 3600, (int)(seconds / 60 % 60));
}

static void
name_rule(const struct world *w, const struct alert *worst, struct headline *out)
{
	char since[24];

	span_words((w->now_us - worst->fired_us) / G_USEC_PER_SEC, since, sizeof since);
	out->by_rule = TRUE;
	g_snprintf(out->text, sizeof out->text, "%u rule%s firing: %s %s", out->rules.firing, out->rules.firing == 1 ? "" : "s", worst->rule->name, since);
}

/* Hosts, gateways and rules: what was not looked at yet is not well. */
static gboolean
all_is_known(const struct world *w, guint hosts)
{
	return hosts == w->hosts->len && (!w->fleet || w->fleet->observed_us != 0) && (!w->rules || rules_are_evaluated(w->rules));
}

void
headline_compute(const struct world *w, struct headline *out)
{
	const struct alert *worst = w->rules ? rules_worst(w->rules) : NULL;
	guint known = 0;

	memset(out, 0, sizeof *out);
	if (w->rules)
		rules_count(w->rules, &out->rules);
	if (w->fleet) /* first: of two things that are as bad, what befell many gateways at once is told */
		fleet_faults(w, out);
	for (guint i = 0; i < w->hosts->len; i++)
		known += host_faults(w, w->hosts->pdata[i], out);
	if (worst && worst->rule->severity >= RULE_CRIT) { /* before all else; what lesser ones are about is told by itself mostly */
		out->severity = SEVERITY_CRIT;
		name_rule(w, worst, out);
	} else if (out->faults > 1) {
		gsize used = strlen(out->text);
		g_snprintf(out->text + used, sizeof out->text - used, "  (+%u more)", out->faults - 1);
	} else if (out->faults == 0 && worst) {
		out->severity = SEVERITY_WARN;
		name_rule(w, worst, out);
	} else if (out->faults == 0 && !all_is_known(w, known)) {
		g_strlcpy(out->text, "waiting for the first answers", sizeof out->text);
	} else if (out->faults == 0) {
		out->severity = SEVERITY_OK;
		g_strlcpy(out->text, "all is well", sizeof out->text);
	}
}
