/* This machine: commands through /bin/sh, sockets directly. */
#include "backends/transport.h"

#include "backends/fd_channel.h"

struct transport {
	struct transport_events events;
	void *user;
	guint idle;
	struct fd_channels channels;
};

/* Runs $1 beside itself, so that SIGTERM (from us, or from the system when we die) reaches the whole process group at once; what does
 * not obey within a second is killed, whether we are still there or not. */
static const char local_shell[] =
	"trap 'trap \"\" TERM; kill -s TERM 0; sleep 1; kill -s KILL 0' TERM; "
	"exec 3<&0; /bin/sh -c \"$1\" <&3 3<&- & exec </dev/null 3<&-; wait $!";

static struct transport *
local_create(const struct transport_settings *s, const struct transport_events *e, void *user)
{
	struct transport *t = g_new0(struct transport, 1);

	t->events = *e;
	t->user = user;
	fd_channels_init(&t->channels, NULL, NULL);
	return t;
}

static gboolean
on_up(gpointer data)
{
	struct transport *t = data;

	t->idle = 0;
	t->events.up(t->user, "this machine");
	return G_SOURCE_REMOVE;
}

static void
local_connect(struct transport *t)
{
	t->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_up, t, NULL);
}

static void
local_destroy(struct transport *t)
{
	if (t->idle)
		g_source_remove(t->idle);
	fd_channels_clear(&t->channels);
	g_free(t);
}

static struct channel *
local_exec(struct transport *t, const char *command, const struct channel_events *e, void *user)
{
	const char *const argv[] = { "/bin/sh", "-c", local_shell, "sh", command, NULL };

	return fd_channel_spawn(&t->channels, argv, NULL, e, user);
}

static struct channel *
local_tcp(struct transport *t, const char *host, guint16 port, const struct channel_events *e, void *user)
{
	return fd_channel_connect_tcp(&t->channels, host, port, e, user);
}

static struct channel *
local_unix_socket(struct transport *t, const char *path, const struct channel_events *e, void *user)
{
	return fd_channel_connect_unix(&t->channels, path, e, user);
}

const struct transport_class transport_local = {
	.name = "local",
	.create = local_create,
	.connect = local_connect,
	.destroy = local_destroy,
	.exec = local_exec,
	.tcp = local_tcp,
	.unix_socket = local_unix_socket,
	.write = fd_channel_write,
	.write_eof = fd_channel_write_eof,
	.pause = fd_channel_pause,
	.close = fd_channel_close,
};
