/* The Docker backend against a real daemon: what midwatch shows is what `docker` shows. */
#include "backends/docker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/lab.h"

static struct lab *lab; /* one daemon for all tests; they run in order */

struct rig {
	struct http *http;
	struct world *world;
	struct host *host;
	struct docker *docker;
	GString *told; /* what the listener heard, "name:action " */
};

static void
on_told(void *user, const char *id, const char *name, const char *action)
{
	g_string_append_printf(user, "%s:%s ", name, action);
}

static void
set_up(struct rig *r, const char *name)
{
	g_autofree char *socket = lab_path(lab, name ? name : "docker.sock");
	const struct docker_settings settings = { .socket = socket, .stats_interval_ms = 1000 };

	r->http = http_new();
	r->world = world_new(1 << 20);
	r->host = host_new("vm", "vm", TRUE);
	g_ptr_array_add(r->world->hosts, r->host);
	r->docker = docker_new(&settings, NULL, r->http, r->world, r->host);
	r->told = g_string_new(NULL);
	docker_listen(r->docker, on_told, r->told);
	docker_link_up(r->docker);
}

static void
tear_down(struct rig *r)
{
	docker_free(r->docker);
	http_free(r->http);
	world_free(r->world);
	g_string_free(r->told, TRUE);
}

/* --- conditions --- */

static gboolean
is_ok(void *user)
{
	const struct rig *r = user;

	return r->host->docker.datum.state == DATUM_OK;
}

static gboolean
is_stale(void *user)
{
	const struct rig *r = user;

	return r->host->docker.datum.state == DATUM_STALE;
}

static gboolean
is_complete(void *user)
{
	const struct rig *r = user;

	for (guint i = 0; i < r->host->docker.containers->len; i++) {
		const struct container *c = r->host->docker.containers->pdata[i];
		if (c->detail.datum.state != DATUM_OK || !c->detail.image_created_us)
			return FALSE;
	}
	return is_ok(user) && r->host->docker.containers->len > 0;
}

static void
look_at_all(struct rig *r)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < r->host->docker.containers->len; i++)
		g_ptr_array_add(ids, ((struct container *)r->host->docker.containers->pdata[i])->id);
	docker_set_visible(r->docker, (const char *const *)ids->pdata, ids->len);
}

/* A field of `docker inspect`. */
static char *
field(const char *name, const char *format)
{
	return lab_docker(lab, "inspect", "--format", format, name, NULL);
}

/* --- tests --- */

/* Restarts and failing streaks go on meanwhile: the figure lies between what docker says before and after. */
static gboolean
agrees(void *user)
{
	const struct rig *r = user;
	g_autofree char *before = NULL;
	g_auto(GStrv) rows = NULL;

	before = lab_docker(lab, "inspect", "--format",
	                    "{{.Name}} {{.State.Status}} {{if and .State.Running .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} "
	                    "{{.RestartCount}} {{.HostConfig.Memory}} {{.State.ExitCode}} {{.HostConfig.RestartPolicy.Name}} {{.Config.Tty}}",
	                    "web", "sick", "hold", "burn", "loop", "off", "never", NULL);
	rows = g_strsplit(before, "\n", -1);
	g_assert_cmpuint(g_strv_length(rows), ==, 7);
	for (guint i = 0; rows[i]; i++) {
		g_auto(GStrv) words = g_strsplit(rows[i], " ", -1);
		const struct container *c = host_container(r->host, words[0] + 1);
		g_autofree char *count = NULL;
		guint least = (guint)atoi(words[3]);
		g_assert_nonnull(c);
		count = field(words[0] + 1, "{{.RestartCount}}");
		if (strcmp(words[0], "/loop") != 0 && (strcmp(container_state_name(c->state), words[1]) != 0 || c->detail.exit_code != atoi(words[5])))
			return FALSE;
		if (strcmp(container_health_name(c->health), words[2]) != 0 || c->detail.restart_count < least ||
		    c->detail.restart_count > (guint)atoi(count))
			return FALSE;
		g_assert_cmpuint(c->detail.memory_limit, ==, strtoull(words[4], NULL, 10));
		g_assert_cmpstr(c->detail.restart_policy, ==, words[6]);
		g_assert_cmpint(c->detail.tty, ==, strcmp(words[7], "true") == 0);
	}
	return TRUE;
}

static gboolean
sick_is_known(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "sick");

	return c && c->health == HEALTH_UNHEALTHY && c->detail.datum.state == DATUM_OK && c->detail.health_log->len > 1;
}

