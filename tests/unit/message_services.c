#include "tests/unit/message_services.h"

#include <string.h>

#define TELEGRAM_MAX 4096
#define EVENT_MAX (512 * 1024)

struct message_services {
	struct http_double *http;
	char *webhook;
	GMutex lock;
	GPtrArray *taken; /* of char *, owned */
	guint mentions;
};

static const char *
text_of(const cJSON *o, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));

	return text ? text : "";
}

static gboolean
is_one_of(const char *word, const char *const *words)
{
	return g_strv_contains(words, word);
}

/* --- PagerDuty --- */

/* Why an event is not valid; NULL: it is. */
static const char *
event_fault(const cJSON *event)
{
	static const char *const actions[] = { "trigger", "acknowledge", "resolve", NULL }, *const severities[] = { "critical", "error", "warning", "info", NULL };
	const cJSON *payload = cJSON_GetObjectItemCaseSensitive(event, "payload");
	glong summary = g_utf8_strlen(text_of(payload, "summary"), -1);

	if (strcmp(text_of(event, "routing_key"), ROUTING_KEY) != 0)
		return "'routing_key' is invalid (must be a 32-character string)";
	if (!is_one_of(text_of(event, "event_action"), actions))
		return "'event_action' is invalid (must be trigger, acknowledge or resolve)";
	if (g_utf8_strlen(text_of(event, "dedup_key"), -1) > 255)
		return "Length of 'dedup_key' is too long (maximum 255)";
	if (strcmp(text_of(event, "event_action"), "trigger") != 0)
		return *text_of(event, "dedup_key") ? NULL : "'dedup_key' is missing";
	if (summary < 1 || summary > 1024)
		return "'payload.summary' is missing or blank, or too long";
	if (!*text_of(payload, "source"))
		return "'payload.source' is missing or blank";
	if (!is_one_of(text_of(payload, "severity"), severities))
		return "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')";
	return NULL;
}

static char *
answer_pagerduty(const cJSON *event, gsize len, const char **status)
{
	const char *fault = !cJSON_IsObject(event) ? "not JSON" : len > EVENT_MAX ? "Event is too large" : event_fault(event);

	*status = fault ? "400 Bad Request" : "202 Accepted";
	if (fault)
		return g_strdup_printf("{\"status\":\"invalid event\",\"message\":\"Event object is invalid\",\"errors\":[\"%s\"]}", fault);
	return g_strdup_printf("{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":\"%s\"}", text_of(event, "dedup_key"));
}

/* --- Slack --- */

/* "<!channel>" and "<@U1>" page in any mode, the bare words where names are looked for. */
static guint
slack_mentions(const cJSON *json)
{
	const char *text = text_of(json, "text");
	gboolean names = cJSON_IsTrue(cJSON_GetObjectItem(json, "link_names")) || strcmp(text_of(json, "parse"), "full") == 0;
	guint n = 0;

	for (const char *c = text; (c = strchr(c, '<')); c++)
		n += c[1] == '!' || c[1] == '@';
	return n + (names && g_regex_match_simple("@(here|channel|everyone)\\b", text, G_REGEX_CASELESS, 0));
}

static char *
answer_slack(const cJSON *json, const char **status)
{
	if (!cJSON_IsObject(json)) {
		*status = "400 Bad Request";
		return g_strdup("invalid_payload");
	}
	*status = *text_of(json, "text") ? "200 OK" : "400 Bad Request";
	return g_strdup(*text_of(json, "text") ? "ok" : "no_text");
}

/* --- Telegram --- */

/* Reads HTML as parse_mode HTML does: the units that remain, or -1 when it cannot be parsed. */
static glong
telegram_units(const char *html)
{
	static const char *const marks[] = { "<b>", "</b>", "<code>", "</code>", "<pre>", "</pre>" }, *const entities[] = { "&lt;", "&gt;", "&amp;", "&quot;" };
	const char *open[8];
	guint depth = 0;
	glong units = 0;

	for (const char *c = html; *c;) {
		gsize len = 0;
		for (guint i = 0; *c == '<' && i < G_N_ELEMENTS(marks) && !len; i++) {
			if (!g_str_has_prefix(c, marks[i]))
				continue;
			len = strlen(marks[i]);
			if (i % 2 == 0 && depth < G_N_ELEMENTS(open))
				open[depth++] = marks[i];
			else if (i % 2 == 0 || depth == 0 || open[--depth] != marks[i - 1])
				return -1;
		}
		for (guint i = 0; *c == '&' && i < G_N_ELEMENTS(entities) && !len; i++)
			if (g_str_has_prefix(c, entities[i])) {
				len = strlen(entities[i]);
				units++;
			}
		if (!len && (*c == '<' || *c == '&' || *c == '>'))
			return -1;
		if (!len) {
			units += g_utf8_get_char(c) > 0xffff ? 2 : 1;
			len = (gsize)(g_utf8_next_char(c) - c);
		}
		c += len;
	}
	return depth ? -1 : units;
}

