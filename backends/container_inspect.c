#include "backends/container_inspect.h"

#include <string.h>

#include "backends/docker_log.h"
#include "backends/docker_parse.h"
#include "model/json.h"
#include "model/sanitize.h"

static const char *
text_of(const cJSON *object, const char *name)
{
	const char *text = json_string(object, name);

	return text ? text : "";
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
	g_autoptr(cJSON) json = cJSON_ParseWithLength(body, len);
	const cJSON *state = json_object(json, "State");
	const char *id = text_of(json, "Id");
	g_autofree char *created = g_strconcat(text_of(json, "Created"), " ", NULL);
	gint64 ns;
	gsize used;

	memset(out, 0, sizeof *out);
	if (is_id(id)) {
		out->id = g_strdup(id);
		out->started = g_strdup(text_of(state, "StartedAt"));
		out->status = sanitize_text(text_of(state, "Status"), -1);
		out->tty = json_true(json_object(json, "Config"), "Tty");
		out->running = json_true(state, "Running");
		out->created_us = docker_log_stamp(created, strlen(created), &ns, &used) ? ns / 1000 : 0;
	}
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
	g_autofree char *words = docker_parse_message(r->body, r->body_length);

	return words && *words ? g_steal_pointer(&words) : g_strdup_printf("status %ld", r->status);
}
