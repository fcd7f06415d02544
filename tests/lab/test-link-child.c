/* The link over an ssh child process, against real sshd on loopback: RSA key, jump host, host keys, cuts, tunnels. */
#include "backends/link.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/runtime_dir.h"
#include "tests/lab/sshd_fixture.h"
#include "tests/unit/wait_for.h"

static struct sshd_fixture *lab;
static const char *no_lab;
static const char *self;

static gboolean
any_alive(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		if (*lines[i] && process_is_alive((pid_t)g_ascii_strtoll(lines[i], NULL, 10)))
			return TRUE;
	return FALSE;
}

static guint
count_lines(const GString *text)
{
	guint n = 0;

	for (gsize i = 0; i < text->len; i++)
		n += text->str[i] == '\n';
	return n;
}

/* --- the link --- */

struct peer {
	struct link *link;
	struct link_status status;
	guint ups, downs;
};

static void
on_up(void *user)
{
	((struct peer *)user)->ups++;
}

static void
on_down(void *user)
{
	((struct peer *)user)->downs++;
}

/* `alias` is a Host block of the lab's ssh configuration. */
static void
start(struct peer *p, const char *alias, const char *transport)
{
	static const struct link_events events = { .up = on_up, .down = on_down };
	g_autofree char *config = sshd_fixture_path(lab, "config"), *known = sshd_fixture_path(lab, "known_hosts");
	const struct link_settings s = { .host = alias, .ssh_config = config, .known_hosts = known, .transport = transport };

	memset(p, 0, sizeof *p);
	p->link = link_new(&s, &p->status, &events, p);
	link_start(p->link);
}

static void
stop(struct peer *p)
{
	link_free(p->link);
	link_status_clear(&p->status);
}

static void
add_host(const struct sshd_server *s, const char *alias, const char *key, const char *extra)
{
	g_autofree char *file = sshd_fixture_path(lab, key), *known = sshd_fixture_path(lab, "known_hosts");
	g_autofree char *text = g_strdup_printf("Host %s\n\tHostName 127.0.0.1\n\tPort %u\n\tIdentityFile %s\n\tIdentitiesOnly yes\n"
	                                        "\tIdentityAgent none\n\tUserKnownHostsFile %s\n\tGlobalKnownHostsFile /dev/null\n%s", alias, s->port, file, known, extra);

	sshd_append(lab, "config", text);
}

static void
bring_up(struct peer *p, const char *alias)
{
	start(p, alias, "ssh");
	WAIT_FOR(p->ups == 1 || p->status.state == LINK_BLOCKED || p->status.state == LINK_DOWN);
	g_assert_cmpstr(p->status.reason, ==, NULL);
	g_assert_true(link_is_up(p->link));
}

struct answer {
	guint times;
	enum link_outcome outcome;
	int exit_code;
	GString *output, *errors;
	char *problem;
};

static void
on_answer(const struct link_result *r, void *user)
{
	struct answer *a = user;

	a->times++;
	a->outcome = r->outcome;
	a->exit_code = r->exit_code;
	a->output = g_string_new_len(r->output, (gssize)r->output_length);
	a->errors = g_string_new_len(r->errors, (gssize)r->errors_length);
	a->problem = g_strdup(r->problem);
}

static void
answer_clear(struct answer *a)
{
	if (a->output) {
		g_string_free(a->output, TRUE);
		g_string_free(a->errors, TRUE);
	}
	g_free(a->problem);
	memset(a, 0, sizeof *a);
}

#define COMMAND(...) (&(const struct link_command){ .command = __VA_ARGS__ })

