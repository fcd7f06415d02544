/* What `midwatch rules` prints. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "app/json_out.h"
#include "app/rules_command.h"
#include "model/labels.h"
#include "model/utc_text.h"
#include "tui/text.h"

/* --- verdict --- */

/* Rules that tell of our own sight say nothing of what is looked at. */
static gboolean
is_of_sight(const struct rule *r)
{
	return strcmp(r->name, "observer_blind") == 0 || strcmp(r->name, "fleet_blind") == 0 || strcmp(r->name, "host_unreachable") == 0;
}

static gboolean
anything_is_known(const struct rules *r)
{
	g_autoptr(GArray) rows = rules_rows(r);

	for (guint i = 0; i < rows->len; i++) {
		const struct rules_row *row = &g_array_index(rows, struct rules_row, i);
		if (row->alert && !row->rule->manual && !is_of_sight(row->rule) && row->unknown < MAX(row->series, 1))
			return TRUE;
	}
	return FALSE;
}

enum rules_verdict
rules_judge(const struct rules *r)
{
	const GPtrArray *alerts = rules_alerts(r);
	const struct alert *blind = rules_find(r, "observer_blind", "");

	for (guint i = 0; i < alerts->len; i++)
		if (alert_pages(alerts->pdata[i]))
			return RULES_PAGE;
	if ((blind && alert_is_on(blind)) || !anything_is_known(r))
		return RULES_BLIND;
	return RULES_QUIET;
}

/* --- words --- */

static const char *
state_word(const struct alert *a)
{
	return a->unknown || (a->state == ALERT_INACTIVE && a->truth == TRUTH_UNKNOWN) ? "unknown" : alert_state_name(a->state);
}

char *
rules_change_words(const struct alert *a, enum rules_change c)
{
	static const char *const words[] = {
		[RULES_PENDING] = "pending", [RULES_FIRED] = "firing", [RULES_RESOLVED] = "resolved", [RULES_CLEARED] = "no longer pending",
		[RULES_UNKNOWN] = "unknown", [RULES_KNOWN] = "known again",
	};
	g_autofree char *now = utc_iso(g_get_real_time()), *summary = alert_summary(a);

	return g_strdup_printf("%s %s %s%s%s%s: %s", now, words[c], a->rule->name, *a->labels ? "{" : "", a->labels, *a->labels ? "}" : "",
	                       c == RULES_UNKNOWN && a->why_unknown ? a->why_unknown : summary);
}

/* --- text --- */

static void
print_alert(const struct world *w, const struct alert *a)
{
	g_autofree char *summary = alert_summary(a), *consequence = alert_consequence(w->rules, a);
	char since[32] = "";

	if (alert_begin_us(a))
		text_duration((w->now_us - alert_begin_us(a)) / G_USEC_PER_SEC, since, sizeof since);
	printf("%-8s %-6s %-28s %8s  %s%s%s\n", state_word(a), rule_severity_name(a->rule->severity), a->rule->name, since, summary,
	       a->unknown && a->why_unknown ? "; not known: " : "", a->unknown && a->why_unknown ? a->why_unknown : "");
	printf("%-8s -> %s\n", "", consequence);
}

/* Those without an alert above: in a word each, with the reason where it is not known. */
static void
print_row(const struct rules_row *row)
{
	const char *why = row->alert && row->alert->why_unknown ? row->alert->why_unknown : "";
	const char *word = row->rule->manual ? "manual" : !row->alert ? "no input" : row->unknown > 0 ? "unknown" : "inactive";

	if (row->firing > 0 || row->pending > 0 || (row->alert && row->alert->unknown))
		return;
	printf("%-8s %-6s %-28s", word, rule_severity_name(row->rule->severity), row->rule->name);
	if (row->alert && row->unknown > 0)
		printf(" %8s  %u of %u not known%s%s", "", row->unknown, MAX(row->series, row->unknown), *why ? ": " : "", why);
	putchar('\n');
}

