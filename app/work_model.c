/* Loads and unloads of models. */
#include "app/work.h"

#define SETTLE_US ((gint64)10 * G_USEC_PER_SEC)      /* what /api/ps says so long is believed: a load that is given up is listed for a moment */
#define LOADING_US ((gint64)900 * G_USEC_PER_SEC)    /* … and how long a load that nobody waits for any more is waited for */
#define STOPPING_US ((gint64)600 * G_USEC_PER_SEC)   /* how long a request may hold a model that is to be unloaded */

struct model_work {
	struct work base;
	gboolean load;
	enum ollama_sight sight; /* what was seen last */
	gint64 since_us;         /* monotonic: since when it is that; 0 = nothing was seen yet */
	gint64 asked_us;         /* monotonic: answers are to be later than this */
};

static const char *
keep_alive(const struct machine *m)
{
	return m->config->ollama ? m->config->ollama->keep_alive : NULL;
}

static void
on_done(void *user, enum outcome outcome, const char *result)
{
	work_done(user, outcome, result);
}

static void
start_model(struct work *w)
{
	if (((struct model_work *)w)->load)
		ollama_load(w->machine->ollama, w->operation->target, keep_alive(w->machine), on_done, w);
	else
		ollama_unload(w->machine->ollama, w->operation->target, on_done, w);
}

static void
settle_load(struct work *w, enum ollama_sight sight, gint64 steady_us)
{
	if (sight == OLLAMA_LOADING && steady_us <= LOADING_US)
		return;
	if (sight == OLLAMA_LOADING)
		work_done(w, OUTCOME_UNKNOWN, "no answer came, and Ollama still loads it after 15 minutes");
	else if (sight == OLLAMA_LOADED || sight == OLLAMA_STOPPING)
		work_done(w, OUTCOME_OK, "loaded: no answer came, but Ollama lists it as loaded");
	else
		work_done(w, OUTCOME_FAILED, sight == OLLAMA_AWAY ? "not loaded: no answer came, and Ollama is away" :
		                                                    "not loaded: no answer came, and Ollama does not list it as loaded");
}

static void
settle_unload(struct work *w, enum ollama_sight sight, gint64 steady_us)
{
	if (sight == OLLAMA_RESTS || sight == OLLAMA_AWAY)
		work_done(w, OUTCOME_OK, sight == OLLAMA_AWAY ? "unloaded: no answer came, and Ollama itself is away" :
		                                                "unloaded: no answer came, but Ollama does not list it as loaded");
	else if (sight == OLLAMA_LOADED || sight == OLLAMA_LOADING)
		work_done(w, OUTCOME_FAILED, "not unloaded: no answer came, and Ollama keeps it loaded as before");
	else if (steady_us > STOPPING_US)
		work_done(w, OUTCOME_UNKNOWN, "Ollama still lists it as stopping after 10 minutes: it still runs a request");
}

static void
look_model(struct work *w)
{
	struct model_work *m = (struct model_work *)w;
	gint64 now = g_get_monotonic_time();
	enum ollama_sight sight = ollama_look(w->machine->ollama, w->operation->target, MAX(m->asked_us, w->unknown_us));

	ollama_refresh(w->machine->ollama);
	if (sight == OLLAMA_NOT_SEEN)
		return;
	m->asked_us = now;
	if (m->sight == OLLAMA_LOADED && sight == OLLAMA_LOADING)
		sight = OLLAMA_LOADED; /* the load has ended: it is in steady use */
	if (sight != m->sight || !m->since_us)
		m->since_us = now;
	m->sight = sight;
	if (now - m->since_us < SETTLE_US)
		return;
	if (m->load)
		settle_load(w, sight, now - m->since_us);
	else
		settle_unload(w, sight, now - m->since_us);
}

static void
free_model(struct work *w)
{
	if (w->executor)
		ollama_forget(w->machine->ollama, w);
	work_clear(w);
	g_free(w);
}

struct work *
work_model_new(struct machine *m, const char *model, gboolean load)
{
	static const struct work_class class = { .start = start_model, .look = look_model, .free = free_model };
	struct model_work *w = g_new0(struct model_work, 1);
	g_autofree char *request = load ? ollama_load_text(m->ollama, model, keep_alive(m)) : ollama_unload_text(m->ollama, model);

	w->base.class = &class;
	w->base.machine = m;
	w->load = load;
	w->base.operation = operation_new(load ? "model.load" : "model.unload", load ? "load" : "unload", m->host->name, model, request);
	return &w->base;
}
