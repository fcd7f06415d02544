/* What the parts of the console share. */
#ifndef MW_APP_CONSOLE_PRIVATE_H
#define MW_APP_CONSOLE_PRIVATE_H

#include <glib.h>

#include "app/commands.h"
#include "app/executor.h"
#include "app/fleet_watch.h"
#include "app/machine.h"
#include "app/options.h"
#include "app/plan.h"
#include "app/rollout_run.h"
#include "app/rules_run.h"
#include "app/walk.h"
#include "backends/http.h"
#include "backends/store.h"
#include "model/world.h"
#include "panels/panel.h"
#include "tui/keymap.h"
#include "tui/menu.h"
#include "tui/pager.h"
#include "tui/prompt.h"
#include "tui/sheet.h"

#define CONSOLE_PANELS 9
#define DRAW_INTERVAL_US (G_USEC_PER_SEC / 10) /* at most 10 drawings a second, but for keys */
#define HISTORY_MAX 50                         /* lines that a prompt remembers */
#define DRY_RUN_FRESH_S 900                    /* how long a dry run counts */
#define WORK_BUDGET_US 4000                    /* a slice of a panel's background work: a key waits no longer */

struct slot {
	const struct panel_class *class;
	struct panel *panel;
};

enum prompt_purpose { PROMPT_FOR_PANEL, PROMPT_FOR_PALETTE, PROMPT_FOR_PASSPHRASE, PROMPT_FOR_SOURCE, PROMPT_FOR_PLAN, PROMPT_FOR_OVERRIDE, PROMPT_FOR_BATCH,
	PROMPT_FOR_REASON /* of a panel, typed anew each time */, PROMPT_FOR_VERSION,
	PROMPT_PURPOSES };
enum menu_purpose { MENU_FOR_COMMANDS, MENU_FOR_SOURCES, MENU_FOR_RUNS, MENU_FOR_TOUCHES };
enum sheet_purpose { SHEET_FOR_HOST_KEY, SHEET_FOR_PLAN, SHEET_FOR_OVERRIDE, SHEET_FOR_UNLOCK, SHEET_FOR_LET_GO, SHEET_FOR_QUIT, SHEET_FOR_RESUME, SHEET_FOR_ABORT,
	SHEET_FOR_ESCALATE, SHEET_FOR_PAGE, SHEET_FOR_ABANDON, SHEET_FOR_FORM };

struct overlays {
	struct prompt *prompt;
	enum prompt_purpose prompt_purpose;
	enum action prompt_command;    /* PROMPT_FOR_PANEL and PROMPT_FOR_REASON: whom to answer */
	guint prompt_panel;
	char *host;                    /* whom a passphrase or a sheet is about */
	struct menu *menu;
	enum menu_purpose menu_purpose;
	struct sheet *sheet;
	enum sheet_purpose sheet_purpose;
	guint operation;               /* what an override or the end of waiting is about */
	struct pager *help;
	gboolean prompt_done, menu_done, sheet_done; /* answered: freed after the key was handled */
	struct prompt *old_prompt;     /* replaced from within its own answer: freed then too */
	struct menu *old_menu;
	struct sheet *old_sheet;
	GPtrArray *history[PROMPT_PURPOSES]; /* of char *, owned, oldest first: what was typed; NULL: nothing yet, or a secret */
};

