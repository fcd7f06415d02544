#include "tests/unit/tui_scenes.h"

#include <curses.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tui/canvas.h"
#include "tui/chart.h"
#include "tui/glyph.h"
#include "tui/keymap.h"
#include "tui/menu.h"
#include "tui/pager.h"
#include "tui/prompt.h"
#include "tui/screen.h"
#include "tui/sheet.h"
#include "tui/theme.h"

const char scene_hostile[] = "a\x1b[2Jb\x1b]0;title\a\tc\nd\re\x9bzf\xc2\x9bg\u202eh\u200bi\xff\x7f";
const char scene_long_text[] =
	"first line\n"
	"the second line is so long that it has to be wrapped at the end of a word, and once more a good bit after that\n"
	"\n"
	"needle one\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n"
	"a NEEDLE and a needle\n"
	"the last line";

/* State of whatever the scene shows. */
static struct {
	GString *keys;
	char answer[128];
	struct sheet *sheet;
	struct menu *menu;
	struct prompt *prompt;
	struct pager *pager;
} scene;

static void draw_canvas(const struct canvas *c)
{
	struct canvas part = canvas_part(c, 2, 5, 3, 10), nothing = canvas_part(&part, 5, 0, -1, -1);

	canvas_text(c, 0, 0, 10, ROLE_TEXT, "a text that is too long");
	canvas_text(c, 1, 0, 5, ROLE_TEXT, "fits!");
	canvas_text(&part, 0, 0, -1, ROLE_TEXT, "漢字漢字漢字");         /* cut before a wide one */
	canvas_text(&part, 1, -3, -1, ROLE_TEXT, "abcdefghijklmnop");   /* cut at both ends */
	canvas_text(&part, 2, -1, -1, ROLE_TEXT, "漢b");                /* half of a wide one */
	canvas_text(&part, 3, 0, -1, ROLE_CRIT, "below");
	canvas_text(&part, -1, 0, -1, ROLE_CRIT, "above");
	canvas_text(&part, 0, 10, -1, ROLE_CRIT, "beside");
	canvas_text(&nothing, 0, 0, -1, ROLE_CRIT, "nowhere");
	canvas_fill(&nothing, 0, 0, -1, -1, ROLE_CHIP);
	canvas_bytes(c, 5, 0, 4, ROLE_TEXT, "0123456789", 8, 3);
	canvas_bytes(c, 6, 0, -1, ROLE_TEXT, "漢字x", strlen("漢字x"), 1);
	canvas_text_right(c, 7, 20, ROLE_TEXT, "right");
	canvas_printf(c, 8, 0, ROLE_TEXT, "%d%%", 42);
	canvas_text(c, 9, 0, -1, ROLE_TEXT, "e\u0301\u0302\u0303\u0304\u0305\u0306x \u0301y");
	canvas_text(c, 10, 0, -1, ROLE_TEXT, scene_hostile);
	canvas_text(c, 11, 0, -1, ROLE_TEXT, "%s%n");
	canvas_text(c, 12, 0, -1, ROLE_TEXT, "漢字漢字");
	canvas_text(c, 12, 1, 1, ROLE_TEXT, "x"); /* into the middle of a wide one */
	canvas_rule(c, 13, ROLE_FRAME);
	canvas_text(c, c->height - 1, c->width - 2, -1, ROLE_TEXT, "漢"); /* the last cells of the screen */
	canvas_text(c, c->height - 2, c->width - 1, -1, ROLE_TEXT, "漢"); /* no room */
}

static void draw_colours(const struct canvas *c)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		canvas_text(c, role, 0, -1, role, theme_role_name(role));
	for (int row = ROLE_OK; row <= ROLE_CRIT; row++)
		canvas_overlay(c, row, 0, 10, ROLE_SELECTED);
	canvas_text(c, 13, 0, -1, ROLE_TEXT, "a match here");
	canvas_overlay(c, 13, 2, 5, ROLE_MATCH);
	canvas_overlay(c, 13, 0, -1, ROLE_SELECTED);
}

