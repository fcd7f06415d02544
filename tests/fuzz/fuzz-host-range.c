/* A list of host names with ranges: an error with words, or names that ssh can be given. */
#include <glib.h>
#include <string.h>

#include "model/host_range.h"

#define MOST 500

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check_name(const char *name)
{
	g_assert_true(*name && *name != '-' && strlen(name) <= 253);
	g_assert_true(g_utf8_validate(name, -1, NULL));
	g_assert_null(strpbrk(name, " \t\n\r\v\f[],\x1b\x7f"));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names = host_range_expand(text, MOST, &error);

	g_assert_true((names == NULL) == (error != NULL));
	if (error)
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
	for (guint i = 0; names && names[i]; i++) {
		g_assert_cmpuint(i, <, MOST);
		check_name(names[i]);
	}
	return 0;
}
