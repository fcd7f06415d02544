/* Load and unload. Each request is sent once, on a connection of its own. */
#include "backends/ollama_private.h"

#include <string.h>

#include "model/sanitize.h"

#define LOAD_MS (15 * 60 * 1000)
#define UNLOAD_MS 60000 /* it answers at once: the unload itself comes later */
#define ANSWER_MAX ((gsize)1 << 20)
#define WAIT_US ((gint64)10 * 60 * G_USEC_PER_SEC)

struct ollama_change {
	struct ollama *ollama;
	GList link;
	char *name;          /* safe */
	gboolean load;
	ollama_done done;    /* NULL: nobody waits any more */
	void *user;
	struct http_request *request;
	guint refusal;       /* idle source: it cannot be sent */
	gint64 started_us;
	gint64 accepted_us;  /* monotonic: the daemon agreed to unload; 0 = not yet */
};

/* --- the end --- */

static void
mark(struct ollama *o, const char *name, enum llm_change change)
{
	struct ollama_seen *s = ollama_seen_of(o, name);
	struct llm_model *m = ollama_model(o, name);

	s->change = change;
	s->change_since_us = change == LLM_RESTS ? 0 : g_get_monotonic_time();
	if (m) {
		m->change = s->change;
		m->change_since_us = s->change_since_us;
	}
	world_changed(o->world);
}

static void
change_free(struct ollama_change *c)
{
	if (c->refusal)
		g_source_remove(c->refusal);
	http_cancel(c->request);
	g_free(c->name);
	g_free(c);
}

/* Tells once, and frees. */
static void
end(struct ollama_change *c, enum outcome outcome, const char *words)
{
	struct ollama *o = c->ollama;
	g_autofree char *safe = sanitize_text(words, -1);
	ollama_done done = c->done;
	void *user = c->user;

	g_queue_unlink(&o->changes, &c->link);
	mark(o, c->name, LLM_RESTS);
	change_free(c);
	ollama_refresh(o);
	if (done)
		done(user, outcome, safe);
}

static void
end_after(struct ollama_change *c, const char *verb)
{
	gint64 seconds = (g_get_monotonic_time() - c->started_us) / G_USEC_PER_SEC;
	g_autofree char *words = g_strdup_printf("%s after %" G_GINT64_FORMAT " s", verb, seconds);

	end(c, OUTCOME_OK, words);
}

/* --- answers --- */

static void
no_answer(struct ollama_change *c, const struct http_reply *r)
{
	g_autofree char *problem = ollama_problem(c->ollama, r);
	g_autofree char *words = g_strdup_printf("%s%s", r->sent ? "no answer came: " : "nothing was sent: ", problem);

	end(c, http_outcome(r), words);
}

static void
answered(struct ollama_change *c, const struct http_reply *r)
{
	g_autofree char *said = NULL, *words = NULL;
	enum ollama_answer answer = ollama_parse_answer(r->body, r->body_length, &said);

	if (answer == OLLAMA_ANSWER_ERROR) {
		words = g_strdup_printf("Ollama says: %s", said);
		end(c, OUTCOME_FAILED, words);
	} else if (answer == OLLAMA_ANSWER_HALF || r->problem) {
		words = g_strdup_printf("the answer was cut, or is none of Ollama's%s%s", r->problem ? ": " : "", r->problem ? r->problem : "");
		end(c, OUTCOME_UNKNOWN, words);
	} else if (c->load) {
		end_after(c, "loaded");
	} else {
		c->accepted_us = g_get_monotonic_time();
		ollama_refresh(c->ollama);
	}
}

static void
on_answer(void *user, const struct http_reply *r)
{
	struct ollama_change *c = user;
	g_autofree char *problem = NULL;

	c->request = NULL;
	if (r->status == 0) {
		no_answer(c, r);
	} else if (r->status < 200 || r->status >= 300) {
		problem = ollama_problem(c->ollama, r);
		end(c, OUTCOME_FAILED, problem);
	} else {
		answered(c, r);
	}
}

/* --- waiting for /api/ps --- */

