/* Commands that outlive their link: real processes on this machine, and a link whose answers are lost at each stage. */
#include "backends/remote_task.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/link_private.h"
#include "tests/unit/wait_for.h"

static const char *self; /* this program, to be started as a victim */
static char *directory;  /* what the commands write into */

/* --- a transport that runs commands here and loses them as told --- */

enum fate {
	PASSES,  /* runs, and all it says arrives */
	MUTE,    /* runs, and nothing of it arrives any more */
	DROPPED, /* is lost on its way there */
};

/* A channel as the link has it. */
struct wire {
	struct channel_events events;
	void *user;
	struct channel *real; /* NULL: never reached anything, or has ended */
	gboolean mute;
};

static struct {
	enum fate fates[16]; /* of the commands, in the order in which they are sent; PASSES beyond `count` */
	guint count, sent, ended; /* ended: nothing more will come of it */
	GPtrArray *wires;
	struct transport *live;
	struct transport_events events;
	void *user;
	char *dropped;       /* the command that was lost last */
} net;

static struct transport *
net_create(const struct transport_settings *s, const struct transport_events *e, void *user)
{
	net.events = *e;
	net.user = user;
	net.live = transport_local.create(s, e, user);
	return net.live;
}

static void
net_connect(struct transport *t)
{
	transport_local.connect(t);
}

static void
net_destroy(struct transport *t)
{
	transport_local.destroy(t);
}

static void
on_opened(void *user)
{
	struct wire *w = user;

	w->events.opened(w->user);
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct wire *w = user;

	if (!w->mute)
		w->events.data(w->user, bytes, len);
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct wire *w = user;

	if (!w->mute && w->events.errors)
		w->events.errors(w->user, bytes, len);
}

static void
on_closed(void *user, int exit_code, const GError *error)
{
	struct wire *w = user;

	net.ended++;
	w->real = NULL;
	if (w->mute)
		return;
	g_ptr_array_remove(net.wires, w);
	w->events.closed(w->user, exit_code, error);
	g_free(w);
}

static gboolean
open_dropped(gpointer wire)
{
	on_opened(wire);
	net.ended++;
	return G_SOURCE_REMOVE;
}

static struct channel *
net_exec(struct transport *t, const char *command, const struct channel_events *e, void *user)
{
	static const struct channel_events events = { .opened = on_opened, .data = on_data, .errors = on_errors, .closed = on_closed };
	enum fate fate = net.sent < net.count ? net.fates[net.sent] : PASSES;
	struct wire *w = g_new0(struct wire, 1);

	w->events = *e;
	w->user = user;
	w->mute = fate != PASSES;
	g_ptr_array_add(net.wires, w);
	net.sent++;
	if (fate == DROPPED) {
		g_free(net.dropped);
		net.dropped = g_strdup(command);
		g_idle_add(open_dropped, w);
	} else {
		w->real = transport_local.exec(t, command, &events, w);
	}
	return (struct channel *)w;
}

static gsize
net_write(struct channel *c, const char *bytes, gsize len)
{
	struct wire *w = (struct wire *)c;

	return w->real ? transport_local.write(w->real, bytes, len) : len;
}

static void
net_write_eof(struct channel *c)
{
	struct wire *w = (struct wire *)c;

	if (w->real)
		transport_local.write_eof(w->real);
}

static void
net_pause(struct channel *c, gboolean paused)
{
	struct wire *w = (struct wire *)c;

	if (w->real)
		transport_local.pause(w->real, paused);
}

static void
net_close(struct channel *c)
{
	struct wire *w = (struct wire *)c;

	if (w->real)
		transport_local.close(w->real);
	g_ptr_array_remove(net.wires, w);
	g_free(w);
}

static const struct transport_class net_class = {
	.name = "net", .create = net_create, .connect = net_connect, .destroy = net_destroy, .exec = net_exec, .write = net_write,
	.write_eof = net_write_eof, .pause = net_pause, .close = net_close,
};

/* The link breaks: what was on its way is lost, what runs over there runs on. */
static void
lose(void)
{
	static const struct transport_error error = { .failure = TRANSPORT_LOST, .step = "keepalive", .reason = "cut by the test" };
	g_autoptr(GError) lost = g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_LINK_LOST, "cut by the test");

	while (net.wires->len > 0) {
		struct wire *w = g_ptr_array_steal_index(net.wires, 0);
		g_assert_null(w->real); /* the test waits until what it lets run has run */
		w->events.closed(w->user, -1, lost);
		g_free(w);
	}
	net.events.down(net.user, &error);
}

