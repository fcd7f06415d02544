/* Any bytes as an inventory's answer, and as a JSON pointer into one: nothing crashes, and nothing that ssh must not be given comes out. */
#include <stddef.h>
#include <stdint.h>

#include "backends/inventory_parse.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *bytes, gsize len, const struct inventory_pointers *p)
{
	g_autoptr(GError) error = NULL;
	struct fleet_list *l = inventory_parse(bytes, len, p, &error);

	g_assert_true((l == NULL) == (error != NULL));
	for (guint i = 0; l && i < l->entries->len; i++) {
		const struct fleet_entry *e = &g_array_index(l->entries, struct fleet_entry, i);
		g_assert_true(*e->name && *e->name != '-' && g_utf8_validate(e->name, -1, NULL));
		g_assert_true(fleet_list_is_host(e->address ? e->address : e->name));
	}
	fleet_list_free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct inventory_pointers pointers[] = {
		{ 0 }, { .address = "/address", .online = "/online" }, { .items = "/gateways", .address = "/ip", .online = "/up" },
		{ .items = "/data/org~1a/gateways", .name = "/attributes/label", .address = "/attributes/hostname", .online = "/state" },
		{ .items = "/items/0", .name = "", .online = "" },
	};
	static const char document[] = "{\"a\":[1,{\"b/c\":[[]],\"\":{\"~\":2}}],\"0\":{\"1\":[3]}}";
	g_autoptr(cJSON) json = cJSON_Parse(document);
	g_autofree char *text = g_strndup((const char *)data, size);

	for (guint i = 0; i < G_N_ELEMENTS(pointers); i++)
		check((const char *)data, size, &pointers[i]);
	if (json_at(json, text))
		g_assert_true(json_pointer_is_valid(text));
	return 0;
}
