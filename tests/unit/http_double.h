/* A small HTTP server in threads of the test: it answers what it is told to, misbehaves as it is told to, and remembers what it was asked. */
#ifndef MW_TESTS_HTTP_DOUBLE_H
#define MW_TESTS_HTTP_DOUBLE_H

#include <glib.h>

enum http_double_way {
	DOUBLE_ANSWERS, /* with status and body */
	DOUBLE_CUTS,    /* closes the connection in the middle of the body */
	DOUBLE_HANGS,   /* never answers */
	DOUBLE_FLOODS,  /* 20 MB of blanks before the body */
	DOUBLE_DROPS,   /* reads the request and closes the connection */
};

struct http_double;

struct http_double *http_double_new(void);
void http_double_free(struct http_double *d);
/* What it does from now on; the strings have to live as long. */
void http_double_set(struct http_double *d, enum http_double_way way, const char *status, const char *body);
/* What it answers to requests that hold `word`, before what is set above; the strings have to live as long. */
void http_double_route(struct http_double *d, const char *word, const char *status, const char *body);
/* What it does to one request, before all of these; told several times, to one request after the other. `headers`: lines that end with \r\n. */
void http_double_once(struct http_double *d, enum http_double_way way, const char *status, const char *headers, const char *body);
/* Gives the body, newly allocated, and the status, to what nothing above answers. Called in a thread of the server, one request at a time. */
typedef char *(*http_double_answer)(void *user, const char *request, const char **status);
void http_double_judge(struct http_double *d, http_double_answer answer, void *user);
/* "http://127.0.0.1:PORT", and the same behind a Unix socket; borrowed. */
const char *http_double_url(const struct http_double *d);
const char *http_double_socket(const struct http_double *d);
/* How many requests it had, and the last one as it came, newly allocated; "" when there was none. */
guint http_double_requests(struct http_double *d);
char *http_double_request(struct http_double *d);
/* The i-th of them, newly allocated, and when it came, monotonic. */
char *http_double_request_at(struct http_double *d, guint i);
gint64 http_double_time_at(struct http_double *d, guint i);

#endif
