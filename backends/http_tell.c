#include "backends/http_private.h"

#include "backends/http_problem.h"
#include "model/sanitize.h"

static char *
header_of(struct http_request *r, const char *name)
{
	struct curl_header *found = NULL;

	if (!r->easy || r->http->api.easy_header(r->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return NULL;
	return sanitize_text(found->value, -1);
}

/* Bounded: what is told is not trusted. */
static gint64
retry_after_of(struct http_request *r)
{
	curl_off_t seconds = 0;

	r->http->api.easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &seconds);
	return CLAMP((gint64)seconds, 0, HTTP_RETRY_AFTER_MAX_S);
}

enum outcome
http_outcome(const struct http_reply *r)
{
	if (!r->problem && r->status >= 200 && r->status < 300)
		return OUTCOME_OK;
	return r->status || !r->sent ? OUTCOME_FAILED : OUTCOME_UNKNOWN;
}

/* Bytes of the request went out: a connection was there, a kept one too. */
static gboolean
was_sent(struct http_request *r)
{
	long sent = 0;

	r->http->api.easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &sent);
	return sent > 0;
}

static const char *
version_of(struct http_request *r)
{
	long version = 0;

	if (r->status)
		r->http->api.easy_getinfo(r->easy, CURLINFO_HTTP_VERSION, &version);
	switch (version) {
	case CURL_HTTP_VERSION_1_0: return "1.0";
	case CURL_HTTP_VERSION_1_1: return "1.1";
	case CURL_HTTP_VERSION_2_0: return "2";
	case CURL_HTTP_VERSION_3: return "3";
	default: return NULL;
	}
}

/* The peer was not even asked. What answers in HTTP/0.9 is an unsupported protocol, too. */
static gboolean
is_unmade(struct http_request *r, CURLcode code)
{
	if (was_sent(r))
		return FALSE;
	return code == CURLE_FAILED_INIT || code == CURLE_OUT_OF_MEMORY || code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL
	       || code == CURLE_SSL_CACERT_BADFILE;
}

static char *
problem_of(struct http_request *r, CURLcode code, long os_error)
{
	if (r->truncated)
		return g_strdup_printf("the answer is longer than %" G_GSIZE_FORMAT " KiB; the rest was not read", r->max_body >> 10);
	if (code == CURLE_OK)
		return NULL;
	return http_problem_text(&(struct http_failure){
		.peer = r->lane->name ? r->lane->name : r->lane->peer, .code = code, .os_error = (int)os_error,
		.connected = was_sent(r), .answered = r->status != 0, .timeout_ms = r->timeout_ms,
		.connect_timeout_ms = r->connect_timeout_ms, .detail = *r->detail ? r->detail : r->http->api.easy_strerror(code),
	});
}

void
http_tell(struct http_request *r, CURLcode code)
{
	long os_error = 0;
	g_autofree char *problem = NULL, *type = header_of(r, "Content-Type"), *version = header_of(r, "Api-Version");

	if (code == CURLE_COULDNT_CONNECT)
		r->http->api.easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &os_error);
	problem = problem_of(r, code, os_error);
	r->events.done(r->user, &(struct http_reply){
		.status = r->status, .body = r->collected->str, .body_length = r->collected->len, .truncated = r->truncated,
		.content_type = type, .api_version = version, .retry_after_s = retry_after_of(r), .problem = problem, .os_error = (int)os_error,
		.http_version = version_of(r), .timed_out = code == CURLE_OPERATION_TIMEDOUT, .unmade = is_unmade(r, code), .sent = was_sent(r),
	});
}
