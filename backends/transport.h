/* A transport carries one host's traffic: duplex byte channels to commands, TCP ports and Unix sockets over there. link.c stands on it
 * and is the only caller. Three exist: transport_local.c, transport_libssh2.c, transport_child.c (an `ssh` process). Main thread only;
 * every callback comes from the main loop, never from inside the call that asked for it. */
#ifndef MW_BACKENDS_TRANSPORT_H
#define MW_BACKENDS_TRANSPORT_H

#include <glib.h>

#include "model/host.h"

struct transport;
struct channel;

/* Why a connection failed, so that link.c knows whether and when to try again. */
enum transport_failure {
	TRANSPORT_UNREACHABLE,    /* resolve, route, refused, timeout: retry with backoff */
	TRANSPORT_AUTH,           /* refused by authentication: retry, stop after 3 */
	TRANSPORT_HOST_KEY,       /* changed or revoked key: never retried by itself */
	TRANSPORT_ASKS,           /* `question` has to be answered first */
	TRANSPORT_UNSUPPORTED,    /* this transport cannot (ciphers, ProxyJump, RSA on 1.10, FIDO): the ssh child may */
	TRANSPORT_LOST,           /* was up */
	TRANSPORT_CONFIG,         /* unknown host, unreadable file: never retried by itself */
};

struct transport_error {
	enum transport_failure failure;
	enum link_question question;
	const char *question_text;
	const char *step;         /* "resolve", "connect", "handshake", "host key", "authentication", "keepalive" */
	const char *reason;       /* safe text */
	const char *advice;       /* may be NULL */
};

struct transport_events {
	void (*up)(void *user, const char *address /* user@host:port */);
	void (*down)(void *user, const struct transport_error *error); /* failed or lost; all channels were closed before */
	/* Still connecting, but a person has to do something meanwhile (Tailscale's check mode); safe texts. May be NULL. */
	void (*notice)(void *user, const char *reason, const char *advice);
};

struct transport_settings {
	const char *host;              /* ssh alias */
	const char *ssh_config;        /* -F file, NULL = the user's own */
	const char *known_hosts;       /* overrides UserKnownHostsFile, NULL = as ssh -G says */
	const char *passphrase;        /* for the key file asked about, NULL = none yet */
	const char *accept_host_key;   /* "ED25519 SHA256:…" that the operator accepted: stored when it is the one offered; NULL = none */
	guint connect_timeout_s;       /* 0 = as ssh -G says, else 10 */
	const char *hostname;          /* overrides the HostName, NULL = as ssh -G says */
	gboolean hostname_yields;      /* see link_settings */
	gboolean of_fleet;             /* likewise */
};

struct channel_events {
	void (*opened)(void *user);                               /* for exec: the command was started */
	void (*data)(void *user, const char *bytes, gsize len);
	void (*errors)(void *user, const char *bytes, gsize len); /* stderr; may be NULL */
	void (*eof)(void *user);                                  /* no more data; may be NULL */
	void (*writable)(void *user);                             /* after a short channel_write; may be NULL */
	/* Last event. exit_code -1 when none was reported. `error` NULL after an orderly end. */
	void (*closed)(void *user, int exit_code, const GError *error);
};

struct transport_class {
	const char *name;
	struct transport *(*create)(const struct transport_settings *s, const struct transport_events *e, void *user);
	void (*connect)(struct transport *t);                     /* called once; answers by up or down */
	void (*destroy)(struct transport *t);                     /* no events afterwards, channels are gone, workers are orphaned safely */
	struct channel *(*exec)(struct transport *t, const char *command, const struct channel_events *e, void *user);
	struct channel *(*tcp)(struct transport *t, const char *host, guint16 port, const struct channel_events *e, void *user);
	struct channel *(*unix_socket)(struct transport *t, const char *path, const struct channel_events *e, void *user);
	gsize (*write)(struct channel *c, const char *bytes, gsize len); /* takes what fits now, may be 0 */
	void (*write_eof)(struct channel *c);
	void (*pause)(struct channel *c, gboolean paused);        /* stops data/errors events; the window closes behind */
	void (*close)(struct channel *c);                         /* no events afterwards; the channel is gone for the caller */
};

extern const struct transport_class transport_local, transport_libssh2, transport_child;

#define TRANSPORT_ERROR (transport_error_quark())
GQuark transport_error_quark(void);
enum { TRANSPORT_ERROR_OPEN_REFUSED /* administratively prohibited, no such socket: try another way */,
       TRANSPORT_ERROR_LINK_LOST, TRANSPORT_ERROR_SPAWN, TRANSPORT_ERROR_PROTOCOL };

#endif
