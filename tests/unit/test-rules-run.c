/* The rules at work against a server of the test: health that fails pends, pages and ends; a dead canary makes it unknown; nobody is told while read-only;
 * what pends outlives a restart. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "app/rules_run.h"
#include "tests/unit/http_double.h"
#include "tests/unit/wait_for.h"

#define HEALTHY "{\"status\":\"ok\",\"db\":\"ok\",\"go2rtc\":\"ok\"}"

struct fixture {
	char *directory, *rules, *store_path;
	struct http_double *product, *slack;
	char *more; /* lines of the configuration; NULL */
	struct config *config;
	struct world *world;
	struct http *http;
	GPtrArray *machines;
	struct store *store;
	struct rules_run *run;
	gboolean drill;
};

static void
write_rules(struct fixture *f, const char *time)
{
	g_autofree char *text = g_strdup_printf("rules:\n  - name: health_non200\n    scope: cloud\n    expr: health_non200 == 1\n    for: %s\n"
		"    severity: page\n    network: true\n    summary: \"health of {env}: {why}\"\n", time);

	g_assert_true(g_file_set_contents(f->rules, text, -1, NULL));
}

static void
start(struct fixture *f, const char *canary)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autofree char *text = g_strdup_printf("product:\n  url: %s\n%s%s\nrules:\n  files: [%s]\nnotify:\n  slack:\n    - name: oncall\n"
		"      webhook: {env: MW_TEST_WEBHOOK}\n%s", http_double_url(f->product), canary ? "  canary: " : "", canary ? canary : "", f->rules,
		f->more ? f->more : "");

	f->config = config_parse(text, strlen(text), "test", problems);
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *words = config_problem_text(problems->pdata[i]);
		g_test_message("%s", words);
	}
	g_assert_nonnull(f->config);
	f->world = world_new(1 << 20);
	f->world->drill = f->drill;
	f->http = http_new();
	f->machines = g_ptr_array_new();
	f->store = store_open(f->store_path, NULL);
	g_assert_nonnull(f->store);
	f->run = rules_run_new(&(struct rules_run_settings){ .config = f->config, .world = f->world, .http = f->http, .machines = f->machines, .tell = TRUE },
	                       problems);
	g_assert_cmpuint(problems->len, ==, 0);
	rules_run_start(f->run, f->store);
}

static void
stop(struct fixture *f)
{
	rules_run_free(f->run);
	g_assert_null(f->world->rules);
	http_free(f->http);
	g_ptr_array_unref(f->machines);
	store_close(f->store);
	world_free(f->world);
	config_free(f->config);
}

static void
set_up(struct fixture *f, gconstpointer data)
{
	g_autofree char *webhook = NULL;

	(void)data;
	f->directory = g_dir_make_tmp("midwatch-rules-XXXXXX", NULL);
	f->rules = g_build_filename(f->directory, "rules.yml", NULL);
	f->store_path = g_build_filename(f->directory, "store.db", NULL);
	f->product = http_double_new();
	f->slack = http_double_new();
	http_double_set(f->slack, DOUBLE_ANSWERS, "200 OK", "ok");
	webhook = g_strdup_printf("%s/services/T/B/X", http_double_url(f->slack));
	g_setenv("MW_TEST_WEBHOOK", webhook, TRUE);
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	g_autofree char *remove = g_strdup_printf("rm -rf '%s'", f->directory);

	(void)data;
	http_double_free(f->product);
	http_double_free(f->slack);
	g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
	g_free(f->directory);
	g_free(f->rules);
	g_free(f->store_path);
	g_free(f->more);
}

/* Evaluates once the server has been asked, and answered. */
static const struct alert *
evaluate(struct fixture *f)
{
	WAIT_FOR(rules_run_is_settled(f->run));
	rules_run_evaluate(f->run);
	return rules_find(f->world->rules, "health_non200", "");
}

/* After the product has said something else. */
static const struct alert *
evaluate_later(struct fixture *f)
{
	guint before = http_double_requests(f->product);

	WAIT_FOR(http_double_requests(f->product) > before + 1);
	rules_run_evaluate(f->run);
	return rules_find(f->world->rules, "health_non200", "");
}

