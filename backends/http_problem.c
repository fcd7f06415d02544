#include "backends/http_problem.h"

#include <errno.h>

#include "model/sanitize.h"

static char *
seconds(guint ms)
{
	return ms % 1000 ? g_strdup_printf("%.1f s", ms / 1000.0) : g_strdup_printf("%u s", ms / 1000);
}

static char *
connect_text(const struct http_failure *f)
{
	switch (f->os_error) {
	case ECONNREFUSED:
		return g_strdup_printf("%s: connection refused, nothing listens there", f->peer);
	case ENOENT:
		return g_strdup_printf("%s does not exist", f->peer);
	case EACCES:
	case EPERM:
		return g_strdup_printf("%s: permission denied", f->peer);
	case 0:
		return g_strdup_printf("%s: no connection", f->peer);
	default:
		return g_strdup_printf("%s: no connection, %s", f->peer, g_strerror(f->os_error));
	}
}

static char *
timeout_text(const struct http_failure *f)
{
	g_autofree char *whole = seconds(f->timeout_ms);
	g_autofree char *connect = seconds(f->connect_timeout_ms);

	if (!f->connected)
		return g_strdup_printf("%s: no connection in %s", f->peer,
		                       f->timeout_ms && f->timeout_ms < f->connect_timeout_ms ? whole : connect);
	return g_strdup_printf(f->answered ? "%s: the answer was not complete in %s" : "no answer from %s in %s", f->peer, whole);
}

static char *
raw_text(const struct http_failure *f)
{
	switch (f->code) {
	case CURLE_COULDNT_CONNECT:
		return connect_text(f);
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_text(f);
	case CURLE_COULDNT_RESOLVE_HOST:
		return g_strdup_printf("%s: the name cannot be resolved", f->peer);
	case CURLE_COULDNT_RESOLVE_PROXY:
		return g_strdup_printf("%s: the name of the proxy cannot be resolved", f->peer);
	case CURLE_URL_MALFORMAT:
		return g_strdup("the address is not a valid http:// or https:// URL");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return g_strdup_printf("%s does not answer in HTTP", f->peer);
	case CURLE_GOT_NOTHING:
		return g_strdup_printf("%s closed the connection without an answer", f->peer);
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		return f->answered ? g_strdup_printf("the connection to %s broke in the middle of the answer", f->peer)
		                   : g_strdup_printf("the connection to %s broke before the answer", f->peer);
	case CURLE_BAD_CONTENT_ENCODING:
		return g_strdup_printf("%s sent a body that cannot be read", f->peer);
	case CURLE_PEER_FAILED_VERIFICATION:
		return g_strdup_printf("%s: its TLS certificate was not accepted: %s", f->peer, f->detail);
	case CURLE_SSL_CACERT_BADFILE:
		return g_strdup_printf("%s was not asked: the file with certificates to trust cannot be read: %s", f->peer, f->detail);
	case CURLE_SSL_CONNECT_ERROR:
		return g_strdup_printf("%s: TLS failed: %s", f->peer, f->detail);
	default:
		return g_strdup_printf("%s: %s", f->peer, *f->detail ? f->detail : "the request failed");
	}
}

char *
http_problem_text(const struct http_failure *f)
{
	g_autofree char *raw = raw_text(f);

	return sanitize_text(raw, -1);
}