static void
expect(struct peer *p, const struct link_command *c, int exit_code, const char *output, const char *errors)
{
	struct answer a = { 0 };

	link_run(p->link, c, on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpstr(a.problem, ==, NULL);
	g_assert_cmpint(a.exit_code, ==, exit_code);
	if (output)
		g_assert_cmpstr(a.output->str, ==, output);
	if (errors)
		g_assert_cmpstr(a.errors->str, ==, errors);
	answer_clear(&a);
}

static gboolean
skip_without_lab(void)
{
	if (!lab)
		g_test_skip(no_lab);
	return !lab;
}

static void
test_commands(void)
{
	struct peer p;
	g_autofree char *big = g_malloc(2 * 1024 * 1024), *user = NULL;
	struct passwd *pw = getpwuid(geteuid());

	if (skip_without_lab())
		return;
	memset(big, 'x', 2 * 1024 * 1024);
	bring_up(&p, "plain");
	user = g_strdup_printf("%s@127.0.0.1:", pw->pw_name);
	g_assert_true(g_str_has_prefix(p.status.address, user));
	g_assert_cmpstr(p.status.transport, ==, "ssh");
	expect(&p, COMMAND("true"), 0, "", "");
	expect(&p, COMMAND("printf 'no line end'; echo 'err$or' >&2; exit 9"), 9, "no line end", "err$or\n");
	expect(&p, COMMAND("printf '%s\\n' \"it's\" '100% !bang' '\\\\'\nexit 255"), 255, "it's\n100% !bang\n\\\\\n", "");
	expect(&p, COMMAND("cat"), 0, "", "");
	expect(&p, COMMAND("cat", .input = "hello", .input_length = 5), 0, "hello", "");
	expect(&p, COMMAND("wc -c", .input = big, .input_length = 2 * 1024 * 1024), 0, "2097152\n", "");
	expect(&p, COMMAND("head -c 900000 /dev/zero | wc -c; sleep 600 & kill $!"), 0, "900000\n", NULL);
	stop(&p);
}

/* A process left in the background holds the channel's stderr; the command has ended. */
static void
test_background_process(void)
{
	struct peer p;
	struct answer a = { 0 };

	if (skip_without_lab())
		return;
	bring_up(&p, "plain");
	link_run(p.link, COMMAND("sleep 600 & echo $!"), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_EXITED);
	kill((pid_t)g_ascii_strtoll(a.output->str, NULL, 10), SIGKILL);
	answer_clear(&a);
	stop(&p);
}

struct follower {
	GString *text;
	guint ends;
	enum link_outcome outcome;
};

static void
on_data(void *user, const char *bytes, gsize len)
{
	g_string_append_len(((struct follower *)user)->text, bytes, (gssize)len);
}

static void
on_end(void *user, const struct link_result *r)
{
	((struct follower *)user)->ends++;
	((struct follower *)user)->outcome = r->outcome;
}

static const struct link_stream_events stream_events = { .data = on_data, .end = on_end };

#define FAMILY "echo $$; sleep 600 & echo $!; sh -c 'sleep 600 & echo $!; wait' | cat & wait"

/* Closing a stream, a timeout and a cut each leave nothing behind over there, although nothing is ever written. */
static void
test_no_orphans(void)
{
	struct peer p;
	struct follower f = { .text = g_string_new(NULL) };
	struct answer a = { 0 };
	struct link_stream *s;
	g_autofree char *file = NULL, *command = NULL, *pids = NULL;

	if (skip_without_lab())
		return;
	bring_up(&p, "plain");
	s = link_stream_open(p.link, FAMILY, &stream_events, &f);
	WAIT_FOR(count_lines(f.text) == 3);
	g_assert_true(any_alive(f.text->str));
	link_stream_close(s);
	WAIT_FOR(!any_alive(f.text->str));
	g_assert_cmpuint(f.ends, ==, 0);

	file = sshd_fixture_path(lab, "pids");
	command = g_strdup_printf("exec >%s; " FAMILY, file);
	link_run(p.link, COMMAND(command, .timeout_ms = 2000), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_UNCERTAIN);
	g_assert_true(g_file_get_contents(file, &pids, NULL, NULL));
	WAIT_FOR(!any_alive(pids));
	answer_clear(&a);

	g_string_truncate(f.text, 0);
	link_stream_open(p.link, FAMILY, &stream_events, &f);
	WAIT_FOR(count_lines(f.text) == 3);
	sshd_cut(lab->servers->pdata[0]);
	WAIT_FOR(f.ends == 1);
	g_assert_cmpint(f.outcome, ==, LINK_UNCERTAIN);
	WAIT_FOR(!any_alive(f.text->str));
	g_string_free(f.text, TRUE);
	stop(&p);
}

/* An action that runs when the link is cut goes on, as under any ssh. */
static void
test_action_survives_a_cut(void)
{
	struct peer p;
	struct answer a = { 0 };
	g_autofree char *begun = NULL, *done = NULL, *command = NULL;

	if (skip_without_lab())
		return;
	begun = sshd_fixture_path(lab, "begun");
	done = sshd_fixture_path(lab, "done");
	command = g_strdup_printf("touch %s; while ! [ -e %s.now ]; do sleep 0.1; done; touch %s", begun, done, done);
	bring_up(&p, "plain");
	link_run(p.link, COMMAND(command), on_answer, &a);
	WAIT_FOR(g_file_test(begun, G_FILE_TEST_EXISTS));
	sshd_cut(lab->servers->pdata[0]);
	WAIT_FOR(a.times == 1 && p.downs == 1);
	g_assert_cmpint(a.outcome, ==, LINK_UNCERTAIN);
	sshd_append(lab, "done.now", "");
	WAIT_FOR(g_file_test(done, G_FILE_TEST_EXISTS));
	answer_clear(&a);
	stop(&p);
}

static void
test_cut_and_back(void)
{
	struct peer p;

	if (skip_without_lab())
		return;
	bring_up(&p, "plain");
	for (guint i = 1; i <= 3; i++) {
		sshd_cut(lab->servers->pdata[0]);
		WAIT_FOR(p.downs == i);
		g_assert_cmpint(p.status.state, ==, LINK_DOWN);
		g_assert_nonnull(p.status.reason);
		g_assert_cmpint(p.status.retry_at_us, >, 0);
		if (i > 1)
			link_retry(p.link);
		WAIT_FOR(p.ups == i + 1);
		expect(&p, COMMAND("echo back"), 0, "back\n", "");
	}
	stop(&p);
}

/* The peer falls silent without a word: noticed by the keepalive. The time is printed, not judged: machines stall. */
static void
test_silent_peer(void)
{
	struct peer p;
	gint64 began;

	if (skip_without_lab())
		return;
	bring_up(&p, "plain");
	expect(&p, COMMAND("true"), 0, "", "");
	sshd_signal_connections(lab->servers->pdata[0], SIGSTOP);
	began = g_get_monotonic_time();
	WAIT_FOR(p.downs == 1);
	g_test_message("noticed after %.1f s: %s", (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC, p.status.reason);
	sshd_signal_connections(lab->servers->pdata[0], SIGCONT);
	stop(&p);
}

static void
test_many_commands(void)
{
	struct peer p;
	struct answer answers[30] = { 0 };

	if (skip_without_lab())
		return;
	bring_up(&p, "few"); /* MaxSessions 2 */
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		link_run(p.link, COMMAND("echo yes"), on_answer, &answers[i]);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		WAIT_FOR(answers[i].times == 1);
		g_assert_cmpstr(answers[i].problem, ==, NULL);
		g_assert_cmpstr(answers[i].output->str, ==, "yes\n");
		answer_clear(&answers[i]);
	}
	stop(&p);
}

static void
test_jump_host(void)
{
	struct peer p;

	if (skip_without_lab())
		return;
	bring_up(&p, "behind");
	expect(&p, COMMAND("echo through"), 0, "through\n", "");
	stop(&p);
}

static void
test_refused_key(void)
{
	struct peer p;

	if (skip_without_lab())
		return;
	start(&p, "wrongkey", "ssh");
	WAIT_FOR(p.status.state == LINK_DOWN);
	g_assert_nonnull(strstr(p.status.reason, "Permission denied"));
	g_assert_nonnull(p.status.advice);
	link_retry(p.link);
	WAIT_FOR(p.status.state == LINK_CONNECTING);
	WAIT_FOR(p.status.state == LINK_DOWN);
	stop(&p);
}

static void
test_unreachable(void)
{
	struct peer p;

	if (skip_without_lab())
		return;
	start(&p, "nothing", "ssh");
	WAIT_FOR(p.status.state == LINK_DOWN);
	g_assert_nonnull(strstr(p.status.reason, "refused"));
	stop(&p);
}

static void
test_broken_config(void)
{
	struct peer p;
	static const struct link_events events = { .up = on_up, .down = on_down };
	g_autofree char *broken = NULL;

	if (skip_without_lab())
		return;
	sshd_append(lab, "broken", "NoSuchOption yes\n");
	broken = sshd_fixture_path(lab, "broken");
	memset(&p, 0, sizeof p);
	p.link = link_new(&(struct link_settings){ .host = "plain", .ssh_config = broken, .transport = "ssh" }, &p.status, &events, &p);
	link_start(p.link);
	WAIT_FOR(p.status.state == LINK_BLOCKED);
	g_assert_nonnull(strstr(p.status.reason, "nosuchoption"));
	stop(&p);
}

static void
test_unknown_and_changed_host_key(void)
{
	struct peer p;
	struct sshd_server *s;
	g_autofree char *known = NULL, *text = NULL, *key = NULL, *public = NULL, *shown = NULL;
	const char *argv[] = { "ssh-keygen", "-l", "-f", NULL, NULL };

	if (skip_without_lab())
		return;
	s = sshd_start(lab, "stranger", "");
	add_host(s, "stranger", "key", "");
	key = sshd_fixture_path(lab, "stranger.hostkey.pub");
	argv[3] = key;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &shown, NULL, NULL, NULL));

	start(&p, "stranger", "ssh");
	WAIT_FOR(p.status.state == LINK_BLOCKED);
	g_assert_cmpint(p.status.question, ==, LINK_ASKS_HOST_KEY);
	g_assert_true(g_str_has_prefix(p.status.question_text, "ED25519 SHA256:"));
	g_assert_nonnull(strstr(shown, p.status.question_text + strlen("ED25519 "))); /* what ssh-keygen -l says */
	link_answer_host_key(p.link, FALSE);
	g_assert_cmpint(p.status.state, ==, LINK_BLOCKED);
	link_retry(p.link);
	WAIT_FOR(p.status.question == LINK_ASKS_HOST_KEY);
	link_answer_host_key(p.link, TRUE);
	WAIT_FOR(p.ups == 1);
	stop(&p);
	known = sshd_fixture_path(lab, "known_hosts");
	g_assert_true(g_file_get_contents(known, &text, NULL, NULL));
	public = g_strdup_printf("[127.0.0.1]:%u ssh-ed25519 ", s->port);
	g_assert_nonnull(strstr(text, public));

	/* Known now: no question. */
	bring_up(&p, "stranger");
	stop(&p);

	/* The host comes back with another key. */
	sshd_stop(s);
	g_free(key);
	key = sshd_fixture_path(lab, "stranger.hostkey");
	g_unlink(key);
	{
		const char *const make[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key, NULL };
		g_assert_true(g_spawn_sync(NULL, (char **)make, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	}
	sshd_restart(s);
	start(&p, "stranger", "ssh");
	WAIT_FOR(p.status.state == LINK_BLOCKED);
	g_assert_cmpint(p.status.question, ==, LINK_ASKS_NOTHING);
	g_assert_nonnull(strstr(p.status.reason, "CHANGED"));
	stop(&p);
}

/* --- tunnels --- */

struct client {
	int fd;
	gsize sent, received;
	gboolean over;
};

static int
connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(a.sun_path, path, sizeof a.sun_path);
	g_assert_cmpint(connect(fd, (struct sockaddr *)&a, sizeof a), ==, 0);
	g_assert_cmpint(fcntl(fd, F_SETFL, O_NONBLOCK), ==, 0);
	return fd;
}

