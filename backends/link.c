#include "backends/link_private.h"

#include <string.h>

#include "backends/runtime_dir.h"
#include "backends/ssh_connect.h"
#include "model/sanitize.h"

#define AUTH_FAILURES_MAX 3

static void connect_now(struct link *l);
static void on_retry_time(void *user, gboolean news);

static double
random_of_system(void)
{
	return g_random_double();
}

struct link *
link_new(const struct link_settings *s, struct link_status *status, const struct link_events *e, void *user)
{
	struct link_transports with = { .first = &transport_libssh2, .other = &transport_child, .random = random_of_system };

	if (s->local)
		with = (struct link_transports){ &transport_local, NULL, random_of_system };
	else if (g_strcmp0(s->transport, "libssh2") == 0)
		with.other = NULL;
	else if (g_strcmp0(s->transport, "ssh") == 0)
		with = (struct link_transports){ &transport_child, NULL, random_of_system };
	return link_new_with(s, &with, status, e, user);
}

struct link *
link_new_with(const struct link_settings *s, const struct link_transports *transports, struct link_status *status,
              const struct link_events *e, void *user)
{
	struct link *l = g_new0(struct link, 1);

	l->settings = *s;
	l->settings.host = g_strdup(s->host);
	l->settings.ssh_config = g_strdup(s->ssh_config);
	l->settings.known_hosts = g_strdup(s->known_hosts);
	l->settings.hostname = g_strdup(s->hostname);
	l->settings.transport = NULL; /* it is in `transports` now */
	l->events = *e;
	l->user = user;
	l->status = status;
	l->transports = *transports;
	l->class = transports->first;
	backoff_init(&l->backoff, transports->random);
	g_queue_init(&l->waiting);
	g_queue_init(&l->running);
	g_queue_init(&l->tunnels);
	l->retry = loop_watch_new(-1, on_retry_time, l);
	return l;
}

