/* The rule engine against Prometheus itself: the same rule over the same values at the same times, state by state. Prometheus makes the values by a rule
 * of the same group (seconds since a moment that is to come), so that for each of its evaluations the value and the state can be asked for. */
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "model/rules.h"
#include "tests/lab/lab.h"
#include "tests/lab/lab_private.h"

/* True for five seconds, which is too short; for sixteen; and no more. */
#define EXPR "mw_input >= 2 and mw_input < 7 or mw_input >= 10 and mw_input < 26"
#define FOR_S 12 /* of an evaluation a second: as 2 min of one every ten */
#define KEEP_S 3
#define BEGIN_S 15 /* until the values begin */
#define END_S 32
#define DEADLINE_S 150

struct evaluation { gint64 at_ms; double value; char state; /* of Prometheus: 'i', 'p', 'f' */ };

static void
write_configuration(struct lab *lab)
{
	g_autofree char *rules = g_strdup_printf("groups:\n"
	                                         "- name: midwatch\n"
	                                         "  interval: 1s\n"
	                                         "  rules:\n"
	                                         "  - record: mw_input\n"
	                                         "    expr: vector(time() - %" G_GINT64_FORMAT ")\n"
	                                         "  - alert: same\n"
	                                         "    expr: %s\n"
	                                         "    for: %ds\n"
	                                         "    keep_firing_for: %ds\n",
	                                         g_get_real_time() / G_USEC_PER_SEC + BEGIN_S, EXPR, FOR_S, KEEP_S);

	lab_write(lab, "rules.yml", rules);
	lab_write(lab, "prometheus.yml", "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n");
}

/* Gives its address. */
static char *
start(struct lab *lab)
{
	static const char script[] = "prometheus --config.file=\"$1/prometheus.yml\" --storage.tsdb.path=\"$1/tsdb\" --web.listen-address=127.0.0.1:0 2>&1 |"
	                             " sed -un 's/.*msg=\"Listening on\".* address=/listening on /p'";
	const char *argv[] = { "sh", "-c", script, "sh", lab_dir(lab), NULL };

	return lab_double_start(lab, "prometheus", argv);
}

/* All samples of a series of the last five minutes, an array of [seconds, "value"]; NULL: there is none yet. */
static cJSON *
query(const char *address, const char *series)
{
	g_autofree char *url = g_strdup_printf("http://%s/api/v1/query", address), *text = g_strdup_printf("query=%s[5m]", series), *body = NULL;
	char *argv[] = { (char *)"curl", (char *)"-s", (char *)"--data-urlencode", text, url, NULL };
	cJSON *json, *values;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &body, NULL, NULL, NULL))
		g_error("curl cannot be run");
	json = cJSON_Parse(body);
	values = cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "data"), "result"), 0), "values");
	values = cJSON_Duplicate(values, TRUE);
	cJSON_Delete(json);
	return values;
}

static gint64
time_of(const cJSON *pair)
{
	return llround(cJSON_GetArrayItem(pair, 0)->valuedouble * 1000);
}

static double
value_of(const cJSON *pair)
{
	return g_ascii_strtod(cJSON_GetArrayItem(pair, 1)->valuestring, NULL);
}

static gboolean
has_ended(const char *address)
{
	cJSON *values = query(address, "mw_input");
	int count = cJSON_GetArraySize(values);
	gboolean ended = count > 0 && value_of(cJSON_GetArrayItem(values, count - 1)) >= END_S;

	cJSON_Delete(values);
	return ended;
}

static void
mark(GArray *evaluations, const char *address, const char *series, char state)
{
	cJSON *values = query(address, series), *pair;

	cJSON_ArrayForEach(pair, values) {
		for (guint i = 0; i < evaluations->len; i++) {
			struct evaluation *e = &g_array_index(evaluations, struct evaluation, i);
			if (e->at_ms == time_of(pair))
				e->state = state;
		}
	}
	cJSON_Delete(values);
}

