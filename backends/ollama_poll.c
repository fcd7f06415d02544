/* What Ollama has: version, models, which of them are loaded; and once for each digest what a model is. */
#include "backends/ollama_private.h"

#include <string.h>

#include "model/sanitize.h"

#define ABSENT_MS 60000
#define SHOW_MAX ((gsize)16 << 20) /* it holds licence and template */
#define LIST_MAX ((gsize)4 << 20)
#define SKEW_MIN_US ((gint64)5 * G_USEC_PER_SEC)

static void ask_tags(struct ollama *o);
static void show_next(struct ollama *o);

void
ollama_poll_stop(struct ollama *o)
{
	g_clear_handle_id(&o->timer, g_source_remove);
	http_cancel(o->question);
	http_cancel(o->show);
	o->question = o->show = NULL;
	g_clear_pointer(&o->show_digest, g_free);
	if (o->gpu_job)
		link_job_cancel(o->gpu_job);
	o->gpu_job = NULL;
	o->again = FALSE;
	g_clear_pointer(&o->listed, g_ptr_array_unref);
}

static gboolean
on_timer(gpointer user)
{
	struct ollama *o = user;

	o->timer = 0;
	ollama_poll(o);
	return G_SOURCE_REMOVE;
}

/* The question is answered, well or not. */
static void
rest(struct ollama *o)
{
	gboolean never = o->absent_us && o->told_us == 0;
	guint ms = never ? ABSENT_MS : o->changes.length > 0 ? o->interval_ms / 4 : o->interval_ms;

	g_clear_pointer(&o->listed, g_ptr_array_unref);
	ollama_changes_look(o);
	if (!o->timer && !o->question && o->is_up)
		o->timer = g_timeout_add(o->again ? 0 : ms, on_timer, o);
	o->again = FALSE;
	world_changed(o->world);
}

/* --- what is wrong --- */

static void
absent(struct ollama *o)
{
	g_autofree char *raw = NULL, *text = NULL;

	o->absent_us = o->asked_us;
	raw = g_strdup_printf("%s: nothing listens at %s:%u%s", o->told_us ? "Ollama is away" : "no Ollama here", o->where_host, o->port,
	                      o->told_us ? " now" : "");
	text = sanitize_text(raw, -1);
	if (o->told_us)
		datum_failed(&o->host->llm.datum, text);
	else
		datum_none(&o->host->llm.datum, text);
	g_clear_pointer(&o->host->llm.version, g_free); /* another one may come back */
	rest(o);
}

static void
failed(struct ollama *o, const char *problem)
{
	datum_failed(&o->host->llm.datum, problem);
	rest(o);
}

/* TRUE when the reply is an answer to go on with. */
static gboolean
is_good(struct ollama *o, const struct http_reply *r)
{
	g_autofree char *problem = ollama_problem(o, r);

	o->question = NULL;
	if (!problem)
		return TRUE;
	if (ollama_is_absent(o, r))
		absent(o);
	else
		failed(o, problem);
	return FALSE;
}

static void
not_understood(struct ollama *o, const GError *error)
{
	g_autofree char *text = g_strdup_printf("what answers at %s is no Ollama that midwatch understands: %s", o->base, error->message);

	failed(o, text);
}

/* --- what the models are --- */

static void
apply_shown(const struct ollama *o, struct llm_model *m)
{
	const struct ollama_shown *shown = m->digest ? g_hash_table_lookup(o->shown, m->digest) : NULL;

	if (!shown)
		return;
	m->embedding = shown->embedding;
	if (m->context == 0)
		m->context = shown->context;
}

static void
on_show(void *user, const struct http_reply *r)
{
	struct ollama *o = user;
	g_autofree char *digest = g_steal_pointer(&o->show_digest);
	struct ollama_shown *shown;

	o->show = NULL;
	if (r->status == 0)
		return; /* the next list asks again */
	shown = g_new0(struct ollama_shown, 1);
	if (r->status == 200 && !r->problem)
		ollama_parse_show(r->body, r->body_length, shown, NULL);
	/* Also what could not be told: the same digest is not asked for again. */
	g_hash_table_replace(o->shown, g_steal_pointer(&digest), shown);
	for (guint i = 0; i < o->host->llm.models->len; i++)
		apply_shown(o, o->host->llm.models->pdata[i]);
	world_changed(o->world);
	show_next(o);
}

static void
show_next(struct ollama *o)
{
	for (guint i = 0; !o->show && i < o->host->llm.models->len; i++) {
		const struct llm_model *m = o->host->llm.models->pdata[i];
		g_autofree char *body = NULL;
		if (!m->digest || g_hash_table_contains(o->shown, m->digest))
			continue;
		body = ollama_show_body(ollama_seen_of(o, m->name)->raw);
		o->show_digest = g_strdup(m->digest);
		o->show = ollama_send(o, "/api/show", body, OLLAMA_QUESTION_MS, SHOW_MAX, on_show, o);
	}
}

/* --- the GPU --- */

static void
on_gpu(const struct link_result *r, void *user)
{
	struct ollama *o = user;
	gboolean told = r->outcome == LINK_EXITED && strstr(r->output, "looked\n");

	o->gpu_job = NULL;
	if (!told)
		return; /* it stays unknown */
	o->host->llm.gpu_known = TRUE;
	o->host->llm.gpu = o->host->llm.gpu || strstr(r->output, "found\n") != NULL;
	world_changed(o->world);
}

