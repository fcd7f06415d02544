#include "model/rule.h"

#include <string.h>

static void
inhibition_free(gpointer data)
{
	struct rule_inhibition *i = data;

	g_free(i->rule);
	g_free(i->equal);
	g_free(i);
}

struct rule *
rule_new(const char *name)
{
	struct rule *r = g_new0(struct rule, 1);

	r->name = g_strdup(name);
	r->inhibits = g_ptr_array_new_with_free_func(inhibition_free);
	return r;
}

void
rule_free(struct rule *r)
{
	if (!r)
		return;
	g_free(r->name);
	g_free(r->scope);
	g_free(r->expr);
	g_free(r->summary);
	g_free(r->runbook);
	g_ptr_array_unref(r->inhibits);
	g_free(r);
}

static const struct { const char *name, *words; } severities[] = {
	[RULE_INFO] = { "info", "do not page" },
	[RULE_TICKET] = { "ticket", "next business day" },
	[RULE_WARN] = { "warn", "attention" },
	[RULE_CRIT] = { "crit", "escalate" },
	[RULE_PAGE] = { "page", "page now" },
};

const char *
rule_severity_name(enum rule_severity s)
{
	return severities[s].name;
}

const char *
rule_severity_words(enum rule_severity s)
{
	return severities[s].words;
}

gboolean
rule_severity_parse(const char *word, enum rule_severity *out)
{
	for (guint i = 0; i < G_N_ELEMENTS(severities); i++)
		if (strcmp(word, severities[i].name) == 0) {
			*out = (enum rule_severity)i;
			return TRUE;
		}
	return FALSE;
}
