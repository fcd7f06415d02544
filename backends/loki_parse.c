#include "backends/loki_parse.h"

#include <string.h>

#include "backends/http_answer.h"
#include "model/json.h"

#define WHO "Loki"

static void
add_line(struct loki_lines *l, const cJSON *value, const char *gateway, const char *stream)
{
	const cJSON *time = cJSON_GetArrayItem(value, 0), *text = cJSON_GetArrayItem(value, 1);
	gint64 ns;

	if (!cJSON_IsString(time) || !cJSON_IsString(text) || !g_ascii_string_to_signed(time->valuestring, 10, 1, G_MAXINT64, &ns, NULL)) {
		l->left_out++;
		return;
	}
	g_array_append_val(l->lines, ((struct loki_line){
		.gateway = gateway, .stream = stream, .ns = ns, .text = g_string_chunk_insert(l->text, text->valuestring), .length = strlen(text->valuestring),
	}));
}

static void
add_stream(struct loki_lines *l, const cJSON *row, const char *label)
{
	const cJSON *labels = json_object(row, "stream"), *value;
	const char *gateway = json_string(labels, label);
	char *printed = labels ? cJSON_PrintUnformatted(labels) : NULL;
	const char *stream = g_string_chunk_insert(l->text, printed ? printed : ""), *name = g_string_chunk_insert(l->text, gateway ? gateway : "");

	cJSON_free(printed);
	cJSON_ArrayForEach(value, json_array(row, "values"))
		add_line(l, value, name, stream);
}

static int
by_time(gconstpointer a, gconstpointer b)
{
	const struct loki_line *one = a, *other = b;

	return one->ns < other->ns ? -1 : one->ns > other->ns;
}

struct loki_lines *
loki_parse(const char *bytes, gsize len, const char *label, GError **error)
{
	g_autoptr(cJSON) json = http_answer_json(bytes, len, WHO, error);
	const cJSON *data = json_object(json, "data"), *row;
	struct loki_lines *l;

	if (!json)
		return NULL;
	if (g_strcmp0(json_string(data, "resultType"), "streams") != 0) {
		g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "Loki's answer has no lines in it: the query must be a stream selector such as {job=\"gateway\"}");
		return NULL;
	}
	l = g_new0(struct loki_lines, 1);
	l->lines = g_array_new(FALSE, FALSE, sizeof(struct loki_line));
	l->text = g_string_chunk_new(16384);
	cJSON_ArrayForEach(row, json_array(data, "result"))
		add_stream(l, row, label);
	g_array_sort(l->lines, by_time);
	return l;
}

void
loki_lines_free(struct loki_lines *l)
{
	if (!l)
		return;
	g_array_unref(l->lines);
	g_string_chunk_free(l->text);
	g_free(l);
}

char *
loki_query(const char *selector, const char *pattern)
{
	GString *s = g_string_new(selector);

	g_string_append(s, " |~ \"");
	for (const char *c = pattern; *c; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_c(s, '\\');
		g_string_append_c(s, *c);
	}
	return g_string_free(g_string_append_c(s, '"'), FALSE);
}
