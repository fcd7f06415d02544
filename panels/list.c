#include "panels/list.h"

#include <math.h>
#include <string.h>

#include "panels/host_line.h"

#define WHEEL_ROWS 3

void list_init(struct list *l, const struct list_class *class, const struct panel_context *context)
{
	l->context = *context;
	l->class = class;
	l->table = table_new(class->columns, class->column_count, class->source, l);
	l->scratch = g_string_new(NULL);
	l->chip_ends = g_array_new(FALSE, FALSE, sizeof(int));
	l->details.pager = pager_new();
}

void list_clear(struct list *l)
{
	table_free(l->table);
	g_string_free(l->scratch, TRUE);
	g_array_unref(l->chip_ends);
	pager_free(l->details.pager);
	g_free(l->details.paged);
	g_free(l->details.needle);
	filter_free(l->filter);
	g_free(l->filter_text);
	g_free(l->filter_before);
	g_free(l->filter_problem);
	g_free(l->host);
	g_free(l->wanted);
}

gboolean list_is_on_hosts(const struct list *l)
{
	return l->class->datum != NULL;
}

const struct host *list_only(const struct list *l)
{
	const GPtrArray *hosts = l->context.world->hosts;

	if (!list_is_on_hosts(l))
		return NULL;
	return l->host ? world_host(l->context.world, l->host) : hosts->len == 1 ? hosts->pdata[0] : NULL;
}

gboolean list_sees(const struct list *l, const struct host *h)
{
	return !l->host || g_str_equal(l->host, h->name);
}

const struct host *list_current_host(const struct list *l)
{
	const struct host *only = list_only(l);
	struct host *h;

	if (only)
		return only;
	return list_key_parts(l, table_selected(l->table), &h) ? h : NULL;
}

/* Puts the cursor on what was asked for as soon as it is in the list. */
static void select_wanted(struct list *l)
{
	for (guint i = 0; l->wanted && i < table_count(l->table); i++) {
		g_autoptr(GString) key = NULL;
		if (!l->class->is(l, table_row(l->table, i), l->wanted))
			continue;
		key = g_string_new(NULL);
		l->class->source->key(l, table_row(l->table, i), key);
		table_select(l->table, key->str);
		g_clear_pointer(&l->wanted, g_free);
	}
}

void list_refresh(struct list *l, guint row_count)
{
	if (l->class->host_column != LIST_NO_COLUMN)
		table_hide_column(l->table, l->class->host_column, l->host || l->context.world->hosts->len < 2);
	table_refresh(l->table, row_count, l->context.world->now_us);
	select_wanted(l);
}

void list_key(GString *out, const struct host *h, const char *object)
{
	g_string_append(out, h->name);
	g_string_append_c(out, '\n');
	g_string_append(out, object);
}

const char *list_key_parts(const struct list *l, const char *key, struct host **host)
{
	const char *end = key ? strchr(key, '\n') : NULL;
	g_autofree char *name = end ? g_strndup(key, (gsize)(end - key)) : NULL;

	*host = name ? world_host(l->context.world, name) : NULL;
	return *host ? end + 1 : NULL;
}

GPtrArray *list_chosen(const struct list *l)
{
	g_autoptr(GPtrArray) marked = table_marked(l->table, NULL);
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < marked->len; i++)
		g_ptr_array_add(keys, g_strdup(marked->pdata[i]));
	if (marked->len == 0 && table_selected(l->table))
		g_ptr_array_add(keys, g_strdup(table_selected(l->table)));
	return keys;
}

gboolean list_set_filter(struct list *l, const char *text, GError **error)
{
	struct filter *f = filter_parse(text, l->class->fields, l->class->field_count, error);

	if (!f)
		return FALSE;
	filter_free(l->filter);
	l->filter = f;
	g_free(l->filter_text);
	l->filter_text = g_strdup(text);
	table_filter_changed(l->table);
	return TRUE;
}

void list_request(const struct list *l, const struct request *r)
{
	l->context.request(l->context.user, r);
}

void list_set_tab(struct list *l, guint tab)
{
	l->details.tab = tab;
	if (l->class->tab_changed)
		l->class->tab_changed(l);
}

void list_open_details(struct list *l, gboolean open)
{
	l->details.open = open;
	l->details.full = l->details.full && open;
	table_hold(l->table);
	list_set_tab(l, l->details.tab);
}

