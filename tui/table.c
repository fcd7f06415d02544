#include "tui/table.h"

#include <string.h>

#include "tui/table_private.h"

static void free_entry(gpointer data)
{
	struct entry *e = data;

	g_free(e->key);
	g_free(e);
}

struct table *table_new(const struct table_column *columns, guint column_count, const struct table_source *source, void *user)
{
	struct table *t = g_new0(struct table, 1);

	g_assert(column_count <= TABLE_COLUMNS_MAX);
	t->columns = columns;
	t->column_count = column_count;
	t->source = source;
	t->user = user;
	t->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_entry);
	t->order = g_ptr_array_new();
	t->key = g_string_new(NULL);
	t->sort_column = TABLE_SORT_DEFAULT;
	t->sort_now = TRUE;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	g_ptr_array_unref(t->order);
	g_hash_table_unref(t->entries);
	g_string_free(t->key, TRUE);
	g_free(t->selected);
	g_free(t);
}

static int compare_entries(gconstpointer a, gconstpointer b, gpointer user)
{
	const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
	const struct table *t = user;
	int result = t->source->compare(t->user, x->row, y->row, t->sort_column);
	gboolean other_way = t->sort_column >= 0 && t->columns[t->sort_column].descending;

	if (other_way != t->inverted)
		result = -result;
	if (result == 0 && t->sort_column != TABLE_SORT_DEFAULT)
		result = t->source->compare(t->user, x->row, y->row, TABLE_SORT_DEFAULT);
	return result ? result : strcmp(x->key, y->key);
}

static void sort(struct table *t, GPtrArray *entries)
{
	g_ptr_array_sort_with_data(entries, compare_entries, t);
}

/* Looks up or makes the entry of each row. Gives the entries that are shown now and were not before. */
static GPtrArray *take_rows(struct table *t, guint row_count)
{
	GPtrArray *fresh = g_ptr_array_new();

	for (guint row = 0; row < row_count; row++) {
		struct entry *e;
		g_string_truncate(t->key, 0);
		t->source->key(t->user, row, t->key);
		e = g_hash_table_lookup(t->entries, t->key->str);
		if (!e) {
			e = g_new0(struct entry, 1);
			e->key = g_strdup(t->key->str);
			g_hash_table_insert(t->entries, e->key, e);
		}
		e->row = row;
		e->seen = t->refreshes;
		e->was_shown = e->shown;
		e->shown = !t->source->shows || t->source->shows(t->user, row);
		if (e->shown && !e->was_shown)
			g_ptr_array_add(fresh, e);
	}
	return fresh;
}

static gboolean is_gone(gpointer key, gpointer value, gpointer user)
{
	return ((const struct entry *)value)->seen != ((const struct table *)user)->refreshes;
}

/* Takes out of the order what is gone or hidden; the rest keeps its places. */
static void drop_rows(struct table *t)
{
	guint kept = 0;

	for (guint i = 0; i < t->order->len; i++) {
		struct entry *e = table_entry(t, i);
		if (e->seen == t->refreshes && e->shown)
			t->order->pdata[kept++] = e;
	}
	g_ptr_array_set_size(t->order, (gint)kept);
	g_hash_table_foreach_remove(t->entries, is_gone, t);
}

/* Puts each new entry before the first one that belongs behind it; the old ones keep their order, whatever they hold by now. */
static void merge_rows(struct table *t, GPtrArray *fresh)
{
	GPtrArray *merged;
	guint next = 0;

	if (fresh->len == 0)
		return;
	sort(t, fresh);
	merged = g_ptr_array_sized_new(t->order->len + fresh->len);
	for (guint i = 0; i < t->order->len; i++) {
		while (next < fresh->len && compare_entries(&fresh->pdata[next], &t->order->pdata[i], t) < 0)
			g_ptr_array_add(merged, fresh->pdata[next++]);
		g_ptr_array_add(merged, t->order->pdata[i]);
	}
	while (next < fresh->len)
		g_ptr_array_add(merged, fresh->pdata[next++]);
	g_ptr_array_unref(t->order);
	t->order = merged;
}

static guint find_place(const struct table *t, const char *key)
{
	for (guint i = 0; key && i < t->order->len; i++)
		if (g_str_equal(table_entry(t, i)->key, key))
			return i;
	return G_MAXUINT;
}

static void set_cursor(struct table *t, guint place)
{
	t->cursor = t->order->len > 0 ? MIN(place, t->order->len - 1) : 0;
	g_free(t->selected);
	t->selected = t->order->len > 0 ? g_strdup(table_entry(t, t->cursor)->key) : NULL;
}

/* Puts the row under the cursor back on its line among the others. */
static void return_to_line(struct table *t, guint place)
{
	struct entry *held = g_ptr_array_steal_index(t->order, place);

	t->cursor = MIN(t->cursor, t->order->len);
	g_ptr_array_insert(t->order, (gint)t->cursor, held);
}

/* Finds the cursor's row again after rows came, went or moved. */
static void keep_cursor(struct table *t, gboolean user_sort)
{
	guint place = t->held ? find_place(t, t->selected) : G_MAXUINT;

	if (place == G_MAXUINT)
		set_cursor(t, t->held && !user_sort ? t->cursor : 0); /* while nobody chose a row it is the first: the worst */
	else if (user_sort)
		t->cursor = place;
	else if (place != t->cursor)
		return_to_line(t, place);
}

void table_scroll_to_cursor(struct table *t)
{
	guint page = (guint)MAX(t->page, 1), last = t->order->len > page ? t->order->len - page : 0;

	if (t->cursor < t->top)
		t->top = t->cursor;
	if (t->cursor >= t->top + page)
		t->top = t->cursor - page + 1;
	t->top = MIN(t->top, last);
}

