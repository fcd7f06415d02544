#include "tui/prompt.h"

#include <curses.h>
#include <string.h>

#include "tui/glyph.h"
#include "tui/keymap.h"
#include "tui/text.h"

#define TEXT_MAX 4096      /* bytes: the buffer never moves, so that a secret leaves no copy behind */
#define CANDIDATES_SHOWN 8

struct prompt {
	char *label;
	char text[TEXT_MAX + 1];
	gsize len, cursor; /* bytes */
	gboolean secret;
	struct prompt_events events;
	void *user;

	char *killed;      /* what ^W, ^U, ^K took and ^Y gives back; never of a secret */
	GPtrArray *history;
	guint history_at;  /* history->len: the line of one's own */
	char *draft;       /* that line, while another is shown */

	GPtrArray *candidates; /* of struct prompt_candidate, or NULL */
	int chosen;            /* the candidate that stands in the line; -1: none */
};

struct prompt_candidate *prompt_candidate_new(const char *text, const char *hint)
{
	struct prompt_candidate *c = g_new0(struct prompt_candidate, 1);

	c->text = g_strdup(text);
	c->hint = g_strdup(hint);
	return c;
}

void prompt_candidate_free(struct prompt_candidate *c)
{
	if (!c)
		return;
	g_free(c->text);
	g_free(c->hint);
	g_free(c);
}

static void drop_candidates(struct prompt *p)
{
	for (guint i = 0; p->candidates && i < p->candidates->len; i++)
		prompt_candidate_free(p->candidates->pdata[i]);
	if (p->candidates) {
		g_ptr_array_set_free_func(p->candidates, NULL);
		g_ptr_array_unref(p->candidates);
	}
	p->candidates = NULL;
	p->chosen = -1;
}

static void find_candidates(struct prompt *p)
{
	drop_candidates(p);
	if (p->events.complete && !p->secret)
		p->candidates = p->events.complete(p->user, p->text);
}

static void tell_change(struct prompt *p)
{
	if (p->events.changed)
		p->events.changed(p->user, p->text);
}

static void edited(struct prompt *p)
{
	find_candidates(p);
	tell_change(p);
}

/* Puts bytes at the cursor; what does not fit is left out whole. */
static void insert(struct prompt *p, const char *bytes, gsize n)
{
	if (n > TEXT_MAX - p->len)
		return;
	memmove(p->text + p->cursor + n, p->text + p->cursor, p->len - p->cursor + 1);
	memcpy(p->text + p->cursor, bytes, n);
	p->len += n;
	p->cursor += n;
}

static void set_text(struct prompt *p, const char *text)
{
	gsize n = strlen(text);

	if (n > TEXT_MAX)
		n = (gsize)(g_utf8_find_prev_char(text, text + TEXT_MAX + 1) - text);
	p->len = p->cursor = 0;
	p->text[0] = '\0';
	insert(p, text, n);
}

struct prompt *prompt_new(const char *label, const char *initial, gboolean secret, const struct prompt_events *e, void *user)
{
	struct prompt *p = g_new0(struct prompt, 1);

	p->label = g_strdup(label);
	p->secret = secret;
	p->events = *e;
	p->user = user;
	p->chosen = -1;
	set_text(p, initial && g_utf8_validate(initial, -1, NULL) ? initial : "");
	find_candidates(p);
	return p;
}

void prompt_free(struct prompt *p)
{
	if (!p)
		return;
	drop_candidates(p);
	g_free(p->label);
	g_free(p->killed);
	g_free(p->draft);
	explicit_bzero(p, sizeof *p);
	g_free(p);
}

void prompt_history(struct prompt *p, GPtrArray *lines)
{
	p->history = lines;
	p->history_at = lines ? lines->len : 0;
}

const char *prompt_text(const struct prompt *p)
{
	return p->text;
}

static gsize previous_char(const struct prompt *p, gsize at)
{
	return at == 0 ? 0 : (gsize)(g_utf8_prev_char(p->text + at) - p->text);
}

static gsize next_char(const struct prompt *p, gsize at)
{
	return at >= p->len ? p->len : (gsize)(g_utf8_next_char(p->text + at) - p->text);
}

static gboolean is_word(const struct prompt *p, gsize at)
{
	return g_unichar_isalnum(g_utf8_get_char(p->text + at));
}

/* A mark belongs to the character before it: the cursor never stands between them. */
static gboolean is_mark(const struct prompt *p, gsize at)
{
	return at < p->len && at > 0 && g_unichar_ismark(g_utf8_get_char(p->text + at));
}

static gsize left_of(const struct prompt *p, gsize at)
{
	do
		at = previous_char(p, at);
	while (is_mark(p, at));
	return at;
}

