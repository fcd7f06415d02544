/* Containers followed through a real dockerd, with a proxy before its socket that breaks connections in the middle. */
#include <string.h>

#include "tests/lab/follow_rig.h"
#include "tests/lab/lab.h"
#include "tests/lab/lab_proxy.h"

struct fixture {
	struct lab *lab;
	struct lab_proxy *proxy;
	struct http *http;
	struct follow_rig rig;
};

static void
fixture_init(struct fixture *x)
{
	g_autofree char *path = NULL;

	x->lab = lab_new();
	path = lab_path(x->lab, "cut.sock");
	x->proxy = lab_proxy_new_unix(path, lab_dockerd(x->lab));
	x->http = http_new();
	rig_init(&x->rig);
	const struct docker_settings settings = { .socket = path };
	x->rig.docker = docker_new(&settings, x->rig.link, x->http, x->rig.world, x->rig.host);
	docker_link_up(x->rig.docker);
}

static void
fixture_clear(struct fixture *x)
{
	follow_free(g_steal_pointer(&x->rig.follow));
	docker_free(x->rig.docker);
	rig_clear(&x->rig);
	http_free(x->http);
	lab_proxy_free(x->proxy);
	lab_free(x->lab);
}

static void
follow_container(struct fixture *x, const char *name, guint backlog, gboolean from_start)
{
	rig_follow(&x->rig, FOLLOW_CONTAINER, name, backlog, from_start);
}

/* Runs a container of a shell script; more words for `docker run` in `option` (one or NULL). */
static void
run_container(struct fixture *x, const char *name, const char *option, const char *script)
{
	g_free(lab_docker(x->lab, "run", "-d", "--name", name, option ? option : "--init=false", "busybox:1", "sh", "-c", script, NULL));
}

/* Breaks the connections so many times, each after some more lines, half of them in the middle of a transfer. */
static void
cut_often(struct fixture *x, guint times)
{
	for (guint i = 0; i < times; i++) {
		rig_wait_lines(&x->rig, rig_count(&x->rig) + (guint)g_test_rand_int_range(10, 100));
		if (i % 2)
			lab_proxy_cut(x->proxy);
		else
			lab_proxy_cut_after(x->proxy, (guint64)g_test_rand_int_range(1, 5000));
	}
	lab_proxy_cut_after(x->proxy, 0);
}

static void
expect_stderr(struct fixture *x, const char *prefix)
{
	struct log_line line;

	for (guint64 i = 0; log_store_at(x->rig.world->logs, i, &line); i++)
		if (!(line.flags & LINE_NOTE) && line.length > 2)
			g_assert_cmpint((line.flags & LINE_STDERR) != 0, ==, strncmp(line.text, prefix, strlen(prefix)) == 0);
}

/* 200 lines a second in two streams, and 20 cuts. */
static void
test_cuts(void)
{
	struct fixture x;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "counter", NULL,
	              "i=1; while [ $i -le 2000 ]; do echo \"out $i\"; echo \"err $i\" >&2; [ $((i % 10)) != 0 ] || usleep 100000; "
	              "i=$((i + 1)); done; sleep 1000");
	follow_container(&x, "counter", 0, TRUE);
	cut_often(&x, 20);
	rig_expect_numbers(&x.rig, "out ", 1, 2000);
	rig_expect_numbers(&x.rig, "err ", 1, 2000);
	g_assert_cmpuint(rig_count(&x.rig), ==, 4000);
	g_assert_false(rig_noted(&x.rig, "gap"));
	expect_stderr(&x, "err ");
	fixture_clear(&x);
}

static void
test_terminal(void)
{
	struct fixture x;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "screen", "-t",
	              "i=1; while [ $i -le 1000 ]; do echo \"t $i\"; [ $((i % 10)) != 0 ] || usleep 50000; i=$((i + 1)); done; sleep 1000");
	follow_container(&x, "screen", 0, TRUE);
	cut_often(&x, 8);
	rig_expect_numbers(&x.rig, "t ", 1, 1000);
	g_assert_cmpuint(rig_count(&x.rig), ==, 1000);
	fixture_clear(&x);
}

static void
test_backlog_and_restart(void)
{
	struct fixture x;
	g_autofree char *text = NULL;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "app", NULL, "echo one; echo two; echo three; printf 'no feed'");
	g_free(lab_docker(x.lab, "wait", "app", NULL));
	follow_container(&x, "app", 2, FALSE);
	rig_wait_lines(&x.rig, 2);
	rig_wait_state(&x.rig, FOLLOW_WAITING);
	g_assert_nonnull(strstr(follow_problem(x.rig.follow), "does not run"));
	g_free(lab_docker(x.lab, "start", "app", NULL));
	rig_wait_lines(&x.rig, 6);
	rig_wait_state(&x.rig, FOLLOW_WAITING);
	text = rig_text(&x.rig, FALSE);
	g_assert_cmpstr(text, ==, "three|no feed|one|two|three|no feed");
	fixture_clear(&x);
}

/* Started and ended before anybody looked; then the same again while nothing could be seen. */
static void
test_short_lives(void)
{
	struct fixture x;
	g_autofree char *text = NULL;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	follow_container(&x, "blink", 0, FALSE);
	rig_wait_state(&x.rig, FOLLOW_WAITING);
	g_assert_nonnull(strstr(follow_problem(x.rig.follow), "there is no container blink"));
	run_container(&x, "blink", NULL, "echo was here");
	rig_wait_lines(&x.rig, 1);
	lab_proxy_refuse(x.proxy);
	g_free(lab_docker(x.lab, "start", "blink", NULL));
	g_free(lab_docker(x.lab, "wait", "blink", NULL));
	lab_proxy_pass(x.proxy);
	rig_wait_lines(&x.rig, 2);
	text = rig_text(&x.rig, FALSE);
	g_assert_cmpstr(text, ==, "was here|was here");
	fixture_clear(&x);
}

