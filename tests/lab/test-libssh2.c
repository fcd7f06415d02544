/* Sessions of the libssh2 transport against real sshd on loopback: channels, tunnels, back-pressure, ends. */
#include "tests/lab/libssh2_rig.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- commands --- */

static void
test_exec(void)
{
	struct connection c;
	struct run r;

	if (!have_lab())
		return;
	reach(&c, server, "");
	g_assert_true(g_str_has_suffix(c.address, strrchr(c.address, ':')));
	run_exec(&r, &c, "echo out; echo err >&2; exit 7");
	g_assert_false(r.opened); /* never from inside the call */
	WAIT_FOR(r.closed);
	g_assert_true(r.opened && r.eof);
	g_assert_cmpstr(r.out->str, ==, "out\n");
	g_assert_cmpstr(r.err->str, ==, "err\n");
	g_assert_cmpint(r.code, ==, 7);
	g_assert_null(r.message);
	run_free(&r);
	check_exec(&c, "exit 0", "", 0);
	check_exec(&c, "kill -9 $$", "", -1);
	finish(&c);
}

static void
test_input(void)
{
	struct connection c;
	struct run r;
	const gsize total = 6 * 1024 * 1024;
	g_autofree char *bytes = g_malloc(total);
	gsize sent = 0;

	if (!have_lab())
		return;
	for (gsize i = 0; i < total; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	reach(&c, server, "");
	run_exec(&r, &c, "cat");
	g_assert_cmpuint(class->write(r.channel, bytes, 1), ==, 0); /* not open yet */
	WAIT_FOR(r.opened);
	while (sent < total) {
		guint before = r.writables;
		sent += class->write(r.channel, bytes + sent, total - sent);
		if (sent < total)
			WAIT_FOR(r.writables > before);
	}
	class->write_eof(r.channel);
	WAIT_FOR(r.closed);
	g_assert_cmpmem(r.out->str, r.out->len, bytes, total);
	g_assert_cmpint(r.code, ==, 0);
	run_free(&r);
	finish(&c);
}

static guint
count_closed(const struct run *runs, guint count)
{
	guint closed = 0;

	for (guint i = 0; i < count; i++)
		closed += runs[i].closed;
	return closed;
}

static void
test_queue(void)
{
	struct sshd_server *wide;
	struct connection c;
	struct run runs[20];

	if (!have_lab())
		return;
	wide = sshd_start(lab, "wide", "MaxSessions 64\n");
	sshd_trust(wide);
	reach(&c, wide, "");
	for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autofree char *command = g_strdup_printf("echo %u; echo e%u >&2; exit %u", i, i, i);
		run_exec(&runs[i], &c, command);
	}
	WAIT_FOR(count_closed(runs, G_N_ELEMENTS(runs)) == G_N_ELEMENTS(runs));
	for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autofree char *out = g_strdup_printf("%u\n", i), *err = g_strdup_printf("e%u\n", i);
		g_assert_cmpstr(runs[i].out->str, ==, out);
		g_assert_cmpstr(runs[i].err->str, ==, err);
		g_assert_cmpint(runs[i].code, ==, (int)i);
		run_free(&runs[i]);
	}
	finish(&c);
}

static void
test_max_sessions(void)
{
	struct connection c;
	struct run runs[14];
	guint refused = 0;

	if (!have_lab())
		return;
	reach(&c, server, "");
	for (guint i = 0; i < G_N_ELEMENTS(runs); i++)
		run_exec(&runs[i], &c, "cat");
	WAIT_FOR(count_closed(runs, G_N_ELEMENTS(runs)) == 4);
	for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
		refused += runs[i].closed && runs[i].error == TRANSPORT_ERROR_OPEN_REFUSED;
		if (!runs[i].closed) {
			WAIT_FOR(runs[i].opened);
			class->write_eof(runs[i].channel);
		}
	}
	g_assert_cmpuint(refused, ==, 4);
	WAIT_FOR(count_closed(runs, G_N_ELEMENTS(runs)) == G_N_ELEMENTS(runs));
	check_exec(&c, "echo still", "still\n", 0);
	for (guint i = 0; i < G_N_ELEMENTS(runs); i++)
		run_free(&runs[i]);
	finish(&c);
}

