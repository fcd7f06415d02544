/* Slack's incoming webhooks (api.slack.com/messaging/webhooks): the URL is the secret, 200 "ok" is yes, and a fault is a word of plain text. */
#include <string.h>

#include "backends/notify_private.h"
#include "backends/notify_text.h"
#include "model/json.h"

#define TEXT_MAX 3000
#define WORD_MAX 40

/* No markup, no mentions, no links made of what stands there: "<" "&" ">" are escaped beside that, since these modes are the server's to keep. */
static char *
body(const struct notify_settings *s, const struct notify_message *m, const char *lost)
{
	static const struct notify_markup plain = { { "", "" }, { "", "" }, { "", "" } };
	g_autofree char *text = notify_text_message(m, lost, TEXT_MAX, &plain);
	g_autoptr(cJSON) json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "text", text);
	cJSON_AddBoolToObject(json, "mrkdwn", FALSE);
	cJSON_AddStringToObject(json, "parse", "none");
	cJSON_AddBoolToObject(json, "link_names", FALSE);
	cJSON_AddBoolToObject(json, "unfurl_links", FALSE);
	cJSON_AddBoolToObject(json, "unfurl_media", FALSE);
	return cJSON_PrintUnformatted(json);
}

static char *
url(const struct notify_settings *s, const char *secret, const char **why)
{
	if (http_url_is_private(secret))
		return g_strdup(secret);
	*why = "the webhook must be an https:// URL";
	return NULL;
}

/* The word of a fault; NULL: it is none. A page of a proxy is not repeated. */
static char *
word_of(const struct http_reply *r)
{
	g_autofree char *word = g_strndup(r->body, MIN(r->body_length, WORD_MAX + 1));

	g_strchomp(word);
	return *word && strlen(word) <= WORD_MAX && word[strspn(word, "abcdefghijklmnopqrstuvwxyz_")] == '\0' ? g_steal_pointer(&word) : NULL;
}

static const char *
meaning(const char *word)
{
	static const struct { const char *word, *meaning; } words[] = {
		{ "invalid_payload", "Slack does not understand the message" },
		{ "no_text", "Slack found no text in the message" },
		{ "no_service", "the webhook is gone or disabled: make a new one" },
		{ "no_active_hooks", "the webhook is disabled: make a new one" },
		{ "no_team", "its workspace is gone" },
		{ "invalid_token", "the webhook is not valid: make a new one" },
		{ "channel_not_found", "its channel is gone: make a webhook for another" },
		{ "channel_is_archived", "its channel is archived: make a webhook for another" },
		{ "action_prohibited", "an administrator does not allow it to post" },
		{ "posting_to_general_channel_denied", "an administrator does not allow it to post there" },
	};

	for (guint i = 0; word && i < G_N_ELEMENTS(words); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].meaning;
	return NULL;
}

static void
judge(const struct http_reply *r, struct notify_reply *out)
{
	g_autofree char *word = word_of(r);
	const char *meant = meaning(word);

	if (r->status == 200 && g_strcmp0(word, "ok") == 0) {
		out->verdict = NOTIFY_TAKEN;
		return;
	}
	notify_judge_status(r, "Slack", out);
	if (r->status == 403 || (r->status >= 400 && g_strcmp0(word, "invalid_token") == 0))
		out->verdict = NOTIFY_SECRET;
	if (!word || r->status < 400)
		return;
	g_free(out->words);
	out->words = g_strdup_printf("Slack %s the message (HTTP status %ld): %s%s%s", out->verdict == NOTIFY_AGAIN ? "does not take" : "refuses", r->status, word,
	                             meant ? ", " : "", meant ? meant : "");
}

const struct notify_kind notify_slack = { .gap_s = 1, .body = body, .url = url, .judge = judge };
