/* The whole program on this machine with a real Docker Engine: what it shows is what docker, /proc and df say. */
#include "tests/lab/console_rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A console on the Containers panel with the whole list. */
static struct trial *start(void)
{
	g_autofree char *host = trial_host_local("here");
	struct trial *t = trial_console("hosts:\n%sstart_panel: containers\n", host);

	driver_wait_match(t->driver, "Containers  here  14 of 14", 0);
	return t;
}

/* Puts the cursor on a container. */
static void go_to(struct driver *d, const char *name)
{
	g_autofree char *filter = g_strdup_printf("name:%s", name), *row = g_strdup_printf("^>. %s ", name);

	trial_filter(d, filter);
	driver_wait_match(d, row, 0);
}

/* --- the list --- */

struct expected { const char *name, *health, *limit; };

static gboolean has_limit(struct driver *d, void *user)
{
	const struct expected *e = user;
	struct trial_row row;

	return trial_row(d, e->name, &row) && g_str_equal(row.limit, e->limit);
}

static void test_list(void)
{
	static const struct expected expected[] = {
		{"well", "healthy", "–"},    {"sick", "unhealthy", "–"}, {"slow", "starting", "–"}, {"switch", "healthy", "–"},
		{"done", "exited 0", "–"},   {"broken", "exited 4", "–"}, {"limited", "–", "64M"},  {"eater", "–", "48M"},
		{"busy", "–", "–"},          {"plain", "–", "–"},        {"tty", "–", "–"},        {"hostile", "–", "–"},
		{"other", "–", "–"},
	};
	struct trial *t = start();

	for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
		trial_wait_health(t->driver, expected[i].name, expected[i].health);
		driver_wait_until(t->driver, has_limit, (void *)&expected[i], expected[i].limit, 0);
	}
	driver_wait_match(t->driver, "^[> ]. loop +jobs ", 0);
	driver_wait_match(t->driver, "^[> ]. well +shop ", 0);
	driver_wait_match(t->driver, "^[> ]. plain +– ", 0);
	driver_wait_match(t->driver, "^[> ]. hostile +e", 0);
	driver_wait_match(t->driver, "^ ?\\[All\\] +Unhealthy 1 +No limit 12 +stacks: .*jobs 3.*shop 3", 0);
	trial_assert_harmless(t->driver);
	trial_quit(t);
}

/* --- figures --- */

static double figure_of(struct driver *d, const char *name, gboolean memory)
{
	struct trial_row row;

	if (!trial_row(d, name, &row))
		return NAN;
	return memory ? trial_bytes(row.memory) : g_ascii_strtod(row.cpu, NULL);
}

/* "21.3MiB / 48MiB" */
static double docker_memory(const char *name)
{
	g_autofree char *text = trial_docker_text("stats", "--no-stream", "--format", "{{.MemUsage}}", name, NULL);
	char *unit;
	double n = g_ascii_strtod(text, &unit);

	return n * (*unit == 'K' || *unit == 'k' ? 1024 : *unit == 'M' ? 1048576 : *unit == 'G' ? 1073741824 : 1);
}

/* Both move: compared until they agree. */
static void wait_memory(struct driver *d, const char *name)
{
	double docker = NAN, shown = NAN;

	for (guint i = 0; i < 30; i++) {
		docker = docker_memory(name);
		for (guint j = 0; j < 40; j++) {
			driver_pump(d, 0.05);
			shown = figure_of(d, name, TRUE);
			if (fabs(shown - docker) <= docker / 10)
				return;
		}
	}
	g_error("docker stats says that %s uses %.0f bytes, the screen says %.0f", name, docker, shown);
}

static gboolean busy_is_seen(struct driver *d, void *unused)
{
	return figure_of(d, "busy", FALSE) > 0.5;
}

static gboolean restarts_agree(struct driver *d, void *unused)
{
	g_autofree char *docker = trial_inspect("loop", "{{.RestartCount}}");
	struct trial_row row;

	return atoi(docker) > 0 && trial_row(d, "loop", &row) && g_str_equal(row.restarts, docker);
}