static void
test_page(struct fixture *f, gconstpointer data)
{
	const struct alert *a;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "503 Service Unavailable", "{}");
	start(f, NULL);
	a = evaluate(f);
	g_assert_nonnull(a);
	g_assert_cmpint(a->state, ==, ALERT_FIRING);
	g_assert_true(alert_pages(a));
	WAIT_FOR(rules_run_has_told(f->run));
	{
		g_autofree char *request = http_double_request(f->slack);
		g_assert_nonnull(strstr(request, "health_non200"));
		g_assert_nonnull(strstr(request, "HTTP status 503"));
		g_assert_nonnull(strstr(request, "scope: cloud"));
	}
	g_assert_cmpuint(http_double_requests(f->slack), ==, 1);
	rules_run_evaluate(f->run); /* it fires on: that is no news */
	g_assert_true(rules_run_has_told(f->run));
	http_double_set(f->product, DOUBLE_ANSWERS, "200 OK", HEALTHY);
	evaluate_later(f);
	WAIT_FOR(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, 2);
	stop(f);
}

/* What was said last has these words. */
static void
assert_told(struct fixture *f, const char *words)
{
	g_autofree char *request = NULL;

	WAIT_FOR(rules_run_has_told(f->run));
	request = http_double_request(f->slack);
	g_assert_nonnull(strstr(request, words));
}

static void
restart(struct fixture *f)
{
	stop(f);
	start(f, NULL);
	evaluate(f);
}

/* A message that nobody took when midwatch was killed is sent by the next one: the page, and its end. */
static void
test_untaken(struct fixture *f, gconstpointer data)
{
	guint before;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "503 Service Unavailable", "{}");
	http_double_set(f->slack, DOUBLE_ANSWERS, "503 Service Unavailable", "no");
	start(f, NULL);
	evaluate(f);
	WAIT_FOR(http_double_requests(f->slack) > 0);
	http_double_set(f->slack, DOUBLE_ANSWERS, "200 OK", "ok");
	before = http_double_requests(f->slack);
	restart(f);
	assert_told(f, "critical");
	g_assert_cmpuint(http_double_requests(f->slack), ==, before + 1);
	restart(f); /* it was taken: that is no news */
	g_assert_true(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, before + 1);
	http_double_set(f->slack, DOUBLE_ANSWERS, "503 Service Unavailable", "no");
	http_double_set(f->product, DOUBLE_ANSWERS, "200 OK", HEALTHY);
	evaluate_later(f);
	WAIT_FOR(http_double_requests(f->slack) > before + 1);
	http_double_set(f->slack, DOUBLE_ANSWERS, "200 OK", "ok");
	before = http_double_requests(f->slack);
	restart(f);
	for (guint i = 0; i < 40; i++) /* until rules that have no samples are not waited for any more */
		rules_run_evaluate(f->run);
	assert_told(f, "resolved");
	g_assert_cmpuint(http_double_requests(f->slack), ==, before + 1);
	restart(f);
	for (guint i = 0; i < 40; i++)
		rules_run_evaluate(f->run);
	g_assert_true(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, before + 1);
	stop(f);
}

/* What nobody was told of, since midwatch was read-only, is told when it is not any more. */
static void
test_readonly(struct fixture *f, gconstpointer data)
{
	const struct alert *a;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "500 Oops", "{}");
	start(f, NULL);
	f->world->readonly = TRUE;
	a = evaluate(f);
	g_assert_cmpint(a->state, ==, ALERT_FIRING);
	g_assert_cmpstr(rules_run_quiet(f->run), ==, "midwatch is read-only");
	g_assert_true(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, 0);
	g_assert_false(rules_run_silence(f->run, "health_non200", NULL, 60, "x", &(GError *){ NULL }));
	f->world->readonly = FALSE;
	rules_run_evaluate(f->run);
	g_assert_null(rules_run_quiet(f->run));
	WAIT_FOR(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, 1);
	stop(f);
}

static guint
audited(struct fixture *f, const char *action)
{
	g_autoptr(GPtrArray) all = store_audit_list(f->store, 0, NULL);
	guint n = 0;

	for (guint i = 0; i < all->len; i++)
		n += g_str_equal(((const struct audit_entry *)all->pdata[i])->action, action);
	return n;
}

