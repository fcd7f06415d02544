/* What the parts of the Models panel share. */
#ifndef MW_PANELS_MODELS_PRIVATE_H
#define MW_PANELS_MODELS_PRIVATE_H

#include "panels/list.h"

enum models_chip { MODELS_CHIP_ALL, MODELS_CHIP_LOADED, MODELS_CHIP_COUNT };

/* A model as one drawing sees it: the pointers live no longer than that. */
struct models_row {
	const struct host *host;
	const struct llm_model *model;
	gboolean old;            /* its host is not reached, or Ollama does not answer */
};

struct models_view {
	struct list list;
	GArray *rows;            /* of struct models_row: filled while drawing, else empty */
	guint loaded;            /* of the rows */
};

/* models_rows.c */
extern const struct list_class models_list;
void models_collect(struct list *l);
void models_release(struct list *l);
/* "1.1G", "loading 12s", "unload 3s", "no" */
void models_loaded_words(const struct llm_model *m, gint64 now_us, char *out, gsize size);
/* "4m10s", "never", "stopping", "–" */
void models_expires_words(const struct llm_model *m, gint64 utc_us, char *out, gsize size);
/* The host may be gone meanwhile, and the model. */
gboolean models_find(const struct models_view *v, const char *key, struct host **host, struct llm_model **model);
gboolean models_selected(const struct models_view *v, struct host **host, struct llm_model **model);

/* models_draw.c */
void models_draw(struct panel *panel, const struct canvas *c);
/* What a load of the model would leave, in a sentence, newly allocated. */
char *models_forecast(const struct host *h, const struct llm_model *m, gboolean *tight);

/* models_tabs.c: as struct list_class takes it. */
void models_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines);

#endif
