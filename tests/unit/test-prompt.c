/* The prompt and the menu, the sheet and the pager as far as they need no terminal: keys in, texts and answers out. */
#include "tui/prompt.h"

#include <curses.h>
#include <locale.h>
#include <string.h>

#include "tui/keymap.h"
#include "tui/menu.h"
#include "tui/pager.h"
#include "tui/sheet.h"

struct record {
	guint changed, cancelled;
	char *accepted;
};

static void on_changed(void *user, const char *text)
{
	((struct record *)user)->changed++;
}

static void on_accepted(void *user, const char *text)
{
	struct record *r = user;

	g_free(r->accepted);
	r->accepted = g_strdup(text);
}

static void on_cancelled(void *user)
{
	((struct record *)user)->cancelled++;
}

static GPtrArray *complete(void *user, const char *text)
{
	static const char *const words[] = {"container.logs", "container.json", "copy", "quit"};
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_str_has_prefix(words[i], text))
			g_ptr_array_add(found, prompt_candidate_new(words[i], i == 0 ? "l" : NULL));
	return found;
}

static const struct prompt_events plain = {on_changed, on_accepted, on_cancelled, NULL};
static const struct prompt_events completing = {on_changed, on_accepted, on_cancelled, complete};

/* Keys by their names, by blanks; what is no name is typed as it is. */
static void press(struct prompt *p, const char *keys)
{
	g_auto(GStrv) words = g_strsplit(keys, " ", -1);

	for (char **word = words; *word; word++) {
		struct key_event key = {0};
		if (key_parse(*word, &key.code, &key.alt)) {
			g_assert_true(prompt_key(p, &key));
			continue;
		}
		for (const char *at = *word; *at; at = g_utf8_next_char(at)) {
			key = (struct key_event){.code = (int)g_utf8_get_char(at)};
			g_assert_true(prompt_key(p, &key));
		}
	}
}

static void test_editing(void)
{
	static const struct { const char *initial, *keys, *text; } cases[] = {
		{"", "abc", "abc"},
		{"abc", "X", "abcX"},
		{"abc", "^A X", "Xabc"},
		{"abc", "Home Right X End Y", "aXbcY"},
		{"abc", "^B ^B X ^F Y", "aXbYc"},
		{"abc", "Left Left Left Left X", "Xabc"},
		{"abc", "Right X", "abcX"},
		{"aéb", "Left Backspace", "ab"},
		{"aéb", "Home Right Delete", "ab"},
		{"漢字", "Backspace", "漢"},
		{"ae\u0301", "Backspace", "a"},
		{"ae\u0301b", "Left Left X", "aXe\u0301b"},
		{"abc", "Home Backspace", "abc"},
		{"abc", "End Delete", "abc"},
		{"one two  three", "^W", "one two  "},
		{"one two  ", "^W", "one "},
		{"one two", "^A ^K", ""},
		{"one two", "Home M-f ^U", " two"},
		{"one two", "M-b M-b X", "Xone two"},
		{"one two", "^W ^A ^Y", "twoone "},
		{"one two", "M-Backspace", "one "},
		{"one two", "Home M-d", " two"},
		{"a:b", "M-b X", "a:Xb"},
		{"", "Space Space", "  "},
		{"", "F1 S-Tab PgUp M-q", ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct record r = {0};
		struct prompt *p = prompt_new("> ", cases[i].initial, FALSE, &plain, &r);
		press(p, cases[i].keys);
		g_assert_cmpstr(prompt_text(p), ==, cases[i].text);
		g_assert_true(g_utf8_validate(prompt_text(p), -1, NULL));
		prompt_free(p);
	}
}

static void test_events(void)
{
	struct record r = {0};
	struct prompt *p = prompt_new("> ", NULL, FALSE, &plain, &r);

	press(p, "ab Left");
	g_assert_cmpuint(r.changed, ==, 2);
	press(p, "Enter");
	g_assert_cmpstr(r.accepted, ==, "ab");
	press(p, "Esc ^C ^G");
	g_assert_cmpuint(r.cancelled, ==, 3);
	g_assert_false(prompt_key(p, &(struct key_event){.mouse = TRUE, .buttons = 1}));
	prompt_free(p);
	g_free(r.accepted);
}

static void test_paste(void)
{
	static const int pasted[] = {'a', '\r', 'b', '\t', 27, 3, KEYCODE(KEY_UP), 0xe9};
	struct record r = {0};
	struct prompt *p = prompt_new("> ", NULL, FALSE, &plain, &r);

	for (guint i = 0; i < G_N_ELEMENTS(pasted); i++)
		prompt_key(p, &(struct key_event){.code = pasted[i], .pasted = TRUE});
	g_assert_cmpstr(prompt_text(p), ==, "a b é");
	g_assert_null(r.accepted);
	g_assert_cmpuint(r.cancelled, ==, 0);
	prompt_free(p);
}

static void test_length(void)
{
	struct record r = {0};
	g_autofree char *long_text = g_strnfill(5000, 'x');
	struct prompt *p = prompt_new("> ", long_text, FALSE, &plain, &r);
	gsize length = strlen(prompt_text(p));

	g_assert_cmpuint(length, ==, 4096);
	press(p, "é");
	g_assert_cmpuint(strlen(prompt_text(p)), ==, length);
	prompt_free(p);
}

static void test_history(void)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new();
	struct record r = {0};
	struct prompt *p = prompt_new("> ", "dra", FALSE, &plain, &r);

	g_ptr_array_add(lines, (char *)"first");
	g_ptr_array_add(lines, (char *)"second");
	prompt_history(p, lines);
	press(p, "f ^P");
	g_assert_cmpstr(prompt_text(p), ==, "second");
	press(p, "Up Up Up");
	g_assert_cmpstr(prompt_text(p), ==, "first");
	press(p, "Down");
	g_assert_cmpstr(prompt_text(p), ==, "second");
	press(p, "^N Down Down");
	g_assert_cmpstr(prompt_text(p), ==, "draf");
	prompt_free(p);
}