/* Reads what is there; TRUE at the end. */
static gboolean
drain(int fd, GString *text)
{
	char bytes[65536];
	gssize n;

	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		g_string_append_len(text, bytes, n);
	return n == 0 || (n < 0 && errno != EAGAIN);
}

/* An echo server over there, on a Unix socket, for many connections; half-closes are passed on. */
static pid_t
start_echo(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	g_strlcpy(a.sun_path, path, sizeof a.sun_path);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, sizeof a), ==, 0);
	g_assert_cmpint(listen(fd, 64), ==, 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGCHLD, SIG_IGN);
		for (;;) {
			int c = accept(fd, NULL, NULL);
			char bytes[65536];
			gssize n;
			if (fork() != 0) {
				close(c);
				continue;
			}
			while ((n = read(c, bytes, sizeof bytes)) > 0)
				for (gssize done = 0, m; done < n; done += m)
					if ((m = write(c, bytes + done, (gsize)(n - done))) <= 0)
						_exit(0);
			_exit(0);
		}
	}
	close(fd);
	return pid;
}

static void
exchange(const char *socket_path, const char *say, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);
	int fd = connect_to(socket_path);

	g_assert_cmpint(write(fd, say, strlen(say)), ==, (gssize)strlen(say));
	shutdown(fd, SHUT_WR);
	WAIT_FOR(drain(fd, got));
	g_assert_cmpstr(got->str, ==, expected);
	close(fd);
}

