#include "backends/container_inspect.h"

#include <cJSON.h>
#include <string.h>

#include "backends/docker_log.h"
#include "model/sanitize.h"

static const char *
text_at(const cJSON *json, const char *outer, const char *inner)
{
	const cJSON *object = outer ? cJSON_GetObjectItemCaseSensitive(json, outer) : json;
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, inner));

	return text ? text : "";
}

static gboolean
flag_at(const cJSON *json, const char *outer, const char *inner)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, outer), inner));
}

/* Ids go into URLs. */
static gboolean
is_id(const char *text)
{
	return *text && strlen(text) <= 64 && strspn(text, "0123456789abcdef") == strlen(text);
}

gboolean
container_inspect_parse(const char *body, gsize len, struct container_inspect *out)
{
	cJSON *json = cJSON_ParseWithLength(body, len);
	const char *id = text_at(json, NULL, "Id");
	g_autofree char *created = g_strconcat(text_at(json, NULL, "Created"), " ", NULL);
	gint64 ns;
	gsize used;

	memset(out, 0, sizeof *out);
	if (is_id(id)) {
		out->id = g_strdup(id);
		out->started = g_strdup(text_at(json, "State", "StartedAt"));
		out->status = sanitize_text(text_at(json, "State", "Status"), -1);
		out->tty = flag_at(json, "Config", "Tty");
		out->running = flag_at(json, "State", "Running");
		out->created_us = docker_log_stamp(created, strlen(created), &ns, &used) ? ns / 1000 : 0;
	}
	cJSON_Delete(json);
	return out->id != NULL;
}

void
container_inspect_clear(struct container_inspect *i)
{
	g_free(i->id);
	g_free(i->started);
	g_free(i->status);
}

char *
container_reply_words(const struct http_reply *r)
{
	g_autofree char *status = g_strdup_printf("status %ld", r->status);
	cJSON *json = cJSON_ParseWithLength(r->body, r->body_length);
	const char *message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "message"));
	char *words = sanitize_text(message && *message ? message : status, -1);

	cJSON_Delete(json);
	return words;
}
