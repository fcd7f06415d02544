/* How the Models panel is drawn: between the chips and the list stand each host's memory, its GPU, and what a load would leave. */
#include <math.h>
#include <string.h>

#include "panels/host_line.h"
#include "panels/models_private.h"
#include "tui/chart.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define BAR_ROWS 4          /* for the memory of several hosts; when there are more, that of the one under the cursor */
#define BAR_LEAST 12
#define BAR_MOST 60
#define NAME_CELLS 16

enum part { PART_SYSTEM, PART_MODELS, PART_COUNT };

/* Shares of a host's memory, in bytes. What a model maps from its file counts as available too, so the three can be more than the whole. */
struct shares { double system, models, available, total; };

static void share(const struct host *h, struct shares *out)
{
	out->total = (double)h->probe.mem_total;
	out->available = (double)h->probe.mem_available;
	out->models = 0;
	for (guint i = 0; i < h->llm.models->len; i++) {
		const struct llm_model *m = h->llm.models->pdata[i];
		if (m->loaded && m->memory > m->vram)
			out->models += (double)(m->memory - m->vram);
	}
	out->system = fmax(out->total - out->available - out->models, 0);
}

static char *share_words(const struct shares *s, gboolean brief)
{
	char system[16], models[16], available[16], total[16];

	text_bytes(s->system, system, sizeof system);
	text_bytes(s->models, models, sizeof models);
	text_bytes(s->available, available, sizeof available);
	text_bytes(s->total, total, sizeof total);
	return g_strdup_printf("%s system %s  %s models %s  %s free %s%s%s", chart_part(PART_SYSTEM), system, chart_part(PART_MODELS), models,
	                       glyph(GLYPH_MIDDLE_DOT), available, brief ? "" : " of ", brief ? "" : total);
}

static void draw_bar(const struct list *l, const struct canvas *c, int y, int x, const struct host *h)
{
	static const enum role fresh[PART_COUNT] = { ROLE_DIM, ROLE_ACCENT }, faded[PART_COUNT] = { ROLE_STALE, ROLE_STALE };
	gboolean old = !host_line_is_up(h) || h->probe_datum.state != DATUM_OK;
	g_autofree char *words = NULL;
	struct shares s;
	double parts[PART_COUNT];
	int width;

	share(h, &s);
	words = share_words(&s, c->width < 100 && !list_only(l));
	width = CLAMP(c->width - x - 3 - text_width(words), BAR_LEAST, BAR_MOST);
	parts[PART_SYSTEM] = s.system / s.total;
	parts[PART_MODELS] = fmin(s.models, s.total - s.available) / s.total;
	if (old)
		canvas_text(c, y, 1, 1, ROLE_STALE, glyph(GLYPH_STALE));
	chart_parts(c, y, x, width, old ? faded : fresh, parts, PART_COUNT);
	canvas_text(c, y, x + width + 2, -1, old ? ROLE_STALE : ROLE_TEXT, words);
}

static gboolean has_models(const struct list *l, const struct host *h)
{
	return list_sees(l, h) && h->llm.models->len > 0;
}

/* The bars of several hosts begin in one column. */
static int name_cells(const struct list *l)
{
	const GPtrArray *hosts = l->context.world->hosts;
	int cells = 0;

	for (guint i = 0; i < hosts->len; i++)
		if (has_models(l, hosts->pdata[i]))
			cells = MAX(cells, text_width(((const struct host *)hosts->pdata[i])->name));
	return MIN(cells, NAME_CELLS);
}

static void draw_memory(const struct list *l, const struct canvas *c, int y, const struct host *h)
{
	int x = 3;
	char name[96], fresh[160];
	enum role role;

	text_cut_middle(h->name, NAME_CELLS, name, sizeof name);
	if (list_only(l))
		x += canvas_text(c, y, x, -1, ROLE_DIM, "RAM") + 1;
	else
		x += canvas_printf(c, y, x, ROLE_DIM, "%s%*s", name, name_cells(l) + 1 - text_width(name), "");
	if (datum_known(&h->probe_datum) && h->probe.mem_total > 0) {
		draw_bar(l, c, y, x, h);
		return;
	}
	role = host_line_freshness(l->context.world, h, &h->probe_datum, fresh, sizeof fresh);
	x += canvas_text(c, y, x, -1, ROLE_TEXT, "the memory is not known") + 2;
	canvas_text(c, y, x, -1, role, fresh);
}

static int draw_memories(const struct list *l, const struct canvas *c, int y, int rows)
{
	const struct world *w = l->context.world;
	const struct host *current = list_current_host(l);
	guint count = 0;
	int used = 0;

	for (guint i = 0; i < w->hosts->len; i++)
		count += has_models(l, w->hosts->pdata[i]);
	for (guint i = 0; i < w->hosts->len && used < rows; i++) {
		const struct host *h = w->hosts->pdata[i];
		if (has_models(l, h) && ((int)count <= rows || h == current))
			draw_memory(l, c, y + used++, h);
	}
	return used;
}

