/* Measures a program on a terminal, for tests/bench/run. Prints one figure a line: NAME TAB VALUE.
 *   bench-console start ROUNDS NAME COUNT REGEX … -- PROGRAM…   ms to the first byte, and until the screen has COUNT matches of REGEX
 *   bench-console idle SECONDS WARM-UP -- PROGRAM…              bytes/s to the terminal, CPU %, RSS in MiB
 *   bench-console ingest LINES -- PROGRAM…                      ms until the Logs panel has taken in that many lines; RSS after it
 *   bench-console latency FILE RATE PRESSES KEY TEXT KEY TEXT -- PROGRAM…
 *                         ms from a key to its TEXT at the top of the screen, while RATE lines a second are appended to FILE;
 *                         RATE 0: none are */
#include "tests/screens/vterm_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 60
#define COLUMNS 140
#define TOP_ROWS 6
#define TIMEOUT_US (120 * G_USEC_PER_SEC)

static struct driver *start_program(char **program)
{
	const struct driver_settings s = {.argv = (const char *const *)program, .rows = ROWS, .columns = COLUMNS};

	return driver_new(&s);
}

static double ms_since(gint64 start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / 1000;
}

static void stop_program(struct driver *d)
{
	kill(driver_pid(d), SIGTERM);
	driver_wait_exit(d, 0);
	driver_free(d);
}

static int compare_doubles(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which that part of them lies. Sorts them. */
static double percentile(GArray *values, double part)
{
	if (values->len == 0)
		return 0;
	g_array_sort(values, compare_doubles);
	return g_array_index(values, double, (guint)(part * (values->len - 1) + 0.5));
}

static guint count_matches(struct driver *d, GRegex *regex)
{
	g_autofree char *text = driver_text(d);
	g_autoptr(GMatchInfo) match = NULL;
	guint count = 0;

	for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
		count++;
	return count;
}

static void wait_bytes(struct driver *d, guint64 bytes)
{
	gint64 deadline = g_get_monotonic_time() + TIMEOUT_US;

	while (driver_bytes(d) == bytes)
		if (!driver_pump(d, 1) || g_get_monotonic_time() > deadline)
			g_error("the program draws nothing");
}

/* FALSE when the time is up. */
static gboolean wait_matches(struct driver *d, GRegex *regex, guint count)
{
	gint64 deadline = g_get_monotonic_time() + TIMEOUT_US;

	while (count_matches(d, regex) < count) {
		if (g_get_monotonic_time() > deadline)
			return FALSE;
		wait_bytes(d, driver_bytes(d));
	}
	return TRUE;
}

struct milestone {
	const char *name;
	guint count;
	GRegex *regex;
	GArray *ms;
};

static void measure_start(guint rounds, GPtrArray *milestones, char **program)
{
	g_autoptr(GArray) first = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < rounds; i++) {
		gint64 start = g_get_monotonic_time();
		struct driver *d = start_program(program);
		wait_bytes(d, 0);
		double ms = ms_since(start);
		g_array_append_val(first, ms);
		for (guint k = 0; k < milestones->len; k++) {
			struct milestone *m = milestones->pdata[k];
			if (!wait_matches(d, m->regex, m->count))
				continue;
			ms = ms_since(start);
			g_array_append_val(m->ms, ms);
		}
		stop_program(d);
	}
	printf("first byte\t%.1f\n", percentile(first, 0.5));
	for (guint k = 0; k < milestones->len; k++) {
		struct milestone *m = milestones->pdata[k];
		if (m->ms->len == rounds)
			printf("%s\t%.0f\n", m->name, percentile(m->ms, 0.5));
		else
			printf("%s\tnever\n", m->name);
	}
}

static void run_start(char **arguments, char **program)
{
	g_autoptr(GPtrArray) milestones = g_ptr_array_new();

	for (char **a = arguments + 1; a[0] != NULL && a[1] != NULL && a[2] != NULL; a += 3) {
		struct milestone *m = g_new0(struct milestone, 1);
		m->name = a[0];
		m->count = (guint)atoi(a[1]);
		m->regex = g_regex_new(a[2], G_REGEX_MULTILINE, 0, NULL);
		m->ms = g_array_new(FALSE, FALSE, sizeof(double));
		if (m->regex == NULL)
			g_error("%s is no regular expression", a[2]);
		g_ptr_array_add(milestones, m);
	}
	measure_start((guint)atoi(arguments[0]), milestones, program);
}

/* Processor seconds of a process and of its children that have ended. */
static double processor_seconds(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree char *text = NULL;
	unsigned long user = 0, system_time = 0, children_user = 0, children_system = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL) || strrchr(text, ')') == NULL ||
	    sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &user, &system_time, &children_user,
	           &children_system) != 4)
		g_error("cannot read %s", path);
	return (double)(user + system_time + children_user + children_system) / (double)sysconf(_SC_CLK_TCK);
}

static double resident_mib(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
	g_autofree char *text = NULL;
	const char *line;

	if (!g_file_get_contents(path, &text, NULL, NULL) || (line = strstr(text, "\nVmRSS:")) == NULL)
		g_error("cannot read %s", path);
	return g_ascii_strtod(line + strlen("\nVmRSS:"), NULL) / 1024;
}

static void pump_for(struct driver *d, double seconds)
{
	gint64 end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);

	for (gint64 now; (now = g_get_monotonic_time()) < end;)
		if (!driver_pump(d, (double)(end - now) / G_USEC_PER_SEC))
			g_error("the program has ended");
}