/* More than all buffers hold goes through unchanged while the reader is slow at first. */
static void
push_big(const char *socket_path)
{
	enum { TOTAL = 8 * 1024 * 1024 };
	g_autoptr(GString) got = g_string_new(NULL);
	g_autofree char *data = g_malloc(TOTAL);
	int fd = connect_to(socket_path);
	gsize sent = 0;

	for (gsize i = 0; i < TOTAL; i++)
		data[i] = (char)(i * 7 + i / 251);
	/* Writes until everything is full: the far side's echo is not read, so it has to stop. */
	for (gint64 quiet_since = g_get_monotonic_time(); g_get_monotonic_time() - quiet_since < G_USEC_PER_SEC / 2;) {
		gssize n = write(fd, data + sent, TOTAL - sent);
		if (n > 0) {
			sent += (gsize)n;
			quiet_since = g_get_monotonic_time();
		}
		g_main_context_iteration(NULL, FALSE);
	}
	g_assert_cmpuint(sent, <, TOTAL);
	while (got->len < TOTAL) {
		gssize n = sent < TOTAL ? write(fd, data + sent, TOTAL - sent) : 0;
		sent += (gsize)MAX(n, 0);
		g_assert_false(drain(fd, got));
		g_main_context_iteration(NULL, FALSE);
	}
	g_assert_cmpint(memcmp(got->str, data, TOTAL), ==, 0);
	close(fd);
}

