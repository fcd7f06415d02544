/* `midwatch notify --test` and the doctor's section of it by the real program: what is sent, what is said, exit codes, and that no secret is anywhere in
 * what the run said or wrote. */
#include "tests/screens/console_fixture.h"

#include <cjson/cJSON.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/unit/message_services.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

struct stage {
	struct fixture *f;
	struct message_services *services;
	char *hook; /* the variable with Slack's webhook, for the environment */
};

/* The three kinds of sources: a file, a variable, a command. */
static void
write_config(const struct stage *s, const char *pagerduty, const char *telegram, const char *more)
{
	g_autofree char *token = fixture_path(s->f, "bot-token"), *key = fixture_path(s->f, "routing-key"), *text = NULL;

	g_assert_true(g_file_set_contents(token, BOT_TOKEN "\n", -1, NULL) && g_file_set_contents(key, ROUTING_KEY "\n", -1, NULL));
	g_assert_cmpint(g_chmod(token, 0600) | g_chmod(key, 0600), ==, 0);
	text = g_strdup_printf("hosts:\n  - name: here\n    local: true\n    docker: {disabled: true}\n    ollama: {disabled: true}\n"
	                       "product: {env: lab}\n"
	                       "notify:\n  pagerduty: {routing_key: {file: %s}, url: \"%s\"}\n"
	                       "  slack:\n    - {name: oncall, webhook: {env: MW_HOOK}, tells: [page, crit]}\n"
	                       "  telegram: {token: {command: \"cat %s\"}, chat: \"-100\", url: \"%s\"}\n%s",
	                       key, pagerduty, token, telegram, more);
	fixture_write_config(s->f, text);
}

static struct stage *
stage_new(void)
{
	struct stage *s = g_new0(struct stage, 1);

	s->f = fixture_new();
	s->services = message_services_new();
	s->hook = g_strconcat("MW_HOOK=", message_services_webhook(s->services), NULL);
	write_config(s, message_services_url(s->services), message_services_url(s->services), "");
	return s;
}

static void
assert_no_secret(const char *text, const char *where)
{
	static const char *const parts[] = { "r0ut1n", "w3bh00k", "bott0ken", "7351234567" };

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strstr(text, parts[i]))
			g_error("a secret is in %s:\n%s", where, text);
}

/* All files below it, but those that hold the secrets for it. */
static void
assert_none_written(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL), *text = NULL;
		gsize len;
		if (g_str_equal(name, "bot-token") || g_str_equal(name, "routing-key"))
			continue;
		assert_none_written(child);
		if (!g_file_test(child, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents(child, &text, &len, NULL))
			continue;
		for (gsize i = 0; i < len; i++)
			if (!text[i])
				text[i] = ' ';
		assert_no_secret(text, child);
	}
}

static void
stage_free(struct stage *s)
{
	assert_none_written(s->f->root);
	fixture_free(s->f);
	message_services_free(s->services);
	g_free(s->hook);
	g_free(s);
}

/* Standard output, and what came on standard error behind it. */
static char *
run(const struct stage *s, int expect, const char *const *arguments)
{
	g_auto(GStrv) environment = g_get_environ(), pair = g_strsplit(s->hook, "=", 2);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *out = NULL, *err = NULL, *printed = NULL;
	int status;

	for (guint i = 0; i < 3; i++) {
		static const char *const names[] = { "HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };
		environment = g_environ_setenv(environment, names[i], s->f->root, TRUE);
	}
	environment = g_environ_setenv(environment, pair[0], pair[1], TRUE);
	g_ptr_array_add(argv, (char *)fixture_program());
	g_ptr_array_add(argv, (char *)"--config");
	g_ptr_array_add(argv, s->f->config);
	for (; *arguments; arguments++)
		g_ptr_array_add(argv, (char *)*arguments);
	g_ptr_array_add(argv, NULL);
	g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, environment, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
	printed = g_strconcat(out, err, NULL);
	g_test_message("%s", printed);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != expect)
		g_error("it ended with %d instead of %d and printed:\n%s", WEXITSTATUS(status), expect, printed);
	assert_no_secret(printed, "what was printed");
	g_assert_null(strchr(printed, '\033'));
	return g_steal_pointer(&printed);
}

static void
assert_said(const char *printed, const char *pattern)
{
	if (!g_regex_match_simple(pattern, printed, G_REGEX_MULTILINE, 0))
		g_error("no line \"%s\" in:\n%s", pattern, printed);
}

static void
test_all(void)
{
	struct stage *s = stage_new();
	g_autofree char *printed = run(s, 0, LIST("notify", "--test"));
	g_autofree char *key = g_strdup_printf("\"dedup_key\":\"midwatch/lab/test/%s\"", g_get_host_name());
	guint triggers = 0, resolves = 0;

	assert_said(printed, "^sent    pagerduty +sent, a trigger and its resolve\\s*$");
	assert_said(printed, "^sent    slack oncall +sent\\s*$");
	assert_said(printed, "^sent    telegram +sent\\s*$");
	g_assert_cmpuint(message_services_count(s->services), ==, 4);
	for (guint i = 0; i < 4; i++) {
		g_autofree char *taken = message_services_taken(s->services, i);
		triggers += strstr(taken, "\"event_action\":\"trigger\"") && strstr(taken, key) && strstr(taken, "\"severity\":\"info\"");
		resolves += strstr(taken, "\"event_action\":\"resolve\"") && strstr(taken, key);
		g_assert_true(strstr(taken, "resolve") || strstr(taken, "Nothing is wrong"));
	}
	g_assert_cmpuint(triggers, ==, 1);
	g_assert_cmpuint(resolves, ==, 1);
	stage_free(s);
}

