#include "app/rule_schema.h"

#include "app/yaml_fields.h"

static const cyaml_schema_field_t inhibition_fields[] = {
	NEEDED_TEXT("rule", struct yaml_inhibition, rule),
	TEXT("equal", struct yaml_inhibition, equal),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t inhibition_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_inhibition, inhibition_fields) };

static const cyaml_schema_field_t rule_fields[] = {
	NEEDED_TEXT("name", struct yaml_rule, name),
	NEEDED_TEXT("scope", struct yaml_rule, scope),
	TEXT("expr", struct yaml_rule, expr),
	TEXT("for", struct yaml_rule, hold),
	TEXT("keep", struct yaml_rule, keep),
	NEEDED_TEXT("severity", struct yaml_rule, severity),
	NEEDED_TEXT("summary", struct yaml_rule, summary),
	TEXT("runbook", struct yaml_rule, runbook),
	SWITCH("network", struct yaml_rule, network),
	SWITCH("rollout_mute", struct yaml_rule, rollout_mute),
	SWITCH("manual", struct yaml_rule, manual),
	LIST("inhibits", struct yaml_rule, inhibits, &inhibition_schema),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t one_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_rule, rule_fields) };

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_SEQUENCE("rules", CYAML_FLAG_POINTER, struct yaml_rules, rules, &one_schema, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END
};
const cyaml_schema_value_t rule_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct yaml_rules, fields) };
