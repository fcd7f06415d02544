/* The rows of the Models panel: which there are, how they sort, what stands in their cells; and its chips. */
#include <math.h>
#include <string.h>

#include "panels/host_line.h"
#include "panels/models_private.h"
#include "tui/glyph.h"
#include "tui/text.h"

enum column {
	COLUMN_NAME, COLUMN_HOST, COLUMN_SIZE, COLUMN_PARAMETERS, COLUMN_QUANTIZATION, COLUMN_LOADED, COLUMN_PROCESSOR, COLUMN_EXPIRES, COLUMN_USED,
	COLUMN_SESSIONS, COLUMN_CONTEXT, COLUMN_FAMILY, COLUMN_MODIFIED, COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_NAME] = { .title = "NAME", .least = 18, .most = 40, .priority = 0, .middle = TRUE },
	[COLUMN_HOST] = { .title = "HOST", .least = 10, .most = 24, .priority = 1, .middle = TRUE },
	[COLUMN_SIZE] = { .title = "SIZE", .least = 5, .most = 5, .priority = 1, .right = TRUE, .descending = TRUE },
	[COLUMN_PARAMETERS] = { .title = "PARAMS", .least = 7, .most = 7, .priority = 6, .right = TRUE, .descending = TRUE },
	[COLUMN_QUANTIZATION] = { .title = "QUANT", .least = 6, .most = 8, .priority = 7 },
	[COLUMN_LOADED] = { .title = "LOADED", .least = 11, .most = 11, .priority = 0, .right = TRUE, .descending = TRUE },
	[COLUMN_PROCESSOR] = { .title = "CPU/GPU", .least = 8, .most = 15, .priority = 3 },
	[COLUMN_EXPIRES] = { .title = "EXPIRES", .least = 7, .most = 8, .priority = 2, .right = TRUE },
	[COLUMN_USED] = { .title = "USED", .least = 4, .most = 4, .priority = 4, .right = TRUE },
	[COLUMN_SESSIONS] = { .title = "S/WK", .least = 4, .most = 4, .priority = 5, .right = TRUE, .descending = TRUE },
	[COLUMN_CONTEXT] = { .title = "CONTEXT", .least = 7, .most = 9, .priority = 8, .right = TRUE, .descending = TRUE },
	[COLUMN_FAMILY] = { .title = "FAMILY", .least = 6, .most = 14, .priority = 9 },
	[COLUMN_MODIFIED] = { .title = "PULLED", .least = 6, .most = 6, .priority = 10, .right = TRUE },
};

static const char *const state_words[] = { "loaded", "loading", "unloading", "resting", NULL };
enum field { FIELD_NAME, FIELD_HOST, FIELD_STATE, FIELD_FAMILY, FIELD_QUANTIZATION, FIELD_COUNT };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_NAME] = { "name", NULL }, [FIELD_HOST] = { "host", NULL }, [FIELD_STATE] = { "state", state_words }, [FIELD_FAMILY] = { "family", NULL },
	[FIELD_QUANTIZATION] = { "quant", NULL },
};