static gsize right_of(const struct prompt *p, gsize at)
{
	do
		at = next_char(p, at);
	while (is_mark(p, at));
	return at;
}

static gsize word_left(const struct prompt *p, gsize at)
{
	while (at > 0 && !is_word(p, previous_char(p, at)))
		at = previous_char(p, at);
	while (at > 0 && is_word(p, previous_char(p, at)))
		at = previous_char(p, at);
	return at;
}

static gsize word_right(const struct prompt *p, gsize at)
{
	while (at < p->len && !is_word(p, at))
		at = next_char(p, at);
	while (at < p->len && is_word(p, at))
		at = next_char(p, at);
	return at;
}

/* The beginning of the word before the cursor as ^W has it: up to a blank. */
static gsize blank_left(const struct prompt *p, gsize at)
{
	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	while (at > 0 && p->text[at - 1] != ' ')
		at--;
	return at;
}

static void erase_range(struct prompt *p, gsize from, gsize to, gboolean keep)
{
	if (from >= to)
		return;
	if (keep && !p->secret) {
		g_free(p->killed);
		p->killed = g_strndup(p->text + from, to - from);
	}
	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->cursor = from;
	edited(p);
}

static void show_history(struct prompt *p, int direction)
{
	if (!p->history || (direction < 0 && p->history_at == 0) || (direction > 0 && p->history_at >= p->history->len))
		return;
	if (p->history_at == p->history->len) {
		g_free(p->draft);
		p->draft = g_strdup(p->text);
	}
	p->history_at += (guint)direction;
	set_text(p, p->history_at == p->history->len ? p->draft : p->history->pdata[p->history_at]);
	edited(p);
}

/* Bytes that all candidates have in common at their beginning, whole characters. */
static gsize common_prefix(const GPtrArray *candidates)
{
	const char *first = ((const struct prompt_candidate *)candidates->pdata[0])->text;
	gsize n = strlen(first);

	for (guint i = 1; i < candidates->len; i++) {
		const char *text = ((const struct prompt_candidate *)candidates->pdata[i])->text;
		gsize same = 0;
		while (same < n && text[same] == first[same])
			same++;
		n = same;
	}
	while (n > 0 && ((guchar)first[n] & 0xC0) == 0x80)
		n--;
	return n;
}

static void complete(struct prompt *p, int direction)
{
	if (!p->candidates || p->candidates->len == 0)
		return;
	const struct prompt_candidate *first = p->candidates->pdata[0];
	gsize common = common_prefix(p->candidates);
	if (p->chosen < 0 && common > p->len && strncmp(first->text, p->text, p->len) == 0) {
		g_autofree char *prefix = g_strndup(first->text, common);
		set_text(p, prefix);
		edited(p);
		return;
	}
	int count = (int)p->candidates->len;
	p->chosen = p->chosen < 0 ? (direction > 0 ? 0 : count - 1) : (p->chosen + direction + count) % count;
	set_text(p, ((const struct prompt_candidate *)p->candidates->pdata[p->chosen])->text);
	tell_change(p); /* the candidates stay those of what was typed */
}

static void type(struct prompt *p, gunichar c)
{
	char utf8[6];

	/* A paste of several lines becomes one. */
	if (c == '\r' || c == '\n' || c == '\t')
		c = ' ';
	if (!g_unichar_validate(c) || g_unichar_iscntrl(c))
		return;
	insert(p, utf8, (gsize)g_unichar_to_utf8(c, utf8));
	edited(p);
}

static void edit_alt(struct prompt *p, int code)
{
	if (code == 'b')
		p->cursor = word_left(p, p->cursor);
	else if (code == 'f')
		p->cursor = word_right(p, p->cursor);
	else if (code == 'd')
		erase_range(p, p->cursor, word_right(p, p->cursor), TRUE);
	else if (code == KEYCODE(KEY_BACKSPACE))
		erase_range(p, word_left(p, p->cursor), p->cursor, TRUE);
}

/* TRUE when the key moved the cursor. */
static gboolean move_cursor(struct prompt *p, int code)
{
	switch (code) {
	case KEYCTRL('A'):
	case KEYCODE(KEY_HOME):
		p->cursor = 0;
		return TRUE;
	case KEYCTRL('E'):
	case KEYCODE(KEY_END):
		p->cursor = p->len;
		return TRUE;
	case KEYCTRL('B'):
	case KEYCODE(KEY_LEFT):
		p->cursor = left_of(p, p->cursor);
		return TRUE;
	case KEYCTRL('F'):
	case KEYCODE(KEY_RIGHT):
		p->cursor = right_of(p, p->cursor);
		return TRUE;
	default:
		return FALSE;
	}
}

