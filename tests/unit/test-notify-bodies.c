/* What is sent to PagerDuty, Slack and Telegram, to the letter: members, escaping, limits. */
#include <string.h>

#include <cjson/cJSON.h>

#include "backends/notify_private.h"
#include "backends/secret.h"

#define UTC_US (G_GINT64_CONSTANT(1790000000) * G_USEC_PER_SEC) /* 2026-09-21 14:13:20Z */
#define ELLIPSIS "\xe2\x80\xa6"

static const char *const details[] = { "health_non200: HTTP 502", "since 14:11", NULL };
static const struct notify_message page = {
	.event = NOTIFY_TRIGGER, .dedup_key = "midwatch/prod/cloud/health_non200", .severity = "critical", .summary = "cloud: health answers 502",
	.details = details, .component = "novavms-cloud", .group = "cloud", .utc_us = UTC_US };
static const struct notify_settings pagerduty = { .service = NOTIFY_PAGERDUTY, .name = "pagerduty", .source = "console" };
static const struct notify_settings slack = { .service = NOTIFY_SLACK, .name = "slack oncall" };
static const struct notify_settings telegram = { .service = NOTIFY_TELEGRAM, .name = "telegram", .chat = "-1001234567890", .thread = 7 };

static void
assert_body(const struct notify_settings *s, const struct notify_message *m, const char *key, const char *expected)
{
	char *body = notify_body(s, m, NULL, key);

	g_assert_cmpstr(body, ==, expected);
	secret_wipe(body);
}

static void
test_pagerduty(void)
{
	struct notify_message m = page;

	assert_body(&pagerduty, &m, "0123456789abcdef0123456789abcdef",
	            "{\"event_action\":\"trigger\",\"dedup_key\":\"midwatch/prod/cloud/health_non200\",\"payload\":{\"summary\":\"cloud: health answers 502\","
	            "\"source\":\"console\",\"severity\":\"critical\",\"timestamp\":\"2026-09-21T14:13:20Z\",\"component\":\"novavms-cloud\",\"group\":\"cloud\","
	            "\"custom_details\":{\"lines\":[\"health_non200: HTTP 502\",\"since 14:11\"]}},\"client\":\"midwatch\","
	            "\"routing_key\":\"0123456789abcdef0123456789abcdef\"}");
	m.event = NOTIFY_RESOLVE;
	assert_body(&pagerduty, &m, "k\"\\", "{\"event_action\":\"resolve\",\"dedup_key\":\"midwatch/prod/cloud/health_non200\",\"client\":\"midwatch\","
	                                     "\"routing_key\":\"k\\\"\\\\\"}");
	m.event = NOTIFY_ACKNOWLEDGE;
	assert_body(&pagerduty, &m, NULL, "{\"event_action\":\"acknowledge\",\"dedup_key\":\"midwatch/prod/cloud/health_non200\",\"client\":\"midwatch\"}");
	m = (struct notify_message){ .event = NOTIFY_TRIGGER, .dedup_key = "k", .severity = "page", .summary = "", .utc_us = UTC_US };
	assert_body(&pagerduty, &m, NULL, "{\"event_action\":\"trigger\",\"dedup_key\":\"k\",\"payload\":{\"summary\":\"k\",\"source\":\"console\",\"severity\":\"error\","
	                                  "\"timestamp\":\"2026-09-21T14:13:20Z\"},\"client\":\"midwatch\"}");
}

#define SLACK_MODES "\"mrkdwn\":false,\"parse\":\"none\",\"link_names\":false,\"unfurl_links\":false,\"unfurl_media\":false}"

static void
test_slack(void)
{
	static const char *const lines[] = { "ERROR <!channel> <@U123> <https://evil.example.com|look> & more", "@here @Channel @everyone @hereford ops@here", NULL };
	struct notify_message m = page;

	assert_body(&slack, &m, NULL, "{\"text\":\"[critical] cloud: health answers 502\\nhealth_non200: HTTP 502\\nsince 14:11\\n"
	                              "midwatch/prod/cloud/health_non200, 2026-09-21 14:13:20Z\"," SLACK_MODES);
	m = (struct notify_message){ .event = NOTIFY_RESOLVE, .dedup_key = "k", .severity = "critical", .summary = "a\nb\x1b[2J <!here>", .details = lines, .utc_us = UTC_US };
	assert_body(&slack, &m, NULL, "{\"text\":\"[resolved] a\xe2\x90\x8a" "b &lt;!here&gt;\\n"
	                              "ERROR &lt;!channel&gt; &lt;@U123&gt; &lt;https://evil.example.com|look&gt; &amp; more\\n"
	                              "\xef\xbc\xa0here \xef\xbc\xa0" "Channel \xef\xbc\xa0" "everyone @hereford ops\xef\xbc\xa0here\\n"
	                              "k, 2026-09-21 14:13:20Z\"," SLACK_MODES);
}

