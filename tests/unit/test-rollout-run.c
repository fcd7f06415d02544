/* Restarts of gateways, single and rolling: real commands on this machine, the real executor and store. */
#include "app/rollout_run.h"

#include <string.h>

#include "app/work_gateway.h"
#include "tests/unit/gateway_rig.h"
#include "tests/unit/wait_for.h"

#define GATEWAYS 4

struct setting {
	struct gateway_rig *rig;
	struct rollout_run *run;
	struct rollout *ended; /* borrowed: told at the end */
	char *trouble;
};

static void
on_run_ended(void *user, const struct rollout *r)
{
	((struct setting *)user)->ended = (struct rollout *)r;
}

static void
on_trouble(void *user, const char *words)
{
	struct setting *s = user;

	g_free(s->trouble);
	s->trouble = g_strdup(words);
}

static void
on_operation_ended(void *user, const struct operation *o)
{
	rollout_run_operation_ended(((struct setting *)user)->run, o);
}

static void
set_up(struct setting *s, gconstpointer unused)
{
	static const struct rollout_run_events events = { on_run_ended, on_trouble };

	s->rig = gateway_rig_new(GATEWAYS);
	s->rig->ended = on_operation_ended;
	s->rig->user = s;
	s->run = rollout_run_new(s->rig->world, s->rig->store, s->rig->executor, NULL, &events, s);
}

static void
tear_down(struct setting *s, gconstpointer unused)
{
	rollout_run_free(s->run);
	gateway_rig_free(s->rig);
	g_free(s->trouble);
}

/* --- small things --- */

static struct rollout_order *
order(guint count, guint batch)
{
	struct rollout_order *o = g_new0(struct rollout_order, 1);

	o->settings = (struct rollout_settings){ .batch = batch, .budget = 1, .gate_s = 5, .quiet_s = 1 };
	o->gateways = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < count; i++)
		g_ptr_array_add(o->gateways, g_strdup_printf("gw%u", i + 1));
	o->words = g_strdup("one after the other");
	return o;
}

static void
begin(struct setting *s, guint count, guint batch)
{
	struct rollout_order *o = order(count, batch);
	g_autoptr(GError) error = NULL;

	rollout_run_begin(s->run, o, &error);
	g_assert_no_error(error);
	g_assert_true(rollout_run_is_under_way(s->run));
	rollout_order_free(o);
}

static void
assert_refused(struct setting *s, const char *expect)
{
	struct rollout_order *o = order(1, 1);
	g_autoptr(GError) error = NULL;

	g_assert_false(rollout_run_begin(s->run, o, &error));
	if (!strstr(error->message, expect))
		g_error("expected \"%s\" instead of \"%s\"", expect, error->message);
	rollout_order_free(o);
}

static const struct rollout_step *
step(const struct setting *s, guint i)
{
	return s->rig->world->fleet->rollout->steps->pdata[i];
}

static const struct gateway *
gateway(const struct setting *s, const char *name)
{
	return fleet_gateway(s->rig->world->fleet, name);
}

static struct operation *
run_one(struct setting *s)
{
	struct work *w = work_gateway_new(fleet_watch_machine(NULL, "gw1"), "agent");
	struct operation *o = w->operation;

	executor_add(s->rig->executor, w);
	return o;
}

static guint
count_audit(const struct setting *s, const char *action, enum outcome outcome)
{
	g_autoptr(GPtrArray) all = gateway_rig_audit(s->rig);
	guint n = 0;

	for (guint i = 0; i < all->len; i++) {
		const struct audit_entry *e = all->pdata[i];
		n += strcmp(e->action, action) == 0 && e->outcome == outcome;
	}
	return n;
}

/* --- one gateway --- */

