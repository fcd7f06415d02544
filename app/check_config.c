#include "app/check_config.h"

#include <stdio.h>

#include "app/checklist_files.h"
#include "app/headless.h"
#include "app/rule_files.h"

gboolean
check_config_files(const struct config *c)
{
	g_autoptr(GPtrArray) problems = config_problems_new();

	g_ptr_array_unref(checklists_load(c, problems));
	g_ptr_array_unref(rule_files_load(c, problems));
	headless_print_problems(problems);
	return problems->len == 0;
}

int
check_config_run(const struct config *c)
{
	if (!check_config_files(c))
		return 2;
	return puts("configuration is fine") < 0;
}