/* What has no place in the table: the GPU, and since when uses were watched. */
static int draw_notes(const struct list *l, const struct canvas *c, int y)
{
	const struct host *h = list_current_host(l);
	char since[40];
	int x = 3;

	if (!h || h->llm.models->len == 0)
		return 0;
	if (h->llm.gpu_known && !h->llm.gpu) {
		canvas_text(c, y, 1, 1, ROLE_WARN, glyph(GLYPH_WARN));
		x += canvas_text(c, y, x, -1, ROLE_WARN, "GPU: none: inference will be slow") + 3;
	} else {
		x += canvas_text(c, y, x, -1, ROLE_DIM, h->llm.gpu_known ? "GPU: there is one" : "GPU: not known") + 3;
	}
	panel_day(h->llm.watched_us, l->context.world->utc_us, since, sizeof since);
	if (h->llm.watched_us > 0)
		x += canvas_printf(c, y, x, ROLE_DIM, "USED, S/WK: observed since %s", since) + 3;
	else
		x += canvas_text(c, y, x, -1, ROLE_DIM, "USED, S/WK: not observed yet") + 3;
	if (h->llm.version && x + 8 < c->width)
		canvas_printf(c, y, x, ROLE_DIM, "Ollama %s", h->llm.version);
	return 1;
}

char *models_forecast(const struct host *h, const struct llm_model *m, gboolean *tight)
{
	const char *times = glyph_ascii() ? "x" : "×";
	struct llm_forecast f;
	char size[16], left[16], name[200];

	llm_forecast_compute(m, host_line_is_up(h) && h->probe_datum.state == DATUM_OK && h->probe.mem_total > 0, h->probe.mem_available, &f);
	*tight = f.tight;
	text_bytes((double)m->size, size, sizeof size);
	text_bytes((double)ABS(f.left), left, sizeof left);
	text_cut_middle(m->name, 40, name, sizeof name);
	if (!f.known)
		return g_strdup_printf("What loading %s (%s) would leave free is not known: the host's memory is not known now", name, size);
	if (f.left < 0)
		return g_strdup_printf("Loading %s (%s) needs ~%s more than is free: swap pressure likely (estimate: size %s 1.2)", name, size, left, times);
	return g_strdup_printf("Loading %s (%s) will leave ~%s free%s (estimate: size %s 1.2)", name, size, left, f.tight ? ": swap pressure likely" : "",
	                       times);
}

static char *change_words(const struct list *l, const struct llm_model *m)
{
	char words[40], expires[24];

	models_loaded_words(m, l->context.world->now_us, words, sizeof words);
	models_expires_words(m, l->context.world->utc_us, expires, sizeof expires);
	if (m->change != LLM_RESTS)
		return g_strdup_printf(m->change == LLM_LOADING ? "%s: %s; it can take minutes" : "%s: %s; it waits for requests that run", m->name, words);
	return g_strdup_printf("%s takes %s of memory, %s%s: %s unloads it", m->name, words,
	                       m->expires_us == G_MAXINT64 ? "and stays" : m->expires_us > l->context.world->utc_us ? "leaves in " : "and is about to leave",
	                       m->expires_us != G_MAXINT64 && m->expires_us > l->context.world->utc_us ? expires : "", panel_key(&l->context, ACT_MODEL_UNLOAD));
}

/* About the model under the cursor; always so many rows, so that the list stays where it is. */
static int draw_forecast(const struct models_view *v, const struct canvas *c, int y, int rows)
{
	const struct list *l = &v->list;
	g_autofree char *text = NULL, *row = NULL;
	gboolean tight = FALSE;
	struct host *h;
	struct llm_model *m;
	gsize first;

	if (rows < 1 || !models_selected(v, &h, &m))
		return 0;
	text = m->loaded || m->change != LLM_RESTS ? change_words(l, m) : models_forecast(h, m, &tight);
	first = panel_wrap_row(text, c->width - 5);
	row = g_strndup(text, rows > 1 ? first : strlen(text));
	if (tight)
		canvas_text(c, y, 1, 1, ROLE_WARN, glyph(GLYPH_WARN));
	canvas_text(c, y, 3, -1, tight ? ROLE_WARN : ROLE_DIM, row);
	if (rows > 1 && text[first])
		canvas_text(c, y + 1, 3, -1, tight ? ROLE_WARN : ROLE_DIM, text + first + (text[first] == ' '));
	return rows;
}

/* When there is little room, what a load would do comes before the memory, and that before the notes. */
static int draw_facts(const struct models_view *v, const struct canvas *c, int y, int rows)
{
	int used = rows > 1 ? draw_memories(&v->list, c, y, CLAMP(rows - 2, 1, BAR_ROWS)) : 0;

	if (used + 1 < rows)
		used += draw_notes(&v->list, c, y + used);
	return used + draw_forecast(v, c, y + used, MIN(rows - used, c->width < 120 ? 2 : 1));
}

void models_draw(struct panel *panel, const struct canvas *c)
{
	struct models_view *v = (struct models_view *)panel;
	struct list *l = &v->list;
	int y = 1, troubles;

	models_collect(l);
	if (!l->details.full) {
		list_draw_chips(l, c, y++);
		y += troubles = list_draw_troubles(l, c, y);
		y += draw_facts(v, c, y, list_fact_rows(c, troubles, BAR_ROWS + 3));
	}
	list_draw_body(l, c, y);
	list_draw_title(l, c);
	models_release(l);
}