static void
test_list(struct rig *r)
{
	const struct container *web, *sick;

	lab_wait(is_complete, r, "the list with all details");
	g_assert_cmpstr(r->host->docker.api_version, !=, NULL);
	g_assert_nonnull(docker_base_url(r->docker));
	lab_wait(sick_is_known, r, "an unhealthy container");
	lab_wait(agrees, r, "what docker inspect says");
	web = host_container(r->host, "web");
	g_assert_cmpstr(web->stack, ==, "shop");
	g_assert_cmpstr(web->service, ==, "front");
	g_assert_cmpint(web->stats.datum.state, ==, DATUM_UNKNOWN); /* nobody looks */
	sick = host_container(r->host, "sick");
	g_assert_cmpstr(((struct health_probe *)sick->detail.health_log->pdata[0])->output, ==, "no database\n");
	g_assert_cmpint(sick->detail.unhealthy_since_us, >, sick->detail.started_us - G_USEC_PER_SEC);
	g_assert_cmpint(host_container(r->host, "off")->stats.datum.state, ==, DATUM_NO_DATA);
}

/* "20.1MiB" in bytes. */
static double
bytes_of(const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	double n = g_ascii_strtod(text, &end);
	const char *unit = *end ? strchr(units, *end) : NULL;

	for (; unit && unit >= units; unit--)
		n *= 1024;
	return n;
}

static gboolean
is_near(double a, double b, double relative, double absolute)
{
	return fabs(a - b) <= MAX(MAX(fabs(a), fabs(b)) * relative, absolute);
}

static gboolean
figures_agree(void *user)
{
	struct rig *r = user;
	g_autofree char *text = lab_docker(lab, "stats", "--no-stream", "--format", "{{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.PIDs}}|{{.BlockIO}}",
	                                   "web", "sick", "hold", "burn", NULL);
	g_auto(GStrv) rows = g_strsplit(text, "\n", -1);

	for (guint i = 0; rows[i]; i++) {
		g_auto(GStrv) words = g_strsplit(rows[i], "|", -1);
		const struct container *c = host_container(r->host, words[0]);
		const char *limit = strstr(words[2], " / ");
		g_test_message("docker: %s; midwatch: %.2f%% %.1f KiB of %.1f MiB, %u", rows[i], c->stats.cpu_percent, (double)c->stats.memory_used / 1024,
		               (double)c->stats.memory_limit / 1048576, c->stats.pids);
		if (c->stats.datum.state != DATUM_OK || isnan(c->stats.cpu_percent))
			return FALSE;
		if (!is_near(c->stats.cpu_percent, g_ascii_strtod(words[1], NULL), 0.4, 3) ||
		    !is_near((double)c->stats.memory_used, bytes_of(words[2]), 0.05, 400 * 1024) ||
		    !is_near((double)c->stats.memory_limit, bytes_of(limit + 3), 0.001, 0))
			return FALSE;
	}
	return g_strv_length(rows) == 4;
}

static void
test_stats(struct rig *r)
{
	lab_wait(is_complete, r, "the list with all details");
	look_at_all(r);
	lab_wait(figures_agree, r, "what docker stats says");
	g_assert_cmpfloat(host_container(r->host, "burn")->stats.cpu_percent, >, 3);
	g_assert_cmpuint(host_container(r->host, "hold")->stats.memory_used, >, 19 << 20);
}

/* --- events --- */

static gboolean
turned_well(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "turn");

	return c && c->health == HEALTH_HEALTHY && c->detail.unhealthy_since_us == 0;
}

static gboolean
turned_sick(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "turn");

	return c && c->health == HEALTH_UNHEALTHY && c->detail.unhealthy_since_exact;
}

static gboolean
log_is_renewed(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "turn");
	const struct health_probe *last = c->detail.health_log->len ? c->detail.health_log->pdata[c->detail.health_log->len - 1] : NULL;

	return c->detail.datum.state == DATUM_OK && c->detail.unhealthy_since_exact && c->detail.failing_streak >= 2 && last && last->exit_code == 1;
}

static void
test_health(struct rig *r)
{
	g_autofree char *begin = g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC - 1), *end = NULL, *seen = NULL;
	const struct container *c;

	lab_wait(is_complete, r, "the list with all details");
	g_free(lab_docker(lab, "exec", "turn", "touch", "/tmp/ok", NULL));
	lab_wait(turned_well, r, "a container that turns healthy");
	g_free(lab_docker(lab, "exec", "turn", "rm", "/tmp/ok", NULL));
	lab_wait(turned_sick, r, "a container that turns unhealthy");
	lab_wait(log_is_renewed, r, "its health log");
	end = g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC + 1);
	seen = lab_docker(lab, "events", "--since", begin, "--until", end, "--filter", "container=turn", "--filter", "event=health_status: unhealthy",
	                  "--format", "{{.TimeNano}}", NULL);
	c = host_container(r->host, "turn");
	/* cJSON reads nanoseconds as a double: exact to a quarter of a microsecond. */
	g_assert_cmpint(ABS(c->detail.unhealthy_since_us - g_ascii_strtoll(seen, NULL, 10) / 1000), <=, 1);
}

