/* Commands that end by themselves. */
#include "backends/link_private.h"

#define TIMEOUT_MS 30000
#define OUTPUT_MAX (1024 * 1024)
#define ERRORS_MAX (64 * 1024)

struct link_job {
	struct exec *exec;
	GString *output, *errors;
	gsize max_output;
	gboolean truncated, hang_up;
	char *input;
	gsize input_length, input_sent;
	guint timeout, timeout_ms;
	link_done done;
	void *user;
};

static void
job_free(struct link_job *j)
{
	if (j->timeout)
		g_source_remove(j->timeout);
	g_string_free(j->output, TRUE);
	g_string_free(j->errors, TRUE);
	g_free(j->input);
	g_free(j);
}

static void
finish(struct link_job *j, enum link_outcome outcome, int exit_code, const char *problem)
{
	const struct link_result result = {
		.outcome = outcome,
		.exit_code = exit_code,
		.output = j->output->str,
		.errors = j->errors->str,
		.output_length = j->output->len,
		.errors_length = j->errors->len,
		.truncated = j->truncated,
		.problem = problem,
	};

	j->done(&result, j->user);
	job_free(j);
}

static void
keep(struct link_job *j, GString *where, gsize limit, const char *bytes, gsize len)
{
	gsize room = limit - MIN(limit, where->len);

	if (len > room)
		j->truncated = TRUE;
	g_string_append_len(where, bytes, (gssize)MIN(len, room));
}

static gboolean
on_too_much(gpointer data)
{
	struct link_job *j = data;
	g_autofree char *problem = g_strdup_printf("It printed more than %zu KiB and was hung up: does a script of the login print something?",
	                                           j->max_output / 1024);

	j->timeout = 0;
	exec_cancel(j->exec);
	finish(j, LINK_UNCERTAIN, -1, problem);
	return G_SOURCE_REMOVE;
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct link_job *j = user;
	gboolean before = j->truncated;

	keep(j, j->output, j->max_output, bytes, len);
	if (!j->hang_up || before || !j->truncated)
		return;
	g_source_remove(j->timeout);
	j->timeout = g_idle_add_full(G_PRIORITY_DEFAULT, on_too_much, j, NULL);
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct link_job *j = user;

	keep(j, j->errors, MIN(j->max_output, ERRORS_MAX), bytes, len);
}

static void
send_input(void *user)
{
	struct link_job *j = user;

	if (!j->input)
		return;
	j->input_sent += exec_write(j->exec, j->input + j->input_sent, j->input_length - j->input_sent);
	if (j->input_sent == j->input_length) {
		exec_write_eof(j->exec);
		g_clear_pointer(&j->input, g_free);
	}
}

static void
on_done(void *user, enum link_outcome outcome, int exit_code, const char *problem)
{
	finish(user, outcome, exit_code, problem);
}

static void
on_dropped(void *user)
{
	struct link_job *j = user;

	j->exec = NULL;
	if (j->timeout)
		g_source_remove(j->timeout);
	j->timeout = 0;
}

static gboolean
on_timeout(gpointer data)
{
	struct link_job *j = data;
	gboolean sent = exec_is_sent(j->exec);
	g_autofree char *problem = NULL;

	j->timeout = 0;
	exec_cancel(j->exec);
	problem = sent ? g_strdup_printf("The command did not end within %u s and was hung up; whether it did its work is not known.",
	                                 (j->timeout_ms + 999) / 1000)
	               : g_strdup_printf("Nothing was sent: no channel of the link became free within %u s.", (j->timeout_ms + 999) / 1000);
	finish(j, sent ? LINK_UNCERTAIN : LINK_NOT_SENT, -1, problem);
	return G_SOURCE_REMOVE;
}

struct link_job *
link_run(struct link *l, const struct link_command *c, link_done done, void *user)
{
	static const struct exec_events events = {
		.opened = send_input, .writable = send_input, .data = on_data, .errors = on_errors, .done = on_done,
		.dropped = on_dropped };
	struct link_job *j = g_new0(struct link_job, 1);
	const char *input = c->input ? c->input : c->unwatched ? "" : NULL;

	j->output = g_string_new(NULL);
	j->errors = g_string_new(NULL);
	j->max_output = c->max_output ? c->max_output : OUTPUT_MAX;
	j->input = input ? g_memdup2(input, MAX(c->input_length, 1)) : NULL;
	j->input_length = c->input_length;
	j->hang_up = c->hang_up;
	j->timeout_ms = c->timeout_ms ? c->timeout_ms : TIMEOUT_MS;
	j->done = done;
	j->user = user;
	j->exec = exec_new(l, EXEC_JOB, c->command, input != NULL, &events, j);
	j->timeout = g_timeout_add(j->timeout_ms, on_timeout, j);
	return j;
}

void
link_job_cancel(struct link_job *j)
{
	if (!j)
		return;
	if (j->exec)
		exec_cancel(j->exec);
	job_free(j);
}
