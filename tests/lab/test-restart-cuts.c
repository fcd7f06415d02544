/* A link that is cut in the midst of a restart, 50 times, and a cable that goes dead in it, 10 times: no container is ever restarted twice for one action, and the outcome that is recorded in the end
 * is what the daemon did. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/executor.h"
#include "app/machine.h"
#include "tests/lab/lab.h"
#include "tests/lab/lab_proxy.h"
#include "tests/unit/wait_for.h"

#define HOSTS 5 /* each lists the containers at each event of all: twice as many cost four times as much */
#define CUTS 10
#define ROUNDS (CUTS + 2) /* the last ones are those of the dead cable */
#define CUT_WITHIN_MS 500 /* of the request: a restart takes about as long */
#define DOWN_MS_MAX 1500
#define TICK_MS 5

enum phase { PHASE_READY, PHASE_ASKED, PHASE_ARMED, PHASE_DOWN, PHASE_DEAD, PHASE_SETTLING, PHASE_OVER };

struct round { gint64 begun_us, ended_us; enum outcome outcome; gboolean in_the_midst; };

struct victim {
	struct machine *machine;
	struct lab_proxy *proxy;
	char *name;
	enum phase phase;
	gint64 next_us; /* monotonic: of the cut, of the cable's return */
	const struct operation *operation;
	struct round rounds[ROUNDS];
	guint round;
};

struct rig {
	struct lab *lab;
	struct world *world;
	struct http *http;
	struct config *config;
	GPtrArray *machines;
	struct store *store;
	struct executor *executor;
	struct victim victims[HOSTS];
	char *events;
	GPid watcher;
};

static void
ignore(void *user, const struct operation *o)
{
}

static void
trouble(void *user, const char *words)
{
	g_error("the audit log: %s", words);
}

/* The daemon itself forgets its older events. */
static void
watch_events(struct rig *r, const char *socket)
{
	g_autofree char *script = NULL;
	char *argv[] = { (char *)"sh", (char *)"-c", NULL, NULL };
	g_autoptr(GError) error = NULL;

	r->events = lab_path(r->lab, "events");
	script = g_strdup_printf("exec docker -H unix://%s events --filter event=restart --filter event=create --format "
	                         "'{{.TimeNano}} {{.Action}} {{.Actor.Attributes.name}}' >%s", socket, r->events);
	argv[2] = script;
	g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &r->watcher, &error);
	g_assert_no_error(error);
}

static gboolean
events_hold(const struct rig *r, const char *text)
{
	g_autofree char *all = NULL;

	return g_file_get_contents(r->events, &all, NULL, NULL) && strstr(all, text) != NULL;
}

static void
set_up(struct rig *r)
{
	static const struct executor_events events = { ignore, ignore, trouble };
	g_autoptr(GString) text = g_string_new("hosts:\n");
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autofree char *known_hosts = NULL, *last = g_strdup_printf("create victim-%d", HOSTS - 1);
	const char *socket;

	r->lab = lab_new();
	g_setenv("XDG_STATE_HOME", lab_dir(r->lab), TRUE);
	lab_sshd(r->lab, "vm", "MaxStartups 100:30:100", NULL);
	socket = lab_dockerd(r->lab);
	watch_events(r, socket);
	known_hosts = lab_path(r->lab, "known_hosts");
	for (guint i = 0; i < HOSTS; i++) {
		struct victim *v = &r->victims[i];
		g_autofree char *alias = g_strdup_printf("far%u", i);
		v->name = g_strdup_printf("victim-%u", i);
		v->proxy = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(r->lab, "vm"));
		lab_ssh_host(r->lab, alias, lab_proxy_port(v->proxy), "vm", NULL);
		g_free(lab_docker(r->lab, "run", "-d", "--name", v->name, "busybox:1", NULL));
		g_string_append_printf(text, "  - {name: %s, ssh: %s, ssh_config: %s, known_hosts: %s, docker: {socket: %s, stop_timeout: 1}}\n", alias, alias,
		                       lab_ssh_config(r->lab), known_hosts, socket);
	}
	WAIT_FOR(events_hold(r, last));
	r->config = config_parse(text->str, text->len, "test", problems);
	g_assert_nonnull(r->config);
	r->world = world_new(1 << 20);
	r->http = http_new();
	r->store = store_open(NULL, NULL);
	g_assert_nonnull(r->store);
	r->machines = machines_new(r->world, r->http, r->config);
	r->executor = executor_new(r->world, r->store, &events, r);
	for (guint i = 0; i < HOSTS; i++) {
		r->victims[i].machine = r->machines->pdata[i];
		machine_start(r->machines->pdata[i], r->store);
	}
}

static const struct container *
ready_container(const struct victim *v)
{
	const struct host *h = v->machine->host;
	const struct container *c = host_container(h, v->name);

	if (!link_is_up(v->machine->link) || h->docker.datum.state != DATUM_OK || !c || c->detail.datum.state != DATUM_OK)
		return NULL;
	return c->state == CONTAINER_RUNNING ? c : NULL;
}

static void
ask(struct rig *r, struct victim *v)
{
	const struct container *c = ready_container(v);
	struct work *w;

	if (!c) {
		if (v->machine->host->link.state == LINK_DOWN)
			link_retry(v->machine->link);
		return;
	}
	w = work_restart_new(v->machine, c);
	v->operation = w->operation;
	v->rounds[v->round] = (struct round){ .begun_us = g_get_real_time() };
	v->phase = PHASE_ASKED;
	executor_add(r->executor, w);
}

