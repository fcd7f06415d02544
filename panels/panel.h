/* A panel draws from the model and turns commands into changes of its own state or requests to the application. No I/O, no backends. */
#ifndef MW_PANELS_PANEL_H
#define MW_PANELS_PANEL_H

#include "model/world.h"
#include "panels/actions.h"
#include "tui/canvas.h"
#include "tui/keymap.h"
#include "tui/pager.h"
#include "tui/table.h"

enum request_kind {
	REQUEST_FOLLOW_CONTAINER, /* host, object (container name): open in Logs, alone */
	REQUEST_OPEN_PANEL,       /* text: panel id; host, object: what to select there */
	REQUEST_PICK_SOURCES,     /* the log source picker */
	REQUEST_INSPECT,          /* host, object (container id): answered by panel_class.text */
	REQUEST_COPY,             /* text */
	REQUEST_SAVE,             /* text: file name proposed; object: content */
	REQUEST_PROMPT,           /* text: label; object: initial text; command: passed back to panel_class.answer */
	REQUEST_NOTICE,           /* text: one line for the footer, goes away */
	REQUEST_VISIBLE,          /* host, ids: containers whose figures are on the screen */
	REQUEST_RETRY,            /* host: try the link again now */
	REQUEST_TAKE_BACK,        /* what waits is not begun */
	REQUEST_LET_GO,           /* object: number of the operation that is not waited for any more */
	REQUEST_SWEEP,            /* reads the journals of all gateways */
	REQUEST_SWEEP_CANCEL,     /* stops that */
	REQUEST_FOLLOW_UNITS,     /* ids: gateways whose unit's journal is followed in Logs */
	REQUEST_WINDOW,           /* freezes the set of gateways that is online now, or lets it go when one is frozen */
	REQUEST_REASON,           /* as REQUEST_PROMPT, for what is typed anew each time */
	REQUEST_RUN_START,        /* object: name of the checklist; what has to be known is asked for */
	REQUEST_RUN_OPEN,         /* object: number of a run of the store: it becomes world->opened */
	REQUEST_RUN_RESUME,       /* object: number of an interrupted run */
	REQUEST_RUN_LOOK,         /* step */
	REQUEST_RUN_ANSWER,       /* step, check, verdict; text: the note or NULL */
	REQUEST_RUN_OVERRIDE,     /* step; text: the reason */
	REQUEST_RUN_ESCALATE,     /* says whom to tell, and what */
	REQUEST_RUN_LINK,         /* text: an outstanding issue */
	REQUEST_RUN_REPORT,       /* writes it now */
	REQUEST_RUN_ABANDON,      /* asks first */
	REQUEST_SILENCE,          /* object: rule, labels; seconds; text: why */
	REQUEST_SILENCE_FOREIGN,  /* object: fingerprint; seconds; text: why */
	REQUEST_UNSILENCE,        /* number */
	REQUEST_MANUAL,           /* object: rule, labels; is_true; text: what is known. Asks first */
};

struct request {
	enum request_kind kind;
	enum action command;
	const char *host, *object, *text;
	const char *const *ids;
	guint count;
	guint step, check;        /* of a run */
	enum verdict verdict;
	const char *labels;       /* of an alert; NULL: any */
	gint64 seconds, number;
	gboolean is_true;
};

struct panel_context {
	struct world *world;
	void (*request)(void *user, const struct request *r); /* handled before it returns or queued; strings are copied */
	void *user;
	const char *(*key)(void *user, enum action command); /* the first key of a command as it is bound now; NULL: the default ones hold */
};

/* What an action is about. object: container id, model name, key of a job, name of a log source; NULL: the host itself. */
struct action_target { char *host, *object; };
/* An empty list that owns its targets, and one more target for it. */
GPtrArray *action_targets_new(void);
void action_targets_add(GPtrArray *targets, const char *host, const char *object);

struct panel;

struct panel_class {
	const char *id;       /* "containers" */
	const char *title;    /* "Containers" */
	guint scopes;         /* bits of panels/actions.h that are live in it */
	struct panel *(*create)(const struct panel_context *context);
	void (*destroy)(struct panel *p);
	void (*draw)(struct panel *p, const struct canvas *c);
	/* A command of this panel's scopes. FALSE: not possible now (the application says so). */
	gboolean (*act)(struct panel *p, enum action command);
	/* Could `command` do something now? For the footer and the menu; `why` gets a static text when not. */
	gboolean (*can)(struct panel *p, enum action command, const char **why);
	void (*answer)(struct panel *p, enum action command, const char *text, gboolean final); /* of a prompt; final FALSE: while typing; text NULL: cancelled */
	void (*text)(struct panel *p, const char *object, const char *text, const char *problem);
	void (*select)(struct panel *p, const char *host, const char *object);
	gboolean (*mouse)(struct panel *p, const struct canvas *c, int y, int x, guint buttons);
	/* What a command (one of the configuration, too) would be about now: the marked rows that it can do something with, or the one under the
	 * cursor. Of struct action_target, owned by the caller. NULL: none. */
	GPtrArray *(*targets)(struct panel *p, guint command);
	/* The host that is looked at, for what is about a host when no row is there to be chosen; NULL when there are several. NULL: by targets. */
	const struct host *(*host)(const struct panel *p);
	/* "✖7", "▲1" or "" for the tab bar, with its role. */
	enum role (*badge)(struct panel *p, char *out, gsize size);
	void (*shown)(struct panel *p, gboolean shown); /* it came to the front or left it */
	gboolean (*work)(struct panel *p, gint64 budget_us); /* background work in slices; TRUE: more to do. May be NULL */
};

/* Panels, panels/panel.c: the key to name in a sentence, a line for the footer, a mode word, a time of day ("00:41:22Z", with its date
 * when it was more than half a day ago). */
const char *panel_key(const struct panel_context *context, enum action command);
void panel_notice(const struct panel_context *context, const char *format, ...) G_GNUC_PRINTF(2, 3);
int panel_chip(const struct canvas *c, int y, int x, const char *text); /* gives the cells used */
/* Bytes of a text of one line that go on its first row of so many cells: it breaks at a blank where it can. */
gsize panel_wrap_row(const char *text, int cells);
void panel_time(gint64 utc_us, gint64 now_utc_us, char *out, gsize size);
void panel_day(gint64 utc_us, gint64 now_utc_us, char *out, gsize size); /* likewise, but of another day only the date */
/* What an operation sends, with a container's id as docker ps shows it: the audit log has all of it. Newly allocated. */
char *panel_request(const struct operation *o);
char *panel_operation(const struct operation *o); /* "restart clock-web on srv1: running", newly allocated */
/* The commands that move the cursor of a table, or scroll a text. FALSE: it is another one. */
gboolean panel_move(struct table *t, enum action command);
gboolean panel_scroll(struct pager *pager, enum action command);

extern const struct panel_class score_panel, containers_panel, cron_panel, models_panel, gateways_panel, logs_panel,
	checklist_panel, rules_panel, activity_panel;

#endif