static void
test_tunnel_unix(void)
{
	struct peer p;
	struct link_tunnel *t;
	g_autofree char *path = NULL;
	pid_t echo;
	int many[20];
	g_autoptr(GString) got = g_string_new(NULL);

	if (skip_without_lab())
		return;
	path = sshd_fixture_path(lab, "echo.sock");
	echo = start_echo(path);
	bring_up(&p, "plain");
	t = link_tunnel_open(p.link, &(struct link_target){ .unix_path = path }, NULL);
	exchange(link_tunnel_socket(t), "hello", "hello");
	g_assert_null(link_tunnel_problem(t));
	for (guint i = 0; i < G_N_ELEMENTS(many); i++) {
		many[i] = connect_to(link_tunnel_socket(t));
		g_assert_cmpint(write(many[i], "x", 1), ==, 1);
	}
	for (guint i = 0; i < G_N_ELEMENTS(many); i++) {
		g_string_truncate(got, 0);
		WAIT_FOR(drain(many[i], got) || got->len == 1);
		g_assert_cmpuint(got->len, ==, 1);
		close(many[i]);
	}
	push_big(link_tunnel_socket(t));

	/* Over a cut: closed while down, works again on the same socket. */
	sshd_cut(lab->servers->pdata[0]);
	WAIT_FOR(p.downs == 1);
	exchange(link_tunnel_socket(t), "", "");
	g_assert_nonnull(link_tunnel_problem(t));
	WAIT_FOR(p.ups == 2);
	exchange(link_tunnel_socket(t), "again", "again");
	g_assert_null(link_tunnel_problem(t));
	stop(&p);
	kill(echo, SIGKILL);
	waitpid(echo, NULL, 0);
}

