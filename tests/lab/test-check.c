/* `midwatch check` by the real program against a cloud of the lab: nginx with HTTP/2, a container behind SSH, gateways. The walk is green, each step
 * goes wrong once, it is interrupted and gone on with, and two walk at once. */
#include "tests/lab/check_rig.h"

#include <cjson/cJSON.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* --- the program --- */

struct ran { GPid pid; char *out, *err; int code; cJSON *json; };

static void ran_clear(struct ran *r)
{
	g_unlink(r->out);
	g_unlink(r->err);
	g_free(r->out);
	g_free(r->err);
	cJSON_Delete(r->json);
}

/* From cron: no terminal, no TERM. Its output goes into files. */
static void start(struct ran *r, const char *const *more)
{
	static guint runs;
	g_autofree char *state = g_strdup_printf("XDG_STATE_HOME=%s/state", check_rig.f->root), *word = g_strdup_printf("run%u", runs++);
	g_autofree char *out = g_strdup_printf("%s.out", word), *err = g_strdup_printf("%s.err", word);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	const char *const first[] = { "env", "-u", "TERM", "-u", "HOME", state, "LC_ALL=C.UTF-8", "sh", "-c", "out=$1 err=$2; shift 2; exec \"$@\" >\"$out\" 2>\"$err\" </dev/null",
	                              "sh", NULL };

	*r = (struct ran){ .out = fixture_path(check_rig.f, out), .err = fixture_path(check_rig.f, err) };
	for (guint i = 0; first[i]; i++)
		g_ptr_array_add(argv, (gpointer)first[i]);
	for (guint i = 0; i < 5; i++)
		g_ptr_array_add(argv, (gpointer)LIST(r->out, r->err, fixture_program(), "--config", check_rig.f->config)[i]);
	g_ptr_array_add(argv, (gpointer)"check");
	for (guint i = 0; more[i]; i++)
		g_ptr_array_add(argv, (gpointer)more[i]);
	g_ptr_array_add(argv, NULL);
	g_assert_true(g_spawn_async(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &r->pid, &error));
}

static char *text_of(const char *path)
{
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void finish(struct ran *r)
{
	g_autofree char *text = NULL;
	int status;

	g_assert_cmpint(waitpid(r->pid, &status, 0), ==, r->pid);
	r->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	text = text_of(r->out);
	r->json = cJSON_Parse(text);
}

static void run(struct ran *r, const char *const *more)
{
	start(r, more);
	finish(r);
}

/* Waits for words on stderr. */
static void wait_said(const struct ran *r, const char *words)
{
	gint64 deadline = g_get_monotonic_time() + 60 * (gint64)G_USEC_PER_SEC;

	for (;;) {
		g_autofree char *text = NULL;
		if (g_file_get_contents(r->err, &text, NULL, NULL) && strstr(text, words))
			return;
		if (g_get_monotonic_time() > deadline)
			g_error("not said: %s; but %s", words, text);
		g_usleep(50000);
	}
}

static const char *member(const cJSON *o, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));
}

static const cJSON *step(const struct ran *r, const char *id)
{
	const cJSON *s;

	cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(r->json, "steps"))
		if (g_strcmp0(member(s, "id"), id) == 0)
			return s;
	g_error("no step %s", id);
}

static void assert_schema(const struct ran *r)
{
	g_autofree char *schema = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", "check.schema.json", NULL);
	const char *argv[] = { "python3", "-c", "import json,sys,jsonschema\njsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))",
	                       schema, r->out, NULL };
	g_autofree char *err = NULL;
	int status = 1;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &err, &status, NULL));
	if (status != 0)
		g_error("%s is not as docs/check.schema.json says: %s", r->out, err);
}

static void assert_step(const struct ran *r, const char *id, const char *verdict, const char *words)
{
	const cJSON *s = step(r, id);
	g_autofree char *err = text_of(r->err);
	char *json = cJSON_PrintUnformatted(s);

	if (g_strcmp0(member(s, "verdict"), verdict) != 0 || (words && !strstr(json, words)))
		g_error("%s is not %s, %s, but %s; stderr: %s", id, verdict, words ? words : "", json, err);
	cJSON_free(json);
}

/* --- green --- */

