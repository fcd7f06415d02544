#include "app/yaml_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "tui/nearest.h"

#define FIGURE_MOST 1e6
#define GROUPS_MAX 1000  /* of a list: libcyaml copies all of it for each one more */
#define WORDS_MAX 20000
#define DEPTH_MAX 16 /* the deepest schema is 9 deep; a document of aliases that hold themselves ends here */

static void
ignore_log(cyaml_log_t level, void *user, const char *format, va_list args)
{
	(void)level, (void)user, (void)format, (void)args;
}

/* The document was checked before, so libcyaml's own messages say nothing new. */
static const cyaml_config_t loader = { .log_fn = ignore_log, .log_level = CYAML_LOG_ERROR, .mem_fn = cyaml_mem, .flags = CYAML_CFG_DEFAULT };

static void check_value(struct config_findings *f, yaml_document_t *doc, yaml_node_t *node, const cyaml_schema_value_t *schema,
                        const char *path, guint depth);

static const cyaml_schema_field_t *
find_field(const cyaml_schema_field_t *fields, const char *key)
{
	for (; fields->key; fields++)
		if (strcmp(fields->key, key) == 0)
			return fields;
	return NULL;
}

static void
unknown_key(struct config_findings *f, const cyaml_schema_field_t *fields, const char *path, const char *key)
{
	const char *best = NULL;
	guint distance = 0;

	for (; fields->key; fields++)
		nearest_offer(key, fields->key, &best, &distance);
	if (best)
		config_findings_add(f, path, "unknown key \"%s\": did you mean \"%s\"?", key, best);
	else
		config_findings_add(f, path, "unknown key \"%s\"", key);
}

static void
missing_keys(struct config_findings *f, const cyaml_schema_field_t *fields, GHashTable *seen, const char *path)
{
	for (; fields->key; fields++)
		if (!(fields->value.flags & CYAML_FLAG_OPTIONAL) && !g_hash_table_contains(seen, fields->key))
			config_findings_add(f, path, "\"%s\" is missing", fields->key);
}

static void
check_mapping(struct config_findings *f, yaml_document_t *doc, yaml_node_t *node, const cyaml_schema_value_t *schema, const char *path,
              guint depth)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(doc, pair->key), *value = yaml_document_get_node(doc, pair->value);
		const cyaml_schema_field_t *field;
		g_autofree char *name = NULL, *at = NULL;

		if (!key || !value || key->type != YAML_SCALAR_NODE) {
			config_findings_add(f, path, "a key must be a plain word");
			continue;
		}
		name = g_strndup((const char *)key->data.scalar.value, key->data.scalar.length);
		at = *path ? g_strconcat(path, ".", name, NULL) : g_strdup(name);
		g_hash_table_insert(f->lines, g_strdup(at), GUINT_TO_POINTER(key->start_mark.line + 1));
		field = find_field(schema->mapping.fields, name);
		if (!field)
			unknown_key(f, schema->mapping.fields, at, name);
		else if (!g_hash_table_add(seen, g_strdup(name)))
			config_findings_add(f, at, "stands here twice");
		else
			check_value(f, doc, value, &field->value, at, depth + 1);
	}
	missing_keys(f, schema->mapping.fields, seen, path);
}

/* FALSE, and told: a list that is too long is not looked at any further. */
static gboolean
check_length(struct config_findings *f, const cyaml_schema_value_t *schema, gsize count, const char *path)
{
	gsize most = schema->sequence.max;

	if (most == CYAML_UNLIMITED)
		most = schema->sequence.entry->type == CYAML_MAPPING ? GROUPS_MAX : WORDS_MAX;
	if (count > most)
		config_findings_add(f, path, "has %" G_GSIZE_FORMAT " items, and at most %" G_GSIZE_FORMAT " may be there", count, most);
	return count <= most;
}

static void
check_sequence(struct config_findings *f, yaml_document_t *doc, yaml_node_t *node, const cyaml_schema_value_t *schema, const char *path,
               guint depth)
{
	guint i = 0;

	if (!check_length(f, schema, (gsize)(node->data.sequence.items.top - node->data.sequence.items.start), path))
		return;
	for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++, i++) {
		yaml_node_t *value = yaml_document_get_node(doc, *item);
		g_autofree char *at = g_strdup_printf("%s[%u]", path, i);

		if (!value)
			continue;
		g_hash_table_insert(f->lines, g_strdup(at), GUINT_TO_POINTER(value->start_mark.line + 1));
		check_value(f, doc, value, schema->sequence.entry, at, depth + 1);
	}
}

static gboolean
is_number(const char *text, gboolean whole)
{
	char *end = NULL;
	double figure;

	errno = 0;
	if (whole)
		return g_ascii_isdigit(*text) && g_ascii_strtoull(text, &end, 10) <= G_MAXINT && errno == 0 && *end == '\0';
	figure = g_ascii_strtod(text, &end); /* takes nan and inf, too, with which a threshold never warns */
	return *text && *end == '\0' && errno == 0 && figure >= 0 && figure <= FIGURE_MOST;
}

static const char *
wrong_scalar(const cyaml_schema_value_t *schema, const char *text)
{
	static const char *const switches[] = { "true", "false", "yes", "no", "on", "off", NULL };

	if (schema->type == CYAML_UINT && !is_number(text, TRUE))
		return "must be a whole number, 0 or more";
	if (schema->type == CYAML_FLOAT && !is_number(text, FALSE))
		return "must be a number, 0 to 1000000";
	if (schema->type == CYAML_BOOL && !g_strv_contains(switches, text))
		return "must be true or false";
	if (schema->type == CYAML_STRING && *text == '\0')
		return "must not be empty";
	return NULL;
}

