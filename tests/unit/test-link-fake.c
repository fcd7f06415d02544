/* The link's state machine on a transport that fails as told. */
#include "backends/link_private.h"

#include <string.h>

#include "tests/unit/wait_for.h"

/* --- the transport --- */

struct channel {
	struct channel_events events;
	void *user;
	char *command;
	GString *written;
	gboolean eof, paused;
};

struct transport {
	struct transport_events events;
	void *user;
	guint idle;
};

static struct {
	const struct transport_error *script; /* one for each attempt; TRANSPORT_LOST = comes up */
	guint length, attempts, under_way, most_under_way;
	struct transport *live;
	char *accept_host_key, *passphrase, *hostname;
	GPtrArray *channels; /* open ones */
	guint refuse_above;  /* open session channels beyond this are refused; 0 = none */
	guint other_attempts;
} fake;

static struct transport *
fake_create(const struct transport_settings *s, const struct transport_events *e, void *user)
{
	struct transport *t = g_new0(struct transport, 1);

	t->events = *e;
	t->user = user;
	g_free(fake.accept_host_key);
	fake.accept_host_key = g_strdup(s->accept_host_key);
	g_free(fake.passphrase);
	fake.passphrase = g_strdup(s->passphrase);
	g_free(fake.hostname);
	fake.hostname = g_strdup(s->hostname);
	fake.under_way++;
	fake.most_under_way = MAX(fake.most_under_way, fake.under_way);
	return t;
}

static gboolean
on_connect(gpointer data)
{
	struct transport *t = data;
	const struct transport_error *next = &fake.script[MIN(fake.attempts, fake.length - 1)];

	t->idle = 0;
	fake.attempts++;
	if (next->failure == TRANSPORT_LOST) {
		fake.live = t;
		t->events.up(t->user, "root@198.51.100.7:22");
	} else {
		t->events.down(t->user, next);
	}
	return G_SOURCE_REMOVE;
}

static void
fake_connect(struct transport *t)
{
	t->idle = g_idle_add(on_connect, t);
}

static void
fake_destroy(struct transport *t)
{
	if (t->idle)
		g_source_remove(t->idle);
	if (fake.live == t)
		fake.live = NULL;
	fake.under_way--;
	g_free(t);
}

static void
channel_free(struct channel *c)
{
	g_ptr_array_remove(fake.channels, c);
	g_free(c->command);
	g_string_free(c->written, TRUE);
	g_free(c);
}

static void
channel_end(struct channel *c, int exit_code, int code, const char *why)
{
	struct channel_events events = c->events;
	void *user = c->user;
	g_autoptr(GError) error = why ? g_error_new_literal(TRANSPORT_ERROR, code, why) : NULL;

	channel_free(c);
	events.closed(user, exit_code, error);
}

static gboolean
on_refuse(gpointer data)
{
	channel_end(data, -1, TRANSPORT_ERROR_OPEN_REFUSED, "administratively prohibited");
	return G_SOURCE_REMOVE;
}

static struct channel *
fake_exec(struct transport *t, const char *command, const struct channel_events *e, void *user)
{
	struct channel *c = g_new0(struct channel, 1);

	c->events = *e;
	c->user = user;
	c->command = g_strdup(command);
	c->written = g_string_new(NULL);
	if (fake.refuse_above && fake.channels->len >= fake.refuse_above)
		g_idle_add(on_refuse, c);
	else
		g_ptr_array_add(fake.channels, c);
	return c;
}

static struct channel *
fake_tcp(struct transport *t, const char *host, guint16 port, const struct channel_events *e, void *user)
{
	return fake_exec(t, host, e, user);
}

static struct channel *
fake_unix(struct transport *t, const char *path, const struct channel_events *e, void *user)
{
	return fake_exec(t, path, e, user);
}

static gsize
fake_write(struct channel *c, const char *bytes, gsize len)
{
	gsize n = MIN(len, 5); /* little fits at once */

	g_string_append_len(c->written, bytes, (gssize)n);
	return n;
}

