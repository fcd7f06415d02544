/* What the parts of the Checklist panel share. It has two lists: the steps of a run, and what can be walked with what was walked before. */
#ifndef MW_PANELS_CHECKLIST_PRIVATE_H
#define MW_PANELS_CHECKLIST_PRIVATE_H

#include "panels/list.h"
#include "tui/glyph.h"

enum checklist_mode { CHECKLIST_RUN /* the one under way, or the last */, CHECKLIST_OPENED /* one of the store */, CHECKLIST_CHOICE };
enum step_tab { STEP_TAB_LINES, STEP_TAB_COMMAND, STEP_TAB_LOG, STEP_TAB_REPORT, STEP_TABS };

#define LIVE_LINES 200 /* of a look that goes on: kept */

struct step_list {
	struct list list;
	const struct check_run *run; /* what is shown; NULL: nothing */
	GHashTable *live;            /* step + 1 -> GPtrArray of char *, owned: what a look has printed so far */
	GStringChunk *words;         /* of cells, while drawing */
};

enum choice_kind { CHOICE_NOW, CHOICE_CHECKLIST, CHOICE_PAST };
struct choice_row { enum choice_kind kind; const struct checklist *checklist; const struct run_head *head; };

struct choice_list {
	struct list list;
	GArray *rows;                /* of struct choice_row: filled while drawing, else empty */
};

struct checklist_view {
	struct step_list steps;
	struct choice_list choice;
	enum checklist_mode mode;
	gint64 seen_us;              /* when the run of the model that was shown last began: another one comes to the front; 0: there was none */
	guint answering, answered_check; /* the step and the check whose answer is being typed */
	gint64 opening;              /* the run of the store that was asked for; 0: none */
};

/* checklist.c */
struct list *checklist_front(const struct checklist_view *v); /* the list that is shown */
/* The step under the cursor of the run that is walked here; -1: another run, or none. */
int checklist_step_here(const struct checklist_view *v);
/* The check of a step that can be answered, one that asks before others; -1: none. */
int checklist_answerable(const struct checklist_view *v, int step);
/* The row under the cursor of the choice; FALSE: a run is shown, or there is none. */
gboolean checklist_chosen(const struct checklist_view *v, struct choice_row *r);

/* checklist_can.c */
gboolean checklist_can(struct panel *panel, enum action command, const char **why);

/* checklist_steps.c */
extern const struct list_class step_list_class;
void step_list_collect(struct list *l);
void step_list_release(struct list *l);
/* The number of a step's key; -1: it is gone. */
int step_list_number(const struct list *l, const char *key);
enum role verdict_look(enum verdict v, enum glyph *g);
/* How long a look took: "0.2s", "1m05s". */
void step_took(gint64 us, char *out, gsize size);
/* The check of a step that waits for a person, -1 when none does. */
int step_asks(const struct check_run *r, guint step);

/* checklist_tabs.c */
void step_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines);
gboolean step_draw_tab(struct list *l, const char *key, const struct canvas *body);
/* The commands of a step, one a line: those of the looks, else those that would show the same. Newly allocated; "": a person looks. */
char *step_commands(const struct list *l, guint step);
char *step_text(const struct list *l, guint step); /* to be copied: title, verdict, result and lines, newly allocated */

/* checklist_choice.c */
extern const struct list_class choice_list_class;
void choice_list_collect(struct list *l);
void choice_list_release(struct list *l);
/* What a key stands for; FALSE: it is gone. Borrowed until the model changes. */
gboolean choice_list_find(const struct list *l, const char *key, struct choice_row *out);
char *choice_text(const struct list *l, const char *key); /* to be copied: one line, newly allocated */
const char *run_state_words(enum run_state s, gboolean alive);

/* checklist_draw.c */
void checklist_draw(struct panel *panel, const struct canvas *c);
enum role checklist_badge(struct panel *panel, char *out, gsize size);
/* "18:22": minutes and seconds that are left of a window; "" when none is open. */
void window_left(const struct check_run *r, gint64 utc_us, char *out, gsize size);

#endif
