/* Asks a server the same again and again, with a token when one is configured. */
#ifndef MW_BACKENDS_HTTP_POLL_H
#define MW_BACKENDS_HTTP_POLL_H

#include "backends/bearer.h"
#include "backends/http.h"

struct http_poll_settings {
	const char *url, *unix_socket;      /* as in struct http_settings */
	const char *const *headers;
	const char *method;                 /* NULL: GET; with a body POST */
	const char *body;                   /* NULL: none */
	const char *ca;                     /* as in struct http_settings */
	const struct secret_source *token;  /* NULL: none */
	guint interval_ms;                  /* from one question to the next */
	guint timeout_ms;
	gsize max_body;
};

/* `r` is NULL when the token could not be had, for `problem`, safe words; else `problem` is NULL. */
typedef void (*http_poll_answered)(void *user, const struct http_reply *r, const char *problem);

struct http_poll;
/* Strings of `s` are copied. Nothing is asked before http_poll_ask(). */
struct http_poll *http_poll_new(struct http *http, const struct http_poll_settings *s, http_poll_answered answered, void *user);
void http_poll_free(struct http_poll *p); /* NULL is ignored; not from inside `answered` */
/* Asks now, or when the question under way is answered, and from then on at its interval. */
void http_poll_ask(struct http_poll *p);
gboolean http_poll_has_token(const struct http_poll *p);
/* A server's words, raw, as safe ones without the token, and not too many; newly allocated. */
char *http_poll_words(const struct http_poll *p, const char *words);

#endif