/* The server's own banner is a TCP service that is surely there. */
static void
test_tunnel_tcp(void)
{
	struct peer p;
	struct link_tunnel *t, *dead;
	struct sshd_server *s;
	g_autoptr(GString) got = g_string_new(NULL);
	int fd;

	if (skip_without_lab())
		return;
	s = lab->servers->pdata[0];
	bring_up(&p, "plain");
	t = link_tunnel_open(p.link, &(struct link_target){ .host = "127.0.0.1", .port = s->port }, NULL);
	fd = connect_to(link_tunnel_socket(t));
	WAIT_FOR(drain(fd, got) || got->len > 8);
	g_assert_true(g_str_has_prefix(got->str, "SSH-2.0-"));
	close(fd);
	dead = link_tunnel_open(p.link, &(struct link_target){ .host = "127.0.0.1", .port = 1 }, NULL);
	exchange(link_tunnel_socket(dead), "hello", "");
	WAIT_FOR(link_tunnel_problem(dead));
	g_test_message("refused: %s", link_tunnel_problem(dead));
	g_assert_nonnull(strstr(link_tunnel_problem(dead), "refused"));
	stop(&p);
}

/* Forwarding is forbidden: the command takes over, also for what was said already. */
static void
test_tunnel_fallback(void)
{
	struct peer p;
	struct link_tunnel *t, *broken;
	const struct link_target with = { .unix_path = "/run/docker.sock", .fallback_command = "exec cat" };
	const struct link_target bad = { .unix_path = "/run/docker.sock", .fallback_command = "echo no docker here >&2; exit 1" };

	if (skip_without_lab())
		return;
	bring_up(&p, "strict");
	t = link_tunnel_open(p.link, &with, NULL);
	exchange(link_tunnel_socket(t), "said before it was refused", "said before it was refused");
	exchange(link_tunnel_socket(t), "and at once", "and at once");
	g_assert_null(link_tunnel_problem(t));
	broken = link_tunnel_open(p.link, &bad, NULL);
	exchange(link_tunnel_socket(broken), "hello", "");
	WAIT_FOR(link_tunnel_problem(broken));
	g_test_message("%s", link_tunnel_problem(broken));
	g_assert_nonnull(strstr(link_tunnel_problem(broken), "no docker here"));
	stop(&p);
}

/* --- killed --- */

static void
be_victim(const char *dir)
{
	struct sshd_fixture borrowed = { .dir = (char *)dir };
	struct peer p;
	struct follower f = { .text = g_string_new(NULL) };
	g_autofree char *pids = NULL;

	lab = &borrowed;
	pids = sshd_fixture_path(lab, "victim-pids");
	bring_up(&p, "plain");
	link_stream_open(p.link, FAMILY, &stream_events, &f);
	WAIT_FOR(count_lines(f.text) == 3);
	g_assert_true(g_file_set_contents(pids, f.text->str, -1, NULL));
	for (;;)
		g_main_context_iteration(NULL, TRUE);
}

static void
add_children(pid_t parent, GString *pids)
{
	g_autofree char *path = g_strdup_printf("/proc/%ld/task/%ld/children", (long)parent, (long)parent);
	g_autofree char *text = NULL;
	g_auto(GStrv) words = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	words = g_strsplit(text, " ", -1);
	for (guint i = 0; words[i]; i++)
		if (*words[i])
			g_string_append_printf(pids, "%s\n", words[i]);
}