/* What Prometheus did, once it is done with all values. */
static GArray *
watch(const char *address)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_S * (gint64)G_USEC_PER_SEC;
	GArray *evaluations = g_array_new(FALSE, FALSE, sizeof(struct evaluation));
	cJSON *values, *pair;

	while (!has_ended(address)) {
		if (g_get_monotonic_time() > deadline)
			g_error("Prometheus has not evaluated the rule to its end in %d s", DEADLINE_S);
		g_usleep(300000);
	}
	values = query(address, "mw_input");
	cJSON_ArrayForEach(pair, values) {
		struct evaluation e = { time_of(pair), value_of(pair), 'i' };
		g_array_append_val(evaluations, e);
	}
	cJSON_Delete(values);
	mark(evaluations, address, "ALERTS{alertstate=\"pending\"}", 'p');
	mark(evaluations, address, "ALERTS{alertstate=\"firing\"}", 'f');
	return evaluations;
}

static struct rules *
make_rules(void)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rule_free);
	struct rule *r = rule_new("same");
	g_autoptr(GError) error = NULL;
	struct rules *rules;

	r->expr = g_strdup(EXPR);
	r->for_us = FOR_S * (gint64)G_USEC_PER_SEC;
	r->keep_us = KEEP_S * (gint64)G_USEC_PER_SEC;
	g_ptr_array_add(list, r);
	rules = rules_new(list, &error);
	g_assert_no_error(error);
	return rules;
}

/* Prometheus counts what is kept as firing. */
static char
our_state(const struct rules *r)
{
	static const char letters[] = { [ALERT_INACTIVE] = 'i', [ALERT_PENDING] = 'p', [ALERT_FIRING] = 'f', [ALERT_KEPT] = 'f' };

	return letters[rules_find(r, "same", "")->state];
}

static GString *
replay(const GArray *evaluations)
{
	struct rules *r = make_rules();
	struct samples *s = samples_new();
	GString *states = g_string_new(NULL);

	for (guint i = 0; i < evaluations->len; i++) {
		const struct evaluation *e = &g_array_index(evaluations, struct evaluation, i);
		samples_set(s, "mw_input", e->value, e->at_ms * 1000, NULL);
		rules_tick(r, s, e->at_ms * 1000, e->at_ms * 1000);
		g_string_append_c(states, our_state(r));
	}
	rules_free(r);
	samples_free(s);
	return states;
}

static GString *
theirs(const GArray *evaluations)
{
	GString *states = g_string_new(NULL);

	for (guint i = 0; i < evaluations->len; i++)
		g_string_append_c(states, g_array_index(evaluations, struct evaluation, i).state);
	return states;
}

/* Did it evaluate each second while it was pending for long? A machine that is too busy lets some out. */
static gboolean
missed_none(const GArray *evaluations)
{
	for (guint i = 1; i < evaluations->len; i++) {
		const struct evaluation *e = &g_array_index(evaluations, struct evaluation, i);
		if (e->value >= 10 && e->value < 24 && e->at_ms - e[-1].at_ms != 1000)
			return FALSE;
	}
	return TRUE;
}

static void
same_states(void)
{
	struct lab *lab;
	g_autofree char *address = NULL;
	g_autoptr(GArray) evaluations = NULL;
	g_autoptr(GString) ours = NULL, their = NULL;

	if (!g_find_program_in_path("prometheus")) {
		g_test_skip("prometheus is not installed");
		return;
	}
	lab = lab_new();
	write_configuration(lab);
	address = start(lab);
	evaluations = watch(address);
	ours = replay(evaluations);
	their = theirs(evaluations);
	g_test_message("Prometheus: %s", their->str);
	g_test_message("midwatch:   %s", ours->str);
	g_assert_cmpstr(ours->str, ==, their->str);
	g_assert_nonnull(strstr(their->str, "ipppp")); /* the first time was too short, and counts for nothing */
	g_assert_nonnull(strstr(their->str, "pi"));
	g_assert_nonnull(strstr(their->str, "fi"));
	if (missed_none(evaluations)) /* twelve are pending, the 13th fires; four true ones, three kept */
		g_assert_nonnull(strstr(their->str, "ippppppppppppfffffffi"));
	else
		g_test_message("some evaluations were missed: the 13th is not told apart");
	lab_free(lab);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/prometheus-rule/same-states", same_states);
	return g_test_run();
}
