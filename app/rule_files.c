#include "app/rule_files.h"

#include <string.h>

#include "app/config_checks.h"
#include "app/rule_schema.h"
#include "app/shipped.h"
#include "app/yaml_file.h"
#include "model/placeholder.h"

#define RULES_MAX 5000
#define FOR_MAX_S (7 * 86400)
#define SCOPE_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* A file while its rules are looked at: what inhibits may stand in another one, so it is checked when all are there. */
struct source {
	struct config_findings *findings;
	GPtrArray *rules; /* of struct rule, owned; NULL: the file is wrong */
};

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

static void
check_summary(struct config_findings *f, const char *path, const struct rule *r)
{
	g_autofree char *summary = config_member(path, "summary"), *wrong = placeholder_malformed(r->summary);

	if (wrong)
		config_findings_add(f, summary, "\"%s\" is no placeholder: the name of a label has small letters, digits and _", wrong);
	config_check_shown(f, path, "summary", r->summary, FALSE);
	config_check_shown(f, path, "runbook", r->runbook, TRUE);
}

static void
check_expr(struct config_findings *f, const char *path, const struct rule *r)
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
	check_expr(f, path, r);
	check_summary(f, path, r);
	add_inhibitions(f, path, y, r);
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

static GPtrArray *
parse(struct config_findings *f, const char *text, gsize len)
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

GPtrArray *
rule_file_parse(const char *text, gsize len, const char *origin, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(origin, problems);
	GPtrArray *all = parse(f, text, len);

	config_findings_free(f);
	return all;
}

/* --- all files --- */

static void
source_free(gpointer data)
{
	struct source *s = data;

	config_findings_free(s->findings);
	if (s->rules)
		g_ptr_array_unref(s->rules);
	g_free(s);
}

/* `path` NULL: the shipped ones. */
static struct source *
load(const char *path, GPtrArray *problems)
{
	struct source *s = g_new0(struct source, 1);
	g_autofree char *full = path ? config_path(path) : NULL, *text = NULL;
	gsize len = 0;

	s->findings = config_findings_new(path ? path : "shipped", problems);
	text = path ? yaml_file_read(s->findings, full, &len) : g_strdup(shipped_rules_text);
	s->rules = text ? parse(s->findings, text, path ? len : strlen(text)) : NULL;
	return s;
}

static GPtrArray *
load_all(const struct config *c, GPtrArray *problems)
{
	GPtrArray *sources = g_ptr_array_new_with_free_func(source_free);

	g_ptr_array_add(sources, load(NULL, problems));
	for (unsigned i = 0; c->rules && i < c->rules->files_count; i++)
		g_ptr_array_add(sources, load(c->rules->files[i], problems));
	return sources;
}

static gboolean
names_one(const char *word, GHashTable *names)
{
	gsize n = strlen(word);
	GHashTableIter iter;
	gpointer name;

	if (n == 0 || word[n - 1] != '*')
		return g_hash_table_contains(names, word);
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		if (strncmp(name, word, n - 1) == 0)
			return TRUE;
	return FALSE;
}

static void
check_inhibitions(const struct source *s, GHashTable *names)
{
	for (guint i = 0; i < s->rules->len; i++) {
		const struct rule *r = s->rules->pdata[i];
		for (guint k = 0; k < r->inhibits->len; k++) {
			const struct rule_inhibition *n = r->inhibits->pdata[k];
			g_autofree char *path = g_strdup_printf("rules[%u].inhibits[%u].rule", i, k);
			if (!names_one(n->rule, names))
				config_findings_add(s->findings, path, "no rule is called \"%s\"", n->rule);
		}
	}
}

/* Names of struct rule, borrowed from it. `complete` is FALSE when a file could not be read. */
static GHashTable *
names_of(const GPtrArray *sources, gboolean *complete)
{
	GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

	*complete = TRUE;
	for (guint i = 0; i < sources->len; i++) {
		const struct source *s = sources->pdata[i];
		for (guint k = 0; s->rules && k < s->rules->len; k++)
			g_hash_table_add(names, ((struct rule *)s->rules->pdata[k])->name);
		*complete = *complete && s->rules;
	}
	return names;
}

static guint
index_of(const GPtrArray *rules, const char *name)
{
	for (guint i = 0; i < rules->len; i++)
		if (strcmp(((struct rule *)rules->pdata[i])->name, name) == 0)
			return i;
	return rules->len;
}

static gboolean
is_disabled(const struct config *c, const char *name)
{
	for (unsigned i = 0; c->rules && i < c->rules->disabled_count; i++)
		if (strcmp(c->rules->disabled[i], name) == 0)
			return TRUE;
	return FALSE;
}

/* A rule takes the place of an earlier one of its name, so that the order of the shipped ones stays. */
static void
take(const struct config *c, GPtrArray *all, struct source *s)
{
	while (s->rules->len > 0) {
		struct rule *r = g_ptr_array_steal_index(s->rules, 0);
		guint at = index_of(all, r->name);
		if (is_disabled(c, r->name)) {
			rule_free(r);
		} else if (at < all->len) {
			rule_free(all->pdata[at]);
			all->pdata[at] = r;
		} else {
			g_ptr_array_add(all, r);
		}
	}
}

GPtrArray *
rule_files_load(const struct config *c, GPtrArray *problems)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
	g_autoptr(GPtrArray) sources = load_all(c, problems);
	gboolean complete;
	g_autoptr(GHashTable) names = names_of(sources, &complete);

	for (guint i = 0; i < sources->len; i++) {
		struct source *s = sources->pdata[i];
		if (s->rules && complete)
			check_inhibitions(s, names);
	}
	g_hash_table_remove_all(names); /* they go with the rules */
	for (guint i = 0; i < sources->len; i++) {
		struct source *s = sources->pdata[i];
		if (s->rules)
			take(c, all, s);
	}
	return all;
}

void
rule_files_check_disabled(const struct config *c, struct config_findings *f)
{
	g_autoptr(GPtrArray) problems = config_problems_new(), sources = load_all(c, problems);
	gboolean complete;
	g_autoptr(GHashTable) names = names_of(sources, &complete);

	for (unsigned i = 0; complete && i < c->rules->disabled_count; i++) {
		g_autofree char *path = g_strdup_printf("rules.disabled[%u]", i);
		if (!g_hash_table_contains(names, c->rules->disabled[i]))
			config_findings_add(f, path, "no rule is called \"%s\"", c->rules->disabled[i]);
	}
}