/* --- links --- */

static struct link_status status;

static double
middle(void)
{
	return 0.5;
}

static struct link *
up(struct link *l)
{
	link_start(l);
	WAIT_FOR(link_is_up(l));
	return l;
}

static struct link *
local_link(void)
{
	static const struct link_events events = { 0 };
	const struct link_settings settings = { .local = TRUE };

	memset(&status, 0, sizeof status);
	return up(link_new(&settings, &status, &events, NULL));
}

/* Over it exit codes come by the sentinel, as they do over ssh. */
static struct link *
lossy_link(const enum fate *fates, guint count)
{
	static const struct link_events events = { 0 };
	static const struct link_transports with = { &net_class, NULL, middle };
	const struct link_settings settings = { .host = "gw1.example.com" };

	memset(&status, 0, sizeof status);
	memset(&net, 0, sizeof net);
	net.wires = g_ptr_array_new();
	net.count = count;
	for (guint i = 0; i < count; i++)
		net.fates[i] = fates[i];
	return up(link_new_with(&settings, &with, &status, &events, NULL));
}

static void
close_link(struct link *l)
{
	link_free(l);
	link_status_clear(&status);
}

static void
close_lossy(struct link *l)
{
	close_link(l);
	g_assert_cmpuint(net.wires->len, ==, 0);
	g_ptr_array_unref(net.wires);
	g_free(net.dropped);
}

/* --- a task --- */

struct task {
	struct remote_task *task;
	GString *output;
	guint outputs, losses, returns, done;
	enum outcome outcome;
	char *result;
};

static void
on_output(void *user, const char *bytes, gsize len)
{
	struct task *t = user;

	g_string_append_len(t->output, bytes, (gssize)len);
	t->outputs++;
}

static void
on_lost(void *user, const char *problem)
{
	struct task *t = user;

	*(problem ? &t->losses : &t->returns) += 1;
}

static void
on_done(void *user, enum outcome outcome, const char *result)
{
	struct task *t = user;

	t->done++;
	t->outcome = outcome;
	t->result = g_strdup(result);
}

static void
begin(struct task *t, struct link *l, const char *command)
{
	static const struct remote_task_events events = { on_output, on_lost, on_done };

	memset(t, 0, sizeof *t);
	t->output = g_string_new(NULL);
	t->task = remote_task_start(l, command, &events, t);
}

static void
task_clear(struct task *t)
{
	g_string_free(t->output, TRUE);
	g_free(t->result);
}

static void
expect(struct task *t, enum outcome outcome, const char *result)
{
	WAIT_FOR(t->done > 0);
	g_assert_cmpuint(t->done, ==, 1);
	g_test_message("%s: %s", outcome_name(t->outcome), t->result);
	g_assert_cmpint(t->outcome, ==, outcome);
	g_assert_cmpstr(t->result, ==, result);
}

static void
run(struct link *l, const char *command, enum outcome outcome, const char *result, const char *output)
{
	struct task t;

	begin(&t, l, command);
	expect(&t, outcome, result);
	if (output)
		g_assert_cmpstr(t.output->str, ==, output);
	task_clear(&t);
}

static char *
file(const char *name)
{
	return g_build_filename(directory, name, NULL);
}