static void test_green(void)
{
	static const char *const ids[] = { "health", "frontend", "cloud-errors", "gateway-errors", "ai", "report" };
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	cloud_rig_log(check_rig.lab, 50, "session_start camera 7");
	run(&r, LIST("--json", "--report", check_rig.reports, "--expect-version", CLOUD_VERSION "0d27e1", "--touches", "live view,auth", "--answer", "frontend=pass",
	             "--answer", "sfu/pattern=pass:like always"));
	assert_schema(&r);
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
		assert_step(&r, ids[i], "pass", NULL);
	assert_step(&r, "health", "pass", "200 · status ok · db ok · go2rtc ok · version " CLOUD_VERSION);
	assert_step(&r, "frontend", "pass", "HTTP/2");
	assert_step(&r, "cloud-errors", "pass", "ssh -F ");
	assert_step(&r, "gateway-errors", "pass", "0 matches on 3 gateways in 30m");
	assert_step(&r, "sfu", "pass", "session_start camera 7");
	g_assert_cmpint(r.code, ==, 0);
	g_assert_cmpstr(member(r.json, "verdict"), ==, "pass");
	{
		g_autofree char *report = text_of(member(r.json, "report"));
		g_assert_true(g_str_has_prefix(member(r.json, "report"), check_rig.reports));
		g_assert_nonnull(strstr(report, "camera 7"));
		g_assert_nonnull(strstr(report, "PASS"));
	}
	ran_clear(&r);
}

static void test_text_and_junit(void)
{
	struct ran r;
	g_autofree char *text = NULL, *err = NULL;
	int status = 1;

	if (!check_rig_start())
		return;
	check_rig_reset();
	run(&r, LIST("--report", check_rig.reports));
	text = text_of(r.out);
	err = text_of(r.err);
	g_assert_cmpint(r.code, ==, 0);
	g_assert_nonnull(strstr(text, "Post-deploy: "));
	g_assert_nonnull(strstr(text, "unanswered"));
	g_assert_null(strchr(text, 033));
	g_assert_null(strchr(err, 033));
	g_assert_nonnull(strstr(err, "1 Cloud HTTP health: pass"));
	ran_clear(&r);
	cloud_rig_log(check_rig.lab, 10, "FATAL <&> ]]> \"x\"");
	run(&r, LIST("--junit", "--report", check_rig.reports));
	g_assert_cmpint(r.code, ==, 1);
	{
		const char *argv[] = { "xmllint", "--noout", r.out, NULL };
		g_autofree char *xml = text_of(r.out);
		g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
		g_assert_cmpint(status, ==, 0);
		g_assert_nonnull(strstr(xml, "<failure message=\"1 match in 30m"));
		g_assert_nonnull(strstr(xml, "FATAL &lt;&amp;&gt; ]]&gt; &quot;x&quot;"));
		g_assert_nonnull(strstr(xml, "failures=\"1\""));
	}
	ran_clear(&r);
}

/* --- each step goes wrong --- */

static void test_broken(gconstpointer data)
{
	const struct check_fault *b = data;
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	b->set();
	run(&r, LIST("post-deploy", "--json", "--report", check_rig.reports, "--touches", "live view", "--answer", b->answer ? b->answer : "sfu/pattern=pass"));
	assert_schema(&r);
	assert_step(&r, b->step, b->verdict, b->words);
	if (b->next)
		assert_step(&r, b->next, "not run", NULL);
	g_assert_cmpint(r.code, ==, b->code);
	{
		g_autofree char *report = text_of(member(r.json, "report"));
		g_assert_nonnull(strstr(report, b->code ? "FAIL" : "PASS"));
	}
	ran_clear(&r);
}

static void test_http1(void)
{
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	cloud_rig_again(check_rig.lab, FALSE);
	run(&r, LIST("--json", "--report", check_rig.reports));
	assert_step(&r, "frontend", "fail", "HTTP/1.1, expected HTTP/2");
	g_assert_cmpint(r.code, ==, 1);
	ran_clear(&r);
	cloud_rig_again(check_rig.lab, TRUE);
}

/* The report cannot be written; then a directory for it is missing although it is mandatory. */
static void test_report(void)
{
	g_autofree char *file = NULL, *below = NULL, *said = NULL;
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	file = fixture_path(check_rig.f, "a-file");
	below = g_build_filename(file, "reports", NULL);
	g_assert_true(g_file_set_contents(file, "x", -1, NULL));
	run(&r, LIST("--json", "--report", below));
	assert_step(&r, "report", "fail", "a-file");
	g_assert_cmpint(r.code, ==, 1);
	ran_clear(&r);
	run(&r, LIST("--touches", "auth"));
	said = text_of(r.err);
	g_assert_cmpint(r.code, ==, 2);
	g_assert_nonnull(strstr(said, "a deploy that touches auth needs a report: add --report DIR"));
	ran_clear(&r);
}

/* Refused while the canary answers is their fault; while it does not, nobody knows. */
static void test_blind(void)
{
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	cloud_rig_stop(check_rig.lab);
	run(&r, LIST("--json", "--report", check_rig.reports));
	assert_step(&r, "health", "fail", "the canary answers");
	g_assert_cmpint(r.code, ==, 1);
	ran_clear(&r);
	cloud_rig_backend_stop(check_rig.lab);
	run(&r, LIST("--json", "--report", check_rig.reports));
	assert_schema(&r);
	assert_step(&r, "health", "unknown", "our own network");
	g_assert_cmpint(r.code, ==, 3);
	ran_clear(&r);
	cloud_rig_backend_again(check_rig.lab);
	cloud_rig_again(check_rig.lab, TRUE);
}