static void draw_charts(const struct canvas *c)
{
	static const double values[] = {0, 1, 2, 3, NAN, 5, 6, 7, 99, -5};
	static const double parts[] = {0.25, 0.001, 0.3}, over[] = {0.5, NAN, 3};
	static const enum role roles[] = {ROLE_DIM, ROLE_ACCENT, ROLE_TEXT};

	chart_sparkline(c, 0, 0, 12, ROLE_OK, values, G_N_ELEMENTS(values), 0, 7);
	chart_sparkline(c, 1, 0, 4, ROLE_OK, values, 4, 0, 7);
	chart_sparkline(c, 2, 0, 3, ROLE_OK, values, 3, 5, 5);
	chart_gauge(c, 3, 0, 8, ROLE_OK, 0.5);
	chart_gauge(c, 4, 0, 8, ROLE_OK, 0.56);
	chart_gauge(c, 5, 0, 8, ROLE_OK, NAN);
	chart_gauge(c, 6, 0, 8, ROLE_OK, 1.7);
	chart_gauge(c, 7, 0, 8, ROLE_OK, 0.0001);
	for (int g = 0; g < GLYPH_COUNT; g++)
		canvas_text(c, 8, g, 1, ROLE_TEXT, glyph(g));
	canvas_text(c, 9, 0, -1, ROLE_TEXT, "Zürich");
	chart_parts(c, 10, 0, 8, roles, parts, 3);
	chart_parts(c, 11, 0, 8, roles, over, 3);
	chart_parts(c, 12, 0, 1, roles, over, 3);
}

static void draw_keys(const struct canvas *c)
{
	canvas_text(c, 0, 0, -1, ROLE_TEXT, scene.keys->str);
	canvas_text(c, 1, 0, -1, ROLE_TEXT, "ready");
	screen_cursor(2, 3);
}

static void draw_size(const struct canvas *c)
{
	canvas_printf(c, 0, 0, ROLE_TEXT, "%dx%d", c->width, c->height);
	canvas_text_right(c, c->height - 1, c->width, ROLE_TEXT, "end");
}

static void draw_beneath(const struct canvas *c)
{
	for (int y = 0; y < c->height; y++)
		canvas_text(c, y, 0, -1, ROLE_CRIT, "beneath");
	canvas_text(c, 0, 10, -1, ROLE_TEXT, scene.answer);
}

static void draw_sheet(const struct canvas *c)
{
	draw_beneath(c);
	sheet_draw(scene.sheet, c);
}

static void draw_menu(const struct canvas *c)
{
	draw_beneath(c);
	menu_draw(scene.menu, c);
	canvas_text(c, 0, 10, -1, ROLE_TEXT, scene.answer); /* the menu may be as high as the screen */
}

static void draw_prompt(const struct canvas *c)
{
	int height = prompt_height(scene.prompt, c->height);
	struct canvas part = canvas_part(c, c->height - height, 0, height, -1);

	draw_beneath(c);
	prompt_draw(scene.prompt, &part);
}

static void draw_pager(const struct canvas *c)
{
	struct canvas part = canvas_part(c, 0, 0, -1, 30);

	pager_draw(scene.pager, &part);
	canvas_text(c, 0, 40, -1, ROLE_TEXT, scene.answer);
}

static void key_keys(const struct key_event *key)
{
	char name[32];

	key_format(key->code, key->alt, name, sizeof name);
	if (key->mouse)
		g_string_append_printf(scene.keys, "<%u:%d,%d>", key->buttons, key->y, key->x);
	else
		g_string_append_printf(scene.keys, key->pasted ? "(%s)" : "[%s]", name);
	if (key->code == 'L' && !key->pasted)
		screen_repaint();
	if (key->code == 'C' && !key->pasted)
		g_string_append(scene.keys, screen_copy("copied ü") && !screen_copy("a\x1b") && !screen_copy("a\nb") && !screen_copy("\xff") ? "yes" : "no");
}

static void key_sheet(const struct key_event *key)
{
	sheet_key(scene.sheet, key);
}

static void key_menu(const struct key_event *key)
{
	menu_key(scene.menu, key);
}

static void key_prompt(const struct key_event *key)
{
	prompt_key(scene.prompt, key);
}

