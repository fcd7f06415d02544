/* The Models panel: what Ollama has on one host or on all of them, what is loaded, and what a load would leave of the memory. */
#include "panels/host_line.h"
#include "panels/models_private.h"

static struct panel *create(const struct panel_context *context)
{
	struct models_view *v = g_new0(struct models_view, 1);

	list_init(&v->list, &models_list, context);
	v->rows = g_array_new(FALSE, FALSE, sizeof(struct models_row));
	return (struct panel *)v;
}

static void destroy(struct panel *panel)
{
	struct models_view *v = (struct models_view *)panel;

	list_clear(&v->list);
	g_array_unref(v->rows);
	g_free(v);
}

static void copy_chosen(struct models_view *v)
{
	g_autoptr(GPtrArray) keys = list_chosen(&v->list);
	g_autoptr(GString) text = g_string_new(NULL);
	struct host *h;
	struct llm_model *m;

	for (guint i = 0; i < keys->len; i++)
		if (models_find(v, keys->pdata[i], &h, &m))
			g_string_append_printf(text, "%s%s  %s  %" G_GUINT64_FORMAT "  %s", text->len ? "\n" : "", h->name, m->name, m->size, m->digest ? m->digest : "");
	list_request(&v->list, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}

/* Why a model cannot be loaded or unloaded now; NULL when it can. */
static const char *obstacle(const struct host *h, const struct llm_model *m, guint command)
{
	if (!host_line_is_up(h))
		return "the host is not reached";
	if (h->llm.datum.state != DATUM_OK)
		return "Ollama does not answer";
	if (m->change == LLM_LOADING)
		return "it is being loaded";
	if (m->change == LLM_UNLOADING)
		return "it is being unloaded";
	if (command == ACT_MODEL_LOAD)
		return m->loaded ? "already loaded" : NULL;
	if (command == ACT_MODEL_UNLOAD)
		return m->loaded ? NULL : "not loaded";
	return NULL; /* the configuration's own actions decide for themselves */
}

/* The marked models, or the one under the cursor, that the command can do something with; else why there is none. */
static GPtrArray *able(const struct models_view *v, guint command, const char **why)
{
	g_autoptr(GPtrArray) keys = list_chosen(&v->list);
	GPtrArray *found = action_targets_new();
	const char *first = NULL;
	struct host *h;
	struct llm_model *m;

	for (guint i = 0; i < keys->len; i++) {
		const char *reason = "it is gone";
		if (models_find(v, keys->pdata[i], &h, &m))
			reason = obstacle(h, m, command);
		if (!reason)
			action_targets_add(found, h->name, m->name);
		else if (!first)
			first = reason;
	}
	*why = first ? first : "no model is selected";
	return found;
}

static GPtrArray *targets(struct panel *panel, guint command)
{
	const char *why;

	return able((const struct models_view *)panel, command, &why);
}

static gboolean act(struct panel *panel, enum action command)
{
	struct models_view *v = (struct models_view *)panel;

	switch (command) {
	case ACT_COPY: copy_chosen(v); break;
	default: return list_act(&v->list, command);
	}
	return TRUE;
}

static gboolean can_change(const struct models_view *v, enum action command, const char **why)
{
	g_autoptr(GPtrArray) found = able(v, command, why);

	return found->len > 0;
}

static gboolean can(struct panel *panel, enum action command, const char **why)
{
	const struct models_view *v = (const struct models_view *)panel;

	if (!list_can(&v->list, command, why))
		return FALSE;
	switch (command) {
	case ACT_FAULTS:
		*why = "models have no faults";
		return FALSE;
	case ACT_MODEL_LOAD: case ACT_MODEL_UNLOAD:
		return can_change(v, command, why);
	default:
		return TRUE;
	}
}

const struct panel_class models_panel = {
	.id = "models", .title = "Models", .scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_MODELS | SCOPE_DETAILS,
	.create = create, .destroy = destroy, .draw = models_draw, .act = act, .can = can, .answer = list_answer, .select = list_select,
	.mouse = list_mouse, .targets = targets, .host = list_host,
};
