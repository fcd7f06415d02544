/* Samples of hosts: their link, their probe, containers, scheduled jobs, and backups that fail one after the other. */
#include <math.h>
#include <string.h>

#include "app/rule_inputs_private.h"
#include "model/counter_rate.h"
#include "model/run_streak.h"

#define JOBS_REFRESH_S 300 /* when the configuration says nothing else */
#define NOT_ASKED "not asked yet"

static const char *const metrics[] = {
	"host_unreachable", "steal_percent", "swap_used_bytes", "swap_cached_bytes", "disk_used_percent", "container_unhealthy",
	"container_write_bytes_per_hour", "cron_missed", "cron_failed", "backup_failures_in_row",
};

struct host_inputs {
	const struct world *world;
	const GPtrArray *machines;
	struct store *store;    /* NULL: streaks are not kept */
	GHashTable *writes;     /* id of a container -> struct counter_rate: both owned */
	GHashTable *streaks;    /* "host\nkey of a job" -> struct run_streak: both owned */
	struct samples *out;    /* while a sample is taken */
	gint64 now_us;
};

struct host_inputs *
host_inputs_new(const struct world *w, const GPtrArray *machines)
{
	struct host_inputs *i = g_new0(struct host_inputs, 1);

	i->world = w;
	i->machines = machines;
	i->writes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	i->streaks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return i;
}

void
host_inputs_free(struct host_inputs *i)
{
	if (!i)
		return;
	g_hash_table_unref(i->writes);
	g_hash_table_unref(i->streaks);
	g_free(i);
}

void
host_inputs_start(struct host_inputs *i, struct store *store)
{
	i->store = store;
}

/* Why a value is not known now; NULL: it is. */
static const char *
doubt(const struct host_inputs *i, const struct datum *d, gint64 patience_us)
{
	if (d->state == DATUM_UNKNOWN)
		return NOT_ASKED;
	if (d->state != DATUM_OK)
		return d->error ? d->error : "no answer";
	return i->now_us - d->at_us > patience_us ? "the last answer is too old" : NULL;
}

/* --- link and probe --- */

static void
sample_link(struct host_inputs *i, const struct host *h)
{
	const struct link_status *l = &h->link;
	const char *why = l->reason ? l->reason : l->question == LINK_ASKS_HOST_KEY ? "its host key is new" :
	                  l->question == LINK_ASKS_PASSPHRASE ? "a key file needs its passphrase" : "no connection";

	if (l->state == LINK_UP)
		samples_set(i->out, "host_unreachable", 0, i->now_us, "host", h->name, NULL);
	else if (l->state == LINK_DOWN || l->state == LINK_BLOCKED || l->failures > 0)
		samples_set(i->out, "host_unreachable", 1, i->now_us, "host", h->name, "~why", why, NULL);
	else
		samples_unknown(i->out, "host_unreachable", "not connected yet", i->now_us, "host", h->name, NULL);
}

static void
figure(struct host_inputs *i, const struct host *h, const char *metric, double value, const char *why)
{
	if (why)
		samples_unknown(i->out, metric, why, i->now_us, "host", h->name, NULL);
	else
		samples_set(i->out, metric, value, i->now_us, "host", h->name, NULL);
}

static void
sample_probe(struct host_inputs *i, const struct host *h)
{
	const struct probe *p = &h->probe;
	const char *why = doubt(i, &h->probe_datum, INPUT_DATUM_US);
	int disk = why ? -1 : probe_disk_percent(p);

	figure(i, h, "steal_percent", h->rates.steal_percent, why ? why : h->rates.known ? NULL : "two probes are needed");
	figure(i, h, "swap_used_bytes", (double)(p->swap_total - MIN(p->swap_free, p->swap_total)), why);
	figure(i, h, "swap_cached_bytes", (double)p->swap_cached, why);
	figure(i, h, "disk_used_percent", disk, why ? why : disk < 0 ? "df says nothing of /" : NULL);
}

/* --- containers --- */

