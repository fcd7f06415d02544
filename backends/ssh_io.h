/* The socket of an established libssh2 session. libssh2 1.10 cannot be trusted with a socket that takes half a packet: it loses packets
 * that it built on the stack, and answers other calls with an error meanwhile. So it never meets one: what the socket does not take
 * waits here. Towards libssh2 a send always succeeds, and a receive never says more than "nothing now". */
#ifndef MW_BACKENDS_SSH_IO_H
#define MW_BACKENDS_SSH_IO_H

#include <libssh2.h>

#include <glib.h>

struct ssh_io {
	int fd;
	GByteArray *out;          /* bytes that wait for the socket */
	gsize budget;             /* bytes that may still be received in this pass of the loop; 0 between passes */
	gboolean looked;          /* the socket was read in this pass */
	gboolean dry;             /* and has no more for now */
	gint64 received_us;       /* monotonic time of the last byte that came */
	gint64 sent_us;           /* of the last progress in sending, or of the first byte that waited */
	int error;                /* errno that ended the connection; -1 = closed by the peer; 0 = alive */
	gboolean deaf;            /* the session is being freed: every receive fails, nothing is sent */
	char *farewell;           /* the peer's words when it disconnected, raw; NULL = none */
};

/* Takes the socket over and hooks into the session. */
void ssh_io_init(struct ssh_io *io, LIBSSH2_SESSION *session, int fd);
/* What the peer has not got yet is thrown away when the socket is closed. Else the kernel would go on sending it, and a request that was given up
 * long ago would be carried out when the cable is back. */
void ssh_io_discard(struct ssh_io *io);
/* Closes the socket. The session is gone already, or must not be used any more. */
void ssh_io_clear(struct ssh_io *io);
/* Begins a pass that may receive so many bytes, or ends it with 0. */
void ssh_io_begin(struct ssh_io *io, gsize budget);
/* Sends what waits, as far as the socket takes it. */
void ssh_io_flush(struct ssh_io *io);

#endif
