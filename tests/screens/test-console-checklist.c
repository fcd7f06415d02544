/* A checklist is walked by keys in the real program: by commands that print what the test wrote, so that each step passes or fails as it wants. */
#include "tests/screens/console_fixture.h"
#include "tests/screens/golden.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "tests/unit/message_services.h"

static const char *const masks[] = {
	MASK_CLOCK, "\\d\\d:\\d\\d(?= left)", "(?<=7 Checklist . )\\d\\d:\\d\\d", " *\\d+\\.\\ds$", "~(?<=by )\\S.*?(?=  |$)", NULL,
};

static void write_file(const struct fixture *f, const char *name, const char *text)
{
	g_autofree char *path = fixture_path(f, name);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

/* Two gates that read the files "one" and "two", a question between them, and the report. */
static struct fixture *walk_fixture(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *directory = fixture_path(f, "config/midwatch/checklists"), *text = NULL;

	g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
	text = g_strdup("name: walk\n"
	                       "title: Walk\n"
	                       "window: 30m\n"
	                       "escalate: the captain\n"
	                       "steps:\n"
	                       "  - id: one\n    title: First grep\n    subsystem: cloud\n    gate: true\n"
	                       "    checks:\n      - command: {command: 'cat ~/one', expect: none, pattern: FATAL}\n"
	                       "  - id: ask\n    title: Look\n    subsystem: frontend\n"
	                       "    checks:\n      - manual: {question: 'Does it render?'}\n"
	                       "  - id: two\n    title: Second grep\n    subsystem: gateways\n    gate: true\n"
	                       "    checks:\n      - command: {command: 'cat ~/two', expect: none, pattern: FATAL}\n"
	                       "  - id: report\n    title: Report\n    subsystem: report\n    checks:\n      - report: {}\n");
	write_file(f, "config/midwatch/checklists/walk.yml", text);
	write_file(f, "one", "all is well\n");
	write_file(f, "two", "all is well\n");
	return f;
}

static struct driver *start(const struct fixture *f, int rows, int columns)
{
	struct driver *d = fixture_run(f, NULL, NULL, rows, columns);

	driver_wait(d, " assessed", 0);
	fixture_press(d, "7", "First 10 minutes");
	driver_wait_match(d, "Walk +can be started", 0);
	return d;
}

static struct driver *begin(const struct fixture *f, int rows, int columns)
{
	struct driver *d = start(f, rows, columns);

	fixture_press(d, "G", "Enter");
	fixture_press(d, "Enter", "next: 1 First grep: n looks");
	return d;
}

static void quit(struct fixture *f, struct driver *d)
{
	fixture_press(d, "^C", "Leave while a checklist is walked?");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_choice(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d = start(f, 24, 80);

	golden_check(d, "checklist-choice", masks);
	driver_resize(d, 40, 132);
	golden_check(d, "checklist-choice-132", masks);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_green(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d = begin(f, 24, 80);

	golden_check(d, "checklist-begun", masks);
	driver_keys(d, "n");
	driver_wait_match(d, "● +1 +First grep", 0);
	fixture_press(d, "n", "2 Look: Does it render?");
	golden_check(d, "checklist-asked", masks);
	fixture_press(d, "p", "passes; a note, or Enter for none:");
	driver_type(d, "in Firefox");
	driver_keys(d, "Enter");
	driver_wait_match(d, "● +2 +Look", 0);
	driver_keys(d, "n");
	driver_wait_match(d, "● +3 +Second grep", 0);
	driver_wait(d, "all steps were looked at", 0);
	driver_resize(d, 40, 132);
	driver_wait(d, "3 passed", 0);
	golden_check(d, "checklist-watching-132", masks);
	fixture_press(d, "W", "the report is ");
	quit(f, d);
}

/* A failed gate stops; going on takes a reason, which stands in the audit log. */
static void test_gate(void)
{
	struct fixture *f = walk_fixture();
	g_autofree char *listed = NULL;
	struct driver *d;

	write_file(f, "one", "fine\nFATAL: cannot open /dev/video0\n");
	d = begin(f, 24, 80);
	fixture_press(d, "n", "do not proceed: escalate to the captain.");
	driver_wait(d, "1 failed: STOP", 0);
	driver_wait(d, "FATAL: cannot open /dev/video0", 0);
	golden_check(d, "checklist-stopped", masks);
	fixture_press(d, "n", "a gate did not pass: do not proceed");
	fixture_press(d, "e", "Escalate to the captain");
	driver_wait(d, "1 First grep:", 0);
	fixture_cancel(d);
	fixture_press(d, "o", "why override 1 First grep");
	fixture_press(d, "Enter", "it stays stopped: going on needs a reason");
	fixture_press(d, "o", "why override 1 First grep");
	driver_type(d, "known since Monday");
	fixture_press(d, "Enter", "the gate is overridden");
	driver_wait(d, "overridden by", 0);
	driver_wait_gone(d, "do not proceed", 0);
	fixture_press(d, "^C", "Leave while a checklist is walked?");
	driver_quit(d, "q");
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){ "audit", "--json", NULL }, NULL, &listed), ==, 0);
	g_assert_nonnull(strstr(listed, "known since Monday"));
	fixture_free(f);
}

