#include "backends/alertmanager_parse.h"

#include <string.h>

#include "backends/http_answer.h"
#include "model/json.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

#define WHO "the Alertmanager"
#define LABELS_MAX 100
#define ID_SHOWN 8 /* characters of a silence's id */

/* --- an alert --- */

static gint
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* Labels in the order of their names. The caller frees the array. */
static GPtrArray *
sorted_labels(const cJSON *labels)
{
	GPtrArray *sorted = g_ptr_array_new();
	const cJSON *label;

	cJSON_ArrayForEach(label, labels)
		if (cJSON_IsString(label) && label->string && sorted->len < LABELS_MAX)
			g_ptr_array_add(sorted, (gpointer)label);
	g_ptr_array_sort(sorted, compare_names);
	return sorted;
}

static void
take_labels(struct foreign_alert *a, const cJSON *labels)
{
	g_autoptr(GPtrArray) sorted = sorted_labels(labels);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < sorted->len; i++) {
		const cJSON *label = sorted->pdata[i];
		g_autofree char *name = sanitize_text(label->string, -1), *value = sanitize_text(label->valuestring, -1);
		g_ptr_array_add(a->matchers, g_strdup(label->string));
		g_ptr_array_add(a->matchers, g_strdup(label->valuestring));
		if (strcmp(label->string, "alertname") != 0)
			g_string_append_printf(text, "%s%s=\"%s\"", text->len ? "," : "", name, value);
	}
	a->labels = g_string_free(text, FALSE);
	a->name = json_safe(labels, "alertname");
	if (!a->name)
		a->name = g_strdup("");
	a->severity = json_safe(labels, "severity");
}

static enum foreign_state
state_of(const char *word)
{
	if (g_strcmp0(word, "active") == 0)
		return FOREIGN_ACTIVE;
	return g_strcmp0(word, "suppressed") == 0 ? FOREIGN_SUPPRESSED : FOREIGN_UNPROCESSED;
}

static struct foreign_alert *
parse_alert(const cJSON *json)
{
	const cJSON *annotations = json_object(json, "annotations"), *status = json_object(json, "status");
	struct foreign_alert *a = foreign_alert_new();

	take_labels(a, json_object(json, "labels"));
	a->summary = json_safe(annotations, "summary");
	if (!a->summary)
		a->summary = json_safe(annotations, "description");
	a->fingerprint = json_safe(json, "fingerprint");
	if (!a->fingerprint)
		a->fingerprint = g_strdup("");
	a->starts_utc_us = utc_parse(json_string(json, "startsAt"));
	a->state = state_of(json_string(status, "state"));
	return a;
}

/* --- what holds it --- */

/* "silence 7f3c21aa", "silences 7f3c21aa and 2 more"; NULL for none. `names`: of fingerprints, those of alerts; NULL. */
static char *
list_words(const cJSON *list, const char *one, const char *many, guint shown, const GHashTable *names)
{
	int n = cJSON_GetArraySize(list);
	const char *first = cJSON_GetStringValue(cJSON_GetArrayItem(list, 0));
	const char *name = first && names ? g_hash_table_lookup((GHashTable *)names, first) : NULL;
	g_autofree char *safe = name ? g_strdup(name) : first ? sanitize_text(first, (gssize)MIN(strlen(first), shown)) : NULL;

	if (!safe)
		return NULL;
	return n > 1 ? g_strdup_printf("%s %s and %d more", many, safe, n - 1) : g_strdup_printf("%s %s", one, safe);
}

static char *
held_by(const cJSON *json, const GHashTable *names)
{
	const cJSON *status = json_object(json, "status");
	char *words = list_words(json_array(status, "silencedBy"), "silence", "silences", ID_SHOWN, NULL);

	if (!words)
		words = list_words(json_array(status, "inhibitedBy"), "inhibited by", "inhibited by", 100, names);
	if (!words)
		words = list_words(json_array(status, "mutedBy"), "muted by", "muted by", 100, NULL);
	return words;
}