static void
fake_write_eof(struct channel *c)
{
	c->eof = TRUE;
}

static void
fake_pause(struct channel *c, gboolean paused)
{
	c->paused = paused;
}

static const struct transport_class fake_first = {
	.name = "first", .create = fake_create, .connect = fake_connect, .destroy = fake_destroy, .exec = fake_exec, .tcp = fake_tcp,
	.unix_socket = fake_unix, .write = fake_write, .write_eof = fake_write_eof, .pause = fake_pause, .close = channel_free };

static struct transport *
other_create(const struct transport_settings *s, const struct transport_events *e, void *user)
{
	fake.other_attempts++;
	return fake_create(s, e, user);
}

static const struct transport_class fake_other = {
	.name = "other", .create = other_create, .connect = fake_connect, .destroy = fake_destroy, .exec = fake_exec, .tcp = fake_tcp,
	.unix_socket = fake_unix, .write = fake_write, .write_eof = fake_write_eof, .pause = fake_pause, .close = channel_free };

/* --- the fixture --- */

struct fixture {
	struct link *link;
	struct link_status status;
	guint ups, downs, changes;
};

static void
on_up(void *user)
{
	((struct fixture *)user)->ups++;
}

static void
on_down(void *user)
{
	((struct fixture *)user)->downs++;
}

static void
on_status(void *user)
{
	((struct fixture *)user)->changes++;
}

static double
middle(void)
{
	return 0.5;
}

static void
begin(struct fixture *f, const struct transport_error *script, guint length)
{
	static const struct link_events events = { on_up, on_down, on_status };
	const struct link_settings settings = { .host = "gw1.example.com" };
	const struct link_transports with = { &fake_first, &fake_other, middle };

	memset(f, 0, sizeof *f);
	memset(&fake, 0, sizeof fake);
	fake.script = script;
	fake.length = length;
	fake.channels = g_ptr_array_new();
	f->link = link_new_with(&settings, &with, &f->status, &events, f);
	link_start(f->link);
	g_assert_cmpint(f->status.state, ==, LINK_CONNECTING);
	g_assert_cmpuint(f->changes, ==, 0); /* never from inside the call */
}

static void
end(struct fixture *f)
{
	link_free(f->link);
	g_assert_cmpuint(fake.under_way, ==, 0);
	g_assert_cmpuint(fake.channels->len, ==, 0);
	g_assert_cmpuint(fake.most_under_way, <=, 1);
	g_ptr_array_unref(fake.channels);
	g_free(fake.accept_host_key);
	g_free(fake.passphrase);
	g_free(fake.hostname);
	link_status_clear(&f->status);
}

