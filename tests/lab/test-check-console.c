/* The post-deploy walk by keys in the real program, green and with each step going wrong, over the cloud of the lab; `midwatch check` walks the same, and
 * both leave the same report but for times. */
#include "tests/lab/check_rig.h"

#include <glib/gstdio.h>
#include <string.h>

#define STEPS 7
#define SFU 6 /* whose answer may be a failure */
#define LIVE_VIEW "Down Down Down Down Down Space Enter" /* the last of what may be touched */

/* The shipped checklist without its window: a walk ends with its report. */
static void write_checklist(void)
{
	g_autofree char *from = g_test_build_filename(G_TEST_DIST, "..", "..", "checklists", "post-deploy.yml", NULL), *text = NULL;
	g_autofree char *directory = fixture_path(check_rig.f, "config/midwatch/checklists"), *to = g_build_filename(directory, "post-deploy.yml", NULL);
	g_autoptr(GRegex) window = g_regex_new("^window:.*\n", G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *without = NULL;

	g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
	without = g_regex_replace_literal(window, text, -1, 0, "", 0, NULL);
	g_assert_cmpstr(without, !=, text);
	g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
	g_assert_true(g_file_set_contents(to, without, -1, NULL));
}

/* --- reports --- */

static char *fold(const char *text)
{
	static const struct { const char *pattern, *word; } folds[] = {
		{ "\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?)?Z?", "TIME" }, { "\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?", "TIME" },
		{ "\\b\\d+(\\.\\d+)? ?s\\b", "TOOK" }, { "\\brun \\d+", "run N" },
	};
	char *all = g_strdup(text);

	for (guint i = 0; i < G_N_ELEMENTS(folds); i++) {
		g_autoptr(GRegex) regex = g_regex_new(folds[i].pattern, 0, 0, NULL);
		char *folded = g_regex_replace_literal(regex, all, -1, 0, folds[i].word, 0, NULL);
		g_free(all);
		all = folded;
	}
	return all;
}

/* The only report in a directory, which is removed. */
static char *take_report(const char *directory)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name = dir ? g_dir_read_name(dir) : NULL;
	g_autofree char *path = name ? g_build_filename(directory, name, NULL) : NULL;
	char *text = NULL;

	if (!path)
		g_error("no report in %s", directory);
	g_assert_true(g_str_has_suffix(path, "-smoke.md"));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_null(g_dir_read_name(dir));
	return text;
}

static void assert_alike(const char *by_keys, const char *by_check)
{
	g_autofree char *a = fold(by_keys), *b = fold(by_check);
	g_auto(GStrv) x = g_strsplit(a, "\n", -1);
	g_auto(GStrv) y = g_strsplit(b, "\n", -1);

	for (guint i = 0; x[i] && y[i]; i++)
		if (!g_str_equal(x[i], y[i]))
			g_error("line %u of the reports differs:\nby keys  |%s\nby check |%s", i + 1, x[i], y[i]);
	g_assert_cmpuint(g_strv_length(x), ==, g_strv_length(y));
}

/* --- by keys --- */

static struct driver *begin(void)
{
	struct driver *d = fixture_run(check_rig.f, NULL, NULL, 50, 160);

	driver_wait_match(d, "hosts 1●", 0);
	driver_wait(d, "gateways 3/3", 0);
	fixture_press(d, "7", "Post-deploy");
	driver_keys(d, "/");
	driver_type(d, "checklist:post");
	driver_keys(d, "Enter");
	driver_wait_gone(d, "First 10 minutes", 0);
	fixture_press(d, "s", "expected version");
	driver_type(d, CLOUD_VERSION);
	fixture_press(d, "Enter", "What does it touch?");
	fixture_press(d, LIVE_VIEW, "next: 1 Cloud HTTP health: n looks");
	return d;
}

/* Answers what the step under the cursor asks. */
static void answer(struct driver *d, const char *key, const char *note)
{
	fixture_press(d, key, "a note, or Enter for none:");
	driver_type(d, note);
	driver_keys(d, "Enter");
	driver_wait_gone(d, "asks you:", 0);
}

/* One key a step, and its question. FALSE: a gate has stopped the run. */
static gboolean look(struct driver *d, guint step, const struct check_fault *fault)
{
	gboolean fails = fault && fault->answer;
	g_autofree char *done = g_strdup_printf("next: %u |: STOP|the verdict is", step + 1);
	g_autofree char *looked = g_strconcat("asks you:|", done, NULL);

	driver_keys(d, "n");
	driver_wait_match(d, looked, 0);
	if (driver_has(d, "asks you:"))
		answer(d, fails && step == SFU ? "F" : "p", fails && step == SFU ? strchr(fault->answer, ':') + 1 : "");
	driver_wait_match(d, done, 0);
	return !driver_has(d, ": STOP");
}

static char *walk_by_keys(const struct check_fault *fault)
{
	g_autofree char *reports = fixture_path(check_rig.f, "state/midwatch/reports");
	struct driver *d = begin();
	guint step = 1;

	while (step <= STEPS && look(d, step, fault))
		step++;
	if (step <= STEPS) {
		g_assert_nonnull(fault);
		driver_wait(d, "do not proceed: escalate to on-call.", 0);
		fixture_press(d, "X", "End the run before its end?");
		driver_keys(d, "f");
	}
	driver_wait(d, fault && fault->code ? "the verdict is fail" : "the verdict is ", 0);
	driver_quit(d, "^C");
	return take_report(reports);
}

/* --- by command --- */

static char *walk_by_check(const struct check_fault *fault)
{
	const char *sfu = fault && fault->answer ? fault->answer : "sfu/pattern=pass";
	int code = fixture_run_plain(check_rig.f, (const char *const[]){ "check", "post-deploy", "--report", check_rig.reports, "--expect-version", CLOUD_VERSION,
		"--touches", "live view", "--answer", "frontend=pass", "--answer", sfu, NULL }, NULL, NULL);

	g_assert_cmpint(code, ==, fault ? fault->code : 0);
	return take_report(check_rig.reports);
}

static void test_walk(gconstpointer data)
{
	const struct check_fault *fault = data;
	g_autofree char *by_keys = NULL, *by_check = NULL;

	if (!check_rig_start())
		return;
	write_checklist();
	check_rig_reset();
	if (fault)
		fault->set();
	by_keys = walk_by_keys(fault);
	by_check = walk_by_check(fault);
	if (fault)
		g_assert_nonnull(strstr(by_keys, fault->code ? "FAIL" : "PASS"));
	assert_alike(by_keys, by_check);
}

int main(int argc, char **argv)
{
	int code;

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/check-console/green", NULL, test_walk);
	for (guint i = 0; i < check_fault_count; i++) { /* once for each step: test-check has the rest */
		if (i > 0 && g_str_equal(check_faults[i].step, check_faults[i - 1].step))
			continue;
		g_autofree char *path = g_strconcat("/check-console/broken/", check_faults[i].name, NULL);
		g_test_add_data_func(path, &check_faults[i], test_walk);
	}
	code = g_test_run();
	check_rig_end();
	return code;
}
