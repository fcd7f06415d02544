#include "backends/remote_task.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "model/sanitize.h"

#define LOOK_MS 1000
#define CHUNK_BYTES 262144 /* of output at a look */
#define LOOK_GONE 3        /* exit code: the folder is not there */
#define CLAIM_TAKEN 7      /* exit code: the folder is there, so the start arrived */
#define BEGIN_LOOKS 30     /* so many looks at a folder without a process: it was never made */

struct remote_task {
	struct link *link;
	struct remote_task_events events;
	void *user;
	gboolean claiming; /* whether the start arrived is not known */
	char *folder;      /* over there */
	struct link_job *job;
	guint timer;
	guint64 taken;     /* bytes of output */
	guint unbegun;     /* looks that found no process yet */
	gboolean lost;
	enum outcome outcome;
	char *result;
};

static void look_later(struct remote_task *t);

static char *
random_folder(void)
{
	guint8 bytes[16];
	GString *text = g_string_new("/tmp/midwatch-");

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		g_error("the kernel gives no random bytes");
	for (guint i = 0; i < sizeof bytes; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return g_string_free(text, FALSE);
}

static void
tell_lost(struct remote_task *t, const char *problem)
{
	if (!problem && !t->lost)
		return;
	t->lost = problem != NULL;
	t->events.lost(t->user, problem);
}

static void
finish(struct remote_task *t)
{
	struct remote_task_events events = t->events;
	enum outcome outcome = t->outcome;
	g_autofree char *result = g_steal_pointer(&t->result);
	void *user = t->user;

	remote_task_free(t);
	events.done(user, outcome, result);
}

static void
end(struct remote_task *t, enum outcome outcome, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
end(struct remote_task *t, enum outcome outcome, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list args;

	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	t->outcome = outcome;
	t->result = sanitize_text(words, -1);
}

static void
run(struct remote_task *t, const char *script, gsize max_output, link_done done)
{
	const struct link_command c = { .command = script, .max_output = max_output };

	t->job = link_run(t->link, &c, done, t);
}

/* --- the end --- */

static void
on_removed(const struct link_result *r, void *user)
{
	struct remote_task *t = user;

	t->job = NULL;
	finish(t);
}

/* A folder that could not be removed, since the link is lost just now, is left to the host's own cleaning of /tmp. */
static void
remove_folder(struct remote_task *t)
{
	g_autofree char *script = g_strdup_printf("cd %s && rm -f out rc rc.part pid && cd / && rmdir %s", t->folder, t->folder);

	run(t, script, 0, on_removed);
}

/* --- following --- */

/* TRUE: it has ended. A process that is gone without a code was killed, or had its host restarted. */
static gboolean
take_state(struct remote_task *t, int code, int alive)
{
	t->unbegun = alive == 2 ? t->unbegun + 1 : 0;
	if (code >= 0)
		end(t, code == 0 ? OUTCOME_OK : OUTCOME_FAILED, "exit %d", code);
	else if (alive == 0)
		end(t, OUTCOME_FAILED, "it was killed before it ended");
	else if (t->unbegun >= BEGIN_LOOKS)
		end(t, OUTCOME_UNKNOWN, "the host took it, but no process of it was ever seen");
	else
		return FALSE;
	return TRUE;
}

/* The first line is "EXIT-CODE ALIVE", both before the output is read, so that output is complete when an exit code is there. */
static gboolean
take_look(struct remote_task *t, const char *output, gsize len)
{
	const char *feed = memchr(output, '\n', len);
	int code = -1, alive = 0;
	gsize rest;

	if (!feed || sscanf(output, "%d %d", &code, &alive) != 2) {
		end(t, OUTCOME_UNKNOWN, "the host answers nothing that can be understood about it");
		return TRUE;
	}
	rest = len - (gsize)(feed + 1 - output);
	t->taken += rest;
	if (rest > 0)
		t->events.output(t->user, feed + 1, rest);
	return rest < CHUNK_BYTES && take_state(t, code, alive); /* a whole chunk: there may be more */
}

static void
on_look(const struct link_result *r, void *user)
{
	struct remote_task *t = user;

	t->job = NULL;
	if (r->outcome != LINK_EXITED) {
		g_autofree char *words = g_strdup_printf("%s; the command goes on over there", r->problem);
		tell_lost(t, words);
		look_later(t);
		return;
	}
	if (r->exit_code != 0 && r->exit_code != LOOK_GONE) { /* a look that failed tells nothing: no process could be had, perhaps */
		g_autofree char *words = g_strdup_printf("the host could not be asked: exit %d", r->exit_code);
		tell_lost(t, words);
		look_later(t);
		return;
	}
	tell_lost(t, NULL);
	if (r->exit_code == LOOK_GONE) {
		end(t, OUTCOME_UNKNOWN, "its traces on the host are gone: was the host restarted?");
		finish(t);
	} else if (take_look(t, r->output, r->output_length)) {
		remove_folder(t);
	} else {
		look_later(t);
	}
}

/* The code is -1 while there is none. Alive is 1, 0, or 2 while there is no process yet; it is asked before the code is, which comes last. */
static void
look(struct remote_task *t)
{
	g_autofree char *script = g_strdup_printf(
		"d=%s; [ -d $d ] || exit %d; p=$(cat $d/pid 2>/dev/null); a=2; [ -n \"$p\" ] && { a=1; kill -0 \"$p\" 2>/dev/null || a=0; }; "
		"case $(cat /proc/$p/stat 2>/dev/null) in *') Z '*) a=0;; esac; " /* dead, and nobody took its leave: no init in a container */
		"c=$(cat $d/rc 2>/dev/null) || c=-1; echo \"${c:--1} $a\"; tail -c +%" G_GUINT64_FORMAT " $d/out 2>/dev/null | head -c %d",
		t->folder, LOOK_GONE, t->taken + 1, CHUNK_BYTES);

	run(t, script, CHUNK_BYTES + 64, on_look);
}

/* --- the start --- */

/* The folder is ours or its own now: nothing can start after this. Ours stays, for a start that may still come late would find its way free. */
static void
on_claim(const struct link_result *r, void *user)
{
	struct remote_task *t = user;

	t->job = NULL;
	if (r->outcome != LINK_EXITED) {
		tell_lost(t, "the link was lost while it was started");
		look_later(t);
		return;
	}
	tell_lost(t, NULL);
	if (r->exit_code == CLAIM_TAKEN) {
		t->claiming = FALSE;
		look_later(t);
	} else {
		if (r->exit_code == 0)
			end(t, OUTCOME_FAILED, "it was not started: the link was lost before");
		else
			end(t, OUTCOME_UNKNOWN, "whether it was started is not known: nothing can be made in the host's /tmp");
		finish(t);
	}
}

/* What we made is marked: the answer to an earlier claim may have been lost as well. */
static void
claim(struct remote_task *t)
{
	g_autofree char *script = g_strdup_printf("d=%s; mkdir -m 700 $d 2>/dev/null && : >$d/claimed; [ -e $d/claimed ] && exit 0; [ -d $d ] && exit %d; exit 1",
	                                          t->folder, CLAIM_TAKEN);

	run(t, script, 0, on_claim);
}

static void
on_started(const struct link_result *r, void *user)
{
	struct remote_task *t = user;

	t->job = NULL;
	if (r->outcome == LINK_EXITED && r->exit_code == 0) {
		look(t);
	} else if (r->outcome == LINK_UNCERTAIN) {
		t->claiming = TRUE;
		tell_lost(t, r->problem);
		look_later(t);
	} else {
		if (r->outcome == LINK_EXITED)
			end(t, OUTCOME_FAILED, "it could not be started: %s", *r->errors ? r->errors : "the host's shell refused");
		else
			end(t, OUTCOME_FAILED, "it was not started: %s", r->problem ? r->problem : "the link is down");
		finish(t);
	}
}

static gboolean
on_timer(gpointer user)
{
	struct remote_task *t = user;

	t->timer = 0;
	if (!link_is_up(t->link))
		look_later(t);
	else if (t->claiming)
		claim(t);
	else
		look(t);
	return G_SOURCE_REMOVE;
}

static void
look_later(struct remote_task *t)
{
	t->timer = g_timeout_add(LOOK_MS, on_timer, t);
}

/* The inner shell writes its process id first and its exit code last, by a rename, so that a code that is there is whole. */
static char *
start_script(const char *folder, const char *command)
{
	g_autofree char *quoted = g_shell_quote(command);
	g_autofree char *inner = g_strdup_printf(
		"trap '' HUP; echo $$ >%s/pid; sh -c %s >%s/out 2>&1 </dev/null; echo $? >%s/rc.part; mv %s/rc.part %s/rc",
		folder, quoted, folder, folder, folder, folder);
	g_autofree char *outer = g_shell_quote(inner);

	return g_strdup_printf("umask 077; mkdir %s || exit 1; : >%s/out; s=$(command -v setsid); $s sh -c %s >/dev/null 2>&1 </dev/null &",
	                       folder, folder, outer);
}

struct remote_task *
remote_task_start(struct link *l, const char *command, const struct remote_task_events *e, void *user)
{
	struct remote_task *t = g_new0(struct remote_task, 1);
	g_autofree char *script = NULL;

	t->link = l;
	t->events = *e;
	t->user = user;
	t->folder = random_folder();
	script = start_script(t->folder, command);
	run(t, script, 0, on_started);
	return t;
}

void
remote_task_free(struct remote_task *t)
{
	if (!t)
		return;
	if (t->job)
		link_job_cancel(t->job);
	g_clear_handle_id(&t->timer, g_source_remove);
	g_free(t->folder);
	g_free(t->result);
	g_free(t);
}
