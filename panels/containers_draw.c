/* How the Containers panel is drawn: title, chips, hosts in trouble, the list and the details; and whose figures are on the screen. */
#include <string.h>

#include "panels/containers_private.h"
#include "panels/host_line.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define SIDE_WIDTH 180      /* from so many cells on the details stand beside the list */
#define DETAILS_LEAST 6     /* rows below the list: head and the health log */
#define LIST_LEAST 5        /* rows of the list beside its details, header included */
#define TROUBLE_ROWS 4      /* for hosts that are not reached; more of them are counted */

static gboolean is_seen(const struct containers *p, const struct host *h)
{
	return !p->host || g_str_equal(p->host, h->name);
}

/* A host that is reached but whose Docker does not answer. */
static gboolean has_docker_trouble(const struct host *h)
{
	const struct datum *d = &h->docker.datum;

	return host_line_is_up(h) && d->error && (d->state == DATUM_ERROR || d->state == DATUM_STALE);
}

/* The reason stands in a row of its own below the title. */
static enum role docker_freshness(const struct world *w, const struct host *h, char *out, gsize size)
{
	char age[16];

	text_age(datum_age_s(&h->docker.datum, w->now_us), age, sizeof age);
	if (h->docker.datum.state == DATUM_STALE)
		g_snprintf(out, size, "%s %s old: no answer from Docker", glyph(GLYPH_STALE), age);
	else
		g_snprintf(out, size, "%s no answer from Docker", glyph(GLYPH_WARN));
	return h->docker.datum.state == DATUM_STALE ? ROLE_STALE : ROLE_WARN;
}

/* The freshness of the one host that is shown. */
static enum role freshness_of_one(const struct world *w, const struct host *h, char *out, gsize size)
{
	if (has_docker_trouble(h))
		return docker_freshness(w, h, out, size);
	return host_line_freshness(w, h, &h->docker.datum, out, size);
}

/* The freshness of what is shown: that of the oldest of several hosts, with how many are not fresh. A host without Docker is none of them. */
static enum role freshness(const struct containers *p, char *out, gsize size)
{
	const struct world *w = p->context.world;
	const struct host *only = p->host ? world_host(w, p->host) : w->hosts->len == 1 ? w->hosts->pdata[0] : NULL;
	guint old = 0;
	gint64 oldest = -1;

	*out = '\0';
	if (only)
		return freshness_of_one(w, only, out, size);
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		gboolean up = host_line_is_up(h);
		old += !up || (h->docker.datum.state != DATUM_OK && h->docker.datum.state != DATUM_NO_DATA);
		if (up && h->docker.datum.state == DATUM_OK)
			oldest = MAX(oldest, datum_age_s(&h->docker.datum, w->now_us));
	}
	if (oldest >= 0)
		text_age(oldest, out, size);
	if (old > 0) {
		gsize used = strlen(out);
		g_snprintf(out + used, size - used, "%s%s %u of %u hosts not fresh", used ? "   " : "", glyph(GLYPH_STALE), old, w->hosts->len);
	}
	return old > 0 ? ROLE_STALE : ROLE_DIM;
}

static int draw_filter(const struct containers *p, const struct canvas *c, int x)
{
	int used = 0;

	if (p->filter_problem)
		return canvas_printf(c, 0, x, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), p->filter_problem) + 2;
	if (!filter_is_empty(p->filter))
		used += canvas_printf(c, 0, x, ROLE_ACCENT, "/%s", p->filter_text) + 2;
	if (p->faults)
		used += panel_chip(c, 0, x + used, "FAULTS") + 2;
	return used;
}

static void draw_title(const struct containers *p, const struct canvas *c)
{
	g_autoptr(GPtrArray) marked = NULL;
	const GPtrArray *hosts = p->context.world->hosts;
	char fresh[160], position[64], cut[128];
	enum role role = freshness(p, fresh, sizeof fresh);
	int fresh_width = MIN(text_width(fresh), c->width / 2);
	struct canvas left = canvas_part(c, 0, 0, 1, c->width - fresh_width - 3);
	guint hidden;
	int x = 1;

	x += canvas_text(&left, 0, x, -1, ROLE_ACCENT, "Containers") + 2;
	if (hosts->len > 0) {
		const char *only = hosts->len > 1 ? "all hosts" : ((const struct host *)hosts->pdata[0])->name;
		text_cut_middle(p->host ? p->host : only, 24, cut, sizeof cut);
		x += canvas_text(&left, 0, x, -1, ROLE_TEXT, cut) + 2;
	}
	x += canvas_printf(&left, 0, x, ROLE_TEXT, "%u of %u", table_count(p->table), table_total(p->table)) + 2;
	marked = table_marked(p->table, &hidden);
	if (marked->len > 0 && hidden > 0)
		x += canvas_printf(&left, 0, x, ROLE_ACCENT, "%u marked, %u of them hidden", marked->len, hidden) + 2;
	else if (marked->len > 0)
		x += canvas_printf(&left, 0, x, ROLE_ACCENT, "%u marked", marked->len) + 2;
	x += draw_filter(p, &left, x);
	table_position(p->table, position, sizeof position);
	canvas_text(&left, 0, x, -1, ROLE_DIM, position);
	canvas_text(c, 0, c->width - fresh_width - 1, fresh_width, role, fresh);
}

