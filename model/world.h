/* Everything midwatch knows, in one place: backends write it, panels read it, all on the main thread. */
#ifndef MW_MODEL_WORLD_H
#define MW_MODEL_WORLD_H

#include "model/host.h"
#include "model/log_store.h"
#include "model/score.h"

struct world {
	GPtrArray *hosts;                  /* of struct host, owned, in the configuration's order */
	struct log_store *logs;            /* owned */
	struct score_thresholds thresholds;
	gboolean readonly;
	gint64 now_us;                     /* monotonic, set by the application before each draw */
	gint64 utc_us;                     /* wall clock, likewise */
	void (*changed)(void *user);       /* called by world_changed(); may be NULL */
	void *changed_user;
};

struct world *world_new(gsize log_bytes);
void world_free(struct world *w);
struct host *world_host(const struct world *w, const char *name);
/* Says that something visible changed: the screen is drawn at the end of the loop pass. */
void world_changed(struct world *w);

#endif
