#include "model/llm.h"

#include <string.h>

struct llm_model *
llm_model_new(const char *name)
{
	struct llm_model *m = g_new0(struct llm_model, 1);

	m->name = g_strdup(name);
	return m;
}

void
llm_model_free(struct llm_model *m)
{
	if (!m)
		return;
	g_free(m->name);
	g_free(m->digest);
	g_free(m->family);
	g_free(m->parameters);
	g_free(m->quantization);
	g_free(m);
}

void
llm_state_init(struct llm_state *s)
{
	memset(s, 0, sizeof *s);
	s->models = g_ptr_array_new_with_free_func((GDestroyNotify)llm_model_free);
}

void
llm_state_clear(struct llm_state *s)
{
	datum_clear(&s->datum);
	g_free(s->version);
	g_ptr_array_unref(s->models);
}

struct llm_model *
llm_state_model(const struct llm_state *s, const char *name)
{
	for (guint i = 0; i < s->models->len; i++) {
		struct llm_model *m = s->models->pdata[i];
		if (g_strcmp0(m->name, name) == 0)
			return m;
	}
	return NULL;
}

void
llm_forecast_compute(const struct llm_model *m, gboolean known, guint64 available, struct llm_forecast *out)
{
	out->known = known;
	out->need = m->loaded ? (gint64)m->memory : (gint64)((double)m->size * 1.2);
	out->available = (gint64)available;
	out->left = out->available - (m->loaded ? 0 : out->need);
	out->tight = known && out->left < LLM_RESERVE_BYTES;
}

void
llm_processor(const struct llm_model *m, char *out, gsize size)
{
	guint cpu;

	if (!m->loaded || m->memory == 0) {
		g_strlcpy(out, "", size);
	} else if (m->vram == 0) {
		g_strlcpy(out, "100% CPU", size);
	} else if (m->vram >= m->memory) {
		g_strlcpy(out, "100% GPU", size);
	} else {
		cpu = (guint)((double)(m->memory - m->vram) / (double)m->memory * 100 + 0.5);
		g_snprintf(out, size, "%u%%/%u%% CPU/GPU", cpu, 100 - cpu);
	}
}
