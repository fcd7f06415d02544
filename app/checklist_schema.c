#include "app/checklist_schema.h"

#include "app/config_schema.h"
#include "app/yaml_fields.h"

static const cyaml_schema_field_t member_fields[] = {
	NEEDED_TEXT("label", struct yaml_member, label),
	NEEDED_TEXT("pointer", struct yaml_member, pointer),
	TEXT("equals", struct yaml_member, equals),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t member_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_member, member_fields) };

static const cyaml_schema_field_t http_fields[] = {
	NEEDED_TEXT("url", struct yaml_http, url),
	NUMBER("status", struct yaml_http, status),
	TEXT("http_version", struct yaml_http, http_version),
	TEXT("body", struct yaml_http, body),
	LIST("json", struct yaml_http, json, &member_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t logs_fields[] = {
	NEEDED_TEXT("host", struct yaml_lines, host),
	TEXT("container", struct yaml_lines, container),
	TEXT("unit", struct yaml_lines, unit),
	TEXT("file", struct yaml_lines, file),
	TEXT("since", struct yaml_lines, since),
	NEEDED_TEXT("pattern", struct yaml_lines, pattern),
	TEXT("expect", struct yaml_lines, expect),
	TEXT("watch", struct yaml_lines, watch),
	TEXT("watch_means", struct yaml_lines, watch_means),
	TEXT("spike", struct yaml_lines, spike),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t fleet_fields[] = {
	TEXT("since", struct yaml_lines, since),
	NEEDED_TEXT("pattern", struct yaml_lines, pattern),
	TEXT("expect", struct yaml_lines, expect),
	TEXT("watch", struct yaml_lines, watch),
	TEXT("watch_means", struct yaml_lines, watch_means),
	TEXT("spike", struct yaml_lines, spike),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t command_fields[] = {
	NEEDED_TEXT("command", struct yaml_lines, command),
	TEXT("host", struct yaml_lines, host),
	TEXT("pattern", struct yaml_lines, pattern),
	TEXT("expect", struct yaml_lines, expect),
	TEXT("watch", struct yaml_lines, watch),
	TEXT("watch_means", struct yaml_lines, watch_means),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t manual_fields[] = {
	NEEDED_TEXT("question", struct yaml_manual, question),
	SWITCH("note", struct yaml_manual, note),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t report_fields[] = { CYAML_FIELD_END };

static const cyaml_schema_field_t check_fields[] = {
	GROUP("http", struct yaml_check, http, http_fields),
	GROUP("logs", struct yaml_check, logs, logs_fields),
	GROUP("fleet", struct yaml_check, fleet, fleet_fields),
	GROUP("command", struct yaml_check, command, command_fields),
	GROUP("manual", struct yaml_check, manual, manual_fields),
	GROUP("report", struct yaml_check, report, report_fields),
	TEXT("label", struct yaml_check, label),
	TEXT("every", struct yaml_check, every),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t check_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_check, check_fields) };

static const cyaml_schema_field_t step_fields[] = {
	NEEDED_TEXT("id", struct yaml_step, id),
	NEEDED_TEXT("title", struct yaml_step, title),
	NEEDED_TEXT("subsystem", struct yaml_step, subsystem),
	TEXT("help", struct yaml_step, help),
	TEXT("only_for", struct yaml_step, only_for),
	SWITCH("gate", struct yaml_step, gate),
	CYAML_FIELD_SEQUENCE("checks", CYAML_FLAG_POINTER, struct yaml_step, checks, &check_schema, 0, CHECKLIST_CHECKS_MAX),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t step_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_step, step_fields) };

static const cyaml_schema_field_t touch_fields[] = {
	NEEDED_TEXT("name", struct yaml_touch, name),
	SWITCH("hot", struct yaml_touch, hot),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t touch_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_touch, touch_fields) };

static const cyaml_schema_field_t fields[] = {
	NEEDED_TEXT("name", struct yaml_checklist, name),
	NEEDED_TEXT("title", struct yaml_checklist, title),
	TEXT("window", struct yaml_checklist, window),
	TEXT("escalate", struct yaml_checklist, escalate),
	SWITCH("deploy", struct yaml_checklist, deploy),
	LIST("touches", struct yaml_checklist, touches, &touch_schema),
	LIST("variables", struct yaml_checklist, variables, &variable_schema),
	CYAML_FIELD_SEQUENCE("steps", CYAML_FLAG_POINTER, struct yaml_checklist, steps, &step_schema, 0, CHECKLIST_STEPS_MAX),
	CYAML_FIELD_END
};
const cyaml_schema_value_t checklist_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct yaml_checklist, fields) };
