/* One attempt to reach a host with libssh2: resolve, connect, handshake, host key, authentication. Straight-line code that blocks, for a
 * worker thread; only the guarded fields are shared with the main thread. */
#ifndef MW_BACKENDS_SSH_ATTEMPT_H
#define MW_BACKENDS_SSH_ATTEMPT_H

#include <libssh2.h>

#include "backends/secret.h"
#include "backends/ssh_config.h"
#include "backends/transport.h"

struct ssh_attempt {
	/* what is asked for; owned copies */
	char *host, *hostname, *ssh_config, *known_hosts, *accept_host_key;
	struct secret *passphrase;
	guint connect_timeout_s;
	gboolean hostname_yields, of_fleet;

	/* shared with the main thread, under the lock */
	GMutex lock;
	gboolean cancelled;
	int fd;                    /* -1 = none yet */
	const char *step;          /* static text: what it is at */
	gint64 started_us;         /* monotonic; 0 = no thread was free for it yet */

	/* the worker's */
	struct ssh_config config;
	LIBSSH2_SESSION *session;

	/* the outcome, complete when ssh_attempt_run() returns */
	gboolean succeeded;        /* session and fd are ready, non-blocking; whoever takes them clears the fields */
	char *address;             /* user@host:port */
	char *warning;             /* safe text worth a look although all went well; NULL = none */
	enum transport_failure failure;
	enum link_question question;
	char *question_text, *reason, *advice; /* safe */
};

/* Copies the settings. */
struct ssh_attempt *ssh_attempt_new(const struct transport_settings *s);
/* Closes what nobody took. */
void ssh_attempt_free(struct ssh_attempt *a);
/* The whole of it. */
void ssh_attempt_run(struct ssh_attempt *a);
/* From the main thread: makes a running attempt end soon. It still has to be waited for. */
void ssh_attempt_cancel(struct ssh_attempt *a);
/* What it is at; static text. */
const char *ssh_attempt_step(struct ssh_attempt *a);
/* Monotonic time at which a thread began with it, 0 when none has. */
gint64 ssh_attempt_started_us(struct ssh_attempt *a);

/* --- for the steps --- */
/* Sets the outcome; takes `reason`, copies `advice`, which may be NULL. Always FALSE. */
gboolean ssh_attempt_fail(struct ssh_attempt *a, enum transport_failure failure, char *reason, const char *advice);
void ssh_attempt_enter(struct ssh_attempt *a, const char *step);
/* libssh2's last error in safe words; g_free it. */
char *ssh_attempt_words(struct ssh_attempt *a);
/* The other side has closed the connection. */
gboolean ssh_attempt_is_gone(struct ssh_attempt *a);
/* Sets the order of preference of a LIBSSH2_METHOD_…, comma-separated, without the names that this libssh2 does not have. FALSE when none
 * is left. */
gboolean ssh_attempt_prefer(struct ssh_attempt *a, int method, const char *names);
/* This libssh2 signs with RSA as servers of today want it (SHA-2), which 1.10 does not. */
gboolean ssh_attempt_rsa_works(void);

#endif