void
rules_print_text(const struct world *w, enum rules_verdict v)
{
	static const char *const words[] = { [RULES_QUIET] = "nothing pages", [RULES_PAGE] = "something pages", [RULES_BLIND] = "it could not be observed" };
	const GPtrArray *alerts = rules_alerts(w->rules);
	g_autoptr(GArray) rows = rules_rows(w->rules);

	for (guint i = 0; i < alerts->len; i++)
		print_alert(w, alerts->pdata[i]);
	for (guint i = 0; i < rows->len; i++)
		print_row(&g_array_index(rows, struct rules_row, i));
	printf("%s\n", words[v]);
	if (w->rules_quiet)
		printf("%s\n", w->rules_quiet);
	if (w->rules_trouble)
		printf("%s\n", w->rules_trouble);
}

/* --- JSON --- */

static void
add_labels(cJSON *o, const char *text)
{
	cJSON *labels = cJSON_AddObjectToObject(o, "labels");
	g_autoptr(GString) name = g_string_new(NULL), value = g_string_new(NULL);

	while (labels_next(&text, name, value))
		cJSON_AddStringToObject(labels, name->str, value->str);
}

static cJSON *
alert_object(const struct world *w, const struct alert *a)
{
	cJSON *o = cJSON_CreateObject();
	g_autofree char *summary = alert_summary(a), *consequence = alert_consequence(w->rules, a);
	g_autofree char *since = alert_begin_us(a) ? utc_iso(w->utc_us - (w->now_us - alert_begin_us(a))) : NULL;

	cJSON_AddStringToObject(o, "rule", a->rule->name);
	cJSON_AddStringToObject(o, "scope", a->rule->scope ? a->rule->scope : "");
	cJSON_AddStringToObject(o, "severity", rule_severity_name(a->rule->severity));
	add_labels(o, a->labels);
	cJSON_AddStringToObject(o, "state", alert_state_name(a->state));
	cJSON_AddBoolToObject(o, "known", a->truth != TRUTH_UNKNOWN);
	json_out_text(o, "why_unknown", a->why_unknown);
	json_out_number(o, "value", a->value);
	json_out_text(o, "since", since);
	cJSON_AddStringToObject(o, "summary", summary);
	cJSON_AddBoolToObject(o, "pages", alert_pages(a));
	cJSON_AddStringToObject(o, "consequence", consequence);
	return o;
}

static cJSON *
row_object(const struct rules_row *row)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "rule", row->rule->name);
	cJSON_AddStringToObject(o, "scope", row->rule->scope ? row->rule->scope : "");
	cJSON_AddStringToObject(o, "severity", rule_severity_name(row->rule->severity));
	cJSON_AddBoolToObject(o, "manual", row->rule->manual);
	cJSON_AddBoolToObject(o, "input", row->alert != NULL);
	cJSON_AddNumberToObject(o, "series", row->series);
	cJSON_AddNumberToObject(o, "firing", row->firing);
	cJSON_AddNumberToObject(o, "pending", row->pending);
	cJSON_AddNumberToObject(o, "unknown", row->unknown);
	json_out_text(o, "why_unknown", row->alert && row->unknown > 0 ? row->alert->why_unknown : NULL);
	return o;
}

void
rules_print_json(const struct world *w, const char *env, enum rules_verdict v)
{
	static const char *const words[] = { [RULES_QUIET] = "quiet", [RULES_PAGE] = "page", [RULES_BLIND] = "blind" };
	const GPtrArray *alerts = rules_alerts(w->rules);
	g_autoptr(GArray) rows = rules_rows(w->rules);
	g_autofree char *now = utc_iso(w->utc_us);
	cJSON *root = cJSON_CreateObject(), *array;

	cJSON_AddStringToObject(root, "schema", "midwatch-rules/1");
	cJSON_AddStringToObject(root, "at", now);
	cJSON_AddStringToObject(root, "env", env);
	cJSON_AddStringToObject(root, "verdict", words[v]);
	json_out_text(root, "nobody_told", w->rules_quiet);
	json_out_text(root, "trouble", w->rules_trouble);
	array = cJSON_AddArrayToObject(root, "alerts");
	for (guint i = 0; i < alerts->len; i++)
		cJSON_AddItemToArray(array, alert_object(w, alerts->pdata[i]));
	array = cJSON_AddArrayToObject(root, "rules");
	for (guint i = 0; i < rows->len; i++)
		cJSON_AddItemToArray(array, row_object(&g_array_index(rows, struct rules_row, i)));
	json_out_print(root);
}
