#include "tests/unit/panel_world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MB (1024.0 * 1024)
#define GB (1024 * MB)
#define HOUR_US (3600 * (gint64)G_USEC_PER_SEC)
#define DAY_US (24 * HOUR_US)

static void make_probe(struct host *h)
{
	struct probe *p = &h->probe;

	p->at_us = WORLD_NOW_US - 4 * G_USEC_PER_SEC;
	p->cpus = 4;
	p->load[0] = 1.31;
	p->load[1] = 1.22;
	p->load[2] = 1.04;
	p->uptime_s = 41 * 86400 + 7200;
	p->mem_total = (guint64)(16 * GB);
	p->mem_available = (guint64)(10 * GB);
	p->mem_free = (guint64)(1.5 * GB);
	p->swap_total = (guint64)(4 * GB);
	p->swap_free = (guint64)(2.2 * GB);
	p->swap_cached = (guint64)(212 * MB);
	p->has_pressure = TRUE;
	p->pressure_cpu = 3.2;
	p->pressure_io = 0.4;
	p->has_disk = TRUE;
	p->disk_total = (guint64)(193 * GB);
	p->disk_used = (guint64)(71 * GB);
	p->disk_available = (guint64)(122 * GB);
	g_strlcpy(p->kernel, "6.1.0-18-amd64", sizeof p->kernel);
	h->rates = (struct probe_rates){ .known = TRUE, .steal_percent = 8.2, .busy_percent = 37, .iowait_percent = 0.6,
		.disk_bytes_per_day = 0.57 * GB, .days_to_full = 214 };
	datum_good(&h->probe_datum, p->at_us);
	for (int i = 0; i < 20; i++) {
		history_add(&h->steal, i < 12 ? 1 + i % 3 : 8);
		history_add(&h->memory, 62);
		history_add(&h->disk, i < 10 ? 36 : 37);
		history_add(&h->unhealthy, i < 14 ? 0 : 3);
		history_add(&h->score, i == 9 ? NAN : i < 14 ? 93 : 68);
	}
}

static void bring_up(struct host *h)
{
	h->link.state = LINK_UP;
	h->link.since_us = WORLD_NOW_US - 2 * HOUR_US;
	h->link.transport = g_strdup(h->local ? "local" : "libssh2");
	h->link.address = g_strdup_printf("root@%s:22", h->name);
	datum_good(&h->docker.datum, WORLD_NOW_US - 2 * G_USEC_PER_SEC);
}

struct host *panel_world_add_host(struct world *w, const char *name, guint containers)
{
	struct host *h = host_new(name, "gateway", FALSE);

	g_ptr_array_add(w->hosts, h);
	bring_up(h);
	make_probe(h);
	for (guint i = 0; i < containers; i++) {
		g_autofree char *container = g_strdup_printf("%s-worker-%04u", name, i);
		panel_world_add_container(h, container, i % 3 ? "trading" : "edge", HEALTH_HEALTHY);
	}
	return h;
}

struct container *panel_world_add_container(struct host *h, const char *name, const char *stack, enum container_health health)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
	struct container *c = container_new(hash);

	c->name = g_strdup(name);
	c->stack = g_strdup(stack);
	c->image = g_strdup_printf("registry.example.com/%s:1.4", name);
	c->command = g_strdup("/entrypoint.sh serve");
	c->state = CONTAINER_RUNNING;
	c->health = health;
	c->status = g_strdup("Up 41 days");
	c->created_us = WORLD_UTC_US - 42 * DAY_US;
	datum_good(&c->detail.datum, WORLD_NOW_US - 30 * G_USEC_PER_SEC);
	c->detail.started_us = WORLD_UTC_US - 41 * DAY_US;
	c->detail.image_created_us = WORLD_UTC_US - 63 * DAY_US;
	c->detail.restart_policy = g_strdup("unless-stopped");
	c->detail.log_driver = g_strdup("json-file");
	c->detail.has_healthcheck = health != HEALTH_NONE;
	c->detail.health_interval_us = 30 * G_USEC_PER_SEC;
	c->detail.health_retries = 3;
	datum_good(&c->stats.datum, WORLD_NOW_US - 3 * G_USEC_PER_SEC);
	c->stats.cpu_percent = 0.1;
	c->stats.memory_used = (guint64)(31 * MB);
	c->stats.memory_limit = (guint64)(16 * GB);
	c->stats.write_per_hour = 0;
	c->stats.pids = 7;
	c->stats.net_rx = (guint64)(1.2 * GB);
	c->stats.net_tx = (guint64)(340 * MB);
	g_ptr_array_add(h->docker.containers, c);
	g_hash_table_insert(h->docker.by_id, c->id, c);
	return c;
}

