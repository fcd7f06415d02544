/* What the parts of the Score panel share. */
#ifndef MW_PANELS_SCORE_PRIVATE_H
#define MW_PANELS_SCORE_PRIVATE_H

#include "panels/panel.h"
#include "tui/table.h"

/* A host as one drawing sees it: the pointer lives no longer than that. */
struct score_row {
	const struct host *host;
	struct score score;
};

struct panel {
	struct panel_context context;
	struct table *table;            /* of hosts, worst first; the host under its cursor is the one whose card is shown */
	GArray *rows;                   /* of struct score_row: filled while drawing, else empty */
	enum score_dimension dimension; /* under the cursor */
	gboolean explained;             /* what the figure under the cursor is made of is shown below */
	char *wanted;                   /* host to show as soon as the list has it; NULL: none */
	int list_height;                /* rows of the list as last drawn; 0: none */
	int first_row;                  /* row of the first dimension as last drawn */
};

/* score_hosts.c: the list. */
extern const struct table_column score_columns[];
extern const guint score_column_count;
extern const struct table_source score_source;
void score_collect(struct panel *p);
/* Draws the list when there are several hosts; gives the rows used. */
int score_draw_hosts(struct panel *p, const struct canvas *c);
/* score.c: the host shown, NULL when there is none. */
struct host *score_host(const struct panel *p);
/* score_draw.c */
void score_draw(struct panel *p, const struct canvas *c);
/* score_explain.c: what a figure is made of, lines of text; newly allocated. */
char *score_explain(const struct host *h, enum score_dimension d, const struct score_thresholds *t);
/* Load, pressure and swap in lines; newly allocated, empty when nothing is known. */
char *score_facts(const struct host *h);
/* The card as text, for the clipboard; newly allocated. */
char *score_text(const struct host *h, const struct world *w);

#endif
