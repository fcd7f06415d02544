/* Shared by http.c, which runs requests on the loop, and http_setup.c, which tells libcurl what each is. */
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
	gboolean loaded;
	CURLM *multi;
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

#endif
