#include "backends/loki.h"

#include <string.h>

#include "backends/bearer.h"
#include "backends/http_answer.h"
#include "backends/loki_parse.h"
#include "model/sanitize.h"

#define WHO "Loki"
#define TIMEOUT_MS 20000
#define BODY_MAX ((gsize)16 << 20)
#define LINES_LEAST 100 /* of long lines fewer are asked for, but not fewer than that */
#define LATE_NS ((gint64)60 * 1000000000)
#define WORDS_MAX 300

struct loki {
	struct http *http;
	char *url, *query, *label, *tenant;
	struct bearer *bearer;
	guint timeout_ms;
	GHashTable *told;     /* stream -> gint64 ns of its last line, both owned */
	gint64 read_ns;       /* up to when it was read; 0 = never */

	gboolean busy;
	guint idle;           /* tells why nothing was asked */
	char *why;
	struct http_request *request;
	guint lines;          /* asked for at once */
	gint64 begin_ns, end_ns;
	char *pattern;
	struct loki_events events;
	void *user;
};

struct loki *
loki_new(struct http *http, const struct loki_settings *s)
{
	struct loki *l = g_new0(struct loki, 1);
	g_autofree char *base = http_url_base(s->url);

	l->http = http;
	l->url = g_strconcat(base, "/loki/api/v1/query_range", NULL);
	l->query = g_strdup(s->query);
	l->label = g_strdup(s->label ? s->label : "host");
	l->tenant = s->tenant ? g_strconcat("X-Scope-OrgID: ", s->tenant, NULL) : NULL;
	l->bearer = bearer_new(s->token, BEARER_AGAIN_S);
	l->timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS;
	l->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return l;
}

void
loki_free(struct loki *l)
{
	if (!l)
		return;
	http_cancel(l->request);
	g_clear_handle_id(&l->idle, g_source_remove);
	bearer_free(l->bearer);
	g_hash_table_unref(l->told);
	g_free(l->url);
	g_free(l->query);
	g_free(l->label);
	g_free(l->tenant);
	g_free(l->pattern);
	g_free(l->why);
	g_free(l);
}

void
loki_cancel(struct loki *l)
{
	http_cancel(g_steal_pointer(&l->request));
	g_clear_handle_id(&l->idle, g_source_remove);
	l->events = (struct loki_events){ 0 };
	l->busy = FALSE;
}

static void
finish(struct loki *l, const char *problem, gboolean cut)
{
	l->busy = FALSE;
	l->events.done(l->user, problem, cut);
}

/* --- lines --- */

/* Streams whose last line lies before all that is asked for next need not be remembered. */
static gboolean
is_past(gpointer stream, gpointer ns, gpointer begin_ns)
{
	return *(gint64 *)ns < *(gint64 *)begin_ns;
}

/* One answer may hold several lines of the same time, so that what it tells is remembered when all of it is told. */
static void
tell_lines(struct loki *l, const struct loki_lines *lines)
{
	const struct loki_line *all = (const struct loki_line *)lines->lines->data;

	for (guint i = 0; i < lines->lines->len; i++) {
		const gint64 *last = g_hash_table_lookup(l->told, all[i].stream);
		if (!last || all[i].ns > *last)
			l->events.line(l->user, all[i].gateway, all[i].ns / 1000, all[i].text, all[i].length);
	}
	for (guint i = 0; i < lines->lines->len; i++) {
		const gint64 *last = g_hash_table_lookup(l->told, all[i].stream);
		if (!last || all[i].ns > *last)
			g_hash_table_replace(l->told, g_strdup(all[i].stream), g_memdup2(&all[i].ns, sizeof all[i].ns));
	}
}

