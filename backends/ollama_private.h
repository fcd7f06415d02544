/* The parts of one host's Ollama: ollama.c (interface, tunnel, requests), ollama_poll.c (what it has), ollama_use.c (uses observed),
 * ollama_change.c (load and unload). */
#ifndef MW_BACKENDS_OLLAMA_PRIVATE_H
#define MW_BACKENDS_OLLAMA_PRIVATE_H

#include "backends/ollama.h"
#include "backends/ollama_parse.h"

/* What is remembered of a model beyond one listing. */
struct ollama_seen {
	char *name;              /* safe */
	char *raw;               /* as requests name it */
	gboolean listed, loaded; /* by the last answer */
	gint64 expires_us;       /* as told by it, by its clock; 0 = not loaded, or not told */
	gint64 expired_us;       /* … in the answer before; 0 = not in it */
	gint64 keep_us;          /* how long a use keeps it: of our own load, else Ollama's default */
	gint64 used_us, kept_us; /* UTC of the last use observed; of the last one in the store */
	GArray *loads;           /* of gint64, UTC: edges of the last week; only without a store */
	guint sessions;
	gint64 counted_us;       /* UTC: when `sessions` was counted; 0 = not yet */
	enum llm_change change;
	gint64 change_since_us;
};

struct ollama {
	char *where_host;        /* of the configuration, or 127.0.0.1 */
	guint16 port;
	guint interval_ms;
	gboolean disabled;
	struct link *link;
	struct http *http;
	struct store *store;
	struct world *world;
	struct host *host;

	char *base;              /* "http://127.0.0.1:11434" */
	char *host_header;       /* NULL: as the URL says */
	struct link_tunnel *tunnel;
	gboolean is_up;

	struct http_request *question, *show; /* under way */
	char *show_digest;       /* of whom `show` asks */
	struct link_job *gpu_job;
	guint timer;             /* until the next question; 0 while one is under way or the link is down */
	gboolean again;          /* asked for while one was under way */
	gint64 asked_us;         /* monotonic: when the question under way began */
	gint64 told_us;          /* … and the last one that was answered; 0 = never */
	gint64 absent_us;        /* … and the last one that found nobody listening, later than any answer; 0 = there is one */
	gint64 told_utc_us;      /* UTC of the last answer */
	gint64 told_before_us;   /* … and of the one before; 0 = none since the link is up */
	gint64 skew_us;          /* the host's clock minus ours, as far as the probe tells; 0 when it is small */
	gint64 gap_us;           /* UTC from which on uses could be missed: the answer before */
	gboolean gpu_asked;
	GPtrArray *listed;       /* of struct ollama_listed: of the question under way */
	GHashTable *seen;        /* safe name -> struct ollama_seen, owned */
	GHashTable *shown;       /* digest -> struct ollama_shown, owned */
	GQueue changes;          /* of struct ollama_change */
};

#define OLLAMA_QUESTION_MS 10000

/* --- ollama.c --- */

/* A request to the daemon, with the Host header as it wants it. body NULL: a GET. */
struct http_request *ollama_send(struct ollama *o, const char *path, const char *body, guint timeout_ms, gsize max_body,
                                 void (*done)(void *user, const struct http_reply *r), void *user);
/* Why the reply is no good answer, safe words, newly allocated; NULL when it is one (2xx and complete). */
char *ollama_problem(const struct ollama *o, const struct http_reply *r);
/* Nobody listens there: TRUE is certain. */
gboolean ollama_is_absent(const struct ollama *o, const struct http_reply *r);
struct ollama_seen *ollama_seen_of(struct ollama *o, const char *name);
struct llm_model *ollama_model(const struct ollama *o, const char *name);

/* --- ollama_poll.c --- */

void ollama_poll(struct ollama *o);
void ollama_poll_stop(struct ollama *o);

/* --- ollama_use.c --- */

void ollama_seen_free(gpointer seen);
/* A model as it was told now; `running` NULL: not loaded. */
void ollama_observe(struct ollama *o, struct ollama_seen *s, const struct ollama_running *running);
/* Before and after all models were observed. */
void ollama_observe_begin(struct ollama *o);
void ollama_observe_end(struct ollama *o);
/* The end: the last uses go to the store. */
void ollama_observe_keep(struct ollama *o);

/* --- ollama_change.c --- */

/* The daemon was asked again, and answered or not. */
void ollama_changes_look(struct ollama *o);
/* All end as unknown. */
void ollama_changes_lose(struct ollama *o, const char *why);

#endif
