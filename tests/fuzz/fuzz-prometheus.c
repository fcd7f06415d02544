/* Any bytes as an answer of Prometheus: nothing crashes, and nothing that ssh must not be given comes out. */
#include <stddef.h>
#include <stdint.h>

#include "backends/prometheus_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	char *words = prometheus_parse_error((const char *)data, size);
	struct fleet_list *l = prometheus_parse((const char *)data, size, "instance", &error);

	g_assert_true((l == NULL) == (error != NULL));
	for (guint i = 0; l && i < l->entries->len; i++)
		g_assert_true(fleet_list_is_host(g_array_index(l->entries, struct fleet_entry, i).name));
	fleet_list_free(l);
	g_free(words);
	return 0;
}