/* Everything that is ready is done. */
static void
settle(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static const struct transport_error comes_up = { .failure = TRANSPORT_LOST };
#define UP { .failure = TRANSPORT_LOST }
#define UNREACHABLE { .failure = TRANSPORT_UNREACHABLE, .step = "connect", .reason = "Connection refused", .advice = "Is it on?" }
#define AUTH { .failure = TRANSPORT_AUTH, .step = "authentication", .reason = "Permission denied (publickey)" }

static void
lose(const char *reason)
{
	struct transport *t = fake.live;

	fake.live = NULL;
	while (fake.channels->len > 0)
		channel_end(fake.channels->pdata[0], -1, TRANSPORT_ERROR_LINK_LOST, reason);
	t->events.down(t->user, &(struct transport_error){ .failure = TRANSPORT_LOST, .reason = reason });
}

/* --- connecting --- */

static void
test_up(void)
{
	struct fixture f;

	begin(&f, &comes_up, 1);
	WAIT_FOR(f.ups == 1);
	settle();
	g_assert_true(link_is_up(f.link));
	g_assert_cmpint(f.status.state, ==, LINK_UP);
	g_assert_cmpstr(f.status.address, ==, "root@198.51.100.7:22");
	g_assert_cmpstr(f.status.transport, ==, "first");
	g_assert_null(f.status.reason);
	g_assert_cmpint(f.status.since_us, >, 0);
	g_assert_cmpuint(f.changes, >, 0);
	end(&f);
}

/* The first wait is real: 2.5 s with the middle of the jitter. */
static void
test_retries(void)
{
	static const struct transport_error script[] = { UNREACHABLE, UP };
	struct fixture f;
	gint64 wait_us;

	begin(&f, script, 2);
	WAIT_FOR(f.status.state == LINK_DOWN);
	wait_us = f.status.retry_at_us - f.status.since_us;
	g_assert_cmpint(wait_us, >=, 2400000);
	g_assert_cmpint(wait_us, <=, 12500000);
	g_assert_cmpuint(f.status.failures, ==, 1);
	g_assert_cmpstr(f.status.reason, ==, "Connection refused");
	g_assert_cmpstr(f.status.advice, ==, "Is it on?");
	g_assert_cmpuint(f.ups + f.downs, ==, 0);
	WAIT_FOR(f.ups == 1);
	g_assert_cmpuint(f.status.failures, ==, 0);
	g_assert_cmpint(f.status.retry_at_us, ==, 0);
	end(&f);
}

static void
test_retry_by_operator(void)
{
	static const struct transport_error script[] = { UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE };
	struct fixture f;

	begin(&f, script, 4);
	for (guint i = 1; i <= 4; i++) {
		WAIT_FOR(fake.attempts == i && f.status.state == LINK_DOWN);
		/* The backoff starts anew each time. */
		g_assert_cmpint(f.status.retry_at_us - f.status.since_us, <, 20000000);
		if (i < 4)
			link_retry(f.link);
	}
	g_assert_cmpuint(f.status.failures, ==, 4);
	end(&f);
}

static void
test_three_refusals(void)
{
	static const struct transport_error script[] = { AUTH, AUTH, AUTH, UP };
	struct fixture f;

	begin(&f, script, 4);
	WAIT_FOR(f.status.state == LINK_BLOCKED); /* after two real waits */
	g_assert_cmpuint(fake.attempts, ==, 3);
	g_assert_cmpint(f.status.retry_at_us, ==, 0);
	g_assert_cmpint(f.status.question, ==, LINK_ASKS_NOTHING);
	g_assert_cmpstr(f.status.reason, ==, "Permission denied (publickey)");
	g_assert_nonnull(strstr(f.status.advice, "another attempt"));
	link_retry(f.link);
	WAIT_FOR(f.ups == 1);
	end(&f);
}

static void
test_blocked(void)
{
	static const struct transport_error changed[] = {
		{ .failure = TRANSPORT_HOST_KEY, .reason = "The key has changed\033[2J", .advice = "Ask who runs it" }, UP };
	static const struct transport_error config[] = { { .failure = TRANSPORT_CONFIG, .reason = "Bad option" }, UP };
	struct fixture f;

	begin(&f, changed, 2);
	WAIT_FOR(f.status.state == LINK_BLOCKED);
	g_assert_cmpint(f.status.question, ==, LINK_ASKS_NOTHING);
	g_assert_null(strchr(f.status.reason, '\033')); /* made safe */
	g_assert_cmpint(f.status.retry_at_us, ==, 0);
	link_answer_host_key(f.link, TRUE); /* nobody asked */
	settle();
	g_assert_cmpint(f.status.state, ==, LINK_BLOCKED);
	end(&f);

	begin(&f, config, 2);
	WAIT_FOR(f.status.state == LINK_BLOCKED);
	link_retry(f.link);
	WAIT_FOR(f.ups == 1);
	end(&f);
}

static void
test_host_key_question(void)
{
	static const struct transport_error script[] = {
		{ .failure = TRANSPORT_ASKS, .question = LINK_ASKS_HOST_KEY, .question_text = "ED25519 SHA256:abc" },
		{ .failure = TRANSPORT_ASKS, .question = LINK_ASKS_HOST_KEY, .question_text = "ED25519 SHA256:abc" }, UP };
	struct fixture f;

	begin(&f, script, 3);
	WAIT_FOR(f.status.question == LINK_ASKS_HOST_KEY);
	g_assert_cmpstr(f.status.question_text, ==, "ED25519 SHA256:abc");
	link_answer_host_key(f.link, FALSE);
	g_assert_cmpint(f.status.state, ==, LINK_BLOCKED);
	g_assert_cmpint(f.status.question, ==, LINK_ASKS_NOTHING);
	link_retry(f.link);
	WAIT_FOR(f.status.question == LINK_ASKS_HOST_KEY);
	g_assert_null(fake.accept_host_key);
	link_answer_host_key(f.link, TRUE);
	WAIT_FOR(f.ups == 1);
	g_assert_cmpstr(fake.accept_host_key, ==, "ED25519 SHA256:abc");
	lose("cut");
	WAIT_FOR(f.ups == 2);
	g_assert_null(fake.accept_host_key); /* good for one time */
	end(&f);
}

static void
test_passphrase_question(void)
{
	static const struct transport_error script[] = {
		{ .failure = TRANSPORT_ASKS, .question = LINK_ASKS_PASSPHRASE, .question_text = "/home/x/.ssh/id_ed25519" }, UP };
	struct fixture f;

	begin(&f, script, 2);
	WAIT_FOR(f.status.question == LINK_ASKS_PASSPHRASE);
	link_answer_passphrase(f.link, "correct horse");
	WAIT_FOR(f.ups == 1);
	g_assert_cmpstr(fake.passphrase, ==, "correct horse");
	end(&f);
}

/* An inventory may say another address meanwhile: the next connection goes there. */
static void
test_another_hostname(void)
{
	static const struct transport_error script[] = { UP };
	struct fixture f;

	begin(&f, script, 1);
	WAIT_FOR(f.ups == 1);
	g_assert_null(fake.hostname);
	g_assert_true(link_set_hostname(f.link, "100.64.0.7", FALSE));
	g_assert_false(link_set_hostname(f.link, "100.64.0.7", FALSE));
	g_assert_cmpint(f.status.state, ==, LINK_UP);
	lose("cut");
	WAIT_FOR(f.ups == 2);
	g_assert_cmpstr(fake.hostname, ==, "100.64.0.7");
	end(&f);
}

/* What the first cannot, the other tries at once, and keeps it. */
static void
test_other_transport(void)
{
	static const struct transport_error script[] = { { .failure = TRANSPORT_UNSUPPORTED, .reason = "RSA on 1.10" }, UP };
	static const struct transport_error never[] = {
		{ .failure = TRANSPORT_UNSUPPORTED, .reason = "RSA on 1.10" }, { .failure = TRANSPORT_UNSUPPORTED, .reason = "nor I" } };
	struct fixture f;

	begin(&f, script, 2);
	WAIT_FOR(f.ups == 1);
	g_assert_cmpstr(f.status.transport, ==, "other");
	g_assert_cmpuint(fake.other_attempts, ==, 1);
	lose("cut");
	WAIT_FOR(f.ups == 2);
	g_assert_cmpuint(fake.other_attempts, ==, 2);
	end(&f);

	begin(&f, never, 2);
	WAIT_FOR(f.status.state == LINK_BLOCKED);
	g_assert_cmpstr(f.status.reason, ==, "nor I");
	end(&f);
}

static void
test_lost(void)
{
	struct fixture f;

	begin(&f, &comes_up, 1);
	WAIT_FOR(f.ups == 1);
	lose("Timeout, server not responding.");
	g_assert_cmpuint(f.downs, ==, 1);
	g_assert_cmpint(f.status.state, ==, LINK_DOWN);
	g_assert_false(link_is_up(f.link));
	g_assert_cmpint(f.status.retry_at_us, >, 0);
	WAIT_FOR(f.ups == 2);
	end(&f);
}

/* --- commands --- */

struct answer {
	guint times;
	enum link_outcome outcome;
	int exit_code;
	char *output, *errors, *problem;
	gboolean truncated;
};

static void
on_answer(const struct link_result *r, void *user)
{
	struct answer *a = user;

	a->times++;
	a->outcome = r->outcome;
	a->exit_code = r->exit_code;
	a->truncated = r->truncated;
	g_free(a->output);
	a->output = g_strdup(r->output);
	g_free(a->errors);
	a->errors = g_strdup(r->errors);
	g_free(a->problem);
	a->problem = g_strdup(r->problem);
	g_assert_cmpint(r->problem == NULL, ==, r->outcome == LINK_EXITED);
}

static void
answer_clear(struct answer *a)
{
	g_free(a->output);
	g_free(a->errors);
	g_free(a->problem);
	memset(a, 0, sizeof *a);
}

static struct link_job *
run(struct fixture *f, const char *command, struct answer *a)
{
	const struct link_command c = { .command = command };

	return link_run(f->link, &c, on_answer, a);
}

static struct channel *
channel_at(guint i)
{
	g_assert_cmpuint(fake.channels->len, >, i);
	return fake.channels->pdata[i];
}

static void
say(struct channel *c, const char *text)
{
	c->events.data(c->user, text, strlen(text));
}

/* Says the sentinel that the wrapped command would print. */
static void
say_sentinel(struct channel *c, int code)
{
	const char *mark = strstr(c->command, "__mw_");
	g_autofree char *text = NULL;

	g_assert_nonnull(mark);
	text = g_strdup_printf("%.*s%d\n", (int)(strchr(mark, '=') - mark) + 1, mark, code);
	say(c, text);
}

static void
bring_up(struct fixture *f)
{
	begin(f, &comes_up, 1);
	WAIT_FOR(f->ups == 1);
	settle();
}

static void
test_exit_code_by_sentinel(void)
{
	struct fixture f;
	struct answer a = { 0 };
	struct channel *c;

	bring_up(&f);
	run(&f, "docker ps", &a);
	g_assert_cmpuint(fake.channels->len, ==, 0); /* later, from the loop */
	settle();
	c = channel_at(0);
	c->events.opened(c->user);
	say(c, "one\ntwo");
	c->events.errors(c->user, "oops", 4);
	say_sentinel(c, 3);
	channel_end(c, 0, 0, NULL); /* a library's 0 is not believed */
	g_assert_cmpuint(a.times, ==, 1);
	g_assert_cmpint(a.outcome, ==, LINK_EXITED);
	g_assert_cmpint(a.exit_code, ==, 3);
	g_assert_cmpstr(a.output, ==, "one\ntwo");
	g_assert_cmpstr(a.errors, ==, "oops");
	answer_clear(&a);
	end(&f);
}

static void
test_no_sentinel_is_uncertain(void)
{
	struct fixture f;
	struct answer a = { 0 };
	struct channel *c;

	bring_up(&f);
	run(&f, "docker restart x", &a);
	settle();
	c = channel_at(0);
	c->events.opened(c->user);
	channel_end(c, 0, 0, NULL);
	g_assert_cmpint(a.outcome, ==, LINK_UNCERTAIN);
	answer_clear(&a);

	run(&f, "docker restart x", &a);
	settle();
	lose("cut"); /* not even opened: the request may have been on its way */
	settle();
	g_assert_cmpint(a.outcome, ==, LINK_UNCERTAIN);
	g_assert_nonnull(strstr(a.problem, "cut"));
	answer_clear(&a);
	end(&f);
}

static void
test_not_sent_while_down(void)
{
	static const struct transport_error script[] = { UNREACHABLE };
	struct fixture f;
	struct answer a = { 0 }, b = { 0 };

	begin(&f, script, 1);
	WAIT_FOR(f.status.state == LINK_DOWN);
	run(&f, "true", &a);
	run(&f, "true", &b);
	g_assert_cmpuint(a.times, ==, 0);
	WAIT_FOR(a.times == 1 && b.times == 1);
	g_assert_cmpint(a.outcome, ==, LINK_NOT_SENT);
	g_assert_nonnull(strstr(a.problem, "Connection refused"));
	answer_clear(&a);
	answer_clear(&b);
	end(&f);
}

static void
test_waiting_ones_fail_when_lost(void)
{
	struct fixture f;
	struct answer answers[10] = { 0 };
	guint unsent = 0;

	bring_up(&f);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		run(&f, "sleep 1", &answers[i]);
	settle();
	g_assert_cmpuint(fake.channels->len, ==, LINK_SESSIONS);
	lose("cut");
	settle();
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_assert_cmpuint(answers[i].times, ==, 1);
		unsent += answers[i].outcome == LINK_NOT_SENT;
		answer_clear(&answers[i]);
	}
	g_assert_cmpuint(unsent, ==, 2);
	end(&f);
}

