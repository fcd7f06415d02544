/* The one list widget: columns that fit the width, sorting, marks, a cursor that stays with its row. It holds no rows: its owner gives
 * each row a key that stays the same (an identity, not a place) and formats what is seen.
 *
 * Rows keep their order for 10 s at a time and then sort again, so that nothing jumps; a new row goes to its place at once, and what the
 * user asks for (another column, another filter) sorts at once. Once the user has moved the cursor, its row keeps its line even while the
 * others sort around it. */
#ifndef MW_TUI_TABLE_H
#define MW_TUI_TABLE_H

#include <glib.h>

#include "tui/canvas.h"

#define TABLE_COLUMNS_MAX 24
#define TABLE_SORT_DEFAULT (-1) /* the owner's own order: trouble first */
#define TABLE_RESORT_US (10 * G_USEC_PER_SEC)

struct table_column {
	const char *title;
	int least, most;    /* cells: what it needs at least, and what it may grow to when its texts are that long */
	guint priority;     /* the highest number goes first when there is no room; 0 stays always */
	gboolean right;     /* figures */
	gboolean middle;    /* names: cut in the middle */
	gboolean descending;/* the largest first when sorted by it */
};

struct table_cell {
	enum role role;
	const char *text;   /* `buffer`, or a text that lives as long as the drawing */
	char buffer[64];
};

/* The state glyph at the beginning of a row, and how the whole row is drawn. */
struct table_look {
	enum role role;
	const char *glyph;
	gboolean faded;     /* old: every cell in the stale role */
};

struct table_source {
	/* Rows are numbered 0 … count-1 anew with each table_refresh(); the functions are called only with numbers of the last one. */
	void (*key)(void *user, guint row, GString *out /* empty */);
	gboolean (*shows)(void *user, guint row);                                 /* passes the filter; NULL: all do */
	int (*compare)(void *user, guint a, guint b, int column);                 /* as qsort; TABLE_SORT_DEFAULT or a column */
	void (*look)(void *user, guint row, struct table_look *out);              /* zeroed, glyph "" */
	void (*cell)(void *user, guint row, guint column, struct table_cell *out);/* ROLE_TEXT, text "" */
};

struct table;

/* All borrowed; at most TABLE_COLUMNS_MAX columns. */
struct table *table_new(const struct table_column *columns, guint column_count, const struct table_source *source, void *user);
void table_free(struct table *t);

/* Takes over the rows there are now. `now_us`: monotonic. */
void table_refresh(struct table *t, guint row_count, gint64 now_us);
/* The filter is another: the next refresh sorts at once. */
void table_filter_changed(struct table *t);
/* Leaves a column out (TRUE) or shows it again. */
void table_hide_column(struct table *t, guint column, gboolean hidden);

/* Draws the header and the rows. `empty` is the sentence for when there are none. */
void table_draw(struct table *t, const struct canvas *c, const char *empty);

guint table_count(const struct table *t);   /* rows shown */
guint table_total(const struct table *t);   /* rows, those that the filter hides included */
/* The row's number of the last refresh at a place 0 … table_count()-1. */
guint table_row(const struct table *t, guint place);
/* Places that were drawn last. */
void table_visible(const struct table *t, guint *first, guint *count);
/* "3-17 of 39" when not all fit on the screen as last drawn, else "". */
void table_position(const struct table *t, char *out, gsize size);

/* The key under the cursor, NULL when there is no row; valid until the next refresh. */
const char *table_selected(const struct table *t);
guint table_cursor(const struct table *t);  /* its place */
gboolean table_select(struct table *t, const char *key); /* FALSE when it is not shown */
void table_hold(struct table *t);           /* from now on the row under the cursor keeps its line, as if the user had moved there */
void table_move(struct table *t, int rows);
void table_move_page(struct table *t, double pages); /* 1, -1, 0.5 … */
void table_home(struct table *t);
void table_end(struct table *t);
/* A click on a line of the canvas as last drawn: on a row selects it and gives TRUE. */
gboolean table_click(struct table *t, int y);

void table_mark(struct table *t);           /* marks or unmarks, and moves down */
void table_mark_shown(struct table *t);     /* all rows that the filter shows */
void table_unmark(struct table *t);
/* Keys of the marked rows (borrowed, until the next refresh) in the order shown; those that the filter hides come last and are counted. */
GPtrArray *table_marked(const struct table *t, guint *hidden);

void table_sort_step(struct table *t, int direction); /* by the next visible column, +1 or -1; beyond the ends: the default order */
void table_sort_invert(struct table *t);
int table_sort_column(const struct table *t);

#endif
