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

struct cron_job *panel_world_add_job(struct host *h, enum cron_origin origin, const char *name, const char *schedule, const char *command)
{
	struct cron_job *j = cron_job_new(origin);

	j->key = g_strdup_printf("%d %s", (int)origin, name);
	j->name = g_strdup(name);
	j->schedule = g_strdup(schedule);
	j->command = g_strdup(command);
	j->user = g_strdup(origin == CRON_TIMER ? NULL : "root");
	j->where = g_strdup(origin == CRON_USER ? "crontab of root" : origin == CRON_ETC_CRONTAB ? "/etc/crontab" : name);
	j->exit_status = -1;
	j->freed_mb = NAN;
	g_ptr_array_add(h->cron.jobs, j);
	return j;
}

static void ran(struct cron_job *j, gint64 ago_us, const char *from, enum cron_result result, gint64 next_us)
{
	j->last_us = WORLD_UTC_US - ago_us;
	j->last_from = from;
	j->result = result;
	j->next_us = WORLD_UTC_US + next_us;
}

static struct cron_job *add_cleanup(struct host *h, const char *mode, const char *schedule)
{
	g_autofree char *name = g_strconcat("vm-cleanup ", mode, NULL);
	g_autofree char *command = g_strdup_printf("/opt/bytelyst/learning_ai_devops_tools/scripts/vm-cleanup.sh --%s >> /var/log/vm-cleanup.log 2>&1", mode);
	struct cron_job *j = panel_world_add_job(h, CRON_USER, name, schedule, command);

	j->managed = TRUE;
	j->mode = g_strdup(mode);
	return j;
}

static void add_run(struct host *h, int days_ago, const char *mode, double freed, enum cron_result result)
{
	static const char *const names[] = { "docker build cache", "docker images", "journal", "apt", "pnpm store" };
	struct cleanup_run *r = cleanup_run_new();

	r->at_us = WORLD_UTC_US - days_ago * DAY_US + 6 * HOUR_US;
	r->mode = g_strdup(mode);
	r->disk_before = 38;
	r->disk_after = result == CRON_RESULT_FAILED ? NAN : 37;
	r->freed_mb = result == CRON_RESULT_FAILED ? NAN : freed;
	r->result = result;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		struct cleanup_step *s = g_new0(struct cleanup_step, 1);
		s->name = g_strdup(names[i]);
		s->failed = result == CRON_RESULT_FAILED && i == 3;
		s->text = g_strdup(s->failed ? "E: Could not get lock /var/lib/apt/lists/lock" : "done");
		g_ptr_array_add(r->steps, s);
	}
	g_ptr_array_add(h->cron.runs, r);
}

static void add_jobs(struct host *h)
{
	struct cron_job *j;

	j = add_cleanup(h, "daily", "0 6 * * *");
	ran(j, 20 * HOUR_US, "cleanup log", CRON_RESULT_OK, 5 * HOUR_US);
	j->freed_mb = 31;
	j = add_cleanup(h, "weekly", "0 8 * * 1");
	ran(j, 6 * DAY_US, "cleanup log", CRON_RESULT_FAILED, DAY_US + 6 * HOUR_US);
	j->exit_status = 1;
	j = add_cleanup(h, "monthly", "0 3 1 * *");
	ran(j, 52 * DAY_US, "cleanup log", CRON_RESULT_OK, 9 * DAY_US);
	j->freed_mb = 4100;
	j->missed_us = WORLD_UTC_US - 21 * DAY_US;
	j = panel_world_add_job(h, CRON_USER, "backup-to-nas", "17 */6 * * *", "/usr/local/bin/backup --to nas.example.com");
	ran(j, 2 * HOUR_US, "journal", CRON_RESULT_UNKNOWN, 4 * HOUR_US);
	panel_world_add_job(h, CRON_USER, "tunnel", "@reboot", "autossh -M 0 -N relay.example.com");
	j = panel_world_add_job(h, CRON_ETC_CRON_D, "/etc/cron.d/e2scrub_all", "30 3 * * 0", "test -e /run/systemd/system || /sbin/e2scrub_all");
	j->next_us = WORLD_UTC_US + 2 * HOUR_US;
	j->next_moved = TRUE;
	j = panel_world_add_job(h, CRON_ETC_CRONTAB, "report", "61 * * * *", "report");
	j->problem = g_strdup("61 is no minute: they go from 0 to 59");
	j = panel_world_add_job(h, CRON_TIMER, "logrotate.timer", "*-*-* 00:00:00", "logrotate.service");
	ran(j, HOUR_US, "systemd", CRON_RESULT_OK, 22 * HOUR_US);
	j = panel_world_add_job(h, CRON_TIMER, "apt-daily.timer", "*-*-* 06,18:00:00", "apt-daily.service");
	ran(j, 10, "systemd", CRON_RESULT_RUNNING, 4 * HOUR_US);
}

