/* Gateways that cost this machine little, for measuring what a client can do when they are elsewhere: bench-gateways PORT HOST-KEY USER-KEY PLAY
 * FLEET serves all addresses of the loopback with libssh in one process, a thread for each connection, for who has the key whose public part is in the
 * file USER-KEY. A command is done by PLAY FLEET (tests/lab/gateway/play) only the first time; who comes later with the same one gets the same answer, but
 * for the number that marks the end of each command of midwatch's. Prints "ready" when it listens; ends with its parent. */
#include <errno.h>
#include <glib.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define FIRST_S "3"  /* a command that has not ended by then stays */
#define STAYS 124    /* of timeout(1) */
#define MARK "__mw_" /* a number follows, see backends/sentinel.h */
#define NUMBER 16    /* its digits */

/* What a command printed, as it is sent again. */
struct answer {
	char *text;
	int status;
	gboolean known;
};

/* A channel with a command that is not answered yet. */
struct request {
	ssh_channel channel;
	const struct answer *answer;
	char number[NUMBER]; /* of its mark */
};

struct connection {
	ssh_session session;
	GPtrArray *callbacks; /* of its channels */
	GArray *requests;     /* of struct request */
};

static struct {
	const char *port, *play, *fleet;
	ssh_key user;
	GMutex lock; /* of what follows */
	GCond news;
	GHashTable *answers; /* struct answer by command */
} server;

static struct answer
play(const char *command)
{
	const char *const argv[] = { "timeout", FIRST_S, server.play, server.fleet, NULL };
	g_autofree char *connection = g_strdup_printf("127.0.0.1 1 127.1.0.1 %s", server.port);
	g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "SSH_ORIGINAL_COMMAND", command, TRUE);
	g_autoptr(GError) error = NULL;
	char *text;
	int status;

	environment = g_environ_setenv(environment, "SSH_CONNECTION", connection, TRUE);
	if (!g_spawn_sync(NULL, (char **)argv, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL, &status, &error))
		g_error("%s: %s", server.play, error->message);
	return (struct answer){ text, WIFEXITED(status) ? WEXITSTATUS(status) : 1, TRUE };
}

/* Those who come while it is done the first time wait. */
static const struct answer *
answer_to(const char *command)
{
	struct answer *a;

	g_mutex_lock(&server.lock);
	a = g_hash_table_lookup(server.answers, command);
	if (!a) {
		struct answer played;
		g_hash_table_insert(server.answers, g_strdup(command), a = g_new0(struct answer, 1));
		g_mutex_unlock(&server.lock);
		played = play(command);
		g_mutex_lock(&server.lock);
		*a = played;
		g_cond_broadcast(&server.news);
	}
	while (!a->known)
		g_cond_wait(&server.news, &server.lock);
	g_mutex_unlock(&server.lock);
	return a;
}

static char *
find_number(char *text)
{
	char *mark = strstr(text, MARK);

	return mark && strlen(mark) >= strlen(MARK) + NUMBER ? mark + strlen(MARK) : NULL;
}

static void
set_numbers(char *text, const char *number)
{
	for (char *at = text; (at = find_number(at));)
		memcpy(at, number, NUMBER);
}

static int
on_exec(ssh_session session, ssh_channel channel, const char *command, void *user)
{
	struct connection *c = user;
	g_autofree char *same = g_strdup(command);
	const char *number = find_number(same);
	struct request r = { .channel = channel };

	(void)session;
	if (number)
		memcpy(r.number, number, NUMBER);
	set_numbers(same, "0000000000000000");
	r.answer = answer_to(same);
	g_array_append_val(c->requests, r); /* what is granted comes before what it prints */
	return 0;
}

static ssh_channel
on_channel(ssh_session session, void *user)
{
	struct connection *c = user;
	ssh_channel channel = ssh_channel_new(session);
	ssh_channel_callbacks callbacks = g_new0(struct ssh_channel_callbacks_struct, 1);

	ssh_callbacks_init(callbacks);
	callbacks->userdata = c;
	callbacks->channel_exec_request_function = on_exec;
	g_ptr_array_add(c->callbacks, callbacks);
	ssh_set_channel_callbacks(channel, callbacks);
	return channel;
}

static int
on_key(ssh_session session, const char *name, struct ssh_key_struct *key, char signature, void *user)
{
	(void)session, (void)name, (void)signature, (void)user;
	/* libssh has verified the signature, where there is one. */
	return ssh_key_cmp(key, server.user, SSH_KEY_CMP_PUBLIC) == 0 ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

static void
send_answers(struct connection *c)
{
	/* To write may also take in what comes, another request with it. */
	while (c->requests->len) {
		struct request r = g_array_index(c->requests, struct request, 0);
		g_array_remove_index(c->requests, 0);
		g_autofree char *text = g_strdup(r.answer->text);
		set_numbers(text, r.number);
		ssh_channel_write(r.channel, text, (uint32_t)strlen(text));
		if (r.answer->status == STAYS)
			continue;
		ssh_channel_request_send_exit_status(r.channel, r.answer->status);
		ssh_channel_send_eof(r.channel);
		ssh_channel_close(r.channel);
	}
}

static gpointer
serve(gpointer session)
{
	struct connection c = { .session = session, .callbacks = g_ptr_array_new_with_free_func(g_free),
	                        .requests = g_array_new(FALSE, FALSE, sizeof(struct request)) };
	struct ssh_server_callbacks_struct callbacks = { .userdata = &c, .auth_pubkey_function = on_key, .channel_open_request_session_function = on_channel };
	ssh_event event = ssh_event_new();

	ssh_callbacks_init(&callbacks);
	ssh_set_server_callbacks(c.session, &callbacks);
	ssh_set_auth_methods(c.session, SSH_AUTH_METHOD_PUBLICKEY);
	if (ssh_handle_key_exchange(c.session) == SSH_OK && ssh_event_add_session(event, c.session) == SSH_OK)
		while (ssh_event_dopoll(event, -1) == SSH_OK && ssh_is_connected(c.session))
			send_answers(&c);
	ssh_event_free(event);
	ssh_disconnect(c.session);
	ssh_free(c.session);
	g_array_unref(c.requests);
	g_ptr_array_unref(c.callbacks);
	return NULL;
}

/* At all of 127.0.0.0/8, and at nothing else. */
static int
loopback_socket(const char *port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((guint16)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo") != 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, SOMAXCONN) != 0)
		g_error("port %s of the loopback: %s", port, g_strerror(errno));
	return fd;
}

static ssh_bind
listen_at(const char *port, const char *key)
{
	ssh_bind b = ssh_bind_new();

	ssh_bind_options_set(b, SSH_BIND_OPTIONS_HOSTKEY, key);
	ssh_bind_set_fd(b, loopback_socket(port));
	if (ssh_bind_listen(b) != SSH_OK)
		g_error("port %s: %s", port, ssh_get_error(b));
	return b;
}

int
main(int argc, char **argv)
{
	ssh_bind b;

	if (argc != 6) {
		fputs("bench-gateways PORT HOST-KEY USER-KEY PLAY FLEET\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (ssh_pki_import_pubkey_file(argv[3], &server.user) != SSH_OK)
		g_error("%s is no public key", argv[3]);
	server.port = argv[1], server.play = argv[4], server.fleet = argv[5];
	server.answers = g_hash_table_new(g_str_hash, g_str_equal);
	b = listen_at(argv[1], argv[2]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		ssh_session session = ssh_new();
		if (ssh_bind_accept(b, session) != SSH_OK)
			g_error("accept: %s", ssh_get_error(b));
		g_thread_unref(g_thread_new("gateway", serve, session));
	}
}
