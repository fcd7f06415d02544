#include "app/keep.h"

#include "backends/state_dir.h"

char *
keep_file(const char *name, const char *text, gsize len, GError **error)
{
	g_autofree char *directory = state_dir_path("saved");
	g_autofree char *plain = g_strdelimit(g_strdup(name), "/\\ ", '-');
	g_autofree char *path = g_build_filename(directory, *plain == '.' ? "saved" : plain, NULL);

	if (!state_dir_make(directory, error))
		return NULL;
	if (!g_file_set_contents_full(path, text, (gssize)len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
		return NULL;
	return g_steal_pointer(&path);
}