/* The text as it is a refresh later: a line more on top. */
static void show_grown(void)
{
	g_autofree char *text = g_strconcat("new on top\n", scene_long_text, NULL);

	pager_text(scene.pager, text);
}

static void key_pager(const struct key_event *key)
{
	static const char *last;

	switch (key->code) {
	case KEYCODE(KEY_DOWN): pager_scroll(scene.pager, 1); break;
	case KEYCODE(KEY_UP): pager_scroll(scene.pager, -1); break;
	case KEYCODE(KEY_NPAGE): pager_turn(scene.pager, 2); break;
	case KEYCODE(KEY_RIGHT): pager_pan(scene.pager, 8); break;
	case KEYCODE(KEY_LEFT): pager_pan(scene.pager, -8); break;
	case 'g': pager_home(scene.pager); break;
	case 'G': pager_end(scene.pager); break;
	case '/': last = "needle"; /* fall through */
	case 'n': g_strlcpy(scene.answer, pager_search(scene.pager, last, 1) ? "found" : "not found", sizeof scene.answer); break;
	case 'N': g_strlcpy(scene.answer, pager_search(scene.pager, last, -1) ? "found" : "not found", sizeof scene.answer); break;
	case 'a': show_grown(); break;
	case 'o': pager_text(scene.pager, "other\ntext"); break;
	default: break;
	}
}

static void on_answer(void *user, int key)
{
	g_snprintf(scene.answer, sizeof scene.answer, "answer %d", key);
}

static void on_chosen(void *user, const GPtrArray *items)
{
	g_strlcpy(scene.answer, "chosen", sizeof scene.answer);
	for (guint i = 0; i < items->len; i++) {
		g_strlcat(scene.answer, " ", sizeof scene.answer);
		g_strlcat(scene.answer, ((const struct menu_item *)items->pdata[i])->id, sizeof scene.answer);
	}
}

static void on_cancelled(void *user)
{
	g_strlcpy(scene.answer, "cancelled", sizeof scene.answer);
}

static void on_accepted(void *user, const char *text)
{
	g_snprintf(scene.answer, sizeof scene.answer, "accepted '%s'", text);
}

static GPtrArray *complete(void *user, const char *text)
{
	static const char *const words[] = {"restart", "refresh", "repaint"};
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_str_has_prefix(words[i], text))
			g_ptr_array_add(found, prompt_candidate_new(words[i], "a hint"));
	return found;
}

static void open_sheet(void)
{
	static const struct sheet_events events = {on_answer};
	static const char *const lines[] = {
		"The host key of gw-014 is new: SHA256:abcdef. Nobody has seen it from here before, so it is for you to say whether it is right.",
		"", "Last line.", NULL,
	};
	static const struct sheet_choice choices[] = {{'y', "accept and store"}, {'n', "refuse"}};

	scene.sheet = sheet_new("New host key", lines, choices, G_N_ELEMENTS(choices), &events, NULL);
}

static void open_menu(void)
{
	static const struct menu_events events = {on_chosen, on_cancelled};
	GPtrArray *items = g_ptr_array_new();

	for (int i = 0; i < 30; i++) {
		g_autofree char *id = g_strdup_printf("id%02d", i), *label = g_strdup_printf("item %02d", i);
		struct menu_item *item = menu_item_new(id, label, i == 2 ? "a hint" : NULL);
		item->disabled = i == 1;
		item->why = i == 1 ? g_strdup("not now") : NULL;
		g_ptr_array_add(items, item);
	}
	scene.menu = menu_new("Menu", items, TRUE, &events, NULL);
}

static void open_prompt(void)
{
	static const struct prompt_events events = {NULL, on_accepted, on_cancelled, complete};

	scene.prompt = prompt_new(": ", NULL, FALSE, &events, NULL);
}

static void open_secret(void)
{
	static const struct prompt_events events = {NULL, on_accepted, on_cancelled, NULL};

	scene.prompt = prompt_new("passphrase: ", NULL, TRUE, &events, NULL);
}

static void open_pager(void)
{
	scene.pager = pager_new();
	pager_text(scene.pager, scene_long_text);
}

static void on_crash(int number)
{
	screen_emergency();
	_exit(0);
}

static void open_crash(void)
{
	signal(SIGSEGV, on_crash);
}