static void
test_close_early(void)
{
	struct connection c;
	struct run runs[6];
	gboolean opened;

	if (!have_lab())
		return;
	reach(&c, server, "");
	for (guint i = 0; i < G_N_ELEMENTS(runs); i++)
		run_exec(&runs[i], &c, "cat");
	run_free(&runs[3]); /* still waits */
	WAIT_FOR(runs[0].opened);
	opened = runs[1].opened;
	run_free(&runs[1]); /* its open is under way, or just over */
	WAIT_FOR(runs[5].opened);
	g_assert_cmpint(runs[1].opened, ==, opened);
	g_assert_false(runs[3].opened);
	run_free(&runs[0]);
	check_exec(&c, "echo fine", "fine\n", 0);
	run_free(&runs[2]);
	run_free(&runs[4]);
	run_free(&runs[5]);
	finish(&c);
}

static void
test_long_command(void)
{
	struct connection c;
	struct run r;
	g_autofree char *filler = g_strnfill(40000, 'x'), *command = g_strdup_printf("echo %s", filler);

	if (!have_lab())
		return;
	reach(&c, server, "");
	run_exec(&r, &c, command);
	g_assert_false(r.closed);
	WAIT_FOR(r.closed);
	g_assert_cmpint(r.error, ==, TRANSPORT_ERROR_SPAWN);
	run_free(&r);
	command[20000] = '\0';
	filler[20000 - strlen("echo ")] = '\0';
	run_exec(&r, &c, command);
	WAIT_FOR(r.closed);
	g_assert_cmpstr(g_strchomp(r.out->str), ==, filler);
	run_free(&r);
	finish(&c);
}

/* --- pausing --- */

static void
test_pause(void)
{
	struct connection c;
	struct run r;
	g_autofree char *mark = NULL, *command = NULL;
	const gsize total = 32 * 1024 * 1024;
	gsize before;

	if (!have_lab())
		return;
	mark = sshd_fixture_path(lab, "written");
	command = g_strdup_printf("head -c %" G_GSIZE_FORMAT " /dev/zero && echo all > '%s'", total, mark);
	reach(&c, server, "");
	run_exec(&r, &c, command);
	r.pause_at_once = TRUE;
	WAIT_FOR(r.out->len > 0);
	before = r.out->len;
	for (guint i = 0; i < 20; i++)
		check_exec(&c, "echo others go on", "others go on\n", 0);
	g_assert_cmpuint(r.out->len, ==, before);
	g_assert_false(g_file_test(mark, G_FILE_TEST_EXISTS)); /* the window closed, so the writer hangs */
	class->pause(r.channel, FALSE);
	WAIT_FOR(r.closed);
	g_assert_cmpuint(r.out->len, ==, total);
	g_assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
	run_free(&r);
	finish(&c);
}

/* Nothing but paused channels: the loop must sleep, and the peer's signs of life must still be taken in. */
static void
test_all_paused(void)
{
	struct connection c;
	struct run r;
	guint passes = 0;
	gint64 end_us;

	if (!have_lab())
		return;
	reach(&c, server, "");
	run_exec(&r, &c, "yes");
	r.pause_at_once = TRUE;
	WAIT_FOR(r.out->len > 0);
	end_us = g_get_monotonic_time() + 7 * G_USEC_PER_SEC; /* longer than the interval of the keepalive */
	while (g_get_monotonic_time() < end_us) {
		guint tick = g_timeout_add(200, wait_for_tick, NULL);
		g_main_context_iteration(NULL, TRUE);
		g_source_remove(tick);
		passes++;
	}
	g_test_message("%u passes in 7 s", passes);
	g_assert_cmpuint(passes, <, 2000);
	g_assert_false(c.down);
	run_free(&r);
	check_exec(&c, "echo on", "on\n", 0);
	finish(&c);
}

/* Both directions while sshd asks for new keys every few hundred KiB. */
static void
test_rekey(void)
{
	struct sshd_server *fresh;
	struct connection c;
	struct run in, out;
	const gsize total = 4 * 1024 * 1024;
	g_autofree char *bytes = g_malloc0(total);
	gsize sent = 0;

	if (!have_lab())
		return;
	fresh = sshd_start(lab, "rekey", "RekeyLimit 300K\n");
	sshd_trust(fresh);
	reach(&c, fresh, "");
	run_exec(&out, &c, "head -c 8388608 /dev/zero");
	run_exec(&in, &c, "wc -c");
	WAIT_FOR(in.opened);
	while (sent < total) {
		guint before = in.writables;
		sent += class->write(in.channel, bytes + sent, total - sent);
		if (sent < total)
			WAIT_FOR(in.writables > before);
	}
	class->write_eof(in.channel);
	WAIT_FOR(in.closed && out.closed);
	g_assert_cmpstr(g_strstrip(in.out->str), ==, "4194304");
	g_assert_cmpuint(out.out->len, ==, 8388608);
	run_free(&in);
	run_free(&out);
	finish(&c);
}