static void
note_words(void *user, const char *text)
{
	char **words = user;

	g_free(*words);
	*words = g_strdup(text);
}

/* In a drill it fires as ever, and nobody is told: what would have been sent is shown, and nothing is left to who goes on. */
static void
test_drill(struct fixture *f, gconstpointer data)
{
	const struct rules_page page = { .action = "checklist.page", .target = "run 1", .key = "k", .summary = "s" };
	g_autofree char *words = NULL;
	const struct operation *held;
	const struct alert *a;
	const char *why;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "503 Service Unavailable", "{}");
	f->drill = TRUE;
	start(f, NULL);
	a = evaluate(f);
	g_assert_cmpint(a->state, ==, ALERT_FIRING);
	g_assert_true(rules_run_has_told(f->run));
	g_assert_cmpstr(f->world->rules_quiet, ==, "this is a drill: 1 message was held back");
	g_assert_cmpuint(f->world->operations->len, ==, 1);
	held = f->world->operations->pdata[0];
	g_assert_cmpstr(held->host, ==, "slack oncall");
	g_assert_nonnull(strstr(held->request, "HTTP status 503"));
	g_assert_true(rules_run_silence(f->run, "health_non200", NULL, 600, "for practice", NULL));
	rules_run_evaluate(f->run);
	g_assert_true(a->silence < 0);
	g_assert_true(rules_run_unsilence(f->run, a->silence, NULL));
	g_assert_null(rules_run_pages(f->run, &why));
	g_assert_cmpstr(why, ==, "this is a drill");
	rules_run_page(f->run, &page, note_words, &words);
	g_assert_cmpstr(words, ==, "nobody was paged: this is a drill");
	g_assert_cmpuint(audited(f, "checklist.page"), ==, 0);
	stop(f);
	g_assert_cmpuint(http_double_requests(f->slack), ==, 0);
	f->drill = FALSE;
	start(f, NULL); /* and then in earnest */
	a = evaluate(f);
	g_assert_cmpint(a->silence, ==, 0);
	g_assert_false(a->restored);
	WAIT_FOR(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, 1);
	stop(f);
}

/* What a person sends goes out at once, and stands in the audit log with what came of it. */
static void
test_page_by_hand(struct fixture *f, gconstpointer data)
{
	const struct rules_page page = { .action = "checklist.page", .target = "run 7 of walk", .key = "midwatch/prod/walk/7", .summary = "[prod] Walk: do not proceed",
		.component = "walk", .details = (const char *const[]){ "1 First grep: FATAL", NULL } };
	g_autofree char *words = NULL, *whom = NULL, *request = NULL;
	g_autoptr(GPtrArray) all = NULL;
	const char *why;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "200 OK", HEALTHY);
	start(f, NULL);
	whom = rules_run_pages(f->run, &why);
	g_assert_cmpstr(whom, ==, "slack oncall");
	rules_run_page(f->run, &page, note_words, &words);
	WAIT_FOR(words);
	g_assert_true(g_str_has_prefix(words, "paged: slack oncall: "));
	request = http_double_request(f->slack);
	g_assert_nonnull(strstr(request, "do not proceed"));
	g_assert_nonnull(strstr(request, "First grep"));
	f->world->readonly = TRUE;
	rules_run_page(f->run, &page, note_words, &words);
	g_assert_cmpstr(words, ==, "nobody was paged: midwatch is read-only");
	f->world->readonly = FALSE;
	http_double_set(f->slack, DOUBLE_HANGS, "", "");
	rules_run_page(f->run, &page, note_words, &words);
	rules_run_free(f->run);
	f->run = NULL;
	all = store_audit_list(f->store, 0, NULL);
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpint(((const struct audit_entry *)all->pdata[0])->outcome, ==, OUTCOME_OK);
	g_assert_cmpint(((const struct audit_entry *)all->pdata[1])->outcome, ==, OUTCOME_UNKNOWN);
	g_assert_cmpstr(((const struct audit_entry *)all->pdata[1])->target, ==, "run 7 of walk");
	stop(f);
}

