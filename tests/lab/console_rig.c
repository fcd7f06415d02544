#include "tests/lab/console_rig.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (60 * (gint64)G_USEC_PER_SEC)

static struct lab *the_lab; /* one for all tests of a program: a dockerd takes seconds to start */

/* --- the lab --- */

/* Name, labels and options, command. A look at a container's health starts processes: none too often. */
static const char *const containers[TRIAL_CONTAINERS] = {
	"--name well --label com.docker.compose.project=shop --health-cmd true --health-interval 5s busybox:1",
	"--name sick --label com.docker.compose.project=shop --health-cmd 'echo no answer from 5432; exit 7' --health-interval 5s "
	"--health-retries 1 busybox:1",
	"--name slow --label com.docker.compose.project=shop --health-cmd false --health-start-period 24h --health-interval 60s busybox:1",
	"--name switch --health-cmd 'test ! -e /tmp/bad' --health-interval 5s --health-retries 1 busybox:1",
	"--name loop --label com.docker.compose.project=jobs --restart always busybox:1 sh -c 'echo FATAL no device; sleep 1; exit 3'",
	"--name done --label com.docker.compose.project=jobs busybox:1 true",
	"--name broken --label com.docker.compose.project=jobs busybox:1 sh -c 'exit 4'",
	"--name limited --memory 64m busybox:1",
	"--name eater --memory 48m busybox:1 sh -c 'dd if=/dev/zero of=/dev/shm/f bs=1M count=20 2>/dev/null; sleep 1000000'",
	"--name busy --cpus 0.1 busybox:1 sh -c 'while :; do :; done'",
	"--name plain busybox:1",
	"--name tty -t busybox:1 sh -c 'i=0; while :; do i=$((i+1)); printf \"\\033[32mstep\\033[0m $i\\n\"; sleep 1; done'",
	"--name hostile --label com.docker.compose.project=\"$(printf 'e\\033]0;owned\\007')\" busybox:1 sh -c "
	"'while :; do printf \"title \\033]0;owned\\007 bell \\007 alt \\033[?1049h report \\033[6n c1 \\302\\233 bidi \\342\\200\\256x bad \\377 end\\n\"; sleep 1; done'",
	"--name other busybox:1",
};

static void start_containers(void)
{
	g_autofree char *socket = lab_path(the_lab, "docker.sock");
	g_autoptr(GString) script = g_string_new("");
	const char *argv[] = {"sh", "-c", NULL, NULL};
	g_autoptr(GError) error = NULL;
	int status;

	for (guint i = 0; i < TRIAL_CONTAINERS; i++)
		g_string_append_printf(script, "docker -H unix://%s run -d %s >/dev/null || exit 1\n", socket, containers[i]);
	argv[2] = script->str;
	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error) ||
	    !g_spawn_check_wait_status(status, &error))
		g_error("the containers do not start: %s", error->message);
}

struct lab *trial_lab(guint needs)
{
	if (!lab_have(needs | LAB_DOCKER))
		return NULL;
	if (g_getenv("MIDWATCH") == NULL)
		g_error("MIDWATCH does not say where the program is");
	if (the_lab == NULL) {
		the_lab = lab_new();
		lab_dockerd(the_lab);
		start_containers();
	}
	return the_lab;
}

void trial_end(void)
{
	lab_free(the_lab);
	the_lab = NULL;
}

static guint main_needs;
static void (*main_set_up)(void);

static void run_test(gconstpointer test)
{
	if (trial_lab(main_needs) == NULL)
		return;
	if (main_set_up != NULL)
		main_set_up();
	main_set_up = NULL;
	((const struct trial_test *)test)->run();
}

int trial_main(int argc, char **argv, const struct trial_test *tests, guint count, guint needs, void (*set_up)(void))
{
	int result;

	g_test_init(&argc, &argv, NULL);
	main_needs = needs;
	main_set_up = set_up;
	for (guint i = 0; i < count; i++)
		g_test_add_data_func(tests[i].name, &tests[i], run_test);
	result = g_test_run();
	trial_end();
	return result;
}