struct console {
	const struct options *options;
	const struct config *config;
	GMainLoop *loop;
	struct world *world;
	struct http *http;
	struct store *store;           /* NULL: it could not be opened, so that no action may begin */
	char *store_problem;           /* owned: why, a sentence; NULL when it is open, or was not tried yet */
	gint64 thinned_us;             /* UTC: when the samples were thinned last */
	GPtrArray *machines;           /* of struct machine, owned */
	struct fleet_watch *fleet;     /* the gateways; NULL: none are configured */
	GPtrArray *inspections;        /* of struct inspect_wait, owned: asked for and not answered yet */
	struct commands *commands;     /* all of them, the configuration's included */
	struct keymap *keymap;
	struct executor *executor;     /* NULL without the store */
	struct rollout_run *rollout;   /* NULL without the store, or gateways */
	GPtrArray *rollout_targets;    /* of struct action_target, owned: of a rolling restart whose batch is asked for; NULL */
	struct observe_context observe; /* with what checks are looked at */
	struct walk *walk;             /* the run of a checklist that is walked here, or was last; NULL */
	enum run_state run_state;      /* its state as it was told last */
	char *start_name, *start_version; /* owned: of the checklist whose start is asked about */
	gint64 runs_listed_us;
	struct rules_run *rules;       /* NULL before the start */
	char *form_rule, *form_labels, *form_comment; /* owned: what the form of a manual rule says, while its sheet is open */
	gboolean form_is_true;
	struct plan *plan;             /* asked about now; NULL: none */
	char *run_job;                 /* key of the job that the menu of runs is about */
	gboolean locked_for_good;      /* started read-only */
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
/* The machine of a host or of a gateway; NULL when there is none. `host` may be NULL. */
struct machine *console_machine(const struct console *c, const char *host);
void console_show_panel(struct console *c, guint index, gboolean remember);
/* console_draw.c */
void console_draw(struct console *c);                          /* everything, now */
gboolean console_has_tab(const struct console *c, guint panel); /* is it in the bar and among those that Tab goes through? */
struct canvas console_body(const struct canvas *screen);       /* the panel's part of it: between tabs and footer */
/* console_commands.c */
void console_command(struct console *c, guint command);
/* A command for a menu: with its key, and when it cannot be given now, with the reason. */
struct menu_item *console_menu_item(struct console *c, guint command);
gboolean console_can(struct console *c, guint command, const char **why);
guint console_scopes(const struct console *c);
/* console_actions.c: what runs something */
void console_actions_start(struct console *c);
gboolean console_runs(const struct console *c, guint command);   /* is it one of those, and does it work here? */
gboolean console_can_run(struct console *c, guint command, const char **why);
void console_act(struct console *c, guint command);
void console_plan_answered(struct console *c, int key);
void console_plan_typed(struct console *c, const char *text);
void console_run_chosen(struct console *c, const char *what);
void console_ask(struct console *c, guint command, struct plan *p /* taken */); /* by its sheet */
/* console_gateways.c: restarts of gateways */
void console_rollout_start(struct console *c);
void console_restart_gateways(struct console *c, const GPtrArray *targets); /* fewer than PLAN_COUNT_FROM */
void console_snapshot_gateways(struct console *c, const GPtrArray *targets);
gboolean console_rollout_took(struct console *c, const struct operation *o); /* one that ended; TRUE: it is of the rolling restart */
void console_rollout_ask(struct console *c, GPtrArray *targets /* taken */); /* for its batch first */
void console_rollout_batch(struct console *c, const char *text);             /* that was typed; NULL: cancelled */
void console_rollout_begin(struct console *c, const struct plan *p);
void console_rollout_act(struct console *c, guint command);                 /* pauses, resumes or aborts it, by a sheet where that is asked first */
void console_rollout_answered(struct console *c, enum sheet_purpose purpose, int key);
/* console_runs.c: checklists */
void console_runs_start(struct console *c);
void console_runs_tick(struct console *c); /* once a second */
void console_runs_end(struct console *c);  /* a run that is not over is interrupted */
gboolean console_run_is_under_way(const struct console *c);
gboolean console_run_request(struct console *c, const struct request *r); /* FALSE: another kind */
void console_run_version(struct console *c, const char *text);            /* that was typed */
void console_run_touches(struct console *c, const GPtrArray *items);      /* of struct menu_item: that were chosen */
void console_run_answered(struct console *c, int key);                     /* whether it is abandoned */
/* console_escalate.c: a run that must not go on */
char *console_run_escalation(const struct console *c);                    /* what is told; there is a walk; newly allocated */
char *console_run_pages(const struct console *c, const char **why);       /* who would be paged, newly allocated; NULL: nobody, and why */
void console_escalate_answered(struct console *c, enum sheet_purpose purpose, int key);
/* console_rules.c: paging rules */
void console_rules_start(struct console *c);
void console_rules_tick(struct console *c); /* once a second */
void console_rules_end(struct console *c);
gboolean console_rules_request(struct console *c, const struct request *r); /* FALSE: another kind */
void console_form_answered(struct console *c, int key);
/* console_store.c */
void console_store_open(struct console *c);
void console_store_tick(struct console *c); /* once a second */
void console_store_close(struct console *c);
/* console_requests.c */
guint console_panel(const struct console *c, const char *id); /* its index; the one in front when there is none of that name */
void console_request(void *user, const struct request *r);
void console_inspect_wait_free(gpointer data);
void console_follow_default(struct console *c);
gboolean console_follow_text(struct console *c, const char *text);
/* console_overlays.c, console_sheets.c, console_run_sheets.c */
gboolean overlays_key(struct console *c, const struct key_event *key); /* TRUE: used */
void overlays_draw(struct console *c, const struct canvas *screen);
void overlays_prompt(struct console *c, enum prompt_purpose purpose, const char *label, const char *initial);
void overlays_menu(struct console *c, enum menu_purpose purpose, const char *title, GPtrArray *items, gboolean multiple);
gboolean overlays_open(const struct console *c);
void overlays_sheet(struct console *c, enum sheet_purpose purpose, const char *title, const char *const *lines, const struct sheet_choice *choices,
                    guint count);
void overlays_plan(struct console *c);
void overlays_plan_word(struct console *c, const char *label);
void overlays_plan_second(struct console *c);
void overlays_unlock(struct console *c);
void overlays_let_go(struct console *c, guint number);
void overlays_quit(struct console *c);
void overlays_resume(struct console *c);
void overlays_abort(struct console *c);
void overlays_escalate(struct console *c);
void overlays_page(struct console *c);
void overlays_abandon(struct console *c);
void overlays_form(struct console *c);
void overlays_bulk(struct console *c);
void overlays_help(struct console *c);
gboolean overlays_asked(const struct console *c); /* does a host or an operation ask something? */
void overlays_answer(struct console *c);          /* asks the operator that */
void overlays_free(struct console *c);

#endif
