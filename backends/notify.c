#include "backends/notify.h"

#include <string.h>

#include "backends/backoff.h"
#include "backends/bearer.h"
#include "backends/notify_message.h"
#include "backends/notify_private.h"
#include "backends/notify_text.h"

#define TIMEOUT_MS 15000
#define BODY_MAX ((gsize)64 << 10)

struct notifier {
	struct http *http;
	const struct notify_kind *kind;
	struct notify_settings settings; /* its texts are owned; the secret's source is the bearer's */
	struct bearer *bearer;
	struct backoff backoff;
	GQueue waiting;      /* of struct notify_waiting, owned: the first is the one that is sent */
	gboolean busy;       /* with the first: its secret is read, or it is under way */
	struct http_request *request;
	guint timer;         /* until the first is tried */
	gint64 not_before_us;
	char *why;           /* owned, safe: of the last attempt; NULL */
	gboolean unreached;
	guint lost;          /* messages that nobody got and nobody was told of */
	GQueue refused;      /* of struct notify_waiting, owned: they did not fit */
	guint idle;          /* tells those */
	struct { notify_done done; void *user; guint idle; } check;
};

const struct notify_kind *
notify_kind(enum notify_service s)
{
	static const struct notify_kind *const kinds[] = {
		[NOTIFY_PAGERDUTY] = &notify_pagerduty, [NOTIFY_SLACK] = &notify_slack, [NOTIFY_TELEGRAM] = &notify_telegram };

	return kinds[s];
}

char *
notify_body(const struct notify_settings *s, const struct notify_message *m, const char *lost, const char *routing_key)
{
	char *body = notify_kind(s->service)->body(s, m, lost);
	char *signed_body = NULL;

	if (!routing_key || s->service != NOTIFY_PAGERDUTY)
		return body;
	signed_body = notify_pagerduty_sign(body, routing_key);
	g_free(body);
	return signed_body;
}

struct notifier *
notifier_new(struct http *http, const struct notify_settings *s)
{
	struct notifier *n = g_new0(struct notifier, 1);

	n->http = http;
	n->kind = notify_kind(s->service);
	n->settings = *s;
	n->settings.secret = (struct secret_source){ 0 };
	n->settings.name = g_strdup(s->name);
	n->settings.url = g_strdup(s->url);
	n->settings.chat = g_strdup(s->chat);
	n->settings.source = g_strdup(s->source);
	n->settings.patience_ms = s->patience_ms ? s->patience_ms : NOTIFY_PATIENCE_MS;
	n->settings.timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS;
	n->settings.second_ms = s->second_ms ? s->second_ms : 1000;
	n->bearer = bearer_new(&s->secret, MAX(BEARER_AGAIN_S * n->settings.second_ms / 1000, 1));
	backoff_init(&n->backoff, g_random_double);
	return n;
}

void
notifier_free(struct notifier *n)
{
	if (!n)
		return;
	http_cancel(n->request);
	bearer_free(n->bearer);
	g_clear_handle_id(&n->timer, g_source_remove);
	g_clear_handle_id(&n->idle, g_source_remove);
	g_clear_handle_id(&n->check.idle, g_source_remove);
	g_queue_clear_full(&n->waiting, (GDestroyNotify)notify_waiting_free);
	g_queue_clear_full(&n->refused, (GDestroyNotify)notify_waiting_free);
	g_free((char *)n->settings.name);
	g_free((char *)n->settings.url);
	g_free((char *)n->settings.chat);
	g_free((char *)n->settings.source);
	g_free(n->why);
	g_free(n);
}

/* --- the end of a message --- */

static void plan(struct notifier *n, gint64 wait_us);

/* `done` comes last: it may free the notifier. */
static void
finish(struct notifier *n, enum outcome outcome, const char *result)
{
	struct notify_waiting *w = g_queue_pop_head(&n->waiting);
	notify_done done = w->done;
	void *user = w->user;

	n->busy = FALSE;
	g_clear_pointer(&n->why, g_free);
	notify_waiting_free(w);
	plan(n, outcome == OUTCOME_OK ? n->kind->gap_s * (gint64)n->settings.second_ms * 1000 : 0);
	done(user, outcome, result);
}

static void
lose(struct notifier *n, const char *result)
{
	n->lost++;
	finish(n, OUTCOME_FAILED, result);
}