static void key_crash(const struct key_event *key)
{
	raise(SIGSEGV);
}

static const struct part {
	const char *name;
	void (*open)(void);
	void (*draw)(const struct canvas *c);
	void (*key)(const struct key_event *key);
} parts[] = {
	{"canvas", NULL, draw_canvas, NULL},
	{"colours", NULL, draw_colours, NULL},
	{"charts", NULL, draw_charts, NULL},
	{"keys", NULL, draw_keys, key_keys},
	{"jobs", NULL, draw_keys, key_keys},
	{"size", NULL, draw_size, NULL},
	{"sheet", open_sheet, draw_sheet, key_sheet},
	{"menu", open_menu, draw_menu, key_menu},
	{"prompt", open_prompt, draw_prompt, key_prompt},
	{"secret", open_secret, draw_prompt, key_prompt},
	{"pager", open_pager, draw_pager, key_pager},
	{"crash", open_crash, draw_size, key_crash},
};

static const struct part *find_part(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (g_str_equal(parts[i].name, name))
			return &parts[i];
	g_error("no scene '%s'", name);
}

/* Reads and draws until ^X, or until the terminal has gone. */
static void loop(const struct part *part)
{
	struct key_event key;

	for (;;) {
		struct pollfd p = {.fd = screen_input_fd(), .events = POLLIN};
		struct canvas c = screen_canvas();
		screen_erase();
		part->draw(&c);
		screen_show();
		if (poll(&p, 1, -1) < 0)
			continue; /* a signal: the screen's descriptor tells of it */
		while (screen_read(&key)) {
			if (key.code == KEYCTRL('X'))
				return;
			if (part->key)
				part->key(&key);
		}
		if (screen_lost())
			return;
		screen_resized();
	}
}

static void close_scene(void)
{
	screen_close();
	screen_close();
	sheet_free(scene.sheet);
	menu_free(scene.menu);
	prompt_free(scene.prompt);
	pager_free(scene.pager);
	g_string_free(scene.keys, TRUE);
}

static void run(const struct scene_setup *setup)
{
	struct screen_settings settings = {.no_colour = setup->no_colour, .mouse = setup->mouse};
	const struct part *part = find_part(setup->scene);
	g_autoptr(GError) error = NULL;

	g_setenv("TERM", setup->term ? setup->term : "xterm-256color", TRUE);
	g_setenv("LC_ALL", setup->locale ? setup->locale : "C.UTF-8", TRUE);
	g_setenv("LINES", "7", TRUE); /* of another day: not believed */
	g_setenv("COLUMNS", "33", TRUE);
	if (setup->terminfo)
		g_setenv("TERMINFO", setup->terminfo, TRUE);
	scene.keys = g_string_new(NULL);
	if (!screen_open(&settings, &error)) {
		printf("error: %s\r\n", error->message);
		exit(1);
	}
	if (part->open)
		part->open();
	loop(part);
	close_scene();
	exit(0);
}

static void report_modes(const char *what)
{
	struct termios modes;

	tcgetattr(STDIN_FILENO, &modes);
	printf("\r\n%s, %s\r\n", what, modes.c_lflag & ICANON && modes.c_lflag & ECHO && modes.c_lflag & ISIG ? "modes restored" : "modes lost");
	fflush(stdout);
}

/* A shell with job control, as far as it matters here: stops are reported, and a line from the terminal continues the job. */
static void run_shell(const struct scene_setup *setup)
{
	char line[64];
	int status;

	signal(SIGTTOU, SIG_IGN);
	pid_t job = fork();
	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		run(setup);
	}
	setpgid(job, job);
	tcsetpgrp(STDIN_FILENO, job);
	while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
		tcsetpgrp(STDIN_FILENO, getpgrp());
		report_modes("the job has stopped");
		if (!fgets(line, sizeof line, stdin))
			exit(4);
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
	tcsetpgrp(STDIN_FILENO, getpgrp());
	report_modes("the job has ended");
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 5);
}

void scene_run(void *setup)
{
	const struct scene_setup *s = setup;

	if (g_str_equal(s->scene, "jobs"))
		run_shell(s);
	run(s);
}
