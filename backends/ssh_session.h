/* An established libssh2 session on the main loop, and its channels. Callbacks come from the loop only. */
#ifndef MW_BACKENDS_SSH_SESSION_H
#define MW_BACKENDS_SSH_SESSION_H

#include <libssh2.h>

#include "backends/transport.h"

struct ssh_session;

/* The connection is over: all channels have been closed before. Safe texts. The session still has to be freed, not from in here. */
typedef void (*ssh_session_lost)(void *user, const char *step, const char *reason);

/* Takes the non-blocking session and its socket over. `alive_interval_s`: silence after which the peer is asked whether it lives, 0 or
 * more than 5 = 5. */
struct ssh_session *ssh_session_new(LIBSSH2_SESSION *ssh, int fd, guint alive_interval_s, ssh_session_lost lost, void *user);
/* No events afterwards; channels are gone. */
void ssh_session_free(struct ssh_session *s);

/* The channel operations of struct transport_class. */
struct channel *ssh_channel_exec(struct ssh_session *s, const char *command, const struct channel_events *e, void *user);
struct channel *ssh_channel_tcp(struct ssh_session *s, const char *host, guint16 port, const struct channel_events *e, void *user);
struct channel *ssh_channel_unix(struct ssh_session *s, const char *path, const struct channel_events *e, void *user);
gsize ssh_channel_write(struct channel *c, const char *bytes, gsize len);
void ssh_channel_write_eof(struct channel *c);
void ssh_channel_pause(struct channel *c, gboolean paused);
void ssh_channel_close(struct channel *c);

#endif
