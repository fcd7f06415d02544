/* What is known of a host's language models: the models that Ollama has, which of them are loaded, and what a load would cost. */
#ifndef MW_MODEL_LLM_H
#define MW_MODEL_LLM_H

#include "model/datum.h"

enum llm_change { LLM_RESTS, LLM_LOADING, LLM_UNLOADING };

struct llm_model {
	char *name;            /* "qwen2.5-coder:1.5b" */
	guint64 size;          /* bytes on the disk */
	gint64 modified_us;    /* UTC: pulled or made; says nothing of its use */
	char *digest, *family, *parameters, *quantization; /* "7.6B", "Q4_K_M"; NULL when not said */
	gboolean embedding;    /* it only embeds: loaded by another request */
	gboolean loaded;
	guint64 memory, vram;  /* bytes while loaded: all of it, the part on a GPU */
	gint64 expires_us;     /* UTC; 0 = not known; G_MAXINT64 = never */
	guint context;         /* tokens; 0 = not said */
	enum llm_change change;/* asked for by us and under way */
	gint64 change_since_us;/* monotonic */
	gint64 used_us;        /* UTC of the last use that midwatch observed; 0 = none seen */
	guint sessions;        /* loads seen in the last seven days */
};

struct llm_state {
	struct datum datum;    /* no Ollama: DATUM_NO_DATA with the reason */
	char *version;         /* of the daemon; NULL before */
	GPtrArray *models;     /* of struct llm_model, owned: as the daemon lists them */
	gint64 watched_us;     /* UTC since when uses are observed; 0 = not yet */
	gboolean gpu_known, gpu; /* does the host have a GPU? */
};

#define LLM_RESERVE_BYTES ((gint64)2 << 30) /* a load that leaves less asks a second time */

/* What a load would do. Need is an estimate: size on disk x 1.2 for the KV cache and buffers (operations 3.2), which is said. */
struct llm_forecast {
	gboolean known;        /* FALSE: the host's memory is not known now */
	gint64 need, available, left; /* bytes; left may be below 0 */
	gboolean tight;        /* left < LLM_RESERVE_BYTES */
};

void llm_state_init(struct llm_state *s);
void llm_state_clear(struct llm_state *s);
struct llm_model *llm_model_new(const char *name);
void llm_model_free(struct llm_model *m);
struct llm_model *llm_state_model(const struct llm_state *s, const char *name); /* NULL when there is none */
/* `available`: the host's MemAvailable in bytes; known: is that a fact now? */
void llm_forecast_compute(const struct llm_model *m, gboolean known, guint64 available, struct llm_forecast *out);
/* "100% CPU", "100% GPU", "38%/62% CPU/GPU": as `ollama ps` words it. */
void llm_processor(const struct llm_model *m, char *out, gsize size);

#endif