static void
test_queue(void)
{
	struct fixture f;
	struct answer answers[20] = { 0 };

	bring_up(&f);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		run(&f, "x", &answers[i]);
	for (guint done = 0; done < G_N_ELEMENTS(answers); done++) {
		struct channel *c;
		settle();
		g_assert_cmpuint(fake.channels->len, ==, MIN(LINK_SESSIONS, G_N_ELEMENTS(answers) - done));
		c = channel_at(0);
		c->events.opened(c->user);
		say_sentinel(c, 0);
		channel_end(c, 0, 0, NULL);
		g_assert_cmpuint(answers[done].times, ==, 1); /* in order */
	}
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		answer_clear(&answers[i]);
	end(&f);
}

/* MaxSessions is lower than we think: the refused ones wait for their turn. */
static void
test_refused_channels_wait(void)
{
	struct fixture f;
	struct answer answers[5] = { 0 };

	bring_up(&f);
	fake.refuse_above = 2;
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		run(&f, "x", &answers[i]);
	for (guint done = 0; done < G_N_ELEMENTS(answers); done++) {
		struct channel *c;
		settle();
		g_assert_cmpuint(fake.channels->len, <=, 2);
		c = channel_at(0);
		say_sentinel(c, 0);
		channel_end(c, 0, 0, NULL);
	}
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_assert_cmpuint(answers[i].times, ==, 1);
		g_assert_cmpint(answers[i].outcome, ==, LINK_EXITED);
		answer_clear(&answers[i]);
	}
	end(&f);
}

