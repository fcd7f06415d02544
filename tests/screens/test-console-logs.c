/* The Logs panel of the real program: what stands in a file comes to the screen, is searched, filtered, paused, saved and copied, and
 * nothing in it reaches the terminal raw. */
#include "tests/screens/console_fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define DAY "2024-05-06T07:08:"

/* Five lines, the third and fourth in the wrong order. */
static const char five[] =
	DAY "09.100Z info api: started on port 8080\n"
	DAY "10.200Z warn api: slow query 812 ms\n"
	"{\"msg\":\"payment refused\",\"level\":\"error\",\"order\":17,\"tags\":[\"a\",\"b\"],\"time\":\"" DAY "12.400Z\"}\n"
	DAY "11.300Z error api: cannot reach db\n"
	DAY "13.500Z debug api: cache hit\n";

static void wait_cursor(struct driver *d, const char *text)
{
	g_autofree char *quoted = g_regex_escape_string(text, -1);
	g_autofree char *pattern = g_strdup_printf("^>.*%s", quoted);

	driver_wait_match(d, pattern, 0);
}

static gboolean is_no_prompt(struct driver *d, void *label)
{
	g_autofree char *row = driver_row(d, driver_rows(d) - 1);

	return !g_str_has_prefix(row, label);
}

/* Opens a prompt by its key; it stands at the very left of the last row. */
static void ask(struct driver *d, const char *key, const char *label)
{
	g_autofree char *pattern = g_strconcat("^", label, NULL);

	driver_keys(d, key);
	driver_wait_match(d, pattern, 0);
}

static void wait_no_prompt(struct driver *d, const char *label)
{
	driver_wait_until(d, is_no_prompt, (void *)label, "the prompt to go", 0);
}

static void answer(struct driver *d, const char *key, const char *label, const char *text)
{
	ask(d, key, label);
	driver_type(d, text);
	driver_keys(d, "Enter");
	wait_no_prompt(d, label);
}