static void
test_pending_over_restart(struct fixture *f, gconstpointer data)
{
	const struct alert *a;

	(void)data;
	write_rules(f, "1h");
	http_double_set(f->product, DOUBLE_ANSWERS, "503 Service Unavailable", "{}");
	start(f, NULL);
	a = evaluate(f);
	g_assert_cmpint(a->state, ==, ALERT_PENDING);
	g_assert_false(a->restored);
	stop(f);
	start(f, NULL);
	a = evaluate(f);
	g_assert_cmpint(a->state, ==, ALERT_PENDING);
	g_assert_true(a->restored);
	stop(f);
}

static void
run_sql(const struct fixture *f, const char *sql)
{
	sqlite3 *db = NULL;

	g_assert_cmpint(sqlite3_open(f->store_path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
}

/* What the store did not take is written when it takes it again, as it is then. */
static void
test_store_refuses(struct fixture *f, gconstpointer data)
{
	const struct alert *a;

	(void)data;
	write_rules(f, "1h");
	http_double_set(f->product, DOUBLE_ANSWERS, "503 Service Unavailable", "{}");
	start(f, NULL);
	run_sql(f, "ALTER TABLE alert RENAME TO away");
	a = evaluate(f);
	g_assert_cmpint(a->state, ==, ALERT_PENDING);
	{
		g_autofree char *trouble = rules_run_trouble(f->run);
		g_assert_nonnull(trouble);
	}
	run_sql(f, "ALTER TABLE away RENAME TO alert");
	rules_run_evaluate(f->run);
	g_assert_null(rules_run_trouble(f->run));
	stop(f);
	start(f, NULL);
	a = evaluate(f);
	g_assert_true(a->restored);
	stop(f);
}

/* Nor is it a problem any more that nobody could tell who has the pager. */
static void
test_pager_refused(struct fixture *f, gconstpointer data)
{
	(void)data;
	write_rules(f, "1h");
	http_double_set(f->product, DOUBLE_ANSWERS, "200 OK", HEALTHY);
	start(f, NULL);
	evaluate(f);
	run_sql(f, "ALTER TABLE pager RENAME TO away");
	rules_run_evaluate(f->run);
	g_assert_null(rules_run_quiet(f->run));
	g_assert_nonnull(f->world->rules_trouble);
	run_sql(f, "ALTER TABLE away RENAME TO pager");
	rules_run_evaluate(f->run);
	g_assert_null(f->world->rules_trouble);
	stop(f);
}

/* What a person says is evaluated at once: what the world shows of it is what holds then. */
static void
test_shown(struct fixture *f, gconstpointer data)
{
	(void)data;
	write_rules(f, "1h");
	http_double_set(f->product, DOUBLE_ANSWERS, "200 OK", HEALTHY);
	start(f, NULL);
	g_assert_cmpstr(f->world->rules_quiet, ==, "nothing is evaluated yet");
	f->world->readonly = TRUE;
	evaluate(f);
	g_assert_cmpstr(f->world->rules_quiet, ==, "midwatch is read-only");
	f->world->readonly = FALSE;
	g_assert_true(rules_run_manual(f->run, "health_non200", NULL, TRUE, "seen by ann", NULL));
	g_assert_cmpstr(f->world->rules_quiet, ==, NULL);
	f->world->readonly = TRUE;
	rules_run_evaluate(f->run);
	g_assert_cmpstr(f->world->rules_quiet, ==, "midwatch is read-only");
	rules_run_free(f->run);
	g_assert_null(f->world->rules_quiet);
	f->run = NULL;
	stop(f);
}

static void
test_canary(struct fixture *f, gconstpointer data)
{
	const struct alert *a;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_CUTS, "", "");
	start(f, "http://127.0.0.1:1/");
	a = evaluate(f);
	g_assert_true(!a || (a->state == ALERT_INACTIVE && a->truth == TRUTH_UNKNOWN));
	a = rules_find(f->world->rules, "observer_blind", "");
	g_assert_nonnull(a);
	g_assert_cmpint(a->state, ==, ALERT_FIRING);
	g_assert_cmpuint(http_double_requests(f->slack), ==, 0);
	stop(f);
}

static void
test_silence(struct fixture *f, gconstpointer data)
{
	const struct alert *a;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) audit = NULL;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "503 Service Unavailable", "{}");
	start(f, NULL);
	g_assert_true(rules_run_silence(f->run, "health_non200", NULL, 600, "a known fault", &error));
	a = evaluate(f);
	g_assert_cmpint(a->state, ==, ALERT_FIRING);
	g_assert_false(alert_pages(a));
	g_assert_cmpuint(http_double_requests(f->slack), ==, 0);
	audit = store_audit_list(f->store, 0, NULL);
	g_assert_cmpuint(audit->len, ==, 1);
	g_assert_cmpstr(((const struct audit_entry *)audit->pdata[0])->action, ==, "rules.silence");
	g_assert_cmpint(((const struct audit_entry *)audit->pdata[0])->outcome, ==, OUTCOME_OK);
	g_assert_true(rules_run_unsilence(f->run, a->silence, &error));
	rules_run_evaluate(f->run);
	WAIT_FOR(rules_run_has_told(f->run));
	g_assert_cmpuint(http_double_requests(f->slack), ==, 1);
	stop(f);
}

