/* What the parts of the console share. */
#ifndef MW_APP_CONSOLE_PRIVATE_H
#define MW_APP_CONSOLE_PRIVATE_H

#include <glib.h>

#include "app/config.h"
#include "app/machine.h"
#include "app/options.h"
#include "backends/http.h"
#include "model/world.h"
#include "panels/panel.h"
#include "tui/keymap.h"
#include "tui/menu.h"
#include "tui/pager.h"
#include "tui/prompt.h"
#include "tui/sheet.h"

#define CONSOLE_PANELS 3
#define DRAW_INTERVAL_US (G_USEC_PER_SEC / 10) /* at most 10 drawings a second, but for keys */
#define WORK_BUDGET_US 4000                    /* a slice of a panel's background work: a key waits no longer */

struct slot {
	const struct panel_class *class;
	struct panel *panel;
};

enum prompt_purpose { PROMPT_FOR_PANEL, PROMPT_FOR_PALETTE, PROMPT_FOR_PASSPHRASE, PROMPT_FOR_SOURCE };
enum menu_purpose { MENU_FOR_COMMANDS, MENU_FOR_SOURCES };

struct overlays {
	struct prompt *prompt;
	enum prompt_purpose prompt_purpose;
	enum action prompt_command;    /* PROMPT_FOR_PANEL: whom to answer */
	guint prompt_panel;
	char *host;                    /* whom a passphrase or a sheet is about */
	struct menu *menu;
	enum menu_purpose menu_purpose;
	struct sheet *sheet;
	struct pager *help;
	gboolean prompt_done, menu_done, sheet_done; /* answered: freed after the key was handled */
	struct prompt *old_prompt;     /* replaced from within its own answer: freed then too */
	struct menu *old_menu;
};

struct console {
	const struct options *options;
	const struct config *config;
	GMainLoop *loop;
	struct world *world;
	struct http *http;
	GPtrArray *machines;           /* of struct machine, owned */
	GPtrArray *inspections;        /* of struct inspect_wait, owned: asked for and not answered yet */
	struct keymap *keymap;
	struct slot slots[CONSOLE_PANELS];
	guint current;
	GArray *trail;                 /* of guint: panels to go back to */
	struct overlays over;
	char *notice;
	gint64 notice_until_us;
	gint64 drawn_us;
	guint draw_source, work_source, tick_source, input_source;
	gboolean journal_offered;      /* this machine's journal was followed for want of other sources */
};

/* console.c */
void console_notice(struct console *c, const char *format, ...) G_GNUC_PRINTF(2, 3);
void console_show_panel(struct console *c, guint index, gboolean remember);
struct machine *console_machine(struct console *c, const char *host);
/* console_draw.c */
void console_draw(struct console *c);                          /* everything, now */
struct canvas console_body(const struct canvas *screen);       /* the panel's part of it: between tabs and footer */
/* console_commands.c */
void console_command(struct console *c, enum action command);
gboolean console_can(struct console *c, enum action command, const char **why);
guint console_scopes(const struct console *c);
/* console_requests.c */
void console_request(void *user, const struct request *r);
void console_inspect_wait_free(gpointer data);
void console_follow_default(struct console *c);
gboolean console_follow_text(struct console *c, const char *text);
/* console_overlays.c */
gboolean overlays_key(struct console *c, const struct key_event *key); /* TRUE: used */
void overlays_draw(struct console *c, const struct canvas *screen);
void overlays_prompt(struct console *c, enum prompt_purpose purpose, const char *label, const char *initial);
void overlays_menu(struct console *c, enum menu_purpose purpose, const char *title, GPtrArray *items, gboolean multiple);
void overlays_help(struct console *c);
void overlays_answer_host(struct console *c);
void overlays_free(struct console *c);

#endif
