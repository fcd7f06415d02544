/* The schema of a file of rules, and what libcyaml makes of it; rule_files.c checks it and makes struct rule. */
#ifndef MW_APP_RULE_SCHEMA_H
#define MW_APP_RULE_SCHEMA_H

#include <cyaml/cyaml.h>
#include <stdbool.h>

struct yaml_inhibition { char *rule, *equal; };

struct yaml_rule {
	char *name, *scope, *expr, *hold, *keep, *severity, *summary, *runbook; /* hold: "for", which is a word of C */
	bool *network, *rollout_mute, *manual;
	struct yaml_inhibition *inhibits; unsigned inhibits_count;
};

struct yaml_rules { struct yaml_rule *rules; unsigned rules_count; };

extern const cyaml_schema_value_t rule_schema;

#endif
