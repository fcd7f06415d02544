/* Replies of the Docker Engine API: recorded ones, variants, and what no daemon should send. */
#include "backends/docker_parse.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "model/json.h"
#include "backends/docker_private.h"
#include "backends/docker_sample.h"
#include "backends/docker_words.h"
#include "model/utc_text.h"

#define US G_USEC_PER_SEC

static char *
load(const char *name, gsize *len)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "docker", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	g_file_get_contents(path, &text, len, &error);
	g_assert_no_error(error);
	return text;
}

static GPtrArray *
list_of(const char *json, guint *skipped)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *rows = docker_parse_list(json, strlen(json), skipped, &error);

	g_assert_no_error(error);
	return rows;
}

static struct container *
inspected(const char *file)
{
	gsize len;
	g_autofree char *text = load(file, &len);
	g_autoptr(GError) error = NULL;
	struct container *c = container_new("25c431d7b932");

	docker_parse_inspect(text, len, c, &error);
	g_assert_no_error(error);
	return c;
}

/* --- list --- */

static const struct container *
named(GPtrArray *rows, const char *name)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct container *c = rows->pdata[i];
		if (strcmp(c->name, name) == 0)
			return c;
	}
	g_assert_not_reached();
}

static void
test_list(void)
{
	gsize len;
	guint skipped;
	g_autofree char *text = load("list.json", &len);
	g_autoptr(GPtrArray) rows = docker_parse_list(text, len, &skipped, NULL);
	const struct container *web, *never;

	g_assert_cmpuint(rows->len, ==, 8);
	g_assert_cmpuint(skipped, ==, 0);
	g_assert_cmpstr(((struct container *)rows->pdata[0])->name, ==, "frozen");
	web = named(rows, "web");
	g_assert_cmpuint(strlen(web->id), ==, 64);
	g_assert_cmpstr(web->image, ==, "box:1");
	g_assert_true(g_str_has_prefix(web->image_id, "sha256:"));
	g_assert_cmpstr(web->command, ==, "sleep 100000");
	g_assert_cmpstr(web->stack, ==, "shop");
	g_assert_cmpstr(web->service, ==, "web");
	g_assert_cmpint(web->created_us, ==, G_GINT64_CONSTANT(1795716747) * US);
	g_assert_cmpint(web->state, ==, CONTAINER_RUNNING);
	g_assert_cmpint(web->health, ==, HEALTH_HEALTHY);
	g_assert_cmpint(named(rows, "sick")->health, ==, HEALTH_UNHEALTHY);
	g_assert_cmpint(named(rows, "starting")->health, ==, HEALTH_STARTING);
	g_assert_cmpint(named(rows, "plain")->health, ==, HEALTH_NONE);
	g_assert_cmpint(named(rows, "frozen")->state, ==, CONTAINER_PAUSED);
	g_assert_cmpint(named(rows, "looping")->state, ==, CONTAINER_RESTARTING);
	g_assert_cmpint(named(rows, "done")->state, ==, CONTAINER_EXITED);
	never = named(rows, "never");
	g_assert_cmpint(never->state, ==, CONTAINER_CREATED);
	g_assert_null(never->stack);
	g_assert_cmpint(never->detail.datum.state, ==, DATUM_UNKNOWN);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_list_hostile(void)
{
	guint skipped;
	g_autoptr(GPtrArray) rows = list_of("["
		"{\"Id\":\"" ID "\",\"Names\":[\"/other/alias\",\"/a\\u001b[2Jb\\n\\u202ec\"],\"Image\":\"x\\u009b31m\",\"Command\":\"%s%n\","
		"\"Created\":1e300,\"State\":\"run\\u0000ning\",\"Status\":\"Up (healthy)\",\"Labels\":{\"com.docker.compose.project\":\"p\\u001b]0;t\\u0007\"}},"
		"{\"Id\":\"../../images/json?x=\",\"Names\":[\"/a\"]},"
		"{\"Id\":7},{\"Names\":null},null,5,\"text\",[[]],"
		"{\"Id\":\"0123456789ab\",\"Names\":\"/a\",\"Labels\":[1],\"State\":[],\"Status\":{},\"Created\":\"now\",\"Image\":null},"
		"{\"Id\":\"0123456789ac\",\"Names\":[1,\"\",\"/\"],\"State\":\"exited\",\"Created\":-5}]", &skipped);
	const struct container *c = rows->pdata[0], *bare = rows->pdata[1], *empty = rows->pdata[2];

	g_assert_cmpuint(rows->len, ==, 3);
	g_assert_cmpuint(skipped, ==, 7);
	for (guint i = 0; i < 4; i++) {
		const char *s = (const char *const[]){ c->name, c->image, c->stack, c->command }[i];
		g_assert_true(g_utf8_validate(s, -1, NULL));
		g_assert_null(strpbrk(s, "\x1b\n\x07"));
		g_assert_null(strstr(s, "\xc2\x9b"));
		g_assert_null(strstr(s, "\xe2\x80\xae"));
	}
	g_assert_true(g_str_has_prefix(c->name, "a"));
	g_assert_cmpstr(c->command, ==, "%s%n");
	g_assert_cmpint(c->created_us, ==, 0);
	g_assert_cmpint(c->state, ==, CONTAINER_STATE_UNKNOWN);
	g_assert_cmpint(c->health, ==, HEALTH_UNKNOWN);
	g_assert_cmpstr(bare->name, ==, "0123456789ab");
	g_assert_cmpint(bare->state, ==, CONTAINER_STATE_UNKNOWN);
	g_assert_cmpint(bare->health, ==, HEALTH_UNKNOWN);
	g_assert_cmpstr(empty->name, ==, "0123456789ac");
	g_assert_cmpint(empty->created_us, ==, 0);
	g_assert_cmpint(empty->state, ==, CONTAINER_EXITED);
}

static void
test_malformed(void)
{
	static const char *const bad[] = { "", "[", "{\"a\":", "nonsense", "[1,2", "\x00\x01", "[{\"Id\":\"\\uD800\"}]", "<html>" };
	g_autoptr(GString) deep = g_string_new(NULL);
	guint skipped;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(docker_parse_list(bad[i], strlen(bad[i]), &skipped, &error));
		g_assert_error(error, JSON_ERROR, JSON_ERROR_SYNTAX);
	}
	g_autoptr(GError) shape = NULL, nested = NULL;
	g_assert_null(docker_parse_list("{\"message\":\"x\"}", 15, &skipped, &shape));
	g_assert_error(shape, JSON_ERROR, JSON_ERROR_SHAPE);
	for (int i = 0; i < 1000000; i++)
		g_string_append_c(deep, '[');
	g_assert_null(docker_parse_list(deep->str, deep->len, &skipped, &nested));
	g_assert_error(nested, JSON_ERROR, JSON_ERROR_SYNTAX);
	g_assert_null(docker_parse_pretty(deep->str, deep->len));
}

