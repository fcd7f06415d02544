/* Shared by http.c, which runs requests, http_setup.c, which tells libcurl what each is, http_loop.c, which runs
 * libcurl on the main loop, and http_tell.c, which tells the callers what came of them. */
#ifndef MW_BACKENDS_HTTP_PRIVATE_H
#define MW_BACKENDS_HTTP_PRIVATE_H

#include "backends/curl_api.h"
#include "backends/http.h"

/* One peer's share of the requests. */
struct lane {
	char *peer;
	char *name;      /* for messages; NULL = as the peer */
	guint active, most;
	GQueue waiting; /* of struct http_request, borrowed */
};

struct http {
	struct curl_api api;
	CURLM *multi;       /* NULL: libcurl is not loaded yet */
	GThread *loader;    /* while it is: it has the two below, and api */
	guint loaded;
	char *load_problem; /* for all that wait; then another attempt is made */
	guint timer, pump;
	guint inside;      /* libcurl is on the stack: it must not be entered again */
	GQueue requests;   /* all that live */
	GQueue todo;       /* to be started or resumed by the pump */
	GQueue dead;       /* cancelled while libcurl was on the stack */
	GHashTable *lanes; /* peer -> struct lane, owned */
};

enum request_state { REQUEST_QUEUED, REQUEST_RUNNING, REQUEST_ENDED };

struct http_request {
	struct http *http;
	struct http_events events;
	void *user;
	enum request_state state;
	GList in_requests, in_todo;
	gboolean todo, resume, dead;
	struct lane *lane;

	char *method, *url, *unix_socket, *ca;
	char **headers;
	char *body;
	gsize body_length;
	gboolean has_body, once;
	guint timeout_ms, connect_timeout_ms;
	gsize max_body;

	CURL *easy;
	struct curl_slist *header_list;
	char detail[CURL_ERROR_SIZE];
	GString *collected;
	gsize header_bytes;
	long status;          /* once the header is complete */
	gboolean truncated;
};

/* Sets all options of r->easy: the request, and callbacks that fill `status` and `collected` or give to r->events. */
void http_set_up(struct http_request *r);

/* Tells the caller of a request that libcurl has ended. */
void http_tell(struct http_request *r, CURLcode code);

/* The pump, which starts what waits, runs soon. */
void http_schedule(struct http *h);
/* Ends what libcurl has finished and what was cancelled meanwhile. Only when libcurl is not on the stack. */
void http_collect(struct http *h);

/* Loads libcurl in a thread, since that takes a tenth of a second on a busy machine. TRUE when that is over: h->multi or h->load_problem is there.
 * Else the pump is scheduled when it is. */
gboolean http_loop_load(struct http *h);
void http_loop_end(struct http *h);

#endif