static char *run_docker(const char *first, va_list more)
{
	g_autofree char *address = g_strdup_printf("unix://%s/docker.sock", lab_dir(the_lab));
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	char *output = NULL;
	int status;

	g_ptr_array_add(argv, (char *)"docker");
	g_ptr_array_add(argv, (char *)"-H");
	g_ptr_array_add(argv, address);
	for (const char *word = first; word != NULL; word = va_arg(more, const char *))
		g_ptr_array_add(argv, (char *)word);
	g_ptr_array_add(argv, NULL);
	if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, &error) ||
	    !g_spawn_check_wait_status(status, &error))
		g_error("docker %s: %s", first, error->message);
	return g_strchomp(output);
}

void trial_docker(const char *first, ...)
{
	va_list more;

	va_start(more, first);
	g_free(run_docker(first, more));
	va_end(more);
}

char *trial_docker_text(const char *first, ...)
{
	va_list more;

	va_start(more, first);
	char *output = run_docker(first, more);
	va_end(more);
	return output;
}

char *trial_inspect(const char *name, const char *format)
{
	return trial_docker_text("inspect", "--format", format, name, NULL);
}

/* --- a console --- */

static struct trial *make_home(const char *text)
{
	struct trial *t = g_new0(struct trial, 1);
	static guint number;

	t->home = g_build_filename(g_get_tmp_dir(), "mw-XXXXXX", NULL);
	if (g_mkdtemp(t->home) == NULL)
		g_error("cannot make a directory in %s: %s", g_get_tmp_dir(), g_strerror(errno));
	g_autofree char *run = trial_path(t, "run");
	g_assert_cmpint(g_mkdir(run, 0700), ==, 0);
	t->config = trial_path(t, "config.yml");
	t->mark = g_strdup_printf("MIDWATCH_TEST_CONSOLE=%d-%u", getpid(), ++number);
	if (!g_file_set_contents(t->config, text, -1, NULL))
		g_error("cannot write %s", t->config);
	return t;
}

struct trial *trial_home(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	g_autofree char *text = g_strdup_vprintf(format, values);
	va_end(values);
	return make_home(text);
}

/* What the program's environment has to differ in from the test's; NULL at its end. */
static char **environment(const struct trial *t)
{
	GPtrArray *e = g_ptr_array_new();

	g_ptr_array_add(e, g_strdup_printf("HOME=%s", t->home));
	g_ptr_array_add(e, g_strdup_printf("XDG_CONFIG_HOME=%s/config", t->home));
	g_ptr_array_add(e, g_strdup_printf("XDG_STATE_HOME=%s/state", t->home));
	g_ptr_array_add(e, g_strdup_printf("XDG_RUNTIME_DIR=%s/run", t->home));
	g_ptr_array_add(e, g_strdup(t->mark));
	for (const char *const *name = (const char *const[]){"DOCKER_HOST", "DOCKER_CONTEXT", "SSH_AUTH_SOCK", NULL}; *name; name++)
		g_ptr_array_add(e, g_strdup(*name));
	g_ptr_array_add(e, NULL);
	return (char **)g_ptr_array_free(e, FALSE);
}

struct trial *trial_console(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	g_autofree char *text = g_strdup_vprintf(format, values);
	va_end(values);
	struct trial *t = make_home(text);
	const char *argv[] = {g_getenv("MIDWATCH"), "--config", t->config, NULL};
	g_auto(GStrv) e = environment(t);
	const struct driver_settings s = {.argv = argv, .environment = (const char *const *)e, .rows = 45, .columns = 160};
	t->driver = driver_new(&s);
	return t;
}

