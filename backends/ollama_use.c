/* Uses of models as midwatch sees them: Ollama itself tells none. A use moves the expiry of a loaded model; a load is a model that was not in
 * the last answer of /api/ps and is in this one. */
#include "backends/ollama_private.h"

#define WEEK_US ((gint64)7 * 86400 * G_USEC_PER_SEC)
#define DAY_US ((gint64)86400 * G_USEC_PER_SEC)
#define COUNT_AGAIN_US ((gint64)3600 * G_USEC_PER_SEC)
#define KEEP_USE_US ((gint64)300 * G_USEC_PER_SEC) /* of a model in steady use, one use in five minutes goes to the store */
#define LOADS_MAX 4096
#define UNLOAD_NEAR_US ((gint64)10 * G_USEC_PER_SEC) /* an expiry so near may be that of an unload, by a clock that differs a little */
#define WATCHED "llm.watched:"

void
ollama_seen_free(gpointer data)
{
	struct ollama_seen *s = data;

	g_free(s->name);
	g_free(s->raw);
	if (s->loads)
		g_array_unref(s->loads);
	g_free(s);
}

static char *
series(const char *kind, const struct ollama_seen *s)
{
	return g_strconcat(kind, s->name, NULL);
}

/* --- how often --- */

static guint
count_in_memory(struct ollama_seen *s, gint64 now_us)
{
	while (s->loads && s->loads->len > 0 && g_array_index(s->loads, gint64, 0) < now_us - WEEK_US)
		g_array_remove_index(s->loads, 0);
	return s->loads ? s->loads->len : 0;
}

static void
count(struct ollama *o, struct ollama_seen *s)
{
	g_autofree char *loads = series("llm.load:", s);
	gint64 now = o->told_utc_us;

	s->counted_us = now;
	s->sessions = o->store ? store_sample_count(o->store, o->host->name, loads, now - WEEK_US, now) : count_in_memory(s, now);
}

static void
add_load(struct ollama *o, struct ollama_seen *s)
{
	g_autofree char *loads = series("llm.load:", s);

	if (o->store) {
		/* Another midwatch with this store may have seen it first. */
		if (store_sample_last(o->store, o->host->name, loads) <= o->gap_us)
			store_sample(o->store, o->host->name, loads, o->told_utc_us, 1);
	} else {
		if (!s->loads)
			s->loads = g_array_new(FALSE, FALSE, sizeof(gint64));
		if (s->loads->len < LOADS_MAX)
			g_array_append_val(s->loads, o->told_utc_us);
	}
	count(o, s);
}

/* --- when --- */

static void
keep_use(struct ollama *o, struct ollama_seen *s)
{
	g_autofree char *uses = series("llm.use:", s);

	if (o->store && s->used_us > s->kept_us)
		store_sample(o->store, o->host->name, uses, s->used_us, 1);
	s->kept_us = s->used_us;
}

static void
add_use(struct ollama *o, struct ollama_seen *s, gint64 at_us)
{
	s->used_us = MAX(s->used_us, at_us);
	if (s->used_us - s->kept_us >= KEEP_USE_US)
		keep_use(o, s);
}

void
ollama_observe_keep(struct ollama *o)
{
	GHashTableIter i;
	gpointer s;

	g_hash_table_iter_init(&i, o->seen);
	while (g_hash_table_iter_next(&i, NULL, &s))
		keep_use(o, s);
}

/* What an earlier midwatch saw. */
static void
remember(struct ollama *o, struct ollama_seen *s)
{
	g_autofree char *uses = series("llm.use:", s);

	if (o->store)
		s->used_us = s->kept_us = store_sample_last(o->store, o->host->name, uses);
	count(o, s);
}

/* The use ended between the answer before and this one, whatever the model is kept for. */
static gint64
use_time(const struct ollama *o, const struct ollama_seen *s, gint64 expires_us)
{
	return CLAMP(expires_us - o->skew_us - s->keep_us, o->gap_us, o->told_utc_us);
}

/* Each use tells the expiry anew: an earlier one when it names a shorter keep_alive. An unload makes it now. */
static gboolean
was_used(const struct ollama *o, const struct ollama_seen *s, gint64 expires_us)
{
	if (!s->expires_us || expires_us == s->expires_us)
		return FALSE;
	return expires_us > s->expires_us || expires_us - o->skew_us > o->told_utc_us + UNLOAD_NEAR_US;
}

void
ollama_observe(struct ollama *o, struct ollama_seen *s, const struct ollama_running *r)
{
	gboolean first = s->counted_us == 0;

	if (first)
		remember(o, s);
	else if (o->told_utc_us - s->counted_us > COUNT_AGAIN_US)
		count(o, s);
	if (r && !s->loaded && o->gap_us) {
		add_load(o, s);
		add_use(o, s, o->told_utc_us);
	} else if (r && was_used(o, s, r->expires_us)) {
		add_use(o, s, use_time(o, s, r->expires_us));
	}
	s->loaded = r != NULL;
	s->expired_us = s->expires_us;
	s->expires_us = r ? r->expires_us : 0;
}

/* --- since when --- */

/* The store forgets events after 30 days: the beginning is written again each day, as the value of a sample. */
static void
keep_watching(struct ollama *o)
{
	struct llm_state *llm = &o->host->llm;
	gint64 now = o->told_utc_us, last = o->store ? store_sample_last(o->store, o->host->name, WATCHED) : 0;
	double begun = last ? store_sample_near(o->store, o->host->name, WATCHED, last, 0) : 0;

	llm->watched_us = begun > 0 && begun * G_USEC_PER_SEC < (double)now ? (gint64)(begun * G_USEC_PER_SEC) : now;
	if (o->store && now - last > DAY_US)
		store_sample(o->store, o->host->name, WATCHED, now, (double)(llm->watched_us / G_USEC_PER_SEC));
}

void
ollama_observe_begin(struct ollama *o)
{
	GHashTableIter i;
	gpointer s;

	if (o->host->llm.watched_us == 0)
		keep_watching(o);
	g_hash_table_iter_init(&i, o->seen);
	while (g_hash_table_iter_next(&i, NULL, &s))
		((struct ollama_seen *)s)->listed = FALSE;
}

static gboolean
is_forgotten(gpointer name, gpointer data, gpointer user)
{
	const struct ollama_seen *s = data;

	return !s->listed && s->change == LLM_RESTS;
}

void
ollama_observe_end(struct ollama *o)
{
	g_hash_table_foreach_remove(o->seen, is_forgotten, NULL);
	o->gap_us = o->told_utc_us;
}
