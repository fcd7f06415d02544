/* The reader of checklists on any bytes: it makes one that can be walked, or it says why not, and never both. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/checklist_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A run keeps the source and makes the checklist anew from it. */
static void
check_again(const struct checklist *c)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct checklist *again = checklist_parse(c->source, strlen(c->source), c->origin, problems);

	g_assert_nonnull(again);
	g_assert_cmpuint(again->steps->len, ==, c->steps->len);
	for (guint i = 0; i < c->steps->len; i++) {
		const struct checklist_step *s = c->steps->pdata[i];
		g_assert_cmpuint(s->checks->len, >, 0);
		g_assert_nonnull(s->id);
	}
	checklist_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct checklist *c = checklist_parse((const char *)data, size, "fuzz", problems);

	g_assert_true((c == NULL) == (problems->len > 0));
	if (c)
		check_again(c);
	checklist_free(c);
	return 0;
}
