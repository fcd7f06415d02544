#include "app/rule_files.h"

#include <string.h>

#include "app/rule_parse.h"
#include "app/shipped.h"
#include "app/yaml_file.h"

GPtrArray *
rule_file_parse(const char *text, gsize len, const char *origin, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(origin, problems);
	GPtrArray *all = rule_parse(f, text, len);

	config_findings_free(f);
	return all;
}

/* A file while its rules are looked at: what inhibits may stand in another one, so it is checked when all are there. */
struct source {
	struct config_findings *findings;
	GPtrArray *rules; /* of struct rule, owned; NULL: the file is wrong */
};

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
	s->rules = text ? rule_parse(s->findings, text, path ? len : strlen(text)) : NULL;
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
