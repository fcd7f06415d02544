/* One host's Ollama (operations 3.2): its models, what is loaded, load and unload, through a tunnel to its loopback. */
#ifndef MW_BACKENDS_OLLAMA_H
#define MW_BACKENDS_OLLAMA_H

#include "backends/http.h"
#include "backends/link.h"
#include "backends/store.h"
#include "model/world.h"

struct ollama;

struct ollama_settings {
	const char *host;   /* as seen from the host; NULL = 127.0.0.1 */
	guint16 port;       /* 0 = 11434 */
	guint interval_ms;  /* 0 = 10,000; a quarter of it while something changes. A host that never had an Ollama is asked once a minute */
	gboolean disabled;
};

/* Strings of `s` are copied. `store` may be NULL: then uses are remembered only while midwatch runs. Else it keeps the series "llm.load:MODEL" (a
 * load was seen), "llm.use:MODEL" (a use; one in five minutes, and the last) and "llm.watched:" (its value: since when uses are observed, UTC seconds).
 * The GPU: a loaded model that lies on one proves it; else device files of the host's GPU drivers (NVIDIA, AMD, WSL) are looked for once a
 * connection, which proves that the driver found one, not that Ollama can use it. Of an Ollama on another machine than the host it stays
 * unknown. */
struct ollama *ollama_new(const struct ollama_settings *s, struct link *link, struct http *http, struct store *store, struct world *world,
                          struct host *host);
void ollama_free(struct ollama *o); /* actions under way end with OUTCOME_UNKNOWN; NULL is ignored */
void ollama_link_up(struct ollama *o);
void ollama_link_down(struct ollama *o);
/* Asks anew, now or when the question under way is answered. */
void ollama_refresh(struct ollama *o);

/* Seconds of a keep_alive: "10m", "1h30m", "300", "1.5h"; G_MAXINT64 when it is negative (for ever), -1 when it is none. */
gint64 ollama_keep_alive_seconds(const char *text);

/* `done` is called exactly once, later. `result`: safe words. OUTCOME_FAILED: it was not done, by the daemon's words, or nothing was sent.
 * OUTCOME_UNKNOWN: the link was lost, the daemon died, its answer was cut or did not come in time, or ollama_free(); it is never sent again. What
 * became of it then ollama_look() tells. */
typedef void (*ollama_done)(void *user, enum outcome outcome, const char *result);
/* Loads a model; keep_alive as Ollama takes it ("10m", "-1"), NULL = the daemon's own. May take minutes: 15 at most are waited. */
void ollama_load(struct ollama *o, const char *model, const char *keep_alive, ollama_done done, void *user);
/* Unloads it; done when /api/ps no longer lists it, which waits for requests that run, 10 minutes at most. */
void ollama_unload(struct ollama *o, const char *model, ollama_done done, void *user);
/* The caller goes away: `done` is not called for what it began. What was sent goes on. */
void ollama_forget(struct ollama *o, void *user);

/* What /api/ps said of a model in an answer to a question that was asked later than `since_us` (monotonic). */
enum ollama_sight {
	OLLAMA_NOT_SEEN, /* no answer since */
	OLLAMA_RESTS,    /* not loaded */
	OLLAMA_LOADED,
	OLLAMA_LOADING,  /* listed already; it is not sure that it will be loaded in the end */
	OLLAMA_STOPPING, /* to be unloaded when its requests have ended */
	OLLAMA_AWAY,     /* nothing listens there any more: nothing is loaded */
};
enum ollama_sight ollama_look(const struct ollama *o, const char *model, gint64 since_us);

/* Does it run on the host itself, so that the host's memory is what a load takes? */
gboolean ollama_is_on_host(const struct ollama *o);
/* The exact requests, for the sheet and the audit: "POST http://127.0.0.1:11434/api/generate {…}", newly allocated and safe. */
char *ollama_load_text(const struct ollama *o, const char *model, const char *keep_alive);
char *ollama_unload_text(const struct ollama *o, const char *model);

#endif
