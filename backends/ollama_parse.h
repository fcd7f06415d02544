/* Ollama's requests and replies (github.com/ollama/ollama, docs/api.md). Pure: bytes in, structs out. The bytes are not trusted: every string
 * is made safe, every number is brought into its range, wrong types count as missing. */
#ifndef MW_BACKENDS_OLLAMA_PARSE_H
#define MW_BACKENDS_OLLAMA_PARSE_H

#include "model/llm.h"

#define OLLAMA_MODELS_MAX 2000 /* more are counted as skipped */
#define OLLAMA_NAME_MAX 512    /* bytes: Ollama itself refuses names of 350 */

/* A model as /api/tags lists it. `raw` is the name as the daemon wrote it, which requests must use. */
struct ollama_listed {
	char *raw;
	struct llm_model *model; /* owned; its name is safe */
};

/* A model as /api/ps lists it. */
struct ollama_running {
	char *name;          /* safe: as in the list */
	guint64 memory, vram;
	gint64 expires_us;   /* UTC as told, not "never" yet; 0 = not told */
	guint context;
};

/* GET /api/tags: of struct ollama_listed, owned, in the daemon's order. `skipped`: rows without a name, with one that is too long, or with one
 * that was there already. NULL on failure. */
GPtrArray *ollama_parse_tags(const char *bytes, gsize len, guint *skipped, GError **error);
/* GET /api/ps: of struct ollama_running, owned. NULL on failure. */
GPtrArray *ollama_parse_ps(const char *bytes, gsize len, GError **error);
/* GET /api/version, safe; NULL when it is not told. */
char *ollama_parse_version(const char *bytes, gsize len);

/* POST /api/show. `embedding`: it has the capability and not that of completion; a daemon that tells no capabilities is judged by the family:
 * those of BERT only embed. `context` 0: not told. */
struct ollama_shown { guint context; gboolean embedding; };
gboolean ollama_parse_show(const char *bytes, gsize len, struct ollama_shown *out, GError **error);

/* The answer to a load or unload: one object, or lines of them of which a late one may be an error though the status is 200. */
enum ollama_answer {
	OLLAMA_ANSWER_DONE,
	OLLAMA_ANSWER_ERROR, /* `words`: the daemon's, safe */
	OLLAMA_ANSWER_HALF,  /* it ends before it is done, or is none of Ollama's */
};
enum ollama_answer ollama_parse_answer(const char *bytes, gsize len, char **words);
/* {"error": "…"}: the daemon's words, newly allocated and safe; NULL when it gave none. */
char *ollama_parse_error(const char *bytes, gsize len);

/* {"model": …, "keep_alive": …}: whole numbers go as such, since "-1" is no duration. Newly allocated. */
char *ollama_show_body(const char *raw);
char *ollama_request_body(const char *raw, const char *keep_alive, gboolean embedding);
/* An expiry so far away that it stands for "never" becomes G_MAXINT64. */
gint64 ollama_expiry(gint64 told_us, gint64 utc_us);

#endif