static void next_host(struct list *l)
{
	GPtrArray *hosts = l->context.world->hosts;
	guint next = 0;

	for (guint i = 0; l->host && i < hosts->len; i++)
		if (g_str_equal(l->host, ((struct host *)hosts->pdata[i])->name))
			next = i + 1;
	g_free(l->host);
	l->host = next < hosts->len ? g_strdup(((struct host *)hosts->pdata[next])->name) : NULL;
	table_filter_changed(l->table);
}

guint list_chips(const struct list *l, guint *active)
{
	*active = l->chip;
	return l->class->chips ? l->class->chips(l, active) : l->class->chip_count;
}

/* By its number, or the one after the active one. */
static void set_chip(struct list *l, gboolean next, guint chip)
{
	guint active, count;

	l->class->collect(l); /* for the chips there are now */
	count = list_chips(l, &active);
	if (next)
		chip = (active + 1) % count;
	if (chip < count && l->class->chip_set)
		l->class->chip_set(l, chip);
	else if (chip < count)
		l->chip = chip;
	l->class->release(l);
	table_filter_changed(l->table);
}

static void ask_filter(struct list *l)
{
	const char *label = l->details.full ? "search: " : "/";
	const char *initial = l->details.full ? l->details.needle : l->filter_text;

	g_free(l->filter_before);
	l->filter_before = g_strdup(l->filter_text ? l->filter_text : "");
	list_request(l, &(struct request){
		.kind = REQUEST_PROMPT, .command = ACT_FILTER, .text = label, .object = initial ? initial : "" });
}

/* Esc and q. FALSE: there was nothing to leave. */
static gboolean leave(struct list *l, gboolean clears)
{
	if (l->details.full) {
		l->details.full = FALSE;
	} else if (l->details.open) {
		list_open_details(l, FALSE);
	} else if (clears && (!filter_is_empty(l->filter) || l->faults || l->chip != 0)) {
		list_set_filter(l, "", NULL);
		l->faults = FALSE;
		l->chip = 0;
	} else {
		return FALSE;
	}
	return TRUE;
}

static gboolean act_on_table(struct list *l, enum action command)
{
	switch (command) {
	case ACT_MARK: table_mark(l->table); break;
	case ACT_MARK_SHOWN: table_mark_shown(l->table); break;
	case ACT_UNMARK: table_unmark(l->table); break;
	case ACT_SORT_NEXT: table_sort_step(l->table, 1); break;
	case ACT_SORT_PREVIOUS: table_sort_step(l->table, -1); break;
	case ACT_SORT_INVERT: table_sort_invert(l->table); break;
	default: return panel_move(l->table, command);
	}
	return TRUE;
}

gboolean list_act(struct list *l, enum action command)
{
	struct list_details *d = &l->details;
	guint tabs = l->class->tab_count;

	if (d->full && list_details_act(l, command))
		return TRUE;
	switch (command) {
	case ACT_ESCAPE: return leave(l, TRUE);
	case ACT_BACK: return leave(l, FALSE);
	case ACT_HOST_NEXT: next_host(l); break;
	case ACT_FILTER: ask_filter(l); break;
	case ACT_FAULTS: l->faults = !l->faults; table_filter_changed(l->table); break;
	case ACT_CHIP: set_chip(l, TRUE, 0); break;
	case ACT_OPEN: list_open_details(l, TRUE); break;
	case ACT_DETAILS: list_open_details(l, !d->open); break;
	case ACT_TAB_NEXT: list_set_tab(l, (d->tab + 1) % tabs); break;
	case ACT_TAB_PREVIOUS: list_set_tab(l, (d->tab + tabs - 1) % tabs); break;
	case ACT_FULL: d->full = !d->full; break;
	default: return act_on_table(l, command);
	}
	return TRUE;
}

static gboolean can_with_details(const struct list *l, enum action command, const char **why)
{
	switch (command) {
	case ACT_LEFT: case ACT_RIGHT:
		*why = "only details of full size pan";
		return l->details.full;
	case ACT_TAB_NEXT: case ACT_TAB_PREVIOUS: case ACT_FULL:
		*why = l->details.open ? "there is only one tab" : "no details are open";
		return l->details.open && (command == ACT_FULL || l->class->tab_count > 1);
	case ACT_MARK: case ACT_MARK_SHOWN: case ACT_SORT_NEXT: case ACT_SORT_PREVIOUS: case ACT_SORT_INVERT: case ACT_FAULTS: case ACT_CHIP: case ACT_HOST_NEXT:
		*why = "the details have the whole panel";
		return !l->details.full;
	default:
		return TRUE;
	}
}