/* --- inspect --- */

static void
test_inspect(void)
{
	struct container *c = inspected("inspect-web.json");
	const struct container_detail *d = &c->detail;
	const struct health_probe *last;

	g_assert_cmpstr(c->name, ==, "web");
	g_assert_cmpint(c->state, ==, CONTAINER_RUNNING);
	g_assert_cmpint(c->health, ==, HEALTH_HEALTHY);
	g_assert_cmpuint(d->memory_limit, ==, 64 << 20);
	g_assert_cmpstr(d->restart_policy, ==, "unless-stopped");
	g_assert_cmpstr(d->log_driver, ==, "json-file");
	g_assert_true(d->has_healthcheck);
	g_assert_cmpint(d->health_interval_us, ==, 2 * US);
	g_assert_cmpint(d->health_timeout_us, ==, 30 * US);
	g_assert_cmpuint(d->health_retries, ==, 3);
	g_assert_cmpuint(d->failing_streak, ==, 0);
	g_assert_cmpint(d->started_us / US, ==, 1795716747);
	g_assert_cmpint(d->finished_us, ==, 0);
	g_assert_false(d->tty);
	g_assert_cmpuint(d->health_log->len, >=, 1);
	last = d->health_log->pdata[d->health_log->len - 1];
	g_assert_cmpstr(last->output, ==, "ok\n");
	g_assert_cmpint(last->exit_code, ==, 0);
	g_assert_cmpint(last->end_us, >, last->start_us);
	g_assert_cmpint(d->unhealthy_since_us, ==, 0);
	container_free(c);
}

