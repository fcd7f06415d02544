/* Samples of what the product's servers answer. Each probe asks at its own pace; a sample is its last answer, while that is fresh. */
#include <math.h>
#include <string.h>

#include "app/configured_http.h"
#include "app/rule_inputs_private.h"
#include "backends/canary.h"
#include "backends/http_poll.h"
#include "backends/own_network.h"
#include "model/product_answer.h"
#include "model/sanitize.h"

#define TIMEOUT_MS 5000
#define REFRESH_S 10
#define BODY_MAX ((gsize)1 << 20)
#define AHEAD_US (5 * 60 * (gint64)G_USEC_PER_SEC) /* a newest event from so far in the future comes from a clock that is wrong */
#define STORE_HOST "product"                       /* whose the samples in the store are */
#define STORE_ROWS "audit_rows"

enum probe_kind { PROBE_HEALTH, PROBE_AUTHREAD, PROBE_AUTH, PROBE_INGEST, PROBE_AUDIT_ROWS, PROBES };

struct product_probe {
	struct product_inputs *owner;
	enum probe_kind kind;
	struct http_poll *poll;   /* NULL: not configured */
	gint64 patience_us;       /* so long an answer is fresh */
	gboolean tried;
	gint64 at_us;             /* monotonic: of the last answer, or of the last try without one */
	gint64 answered_us;       /* monotonic: when its server answered last, whatever it was; 0: never */
	long status;              /* of the last try; 0: no HTTP answer */
	gboolean ours;            /* it failed before it was sent: the server has no part in it */
	char *why;                /* owned, safe: why there was no answer, or none that can be used; NULL */
	char *degraded;           /* PROBE_HEALTH: owned, safe: what of it is not ok; NULL: all is */
	gint64 newest_us;         /* PROBE_INGEST: UTC; 0: not known */
};

struct product_inputs {
	const struct config_product *config;
	struct product_probe probes[PROBES];
	gboolean loopback;        /* the product is on this machine: no network is between */
	struct canary *canary;    /* NULL: none of its own */
	enum presence canary_seen;
	char *canary_problem;
	struct store *store;
	double rows;              /* the last count of the audit log; NAN: not known */
	gboolean shrunk;          /* since the last sample */
	char *shrunk_words;
};

/* --- answers --- */

static void
take_health(struct product_probe *p, const struct http_reply *r)
{
	g_clear_pointer(&p->degraded, g_free);
	if (r->status == 200 && !r->problem)
		p->degraded = health_degraded(r->body, r->body_length);
}

static void
take_ingest(struct product_probe *p, const struct http_reply *r)
{
	p->newest_us = 0;
	if (!p->why && !answer_time(r->body, r->body_length, p->owner->config->ingest->pointer, &p->newest_us, &p->why))
		p->newest_us = 0;
}

/* The count of before a restart is in the store. */
static double
stored_rows(struct store *s)
{
	gint64 last = s ? store_sample_last(s, STORE_HOST, STORE_ROWS) : 0;

	return last ? store_sample_near(s, STORE_HOST, STORE_ROWS, last, G_USEC_PER_SEC) : NAN;
}

static void
take_rows(struct product_probe *p, const struct http_reply *r)
{
	struct product_inputs *i = p->owner;
	double rows;

	if (p->why || !answer_number(r->body, r->body_length, i->config->audit_rows->pointer, &rows, &p->why))
		return;
	if (isnan(i->rows))
		i->rows = stored_rows(i->store);
	if (rows < i->rows) {
		i->shrunk = TRUE;
		g_free(i->shrunk_words);
		i->shrunk_words = g_strdup_printf("%.0f rows, before %.0f", rows, i->rows);
	}
	if (i->store && rows != i->rows)
		store_sample(i->store, STORE_HOST, STORE_ROWS, g_get_real_time(), rows);
	i->rows = rows;
}

/* Why an answer cannot be used, newly allocated; NULL: it can. A 5xx can: it is what is looked for. */
static char *
unusable(const struct product_probe *p, const struct http_reply *r)
{
	gboolean wants_body = p->kind == PROBE_INGEST || p->kind == PROBE_AUDIT_ROWS;

	if (r->status == 0)
		return sanitize_text(r->problem ? r->problem : "no answer", -1);
	if (p->kind != PROBE_HEALTH && (r->status == 401 || r->status == 403))
		return g_strdup_printf("it is not let in (HTTP status %ld): look at its token", r->status);
	if (wants_body && r->status != 200)
		return g_strdup_printf("HTTP status %ld", r->status);
	if ((wants_body || (p->kind == PROBE_HEALTH && r->status == 200)) && r->problem)
		return sanitize_text(r->problem, -1);
	return NULL;
}

