#include "tests/lab/libssh2_rig.h"

#include <libssh2.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const struct transport_class *const class = &transport_libssh2;
struct sshd_fixture *lab;
struct sshd_server *server;
static const char *no_lab;

/* libssh2 1.10 leaks 51 bytes at each exchange of new keys, and its half of the key exchange when that breaks off. OpenSSL is called by
 * nobody else here. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libssh2.so\nleak:libcrypto.so\n";
}

gboolean
have_lab(void)
{
	if (!lab)
		g_test_skip(no_lab);
	return lab != NULL;
}

gboolean
is_modern(void)
{
	return libssh2_version(0x010b00) != NULL;
}

void
rig_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
	lab = sshd_fixture_new(&no_lab);
	if (lab) {
		g_autofree char *path = sshd_fixture_path(lab, "key2.pub"), *key = NULL;
		g_assert_true(g_file_get_contents(path, &key, NULL, NULL));
		sshd_append(lab, "authorized_keys", key);
		server = sshd_start(lab, "main", "MaxStartups 100\n");
		sshd_trust(server);
	}
}

void
rig_end(void)
{
	if (lab)
		sshd_fixture_free(lab);
}

/* --- connections --- */

void
on_up(void *user, const char *address)
{
	struct connection *c = user;

	g_assert_false(c->up || c->down);
	c->up = TRUE;
	c->address = g_strdup(address);
}

void
on_down(void *user, const struct transport_error *error)
{
	struct connection *c = user;

	g_assert_false(c->down);
	c->down = TRUE;
	c->failure = error->failure;
	c->question = error->question;
	c->question_text = g_strdup(error->question_text);
	c->step = g_strdup(error->step);
	c->reason = g_strdup(error->reason);
	c->advice = g_strdup(error->advice);
}

static void
on_notice(void *user, const char *reason, const char *advice)
{
	struct connection *c = user;

	c->notice = g_strdup(reason);
}

void
start(struct connection *c, const struct transport_settings *s)
{
	static const struct transport_events events = { on_up, on_down, on_notice };

	memset(c, 0, sizeof *c);
	c->transport = class->create(s, &events, c);
	class->connect(c->transport);
}

void
finish(struct connection *c)
{
	class->destroy(c->transport);
	g_free(c->address);
	g_free(c->notice);
	g_free(c->question_text);
	g_free(c->step);
	g_free(c->reason);
	g_free(c->advice);
}

/* Writes an ssh configuration for a server and gives its path, which stays valid until the next. */
const char *
configure(const struct sshd_server *s, const char *extra)
{
	static char *path;
	g_autofree char *key = sshd_fixture_path(lab, "key2"), *known = sshd_fixture_path(lab, "known_hosts");
	g_autofree char *text = g_strdup_printf("Host lab\n HostName 127.0.0.1\n Port %u\n IdentityAgent none\n%s"
	                                        " UserKnownHostsFile %s\n GlobalKnownHostsFile /dev/null\n%s%s%s",
	                                        s->port, extra, known, strstr(extra, "IdentityFile") ? "" : " IdentityFile ",
	                                        strstr(extra, "IdentityFile") ? "" : key, "\n");

	g_free(path);
	path = sshd_fixture_path(lab, "ssh_config");
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

void
reach_with(struct connection *c, const struct transport_settings *s)
{
	start(c, s);
	WAIT_FOR(c->up || c->down);
	if (c->down)
		g_error("%s: %s (%s)", c->step, c->reason, c->advice);
}

void
reach(struct connection *c, const struct sshd_server *s, const char *extra)
{
	reach_with(c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(s, extra) });
}

void
fail_with(struct connection *c, const struct transport_settings *s, enum transport_failure failure, const char *step)
{
	start(c, s);
	WAIT_FOR(c->up || c->down);
	g_test_message("%s: %s / %s", c->step, c->reason, c->advice);
	g_assert_false(c->up);
	g_assert_cmpint(c->failure, ==, failure);
	g_assert_cmpstr(c->step, ==, step);
	g_assert_nonnull(c->reason);
}

/* --- channels --- */

static void
on_opened(void *user)
{
	((struct run *)user)->opened = TRUE;
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct run *r = user;

	g_assert_false(r->closed || r->eof);
	g_string_append_len(r->out, bytes, (gssize)len);
	if (r->pause_at_once) {
		r->pause_at_once = FALSE;
		class->pause(r->channel, TRUE);
	}
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	g_string_append_len(((struct run *)user)->err, bytes, (gssize)len);
}

static void
on_eof(void *user)
{
	((struct run *)user)->eof = TRUE;
}

static void
on_writable(void *user)
{
	((struct run *)user)->writables++;
}

static void
on_closed(void *user, int exit_code, const GError *error)
{
	struct run *r = user;

	g_assert_false(r->closed);
	r->closed = TRUE;
	r->channel = NULL;
	r->code = exit_code;
	r->error = error ? error->code : -1;
	r->message = error ? g_strdup(error->message) : NULL;
	if (!r->connection->down)
		r->connection->channels_closed++;
}

const struct channel_events channel_events = { on_opened, on_data, on_errors, on_eof, on_writable, on_closed };

void
run_new(struct run *r, struct connection *c)
{
	memset(r, 0, sizeof *r);
	r->connection = c;
	r->out = g_string_new(NULL);
	r->err = g_string_new(NULL);
}

void
run_exec(struct run *r, struct connection *c, const char *command)
{
	run_new(r, c);
	r->channel = class->exec(c->transport, command, &channel_events, r);
}

void
run_free(struct run *r)
{
	if (r->channel)
		class->close(r->channel);
	g_string_free(r->out, TRUE);
	g_string_free(r->err, TRUE);
	g_free(r->message);
}

void
check_exec(struct connection *c, const char *command, const char *out, int code)
{
	struct run r;

	run_exec(&r, c, command);
	WAIT_FOR(r.closed);
	g_assert_cmpstr(r.message, ==, NULL);
	g_assert_cmpstr(r.out->str, ==, out);
	g_assert_cmpint(r.code, ==, code);
	run_free(&r);
}

/* --- other processes --- */

int
listen_tcp(guint16 *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, sizeof a), ==, 0);
	g_assert_cmpint(listen(fd, 16), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&a, &size), ==, 0);
	*port = ntohs(a.sin_port);
	return fd;
}

void
die_with_parent(gpointer data)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void
end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
