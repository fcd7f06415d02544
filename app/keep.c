#include "app/keep.h"

#include <errno.h>

char *
keep_file(const char *name, const char *text, gsize len, GError **error)
{
	g_autofree char *directory = g_build_filename(g_get_user_state_dir(), "midwatch", "saved", NULL);
	g_autofree char *plain = g_strdelimit(g_strdup(name), "/\\ ", '-');
	g_autofree char *path = g_build_filename(directory, *plain == '.' ? "saved" : plain, NULL);

	if (g_mkdir_with_parents(directory, 0700) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", directory, g_strerror(errno));
		return NULL;
	}
	if (!g_file_set_contents_full(path, text, (gssize)len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
		return NULL;
	return g_steal_pointer(&path);
}
