#include "backends/http_private.h"
#include "backends/own_network.h"

#define HEADER_MAX ((gsize)256 << 10)

/* --- options: typed helpers, since curl_easy_setopt() checks nothing --- */

static void
set_long(struct http_request *r, CURLoption option, long value)
{
	r->http->api.easy_setopt(r->easy, option, value);
}

static void
set_string(struct http_request *r, CURLoption option, const char *value)
{
	r->http->api.easy_setopt(r->easy, option, value);
}

static void
set_pointer(struct http_request *r, CURLoption option, void *value)
{
	r->http->api.easy_setopt(r->easy, option, value);
}

/* --- called by libcurl --- */

static size_t
on_header(char *bytes, size_t size, size_t n, void *user)
{
	struct http_request *r = user;
	gsize len = size * n;
	long status = 0;

	r->header_bytes += len;
	if (r->dead || r->header_bytes > HEADER_MAX)
		return 0;
	if (r->status || len > 2 || (bytes[0] != '\r' && bytes[0] != '\n'))
		return len;
	r->http->api.easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return len;
	r->status = status;
	if (r->events.headers)
		r->events.headers(r->user, status);
	return r->dead ? 0 : len;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *user)
{
	struct http_request *r = user;
	gsize len = size * n;

	if (r->dead)
		return CURL_WRITEFUNC_ERROR;
	if (r->events.data && r->status >= 200 && r->status < 300) {
		gboolean taken = r->events.data(r->user, bytes, len);
		return r->dead ? CURL_WRITEFUNC_ERROR : taken ? len : CURL_WRITEFUNC_PAUSE;
	}
	if (len > r->max_body - r->collected->len) {
		g_string_append_len(r->collected, bytes, (gssize)(r->max_body - r->collected->len));
		r->truncated = TRUE;
		return CURL_WRITEFUNC_ERROR;
	}
	g_string_append_len(r->collected, bytes, (gssize)len);
	return len;
}

/* --- the request --- */

static void
set_method(struct http_request *r)
{
	if (g_strcmp0(r->method, "HEAD") == 0)
		set_long(r, CURLOPT_NOBODY, 1);
	else if (r->has_body || g_strcmp0(r->method, "POST") == 0) {
		set_long(r, CURLOPT_POST, 1);
		r->http->api.easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_length);
		set_string(r, CURLOPT_POSTFIELDS, r->body ? r->body : "");
	}
	if (r->method)
		set_string(r, CURLOPT_CUSTOMREQUEST, r->method);
}

static void
set_headers(struct http_request *r)
{
	for (char **line = r->headers; line && *line; line++)
		r->header_list = r->http->api.slist_append(r->header_list, *line);
	/* Waiting for "100 Continue" costs a second with servers that do not send it. */
	r->header_list = r->http->api.slist_append(r->header_list, "Expect:");
	set_pointer(r, CURLOPT_HTTPHEADER, r->header_list);
}

/* A file takes the place of the system's file only; the system's directory stays. Where libcurl was built to know none, it is at the usual place. */
static void
trust(struct http_request *r, const char *file)
{
	const char *directory = NULL;

	set_string(r, CURLOPT_CAINFO, file);
	r->http->api.easy_getinfo(r->easy, CURLINFO_CAPATH, &directory);
	if (!directory)
		set_string(r, CURLOPT_CAPATH, "/etc/ssl/certs");
}

void
http_set_up(struct http_request *r)
{
	set_string(r, CURLOPT_URL, r->url);
	set_string(r, CURLOPT_PROTOCOLS_STR, "http,https");
	set_string(r, CURLOPT_USERAGENT, "midwatch");
	set_long(r, CURLOPT_NOSIGNAL, 1);
	set_long(r, CURLOPT_TCP_KEEPALIVE, 1);
	set_long(r, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	set_long(r, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_timeout_ms);
	if (r->unix_socket)
		set_string(r, CURLOPT_UNIX_SOCKET_PATH, r->unix_socket);
	if (r->unix_socket || own_network_leads_here(r->url)) /* http_proxy of the environment is for what is elsewhere */
		set_string(r, CURLOPT_PROXY, "");
	if (r->ca)
		trust(r, r->ca);
	set_long(r, CURLOPT_FRESH_CONNECT, r->once);
	set_long(r, CURLOPT_FORBID_REUSE, r->once);
	set_pointer(r, CURLOPT_ERRORBUFFER, r->detail);
	set_pointer(r, CURLOPT_PRIVATE, r);
	r->http->api.easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, on_header);
	set_pointer(r, CURLOPT_HEADERDATA, r);
	r->http->api.easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, on_body);
	set_pointer(r, CURLOPT_WRITEDATA, r);
	set_method(r);
	set_headers(r);
}