void table_refresh(struct table *t, guint row_count, gint64 now_us)
{
	gboolean due = now_us - t->sorted_us >= TABLE_RESORT_US;
	GPtrArray *fresh;

	t->refreshes++;
	t->total = row_count;
	fresh = take_rows(t, row_count);
	drop_rows(t);
	if (t->sort_now || due) {
		g_ptr_array_extend(t->order, fresh, NULL, NULL);
		sort(t, t->order);
		t->sorted_us = now_us;
	} else {
		merge_rows(t, fresh);
	}
	g_ptr_array_unref(fresh);
	keep_cursor(t, t->sort_now);
	t->sort_now = FALSE;
	table_scroll_to_cursor(t);
}

void table_filter_changed(struct table *t)
{
	t->sort_now = TRUE;
	memset(t->needs, 0, sizeof t->needs);
}

void table_hide_column(struct table *t, guint column, gboolean hidden)
{
	t->hidden[column] = hidden;
	if (hidden && t->sort_column == (int)column) {
		t->sort_column = TABLE_SORT_DEFAULT;
		t->sort_now = TRUE;
	}
}

guint table_count(const struct table *t)
{
	return t->order->len;
}

guint table_total(const struct table *t)
{
	return t->total;
}

guint table_row(const struct table *t, guint place)
{
	return table_entry(t, place)->row;
}

void table_visible(const struct table *t, guint *first, guint *count)
{
	*first = MIN(t->top, t->order->len);
	*count = MIN((guint)MAX(t->page, 0), t->order->len - *first);
}

void table_position(const struct table *t, char *out, gsize size)
{
	guint first, count;

	table_visible(t, &first, &count);
	*out = '\0';
	if (count > 0 && count < t->order->len)
		g_snprintf(out, size, "%u-%u of %u", first + 1, first + count, t->order->len);
}

const char *table_selected(const struct table *t)
{
	return t->order->len > 0 ? t->selected : NULL;
}

guint table_cursor(const struct table *t)
{
	return t->cursor;
}

gboolean table_select(struct table *t, const char *key)
{
	guint place = find_place(t, key);

	if (place == G_MAXUINT)
		return FALSE;
	t->held = TRUE;
	set_cursor(t, place);
	table_scroll_to_cursor(t);
	return TRUE;
}

void table_hold(struct table *t)
{
	t->held = TRUE;
}

void table_move(struct table *t, int rows)
{
	gint64 place = CLAMP((gint64)t->cursor + rows, 0, MAX((gint64)t->order->len - 1, 0));

	t->held = TRUE;
	set_cursor(t, (guint)place);
	table_scroll_to_cursor(t);
}

void table_move_page(struct table *t, double pages)
{
	int rows = MAX((int)(MAX(t->page, 1) * ABS(pages)), 1);

	table_move(t, pages < 0 ? -rows : rows);
}

void table_home(struct table *t)
{
	table_move(t, -(int)MIN(t->cursor, G_MAXINT));
}

void table_end(struct table *t)
{
	table_move(t, (int)MIN(t->order->len, G_MAXINT));
}

gboolean table_click(struct table *t, int y)
{
	guint place = t->top + (guint)MAX(y - 1, 0);

	if (y < 1 || y > t->page || place >= t->order->len)
		return FALSE;
	t->held = TRUE;
	set_cursor(t, place);
	return TRUE;
}

void table_mark(struct table *t)
{
	if (t->order->len == 0)
		return;
	table_entry(t, t->cursor)->marked = !table_entry(t, t->cursor)->marked;
	table_move(t, 1);
}

void table_mark_shown(struct table *t)
{
	for (guint place = 0; place < t->order->len; place++)
		table_entry(t, place)->marked = TRUE;
}

void table_unmark(struct table *t)
{
	GHashTableIter i;
	gpointer entry;

	g_hash_table_iter_init(&i, t->entries);
	while (g_hash_table_iter_next(&i, NULL, &entry))
		((struct entry *)entry)->marked = FALSE;
}

GPtrArray *table_marked(const struct table *t, guint *hidden)
{
	GPtrArray *keys = g_ptr_array_new();
	GHashTableIter i;
	gpointer entry;
	guint shown;

	for (guint place = 0; place < t->order->len; place++)
		if (table_entry(t, place)->marked)
			g_ptr_array_add(keys, table_entry(t, place)->key);
	shown = keys->len;
	g_hash_table_iter_init(&i, t->entries);
	while (g_hash_table_iter_next(&i, NULL, &entry))
		if (((struct entry *)entry)->marked && !((struct entry *)entry)->shown)
			g_ptr_array_add(keys, ((struct entry *)entry)->key);
	if (hidden)
		*hidden = keys->len - shown;
	return keys;
}

void table_sort_step(struct table *t, int direction)
{
	int column = t->sort_column;

	do {
		column += direction;
		if (column < TABLE_SORT_DEFAULT)
			column = (int)t->column_count - 1;
		else if (column >= (int)t->column_count)
			column = TABLE_SORT_DEFAULT;
	} while (column != TABLE_SORT_DEFAULT && (t->hidden[column] || t->widths[column] == 0));
	t->sort_column = column;
	t->inverted = FALSE;
	t->sort_now = TRUE;
}

void table_sort_invert(struct table *t)
{
	t->inverted = !t->inverted;
	t->sort_now = TRUE;
}

int table_sort_column(const struct table *t)
{
	return t->sort_column;
}