static void
test_refused_alone(void)
{
	struct fixture f;
	struct answer a = { 0 };

	bring_up(&f);
	run(&f, "x", &a);
	settle();
	channel_end(channel_at(0), -1, TRANSPORT_ERROR_OPEN_REFUSED, "no more sessions");
	g_assert_cmpint(a.outcome, ==, LINK_NOT_SENT);
	g_assert_nonnull(strstr(a.problem, "no more sessions"));
	answer_clear(&a);
	end(&f);
}

static void
test_input(void)
{
	struct fixture f;
	struct answer a = { 0 };
	const struct link_command command = { .command = "cat", .input = "hello world", .input_length = 11 };
	struct channel *c;

	bring_up(&f);
	link_run(f.link, &command, on_answer, &a);
	settle();
	c = channel_at(0);
	g_assert_cmpuint(c->written->len, ==, 0);
	c->events.opened(c->user);
	g_assert_false(c->eof);
	while (!c->eof)
		c->events.writable(c->user);
	g_assert_cmpstr(c->written->str, ==, "hello world");
	say_sentinel(c, 0);
	channel_end(c, 0, 0, NULL);
	answer_clear(&a);
	end(&f);
}

static void
test_output_is_bounded(void)
{
	struct fixture f;
	struct answer a = { 0 };
	const struct link_command command = { .command = "yes", .max_output = 10 };
	struct channel *c;

	bring_up(&f);
	link_run(f.link, &command, on_answer, &a);
	settle();
	c = channel_at(0);
	say(c, "01234567");
	say(c, "89abcdef");
	say_sentinel(c, 0);
	channel_end(c, 0, 0, NULL);
	g_assert_cmpstr(a.output, ==, "0123456789");
	g_assert_true(a.truncated);
	g_assert_cmpint(a.outcome, ==, LINK_EXITED);
	answer_clear(&a);
	end(&f);
}