static void test_container_gone(void)
{
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	g_free(lab_docker(check_rig.lab, "stop", CLOUD_CONTAINER, NULL));
	run(&r, LIST("--json", "--report", check_rig.reports));
	assert_step(&r, "cloud-errors", "fail", "does not run (exited)");
	g_assert_cmpint(r.code, ==, 1);
	ran_clear(&r);
	g_free(lab_docker(check_rig.lab, "start", CLOUD_CONTAINER, NULL));
}

/* --- the window --- */

static void test_interrupted(void)
{
	struct ran r;
	double number;

	if (!check_rig_start())
		return;
	check_rig_reset();
	start(&r, LIST("--json", "--watch", "20s", "--report", check_rig.reports));
	wait_said(&r, "the window is open");
	kill(r.pid, SIGTERM);
	finish(&r);
	assert_schema(&r);
	g_assert_cmpint(r.code, ==, 3);
	g_assert_cmpstr(member(r.json, "state"), ==, "interrupted");
	number = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(r.json, "run"));
	ran_clear(&r);
	run(&r, LIST("--json", "--resume", "--report", check_rig.reports));
	assert_schema(&r);
	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(r.json, "run")), ==, number);
	g_assert_cmpstr(member(r.json, "state"), ==, "done");
	g_assert_cmpint(r.code, ==, 0);
	g_assert_nonnull(member(r.json, "report"));
	ran_clear(&r);
	run(&r, LIST("--resume"));
	g_assert_cmpint(r.code, ==, 2);
	ran_clear(&r);
}

/* A fault within the window is a failure, also when it passes again. */
static void test_window(void)
{
	struct ran r;

	if (!check_rig_start())
		return;
	check_rig_reset();
	start(&r, LIST("--json", "--watch", "30s", "--report", check_rig.reports));
	wait_said(&r, "the window is open");
	cloud_rig_health(check_rig.lab, "go2rtc", "down");
	wait_said(&r, "1 Cloud HTTP health: fail · 200 · status ok · db ok · go2rtc down, expected ok");
	cloud_rig_health(check_rig.lab, NULL, NULL);
	finish(&r);
	assert_schema(&r);
	g_assert_cmpint(r.code, ==, 1);
	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(step(&r, "health"), "failures")), ==, 1);
	ran_clear(&r);
}

static void test_two(void)
{
	struct ran a, b;

	if (!check_rig_start())
		return;
	check_rig_reset();
	start(&a, LIST("--json", "--report", check_rig.reports));
	start(&b, LIST("--json", "--report", check_rig.reports));
	finish(&a);
	finish(&b);
	g_assert_cmpint(a.code, ==, 0);
	g_assert_cmpint(b.code, ==, 0);
	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(a.json, "run")), !=,
	                  cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(b.json, "run")));
	g_assert_cmpstr(member(a.json, "report"), !=, member(b.json, "report"));
	ran_clear(&a);
	ran_clear(&b);
}

static void test_usage(void)
{
	static const char *const wrong[][4] = {
		{ "nonsense" }, { "--watch", "soon" }, { "--watch", "8d" }, { "--json", "--junit" }, { "--touches", "everything" }, { "--answer", "health" },
		{ "--answer", "nothing=pass" }, { "--answer", "frontend/nothing=pass" }, { "--answer", "frontend=perhaps" }, { "--resume", "--watch", "5m" },
	};

	if (!check_rig_start())
		return;
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct ran r;
		g_autofree char *out = NULL, *err = NULL;
		run(&r, wrong[i]);
		out = text_of(r.out);
		err = text_of(r.err);
		g_assert_cmpint(r.code, ==, 2);
		g_assert_cmpstr(out, ==, "");
		g_assert_true(g_str_has_prefix(err, "midwatch: "));
		ran_clear(&r);
	}
}

int main(int argc, char **argv)
{
	int code;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check/green", test_green);
	g_test_add_func("/check/text-and-junit", test_text_and_junit);
	for (guint i = 0; i < check_fault_count; i++) {
		g_autofree char *path = g_strconcat("/check/broken/", check_faults[i].name, NULL);
		g_test_add_data_func(path, &check_faults[i], test_broken);
	}
	g_test_add_func("/check/broken/http1", test_http1);
	g_test_add_func("/check/broken/report", test_report);
	g_test_add_func("/check/broken/blind", test_blind);
	g_test_add_func("/check/broken/container", test_container_gone);
	g_test_add_func("/check/interrupted", test_interrupted);
	g_test_add_func("/check/window", test_window);
	g_test_add_func("/check/two", test_two);
	g_test_add_func("/check/usage", test_usage);
	code = g_test_run();
	check_rig_end();
	return code;
}