static void
take(struct loki *l, const struct http_reply *r)
{
	g_autoptr(GError) error = NULL;
	struct loki_lines *lines = loki_parse(r->body, r->body_length, l->label, &error);
	gint64 next_ns = l->end_ns - LATE_NS;
	gboolean cut;

	if (!lines) {
		finish(l, error->message, FALSE);
		return;
	}
	cut = lines->lines->len + lines->left_out >= l->lines;
	tell_lines(l, lines);
	loki_lines_free(lines);
	l->read_ns = l->end_ns;
	g_hash_table_foreach_remove(l->told, is_past, &next_ns);
	finish(l, NULL, cut || l->lines < LOKI_LINES_MAX);
}

/* --- the question --- */

/* Its faults are told in plain text. */
static char *
problem_of(struct loki *l, const struct http_reply *r)
{
	g_autofree char *plain = r->status >= 400 && r->body_length > 0 && r->body[0] != '<' ? bearer_redact(l->bearer, r->body) : NULL;
	g_autofree char *words = plain ? sanitize_text(plain, (gssize)MIN(strcspn(plain, "\r\n"), WORDS_MAX)) : NULL;

	if (words && *words && r->status != 401 && r->status != 403)
		return g_strdup_printf("Loki refuses the query (HTTP status %ld): %s", r->status, words);
	return http_answer_problem(r, WHO, l->bearer != NULL);
}

static void send_request(struct loki *l);
static void on_token(void *user, const char *problem);

static void
on_reply(void *user, const struct http_reply *r)
{
	struct loki *l = user;
	g_autofree char *why = NULL;

	l->request = NULL;
	if ((r->status == 401 || r->status == 403) && bearer_refused(l->bearer)) {
		bearer_prepare(l->bearer, on_token, l);
	} else if (r->truncated && r->status == 200 && l->lines / 4 >= LINES_LEAST) {
		l->lines /= 4; /* long lines: fewer of them, and the newest */
		send_request(l);
	} else if ((why = problem_of(l, r))) {
		finish(l, why, FALSE);
	} else {
		take(l, r);
	}
}

static void
send_request(struct loki *l)
{
	const struct http_events events = { .done = on_reply };
	g_autofree char *full = loki_query(l->query, l->pattern), *query = g_uri_escape_string(full, NULL, FALSE), *url = NULL;
	char *token = bearer_header(l->bearer);
	const char *headers[3] = { NULL };
	guint n = 0;

	if (l->tenant)
		headers[n++] = l->tenant;
	if (token)
		headers[n++] = token;
	url = g_strdup_printf("%s?query=%s&start=%" G_GINT64_FORMAT "&end=%" G_GINT64_FORMAT "&limit=%u&direction=backward", l->url, query, l->begin_ns,
	                      l->end_ns, l->lines);
	l->request = http_send(l->http, &(struct http_settings){ .url = url, .headers = headers, .timeout_ms = l->timeout_ms, .max_body = BODY_MAX },
	                       &events, l);
	bearer_header_free(token);
}

static gboolean
on_no_token(gpointer data)
{
	struct loki *l = data;

	l->idle = 0;
	finish(l, l->why, FALSE);
	return G_SOURCE_REMOVE;
}

static void
on_token(void *user, const char *problem)
{
	struct loki *l = user;

	if (!l->busy || l->idle)
		return; /* cancelled meanwhile */
	if (!problem) {
		send_request(l);
		return;
	}
	g_free(l->why);
	l->why = g_strdup_printf("the token of Loki: %s", problem);
	l->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_no_token, l, NULL);
}

gboolean
loki_sweep(struct loki *l, const char *pattern, gint64 now_us, gint64 span_us, const struct loki_events *e, void *user)
{
	gint64 end_ns = now_us * 1000, begin_ns = (now_us - span_us) * 1000;

	if (l->busy)
		return FALSE;
	l->begin_ns = l->read_ns && l->read_ns <= end_ns ? MAX(begin_ns, l->read_ns - LATE_NS) : begin_ns;
	l->end_ns = end_ns;
	l->lines = LOKI_LINES_MAX;
	g_free(l->pattern);
	l->pattern = g_strdup(pattern);
	l->events = *e;
	l->user = user;
	l->busy = TRUE;
	bearer_prepare(l->bearer, on_token, l);
	return TRUE;
}
