/* Restarts and snapshots of containers. */
#include "app/work.h"
#include "tui/text.h"

/* Beyond the container's own time to stop: then what its state says is the outcome. */
#define SETTLE_S 20
#define START_S 60 /* while it does not run: a busy daemon has stopped it and will start it yet */

struct restart {
	struct work base;
	guint stop_timeout_s;
	gint64 started_us; /* UTC: StartedAt before; 0 = not known */
	gint64 seen_us;    /* monotonic: since when its state is known again; 0 = not yet */
};

static void
on_restarted(void *user, enum outcome outcome, const char *result)
{
	work_done(user, outcome, result);
}

static void
start_restart(struct work *w)
{
	struct restart *r = (struct restart *)w;
	const struct container *c = host_container(w->machine->host, w->container_id);

	r->started_us = c && datum_known(&c->detail.datum) ? c->detail.started_us : 0;
	docker_restart(w->machine->docker, w->container_id, r->stop_timeout_s, on_restarted, w);
}

/* Its state as it was learned after the outcome became unknown; NULL while that is not known. */
static const struct container *
fresh_state(struct restart *r)
{
	const struct work *w = &r->base;
	const struct container *c = host_container(w->machine->host, w->container_id);

	if (!c || c->detail.datum.state != DATUM_OK || c->detail.datum.at_us <= w->unknown_us)
		return NULL;
	return c;
}

static gboolean
is_gone(const struct work *w)
{
	const struct docker_state *d = &w->machine->host->docker;

	return d->datum.state == DATUM_OK && d->datum.at_us > w->unknown_us && !host_container(w->machine->host, w->container_id);
}

static void
look_restart(struct work *w)
{
	struct restart *r = (struct restart *)w;
	const struct container *c = fresh_state(r);
	gint64 now = g_get_monotonic_time();
	guint settle_s;
	char clock[32];
	g_autofree char *words = NULL;

	if (is_gone(w)) {
		work_done(w, OUTCOME_UNKNOWN, "no answer came, and the container is no longer there");
		return;
	}
	if (!c) {
		if (w->machine->host->docker.datum.state == DATUM_OK)
			docker_refresh(w->machine->docker);
		return;
	}
	r->seen_us = r->seen_us ? r->seen_us : now;
	settle_s = r->stop_timeout_s + (c->state == CONTAINER_RUNNING ? SETTLE_S : START_S);
	text_clock(c->detail.started_us, clock, sizeof clock);
	if (r->started_us == 0) {
		words = g_strdup_printf("no answer came, and since when it ran before was not known: now it is %s", container_state_name(c->state));
		work_done(w, OUTCOME_UNKNOWN, words);
	} else if (c->detail.started_us != r->started_us && c->state == CONTAINER_RUNNING) {
		words = g_strdup_printf("restarted at %s: no answer came, its state shows it", clock);
		work_done(w, OUTCOME_OK, words);
	} else if (now - r->seen_us > (gint64)settle_s * G_USEC_PER_SEC) {
		if (c->state == CONTAINER_RUNNING)
			words = g_strdup_printf("not restarted: no answer came, and it runs since %s as before", clock);
		else
			words = g_strdup_printf("no answer came, and it does not run: %s", container_state_name(c->state));
		work_done(w, OUTCOME_FAILED, words);
	}
}

static void
free_plain(struct work *w)
{
	work_clear(w);
	g_free(w);
}

static struct evidence *
save_container(struct work *w, evidence_done done, void *user)
{
	return evidence_of_container(w->machine->docker, w->container_id, w->operation->host, w->operation->target, done, user);
}

/* Takes the container, and makes the operation on it. */
static void
take_container(struct work *w, struct machine *m, const struct container *c, const char *action, const char *title, const char *request)
{
	w->machine = m;
	w->container_id = g_strdup(c->id);
	w->operation = operation_new(action, title, m->host->name, c->name ? c->name : c->id, request);
}

struct work *
work_restart_new(struct machine *m, const struct container *c)
{
	static const struct work_class class = { .evidence = save_container, .start = start_restart, .look = look_restart, .free = free_plain };
	struct restart *r = g_new0(struct restart, 1);
	g_autofree char *request = NULL;

	r->base.class = &class;
	r->stop_timeout_s = machine_stop_timeout(m);
	request = docker_restart_text(m->docker, c->id, r->stop_timeout_s);
	take_container(&r->base, m, c, "container.restart", "restart", request);
	return &r->base;
}

static void
start_snapshot(struct work *w)
{
	work_done(w, OUTCOME_OK, w->operation->evidence);
}

struct work *
work_snapshot_new(struct machine *m, const struct container *c)
{
	static const struct work_class class = { .evidence = save_container, .start = start_snapshot, .free = free_plain };
	struct work *w = g_new0(struct work, 1);

	w->class = &class;
	take_container(w, m, c, "container.snapshot", "snapshot", "inspect, health log, stats and log saved here");
	return w;
}
