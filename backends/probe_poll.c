#include "backends/probe_poll.h"

#include <math.h>

#include "backends/link_poll.h"
#include "model/probe.h"

#define INTERVAL_MS 5000
#define SECOND_PROBE_MS 1000
#define TIMEOUT_MS 20000
#define OUTPUT_MAX (256 * 1024)

struct probe_poll {
	struct link_poll *poll;
	struct world *world;
	struct host *host;
	guint interval_ms;
	gboolean has_previous; /* host->probe is of this connection's host and may be compared */
	struct probe first;    /* the oldest one of this boot, for the growth of the disk */
	gboolean has_first;
};

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

static guint
answered(void *user, const struct link_result *r)
{
	struct probe_poll *p = user;
	gboolean was_first = !p->has_previous;
	const char *problem = NULL;
	struct probe now;

	if (r->outcome == LINK_EXITED && probe_parse(r->output, r->output_length, g_get_monotonic_time(), &now, &problem)) {
		take(p, &now);
	} else {
		g_autofree char *text = link_poll_failure(r, "The probe did not answer", "The probe's answer cannot be read", problem);
		datum_failed(&p->host->probe_datum, text);
		history_add(&p->host->steal, NAN);
		history_add(&p->host->memory, NAN);
		history_add(&p->host->disk, NAN);
	}
	world_changed(p->world);
	return was_first && p->has_previous ? SECOND_PROBE_MS : p->interval_ms;
}

static char *
command(void *user)
{
	return g_strdup(probe_command);
}

struct probe_poll *
probe_poll_new(struct link *link, struct world *world, struct host *host, guint interval_ms)
{
	static const struct link_poll_class class = { command, answered, .timeout_ms = TIMEOUT_MS, .max_output = OUTPUT_MAX };
	struct probe_poll *p = g_new0(struct probe_poll, 1);

	p->poll = link_poll_new(&class, link, p);
	p->world = world;
	p->host = host;
	p->interval_ms = interval_ms ? interval_ms : INTERVAL_MS;
	return p;
}

void
probe_poll_free(struct probe_poll *p)
{
	if (!p)
		return;
	link_poll_free(p->poll);
	g_free(p);
}

void
probe_poll_link_up(struct probe_poll *p)
{
	p->has_previous = FALSE; /* steal over a long gap would say nothing of now: two new ones follow each other after 1 s */
	link_poll_begin(p->poll);
}

void
probe_poll_link_down(struct probe_poll *p)
{
	link_poll_end(p->poll);
	datum_stale(&p->host->probe_datum, p->host->link.reason);
	world_changed(p->world);
}

void
probe_poll_now(struct probe_poll *p)
{
	link_poll_now(p->poll);
}