static void
test_one(struct setting *s, gconstpointer unused)
{
	const struct operation *o = run_one(s);
	static const char *const files[] = { "journal.txt", "show.txt", "status.txt", "manifest.json", "SHA256SUMS" };
	g_autofree char *directory = NULL;

	g_assert_cmpstr(o->request, ==, "$([ \"$(id -u)\" = 0 ] || echo sudo -n) systemctl restart 'agent'");
	WAIT_FOR(o->stage == OPERATION_DONE);
	g_assert_cmpstr(o->result, ==, "exit 0");
	g_assert_cmpint(o->outcome, ==, OUTCOME_OK);
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 1);
	directory = g_strndup(o->evidence, strcspn(o->evidence, " "));
	g_assert_nonnull(strstr(o->evidence, " sha256:"));
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(directory, files[i], NULL);
		g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	}
	g_assert_cmpuint(count_audit(s, "gateway.restart", OUTCOME_OK), ==, 1);
}

static void
test_one_fails(struct setting *s, gconstpointer unused)
{
	const struct operation *o;

	gateway_rig_set(s->rig, "fail_at", "1");
	o = run_one(s);
	WAIT_FOR(o->stage == OPERATION_DONE);
	g_assert_cmpint(o->outcome, ==, OUTCOME_FAILED);
	g_assert_cmpstr(o->result, ==, "exit 1");
	g_assert_nonnull(strstr(o->output->str, "Job for agent.service failed."));
	gateway_rig_set(s->rig, "load", "not-found");
	o = run_one(s);
	WAIT_FOR(o->stage == OPERATION_DONE);
	g_assert_cmpstr(o->result, ==, "not started: there is no such unit");
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 1);
}

/* Without an answer the state tells. */
static void
test_one_unanswered(struct setting *s, gconstpointer unused)
{
	const struct operation *o;

	gateway_rig_set(s->rig, "lose", "");
	o = run_one(s);
	WAIT_FOR(o->stage == OPERATION_DONE);
	g_assert_cmpstr(o->result, ==, "restarted: no answer came, its state shows it");
	g_assert_cmpint(o->outcome, ==, OUTCOME_OK);
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 1);
}

static void
test_one_without_evidence(struct setting *s, gconstpointer unused)
{
	const struct operation *o;

	gateway_rig_set(s->rig, "no_journal", "");
	o = run_one(s);
	WAIT_FOR(o->stage == OPERATION_BLOCKED);
	g_assert_nonnull(strstr(o->result, "insufficient permissions"));
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 0);
	executor_override(s->rig->executor, o->number, "the journal is lost anyway");
	WAIT_FOR(o->stage == OPERATION_DONE);
	g_assert_cmpint(o->outcome, ==, OUTCOME_OK);
	g_assert_cmpstr(o->note, ==, "without evidence: the journal is lost anyway");
}

/* Its machine goes while it restarts, and while another one waits for it. */
static void
test_one_dropped(struct setting *s, gconstpointer unused)
{
	const struct operation *o, *waits;

	gateway_rig_set(s->rig, "slow", "3");
	o = run_one(s);
	waits = run_one(s);
	WAIT_FOR(gateway_rig_restarts(s->rig) == 1);
	gateway_rig_drop(s->rig, "gw1");
	g_assert_cmpint(o->outcome, ==, OUTCOME_UNKNOWN);
	g_assert_cmpint(waits->outcome, ==, OUTCOME_FAILED);
	g_assert_cmpuint(count_audit(s, "gateway.restart", OUTCOME_UNKNOWN), ==, 1);
	g_assert_cmpuint(count_audit(s, "gateway.restart", OUTCOME_FAILED), ==, 0); /* it never began */
}

/* --- rolling --- */

