#include "model/headline.h"

#include <string.h>

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

void
headline_compute(const struct world *w, struct headline *out)
{
	guint known = 0;

	memset(out, 0, sizeof *out);
	for (guint i = 0; i < w->hosts->len; i++)
		known += host_faults(w, w->hosts->pdata[i], out);
	if (out->faults > 1) {
		gsize used = strlen(out->text);
		g_snprintf(out->text + used, sizeof out->text - used, "  (+%u more)", out->faults - 1);
	} else if (out->faults == 0 && known < w->hosts->len) {
		g_strlcpy(out->text, "waiting for the first answers", sizeof out->text);
	} else if (out->faults == 0) {
		out->severity = SEVERITY_OK;
		g_strlcpy(out->text, "all is well", sizeof out->text);
	}
}