static void
check_scalar(struct config_findings *f, yaml_node_t *node, const cyaml_schema_value_t *schema, const char *path)
{
	const char *text = (const char *)node->data.scalar.value;
	const char *wrong = strlen(text) == node->data.scalar.length ? wrong_scalar(schema, text) : "must not hold a NUL character";

	if (wrong && *text == '\0')
		config_findings_add(f, path, "%s", wrong);
	else if (wrong)
		config_findings_add(f, path, "%s, not \"%.40s\"", wrong, text);
}

static void
check_value(struct config_findings *f, yaml_document_t *doc, yaml_node_t *node, const cyaml_schema_value_t *schema, const char *path,
            guint depth)
{
	yaml_node_type_t wanted = schema->type == CYAML_MAPPING ? YAML_MAPPING_NODE
		: schema->type == CYAML_SEQUENCE ? YAML_SEQUENCE_NODE : YAML_SCALAR_NODE;

	if (depth > DEPTH_MAX)
		config_findings_add(f, path, "is nested too deeply");
	else if (node->type != wanted)
		config_findings_add(f, path, "%s", wanted == YAML_MAPPING_NODE ? "must be a group of \"key: value\" lines"
			: wanted == YAML_SEQUENCE_NODE ? "must be a list, each item on a line with \"- \"" : "must be a single value");
	else if (wanted == YAML_MAPPING_NODE)
		check_mapping(f, doc, node, schema, path, depth);
	else if (wanted == YAML_SEQUENCE_NODE)
		check_sequence(f, doc, node, schema, path, depth);
	else
		check_scalar(f, node, schema, path);
}

/* Aliases are refused: libcyaml follows them by recording, and a page of configuration needs none. */
static gboolean
parse_events(struct config_findings *f, const char *text, gsize len, gboolean *empty)
{
	yaml_parser_t parser;
	yaml_event_t event;
	gboolean ok = TRUE, end = FALSE;
	guint documents = 0, content = 0;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (ok && !end) {
		if (!yaml_parser_parse(&parser, &event)) {
			g_autofree char *message = g_strdup_printf("%s%s%s", parser.context ? parser.context : "",
				parser.context ? ": " : "", parser.problem ? parser.problem : "not readable as YAML");
			config_findings_add_at(f, (guint)parser.problem_mark.line + 1, "YAML", message);
			ok = FALSE;
			break;
		}
		if (event.type == YAML_ALIAS_EVENT) {
			config_findings_add_at(f, (guint)event.start_mark.line + 1, "YAML", "aliases (*name) are not supported: write it out");
			ok = FALSE;
		}
		documents += event.type == YAML_DOCUMENT_START_EVENT;
		content += event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
			(event.type == YAML_SCALAR_EVENT && event.data.scalar.length > 0);
		if (documents > 1) {
			config_findings_add_at(f, (guint)event.start_mark.line + 1, "YAML", "a second document (---) is not read: put everything in one");
			ok = FALSE;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	*empty = content == 0;
	return ok;
}

/* Walks the document by the schema. FALSE when it is not to be loaded. */
static gboolean
check_document(struct config_findings *f, const char *text, gsize len, const cyaml_schema_value_t *schema)
{
	guint before = f->problems->len;
	yaml_parser_t parser;
	yaml_document_t doc;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (yaml_parser_load(&parser, &doc)) {
		yaml_node_t *root = yaml_document_get_root_node(&doc);
		if (root)
			check_value(f, &doc, root, schema, "", 0);
		yaml_document_delete(&doc);
	} else {
		config_findings_add_at(f, (guint)parser.problem_mark.line + 1, "YAML", parser.problem ? parser.problem : "not readable as YAML");
	}
	yaml_parser_delete(&parser);
	return f->problems->len == before;
}

void *
yaml_file_load(struct config_findings *f, const char *text, gsize len, const cyaml_schema_value_t *schema)
{
	cyaml_data_t *value = NULL;
	gboolean empty = TRUE;
	cyaml_err_t err;

	if (!parse_events(f, text, len, &empty) || empty || !check_document(f, text, len, schema))
		return NULL;
	err = cyaml_load_data((const uint8_t *)text, len, &loader, schema, &value, NULL);
	if (err != CYAML_OK)
		config_findings_add(f, "", "%s", cyaml_strerror(err));
	return value;
}

void
yaml_file_free(const cyaml_schema_value_t *schema, void *value)
{
	if (value)
		cyaml_free(&loader, schema, value, 0);
}

/* yaml_file_free() gives it back to libcyaml's allocator, so it has to come from there as well. */
void *
yaml_file_empty(const cyaml_schema_value_t *schema)
{
	return memset(cyaml_mem(NULL, NULL, schema->data_size), 0, schema->data_size);
}

/* At most one byte more than a file may have, since a pipe or a device may have no end. NULL with errno when it cannot be read. */
static char *
read_bounded(const char *path, gsize *len)
{
	FILE *f = fopen(path, "re");
	char *text = f ? g_malloc(YAML_FILE_MAX + 1) : NULL;
	int why;

	if (!f)
		return NULL;
	*len = fread(text, 1, YAML_FILE_MAX + 1, f);
	why = errno;
	if (ferror(f))
		g_clear_pointer(&text, g_free);
	fclose(f);
	errno = why;
	return text;
}

char *
yaml_file_read(struct config_findings *f, const char *path, gsize *len)
{
	char *text = read_bounded(path, len);

	if (!text) {
		config_findings_add(f, "", "cannot be read: %s", g_strerror(errno));
	} else if (*len > YAML_FILE_MAX) {
		config_findings_add(f, "", "larger than 1 MiB: it is not read");
		g_clear_pointer(&text, g_free);
	}
	return text;
}