static void test_completion(void)
{
	struct record r = {0};
	struct prompt *p = prompt_new(":", NULL, FALSE, &completing, &r);

	g_assert_cmpint(prompt_height(p, 20), ==, 5);
	g_assert_cmpint(prompt_height(p, 3), ==, 3);
	g_assert_cmpint(prompt_height(p, 1), ==, 1);
	press(p, "cont Tab");
	g_assert_cmpstr(prompt_text(p), ==, "container.");
	g_assert_cmpint(prompt_height(p, 20), ==, 3);
	press(p, "Tab");
	g_assert_cmpstr(prompt_text(p), ==, "container.logs");
	press(p, "Tab");
	g_assert_cmpstr(prompt_text(p), ==, "container.json");
	press(p, "Tab");
	g_assert_cmpstr(prompt_text(p), ==, "container.logs");
	press(p, "S-Tab");
	g_assert_cmpstr(prompt_text(p), ==, "container.json");
	press(p, "Enter");
	g_assert_cmpstr(r.accepted, ==, "container.json");
	press(p, "x Tab");
	g_assert_cmpstr(prompt_text(p), ==, "container.jsonx");
	g_assert_cmpint(prompt_height(p, 20), ==, 1);
	prompt_free(p);
	g_free(r.accepted);
}

static void test_secret(void)
{
	struct record r = {0};
	struct prompt *p = prompt_new("passphrase ", NULL, TRUE, &completing, &r);

	press(p, "hunter Tab ^U ^Y");
	g_assert_cmpstr(prompt_text(p), ==, ""); /* neither completed nor kept for ^Y */
	press(p, "two Enter");
	g_assert_cmpstr(r.accepted, ==, "two");
	prompt_free(p);
	g_free(r.accepted);
}

struct picked { GString *ids; guint cancelled; };

static void on_chosen(void *user, const GPtrArray *items)
{
	struct picked *picked = user;

	g_string_truncate(picked->ids, 0);
	for (guint i = 0; i < items->len; i++)
		g_string_append_printf(picked->ids, "%s ", ((const struct menu_item *)items->pdata[i])->id);
}

static void on_menu_cancelled(void *user)
{
	((struct picked *)user)->cancelled++;
}

static void press_menu(struct menu *m, const char *keys)
{
	g_auto(GStrv) words = g_strsplit(keys, " ", -1);

	for (char **word = words; *word; word++) {
		struct key_event key = {0};
		g_assert_true(key_parse(*word, &key.code, &key.alt));
		g_assert_true(menu_key(m, &key));
	}
}

