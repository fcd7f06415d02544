/* The link on this machine: real processes, real pipes. */
#include "backends/link.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/link_private.h"
#include "backends/probe_poll.h"
#include "backends/runtime_dir.h"
#include "tests/unit/wait_for.h"

static const char *self; /* this program, to be started as a victim */

/* --- the link --- */

static struct link_status status;

static void
on_up(void *user)
{
	(*(guint *)user)++;
}

static struct link *
bring_up(void)
{
	static guint ups;
	const struct link_events events = { .up = on_up };
	const struct link_settings settings = { .local = TRUE };
	struct link *l;

	ups = 0;
	memset(&status, 0, sizeof status);
	l = link_new(&settings, &status, &events, &ups);
	link_start(l);
	g_assert_false(link_is_up(l));
	WAIT_FOR(ups == 1);
	g_assert_true(link_is_up(l));
	g_assert_cmpstr(status.transport, ==, "local");
	return l;
}

static void
finish(struct link *l)
{
	link_free(l);
	link_status_clear(&status);
}

struct answer {
	guint times;
	enum link_outcome outcome;
	int exit_code;
	GString *output, *errors;
	gboolean truncated;
	char *problem;
};

static void
on_answer(const struct link_result *r, void *user)
{
	struct answer *a = user;

	a->times++;
	a->outcome = r->outcome;
	a->exit_code = r->exit_code;
	a->truncated = r->truncated;
	a->output = g_string_new_len(r->output, (gssize)r->output_length);
	a->errors = g_string_new_len(r->errors, (gssize)r->errors_length);
	a->problem = g_strdup(r->problem);
}

static void
answer_clear(struct answer *a)
{
	g_string_free(a->output, TRUE);
	g_string_free(a->errors, TRUE);
	g_free(a->problem);
}

static void
expect(struct link *l, const struct link_command *c, int exit_code, const char *output, const char *errors)
{
	struct answer a = { 0 };

	link_run(l, c, on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_EXITED);
	g_assert_cmpint(a.exit_code, ==, exit_code);
	if (output)
		g_assert_cmpstr(a.output->str, ==, output);
	if (errors)
		g_assert_cmpstr(a.errors->str, ==, errors);
	answer_clear(&a);
}

#define COMMAND(...) (&(const struct link_command){ .command = __VA_ARGS__ })

static void
test_exit_codes(void)
{
	struct link *l = bring_up();

	expect(l, COMMAND("true"), 0, "", "");
	expect(l, COMMAND("echo out; echo err >&2; exit 7"), 7, "out\n", "err\n");
	expect(l, COMMAND("printf 'a\\0b'"), 0, NULL, "");
	expect(l, COMMAND("kill -9 $$"), 137, "", NULL);
	expect(l, COMMAND("no-such-program-here"), 127, "", NULL);
	expect(l, COMMAND("( exit 3 )\nfalse || exit 4"), 4, "", "");
	finish(l);
}

static void
test_input(void)
{
	struct link *l = bring_up();
	g_autofree char *big = g_malloc(3 * 1024 * 1024);

	memset(big, 'x', 3 * 1024 * 1024);
	expect(l, COMMAND("cat", .input = "hello", .input_length = 5), 0, "hello", "");
	expect(l, COMMAND("cat", .input = "", .input_length = 0), 0, "", "");
	expect(l, COMMAND("cat"), 0, "", ""); /* no input: end of file at once */
	expect(l, COMMAND("wc -c", .input = big, .input_length = 3 * 1024 * 1024), 0, "3145728\n", "");
	expect(l, COMMAND("exit 5", .input = big, .input_length = 3 * 1024 * 1024), 5, "", ""); /* reads nothing */
	finish(l);
}