static void
sample_health(struct host_inputs *i, const struct host *h, const struct container *c, const char *why)
{
	if (!why && c->health == HEALTH_UNKNOWN)
		why = "Docker says nothing of its health";
	if (why)
		samples_unknown(i->out, "container_unhealthy", why, i->now_us, "host", h->name, "container", c->name, NULL);
	else
		samples_set(i->out, "container_unhealthy", c->health == HEALTH_UNHEALTHY, i->now_us, "host", h->name, "container", c->name, NULL);
}

static struct counter_rate *
writes_of(struct host_inputs *i, const struct container *c)
{
	struct counter_rate *r = g_hash_table_lookup(i->writes, c->id);

	if (!r) {
		r = g_new0(struct counter_rate, 1);
		g_hash_table_insert(i->writes, g_strdup(c->id), r);
	}
	return r;
}

/* Averaged over up to an hour: what Docker measured in the last seconds would be a burst. */
static void
sample_writes(struct host_inputs *i, const struct host *h, const struct container *c, const char *why)
{
	const struct container_stats *s = &c->stats;
	struct counter_rate *r = writes_of(i, c);
	double rate;

	if (c->state != CONTAINER_RUNNING)
		return;
	if (!why)
		why = doubt(i, &s->datum, INPUT_DATUM_US);
	if (!why && s->datum.at_us > r->at_us)
		counter_rate_add(r, s->block_write, s->datum.at_us);
	rate = counter_rate_per_hour(r);
	if (!why && isnan(rate))
		why = "it was not measured for long enough yet";
	if (why)
		samples_unknown(i->out, "container_write_bytes_per_hour", why, i->now_us, "host", h->name, "container", c->name, NULL);
	else
		samples_set(i->out, "container_write_bytes_per_hour", rate, i->now_us, "host", h->name, "container", c->name, NULL);
}

static void
sample_containers(struct host_inputs *i, const struct host *h)
{
	const struct docker_state *d = &h->docker;
	const char *why = doubt(i, &d->datum, INPUT_DATUM_US);

	if (d->datum.state == DATUM_NO_DATA)
		return;
	for (guint n = 0; n < d->containers->len; n++) {
		const struct container *c = d->containers->pdata[n];
		if (!c->name)
			continue;
		sample_health(i, h, c, why);
		sample_writes(i, h, c, why);
	}
}

static gboolean
is_gone(gpointer id, gpointer rate, gpointer user)
{
	const struct world *w = user;

	(void)rate;
	for (guint n = 0; n < w->hosts->len; n++)
		if (g_hash_table_contains(((const struct host *)w->hosts->pdata[n])->docker.by_id, id))
			return FALSE;
	return TRUE;
}

/* --- scheduled jobs --- */

static gint64
jobs_patience(const struct host_inputs *i, const struct host *h)
{
	const struct machine *m = i->machines ? machines_find(i->machines, h->name) : NULL;
	const struct config_cron *c = m && m->config ? m->config->cron : NULL;

	return 3 * (gint64)(c && c->refresh && *c->refresh ? *c->refresh : JOBS_REFRESH_S) * G_USEC_PER_SEC;
}

/* Two lines of a crontab may be called the same: the worse one counts for both. */
static gboolean
worse_of_that_name(const struct cron_state *c, guint upto, const struct cron_job *j, gboolean missed)
{
	for (guint n = 0; n < c->jobs->len; n++) {
		const struct cron_job *other = c->jobs->pdata[n];
		if (n == upto || g_strcmp0(other->name, j->name) != 0)
			continue;
		if (missed ? other->missed_us > 0 : other->result == CRON_RESULT_FAILED)
			return TRUE;
	}
	return FALSE;
}

/* What nothing could tell, since cron logs no results unless it is asked to, has no series. */
static void
sample_job(struct host_inputs *i, const struct host *h, guint n, const char *why)
{
	const struct cron_job *j = h->cron.jobs->pdata[n];
	gboolean failed = j->result == CRON_RESULT_FAILED || worse_of_that_name(&h->cron, n, j, FALSE);
	gboolean missed = j->missed_us > 0 || worse_of_that_name(&h->cron, n, j, TRUE);

	if (why)
		samples_unknown(i->out, "cron_missed", why, i->now_us, "host", h->name, "job", j->name, NULL);
	else
		samples_set(i->out, "cron_missed", missed, i->now_us, "host", h->name, "job", j->name, NULL);
	if (j->result == CRON_RESULT_UNKNOWN && !failed)
		return;
	if (why || (j->result == CRON_RESULT_RUNNING && !failed))
		samples_unknown(i->out, "cron_failed", why ? why : "it runs now", i->now_us, "host", h->name, "job", j->name, NULL);
	else
		samples_set(i->out, "cron_failed", failed, i->now_us, "host", h->name, "job", j->name, "~result", j->result_text ? j->result_text : "", NULL);
}