static void
test_inspect_unhealthy(void)
{
	struct container *c = inspected("inspect-sick.json");
	struct container_detail *d = &c->detail;
	const struct health_probe *last = d->health_log->pdata[4];
	gint64 estimate = last->start_us - (7 - 2) * (1 * US + last->end_us - last->start_us);

	g_assert_cmpint(c->health, ==, HEALTH_UNHEALTHY);
	g_assert_cmpuint(d->failing_streak, ==, 7);
	g_assert_cmpuint(d->health_retries, ==, 2);
	g_assert_cmpuint(d->health_log->len, ==, 5);
	g_assert_cmpint(d->unhealthy_since_us, ==, estimate);
	g_assert_false(d->unhealthy_since_exact);

	/* What was seen as an event stands against the estimate. */
	gsize len;
	g_autofree char *text = load("inspect-sick.json", &len);
	d->unhealthy_since_us = 12345;
	d->unhealthy_since_exact = TRUE;
	g_assert_true(docker_parse_inspect(text, len, c, NULL));
	g_assert_cmpint(d->unhealthy_since_us, ==, 12345);
	g_assert_cmpuint(d->health_log->len, ==, 5);
	container_free(c);
}

static void
test_inspect_others(void)
{
	struct container *looping = inspected("inspect-looping.json"), *never = inspected("inspect-never.json"),
	                 *starting = inspected("inspect-starting.json");

	g_assert_cmpint(looping->state, ==, CONTAINER_RUNNING);
	g_assert_cmpuint(looping->detail.restart_count, >, 0);
	g_assert_cmpstr(looping->detail.restart_policy, ==, "always");
	g_assert_cmpint(looping->detail.finished_us, >, 0);
	g_assert_cmpint(looping->detail.finished_us, <, looping->detail.started_us);
	g_assert_cmpint(looping->health, ==, HEALTH_NONE);
	g_assert_false(looping->detail.has_healthcheck);
	g_assert_cmpuint(looping->detail.memory_limit, ==, 0);
	g_assert_cmpint(never->state, ==, CONTAINER_CREATED);
	g_assert_cmpint(never->detail.started_us, ==, 0);
	g_assert_cmpint(starting->health, ==, HEALTH_STARTING);
	container_free(looping);
	container_free(never);
	container_free(starting);
}

static void
test_inspect_hostile(void)
{
	static const char json[] = "{\"Name\":\"/n\\u001bm\",\"RestartCount\":-1e99,\"State\":{\"Status\":\"running\",\"ExitCode\":1e99,"
		"\"StartedAt\":\"2026-13-77T99:99:99Z\",\"FinishedAt\":5,\"Health\":{\"Status\":\"unhealthy\",\"FailingStreak\":2147483647,\"Log\":["
		"1,{},{},{},{},{\"Start\":\"2026-11-26T20:12:35.5+02:00\",\"End\":\"2026-11-26T18:12:36.5Z\",\"ExitCode\":-1,"
		"\"Output\":\"a\\u001b[31mb\\nc\\u0008\"}]}},\"Config\":{\"Tty\":\"yes\",\"Healthcheck\":{\"Test\":[\"CMD\"],\"Interval\":9e18,\"Retries\":-3}},"
		"\"HostConfig\":{\"Memory\":-1,\"RestartPolicy\":[],\"LogConfig\":{\"Type\":{}}}}";
	struct container *c = container_new("25c431d7b932");
	struct container_detail *d = &c->detail;
	const struct health_probe *last;
	g_autoptr(GError) error = NULL;

	g_assert_true(docker_parse_inspect(json, strlen(json), c, NULL));
	g_assert_null(strchr(c->name, 0x1b));
	g_assert_cmpuint(d->restart_count, ==, 0);
	g_assert_cmpint(d->started_us, ==, 0);
	g_assert_cmpint(d->finished_us, ==, 0);
	g_assert_false(d->tty);
	g_assert_cmpuint(d->memory_limit, ==, 0);
	g_assert_null(d->restart_policy);
	g_assert_cmpuint(d->health_retries, ==, 3);
	g_assert_cmpuint(d->health_log->len, ==, 5);
	last = d->health_log->pdata[4];
	g_assert_cmpint(last->start_us, ==, G_GINT64_CONSTANT(1795716755) * US + US / 2); /* a zone is understood */
	g_assert_cmpint(last->exit_code, ==, -1);
	g_assert_null(strpbrk(last->output, "\x1b\b"));
	g_assert_nonnull(strchr(last->output, '\n'));
	g_assert_false(docker_parse_inspect("{\"Name\":\"/x\"}", 13, c, &error));
	g_assert_error(error, JSON_ERROR, JSON_ERROR_SHAPE);
	container_free(c);
}