/* TRUE when it has ended. */
static gboolean
look(struct ollama_change *c)
{
	const struct ollama *o = c->ollama;
	enum ollama_sight sight = c->accepted_us ? ollama_look(o, c->name, c->accepted_us) : OLLAMA_NOT_SEEN;

	if (sight == OLLAMA_RESTS)
		end_after(c, "unloaded");
	else if (sight == OLLAMA_AWAY)
		end(c, OUTCOME_OK, "unloaded: Ollama itself is away now");
	else if (c->accepted_us && g_get_monotonic_time() - c->accepted_us > WAIT_US)
		end(c, OUTCOME_UNKNOWN, "Ollama agreed, but still lists it after 10 minutes: it still runs a request, or was loaded again");
	else
		return FALSE;
	return TRUE;
}

void
ollama_changes_look(struct ollama *o)
{
	GList *next;

	for (GList *l = o->changes.head; l; l = next) {
		next = l->next;
		if (look(l->data))
			next = o->changes.head; /* whoever was told may have changed the queue */
	}
}

void
ollama_changes_lose(struct ollama *o, const char *why)
{
	while (o->changes.head)
		end(o->changes.head->data, OUTCOME_UNKNOWN, why);
}

void
ollama_forget(struct ollama *o, void *user)
{
	for (GList *l = o->changes.head; l; l = l->next) {
		struct ollama_change *c = l->data;
		if (c->user == user)
			c->done = NULL;
	}
}

/* --- sending --- */

static gboolean
on_refusal(gpointer user)
{
	struct ollama_change *c = user;

	c->refusal = 0;
	end(c, OUTCOME_FAILED, c->ollama->disabled ? "nothing was sent: Ollama is switched off in the configuration"
	                                           : "nothing was sent: the host is not reached");
	return G_SOURCE_REMOVE;
}

static const char *
raw_of(const struct ollama *o, const char *name)
{
	const struct ollama_seen *s = g_hash_table_lookup(o->seen, name);

	return s && s->raw ? s->raw : name;
}

/* Path and body of a request; `body` newly allocated. */
static const char *
request(const struct ollama *o, const char *name, gboolean load, const char *keep_alive, char **body)
{
	const struct llm_model *m = ollama_model(o, name);
	gboolean embedding = load && m && m->embedding; /* generate unloads all kinds */

	*body = ollama_request_body(raw_of(o, name), load ? keep_alive : "0", embedding);
	return embedding ? "/api/embed" : "/api/generate";
}

static void
change(struct ollama *o, const char *name, gboolean load, const char *keep_alive, ollama_done done, void *user)
{
	struct ollama_change *c = g_new0(struct ollama_change, 1);
	g_autofree char *body = NULL;
	const char *path = request(o, name, load, keep_alive, &body);

	c->ollama = o;
	c->link.data = c;
	c->name = g_strdup(name);
	c->load = load;
	c->done = done;
	c->user = user;
	c->started_us = g_get_monotonic_time();
	g_queue_push_tail_link(&o->changes, &c->link);
	if (!o->is_up) {
		c->refusal = g_idle_add(on_refusal, c);
		return;
	}
	mark(o, name, load ? LLM_LOADING : LLM_UNLOADING);
	c->request = ollama_send(o, path, body, load ? LOAD_MS : UNLOAD_MS, ANSWER_MAX, on_answer, c);
	ollama_refresh(o);
}

void
ollama_load(struct ollama *o, const char *model, const char *keep_alive, ollama_done done, void *user)
{
	gint64 seconds = keep_alive ? ollama_keep_alive_seconds(keep_alive) : -1;

	if (seconds >= 0 && seconds < G_MAXINT64 / G_USEC_PER_SEC)
		ollama_seen_of(o, model)->keep_us = seconds * G_USEC_PER_SEC;
	change(o, model, TRUE, keep_alive, done, user);
}

void
ollama_unload(struct ollama *o, const char *model, ollama_done done, void *user)
{
	change(o, model, FALSE, NULL, done, user);
}

static char *
text_of(const struct ollama *o, const char *model, gboolean load, const char *keep_alive)
{
	g_autofree char *body = NULL;
	const char *path = request(o, model, load, keep_alive, &body);
	g_autofree char *text = g_strdup_printf("POST %s%s %s", o->base, path, body);

	return sanitize_text(text, -1);
}

char *
ollama_load_text(const struct ollama *o, const char *model, const char *keep_alive)
{
	return text_of(o, model, TRUE, keep_alive);
}

char *
ollama_unload_text(const struct ollama *o, const char *model)
{
	return text_of(o, model, FALSE, NULL);
}
