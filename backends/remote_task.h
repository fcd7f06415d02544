/* A command that changes something over there: it runs on when the link is lost, its output and exit code are fetched afterwards, and it can
 * never be started twice. It runs in a session of its own; its output, process and exit code are files in /tmp/midwatch-TOKEN (0700) over there, which
 * is removed when they have been read. Making that directory is what starts it: when it is not certain whether the start was carried out,
 * midwatch makes the directory itself and leaves it there, and a start that comes late finds it taken. */
#ifndef MW_BACKENDS_REMOTE_TASK_H
#define MW_BACKENDS_REMOTE_TASK_H

#include "backends/link.h"
#include "model/audit.h"

struct remote_task;

struct remote_task_events {
	void (*output)(void *user, const char *bytes, gsize len); /* stdout and stderr, raw, within a second or so */
	/* The link is lost or came back: `problem` says what is not known now, NULL when all is well again. */
	void (*lost)(void *user, const char *problem);
	/* Exactly once, unless freed. OK: exit code 0. FAILED: another one, it did not start, or it was killed. UNKNOWN: its traces
	 * are gone, no process of it was seen, or nothing can be made in /tmp over there. `result`: safe words. */
	void (*done)(void *user, enum outcome outcome, const char *result);
};

/* `command`: a POSIX sh command, words from outside quoted with g_shell_quote(). */
struct remote_task *remote_task_start(struct link *l, const char *command, const struct remote_task_events *e, void *user);
/* Stops looking; the command goes on over there. Not from inside its callbacks. */
void remote_task_free(struct remote_task *t);

#endif
