/* What tui/table.c and tui/table_draw.c share. */
#ifndef MW_TUI_TABLE_PRIVATE_H
#define MW_TUI_TABLE_PRIVATE_H

#include "tui/table.h"

struct entry {
	char *key;
	guint row;         /* number in the last refresh */
	guint seen;        /* the refresh in which it was there */
	gboolean shown, was_shown, marked;
};

struct table {
	const struct table_column *columns;
	guint column_count;
	const struct table_source *source;
	void *user;

	GHashTable *entries; /* key -> struct entry, owned */
	GPtrArray *order;    /* of struct entry: those shown, as sorted */
	guint refreshes, total;
	GString *key;        /* scratch */

	int sort_column;
	gboolean inverted;
	gboolean sort_now;
	gint64 sorted_us;    /* 0: never */

	char *selected;      /* key; NULL: the first */
	guint cursor, top;   /* places */
	gboolean held;       /* the user has moved the cursor */
	int page;            /* rows of the last drawing */

	gboolean hidden[TABLE_COLUMNS_MAX];
	int needs[TABLE_COLUMNS_MAX];  /* cells of the longest text seen */
	int figure_gap;      /* blanks before a figure */
	int widths[TABLE_COLUMNS_MAX]; /* as laid out; 0: not shown */
};

/* Moves the window so that the cursor is in it and no line below the last row stays blank. */
void table_scroll_to_cursor(struct table *t);

static inline struct entry *table_entry(const struct table *t, guint place)
{
	return g_ptr_array_index(t->order, place);
}

#endif
