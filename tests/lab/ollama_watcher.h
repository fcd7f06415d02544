/* A midwatch without a screen that watches one host's Ollama: link, backend, and what it was told of the last change. */
#ifndef MW_TESTS_OLLAMA_WATCHER_H
#define MW_TESTS_OLLAMA_WATCHER_H

#include "backends/ollama.h"
#include "tests/lab/lab.h"

struct watcher {
	struct http *http;
	struct world *world;
	struct host *host;
	struct link *link;
	struct ollama *ollama;
	struct llm_state *llm;
	guint told;           /* how often watcher_done() was called since watcher_told() */
	enum outcome outcome;
	char *result;
};

#define CHILD "ssh:" /* before an alias: by an ssh process instead of libssh2 */

/* `alias` NULL: this machine. */
void watcher_begin(struct watcher *r, struct lab *lab, const char *alias, const struct ollama_settings *settings, struct store *store);
void watcher_end(struct watcher *r);
const struct llm_model *watcher_model(const struct watcher *r, const char *name);
void watcher_done(void *watcher, enum outcome outcome, const char *result);
/* Waits until it was called, once, with this outcome and these words in the result. */
void watcher_told(struct watcher *r, enum outcome outcome, const char *words);
/* What must succeed. */
void watcher_load(struct watcher *r, const char *name);
void watcher_unload(struct watcher *r, const char *name);
/* What an answer from now on says. */
enum ollama_sight watcher_sees(struct watcher *r, const char *name);

#endif