static void
on_answer(void *user, const struct http_reply *r, const char *problem)
{
	struct product_probe *p = user;

	p->tried = TRUE;
	p->at_us = g_get_monotonic_time();
	p->status = r ? r->status : 0;
	p->ours = !r || r->unmade;
	g_free(p->why);
	p->why = r ? unusable(p, r) : g_strdup_printf("its token: %s", problem);
	if (p->status)
		p->answered_us = p->at_us;
	if (!r)
		return;
	if (p->kind == PROBE_HEALTH)
		take_health(p, r);
	else if (p->kind == PROBE_INGEST)
		take_ingest(p, r);
	else if (p->kind == PROBE_AUDIT_ROWS)
		take_rows(p, r);
}

static void
on_canary(void *user, enum presence presence, const char *problem)
{
	struct product_inputs *i = user;

	i->canary_seen = presence;
	g_free(i->canary_problem);
	i->canary_problem = problem ? sanitize_text(problem, -1) : NULL;
}

/* --- asking --- */

/* A path is below product.url. */
static char *
whole_url(const struct config_product *c, const char *url)
{
	g_autofree char *base = NULL;

	if (*url != '/')
		return g_strdup(url);
	base = c->url ? http_url_base(c->url) : NULL;
	return base && *base ? g_strconcat(base, url, NULL) : NULL;
}

static void
make_probe(struct product_inputs *i, enum probe_kind kind, const struct config_probe *c, struct http *http)
{
	struct product_probe *p = &i->probes[kind];
	g_autofree char *url = c ? whole_url(i->config, c->url) : NULL;
	guint refresh_s = c && c->refresh && *c->refresh ? *c->refresh : REFRESH_S;
	struct secret_source token;

	p->owner = i;
	p->kind = kind;
	p->patience_us = 2 * (gint64)refresh_s * G_USEC_PER_SEC + TIMEOUT_MS * 1000;
	if (!url)
		return;
	p->poll = http_poll_new(http, &(struct http_poll_settings){
		.url = url, .method = c->method, .body = c->body, .ca = i->config->ca, .token = config_secret_source(c->token, &token),
		.interval_ms = MIN(refresh_s, G_MAXUINT / 1000) * 1000, .timeout_ms = TIMEOUT_MS, .max_body = BODY_MAX }, on_answer, p);
}

struct product_inputs *
product_inputs_new(const struct config_product *c, struct http *http)
{
	struct product_inputs *i = g_new0(struct product_inputs, 1);
	struct config_probe health = { .url = (char *)config_health(c) };

	i->config = c;
	i->rows = NAN;
	i->loopback = c->url && own_network_leads_here(c->url);
	make_probe(i, PROBE_HEALTH, &health, http);
	make_probe(i, PROBE_AUTHREAD, c->authread, http);
	make_probe(i, PROBE_AUTH, c->auth, http);
	make_probe(i, PROBE_INGEST, c->ingest, http);
	make_probe(i, PROBE_AUDIT_ROWS, c->audit_rows, http);
	if (c->canary)
		i->canary = canary_new(http, &(struct canary_settings){ .url = c->canary }, on_canary, i);
	return i;
}

void
product_inputs_free(struct product_inputs *i)
{
	if (!i)
		return;
	for (guint n = 0; n < PROBES; n++) {
		http_poll_free(i->probes[n].poll);
		g_free(i->probes[n].why);
		g_free(i->probes[n].degraded);
	}
	canary_free(i->canary);
	g_free(i->canary_problem);
	g_free(i->shrunk_words);
	g_free(i);
}

void
product_inputs_start(struct product_inputs *i, struct store *store)
{
	i->store = store;
	if (i->canary)
		canary_ask(i->canary);
	for (guint n = 0; n < PROBES; n++)
		if (i->probes[n].poll)
			http_poll_ask(i->probes[n].poll);
}

/* --- samples --- */

static gboolean
is_fresh(const struct product_probe *p, gint64 now_us)
{
	return p->tried && now_us - p->at_us <= p->patience_us;
}

/* Why nothing can be said of its answer; NULL: it can. */
static const char *
doubt(const struct product_probe *p, gint64 now_us)
{
	if (!is_fresh(p, now_us))
		return p->tried ? "no answer of late" : "not asked yet";
	return p->why;
}