/* --- tunnels --- */

/* A child that sends back what it gets, on a socket that listens already. */
static pid_t
start_echo(int listener)
{
	pid_t pid = fork();

	g_assert_cmpint(pid, >=, 0);
	if (pid > 0) {
		close(listener);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		char bytes[4096];
		int fd = accept(listener, NULL, NULL);
		gssize n;
		while ((n = read(fd, bytes, sizeof bytes)) > 0)
			if (write(fd, bytes, (gsize)n) != n)
				break;
		close(fd);
	}
}

static int
listen_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(a.sun_path, path, sizeof a.sun_path);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, sizeof a), ==, 0);
	g_assert_cmpint(listen(fd, 16), ==, 0);
	return fd;
}

static void
check_echo(struct run *r)
{
	WAIT_FOR(r->opened || r->closed);
	g_assert_cmpstr(r->message, ==, NULL);
	g_assert_cmpuint(class->write(r->channel, "hello", 5), ==, 5);
	WAIT_FOR(r->out->len == 5);
	g_assert_cmpuint(class->write(r->channel, " there", 6), ==, 6);
	class->write_eof(r->channel);
	WAIT_FOR(r->closed);
	g_assert_cmpstr(r->out->str, ==, "hello there");
	g_assert_true(r->eof);
	g_assert_cmpint(r->code, ==, -1);
	g_assert_cmpstr(r->message, ==, NULL);
	run_free(r);
}

static void
test_tunnels(void)
{
	struct connection c;
	struct run r;
	g_autofree char *path = NULL;
	guint16 port;
	pid_t tcp, local;

	if (!have_lab())
		return;
	path = sshd_fixture_path(lab, "echo.sock");
	tcp = start_echo(listen_tcp(&port));
	local = start_echo(listen_unix(path));
	reach(&c, server, "");
	run_new(&r, &c);
	r.channel = class->tcp(c.transport, "127.0.0.1", port, &channel_events, &r);
	check_echo(&r);
	run_new(&r, &c);
	r.channel = class->unix_socket(c.transport, path, &channel_events, &r);
	check_echo(&r);
	end_child(tcp);
	end_child(local);
	finish(&c);
}

static void
check_refused(struct run *r, const char *named)
{
	WAIT_FOR(r->closed);
	g_test_message("%s", r->message);
	g_assert_cmpint(r->error, ==, TRANSPORT_ERROR_OPEN_REFUSED);
	g_assert_nonnull(strstr(r->message, named));
	run_free(r);
}

static void
test_refused_tunnels(void)
{
	struct sshd_server *closed;
	struct connection c;
	struct run r;
	guint16 port;

	if (!have_lab())
		return;
	close(listen_tcp(&port));
	reach(&c, server, "");
	run_new(&r, &c);
	r.channel = class->tcp(c.transport, "127.0.0.1", port, &channel_events, &r);
	check_refused(&r, "127.0.0.1");
	run_new(&r, &c);
	r.channel = class->unix_socket(c.transport, "/nonexistent/docker.sock", &channel_events, &r);
	check_refused(&r, "/nonexistent/docker.sock");
	check_exec(&c, "echo on", "on\n", 0);
	finish(&c);
	closed = sshd_start(lab, "closed", "DisableForwarding yes\n");
	sshd_trust(closed);
	reach(&c, closed, "");
	run_new(&r, &c);
	r.channel = class->unix_socket(c.transport, "/nonexistent/docker.sock", &channel_events, &r);
	check_refused(&r, "/nonexistent/docker.sock");
	check_exec(&c, "echo on", "on\n", 0);
	finish(&c);
}

/* --- ends --- */

static void
on_data_destroy(void *user, const char *bytes, gsize len)
{
	struct run *r = user;
	struct transport *t = r->connection->transport;

	r->connection->transport = NULL;
	r->channel = NULL;
	class->destroy(t);
}

