/* The frame of the real program: panels, help, menu, palette, sizes, signals, the end. */
#include "panels/actions.h"
#include "tests/screens/console_fixture.h"
#include "tests/screens/golden.h"

#include <signal.h>
#include <string.h>

static struct driver *run_first(const struct fixture *f)
{
	struct driver *d = fixture_run(f, NULL, NULL, 24, 80);

	driver_wait(d, "assessed", 0);
	return d;
}

static void test_first_screen(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run(f, NULL, NULL, 24, 120);

	driver_wait_match(d, "hosts 1●  \\d\\d:\\d\\d:\\d\\dZ$", 0);
	driver_wait_match(d, "^ 1 Score  2 Containers  3 Cron( ▲\\d+)?  4 Models  6 Logs  7 Checklist$", 0);
	driver_wait_match(d, "^ here   up \\S+   Linux .*this machine", 0);
	driver_wait_match(d, "^   \\d+ of \\d+ assessed", 0);
	driver_wait_match(d, "Memory pressure +\\d+/20 ", 0);
	driver_wait_match(d, "Disk health +\\d+/15 ", 0);
	driver_wait_match(d, "LLM readiness +\\d+/10 ", 0);
	driver_wait_match(d, "○ Service health +n/a +no Docker here: /\\S+", 0);
	driver_wait_match(d, "○ Maintenance +n/a +the cleanup log is not read", 0);
	driver_wait_match(d, "CPU efficiency +\\d+/20 ", 0); /* with the second probe */
	g_assert_false(driver_has(d, "READ-ONLY"));
	driver_wait_match(d, "q back  \\? help$", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_panels(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "2", "[All]");
	driver_wait_match(d, "here: no Docker here: ", 0);
	fixture_press(d, "3", "[All] Managed ");
	fixture_press(d, "4", "[All] Loaded ");
	fixture_press(d, "6", "waiting for the first line");
	fixture_press(d, "1", "assessed");
	fixture_press(d, "Tab", "[All] Unhealthy");
	fixture_press(d, "Tab", "[All] Managed ");
	fixture_press(d, "Tab", "[All] Loaded ");
	fixture_press(d, "Tab", "waiting for the first line");
	fixture_press(d, "Tab", "First 10 minutes");
	fixture_press(d, "Tab", "assessed");
	fixture_press(d, "S-Tab", "First 10 minutes");
	fixture_press(d, "S-Tab", "waiting for the first line");
	fixture_press(d, "S-Tab", "[All] Loaded ");
	driver_quit(d, "q"); /* a panel that was gone to by its number is a root */
	fixture_free(f);
}

/* Where there are no jobs and no models, that is said; nothing is offered that needs one. */
static void test_cron_and_models(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "3", "[All] Managed ");
	driver_wait_match(d, "^ Cron  here  \\d+ of \\d+ ", 0);
	driver_wait(d, "Failed/Missed ", 0);
	fixture_press(d, "4", "[All] Loaded 0");
	driver_wait_match(d, "^ Models  here  0 of 0 ", 0);
	driver_wait_match(d, "waiting for the models of here|^ +here: |the models of here are not known", 0);
	fixture_press(d, "L", "load: no model is selected");
	fixture_press(d, "u", "unload: no model is selected");
	fixture_press(d, "d", "details: no model is selected");
	g_assert_false(driver_has(d, "[Model]"));
	driver_quit(d, "q");
	fixture_free(f);
}

/* Enter on a dimension opens what explains it, and Esc and q come back before q quits. */
static void test_back(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	driver_keys(d, "j");
	driver_wait_match(d, "^ > .*Memory pressure", 0);
	fixture_press(d, "Enter", "/proc/meminfo");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "/proc/meminfo", 0);
	fixture_press(d, "Enter", "/proc/meminfo");
	driver_keys(d, "q");
	driver_wait_gone(d, "/proc/meminfo", 0);
	driver_wait(d, "assessed", 0);
	fixture_press(d, "?", "Keys of the Score panel");
	driver_keys(d, "q");
	driver_wait_gone(d, "Keys of the Score panel", 0);
	driver_wait(d, "assessed", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_quit_by_control_c(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "?", "Keys of the Score panel");
	driver_quit(d, "^C");
	fixture_free(f);
}

