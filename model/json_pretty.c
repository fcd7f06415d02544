#include "model/json_pretty.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "model/sanitize.h"

char *
json_pretty(const char *text, gsize len)
{
	g_autofree char *copy = g_strndup(text, len);
	const char *start = strpbrk(copy, "{[");
	const char *end = NULL;
	cJSON *json = start ? cJSON_ParseWithOpts(start, &end, FALSE) : NULL;
	char *printed, *safe;

	if (!json || strspn(end, " \t\r\n") != strlen(end)) {
		cJSON_Delete(json);
		return NULL;
	}
	printed = cJSON_Print(json);
	cJSON_Delete(json);
	safe = printed ? sanitize_lines(printed, -1) : NULL;
	cJSON_free(printed);
	return safe;
}
