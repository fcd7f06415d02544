/* A framed list that floats over the screen: action menu, source picker. Typing narrows it: to the items that hold the text, or, when none
 * does, to those that have its letters in order. */
#ifndef MW_TUI_MENU_H
#define MW_TUI_MENU_H

#include <glib.h>

#include "tui/canvas.h"
#include "tui/screen.h"

struct menu;
struct menu_item { char *id, *label, *hint; gboolean checked, disabled; char *why; /* when disabled */ };

struct menu_events {
	void (*chosen)(void *user, const GPtrArray *items); /* the checked ones, or the one under the cursor; struct menu_item, borrowed */
	void (*cancelled)(void *user);
};

/* Takes ownership of `items` (of struct menu_item). `multiple`: Space checks. */
struct menu *menu_new(const char *title, GPtrArray *items, gboolean multiple, const struct menu_events *e, void *user);
struct menu_item *menu_item_new(const char *id, const char *label, const char *hint);
void menu_item_free(struct menu_item *i);
void menu_free(struct menu *m);
gboolean menu_key(struct menu *m, const struct key_event *key);
void menu_draw(struct menu *m, const struct canvas *screen);

#endif
