/* The line that tells a remote command's exit code, and its removal from the output. An SSH library's or client's own exit code cannot
 * be trusted (it is 0 or 255 when the link died), so the shell over there prints "__mw_<token>=<code>" after the command; the token is
 * random, so no output can forge it. */
#ifndef MW_BACKENDS_SENTINEL_H
#define MW_BACKENDS_SENTINEL_H

#include <glib.h>

struct sentinel {
	char mark[32];     /* "__mw_<16 hex digits>=" */
	gsize mark_length;
	GByteArray *held;  /* bytes that may be the beginning of the mark */
	gboolean seen;
	int exit_code;     /* valid when seen */
};

void sentinel_init(struct sentinel *s);
void sentinel_clear(struct sentinel *s);
/* Takes output in; gives what surely is not the sentinel to `emit`, which must not free `s`. What follows the sentinel is dropped: the
 * command has ended. */
void sentinel_feed(struct sentinel *s, const char *bytes, gsize len, void (*emit)(void *user, const char *bytes, gsize len), void *user);
/* The output is over: gives out what was held back. */
void sentinel_flush(struct sentinel *s, void (*emit)(void *user, const char *bytes, gsize len), void *user);

enum sentinel_hangup {
	HANGUP_NEVER,   /* stdin belongs to the command */
	HANGUP_BY_WORD, /* a line on stdin asks for the end; end of file does not: a lost link leaves an action running */
	HANGUP_BY_EOF,  /* the end of stdin too: a follower must not outlive its link */
	HANGUP_ECHOES,  /* the end of stdin alone; each line before comes back among the output: the group that would be ended is there, and so is the link */
};
/* The POSIX sh script that runs `command`, obeys a hang-up by ending its whole process group, and prints the sentinel. */
char *sentinel_script(const struct sentinel *s, const char *command, enum sentinel_hangup hangup);
/* Wraps a POSIX sh script so that any login shell (sh, bash, csh, fish, BusyBox) hands it to /bin/sh unchanged. */
char *sentinel_shell_line(const char *script);

#endif