/* It passes when what was wrong is mended and looked at again. */
static void test_mended(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d;

	write_file(f, "one", "FATAL\n");
	d = begin(f, 24, 80);
	fixture_press(d, "n", "1 failed: STOP");
	write_file(f, "one", "fine\n");
	driver_keys(d, "l");
	driver_wait_gone(d, "STOP", 0);
	driver_wait(d, "next: 2 Look", 0);
	quit(f, d);
}

static void test_resume(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d = begin(f, 24, 80);

	driver_keys(d, "n");
	driver_wait_match(d, "● +1 +First grep", 0);
	kill(driver_pid(d), SIGKILL);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 128 + SIGKILL);
	driver_free(d);
	d = start(f, 24, 80);
	driver_wait_match(d, "Walk +interrupted", 0);
	fixture_press(d, "g", "r resume");
	fixture_press(d, "Enter", "midwatch ended in the middle of it: r resumes it where it was");
	fixture_press(d, "r", "next: 2 Look: n looks");
	g_assert_true(driver_has(d, "1 passed"));
	quit(f, d);
}

/* Two consoles, two runs; neither can take the other's. */
static void test_two(void)
{
	struct fixture *f = walk_fixture();
	struct driver *one = begin(f, 24, 80), *two = start(f, 24, 100);

	driver_wait_match(two, "Walk +walked elsewhere", 0);
	fixture_press(two, "G", "Checklists");
	fixture_press(two, ": c h e c k l i s t . r e s u m e Enter", "another midwatch walks it");
	fixture_press(two, "Enter", "another midwatch walks it: this is what it had kept");
	fixture_press(two, "n", "this run is not walked here");
	driver_quit(two, "^C");
	quit(f, one);
}

/* The shipped one asks for the version and for what the deploy touches. */
static void test_asks(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d = start(f, 24, 80);

	fixture_press(d, "/", "/");
	driver_type(d, "post");
	driver_keys(d, "Enter");
	driver_wait_gone(d, "First 10 minutes", 0);
	fixture_press(d, "Enter", "expected version");
	driver_type(d, "4f2c91a");
	fixture_press(d, "Enter", "What does it touch?");
	golden_check(d, "checklist-touches", masks);
	fixture_press(d, "Down Space Enter", "The report is mandatory.");
	driver_wait(d, "4f2c91a", 0);
	quit(f, d);
}