static void
test_telegram(void)
{
	static const char *const lines[] = { "<script> & </pre> @somebody", NULL };
	struct notify_message m = page;

	m.details = lines;
	m.summary = "a < b & c";
	assert_body(&telegram, &m, NULL, "{\"chat_id\":-1001234567890,\"message_thread_id\":7,\"text\":\"<b>[critical]</b> <code>a &lt; b &amp; c</code>\\n"
	                                 "<pre>&lt;script&gt; &amp; &lt;/pre&gt; @somebody</pre>\\n"
	                                 "<code>midwatch/prod/cloud/health_non200, 2026-09-21 14:13:20Z</code>\",\"parse_mode\":\"HTML\","
	                                 "\"link_preview_options\":{\"is_disabled\":true}}");
	m = (struct notify_message){ .event = NOTIFY_TRIGGER, .dedup_key = "k", .severity = "info", .summary = "quiet", .utc_us = UTC_US };
	assert_body(&(struct notify_settings){ .service = NOTIFY_TELEGRAM, .chat = "@ops_channel" }, &m, NULL,
	            "{\"chat_id\":\"@ops_channel\",\"text\":\"<b>[info]</b> <code>quiet</code>\\n<code>k, 2026-09-21 14:13:20Z</code>\",\"parse_mode\":\"HTML\","
	            "\"link_preview_options\":{\"is_disabled\":true},\"disable_notification\":true}");
}

/* --- limits --- */

static char *
text_of(const struct notify_settings *s, const struct notify_message *m)
{
	g_autofree char *body = notify_body(s, m, NULL, NULL);
	cJSON *json = cJSON_Parse(body);
	char *text = g_strdup(cJSON_GetStringValue(cJSON_GetObjectItem(json, "text")));

	g_assert_nonnull(text);
	cJSON_Delete(json);
	return text;
}

/* What Telegram counts: UTF-16 units once tags and entities are read. */
static glong
units(const char *html)
{
	g_autoptr(GRegex) tag = g_regex_new("</?(b|code|pre)>", 0, 0, NULL);
	g_autoptr(GRegex) entity = g_regex_new("&(lt|gt|amp);", 0, 0, NULL);
	g_autofree char *plain = g_regex_replace_literal(tag, html, -1, 0, "", 0, NULL), *text = g_regex_replace_literal(entity, plain, -1, 0, "x", 0, NULL);
	glong n = 0;
	g_autofree gunichar2 *wide = g_utf8_to_utf16(text, -1, NULL, &n, NULL);

	g_assert_null(strpbrk(text, "<>&"));
	g_assert_nonnull(wide);
	return n;
}

/* Whatever the details are made of, and however they lie to the limit. */
static void
test_telegram_limit(void)
{
	static const char *const pieces[] = { "<", "&", "a", "\xc3\xa9", "\xf0\x9f\x94\xa5", "&amp;" };

	for (guint p = 0; p < G_N_ELEMENTS(pieces); p++)
		for (guint shift = 0; shift < 6; shift++) {
			GString *line = g_string_new(NULL);
			g_autofree char *text = NULL, *pad = g_strnfill(shift, 'x');
			const char *lines[] = { NULL, NULL };
			struct notify_message m = page;
			for (guint i = 0; i < 5000; i++)
				g_string_append(line, pieces[p]);
			g_string_prepend(line, pad);
			lines[0] = line->str;
			m.details = lines;
			text = text_of(&telegram, &m);
			g_assert_true(g_utf8_validate(text, -1, NULL));
			g_assert_cmpint(units(text), <=, 4096);
			g_assert_cmpint(units(text), >=, 4094);
			g_assert_nonnull(strstr(text, ELLIPSIS "</pre>\n<code>midwatch/prod/cloud/health_non200, 2026-09-21"));
			g_string_free(line, TRUE);
		}
}

static void
test_long_summary(void)
{
	g_autofree char *much = g_strnfill(5000, '<'), *text = NULL, *chat = NULL;
	struct notify_message m = page;

	m.summary = much;
	text = text_of(&telegram, &m);
	g_assert_cmpint(units(text), <=, 4096);
	g_assert_nonnull(strstr(text, "HTTP 502")); /* details have their place still */
	chat = text_of(&slack, &m);
	g_assert_nonnull(strstr(chat, "HTTP 502"));
	g_assert_cmpuint(strlen(chat), <, 15000);
}