static void
take(struct notifier *n)
{
	const struct notify_waiting *w = g_queue_peek_head(&n->waiting);
	g_autoptr(GString) result = g_string_new("sent");

	if (w->attempts > 1)
		g_string_append_printf(result, " at attempt %u", w->attempts);
	if (w->doubtful && n->settings.service != NOTIFY_PAGERDUTY)
		g_string_append(result, "; it may stand there twice, since an attempt before was not answered");
	if (w->moved)
		g_string_append_printf(result, "; the group is a supergroup now: set notify.telegram.chat to %s", n->settings.chat);
	n->lost -= w->told_lost; /* not what was lost since it went out */
	backoff_reset(&n->backoff);
	finish(n, OUTCOME_OK, result->str);
}

/* --- waiting --- */

/* Longer than it is tried at all, no message waits for another's sake. */
static void
later(struct notifier *n, const char *why, gint64 told_s)
{
	const struct notify_waiting *w = g_queue_peek_head(&n->waiting);
	gint64 now = g_get_monotonic_time(), second = n->settings.second_ms * (gint64)1000, patience = n->settings.patience_ms * (gint64)1000;
	gint64 wait = told_s > 0 ? MIN(told_s, patience / second + 1) * second : backoff_next_ms(&n->backoff) * second / 1000;
	g_autofree char *result = NULL;

	if (now + wait > w->until_us) {
		g_autofree char *pause = told_s > 0 ? g_strdup_printf(", asked to wait %" G_GINT64_FORMAT " s", told_s) : g_strdup("");
		result = g_strdup_printf("GIVEN UP after %u attempt%s in %" G_GINT64_FORMAT " s%s: %s", w->attempts, w->attempts == 1 ? "" : "s",
		                         (now - w->since_us) / second, pause, why);
		n->not_before_us = now + MIN(wait, patience);
		lose(n, result);
		return;
	}
	n->busy = FALSE;
	g_free(n->why);
	n->why = g_strdup(why);
	plan(n, wait);
}

/* --- an attempt --- */

static void begin(struct notifier *n);
static void on_secret(void *user, const char *problem);

/* The secret is read anew at once when it was not read just now. */
static void
refuse_secret(struct notifier *n, const char *why)
{
	if (bearer_refused(n->bearer))
		bearer_prepare(n->bearer, on_secret, n);
	else
		later(n, why, 0);
}

static void
move(struct notifier *n, struct notify_waiting *w, const struct notify_reply *reply, const char *words)
{
	if (w->moved) {
		lose(n, words);
		return;
	}
	w->moved = TRUE;
	g_free((char *)n->settings.chat);
	n->settings.chat = g_strdup(reply->chat);
	begin(n);
}

static void
act(struct notifier *n, const struct notify_reply *reply)
{
	g_autofree char *words = reply->words ? notify_redact(n->bearer, reply->words) : NULL;

	switch (reply->verdict) {
	case NOTIFY_TAKEN:
		take(n);
		break;
	case NOTIFY_AGAIN:
		later(n, words, reply->wait_s);
		break;
	case NOTIFY_SECRET:
		refuse_secret(n, words);
		break;
	case NOTIFY_MOVED:
		move(n, g_queue_peek_head(&n->waiting), reply, words);
		break;
	case NOTIFY_REFUSED:
		lose(n, words);
		break;
	}
}

static void
on_reply(void *user, const struct http_reply *r)
{
	struct notifier *n = user;
	struct notify_waiting *w = g_queue_peek_head(&n->waiting);
	struct notify_reply reply = { .verdict = NOTIFY_AGAIN };

	n->request = NULL;
	n->unreached = r->status == 0;
	if (r->status == 0) {
		w->doubtful = w->doubtful || r->sent;
		reply.words = g_strdup(r->problem);
	} else {
		n->kind->judge(r, &reply);
		if (r->status == 429 || r->status == 503)
			reply.wait_s = MAX(reply.wait_s, r->retry_after_s);
	}
	act(n, &reply);
	notify_reply_clear(&reply);
}

/* Of what is closed PagerDuty takes the key alone. */
static gboolean
tells_of_lost(const struct notifier *n, const struct notify_message *m)
{
	return m->event == NOTIFY_TRIGGER || n->settings.service != NOTIFY_PAGERDUTY;
}