static void test_figures(void)
{
	struct trial *t = start();
	g_autofree char *limit = trial_inspect("limited", "{{.HostConfig.Memory}}"), *health = trial_inspect("sick", "{{.State.Health.Status}}");
	struct trial_row row;

	driver_wait_until(t->driver, busy_is_seen, NULL, "the CPU of the busy container", 0);
	wait_memory(t->driver, "eater");
	wait_memory(t->driver, "busy");
	driver_wait_until(t->driver, restarts_agree, NULL, "the restarts that docker inspect says", 0);
	g_assert_true(trial_row(t->driver, "limited", &row));
	g_assert_cmpfloat(trial_bytes(row.limit), ==, g_ascii_strtod(limit, NULL));
	trial_wait_health(t->driver, "sick", health);
	trial_quit(t);
}

/* --- the score --- */

static double meminfo_gib(const char *field)
{
	g_autofree char *text = NULL, *line = g_strdup_printf("\n%s:", field);

	g_assert_true(g_file_get_contents("/proc/meminfo", &text, NULL, NULL));
	g_autofree char *all = g_strconcat("\n", text, NULL);
	return g_ascii_strtod(strstr(all, line) + strlen(line), NULL) / 1048576;
}

/* Used percent of / as df(1) computes it, and its size in GiB. */
static void ask_df(int *percent, double *gib)
{
	g_autofree char *text = NULL;
	guint64 blocks, used, available;

	g_assert_true(g_spawn_command_line_sync("df -P -k /", &text, NULL, NULL, NULL));
	const char *line = strchr(text, '\n') + 1;
	g_assert_cmpint(sscanf(line, "%*s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &blocks, &used, &available), ==, 3);
	*percent = (int)ceil(100.0 * (double)used / (double)(used + available));
	*gib = (double)blocks / 1048576;
}

/* The numbers that a pattern's groups match on the screen. FALSE: it does not match. */
static gboolean numbers(struct driver *d, const char *pattern, double *a, double *b)
{
	g_autofree char *text = driver_text(d);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (!g_regex_match(regex, text, 0, &match))
		return FALSE;
	g_autofree char *first = g_match_info_fetch(match, 1), *second = g_match_info_fetch(match, 2);
	*a = trial_bytes(first);
	*b = trial_bytes(second);
	return TRUE;
}

static gboolean memory_agrees(struct driver *d, void *pattern)
{
	double available, total, now = meminfo_gib("MemAvailable");

	return numbers(d, pattern, &available, &total) && fabs(total - meminfo_gib("MemTotal")) < 0.06 && fabs(available - now) < 0.05 * now + 0.06;
}

static gboolean disk_agrees(struct driver *d, void *unused)
{
	double percent, size, gib;
	int now;

	ask_df(&now, &gib);
	return numbers(d, "Disk health.* (\\d+)% of (\\d+)G", &percent, &size) && fabs(percent - now) <= 1 && fabs(size - gib) < 0.51;
}

static gboolean explained_memory_agrees(struct driver *d, void *unused)
{
	double available, total, GiB = 1073741824, now = meminfo_gib("MemAvailable");

	return numbers(d, "memory +(\\S+) available, \\S+ free of (\\S+)", &available, &total) &&
	       fabs(total / GiB - meminfo_gib("MemTotal")) < 0.05 * total / GiB && fabs(available / GiB - now) < 0.1 * now;
}

static void test_score(void)
{
	struct trial *t = start();

	trial_wait_health(t->driver, "sick", "unhealthy");
	driver_keys(t->driver, "1");
	driver_wait_until(t->driver, memory_agrees, (void *)"Memory pressure .* ([0-9.]+)G available of ([0-9.]+)G", "the memory of /proc/meminfo", 0);
	driver_wait_until(t->driver, disk_agrees, NULL, "what df says", 0);
	driver_wait_match(t->driver, "Service health +15/20 +1 unhealthy of 14", 0);
	driver_wait_match(t->driver, "CPU efficiency +\\d+/20 +steal \\d", 0);
	driver_keys(t->driver, "g j Enter");
	driver_wait_until(t->driver, explained_memory_agrees, NULL, "the explained memory of /proc/meminfo", 0);
	driver_keys(t->driver, "j");
	driver_wait_match(t->driver, "disk / +\\S+ used, \\S+ available of \\S+", 0);
	trial_quit(t);
}

/* --- events: no key is pressed --- */

static void test_events(void)
{
	struct trial *t = start();

	trial_wait_health(t->driver, "plain", "–");
	trial_docker("pause", "plain", NULL);
	trial_wait_health(t->driver, "plain", "paused");
	trial_docker("unpause", "plain", NULL);
	trial_wait_health(t->driver, "plain", "–");
	trial_docker("stop", "other", NULL);
	trial_wait_health(t->driver, "other", "exited 137");
	trial_docker("start", "other", NULL);
	trial_wait_health(t->driver, "other", "–");
	trial_wait_health(t->driver, "switch", "healthy");
	trial_docker("exec", "switch", "touch", "/tmp/bad", NULL);
	trial_wait_health(t->driver, "switch", "unhealthy");
	driver_wait(t->driver, "Unhealthy 2", 0);
	trial_docker("exec", "switch", "rm", "/tmp/bad", NULL);
	trial_wait_health(t->driver, "switch", "healthy");
	trial_docker("run", "-d", "--name", "newcomer", "busybox:1", NULL);
	driver_wait_match(t->driver, "^[> ]. newcomer ", 0);
	trial_docker("rm", "-f", "newcomer", NULL);
	driver_wait_gone(t->driver, "newcomer", 0);
	trial_quit(t);
}

/* --- details --- */

static void test_details(void)
{
	g_autofree char *id = NULL;
	struct trial *t = start();

	id = trial_inspect("sick", "{{.Id}}");
	go_to(t->driver, "sick");
	driver_keys(t->driver, "d");
	driver_wait_match(t->driver, "sick ─ \\[Health\\]", 0);
	driver_wait_match(t->driver, "unhealthy since (about )?\\d\\d:\\d\\d:\\d\\dZ.* failing streak \\d+  every 5s", 0);
	driver_wait_match(t->driver, "✖ \\d\\d:\\d\\d:\\d\\dZ  exit 7 .* no answer from 5432", 0);
	driver_keys(t->driver, "] ]");
	driver_wait(t->driver, "[Inspect]", 0);
	driver_keys(t->driver, "f");
	driver_wait(t->driver, id, 0);
	driver_wait(t->driver, "\"Id\"", 0);
	driver_keys(t->driver, "f ]");
	driver_wait_match(t->driver, "\\[Stats\\]", 0);
	driver_wait_match(t->driver, "CPU +\\S+ % of one processor", 0);
	driver_wait_match(t->driver, "processes +\\d+", 0);
	driver_keys(t->driver, "[ [");
	driver_wait(t->driver, "It is not followed", 0);
	trial_quit(t);
}

/* --- logs --- */

/* The saved lines hold every number from 1 to the last exactly once and in order. */
static void assert_in_order(const char *text, const char *pattern)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	int expected = 0;

	for (gboolean found = g_regex_match(regex, text, 0, &match); found; found = g_match_info_next(match, NULL)) {
		g_autofree char *number = g_match_info_fetch(match, 1);
		g_assert_cmpint(atoi(number), ==, ++expected);
	}
	g_assert_cmpint(expected, >, 0);
}

static void test_logs(void)
{
	struct trial *t = start();

	go_to(t->driver, "tty");
	driver_keys(t->driver, "l");
	driver_wait_match(t->driver, "^ Logs  (here/)?tty ", 0);
	driver_wait_match(t->driver, "step ([3-9]|\\d\\d+)$", 0);
	driver_keys(t->driver, "S");
	g_autofree char *text = trial_saved(t, "logs-*-lines.log");
	g_assert_null(strchr(text, '\033'));
	assert_in_order(text, "here/tty - step (\\d+)$");
	driver_keys(t->driver, "q");
	driver_wait(t->driver, "name:tty", 0);
	driver_keys(t->driver, "d ]");
	driver_wait_match(t->driver, "\\[Logs\\]", 0);
	driver_wait_match(t->driver, "^ +\\d\\d:\\d\\d:\\d\\d\\S*  step \\d+$", 0);
	trial_quit(t);
}

static void test_hostile_logs(void)
{
	struct trial *t = start();

	go_to(t->driver, "hostile");
	driver_keys(t->driver, "l");
	driver_wait_match(t->driver, "title .* end$", 0);
	driver_wait_match(t->driver, "bidi .*U\\+202E.* end$", 0);
	driver_keys(t->driver, "c");
	driver_wait(t->driver, "copied", 0);
	g_autofree char *kept = trial_saved(t, "clipboard.txt");
	g_assert_null(strchr(kept, '\033'));
	g_assert_cmpstr(driver_title(t->driver), ==, "");
	driver_quit(t->driver, "^C");
	trial_wait_nothing_of(t->mark);
	trial_free(t);
}

/* --- chips, filter, faults, sort --- */

static int row_of(struct driver *d, const char *name)
{
	struct trial_row row;

	return trial_row(d, name, &row) ? row.y : -1;
}

static gboolean is_listed(struct driver *d, void *user)
{
	return row_of(d, user) > 0;
}

static gboolean is_not_listed(struct driver *d, void *user)
{
	return row_of(d, user) < 0;
}

/* The title may come before the rows beneath it: a frame arrives in pieces. */
static void wait_row(struct driver *d, const char *name)
{
	driver_wait_until(d, is_listed, (void *)name, name, 0);
}

static void wait_no_row(struct driver *d, const char *name)
{
	driver_wait_until(d, is_not_listed, (void *)name, name, 0);
}

static gboolean in_order(struct driver *d, void *user)
{
	const char *const *names = user;
	int last = -1;

	for (; *names != NULL; names++) {
		int y = row_of(d, *names);
		if (y <= last)
			return FALSE;
		last = y;
	}
	return TRUE;
}

static void test_views(void)
{
	struct trial *t = start();
	struct driver *d = t->driver;

	trial_wait_health(d, "sick", "unhealthy");
	driver_wait(d, "No limit 12 ", 0);
	driver_wait_until(d, in_order, (void *)(const char *[]){"sick", "broken", "well", "done", NULL}, "trouble first", 0);
	driver_keys(d, "v");
	driver_wait_match(d, "\\[Unhealthy 1\\]", 0);
	driver_wait_match(d, "Containers  here  1 of 14", 0);
	driver_keys(d, "v");
	driver_wait_match(d, "\\[No limit 12\\]", 0);
	driver_wait_match(d, "Containers  here  12 of 14", 0);
	wait_no_row(d, "limited");
	driver_keys(d, "Esc");
	driver_wait_match(d, "Containers  here  14 of 14", 0);
	trial_filter(d, "stack:shop !slow");
	driver_wait_match(d, "Containers  here  2 of 14", 0);
	wait_row(d, "sick");
	wait_no_row(d, "slow");
	trial_filter(d, "state:exited");
	driver_wait_match(d, "Containers  here  [23] of 14", 0);
	driver_keys(d, "Esc");
	driver_wait_match(d, "Containers  here  14 of 14", 0);
	driver_keys(d, "z");
	driver_wait(d, "FAULTS", 0);
	driver_wait_match(d, "Containers  here  [23] of 14", 0);
	wait_no_row(d, "well");
	driver_keys(d, "z >");
	driver_wait_until(d, in_order, (void *)(const char *[]){"broken", "busy", "done", "well", NULL}, "sorting by name", 0);
	driver_keys(d, "I");
	driver_wait_until(d, in_order, (void *)(const char *[]){"well", "done", "busy", "broken", NULL}, "the inverted order", 0);
	trial_quit(t);
}

/* --- the daemon goes and comes: the last test, since containers end with it --- */

static void test_daemon(void)
{
	g_autofree char *host = trial_host_local("here");
	struct trial *t = trial_console("hosts:\n%s    logs: [{journal: true}]\nstart_panel: containers\n", host);
	struct lab *lab = trial_lab(0);

	driver_wait_match(t->driver, "Containers  here  14 of 14", 0);
	lab_dockerd_stop(lab);
	driver_wait_match(t->driver, "^ Containers  here  14 of 14 .* old: \\S+", 0);
	driver_wait_match(t->driver, "▲ here: ", 0);
	driver_keys(t->driver, "1");
	driver_wait_match(t->driver, "Memory pressure +\\d+/20 ", 0);
	driver_wait_match(t->driver, "hosts 1●", 0);
	driver_keys(t->driver, "2");
	lab_dockerd_start(lab);
	driver_wait_match(t->driver, "^ Containers  here  14 of 14 +\\d+s$", 0);
	driver_wait_gone(t->driver, "▲ here: ", 0);
	trial_docker("start", "plain", NULL);
	trial_wait_health(t->driver, "plain", "–");
	trial_quit(t);
}

int main(int argc, char **argv)
{
	static const struct trial_test tests[] = {
		{"/console/local/list", test_list},       {"/console/local/figures", test_figures}, {"/console/local/score", test_score},
		{"/console/local/events", test_events},   {"/console/local/details", test_details}, {"/console/local/logs", test_logs},
		{"/console/local/hostile", test_hostile_logs}, {"/console/local/views", test_views}, {"/console/local/daemon", test_daemon},
	};

	return trial_main(argc, argv, tests, G_N_ELEMENTS(tests), 0, NULL);
}