static void
test_some(void)
{
	struct stage *s = stage_new();
	g_autofree char *one = run(s, 0, LIST("notify", "--test", "oncall")), *two = run(s, 0, LIST("notify", "--test", "--json", "telegram", "slack oncall")), *stray = NULL;
	cJSON *root = cJSON_Parse(two);

	g_assert_null(strstr(one, "telegram"));
	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItem(root, "version")), ==, 1);
	g_assert_cmpint(cJSON_GetArraySize(cJSON_GetObjectItem(root, "notifiers")), ==, 2);
	cJSON_Delete(root);
	g_assert_cmpuint(message_services_count(s->services), ==, 3);
	stray = run(s, 2, LIST("notify", "--test", "nobody"));
	assert_said(stray, "no notifier is called \"nobody\"");
	g_assert_cmpuint(message_services_count(s->services), ==, 3);
	stage_free(s);
}

static void
test_nothing_is_sent(void)
{
	struct stage *s = stage_new();
	g_autofree char *readonly = run(s, 2, LIST("notify", "--test", "--readonly")), *bare = run(s, 2, LIST("notify")), *config = NULL, *none = NULL;

	assert_said(readonly, "read-only: nothing is sent");
	g_free(run(s, 2, LIST("notify", "--test", "--drill")));
	assert_said(bare, "--test sends one harmless message");
	write_config(s, message_services_url(s->services), message_services_url(s->services), "readonly: true\n");
	config = run(s, 2, LIST("notify", "--test"));
	assert_said(config, "read-only: nothing is sent");
	fixture_configure(s->f, "");
	none = run(s, 2, LIST("notify", "--test"));
	assert_said(none, "the configuration has no notify section");
	g_assert_cmpuint(http_double_requests(message_services_double(s->services)), ==, 0);
	stage_free(s);
}

/* One that is refused, one that cannot be reached, one that has no secret: the others are told. */
static void
test_some_fail(void)
{
	struct stage *s = stage_new();
	g_autofree char *printed = NULL;

	write_config(s, "http://127.0.0.1:1", message_services_url(s->services), "");
	g_free(s->hook);
	s->hook = g_strdup("MW_OTHER=1");
	printed = run(s, 1, LIST("notify", "--test"));
	assert_said(printed, "^failed  pagerduty +GIVEN UP after [0-9]+ attempts? in [0-9]+ s: ");
	assert_said(printed, "^failed  slack oncall +GIVEN UP after 0 attempts in [0-9]+ s: the secret of slack oncall: the variable MW_HOOK is not set");
	assert_said(printed, "^sent    telegram +sent\\s*$");
	stage_free(s);
}

static void
test_none_reached(void)
{
	struct stage *s = stage_new();
	g_autofree char *printed = NULL;

	write_config(s, "http://127.0.0.1:1", "http://127.0.0.1:1", "");
	g_free(s->hook);
	s->hook = g_strdup("MW_HOOK=http://127.0.0.1:1" WEBHOOK_PATH);
	printed = run(s, 3, LIST("notify", "--test"));
	assert_said(printed, "^failed  telegram +GIVEN UP");
	stage_free(s);
}

/* The doctor asks for secrets and for the Alertmanager, and sends nothing. */
static void
test_doctor(void)
{
	struct stage *s = stage_new();
	struct http_double *manager = http_double_new();
	g_autofree char *more = g_strdup_printf("alertmanager: {url: \"%s\"}\n", http_double_url(manager)), *good = NULL, *bad = NULL;
	cJSON *root;

	write_config(s, message_services_url(s->services), message_services_url(s->services), more);
	http_double_set(manager, DOUBLE_ANSWERS, "200 OK", "[{\"labels\":{\"alertname\":\"A\"}}]");
	good = run(s, 0, LIST("doctor"));
	assert_said(good, "^  ok      pagerduty +its secret can be had; told of page\\s*$");
	assert_said(good, "^  ok      slack oncall +its secret can be had; told of page crit\\s*$");
	assert_said(good, "^  ok      telegram +its secret can be had; told of page\\s*$");
	assert_said(good, "^  ok      alertmanager +answers at http://127\\.0\\.0\\.1:[0-9]+, 1 alert\\s*$");
	http_double_set(manager, DOUBLE_ANSWERS, "500 Internal Server Error", "<html>");
	g_free(s->hook);
	s->hook = g_strdup("MW_HOOK=http://hooks.example.com" WEBHOOK_PATH);
	bad = run(s, 1, LIST("doctor", "--json"));
	root = cJSON_Parse(bad);
	g_assert_cmpint(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "notify"), "steps")), ==, 4);
	g_assert_nonnull(strstr(bad, "the webhook must be an https:// URL"));
	g_assert_nonnull(strstr(bad, "a fault of its own (HTTP status 500)"));
	cJSON_Delete(root);
	g_assert_cmpuint(http_double_requests(message_services_double(s->services)), ==, 0);
	http_double_free(manager);
	stage_free(s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notify-command/all", test_all);
	g_test_add_func("/notify-command/some", test_some);
	g_test_add_func("/notify-command/nothing-is-sent", test_nothing_is_sent);
	g_test_add_func("/notify-command/some-fail", test_some_fail);
	g_test_add_func("/notify-command/none-reached", test_none_reached);
	g_test_add_func("/notify-command/doctor", test_doctor);
	return g_test_run();
}
