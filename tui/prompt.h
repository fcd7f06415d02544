/* A one-line editor in the footer: filter, search, palette, passphrase. Emacs keys, history, completion. */
#ifndef MW_TUI_PROMPT_H
#define MW_TUI_PROMPT_H

#include <glib.h>

#include "tui/canvas.h"
#include "tui/screen.h"

struct prompt;

struct prompt_events {
	void (*changed)(void *user, const char *text);            /* each edit; may be NULL */
	void (*accepted)(void *user, const char *text);           /* Enter */
	void (*cancelled)(void *user);                            /* Esc, ^C, ^G */
	/* Candidates for the text so far, best first (with a hint each or NULL); freed by the prompt; NULL = no completion. */
	GPtrArray *(*complete)(void *user, const char *text);
};
struct prompt_candidate { char *text; char *hint; };
struct prompt_candidate *prompt_candidate_new(const char *text, const char *hint);
void prompt_candidate_free(struct prompt_candidate *c);

struct prompt *prompt_new(const char *label, const char *initial, gboolean secret, const struct prompt_events *e, void *user);
void prompt_free(struct prompt *p); /* wipes a secret */
void prompt_history(struct prompt *p, GPtrArray *lines /* borrowed, of char*, oldest first */);
/* Feeds a key; TRUE when it was used (always, but for mouse). The prompt may be freed by the accepted/cancelled callback's owner later,
 * not inside. */
gboolean prompt_key(struct prompt *p, const struct key_event *key);
/* Rows the prompt wants: 1, or more while candidates are shown. */
int prompt_height(const struct prompt *p, int available);
void prompt_draw(struct prompt *p, const struct canvas *c); /* also places the cursor */
const char *prompt_text(const struct prompt *p);

#endif
