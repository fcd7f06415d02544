#include "app/score_command.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/headless.h"
#include "app/json_out.h"
#include "model/score.h"
#include "model/utc_text.h"

#define SETTLE_S 30.0 /* what has not answered then is not assessed */

static const char *const severities[] = {
	[SEVERITY_UNKNOWN] = "unknown", [SEVERITY_OK] = "ok", [SEVERITY_WARN] = "warn", [SEVERITY_CRIT] = "crit",
};
static const char *const ids[SCORE_DIMENSIONS] = {
	[SCORE_CPU] = "cpu", [SCORE_MEMORY] = "memory", [SCORE_DISK] = "disk", [SCORE_SERVICES] = "services", [SCORE_MAINTENANCE] = "maintenance",
	[SCORE_LLM] = "llm",
};

/* --- which hosts, and when there is enough to judge --- */

static gboolean
is_wanted(const struct headless *h, const struct host *host)
{
	return !h->options->host || strcmp(h->options->host, host->name) == 0;
}

/* The others are not even connected. */
static void
start_wanted(struct headless *h)
{
	for (guint i = 0; i < h->machines->len; i++) {
		struct machine *m = h->machines->pdata[i];
		if (is_wanted(h, m->host))
			machine_start(m, h->store);
	}
}

static gboolean
is_settled(const struct host *h)
{
	return host_is_settled(h) && (h->link.state != LINK_UP || h->llm.datum.state != DATUM_UNKNOWN);
}

static gboolean
all_are_settled(void *user)
{
	const struct headless *h = user;

	for (guint i = 0; i < h->world->hosts->len; i++)
		if (is_wanted(h, h->world->hosts->pdata[i]) && !is_settled(h->world->hosts->pdata[i]))
			return FALSE;
	return TRUE;
}

static gboolean
is_observed(const struct host *h, const struct score *s)
{
	return h->link.state == LINK_UP && s->maximum > 0;
}

static const char *
problem_of(const struct host *h, const struct score *s)
{
	if (is_observed(h, s))
		return NULL;
	if (h->link.state != LINK_UP)
		return h->link.reason ? h->link.reason : "not connected";
	return h->probe_datum.error ? h->probe_datum.error : "nothing could be assessed";
}

/* --- text --- */

static void
print_text(const struct host *h, const struct score *s)
{
	const char *problem = problem_of(h, s);

	if (problem) {
		printf("%s: could not be observed: %s\n", h->name, problem);
		return;
	}
	printf("%s: %d of %d assessed (%.0f %%), %s\n", h->name, s->points, s->maximum, 100.0 * s->points / s->maximum, severities[s->worst]);
	for (guint i = 0; i < SCORE_DIMENSIONS; i++) {
		const struct score_part *p = &s->parts[i];
		if (p->assessed)
			printf("  %-16s %2d/%-2d  %-4s  %s%s\n", score_dimension_title((enum score_dimension)i), p->points, p->maximum, severities[p->severity], p->text,
			       p->stale ? " (old)" : "");
		else
			printf("  %-16s  n/a         %s\n", score_dimension_title((enum score_dimension)i), p->text);
	}
	for (guint i = 0; i < G_N_ELEMENTS(s->warnings); i++)
		if (*s->warnings[i])
			printf("  warning: %s\n", s->warnings[i]);
}

/* --- JSON --- */

static void
add_parts(cJSON *o, const struct score *s)
{
	cJSON *parts = cJSON_AddArrayToObject(o, "dimensions"), *warnings = cJSON_AddArrayToObject(o, "warnings");

	for (guint i = 0; i < SCORE_DIMENSIONS; i++) {
		const struct score_part *p = &s->parts[i];
		cJSON *one = cJSON_CreateObject();
		cJSON_AddItemToArray(parts, one);
		cJSON_AddStringToObject(one, "id", ids[i]);
		cJSON_AddStringToObject(one, "title", score_dimension_title((enum score_dimension)i));
		cJSON_AddBoolToObject(one, "assessed", p->assessed);
		cJSON_AddBoolToObject(one, "stale", p->stale);
		json_out_number(one, "points", p->assessed ? p->points : NAN);
		cJSON_AddNumberToObject(one, "maximum", p->maximum);
		cJSON_AddStringToObject(one, "severity", severities[p->severity]);
		json_out_number(one, "input", p->assessed ? p->input : NAN);
		cJSON_AddStringToObject(one, "text", p->text);
	}
	for (guint i = 0; i < G_N_ELEMENTS(s->warnings); i++)
		if (*s->warnings[i])
			cJSON_AddItemToArray(warnings, cJSON_CreateString(s->warnings[i]));
}

static void
add_host(cJSON *hosts, const struct host *h, const struct score *s)
{
	cJSON *o = cJSON_CreateObject();
	const char *problem = problem_of(h, s);

	cJSON_AddItemToArray(hosts, o);
	cJSON_AddStringToObject(o, "name", h->name);
	cJSON_AddBoolToObject(o, "observed", !problem);
	json_out_text(o, "problem", problem);
	json_out_number(o, "percent", problem ? NAN : floor(1000.0 * s->points / s->maximum) / 10);
	json_out_number(o, "points", problem ? NAN : s->points);
	json_out_number(o, "maximum", problem ? NAN : s->maximum);
	cJSON_AddStringToObject(o, "worst", severities[problem ? SEVERITY_UNKNOWN : s->worst]);
	add_parts(o, s);
}

/* --- the whole --- */

/* Prints all that are wanted; gives the exit code. */
static int
print(struct headless *h)
{
	gboolean blind = h->signal != 0, crit = FALSE;
	g_autofree char *at = utc_iso(g_get_real_time());
	cJSON *root = cJSON_CreateObject(), *hosts;

	cJSON_AddStringToObject(root, "schema", "midwatch-score/1");
	cJSON_AddStringToObject(root, "at", at);
	hosts = cJSON_AddArrayToObject(root, "hosts");
	for (guint i = 0; i < h->world->hosts->len; i++) {
		const struct host *host = h->world->hosts->pdata[i];
		struct score s;
		if (!is_wanted(h, host))
			continue;
		score_compute(host, &h->world->thresholds, g_get_real_time(), &s);
		blind = blind || !is_observed(host, &s);
		crit = crit || (is_observed(host, &s) && s.worst == SEVERITY_CRIT);
		if (h->options->json)
			add_host(hosts, host, &s);
		else
			print_text(host, &s);
	}
	if (h->options->json)
		json_out_print(root);
	else
		cJSON_Delete(root);
	return blind ? EXIT_BLIND : crit ? EXIT_FAIL : EXIT_PASS;
}

int
score_command_run(const struct options *o, const struct config *config)
{
	struct headless *h = headless_new(config, o);
	int code = EXIT_USAGE;

	if (o->host && !world_host(h->world, o->host)) {
		fprintf(stderr, "midwatch: the configuration has no host %s\n", o->host);
	} else {
		start_wanted(h);
		headless_wait(h, all_are_settled, h, SETTLE_S);
		code = print(h);
	}
	headless_free(h);
	return headless_flush() ? code : EXIT_USAGE;
}
