#include "app/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/state_dir.h"

#define TRIES 1000 /* names of one minute */

static gboolean
fail(GError **error, const char *what, const char *path, int why)
{
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(why), "the report is not written: %s %s: %s", what, path, g_strerror(why));
	return FALSE;
}

/* Into a directory that only we may enter nobody else can look anyway. */
static int
mode_for(const char *directory)
{
	struct stat st;

	return stat(directory, &st) == 0 && (st.st_mode & 077) == 0 ? 0600 : 0644;
}

static gboolean
write_all(int fd, const char *text, gsize len)
{
	while (len > 0) {
		gssize n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FALSE;
		text += n;
		len -= (gsize)n;
	}
	return fsync(fd) == 0;
}

/* The text in a file beside the final one; its path, NULL with an error. */
static char *
write_beside(const char *directory, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(directory, ".midwatch-report-XXXXXX", NULL);
	int fd = g_mkstemp_full(path, O_WRONLY | O_CLOEXEC, mode_for(directory)), why;

	if (fd < 0) {
		fail(error, "cannot write into", directory, errno);
		return NULL;
	}
	(void)!fchmod(fd, (mode_t)mode_for(directory));
	if (write_all(fd, text, strlen(text)) && close(fd) == 0)
		return g_steal_pointer(&path);
	why = errno;
	g_unlink(path);
	fail(error, "cannot write", path, why);
	return NULL;
}

static char *
name_of_try(const char *name, guint n)
{
	const char *end = g_str_has_suffix(name, ".md") ? name + strlen(name) - 3 : name + strlen(name);

	return n < 2 ? g_strdup(name) : g_strdup_printf("%.*s-%u%s", (int)(end - name), name, n, end);
}

/* A link fails where the name is taken, which a rename would not. File systems without links get the next best. */
static char *
give_name(const char *beside, const char *directory, const char *name, GError **error)
{
	for (guint n = 1; n <= TRIES; n++) {
		g_autofree char *file = name_of_try(name, n), *path = g_build_filename(directory, file, NULL);
		if (link(beside, path) == 0) {
			g_unlink(beside);
			return g_steal_pointer(&path);
		}
		if (errno == EEXIST)
			continue;
		if ((errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) && !g_file_test(path, G_FILE_TEST_EXISTS) && g_rename(beside, path) == 0)
			return g_steal_pointer(&path);
		if (errno != EEXIST) {
			fail(error, "cannot make", path, errno);
			break;
		}
	}
	if (error && !*error)
		fail(error, "all names are taken in", directory, EEXIST);
	g_unlink(beside);
	return NULL;
}

static char *
replace(const char *beside, const char *own, GError **error)
{
	if (g_rename(beside, own) == 0)
		return g_strdup(own);
	fail(error, "cannot replace", own, errno);
	g_unlink(beside);
	return NULL;
}

static void
sync_directory(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!fsync(fd);
	close(fd);
}

/* Was it written into this directory, and is it still there? */
static gboolean
is_ours(const char *own, const char *directory)
{
	g_autofree char *of = own ? g_path_get_dirname(own) : NULL;

	return own && strcmp(of, directory) == 0 && g_file_test(own, G_FILE_TEST_IS_REGULAR);
}

char *
report_file_write(const char *directory, const char *name, const char *own, const char *text, GError **error)
{
	g_autofree char *beside = NULL, *path = NULL;

	if (!state_dir_make(directory, error))
		return NULL;
	beside = write_beside(directory, text, error);
	if (!beside)
		return NULL;
	path = is_ours(own, directory) ? replace(beside, own, error) : give_name(beside, directory, name, error);
	if (path)
		sync_directory(directory);
	return g_steal_pointer(&path);
}
