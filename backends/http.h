/* HTTP requests on the main loop through libcurl's multi interface (socket action). libcurl is loaded by the first request: its
 * dynamic linking costs more than the rest of the start. */
#ifndef MW_BACKENDS_HTTP_H
#define MW_BACKENDS_HTTP_H

#include "model/audit.h"

struct http;
struct http_request;

struct http *http_new(void);
void http_free(struct http *h); /* cancels what is under way */

struct http_settings {
	const char *method;          /* NULL = GET */
	const char *url;
	const char *unix_socket;     /* NULL = TCP */
	const char *const *headers;  /* NULL-terminated "Name: value" lines, or NULL */
	const char *body;            /* NULL = none */
	gsize body_length;
	guint timeout_ms;            /* whole request; 0 = none (followed streams) */
	guint connect_timeout_ms;    /* 0 = 10,000 */
	gsize max_body;              /* for collected bodies; 0 = 64 MiB */
	const char *ca;              /* file of certificates that are trusted beside the system's; NULL = none. They are verified always */
	gboolean once;               /* it changes something: sent on a connection of its own, since libcurl sends a request again when a kept
	                              * connection turns out to be dead */
};

#define HTTP_RETRY_AFTER_MAX_S (6 * 60 * 60)

struct http_reply {
	long status;                 /* 0 when no answer came */
	const char *body;            /* collected body, NUL-terminated; empty when it was streamed */
	gsize body_length;
	gboolean truncated;
	const char *content_type;    /* may be NULL */
	const char *api_version;     /* Docker's Api-Version header; may be NULL */
	gint64 retry_after_s;        /* what a Retry-After header asks for, as a number or a date, HTTP_RETRY_AFTER_MAX_S at most; 0: nothing */
	const char *http_version;    /* "1.0", "1.1", "2", "3" (2 is used over https where it is offered); NULL when no answer came */
	const char *problem;         /* safe text for the operator when status is 0 or the body was cut; NULL when fine. Holds no URL secrets. */
	int os_error;                /* errno of a connection that could not be made (ECONNREFUSED, ENOENT, EACCES …), else 0 */
	gboolean timed_out;          /* timeout_ms or connect_timeout_ms passed */
	gboolean unmade;             /* no answer came, and the peer has no part in it: bad URL, unreadable `ca`, no libcurl */
	gboolean sent;               /* the request, or a part of it, went out: when no answer came it may have been carried out */
};

/* What a reply says of a request that changes something: a 2xx one is ok, what was answered otherwise or never sent has failed, and when no
 * answer came to what was sent, it is not known whether it was carried out. */
enum outcome http_outcome(const struct http_reply *r);

struct http_events {
	/* When set, a body of a 2xx answer is streamed here instead of collected. FALSE pauses the transfer until http_resume(); the same
	 * bytes are then given again. */
	gboolean (*data)(void *user, const char *bytes, gsize len);
	void (*headers)(void *user, long status);                   /* the header is complete; may be NULL */
	void (*done)(void *user, const struct http_reply *reply);   /* exactly once unless cancelled */
};

/* At most this many requests with a timeout run at once to one peer (socket, or host and port); more wait their turn, and their time
 * counts from their start. Followed streams are not counted: each holds a connection of its own. Connections are kept and used again. */
#define HTTP_REQUESTS_A_PEER 48
/* Another limit for a Unix socket behind which connections are dear. */
void http_limit(struct http *h, const char *unix_socket, guint most);
/* What messages call the server behind a tunnel's socket: the operator knows the address over there, and the socket is gone with this program.
 * NULL, no socket between, is ignored. */
void http_name(struct http *h, const char *unix_socket, const char *name);

/* Strings of `s` are copied. A request is gone when `done` returns or when it is cancelled. */
struct http_request *http_send(struct http *h, const struct http_settings *s, const struct http_events *e, void *user);
void http_resume(struct http_request *r); /* NULL is ignored, in both */
void http_cancel(struct http_request *r); /* done is not called */

/* Host (newly allocated) and port of a URL, the scheme's own port when it names none. FALSE when it names no host. */
gboolean http_url_peer(const char *url, char **host, guint16 *port);
/* May a secret go there: https, or http to this machine's loopback? FALSE for what is no such URL, or holds blanks, controls or a user. */
gboolean http_url_is_private(const char *url);
/* A base that paths are put behind: the URL without slashes at its end, newly allocated. */
char *http_url_base(const char *url);

#endif