static void test_lines(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);
	struct driver_cell info, error;

	driver_wait_row(d, 4, "  07:08:09.100 info  " DAY "09.100Z info api: started on port 8080", 0);
	driver_wait_row(d, 5, "  07:08:10.200 warn  " DAY "10.200Z warn api: slow query 812 ms", 0);
	driver_wait_row(d, 6, "  07:08:11.300 error " DAY "11.300Z error api: cannot reach db", 0);
	driver_wait_row(d, 7, "  07:08:12.400 error {\"msg\":\"payment refused\",\"level\":\"error\",\"order\":17,\"tags\"…", 0);
	driver_wait_row(d, 8, "> 07:08:13.500 debug " DAY "13.500Z debug api: cache hit", 0);
	driver_wait_match(d, "^ Logs  app\\.log   FOLLOW .*5 lines  0 dropped$", 0);
	info = driver_cell(d, 4, 15);
	error = driver_cell(d, 6, 15);
	g_assert_cmpint(info.fg, !=, error.fg);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_search(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	fixture_press(d, "n", "next: nothing is searched for");
	ask(d, "/", "search:");
	driver_type(d, "slow");
	wait_cursor(d, "slow query");
	driver_wait(d, "search: slow  1 found", 0);
	driver_keys(d, "Esc"); /* as if nothing had been typed */
	wait_no_prompt(d, "search:");
	driver_wait_gone(d, "search:", 0);
	wait_cursor(d, "cache hit");
	driver_wait(d, "FOLLOW", 0);
	answer(d, "/", "search:", "api:");
	driver_wait(d, "search: api:  4 found", 0);
	wait_cursor(d, "cache hit");
	driver_keys(d, "N");
	wait_cursor(d, "cannot reach");
	driver_keys(d, "N N");
	wait_cursor(d, "started on");
	fixture_press(d, "N", "no match before this line");
	driver_keys(d, "n");
	wait_cursor(d, "slow query");
	driver_wait(d, "5 lines", 0); /* nothing is hidden */
	driver_keys(d, "Esc");
	driver_wait_gone(d, "search: api:", 0);
	answer(d, "/", "search:", "nowhere");
	driver_wait(d, "\"nowhere\" is in none of the lines shown", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_filters(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	answer(d, "&", "filter in:", "api");
	driver_wait_match(d, "FILTER 1 .*4 of 5 lines", 0);
	driver_wait(d, "in: api", 0);
	g_assert_false(driver_has(d, "payment"));
	answer(d, "!", "filter out:", "slow|cache");
	driver_wait_match(d, "FILTER 2 .*2 of 5 lines", 0);
	driver_wait(d, "out: slow|cache", 0);
	driver_wait_gone(d, "slow query", 0);
	answer(d, "&", "filter in:", "(broken");
	driver_wait(d, "missing closing parenthesis", 0);
	driver_wait(d, "FILTER 2", 0);
	ask(d, "&", "filter in: \\(broken"); /* to be mended, not typed again */
	driver_keys(d, "^U");
	driver_type(d, "payment");
	driver_keys(d, "Enter");
	driver_wait_match(d, "FILTER 3 .*3 of 5 lines", 0); /* one of the patterns is enough */
	driver_keys(d, "U");
	driver_wait_gone(d, "FILTER", 0);
	answer(d, "&", "filter in:", "zzz");
	driver_wait(d, "no line passes the filters: U takes them away", 0);
	driver_keys(d, "U");
	driver_wait_gone(d, "FILTER", 0);
	driver_wait(d, "5 lines", 0);
	driver_wait(d, "payment", 0);
	fixture_press(d, "U", "no filters: no filter is set and all sources are shown");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_levels(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	fixture_press(d, "v", "LEVEL info+");
	driver_wait(d, "4 of 5 lines", 0);
	driver_wait_gone(d, "cache hit", 0);
	fixture_press(d, "v", "LEVEL warn+");
	driver_wait(d, "3 of 5 lines", 0);
	fixture_press(d, "v", "LEVEL error+");
	driver_wait(d, "2 of 5 lines", 0);
	driver_keys(d, "v");
	driver_wait_gone(d, "LEVEL", 0);
	driver_wait(d, "cache hit", 0);
	driver_keys(d, "E");
	wait_cursor(d, "payment");
	driver_keys(d, "E");
	wait_cursor(d, "cannot reach");
	fixture_press(d, "E", "no error before this line");
	driver_keys(d, "W");
	wait_cursor(d, "slow query");
	driver_keys(d, "e");
	wait_cursor(d, "cannot reach");
	driver_keys(d, "w");
	wait_cursor(d, "payment");
	fixture_press(d, "e", "no error after this line");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_pause(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	fixture_press(d, "=", "PAUSED +0");
	fixture_append(f, DAY "14Z info one\n" DAY "15Z info two\n");
	driver_wait(d, "PAUSED +2", 0);
	fixture_append(f, DAY "16Z info three\n");
	driver_wait(d, "PAUSED +3", 0);
	g_assert_false(driver_has(d, "info two"));
	wait_cursor(d, "cache hit");
	driver_keys(d, "=");
	driver_wait_gone(d, "PAUSED", 0);
	wait_cursor(d, "info three");
	driver_wait(d, "8 lines", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* Forty lines, which are more than the screen has rows. */
static char *many_lines(const char *word, int from, int to)
{
	GString *text = g_string_new(NULL);

	for (int i = from; i < to; i++)
		g_string_append_printf(text, "2024-05-06T07:%02d:00Z info %s %03d.\n", i, word, i);
	return g_string_free(text, FALSE);
}

static void test_follow(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *lines = many_lines("line", 0, 40);
	struct driver *d = fixture_run_logs(f, lines, "line 039.", 80);

	driver_keys(d, "F");
	driver_wait_gone(d, " FOLLOW ", 0);
	fixture_append(f, "2024-05-06T07:50:00Z info newcomer\n");
	driver_wait(d, "41 lines", 0);
	wait_cursor(d, "line 039.");
	driver_keys(d, "g");
	wait_cursor(d, "line 000.");
	driver_keys(d, "PgDn");
	wait_cursor(d, "line 016.");
	driver_keys(d, "G");
	wait_cursor(d, "newcomer");
	driver_wait(d, " FOLLOW ", 0);
	fixture_append(f, "2024-05-06T07:51:00Z info the next\n");
	wait_cursor(d, "the next");
	driver_keys(d, "k");
	wait_cursor(d, "newcomer");
	driver_wait_gone(d, " FOLLOW ", 0);
	driver_keys(d, "F");
	wait_cursor(d, "the next");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_context(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *lines = many_lines("line", 0, 40);
	struct driver *d = fixture_run_logs(f, lines, "line 039.", 120);

	fixture_press(d, "C", "context: context stands around what passes a filter, and none is set");
	answer(d, "&", "filter in:", "020");
	driver_wait(d, "1 of 40 lines", 0);
	fixture_press(d, "C", "CONTEXT 3");
	driver_wait(d, "7 of 40 lines", 0);
	driver_wait(d, "line 017.", 0);
	driver_wait(d, "line 023.", 0);
	g_assert_false(driver_has(d, "line 024."));
	fixture_press(d, "C", "CONTEXT 10");
	driver_wait(d, "21 of 40 lines", 0);
	driver_keys(d, "C");
	driver_wait_gone(d, "CONTEXT", 0);
	driver_wait(d, "1 of 40 lines", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_bookmarks(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	fixture_press(d, "'", "next bookmark: no bookmark is set");
	driver_keys(d, "g m");
	driver_wait_match(d, "^>✓.*started on", 0);
	driver_keys(d, "j j m");
	driver_wait_match(d, "^>✓.*cannot reach", 0);
	driver_keys(d, "G '");
	wait_cursor(d, "started on");
	driver_keys(d, "'");
	wait_cursor(d, "cannot reach");
	answer(d, "&", "filter in:", "cache");
	fixture_press(d, "'", "none of the 2 bookmarks is among the lines shown");
	driver_keys(d, "U");
	driver_wait_match(d, "✓.*cannot reach", 0);
	driver_keys(d, "'");
	driver_wait_match(d, "^>✓", 0);
	driver_keys(d, "m '");
	driver_wait_match(d, "^>✓", 0);
	fixture_press(d, "m '", "no bookmark is set");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_times(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	answer(d, "@", "time:", "2024-05-06 07:08:10");
	wait_cursor(d, "slow query");
	answer(d, "@", "time:", "noon");
	driver_wait(d, "\"noon\" is no time: write 01:38", 0);
	wait_cursor(d, "slow query");
	answer(d, "@", "time:", "2020-01-01 00:00");
	driver_wait(d, "no shown line is so old: this is the oldest that is kept", 0);
	wait_cursor(d, "started on");
	answer(d, "@", "time:", "-5m");
	driver_wait(d, "no shown line is so late: this is the last one", 0);
	wait_cursor(d, "cache hit");
	driver_keys(d, "t");
	driver_wait_match(d, "^> 2024-05-06 07:08:13\\.500Z debug", 0);
	driver_keys(d, "t");
	driver_wait_match(d, "^> \\d+[hdwy]\\S* +debug 2024", 0);
	driver_keys(d, "t");
	driver_wait_match(d, "^> debug 2024", 0);
	driver_keys(d, "t");
	driver_wait_match(d, "^> 07:08:13\\.500 debug", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* Words that say where in a line they stand. */
static char *long_line(guint words)
{
	GString *line = g_string_new(DAY "20Z info");

	for (guint i = 0; i < words; i++)
		g_string_append_printf(line, " w%04u", i);
	g_string_append_c(line, '\n');
	return g_string_free(line, FALSE);
}

static void test_long_lines(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *line = long_line(40), *endless = long_line(3000);
	struct driver *d;

	fixture_append(f, five);
	fixture_append(f, line);
	d = fixture_run_logs(f, "", "w0004", 80);
	driver_wait_match(d, "^> .*w0004 w\\d*…$", 0);
	driver_keys(d, "Right Right");
	driver_wait_match(d, "^> 07:08:20\\.000 info  … ?\\S* .*w0009 ", 0);
	driver_keys(d, "Left Left Left");
	driver_wait_match(d, "^> .*20Z info w0000 .*w0004 w\\d*…$", 0);
	fixture_press(d, "^W", "WRAP");
	driver_wait(d, "w0039", 0);
	driver_wait(d, "cache hit", 0);
	fixture_press(d, "Right", "right: the lines are wrapped");
	driver_keys(d, "^W");
	driver_wait_gone(d, "w0039", 0);
	fixture_append(f, endless);
	driver_wait(d, "7 lines", 0);
	driver_keys(d, "d");
	driver_wait(d, "w0003", 0);
	driver_keys(d, "f");
	driver_wait(d, "w0140", 0);
	driver_keys(d, "G");
	driver_wait(d, "The line was longer than is kept: its end was cut off.", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_details(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);

	driver_keys(d, "k");
	wait_cursor(d, "payment");
	fixture_press(d, "d", "── line ──");
	driver_wait_match(d, "^  2024-05-06 07:08:12\\.400Z   here file", 0);
	fixture_press(d, "f", "\"order\": 17,");
	driver_wait_match(d, "^ +\"msg\": \"payment refused\",$", 0);
	driver_wait_match(d, "^ +\"tags\": \\[$", 0);
	driver_wait_gone(d, "cannot reach", 0);
	driver_keys(d, "Esc");
	driver_wait(d, "cannot reach", 0);
	driver_wait(d, "── line ──", 0);
	driver_keys(d, "j");
	wait_cursor(d, "cache hit");
	driver_wait_match(d, "^  2024-05-06 07:08:13\\.500Z   here file", 0);
	driver_keys(d, "q");
	driver_wait_gone(d, "── line ──", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_histogram(void)
{
	struct fixture *f = fixture_new();
	g_autoptr(GDateTime) now = g_date_time_new_now_utc(), before = g_date_time_add_minutes(now, -3);
	g_autofree char *stamp = g_date_time_format(before, "%Y-%m-%dT%H:%M:00Z"), *minute = g_date_time_format(before, "%H:%MZ");
	g_autofree char *errors = g_strdup_printf("most 2 at %s", minute), *all = g_strdup_printf("most 3 at %s", minute);
	g_autofree char *lines = g_strdup_printf("%s error a\n%s error b\n%s info c.\n", stamp, stamp, stamp);
	struct driver *d = fixture_run_logs(f, lines, "info c.", 80);

	driver_wait_match(d, "^ errors/min .*█.* 30m  ", 0);
	driver_wait(d, errors, 0);
	fixture_press(d, "i", all);
	driver_wait_match(d, "^ lines/min .*█.* 30m  ", 0);
	driver_keys(d, "i");
	driver_wait_gone(d, "lines/min", 0);
	driver_wait_gone(d, "most", 0);
	fixture_press(d, "i", errors);
	driver_quit(d, "q");
	fixture_free(f);
}

/* The only file that was saved. */
static char *saved_file(const struct fixture *f)
{
	g_autoptr(GDir) directory = g_dir_open(f->saved, 0, NULL);
	const char *name = directory != NULL ? g_dir_read_name(directory) : NULL;

	g_assert_nonnull(name);
	char *path = g_build_filename(f->saved, name, NULL);
	g_assert_null(g_dir_read_name(directory));
	return path;
}

static void assert_mode(const char *path, guint mode)
{
	GStatBuf status;

	g_assert_cmpint(g_stat(path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, mode);
}

static void test_save(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 200);
	g_autofree char *path = NULL, *content = NULL, *expected = NULL;

	answer(d, "&", "filter in:", "slow|reach");
	driver_wait(d, "2 of 5 lines", 0);
	fixture_press(d, "S", "saved to ");
	path = saved_file(f);
	driver_wait(d, path, 0);
	g_assert_true(g_str_has_suffix(path, "-2-lines.log"));
	assert_mode(path, 0600);
	assert_mode(f->saved, 0700);
	g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
	expected = g_strdup_printf("2024-05-06 07:08:10.200Z here/%s warn " DAY "10.200Z warn api: slow query 812 ms\n"
	                           "2024-05-06 07:08:11.300Z here/%s error " DAY "11.300Z error api: cannot reach db\n", f->log, f->log);
	g_assert_cmpstr(content, ==, expected);
	driver_quit(d, "q");
	fixture_free(f);
}

static gboolean has_clipboard(struct driver *d, void *text)
{
	return g_strcmp0(driver_clipboard(d), text) == 0;
}

static void test_copy(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 200);
	g_autofree char *path = g_build_filename(f->saved, "clipboard.txt", NULL), *content = NULL;
	g_autofree char *line = g_strdup_printf("2024-05-06 07:08:10.200Z here/%s warn " DAY "10.200Z warn api: slow query 812 ms", f->log);

	driver_keys(d, "g j c");
	driver_wait_until(d, has_clipboard, line, "the line in the clipboard", 0);
	driver_wait(d, "copied; also in ", 0);
	driver_wait(d, path, 0);
	g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
	g_assert_cmpstr(content, ==, line);
	assert_mode(path, 0600);
	driver_quit(d, "q");
	fixture_free(f);
}

/* A path whose parent is a file stops root as well. */
static void test_save_refused(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *state = g_strdup_printf("XDG_STATE_HOME=%s/state", f->log);
	struct driver *d;

	fixture_append(f, five);
	fixture_configure(f, "start_panel: logs\n");
	d = fixture_run(f, NULL, (const char *[]){state, NULL}, 24, 200);
	driver_wait(d, "cache hit", 0);
	fixture_press(d, "S", "not saved: ");
	driver_wait(d, "Not a directory", 0);
	fixture_press(d, "c", "copied; not kept in a file: ");
	driver_quit(d, "q");
	fixture_free(f);
}

static gboolean may_mount(void)
{
	const char *argv[] = {"unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt", NULL};
	int status = 1;

	return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
	                    NULL, NULL, &status, NULL) && status == 0;
}

/* The state directory is a full file system, in a mount namespace that ends with the program. */
static void test_save_disk_full(void)
{
	struct fixture *f;
	struct driver *d;
	g_autofree char *state = NULL, *home = NULL, *config = NULL, *directory = NULL;

	if (!may_mount()) {
		g_test_skip("needs the right to mount");
		return;
	}
	f = fixture_new();
	fixture_append(f, five);
	fixture_configure(f, "start_panel: logs\n");
	directory = fixture_path(f, "full");
	g_assert_cmpint(g_mkdir(directory, 0700), ==, 0);
	home = g_strconcat("HOME=", f->root, NULL);
	config = g_strdup_printf("XDG_CONFIG_HOME=%s/config", f->root);
	state = g_strconcat("XDG_STATE_HOME=", directory, NULL);
	d = driver_new(&(struct driver_settings){
		.argv = (const char *[]){"unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=4k none \"$XDG_STATE_HOME\" && "
		        "{ cat /dev/zero > \"$XDG_STATE_HOME/ballast\"; exec \"$0\"; } 2>/dev/null", fixture_program(), NULL},
		.environment = (const char *[]){home, config, state, NULL},
		.columns = 80, /* too narrow for the path: the reason is there all the same */
	});
	driver_wait(d, "cache hit", 0);
	fixture_press(d, "S", "not saved: ");
	driver_wait(d, "No space left on device", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_sources(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 120);
	g_autofree char *other = fixture_path(f, "other.log"), *source = g_strconcat("here file:", other, NULL);
	g_autofree char *missing = g_strdup_printf("file:%s/none.log", f->root);

	fixture_append_to(f, "other.log", DAY "10.500Z info other: between\n" DAY "14Z info other: last\n");
	fixture_press(d, "o", "here journal");
	driver_wait_match(d, "here file:\\S+/app\\.log +followed", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "here journal", 0);
	answer(d, "O", "follow:", "nonsense");
	driver_wait(d, "not a source: write [HOST] container:NAME, unit:NAME, file:/PATH or journal", 0);
	answer(d, "O", "follow:", source);
	driver_wait(d, "other: last", 0);
	driver_wait_match(d, "^ Logs  other\\.log .*2 of 7 lines", 0); /* what was asked for, alone */
	driver_keys(d, "U");
	driver_wait_match(d, "^ Logs  app\\.log, other\\.log .*7 lines", 0);
	driver_wait_match(d, "app\\.log .*slow query.*\n.*other\\.log .*other: between *\n.*app\\.log .*cannot reach", 0);
	driver_wait_match(d, "app\\.log .*cache hit.*\n.*other\\.log .*other: last", 0);
	answer(d, "O", "follow:", missing);
	driver_wait(d, "none.log: there is no file ", 0);
	fixture_append_to(f, "none.log", DAY "15Z info it came\n");
	driver_wait(d, "it came", 0);
	driver_wait_gone(d, "there is no file", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* As docs/examples/minimal.yml calls its first one. */
static void test_host_with_blank(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;
	g_autofree char *source = g_strdup_printf("here too  file:%s/other.log", f->root);

	fixture_append(f, five);
	fixture_append_to(f, "other.log", DAY "14Z info other: last\n");
	fixture_configure(f, "  - name: here too\n    local: true\n    docker: {disabled: true}\nstart_panel: logs\n");
	d = fixture_run(f, NULL, NULL, 24, 120);
	driver_wait(d, "cache hit", 0);
	answer(d, "O", "follow HOST SOURCE:", source);
	driver_wait(d, "other: last", 0);
	answer(d, "O", "follow HOST SOURCE:", "here to file:/x");
	driver_wait(d, "not a source: write ", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_rotation(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);
	g_autofree char *rotated = g_strconcat(f->log, ".1", NULL);

	g_assert_cmpint(g_rename(f->log, rotated), ==, 0);
	fixture_append_to(f, "app.log.1", DAY "14Z info the old file's last\n");
	fixture_append(f, DAY "15Z info the new file's first\n");
	driver_wait(d, "new file's first", 0);
	driver_wait(d, "old file's last", 0);
	driver_wait(d, "7 lines", 0);
	fixture_append(f, DAY "16Z info and goes on\n");
	driver_wait(d, "and goes on", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void assert_not_in_raw(struct driver *d, const char *bytes, gsize n)
{
	gsize length;
	const char *raw = driver_raw(d, &length);

	if (memmem(raw, length, bytes, n) != NULL)
		g_error("the terminal got %s", g_strescape(bytes, NULL));
}

static void test_hostile(void)
{
	static const char lines[] =
		DAY "01Z info set \033]2;evil\007 title\n"
		DAY "02Z info put \033]52;c;ZXZpbA==\007 clip\n"
		DAY "03Z info \033[2J\033[7mback\033[0m\033[?1049l after\n"
		DAY "04Z info bidi \xe2\x80\xae" "abc\n"
		DAY "05Z info c1 \xc2\x9b" "2J and \x9b" "2J\n"
		DAY "06Z info bell \007 shift \016 end\n"
		DAY "07Z info \033]2;without end\n"
		DAY "08Z info wide 日本 e\xcc\x81 end of all\n";
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, lines, "end of all", 80);

	driver_wait(d, "bidi <U+202E>abc", 0);
	driver_wait(d, "info back after", 0);
	driver_wait(d, "wide 日本 e\xcc\x81 end of all", 0);
	driver_wait(d, "]2;without end", 0); /* what has no end hides nothing */
	driver_wait(d, "8 lines", 0);
	fixture_press(d, "k d f c", "copied"); /* in the details, and copied, as well */
	driver_wait_match(d, "^  2024.*]2;without end$", 0);
	g_assert_cmpstr(driver_title(d), ==, "");
	g_assert_null(strstr(driver_clipboard(d), "\033"));
	g_assert_true(driver_alternate(d));
	assert_not_in_raw(d, "\033]2;", 4);
	assert_not_in_raw(d, "ZXZpbA==", 8);
	assert_not_in_raw(d, "\033[2J\033[7m", 8);
	assert_not_in_raw(d, "\xe2\x80\xae", 3);
	assert_not_in_raw(d, "\xc2\x9b", 2);
	assert_not_in_raw(d, "\x9b" "2J", 3);
	assert_not_in_raw(d, "bell \007", 6);
	assert_not_in_raw(d, "shift \016", 7);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* A flood does not make the console deaf. */
static void test_flood(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, five, "cache hit", 80);
	g_autoptr(GString) flood = g_string_new(NULL);

	for (guint i = 0; i < 50000; i++)
		g_string_append_printf(flood, DAY "%02u.%03uZ info request %05u done in 12 ms\n", 20 + i / 2000, i % 2000 / 2, i);
	g_string_append(flood, DAY "59Z info the last of them\n");
	fixture_append(f, flood->str);
	fixture_press(d, "1", "Memory pressure");
	driver_keys(d, "6");
	driver_wait(d, "the last of them", 0);
	driver_wait_match(d, "50[.,]\\S+ lines +0 dropped|50,006 lines", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/logs/lines", test_lines);
	g_test_add_func("/console/logs/search", test_search);
	g_test_add_func("/console/logs/filters", test_filters);
	g_test_add_func("/console/logs/levels", test_levels);
	g_test_add_func("/console/logs/pause", test_pause);
	g_test_add_func("/console/logs/follow", test_follow);
	g_test_add_func("/console/logs/context", test_context);
	g_test_add_func("/console/logs/bookmarks", test_bookmarks);
	g_test_add_func("/console/logs/times", test_times);
	g_test_add_func("/console/logs/long-lines", test_long_lines);
	g_test_add_func("/console/logs/details", test_details);
	g_test_add_func("/console/logs/histogram", test_histogram);
	g_test_add_func("/console/logs/save", test_save);
	g_test_add_func("/console/logs/copy", test_copy);
	g_test_add_func("/console/logs/save-refused", test_save_refused);
	g_test_add_func("/console/logs/save-disk-full", test_save_disk_full);
	g_test_add_func("/console/logs/sources", test_sources);
	g_test_add_func("/console/logs/host-with-blank", test_host_with_blank);
	g_test_add_func("/console/logs/rotation", test_rotation);
	g_test_add_func("/console/logs/hostile", test_hostile);
	g_test_add_func("/console/logs/flood", test_flood);
	return g_test_run();
}
