/* The link to a host: keeps a transport up (backoff, questions, fallback to the ssh child), and offers commands, streams and tunnels.
 * Everything remote is one of these three. Main thread only. */
#ifndef MW_BACKENDS_LINK_H
#define MW_BACKENDS_LINK_H

#include <glib.h>

#include "model/host.h"

struct link;
struct link_job;
struct link_stream;
struct link_tunnel;

struct link_settings {
	gboolean local;           /* this machine, no SSH */
	const char *host;         /* ssh alias; ignored when local */
	const char *ssh_config;   /* NULL = the user's own */
	const char *known_hosts;  /* NULL = as ssh says */
	const char *transport;    /* "auto" (libssh2, the ssh child where it cannot), "libssh2", "ssh" */
	guint connect_timeout_s;  /* 0 = default */
	const char *hostname;     /* overrides ssh's HostName: an address or a name; NULL = as ssh knows the host */
	gboolean hostname_yields; /* `hostname` counts only where ssh's own configuration has no HostName for the host */
	gboolean of_fleet;        /* one of very many: it connects in turn with its like, and keeps no other host waiting */
};

struct link_events {
	void (*up)(void *user);     /* commands may be run now; also after each reconnect */
	void (*down)(void *user);   /* all jobs, streams and tunnels have ended or will fail until up */
	void (*status)(void *user); /* the link_status changed */
};

/* `status` is written by the link until it is freed. Strings of `s` are copied. */
struct link *link_new(const struct link_settings *s, struct link_status *status, const struct link_events *e, void *user);
/* Ends what is under way without a callback and closes its tunnels. Jobs and streams that are left still have to be cancelled or closed
 * by their owners, before or after. Not from inside a callback of the link. */
void link_free(struct link *l);
void link_start(struct link *l);
/* Closes the connection, which is no failure: the state is LINK_IDLE then, no event tells of it, and link_start() connects anew. FALSE when
 * something runs over it. */
gboolean link_rest(struct link *l);
/* Another `hostname`, copied, from the next connection on. TRUE: it is another one. */
gboolean link_set_hostname(struct link *l, const char *hostname, gboolean yields);
/* How many links of_fleet connect at once, 16 unless said. */
void link_fleet_connects(guint most);
/* The operator asks for another attempt now: backoff and the count of authentication failures start anew. */
void link_retry(struct link *l);
/* Answers link_status.question. accept FALSE leaves the link blocked. A passphrase is kept in locked memory, wiped on free. */
void link_answer_host_key(struct link *l, gboolean accept);
void link_answer_passphrase(struct link *l, const char *passphrase);
gboolean link_is_up(const struct link *l);

enum link_outcome {
	LINK_EXITED,     /* exit_code is certain: it came by the sentinel line (ssh) or by wait (local) */
	LINK_NOT_SENT,   /* nothing ran: link down, channel refused */
	LINK_UNCERTAIN,  /* it may have run: link lost or timeout in the middle; never repeat blindly */
	LINK_CANCELLED,
};
struct link_result {
	enum link_outcome outcome;
	int exit_code;
	const char *output, *errors; /* raw bytes, NUL-terminated for convenience; valid during the callback */
	gsize output_length, errors_length;
	gboolean truncated;          /* more than max_output came; the rest was not kept */
	const char *problem;         /* safe text when outcome is not LINK_EXITED, else NULL */
};
struct link_command {
	const char *command;   /* a POSIX sh command, words from outside quoted with g_shell_quote() */
	const char *input;     /* written to its stdin, then end of file; NULL = none */
	gsize input_length;
	guint timeout_ms;      /* 0 = 30,000 */
	gsize max_output;      /* 0 = 1 MiB */
	gboolean unwatched;    /* it ends by itself in a moment: no process over there waits for a hang-up beside it */
	gboolean hang_up;      /* once it prints more than that, it is ended, with LINK_UNCERTAIN; else the rest is read and thrown away */
};
typedef void (*link_done)(const struct link_result *r, void *user);
/* Runs a command; `done` is called exactly once, later, unless the job is cancelled. At most 8 at once a link (32 on this machine), others wait. */
struct link_job *link_run(struct link *l, const struct link_command *c, link_done done, void *user);
void link_job_cancel(struct link_job *j); /* done is not called; the remote command is sent a hang-up where that is possible */

struct link_stream_events {
	void (*data)(void *user, const char *bytes, gsize len);   /* stdout, raw */
	void (*errors)(void *user, const char *bytes, gsize len); /* stderr, raw; may be NULL */
	void (*end)(void *user, const struct link_result *r);     /* last event; output fields are empty */
	/* It waits for its place: `logs` streams of this link run, and `most` can at once (tunnels that fall back to a command take such places
	 * too). Then `starts` comes when it got one. Both may be NULL. */
	void (*waits)(void *user, guint logs, guint most);
	void (*starts)(void *user);
};
/* Runs a command whose output is followed (journalctl -f, tail). Not resumed by itself: the follower does that when the link is up. */
struct link_stream *link_stream_open(struct link *l, const char *command, const struct link_stream_events *e, void *user);
/* The same, and what link_stream_say() sends comes back among its output: whoever hears it knows that link and command were there then. A host by SSH. */
struct link_stream *link_stream_open_echoing(struct link *l, const char *command, const struct link_stream_events *e, void *user);
/* One line with its end, at most some hundred bytes. FALSE when it cannot be sent now: the command has not begun, or the link is stuck. */
gboolean link_stream_say(struct link_stream *s, const char *line);
void link_stream_pause(struct link_stream *s, gboolean paused);
void link_stream_close(struct link_stream *s); /* no events afterwards */

/* A tunnel is a listening Unix socket in a 0700 directory; each connection becomes one channel. It stays across reconnects: while the
 * link is down, connections are accepted and closed at once. */
struct link_target {
	const char *unix_path;     /* a socket over there, or … */
	const char *host;          /* … a TCP port as seen from there */
	guint16 port;
	const char *fallback_command; /* e.g. "docker system dial-stdio": used when forwarding is refused; NULL = none */
};
struct link_tunnel *link_tunnel_open(struct link *l, const struct link_target *t, GError **error);
/* The local socket to connect to. On a local link: the target's own unix_path, or NULL for TCP (connect to host:port directly). */
const char *link_tunnel_socket(const struct link_tunnel *t);
/* What it leads to, as messages call it: the socket over there or "HOST:PORT"; newly allocated. */
char *link_tunnel_target(const struct link_tunnel *t);
/* Why the last connection through it failed, safe text; NULL when it did not. */
const char *link_tunnel_problem(const struct link_tunnel *t);
/* TRUE when forwarding was refused, so that each connection costs a session channel (of which a link has 8) and a process over there. */
gboolean link_tunnel_falls_back(const struct link_tunnel *t);
void link_tunnel_close(struct link_tunnel *t);

/* Removes the socket directory; called on every way out. */
void link_cleanup(void);

#endif