/* "reason; advice" in one row when it fits, in two when there is room, else with the reason cut: what to do can always be read. */
static int draw_docker_trouble(const struct containers *p, const struct host *h, const struct canvas *c, int y, int rows)
{
	const char *error = h->docker.datum.error, *mark = strstr(error, "; ");
	g_autofree char *reason = mark ? g_strndup(error, (gsize)(mark - error)) : g_strdup(error);
	g_autofree char *advice = mark ? g_strdup(mark + 2) : g_strdup_printf("%s asks again", panel_key(&p->context, ACT_REFRESH));
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

/* Lines about hosts that give no fresh data. Gives the rows used. */
static int draw_troubles(const struct containers *p, const struct canvas *c, int y, int rows)
{
	const struct world *w = p->context.world;
	guint troubled = 0;
	int used = 0;

	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		if (is_seen(p, h) && (host_line_has_trouble(h) || has_docker_trouble(h)))
			troubled++;
	}
	for (guint i = 0; i < w->hosts->len && troubled > 0; i++) {
		const struct host *h = w->hosts->pdata[i];
		int room = rows - used - (troubled > 1 ? 1 : 0);
		if (!is_seen(p, h) || !(host_line_has_trouble(h) || has_docker_trouble(h)))
			continue;
		if (room < 1)
			break;
		used += host_line_has_trouble(h) ? host_line_draw(&p->context, h, c, y + used, MIN(room, 2)) : draw_docker_trouble(p, h, c, y + used, MIN(room, 2));
		troubled--;
	}
	if (troubled > 0 && used < rows)
		used += canvas_printf(c, y + used, 3, ROLE_CRIT, "%u more hosts give no fresh data: %s shows them one by one", troubled,
		                      panel_key(&p->context, ACT_PANEL_1)) > 0;
	return used;
}

/* Why a list without a filter is empty. */
static char *empty_reason(const struct containers *p)
{
	const struct world *w = p->context.world;
	const struct host *h = p->host ? world_host(w, p->host) : w->hosts->len == 1 ? w->hosts->pdata[0] : NULL;
	const struct datum *d = h ? &h->docker.datum : NULL;

	if (w->hosts->len == 0)
		return g_strdup("no host is configured");
	if (!h)
		return g_strdup("no host has told of a container yet");
	if (d->state == DATUM_NO_DATA)
		return g_strdup_printf("%s: %s", h->name, d->error ? d->error : "there is no Docker here");
	if (d->state == DATUM_UNKNOWN)
		return g_strdup_printf("waiting for the containers of %s", h->name);
	if (d->state == DATUM_ERROR)
		return g_strdup_printf("the containers of %s are not known", h->name);
	return g_strdup_printf("%s has no containers", h->name);
}

static char *empty_text(const struct containers *p)
{
	static const char *const chips[] = { [CHIP_ALL] = "", [CHIP_UNHEALTHY] = " that is unhealthy", [CHIP_NO_LIMIT] = " without a memory limit" };
	g_autofree char *filter = filter_is_empty(p->filter) ? g_strdup("") : g_strdup_printf(" matches /%s", p->filter_text);
	g_autofree char *stack = p->chip == CHIP_STACK ? g_strdup_printf(" of stack %s", p->stack) : NULL;

	if (table_total(p->table) == 0)
		return empty_reason(p);
	return g_strdup_printf("no container%s%s%s: Esc clears", stack ? stack : chips[p->chip], p->faults ? " with a fault" : "",
	                       *filter ? filter : " is here");
}

static void tell_visible(struct containers *p, const char *host, GPtrArray *ids)
{
	g_autofree char *joined = NULL;
	const char *before = g_hash_table_lookup(p->visible, host);

	g_ptr_array_add(ids, NULL);
	joined = g_strjoinv(" ", (char **)ids->pdata);
	g_ptr_array_set_size(ids, (gint)ids->len - 1);
	if (g_strcmp0(joined, before ? before : "") == 0)
		return;
	p->context.request(p->context.user, &(struct request){
		.kind = REQUEST_VISIBLE, .host = host, .ids = (const char *const *)ids->pdata, .count = ids->len });
	g_hash_table_insert(p->visible, g_strdup(host), g_steal_pointer(&joined));
}