void panel_world_add_cron(struct host *h)
{
	struct growing_log *log;

	datum_good(&h->cron.datum, WORLD_NOW_US - 41 * G_USEC_PER_SEC);
	datum_good(&h->cron.runs_datum, WORLD_NOW_US - 41 * G_USEC_PER_SEC);
	h->cron.zone = g_strdup("Europe/Berlin");
	add_jobs(h);
	for (int day = 34; day > 0; day--)
		if (day % 7 == 0)
			add_run(h, day, "weekly", 257, day == 7 ? CRON_RESULT_FAILED : CRON_RESULT_OK);
		else
			add_run(h, day, "daily", 20 + day * 3, CRON_RESULT_OK);
	log = growing_log_new("/var/log/vm-cleanup.log");
	log->exists = TRUE;
	log->size = (guint64)(1.2 * GB);
	g_ptr_array_add(h->cron.logs, log);
	log = growing_log_new("/var/log/vm-health-check.log");
	log->exists = TRUE;
	log->size = (guint64)(31 * MB);
	g_ptr_array_add(h->cron.logs, log);
	log = growing_log_new("/var/log/docker-watchdog.log"); /* that does not exist grows not */
	g_ptr_array_add(h->cron.logs, log);
	g_ptr_array_add(h->cron.not_read, g_strdup("the crontab of deploy: permission denied; run midwatch as root, or allow sudo crontab -l -u deploy"));
}

struct llm_model *panel_world_add_model(struct host *h, const char *name, double gib, const char *parameters)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
	struct llm_model *m = llm_model_new(name);

	m->size = (guint64)(gib * GB);
	m->digest = g_steal_pointer(&digest);
	m->parameters = g_strdup(parameters);
	m->quantization = g_strdup("Q4_K_M");
	m->family = g_strdup("qwen2");
	m->modified_us = WORLD_UTC_US - 120 * DAY_US;
	m->context = 32768;
	g_ptr_array_add(h->llm.models, m);
	return m;
}

void panel_world_add_models(struct host *h)
{
	struct llm_model *m;

	datum_good(&h->llm.datum, WORLD_NOW_US - 6 * G_USEC_PER_SEC);
	h->llm.version = g_strdup("0.5.7");
	h->llm.gpu_known = TRUE;
	h->llm.watched_us = WORLD_UTC_US - 7 * DAY_US;
	m = panel_world_add_model(h, "qwen2.5-coder:1.5b", 0.92, "1.5B");
	m->loaded = TRUE;
	m->memory = (guint64)(1.1 * GB);
	m->expires_us = WORLD_UTC_US + 250 * G_USEC_PER_SEC;
	m->used_us = WORLD_UTC_US - 50 * G_USEC_PER_SEC;
	m->sessions = 23;
	panel_world_add_model(h, "llama3.2-vision:11b", 7.8, "9.8B")->used_us = WORLD_UTC_US - 3 * DAY_US;
	m = panel_world_add_model(h, "nomic-embed-text:latest", 0.26, "137M");
	m->embedding = TRUE;
	m->context = 0;
	g_free(m->quantization);
	m->quantization = NULL;
	m = panel_world_add_model(h, "deepseek-r1:14b", 9, "14.8B");
	m->change = LLM_LOADING;
	m->change_since_us = WORLD_NOW_US - 12 * G_USEC_PER_SEC;
	panel_world_add_model(h, "qwen2.5:0.5b", 0.4, "494.03M")->sessions = 2;
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

	for (guint i = 0; i < q->count && q->ids; i++)
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

void stage_point_at(struct stage *s, const char *name)
{
	s->class->select(s->panel, NULL, name);
	stage_draw(s);
	g_assert_true(stage_press(s, ACT_COPY));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_COPY), name));
}

const char *stage_why_not(struct stage *s, enum action command)
{
	const char *why = NULL;

	g_assert_false(s->class->can(s->panel, command, &why));
	return why;
}

void stage_golden(struct stage *s, const char *name, gboolean middle)
{
	static const struct { int height, width; const char *size; gboolean middle; } sizes[] = {
		{ 19, 80, "80x24", FALSE }, { 40, 140, "140x45", TRUE }, { 55, 200, "200x60", FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *file = g_strdup_printf("%s-%s", name, sizes[i].size);
		if (sizes[i].middle && !middle)
			continue;
		s->height = sizes[i].height;
		s->width = sizes[i].width;
		stage_draw(s);
		page_assert_golden(&s->canvas, file);
	}
}

void stage_press_all(struct stage *s)
{
	for (guint i = 0; i < ACT_COUNT; i++) {
		guint own = actions[i].scopes & s->class->scopes;
		if (own != 0)
			stage_press(s, (enum action)i);
	}
}

void stage_sweep(struct stage *s, const enum action *commands, guint count)
{
	for (guint k = 0; k <= count; k++) {
		for (int height = 0; height <= 70; height += height < 12 ? 1 : 13)
			for (int width = 1; width <= 220; width += width < 30 ? 7 : 37) {
				s->height = MAX(height, 1);
				s->width = width;
				s->canvas = page_new(s->height, width);
				s->canvas.height = height; /* the console's body may have no rows at all */
				s->class->draw(s->panel, &s->canvas);
			}
		if (k < count)
			stage_press(s, commands[k]);
	}
}

void stage_answer(struct stage *s, enum action command, const char *text, gboolean final)
{
	s->class->answer(s->panel, command, text, final);
	while (s->class->work && s->class->work(s->panel, 1000))
		;
	stage_draw(s);
}

char *stage_targets(struct stage *s, enum action command)
{
	const char *why = NULL;
	g_autoptr(GPtrArray) targets = NULL;
	GString *text = g_string_new(NULL);

	if (s->class->can && !s->class->can(s->panel, command, &why))
		return g_string_free(g_string_append(text, why), FALSE);
	targets = s->class->targets(s->panel, command);
	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		g_string_append_printf(text, "%s%s/%s", i ? " " : "", t->host, t->object ? t->object : "-");
	}
	return g_string_free(text, FALSE);
}
