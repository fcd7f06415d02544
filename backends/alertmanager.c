#include "backends/alertmanager.h"

#include <string.h>

#include "backends/alertmanager_parse.h"
#include "backends/http_answer.h"

#define WHO "the Alertmanager"
#define DOUBT "whether it made the silence is not known, its list of silences tells"
#define INTERVAL_MS 15000
#define TIMEOUT_MS 10000
#define BODY_MAX ((gsize)16 << 20)

struct alertmanager {
	struct http *http;
	struct http_poll *poll;
	struct foreign_alerts *alerts;
	char *url;                       /* its base, without a slash at the end */
	struct secret_source token;      /* its texts are owned */
	void (*changed)(void *user);
	void *user;
	GPtrArray *silences;             /* of struct request, owned: under way */
};

/* A silence that is asked for. */
struct request {
	struct alertmanager *manager;
	struct bearer *bearer;
	struct http_request *http;
	guint idle;      /* tells why it was not asked for */
	char *body, *problem;
	alertmanager_silenced done;
	void *user;
};

static void
request_free(gpointer data)
{
	struct request *r = data;

	http_cancel(r->http);
	bearer_free(r->bearer);
	g_clear_handle_id(&r->idle, g_source_remove);
	g_free(r->body);
	g_free(r->problem);
	g_free(r);
}

/* --- its alerts --- */

static char *
shown_url(const char *url)
{
	g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);

	return uri ? g_uri_to_string_partial(uri, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT) : g_strdup("the configured url");
}

/* A fault that it tells in its own words, a status that speaks for itself; NULL: the answer is good. `b`: whose token is cut out, beside the poll's own. */
static char *
problem_of(const struct alertmanager *a, const struct http_reply *r, const struct bearer *b)
{
	g_autofree char *raw = r->status >= 400 && r->status != 401 && r->status != 403 ? alertmanager_parse_fault(r->body, r->body_length) : NULL;
	g_autofree char *plain = raw ? bearer_redact(b, raw) : NULL, *words = plain ? http_poll_words(a->poll, plain) : NULL;

	return words ? g_strdup_printf("the Alertmanager says (HTTP status %ld): %s", r->status, words) : http_answer_problem(r, WHO, http_poll_has_token(a->poll));
}

static void
take(struct alertmanager *a, const struct http_reply *r)
{
	g_autoptr(GError) error = NULL;
	guint left_out;
	GPtrArray *alerts = alertmanager_parse(r->body, r->body_length, &left_out, &error);

	if (!alerts) {
		datum_failed(&a->alerts->datum, error->message);
		return;
	}
	g_ptr_array_unref(a->alerts->alerts);
	a->alerts->alerts = alerts;
	datum_good(&a->alerts->datum, g_get_monotonic_time());
	if (left_out > 0) {
		g_free(a->alerts->datum.error);
		a->alerts->datum.error = g_strdup_printf("%u more alerts than %d are not shown", left_out, ALERTMANAGER_ALERTS_MAX);
	}
}

static void
on_answer(void *user, const struct http_reply *r, const char *problem)
{
	struct alertmanager *a = user;
	g_autofree char *why = r ? problem_of(a, r, NULL) : g_strdup_printf("the token of the Alertmanager: %s", problem);

	if (why)
		datum_failed(&a->alerts->datum, why);
	else
		take(a, r);
	a->changed(a->user);
}

struct alertmanager *
alertmanager_new(struct http *http, const struct alertmanager_settings *s, struct foreign_alerts *alerts, void (*changed)(void *user), void *user)
{
	struct alertmanager *a = g_new0(struct alertmanager, 1);
	g_autofree char *url = NULL;

	a->http = http;
	a->alerts = alerts;
	a->changed = changed;
	a->user = user;
	a->url = http_url_base(s->url);
	if (s->token)
		a->token = (struct secret_source){ .env = g_strdup(s->token->env), .file = g_strdup(s->token->file), .command = g_strdup(s->token->command),
			                               .timeout_ms = s->token->timeout_ms };
	a->silences = g_ptr_array_new_with_free_func(request_free);
	g_free(alerts->url);
	alerts->url = shown_url(a->url);
	url = g_strconcat(a->url, "/api/v2/alerts", NULL);
	a->poll = http_poll_new(http, &(struct http_poll_settings){
		.url = url, .token = s->token, .interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS, .timeout_ms = TIMEOUT_MS, .max_body = BODY_MAX },
		on_answer, a);
	return a;
}

