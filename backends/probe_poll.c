#include "backends/probe_poll.h"

#include <math.h>

#include "model/probe.h"
#include "model/sanitize.h"

#define INTERVAL_MS 5000
#define SECOND_PROBE_MS 1000
#define TIMEOUT_MS 20000
#define OUTPUT_MAX (256 * 1024)

struct probe_poll {
	struct link *link;
	struct world *world;
	struct host *host;
	guint interval_ms;
	struct link_job *job;  /* the one under way */
	guint timer;           /* until the next; none while a job is under way or the link is down */
	gboolean has_previous; /* host->probe is of this connection's host and may be compared */
	gboolean again;        /* asked for while one was under way */
	struct probe first;    /* the oldest one of this boot, for the growth of the disk */
	gboolean has_first;
};

static void run(struct probe_poll *p);

struct probe_poll *
probe_poll_new(struct link *link, struct world *world, struct host *host, guint interval_ms)
{
	struct probe_poll *p = g_new0(struct probe_poll, 1);

	p->link = link;
	p->world = world;
	p->host = host;
	p->interval_ms = interval_ms ? interval_ms : INTERVAL_MS;
	return p;
}

static void
stop(struct probe_poll *p)
{
	if (p->timer)
		g_source_remove(p->timer);
	p->timer = 0;
	if (p->job)
		link_job_cancel(p->job);
	p->job = NULL;
}

void
probe_poll_free(struct probe_poll *p)
{
	if (!p)
		return;
	stop(p);
	g_free(p);
}

static gboolean
on_timer(gpointer data)
{
	struct probe_poll *p = data;

	p->timer = 0;
	run(p);
	return G_SOURCE_REMOVE;
}

static void
add_histories(struct host *h)
{
	const struct probe *p = &h->probe;

	history_add(&h->steal, h->rates.known ? h->rates.steal_percent : NAN);
	history_add(&h->memory, p->mem_total ? 100.0 * (double)p->mem_available / (double)p->mem_total : NAN);
	history_add(&h->disk, p->has_disk ? probe_disk_percent(p) : NAN);
}

/* A reboot zeroes the host's counters and may have freed the disk: growth is measured anew. */
static void
measure_disk(struct probe_poll *p)
{
	if (!p->has_first || p->host->probe.uptime_s < p->first.uptime_s) {
		p->first = p->host->probe;
		p->has_first = TRUE;
	}
	probe_disk_slope(&p->first, &p->host->probe, &p->host->rates);
}

static void
take(struct probe_poll *p, const struct probe *now)
{
	struct host *h = p->host;

	if (p->has_previous)
		probe_rates_compute(&h->probe, now, &h->rates);
	else
		h->rates = (struct probe_rates){ .disk_bytes_per_day = NAN, .days_to_full = NAN };
	h->probe = *now;
	p->has_previous = TRUE;
	measure_disk(p);
	add_histories(h);
	datum_good(&h->probe_datum, now->at_us);
}

static char *
describe_failure(const struct link_result *r, const char *problem)
{
	g_autofree char *errors = sanitize_text(r->errors, (gssize)MIN(r->errors_length, 200));

	g_strstrip(errors);
	if (r->outcome != LINK_EXITED)
		return g_strdup_printf("The probe did not answer. %s", r->problem);
	return g_strdup_printf("The probe's answer cannot be read: %s%s%s", problem, *errors ? "; " : "", errors);
}

static void
on_answer(const struct link_result *r, void *user)
{
	struct probe_poll *p = user;
	gboolean was_first = !p->has_previous;
	const char *problem = NULL;
	struct probe now;

	p->job = NULL;
	if (!link_is_up(p->link))
		return; /* what fell with the link is no news about the host */
	if (r->outcome == LINK_EXITED && probe_parse(r->output, r->output_length, g_get_monotonic_time(), &now, &problem)) {
		take(p, &now);
	} else {
		g_autofree char *text = describe_failure(r, problem);
		datum_failed(&p->host->probe_datum, text);
		history_add(&p->host->steal, NAN);
		history_add(&p->host->memory, NAN);
		history_add(&p->host->disk, NAN);
	}
	if (!p->timer)
		p->timer = g_timeout_add(p->again ? 0 : was_first && p->has_previous ? SECOND_PROBE_MS : p->interval_ms, on_timer, p);
	p->again = FALSE;
	world_changed(p->world);
}

static void
run(struct probe_poll *p)
{
	const struct link_command command = { .command = probe_command, .timeout_ms = TIMEOUT_MS, .max_output = OUTPUT_MAX };

	p->job = link_run(p->link, &command, on_answer, p);
}

void
probe_poll_link_up(struct probe_poll *p)
{
	stop(p);
	p->has_previous = FALSE; /* steal over a long gap would say nothing of now: two new ones follow each other after 1 s */
	run(p);
}

void
probe_poll_link_down(struct probe_poll *p)
{
	stop(p);
	p->again = FALSE;
	datum_stale(&p->host->probe_datum, p->host->link.reason);
	world_changed(p->world);
}

void
probe_poll_now(struct probe_poll *p)
{
	if (p->job) {
		p->again = TRUE;
	} else if (link_is_up(p->link)) {
		stop(p);
		run(p);
	}
}