static void
test_pagerduty_limits(void)
{
	g_autofree char *much = g_strnfill(300000, '"'), *key = g_strnfill(256, 'k'), *body = NULL, *fits = g_strnfill(255, 'k');
	const char **lines = g_new0(const char *, 5001);
	struct notify_message m = page;
	cJSON *json;

	for (guint i = 0; i < 5000; i++)
		lines[i] = much;
	m.summary = much;
	m.dedup_key = key;
	m.details = lines;
	m.component = much;
	body = notify_body(&pagerduty, &m, NULL, NULL);
	g_assert_cmpuint(strlen(body), <, 512 * 1024);
	json = cJSON_Parse(body);
	g_assert_cmpuint(g_utf8_strlen(cJSON_GetStringValue(cJSON_GetObjectItem(json, "dedup_key")), -1), ==, 255);
	g_assert_cmpuint(g_utf8_strlen(cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "payload"), "summary")), -1), ==, 1024);
	g_assert_cmpstr(cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "payload"), "custom_details"), "lines"), 100)),
	                ==, "and 4900 more lines");
	cJSON_Delete(json);
	m = (struct notify_message){ .event = NOTIFY_RESOLVE, .dedup_key = fits };
	g_free(body);
	body = notify_body(&pagerduty, &m, NULL, NULL);
	g_assert_nonnull(strstr(body, fits)); /* 255 is not cut */
	g_free(lines);
}

/* What the queue left out and what the service leaves out are one count. */
static void
test_more(void)
{
	const char **lines = g_new0(const char *, 151);
	struct notify_message m = page;
	g_autofree char *body = NULL, *text = NULL, *much = g_strnfill(5000, 'x');

	for (guint i = 0; i < 150; i++)
		lines[i] = "y";
	m.details = lines;
	m.more = 7;
	body = notify_body(&pagerduty, &m, NULL, NULL);
	g_assert_nonnull(strstr(body, "\"and 57 more lines\"]"));
	text = text_of(&slack, &m);
	g_assert_nonnull(strstr(text, "\ny\nand 7 more lines\nmidwatch/"));
	lines[0] = much;
	lines[1] = NULL;
	m.more = 1;
	g_free(text);
	text = text_of(&slack, &m);
	g_assert_nonnull(strstr(text, ELLIPSIS "\nand 1 more line\nmidwatch/"));
	g_free(lines);
}

/* Two long keys with the same begin stay two, and a resolve has its trigger's. */
static void
test_long_keys(void)
{
	g_autofree char *fill = g_strnfill(300, 'k'), *a = g_strconcat(fill, "a", NULL), *b = g_strconcat(fill, "b", NULL);
	struct notify_message one = { .event = NOTIFY_RESOLVE, .dedup_key = a }, other = { .event = NOTIFY_RESOLVE, .dedup_key = b }, begin = { .event = NOTIFY_TRIGGER, .dedup_key = a };
	g_autofree char *first = notify_body(&pagerduty, &one, NULL, NULL), *second = notify_body(&pagerduty, &other, NULL, NULL), *trigger = notify_body(&pagerduty, &begin, NULL, NULL);
	g_autofree char *key = g_strndup(strstr(first, "\"dedup_key\":"), 269);

	g_assert_cmpstr(first, !=, second);
	g_assert_nonnull(strstr(trigger, key));
}

/* Bytes that are no UTF-8, controls and tricks never come out. */
static void
test_bad_bytes(void)
{
	static const char *const lines[] = { "\xff\xfe \x1b]0;title\x07 \xe2\x80\xae rtl", "", NULL };
	struct notify_message m = page;

	m.summary = "\xc3(\x01";
	m.details = lines;
	for (guint i = 0; i < 3; i++) {
		g_autofree char *body = notify_body(i == 0 ? &pagerduty : i == 1 ? &slack : &telegram, &m, NULL, NULL);
		g_assert_true(g_utf8_validate(body, -1, NULL));
		g_assert_null(strchr(body, '\x1b'));
		g_assert_null(strstr(body, "\xe2\x80\xae"));
		g_assert_null(strstr(body, "\\u001b"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notify-bodies/pagerduty", test_pagerduty);
	g_test_add_func("/notify-bodies/slack", test_slack);
	g_test_add_func("/notify-bodies/telegram", test_telegram);
	g_test_add_func("/notify-bodies/telegram-limit", test_telegram_limit);
	g_test_add_func("/notify-bodies/long-summary", test_long_summary);
	g_test_add_func("/notify-bodies/pagerduty-limits", test_pagerduty_limits);
	g_test_add_func("/notify-bodies/more", test_more);
	g_test_add_func("/notify-bodies/long-keys", test_long_keys);
	g_test_add_func("/notify-bodies/bad-bytes", test_bad_bytes);
	return g_test_run();
}
