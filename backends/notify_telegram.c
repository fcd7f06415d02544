/* Telegram's sendMessage (core.telegram.org/bots/api#sendmessage): the token is in the path, HTML needs & < > escaped, 4,096 UTF-16 units after that. */
#include <string.h>

#include "backends/notify_private.h"
#include "backends/notify_text.h"
#include "model/json.h"

#define BASE "https://api.telegram.org"
#define TEXT_MAX 4096

static void
add_chat(cJSON *json, const char *chat)
{
	gint64 number;
	g_autofree char *digits = NULL;

	if (g_ascii_string_to_signed(chat, 10, G_MININT64, G_MAXINT64, &number, NULL)) {
		digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
		cJSON_AddRawToObject(json, "chat_id", digits);
	} else {
		cJSON_AddStringToObject(json, "chat_id", chat);
	}
}

/* Names and commands are made links, and people are told of them, everywhere but in code. */
static char *
body(const struct notify_settings *s, const struct notify_message *m, const char *lost)
{
	static const struct notify_markup html = { { "<b>", "</b>" }, { "<code>", "</code>" }, { "<pre>", "</pre>" } };
	g_autofree char *text = notify_text_message(m, lost, TEXT_MAX, &html);
	g_autoptr(cJSON) json = cJSON_CreateObject();

	add_chat(json, s->chat ? s->chat : "");
	if (s->thread)
		cJSON_AddNumberToObject(json, "message_thread_id", (double)s->thread);
	cJSON_AddStringToObject(json, "text", text);
	cJSON_AddStringToObject(json, "parse_mode", "HTML");
	cJSON_AddBoolToObject(cJSON_AddObjectToObject(json, "link_preview_options"), "is_disabled", TRUE);
	if (g_strcmp0(m->severity, "info") == 0)
		cJSON_AddBoolToObject(json, "disable_notification", TRUE);
	return cJSON_PrintUnformatted(json);
}

static char *
url(const struct notify_settings *s, const char *secret, const char **why)
{
	g_autofree char *base = http_url_base(s->url ? s->url : BASE);

	for (const char *c = secret; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr(":_-", *c)) {
			*why = "the token has characters that no bot's token has";
			return NULL;
		}
	if (!http_url_is_private(base)) {
		*why = "the token is sent by https:// only: check notify.telegram.url";
		return NULL;
	}
	return g_strdup_printf("%s/bot%s/sendMessage", base, secret);
}

static enum notify_verdict
verdict_of(long code)
{
	if (code == 401 || code == 403 || code == 404)
		return NOTIFY_SECRET;
	return code >= 400 && code < 500 && code != 408 && code != 429 ? NOTIFY_REFUSED : NOTIFY_AGAIN;
}

static const char *
refusal_words(long code)
{
	switch (code) {
	case 401:
	case 404:
		return "Telegram refuses the token";
	case 403:
		return "Telegram refuses the bot in that chat";
	case 429:
		return "Telegram asks for a pause";
	default:
		return "Telegram does not take the message";
	}
}

/* {"ok":false,…}: its own code goes before the status. */
static void
judge_fault(const struct http_reply *r, const cJSON *json, struct notify_reply *out)
{
	g_autofree char *description = json_safe(json, "description");
	const cJSON *parameters = json_object(json, "parameters");
	gint64 moved = json_integer(parameters, "migrate_to_chat_id");
	long code = json_int(json, "error_code");

	code = code >= 400 && code < 600 ? code : r->status;
	g_free(out->words);
	out->verdict = verdict_of(code);
	out->wait_s = CLAMP(json_integer(parameters, "retry_after"), 0, G_MAXINT);
	out->words = g_strdup_printf("%s (HTTP status %ld)%s%s", refusal_words(code), code, description ? ": " : "", description ? description : "");
	if (!moved)
		return;
	g_free(out->words);
	out->verdict = NOTIFY_MOVED;
	out->chat = g_strdup_printf("%" G_GINT64_FORMAT, moved);
	out->words = g_strdup_printf("the group is a supergroup now: set notify.telegram.chat to %s", out->chat);
}

static void
judge(const struct http_reply *r, struct notify_reply *out)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(r->body, r->body_length);

	if (r->status == 200 && json_true(json, "ok")) {
		out->verdict = NOTIFY_TAKEN;
		return;
	}
	notify_judge_status(r, "Telegram", out);
	if (cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(json, "ok")))
		judge_fault(r, json, out);
	else if (r->status >= 400)
		out->verdict = verdict_of(r->status);
}

const struct notify_kind notify_telegram = { .gap_s = 1, .body = body, .url = url, .judge = judge };
