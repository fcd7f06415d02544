/* Key names, the look-up by scope, and what a configuration may do to it. */
#include "tui/keymap.h"

#include <curses.h>
#include <string.h>

#include "panels/actions.h"

enum { EVERYWHERE = 1, LIST = 2, TABLE = 4, LOGS = 8 };

static const struct command commands[] = {
	{"help", "help", "Shows help.", "? F1", EVERYWHERE, DANGER_NONE, 1},
	{"back", "back", "Goes back.", "q", EVERYWHERE, DANGER_NONE, 2},
	{"list.down", "down", "Down.", "j Down", LIST, DANGER_NONE, 0},
	{"list.up", "up", "Up.", "k Up", LIST, DANGER_NONE, 0},
	{"table.filter", "filter", "Filters.", "/", TABLE, DANGER_NONE, 3},
	{"logs.search", "search", "Searches.", "/", LOGS, DANGER_NONE, 3},
	{"logs.quit", "close", "Closes the log.", "q", LOGS, DANGER_NONE, 0},
	{"logs.word", "word", "By word.", "M-f", LOGS, DANGER_NONE, 0},
	{"logs.clear", "clear", "Clears.", "", LOGS, DANGER_CHANGES, 0},
};

static void test_parse(void)
{
	static const struct { const char *name; int code; gboolean alt; const char *shown; } cases[] = {
		{"j", 'j', FALSE, "j"}, {"G", 'G', FALSE, "G"}, {"/", '/', FALSE, "/"}, {"^", '^', FALSE, "^"}, {"-", '-', FALSE, "-"}, {"é", 0xe9, FALSE, "é"},
		{"^R", 18, FALSE, "^R"}, {"^r", 18, FALSE, "^R"}, {"C-r", 18, FALSE, "^R"}, {"^M", '\r', FALSE, "Enter"}, {"^J", '\r', FALSE, "Enter"},
		{"^H", KEYCODE(KEY_BACKSPACE), FALSE, "Backspace"}, {"^[", 27, FALSE, "Esc"}, {"S-Tab", KEYCODE(KEY_BTAB), FALSE, "S-Tab"},
		{"F1", KEYCODE(KEY_F(1)), FALSE, "F1"}, {"f12", KEYCODE(KEY_F(12)), FALSE, "F12"}, {"F", 'F', FALSE, "F"}, {"space", ' ', FALSE, "Space"},
		{"PgUp", KEYCODE(KEY_PPAGE), FALSE, "PgUp"}, {"M-x", 'x', TRUE, "M-x"}, {"M-Left", KEYCODE(KEY_LEFT), TRUE, "M-Left"}, {"M", 'M', FALSE, "M"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		gboolean alt;
		char shown[32];
		int code;
		g_assert_true(key_parse(cases[i].name, &code, &alt));
		g_assert_cmpint(code, ==, cases[i].code);
		g_assert_cmpint(alt, ==, cases[i].alt);
		key_format(code, alt, shown, sizeof shown);
		g_assert_cmpstr(shown, ==, cases[i].shown);
	}
}

static void test_parse_refuses(void)
{
	static const char *const bad[] = {"", "jj", "F0", "F13", "F99", "^ä", "^1x", "C-", "Ctrl", "M-", "\t", "\x1b", "\xff", "\u202e"};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		gboolean alt;
		int code;
		g_assert_false(key_parse(bad[i], &code, &alt));
	}
}

static const char *found(const struct keymap *m, const char *name, guint scopes)
{
	struct key_event key = {0};

	g_assert_true(key_parse(name, &key.code, &key.alt));
	int command = keymap_find(m, &key, scopes);
	return command < 0 ? NULL : keymap_command(m, (guint)command)->id;
}

static void test_find(void)
{
	struct keymap *m = keymap_new(commands, G_N_ELEMENTS(commands));
	struct key_event key = {.code = 'q'};

	g_assert_cmpstr(found(m, "?", EVERYWHERE), ==, "help");
	g_assert_cmpstr(found(m, "F1", EVERYWHERE | LOGS), ==, "help");
	g_assert_null(found(m, "j", EVERYWHERE));
	g_assert_cmpstr(found(m, "Down", EVERYWHERE | LIST), ==, "list.down");
	g_assert_cmpstr(found(m, "/", EVERYWHERE | LIST | TABLE), ==, "table.filter");
	g_assert_cmpstr(found(m, "/", EVERYWHERE | LIST | LOGS), ==, "logs.search");
	/* One table command against four of the logs: the table is the narrower place. */
	g_assert_cmpstr(found(m, "/", TABLE | LOGS), ==, "table.filter");
	g_assert_cmpstr(found(m, "q", EVERYWHERE), ==, "back");
	g_assert_cmpstr(found(m, "q", EVERYWHERE | LOGS), ==, "logs.quit");
	g_assert_cmpstr(found(m, "M-f", LOGS), ==, "logs.word");
	g_assert_null(found(m, "f", LOGS));
	key.pasted = TRUE;
	g_assert_cmpint(keymap_find(m, &key, EVERYWHERE), ==, -1);
	key = (struct key_event){.code = 'q', .mouse = TRUE};
	g_assert_cmpint(keymap_find(m, &key, EVERYWHERE), ==, -1);
	g_assert_cmpstr(keymap_keys(m, 0), ==, "?/F1");
	g_assert_cmpstr(keymap_first_key(m, 2), ==, "j");
	g_assert_cmpstr(keymap_keys(m, 8), ==, "");
	g_assert_cmpstr(keymap_first_key(m, 8), ==, "");
	keymap_free(m);
}

