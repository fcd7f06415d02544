/* A rule as its file says it. */
#ifndef MW_MODEL_RULE_H
#define MW_MODEL_RULE_H

#include <glib.h>

/* What follows from it (the team's page rules): a page at once, the next business day, for information, or nothing. */
enum rule_severity { RULE_INFO, RULE_TICKET /* next business day */, RULE_WARN, RULE_CRIT, RULE_PAGE };

struct rule_inhibition { char *rule; char *equal; /* a label that must be the same on both; NULL: none */ };

struct rule {
	char *name;            /* "health_non200" */
	char *scope;           /* "cloud", "fleet", "vm": one page each */
	char *expr;            /* see rule_expr.h */
	gint64 for_us, keep_us;
	enum rule_severity severity;
	char *summary;         /* a sentence; {label} and {value} are filled in */
	char *runbook;         /* what to do; NULL */
	gboolean network;      /* measured over our own network: unknown while the observer is blind */
	gboolean rollout_mute; /* a rollout mute holds it back */
	gboolean manual;       /* no input can tell: a person says so, by a form */
	GPtrArray *inhibits;   /* of struct rule_inhibition, owned: while this one fires, those are held back; "x_*" is all that begin so */
};

struct rule *rule_new(const char *name);
void rule_free(struct rule *r); /* NULL is ignored */
const char *rule_severity_name(enum rule_severity s); /* "page", "crit", "warn", "ticket", "info" */
gboolean rule_severity_parse(const char *word, enum rule_severity *out);
const char *rule_severity_words(enum rule_severity s); /* "page now", "attention", "next business day", "do not page" */

#endif