static void add_probe(struct container *c, int seconds_ago, int exit_code, const char *output)
{
	struct health_probe *p = g_new0(struct health_probe, 1);

	p->start_us = WORLD_UTC_US - seconds_ago * (gint64)G_USEC_PER_SEC;
	p->end_us = p->start_us + 23000;
	p->exit_code = exit_code;
	p->output = g_strdup(output);
	g_ptr_array_add(c->detail.health_log, p);
}

static void make_unhealthy(struct container *c)
{
	c->detail.failing_streak = 132;
	c->detail.unhealthy_since_us = WORLD_UTC_US - HOUR_US - 6 * 60 * G_USEC_PER_SEC;
	c->detail.unhealthy_since_exact = TRUE;
	add_probe(c, 90, 0, "ok");
	add_probe(c, 60, -1, "Health check exceeded timeout (30s)");
	add_probe(c, 30, 1, "\n  curl: (7) Failed to connect to localhost port 3000\nafter 2 ms: Could not connect\n");
}

static void limit(struct container *c, double used, double limit_bytes)
{
	c->stats.memory_used = (guint64)used;
	c->detail.memory_limit = (guint64)limit_bytes;
}

static void stop(struct container *c, enum container_state state, int code)
{
	c->state = state;
	c->health = HEALTH_NONE;
	c->detail.exit_code = code;
	c->detail.finished_us = WORLD_UTC_US - 3 * HOUR_US;
	datum_clear(&c->stats.datum);
}

struct world *panel_world_new(void)
{
	struct world *w = world_new(1 << 20);
	struct host *h = panel_world_add_host(w, "srv1491630", 0);
	struct container *c;

	w->now_us = WORLD_NOW_US;
	w->utc_us = WORLD_UTC_US;
	panel_world_add_container(h, "caddy", "edge", HEALTH_NONE);
	make_unhealthy(panel_world_add_container(h, "clock-web", "clock", HEALTH_UNHEALTHY));
	c = panel_world_add_container(h, "invttrdg-backend-with-a-long-name-end", "trading", HEALTH_HEALTHY);
	limit(c, 107 * MB, 512 * MB);
	c->stats.cpu_percent = 12.4;
	c->stats.write_per_hour = 1.7 * GB;
	c->detail.restart_count = 2;
	c->detail.started_us = WORLD_UTC_US - 13 * HOUR_US;
	make_unhealthy(panel_world_add_container(h, "notes-web", "notes", HEALTH_UNHEALTHY));
	limit(panel_world_add_container(h, "postgres", "trading", HEALTH_HEALTHY), 245 * MB, 256 * MB);
	panel_world_add_container(h, "redis", "trading", HEALTH_STARTING);
	stop(panel_world_add_container(h, "migrate", "trading", HEALTH_NONE), CONTAINER_EXITED, 0);
	stop(panel_world_add_container(h, "backup", NULL, HEALTH_NONE), CONTAINER_EXITED, 2);
	stop(panel_world_add_container(h, "crashy", "edge", HEALTH_NONE), CONTAINER_RESTARTING, 1);
	make_unhealthy(panel_world_add_container(h, "api", "trading", HEALTH_UNHEALTHY));
	c = panel_world_add_container(h, "fresh", NULL, HEALTH_NONE); /* details and figures are still on their way */
	datum_clear(&c->detail.datum);
	datum_clear(&c->stats.datum);
	return w;
}

struct host *panel_world_add_dead(struct world *w)
{
	struct host *h = panel_world_add_host(w, "gw-014", 2);

	datum_good(&h->docker.datum, WORLD_NOW_US - 185 * G_USEC_PER_SEC);
	datum_good(&h->probe_datum, WORLD_NOW_US - 185 * G_USEC_PER_SEC);
	host_went_down(h, "the link is down");
	h->link.state = LINK_DOWN;
	h->link.since_us = WORLD_NOW_US - 180 * G_USEC_PER_SEC;
	h->link.retry_at_us = WORLD_NOW_US + 12 * G_USEC_PER_SEC - 300000;
	h->link.failures = 4;
	h->link.step = g_strdup("connect");
	h->link.reason = g_strdup("100.64.0.14 did not answer on port 22 within 10 seconds, neither did its other addresses.");
	h->link.advice = g_strdup("Check that the host is on and that tailscale status shows it.");
	return h;
}

struct host *panel_world_add_asking(struct world *w)
{
	struct host *h = host_new("gw-015", "gateway", FALSE);

	g_ptr_array_add(w->hosts, h);
	h->link.state = LINK_BLOCKED;
	h->link.since_us = WORLD_NOW_US - 20 * G_USEC_PER_SEC;
	h->link.question = LINK_ASKS_HOST_KEY;
	h->link.question_text = g_strdup("ED25519 SHA256:2b8fE0uVz5mJkq0wq1o0yqOaBcDeFgHiJkLmNoPqRsT");
	return h;
}