/* The daemon leaves the last word in place when a container stops. */
static void
test_inspect_stopped(void)
{
	static const char json[] = "{\"State\":{\"Status\":\"exited\",\"Health\":{\"Status\":\"unhealthy\",\"FailingStreak\":9,\"Log\":[]}},\"Config\":{}}";
	struct container *c = container_new("25c431d7b932");

	g_assert_true(docker_parse_inspect(json, strlen(json), c, NULL));
	g_assert_cmpint(c->health, ==, HEALTH_NONE);
	g_assert_cmpint(c->detail.unhealthy_since_us, ==, 0);
	container_free(c);
}

/* --- stats --- */

static struct docker_sample
sample_of(const char *file)
{
	gsize len;
	g_autofree char *text = load(file, &len);
	g_autoptr(GError) error = NULL;
	struct docker_sample s;

	docker_sample_parse(text, len, &s, &error);
	g_assert_no_error(error);
	return s;
}

static void
test_stats_v1(void)
{
	struct docker_sample plain = sample_of("stats-plain.json"), block = sample_of("stats-v1-block.json");

	g_assert_cmpuint(plain.cpu, ==, 51271894);
	g_assert_cmpuint(plain.system, ==, G_GUINT64_CONSTANT(2122840000000));
	g_assert_cmpuint(plain.cpus, ==, 2);
	g_assert_cmpuint(plain.memory_used, ==, 1896448 - 1048576);
	g_assert_cmpuint(plain.memory_limit, ==, 33554432);
	g_assert_cmpuint(plain.net_rx, ==, 916);
	g_assert_cmpuint(plain.pids, ==, 2);
	g_assert_cmpuint(plain.block_read + plain.block_write, ==, 0);
	g_assert_cmpuint(block.block_read, ==, 40960);
	g_assert_cmpuint(block.block_write, ==, 81920);
	g_assert_cmpuint(block.cpus, ==, 2); /* counted from percpu_usage */
}

static void
test_stats_v2(void)
{
	struct docker_sample first = sample_of("stats-v2-first.json"), second = sample_of("stats-v2-second.json");
	struct container *c = container_new("25c431d7b932");
	struct container_stats *s = &c->stats;

	docker_sample_apply(&first, s);
	g_assert_true(isnan(s->cpu_percent));
	g_assert_true(isnan(s->write_per_hour));
	g_assert_cmpuint(s->memory_used, ==, 104857600 - 4857600);
	g_assert_cmpuint(s->memory_limit, ==, 268435456);
	g_assert_cmpuint(s->block_read, ==, 1048576 + 4096);
	g_assert_cmpuint(s->block_write, ==, 4096000);
	g_assert_cmpuint(s->net_rx, ==, 1024);
	g_assert_cmpuint(s->net_tx, ==, 512);
	docker_sample_apply(&second, s);
	g_assert_cmpfloat_with_epsilon(s->cpu_percent, 1.0 / 8 * 4 * 100, 1e-9);
	g_assert_cmpfloat_with_epsilon(s->write_per_hour, 20000.0 / 2 * 3600, 1e-6);
	docker_sample_apply(&second, s); /* the same collection again changes nothing */
	g_assert_cmpfloat_with_epsilon(s->cpu_percent, 50, 1e-9);
	docker_sample_apply(&first, s); /* counters went back: it was started anew */
	g_assert_true(isnan(s->cpu_percent));
	g_assert_true(isnan(s->write_per_hour));
	docker_sample_apply(&second, s);
	docker_sample_reset(s);
	g_assert_true(isnan(s->cpu_percent));
	g_assert_cmpuint(s->memory_used, ==, 0);
	docker_sample_apply(&second, s);
	g_assert_true(isnan(s->cpu_percent));
	container_free(c);
}

