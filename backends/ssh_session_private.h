/* What the parts of a session share: ssh_session.c (the pass of the loop, liveness), ssh_control.c (opens and requests, one at a time),
 * ssh_channel.c (data). */
#ifndef MW_BACKENDS_SSH_SESSION_PRIVATE_H
#define MW_BACKENDS_SSH_SESSION_PRIVATE_H

#include "backends/ssh_io.h"
#include "backends/ssh_session.h"
#include "backends/loop_watch.h"

/* How much a peer may send ahead on a channel: what a paused one keeps in memory at most. */
#define SSH_WINDOW (1024 * 1024)
#define SSH_OUT_HIGH (256 * 1024) /* bytes waiting for the socket at which channels take no more … */
#define SSH_OUT_LOW (128 * 1024)  /* … and at which they do again */

enum channel_state {
	CHANNEL_WAITING,    /* for its turn */
	CHANNEL_OPENING,
	CHANNEL_REQUESTING, /* the command was sent, perhaps started */
	CHANNEL_OPEN,
	CHANNEL_OVER,       /* for the caller it is gone; what is left of it is freed at the end of a pass */
};

struct channel {
	struct ssh_session *session;
	GList node;
	enum channel_state state;
	const char *type;          /* static */
	GByteArray *message;       /* the open message behind the type's own part; NULL = none */
	char *command;             /* of an exec, else NULL */
	char *title;               /* safe: what it leads to, for errors */
	LIBSSH2_CHANNEL *ssh;      /* NULL until it is open */
	struct channel_events events;
	void *user;
	gboolean paused, eof_told, eof_wanted, eof_sent, wants_writable;
	GByteArray *held;          /* taken from the caller, not yet taken by libssh2 while keys are exchanged anew */
	GError *problem;           /* why it cannot even be tried */
	guint late;                /* the source that will tell so */
};

struct ssh_session {
	LIBSSH2_SESSION *ssh;
	struct ssh_io io;
	struct loop_watch *watch;   /* NULL once it is lost */
	ssh_session_lost lost;
	void *user;
	GQueue channels;           /* open ones and those to be opened; the next to be read first */
	GQueue control;            /* pointers to those to be opened, in order; the head may be under way */
	GQueue over;               /* to be freed */
	gboolean pinging;          /* the ping holds the control lock */
	gint64 asked_us;           /* when the peer was asked for a sign of life that did not come yet; 0 = not */
	gint64 alive_interval_us;
	gint64 deadline_us;        /* of the pass under way */
	gboolean more;             /* another pass is due at once */
	gboolean unread;           /* time was over before everything that came was delivered */
	gboolean dead;             /* told as lost */
	gboolean gone;             /* freed by its owner during a pass */
	guint busy;                /* passes under way */
	char *broken;              /* what libssh2 said when it could not go on */
};

/* --- ssh_session.c --- */
/* Another pass soon: something is to be done without news from the socket. */
void ssh_session_wake(struct ssh_session *s);
/* Remembers libssh2's last error: the session ends with this pass. */
void ssh_session_break(struct ssh_session *s);
/* Events may go on: neither lost nor freed in a callback. */
gboolean ssh_session_alive(const struct ssh_session *s);

/* --- ssh_control.c --- */
/* Goes on with opens and requests, as far as it can now. */
void ssh_control_run(struct ssh_session *s);
gboolean ssh_control_busy(const struct ssh_session *s);
/* Asks for a sign of life, and takes what has come in: opens a channel of a type that nobody has, and is refused. */
void ssh_control_ping(struct ssh_session *s);

/* --- ssh_channel.c --- */
/* Ends it with the last event. */
void ssh_channel_finish(struct channel *c, int exit_code, const GError *error);
void ssh_channel_opened(struct channel *c);
/* Sends what waits: held bytes, the end of file; tells when there is room again. */
void ssh_channel_send(struct channel *c);
/* Reads both streams until they are empty or the pass's time is over. */
void ssh_channel_read(struct channel *c);
/* Takes what has come in for all channels without reading this one. */
void ssh_channel_drain(struct channel *c);
/* Frees one that is over. FALSE when the peer has to answer first. */
gboolean ssh_channel_reap(struct channel *c);

#endif