gboolean list_can_with_row(const struct list *l, const char **why)
{
	g_autofree char *sentence = g_strdup_printf("no %s is selected", l->class->one);
	const char *key = table_selected(l->table);

	*why = g_intern_string(sentence); /* one for each kind of list */
	return key && l->class->name(l, key);
}

static gboolean can_with_marks(const struct list *l, const char **why)
{
	g_autoptr(GPtrArray) marked = table_marked(l->table, NULL);

	*why = "no row is marked";
	return marked->len > 0;
}

gboolean list_can(const struct list *l, enum action command, const char **why)
{
	if (!can_with_details(l, command, why))
		return FALSE;
	switch (command) {
	case ACT_HOST_NEXT:
		*why = "there is only one host";
		return l->context.world->hosts->len > 1;
	case ACT_UNMARK:
		return can_with_marks(l, why);
	case ACT_OPEN:
		*why = "the details are open already";
		return !l->details.open && list_can_with_row(l, why);
	case ACT_DETAILS:
		return l->details.open || list_can_with_row(l, why);
	case ACT_MARK: case ACT_MARK_SHOWN: case ACT_COPY:
		return list_can_with_row(l, why);
	default:
		return TRUE;
	}
}

static void answer_search(struct list *l, const char *text, gboolean final)
{
	if (!text)
		return;
	g_free(l->details.needle);
	l->details.needle = g_strdup(text);
	if (!pager_search(l->details.pager, text, 1) && final && *text)
		panel_notice(&l->context, "\"%s\" is not here", text);
}

void list_answer(struct panel *panel, enum action command, const char *text, gboolean final)
{
	struct list *l = (struct list *)panel;
	g_autoptr(GError) error = NULL;

	if (l->details.full) {
		answer_search(l, text, final);
		return;
	}
	g_clear_pointer(&l->filter_problem, g_free);
	if (list_set_filter(l, text ? text : l->filter_before, &error))
		return;
	if (final)
		panel_notice(&l->context, "%s", error->message);
	else
		l->filter_problem = g_strdup(error->message);
}

void list_select(struct panel *panel, const char *host, const char *object)
{
	struct list *l = (struct list *)panel;

	g_free(l->host);
	l->host = g_strdup(list_is_on_hosts(l) && l->context.world->hosts->len > 1 ? host : NULL);
	g_free(l->wanted);
	l->wanted = g_strdup(object);
	l->chip = 0;
	l->faults = FALSE;
	list_set_filter(l, "", NULL);
}

const struct host *list_host(const struct panel *panel)
{
	return list_current_host((const struct list *)panel);
}

static gboolean click_chip(struct list *l, int x)
{
	for (guint i = 0; i < l->chip_ends->len; i++)
		if (x < g_array_index(l->chip_ends, int, i)) {
			set_chip(l, FALSE, l->chip_first + i);
			return TRUE;
		}
	return FALSE;
}

gboolean list_mouse(struct panel *panel, const struct canvas *c, int y, int x, guint buttons)
{
	struct list *l = (struct list *)panel;
	int wheel = buttons & 4 ? -WHEEL_ROWS : buttons & 8 ? WHEEL_ROWS : 0;

	if (wheel && l->details.full) {
		pager_scroll(l->details.pager, wheel);
	} else if (wheel) {
		table_move(l->table, wheel);
	} else if (list_click_tab(l, y, x)) {
		return TRUE;
	} else if (!l->details.full && y == l->chips_y) {
		return click_chip(l, x);
	} else if (l->details.full || y < l->table_y || y >= l->table_y + l->table_height || x >= l->table_width || !table_click(l->table, y - l->table_y)) {
		return FALSE;
	} else if (buttons & 2) {
		list_open_details(l, TRUE);
	}
	return TRUE;
}

int list_compare_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a == NULL) - (b == NULL);
}

int list_compare_figures(double a, double b)
{
	a = isfinite(a) ? a : -1;
	b = isfinite(b) ? b : -1;
	return (a > b) - (a < b);
}