static gboolean
is_there(const char *path)
{
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* How often the command ran: it adds a line to the file each time. */
static guint
runs(const char *path)
{
	g_autofree char *text = NULL;
	gsize length = 0;
	guint n = 0;

	if (g_file_get_contents(path, &text, &length, NULL))
		for (gsize i = 0; i < length; i++)
			n += text[i] == '\n';
	return n;
}

/* The folder of the task that runs now: a command finds it by its own output. */
static char *
folder_of(const char *path)
{
	g_autofree char *text = NULL;
	char *end;

	WAIT_FOR(is_there(path) && g_file_get_contents(path, &text, NULL, NULL) && strchr(text, '\n'));
	end = strstr(text, "/out");
	g_assert_nonnull(end);
	g_assert_true(g_str_has_prefix(text, "/tmp/midwatch-"));
	return g_strndup(text, (gsize)(end - text));
}

#define SAY_FOLDER "d=$(readlink /proc/$$/fd/1); echo \"$d\" >%1$s.part; mv %1$s.part %1$s; "

/* --- with a link that holds --- */

static void
test_exit_codes(void)
{
	struct link *l = local_link();

	run(l, "true", OUTCOME_OK, "exit 0", "");
	run(l, "echo out; echo err >&2; exit 7", OUTCOME_FAILED, "exit 7", "out\nerr\n");
	run(l, "no-such-program-here 2>/dev/null", OUTCOME_FAILED, "exit 127", "");
	run(l, "read x || echo none", OUTCOME_OK, "exit 0", "none\n"); /* its stdin is empty */
	run(l, "kill -9 $$", OUTCOME_FAILED, "exit 137", NULL);
	run(l, "if", OUTCOME_FAILED, "exit 2", NULL);
	run(l, "exit 0\n", OUTCOME_OK, "exit 0", "");
	close_link(l);
}

static void
test_quoting(void)
{
	static const char value[] = "it's \"$(touch ran)\" `touch ran` \\ \n ; touch ran";
	struct link *l = local_link();
	g_autofree char *quoted = g_shell_quote(value), *command = g_strdup_printf("cd %s && printf '[%%s]' %s", directory, quoted);
	g_autofree char *expected = g_strdup_printf("[%s]", value), *ran = file("ran");

	run(l, command, OUTCOME_OK, "exit 0", expected);
	g_assert_false(is_there(ran));
	close_link(l);
}

/* What is printed arrives while it runs, all of it, once; and nothing stays behind. */
static void
test_streamed(void)
{
	struct link *l = local_link();
	g_autofree char *where = file("streamed"), *go = file("go"), *folder = NULL;
	g_autofree char *command = g_strdup_printf(SAY_FOLDER "echo first; while [ ! -e %2$s ]; do sleep 0.1; done; echo last", where, go);
	struct task t;

	begin(&t, l, command);
	folder = folder_of(where);
	WAIT_FOR(t.output->len > 0);
	g_assert_cmpstr(t.output->str, ==, "first\n");
	g_assert_cmpuint(t.done, ==, 0);
	g_assert_true(is_there(folder));
	g_file_set_contents(go, "", 0, NULL);
	expect(&t, OUTCOME_OK, "exit 0");
	g_assert_cmpstr(t.output->str, ==, "first\nlast\n");
	g_assert_cmpuint(t.losses + t.returns, ==, 0);
	g_assert_false(is_there(folder));
	task_clear(&t);
	close_link(l);
}

static void
test_much_output(void)
{
	struct link *l = local_link();
	struct task t;

	begin(&t, l, "seq 1 120000"); /* more than two chunks */
	expect(&t, OUTCOME_OK, "exit 0");
	g_assert_true(g_str_has_prefix(t.output->str, "1\n2\n"));
	g_assert_true(g_str_has_suffix(t.output->str, "\n119999\n120000\n"));
	g_assert_cmpuint(t.output->len, ==, 9 * 2 + 90 * 3 + 900 * 4 + 9000 * 5 + 90000 * 6 + 20001 * 7);
	g_assert_cmpuint(t.outputs, >=, 3);
	task_clear(&t);
	close_link(l);
}

/* Its shell is killed with the command beside it: no exit code will come. */
static void
test_killed(void)
{
	struct link *l = local_link();
	g_autofree char *where = file("killed"), *folder = NULL, *pid_file = NULL, *pid = NULL;
	g_autofree char *command = g_strdup_printf(SAY_FOLDER "exec sleep 600", where);
	struct task t;

	begin(&t, l, command);
	folder = folder_of(where);
	pid_file = g_build_filename(folder, "pid", NULL);
	g_assert_true(g_file_get_contents(pid_file, &pid, NULL, NULL));
	g_assert_cmpint(kill(-(pid_t)g_ascii_strtoll(pid, NULL, 10), SIGKILL), ==, 0); /* a session of its own, so a group */
	expect(&t, OUTCOME_FAILED, "it was killed before it ended");
	g_assert_false(is_there(folder));
	task_clear(&t);
	close_link(l);
}

static void
test_traces_vanished(void)
{
	struct link *l = local_link();
	g_autofree char *where = file("vanished"), *go = file("vanished-go"), *folder = NULL, *aside = NULL;
	g_autofree char *command = g_strdup_printf(SAY_FOLDER "while [ ! -e %2$s ]; do sleep 0.1; done", where, go);
	struct task t;

	begin(&t, l, command);
	folder = folder_of(where);
	aside = file("aside");
	g_assert_cmpint(g_rename(folder, aside), ==, 0);
	expect(&t, OUTCOME_UNKNOWN, "its traces on the host are gone: was the host restarted?");
	g_file_set_contents(go, "", 0, NULL);
	task_clear(&t);
	close_link(l);
}

static void
test_freed(void)
{
	struct link *l = local_link();
	g_autofree char *where = file("freed"), *go = file("freed-go"), *end = file("freed-end"), *folder = NULL;
	g_autofree char *command = g_strdup_printf(SAY_FOLDER "while [ ! -e %2$s ]; do sleep 0.1; done; echo x >%3$s", where, go, end);
	struct task t;

	begin(&t, l, command);
	folder = folder_of(where);
	remote_task_free(t.task);
	close_link(l);
	g_file_set_contents(go, "", 0, NULL);
	WAIT_FOR(is_there(end));
	g_assert_cmpuint(t.done, ==, 0);
	task_clear(&t);
}

static void
test_link_down(void)
{
	static const struct link_events events = { 0 };
	const struct link_settings settings = { .local = TRUE };
	struct link *l = link_new(&settings, &status, &events, NULL);
	struct task t;

	begin(&t, l, "true"); /* never connected */
	WAIT_FOR(t.done == 1);
	g_assert_cmpint(t.outcome, ==, OUTCOME_FAILED);
	g_assert_true(g_str_has_prefix(t.result, "it was not started: "));
	task_clear(&t);
	close_link(l);
}

/* --- with a link that breaks --- */

static void
cut_after(struct link *l, guint commands)
{
	WAIT_FOR(net.ended >= commands);
	lose();
	link_retry(l);
}

/* One line for each run. */
static char *
counting(const char *path)
{
	return g_strdup_printf("echo ran >>%s; echo said", path);
}

static void
test_lost_before_start(void)
{
	static const enum fate fates[] = { DROPPED };
	struct link *l = lossy_link(fates, 1);
	g_autofree char *path = file("before"), *command = counting(path);
	char *late[] = { (char *)"/bin/sh", (char *)"-c", NULL, NULL };
	struct task t;

	begin(&t, l, command);
	cut_after(l, 1);
	expect(&t, OUTCOME_FAILED, "it was not started: the link was lost before");
	g_assert_cmpuint(t.losses, ==, 1);
	g_assert_cmpuint(runs(path), ==, 0);

	/* What was on its way comes after all: the way is closed to it. */
	late[2] = net.dropped;
	g_assert_true(g_spawn_sync(NULL, late, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL));
	run(l, "sleep 1", OUTCOME_OK, "exit 0", ""); /* time for it to do its harm */
	g_assert_cmpuint(runs(path), ==, 0);
	task_clear(&t);
	close_lossy(l);
}

/* It ran, and the answer to its start was lost. */
static void
test_lost_in_start(void)
{
	static const enum fate fates[] = { MUTE };
	struct link *l = lossy_link(fates, 1);
	g_autofree char *path = file("start"), *command = counting(path);
	struct task t;

	begin(&t, l, command);
	cut_after(l, 1);
	expect(&t, OUTCOME_OK, "exit 0");
	g_assert_cmpuint(t.losses, ==, 1);
	g_assert_cmpuint(t.returns, ==, 1);
	g_assert_cmpuint(runs(path), ==, 1);
	g_assert_cmpstr(t.output->str, ==, "said\n");
	task_clear(&t);
	close_lossy(l);
}

/* Nothing started, and the answer to the claim is lost too: the second claim must know the first one's work as its own. */
static void
test_claim_lost(void)
{
	static const enum fate fates[] = { DROPPED, MUTE };
	struct link *l = lossy_link(fates, 2);
	g_autofree char *path = file("claim"), *command = counting(path);
	struct task t;

	begin(&t, l, command);
	cut_after(l, 1);
	cut_after(l, 2);
	expect(&t, OUTCOME_FAILED, "it was not started: the link was lost before");
	g_assert_cmpuint(runs(path), ==, 0);
	task_clear(&t);
	close_lossy(l);
}

/* It started, and both answers are lost. */
static void
test_start_and_claim_lost(void)
{
	static const enum fate fates[] = { MUTE, MUTE, DROPPED };
	struct link *l = lossy_link(fates, 3);
	g_autofree char *path = file("both"), *command = counting(path);
	struct task t;

	begin(&t, l, command);
	cut_after(l, 1);
	cut_after(l, 2);
	cut_after(l, 3);
	expect(&t, OUTCOME_OK, "exit 0");
	g_assert_cmpuint(runs(path), ==, 1);
	g_assert_cmpstr(t.output->str, ==, "said\n");
	task_clear(&t);
	close_lossy(l);
}

/* Looks are lost, one before and one after it was carried out: nothing of the output is lost or doubled. */
static void
test_lost_in_the_middle(void)
{
	static const enum fate fates[] = { PASSES, MUTE, DROPPED, MUTE };
	struct link *l = lossy_link(fates, 4);
	g_autofree char *path = file("middle"), *command = counting(path);
	struct task t;

	begin(&t, l, command);
	cut_after(l, 2);
	cut_after(l, 3);
	cut_after(l, 4);
	expect(&t, OUTCOME_OK, "exit 0");
	g_assert_cmpuint(t.losses, ==, 3);
	g_assert_cmpuint(t.returns, ==, 1);
	g_assert_cmpuint(runs(path), ==, 1);
	g_assert_cmpstr(t.output->str, ==, "said\n");
	task_clear(&t);
	close_lossy(l);
}

/* The outcome is known: that the traces could not be removed changes nothing. */
static void
test_lost_at_the_end(void)
{
	static const enum fate fates[] = { PASSES, PASSES, PASSES, MUTE };
	struct link *l;
	g_autofree char *path = file("end"), *command = g_strdup_printf("sleep 0.5; echo ran >>%s", path);
	struct task t;

	l = lossy_link(fates, 4);
	begin(&t, l, command);
	WAIT_FOR(net.ended >= 4);
	if (t.done == 0)
		lose();
	expect(&t, OUTCOME_OK, "exit 0");
	g_assert_cmpuint(runs(path), ==, 1);
	task_clear(&t);
	close_lossy(l);
}

/* --- midwatch is killed --- */

/* The victim: starts a task on this machine, and is killed while it runs. */
static int
be_victim(const char *command)
{
	struct link *l = local_link();
	struct task t;

	begin(&t, l, command);
	for (;;)
		g_main_context_iteration(NULL, TRUE);
	return 1;
}

static void
test_kill_9(void)
{
	g_autofree char *where = file("victim"), *go = file("victim-go"), *end = file("victim-end"), *folder = NULL;
	g_autofree char *command = g_strdup_printf(SAY_FOLDER "while [ ! -e %2$s ]; do sleep 0.1; done; echo ran >>%3$s", where, go, end);
	pid_t victim = fork();

	if (victim == 0) {
		execl(self, self, "--victim", command, (char *)NULL);
		_exit(127);
	}
	g_assert_cmpint(victim, >, 0);
	folder = folder_of(where);
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	g_file_set_contents(go, "", 0, NULL);
	WAIT_FOR(runs(end) == 1);
}

static void
remove_tree(const char *path)
{
	char *argv[] = { (char *)"rm", (char *)"-rf", (char *)"--", (char *)path, NULL };

	g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

int
main(int argc, char **argv)
{
	g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
	int result;

	self = path;
	if (argc == 3 && strcmp(argv[1], "--victim") == 0)
		return be_victim(argv[2]);
	g_test_init(&argc, &argv, NULL);
	directory = g_dir_make_tmp("remote-task-XXXXXX", NULL);
	g_assert_nonnull(directory);
	g_test_add_func("/remote-task/exit-codes", test_exit_codes);
	g_test_add_func("/remote-task/quoting", test_quoting);
	g_test_add_func("/remote-task/streamed", test_streamed);
	g_test_add_func("/remote-task/much-output", test_much_output);
	g_test_add_func("/remote-task/killed", test_killed);
	g_test_add_func("/remote-task/traces-vanished", test_traces_vanished);
	g_test_add_func("/remote-task/freed", test_freed);
	g_test_add_func("/remote-task/link-down", test_link_down);
	g_test_add_func("/remote-task/lost-before-start", test_lost_before_start);
	g_test_add_func("/remote-task/lost-in-start", test_lost_in_start);
	g_test_add_func("/remote-task/claim-lost", test_claim_lost);
	g_test_add_func("/remote-task/start-and-claim-lost", test_start_and_claim_lost);
	g_test_add_func("/remote-task/lost-in-the-middle", test_lost_in_the_middle);
	g_test_add_func("/remote-task/lost-at-the-end", test_lost_at_the_end);
	g_test_add_func("/remote-task/kill-9", test_kill_9);
	result = g_test_run();
	remove_tree(directory);
	g_free(directory);
	return result;
}
