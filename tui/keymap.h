/* Named commands and the keys that call them. One const table of the program makes keys, footer, help, menus, palette and manual. */
#ifndef MW_TUI_KEYMAP_H
#define MW_TUI_KEYMAP_H

#include <glib.h>

#include "tui/screen.h"

enum danger { DANGER_NONE, DANGER_CHANGES /* changes something over there */, DANGER_DESTROYS };

struct command {
	const char *id;      /* "container.restart" */
	const char *title;   /* "restart": short, for the footer */
	const char *help;    /* one sentence */
	const char *keys;    /* default keys, by blanks: "j Down", "^R", "S-Tab", "Space", "F1", "PgUp"; "" = palette only */
	guint scopes;        /* bits of the program's own */
	enum danger danger;
	guint footer;        /* place in the footer, 1 = first; 0 = not there */
};

struct keymap;

/* `commands` is borrowed; its index is the command's number. */
struct keymap *keymap_new(const struct command *commands, guint count);
void keymap_free(struct keymap *m);
/* Replaces the keys of a command (configuration). FALSE with an error for an unknown id (names the nearest) or an unknown key. Whether two
 * commands have a key in common is asked when all are bound, so that keys can be swapped. */
gboolean keymap_bind(struct keymap *m, const char *id, const char *keys, GError **error);
/* FALSE with an error when another command has one of its keys in the same scope. */
gboolean keymap_check_command(const struct keymap *m, const char *id, GError **error);
/* FALSE with an error when two commands have a key in common in the same scope: for a test of the table. */
gboolean keymap_check(const struct keymap *m, GError **error);
/* The command of a key in the scopes; narrower scopes (fewer commands share the bit) win, SCOPE bit 0 comes last. -1 when none, and for the
 * mouse and pasted text. */
int keymap_find(const struct keymap *m, const struct key_event *key, guint scopes);
int keymap_by_id(const struct keymap *m, const char *id); /* -1 when none */
/* The keys as shown to people: "j/Down"; first only: "j". Empty when there is none. */
const char *keymap_keys(const struct keymap *m, guint command);
const char *keymap_first_key(const struct keymap *m, guint command);
const struct command *keymap_command(const struct keymap *m, guint command);
guint keymap_count(const struct keymap *m);

/* Key codes beyond Unicode. */
enum { KEYCODE_BASE = 0x200000 };
#define KEYCODE(curses) (KEYCODE_BASE + (curses))
/* The character of ^A … ^Z. */
#define KEYCTRL(letter) ((letter) & 0x1f)
/* Parses "^R", "S-Tab", "F1", "Space", "M-x", "é"; FALSE when it is no key. */
gboolean key_parse(const char *name, int *code, gboolean *alt);
/* The name of a key, as key_parse() takes it. */
void key_format(int code, gboolean alt, char *out, gsize size);

#endif