static gboolean
has_runtime_dir(pid_t pid)
{
	g_autofree char *own = runtime_dir_path("x", NULL), *dir = g_path_get_dirname(own), *base = g_path_get_dirname(dir);
	g_autofree char *prefix = g_strdup_printf("midwatch-%ld", (long)pid);
	g_autoptr(GDir) d = g_dir_open(base, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(d)))
		if (g_str_has_prefix(name, prefix) && !g_ascii_isdigit(name[strlen(prefix)]))
			return TRUE;
	return FALSE;
}

static void
test_killed(void)
{
	g_autofree char *file = NULL, *text = NULL;
	g_autoptr(GString) processes = g_string_new(NULL);
	pid_t victim;

	if (skip_without_lab())
		return;
	g_free(runtime_dir_path("x", NULL)); /* ours is there first: making it removes what others left */
	file = sshd_fixture_path(lab, "victim-pids");
	victim = fork();
	if (victim == 0) {
		execl(self, self, "--victim", lab->dir, (char *)NULL);
		_exit(127);
	}
	WAIT_FOR(g_file_test(file, G_FILE_TEST_EXISTS));
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	add_children(victim, processes);
	g_assert_true(any_alive(processes->str));
	g_assert_true(any_alive(text));
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	WAIT_FOR(!any_alive(processes->str)); /* the ssh processes here */
	WAIT_FOR(!any_alive(text));           /* the follower over there */
	g_assert_true(has_runtime_dir(victim));
	link_cleanup();
	g_free(runtime_dir_path("x", NULL)); /* what a next start does */
	g_assert_false(has_runtime_dir(victim));
}

static void
build_lab(void)
{
	struct sshd_server *plain, *few, *strict, *inner;

	lab = sshd_fixture_new(&no_lab);
	if (!lab)
		return;
	plain = sshd_start(lab, "plain", "");
	few = sshd_start(lab, "few", "MaxSessions 2\n");
	strict = sshd_start(lab, "strict", "AllowStreamLocalForwarding no\n");
	inner = sshd_start(lab, "inner", "");
	sshd_trust(plain);
	sshd_trust(few);
	sshd_trust(strict);
	sshd_trust(inner);
	add_host(plain, "plain", "key", "");
	add_host(few, "few", "key", "");
	add_host(strict, "strict", "key", "");
	add_host(inner, "behind", "key", "\tProxyJump plain\n");
	add_host(plain, "wrongkey", "key2", "");
	sshd_append(lab, "config", "Host nothing\n\tHostName 127.0.0.1\n\tPort 1\n");
}

#define ADD(name, function) g_test_add_func("/link-child/" name, function)

int
main(int argc, char **argv)
{
	g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
	int result;

	self = path;
	if (argc == 3 && strcmp(argv[1], "--victim") == 0)
		be_victim(argv[2]);
	g_test_init(&argc, &argv, NULL);
	build_lab();
	ADD("commands", test_commands);
	ADD("background-process", test_background_process);
	ADD("no-orphans", test_no_orphans);
	ADD("action-survives-a-cut", test_action_survives_a_cut);
	ADD("cut-and-back", test_cut_and_back);
	ADD("silent-peer", test_silent_peer);
	ADD("many-commands", test_many_commands);
	ADD("jump-host", test_jump_host);
	ADD("refused-key", test_refused_key);
	ADD("unreachable", test_unreachable);
	ADD("broken-config", test_broken_config);
	ADD("unknown-and-changed-host-key", test_unknown_and_changed_host_key);
	ADD("tunnel-unix", test_tunnel_unix);
	ADD("tunnel-tcp", test_tunnel_tcp);
	ADD("tunnel-fallback", test_tunnel_fallback);
	ADD("killed", test_killed);
	result = g_test_run();
	if (lab)
		sshd_fixture_free(lab);
	link_cleanup();
	return result;
}
