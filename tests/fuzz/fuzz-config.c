/* The configuration reader on any bytes: it loads or it says why, and never both. */
#include <stddef.h>
#include <stdint.h>

#include "app/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_parse((const char *)data, size, "fuzz", problems);

	g_assert_true((c == NULL) == (problems->len > 0));
	config_free(c);
	return 0;
}