static void add_visible(GHashTable *hosts, const char *host, const char *id)
{
	GPtrArray *ids = g_hash_table_lookup(hosts, host);

	if (!ids) {
		ids = g_ptr_array_new();
		g_hash_table_insert(hosts, (gpointer)host, ids);
	}
	g_ptr_array_add(ids, (gpointer)id);
}

static void free_ids(gpointer ids)
{
	g_ptr_array_unref(ids);
}

void containers_tell_visible(struct containers *p, gboolean nobody)
{
	g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_ids);
	const struct world *w = p->context.world;
	struct host *h;
	struct container *c;
	guint first, count;

	table_visible(p->table, &first, &count);
	if (nobody || p->details.full)
		count = 0;
	for (guint i = first; i < first + count; i++) {
		const struct row *r = &g_array_index(p->rows, struct row, table_row(p->table, i));
		add_visible(hosts, r->host->name, r->container->id);
	}
	if (!nobody && p->details.full && containers_selected(p, &h, &c))
		add_visible(hosts, h->name, c->id);
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *each = w->hosts->pdata[i];
		g_autoptr(GPtrArray) none = g_ptr_array_new();
		GPtrArray *ids = g_hash_table_lookup(hosts, each->name);
		tell_visible(p, each->name, ids ? ids : none);
	}
}

/* Puts the cursor on the container that was asked for as soon as it is in the list. */
static void select_wanted(struct containers *p)
{
	for (guint i = 0; p->wanted && i < table_count(p->table); i++) {
		const struct row *r = &g_array_index(p->rows, struct row, table_row(p->table, i));
		g_autoptr(GString) key = g_string_new(NULL);
		if (g_strcmp0(r->container->name, p->wanted) != 0 && g_strcmp0(r->container->id, p->wanted) != 0)
			continue;
		containers_source.key(p, table_row(p->table, i), key);
		table_select(p->table, key->str);
		g_clear_pointer(&p->wanted, g_free);
	}
}

static void draw_list(struct containers *p, const struct canvas *panel, int y, int height, int width)
{
	struct canvas c = canvas_part(panel, y, 0, height, width);
	g_autofree char *empty = empty_text(p);

	p->table_y = y;
	p->table_height = c.height;
	p->table_width = c.width;
	table_draw(p->table, &c, empty);
}

static void draw_body(struct containers *p, const struct canvas *panel, int y)
{
	int height = MAX(panel->height - y, 0), list = MAX(height - MAX(DETAILS_LEAST, height * 2 / 5), LIST_LEAST);
	struct canvas pane;

	p->table_height = 0;
	if (p->details.full || (p->details.open && height < LIST_LEAST + DETAILS_LEAST)) {
		pane = canvas_part(panel, y, 0, height, -1);
	} else if (!p->details.open) {
		draw_list(p, panel, y, height, panel->width);
		return;
	} else if (panel->width >= SIDE_WIDTH) {
		int left = panel->width * 11 / 20;
		draw_list(p, panel, y, height, left);
		for (int i = 0; i < height; i++)
			canvas_text(panel, y + i, left, 1, ROLE_FRAME, glyph(GLYPH_VERTICAL));
		pane = canvas_part(panel, y, left + 1, height, -1);
	} else {
		list = MIN(list, MAX((int)table_count(p->table) + 2, LIST_LEAST)); /* a short list leaves its blank lines to the details */
		draw_list(p, panel, y, list, panel->width);
		pane = canvas_part(panel, y + list, 0, height - list, -1);
	}
	details_draw(p, &pane);
	p->details.head_y = pane.y - panel->y; /* relative to the panel, as the mouse is */
	p->details.head_x += pane.x - panel->x;
	for (guint i = 0; i < TAB_COUNT; i++)
		p->details.tab_ends[i] += pane.x - panel->x;
}

void containers_draw(struct panel *panel, const struct canvas *c)
{
	struct containers *p = (struct containers *)panel;
	int y = 1;

	containers_collect(p);
	select_wanted(p);
	if (!p->details.full)
		containers_draw_chips(p, c, y++);
	y += draw_troubles(p, c, y, CLAMP(c->height / 4, 1, TROUBLE_ROWS));
	draw_body(p, c, y);
	draw_title(p, c); /* last: only now it is known which rows are seen */
	containers_tell_visible(p, FALSE);
	containers_release(p);
}
