/* PagerDuty's Events API v2 (developer.pagerduty.com/docs/events-api-v2): 202 is yes, 400 is no for good, 429 and 5xx are later. */
#include <string.h>

#include "backends/notify_private.h"
#include "backends/notify_text.h"
#include "backends/secret.h"
#include "model/json.h"
#include "model/utc_text.h"

#define BASE "https://events.pagerduty.com"
#define PATH "/v2/enqueue"
#define SUMMARY_MAX 1024
#define KEY_MAX 255
#define NAME_MAX 255
#define WORDS_MAX 1000
#define DETAIL_MAX 1000  /* characters of a line */
#define DETAILS_MAX 100  /* lines: with the rest not a quarter of the 512 KB that an event may have */

static const char *
severity_of(const char *word)
{
	static const char *const words[] = { "critical", "error", "warning", "info" };

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_strcmp0(word, words[i]) == 0)
			return words[i];
	return "error";
}

static void
add_text(cJSON *to, const char *name, const char *text, guint most)
{
	g_autofree char *safe = text ? notify_text_line(text, most) : NULL;

	if (safe && *safe)
		cJSON_AddStringToObject(to, name, safe);
}

/* The same for a trigger and its resolve, and another for every key: a long one ends with its hash. */
static void
add_key(cJSON *to, const char *key)
{
	g_autofree char *safe = notify_text_line(key ? key : "midwatch", G_MAXINT), *hash = NULL, *head = NULL, *cut = NULL;

	if (g_utf8_strlen(safe, -1) > KEY_MAX) {
		hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, safe, -1);
		head = g_utf8_substring(safe, 0, KEY_MAX - 65);
		cut = g_strdup_printf("%s#%s", head, hash);
	}
	cJSON_AddStringToObject(to, "dedup_key", cut ? cut : safe);
}

static void
add_details(cJSON *payload, const struct notify_message *m, const char *lost)
{
	cJSON *details = cJSON_AddObjectToObject(payload, "custom_details"), *lines = cJSON_AddArrayToObject(details, "lines");
	guint n = m->details ? g_strv_length((char **)m->details) : 0, shown = MIN(n, DETAILS_MAX);
	g_autofree char *more = notify_text_more(n - shown + m->more);

	for (guint i = 0; i < shown; i++) {
		g_autofree char *line = notify_text_line(m->details[i], DETAIL_MAX);
		cJSON_AddItemToArray(lines, cJSON_CreateString(line));
	}
	if (more)
		cJSON_AddItemToArray(lines, cJSON_CreateString(more));
	if (lost)
		cJSON_AddStringToObject(details, "lost", lost);
}

static void
add_payload(cJSON *json, const struct notify_settings *s, const struct notify_message *m, const char *lost)
{
	cJSON *payload = cJSON_AddObjectToObject(json, "payload");
	g_autofree char *time = utc_iso(m->utc_us);

	add_text(payload, "summary", m->summary && *m->summary ? m->summary : m->dedup_key, SUMMARY_MAX);
	add_text(payload, "source", s->source && *s->source ? s->source : "midwatch", NAME_MAX);
	cJSON_AddStringToObject(payload, "severity", severity_of(m->severity));
	add_text(payload, "timestamp", *time != '?' ? time : NULL, NAME_MAX);
	add_text(payload, "component", m->component, NAME_MAX);
	add_text(payload, "group", m->group, NAME_MAX);
	if (m->details || lost)
		add_details(payload, m, lost);
}

/* What is opened is described; what is closed is known there by its key. */
static char *
body(const struct notify_settings *s, const struct notify_message *m, const char *lost)
{
	static const char *const actions[] = { [NOTIFY_TRIGGER] = "trigger", [NOTIFY_ACKNOWLEDGE] = "acknowledge", [NOTIFY_RESOLVE] = "resolve" };
	g_autoptr(cJSON) json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "event_action", actions[m->event]);
	add_key(json, m->dedup_key);
	if (m->event == NOTIFY_TRIGGER)
		add_payload(json, s, m, lost);
	cJSON_AddStringToObject(json, "client", "midwatch");
	return cJSON_PrintUnformatted(json);
}

/* By hand: what cJSON copies on the way is never wiped. */
char *
notify_pagerduty_sign(const char *text, const char *key)
{
	static const char name[] = ",\"routing_key\":\"";
	gsize len = strlen(text) - 1;
	char *out = g_malloc(len + sizeof name + 2 * strlen(key) + 3), *o = out;

	memcpy(o, text, len);
	o += len;
	o = stpcpy(o, name);
	for (const char *c = key; *c; c++) {
		if (*c == '"' || *c == '\\')
			*o++ = '\\';
		*o++ = *c;
	}
	strcpy(o, "\"}");
	return out;
}

static char *
url(const struct notify_settings *s, const char *secret, const char **why)
{
	g_autofree char *base = http_url_base(s->url ? s->url : BASE);

	if (!g_str_is_ascii(secret)) {
		*why = "the routing key has characters that no routing key has";
		return NULL;
	}
	if (!http_url_is_private(base)) {
		*why = "the routing key is sent by https:// only: check notify.pagerduty.url";
		return NULL;
	}
	return g_strconcat(base, g_str_has_suffix(base, PATH) ? "" : PATH, NULL);
}

/* {"status":"invalid event","message":"Event object is invalid","errors":[…]} */
static char *
words_of(const cJSON *json)
{
	const cJSON *error;
	GString *all = g_string_new(NULL);
	g_autofree char *message = json_safe(json, "message");

	g_string_append(all, message ? message : "");
	cJSON_ArrayForEach(error, json_array(json, "errors")) {
		g_autofree char *safe = notify_text_line(cJSON_GetStringValue(error), WORDS_MAX);
		if (*safe && all->len < WORDS_MAX)
			g_string_append_printf(all, "%s%s", all->len ? "; " : "", safe);
	}
	return g_string_free(all, FALSE);
}

static void
judge(const struct http_reply *r, struct notify_reply *out)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(r->body, r->body_length);
	g_autofree char *words = words_of(json), *lower = g_ascii_strdown(words, -1);

	if (r->status >= 200 && r->status < 300 && g_strcmp0(json_string(json, "status"), "success") == 0) {
		out->verdict = NOTIFY_TAKEN;
		return;
	}
	notify_judge_status(r, "PagerDuty", out);
	if (r->status == 401 || r->status == 403 || (r->status == 400 && (strstr(lower, "routing_key") || strstr(lower, "routing key"))))
		out->verdict = NOTIFY_SECRET;
	if (!*words || r->status < 400)
		return;
	g_free(out->words);
	out->words = g_strdup_printf("PagerDuty %s (HTTP status %ld): %s", out->verdict == NOTIFY_SECRET ? "refuses the routing key"
	                             : out->verdict == NOTIFY_AGAIN ? "does not take the event" : "refuses the event", r->status, words);
}

const struct notify_kind notify_pagerduty = { .body = body, .url = url, .judge = judge };
