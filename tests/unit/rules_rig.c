#include "tests/unit/rules_rig.h"

#include <string.h>

#include "app/rule_files.h"
#include "app/shipped.h"

static const char *const change_names[] = {
	[RULES_PENDING] = "pending", [RULES_FIRED] = "fired", [RULES_RESOLVED] = "resolved",
	[RULES_CLEARED] = "cleared", [RULES_UNKNOWN] = "unknown", [RULES_KNOWN] = "known",
};

static void
note(void *user, const struct alert *a, enum rules_change c)
{
	struct rules_rig *rig = user;

	g_string_append_printf(rig->events, "%s{%s} %s; ", a->rule->name, a->labels, change_names[c]);
}

static GPtrArray *
shipped(void)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	GPtrArray *list = rule_file_parse(shipped_rules_text, strlen(shipped_rules_text), "shipped.yml", problems);

	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *text = config_problem_text(problems->pdata[i]);
		g_printerr("%s\n", text);
	}
	g_assert_nonnull(list);
	g_assert_cmpuint(problems->len, ==, 0);
	return list;
}

static void
add_inhibitions(struct rule *r, const char *words)
{
	g_auto(GStrv) each = g_strsplit(words ? words : "", " ", -1);

	for (guint i = 0; each[i]; i++) {
		g_auto(GStrv) halves = g_strsplit(each[i], "=", 2);
		struct rule_inhibition *in = g_new0(struct rule_inhibition, 1);
		in->rule = g_strdup(halves[0]);
		in->equal = g_strdup(halves[1]);
		g_ptr_array_add(r->inhibits, in);
	}
}

static struct rule *
make(const struct rig_rule *from)
{
	struct rule *r = rule_new(from->name);

	r->scope = g_strdup(from->scope);
	r->expr = g_strdup(from->expr);
	r->summary = g_strdup(from->summary);
	r->for_us = from->for_s * RIG_SECOND_US;
	r->keep_us = from->keep_s * RIG_SECOND_US;
	r->severity = from->severity;
	r->network = from->network;
	r->rollout_mute = from->rollout_mute;
	add_inhibitions(r, from->inhibits);
	return r;
}

GPtrArray *
rules_rig_rules(const struct rig_rule *rules)
{
	GPtrArray *list;

	if (!rules)
		return shipped();
	list = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rule_free);
	for (; rules->name; rules++)
		g_ptr_array_add(list, make(rules));
	return list;
}

static void
open_rules(struct rules_rig *rig, const struct rig_rule *rules)
{
	g_autoptr(GError) error = NULL;

	rig->r = rules_new(rules_rig_rules(rules), &error);
	g_assert_no_error(error);
	rules_on_change(rig->r, note, rig);
	rules_environment(rig->r, "unit");
	rig->s = samples_new();
}

void
rules_rig_begin(struct rules_rig *rig, const struct rig_rule *rules)
{
	*rig = (struct rules_rig){ .now_us = 1000 * RIG_SECOND_US, .utc_us = RIG_UTC_US, .events = g_string_new(NULL) };
	open_rules(rig, rules);
}

void
rules_rig_end(struct rules_rig *rig)
{
	rules_free(rig->r);
	samples_free(rig->s);
	g_string_free(rig->events, TRUE);
}

void
rules_rig_pass(struct rules_rig *rig, gint64 seconds)
{
	rig->now_us += seconds * RIG_SECOND_US;
	rig->utc_us += seconds * RIG_SECOND_US;
}

void
rules_rig_tick(struct rules_rig *rig)
{
	rules_tick(rig->r, rig->s, rig->now_us, rig->utc_us);
}

char *
rules_rig_events(struct rules_rig *rig)
{
	char *events = g_string_free(rig->events, FALSE);

	rig->events = g_string_new(NULL);
	return events;
}

const struct alert *
rules_rig_alert(const struct rules_rig *rig, const char *rule, const char *labels)
{
	const struct alert *a = rules_find(rig->r, rule, labels);

	if (!a)
		g_error("no alert %s{%s}", rule, labels);
	return a;
}

enum alert_state
rules_rig_state(const struct rules_rig *rig, const char *rule, const char *labels)
{
	const struct alert *a = rules_find(rig->r, rule, labels);

	return a ? a->state : ALERT_INACTIVE;
}

void
rules_rig_restart(struct rules_rig *rig, const struct rig_rule *rules, const char *rule, const char *labels, gint64 gap)
{
	struct alert_memory m;
	g_autofree char *rule_copy = g_strdup(rule), *labels_copy = g_strdup(labels), *notes_copy = NULL;

	alert_recall(rules_rig_alert(rig, rule, labels), rig->now_us, rig->utc_us, &m);
	m.rule = rule_copy;
	m.labels = labels_copy;
	m.notes = notes_copy = g_strdup(m.notes);
	rules_free(rig->r);
	samples_free(rig->s);
	rig->utc_us += gap * RIG_SECOND_US;
	rig->now_us = 50 * RIG_SECOND_US; /* the machine was booted a minute ago */
	open_rules(rig, rules);
	rules_remember(rig->r, &m, rig->now_us, rig->utc_us);
}
