/* The reader of rules on any bytes: it makes rules that the engine takes, or it says why not, and never both. */
#include <stddef.h>
#include <stdint.h>

#include "app/rule_files.h"
#include "model/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	GPtrArray *rules = rule_file_parse((const char *)data, size, "fuzz", problems);
	g_autoptr(GError) error = NULL;

	g_assert_true((rules == NULL) == (problems->len > 0));
	if (rules) {
		struct rules *r = rules_new(rules, &error);
		g_assert_no_error(error);
		rules_free(r);
	}
	return 0;
}