char *trial_run(struct trial *t, int *code, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_auto(GStrv) e = environment(t), all = g_get_environ();
	g_autoptr(GError) error = NULL;
	char *output = NULL;
	const char *word;
	va_list words;
	int status;

	g_ptr_array_add(argv, (char *)g_getenv("MIDWATCH"));
	g_ptr_array_add(argv, (char *)"--config");
	g_ptr_array_add(argv, t->config);
	va_start(words, code);
	while ((word = va_arg(words, const char *)) != NULL)
		g_ptr_array_add(argv, (char *)word);
	va_end(words);
	g_ptr_array_add(argv, NULL);
	for (guint i = 0; e[i] != NULL; i++) {
		g_auto(GStrv) pair = g_strsplit(e[i], "=", 2);
		all = pair[1] != NULL ? g_environ_setenv(all, pair[0], pair[1], TRUE) : g_environ_unsetenv(all, pair[0]);
	}
	if (!g_spawn_sync(NULL, (char **)argv->pdata, all, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error))
		g_error("%s", error->message);
	if (!WIFEXITED(status))
		g_error("midwatch ended by signal %d", WTERMSIG(status));
	*code = WEXITSTATUS(status);
	return output;
}

char *trial_path(const struct trial *t, const char *name)
{
	return g_build_filename(t->home, name, NULL);
}

void trial_free(struct trial *t)
{
	const char *argv[] = {"rm", "-rf", t->home, NULL};

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(t->home);
	g_free(t->config);
	g_free(t->mark);
	g_free(t);
}

/* Is a process with this variable there that has not ended? One line for each. */
static char *processes_of(const char *mark)
{
	g_autoptr(GString) found = g_string_new("");
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(proc)) != NULL) {
		g_autofree char *path = g_build_filename("/proc", name, "environ", NULL), *line = g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *text = NULL, *command = NULL;
		gsize length = 0;
		if (!g_ascii_isdigit(*name) || !g_file_get_contents(path, &text, &length, NULL))
			continue;
		for (const char *at = text; at < text + length; at += strlen(at) + 1)
			if (g_str_equal(at, mark)) {
				if (g_file_get_contents(line, &command, &length, NULL))
					g_string_append_printf(found, "%s: %s\n", name, command);
				break;
			}
	}
	return g_string_free(g_steal_pointer(&found), FALSE);
}

void trial_wait_nothing_of(const char *mark)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	for (;;) {
		g_autofree char *left = processes_of(mark);
		if (*left == '\0')
			return;
		if (g_get_monotonic_time() > deadline)
			g_error("still there of %s:\n%s", mark, left);
		g_usleep(20000);
	}
}

static void assert_no_tunnel(const struct trial *t)
{
	g_autofree char *path = trial_path(t, "run");
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	g_assert_cmpstr(g_dir_read_name(dir), ==, NULL);
}

void trial_quit(struct trial *t)
{
	driver_quit(t->driver, "^C");
	trial_wait_nothing_of(t->mark);
	assert_no_tunnel(t);
	trial_free(t);
}

struct saved {
	char *dir;
	GPatternSpec *glob;
	char *text;
};

static gboolean is_saved(struct driver *d, void *user)
{
	struct saved *s = user;
	g_autoptr(GDir) dir = g_dir_open(s->dir, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(s->dir, name, NULL);
		GStatBuf info;
		if (!g_pattern_spec_match_string(s->glob, name) || !g_file_get_contents(path, &s->text, NULL, NULL))
			continue;
		g_assert_cmpint(g_stat(path, &info), ==, 0);
		g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
		return TRUE;
	}
	return FALSE;
}

char *trial_saved(struct trial *t, const char *glob)
{
	struct saved s = {.dir = trial_path(t, "state/midwatch/saved"), .glob = g_pattern_spec_new(glob)};

	driver_wait_until(t->driver, is_saved, &s, "the saved file", 0);
	g_pattern_spec_free(s.glob);
	g_free(s.dir);
	return s.text;
}

char *trial_host_local(const char *name)
{
	return g_strdup_printf("  - name: %s\n    local: true\n    refresh: 1\n    docker: {socket: %s/docker.sock, stats_interval: 1}\n", name,
	                       lab_dir(the_lab));
}

char *trial_host_ssh(const char *name, const char *alias, const char *transport)
{
	return g_strdup_printf("  - name: %s\n    ssh: %s\n    ssh_config: %s\n    transport: %s\n    refresh: 1\n    connect_timeout: 5\n"
	                       "    docker: {socket: %s/docker.sock, stats_interval: 1}\n",
	                       name, alias, lab_ssh_config(the_lab), transport, lab_dir(the_lab));
}