static void
test_destroy_in_callback(void)
{
	struct channel_events events = channel_events;
	struct connection c;
	struct run r, other;

	if (!have_lab())
		return;
	reach(&c, server, "");
	events.data = on_data_destroy;
	run_exec(&other, &c, "yes");
	WAIT_FOR(other.out->len > 0);
	run_new(&r, &c);
	r.channel = class->exec(c.transport, "yes", &events, &r);
	WAIT_FOR(!c.transport);
	g_assert_false(r.closed || other.closed || c.down);
	other.channel = NULL;
	run_free(&r);
	run_free(&other);
	c.transport = class->create(&(struct transport_settings){ .host = "lab" }, &(struct transport_events){ on_up, on_down, NULL }, &c);
	finish(&c);
}

static void
test_cut(void)
{
	struct connection c;
	struct run r;

	if (!have_lab())
		return;
	reach(&c, server, "");
	run_exec(&r, &c, "echo last words; exec cat");
	WAIT_FOR(r.out->len > 0);
	sshd_cut(server);
	WAIT_FOR(c.down);
	g_assert_true(r.closed);
	g_assert_cmpuint(c.channels_closed, ==, 1);
	g_assert_cmpint(r.error, ==, TRANSPORT_ERROR_LINK_LOST);
	g_assert_cmpint(r.code, ==, -1);
	g_assert_cmpint(c.failure, ==, TRANSPORT_LOST);
	g_test_message("%s", c.reason);
	run_free(&r);
	finish(&c);
}

static void
check_dead_peer(gboolean with_channel)
{
	struct connection c;
	struct run r;
	gint64 since_us;

	reach(&c, server, "");
	run_exec(&r, &c, "echo here; exec cat");
	WAIT_FOR(r.out->len > 0);
	if (!with_channel) {
		class->write_eof(r.channel);
		WAIT_FOR(r.closed);
	}
	since_us = g_get_monotonic_time();
	sshd_signal_connections(server, SIGSTOP);
	WAIT_FOR(c.down);
	g_test_message("noticed after %.1f s: %s", (double)(g_get_monotonic_time() - since_us) / 1e6, c.reason);
	g_assert_cmpint(c.failure, ==, TRANSPORT_LOST);
	g_assert_cmpstr(c.step, ==, "keepalive");
	g_assert_cmpint(r.error, ==, with_channel ? TRANSPORT_ERROR_LINK_LOST : -1);
	run_free(&r);
	finish(&c);
	sshd_signal_connections(server, SIGCONT);
	sshd_cut(server);
}

static void
test_dead_peer(void)
{
	if (!have_lab())
		return;
	check_dead_peer(TRUE);
	check_dead_peer(FALSE);
}

/* An idle session without channels lives on, and sleeps meanwhile. */
static void
test_idle(void)
{
	struct connection c;
	guint passes = 0;
	gint64 end_us;

	if (!have_lab())
		return;
	reach(&c, server, "");
	end_us = g_get_monotonic_time() + 14 * G_USEC_PER_SEC; /* longer than a dead peer is left alone */
	while (g_get_monotonic_time() < end_us && !c.down) {
		guint tick = g_timeout_add(500, wait_for_tick, NULL);
		g_main_context_iteration(NULL, TRUE);
		g_source_remove(tick);
		passes++;
	}
	g_test_message("%u passes in 14 s", passes);
	g_assert_false(c.down);
	g_assert_cmpuint(passes, <, 1000);
	check_exec(&c, "echo on", "on\n", 0);
	finish(&c);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	rig_begin();
	g_test_add_func("/libssh2/exec", test_exec);
	g_test_add_func("/libssh2/input", test_input);
	g_test_add_func("/libssh2/queue", test_queue);
	g_test_add_func("/libssh2/max-sessions", test_max_sessions);
	g_test_add_func("/libssh2/close-early", test_close_early);
	g_test_add_func("/libssh2/long-command", test_long_command);
	g_test_add_func("/libssh2/pause", test_pause);
	g_test_add_func("/libssh2/all-paused", test_all_paused);
	g_test_add_func("/libssh2/rekey", test_rekey);
	g_test_add_func("/libssh2/tunnels", test_tunnels);
	g_test_add_func("/libssh2/refused-tunnels", test_refused_tunnels);
	g_test_add_func("/libssh2/destroy-in-callback", test_destroy_in_callback);
	g_test_add_func("/libssh2/cut", test_cut);
	g_test_add_func("/libssh2/dead-peer", test_dead_peer);
	g_test_add_func("/libssh2/idle", test_idle);
	status = g_test_run();
	rig_end();
	return status;
}