void panel_world_add_logs(struct world *w)
{
	static const char *const words[] = { "level=info msg=\"request done\" path=/health", "WARN slow query 812 ms", "GET /index.html 200" };
	guint32 web = log_store_source(w->logs, "srv1491630", "container", "clock-web");
	guint32 unit = log_store_source(w->logs, "gw-014", "unit", "gateway.service");

	for (int i = 0; i < 60; i++) {
		gint64 at = WORLD_UTC_US - (60 - i) * 40 * (gint64)G_USEC_PER_SEC;
		g_autofree char *line = g_strdup_printf("%s n=%d", words[i % 3], i);
		if (i == 20 || i == 40 || i == 55)
			log_store_append_line(w->logs, unit, 0, LEVEL_NONE, at, "ERROR lost camera 7: rtsp timeout after 10s", 43);
		else
			log_store_append_line(w->logs, i % 4 == 0 ? unit : web, 0, LEVEL_NONE, at, line, strlen(line));
	}
	static const char json[] =
		"{\"level\":\"error\",\"n\":12345678901234567890,\"err\":\"boom\\n  at main.c:7\",\"tags\":[\"a\",\"b\"],\"none\":{}}";
	log_store_append_line(w->logs, web, 0, LEVEL_NONE, WORLD_UTC_US - 3 * G_USEC_PER_SEC, json, strlen(json));
	g_autofree char *filler = g_strnfill(300, 'x'), *tail = g_strdup_printf("long %s Ω", filler);
	log_store_append_line(w->logs, web, 0, LEVEL_NONE, WORLD_UTC_US - 2 * G_USEC_PER_SEC, tail, strlen(tail));
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static void record(void *user, const struct request *q)
{
	struct recorder *r = user;
	g_autoptr(GString) ids = g_string_new(NULL);

	for (guint i = 0; i < q->count; i++)
		g_string_append_printf(ids, " %.8s", q->ids[i]);
	g_ptr_array_add(r->requests, g_strdup_printf("%d %d|%s|%s|%s|%u%s", (int)q->kind, (int)q->command, or_dash(q->host), or_dash(q->object),
	                                             or_dash(q->text), q->count, ids->str));
}

struct recorder *recorder_new(struct world *w)
{
	struct recorder *r = g_new0(struct recorder, 1);

	r->requests = g_ptr_array_new_with_free_func(g_free);
	r->context = (struct panel_context){ .world = w, .request = record, .user = r };
	return r;
}

void recorder_free(struct recorder *r)
{
	g_ptr_array_unref(r->requests);
	g_free(r);
}

static gboolean is_kind(const char *request, enum request_kind kind)
{
	return strtol(request, NULL, 10) == (long)kind;
}

const char *recorder_last(const struct recorder *r, enum request_kind kind)
{
	for (guint i = r->requests->len; i-- > 0;)
		if (is_kind(r->requests->pdata[i], kind))
			return strchr(r->requests->pdata[i], '|') + 1;
	return NULL;
}

guint recorder_count(const struct recorder *r, enum request_kind kind)
{
	guint n = 0;

	for (guint i = 0; i < r->requests->len; i++)
		n += is_kind(r->requests->pdata[i], kind);
	return n;
}

void recorder_clear(struct recorder *r)
{
	g_ptr_array_set_size(r->requests, 0);
}

void stage_draw(struct stage *s)
{
	s->canvas = page_new(s->height, s->width);
	s->class->draw(s->panel, &s->canvas);
}

struct stage *stage_new(const struct panel_class *class, struct world *w, int height, int width)
{
	struct stage *s = g_new0(struct stage, 1);

	s->world = w;
	s->recorder = recorder_new(w);
	s->class = class;
	s->panel = class->create(&s->recorder->context);
	s->height = height;
	s->width = width;
	stage_draw(s);
	return s;
}

void stage_free(struct stage *s)
{
	s->class->destroy(s->panel);
	recorder_free(s->recorder);
	world_free(s->world);
	g_free(s);
}

gboolean stage_press(struct stage *s, enum action command)
{
	const char *why = NULL;
	gboolean done;

	if (command != ACT_ESCAPE && command != ACT_BACK && !s->class->can(s->panel, command, &why)) {
		g_assert_nonnull(why);
		return FALSE;
	}
	done = s->class->act(s->panel, command);
	stage_draw(s);
	return done;
}

void stage_answer(struct stage *s, enum action command, const char *text, gboolean final)
{
	s->class->answer(s->panel, command, text, final);
	while (s->class->work && s->class->work(s->panel, 1000))
		;
	stage_draw(s);
}
