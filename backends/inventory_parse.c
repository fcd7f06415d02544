#include "backends/inventory_parse.h"

#include "backends/http_answer.h"
#include "model/json.h"

#define WHO "the inventory"

static gboolean
is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (g_ascii_strcasecmp(word, *words) == 0)
			return TRUE;
	return FALSE;
}

enum presence
inventory_presence(const cJSON *value)
{
	static const char *const on[] = { "online", "connected", "up", "active", "true", "yes", NULL };
	static const char *const off[] = { "offline", "disconnected", "down", "inactive", "false", "no", NULL };

	if (cJSON_IsBool(value))
		return cJSON_IsTrue(value) ? PRESENCE_ONLINE : PRESENCE_OFFLINE;
	if (cJSON_IsNumber(value))
		return value->valuedouble != 0 ? PRESENCE_ONLINE : PRESENCE_OFFLINE;
	if (!cJSON_IsString(value))
		return PRESENCE_UNKNOWN;
	if (is_one_of(value->valuestring, on))
		return PRESENCE_ONLINE;
	return is_one_of(value->valuestring, off) ? PRESENCE_OFFLINE : PRESENCE_UNKNOWN;
}

/* A text, or a whole number, which some inventories have for names. */
static char *
text_of(const cJSON *value)
{
	if (cJSON_IsString(value))
		return g_strstrip(g_strdup(value->valuestring));
	if (cJSON_IsNumber(value) && value->valuedouble >= 0 && value->valuedouble < 0x1p53)
		return g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)value->valuedouble);
	return NULL;
}

/* In a list of plain values a text of an array is a name, and the value of a key of an object is its presence. */
static void
add_row(struct fleet_list *l, const cJSON *row, gboolean keyed, const struct inventory_pointers *p)
{
	gboolean plain = !cJSON_IsObject(row) && !cJSON_IsArray(row);
	const cJSON *name = json_at(row, p->name ? p->name : plain && !keyed ? "" : "/name");
	const cJSON *online = p->online ? json_at(row, p->online) : plain && keyed ? row : NULL;
	g_autofree char *words = text_of(name), *address = p->address ? text_of(json_at(row, p->address)) : NULL;

	fleet_list_add(l, words ? words : row->string, address, inventory_presence(online), NULL);
}

struct fleet_list *
inventory_parse(const char *bytes, gsize len, const struct inventory_pointers *p, GError **error)
{
	g_autoptr(cJSON) json = http_answer_json(bytes, len, WHO, error);
	const char *items = p->items ? p->items : "";
	const cJSON *rows = json ? json_at(json, items) : NULL, *row;
	struct fleet_list *l;

	if (!json)
		return NULL;
	if (!cJSON_IsArray(rows) && !cJSON_IsObject(rows)) {
		if (*items)
			g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, rows ? WHO "'s answer has no list at \"%s\": check items"
			                                                      : WHO "'s answer has nothing at \"%s\": check items", items);
		else
			g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, WHO "'s answer is no list of gateways: set items to where it lies in it");
		return NULL;
	}
	l = fleet_list_new();
	cJSON_ArrayForEach(row, rows)
		add_row(l, row, cJSON_IsObject(rows), p);
	return l;
}
