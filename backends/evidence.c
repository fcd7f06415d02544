#include "backends/evidence.h"

#include <string.h>

#include "backends/docker_frames.h"
#include "backends/docker_log.h"
#include "backends/evidence_folder.h"
#include "model/json.h"
#include "model/sanitize.h"

#define REQUEST_TIMEOUT_MS 30000
#define LOG_TIMEOUT_MS 120000
#define COMMAND_OUTPUT_MAX ((gsize)64 << 20)

enum step { STEP_INSPECT, STEP_STATS, STEP_LOG_TAIL, STEP_LOG_SPAN, STEP_COMMAND, STEP_FINISH };

struct finish;

struct evidence {
	evidence_done done;
	void *user;
	struct evidence_folder *folder; /* NULL once the thread has it */
	char *problem;                  /* set at once when the folder could not be made */
	guint idle;                     /* tells of it */
	struct finish *finishing;       /* the thread's; NULL = it does not run */
	enum step step;

	struct docker *docker;
	char *id, *base, *socket;
	struct http_request *request;
	gboolean tty;
	struct docker_frames frames;
	guint64 lines;
	gint64 first_us;                /* UTC of the first line of the log that came; 0 = none */
	gboolean at_start;              /* the next byte begins a line */
	char *write_problem;            /* while a log streams in */

	struct link *link;
	struct link_job *job;
	struct evidence_command *commands; /* strings owned */
	guint command, command_count;      /* the one that runs */
};

static void next_step(struct evidence *e);

static void
evidence_free(struct evidence *e)
{
	evidence_folder_free(e->folder);
	docker_frames_clear(&e->frames);
	g_free(e->problem);
	g_free(e->id);
	g_free(e->base);
	g_free(e->socket);
	g_free(e->write_problem);
	for (guint i = 0; i < e->command_count; i++) {
		g_free((char *)e->commands[i].file);
		g_free((char *)e->commands[i].command);
	}
	g_free(e->commands);
	g_free(e);
}

static void
end(struct evidence *e, const struct evidence_result *r)
{
	evidence_done done = e->done;
	void *user = e->user;

	evidence_free(e); /* what was not finished is gone before anybody hears of it */
	done(r, user);
}

static void
fail(struct evidence *e, const char *problem)
{
	g_autofree char *words = sanitize_text(problem, -1);

	end(e, &(struct evidence_result){ .problem = words });
}

/* --- the end: the disk is waited for in a thread --- */

struct finish {
	struct evidence *evidence;      /* NULL: cancelled meanwhile; main thread only */
	struct evidence_folder *folder;
	char *directory, *sha256;
	GError *error;
};

static gboolean
on_finished(gpointer data)
{
	struct finish *f = data;
	struct evidence *e = f->evidence;

	evidence_folder_free(f->folder);
	if (e) {
		if (f->directory)
			end(e, &(struct evidence_result){ .directory = f->directory, .sha256 = f->sha256 });
		else
			fail(e, f->error->message);
	}
	g_free(f->directory);
	g_free(f->sha256);
	g_clear_error(&f->error);
	g_free(f);
	return G_SOURCE_REMOVE;
}

static gpointer
finish_thread(gpointer data)
{
	struct finish *f = data;

	f->directory = evidence_folder_finish(f->folder, &f->sha256, &f->error);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_finished, f, NULL);
	return NULL;
}

static void
finish(struct evidence *e)
{
	struct finish *f = g_new0(struct finish, 1);

	f->evidence = e;
	f->folder = g_steal_pointer(&e->folder);
	e->finishing = f;
	g_thread_unref(g_thread_new("evidence", finish_thread, f));
}

/* --- what Docker says --- */

/* The health log on its own is what one looks for first. */
static gboolean
take_health(struct evidence *e, const cJSON *inspect, GError **error)
{
	const cJSON *health = json_object(json_object(inspect, "State"), "Health");
	char *text = health ? cJSON_Print(health) : NULL;
	gboolean ok = TRUE;

	if (text)
		ok = evidence_folder_file(e->folder, "health.json", error) && evidence_folder_write(e->folder, text, strlen(text), error);
	else
		evidence_folder_remark(e->folder, "the container has no health check");
	cJSON_free(text);
	return ok;
}

static gboolean
take_inspect(struct evidence *e, const struct http_reply *r, GError **error)
{
	g_autoptr(cJSON) inspect = cJSON_ParseWithLength(r->body, r->body_length);

	e->tty = json_true(json_object(inspect, "Config"), "Tty");
	return take_health(e, inspect, error);
}

