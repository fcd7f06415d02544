/* Where a walk begins: a new run, or one that was interrupted. */
#include "app/walk.h"

#include <string.h>

#include "app/checklist_files.h"
#include "backends/state_dir.h"

char *
walk_reports(const struct config *c)
{
	return c->product && c->product->reports ? config_path(c->product->reports) : state_dir_path("reports");
}

struct known_values { const struct config *config; const char *reports; };

/* Those of the checklist itself stand behind these: the run knows them. */
static const char *
value_of(void *user, const char *name)
{
	const struct known_values *k = user;
	const struct config_product *p = k->config->product;
	const struct { const char *name, *value; } own[] = {
		{ "url", p ? p->url : NULL }, { "health", config_health(p) }, { "host", p ? p->host : NULL },
		{ "container", p ? p->container : NULL }, { "env", config_env(k->config) }, { "reports", k->reports },
	};

	for (guint i = 0; i < G_N_ELEMENTS(own); i++)
		if (strcmp(own[i].name, name) == 0)
			return own[i].value;
	for (unsigned i = 0; p && i < p->variables_count; i++)
		if (g_strcmp0(p->variables[i].name, name) == 0)
			return p->variables[i].value;
	return NULL;
}

struct check_run *
walk_start_run(const struct config *config, struct checklist *c, const struct walk_start *s)
{
	g_autofree char *actor = store_actor(), *reports = walk_reports(config);
	struct known_values known = { config, reports };
	const struct run_settings settings = {
		.actor = actor, .version = s->version, .touched = s->touched, .window_s = s->window_s, .value = value_of, .user = &known,
	};

	return check_run_new(c, &settings, g_get_real_time());
}

struct check_run *
walk_take_up(struct store *s, gint64 number, GError **error)
{
	g_autofree char *by = store_actor();
	struct check_run *r = NULL;

	if (store_run_settle(s, error) && store_run_take(s, number, error))
		r = store_run_load(s, number, checklist_parse_kept, error);
	if (r)
		run_resume(r, by, g_get_real_time());
	return r;
}
