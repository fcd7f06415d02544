#include "backends/child_sockets.h"

#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEPTH_MAX 8 /* a chain of jump hosts */

static void
reset_on_close(int fd)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int domain = 0, type = 0;
	socklen_t size = sizeof domain;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && (domain == AF_INET || domain == AF_INET6) &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* The option belongs to the socket, not to the descriptor: it stays when ours is closed. */
static void
reset_sockets_of(GPid pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/fd", pid);
	g_autoptr(GDir) fds = g_dir_open(path, 0, NULL);
	int process = pidfd_open(pid, 0), fd;
	const char *name;

	while (fds && process >= 0 && (name = g_dir_read_name(fds)))
		if ((fd = pidfd_getfd(process, atoi(name), 0)) >= 0) {
			reset_on_close(fd);
			close(fd);
		}
	if (process >= 0)
		close(process);
}

static void
reset_below(GPid pid, guint depth)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", pid, pid), *text = NULL;
	g_auto(GStrv) children = NULL;

	reset_sockets_of(pid);
	if (depth == DEPTH_MAX || !g_file_get_contents(path, &text, NULL, NULL))
		return;
	children = g_strsplit(text, " ", -1);
	for (guint i = 0; children[i]; i++)
		if (*children[i])
			reset_below(atoi(children[i]), depth + 1);
}

void
child_sockets_send_nothing_late(GPid pid)
{
	reset_below(pid, 0);
}