static void
on_reply(void *user, const struct http_reply *r)
{
	struct evidence *e = user;
	const char *file = e->step == STEP_INSPECT ? "inspect.json" : "stats.json";
	g_autofree char *problem = docker_problem(r);
	g_autoptr(GError) error = NULL;

	e->request = NULL;
	if (problem) {
		fail(e, problem);
		return;
	}
	if (!evidence_folder_file(e->folder, file, &error) || !evidence_folder_write(e->folder, r->body, r->body_length, &error) ||
	    (e->step == STEP_INSPECT && !take_inspect(e, r, &error))) {
		fail(e, error->message);
		return;
	}
	e->step++;
	next_step(e);
}

static void
get(struct evidence *e, const char *path)
{
	static const struct http_events events = { .done = on_reply };
	g_autofree char *url = g_strdup_printf("%s/containers/%s%s", e->base, e->id, path);
	const struct http_settings settings = { .url = url, .unix_socket = e->socket, .timeout_ms = REQUEST_TIMEOUT_MS };

	e->request = http_send(docker_http(e->docker), &settings, &events, e);
}

/* --- the log --- */

/* Counts lines, and takes the first one's time. */
static void
take_log(struct evidence *e, const char *bytes, gsize len)
{
	g_autoptr(GError) error = NULL;
	gint64 ns;
	gsize used;

	if (e->lines == 0 && e->at_start && docker_log_stamp(bytes, len, &ns, &used))
		e->first_us = ns / 1000;
	for (gsize i = 0; i < len; i++)
		e->lines += bytes[i] == '\n';
	if (len > 0)
		e->at_start = bytes[len - 1] == '\n';
	if (!e->write_problem && !evidence_folder_write(e->folder, bytes, len, &error))
		e->write_problem = g_strdup(error->message);
}

static void
on_frame(void *user, enum docker_stream type, const char *bytes, gsize len)
{
	if (type == DOCKER_SYSTEM)
		evidence_folder_remark(((struct evidence *)user)->folder, "the daemon reported an error within the log");
	take_log(user, bytes, len);
}

static gboolean
on_log(void *user, const char *bytes, gsize len)
{
	struct evidence *e = user;

	if (e->tty)
		take_log(e, bytes, len);
	else if (!docker_frames_feed(&e->frames, bytes, len, on_frame, e) && !e->write_problem)
		e->write_problem = g_strdup(e->frames.problem);
	return TRUE;
}

/* A busy container writes more than the tail within the span: then the span is taken instead. */
static gboolean
tail_is_enough(const struct evidence *e)
{
	return e->lines < EVIDENCE_LINES || e->first_us <= g_get_real_time() - (gint64)EVIDENCE_SPAN_S * G_USEC_PER_SEC;
}

static void
on_log_end(void *user, const struct http_reply *r)
{
	struct evidence *e = user;
	g_autofree char *problem = docker_problem(r);

	e->request = NULL;
	if (e->write_problem) {
		fail(e, e->write_problem);
		return;
	}
	if (problem && r->status >= 400 && r->status != 404) /* a log driver that cannot be read: nothing would be saved by waiting */
		evidence_folder_remark(e->folder, problem);
	else if (problem) {
		fail(e, problem);
		return;
	}
	e->step = e->step == STEP_LOG_SPAN || tail_is_enough(e) ? STEP_FINISH : STEP_LOG_SPAN;
	next_step(e);
}

static void
get_log(struct evidence *e)
{
	static const struct http_events events = { .data = on_log, .done = on_log_end };
	gint64 since = g_get_real_time() / G_USEC_PER_SEC - EVIDENCE_SPAN_S;
	g_autofree char *part = e->step == STEP_LOG_TAIL ? g_strdup_printf("tail=%d", EVIDENCE_LINES) : g_strdup_printf("since=%" G_GINT64_FORMAT, since);
	g_autofree char *url = g_strdup_printf("%s/containers/%s/logs?stdout=1&stderr=1&timestamps=1&%s", e->base, e->id, part);
	const struct http_settings settings = { .url = url, .unix_socket = e->socket, .timeout_ms = LOG_TIMEOUT_MS };
	g_autoptr(GError) error = NULL;

	e->lines = 0;
	e->first_us = 0;
	e->at_start = TRUE;
	docker_frames_reset(&e->frames);
	if (!evidence_folder_file(e->folder, "log.txt", &error))
		fail(e, error->message);
	else
		e->request = http_send(docker_http(e->docker), &settings, &events, e);
}