static void
on_said(void *user, const char *text)
{
	char **said = user;

	g_assert_null(*said);
	*said = g_strdup(text);
}

/* One that is being made in an Alertmanager when midwatch ends may have been made: it is said, and stands in the audit log. */
static void
test_foreign_silence_left(struct fixture *f, gconstpointer data)
{
	struct http_double *manager = http_double_new();
	g_autoptr(GPtrArray) audit = NULL;
	g_autofree char *said = NULL;
	guint before;

	(void)data;
	write_rules(f, "0s");
	http_double_set(f->product, DOUBLE_ANSWERS, "200 OK", HEALTHY);
	http_double_set(manager, DOUBLE_ANSWERS, "200 OK", "[{\"labels\":{\"alertname\":\"HostDown\"},\"fingerprint\":\"1f\",\"status\":{\"state\":\"active\"}}]");
	f->more = g_strdup_printf("alertmanager:\n  url: %s\n", http_double_url(manager));
	start(f, NULL);
	WAIT_FOR(f->world->foreign.alerts && f->world->foreign.alerts->len == 1);
	http_double_set(manager, DOUBLE_HANGS, "", "");
	before = http_double_requests(manager);
	rules_run_silence_foreign(f->run, "1f", 60, "a known fault", on_said, &said);
	WAIT_FOR(http_double_requests(manager) > before);
	stop(f);
	g_assert_nonnull(strstr(said, "the silence in the Alertmanager: midwatch ended before it answered: whether it made the silence is not known"));
	f->store = store_open(f->store_path, NULL);
	audit = store_audit_list(f->store, 0, NULL);
	g_assert_cmpuint(audit->len, ==, 1);
	g_assert_cmpint(((const struct audit_entry *)audit->pdata[0])->outcome, ==, OUTCOME_UNKNOWN);
	store_close(f->store);
	http_double_free(manager);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/rules-run/page", struct fixture, NULL, set_up, test_page, tear_down);
	g_test_add("/rules-run/untaken", struct fixture, NULL, set_up, test_untaken, tear_down);
	g_test_add("/rules-run/readonly", struct fixture, NULL, set_up, test_readonly, tear_down);
	g_test_add("/rules-run/pending-over-restart", struct fixture, NULL, set_up, test_pending_over_restart, tear_down);
	g_test_add("/rules-run/store-refuses", struct fixture, NULL, set_up, test_store_refuses, tear_down);
	g_test_add("/rules-run/drill", struct fixture, NULL, set_up, test_drill, tear_down);
	g_test_add("/rules-run/page-by-hand", struct fixture, NULL, set_up, test_page_by_hand, tear_down);
	g_test_add("/rules-run/pager-refused", struct fixture, NULL, set_up, test_pager_refused, tear_down);
	g_test_add("/rules-run/shown", struct fixture, NULL, set_up, test_shown, tear_down);
	g_test_add("/rules-run/canary", struct fixture, NULL, set_up, test_canary, tear_down);
	g_test_add("/rules-run/silence", struct fixture, NULL, set_up, test_silence, tear_down);
	g_test_add("/rules-run/foreign-silence-left", struct fixture, NULL, set_up, test_foreign_silence_left, tear_down);
	return g_test_run();
}
