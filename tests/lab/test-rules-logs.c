/* A real container's log under the rules: a FATAL fires within a tick or two, an old one does not, and a log that is not followed is unknown. */
#include <string.h>

#include "app/rules_run.h"
#include "tests/lab/lab.h"

struct fixture {
	struct lab *lab;
	struct config *config;
	struct world *world;
	struct http *http;
	GPtrArray *machines;
	struct rules_run *run;
};

static void
start(struct fixture *f)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autofree char *text = g_strdup_printf("hosts:\n  - name: here\n    local: true\n    docker: {socket: %s}\nproduct:\n  host: here\n  container: cloud\n"
		"  impersonators: [ann]\n", lab_dockerd(f->lab));

	g_free(lab_docker(f->lab, "run", "-d", "--name", "cloud", "busybox:1", "sh", "-c", "echo level=info msg=ready; exec sleep 3600", NULL));
	f->config = config_parse(text, strlen(text), "test", problems);
	g_assert_nonnull(f->config);
	f->world = world_new(8 << 20);
	f->http = http_new();
	f->machines = machines_new(f->world, f->http, f->config);
	f->run = rules_run_new(&(struct rules_run_settings){ .config = f->config, .world = f->world, .http = f->http, .machines = f->machines }, problems);
	g_assert_cmpuint(problems->len, ==, 0);
	g_ptr_array_foreach(f->machines, (GFunc)(void (*)(void))machine_start, NULL);
	rules_run_start(f->run, NULL);
}

static void
stop(struct fixture *f)
{
	rules_run_free(f->run);
	g_ptr_array_unref(f->machines);
	http_free(f->http);
	world_free(f->world);
	config_free(f->config);
	lab_free(f->lab);
}

/* PID 1 of the container writes what is sent to its standard output by another process. */
static void
say(struct fixture *f, const char *line)
{
	g_autofree char *command = g_strdup_printf("echo '%s' > /proc/1/fd/1", line);

	g_free(lab_docker(f->lab, "exec", "cloud", "sh", "-c", command, NULL));
}

static gboolean
settled(void *user)
{
	return rules_run_is_settled(((struct fixture *)user)->run);
}

static const struct alert *
alert(struct fixture *f, const char *rule)
{
	return rules_find(f->world->rules, rule, "source=\"cloud\"");
}

static gboolean
fatal_fires(void *user)
{
	struct fixture *f = user;
	const struct alert *a;

	rules_run_evaluate(f->run);
	a = alert(f, "fatal_line");
	return a && (a->state == ALERT_FIRING || a->state == ALERT_KEPT);
}

static gboolean
impersonation_fires(void *user)
{
	struct fixture *f = user;
	const struct alert *a;

	rules_run_evaluate(f->run);
	a = alert(f, "security_impersonation");
	return a && (a->state == ALERT_FIRING || a->state == ALERT_KEPT);
}

static gboolean
fatal_is_unknown(void *user)
{
	struct fixture *f = user;
	const struct alert *a;

	rules_run_evaluate(f->run);
	a = alert(f, "fatal_line");
	return a && a->truth == TRUTH_UNKNOWN;
}

static void
test_container(void)
{
	struct fixture f = { 0 };
	g_autofree char *summary = NULL;

	if (!lab_have(LAB_DOCKER))
		return;
	f.lab = lab_new();
	start(&f);
	lab_wait(settled, &f, "the inputs");
	rules_run_evaluate(f.run);
	say(&f, "this is NONFATAL");
	say(&f, "event=platform.impersonation_started actor=ann ticket_ref=P1");
	g_assert_false(fatal_fires(&f));
	say(&f, "FATAL: no more disk");
	lab_wait(fatal_fires, &f, "FATAL to fire");
	summary = alert_summary(alert(&f, "fatal_line"));
	g_assert_cmpstr(summary, ==, "FATAL on cloud: FATAL: no more disk");
	g_assert_false(impersonation_fires(&f));
	say(&f, "event=platform.impersonation_started actor=mallory ticket_ref=P1");
	lab_wait(impersonation_fires, &f, "the impersonation to fire");
	lab_dockerd_stop(f.lab);
	lab_wait(fatal_is_unknown, &f, "a log that is not followed to be unknown");
	g_assert_cmpint(alert(&f, "fatal_line")->state, !=, ALERT_INACTIVE);
	stop(&f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/container-log", test_container);
	return g_test_run();
}
