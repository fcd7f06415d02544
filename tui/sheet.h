/* A framed question that floats over the dimmed screen: paragraphs of text and a few keys that answer. Keys typed before it was drawn
 * do not count. */
#ifndef MW_TUI_SHEET_H
#define MW_TUI_SHEET_H

#include <glib.h>

#include "tui/canvas.h"
#include "tui/screen.h"

struct sheet;
struct sheet_choice { int key; const char *label; }; /* 'y' "accept and store"; Esc is always there and means cancel */

struct sheet_events { void (*answered)(void *user, int key /* 0 = cancelled */); };

/* Texts are copied. `lines`: NULL-terminated, wrapped to the sheet's width. */
struct sheet *sheet_new(const char *title, const char *const *lines, const struct sheet_choice *choices, guint count,
                        const struct sheet_events *e, void *user);
void sheet_free(struct sheet *s);
gboolean sheet_key(struct sheet *s, const struct key_event *key);
void sheet_draw(struct sheet *s, const struct canvas *screen);

#endif
