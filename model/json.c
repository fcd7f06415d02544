#include "model/json.h"

#include <math.h>
#include <string.h>

#include "model/sanitize.h"

G_DEFINE_QUARK(midwatch-json-error, json_error)

cJSON *
json_parse(const char *bytes, gsize len, int type, const char *what, GError **error)
{
	/* cJSON bounds the nesting itself (CJSON_NESTING_LIMIT); callers bound the length. */
	cJSON *json = cJSON_ParseWithLength(bytes, len);

	if (!json) {
		g_set_error(error, JSON_ERROR, JSON_ERROR_SYNTAX, "the daemon's %s is not valid JSON", what);
		return NULL;
	}
	if ((json->type & 0xff) != type) {
		g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "the daemon's %s is not a JSON %s", what,
		            type == cJSON_Array ? "array" : "object");
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}

const cJSON *
json_object(const cJSON *o, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsObject(m) ? m : NULL;
}

const cJSON *
json_array(const cJSON *o, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsArray(m) ? m : NULL;
}

const char *
json_string(const cJSON *o, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsString(m) ? m->valuestring : NULL;
}

char *
json_safe(const cJSON *o, const char *name)
{
	const char *raw = json_string(o, name);

	return raw ? sanitize_text(raw, -1) : NULL;
}

gboolean
json_true(const cJSON *o, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, name));
}

static double
number(const cJSON *o, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsNumber(m) && isfinite(m->valuedouble) ? m->valuedouble : 0;
}

guint64
json_count(const cJSON *o, const char *name)
{
	double n = number(o, name);

	return n <= 0 ? 0 : n >= 0x1p64 ? G_MAXUINT64 : (guint64)n;
}

gint64
json_integer(const cJSON *o, const char *name)
{
	double n = number(o, name);

	return n <= -0x1p63 ? G_MININT64 : n >= 0x1p63 ? G_MAXINT64 : (gint64)n;
}

int
json_int(const cJSON *o, const char *name)
{
	return (int)CLAMP(number(o, name), G_MININT, G_MAXINT);
}

/* --- pointers --- */

gboolean
json_pointer_is_valid(const char *pointer)
{
	if (*pointer && *pointer != '/')
		return FALSE;
	for (const char *c = pointer; (c = strchr(c, '~')); c++)
		if (c[1] != '0' && c[1] != '1')
			return FALSE;
	return TRUE;
}

/* "~1" is a slash, "~0" a tilde. */
static char *
unescape(const char *token, gsize len)
{
	GString *s = g_string_sized_new(len);

	for (gsize i = 0; i < len; i++) {
		if (token[i] == '~' && i + 1 < len)
			g_string_append_c(s, token[++i] == '1' ? '/' : '~');
		else
			g_string_append_c(s, token[i]);
	}
	return g_string_free(s, FALSE);
}

static const cJSON *
step(const cJSON *from, const char *token, gsize len)
{
	g_autofree char *name = unescape(token, len);
	guint64 index;

	if (cJSON_IsObject(from))
		return cJSON_GetObjectItemCaseSensitive(from, name);
	if (!cJSON_IsArray(from) || (len > 1 && *name == '0') || !g_ascii_string_to_unsigned(name, 10, 0, G_MAXINT, &index, NULL))
		return NULL;
	return cJSON_GetArrayItem(from, (int)index);
}

const cJSON *
json_at(const cJSON *root, const char *pointer)
{
	if (!json_pointer_is_valid(pointer))
		return NULL;
	while (root && *pointer == '/') {
		gsize len = strcspn(++pointer, "/");
		root = step(root, pointer, len);
		pointer += len;
	}
	return root;
}