/* --- backups --- */

static gboolean
is_backup(const struct cron_job *j)
{
	g_autofree char *name = j->name ? g_ascii_strdown(j->name, -1) : NULL;

	return name && strstr(name, "backup");
}

/* What an earlier midwatch has counted; runs that none has seen are not counted. */
static struct run_streak *
streak_of(struct host_inputs *i, const struct host *h, const struct cron_job *j, const char *series)
{
	g_autofree char *key = g_strdup_printf("%s\n%s", h->name, j->key);
	struct run_streak *s = g_hash_table_lookup(i->streaks, key);
	double failures;

	if (s)
		return s;
	s = g_new0(struct run_streak, 1);
	g_hash_table_insert(i->streaks, g_steal_pointer(&key), s);
	s->last_us = i->store ? store_sample_last(i->store, h->name, series) : 0;
	failures = s->last_us ? store_sample_near(i->store, h->name, series, s->last_us, G_USEC_PER_SEC) : NAN;
	s->failures = failures > 0 ? (guint)failures : 0;
	return s;
}

static guint
count_backup(struct host_inputs *i, const struct host *h, const struct cron_job *j)
{
	g_autofree char *series = g_strdup_printf("backup.failures:%s", j->name);
	struct run_streak *s = streak_of(i, h, j, series);

	if (run_streak_saw(s, j->last_us, j->result) && i->store)
		store_sample(i->store, h->name, series, s->last_us, s->failures);
	return s->failures;
}

/* The worst of its backups, of those whose results are known. */
static void
sample_backups(struct host_inputs *i, const struct host *h, const char *why)
{
	guint most = 0;
	const struct cron_job *worst = NULL;

	for (guint n = 0; n < h->cron.jobs->len; n++) {
		const struct cron_job *j = h->cron.jobs->pdata[n];
		guint failures;
		if (!is_backup(j) || j->last_us == 0 || j->result == CRON_RESULT_UNKNOWN)
			continue;
		failures = count_backup(i, h, j);
		if (!worst || failures > most) {
			worst = j;
			most = failures;
		}
	}
	if (worst && why)
		samples_unknown(i->out, "backup_failures_in_row", why, i->now_us, "host", h->name, NULL);
	else if (worst)
		samples_set(i->out, "backup_failures_in_row", most, i->now_us, "host", h->name, "~job", worst->name, NULL);
}

static void
sample_jobs(struct host_inputs *i, const struct host *h)
{
	const char *why = doubt(i, &h->cron.datum, jobs_patience(i, h));

	if (h->cron.datum.state == DATUM_NO_DATA || h->cron.datum.state == DATUM_UNKNOWN)
		return;
	for (guint n = 0; n < h->cron.jobs->len; n++)
		if (((const struct cron_job *)h->cron.jobs->pdata[n])->name)
			sample_job(i, h, n, why);
	sample_backups(i, h, why);
}

void
host_inputs_sample(struct host_inputs *i, struct samples *s, gint64 now_us)
{
	i->out = s;
	i->now_us = now_us;
	for (guint n = 0; n < G_N_ELEMENTS(metrics); n++)
		samples_begin(s, metrics[n]);
	for (guint n = 0; n < i->world->hosts->len; n++) {
		const struct host *h = i->world->hosts->pdata[n];
		sample_link(i, h);
		sample_probe(i, h);
		sample_containers(i, h);
		sample_jobs(i, h);
	}
	for (guint n = 0; n < G_N_ELEMENTS(metrics); n++)
		samples_sweep(s, metrics[n]);
	g_hash_table_foreach_remove(i->writes, is_gone, (gpointer)i->world);
}