static void
test_big_output(void)
{
	struct link *l = bring_up();
	struct answer a = { 0 };

	link_run(l, COMMAND("head -c 5000000 /dev/zero", .max_output = 8000000), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpuint(a.output->len, ==, 5000000);
	g_assert_false(a.truncated);
	answer_clear(&a);

	a = (struct answer){ 0 };
	link_run(l, COMMAND("head -c 5000000 /dev/zero; exit 3", .max_output = 1000), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpuint(a.output->len, ==, 1000);
	g_assert_true(a.truncated);
	g_assert_cmpint(a.exit_code, ==, 3);
	answer_clear(&a);

	a = (struct answer){ 0 }; /* it has no end, and need not have one */
	link_run(l, COMMAND("cat /dev/zero", .max_output = 4096, .hang_up = TRUE, .timeout_ms = 600000), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_UNCERTAIN);
	g_assert_cmpuint(a.output->len, ==, 4096);
	g_assert_nonnull(strstr(a.problem, "more than 4 KiB"));
	answer_clear(&a);
	finish(l);
}

/* A link that rests is not down: it is started again like a new one. While something runs it does not rest. */
static void
test_rest(void)
{
	struct link *l = bring_up();
	struct answer a = { 0 };

	link_run(l, COMMAND("cat"), on_answer, &a);
	g_assert_false(link_rest(l));
	WAIT_FOR(a.times == 1);
	answer_clear(&a);
	g_assert_true(link_rest(l));
	g_assert_false(link_is_up(l));
	g_assert_cmpint(status.state, ==, LINK_IDLE);
	g_assert_null(status.reason);
	link_start(l);
	WAIT_FOR(link_is_up(l));
	expect(l, COMMAND("echo again"), 0, "again\n", "");
	finish(l);
}

/* A daemon that a command leaves behind keeps the pipe open; the command has ended all the same. */
static void
test_background_process(void)
{
	struct link *l = bring_up();
	struct answer a = { 0 };
	pid_t left;

	link_run(l, COMMAND("sleep 600 & echo $!"), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_EXITED);
	left = (pid_t)g_ascii_strtoll(a.output->str, NULL, 10);
	g_assert_cmpint(left, >, 1);
	g_assert_true(process_is_alive(left));
	kill(left, SIGKILL);
	answer_clear(&a);
	finish(l);
}

/* --- streams --- */

struct follower {
	GString *text;
	gsize bytes;
	guint ends;
	struct link_result result;
	char *problem;
};

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct follower *f = user;

	f->bytes += len;
	if (f->text && f->text->len < 4096)
		g_string_append_len(f->text, bytes, (gssize)len);
}

static void
on_end(void *user, const struct link_result *r)
{
	struct follower *f = user;

	f->ends++;
	f->result = *r;
	f->problem = g_strdup(r->problem);
}

static const struct link_stream_events stream_events = { .data = on_data, .end = on_end };

static void
test_stream(void)
{
	struct link *l = bring_up();
	struct follower f = { .text = g_string_new(NULL) };

	link_stream_open(l, "echo one; echo two; exit 4", &stream_events, &f);
	WAIT_FOR(f.ends == 1);
	g_assert_cmpstr(f.text->str, ==, "one\ntwo\n");
	g_assert_cmpint(f.result.outcome, ==, LINK_EXITED);
	g_assert_cmpint(f.result.exit_code, ==, 4);
	g_string_free(f.text, TRUE);
	finish(l);
}

/* A paused stream takes no more than what is under way; nothing is lost when it goes on. */
static void
test_stream_pause(void)
{
	struct link *l = bring_up();
	struct follower f = { 0 };
	struct link_stream *s = link_stream_open(l, "head -c 3000000 /dev/zero", &stream_events, &f);
	struct answer a = { 0 };
	gsize before;

	WAIT_FOR(f.bytes > 0);
	link_stream_pause(s, TRUE);
	before = f.bytes;
	link_run(l, COMMAND("sleep 0.2"), on_answer, &a);
	WAIT_FOR(a.times == 1);
	answer_clear(&a);
	g_assert_cmpuint(f.bytes, ==, before);
	g_assert_cmpuint(f.ends, ==, 0);
	link_stream_pause(s, FALSE);
	WAIT_FOR(f.ends == 1);
	g_assert_cmpuint(f.bytes, ==, 3000000);
	finish(l);
}

/* --- no orphans --- */

/* Starts a command that tells the pids of its whole family, and waits for them. */
#define FAMILY "echo $$; sleep 600 & echo $!; sh -c 'sleep 600 & echo $!; wait' | cat & wait"

static gboolean
has_lines(const GString *text, guint count)
{
	guint n = 0;

	for (gsize i = 0; i < text->len; i++)
		n += text->str[i] == '\n';
	return n >= count;
}

static gboolean
any_alive(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		if (*lines[i] && process_is_alive((pid_t)g_ascii_strtoll(lines[i], NULL, 10)))
			return TRUE;
	return FALSE;
}

static void
test_close_ends_the_family(void)
{
	struct link *l = bring_up();
	struct follower f = { .text = g_string_new(NULL) };
	struct link_stream *s = link_stream_open(l, FAMILY, &stream_events, &f);

	WAIT_FOR(has_lines(f.text, 3));
	g_assert_true(any_alive(f.text->str));
	link_stream_close(s);
	WAIT_FOR(!any_alive(f.text->str));
	g_assert_cmpuint(f.ends, ==, 0);
	g_string_free(f.text, TRUE);
	finish(l);
}

static void
test_timeout_ends_the_family(void)
{
	struct link *l = bring_up();
	struct answer a = { 0 };
	g_autofree char *dir = g_dir_make_tmp("midwatch-test-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "pids", NULL);
	g_autofree char *command = g_strdup_printf("exec >%s; " FAMILY, file);
	g_autofree char *pids = NULL;

	link_run(l, COMMAND(command, .timeout_ms = 1500), on_answer, &a);
	WAIT_FOR(a.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_UNCERTAIN);
	g_assert_nonnull(a.problem);
	g_assert_true(g_file_get_contents(file, &pids, NULL, NULL));
	WAIT_FOR(!any_alive(pids));
	answer_clear(&a);
	g_unlink(file);
	g_rmdir(dir);
	finish(l);
}

/* One that does not obey SIGTERM is killed. */
static void
test_stubborn(void)
{
	struct link *l = bring_up();
	struct follower f = { .text = g_string_new(NULL) };
	struct link_stream *s = link_stream_open(l, "trap '' TERM; echo $$; while :; do sleep 1; done", &stream_events, &f);

	WAIT_FOR(has_lines(f.text, 1));
	link_stream_close(s);
	WAIT_FOR(!any_alive(f.text->str));
	g_string_free(f.text, TRUE);
	finish(l);
}

/* The victim: follows in a process of its own, says so in a file, and is killed. */
G_NORETURN static void
be_victim(const char *file)
{
	struct link *l = bring_up();
	g_autofree char *command = g_strdup_printf("exec >>%s; " FAMILY, file);
	struct follower f = { 0 };
	struct answer a = { 0 };

	link_stream_open(l, command, &stream_events, &f);
	link_run(l, COMMAND(command, .timeout_ms = 600000), on_answer, &a);
	link_run(l, COMMAND(command, .timeout_ms = 600000, .input = "x", .input_length = 1), on_answer, &a);
	for (;;)
		g_main_context_iteration(NULL, TRUE);
}

static void
test_killed(void)
{
	g_autofree char *dir = g_dir_make_tmp("midwatch-test-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "pids", NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	pid_t victim = fork();

	if (victim == 0) {
		execl(self, self, "--victim", file, (char *)NULL);
		_exit(127);
	}
	do {
		g_autofree char *now = NULL;
		g_main_context_iteration(NULL, FALSE);
		g_usleep(10000);
		if (g_file_get_contents(file, &now, NULL, NULL))
			g_string_assign(text, now);
	} while (!has_lines(text, 9));
	g_assert_true(any_alive(text->str));
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	WAIT_FOR(!any_alive(text->str));
	g_unlink(file);
	g_rmdir(dir);
}

/* --- the rest --- */

static void
test_cancel_and_free(void)
{
	struct link *l = bring_up();
	struct answer a = { 0 };
	struct link_job *j = link_run(l, COMMAND("sleep 600"), on_answer, &a), *queued;
	struct follower f = { .text = g_string_new(NULL) };
	struct link_stream *s;

	link_job_cancel(j);
	j = link_run(l, COMMAND("sleep 600"), on_answer, &a);
	s = link_stream_open(l, "sleep 600", &stream_events, &f);
	queued = link_run(l, COMMAND("sleep 600"), on_answer, &a);
	g_main_context_iteration(NULL, FALSE);
	link_job_cancel(j);
	finish(l); /* with a stream and a command under way */
	link_stream_close(s);
	link_job_cancel(queued);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpuint(a.times, ==, 0);
	g_assert_cmpuint(f.ends, ==, 0);
	g_string_free(f.text, TRUE);
}

static void
test_many_at_once(void)
{
	struct link *l = bring_up();
	struct answer answers[60] = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		link_run(l, COMMAND("echo $$"), on_answer, &answers[i]);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		WAIT_FOR(answers[i].times == 1);
		g_assert_cmpint(answers[i].outcome, ==, LINK_EXITED);
		g_assert_true(has_lines(answers[i].output, 1));
		answer_clear(&answers[i]);
	}
	finish(l);
}

static void
test_tunnel(void)
{
	struct link *l = bring_up();
	struct link_tunnel *docker = link_tunnel_open(l, &(struct link_target){ .unix_path = "/run/docker.sock" }, NULL);
	struct link_tunnel *tcp = link_tunnel_open(l, &(struct link_target){ .host = "127.0.0.1", .port = 9090 }, NULL);

	g_assert_cmpstr(link_tunnel_socket(docker), ==, "/run/docker.sock");
	g_assert_null(link_tunnel_socket(tcp));
	g_autofree char *socket_words = link_tunnel_target(docker), *port_words = link_tunnel_target(tcp);
	g_assert_cmpstr(socket_words, ==, "/run/docker.sock");
	g_assert_cmpstr(port_words, ==, "127.0.0.1:9090");
	g_assert_null(link_tunnel_problem(docker));
	link_tunnel_close(docker);
	finish(l); /* the other one goes with it */
}

struct echo {
	GString *text;
	guint opened, closed;
	gboolean eof;
	struct channel *channel;
};

static void
on_echo_opened(void *user)
{
	((struct echo *)user)->opened++;
}

static void
on_echo_data(void *user, const char *bytes, gsize len)
{
	g_string_append_len(((struct echo *)user)->text, bytes, (gssize)len);
}

static void
on_echo_eof(void *user)
{
	((struct echo *)user)->eof = TRUE;
}

static void
on_echo_closed(void *user, int exit_code, const GError *error)
{
	((struct echo *)user)->closed += error ? 100 : 1;
}

/* The transport's sockets, with half-close. */
static void
test_socket_channel(void)
{
	struct link *l = bring_up();
	const struct channel_events events = {
		.opened = on_echo_opened, .data = on_echo_data, .eof = on_echo_eof, .closed = on_echo_closed };
	g_autofree char *path = runtime_dir_path("echo", NULL);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct echo e = { .text = g_string_new(NULL) };
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client;
	char got[16] = "";

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(server, (struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(server, 1), ==, 0);
	e.channel = transport_local.unix_socket(l->transport, path, &events, &e);
	g_assert_cmpuint(e.opened, ==, 0);
	WAIT_FOR(e.opened == 1);
	client = accept(server, NULL, NULL);
	g_assert_cmpuint(transport_local.write(e.channel, "ping", 4), ==, 4);
	transport_local.write_eof(e.channel);
	g_assert_cmpint(read(client, got, sizeof got), ==, 4);
	g_assert_cmpint(read(client, got, sizeof got), ==, 0); /* half-closed: it can still answer */
	g_assert_cmpint(write(client, "pong", 4), ==, 4);
	close(client);
	WAIT_FOR(e.closed > 0);
	g_assert_true(e.eof);
	g_assert_cmpuint(e.closed, ==, 1);
	g_assert_cmpstr(e.text->str, ==, "pong");
	close(server);
	g_unlink(path);

	e.closed = e.opened = 0;
	transport_local.unix_socket(l->transport, "/nonexistent/sock", &events, &e);
	g_assert_cmpuint(e.closed, ==, 0);
	WAIT_FOR(e.closed > 0);
	g_assert_cmpuint(e.closed, ==, 100);
	g_assert_cmpuint(e.opened, ==, 0);
	g_string_free(e.text, TRUE);
	finish(l);
}

static void
test_runtime_dir(void)
{
	g_autofree char *path = runtime_dir_path("x", NULL);
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *base = g_path_get_dirname(dir);
	g_autofree char *abandoned = NULL, *inside = NULL, *live = NULL, *again = NULL, *task = NULL;
	struct stat st;
	pid_t gone = fork();

	if (gone == 0)
		_exit(0);
	waitpid(gone, NULL, 0);
	g_assert_cmpint(stat(dir, &st), ==, 0);
	g_assert_cmpuint(st.st_mode & 0777, ==, 0700);
	link_cleanup();
	g_assert_cmpint(stat(dir, &st), ==, -1);

	/* The next start removes what a dead process left, and leaves a live one's alone. */
	abandoned = g_strdup_printf("%s/midwatch-%ld", base, (long)gone);
	live = g_strdup_printf("%s/midwatch-%ld", base, (long)getppid());
	inside = g_build_filename(abandoned, "t1.sock", NULL);
	g_assert_cmpint(g_mkdir(abandoned, 0700), ==, 0);
	g_assert_cmpint(g_mkdir(live, 0700), ==, 0);
	g_assert_true(g_file_set_contents(inside, "", 0, NULL));
	task = g_strdup_printf("%s/midwatch-%ld%.*s", base, (long)gone, 32 - (int)strlen(abandoned + strlen(base) + strlen("/midwatch-")),
	                       "abcdef0123456789abcdef0123456789"); /* of a command that was started here (remote_task.c) */
	g_assert_cmpint(g_mkdir(task, 0700), ==, 0);
	again = runtime_dir_path("x", NULL);
	g_assert_cmpint(stat(abandoned, &st), ==, -1);
	g_assert_cmpint(stat(live, &st), ==, 0);
	g_assert_cmpint(stat(task, &st), ==, 0);
	g_rmdir(live);
	g_rmdir(task);
	link_cleanup();
	link_cleanup();
}

static void
on_changed(void *user)
{
	(*(guint *)user)++;
}

static void
test_probe_poll(void)
{
	struct link *l = bring_up();
	struct world *w = world_new(1024 * 1024);
	struct host *h = host_new("here", "vm", TRUE);
	struct probe_poll *p;
	guint changes = 0;

	g_ptr_array_add(w->hosts, h);
	w->changed = on_changed;
	w->changed_user = &changes;
	p = probe_poll_new(l, w, h, 0);
	probe_poll_link_up(p);
	g_assert_cmpint(h->probe_datum.state, ==, DATUM_UNKNOWN);
	WAIT_FOR(h->probe_datum.state == DATUM_OK);
	g_assert_cmpuint(h->probe.mem_total, >, 0);
	g_assert_cmpuint(changes, ==, 1);
	g_assert_false(h->rates.known);
	WAIT_FOR(h->rates.known); /* the second one, soon */
	g_assert_cmpfloat(h->rates.steal_percent, >=, 0);
	g_assert_cmpfloat(h->rates.steal_percent, <=, 100);
	g_assert_cmpuint(h->steal.count, ==, 2);
	g_assert_true(isnan(history_at(&h->steal, 1)));
	g_assert_false(isnan(history_at(&h->steal, 0)));
	probe_poll_now(p);
	probe_poll_now(p);
	WAIT_FOR(h->memory.count == 4); /* the one asked for meanwhile follows at once */
	probe_poll_link_down(p);
	g_assert_cmpint(h->probe_datum.state, ==, DATUM_STALE);
	probe_poll_free(p);
	finish(l);
	world_free(w);
}

#define ADD(name, function) g_test_add_func("/link-local/" name, function)

int
main(int argc, char **argv)
{
	g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
	int result;

	self = path;
	if (argc == 3 && strcmp(argv[1], "--victim") == 0)
		be_victim(argv[2]);
	g_test_init(&argc, &argv, NULL);
	ADD("exit-codes", test_exit_codes);
	ADD("input", test_input);
	ADD("big-output", test_big_output);
	ADD("rest", test_rest);
	ADD("background-process", test_background_process);
	ADD("stream", test_stream);
	ADD("stream-pause", test_stream_pause);
	ADD("close-ends-the-family", test_close_ends_the_family);
	ADD("timeout-ends-the-family", test_timeout_ends_the_family);
	ADD("stubborn", test_stubborn);
	ADD("killed", test_killed);
	ADD("cancel-and-free", test_cancel_and_free);
	ADD("many-at-once", test_many_at_once);
	ADD("tunnel", test_tunnel);
	ADD("socket-channel", test_socket_channel);
	ADD("runtime-dir", test_runtime_dir);
	ADD("probe-poll", test_probe_poll);
	result = g_test_run();
	link_cleanup();
	return result;
}
