#include "backends/prometheus_parse.h"

#include <string.h>

#include "backends/http_answer.h"
#include "model/json.h"
#include "model/sanitize.h"

#define WHO "Prometheus"

/* [time, "value"]: numbers are texts, since JSON has no NaN. */
static enum presence
presence_of(const cJSON *sample)
{
	const cJSON *value = cJSON_GetArrayItem(sample, 1);
	const char *text = cJSON_IsString(value) ? value->valuestring : "";
	char *end;
	double number = g_ascii_strtod(text, &end);

	if (end == text || *end)
		return PRESENCE_UNKNOWN;
	if (number == 1)
		return PRESENCE_ONLINE;
	return number == 0 ? PRESENCE_OFFLINE : PRESENCE_UNKNOWN;
}

/* "gw-1:9100" is the gateway gw-1; "[fd7a::1]:9100" is fd7a::1; a bare IPv6 address stays. */
static char *
without_port(const char *label)
{
	const char *colon = strrchr(label, ':'), *end = *label == '[' ? strchr(label, ']') : NULL;

	if (end)
		return g_strndup(label + 1, (gsize)(end - label) - 1);
	if (colon && strchr(label, ':') == colon && colon[1] && colon[1 + strspn(colon + 1, "0123456789")] == '\0')
		return g_strndup(label, (gsize)(colon - label));
	return g_strdup(label);
}

static void
add_series(struct fleet_list *l, const cJSON *series, const char *label)
{
	const char *value = json_string(json_object(series, "metric"), label);
	g_autofree char *name = value ? without_port(value) : NULL;

	fleet_list_add(l, name, NULL, presence_of(json_array(series, "value")), NULL);
}

struct fleet_list *
prometheus_parse(const char *bytes, gsize len, const char *label, GError **error)
{
	g_autoptr(cJSON) json = http_answer_json(bytes, len, WHO, error);
	const cJSON *data = json_object(json, "data"), *series;
	const char *type = json_string(data, "resultType");
	g_autofree char *safe = type ? sanitize_text(type, -1) : NULL;
	struct fleet_list *l;

	if (!json)
		return NULL;
	if (!type || strcmp(type, "vector") != 0) {
		if (type)
			g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "the query gives Prometheus a %s: it must give an instant vector, one series a gateway", safe);
		else
			g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "what answers is not Prometheus: check the url, which is its address without /api");
		return NULL;
	}
	l = fleet_list_new();
	cJSON_ArrayForEach(series, json_array(data, "result"))
		add_series(l, series, label);
	return l;
}

char *
prometheus_parse_error(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(bytes, len);
	const char *type = json_string(json, "errorType"), *text = json_string(json, "error");

	if (!text)
		return NULL;
	return type ? g_strdup_printf("%s: %s", type, text) : g_strdup(text);
}