static void
send_request(struct notifier *n, const char *url)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	static const struct http_events events = { .done = on_reply };
	struct notify_waiting *w = g_queue_peek_head(&n->waiting);
	g_autofree char *lost = NULL;
	char *body;

	w->attempts++;
	w->told_lost = tells_of_lost(n, &w->message) ? n->lost : 0;
	lost = notify_text_lost(w->told_lost);
	body = notify_body(&n->settings, &w->message, lost, bearer_text(n->bearer));
	n->request = http_send(n->http, &(struct http_settings){
		.method = "POST", .url = url, .headers = headers, .body = body, .body_length = strlen(body), .timeout_ms = n->settings.timeout_ms,
		.connect_timeout_ms = n->settings.timeout_ms, .max_body = BODY_MAX, .once = TRUE }, &events, n);
	secret_wipe(body);
}

static void
on_secret(void *user, const char *problem)
{
	struct notifier *n = user;
	const char *fault = NULL;
	char *url = problem ? NULL : n->kind->url(&n->settings, bearer_text(n->bearer), &fault);

	n->unreached = FALSE;
	if (url) {
		send_request(n, url);
		secret_wipe(url);
	} else if (problem) {
		g_autofree char *why = g_strdup_printf("the secret of %s: %s", n->settings.name, problem);
		later(n, why, 0);
	} else {
		refuse_secret(n, fault);
	}
}

static void
begin(struct notifier *n)
{
	n->busy = TRUE;
	bearer_prepare(n->bearer, on_secret, n);
}

static gboolean
on_timer(gpointer data)
{
	struct notifier *n = data;

	n->timer = 0;
	begin(n);
	return G_SOURCE_REMOVE;
}

/* The first is tried when `wait_us` has passed, and not before a pause is over that the service asked for. */
static void
plan(struct notifier *n, gint64 wait_us)
{
	gint64 now = g_get_monotonic_time();

	n->not_before_us = MAX(n->not_before_us, now + wait_us);
	if (n->busy || n->timer || g_queue_is_empty(&n->waiting))
		return;
	n->timer = g_timeout_add((guint)(MAX(n->not_before_us - now, 0) / 1000), on_timer, n);
}

/* --- the interface --- */

static gboolean
on_refused(gpointer data)
{
	struct notifier *n = data;
	struct notify_waiting *w = g_queue_pop_head(&n->refused);
	g_autofree char *result = g_strdup_printf("NOT SENT: %u messages wait already%s%s", n->waiting.length, n->why ? ": " : "", n->why ? n->why : "");
	notify_done done = w->done;
	void *user = w->user;
	gboolean more = !g_queue_is_empty(&n->refused);

	notify_waiting_free(w);
	if (!more)
		n->idle = 0;
	done(user, OUTCOME_FAILED, result);
	return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
notifier_send(struct notifier *n, const struct notify_message *m, notify_done done, void *user)
{
	struct notify_waiting *w = notify_waiting_new(m, done, user, g_get_monotonic_time(), n->settings.patience_ms * (gint64)1000);

	if (n->waiting.length < NOTIFY_WAITING_MAX) {
		g_queue_push_tail(&n->waiting, w);
		plan(n, 0);
		return;
	}
	n->lost++;
	g_queue_push_tail(&n->refused, w);
	if (!n->idle)
		n->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_refused, n, NULL);
}

guint
notifier_waiting(const struct notifier *n, const char **why)
{
	if (why)
		*why = n->why;
	return n->waiting.length;
}

const char *
notifier_name(const struct notifier *n)
{
	return n->settings.name;
}

gboolean
notifier_is_unreached(const struct notifier *n)
{
	return n->unreached;
}

/* --- the check of a secret --- */

static void
on_checked(void *user, const char *problem)
{
	struct notifier *n = user;
	const char *fault = problem;
	char *url = problem ? NULL : n->kind->url(&n->settings, bearer_text(n->bearer), &fault);
	gboolean good = url != NULL;

	secret_wipe(url);
	n->check.done(n->check.user, good ? OUTCOME_OK : OUTCOME_FAILED, good ? "" : fault);
}

static gboolean
on_check(gpointer data)
{
	struct notifier *n = data;

	n->check.idle = 0;
	bearer_prepare(n->bearer, on_checked, n);
	return G_SOURCE_REMOVE;
}

void
notifier_check(struct notifier *n, notify_done done, void *user)
{
	n->check.done = done;
	n->check.user = user;
	if (!n->check.idle)
		n->check.idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_check, n, NULL);
}