/* The whole help stands on a screen that is high enough. */
static void assert_help_lists(struct driver *d, guint scopes, const char *panel)
{
	g_autofree char *title = g_strdup_printf("Keys of the %s panel", panel);
	g_autofree char *golden = g_ascii_strdown(title, -1);

	fixture_press(d, "?", title);
	driver_wait(d, "In the configuration, keys are set by the command's name", 0);
	for (guint i = 0; i < ACT_COUNT; i++) {
		g_autofree char *id = g_strdup_printf("(%s)", actions[i].id);
		if ((actions[i].scopes & (scopes | SCOPE_EVERYWHERE)) != 0 && !driver_has(d, id))
			g_error("the help of %s does not list %s", panel, id);
	}
	g_strdelimit(golden, " ", '-');
	golden_check(d, golden, (const char *[]){"^ \\S all is well.*$|^ \\S here: .*$|^ \\S waiting.*$|hosts.*$", NULL});
	driver_keys(d, "Esc");
	driver_wait_gone(d, title, 0);
}

static void test_help(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run(f, NULL, NULL, 100, 120);

	driver_wait_match(d, "hosts 1●", 0);
	assert_help_lists(d, SCOPE_SCORE | SCOPE_LIST, "Score");
	fixture_press(d, "2", "[All]");
	assert_help_lists(d, SCOPE_CONTAINERS | SCOPE_LIST | SCOPE_TABLE, "Containers");
	fixture_press(d, "3", "[All] Managed ");
	assert_help_lists(d, SCOPE_CRON | SCOPE_LIST | SCOPE_TABLE | SCOPE_DETAILS, "Cron");
	fixture_press(d, "4", "[All] Loaded ");
	assert_help_lists(d, SCOPE_MODELS | SCOPE_LIST | SCOPE_TABLE | SCOPE_DETAILS, "Models");
	fixture_press(d, "6", "waiting for the first line");
	assert_help_lists(d, SCOPE_LOGS | SCOPE_LIST | SCOPE_DETAILS, "Logs");
	fixture_press(d, "7", "First 10 minutes");
	assert_help_lists(d, SCOPE_CHECKLIST | SCOPE_LIST | SCOPE_TABLE | SCOPE_DETAILS, "Checklist");
	fixture_press(d, "P", "[All] Firing");
	assert_help_lists(d, SCOPE_RULES | SCOPE_LIST | SCOPE_TABLE | SCOPE_DETAILS, "Rules");
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_help_scrolls(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "6", "waiting for the first line");
	fixture_press(d, "F1", "Keys of the Logs panel");
	driver_wait_row(d, 23, " j down  k up  PgDn page down  PgUp page up  q back", 0);
	driver_keys(d, "j");
	driver_wait_gone(d, "Keys of the Logs panel", 0);
	fixture_press(d, "G", "In the configuration");
	fixture_press(d, "g", "Keys of the Logs panel");
	driver_keys(d, "?");
	driver_wait_gone(d, "Keys of the Logs panel", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_menu(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "x", "type to narrow");
	driver_wait(d, "What can be done here", 0);
	fixture_type(d, "live log", "1 of 1 ");
	driver_wait(d, "Shows the live log tail.", 0);
	g_assert_false(driver_has(d, "Leaves midwatch."));
	driver_keys(d, "Enter");
	driver_wait(d, "waiting for the first line", 0);
	driver_wait_gone(d, "What can be done here", 0);
	fixture_press(d, "x", "type to narrow");
	fixture_type(d, "next match", "nothing is searched for"); /* what cannot be done says why, and is not done */
	driver_keys(d, "Enter");
	fixture_type(d, "zzz", "nothing has that text");
	fixture_press(d, "Esc", "type to narrow");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "What can be done here", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* A menu as high as the screen lies over the footer whole. */
static void test_menu_frame(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "6", "waiting for the first line");
	fixture_press(d, "x", "type to narrow");
	driver_wait_match(d, "^└ 1 of \\d+   Enter choose   Esc cancel ─+┘$", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "type to narrow", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_palette(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	driver_keys(d, ":");
	driver_wait_match(d, "^  help  +Shows the keys that work here\\.|^  panel\\.score +Shows the score card\\.", 0);
	fixture_type(d, "panel.l", "Shows the live log tail.");
	driver_keys(d, "Tab");
	driver_wait_match(d, "^:panel\\.logs$", 0);
	driver_keys(d, "Enter");
	driver_wait(d, "waiting for the first line", 0);
	driver_keys(d, ":");
	driver_wait_match(d, "^:$", 0);
	driver_type(d, "no.such");
	driver_keys(d, "Enter");
	driver_wait(d, "there is no command \"no.such\": Tab completes, ? lists them", 0);
	driver_keys(d, ":");
	driver_wait_match(d, "^:$", 0);
	driver_type(d, "table.mark");
	driver_keys(d, "Enter");
	driver_wait(d, "table.mark does not work in this panel", 0);
	driver_keys(d, ": Up"); /* what was typed before comes back */
	driver_wait_match(d, "^:table\\.mark$", 0);
	driver_keys(d, "Up");
	driver_wait_match(d, "^:no\\.such$", 0);
	driver_keys(d, "Down Down");
	driver_wait_match(d, "^:$", 0);
	driver_keys(d, "Esc");
	driver_wait(d, "? help", 0);
	driver_keys(d, ":");
	driver_wait_match(d, "^:$", 0);
	driver_keys(d, "Esc");
	driver_wait(d, "? help", 0);
	driver_keys(d, ":");
	driver_wait_match(d, "^:$", 0);
	driver_type(d, "quit");
	driver_quit(d, "Enter");
	fixture_free(f);
}

/* A command of the palette may open a prompt itself, one of the menu the menu. */
static void test_prompt_from_palette(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info one\n", "info one", 80);

	fixture_press(d, ":", ":");
	fixture_type(d, "logs.sea", "logs.search  Searches");
	driver_keys(d, "Tab Enter");
	driver_wait_match(d, "^search:", 0);
	driver_type(d, "one");
	driver_keys(d, "Enter");
	driver_wait(d, "1 found", 0);
	fixture_press(d, "x", "What can be done here");
	fixture_type(d, "lists what", "1 of 1");
	driver_keys(d, "Enter");
	driver_wait_gone(d, "1 of 1 ", 0);
	driver_wait(d, "What can be done here", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "What can be done here", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_readonly(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run(f, (const char *[]){"--readonly", NULL}, NULL, 24, 80);
	int column;

	driver_wait_match(d, " READ-ONLY +hosts 1●  ", 0);
	g_assert_cmpint(driver_find(d, "READ-ONLY", &column), ==, 0);
	g_assert_true(driver_cell(d, 0, column).reverse || driver_cell(d, 0, column).bg >= 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_refresh(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	fixture_press(d, "^R", "asking the host again");
	driver_keys(d, "^L");
	driver_wait_gone(d, "asking the host again", 0);
	driver_wait(d, "assessed", 0);
	fixture_press(d, "A", "nothing is asked");
	driver_quit(d, "q");
	fixture_free(f);
}

static const int sizes[][2] = {
	{20, 5}, {24, 80}, {23, 79}, {25, 81}, {45, 140}, {3, 300}, {100, 300}, {1, 1}, {60, 200}, {24, 20}, {24, 80},
};

/* Goes through all sizes, each as soon as the one before has been drawn; `expect` stands wherever there is room. */
static void sweep_sizes(struct driver *d, const char *expect)
{
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int rows = sizes[i][0], columns = sizes[i][1];
		g_autofree char *small = g_strdup_printf("midwatch needs 80x24 cells; this terminal has %dx%d", columns, rows);
		driver_resize(d, rows, columns);
		if (rows > 1 && (rows < 24 || columns < 80) && columns >= 40)
			driver_wait_match(d, "^make it larger, or (Esc closes what is open, then )?\\^C quits$", 0);
		if (rows >= 24 && columns >= 80) {
			driver_wait(d, expect, 0);
			driver_wait_gone(d, "midwatch needs", 0);
		} else if (columns >= (int)strlen(small)) {
			driver_wait_row(d, 0, small, 0);
		} else if (columns >= 20) {
			driver_wait_match(d, "^midwatch needs", 0);
		}
	}
}

/* What is said to press is what works: in a prompt a q is a letter. */
static void test_too_small(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	driver_keys(d, ":");
	driver_wait_match(d, "^:", 0);
	driver_resize(d, 20, 70);
	driver_wait_row(d, 1, "make it larger, or Esc closes what is open, then ^C quits", 0);
	driver_keys(d, "q");
	driver_resize(d, 24, 80);
	driver_wait_match(d, "^:q", 0);
	driver_resize(d, 20, 70);
	driver_wait_row(d, 1, "make it larger, or Esc closes what is open, then ^C quits", 0);
	driver_keys(d, "Esc");
	driver_wait_row(d, 1, "make it larger, or ^C quits", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* The clock stays at the right end of the first row, the keys in the last one. */
static void assert_edges(struct driver *d)
{
	static const int edges[][2] = {{24, 80}, {25, 81}, {45, 140}, {60, 200}, {100, 300}, {24, 80}};

	for (guint i = 0; i < G_N_ELEMENTS(edges); i++) {
		int rows = edges[i][0], columns = edges[i][1];
		g_autofree char *frame = g_strdup_printf("\\A.{%d}\\d\\d:\\d\\d:\\d\\dZ\\n 1 Score  2 Containers  3 Cron( ▲\\d+)?  4 Models  6 Logs  7 Checklist\\n─{%d}\\n(.*\\n){%d}─{%d}\\n .*\\? help\\n\\Z",
		                                         columns - 10, columns, rows - 5, columns);
		driver_resize(d, rows, columns);
		driver_wait_match(d, frame, 0);
	}
}

static void test_sizes_of_panels(void)
{
	static const struct { const char *key, *expect; } panels[] = {
		{"1", "Memory pressure"}, {"2", "[All] Unhealthy"}, {"3", "[All] Managed"}, {"4", "[All] Loaded"}, {"6", "a line of the log"},
	};
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:09Z error a line of the log\n2024-05-06T07:08:10Z info 日本\n");
	d = run_first(f);
	for (guint i = 0; i < G_N_ELEMENTS(panels); i++) {
		fixture_press(d, panels[i].key, panels[i].expect);
		sweep_sizes(d, panels[i].expect);
		assert_edges(d);
	}
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_sizes_of_overlays(void)
{
	static const struct { const char *keys, *expect, *leave; } overlays[] = {
		{"?", "Keys of the Logs panel", "Esc"}, {"x", "type to narrow", "Esc"}, {"o", "here journal", "Esc"},
		{":", "panel.score", "Esc"}, {"/", "search:", "Esc"}, {"O", "follow:", "Esc"}, {"d", "── line ──", "Esc"},
		{"d f", "── line ──", "q q"}, {"^W", "WRAP", "^W"},
	};
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z error a line {\"a\":[1,2,3]}\n", "a line", 80);

	for (guint i = 0; i < G_N_ELEMENTS(overlays); i++) {
		fixture_press(d, overlays[i].keys, overlays[i].expect);
		sweep_sizes(d, overlays[i].expect);
		driver_keys(d, overlays[i].leave);
		driver_wait_gone(d, overlays[i].expect, 0);
		driver_wait(d, "? help", 0);
	}
	driver_quit(d, "q");
	fixture_free(f);
}

/* Smaller and back at once, so that the program may see no other size: what the terminal threw away is drawn again. */
static void test_shrink_and_back(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	for (guint i = 0; i < 30; i++) {
		driver_resize(d, 3, 7);
		driver_resize(d, 24, 80);
		driver_wait(d, "LLM readiness", 0);
		driver_wait_match(d, "^ Enter open  .*\\? help$", 0);
	}
	driver_quit(d, "q");
	fixture_free(f);
}

/* Resizes that nobody waits for, while keys and lines come. */
static void test_resize_storm(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info begin\n", "begin", 80);

	for (guint i = 0; i < 200; i++) {
		driver_resize(d, 1 + (int)(i * 37 % 110), 1 + (int)(i * 61 % 310));
		driver_keys(d, (const char *[]){"Tab", "j", "^W", "i", "t", "6", "k"}[i % 7]);
		if (i % 20 == 0)
			fixture_append(f, "2024-05-06T07:08:10Z info one more\n");
		driver_pump(d, 0);
	}
	driver_resize(d, 24, 80);
	driver_keys(d, "6");
	driver_wait_match(d, "^ Logs  app\\.log .*11 lines", 0);
	assert_edges(d);
	driver_quit(d, "q");
	fixture_free(f);
}

/* Keys that are typed ahead in a storm are all taken, in their order. */
static void test_typed_ahead(void)
{
	struct fixture *f = fixture_new();
	g_autoptr(GString) keys = g_string_new(NULL), lines = g_string_new(NULL);
	struct driver *d;

	for (guint i = 0; i < 600; i++)
		g_string_append_printf(lines, "2024-05-06T07:%02u:%02uZ info line %03u.\n", i / 60, i % 60, i);
	d = fixture_run_logs(f, lines->str, "line 599.", 80);
	g_string_append_c(keys, 'g');
	for (guint i = 0; i < 500; i++)
		g_string_append_c(keys, 'j');
	driver_type(d, keys->str);
	driver_wait_match(d, "^>.*line 500\\.", 0);
	for (guint i = 0; i < 1000; i++)
		driver_type(d, (const char *[]){"\t", "j", "?", "q", "d", "f", "d", "\027", "i", "t", "v", "=", "g", "G"}[i % 14]);
	driver_keys(d, "^L");
	driver_keys(d, "6");
	driver_wait_match(d, "^ Logs  app\\.log", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* The end of a paste that got lost: ^C alone gives the keys back. */
static void test_paste_without_end(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	driver_type(d, "\033[200~6");
	g_usleep(300 * 1000);
	driver_type(d, "\003");
	g_usleep(300 * 1000);
	driver_type(d, "2");
	driver_wait(d, "[All]", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_paste(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	driver_type(d, "\033[200~q6\003x\r\033[201~q\003\r\033[201~"); /* with an end that is forged */
	fixture_insist(d, "2", "[All]", TRUE); /* it lives, and has not gone to 6 */
	fixture_press(d, "6", "waiting for the first line");
	fixture_append(f, "2024-05-06T07:08:09Z info pasted text\n");
	driver_wait(d, "pasted text", 0);
	driver_keys(d, "&");
	driver_wait_match(d, "^filter in:", 0);
	driver_type(d, "\033[200~pasted\rtext\033[201~");
	driver_wait_match(d, "^filter in: pasted text$", 0); /* one line, and not accepted */
	fixture_insist(d, "Enter", "filter in:", FALSE);
	driver_wait(d, "in: pasted text", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* What a terminal answers to a question that nobody asked runs no command. */
static void test_stray_replies(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	driver_type(d, "\033[?62;22cq");
	int status = driver_wait_exit(d, 0);
	g_assert_cmpint(status, ==, 0);
	driver_free(d);
	d = run_first(f);
	driver_type(d, "\033]11;rgb:1q1q/qqqq/6666\033\\\033P>|q6\033\\\033[24;80R");
	fixture_press(d, "2", "[All]");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_mouse(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info one\n2024-05-06T07:08:10Z info two\n", "info two", 80);

	driver_mouse(d, 1, 4, 30);
	driver_wait_match(d, "^>.*info one", 0);
	driver_mouse(d, 5, 4, 30);
	driver_wait_match(d, "^>.*info two", 0);
	driver_quit(d, "q");
	d = fixture_run(f, (const char *[]){"--no-mouse", NULL}, NULL, 24, 80);
	driver_wait(d, "info two", 0);
	gsize length;
	const char *raw = driver_raw(d, &length);
	g_assert_null(memmem(raw, length, "\033[?1000h", 8));
	driver_quit(d, "q");
	fixture_free(f);
}

static void end_by(int number, int expected)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info followed\n", "info followed", 80);

	fixture_wait_processes(f, 2, G_MAXUINT); /* there is a follower to be left behind */
	kill(driver_pid(d), number);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, expected);
	if (number != SIGKILL)
		driver_assert_restored(d);
	fixture_wait_processes(f, 0, 0);
	driver_free(d);
	fixture_free(f);
}

/* The terminal is given back as well when the signal comes right after the first frame. */
static void test_early_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	struct fixture *f = fixture_new();

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
		struct driver *d = fixture_run(f, NULL, NULL, 24, 80);
		driver_wait(d, "CPU efficiency", 0);
		kill(driver_pid(d), numbers[i]);
		g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
		driver_assert_restored(d);
		driver_free(d);
	}
	fixture_free(f);
}

static void test_sigterm(void)
{
	end_by(SIGTERM, 0);
}

static void test_sighup(void)
{
	end_by(SIGHUP, 0);
}

static void test_crash(void)
{
	end_by(SIGSEGV, 128 + SIGSEGV);
}

static void test_kill(void)
{
	end_by(SIGKILL, 128 + SIGKILL);
}

static void test_hang_up(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info followed\n", "info followed", 80);

	fixture_wait_processes(f, 2, G_MAXUINT);
	driver_hang_up(d);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
	fixture_wait_processes(f, 0, 0);
	driver_free(d);
	fixture_free(f);
}

static gboolean is_stopped(struct driver *d, void *user)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", driver_pid(d)), *stat = NULL;
	const char *behind_name;

	return g_file_get_contents(path, &stat, NULL, NULL) && (behind_name = strrchr(stat, ')')) != NULL && behind_name[2] == 'T';
}

/* A stop gives the terminal back, going on takes it again. Nobody can stop a session's leader by ^Z alone: it has no shell. */
static void test_stop(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = run_first(f);

	kill(driver_pid(d), SIGSTOP);
	driver_wait_until(d, is_stopped, NULL, "the program to be stopped", 0);
	kill(driver_pid(d), SIGCONT);
	fixture_press(d, "2", "[All]");
	g_assert_true(driver_alternate(d));
	driver_quit(d, "q");
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/first-screen", test_first_screen);
	g_test_add_func("/console/panels", test_panels);
	g_test_add_func("/console/back", test_back);
	g_test_add_func("/console/quit-by-control-c", test_quit_by_control_c);
	g_test_add_func("/console/cron-and-models", test_cron_and_models);
	g_test_add_func("/console/help", test_help);
	g_test_add_func("/console/help-scrolls", test_help_scrolls);
	g_test_add_func("/console/menu", test_menu);
	g_test_add_func("/console/menu-frame", test_menu_frame);
	g_test_add_func("/console/palette", test_palette);
	g_test_add_func("/console/prompt-from-palette", test_prompt_from_palette);
	g_test_add_func("/console/readonly", test_readonly);
	g_test_add_func("/console/refresh", test_refresh);
	g_test_add_func("/console/sizes-of-panels", test_sizes_of_panels);
	g_test_add_func("/console/sizes-of-overlays", test_sizes_of_overlays);
	g_test_add_func("/console/too-small", test_too_small);
	g_test_add_func("/console/shrink-and-back", test_shrink_and_back);
	g_test_add_func("/console/resize-storm", test_resize_storm);
	g_test_add_func("/console/typed-ahead", test_typed_ahead);
	g_test_add_func("/console/paste", test_paste);
	g_test_add_func("/console/paste-without-end", test_paste_without_end);
	g_test_add_func("/console/stray-replies", test_stray_replies);
	g_test_add_func("/console/mouse", test_mouse);
	g_test_add_func("/console/early-signals", test_early_signals);
	g_test_add_func("/console/sigterm", test_sigterm);
	g_test_add_func("/console/sighup", test_sighup);
	g_test_add_func("/console/crash", test_crash);
	g_test_add_func("/console/kill", test_kill);
	g_test_add_func("/console/hang-up", test_hang_up);
	g_test_add_func("/console/stop", test_stop);
	return g_test_run();
}