static void edit(struct prompt *p, int code)
{
	switch (code) {
	case KEYCODE(KEY_BACKSPACE):
		erase_range(p, left_of(p, p->cursor), p->cursor, FALSE);
		break;
	case KEYCTRL('D'):
	case KEYCODE(KEY_DC):
		erase_range(p, p->cursor, right_of(p, p->cursor), FALSE);
		break;
	case KEYCTRL('W'):
		erase_range(p, blank_left(p, p->cursor), p->cursor, TRUE);
		break;
	case KEYCTRL('U'):
		erase_range(p, 0, p->cursor, TRUE);
		break;
	case KEYCTRL('K'):
		erase_range(p, p->cursor, p->len, TRUE);
		break;
	case KEYCTRL('Y'):
		if (p->killed) {
			insert(p, p->killed, strlen(p->killed));
			edited(p);
		}
		break;
	case KEYCTRL('P'):
	case KEYCODE(KEY_UP):
		show_history(p, -1);
		break;
	case KEYCTRL('N'):
	case KEYCODE(KEY_DOWN):
		show_history(p, 1);
		break;
	case '\t':
	case KEYCODE(KEY_BTAB):
		complete(p, code == '\t' ? 1 : -1);
		break;
	default:
		if (code >= ' ' && code < KEYCODE_BASE)
			type(p, (gunichar)code);
	}
}

gboolean prompt_key(struct prompt *p, const struct key_event *key)
{
	if (key->mouse)
		return FALSE;
	if (key->pasted) {
		if (!key->alt && key->code < KEYCODE_BASE)
			type(p, (gunichar)key->code);
	} else if (key->alt)
		edit_alt(p, key->code);
	else if (key->code == '\r')
		p->events.accepted(p->user, p->text);
	else if (key->code == 27 || key->code == KEYCTRL('C') || key->code == KEYCTRL('G'))
		p->events.cancelled(p->user);
	else if (!move_cursor(p, key->code))
		edit(p, key->code);
	return TRUE;
}

int prompt_height(const struct prompt *p, int available)
{
	int candidates = p->candidates ? (int)MIN(p->candidates->len, CANDIDATES_SHOWN) : 0;

	return 1 + CLAMP(candidates, 0, MAX(available - 1, 0));
}

static void draw_candidates(const struct prompt *p, const struct canvas *c)
{
	int rows = c->height - 1, widest = 0, count = p->candidates ? (int)p->candidates->len : 0;
	int first = CLAMP(p->chosen - rows + 1, 0, MAX(count - rows, 0));

	for (int i = first; i < MIN(first + rows, count); i++)
		widest = MAX(widest, text_width(((const struct prompt_candidate *)p->candidates->pdata[i])->text));
	for (int i = first; i < MIN(first + rows, count); i++) {
		const struct prompt_candidate *candidate = p->candidates->pdata[i];
		int y = rows - MIN(rows, count) + i - first;
		canvas_fill(c, y, 0, 1, -1, ROLE_TEXT);
		canvas_text(c, y, 2, -1, ROLE_TEXT, candidate->text);
		if (candidate->hint)
			canvas_text(c, y, 4 + widest, -1, ROLE_DIM, candidate->hint);
		if (i == p->chosen)
			canvas_overlay(c, y, 0, -1, ROLE_SELECTED);
	}
}

/* What stands in the line, newly allocated, and the cells before the cursor in it. A secret shows only how many characters it has. */
static char *shown_text(const struct prompt *p, int *before)
{
	if (!p->secret) {
		g_autofree char *head = g_strndup(p->text, p->cursor);
		*before = text_width(head);
		return g_strdup(p->text);
	}
	GString *dots = g_string_new(NULL);
	*before = (int)g_utf8_strlen(p->text, (gssize)p->cursor);
	for (glong i = g_utf8_strlen(p->text, (gssize)p->len); i > 0; i--)
		g_string_append(dots, glyph_ascii() ? "*" : "•");
	return g_string_free(dots, FALSE);
}

void prompt_draw(struct prompt *p, const struct canvas *c)
{
	int before, y = c->height - 1;
	g_autofree char *shown = shown_text(p, &before);

	if (c->height <= 0 || c->width <= 0)
		return;
	draw_candidates(p, c);
	canvas_fill(c, y, 0, 1, -1, ROLE_TEXT);
	int left = canvas_text(c, y, 0, MAX(c->width / 2, 1), ROLE_ACCENT, p->label);
	struct canvas line = canvas_part(c, y, left, 1, -1);
	int skip = MAX(before - line.width + 1, 0); /* the cursor stays in sight */
	canvas_bytes(&line, 0, 0, -1, ROLE_TEXT, shown, strlen(shown), skip);
	screen_cursor(line.y, line.x + before - skip);
}
