/* Channels over file descriptors of this machine: a child process's pipes, or a stream socket. Shared by transport_local.c and
 * transport_child.c, which differ in what they start. The operations are those of struct transport_class. */
#ifndef MW_BACKENDS_FD_CHANNEL_H
#define MW_BACKENDS_FD_CHANNEL_H

#include "backends/fd_process.h"
#include "backends/transport.h"

struct fd_channel_end {
	gboolean socket;    /* else a process */
	gboolean received;  /* any byte of stdout, or from the socket */
	int exit_code;      /* 128 + signal when killed; -1 for a socket */
	const char *errors; /* the last words on stderr, raw */
};

/* The channels of one transport. */
struct fd_channels {
	GQueue open;
	/* Gives the reason when an end was not an orderly one, else NULL; may be NULL itself. */
	GError *(*judge)(void *user, const struct fd_channel_end *end);
	void *judge_user;
	enum fd_process_way ending; /* of a closed channel's process; FD_PROCESS_TERMINATE unless changed */
};

void fd_channels_init(struct fd_channels *set, GError *(*judge)(void *user, const struct fd_channel_end *end), void *judge_user);
/* Ends every channel with `closed` and a LINK_LOST error of that text. */
void fd_channels_lost(struct fd_channels *set, const char *reason);
/* Drops every channel without events; processes are killed. */
void fd_channels_clear(struct fd_channels *set);

/* Starts a process in a session of its own; it is ended when the channel closes and when this process dies, however it dies.
 * `environment` NULL = ours. Failure to start comes as `closed`. */
struct channel *fd_channel_spawn(struct fd_channels *set, const char *const *argv, char **environment, const struct channel_events *e,
                                 void *user);
/* Connects a socket; TCP to literal addresses and "localhost" only, since nothing here may block. */
struct channel *fd_channel_connect_unix(struct fd_channels *set, const char *path, const struct channel_events *e, void *user);
struct channel *fd_channel_connect_tcp(struct fd_channels *set, const char *host, guint16 port, const struct channel_events *e, void *user);
/* A channel that ends as refused for that reason. */
struct channel *fd_channel_refuse(struct fd_channels *set, const char *reason, const struct channel_events *e, void *user);
/* A channel that waits until its socket exists: for fd_channels_connect_waiting() or fd_channels_refuse_waiting() with the same
 * `waits_for`, which come from the main loop. */
struct channel *fd_channel_wait(struct fd_channels *set, const void *waits_for, const struct channel_events *e, void *user);
void fd_channels_connect_waiting(struct fd_channels *set, const void *waits_for, const char *path);
void fd_channels_refuse_waiting(struct fd_channels *set, const void *waits_for, const char *reason);

gsize fd_channel_write(struct channel *c, const char *bytes, gsize len);
void fd_channel_write_eof(struct channel *c);
void fd_channel_pause(struct channel *c, gboolean paused);
void fd_channel_close(struct channel *c);
GPid fd_channel_pid(const struct channel *c); /* of its process; 0 when there is none */
/* Reads what is on stderr now, without waiting for the loop. */
void fd_channel_poll_errors(struct channel *c);

#endif
