/* The Docker backend over a real sshd: through a forwarded socket, and through `docker system dial-stdio` where forwarding is refused. */
#include "backends/docker.h"

#include <math.h>
#include <string.h>

#include "tests/lab/lab.h"

static struct lab *lab; /* one for all tests */

struct rig {
	struct http *http;
	struct world *world;
	struct host *host;
	struct link *link;
	struct docker *docker;
};

static void
on_up(void *user)
{
	docker_link_up(((struct rig *)user)->docker);
}

static void
on_down(void *user)
{
	struct rig *r = user;

	docker_link_down(r->docker);
	host_went_down(r->host, r->host->link.reason);
}

static void
set_up(struct rig *r, const char *alias, const char *transport, const char *socket)
{
	static const struct link_events events = { .up = on_up, .down = on_down };
	g_autofree char *known_hosts = lab_path(lab, "known_hosts");
	const struct link_settings link = {
		.host = alias, .ssh_config = lab_ssh_config(lab), .known_hosts = known_hosts, .transport = transport,
	};
	const struct docker_settings settings = { .socket = socket, .stats_interval_ms = 1000 };

	r->http = http_new();
	r->world = world_new(1 << 20);
	r->host = host_new(alias, "vm", FALSE);
	g_ptr_array_add(r->world->hosts, r->host);
	r->link = link_new(&link, &r->host->link, &events, r);
	r->docker = docker_new(&settings, r->link, r->http, r->world, r->host);
	link_start(r->link);
}

static void
tear_down(struct rig *r)
{
	docker_free(r->docker);
	link_free(r->link);
	http_free(r->http);
	world_free(r->world);
}

static gboolean
is_complete(void *user)
{
	const struct rig *r = user;

	for (guint i = 0; i < r->host->docker.containers->len; i++)
		if (((struct container *)r->host->docker.containers->pdata[i])->detail.datum.state != DATUM_OK)
			return FALSE;
	return r->host->docker.datum.state == DATUM_OK && r->host->docker.containers->len == 6;
}

static gboolean
is_sampled(void *user)
{
	const struct rig *r = user;

	for (guint i = 0; i < r->host->docker.containers->len; i++)
		if (isnan(((struct container *)r->host->docker.containers->pdata[i])->stats.cpu_percent))
			return FALSE;
	return TRUE;
}

static gboolean
is_stale(void *user)
{
	return ((struct rig *)user)->host->docker.datum.state == DATUM_STALE;
}

static gboolean
is_none(void *user)
{
	return ((struct rig *)user)->host->docker.datum.state == DATUM_NO_DATA;
}

static gboolean
first_is_paused(void *user)
{
	return host_container(((struct rig *)user)->host, "c0")->state == CONTAINER_PAUSED;
}

static gboolean
first_runs(void *user)
{
	return host_container(((struct rig *)user)->host, "c0")->state == CONTAINER_RUNNING;
}

static void
look_at_all(struct rig *r)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < r->host->docker.containers->len; i++)
		g_ptr_array_add(ids, ((struct container *)r->host->docker.containers->pdata[i])->id);
	docker_set_visible(r->docker, (const char *const *)ids->pdata, ids->len);
}

static void
check_whole(const char *alias, const char *transport)
{
	g_autofree char *socket = lab_path(lab, "docker.sock");
	struct rig r;

	set_up(&r, alias, transport, socket);
	lab_wait(is_complete, &r, "the list with all details over ssh");
	look_at_all(&r);
	lab_wait(is_sampled, &r, "figures over ssh");
	g_free(lab_docker(lab, "pause", "c0", NULL));
	lab_wait(first_is_paused, &r, "an event over ssh");
	g_free(lab_docker(lab, "unpause", "c0", NULL));
	lab_wait(first_runs, &r, "an event over ssh");
	tear_down(&r);
}

static void
test_forwarded(void)
{
	check_whole("plain", "auto");
}

static void
test_child(void)
{
	check_whole("plain", "ssh");
}

static void
test_dial(void)
{
	check_whole("closed", "auto");
}

static void
test_cut(void)
{
	g_autofree char *socket = lab_path(lab, "docker.sock");
	struct rig r;

	set_up(&r, "plain", "auto", socket);
	lab_wait(is_complete, &r, "the list with all details over ssh");
	lab_sshd_stop(lab, "plain");
	lab_wait(is_stale, &r, "a stale list");
	g_assert_cmpuint(r.host->docker.containers->len, ==, 6);
	g_assert_null(docker_base_url(r.docker));
	lab_sshd_start(lab, "plain");
	link_retry(r.link);
	lab_wait(is_complete, &r, "the list after the link's return");
	tear_down(&r);
}

static void
test_none(void)
{
	g_autofree char *socket = lab_path(lab, "nothing.sock"), *text = g_strdup_printf("no Docker here: %s does not exist", socket);
	struct rig r;

	set_up(&r, "plain", "auto", socket);
	lab_wait(is_none, &r, "no Docker over there");
	g_assert_cmpstr(r.host->docker.datum.error, ==, text);
	tear_down(&r);
}

static void
run(gconstpointer test)
{
	if (!lab_have(LAB_DOCKER | LAB_SSHD))
		return;
	if (!lab) {
		lab = lab_new();
		lab_sshd(lab, "plain", NULL);
		lab_sshd(lab, "closed", "noforward", NULL);
		lab_dockerd(lab);
		for (int i = 0; i < 6; i++) {
			g_autofree char *name = g_strdup_printf("c%d", i);
			g_free(lab_docker(lab, "run", "-d", "--name", name, "busybox:1", NULL));
		}
	}
	(*(void (*const *)(void))test)();
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "/docker-ssh/forwarded", test_forwarded }, { "/docker-ssh/child", test_child }, { "/docker-ssh/dial-stdio", test_dial },
		{ "/docker-ssh/cut", test_cut },             { "/docker-ssh/none", test_none },
	};
	int result;

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_data_func(tests[i].name, &tests[i].run, run);
	result = g_test_run();
	if (lab)
		lab_free(lab);
	return result;
}