static void
test_all_well(struct setting *s, gconstpointer unused)
{
	const struct operation *whole;
	g_autofree char *running = NULL;
	g_autoptr(GError) error = NULL;

	begin(s, 3, 2);
	whole = s->rig->world->operations->pdata[0];
	g_assert_cmpstr(whole->action, ==, "gateway.rolling-restart");
	g_assert_cmpint(whole->stage, ==, OPERATION_RUNNING);
	assert_refused(s, "a rolling restart is under way");
	running = store_rollout_running(s->rig->store, &error);
	g_assert_nonnull(running);
	g_assert_true(gateway(s, "gw1")->muted && gateway(s, "gw2")->muted);
	g_assert_false(gateway(s, "gw3")->muted);
	g_assert_cmpint(s->rig->world->fleet->mute_until_us, >, g_get_monotonic_time());
	WAIT_FOR(s->ended);
	g_assert_cmpint(s->ended->state, ==, ROLLOUT_DONE);
	g_assert_cmpuint(s->ended->well, ==, 3);
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 3);
	g_assert_false(rollout_run_is_under_way(s->run));
	g_assert_cmpint(s->rig->world->fleet->mute_until_us, ==, 0);
	for (guint i = 0; i < GATEWAYS; i++)
		g_assert_false(((const struct gateway *)s->rig->world->fleet->gateways->pdata[i])->muted);
	g_assert_cmpint(whole->outcome, ==, OUTCOME_OK);
	g_assert_cmpstr(whole->result, ==, "done: 3 of 3 well");
	g_assert_nonnull(strstr(whole->output->str, "gw3: at its gate"));
	g_assert_nonnull(strstr(whole->output->str, "gw3: well"));
	g_assert_cmpuint(count_audit(s, "gateway.rolling-restart", OUTCOME_OK), ==, 1);
	g_assert_cmpuint(count_audit(s, "gateway.restart", OUTCOME_OK), ==, 3);
	g_assert_null(store_rollout_running(s->rig->store, &error));
	g_assert_null(store_rollout_settle(s->rig->store, &error));
	begin(s, 1, 1); /* and another one */
}

static void
test_restart_fails(struct setting *s, gconstpointer unused)
{
	gateway_rig_set(s->rig, "fail_at", "2");
	begin(s, 4, 1);
	WAIT_FOR(s->ended);
	g_assert_cmpint(s->ended->state, ==, ROLLOUT_STOPPED);
	g_assert_cmpint(step(s, 0)->stage, ==, ROLLOUT_WELL);
	g_assert_cmpint(step(s, 1)->stage, ==, ROLLOUT_FAILED);
	g_assert_cmpstr(step(s, 1)->reason, ==, "exit 1: Job for agent.service failed.");
	g_assert_cmpint(step(s, 2)->stage, ==, ROLLOUT_LEFT);
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 2);
	g_assert_cmpuint(count_audit(s, "gateway.rolling-restart", OUTCOME_FAILED), ==, 1);
}

static void
test_gate_fails(struct setting *s, gconstpointer unused)
{
	s->rig->sick = "gw2";
	begin(s, 4, 2);
	WAIT_FOR(s->ended);
	g_assert_cmpint(s->ended->state, ==, ROLLOUT_STOPPED);
	g_assert_cmpint(step(s, 0)->stage, ==, ROLLOUT_WELL);
	g_assert_cmpstr(step(s, 1)->reason, ==, "not active within 5 s");
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 2);
}

static void
test_abort(struct setting *s, gconstpointer unused)
{
	g_assert_cmpstr(rollout_run_lock(s->run), ==, "no rolling restart of this midwatch is under way");
	gateway_rig_set(s->rig, "slow", "2");
	begin(s, 4, 1);
	WAIT_FOR(gateway_rig_restarts(s->rig) == 1);
	rollout_run_abort(s->run);
	g_assert_true(rollout_run_is_under_way(s->run)); /* what is begun is finished */
	WAIT_FOR(s->ended);
	g_assert_cmpint(s->ended->state, ==, ROLLOUT_ABORTED);
	g_assert_cmpuint(s->ended->well, ==, 1);
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 1);
}