/* `done` comes last. */
static void
tell(struct request *r, enum outcome outcome, const char *result)
{
	struct alertmanager *a = r->manager;
	alertmanager_silenced done = r->done;
	void *user = r->user;

	g_ptr_array_remove_fast(a->silences, r);
	done(user, outcome, result);
}

void
alertmanager_free(struct alertmanager *a)
{
	if (!a)
		return;
	while (a->silences->len > 0) {
		struct request *r = a->silences->pdata[0];
		if (r->http)
			tell(r, OUTCOME_UNKNOWN, "midwatch ended before it answered: " DOUBT);
		else
			tell(r, OUTCOME_FAILED, "midwatch ended before it was asked");
	}
	http_poll_free(a->poll);
	g_ptr_array_unref(a->silences);
	g_free(a->url);
	g_free((char *)a->token.env);
	g_free((char *)a->token.file);
	g_free((char *)a->token.command);
	g_free(a);
}

void
alertmanager_ask(struct alertmanager *a)
{
	http_poll_ask(a->poll);
}

/* --- a silence --- */

/* What was made is seen among its alerts. */
static void
finish(struct request *r, enum outcome outcome, const char *result)
{
	if (outcome != OUTCOME_FAILED)
		alertmanager_ask(r->manager);
	tell(r, outcome, result);
}

static void
on_silenced(void *user, const struct http_reply *reply)
{
	struct request *r = user;
	enum outcome outcome = http_outcome(reply);
	g_autofree char *why = problem_of(r->manager, reply, r->bearer), *id = NULL;

	r->http = NULL;
	if (outcome == OUTCOME_OK) {
		id = alertmanager_parse_silence(reply->body, reply->body_length);
		if (!id)
			why = g_strdup("what answers is not an Alertmanager (API v2): it tells no id of a silence");
		finish(r, id ? OUTCOME_OK : OUTCOME_FAILED, id ? id : why);
		return;
	}
	if (outcome == OUTCOME_UNKNOWN) {
		g_autofree char *doubt = g_strdup_printf("%s: " DOUBT, why);
		finish(r, outcome, doubt);
		return;
	}
	finish(r, outcome, why);
}

static gboolean
on_not_asked(gpointer data)
{
	struct request *r = data;
	g_autofree char *problem = g_steal_pointer(&r->problem);

	r->idle = 0;
	finish(r, OUTCOME_FAILED, problem);
	return G_SOURCE_REMOVE;
}

/* `problem` is taken. */
static void
refuse(struct request *r, char *problem)
{
	r->problem = problem;
	r->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_not_asked, r, NULL);
}

static void
on_token(void *user, const char *problem)
{
	static const struct http_events events = { .done = on_silenced };
	struct request *r = user;
	g_autofree char *url = g_strconcat(r->manager->url, "/api/v2/silences", NULL);
	char *header = bearer_header(r->bearer);
	const char *headers[] = { "Content-Type: application/json", header, NULL };

	if (problem)
		refuse(r, g_strdup_printf("the token of the Alertmanager: %s", problem));
	else
		r->http = http_send(r->manager->http, &(struct http_settings){
			.method = "POST", .url = url, .headers = headers, .body = r->body, .body_length = strlen(r->body), .timeout_ms = TIMEOUT_MS,
			.connect_timeout_ms = TIMEOUT_MS, .max_body = BODY_MAX, .once = TRUE }, &events, r);
	bearer_header_free(header);
}

void
alertmanager_silence(struct alertmanager *a, const struct foreign_alert *alert, gint64 seconds, const char *by, const char *comment,
                     alertmanager_silenced done, void *user)
{
	struct request *r = g_new0(struct request, 1);
	gint64 now = g_get_real_time();

	r->manager = a;
	r->done = done;
	r->user = user;
	r->body = alertmanager_silence_body(alert, now, now + seconds * G_USEC_PER_SEC, by, comment);
	r->bearer = http_poll_has_token(a->poll) ? bearer_new(&a->token, BEARER_AGAIN_S) : NULL;
	g_ptr_array_add(a->silences, r);
	if (!r->body)
		refuse(r, g_strdup("the alert has no labels: a silence of it would be one of everything"));
	else
		bearer_prepare(r->bearer, on_token, r);
}