static gboolean
guest_is_there(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "guest");

	return c && c->state == CONTAINER_RUNNING && c->detail.datum.state == DATUM_OK && c->detail.started_us;
}

static gboolean
guest_is_paused(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "guest");

	return c->state == CONTAINER_PAUSED && strstr(c->status, "(Paused)");
}

static gboolean
guest_is_renamed(void *user)
{
	const struct host *h = ((struct rig *)user)->host;

	return host_container(h, "visitor") && !host_container(h, "guest");
}

static gboolean
visitor_is_over(void *user)
{
	const struct container *c = host_container(((struct rig *)user)->host, "visitor");

	return c->state == CONTAINER_EXITED && c->detail.exit_code == 137 && g_str_has_prefix(c->status, "Exited (137)") &&
	       c->stats.datum.state == DATUM_NO_DATA;
}

static gboolean
visitor_is_gone(void *user)
{
	return !host_container(((struct rig *)user)->host, "visitor");
}

static void
test_life(struct rig *r)
{
	lab_wait(is_complete, r, "the list with all details");
	g_string_truncate(r->told, 0);
	g_free(lab_docker(lab, "run", "-d", "--name", "guest", "busybox:1", NULL));
	lab_wait(guest_is_there, r, "a new container");
	look_at_all(r);
	g_free(lab_docker(lab, "pause", "guest", NULL));
	lab_wait(guest_is_paused, r, "a paused container");
	g_free(lab_docker(lab, "unpause", "guest", NULL));
	lab_wait(guest_is_there, r, "a container that goes on");
	g_free(lab_docker(lab, "rename", "guest", "visitor", NULL));
	lab_wait(guest_is_renamed, r, "a new name");
	g_free(lab_docker(lab, "kill", "visitor", NULL));
	lab_wait(visitor_is_over, r, "a container that ends");
	g_free(lab_docker(lab, "rm", "visitor", NULL));
	lab_wait(visitor_is_gone, r, "a container that is removed");
	g_assert_nonnull(strstr(r->told->str, "guest:start "));
	g_assert_nonnull(strstr(r->told->str, "visitor:rename "));
	g_assert_nonnull(strstr(r->told->str, "visitor:die "));
	g_assert_nonnull(strstr(r->told->str, "visitor:destroy "));
}

/* --- inspect as text --- */

struct text {
	char *text, *problem;
};

static void
on_text(void *user, const char *text, const char *problem)
{
	struct text *t = user;

	g_assert_null(t->text);
	g_assert_null(t->problem);
	t->text = g_strdup(text);
	t->problem = g_strdup(problem);
}

static gboolean
text_came(void *user)
{
	const struct text *t = user;

	return t->text || t->problem;
}

static void
text_clear(struct text *t)
{
	g_free(t->text);
	g_free(t->problem);
	memset(t, 0, sizeof *t);
}

static void
test_text(struct rig *r)
{
	struct text t = { 0 };

	docker_inspect_text(r->docker, "0123456789abcdef", on_text, &t); /* not connected yet */
	g_assert_false(text_came(&t));
	lab_wait(text_came, &t, "an answer");
	g_assert_nonnull(strstr(t.problem, "not connected"));
	text_clear(&t);
	lab_wait(is_ok, r, "the list");
	docker_inspect_text(r->docker, host_container(r->host, "web")->id, on_text, &t);
	lab_wait(text_came, &t, "the text");
	g_assert_null(t.problem);
	g_assert_nonnull(strstr(t.text, "\n  \"Name\": \"/web\""));
	text_clear(&t);
	docker_inspect_text(r->docker, "0123456789abcdef", on_text, &t);
	lab_wait(text_came, &t, "a problem");
	g_assert_nonnull(strstr(t.problem, "No such container"));
	text_clear(&t);
	docker_inspect_text(r->docker, "web/../x", on_text, &t);
	lab_wait(text_came, &t, "a problem");
	g_assert_null(t.text);
	text_clear(&t);
	docker_inspect_text(r->docker, host_container(r->host, "web")->id, on_text, &t);
	docker_free(r->docker); /* no answer afterwards */
	r->docker = NULL;
	g_assert_false(text_came(&t));
}

/* --- the daemon away --- */

