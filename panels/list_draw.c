/* How a list panel is drawn: title, chips, hosts in trouble, the list and where its details stand. */
#include <string.h>

#include "panels/host_line.h"
#include "panels/list.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define SIDE_WIDTH 180      /* from so many cells on the details stand beside the list */
#define DETAILS_LEAST 6     /* rows below the list: head and the first lines */
#define LIST_LEAST 5        /* rows of the list beside its details, header included */
#define TROUBLE_ROWS 4      /* for hosts that are not reached; more of them are counted */

/* A host that is reached, where who is asked does not answer. */
static gboolean has_trouble_inside(const struct list *l, const struct host *h)
{
	const struct datum *d = l->class->datum(h);

	return host_line_is_up(h) && d->error && (d->state == DATUM_ERROR || d->state == DATUM_STALE);
}

/* The freshness of the one host that is shown. Of trouble inside, the reason stands in a row of its own below the title. */
static enum role freshness_of_one(const struct list *l, const struct host *h, char *out, gsize size)
{
	const struct datum *d = l->class->datum(h);
	char age[16];

	if (!has_trouble_inside(l, h)) {
		enum role role = host_line_freshness(l->context.world, h, d, out, size);
		gsize used = strlen(out);
		if (!host_line_is_up(h) || d->state != DATUM_OK || !d->error)
			return role;
		g_snprintf(out + used, size - used, "   %s", d->error); /* it answers, but something of its answer is missing */
		return ROLE_TEXT;
	}
	text_age(datum_age_s(d, l->context.world->now_us), age, sizeof age);
	if (d->state == DATUM_STALE)
		g_snprintf(out, size, "%s %s old: no answer from %s", glyph(GLYPH_STALE), age, l->class->asked);
	else
		g_snprintf(out, size, "%s no answer from %s", glyph(GLYPH_WARN), l->class->asked);
	return d->state == DATUM_STALE ? ROLE_STALE : ROLE_WARN;
}

/* The freshness of what is shown: that of the oldest of several hosts, with how many are not fresh. A host that has nothing of the kind is
 * none of them. */
static enum role freshness(const struct list *l, char *out, gsize size)
{
	const struct world *w = l->context.world;
	const struct host *only = list_only(l);
	guint old = 0;
	gint64 oldest = -1;

	*out = '\0';
	if (!list_is_on_hosts(l))
		return l->class->freshness ? l->class->freshness(l, out, size) : ROLE_DIM;
	if (only)
		return freshness_of_one(l, only, out, size);
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		const struct datum *d = l->class->datum(h);
		gboolean up = host_line_is_up(h);
		old += !up || (d->state != DATUM_OK && d->state != DATUM_NO_DATA);
		if (up && d->state == DATUM_OK)
			oldest = MAX(oldest, datum_age_s(d, w->now_us));
	}
	if (oldest >= 0)
		text_age(oldest, out, size);
	if (old > 0) {
		gsize used = strlen(out);
		g_snprintf(out + used, size - used, "%s%s %u of %u hosts not fresh", used ? "   " : "", glyph(GLYPH_STALE), old, w->hosts->len);
	}
	return old > 0 ? ROLE_STALE : ROLE_DIM;
}

static int draw_filter(const struct list *l, const struct canvas *c, int x)
{
	int used = 0;

	if (l->filter_problem)
		return canvas_printf(c, 0, x, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), l->filter_problem) + 2;
	if (!filter_is_empty(l->filter))
		used += canvas_printf(c, 0, x, ROLE_ACCENT, "/%s", l->filter_text) + 2;
	if (l->faults)
		used += panel_chip(c, 0, x + used, "FAULTS") + 2;
	return used;
}

/* What is shown: one host, all of them, or what the things belong to. */
static const char *place(const struct list *l)
{
	const GPtrArray *hosts = l->context.world->hosts;

	if (!list_is_on_hosts(l))
		return l->class->place ? l->class->place(l) : NULL;
	if (l->host)
		return l->host;
	return hosts->len > 1 ? "all hosts" : hosts->len == 1 ? ((const struct host *)hosts->pdata[0])->name : NULL;
}

void list_draw_title(struct list *l, const struct canvas *c)
{
	g_autoptr(GPtrArray) marked = NULL;
	const char *where = place(l);
	char fresh[160], position[64], cut[128];
	enum role role = freshness(l, fresh, sizeof fresh);
	int fresh_width = MIN(text_width(fresh), c->width / 2);
	struct canvas left = canvas_part(c, 0, 0, 1, c->width - fresh_width - 3);
	guint hidden;
	int x = 1;

	x += canvas_text(&left, 0, x, -1, ROLE_ACCENT, l->class->title) + 2;
	if (where) {
		text_cut_middle(where, 24, cut, sizeof cut);
		x += canvas_text(&left, 0, x, -1, ROLE_TEXT, cut) + 2;
	}
	x += canvas_printf(&left, 0, x, ROLE_TEXT, "%u of %u", table_count(l->table), table_total(l->table)) + 2;
	marked = table_marked(l->table, &hidden);
	if (marked->len > 0 && hidden > 0)
		x += canvas_printf(&left, 0, x, ROLE_ACCENT, "%u marked, %u of them hidden", marked->len, hidden) + 2;
	else if (marked->len > 0)
		x += canvas_printf(&left, 0, x, ROLE_ACCENT, "%u marked", marked->len) + 2;
	x += draw_filter(l, &left, x);
	table_position(l->table, position, sizeof position);
	canvas_text(&left, 0, x, -1, ROLE_DIM, position);
	canvas_text(c, 0, c->width - fresh_width - 1, fresh_width, role, fresh);
}