static void
test_recreated(void)
{
	struct fixture x;
	g_autofree char *text = NULL;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "web", NULL, "echo first; exec sleep 1000");
	follow_container(&x, "web", 0, FALSE);
	rig_wait_lines(&x.rig, 1);
	rig_wait_state(&x.rig, FOLLOW_LIVE);
	g_free(lab_docker(x.lab, "rm", "-f", "web", NULL));
	rig_wait_state(&x.rig, FOLLOW_WAITING);
	run_container(&x, "web", NULL, "echo second; exec sleep 1000");
	rig_wait_lines(&x.rig, 2);
	g_assert_true(rig_noted(&x.rig, "container recreated"));
	g_assert_false(rig_noted(&x.rig, "gap"));
	/* As compose does it: the old one is renamed and may live on. */
	g_free(lab_docker(x.lab, "rename", "web", "web-old", NULL));
	run_container(&x, "web", NULL, "echo third; exec sleep 1000");
	rig_wait_lines(&x.rig, 3);
	/* While nothing could be seen, and the old one's log is gone. */
	lab_proxy_refuse(x.proxy);
	rig_wait_state(&x.rig, FOLLOW_WAITING);
	g_free(lab_docker(x.lab, "rm", "-f", "web", NULL));
	run_container(&x, "web", NULL, "echo fourth; exec sleep 1000");
	lab_proxy_pass(x.proxy);
	rig_wait_lines(&x.rig, 4);
	rig_wait_state(&x.rig, FOLLOW_LIVE);
	g_assert_true(rig_noted(&x.rig, "gap: web was removed"));
	text = rig_text(&x.rig, FALSE);
	g_assert_cmpstr(text, ==, "first|second|third|fourth");
	fixture_clear(&x);
}

static void
test_long_lines_over_cuts(void)
{
	struct fixture x;
	struct log_line line;
	guint longs = 0;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "long", NULL,
	              "l=$(head -c 100000 /dev/zero | tr '\\0' x); i=1; while [ $i -le 300 ]; do echo \"n $i\"; echo \"$l\" >&2; echo \"$l\"; "
	              "usleep 20000; i=$((i + 1)); done; sleep 1000");
	follow_container(&x, "long", 0, TRUE);
	for (guint i = 0; i < 10; i++) {
		rig_wait_lines(&x.rig, rig_count(&x.rig) + 20);
		lab_proxy_cut_after(x.proxy, (guint64)g_test_rand_int_range(1, 300000));
	}
	lab_proxy_cut_after(x.proxy, 0);
	rig_wait_lines(&x.rig, 900);
	rig_expect_numbers(&x.rig, "n ", 1, 300);
	for (guint64 i = 0; log_store_at(x.rig.world->logs, i, &line); i++)
		if (line.length == 8192 && (line.flags & LINE_CUT))
			longs++;
	g_assert_cmpuint(longs, ==, 600);
	g_assert_cmpuint(rig_count(&x.rig), ==, 900);
	fixture_clear(&x);
}

static void
test_log_that_cannot_be_read(void)
{
	struct fixture x;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "mute", "--log-driver=none", "exec sleep 1000");
	follow_container(&x, "mute", 0, FALSE);
	rig_wait_state(&x.rig, FOLLOW_FAILED);
	g_assert_nonnull(strstr(follow_problem(x.rig.follow), "does not support reading"));
	fixture_clear(&x);
}

static gboolean
flood_is_over(gpointer lab)
{
	g_autofree char *last = lab_docker(lab, "logs", "--tail=1", "flood", NULL);

	return strcmp(last, "end") == 0;
}

/* The daemon's files are bounded: what was rotated away during a break is said. */
static void
test_gap(void)
{
	struct fixture x;

	if (!lab_have(LAB_DOCKER))
		return;
	fixture_init(&x);
	run_container(&x, "flood", "--log-opt=max-size=20k",
	              "echo begin; read x </tmp/go 2>/dev/null; until [ -e /tmp/go ]; do usleep 50000; done; "
	              "i=1; while [ $i -le 3000 ]; do echo \"n $i\"; i=$((i + 1)); done; echo end; exec sleep 1000");
	follow_container(&x, "flood", 0, FALSE);
	rig_wait_lines(&x.rig, 1);
	lab_proxy_refuse(x.proxy);
	g_free(lab_docker(x.lab, "exec", "flood", "touch", "/tmp/go", NULL));
	rig_wait_state(&x.rig, FOLLOW_WAITING);
	rig_wait(flood_is_over, x.lab, "the container's last line");
	lab_proxy_pass(x.proxy);
	rig_wait_text(&x.rig, "end");
	g_assert_true(rig_noted(&x.rig, "gap: Docker rotated away"));
	fixture_clear(&x);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/follow/cuts", test_cuts);
	g_test_add_func("/follow/terminal", test_terminal);
	g_test_add_func("/follow/backlog-and-restart", test_backlog_and_restart);
	g_test_add_func("/follow/short-lives", test_short_lives);
	g_test_add_func("/follow/recreated", test_recreated);
	g_test_add_func("/follow/long-lines", test_long_lines_over_cuts);
	g_test_add_func("/follow/unreadable", test_log_that_cannot_be_read);
	g_test_add_func("/follow/gap", test_gap);
	return g_test_run();
}
