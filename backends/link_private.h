/* What the parts of the link share: link.c (state), link_exec.c (session channels), link_job.c, link_stream.c, link_tunnel.c. */
#ifndef MW_BACKENDS_LINK_PRIVATE_H
#define MW_BACKENDS_LINK_PRIVATE_H

#include "backends/backoff.h"
#include "backends/link.h"
#include "backends/loop_watch.h"
#include "backends/secret.h"
#include "backends/sentinel.h"
#include "backends/transport.h"

/* sshd's MaxSessions is 10 by default; two are left to the operator's own hands. Followers never take the last two, or a probe would
 * wait for ever. On this machine only the number of processes counts. */
#define LINK_SESSIONS 8
#define LINK_SESSIONS_LOCAL 32
#define LINK_SESSIONS_FOR_JOBS 2

struct link_transports {
	const struct transport_class *first;
	const struct transport_class *other; /* taken when the first says TRANSPORT_UNSUPPORTED; NULL = none */
	double (*random)(void);              /* in [0, 1), for the backoff */
};

struct link {
	struct link_settings settings; /* owned strings */
	struct link_events events;
	void *user;
	struct link_status *status;
	struct link_transports transports;
	const struct transport_class *class; /* in use, or to be tried next */
	struct transport *transport;         /* NULL between attempts */
	struct transport *spent;             /* failed; destroyed from the loop */
	struct backoff backoff;
	struct loop_watch *retry;
	guint notify, restart, pump;         /* sources */
	guint auth_failures;
	struct secret *passphrase;
	char *accept_host_key;               /* what the operator accepted, for the next attempt */

	GQueue waiting, running; /* of struct exec */
	guint session_limit;     /* lowered when the server refuses more */
	GQueue tunnels;          /* of struct link_tunnel */
};

/* link_new() with the transports chosen by the caller. */
struct link *link_new_with(const struct link_settings *s, const struct link_transports *transports, struct link_status *status,
                           const struct link_events *e, void *user);

/* --- session channels (link_exec.c) --- */
enum exec_kind {
	EXEC_JOB,    /* ends by itself */
	EXEC_STREAM, /* followed; must not outlive the link */
	EXEC_RAW,    /* a duplex byte stream to a command, no exit code */
};
struct exec_events {
	void (*opened)(void *user);                               /* may be NULL */
	void (*data)(void *user, const char *bytes, gsize len);
	void (*errors)(void *user, const char *bytes, gsize len); /* may be NULL */
	void (*eof)(void *user);                                  /* EXEC_RAW only; may be NULL */
	void (*writable)(void *user);                             /* may be NULL */
	/* All places for what is followed are taken: `logs` of them by other streams, `most` at once. Again when that changes. May be NULL. */
	void (*waits)(void *user, guint logs, guint most);
	/* Last event; the exec is gone already. `problem` is safe text, NULL when exited. */
	void (*done)(void *user, enum link_outcome outcome, int exit_code, const char *problem);
	/* Instead of `done` when the link is freed: the exec is gone. May be NULL. */
	void (*dropped)(void *user);
};
struct exec;
/* `has_input`: the caller writes to its stdin and ends it (EXEC_RAW always may); of EXEC_STREAM: what is written comes back. Waits for a free channel. */
struct exec *exec_new(struct link *l, enum exec_kind kind, const char *command, gboolean has_input, const struct exec_events *e, void *user);
gboolean exec_is_sent(const struct exec *e); /* it may have started */
gsize exec_write(struct exec *e, const char *bytes, gsize len);
void exec_write_eof(struct exec *e);
void exec_pause(struct exec *e, gboolean paused);
/* Hangs up, without events; the exec is gone. */
void exec_cancel(struct exec *e);
/* Opens what fits, and fails what waits while the link is down; from the loop. */
void exec_pump_later(struct link *l);
/* Drops all of them: the link is freed. */
void exec_clear(struct link *l);

/* The reason why the link is not up, for problem texts; g_free it. */
char *link_describe_down(const struct link *l);

/* --- tunnels (link_tunnel.c) --- */
void link_tunnels_up(struct link *l);
void link_tunnels_clear(struct link *l);

#endif