/* --- what it shows --- */

gboolean trial_row(struct driver *d, const char *name, struct trial_row *out)
{
	g_autofree char *escaped = g_regex_escape_string(name, -1), *text = driver_text(d);
	g_autofree char *pattern = g_strdup_printf("^[> ]. %s .*?((?:un)?healthy|starting|exited \\d+|created|paused|restarting|dead|OOM killed|–)"
	                                           "  *(\\S+) +(\\S+) +▲?(\\S+) / +(\\S+) +(\\S+) ", escaped);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	char *const fields[] = {out->health, out->age, out->cpu, out->memory, out->limit, out->restarts};
	int start;

	if (!g_regex_match(regex, text, 0, &match))
		return FALSE;
	for (int i = 0; i < (int)G_N_ELEMENTS(fields); i++) {
		g_autofree char *field = g_match_info_fetch(match, i + 1);
		g_strlcpy(fields[i], field, i == 0 ? sizeof out->health : sizeof out->age);
	}
	g_match_info_fetch_pos(match, 0, &start, NULL);
	out->y = 0;
	for (int i = 0; i < start; i++)
		out->y += text[i] == '\n';
	return TRUE;
}

struct wanted {
	const char *name, *health;
};

static gboolean has_health(struct driver *d, void *user)
{
	const struct wanted *w = user;
	struct trial_row row;

	return trial_row(d, w->name, &row) && g_str_equal(row.health, w->health);
}

void trial_wait_health(struct driver *d, const char *name, const char *health)
{
	struct wanted w = {.name = name, .health = health};
	g_autofree char *what = g_strdup_printf("container %s to be %s", name, health);

	driver_wait_until(d, has_health, &w, what, 0);
}

double trial_bytes(const char *text)
{
	char *unit;
	double n = g_ascii_strtod(text, &unit);
	const char *units = "KMGT", *at = *unit ? strchr(units, *unit) : NULL;

	if (unit == text)
		return NAN;
	return at != NULL ? n * pow(1024, (double)(at - units + 1)) : n;
}

/* In the footer stand keys again, no prompt. */
static gboolean has_footer(struct driver *d, void *wanted)
{
	g_autofree char *row = driver_row(d, driver_rows(d) - 1);

	return g_str_has_suffix(row, "? help") == GPOINTER_TO_INT(wanted);
}

void trial_filter(struct driver *d, const char *text)
{
	g_autofree char *shown = g_strdup_printf(" of \\d+  (?:\\d+ marked[^/]*  )?%s%s", *text ? "/" : "", *text ? text : " ");

	driver_keys(d, "/");
	driver_wait_until(d, has_footer, GINT_TO_POINTER(FALSE), "the prompt of the filter", 0);
	driver_keys(d, "^U");
	driver_type(d, text);
	driver_keys(d, "Enter");
	driver_wait_until(d, has_footer, GINT_TO_POINTER(TRUE), "the end of the prompt", 0);
	driver_wait_match(d, shown, 0);
}

void trial_assert_harmless(struct driver *d)
{
	static const char *const sequences[] = {"\033]", "\033P", "\033[6n", "\302\233", "\342\200\256", "\033_", "\033^"};
	gsize length;
	const char *raw = driver_raw(d, &length);

	g_assert_cmpstr(driver_title(d), ==, "");
	g_assert_true(driver_alternate(d));
	for (guint i = 0; i < G_N_ELEMENTS(sequences); i++)
		if (memmem(raw, length, sequences[i], strlen(sequences[i])) != NULL)
			g_error("a control sequence has reached the terminal: number %u", i);
	g_assert_null(memchr(raw, '\a', length));
}

guint trial_count(const char *text, const char *pattern)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	guint count = 0;

	for (gboolean found = g_regex_match(regex, text, 0, &match); found; found = g_match_info_next(match, NULL))
		count++;
	return count;
}