static int label_width(const struct list *l, guint chip)
{
	enum role role;
	g_autofree char *label = l->class->chip_label(l, chip, &role);

	return text_width(label) + 2;
}

/* The first chip to draw, so that the active one is seen. */
static guint first_chip(const struct list *l, guint active, int width)
{
	guint first = active;
	int used = label_width(l, active) + 4;

	while (first > 0 && used + label_width(l, first - 1) + 2 <= width) {
		first--;
		used += label_width(l, first) + 2;
	}
	return first;
}

void list_draw_chips(struct list *l, const struct canvas *c, int y)
{
	guint active, count = list_chips(l, &active);
	int x = 1;

	l->chips_y = y;
	l->chip_first = first_chip(l, active, c->width);
	g_array_set_size(l->chip_ends, 0);
	if (l->chip_first > 0)
		x += canvas_text(c, y, x, 2, ROLE_DIM, glyph(GLYPH_ELLIPSIS));
	for (guint i = l->chip_first; i < count; i++) {
		enum role role = ROLE_DIM;
		g_autofree char *label = l->class->chip_label(l, i, &role), *chip = g_strdup_printf(i == active ? "[%s]" : " %s ", label);
		if (x + text_width(chip) > c->width - 2) {
			canvas_text(c, y, x, 2, ROLE_DIM, glyph(GLYPH_ELLIPSIS));
			break;
		}
		x += canvas_text(c, y, x, -1, i == active ? ROLE_ACCENT : role, chip);
		g_array_append_val(l->chip_ends, x);
	}
}

/* "reason; advice" in one row when it fits, in two when there is room, else with the reason cut: what to do can always be read. */
static int draw_trouble_inside(const struct list *l, const struct host *h, const struct canvas *c, int y, int rows)
{
	const char *error = l->class->datum(h)->error, *mark = strstr(error, "; ");
	g_autofree char *reason = mark ? g_strndup(error, (gsize)(mark - error)) : g_strdup(error);
	g_autofree char *advice = mark ? g_strdup(mark + 2) : g_strdup_printf("%s asks again", panel_key(&l->context, ACT_REFRESH));
	g_autofree char *problem = g_strdup_printf("%s: %s", h->name, reason);
	int room = MAX(c->width - 4, 0), wish = text_width(advice), all = text_width(problem), x = 3;
	gboolean two = all + 2 + wish > room && rows > 1;

	canvas_text(c, y, 1, 1, ROLE_WARN, glyph(GLYPH_WARN));
	x += canvas_text(c, y, x, two ? room : MIN(all, MAX(room - wish - 2, room * 2 / 5)), ROLE_TEXT, problem);
	if (two)
		canvas_text(c, y + 1, 3, room, ROLE_TEXT, advice);
	else
		canvas_text(c, y, x + 2, MAX(c->width - x - 3, 0), ROLE_TEXT, advice);
	return two ? 2 : 1;
}

static gboolean has_trouble(const struct list *l, const struct host *h)
{
	return list_sees(l, h) && (host_line_has_trouble(h) || has_trouble_inside(l, h));
}

int list_draw_troubles(const struct list *l, const struct canvas *c, int y)
{
	const struct world *w = l->context.world;
	guint troubled = 0;
	int used = 0, rows = CLAMP(c->height / 4, 1, TROUBLE_ROWS);

	for (guint i = 0; i < w->hosts->len; i++)
		troubled += has_trouble(l, w->hosts->pdata[i]);
	for (guint i = 0; i < w->hosts->len && troubled > 0; i++) {
		const struct host *h = w->hosts->pdata[i];
		int room = rows - used - (troubled > 1 ? 1 : 0);
		if (!has_trouble(l, h))
			continue;
		if (room < 1)
			break;
		used += host_line_has_trouble(h) ? host_line_draw(&l->context, h, c, y + used, MIN(room, 2))
			: draw_trouble_inside(l, h, c, y + used, MIN(room, 2));
		troubled--;
	}
	if (troubled > 0 && used < rows)
		used += canvas_printf(c, y + used, 3, ROLE_CRIT, "%u more hosts give no fresh data: %s shows them one by one", troubled,
		                      panel_key(&l->context, ACT_PANEL_1)) > 0;
	return used;
}

