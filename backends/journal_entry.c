#include "backends/journal_entry.h"

#include <cjson/cJSON.h>
#include <string.h>

static const cJSON *
field(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

static gboolean
is_byte(const cJSON *value)
{
	return cJSON_IsNumber(value) && value->valuedouble >= 0 && value->valuedouble <= 255;
}

/* Appends a field's value; several values are set apart by a space. */
static void
append_value(GString *out, const cJSON *value)
{
	gsize before = out->len;
	const cJSON *item;

	if (cJSON_IsString(value)) {
		g_string_append(out, value->valuestring);
		return;
	}
	cJSON_ArrayForEach(item, value) {
		if (is_byte(item)) {
			g_string_append_c(out, (char)(guint8)item->valuedouble);
		} else if (cJSON_IsString(item) || cJSON_IsArray(item)) {
			if (out->len > before)
				g_string_append_c(out, ' ');
			append_value(out, item);
		}
	}
}

static gint64
number_of(const cJSON *value, gint64 otherwise)
{
	guint64 n;

	if (cJSON_IsNumber(value) && value->valuedouble >= 0 && value->valuedouble < 9e15)
		return (gint64)value->valuedouble;
	if (cJSON_IsString(value) && g_ascii_string_to_unsigned(value->valuestring, 10, 0, G_MAXINT64, &n, NULL))
		return (gint64)n;
	return otherwise;
}

/* What a service prints has the priority 6 unless it says otherwise, so that tells nothing about the line. */
static enum log_level
level_of(const cJSON *json)
{
	static const enum log_level levels[] = {
		LEVEL_FATAL, LEVEL_FATAL, LEVEL_FATAL, LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_INFO, LEVEL_DEBUG,
	};
	const char *transport = cJSON_GetStringValue(field(json, "_TRANSPORT"));
	gint64 priority = number_of(field(json, "PRIORITY"), -1);

	if (priority < 0 || priority >= (gint64)G_N_ELEMENTS(levels))
		return LEVEL_NONE;
	if (priority == 6 && g_strcmp0(transport, "stdout") == 0)
		return LEVEL_NONE;
	return levels[priority];
}

static GString *
prefix_of(const cJSON *json)
{
	GString *prefix = g_string_new(NULL);
	const cJSON *pid = field(json, "_PID");

	append_value(prefix, field(json, "SYSLOG_IDENTIFIER"));
	if (prefix->len == 0)
		append_value(prefix, field(json, "_COMM"));
	if (prefix->len == 0)
		g_string_append(prefix, "unknown");
	if (number_of(pid, 0) <= 0)
		pid = field(json, "SYSLOG_PID");
	if (number_of(pid, 0) > 0)
		g_string_append_printf(prefix, "[%" G_GINT64_FORMAT "]", number_of(pid, 0));
	g_string_append(prefix, ": ");
	for (gsize i = 0; i < prefix->len; i++)
		if (prefix->str[i] == '\n')
			prefix->str[i] = ' ';
	return prefix;
}

static GString *
text_of(const cJSON *json)
{
	g_autoptr(GString) prefix = prefix_of(json);
	g_autoptr(GString) message = g_string_new(NULL);
	GString *text = g_string_new(NULL);
	const char *at, *end, *feed;

	if (cJSON_IsNull(field(json, "MESSAGE")))
		g_string_append(message, "(message longer than journalctl shows)");
	append_value(message, field(json, "MESSAGE"));
	at = message->str;
	end = at + message->len;
	if (end > at && end[-1] == '\n')
		end--;
	for (;;) {
		feed = end > at ? memchr(at, '\n', (gsize)(end - at)) : NULL;
		g_string_append_len(text, prefix->str, (gssize)prefix->len);
		g_string_append_len(text, at, (feed ? feed : end) - at);
		if (!feed)
			return text;
		g_string_append_c(text, '\n');
		at = feed + 1;
	}
}

gboolean
journal_entry_parse(const char *line, gsize len, struct journal_entry *out)
{
	cJSON *json = cJSON_ParseWithLength(line, len);
	const char *cursor = cJSON_GetStringValue(field(json, "__CURSOR"));

	memset(out, 0, sizeof *out);
	if (cJSON_IsObject(json) && cursor && *cursor) {
		out->cursor = g_strdup(cursor);
		out->time_us = number_of(field(json, "__REALTIME_TIMESTAMP"), 0);
		out->level = level_of(json);
		out->text = text_of(json);
	}
	cJSON_Delete(json);
	return out->cursor != NULL;
}

void
journal_entry_clear(struct journal_entry *e)
{
	g_free(e->cursor);
	if (e->text)
		g_string_free(e->text, TRUE);
	memset(e, 0, sizeof *e);
}