static void
test_timeout(void)
{
	struct fixture f;
	struct answer sent = { 0 }, waiting[LINK_SESSIONS] = { 0 };
	struct link_job *jobs[LINK_SESSIONS];
	const struct link_command command = { .command = "sleep 99", .timeout_ms = 1 };

	bring_up(&f);
	for (guint i = 0; i < LINK_SESSIONS; i++)
		jobs[i] = run(&f, "sleep 99", &waiting[i]);
	settle();
	link_run(f.link, &command, on_answer, &sent);
	WAIT_FOR(sent.times == 1);
	g_assert_cmpint(sent.outcome, ==, LINK_NOT_SENT); /* it never got a channel */
	answer_clear(&sent);
	end(&f); /* the others are dropped without an answer */
	for (guint i = 0; i < LINK_SESSIONS; i++) {
		g_assert_cmpuint(waiting[i].times, ==, 0);
		link_job_cancel(jobs[i]); /* the owner's duty, also afterwards */
	}

	bring_up(&f);
	link_run(f.link, &command, on_answer, &sent);
	WAIT_FOR(sent.times == 1);
	g_assert_cmpint(sent.outcome, ==, LINK_UNCERTAIN);
	answer_clear(&sent);
	end(&f);
}

static void
test_cancel(void)
{
	struct fixture f;
	struct answer a = { 0 };
	struct link_job *queued, *running;

	bring_up(&f);
	queued = run(&f, "x", &a);
	link_job_cancel(queued);
	settle();
	g_assert_cmpuint(fake.channels->len, ==, 0);
	running = run(&f, "x", &a);
	settle();
	link_job_cancel(running);
	settle();
	g_assert_cmpuint(fake.channels->len, ==, 0);
	g_assert_cmpuint(a.times, ==, 0);
	end(&f);
}

