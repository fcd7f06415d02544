/* What the parts of the Containers panel share. */
#ifndef MW_PANELS_CONTAINERS_PRIVATE_H
#define MW_PANELS_CONTAINERS_PRIVATE_H

#include "model/log_view.h"
#include "panels/panel.h"
#include "tui/filter.h"
#include "tui/pager.h"
#include "tui/table.h"

enum chip { CHIP_ALL, CHIP_UNHEALTHY, CHIP_NO_LIMIT, CHIP_STACK };
enum details_tab { TAB_HEALTH, TAB_LOGS, TAB_INSPECT, TAB_STATS, TAB_COUNT };

/* A container as one drawing sees it: the pointers live no longer than that. */
struct row {
	const struct host *host;
	const struct container *container;
	enum severity severity;
	gboolean old;            /* its host is not reached */
};

struct stack_count { const char *name; guint count; };

struct details {
	gboolean open, full;
	enum details_tab tab;
	struct pager *pager;
	char *paged;             /* key and tab that the pager shows; NULL: none */
	char *needle;            /* searched for last */
	char *inspected;         /* key that was asked for; NULL: none */
	char *inspect_text, *inspect_problem;
	char *rested;            /* key that the cursor is on */
	gint64 rested_us;        /* since when */
	int head_y, head_x;      /* where the head was drawn last, and in it the ends of the tabs */
	int tab_ends[TAB_COUNT];
	struct log_view *view;   /* of the one container's log source */
	guint32 source;          /* that the view is restricted to; 0: none */
};

struct containers {
	struct panel_context context;
	struct table *table;
	GArray *rows;            /* of struct row: filled while drawing, else empty */
	GString *scratch;

	char *host;              /* shown alone; NULL: all */
	enum chip chip;
	char *stack;             /* of CHIP_STACK */
	gboolean faults;         /* only rows with a fault */
	struct filter *filter;   /* NULL: none */
	char *filter_text;       /* as typed */
	char *filter_before;     /* to go back to when the prompt is cancelled */
	char *filter_problem;    /* of what is being typed */
	char *wanted;            /* container to put the cursor on when it is seen: name or id; NULL: none */

	guint unhealthy, no_limit, limit_unknown;
	GArray *stacks;          /* of struct stack_count, by name; filled while drawing */

	GHashTable *visible;     /* host -> ids told last, joined */
	struct details details;
	int table_y, table_height, table_width; /* where it was drawn last */
	int chips_y;
	GArray *chip_ends;       /* of int: where each chip drawn ended, the first being chip_first */
	guint chip_first;
};

/* containers_rows.c: the table's rows. */
extern const struct table_column containers_columns[];
extern const guint containers_column_count;
extern const struct table_source containers_source;
void containers_collect(struct containers *p);
void containers_release(struct containers *p);
/* Critical: unhealthy. Warning: restarting, dead, ended with an error or for want of memory, paused, near its memory limit. */
enum severity container_severity(const struct container *c);
/* What is the matter with a container, or how it does, in a word or two: "unhealthy", "exited 137". */
void container_health_words(const struct container *c, char *out, gsize size);
/* Sets a filter. FALSE with an error when it is wrong: the old one stays. */
gboolean containers_set_filter(struct containers *p, const char *text, GError **error);
/* Splits a key of the table; the host may be gone meanwhile. */
gboolean containers_find(const struct containers *p, const char *key, struct host **host, struct container **container);
gboolean containers_selected(const struct containers *p, struct host **host, struct container **container);

/* containers_draw.c */
void containers_draw(struct panel *panel, const struct canvas *c);
/* Says whose figures are on the screen; `nobody`: the panel is not in front. */
void containers_tell_visible(struct containers *p, gboolean nobody);

/* containers_chips.c */
void containers_draw_chips(struct containers *p, const struct canvas *c, int y);
void containers_next_chip(struct containers *p);
gboolean containers_click_chip(struct containers *p, int x);
/* Does a row belong to the chip? */
gboolean containers_chip_shows(const struct containers *p, const struct row *row);

/* containers_details.c */
void details_init(struct details *d, struct world *w);
void details_clear(struct details *d);
void details_draw(struct containers *p, const struct canvas *c);
/* Moves in details of full size. FALSE when the command is another. */
gboolean details_act(struct containers *p, enum action command);
void details_set_tab(struct containers *p, enum details_tab tab);
/* A click somewhere in the panel: on a tab of the head opens it and gives TRUE. */
gboolean details_click(struct containers *p, int y, int x);

/* containers_tabs.c: the lines of a tab. */
struct details_line { enum role role; char *text; };
GPtrArray *details_lines_new(void);
void details_add(GPtrArray *lines, enum role role, const char *format, ...) G_GNUC_PRINTF(3, 4);
void details_health(const struct containers *p, const struct container *c, GPtrArray *lines);
void details_stats(const struct containers *p, const struct container *c, GPtrArray *lines);
void details_logs(struct containers *p, const struct host *h, const struct container *c, guint count, GPtrArray *lines);

#endif