static void run_idle(char **arguments, char **program)
{
	double seconds = g_ascii_strtod(arguments[0], NULL);
	struct driver *d = start_program(program);

	pump_for(d, g_ascii_strtod(arguments[1], NULL));
	guint64 bytes = driver_bytes(d);
	double used = processor_seconds(driver_pid(d));
	pump_for(d, seconds);
	printf("bytes/s\t%.0f\n", (double)(driver_bytes(d) - bytes) / seconds);
	printf("CPU %%\t%.2f\n", 100 * (processor_seconds(driver_pid(d)) - used) / seconds);
	printf("RSS\t%.1f\n", resident_mib(driver_pid(d)));
	stop_program(d);
}

/* The lines that the title of the Logs panel accounts for: "312 of 41,202 lines  58,798 dropped": those kept and those dropped. */
static guint64 lines_taken(struct driver *d)
{
	guint64 total = 0;

	for (int y = 0; y < TOP_ROWS; y++) {
		g_autofree char *row = driver_row(d, y);
		g_auto(GStrv) words = g_strsplit(row, " ", -1);
		const char *before = "";
		for (char **w = words; *w != NULL; w++) {
			if (g_str_equal(*w, "lines") || g_str_equal(*w, "dropped")) {
				g_auto(GStrv) groups = g_strsplit(before, ",", -1);
				g_autofree char *digits = g_strjoinv("", groups);
				total += g_ascii_strtoull(digits, NULL, 10);
			}
			before = *w;
		}
	}
	return total;
}

static void run_ingest(char **arguments, char **program)
{
	guint64 lines = g_ascii_strtoull(arguments[0], NULL, 10);
	gint64 start = g_get_monotonic_time();
	struct driver *d = start_program(program);

	while (lines_taken(d) < lines) {
		wait_bytes(d, driver_bytes(d));
		if (g_get_monotonic_time() - start > TIMEOUT_US)
			g_error("only %" G_GUINT64_FORMAT " lines were taken in", lines_taken(d));
	}
	printf("ingest ms\t%.0f\n", ms_since(start));
	printf("CPU s\t%.2f\n", processor_seconds(driver_pid(d)));
	printf("RSS\t%.1f\n", resident_mib(driver_pid(d)));
	stop_program(d);
}

/* In the child: appends so many lines a second, in portions of 10 ms, until it is killed. */
static G_GNUC_NORETURN void write_lines(const char *path, guint rate)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GString) lines = g_string_new(NULL);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (guint64 written = 0;;) {
		guint64 due = (guint64)(g_get_monotonic_time() - start) * rate / G_USEC_PER_SEC;
		g_string_truncate(lines, 0);
		for (; written < due; written++)
			g_string_append_printf(lines, "%s [pipeline] frame=%" G_GUINT64_FORMAT " camera=%u took=12ms queue=3 drop=0 path=/var/lib/gateway/frames\n",
			                       written % 500 == 0 ? "ERROR" : "INFO", written, (guint)(written % 17));
		if (write(fd, lines->str, lines->len) < 0)
			_exit(1);
		g_usleep(10000);
	}
}

static gboolean top_has(struct driver *d, const char *text)
{
	for (int y = 0; y < TOP_ROWS; y++) {
		g_autofree char *row = driver_row(d, y);
		if (strstr(row, text) != NULL)
			return TRUE;
	}
	return FALSE;
}

static double press(struct driver *d, const char *key, const char *text)
{
	gint64 start = g_get_monotonic_time();

	driver_keys(d, key);
	while (!top_has(d, text)) {
		if (!driver_pump(d, 1) || g_get_monotonic_time() - start > TIMEOUT_US)
			g_error("no %s after the key %s", text, key);
	}
	return ms_since(start);
}

static void run_latency(char **a, char **program)
{
	guint rate = (guint)atoi(a[1]), presses = (guint)atoi(a[2]);
	g_autoptr(GArray) ms = g_array_new(FALSE, FALSE, sizeof(double));
	pid_t writer = rate > 0 ? fork() : -1;

	if (writer == 0)
		write_lines(a[0], rate);
	struct driver *d = start_program(program);
	while (lines_taken(d) < rate)
		wait_bytes(d, driver_bytes(d));
	guint64 before = lines_taken(d);
	gint64 start = g_get_monotonic_time();
	for (guint i = 0; i < presses; i++) {
		/* At any moment of the program's drawing. */
		pump_for(d, g_random_double_range(0.05, 0.15));
		double one = press(d, a[3 + i % 2 * 2], a[4 + i % 2 * 2]);
		g_array_append_val(ms, one);
	}
	double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
	printf("presses\t%u\n", ms->len);
	printf("lines/s\t%.0f\n", (double)(lines_taken(d) - before) / seconds);
	printf("median\t%.1f\n", percentile(ms, 0.5));
	printf("p99\t%.1f\n", percentile(ms, 0.99));
	printf("worst\t%.1f\n", percentile(ms, 1));
	stop_program(d);
	if (writer < 0)
		return;
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
}

static const struct {
	const char *name;
	guint arguments; /* at least */
	void (*run)(char **arguments, char **program);
} measures[] = {{"start", 1, run_start}, {"idle", 2, run_idle}, {"ingest", 1, run_ingest}, {"latency", 7, run_latency}};

int main(int argc, char **argv)
{
	int dashes = 2;

	while (dashes < argc && !g_str_equal(argv[dashes], "--"))
		dashes++;
	for (guint i = 0; argc > 1 && i < G_N_ELEMENTS(measures); i++)
		if (g_str_equal(argv[1], measures[i].name) && dashes + 1 < argc && (guint)dashes >= 2 + measures[i].arguments) {
			argv[dashes] = NULL;
			measures[i].run(argv + 2, argv + dashes + 1);
			return 0;
		}
	fprintf(stderr, "usage: see %s\n", __FILE__);
	return 2;
}