/* --- streams --- */

struct follower {
	GString *text;
	guint ends;
	enum link_outcome outcome;
	struct link_stream *stream;
	gboolean closes_on_data;
};

static void
on_stream_data(void *user, const char *bytes, gsize len)
{
	struct follower *w = user;

	g_string_append_len(w->text, bytes, (gssize)len);
	if (w->closes_on_data)
		link_stream_close(w->stream);
}

static void
on_stream_end(void *user, const struct link_result *r)
{
	struct follower *w = user;

	w->ends++;
	w->outcome = r->outcome;
}

static const struct link_stream_events stream_events = { .data = on_stream_data, .end = on_stream_end };

static void
test_stream(void)
{
	struct fixture f;
	struct follower w = { .text = g_string_new(NULL) };
	struct channel *c;

	bring_up(&f);
	w.stream = link_stream_open(f.link, "journalctl -f", &stream_events, &w);
	link_stream_pause(w.stream, TRUE);
	settle();
	c = channel_at(0);
	g_assert_true(c->paused); /* also when it was asked for before the channel was there */
	link_stream_pause(w.stream, FALSE);
	g_assert_false(c->paused);
	say(c, "line\n");
	g_assert_cmpstr(w.text->str, ==, "line\n");
	lose("cut");
	g_assert_cmpuint(w.ends, ==, 1);
	g_assert_cmpint(w.outcome, ==, LINK_UNCERTAIN);
	g_string_free(w.text, TRUE);
	end(&f);
}

static void
test_stream_closed_in_its_callback(void)
{
	struct fixture f;
	struct follower w = { .text = g_string_new(NULL), .closes_on_data = TRUE };

	bring_up(&f);
	w.stream = link_stream_open(f.link, "journalctl -f", &stream_events, &w);
	settle();
	say(channel_at(0), "line\n");
	g_assert_cmpuint(fake.channels->len, ==, 0);
	g_assert_cmpuint(w.ends, ==, 0);
	g_string_free(w.text, TRUE);
	end(&f);
}