/* --- all --- */

/* The active ones first, the held ones last. */
static gint
compare_alerts(gconstpointer a, gconstpointer b)
{
	static const int rank[] = { [FOREIGN_ACTIVE] = 0, [FOREIGN_UNPROCESSED] = 1, [FOREIGN_SUPPRESSED] = 2 };
	const struct foreign_alert *x = *(const struct foreign_alert *const *)a, *y = *(const struct foreign_alert *const *)b;

	if (x->state != y->state)
		return rank[x->state] - rank[y->state];
	if (x->starts_utc_us != y->starts_utc_us)
		return x->starts_utc_us < y->starts_utc_us ? -1 : 1;
	return strcmp(x->fingerprint, y->fingerprint);
}

GPtrArray *
alertmanager_parse(const char *bytes, gsize len, guint *left_out, GError **error)
{
	g_autoptr(cJSON) json = http_answer_json(bytes, len, WHO, error);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *alerts;
	const cJSON *item;
	guint i = 0;

	*left_out = 0;
	if (!json)
		return NULL;
	if (!cJSON_IsArray(json)) {
		g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "what answers is not an Alertmanager (API v2): check the url, which is its address without /api");
		return NULL;
	}
	alerts = g_ptr_array_new_with_free_func((GDestroyNotify)foreign_alert_free);
	cJSON_ArrayForEach(item, json) {
		if (!cJSON_IsObject(item))
			continue;
		if (alerts->len >= ALERTMANAGER_ALERTS_MAX) {
			++*left_out;
			continue;
		}
		struct foreign_alert *a = parse_alert(item);
		g_ptr_array_add(alerts, a);
		if (*a->name && *a->fingerprint)
			g_hash_table_insert(names, a->fingerprint, a->name);
	}
	cJSON_ArrayForEach(item, json)
		if (cJSON_IsObject(item) && i < alerts->len)
			((struct foreign_alert *)alerts->pdata[i++])->held_by = held_by(item, names);
	g_ptr_array_sort(alerts, compare_alerts);
	return alerts;
}

char *
alertmanager_parse_fault(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(bytes, len);
	const char *text = cJSON_GetStringValue(json);

	if (!text)
		text = json_string(json, "message"); /* its framework's own: {"code":601,"message":"…"} */
	return text && *text ? sanitize_text(text, -1) : NULL;
}

char *
alertmanager_parse_silence(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(bytes, len);
	g_autofree char *id = json_safe(json, "silenceID");

	return id && *id ? g_steal_pointer(&id) : NULL;
}

/* --- a silence --- */

static void
add_time(cJSON *to, const char *name, gint64 utc_us)
{
	g_autofree char *text = utc_iso(utc_us);

	cJSON_AddStringToObject(to, name, text);
}

char *
alertmanager_silence_body(const struct foreign_alert *a, gint64 begin_utc_us, gint64 end_utc_us, const char *by, const char *comment)
{
	g_autoptr(cJSON) json = cJSON_CreateObject();
	cJSON *matchers = cJSON_AddArrayToObject(json, "matchers");

	if (a->matchers->len < 2)
		return NULL;
	for (guint i = 0; i + 1 < a->matchers->len; i += 2) {
		cJSON *matcher = cJSON_CreateObject();
		cJSON_AddItemToArray(matchers, matcher);
		cJSON_AddStringToObject(matcher, "name", a->matchers->pdata[i]);
		cJSON_AddStringToObject(matcher, "value", a->matchers->pdata[i + 1]);
		cJSON_AddBoolToObject(matcher, "isRegex", FALSE);
		cJSON_AddBoolToObject(matcher, "isEqual", TRUE);
	}
	add_time(json, "startsAt", begin_utc_us);
	add_time(json, "endsAt", end_utc_us);
	cJSON_AddStringToObject(json, "createdBy", by);
	cJSON_AddStringToObject(json, "comment", comment);
	return cJSON_PrintUnformatted(json);
}