/* --- commands --- */

/* FALSE with words when nothing can be kept of it. */
static gboolean
take_output(struct evidence *e, const struct evidence_command *c, const struct link_result *r, char **problem)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *remark = NULL;

	if (r->exit_code != 0 && r->output_length == 0) {
		remark = g_strdup_printf("%s%sexit %d: %s", c->needed ? "" : c->file, c->needed ? "" : ": ", r->exit_code, r->errors);
		if (c->needed)
			*problem = g_steal_pointer(&remark);
		else
			evidence_folder_remark(e->folder, remark);
		return *problem == NULL;
	}
	if (r->truncated) {
		remark = g_strdup_printf("%s: there is more than was kept", c->file);
		evidence_folder_remark(e->folder, remark);
	}
	if (!evidence_folder_file(e->folder, c->file, &error) || !evidence_folder_write(e->folder, r->output, r->output_length, &error))
		*problem = g_strdup(error->message);
	return *problem == NULL;
}

static void
on_command(const struct link_result *r, void *user)
{
	struct evidence *e = user;
	g_autofree char *problem = NULL;

	e->job = NULL;
	if (r->outcome != LINK_EXITED || !take_output(e, &e->commands[e->command], r, &problem)) {
		fail(e, problem ? problem : r->problem);
		return;
	}
	if (++e->command == e->command_count)
		e->step = STEP_FINISH;
	next_step(e);
}

static void
run_command(struct evidence *e)
{
	const struct link_command c = { .command = e->commands[e->command].command, .timeout_ms = LOG_TIMEOUT_MS, .max_output = COMMAND_OUTPUT_MAX };

	e->job = link_run(e->link, &c, on_command, e);
}

/* --- both --- */

static void
next_step(struct evidence *e)
{
	switch (e->step) {
	case STEP_INSPECT: get(e, "/json"); break;
	case STEP_STATS: get(e, "/stats?stream=false"); break;
	case STEP_LOG_TAIL: case STEP_LOG_SPAN: get_log(e); break;
	case STEP_COMMAND: run_command(e); break;
	case STEP_FINISH: finish(e); break;
	}
}

static gboolean
on_idle(gpointer data)
{
	struct evidence *e = data;

	e->idle = 0;
	if (e->problem)
		fail(e, e->problem);
	else
		next_step(e);
	return G_SOURCE_REMOVE;
}

static struct evidence *
evidence_new(const char *host, const char *name, const char *id, evidence_done done, void *user)
{
	struct evidence *e = g_new0(struct evidence, 1);
	g_autoptr(GError) error = NULL;

	e->done = done;
	e->user = user;
	docker_frames_init(&e->frames);
	e->folder = evidence_folder_new(host, name, id, &error);
	if (!e->folder)
		e->problem = g_strdup(error->message);
	e->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, e, NULL);
	return e;
}

struct evidence *
evidence_of_container(struct docker *d, const char *id, const char *host, const char *name, evidence_done done, void *user)
{
	struct evidence *e = evidence_new(host, name, id, done, user);

	e->step = STEP_INSPECT;
	e->docker = d;
	e->id = g_strdup(id);
	e->base = g_strdup(docker_base_url(d));
	e->socket = g_strdup(docker_socket(d));
	if (!e->base && !e->problem)
		e->problem = g_strdup("Docker on this host is not connected now");
	return e;
}

struct evidence *
evidence_of_commands(struct link *l, const struct evidence_command *commands, guint count, const char *host, const char *name,
                     evidence_done done, void *user)
{
	struct evidence *e = evidence_new(host, name, NULL, done, user);

	e->step = STEP_COMMAND;
	e->link = l;
	e->command_count = count;
	e->commands = g_new0(struct evidence_command, count);
	for (guint i = 0; i < count; i++)
		e->commands[i] = (struct evidence_command){ g_strdup(commands[i].file), g_strdup(commands[i].command), commands[i].needed };
	return e;
}

void
evidence_cancel(struct evidence *e)
{
	if (!e)
		return;
	if (e->idle)
		g_source_remove(e->idle);
	if (e->request)
		http_cancel(e->request);
	if (e->job)
		link_job_cancel(e->job);
	if (e->finishing)
		e->finishing->evidence = NULL; /* it ends on its own; what it saved stays */
	evidence_free(e);
}