/* Names are links, and people are told of them, but in code. */
static guint
telegram_mentions(const char *html)
{
	g_autoptr(GRegex) code = g_regex_new("<(code|pre)>.*?</\\1>", G_REGEX_DOTALL, 0, NULL);
	g_autofree char *rest = g_regex_replace_literal(code, html, -1, 0, "", 0, NULL);

	return g_regex_match_simple("@\\w", rest, 0, 0);
}

static char *
telegram_fault(int code, const char *description, const char *word, const char **status)
{
	*status = word;
	return g_strdup_printf("{\"ok\":false,\"error_code\":%d,\"description\":\"%s\"}", code, description);
}

static char *
answer_telegram(const cJSON *json, const char **status)
{
	const cJSON *chat = cJSON_GetObjectItemCaseSensitive(json, "chat_id");
	glong units = telegram_units(text_of(json, "text"));

	if (!cJSON_IsNumber(chat) && !cJSON_IsString(chat))
		return telegram_fault(400, "Bad Request: chat_id is empty", "400 Bad Request", status);
	if (strcmp(text_of(json, "parse_mode"), "HTML") != 0 || units < 0)
		return telegram_fault(400, "Bad Request: can't parse entities", "400 Bad Request", status);
	if (units == 0)
		return telegram_fault(400, "Bad Request: message text is empty", "400 Bad Request", status);
	if (units > TELEGRAM_MAX)
		return telegram_fault(400, "Bad Request: message is too long", "400 Bad Request", status);
	*status = "200 OK";
	return g_strdup("{\"ok\":true,\"result\":{\"message_id\":42}}");
}

/* --- all --- */

static void
note(struct message_services *s, const char *service, const char *body, guint mentions)
{
	g_mutex_lock(&s->lock);
	g_ptr_array_add(s->taken, g_strdup_printf("%s %s", service, body));
	s->mentions += mentions;
	g_mutex_unlock(&s->lock);
}

static char *
on_request(void *user, const char *request, const char **status)
{
	struct message_services *s = user;
	const char *end = strstr(request, "\r\n\r\n"), *body = end ? end + 4 : "";
	gboolean json_type = strstr(request, "\r\nContent-Type: application/json\r\n") != NULL;
	cJSON *json = json_type && g_utf8_validate(body, -1, NULL) ? cJSON_Parse(body) : NULL;
	char *answer = NULL;

	if (g_str_has_prefix(request, "POST /v2/enqueue HTTP/1.1\r\n")) {
		answer = answer_pagerduty(json, strlen(body), status);
		if (g_str_has_prefix(*status, "202"))
			note(s, "pagerduty", body, 0);
	} else if (g_str_has_prefix(request, "POST " WEBHOOK_PATH " HTTP/1.1\r\n")) {
		answer = answer_slack(json, status);
		if (g_str_has_prefix(*status, "200"))
			note(s, "slack", body, slack_mentions(json));
	} else if (g_str_has_prefix(request, "POST /bot" BOT_TOKEN "/sendMessage HTTP/1.1\r\n")) {
		answer = answer_telegram(json, status);
		if (g_str_has_prefix(*status, "200"))
			note(s, "telegram", body, telegram_mentions(text_of(json, "text")));
	} else if (g_str_has_prefix(request, "POST /bot")) {
		answer = telegram_fault(401, "Unauthorized", "401 Unauthorized", status);
	} else {
		*status = "404 Not Found";
		answer = g_strdup("no_service");
	}
	cJSON_Delete(json);
	return answer;
}

struct message_services *
message_services_new(void)
{
	struct message_services *s = g_new0(struct message_services, 1);

	g_mutex_init(&s->lock);
	s->taken = g_ptr_array_new_with_free_func(g_free);
	s->http = http_double_new();
	s->webhook = g_strconcat(http_double_url(s->http), WEBHOOK_PATH, NULL);
	http_double_judge(s->http, on_request, s);
	return s;
}

void
message_services_free(struct message_services *s)
{
	http_double_free(s->http);
	g_ptr_array_unref(s->taken);
	g_mutex_clear(&s->lock);
	g_free(s->webhook);
	g_free(s);
}

struct http_double *
message_services_double(struct message_services *s)
{
	return s->http;
}

const char *
message_services_url(const struct message_services *s)
{
	return http_double_url(s->http);
}

const char *
message_services_webhook(const struct message_services *s)
{
	return s->webhook;
}

char *
message_services_taken(struct message_services *s, guint n)
{
	char *text;

	g_mutex_lock(&s->lock);
	text = n < s->taken->len ? g_strdup(s->taken->pdata[n]) : NULL;
	g_mutex_unlock(&s->lock);
	return text;
}

guint
message_services_count(struct message_services *s)
{
	guint n;

	g_mutex_lock(&s->lock);
	n = s->taken->len;
	g_mutex_unlock(&s->lock);
	return n;
}

guint
message_services_mentions(struct message_services *s)
{
	guint n;

	g_mutex_lock(&s->lock);
	n = s->mentions;
	g_mutex_unlock(&s->lock);
	return n;
}
