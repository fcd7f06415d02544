#include "model/cleanup_json.h"

#include <math.h>
#include <string.h>

#include "model/cleanup_log.h"
#include "model/json.h"
#include "model/sanitize.h"

#define SECONDS_MAX 253402300799.0 /* the end of the year 9999 */

/* The first of the names that is there. */
static const cJSON *
member(const cJSON *object, const char *first, const char *second)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, first);

	return value || !second ? value : cJSON_GetObjectItemCaseSensitive(object, second);
}

/* A number, also as "41%"; NAN. */
static double
figure(const cJSON *value)
{
	const char *text = cJSON_GetStringValue(value);
	char *end;
	double number;

	if (cJSON_IsNumber(value))
		return value->valuedouble;
	if (!text)
		return NAN;
	number = g_ascii_strtod(text, &end);
	return end > text ? number : NAN;
}

static char *
safe_text(const cJSON *value)
{
	const char *text = cJSON_GetStringValue(value);

	return sanitize_text(text ? text : "", text ? (gssize)MIN(strlen(text), 1000) : 0);
}

static gint64
time_of(const cJSON *value, GTimeZone *zone)
{
	const char *text = cJSON_GetStringValue(value);
	g_autoptr(GDateTime) time = text ? g_date_time_new_from_iso8601(text, zone) : NULL;
	double seconds = cJSON_IsNumber(value) ? value->valuedouble : 0;

	if (time)
		return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	if (seconds > SECONDS_MAX) /* milliseconds, as Date.now() gives them */
		seconds /= 1000;
	return seconds > 0 && seconds < SECONDS_MAX ? (gint64)(seconds * 1e6) : 0;
}

/* success, ok, or a status of which anything but a few good words is bad; unknown when nothing is said. */
static enum cron_result
result_of(const cJSON *object)
{
	static const char *const good[] = { "ok", "success", "succeeded", "done", "skipped", "skip", NULL };
	const cJSON *value = member(object, "success", "ok");
	const char *status = cJSON_GetStringValue(member(object, "status", "result"));
	g_autofree char *lower = status ? g_ascii_strdown(status, -1) : NULL;

	if (cJSON_IsBool(value))
		return cJSON_IsTrue(value) ? CRON_RESULT_OK : CRON_RESULT_FAILED;
	if (lower)
		return g_strv_contains(good, lower) ? CRON_RESULT_OK : CRON_RESULT_FAILED;
	return CRON_RESULT_UNKNOWN;
}

static void
add_step(struct cleanup_run *run, const cJSON *value)
{
	struct cleanup_step *step = g_new0(struct cleanup_step, 1);
	double freed = cJSON_IsObject(value) ? figure(member(value, "freedMB", "freed_mb")) : NAN;

	if (cJSON_IsString(value)) {
		step->name = safe_text(value);
		step->text = g_strdup("");
	} else {
		step->name = safe_text(member(value, "name", "step"));
		step->text = safe_text(member(value, "text", "message"));
		step->failed = result_of(value) == CRON_RESULT_FAILED;
	}
	if (!isnan(freed) && !*step->text) {
		g_free(step->text);
		step->text = g_strdup_printf("freed %.0f MB", freed);
	}
	g_ptr_array_add(run->steps, step);
}

static void
add_steps(struct cleanup_run *run, const cJSON *list)
{
	const cJSON *value;

	cJSON_ArrayForEach(value, list)
		if ((cJSON_IsString(value) || cJSON_IsObject(value)) && run->steps->len < CLEANUP_STEPS_MAX)
			add_step(run, value);
}

struct cleanup_run *
cleanup_json_parse(const char *line, gsize len, GTimeZone *zone)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(line, len);
	gint64 at_us = time_of(member(json, "timestamp", "time"), zone);
	struct cleanup_run *run = NULL;

	if (cJSON_IsObject(json) && at_us > 0) {
		run = cleanup_run_new();
		run->at_us = at_us;
		run->mode = safe_text(member(json, "mode", NULL));
		if (cJSON_IsTrue(member(json, "dryRun", "dry_run"))) {
			g_free(run->mode);
			run->mode = g_strdup("dry-run");
		}
		run->disk_before = figure(member(json, "diskBefore", "disk_before"));
		run->disk_after = figure(member(json, "diskAfter", "disk_after"));
		run->freed_mb = figure(member(json, "freedMB", "freed_mb"));
		run->result = result_of(json);
		add_steps(run, member(json, "steps", NULL));
	}
	return run;
}