/* `docker stats` itself takes two samples in one reply; the same figure comes of the two apart. */
static void
test_stats_like_cli(void)
{
	gsize len;
	g_autofree char *text = load("stats-plain-two.json", &len), *first_text = NULL;
	g_autoptr(cJSON) json = cJSON_ParseWithLength(text, len);
	const cJSON *cpu = json_object(json, "cpu_stats"), *before = json_object(json, "precpu_stats");
	double used = (double)(json_count(json_object(cpu, "cpu_usage"), "total_usage") -
	                       json_count(json_object(before, "cpu_usage"), "total_usage"));
	double all = (double)(json_count(cpu, "system_cpu_usage") - json_count(before, "system_cpu_usage"));
	struct container *c = container_new("25c431d7b932");
	struct docker_sample first, second;

	g_assert_true(docker_sample_parse(text, len, &second, NULL));
	cJSON_ReplaceItemInObject(json, "cpu_stats", cJSON_Duplicate(before, TRUE));
	cJSON_ReplaceItemInObject(json, "read", cJSON_CreateString(json_string(json, "preread")));
	first_text = cJSON_Print(json);
	g_assert_true(docker_sample_parse(first_text, strlen(first_text), &first, NULL));
	docker_sample_apply(&first, &c->stats);
	docker_sample_apply(&second, &c->stats);
	g_assert_cmpfloat(used, >, 0);
	g_assert_cmpfloat_with_epsilon(c->stats.cpu_percent, used / all * 2 * 100, 1e-9);
	container_free(c);
}

static void
test_stats_idle(void)
{
	struct docker_sample a = { .read_us = 1, .cpu = 5, .system = 100, .cpus = 2 }, b = { .read_us = 2, .cpu = 5, .system = 200, .cpus = 2 };
	struct container *c = container_new("25c431d7b932");

	docker_sample_apply(&a, &c->stats);
	docker_sample_apply(&b, &c->stats);
	g_assert_cmpfloat(c->stats.cpu_percent, ==, 0);
	b.read_us = 3;
	b.cpu = 50; /* the machine's clock of processor time stands: no figure to divide by */
	docker_sample_apply(&b, &c->stats);
	g_assert_cmpfloat(c->stats.cpu_percent, ==, 0);
	container_free(c);
}

static void
test_stats_missing(void)
{
	struct docker_sample stopped = sample_of("stats-done.json"), no_memory = sample_of("stats-no-memory.json"), s;
	static const char *const odd[] = {
		"{}", "{\"read\":5}", "{\"read\":\"0001-01-01T00:00:00Z\"}",
		"{\"read\":\"2026-11-26T18:12:38Z\",\"cpu_stats\":7,\"memory_stats\":[],\"blkio_stats\":{\"io_service_bytes_recursive\":{}},\"networks\":null}",
		"{\"read\":\"2026-11-26T18:12:38Z\",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":-1,\"percpu_usage\":5},\"system_cpu_usage\":1e999,"
		"\"online_cpus\":1e30},\"memory_stats\":{\"usage\":\"x\",\"stats\":{\"inactive_file\":1e30}},\"blkio_stats\":"
		"{\"io_service_bytes_recursive\":[1,{},{\"op\":\"\",\"value\":1},{\"op\":\"read\"},{\"op\":7}]},\"networks\":{\"a\":1},\"pids_stats\":{\"current\":1e30}}",
	};

	g_assert_cmpint(stopped.read_us, ==, 0);
	g_assert_cmpuint(no_memory.memory_limit, ==, 0);
	g_assert_cmpuint(no_memory.cpu, >, 0);
	for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
		g_assert_true(docker_sample_parse(odd[i], strlen(odd[i]), &s, NULL));
		g_assert_cmpuint(s.cpu, ==, 0);
		g_assert_cmpuint(s.memory_used, ==, 0);
		g_assert_cmpuint(s.block_read, ==, 0);
		g_assert_cmpint(s.read_us > 0, ==, i >= 3);
	}
}