int list_fact_rows(const struct canvas *c, int troubles, int most)
{
	return CLAMP(MIN(c->height / 4, c->height * 2 / 5 - troubles), 0, most);
}

/* Why a list without a filter is empty. */
static char *empty_reason(const struct list *l)
{
	const struct host *h = list_only(l);
	const struct datum *d = h ? l->class->datum(h) : NULL;

	if (!list_is_on_hosts(l))
		return l->class->empty(l);
	if (l->context.world->hosts->len == 0)
		return g_strdup("no host is configured");
	if (!h)
		return g_strdup_printf("no host has told of a %s yet", l->class->one);
	if (d->state == DATUM_NO_DATA)
		return d->error ? g_strdup_printf("%s: %s", h->name, d->error) : g_strdup_printf("%s: there is no %s here", h->name, l->class->asked);
	if (d->state == DATUM_UNKNOWN)
		return g_strdup_printf("waiting for the %s of %s", l->class->many, h->name);
	if (d->state == DATUM_ERROR)
		return g_strdup_printf("the %s of %s are not known", l->class->many, h->name);
	return g_strdup_printf("%s has no %s", h->name, l->class->many);
}

static char *empty_text(const struct list *l)
{
	g_autofree char *filter = filter_is_empty(l->filter) ? NULL : g_strdup_printf(" matches /%s", l->filter_text);
	g_autofree char *chip = l->class->chip_words ? l->class->chip_words(l) : g_strdup("");

	if (table_total(l->table) == 0)
		return empty_reason(l);
	return g_strdup_printf("no %s%s%s%s: Esc clears", l->class->one, chip, l->faults ? " with a fault" : "", filter ? filter : " is here");
}

static void draw_list(struct list *l, const struct canvas *panel, int y, int height, int width)
{
	struct canvas c = canvas_part(panel, y, 0, height, width);
	g_autofree char *empty = empty_text(l);

	l->table_y = y;
	l->table_height = c.height;
	l->table_width = c.width;
	table_draw(l->table, &c, empty);
}

static void draw_details(struct list *l, const struct canvas *panel, const struct canvas *pane)
{
	struct list_details *d = &l->details;

	list_draw_details(l, pane);
	d->head_y = pane->y - panel->y; /* relative to the panel, as the mouse is */
	d->head_x += pane->x - panel->x;
	for (guint i = 0; i < LIST_TABS_MAX; i++)
		d->tab_ends[i] += pane->x - panel->x;
}

void list_draw_body(struct list *l, const struct canvas *panel, int y)
{
	int height = MAX(panel->height - y, 0), list = MAX(height - MAX(DETAILS_LEAST, height * 2 / 5), LIST_LEAST);
	struct canvas pane;

	l->table_height = 0;
	if (l->details.full || (l->details.open && height < LIST_LEAST + DETAILS_LEAST)) {
		pane = canvas_part(panel, y, 0, height, -1);
	} else if (!l->details.open) {
		draw_list(l, panel, y, height, panel->width);
		return;
	} else if (panel->width >= SIDE_WIDTH) {
		int left = panel->width * 11 / 20;
		draw_list(l, panel, y, height, left);
		for (int i = 0; i < height; i++)
			canvas_text(panel, y + i, left, 1, ROLE_FRAME, glyph(GLYPH_VERTICAL));
		pane = canvas_part(panel, y, left + 1, height, -1);
	} else {
		list = MIN(list, MAX((int)table_count(l->table) + 2, LIST_LEAST)); /* a short list leaves its blank lines to the details */
		draw_list(l, panel, y, list, panel->width);
		pane = canvas_part(panel, y + list, 0, height - list, -1);
	}
	draw_details(l, panel, &pane);
}

const char *list_or_unknown(const char *text)
{
	return text && *text ? text : text_unknown();
}

void list_age_cell(const struct list *l, gint64 utc_us, struct table_cell *out)
{
	text_age(utc_us > 0 ? MAX(l->context.world->utc_us - utc_us, 0) / G_USEC_PER_SEC : -1, out->buffer, sizeof out->buffer);
}

void list_host_cell(const struct list *l, const struct host *h, gboolean old, struct table_cell *out)
{
	char age[16], name[48];

	out->text = h->name;
	if (!old)
		return;
	text_age(datum_age_s(l->class->datum(h), l->context.world->now_us), age, sizeof age);
	text_cut_middle(h->name, 16, name, sizeof name);
	g_snprintf(out->buffer, sizeof out->buffer, "%s %s", name, age);
	out->text = out->buffer;
}

enum role list_badge(guint crit, guint warn, char *out, gsize size)
{
	*out = '\0';
	if (crit > 0)
		g_snprintf(out, size, "%s%u", glyph(GLYPH_CRIT), crit);
	else if (warn > 0)
		g_snprintf(out, size, "%s%u", glyph(GLYPH_WARN), warn);
	return crit > 0 ? ROLE_CRIT : warn > 0 ? ROLE_WARN : ROLE_DIM;
}
