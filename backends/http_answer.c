#include "backends/http_answer.h"

#include <string.h>

#include "model/json.h"

#define PAGE_WORDS "a web page instead of JSON: its address is not that of the API, or a log-in page or a proxy stands before it"

/* Blanks and the byte order mark may stand before the first tag. */
static gboolean
is_page(const char *bytes, gsize len)
{
	gsize i = 0;

	while (i < len && (g_ascii_isspace(bytes[i]) || (guchar)bytes[i] >= 0x80))
		i++;
	return i < len && bytes[i] == '<';
}

static char *
refusal(long status, const char *who, gboolean token)
{
	switch (status) {
	case 401:
	case 403:
		return g_strdup_printf(token ? "%s refuses the configured token (HTTP status %ld): renew it, or give it the right to read"
		                             : "%s wants a token (HTTP status %ld): none is configured", who, status);
	case 404:
	case 405:
		return g_strdup_printf("%s has nothing to ask there (HTTP status %ld): check the path of its url", who, status);
	case 429:
		return g_strdup_printf("%s was asked too often (HTTP status %ld): give it a longer refresh", who, status);
	default:
		break;
	}
	if (status >= 300 && status < 400)
		return g_strdup_printf("%s sends elsewhere (HTTP status %ld), which is not followed: give the final address as its url", who, status);
	if (status >= 500)
		return g_strdup_printf("%s, or a proxy before it, has a fault of its own (HTTP status %ld): look at its log", who, status);
	return g_strdup_printf("%s refuses the request (HTTP status %ld)", who, status);
}

char *
http_answer_problem(const struct http_reply *r, const char *who, gboolean token)
{
	if (r->problem)
		return g_strdup_printf("%s: %s", who, r->problem);
	if (r->status < 200 || r->status >= 300)
		return refusal(r->status, who, token);
	return NULL;
}

cJSON *
http_answer_json(const char *bytes, gsize len, const char *who, GError **error)
{
	cJSON *json = cJSON_ParseWithLength(bytes, len);

	if (!json)
		g_set_error(error, JSON_ERROR, JSON_ERROR_SYNTAX, "%s answered with %s", who,
		            is_page(bytes, len) ? PAGE_WORDS : "what is no valid JSON: its url is wrong, or its answer is cut");
	return json;
}
