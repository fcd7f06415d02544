/* What stands in the tabs of a container's details. */
#include <math.h>
#include <string.h>

#include "panels/containers_private.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define US_PER_MS 1000.0

/* TRUE when the details are there; else a line says why not. */
static gboolean check_detail(const struct container *c, GPtrArray *lines)
{
	const struct datum *d = &c->detail.datum;

	if (datum_known(d))
		return TRUE;
	list_add_missing(lines, d, "the details of this container are not there yet");
	return FALSE;
}

static void since_text(const struct containers *p, gint64 since_us, gboolean exact, char *out, gsize size)
{
	gint64 now = p->list.context.world->utc_us;
	char at[40], age[16];

	if (since_us <= 0) {
		g_strlcpy(out, "since a time that is not known", size);
		return;
	}
	panel_time(since_us, now, at, sizeof at);
	text_duration(MAX(now - since_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	g_snprintf(out, size, "since %s%s (%s)", exact ? "" : "about ", at, age);
}

static void add_health_head(const struct containers *p, const struct container *c, GPtrArray *lines)
{
	const struct container_detail *d = &c->detail;
	char since[96] = "", interval[16], words[40];
	enum role role = c->health == HEALTH_UNHEALTHY ? ROLE_CRIT : ROLE_TEXT;

	text_duration(d->health_interval_us / G_USEC_PER_SEC, interval, sizeof interval);
	container_health_words(c, words, sizeof words);
	if (c->health == HEALTH_UNHEALTHY)
		since_text(p, d->unhealthy_since_us, d->unhealthy_since_exact, since, sizeof since);
	list_add(lines, role, "%s%s%s  failing streak %u  every %s  restarts %u", words, *since ? " " : "", since, d->failing_streak,
	         interval, d->restart_count);
}

static const char *first_line(const char *text, gsize *len)
{
	while (text && (*text == '\n' || *text == ' '))
		text++;
	*len = text ? strcspn(text, "\n") : 0;
	return text ? text : "";
}

static void add_probe(const struct containers *p, const struct health_probe *probe, gboolean whole, GPtrArray *lines)
{
	enum role role = probe->exit_code == 0 ? ROLE_TEXT : ROLE_CRIT;
	double took = (double)(probe->end_us - probe->start_us) / US_PER_MS;
	char at[40], exit[24];
	gsize len;
	const char *text = first_line(probe->output, &len);

	panel_time(probe->start_us, p->list.context.world->utc_us, at, sizeof at);
	if (probe->exit_code < 0)
		g_strlcpy(exit, "timed out", sizeof exit);
	else
		g_snprintf(exit, sizeof exit, "exit %d", probe->exit_code);
	list_add(lines, role, "%s %s  %-9s  %5.0fms  %.*s", glyph(probe->exit_code == 0 ? GLYPH_OK : GLYPH_CRIT), at, exit, MAX(took, 0),
	         (int)MIN(len, G_MAXINT), text);
	for (text += len; whole && *text; text += len) {
		text = first_line(text, &len);
		if (len > 0)
			list_add(lines, ROLE_DIM, "    %.*s", (int)MIN(len, G_MAXINT), text);
	}
}

static void add_state(const struct containers *p, const struct container *c, GPtrArray *lines)
{
	const struct container_detail *d = &c->detail;
	char started[96], finished[96];

	since_text(p, d->started_us, TRUE, started, sizeof started);
	since_text(p, d->finished_us, TRUE, finished, sizeof finished);
	if (c->state == CONTAINER_RUNNING)
		list_add(lines, ROLE_TEXT, "running %s", started);
	else if (d->finished_us > 0)
		list_add(lines, ROLE_TEXT, "%s %s   exit code %d%s", container_state_name(c->state), finished, d->exit_code,
		         d->oom_killed ? "   killed for want of memory (OOM)" : "");
	else
		list_add(lines, ROLE_TEXT, "%s   never ran", container_state_name(c->state));
	if (!d->has_healthcheck)
		list_add(lines, ROLE_DIM, "It has no health check: that it runs is all that Docker knows. Restarts %u, policy %s.", d->restart_count,
		         d->restart_policy && *d->restart_policy ? d->restart_policy : "none");
}

void details_health(const struct containers *p, const struct container *c, GPtrArray *lines)
{
	const struct container_detail *d = &c->detail;

	if (!check_detail(c, lines))
		return;
	if (d->has_healthcheck)
		add_health_head(p, c, lines);
	if (!d->has_healthcheck || c->state != CONTAINER_RUNNING)
		add_state(p, c, lines);
	if (d->has_healthcheck && d->health_log->len == 0)
		list_add(lines, ROLE_DIM, "no probe has run yet");
	for (guint i = d->health_log->len; i-- > 0;)
		add_probe(p, d->health_log->pdata[i], p->list.details.full, lines);
}

static void add_memory(const struct container *c, GPtrArray *lines)
{
	const struct container_stats *s = &c->stats;
	gboolean own = datum_known(&c->detail.datum) && c->detail.memory_limit > 0;
	guint64 limit = own ? c->detail.memory_limit : s->memory_limit;
	char used[16], of[16], percent[16];

	text_bytes(container_memory(c), used, sizeof used);
	text_bytes(limit > 0 ? (double)limit : NAN, of, sizeof of);
	text_percent(limit > 0 ? 100.0 * container_memory(c) / (double)limit : NAN, percent, sizeof percent);
	/* Padded by cells: an unknown is one cell of three bytes. */
	list_add(lines, ROLE_TEXT, "memory       %*s%s of %s (%s%%)%s", MAX(6 - text_width(used), 0), "", used, of, percent,
	         s->memory_limit == 0 ? "   the kernel there does not count it" :
	         own || !datum_known(&c->detail.datum) ? "" : "   no limit of its own: the host's memory");
}

static void add_stats(const struct containers *p, const struct container *c, GPtrArray *lines)
{
	const struct container_stats *s = &c->stats;
	char cpu[16], read[16], written[16], rate[16], in[16], out[16], age[16];

	text_percent(s->cpu_percent, cpu, sizeof cpu);
	text_bytes((double)s->block_read, read, sizeof read);
	text_bytes((double)s->block_write, written, sizeof written);
	text_bytes(s->write_per_hour, rate, sizeof rate);
	text_bytes((double)s->net_rx, in, sizeof in);
	text_bytes((double)s->net_tx, out, sizeof out);
	text_age(datum_age_s(&s->datum, p->list.context.world->now_us), age, sizeof age);
	list_add(lines, ROLE_TEXT, "CPU          %6s %% of one processor", cpu);
	add_memory(c, lines);
	list_add(lines, ROLE_TEXT, "block read   %6s   written %s, %s an hour", read, written, rate);
	list_add(lines, ROLE_TEXT, "network in   %6s   out %s", in, out);
	list_add(lines, ROLE_TEXT, "processes    %6u", s->pids);
	if (container_figures_fail(c))
		list_add(lines, ROLE_WARN, "asking again failed: %s", s->datum.error);
	list_add(lines, s->datum.state == DATUM_STALE ? ROLE_STALE : ROLE_DIM, "as it was %s ago, bytes since the container started", age);
}

static void add_identity(const struct containers *p, const struct container *c, GPtrArray *lines)
{
	const struct container_detail *d = &c->detail;
	gboolean known = datum_known(&d->datum);
	char created[96], image[96];

	since_text(p, c->created_us, TRUE, created, sizeof created);
	since_text(p, known ? d->image_created_us : 0, TRUE, image, sizeof image);
	list_add(lines, ROLE_TEXT, "image        %s, made %s", c->image ? c->image : text_unknown(), image);
	list_add(lines, ROLE_TEXT, "command      %s", c->command ? c->command : text_unknown());
	list_add(lines, ROLE_TEXT, "container    %.12s, there %s", c->id, created);
	list_add(lines, ROLE_TEXT, "restarts     %s", known && d->restart_policy && *d->restart_policy ? d->restart_policy : text_unknown());
	list_add(lines, ROLE_TEXT, "log driver   %s", known && d->log_driver ? d->log_driver : text_unknown());
}

void details_stats(const struct containers *p, const struct container *c, GPtrArray *lines)
{
	const struct datum *d = &c->stats.datum;

	if (datum_known(d))
		add_stats(p, c, lines);
	else if (c->state != CONTAINER_RUNNING)
		list_add(lines, ROLE_DIM, "%s: there are no figures of a container that does not run", container_state_name(c->state));
	else
		list_add_missing(lines, d, "waiting for the first figures");
	add_identity(p, c, lines);
}

/* The store's number of a container's log; 0 when it is not followed. */
static guint32 find_source(const struct log_store *s, const char *host, const char *name)
{
	for (guint32 i = 1; i <= log_store_source_count(s); i++) {
		const struct log_source_info *info = log_store_source_info(s, i);
		if (g_str_equal(info->kind, "container") && g_strcmp0(info->host, host) == 0 && g_strcmp0(info->name, name) == 0)
			return i;
	}
	return 0;
}

/* Restricts the view to one source. */
static void view_source(struct details *d, guint32 source)
{
	g_autofree gboolean *wanted = g_new0(gboolean, source + 1);

	if (d->source == source)
		return;
	d->source = source;
	wanted[source] = TRUE;
	log_view_sources(d->view, wanted, source + 1);
}

static enum role level_role(guint8 level)
{
	return level >= LEVEL_ERROR ? ROLE_CRIT : level == LEVEL_WARN ? ROLE_WARN : ROLE_TEXT;
}

void details_logs(struct containers *p, const struct host *h, const struct container *c, guint count, GPtrArray *lines)
{
	struct details *d = &p->details;
	guint32 source = find_source(p->list.context.world->logs, h->name, c->name);
	struct log_line line;
	guint64 total;

	if (source == 0) {
		list_add(lines, ROLE_DIM, "It is not followed: %s follows it in Logs.", panel_key(&p->list.context, ACT_LOGS));
		return;
	}
	view_source(d, source);
	log_view_work(d->view, 2000); /* the newest lines come first */
	total = log_view_count(d->view);
	if (total == 0)
		list_add(lines, ROLE_DIM, "no line has come yet");
	for (guint64 i = total > count ? total - count : 0; i < total && log_view_at(d->view, i, &line); i++) {
		char at[40];
		text_clock(line.time_us, at, sizeof at);
		list_add(lines, line.flags & LINE_NOTE ? ROLE_STALE : level_role(line.level), "%s  %.*s", at, (int)line.length, line.text);
	}
}