static void test_abandon(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d = begin(f, 24, 80);

	fixture_press(d, "X", "End the run before its end?");
	fixture_cancel(d);
	fixture_press(d, "X", "End the run before its end?");
	fixture_press(d, "y", "abandoned before its end");
	fixture_press(d, "n", "the run is over");
	fixture_press(d, "Esc", "Checklists");
	driver_wait_match(d, "Walk +abandoned", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* A stopped run ends as it stands, with its report. */
static void test_ended(void)
{
	struct fixture *f = walk_fixture();
	struct driver *d;

	write_file(f, "one", "FATAL\n");
	d = begin(f, 24, 80);
	fixture_press(d, "n", "1 failed: STOP");
	fixture_press(d, "X", "f end it with its report");
	fixture_press(d, "f", "the verdict is fail; the report is ");
	driver_quit(d, "^C");
	fixture_free(f);
}

/* A checklist without a report step has one all the same where a directory is named; in a drill it says so. */
static void test_report_asked_for(void)
{
	struct fixture *f = walk_fixture();
	g_autofree char *reports = fixture_path(f, "reports"), *path = NULL, *text = NULL;
	g_autoptr(GDir) dir = NULL;

	write_file(f, "config/midwatch/checklists/bare.yml", "name: bare\ntitle: Bare\nsteps:\n  - id: one\n    title: First grep\n    subsystem: cloud\n"
	           "    checks:\n      - command: {command: 'cat ~/one', expect: none, pattern: FATAL}\n");
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){ "check", "bare", "--drill", "--report", reports, NULL }, NULL, NULL), ==, 0);
	dir = g_dir_open(reports, 0, NULL);
	g_assert_nonnull(dir);
	path = g_build_filename(reports, g_dir_read_name(dir), NULL);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "First grep"));
	g_assert_nonnull(strstr(text, "DRILL"));
	fixture_free(f);
}

/* Escalating offers the page where somebody is configured to be paged: it is asked once more, goes out once, and is audited; not in a drill. */
static void test_page(void)
{
	struct fixture *f = walk_fixture();
	struct message_services *services = message_services_new();
	g_autofree char *hook = g_strconcat("MW_HOOK=", message_services_webhook(services), NULL), *listed = NULL, *taken = NULL;
	const char *const environment[] = { hook, NULL };
	struct driver *d;

	fixture_configure(f, "product: {env: lab}\nnotify:\n  slack:\n    - {name: oncall, webhook: {env: MW_HOOK}}\n");
	write_file(f, "one", "FATAL\n");
	for (guint drill = 1; drill < 2; drill--) {
		d = fixture_run(f, drill ? (const char *const[]){ "--drill", NULL } : NULL, environment, 30, 100);
		driver_wait(d, " assessed", 0);
		g_assert_true(driver_has(d, " DRILL ") == (drill == 1));
		fixture_press(d, "7", "First 10 minutes");
		driver_wait_match(d, "Walk +can be started", 0);
		fixture_press(d, "/", "/");
		driver_type(d, "Walk");
		driver_keys(d, "Enter");
		driver_wait_gone(d, "First 10 minutes", 0);
		fixture_press(d, "g Enter", "next: 1 First grep: n looks");
		fixture_press(d, "n", "do not proceed: escalate to the captain.");
		fixture_press(d, "e", drill ? "No page from here: this is a drill." : "Can be paged: slack oncall.");
		if (!drill) {
			fixture_press(d, "p", "It goes to slack oncall at once:");
			g_assert_cmpuint(message_services_count(services), ==, 0);
			fixture_press(d, "y", "paged: slack oncall: sent");
		} else {
			fixture_cancel(d);
			fixture_press(d, "X", "End the run before its end?");
			fixture_press(d, "y", "abandoned before its end");
		}
		if (!drill)
			fixture_press(d, "^C", "Leave while a checklist is walked?");
		driver_quit(d, drill ? "^C" : "q");
	}
	g_assert_cmpuint(message_services_count(services), ==, 1);
	taken = message_services_taken(services, 0);
	g_assert_nonnull(strstr(taken, "Walk of lab, stopped: do not proceed."));
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){ "audit", "--json", NULL }, NULL, &listed), ==, 0);
	g_assert_nonnull(strstr(listed, "checklist.page"));
	g_assert_nonnull(strstr(listed, "DRILL"));
	fixture_free(f);
	message_services_free(services);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console-checklist/choice", test_choice);
	g_test_add_func("/console-checklist/green", test_green);
	g_test_add_func("/console-checklist/gate", test_gate);
	g_test_add_func("/console-checklist/mended", test_mended);
	g_test_add_func("/console-checklist/resume", test_resume);
	g_test_add_func("/console-checklist/two", test_two);
	g_test_add_func("/console-checklist/asks", test_asks);
	g_test_add_func("/console-checklist/abandon", test_abandon);
	g_test_add_func("/console-checklist/ended", test_ended);
	g_test_add_func("/console-checklist/report-asked-for", test_report_asked_for);
	g_test_add_func("/console-checklist/page", test_page);
	return g_test_run();
}
