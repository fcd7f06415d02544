/* A listening Unix socket whose connections become channels. */
#include "backends/link_private.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backends/link_pump.h"
#include "backends/runtime_dir.h"
#include "model/sanitize.h"

#define ACCEPT_AT_ONCE 16
#define ACCEPT_AGAIN_MS 1000

struct link_tunnel {
	struct link *link;
	GList node;
	struct pump_target target; /* owned strings */
	char *socket_path;
	gboolean is_listening;
	int fd;
	guint source;
	GQueue pumps;
	char *problem;
};

static void watch(struct link_tunnel *t);

static void
set_problem(struct link_tunnel *t, const char *problem)
{
	g_free(t->problem);
	t->problem = problem ? sanitize_text(problem, -1) : NULL;
}

static void
on_pump_end(void *user, struct pump *p, const char *problem)
{
	struct link_tunnel *t = user;

	g_queue_remove(&t->pumps, p);
	if (problem)
		set_problem(t, problem);
}

static void
on_pump_works(void *user)
{
	set_problem(user, NULL);
}

static void
take_connection(struct link_tunnel *t, int fd)
{
	static const struct pump_events events = { .works = on_pump_works, .end = on_pump_end };
	g_autofree char *down = NULL;

	if (link_is_up(t->link)) {
		g_queue_push_tail(&t->pumps, pump_new(t->link, &t->target, fd, &events, t));
		return;
	}
	down = link_describe_down(t->link);
	set_problem(t, down);
	close(fd);
}

static gboolean
on_accept_again(gpointer data)
{
	struct link_tunnel *t = data;

	t->source = 0;
	watch(t);
	return G_SOURCE_REMOVE;
}

static gboolean
on_connection(int fd, GIOCondition condition, gpointer data)
{
	struct link_tunnel *t = data;

	for (guint i = 0; i < ACCEPT_AT_ONCE; i++) {
		int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client >= 0) {
			take_connection(t, client);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			g_autofree char *problem = g_strdup_printf("This machine has no room for another connection: %s. "
			                                           "Raise the limit of open files (ulimit -n).", g_strerror(errno));
			set_problem(t, problem);
			t->source = g_timeout_add(ACCEPT_AGAIN_MS, on_accept_again, t);
			return G_SOURCE_REMOVE;
		} else {
			break;
		}
	}
	return G_SOURCE_CONTINUE;
}

static void
watch(struct link_tunnel *t)
{
	t->source = g_unix_fd_add(t->fd, G_IO_IN, on_connection, t);
}

static gboolean
start_listening(struct link_tunnel *t, GError **error)
{
	static guint count; /* only makes file names unique in this process's directory */
	g_autofree char *name = g_strdup_printf("t%u.sock", ++count);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	t->socket_path = runtime_dir_path(name, error);
	if (!t->socket_path)
		return FALSE;
	g_strlcpy(address.sun_path, t->socket_path, sizeof address.sun_path);
	t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (t->fd < 0 || bind(t->fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(t->fd, SOMAXCONN) < 0) {
		g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "No tunnel can listen at %s: %s", t->socket_path,
		            g_strerror(errno));
		return FALSE;
	}
	t->is_listening = TRUE;
	watch(t);
	return TRUE;
}

struct link_tunnel *
link_tunnel_open(struct link *l, const struct link_target *target, GError **error)
{
	struct link_tunnel *t = g_new0(struct link_tunnel, 1);

	t->link = l;
	t->node.data = t;
	t->fd = -1;
	t->target.unix_path = g_strdup(target->unix_path);
	t->target.host = g_strdup(target->host);
	t->target.port = target->port;
	t->target.fallback_command = g_strdup(target->fallback_command);
	g_queue_init(&t->pumps);
	g_queue_push_tail_link(&l->tunnels, &t->node);
	if (l->settings.local) {
		t->socket_path = g_strdup(target->unix_path);
	} else if (!start_listening(t, error)) {
		link_tunnel_close(t);
		return NULL;
	}
	return t;
}

char *
link_tunnel_target(const struct link_tunnel *t)
{
	return t->target.unix_path ? g_strdup(t->target.unix_path) : g_strdup_printf("%s:%u", t->target.host, t->target.port);
}

const char *
link_tunnel_socket(const struct link_tunnel *t)
{
	return t->socket_path;
}

const char *
link_tunnel_problem(const struct link_tunnel *t)
{
	return t->problem;
}

gboolean
link_tunnel_falls_back(const struct link_tunnel *t)
{
	return t->target.use_fallback;
}

void
link_tunnel_close(struct link_tunnel *t)
{
	struct pump *p;

	if (!t)
		return;
	while ((p = g_queue_pop_head(&t->pumps)))
		pump_free(p);
	g_queue_unlink(&t->link->tunnels, &t->node);
	if (t->source)
		g_source_remove(t->source);
	if (t->fd >= 0)
		close(t->fd);
	if (t->is_listening)
		unlink(t->socket_path);
	g_free(t->socket_path);
	g_free(t->target.unix_path);
	g_free(t->target.host);
	g_free(t->target.fallback_command);
	g_free(t->problem);
	g_free(t);
}

/* What was refused before may be allowed now: the daemon was started, the server's configuration changed. */
void
link_tunnels_up(struct link *l)
{
	for (GList *n = l->tunnels.head; n; n = n->next)
		((struct link_tunnel *)n->data)->target.use_fallback = FALSE;
}

void
link_tunnels_clear(struct link *l)
{
	while (l->tunnels.head)
		link_tunnel_close(l->tunnels.head->data);
}