static void
settle(struct victim *v)
{
	struct round *now = &v->rounds[v->round];

	if (v->operation->stage != OPERATION_DONE) {
		if (v->machine->host->link.state == LINK_DOWN)
			link_retry(v->machine->link);
		return;
	}
	now->ended_us = g_get_real_time();
	now->outcome = v->operation->outcome;
	g_test_message("%s round %u: %s, %s", v->name, v->round, outcome_name(now->outcome), v->operation->result);
	v->phase = ++v->round < ROUNDS ? PHASE_READY : PHASE_OVER;
}

static void
step(struct rig *r, struct victim *v)
{
	gint64 now = g_get_monotonic_time();

	switch (v->phase) {
	case PHASE_READY:
		ask(r, v);
		break;
	case PHASE_ASKED:
		g_assert_cmpint(v->operation->stage, !=, OPERATION_BLOCKED);
		if (v->operation->stage >= OPERATION_RUNNING) {
			v->next_us = now + g_test_rand_int_range(0, CUT_WITHIN_MS) * 1000;
			v->phase = PHASE_ARMED;
		}
		break;
	case PHASE_ARMED:
		if (now < v->next_us)
			break;
		v->rounds[v->round].in_the_midst = v->operation->stage != OPERATION_DONE;
		if (v->round >= CUTS) {
			lab_proxy_stall(v->proxy);
			v->phase = PHASE_DEAD;
			break;
		}
		lab_proxy_refuse(v->proxy);
		v->next_us = now + g_test_rand_int_range(0, DOWN_MS_MAX) * 1000;
		v->phase = PHASE_DOWN;
		break;
	case PHASE_DOWN:
		if (now < v->next_us)
			break;
		lab_proxy_pass(v->proxy);
		v->phase = PHASE_SETTLING;
		break;
	case PHASE_DEAD: /* nobody is told; midwatch has to notice */
		if (link_is_up(v->machine->link))
			break;
		lab_proxy_cut(v->proxy); /* what was under way is lost */
		lab_proxy_pass(v->proxy);
		v->phase = PHASE_SETTLING;
		break;
	case PHASE_SETTLING:
		settle(v);
		break;
	case PHASE_OVER:
		break;
	}
}

static gboolean
on_tick(gpointer user)
{
	struct rig *r = user;

	for (guint i = 0; i < HOSTS; i++)
		step(r, &r->victims[i]);
	return G_SOURCE_CONTINUE;
}

static gboolean
all_over(const struct rig *r)
{
	for (guint i = 0; i < HOSTS; i++)
		if (r->victims[i].phase != PHASE_OVER)
			return FALSE;
	return TRUE;
}

/* Restarts of a container within a span of UTC, as the daemon told them. */
static guint
restarts(const struct rig *r, const char *name, gint64 from_us, gint64 to_us)
{
	g_autofree char *all = NULL;
	g_auto(GStrv) lines = NULL;
	guint count = 0;

	g_assert_true(g_file_get_contents(r->events, &all, NULL, NULL));
	lines = g_strsplit(all, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
		gint64 at_us = words[0] ? g_ascii_strtoll(words[0], NULL, 10) / 1000 : 0;
		count += g_strv_length(words) == 3 && strcmp(words[1], "restart") == 0 && strcmp(words[2], name) == 0 && at_us >= from_us && at_us < to_us;
	}
	return count;
}

static void
check(const struct rig *r)
{
	guint in_the_midst = 0, done = 0;

	for (guint i = 0; i < HOSTS; i++)
		for (guint k = 0; k < ROUNDS; k++) {
			const struct victim *v = &r->victims[i];
			const struct round *one = &v->rounds[k];
			gint64 until = k + 1 < ROUNDS ? v->rounds[k + 1].begun_us : G_MAXINT64;
			g_assert_cmpint(one->outcome, !=, OUTCOME_UNKNOWN);
			g_assert_cmpuint(restarts(r, v->name, one->begun_us, until), ==, one->outcome == OUTCOME_OK ? 1 : 0);
			in_the_midst += one->in_the_midst;
			done += one->outcome == OUTCOME_OK;
		}
	g_test_message("%u of %u were cut in the midst, %u restarted", in_the_midst, HOSTS * ROUNDS, done);
	g_assert_cmpuint(in_the_midst, >=, HOSTS * ROUNDS / 5);
}

static void
tear_down(struct rig *r)
{
	g_autofree char *problem = NULL;
	guint64 rows;

	g_assert_true(store_audit_verify(r->store, &rows, &problem));
	g_assert_cmpuint(rows, ==, 2 * HOSTS * ROUNDS);
	executor_free(r->executor);
	g_ptr_array_unref(r->machines);
	http_free(r->http);
	store_close(r->store);
	world_free(r->world);
	config_free(r->config);
	kill(r->watcher, SIGTERM);
	g_spawn_close_pid(r->watcher);
	for (guint i = 0; i < HOSTS; i++) {
		lab_proxy_free(r->victims[i].proxy);
		g_free(r->victims[i].name);
	}
	g_free(r->events);
	lab_free(r->lab);
}

static void
test_cuts(void)
{
	struct rig r = { 0 };
	guint tick;

	if (!lab_have(LAB_SSHD | LAB_DOCKER))
		return;
	set_up(&r);
	tick = g_timeout_add(TICK_MS, on_tick, &r);
	while (!all_over(&r))
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	check(&r);
	tear_down(&r);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/restart/cuts", test_cuts);
	return g_test_run();
}