/* NVIDIA's driver lists what it found in /proc, also before a device file is made; AMD's has a node for each in its topology, of which those
 * of CPUs have no SIMDs; WSL passes a GPU through as /dev/dxg. */
static void
ask_gpu(struct ollama *o)
{
	static const struct link_command command = {
		.command = "for f in /dev/nvidia[0-9]* /proc/driver/nvidia/gpus/* /dev/dxg; do [ -e \"$f\" ] && echo found; done; "
		           "grep -qs '^simd_count [1-9]' /sys/class/kfd/kfd/topology/nodes/*/properties && echo found; echo looked",
		.timeout_ms = OLLAMA_QUESTION_MS,
	};

	if (o->gpu_asked || !ollama_is_on_host(o))
		return;
	o->gpu_asked = TRUE;
	o->gpu_job = link_run(o->link, &command, on_gpu, o);
}

/* --- a whole answer --- */

static const struct ollama_running *
find_running(const GPtrArray *running, const char *name)
{
	for (guint i = 0; i < running->len; i++) {
		const struct ollama_running *r = running->pdata[i];
		if (strcmp(r->name, name) == 0)
			return r;
	}
	return NULL;
}

static void
apply_running(struct ollama *o, struct llm_model *m, const struct ollama_running *r)
{
	m->loaded = TRUE;
	m->memory = r->memory;
	m->vram = r->vram;
	m->expires_us = r->expires_us ? ollama_expiry(r->expires_us - o->skew_us, o->told_utc_us) : 0;
	m->context = r->context;
	if (r->vram > 0)
		o->host->llm.gpu_known = o->host->llm.gpu = TRUE;
}

static struct llm_model *
settle_model(struct ollama *o, struct ollama_listed *l, const GPtrArray *running)
{
	struct llm_model *m = g_steal_pointer(&l->model);
	const struct ollama_running *r = find_running(running, m->name);
	struct ollama_seen *s = ollama_seen_of(o, m->name);

	g_free(s->raw);
	s->raw = g_steal_pointer(&l->raw);
	s->listed = TRUE;
	if (r)
		apply_running(o, m, r);
	apply_shown(o, m);
	ollama_observe(o, s, r);
	m->change = s->change;
	m->change_since_us = s->change_since_us;
	m->used_us = s->used_us;
	m->sessions = s->sessions;
	return m;
}

/* The probe tells whole seconds, some time ago: a small difference is none. */
static gint64
skew_of(const struct ollama *o)
{
	const struct probe *p = &o->host->probe;
	gint64 skew = p->host_time_us - (g_get_real_time() - (g_get_monotonic_time() - p->at_us));

	return datum_known(&o->host->probe_datum) && p->host_time_us && ollama_is_on_host(o) && ABS(skew) >= SKEW_MIN_US ? skew : 0;
}

static void
take(struct ollama *o, const GPtrArray *running)
{
	struct llm_state *llm = &o->host->llm;

	o->told_us = o->asked_us;
	o->absent_us = 0;
	o->told_before_us = o->told_utc_us;
	o->told_utc_us = g_get_real_time();
	o->skew_us = skew_of(o);
	ollama_observe_begin(o);
	g_ptr_array_set_size(llm->models, 0);
	for (guint i = 0; i < o->listed->len; i++)
		g_ptr_array_add(llm->models, settle_model(o, o->listed->pdata[i], running));
	ollama_observe_end(o);
	if (g_hash_table_size(o->shown) > 2 * OLLAMA_MODELS_MAX)
		g_hash_table_remove_all(o->shown);
	datum_good(&llm->datum, g_get_monotonic_time());
}

static void
on_ps(void *user, const struct http_reply *r)
{
	struct ollama *o = user;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) running = NULL;

	if (!is_good(o, r))
		return;
	running = ollama_parse_ps(r->body, r->body_length, &error);
	if (!running) {
		not_understood(o, error);
		return;
	}
	take(o, running);
	show_next(o);
	ask_gpu(o);
	rest(o);
}

static void
on_tags(void *user, const struct http_reply *r)
{
	struct ollama *o = user;
	g_autoptr(GError) error = NULL;
	guint skipped;

	if (!is_good(o, r))
		return;
	o->listed = ollama_parse_tags(r->body, r->body_length, &skipped, &error);
	if (!o->listed)
		not_understood(o, error);
	else
		o->question = ollama_send(o, "/api/ps", NULL, OLLAMA_QUESTION_MS, LIST_MAX, on_ps, o);
}

static void
ask_tags(struct ollama *o)
{
	o->question = ollama_send(o, "/api/tags", NULL, OLLAMA_QUESTION_MS, LIST_MAX, on_tags, o);
}

/* A daemon that does not tell its version is asked for its models all the same. */
static void
on_version(void *user, const struct http_reply *r)
{
	struct ollama *o = user;

	if (r->status == 0 || r->status == 403) {
		is_good(o, r);
		return;
	}
	g_free(o->host->llm.version);
	o->host->llm.version = r->status == 200 ? ollama_parse_version(r->body, r->body_length) : NULL;
	ask_tags(o);
}

void
ollama_poll(struct ollama *o)
{
	g_clear_handle_id(&o->timer, g_source_remove);
	o->asked_us = g_get_monotonic_time();
	if (o->host->llm.version)
		ask_tags(o);
	else
		o->question = ollama_send(o, "/api/version", NULL, OLLAMA_QUESTION_MS, LIST_MAX, on_version, o);
}