static void
test_restart(struct rig *r)
{
	guint count;

	lab_wait(is_complete, r, "the list with all details");
	look_at_all(r);
	count = r->host->docker.containers->len;
	lab_dockerd_stop(lab);
	lab_wait(is_stale, r, "a stale list");
	g_assert_nonnull(r->host->docker.datum.error);
	g_assert_null(docker_base_url(r->docker));
	g_assert_cmpuint(r->host->docker.containers->len, ==, count);
	g_assert_cmpint(host_container(r->host, "web")->detail.datum.state, ==, DATUM_STALE);
	g_string_truncate(r->told, 0);
	lab_dockerd_start(lab);
	lab_wait(is_complete, r, "the list after the daemon's return");
	g_assert_cmpuint(r->host->docker.containers->len, ==, count);
	g_assert_null(r->host->docker.datum.error);
	g_assert_nonnull(strstr(r->told->str, "always:start "));
	g_free(lab_docker(lab, "start", "web", "sick", "turn", "hold", "burn", NULL));
	lab_wait(agrees, r, "what docker inspect says");
}

static gboolean
is_none(void *user)
{
	return ((struct rig *)user)->host->docker.datum.state == DATUM_NO_DATA;
}

static void
test_none(struct rig *r)
{
	g_autofree char *socket = lab_path(lab, "nothing.sock"), *there = lab_path(lab, "docker.sock");
	g_autofree char *text = g_strdup_printf("no Docker here: %s does not exist", socket);

	lab_wait(is_none, r, "no Docker");
	g_assert_cmpstr(r->host->docker.datum.error, ==, text);
	g_assert_cmpint(host_unhealthy(r->host), ==, -1);
	docker_link_down(r->docker);
	g_assert_cmpint(r->host->docker.datum.state, ==, DATUM_NO_DATA);
	/* It is installed meanwhile, and the operator asks. */
	g_assert_cmpint(symlink(there, socket), ==, 0);
	docker_link_up(r->docker);
	lab_wait(is_complete, r, "the list with all details");
	docker_link_down(r->docker);
	g_assert_cmpint(r->host->docker.datum.state, ==, DATUM_STALE);
}

static void
start_containers(void)
{
	g_free(lab_docker(lab, "run", "-d", "--name", "web", "-m", "64m", "--label", "com.docker.compose.project=shop", "--label",
	                  "com.docker.compose.service=front", "--health-cmd", "true", "--health-interval", "1s", "busybox:1", NULL));
	g_free(lab_docker(lab, "run", "-d", "--name", "sick", "--health-cmd", "echo no database; false", "--health-interval", "1s",
	                  "--health-retries", "2", "busybox:1", NULL));
	g_free(lab_docker(lab, "run", "-d", "--name", "turn", "--health-cmd", "test -e /tmp/ok", "--health-interval", "1s", "--health-retries", "2",
	                  "busybox:1", NULL));
	g_free(lab_docker(lab, "run", "-d", "--name", "hold", "-m", "128m", "busybox:1", "sh", "-c",
	                  "dd if=/dev/zero bs=20M count=1 2>/dev/null | sleep 1000000", NULL));
	g_free(lab_docker(lab, "run", "-d", "--name", "burn", "--cpus", "0.1", "busybox:1", "sh", "-c", "while :; do :; done", NULL));
	g_free(lab_docker(lab, "run", "-d", "-t", "--name", "loop", "--restart", "on-failure", "busybox:1", "sh", "-c", "exit 3", NULL));
	g_free(lab_docker(lab, "run", "-d", "--name", "always", "--restart", "always", "busybox:1", NULL));
	g_free(lab_docker(lab, "run", "--name", "off", "busybox:1", "sh", "-c", "exit 0", NULL));
	g_free(lab_docker(lab, "create", "--name", "never", "busybox:1", NULL));
}

struct test {
	const char *name;
	void (*run)(struct rig *r);
	const char *socket; /* below the lab's directory; NULL = the daemon's */
};

static void
run(gconstpointer data)
{
	const struct test *test = data;
	struct rig r;

	if (!lab_have(LAB_DOCKER))
		return;
	if (!lab) {
		lab = lab_new();
		lab_dockerd(lab);
		start_containers();
	}
	set_up(&r, test->socket);
	test->run(&r);
	tear_down(&r);
}

int
main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "/docker/list", test_list, NULL },     { "/docker/stats", test_stats, NULL }, { "/docker/health", test_health, NULL },
		{ "/docker/life", test_life, NULL },     { "/docker/text", test_text, NULL },   { "/docker/none", test_none, "nothing.sock" },
		{ "/docker/restart", test_restart, NULL },
	};
	int result;

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_data_func(tests[i].name, &tests[i], run);
	result = g_test_run();
	if (lab)
		lab_free(lab);
	return result;
}
