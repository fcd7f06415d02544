/* Plans for models: what a load takes of the memory, what an unload loses. */
#include <string.h>

#include "app/plan.h"
#include "panels/host_line.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define TARGETS_SHOWN 8
#define LOADED_SHOWN 4

/* What the plan would do on one host. */
struct share {
	struct machine *machine;
	guint count;
	struct llm_model sum;        /* their size together, and what they take while loaded */
};

static const char *
bytes(double n, char *out, gsize size)
{
	text_bytes(n, out, size);
	return out;
}

static void
add_forecast(struct plan *p, const struct share *s)
{
	const struct host *h = s->machine->host;
	struct llm_forecast f;
	char size[16], need[16], available[16], left[16];
	const char *times = glyph_ascii() ? "x" : "×";
	gboolean known = host_line_is_up(h) && h->probe_datum.state == DATUM_OK && h->probe.mem_total > 0 && ollama_is_on_host(s->machine->ollama);
	g_autofree char *before = p->second, *risk = NULL;

	llm_forecast_compute(&s->sum, known, h->probe.mem_available, &f);
	bytes((double)s->sum.size, size, sizeof size);
	bytes((double)f.need, need, sizeof need);
	bytes((double)f.available, available, sizeof available);
	bytes((double)ABS(f.left), left, sizeof left);
	if (!f.known) {
		plan_line(p, "%s: %s on disk; needs about %s (estimate: size on disk %s 1.2); the memory there is not known now", h->name, size, need, times);
		risk = g_strdup_printf("How much of the memory of %s would stay free is not known now.", h->name);
	} else {
		plan_line(p, "%s: %s on disk; needs about %s (estimate: size on disk %s 1.2), %s available, %s%s%s", h->name, size, need, times, available,
		          left, f.left < 0 ? " too little" : " would stay free", f.tight ? ": swap pressure likely" : "");
		if (f.left < 0)
			risk = g_strdup_printf("%s has %s less than it needs: it is likely to swap, and processes may be killed.", h->name, left);
		else if (f.tight)
			risk = g_strdup_printf("Only %s would stay free on %s, less than 2 GiB: swap pressure likely.", left, h->name);
	}
	p->second = risk && before ? g_strconcat(before, " ", risk, NULL) : g_strdup(risk ? risk : before);
}

/* Who may have to go, and what computes. */
static void
add_company(struct plan *p, const struct host *h)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint loaded = 0;
	char size[16];

	for (guint i = 0; i < h->llm.models->len; i++) {
		const struct llm_model *m = h->llm.models->pdata[i];
		if (m->loaded && ++loaded <= LOADED_SHOWN)
			g_string_append_printf(names, "%s%s (%s)", names->len ? ", " : "", m->name, bytes((double)m->memory, size, sizeof size));
	}
	if (loaded > LOADED_SHOWN)
		g_string_append_printf(names, " and %u more", loaded - LOADED_SHOWN);
	if (loaded > 0)
		plan_line(p, "Loaded now: %s. Ollama may evict them first to make room.", names->str);
	if (h->llm.gpu_known && !h->llm.gpu)
		plan_line(p, "GPU: none: inference will be slow");
	else if (!h->llm.gpu_known)
		plan_line(p, "GPU: not known");
}

static void
add_keep_alive(struct plan *p, const struct machine *m)
{
	const char *keep = m->config->ollama ? m->config->ollama->keep_alive : NULL;

	if (!keep)
		plan_line(p, "It stays as long as the daemon's own keep_alive says. The load can take minutes.");
	else if (ollama_keep_alive_seconds(keep) == G_MAXINT64)
		plan_line(p, "It stays until it is unloaded (keep_alive %s). The load can take minutes.", keep);
	else
		plan_line(p, "It stays for %s after its last use. The load can take minutes.", keep);
}

static struct share *
share_of(GArray *shares, struct machine *m)
{
	const struct share fresh = { .machine = m };

	for (guint i = 0; i < shares->len; i++)
		if (g_array_index(shares, struct share, i).machine == m)
			return &g_array_index(shares, struct share, i);
	g_array_append_val(shares, fresh);
	return &g_array_index(shares, struct share, shares->len - 1);
}

static void
add_target(struct plan *p, GArray *shares, struct machine *m, const struct llm_model *model, gboolean load)
{
	struct work *w = work_model_new(m, model->name, load);
	struct share *s = share_of(shares, m);

	g_ptr_array_add(p->works, w);
	s->count++;
	s->sum.size += model->size;
	s->sum.memory += model->memory;
	if (p->works->len <= TARGETS_SHOWN)
		plan_request_line(p, w->operation->request, m->host);
	else if (p->works->len == TARGETS_SHOWN + 1)
		plan_line(p, "and more: the Models panel shows all");
}

static void
add_load(struct plan *p, const GArray *shares)
{
	for (guint i = 0; i < shares->len; i++) {
		const struct share *s = &g_array_index(shares, struct share, i);
		add_forecast(p, s);
		add_company(p, s->machine->host);
		add_keep_alive(p, s->machine);
	}
}

static void
add_unload(struct plan *p, const GArray *shares)
{
	char size[16];

	for (guint i = 0; i < shares->len; i++) {
		const struct share *s = &g_array_index(shares, struct share, i);
		plan_line(p, "%s: frees about %s", s->machine->host->name, bytes((double)s->sum.memory, size, sizeof size));
	}
	plan_line(p, "Loses: the loaded weights; the next request loads them again, which can take minutes.");
	plan_line(p, "Requests that run are finished first: until then it stays loaded.");
}

struct plan *
plan_models(const GPtrArray *machines, const GPtrArray *targets, gboolean load)
{
	struct plan *p = plan_new(load ? "load" : "unload");
	g_autoptr(GArray) shares = g_array_new(FALSE, FALSE, sizeof(struct share));

	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		struct machine *m = machines_find(machines, t->host);
		const struct llm_model *model = m && t->object ? llm_state_model(&m->host->llm, t->object) : NULL;
		if (model)
			add_target(p, shares, m, model, load);
	}
	if (load)
		add_load(p, shares);
	else
		add_unload(p, shares);
	plan_settle(p, load ? "Load" : "Unload", "models");
	return p;
}