static void
remove_source(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

static void
destroy_transports(struct link *l)
{
	if (l->spent)
		l->class->destroy(l->spent);
	if (l->transport)
		l->class->destroy(l->transport);
	l->spent = l->transport = NULL;
}

void
link_free(struct link *l)
{
	if (!l)
		return;
	link_tunnels_clear(l);
	exec_clear(l);
	loop_watch_free(l->retry);
	remove_source(&l->notify);
	remove_source(&l->restart);
	remove_source(&l->pump);
	destroy_transports(l);
	secret_free(l->passphrase);
	g_free(l->accept_host_key);
	g_free((char *)l->settings.host);
	g_free((char *)l->settings.ssh_config);
	g_free((char *)l->settings.known_hosts);
	g_free((char *)l->settings.hostname);
	g_free(l);
}

static gboolean
on_notify(gpointer data)
{
	struct link *l = data;

	l->notify = 0;
	if (l->events.status)
		l->events.status(l->user);
	return G_SOURCE_REMOVE;
}

static void
status_changed(struct link *l)
{
	if (!l->notify)
		l->notify = g_idle_add_full(G_PRIORITY_DEFAULT, on_notify, l, NULL);
}

static void
set_text(char **field, const char *text)
{
	g_free(*field);
	*field = text ? sanitize_text(text, -1) : NULL;
}

/* Enters a state; what belonged to the state before is cleared. */
static void
set_state(struct link *l, enum link_state state, const char *reason, const char *advice)
{
	struct link_status *s = l->status;

	if (s->state != state || s->since_us == 0)
		s->since_us = g_get_monotonic_time();
	s->state = state;
	s->retry_at_us = 0;
	s->question = LINK_ASKS_NOTHING;
	set_text(&s->question_text, NULL);
	set_text(&s->step, NULL);
	set_text(&s->reason, reason);
	set_text(&s->advice, advice);
	status_changed(l);
}

static void
on_transport_up(void *user, const char *address)
{
	struct link *l = user;

	l->auth_failures = 0;
	l->status->failures = 0;
	l->session_limit = l->settings.local ? LINK_SESSIONS_LOCAL : LINK_SESSIONS;
	g_clear_pointer(&l->accept_host_key, g_free);
	backoff_up(&l->backoff, g_get_monotonic_time());
	set_text(&l->status->address, address);
	set_state(l, LINK_UP, NULL, NULL);
	link_tunnels_up(l);
	if (l->events.up)
		l->events.up(l->user);
}

static void
on_retry_time(void *user, gboolean news)
{
	(void)news;
	connect_now(user);
}

static void
retry_after_backoff(struct link *l)
{
	guint wait_ms = backoff_next_ms(&l->backoff);

	l->status->retry_at_us = g_get_monotonic_time() + (gint64)wait_ms * 1000;
	loop_watch_after(l->retry, wait_ms);
}

static gboolean
on_restart(gpointer data)
{
	struct link *l = data;

	l->restart = 0;
	if (l->spent)
		l->class->destroy(l->spent);
	l->spent = NULL;
	if (l->status->state == LINK_CONNECTING && !l->transport) {
		l->class = l->transports.other;
		connect_now(l);
	}
	return G_SOURCE_REMOVE;
}

static void
block_after_auth_failures(struct link *l, const struct transport_error *error)
{
	g_autofree char *advice = g_strdup_printf("%s%sStopped after %d refusals, so that the server does not lock you out: put it right, "
	                                          "then ask for another attempt.", error->advice ? error->advice : "",
	                                          error->advice ? " " : "", AUTH_FAILURES_MAX);

	set_state(l, LINK_BLOCKED, error->reason, advice);
}

/* Decides what follows from a failure. */
static void
enter_failure(struct link *l, const struct transport_error *error)
{
	switch (error->failure) {
	case TRANSPORT_UNSUPPORTED:
		if (l->transports.other && l->class != l->transports.other) {
			set_state(l, LINK_CONNECTING, error->reason, NULL); /* on_restart() goes on with the other transport */
			return;
		}
		set_state(l, LINK_BLOCKED, error->reason, error->advice);
		break;
	case TRANSPORT_HOST_KEY:
	case TRANSPORT_CONFIG:
		set_state(l, LINK_BLOCKED, error->reason, error->advice);
		break;
	case TRANSPORT_ASKS:
		set_state(l, LINK_BLOCKED, error->reason, error->advice);
		l->status->question = error->question;
		set_text(&l->status->question_text, error->question_text);
		break;
	case TRANSPORT_AUTH:
		if (++l->auth_failures >= AUTH_FAILURES_MAX) {
			block_after_auth_failures(l, error);
			break;
		}
		/* fall through */
	case TRANSPORT_UNREACHABLE:
	case TRANSPORT_LOST:
		set_state(l, LINK_DOWN, error->reason, error->advice);
		retry_after_backoff(l);
		break;
	}
	set_text(&l->status->step, error->step);
	l->status->failures++;
}

static void
on_transport_down(void *user, const struct transport_error *error)
{
	struct link *l = user;
	gboolean was_up = l->status->state == LINK_UP;

	if (was_up)
		backoff_down(&l->backoff, g_get_monotonic_time());
	l->spent = l->transport;
	l->transport = NULL;
	l->restart = g_idle_add_full(G_PRIORITY_DEFAULT, on_restart, l, NULL);
	enter_failure(l, error);
	exec_pump_later(l);
	if (was_up && l->events.down)
		l->events.down(l->user);
}

static void
on_transport_notice(void *user, const char *reason, const char *advice)
{
	struct link *l = user;

	set_state(l, LINK_CONNECTING, reason, advice);
}

static void
connect_now(struct link *l)
{
	static const struct transport_events events = { on_transport_up, on_transport_down, on_transport_notice };
	const struct transport_settings settings = {
		.host = l->settings.host,
		.ssh_config = l->settings.ssh_config,
		.known_hosts = l->settings.known_hosts,
		.passphrase = secret_text(l->passphrase),
		.accept_host_key = l->accept_host_key,
		.connect_timeout_s = l->settings.connect_timeout_s,
		.hostname = l->settings.hostname,
		.hostname_yields = l->settings.hostname_yields,
		.of_fleet = l->settings.of_fleet,
	};

	loop_watch_set(l->retry, FALSE, LOOP_WATCH_NEVER);
	remove_source(&l->restart);
	destroy_transports(l);
	set_state(l, LINK_CONNECTING, NULL, NULL);
	set_text(&l->status->transport, l->class->name);
	l->transport = l->class->create(&settings, &events, l);
	l->class->connect(l->transport);
}

void
link_start(struct link *l)
{
	if (l->status->state == LINK_IDLE)
		connect_now(l);
}

gboolean
link_set_hostname(struct link *l, const char *hostname, gboolean yields)
{
	char *before = (char *)l->settings.hostname;

	l->settings.hostname_yields = yields;
	if (g_strcmp0(before, hostname) == 0)
		return FALSE;
	l->settings.hostname = g_strdup(hostname);
	g_free(before);
	return TRUE;
}

gboolean
link_rest(struct link *l)
{
	if (!g_queue_is_empty(&l->running) || !g_queue_is_empty(&l->waiting))
		return FALSE;
	loop_watch_set(l->retry, FALSE, LOOP_WATCH_NEVER);
	remove_source(&l->restart);
	destroy_transports(l);
	set_state(l, LINK_IDLE, NULL, NULL);
	return TRUE;
}

void
link_fleet_connects(guint most)
{
	ssh_connect_fleet(most);
}

void
link_retry(struct link *l)
{
	backoff_reset(&l->backoff);
	l->auth_failures = 0;
	if (l->status->state != LINK_UP && l->status->state != LINK_CONNECTING)
		connect_now(l);
}

void
link_answer_host_key(struct link *l, gboolean accept)
{
	if (l->status->question != LINK_ASKS_HOST_KEY)
		return;
	if (accept) {
		g_free(l->accept_host_key);
		l->accept_host_key = g_strdup(l->status->question_text);
		connect_now(l);
	} else {
		set_state(l, LINK_BLOCKED, "The host key was not accepted.", "Ask for another attempt to see it again.");
	}
}

void
link_answer_passphrase(struct link *l, const char *passphrase)
{
	if (l->status->question != LINK_ASKS_PASSPHRASE)
		return;
	secret_free(l->passphrase);
	l->passphrase = NULL;
	if (passphrase && *passphrase) {
		l->passphrase = secret_new(passphrase);
		connect_now(l);
	} else {
		set_state(l, LINK_BLOCKED, "The key file needs its passphrase.",
		          "Ask for another attempt to be asked again, or run ssh-add first.");
	}
}

gboolean
link_is_up(const struct link *l)
{
	return l->status->state == LINK_UP && l->transport;
}

char *
link_describe_down(const struct link *l)
{
	const char *reason = l->status->reason;

	if (l->status->state == LINK_CONNECTING || l->status->state == LINK_IDLE)
		return g_strdup("Nothing was sent: the link is not up yet.");
	return g_strdup_printf("Nothing was sent: the link is down%s%s", reason ? ": " : ".", reason ? reason : "");
}

void
link_cleanup(void)
{
	runtime_dir_cleanup();
}
