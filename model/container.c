#include "model/container.h"

#include <math.h>
#include <string.h>

static void
health_probe_free(gpointer data)
{
	struct health_probe *p = data;

	g_free(p->output);
	g_free(p);
}

struct container *
container_new(const char *id)
{
	struct container *c = g_new0(struct container, 1);

	c->id = g_strdup(id);
	c->state = CONTAINER_STATE_UNKNOWN;
	c->health = HEALTH_UNKNOWN;
	c->detail.health_log = g_ptr_array_new_with_free_func(health_probe_free);
	c->stats.cpu_percent = NAN;
	c->stats.write_per_hour = NAN;
	return c;
}

void
container_free(struct container *c)
{
	if (!c)
		return;
	g_free(c->id);
	g_free(c->name);
	g_free(c->image);
	g_free(c->image_id);
	g_free(c->command);
	g_free(c->stack);
	g_free(c->service);
	g_free(c->depends_on);
	g_free(c->status);
	datum_clear(&c->detail.datum);
	g_free(c->detail.restart_policy);
	g_free(c->detail.log_driver);
	g_ptr_array_unref(c->detail.health_log);
	datum_clear(&c->stats.datum);
	g_free(c);
}

/* The label is "SERVICE:CONDITION:RESTART,…" (compose v2) or "SERVICE,…". */
gboolean
container_depends(const struct container *c, const struct container *on)
{
	g_auto(GStrv) words = NULL;

	if (!c->depends_on || !on->service || g_strcmp0(c->stack, on->stack) != 0)
		return FALSE;
	words = g_strsplit(c->depends_on, ",", -1);
	for (guint i = 0; words[i]; i++) {
		gsize n = strcspn(words[i], ":");
		if (n == strlen(on->service) && strncmp(words[i], on->service, n) == 0)
			return TRUE;
	}
	return FALSE;
}

static const char *const state_names[] = {
	[CONTAINER_CREATED] = "created", [CONTAINER_RUNNING] = "running", [CONTAINER_PAUSED] = "paused",
	[CONTAINER_RESTARTING] = "restarting", [CONTAINER_REMOVING] = "removing", [CONTAINER_EXITED] = "exited",
	[CONTAINER_DEAD] = "dead", [CONTAINER_STATE_UNKNOWN] = "unknown",
};

const char *
container_state_name(enum container_state s)
{
	return state_names[s];
}

enum container_state
container_state_parse(const char *word)
{
	for (guint i = 0; i < CONTAINER_STATE_UNKNOWN; i++)
		if (g_strcmp0(word, state_names[i]) == 0)
			return (enum container_state)i;
	return CONTAINER_STATE_UNKNOWN;
}

const char *
container_health_name(enum container_health h)
{
	static const char *const names[] = {
		[HEALTH_NONE] = "none", [HEALTH_STARTING] = "starting", [HEALTH_HEALTHY] = "healthy",
		[HEALTH_UNHEALTHY] = "unhealthy", [HEALTH_UNKNOWN] = "unknown",
	};
	return names[h];
}

enum container_health
container_health_parse(const char *status)
{
	if (!status)
		return HEALTH_UNKNOWN;
	if (g_str_has_suffix(status, "(healthy)"))
		return HEALTH_HEALTHY;
	if (g_str_has_suffix(status, "(unhealthy)"))
		return HEALTH_UNHEALTHY;
	if (g_str_has_suffix(status, "(health: starting)"))
		return HEALTH_STARTING;
	return HEALTH_NONE;
}