static void assert_refused(struct keymap *m, const char *id, const char *keys, const char *part)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(keymap_bind(m, id, keys, &error));
	g_assert_nonnull(error);
	if (!strstr(error->message, part))
		g_error("'%s' does not say '%s'", error->message, part);
}

static void test_bind(void)
{
	struct keymap *m = keymap_new(commands, G_N_ELEMENTS(commands));
	g_autoptr(GError) error = NULL;

	g_assert_true(keymap_bind(m, "list.down", "n  ^N n", NULL));
	g_assert_cmpstr(keymap_keys(m, 2), ==, "n/^N");
	g_assert_null(found(m, "j", LIST));
	g_assert_cmpstr(found(m, "^N", LIST), ==, "list.down");
	assert_refused(m, "list.dwon", "j", "did you mean 'list.down'");
	assert_refused(m, "zzzzzzzz", "j", "there is no command 'zzzzzzzz'");
	assert_refused(m, "list.down", "j Dwon", "'Dwon' is no key");
	g_assert_cmpstr(keymap_keys(m, 2), ==, "n/^N"); /* a refusal changes nothing */
	g_assert_true(keymap_bind(m, "list.down", "k", NULL));
	g_assert_false(keymap_check_command(m, "list.down", &error));
	g_assert_nonnull(strstr(error->message, "belongs to list.up"));
	g_assert_true(keymap_bind(m, "list.up", "j", NULL)); /* swapped */
	g_assert_true(keymap_check_command(m, "list.down", NULL));
	g_assert_true(keymap_check_command(m, "list.up", NULL));
	g_assert_true(keymap_bind(m, "list.down", "q", NULL)); /* another place: the narrower wins */
	g_assert_cmpstr(found(m, "q", EVERYWHERE | LIST), ==, "list.down");
	g_assert_true(keymap_bind(m, "list.down", "", NULL));
	g_assert_cmpstr(keymap_keys(m, 2), ==, "");
	/* What a file says must not reach the terminal raw. */
	assert_refused(m, "list.\x1b[2J", "j", "\\033[2J");
	assert_refused(m, "list.down", "\x1b]0;x\a", "\\033]0;x");
	keymap_free(m);
}

static void test_check(void)
{
	static const struct command clashing[] = {
		{"a", "a", "A.", "x y", LIST, DANGER_NONE, 0},
		{"b", "b", "B.", "z y", LIST | TABLE, DANGER_NONE, 0},
	};
	struct keymap *m = keymap_new(clashing, G_N_ELEMENTS(clashing));
	g_autoptr(GError) error = NULL;

	g_assert_false(keymap_check(m, &error));
	g_assert_nonnull(strstr(error->message, "the key y belongs to b"));
	keymap_free(m);
}

/* The program's own table, as the panels have it. */
static void test_program_table(void)
{
#define ACTION(NAME, id, title, help, keys, scopes, danger, footer) {id, title, help, keys, scopes, danger, footer},
	static const struct command table[] = {ACTION_TABLE(ACTION)};
#undef ACTION
	struct keymap *m = keymap_new(table, G_N_ELEMENTS(table));
	g_autoptr(GError) error = NULL;

	keymap_check(m, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(keymap_count(m), ==, ACT_COUNT);
	for (guint i = 0; i < keymap_count(m); i++)
		g_assert_cmpint(keymap_by_id(m, table[i].id), ==, (int)i);
	g_assert_cmpstr(found(m, "/", SCOPE_EVERYWHERE | SCOPE_LIST | SCOPE_TABLE | SCOPE_CONTAINERS), ==, "table.filter");
	g_assert_cmpstr(found(m, "/", SCOPE_EVERYWHERE | SCOPE_LIST | SCOPE_LOGS), ==, "logs.search");
	g_assert_cmpstr(found(m, "v", SCOPE_EVERYWHERE | SCOPE_LOGS), ==, "logs.level");
	g_assert_cmpstr(found(m, "^C", SCOPE_EVERYWHERE | SCOPE_LOGS), ==, "quit");
	keymap_free(m);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keymap/parse", test_parse);
	g_test_add_func("/keymap/parse-refuses", test_parse_refuses);
	g_test_add_func("/keymap/find", test_find);
	g_test_add_func("/keymap/bind", test_bind);
	g_test_add_func("/keymap/check", test_check);
	g_test_add_func("/keymap/program-table", test_program_table);
	return g_test_run();
}