/* Without an answer it is the product's fault only when our own network works. */
static void
sample_health(const struct product_inputs *i, struct samples *s, const struct observer_evidence *e, gint64 now_us)
{
	enum truth network = i->loopback && !e->has_canary ? TRUTH_TRUE : observer_network(e);
	const struct product_probe *p = &i->probes[PROBE_HEALTH];
	g_autofree char *status = g_strdup_printf("HTTP status %ld", p->status);
	const char *why = doubt(p, now_us);

	if (!is_fresh(p, now_us) || p->ours) {
		samples_unknown(s, "health_non200", why, now_us, NULL);
	} else if (p->status) {
		samples_set(s, "health_non200", p->status != 200, now_us, "~why", p->status == 200 ? "" : status, NULL);
	} else if (network == TRUTH_TRUE) {
		samples_set(s, "health_non200", 1, now_us, "~why", why, NULL);
	} else {
		g_autofree char *words = g_strdup_printf("%s; our own network %s", why,
			network == TRUTH_FALSE ? "does not work either" : e->has_canary ? "was not looked at yet" : "may be why: a canary would tell");
		samples_unknown(s, "health_non200", words, now_us, NULL);
	}
	if (!why && p->status)
		samples_set(s, "health_degraded", p->degraded != NULL, now_us, "~why", p->degraded ? p->degraded : "", NULL);
	else
		samples_unknown(s, "health_degraded", why, now_us, NULL);
}

static void
sample_5xx(const struct product_probe *p, struct samples *s, const char *metric, gint64 now_us)
{
	g_autofree char *status = g_strdup_printf("HTTP status %ld", p->status);
	const char *why = doubt(p, now_us);

	if (!p->poll)
		return;
	if (why)
		samples_unknown(s, metric, why, now_us, NULL);
	else
		samples_set(s, metric, p->status >= 500 && p->status <= 599, now_us, "~why", status, NULL);
}

/* By our own clock: a server's may differ as much, and most answers tell no time that is newer. */
static void
sample_ingest(const struct product_probe *p, struct samples *s, gint64 now_us, gint64 utc_us)
{
	const char *why = doubt(p, now_us);
	gint64 age = utc_us - p->newest_us;

	if (!p->poll)
		return;
	if (!why && age < -AHEAD_US)
		why = "the newest event is from the future: a clock is wrong";
	if (why)
		samples_unknown(s, "ingest_age_seconds", why, now_us, NULL);
	else
		samples_set(s, "ingest_age_seconds", MAX((double)age / G_USEC_PER_SEC, 0), now_us, NULL);
}

static void
sample_rows(struct product_inputs *i, struct samples *s, gint64 now_us)
{
	const struct product_probe *p = &i->probes[PROBE_AUDIT_ROWS];
	const char *why = doubt(p, now_us);

	if (!p->poll)
		return;
	if (why && !i->shrunk)
		samples_unknown(s, "audit_rows_shrunk", why, now_us, NULL);
	else
		samples_set(s, "audit_rows_shrunk", i->shrunk, now_us, "~why", i->shrunk ? i->shrunk_words : "", NULL);
	i->shrunk = FALSE;
}

void
product_inputs_sample(struct product_inputs *i, struct samples *s, const struct observer_evidence *e, gint64 now_us, gint64 utc_us)
{
	if (i->probes[PROBE_HEALTH].poll)
		sample_health(i, s, e, now_us);
	sample_5xx(&i->probes[PROBE_AUTHREAD], s, "authread_5xx", now_us);
	sample_5xx(&i->probes[PROBE_AUTH], s, "auth_5xx", now_us);
	sample_ingest(&i->probes[PROBE_INGEST], s, now_us, utc_us);
	sample_rows(i, s, now_us);
}

void
product_inputs_tell(const struct product_inputs *i, struct observer_evidence *e, gint64 now_us)
{
	if (i->canary) {
		e->has_canary = TRUE;
		e->canary = i->canary_seen;
		e->canary_problem = i->canary_problem;
	}
	for (guint n = 0; n < PROBES && !i->loopback; n++) {
		const struct product_probe *p = &i->probes[n];
		e->answered |= p->answered_us > 0 && now_us - p->answered_us <= OBSERVER_ANSWER_US;
		e->failed |= p->tried && p->status == 0 && !p->ours;
	}
}

gboolean
product_inputs_are_settled(const struct product_inputs *i)
{
	if (i->canary && i->canary_seen == PRESENCE_UNKNOWN)
		return FALSE;
	for (guint n = 0; n < PROBES; n++)
		if (i->probes[n].poll && !i->probes[n].tried)
			return FALSE;
	return TRUE;
}