/* Locked, it pauses by itself, and goes on only when it is told to. */
static void
test_locked(struct setting *s, gconstpointer unused)
{
	s->rig->world->readonly = TRUE;
	assert_refused(s, "midwatch is locked read-only");
	s->rig->world->readonly = FALSE;
	s->rig->world->fleet->readonly = TRUE;
	assert_refused(s, "the configuration says that the fleet is read-only");
	s->rig->world->fleet->readonly = FALSE;
	begin(s, 2, 1);
	WAIT_FOR(gateway_rig_restarts(s->rig) == 1);
	s->rig->world->readonly = TRUE;
	WAIT_FOR(s->trouble);
	g_assert_cmpstr(s->trouble, ==, "the rolling restart is paused: midwatch is locked read-only");
	g_assert_cmpstr(rollout_run_lock(s->run), ==, "midwatch is locked read-only");
	rollout_run_pause(s->run, FALSE);
	WAIT_FOR(step(s, 0)->stage == ROLLOUT_WELL);
	g_assert_cmpint(s->rig->world->fleet->rollout->state, ==, ROLLOUT_PAUSED);
	s->rig->world->readonly = FALSE;
	g_assert_null(rollout_run_lock(s->run));
	rollout_run_pause(s->run, FALSE);
	WAIT_FOR(s->ended);
	g_assert_cmpint(s->ended->state, ==, ROLLOUT_DONE);
}

static void
test_left(struct setting *s, gconstpointer unused)
{
	struct rollout *last;
	g_autoptr(GError) error = NULL;

	gateway_rig_set(s->rig, "slow", "30");
	begin(s, 3, 1);
	WAIT_FOR(gateway_rig_restarts(s->rig) == 1);
	g_clear_pointer(&s->run, rollout_run_free);
	g_assert_null(s->ended);
	g_assert_cmpint(s->rig->world->fleet->rollout->state, ==, ROLLOUT_INTERRUPTED);
	g_assert_cmpint(s->rig->world->fleet->mute_until_us, ==, 0);
	last = store_rollout_settle(s->rig->store, &error);
	g_assert_cmpuint(last->steps->len, ==, 3);
	g_assert_cmpint(((const struct rollout_step *)last->steps->pdata[0])->stage, ==, ROLLOUT_RESTARTS);
	g_assert_cmpint(((const struct rollout_step *)last->steps->pdata[1])->stage, ==, ROLLOUT_LEFT);
	rollout_free(last);
	g_assert_cmpuint(count_audit(s, "gateway.rolling-restart", OUTCOME_UNKNOWN), ==, 1);
}

/* One of them leaves the list before its turn. */
static void
test_gone(struct setting *s, gconstpointer unused)
{
	begin(s, 2, 1);
	gateway_rig_drop(s->rig, "gw2");
	WAIT_FOR(s->ended);
	g_assert_cmpstr(step(s, 1)->reason, ==, "it is not in the list any more");
	g_assert_cmpuint(gateway_rig_restarts(s->rig), ==, 1);
}

/* Another midwatch's is seen, and waited for by hand. */
static void
test_other_midwatch(struct setting *s, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	struct store *other = store_open(NULL, &error);
	const struct rollout_settings one = { .batch = 1 };
	struct rollout *theirs = rollout_new(&one, (const char *const[]){ "gw4" }, 1, g_get_monotonic_time());

	theirs->number = 99;
	store_rollout_begin(other, theirs, &error);
	g_assert_no_error(error);
	assert_refused(s, "runs a rolling restart of 1 gateway, 0 of them done");
	rollout_interrupt(theirs, g_get_monotonic_time());
	store_rollout_save(other, theirs, &error);
	g_assert_null(rollout_run_obstacle(s->run));
	rollout_free(theirs);
	store_close(other);
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct setting *s, gconstpointer unused); } tests[] = {
		{ "one", test_one }, { "one-fails", test_one_fails }, { "one-unanswered", test_one_unanswered },
		{ "one-without-evidence", test_one_without_evidence }, { "one-dropped", test_one_dropped }, { "all-well", test_all_well },
		{ "restart-fails", test_restart_fails }, { "gate-fails", test_gate_fails }, { "abort", test_abort }, { "locked", test_locked },
		{ "left", test_left }, { "gone", test_gone }, { "other-midwatch", test_other_midwatch },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/rollout-run/", tests[i].path, NULL);
		g_test_add(path, struct setting, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
