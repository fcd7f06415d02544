#include "backends/state_dir.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

char *
state_dir_path(const char *name)
{
	return g_build_filename(g_get_user_state_dir(), "midwatch", name, NULL);
}

/* Others may not look into midwatch's directory, also when an older program or a person made it. */
static void
close_to_others(const char *directory)
{
	g_autofree char *own = state_dir_path(NULL);
	struct stat st;

	if (g_str_has_prefix(directory, own) && stat(own, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) != 0)
		(void)!chmod(own, 0700);
}

gboolean
state_dir_make(const char *directory, GError **error)
{
	if (g_mkdir_with_parents(directory, 0700) != 0) {
		int why = errno;
		g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(why), "cannot make %s: %s", directory, g_strerror(why));
		return FALSE;
	}
	close_to_others(directory);
	return TRUE;
}