/* --- events --- */

struct gathered {
	guint lines;
	GString *actions;
	gint64 unhealthy_us;
};

static void
on_line(void *user, const char *bytes, gsize len)
{
	struct gathered *g = user;
	struct docker_event e;

	g->lines++;
	if (!docker_parse_event(bytes, len, &e, NULL))
		return;
	g_assert_true(docker_parse_is_id(e.id));
	if (!g_str_has_prefix(e.action, "exec"))
		g_string_append_printf(g->actions, "%s:%s%s ", e.name, e.action, e.health == HEALTH_HEALTHY ? "+" : e.health == HEALTH_UNHEALTHY ? "-" : "");
	if (e.health == HEALTH_UNHEALTHY)
		g->unhealthy_us = e.time_us;
	docker_event_clear(&e);
}

static void
test_events(void)
{
	gsize len;
	g_autofree char *text = load("events.ndjson", &len);

	/* The stream is cut anywhere. */
	for (gsize step = 1; step < 5000; step = step * 3 + 1) {
		struct docker_assembler a = { .line = g_string_new(NULL) };
		struct gathered g = { .actions = g_string_new(NULL) };
		for (gsize at = 0; at < len; at += step)
			docker_assembler_feed(&a, text + at, MIN(step, len - at), on_line, &g);
		g_assert_cmpuint(a.lost, ==, 0);
		g_assert_cmpuint(a.line->len, ==, 0);
		g_assert_cmpstr(g.actions->str, ==, "young:create young:start looping:start young:health_status- looping:die young:health_status+ "
		                "older:rename older:pause older:unpause older:kill older:kill older:die older:stop older:start older:restart "
		                "older:kill older:die older:destroy ");
		g_assert_cmpint(g.unhealthy_us / US, ==, 1795716765);
		g_string_free(a.line, TRUE);
		g_string_free(g.actions, TRUE);
	}
}

static void
test_events_too_long(void)
{
	struct docker_assembler a = { .line = g_string_new(NULL) };
	struct gathered g = { .actions = g_string_new(NULL) };
	g_autofree char *piece = g_strnfill(100000, 'x');
	static const char good[] = "\n{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"0123456789ab\",\"Attributes\":{\"name\":\"n\"}}}\n\r\n\n";

	for (int i = 0; i < 50; i++) {
		docker_assembler_feed(&a, piece, 100000, on_line, &g);
		g_assert_cmpuint(a.line->len, <=, 1 << 20);
	}
	docker_assembler_feed(&a, good, strlen(good), on_line, &g);
	g_assert_cmpuint(a.lost, ==, 1);
	g_assert_cmpstr(g.actions->str, ==, "n:die ");
	g_string_free(a.line, TRUE);
	g_string_free(g.actions, TRUE);
}

static void
test_events_hostile(void)
{
	static const char *const bad[] = {
		"{}", "[]", "7", "{\"Action\":\"die\"}", "{\"Action\":\"die\",\"Actor\":{\"ID\":\"../..\"}}",
		"{\"Type\":\"image\",\"Action\":\"die\",\"Actor\":{\"ID\":\"0123456789ab\"}}", "{\"Action\":5,\"Actor\":{\"ID\":\"0123456789ab\"}}",
	};
	static const char odd[] = "{\"Action\":\"health_status:\",\"timeNano\":1e300,\"Actor\":{\"ID\":\"0123456789ab\",\"Attributes\":{\"name\":\"\\u001bx\"}}}";
	struct docker_event e;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(docker_parse_event(bad[i], strlen(bad[i]), &e, &error));
		g_assert_nonnull(error);
	}
	g_assert_true(docker_parse_event(odd, strlen(odd), &e, NULL));
	g_assert_cmpstr(e.action, ==, "health_status");
	g_assert_null(strchr(e.name, 0x1b));
	docker_event_clear(&e);
}

/* --- the small ones --- */

