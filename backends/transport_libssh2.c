/* libssh2 as the transport: a worker thread connects and authenticates, the main loop carries the session that it hands over. */
#include "backends/transport.h"

#include "backends/ssh_connect.h"
#include "backends/ssh_session.h"

struct transport {
	struct transport_events events;
	void *user;
	struct transport_settings settings; /* owned strings, until connect */
	struct secret *passphrase;
	struct ssh_connect *connect;
	struct ssh_session *session;
};

static void
on_lost(void *user, const char *step, const char *reason)
{
	struct transport *t = user;

	t->events.down(t->user, &(struct transport_error){ .failure = TRANSPORT_LOST, .step = step, .reason = reason });
}

static void
on_connected(void *user, struct ssh_attempt *a)
{
	struct transport *t = user;

	if (!a->succeeded) {
		t->events.down(t->user, &(struct transport_error){
			.failure = a->failure, .question = a->question, .question_text = a->question_text, .step = a->step, .reason = a->reason,
			.advice = a->advice });
		return;
	}
	t->session = ssh_session_new(g_steal_pointer(&a->session), a->fd, a->config.alive_interval_s, on_lost, t);
	a->fd = -1;
	if (a->warning && t->events.notice)
		t->events.notice(t->user, a->warning, "Correct or remove the line; ssh-keygen -l -f FILE names it, too.");
	t->events.up(t->user, a->address);
}

static struct transport *
libssh2_create(const struct transport_settings *s, const struct transport_events *e, void *user)
{
	struct transport *t = g_new0(struct transport, 1);

	t->events = *e;
	t->user = user;
	t->settings = *s;
	t->settings.host = g_strdup(s->host);
	t->settings.ssh_config = g_strdup(s->ssh_config);
	t->settings.known_hosts = g_strdup(s->known_hosts);
	t->settings.accept_host_key = g_strdup(s->accept_host_key);
	t->settings.hostname = g_strdup(s->hostname);
	t->passphrase = s->passphrase ? secret_new(s->passphrase) : NULL;
	t->settings.passphrase = secret_text(t->passphrase);
	return t;
}

static void
libssh2_connect(struct transport *t)
{
	t->connect = ssh_connect_start(&t->settings, on_connected, t);
}

static void
libssh2_destroy(struct transport *t)
{
	ssh_connect_free(t->connect);
	ssh_session_free(t->session);
	secret_free(t->passphrase);
	g_free((char *)t->settings.host);
	g_free((char *)t->settings.ssh_config);
	g_free((char *)t->settings.known_hosts);
	g_free((char *)t->settings.accept_host_key);
	g_free((char *)t->settings.hostname);
	g_free(t);
}

static struct channel *
libssh2_exec(struct transport *t, const char *command, const struct channel_events *e, void *user)
{
	return ssh_channel_exec(t->session, command, e, user);
}

static struct channel *
libssh2_tcp(struct transport *t, const char *host, guint16 port, const struct channel_events *e, void *user)
{
	return ssh_channel_tcp(t->session, host, port, e, user);
}

static struct channel *
libssh2_unix_socket(struct transport *t, const char *path, const struct channel_events *e, void *user)
{
	return ssh_channel_unix(t->session, path, e, user);
}

const struct transport_class transport_libssh2 = {
	.name = "libssh2",
	.create = libssh2_create,
	.connect = libssh2_connect,
	.destroy = libssh2_destroy,
	.exec = libssh2_exec,
	.tcp = libssh2_tcp,
	.unix_socket = libssh2_unix_socket,
	.write = ssh_channel_write,
	.write_eof = ssh_channel_write_eof,
	.pause = ssh_channel_pause,
	.close = ssh_channel_close,
};