/* However many follow, commands still find a channel. */
static void
test_streams_leave_room(void)
{
	struct fixture f;
	struct follower w = { .text = g_string_new(NULL) };
	struct answer a = { 0 };

	bring_up(&f);
	for (guint i = 0; i < 12; i++)
		link_stream_open(f.link, "tail -f", &stream_events, &w);
	settle();
	g_assert_cmpuint(fake.channels->len, ==, LINK_SESSIONS - LINK_SESSIONS_FOR_JOBS);
	run(&f, "probe", &a);
	settle();
	g_assert_cmpuint(fake.channels->len, ==, LINK_SESSIONS - LINK_SESSIONS_FOR_JOBS + 1);
	lose("cut");
	settle();
	g_assert_cmpuint(w.ends, ==, 12);
	answer_clear(&a);
	g_string_free(w.text, TRUE);
	end(&f);
}

static void
on_stream_waits(void *user, guint logs, guint most)
{
	struct follower *w = user;

	g_string_append_printf(w->text, "waits %u/%u ", logs, most);
}

static void
on_stream_starts(void *user)
{
	struct follower *w = user;

	g_string_append(w->text, "starts ");
}

/* Who gets no place is told, and starts when another ends. */
static void
test_streams_wait(void)
{
	static const struct link_stream_events events = { on_stream_data, NULL, on_stream_end, on_stream_waits, on_stream_starts };
	struct fixture f;
	struct follower first = { .text = g_string_new(NULL) }, last = { .text = g_string_new(NULL) };
	struct channel *c;

	bring_up(&f);
	for (guint i = 0; i < 6; i++)
		link_stream_open(f.link, "tail -f", &events, &first);
	last.stream = link_stream_open(f.link, "tail -f", &events, &last);
	settle();
	g_assert_cmpstr(first.text->str, ==, "");
	g_assert_cmpstr(last.text->str, ==, "waits 6/6 ");
	channel_end(channel_at(0), 0, 0, NULL);
	settle();
	g_assert_cmpuint(fake.channels->len, ==, 6);
	c = channel_at(5);
	c->events.opened(c->user);
	say(c, "line");
	g_assert_cmpstr(last.text->str, ==, "waits 6/6 starts line");
	lose("cut");
	settle();
	g_string_free(first.text, TRUE);
	g_string_free(last.text, TRUE);
	end(&f);
}

#define ADD(name, function) g_test_add_func("/link-fake/" name, function)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("up", test_up);
	ADD("retries", test_retries);
	ADD("retry-by-operator", test_retry_by_operator);
	ADD("three-refusals", test_three_refusals);
	ADD("blocked", test_blocked);
	ADD("host-key-question", test_host_key_question);
	ADD("passphrase-question", test_passphrase_question);
	ADD("another-hostname", test_another_hostname);
	ADD("other-transport", test_other_transport);
	ADD("lost", test_lost);
	ADD("exit-code-by-sentinel", test_exit_code_by_sentinel);
	ADD("no-sentinel-is-uncertain", test_no_sentinel_is_uncertain);
	ADD("not-sent-while-down", test_not_sent_while_down);
	ADD("waiting-ones-fail-when-lost", test_waiting_ones_fail_when_lost);
	ADD("queue", test_queue);
	ADD("refused-channels-wait", test_refused_channels_wait);
	ADD("refused-alone", test_refused_alone);
	ADD("input", test_input);
	ADD("output-is-bounded", test_output_is_bounded);
	ADD("timeout", test_timeout);
	ADD("cancel", test_cancel);
	ADD("stream", test_stream);
	ADD("stream-closed-in-its-callback", test_stream_closed_in_its_callback);
	ADD("streams-leave-room", test_streams_leave_room);
	ADD("streams-wait", test_streams_wait);
	return g_test_run();
}