static void
test_small(void)
{
	gsize len;
	g_autofree char *version = load("version.json", &len), *api = NULL, *least = NULL, *message = NULL, *pretty = NULL;
	static const char sly[] = "{\"a\":\"x\\u001b[2J\\u202e\",\"b\":[1]}";

	g_assert_true(docker_parse_version(version, len, &api, &least, NULL));
	g_assert_cmpstr(api, ==, "1.41");
	g_assert_cmpstr(least, ==, "1.12");
	g_autofree char *image = load("image.json", &len);
	g_assert_cmpint(docker_parse_image(image, len) / US, ==, 1795716747);
	g_assert_cmpint(docker_parse_image("[]", 2), ==, 0);
	g_autofree char *missing = load("not-found.json", &len);
	message = docker_parse_message(missing, len);
	g_assert_cmpstr(message, ==, "No such container: nosuch");
	g_assert_null(docker_parse_message("oops", 4));
	pretty = docker_parse_pretty(sly, strlen(sly));
	g_assert_nonnull(strchr(pretty, '\n'));
	g_assert_null(strchr(pretty, 0x1b));
	g_assert_null(strstr(pretty, "\xe2\x80\xae"));
	g_assert_null(docker_parse_pretty("{", 1));
}

static void
test_time(void)
{
	g_assert_cmpint(utc_parse("1970-01-01T00:00:01.5Z"), ==, US + US / 2);
	g_assert_cmpint(utc_parse("2026-11-26T18:12:27Z"), ==, utc_parse("2026-11-26T23:42:27+05:30"));
	g_assert_cmpint(utc_parse("0001-01-01T00:00:00Z"), ==, 0);
	g_assert_cmpint(utc_parse("yesterday"), ==, 0);
	g_assert_cmpint(utc_parse(""), ==, 0);
	g_assert_cmpint(utc_parse(NULL), ==, 0);
}

static void
check_words(struct container *c, gint64 at_s, const char *words)
{
	g_autofree char *got = docker_words_status(c, at_s * US);

	g_assert_cmpstr(got, ==, words);
}

static void
test_words(void)
{
	struct container *c = container_new("25c431d7b932");
	gint64 hour = 3600, day = 24 * hour;

	c->state = CONTAINER_RUNNING;
	c->health = HEALTH_NONE;
	c->detail.started_us = 1000 * US;
	check_words(c, 900, "Up Less than a second"); /* a clock that is behind */
	check_words(c, 1001, "Up 1 second");
	check_words(c, 1059, "Up 59 seconds");
	check_words(c, 1119, "Up About a minute");
	check_words(c, 1120, "Up 2 minutes");
	check_words(c, 1000 + hour, "Up About an hour");
	check_words(c, 1000 + 5399, "Up About an hour");
	check_words(c, 1000 + 5400, "Up 2 hours");
	check_words(c, 1000 + 2 * day, "Up 2 days");
	check_words(c, 1000 + 20 * day, "Up 2 weeks");
	check_words(c, 1000 + 100 * day, "Up 3 months");
	check_words(c, 1000 + 800 * day, "Up 2 years");
	c->health = HEALTH_STARTING;
	check_words(c, 1005, "Up 5 seconds (health: starting)");
	c->health = HEALTH_UNHEALTHY;
	check_words(c, 1005, "Up 5 seconds (unhealthy)");
	c->state = CONTAINER_PAUSED;
	check_words(c, 1005, "Up 5 seconds (Paused)");
	c->detail.finished_us = 1000 * US;
	c->detail.exit_code = 137;
	c->state = CONTAINER_EXITED;
	check_words(c, 1005, "Exited (137) 5 seconds ago");
	c->state = CONTAINER_RESTARTING;
	check_words(c, 1005, "Restarting (137) 5 seconds ago");
	c->state = CONTAINER_CREATED;
	check_words(c, 1005, "Created");
	container_free(c);
}

/* --- where --- */

static void
check_where(const char *configured, const struct docker_environment *e, const char *socket, const char *host, guint port, const char *problem)
{
	struct docker_where w;

	docker_where_find(&w, configured, e);
	g_assert_cmpstr(w.socket, ==, socket);
	g_assert_cmpstr(w.host, ==, host);
	g_assert_cmpuint(w.port, ==, port);
	if (problem)
		g_assert_nonnull(strstr(w.problem, problem));
	else
		g_assert_null(w.problem);
	docker_where_clear(&w);
}

