#include "app/rule_parse.h"

#include <string.h>

#include "app/config_checks.h"
#include "app/metrics.h"
#include "app/rule_schema.h"
#include "app/yaml_file.h"
#include "model/placeholder.h"
#include "model/rule.h"
#include "model/rule_expr.h"

#define RULES_MAX 5000
#define FOR_MAX_S (7 * 86400)
#define SCOPE_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* --- one rule --- */

static void
check_words(struct config_findings *f, const char *path, const struct yaml_rule *y, struct rule *r)
{
	g_autofree char *name = config_member(path, "name"), *scope = config_member(path, "scope"), *severity = config_member(path, "severity");

	if (!placeholder_is_name(r->name))
		config_findings_add(f, name, "\"%s\" must be of small letters, digits and _, begun by a letter", r->name);
	if (!config_is_of(r->scope, SCOPE_CHARACTERS))
		config_findings_add(f, scope, "\"%s\" must be a word of small letters, such as cloud, fleet or vm: each scope is one page", r->scope);
	if (!rule_severity_parse(y->severity, &r->severity))
		config_findings_add(f, severity, "\"%s\" is none of: page, crit, warn, ticket, info", y->severity);
}

static gboolean
tells(const struct rule_expr *e, const char *name)
{
	for (guint i = 0; i < rule_expr_count(e); i++) {
		const struct metric *m = metric_find(rule_expr_part(e, i)->metric, NULL);
		if (!m || metric_tells(m, name)) /* what is wrong with the metric is told elsewhere */
			return TRUE;
	}
	return FALSE;
}

static void
check_placeholders(struct config_findings *f, const char *path, const char *text, const struct rule_expr *e)
{
	for (const char *at = text; *at;) {
		gsize length = placeholder_length(text, at);
		g_autofree char *name = length > 0 ? g_strndup(at + 1, length - 2) : NULL;
		if (name && !tells(e, name))
			config_findings_add(f, path, "{%s} is no label of its metrics, and nothing else that they tell", name);
		at += MAX(length, 1);
	}
}

/* `e` NULL: it has no expression, or a wrong one. */
static void
check_summary(struct config_findings *f, const char *path, const struct rule *r, const struct rule_expr *e)
{
	g_autofree char *summary = config_member(path, "summary"), *wrong = placeholder_malformed(r->summary);

	if (wrong)
		config_findings_add(f, summary, "\"%s\" is no placeholder: the name of a label has small letters, digits and _", wrong);
	else if (e)
		check_placeholders(f, summary, r->summary, e);
	config_check_shown(f, path, "summary", r->summary, FALSE);
	config_check_shown(f, path, "runbook", r->runbook, TRUE);
}

static void
check_part(struct config_findings *f, const char *path, const struct rule_part *part)
{
	const char *near = NULL;
	const struct metric *m = metric_find(part->metric, &near);

	if (!m && near)
		config_findings_add(f, path, "no metric is called \"%s\": did you mean \"%s\"?", part->metric, near);
	else if (!m)
		config_findings_add(f, path, "no metric is called \"%s\"", part->metric);
	for (guint i = 0; m && i < part->matcher_count; i++)
		if (!metric_has_label(m, part->matchers[i].label))
			config_findings_add(f, path, "%s has no label \"%s\"", part->metric, part->matchers[i].label);
}

/* NULL with that in the findings when it is wrong. */
static struct rule_expr *
parse_expr(struct config_findings *f, const char *path, const char *text)
{
	g_autofree char *at = config_member(path, "expr");
	g_autoptr(GError) error = NULL;
	struct rule_expr *e = rule_expr_parse(text, &error);

	if (!e)
		config_findings_add(f, at, "%s", error->message);
	for (guint i = 0; e && i < rule_expr_count(e); i++)
		check_part(f, at, rule_expr_part(e, i));
	return e;
}

static void
check_manual(struct config_findings *f, const char *path, const struct rule *r)
{
	g_autofree char *hold = config_member(path, "for"), *expr = config_member(path, "expr");

	if (r->manual && r->expr)
		config_findings_add(f, expr, "is for what can be measured: of a manual rule a person says whether it is true");
	else if (r->manual && (r->for_us > 0 || r->keep_us > 0))
		config_findings_add(f, hold, "for and keep are of rules with an expr: a manual one is true until a person says otherwise");
	else if (!r->manual && !r->expr)
		config_findings_add(f, path, "\"expr\" is missing: only a manual rule has none");
}

static void
add_inhibitions(struct config_findings *f, const char *path, const struct yaml_rule *y, struct rule *r)
{
	for (unsigned i = 0; i < y->inhibits_count; i++) {
		struct rule_inhibition *n = g_new0(struct rule_inhibition, 1);
		g_autofree char *at = g_strdup_printf("%s.inhibits[%u]", path, i), *rule = config_member(at, "rule"), *equal = config_member(at, "equal");
		n->rule = g_strdup(y->inhibits[i].rule);
		n->equal = g_strdup(y->inhibits[i].equal);
		g_ptr_array_add(r->inhibits, n);
		if (strcmp(n->rule, r->name) == 0)
			config_findings_add(f, rule, "a rule cannot inhibit itself");
		if (n->equal && !placeholder_is_name(n->equal))
			config_findings_add(f, equal, "\"%s\" is no name of a label", n->equal);
	}
}

static struct rule *
make(struct config_findings *f, const char *path, const struct yaml_rule *y)
{
	struct rule *r = rule_new(y->name);
	struct rule_expr *e = y->expr ? parse_expr(f, path, y->expr) : NULL;

	r->scope = g_strdup(y->scope);
	r->expr = g_strdup(y->expr);
	r->for_us = config_check_span(f, path, "for", y->hold, 0, FOR_MAX_S, 0) * G_USEC_PER_SEC;
	r->keep_us = config_check_span(f, path, "keep", y->keep, 0, FOR_MAX_S, 0) * G_USEC_PER_SEC;
	r->summary = g_strdup(y->summary);
	r->runbook = g_strdup(y->runbook);
	r->network = y->network && *y->network;
	r->rollout_mute = y->rollout_mute && *y->rollout_mute;
	r->manual = y->manual && *y->manual;
	check_words(f, path, y, r);
	check_manual(f, path, r);
	check_summary(f, path, r, e);
	add_inhibitions(f, path, y, r);
	rule_expr_free(e);
	return r;
}

/* --- one file --- */

static GPtrArray *
make_all(struct config_findings *f, const struct yaml_rules *y)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	if (y->rules_count > RULES_MAX)
		config_findings_add(f, "rules", "has more than %d rules", RULES_MAX);
	for (unsigned i = 0; i < MIN(y->rules_count, RULES_MAX); i++) {
		g_autofree char *path = g_strdup_printf("rules[%u]", i), *name = config_member(path, "name");
		if (!g_hash_table_add(seen, y->rules[i].name))
			config_findings_add(f, name, "another rule of this file is called \"%s\" already", y->rules[i].name);
		g_ptr_array_add(all, make(f, path, &y->rules[i]));
	}
	return all;
}

GPtrArray *
rule_parse(struct config_findings *f, const char *text, gsize len)
{
	guint before = f->problems->len;
	struct yaml_rules *y = yaml_file_load(f, text, len, &rule_schema);
	GPtrArray *all = y ? make_all(f, y) : NULL;

	if (!y && f->problems->len == before)
		config_findings_add(f, "", "is empty: a file of rules begins with \"rules:\"");
	yaml_file_free(&rule_schema, y);
	if (f->problems->len > before)
		g_clear_pointer(&all, g_ptr_array_unref);
	return all;
}