void models_loaded_words(const struct llm_model *m, gint64 now_us, char *out, gsize size)
{
	char age[16];

	text_age(MAX(now_us - m->change_since_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	if (m->change != LLM_RESTS)
		g_snprintf(out, size, "%s %s", m->change == LLM_LOADING ? "loading" : "unload", age);
	else if (m->loaded)
		text_bytes((double)m->memory, out, size);
	else
		g_strlcpy(out, "no", size);
}

void models_expires_words(const struct llm_model *m, gint64 utc_us, char *out, gsize size)
{
	if (!m->loaded || m->expires_us == 0)
		g_strlcpy(out, text_unknown(), size);
	else if (m->expires_us == G_MAXINT64)
		g_strlcpy(out, "never", size);
	else if (m->expires_us <= utc_us) /* as `ollama ps` words it: it waits for requests that run */
		g_strlcpy(out, "stopping", size);
	else
		text_duration((m->expires_us - utc_us) / G_USEC_PER_SEC, out, size);
}

gboolean models_find(const struct models_view *v, const char *key, struct host **host, struct llm_model **model)
{
	const char *name = list_key_parts(&v->list, key, host);

	*model = name ? llm_state_model(&(*host)->llm, name) : NULL;
	return *model != NULL;
}

gboolean models_selected(const struct models_view *v, struct host **host, struct llm_model **model)
{
	return models_find(v, table_selected(v->list.table), host, model);
}

static const char *name_of(const struct list *l, const char *key)
{
	struct host *h;
	struct llm_model *m;

	return models_find((const struct models_view *)l, key, &h, &m) ? m->name : NULL;
}

void models_collect(struct list *l)
{
	struct models_view *v = (struct models_view *)l;
	const struct world *w = l->context.world;

	models_release(l);
	v->loaded = 0;
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		for (guint j = 0; list_sees(l, h) && j < h->llm.models->len; j++) {
			const struct llm_model *m = h->llm.models->pdata[j];
			struct models_row row = { h, m, !host_line_is_up(h) || h->llm.datum.state != DATUM_OK };
			g_array_append_val(v->rows, row);
			v->loaded += m->loaded;
		}
	}
	list_refresh(l, v->rows->len);
}

void models_release(struct list *l)
{
	g_array_set_size(((struct models_view *)l)->rows, 0);
}

static const struct models_row *row_at(const struct models_view *v, guint row)
{
	return &g_array_index(v->rows, struct models_row, row);
}

static void row_key(void *user, guint row, GString *out)
{
	list_key(out, row_at(user, row)->host, row_at(user, row)->model->name);
}

static const char *state_word(const struct llm_model *m)
{
	return m->change == LLM_LOADING ? "loading" : m->change == LLM_UNLOADING ? "unloading loaded" : m->loaded ? "loaded" : "resting";
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct models_row *r = row_at(user, row);
	const char *values[FIELD_COUNT] = {
		[FIELD_NAME] = r->model->name, [FIELD_HOST] = r->host->name, [FIELD_STATE] = state_word(r->model), [FIELD_FAMILY] = r->model->family,
		[FIELD_QUANTIZATION] = r->model->quantization,
	};

	if (l->chip == MODELS_CHIP_LOADED && !r->model->loaded && r->model->change == LLM_RESTS)
		return FALSE;
	return filter_is_empty(l->filter) || filter_matches(l->filter, values);
}

/* What changes first, then what takes memory. */
static int rank(const struct models_row *r)
{
	return (r->model->change != LLM_RESTS ? 0 : r->model->loaded ? 2 : 4) + r->old;
}

/* Of "7.6B" or "137M". */
static double parameter_count(const char *text)
{
	char *end = NULL;
	double count = text ? g_ascii_strtod(text, &end) : NAN;

	return !text || end == text ? NAN : count * (*end == 'B' ? 1e9 : *end == 'M' ? 1e6 : 1);
}

/* NAN: not known, or not loaded. */
static double figure(const struct models_row *r, int column)
{
	const struct llm_model *m = r->model;

	switch (column) {
	case COLUMN_SIZE: return (double)m->size;
	case COLUMN_PARAMETERS: return parameter_count(m->parameters);
	case COLUMN_LOADED: return m->loaded ? (double)m->memory : NAN;
	case COLUMN_EXPIRES: return m->loaded && m->expires_us > 0 ? (double)m->expires_us : NAN;
	case COLUMN_USED: return m->used_us > 0 ? -(double)m->used_us : 1; /* the last used first, none last */
	case COLUMN_SESSIONS: return r->host->llm.watched_us > 0 ? m->sessions : NAN;
	case COLUMN_CONTEXT: return m->context > 0 ? m->context : NAN;
	case COLUMN_MODIFIED: return m->modified_us > 0 ? -(double)m->modified_us : 1;
	default: return NAN;
	}
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct models_row *x = row_at(user, a), *y = row_at(user, b);
	double left = figure(x, column), right = figure(y, column);
	int result = rank(x) - rank(y);

	switch (column) {
	case TABLE_SORT_DEFAULT: return result ? result : list_compare_text(x->model->name, y->model->name);
	case COLUMN_NAME: return list_compare_text(x->model->name, y->model->name);
	case COLUMN_HOST: return list_compare_text(x->host->name, y->host->name);
	case COLUMN_QUANTIZATION: return list_compare_text(x->model->quantization, y->model->quantization);
	case COLUMN_FAMILY: return list_compare_text(x->model->family, y->model->family);
	case COLUMN_PROCESSOR: return (x->model->vram > y->model->vram) - (x->model->vram < y->model->vram);
	case COLUMN_USED: case COLUMN_MODIFIED: return (left > right) - (left < right);
	default: return list_compare_figures(left, right);
	}
}

static void row_look(void *user, guint row, struct table_look *out)
{
	const struct models_row *r = row_at(user, row);
	enum glyph g = GLYPH_NONE;

	out->role = ROLE_DIM;
	if (r->old) {
		g = GLYPH_STALE;
		out->role = ROLE_STALE;
	} else if (r->model->change != LLM_RESTS) {
		g = GLYPH_STARTING;
		out->role = ROLE_UNKNOWN;
	} else if (r->model->loaded) {
		g = GLYPH_OK;
		out->role = ROLE_OK;
	}
	out->faded = r->old;
	out->glyph = glyph(g);
}

static void loaded_cell(const struct list *l, const struct llm_model *m, struct table_cell *out)
{
	models_loaded_words(m, l->context.world->now_us, out->buffer, sizeof out->buffer);
	out->role = m->change != LLM_RESTS ? ROLE_ACCENT : m->loaded ? ROLE_TEXT : ROLE_DIM;
}

static void processor_cell(const struct llm_model *m, struct table_cell *out)
{
	llm_processor(m, out->buffer, sizeof out->buffer);
	out->text = list_or_unknown(out->buffer);
}

static void count_cell(double value, struct table_cell *out)
{
	if (isfinite(value))
		g_snprintf(out->buffer, sizeof out->buffer, "%.0f", value);
	else
		out->text = text_unknown();
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct list *l = user;
	const struct models_row *r = row_at(user, row);
	const struct llm_model *m = r->model;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_NAME: out->text = list_or_unknown(m->name); break;
	case COLUMN_HOST: list_host_cell(l, r->host, r->old, out); break;
	case COLUMN_SIZE: text_bytes((double)m->size, out->buffer, sizeof out->buffer); break;
	case COLUMN_PARAMETERS: out->text = list_or_unknown(m->parameters); break;
	case COLUMN_QUANTIZATION: out->text = list_or_unknown(m->quantization); break;
	case COLUMN_LOADED: loaded_cell(l, m, out); break;
	case COLUMN_PROCESSOR: processor_cell(m, out); break;
	case COLUMN_EXPIRES: models_expires_words(m, l->context.world->utc_us, out->buffer, sizeof out->buffer); break;
	case COLUMN_USED: list_age_cell(l, m->used_us, out); break;
	case COLUMN_FAMILY: out->text = list_or_unknown(m->family); break;
	case COLUMN_MODIFIED: list_age_cell(l, m->modified_us, out); break;
	case COLUMN_SESSIONS: case COLUMN_CONTEXT: count_cell(figure(r, (int)column), out); break;
	case COLUMN_COUNT: break;
	}
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	return g_strcmp0(row_at((const struct models_view *)l, row)->model->name, object) == 0;
}

static const struct datum *datum_of(const struct host *h)
{
	return &h->llm.datum;
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	return chip == MODELS_CHIP_ALL ? g_strdup("All") : g_strdup_printf("Loaded %u", ((const struct models_view *)l)->loaded);
}

static char *chip_words(const struct list *l)
{
	return g_strdup(l->chip == MODELS_CHIP_ALL ? "" : " that is loaded");
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[] = { "Model" };

const struct list_class models_list = {
	.title = "Models", .one = "model", .many = "models", .asked = "Ollama",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = COLUMN_HOST, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = G_N_ELEMENTS(tabs), .datum = datum_of, .is = row_is, .name = name_of,
	.chip_count = MODELS_CHIP_COUNT, .chip_label = chip_label, .chip_words = chip_words,
	.collect = models_collect, .release = models_release, .lines = models_lines,
};