static void
test_where(void)
{
	g_autofree char *dir = g_dir_make_tmp("midwatch-where-XXXXXX", NULL), *rootless = g_build_filename(dir, "docker.sock", NULL);
	struct docker_environment none = { 0 }, unix_host = { .docker_host = "unix:///a/b.sock" }, tcp = { .docker_host = "tcp://192.0.2.7:2375" },
	                          tls = { .docker_host = "tcp://192.0.2.7:2375", .tls_verify = "1" }, user = { .runtime_dir = dir };
	struct docker_where sly = { .socket = (char *)"/a'; rm -rf $HOME; '" };
	g_autofree char *dial = docker_where_dial(&sly), *look = docker_where_look(&sly);

	check_where(NULL, NULL, DOCKER_SOCKET, NULL, 0, NULL);
	check_where(NULL, &none, DOCKER_SOCKET, NULL, 0, NULL);
	check_where(NULL, &unix_host, "/a/b.sock", NULL, 0, NULL);
	check_where("/c.sock", &unix_host, "/c.sock", NULL, 0, NULL);
	check_where("unix:///c.sock", NULL, "/c.sock", NULL, 0, NULL);
	check_where(NULL, &tcp, NULL, "192.0.2.7", 2375, NULL);
	check_where("tcp://[::1]", &none, NULL, "::1", 2375, NULL);
	check_where(NULL, &tls, NULL, NULL, 0, "TLS");
	check_where("tcp://example.com:2376", &none, NULL, NULL, 0, "TLS");
	check_where("ssh://root@example.com", &none, NULL, NULL, 0, "over SSH");
	check_where("npipe:////./pipe/docker\x1b", &none, NULL, NULL, 0, "no kind");
	check_where("tcp://", &none, NULL, NULL, 0, "cannot be read");
	check_where(NULL, &user, DOCKER_SOCKET, NULL, 0, NULL);
	g_assert_true(g_file_set_contents(rootless, "", 0, NULL));
	check_where(NULL, &user, rootless, NULL, 0, NULL);
	g_remove(rootless);
	g_rmdir(dir);
	/* What a shell makes of them is one word again. */
	g_auto(GStrv) words = NULL;
	g_assert_true(g_shell_parse_argv(dial, NULL, &words, NULL));
	g_assert_cmpuint(g_strv_length(words), ==, 4);
	g_assert_cmpstr(words[1], ==, "--host=unix:///a'; rm -rf $HOME; '");
	g_assert_true(g_str_has_prefix(look, "s='/a'\\''; rm"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/docker-parse/list", test_list);
	g_test_add_func("/docker-parse/list-hostile", test_list_hostile);
	g_test_add_func("/docker-parse/malformed", test_malformed);
	g_test_add_func("/docker-parse/inspect", test_inspect);
	g_test_add_func("/docker-parse/inspect-unhealthy", test_inspect_unhealthy);
	g_test_add_func("/docker-parse/inspect-others", test_inspect_others);
	g_test_add_func("/docker-parse/inspect-hostile", test_inspect_hostile);
	g_test_add_func("/docker-parse/inspect-stopped", test_inspect_stopped);
	g_test_add_func("/docker-parse/stats-v1", test_stats_v1);
	g_test_add_func("/docker-parse/stats-v2", test_stats_v2);
	g_test_add_func("/docker-parse/stats-like-cli", test_stats_like_cli);
	g_test_add_func("/docker-parse/stats-idle", test_stats_idle);
	g_test_add_func("/docker-parse/stats-missing", test_stats_missing);
	g_test_add_func("/docker-parse/events", test_events);
	g_test_add_func("/docker-parse/events-too-long", test_events_too_long);
	g_test_add_func("/docker-parse/events-hostile", test_events_hostile);
	g_test_add_func("/docker-parse/small", test_small);
	g_test_add_func("/docker-parse/time", test_time);
	g_test_add_func("/docker-parse/words", test_words);
	g_test_add_func("/docker-parse/where", test_where);
	return g_test_run();
}