static struct menu *fruit_menu(gboolean multiple, struct picked *picked)
{
	static const struct menu_events events = {on_chosen, on_menu_cancelled};
	static const char *const fruit[] = {"Apple", "Banana", "Cherry", "Black cherry", "Date"};
	GPtrArray *items = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(fruit); i++) {
		struct menu_item *item = menu_item_new(fruit[i], fruit[i], NULL);
		item->disabled = i == 1;
		item->why = i == 1 ? g_strdup("out of season") : NULL;
		g_ptr_array_add(items, item);
	}
	*picked = (struct picked){.ids = g_string_new(NULL)};
	return menu_new("Fruit", items, multiple, &events, picked);
}

static void test_menu(void)
{
	static const struct { gboolean multiple; const char *keys, *ids; } cases[] = {
		{FALSE, "Enter", "Apple "},
		{FALSE, "Down Enter", ""}, /* disabled */
		{FALSE, "Down Down Enter", "Cherry "},
		{FALSE, "End Down Up Enter", "Black cherry "},
		{FALSE, "c h e Enter", "Cherry "},
		{FALSE, "c h e Down Enter", "Black cherry "},
		{FALSE, "b k c h Enter", "Black cherry "},   /* no text has it: by letters */
		{FALSE, "z Enter", ""},
		{FALSE, "z Backspace Enter", "Apple "},
		{FALSE, "c h ^U End Enter", "Date "},
		{FALSE, "k Space c Enter", "Black cherry "},
		{TRUE, "Enter", "Apple "},
		{TRUE, "Space Space Space Enter", "Apple "},  /* the second is disabled and stays there */
		{TRUE, "Space Down Space Space Enter", "Apple Cherry Black cherry "},
		{TRUE, "Space Up Space Down Enter", "Cherry "},
		{TRUE, "c h e r Space ^U d a t Space Enter", "Cherry Date "},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct picked picked;
		struct menu *m = fruit_menu(cases[i].multiple, &picked);
		press_menu(m, cases[i].keys);
		g_assert_cmpstr(picked.ids->str, ==, cases[i].ids);
		menu_free(m);
		g_string_free(picked.ids, TRUE);
	}
}

static void test_menu_cancel(void)
{
	struct picked picked;
	struct menu *m = fruit_menu(FALSE, &picked);

	press_menu(m, "c Esc");
	g_assert_cmpuint(picked.cancelled, ==, 0); /* took the filter away */
	press_menu(m, "Esc ^C");
	g_assert_cmpuint(picked.cancelled, ==, 2);
	menu_free(m);
	g_string_free(picked.ids, TRUE);
}

static void on_answer(void *user, int key)
{
	*(int *)user = key;
}

static void test_sheet_before_drawn(void)
{
	static const struct sheet_events events = {on_answer};
	static const char *const lines[] = {"Really?", NULL};
	static const struct sheet_choice choices[] = {{'y', "yes"}};
	int answer = -1;
	struct sheet *s = sheet_new("Question", lines, choices, 1, &events, &answer);

	sheet_key(s, &(struct key_event){.code = 'y', .at_us = g_get_monotonic_time()});
	sheet_key(s, &(struct key_event){.code = 27, .at_us = g_get_monotonic_time()});
	g_assert_cmpint(answer, ==, -1);
	sheet_free(s);
}

static void test_pager_search(void)
{
	struct pager *p = pager_new();

	g_assert_false(pager_search(p, "x", 1));
	pager_text(p, "one\nTwo\nthree two\n");
	g_assert_true(pager_search(p, "two", 1));
	g_assert_true(pager_search(p, "two", 1));
	g_assert_true(pager_search(p, "two", -1));
	g_assert_false(pager_search(p, "four", 1));
	g_assert_false(pager_search(p, "", 1));
	pager_scroll(p, -100);
	pager_pan(p, -3);
	pager_free(p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		g_error("this test needs the locale C.UTF-8");
	g_test_add_func("/prompt/editing", test_editing);
	g_test_add_func("/prompt/events", test_events);
	g_test_add_func("/prompt/paste", test_paste);
	g_test_add_func("/prompt/length", test_length);
	g_test_add_func("/prompt/history", test_history);
	g_test_add_func("/prompt/completion", test_completion);
	g_test_add_func("/prompt/secret", test_secret);
	g_test_add_func("/menu/keys", test_menu);
	g_test_add_func("/menu/cancel", test_menu_cancel);
	g_test_add_func("/sheet/before-drawn", test_sheet_before_drawn);
	g_test_add_func("/pager/search", test_pager_search);
	return g_test_run();
}
