/* Shared by fd_channel.c (reading, writing, ending, processes) and fd_socket.c (making connections). */
#ifndef MW_BACKENDS_FD_CHANNEL_PRIVATE_H
#define MW_BACKENDS_FD_CHANNEL_PRIVATE_H

#include "backends/fd_channel.h"

/* One direction of reading. `left` bounds what is read after the process has ended: something it left behind may hold the pipe open. */
struct reader {
	int fd;
	guint source;
	gboolean over;
	gssize left; /* -1 = until end of file */
};

struct channel {
	struct fd_channels *set;
	GList node;
	guint references; /* callbacks may close the channel they are called for */
	gboolean gone;
	struct channel_events events;
	void *user;
	gboolean socket;
	struct fd_process *process; /* NULL for a socket, and when it has ended */
	int in;   /* written to; the socket itself, or stdin's pipe; -1 when closed */
	struct reader out, err;
	const void *waits_for; /* NULL = nothing */
	guint start, writable;
	gboolean opened, paused, received;
	gboolean ended; /* the process exited, or nothing can be written to the socket any more */
	int exit_code;
	GError *problem;
	GString *tail;
};

struct channel *fd_channel_new(struct fd_channels *set, const struct channel_events *e, void *user);
/* Gives `opened`, or `closed` when c->problem is set, in the next pass of the loop. */
void fd_channel_start_later(struct channel *c);

#endif
