#include "backends/runtime_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "midwatch-"
#define PID_DIGITS 9 /* at most: PID_MAX_LIMIT is 4,194,304 */
/* A socket address holds 107 bytes; ssh needs 17 of them for a temporary name beside its control socket, our own names 16. */
#define BASE_MAX 60

/* One directory a process, whatever the number of links: link_cleanup() has to find it from every way out. */
static struct {
	char *path;
	int lock; /* held while we live: tells our directory from a dead one's, also across PID namespaces */
	pid_t owner;
} dir;

static gboolean
is_ours(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *entry = g_build_filename(path, name, NULL);
		unlink(entry);
	}
	rmdir(path);
}

/* The process of a directory's name as make_under() gives it, 0 for any other: what a command started here keeps in /tmp (remote_task.c) begins
 * likewise. */
static pid_t
owner_of(const char *name)
{
	const char *digits = g_str_has_prefix(name, PREFIX) ? name + strlen(PREFIX) : "", *end = digits + strspn(digits, "0123456789");
	gboolean whole = *end == '\0' || (*end == '-' && strlen(end) == strlen("-XXXXXX"));

	return whole && end - digits <= PID_DIGITS ? (pid_t)g_ascii_strtoll(digits, NULL, 10) : 0;
}

static gboolean
is_abandoned(const char *path, pid_t owner)
{
	g_autofree char *lock = g_build_filename(path, "lock", NULL);
	int fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	gboolean abandoned;

	if (fd < 0)
		return kill(owner, 0) < 0 && errno == ESRCH;
	abandoned = flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return abandoned;
}

static void
remove_abandoned(const char *base)
{
	g_autoptr(GDir) d = g_dir_open(base, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(base, name, NULL);
		pid_t owner = owner_of(name);
		if (owner > 0 && is_ours(path) && is_abandoned(path, owner))
			remove_tree(path);
	}
}

static char *
make_under(const char *base, gboolean shared)
{
	g_autofree char *name = g_strdup_printf(shared ? PREFIX "%ld-XXXXXX" : PREFIX "%ld", (long)getpid());
	g_autofree char *path = g_build_filename(base, name, NULL);

	remove_abandoned(base);
	if (shared ? mkdtemp(path) != NULL : mkdir(path, 0700) == 0)
		return g_steal_pointer(&path);
	return NULL;
}

static gboolean
make(GError **error)
{
	const char *base = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *lock = NULL;

	if (base && *base == '/' && strlen(base) <= BASE_MAX)
		dir.path = make_under(base, FALSE);
	if (!dir.path)
		dir.path = make_under("/tmp", TRUE);
	if (!dir.path) {
		g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
		            "No private directory for sockets can be made in $XDG_RUNTIME_DIR or /tmp: %s", g_strerror(errno));
		return FALSE;
	}
	lock = g_build_filename(dir.path, "lock", NULL);
	dir.lock = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (dir.lock >= 0)
		flock(dir.lock, LOCK_EX | LOCK_NB);
	dir.owner = getpid();
	return TRUE;
}

char *
runtime_dir_path(const char *name, GError **error)
{
	if (!dir.path && !make(error))
		return NULL;
	return g_build_filename(dir.path, name, NULL);
}

void
runtime_dir_cleanup(void)
{
	if (!dir.path || dir.owner != getpid())
		return;
	remove_tree(dir.path);
	if (dir.lock >= 0)
		close(dir.lock);
	g_clear_pointer(&dir.path, g_free);
}
