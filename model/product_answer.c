#include "model/product_answer.h"

#include <math.h>
#include <string.h>

#include "model/json.h"
#include "model/sanitize.h"

#define WORD_BYTES 80 /* of a value, to be shown */
#define LATEST_US G_GINT64_CONSTANT(4102444800000000) /* the year 2100 */

static char *
member_problem(const cJSON *root, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(root, name);
	g_autofree char *safe = NULL;

	if (cJSON_IsString(m) && strcmp(m->valuestring, "ok") == 0)
		return NULL;
	if (!m)
		return g_strdup_printf("%s is missing", name);
	if (!cJSON_IsString(m))
		return g_strdup_printf("%s is not \"ok\"", name);
	safe = sanitize_text(m->valuestring, (gssize)strnlen(m->valuestring, WORD_BYTES));
	return g_strdup_printf("%s is \"%s\"", name, safe);
}

char *
health_degraded(const char *body, gsize len)
{
	static const char *const members[] = { "status", "db", "go2rtc" };
	g_autoptr(cJSON) root = json_parse(body, len, cJSON_Object, "health", NULL);
	g_autoptr(GString) all = g_string_new(NULL);

	if (!root)
		return g_strdup("its body is no JSON object");
	for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
		g_autofree char *problem = member_problem(root, members[i]);
		if (problem)
			g_string_append_printf(all, "%s%s", all->len ? ", " : "", problem);
	}
	return all->len ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

/* --- what a pointer points at --- */

/* cJSON has no parse of any type in json.h: a bare number or text is JSON, too. */
static cJSON *
parse_at(const char *body, gsize len, const char *pointer, const cJSON **found, char **problem)
{
	cJSON *root = cJSON_ParseWithLengthOpts(body, len, NULL, FALSE);

	*found = root ? json_at(root, pointer ? pointer : "") : NULL;
	if (!root)
		*problem = g_strdup("the answer is no JSON");
	else if (!*found)
		*problem = g_strdup_printf("the answer has nothing at %s", pointer);
	return root;
}

/* By its size: until the year 2100 seconds, milliseconds and microseconds do not overlap. */
static gboolean
from_number(double n, gint64 *utc_us)
{
	if (!isfinite(n) || n < 1e8)
		return FALSE;
	*utc_us = (gint64)(n < 1e11 ? n * 1e6 : n < 1e14 ? n * 1e3 : n < 1e16 ? n : 0);
	return *utc_us > 0 && *utc_us < LATEST_US;
}

static gboolean
from_text(const char *text, gint64 *utc_us)
{
	gsize len = strlen(text);
	char *end;
	double n = g_ascii_strtod(text, &end);
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = NULL;

	if (len > 0 && *end == '\0')
		return from_number(n, utc_us);
	time = len < 64 ? g_date_time_new_from_iso8601(text, utc) : NULL;
	if (!time)
		return FALSE;
	*utc_us = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	return *utc_us > 0 && *utc_us < LATEST_US;
}

gboolean
answer_time(const char *body, gsize len, const char *pointer, gint64 *utc_us, char **problem)
{
	const cJSON *found;
	g_autoptr(cJSON) root G_GNUC_UNUSED = parse_at(body, len, pointer, &found, problem);

	if (!found)
		return FALSE;
	if ((cJSON_IsNumber(found) && from_number(found->valuedouble, utc_us)) || (cJSON_IsString(found) && from_text(found->valuestring, utc_us)))
		return TRUE;
	*problem = g_strdup_printf("what the answer has at %s is no time", pointer ? pointer : "its root");
	return FALSE;
}

gboolean
answer_number(const char *body, gsize len, const char *pointer, double *number, char **problem)
{
	const cJSON *found;
	g_autoptr(cJSON) root G_GNUC_UNUSED = parse_at(body, len, pointer, &found, problem);
	char *end;

	if (!found)
		return FALSE;
	*number = cJSON_IsNumber(found) ? found->valuedouble : NAN;
	if (cJSON_IsString(found) && *found->valuestring) {
		*number = g_ascii_strtod(found->valuestring, &end);
		if (*end)
			*number = NAN;
	}
	if (isfinite(*number) && *number >= 0)
		return TRUE;
	*problem = g_strdup_printf("what the answer has at %s is no number", pointer ? pointer : "its root");
	return FALSE;
}
