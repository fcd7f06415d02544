/* Any bytes as a reply of PagerDuty, Slack and Telegram, and as what is told: nothing crashes, a verdict has its words, bodies are JSON, and nothing in a
 * text can be taken for markup or for a mention. The first byte picks the status. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "backends/notify_private.h"
#include "model/sanitize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
judge(enum notify_service service, long status, const char *body, size_t size)
{
	struct notify_reply reply = { 0 };
	g_autofree char *again = NULL;

	notify_kind(service)->judge(&(struct http_reply){ .status = status, .body = body, .body_length = size }, &reply);
	g_assert_true((reply.verdict == NOTIFY_TAKEN) == (reply.words == NULL));
	g_assert_true((reply.verdict == NOTIFY_MOVED) == (reply.chat != NULL));
	g_assert_true(reply.verdict != NOTIFY_TAKEN || (status >= 200 && status < 300));
	g_assert_cmpint(reply.wait_s, >=, 0);
	again = reply.words ? sanitize_text(reply.words, -1) : NULL;
	g_assert_cmpstr(reply.words, ==, again);
	notify_reply_clear(&reply);
}

static void
assert_text(const char *text)
{
	g_autoptr(GRegex) entity = g_regex_new("&(lt|gt|amp);|</?(b|code|pre)>", 0, 0, NULL);
	g_autofree char *rest = g_regex_replace_literal(entity, text, -1, 0, "", 0, NULL);

	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_null(strpbrk(rest, "<>&"));
	g_assert_false(g_regex_match_simple("@(here|channel|everyone)(?![a-z0-9_])", rest, G_REGEX_CASELESS, 0));
}

static void
tell(enum notify_service service, const char *text)
{
	const char *const details[] = { text, text, NULL };
	const struct notify_settings s = { .service = service, .chat = text, .source = text };
	const struct notify_message m = { .event = NOTIFY_TRIGGER, .dedup_key = text, .severity = "error", .summary = text, .details = details, .component = text };
	g_autofree char *body = notify_body(&s, &m, NULL, service == NOTIFY_PAGERDUTY ? text : NULL);
	cJSON *json = cJSON_Parse(body);

	g_assert_nonnull(json);
	g_assert_cmpuint(strlen(body), <, 512 * 1024 + 2 * strlen(text));
	if (service != NOTIFY_PAGERDUTY)
		assert_text(cJSON_GetStringValue(cJSON_GetObjectItem(json, "text")));
	cJSON_Delete(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 202, 204, 302, 400, 401, 403, 404, 408, 410, 429, 500, 503 };
	g_autofree char *text = NULL, *safe = NULL;

	if (size < 1 || size > 20000)
		return 0;
	text = g_strndup((const char *)data + 1, size - 1);
	safe = sanitize_text(text, -1); /* secret_source lets no controls in */
	for (int service = NOTIFY_PAGERDUTY; service <= NOTIFY_TELEGRAM; service++) {
		judge(service, statuses[data[0] % G_N_ELEMENTS(statuses)], text, strlen(text));
		tell(service, service == NOTIFY_PAGERDUTY ? safe : text);
	}
	return 0;
}
