/* `midwatch audit` by the real program: the table, JSON Lines, --since, --verify, exit codes; beside a process that writes, and on a copy. */
#include "tests/screens/console_fixture.h"

#include <cjson/cJSON.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "app/audit_command.h"
#include "backends/store.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static char *store_path(const struct fixture *f)
{
	return fixture_path(f, "state/midwatch/store.db");
}

static gint64 begin(struct store *s, const char *target, const char *note)
{
	const struct audit_intent intent = {
		.action = "container.restart", .host = "srv1", .target = target, .request = "POST /containers/x/restart\nsecond line", .note = note,
	};
	gint64 id = store_audit_begin(s, &intent, NULL);

	g_assert_cmpint(id, >, 0);
	return id;
}

/* Three actions: one done, one failed, one that still runs. */
static struct store *make_log(const struct fixture *f)
{
	g_autofree char *path = store_path(f);
	g_autoptr(GError) error = NULL;
	struct store *s = store_open(path, &error);

	g_assert_no_error(error);
	g_assert_true(store_audit_end(s, begin(s, "clock-web", NULL), OUTCOME_OK, "HTTP 204", NULL));
	g_assert_true(store_audit_end(s, begin(s, "caf\xc3\xa9 $(x)", "no evidence: the disk is full"), OUTCOME_FAILED, "HTTP 500 no such container", NULL));
	begin(s, NULL, NULL);
	return s;
}

static int run(const struct fixture *f, const char *const *arguments, const char *const *environment, char **printed)
{
	return fixture_run_plain(f, arguments, environment, printed);
}

/* Its standard output into a pipe. */
static char *run_piped(const struct fixture *f, const char *option, int expect)
{
	g_autofree char *state = g_strdup_printf("XDG_STATE_HOME=%s/state", f->root);
	const char *command[] = { "env", state, "LC_ALL=C.UTF-8", fixture_program(), "audit", option, NULL };
	char *out = NULL;
	int status;

	g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, NULL));
	g_assert_cmpint(g_spawn_check_wait_status(status, NULL) ? 0 : WEXITSTATUS(status), ==, expect);
	return out;
}

#define ASSERT_MATCH(text, pattern) \
	do { \
		if (!g_regex_match_simple(pattern, text, G_REGEX_MULTILINE, 0)) \
			g_error("\"%s\" is not in:\n%s", pattern, text); \
	} while (0)

static void test_table(void)
{
	struct fixture *f = fixture_new();
	struct store *s = make_log(f); /* a console that runs */
	g_autofree char *wide = NULL, *ascii = NULL, *piped = NULL;

	g_assert_cmpint(run(f, LIST("audit"), NULL, &wide), ==, 0);
	ASSERT_MATCH(wide, "^STARTED +OUTCOME +TOOK +ACTION +WHERE +ACTOR +RESULT$");
	ASSERT_MATCH(wide, "^20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ  ok +0\\.\\ds  container\\.restart  srv1 clock-web +\\S+@\\S+.* +HTTP 204$");
	ASSERT_MATCH(wide, "^.*Z  failed +0\\.\\ds  container\\.restart  srv1 caf\xc3\xa9 \\$\\(x\\).*HTTP 500 no such container$");
	ASSERT_MATCH(wide, "^.*Z  open +\xe2\x80\x93 +container\\.restart  srv1 .* \xe2\x80\x93$");
	g_assert_cmpint(run(f, LIST("audit"), LIST("LC_ALL=C"), &ascii), ==, 0);
	if (!g_str_is_ascii(ascii))
		g_error("not ASCII:\n%s", ascii);
	piped = run_piped(f, NULL, 0);
	ASSERT_MATCH(piped, "HTTP 500 no such container$");
	g_assert_cmpuint(g_regex_match_simple("\\x1b", piped, 0, 0), ==, 0);
	store_close(s);
	fixture_free(f);
}

/* One line each, whatever the width. */
static void test_narrow(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	store_close(make_log(f));
	d = fixture_run(f, LIST("audit"), NULL, 24, 80);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
	for (int i = 0; i < 5; i++) {
		static const char *const expect[] = { "^STARTED .*RESULT$", " ok .*HTTP 204$", " failed .*\xe2\x80\xa6.* HTTP.*\xe2\x80\xa6", " open .*\xe2\x80\x93$", "^$" };
		g_autofree char *row = driver_row(d, i);
		ASSERT_MATCH(row, expect[i]);
	}
	driver_free(d);
	fixture_free(f);
}

static const char *text_of(const cJSON *o, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(o, name);

	g_assert_nonnull(value);
	return cJSON_IsNull(value) ? NULL : cJSON_GetStringValue(value);
}

static void test_json(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *out = NULL;
	g_auto(GStrv) lines = NULL;
	cJSON *second, *third;

	store_close(make_log(f));
	out = run_piped(f, "--json", 0);
	lines = g_strsplit(out, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 4);
	g_assert_cmpstr(lines[3], ==, "");
	second = cJSON_Parse(lines[1]);
	g_assert_cmpint(cJSON_GetObjectItem(second, "id")->valueint, ==, 3);
	g_assert_cmpstr(text_of(second, "action"), ==, "container.restart");
	g_assert_cmpstr(text_of(second, "target"), ==, "caf\xc3\xa9 $(x)");
	g_assert_cmpstr(text_of(second, "request"), ==, "POST /containers/x/restart\nsecond line");
	g_assert_cmpstr(text_of(second, "note"), ==, "no evidence: the disk is full");
	g_assert_cmpstr(text_of(second, "evidence"), ==, NULL);
	g_assert_cmpstr(text_of(second, "outcome"), ==, "failed");
	ASSERT_MATCH(text_of(second, "ended"), "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$");
	third = cJSON_Parse(lines[2]);
	g_assert_cmpstr(text_of(third, "outcome"), ==, "open");
	g_assert_cmpstr(text_of(third, "ended"), ==, NULL);
	g_assert_cmpstr(text_of(third, "result"), ==, NULL);
	cJSON_Delete(second);
	cJSON_Delete(third);
	fixture_free(f);
}

static void test_since(void)
{
	static const struct { const char *text; gint64 seconds; } good[] = {
		{ "90s", 1795312042 - 90 }, { "30m", 1795312042 - 1800 }, { "2h", 1795312042 - 7200 }, { "7d", 1795312042 - 7 * 86400 },
		{ "2026-11-22", 1795305600 }, { "2026-11-22T01:00", 1795309200 }, { "2026-11-22T01:00Z", 1795309200 }, { "2026-11-22T01:00:05Z", 1795309205 },
		{ "2026-11-22T01:00+01:00", 1795305600 },
	};
	static const char *const bad[] = { "", "h", "2", "-2h", "2w", "2hh", "999999999d", "2026-13-01", "2026-11-22 01:00", "2026-11-22T25:00", "yesterday" };
	const gint64 now = G_GINT64_CONSTANT(1795312042) * G_USEC_PER_SEC;
	struct fixture *f = fixture_new();
	g_autofree char *none = NULL, *all = NULL, *unfit = NULL;
	gint64 since;

	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		g_assert_true(audit_since(good[i].text, now, &since));
		g_assert_cmpint(since, ==, good[i].seconds * G_USEC_PER_SEC);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(audit_since(bad[i], now, &since));
	store_close(make_log(f));
	g_assert_cmpint(run(f, LIST("audit", "--since", "2099-01-01"), NULL, &none), ==, 0);
	g_assert_nonnull(strstr(none, "no action is on record since then"));
	g_assert_cmpint(run(f, LIST("audit", "--since", "2h"), NULL, &all), ==, 0);
	g_assert_nonnull(strstr(all, "clock-web"));
	g_assert_cmpint(run(f, LIST("audit", "--since", "soon"), NULL, &unfit), ==, 2);
	g_assert_nonnull(strstr(unfit, "--since takes a span (30m, 2h, 7d) or a UTC time"));
	fixture_free(f);
}

static void copy(const char *from, const char *to)
{
	g_autofree char *bytes = NULL;
	gsize len;

	g_assert_true(g_file_get_contents(from, &bytes, &len, NULL));
	g_assert_true(g_file_set_contents(to, bytes, (gssize)len, NULL));
}

static void test_verify(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = store_path(f), *head = g_strconcat(path, ".head", NULL), *copied = fixture_path(f, "copy.db"),
	    *copied_head = fixture_path(f, "copy.db.head"), *fine = NULL, *json = NULL, *bad = NULL, *bad_json = NULL, *bytes = NULL;
	struct store *s = make_log(f);
	char *at;
	gsize len;

	g_assert_cmpint(run(f, LIST("audit", "--verify"), NULL, &fine), ==, 0);
	ASSERT_MATCH(fine, "^5 rows, none changed; the last has the hash [0-9a-f]{64}$");
	store_close(s);
	copy(path, copied);
	copy(head, copied_head);
	g_assert_cmpint(run(f, LIST("audit", "--verify", "--json", "--store", copied), NULL, &json), ==, 0);
	ASSERT_MATCH(json, "^\\{\"verified\":true,\"rows\":5,\"hash\":\"[0-9a-f]{64}\",\"problem\":null\\}$");
	/* A byte of a row, changed in the file itself. */
	g_assert_true(g_file_get_contents(copied, &bytes, &len, NULL));
	at = memmem(bytes, len, "HTTP 500", 8);
	g_assert_nonnull(at);
	at[5] = '2';
	g_assert_true(g_file_set_contents(copied, bytes, (gssize)len, NULL));
	g_assert_cmpint(run(f, LIST("audit", "--verify", "--store", copied), NULL, &bad), ==, 1);
	ASSERT_MATCH(bad, "^NOT as it was written: row 4 was changed");
	g_assert_cmpint(run(f, LIST("audit", "--verify", "--json", "--store", copied), NULL, &bad_json), ==, 1);
	ASSERT_MATCH(bad_json, "^\\{\"verified\":false,\"rows\":3,\"hash\":null,\"problem\":\"row 4 was changed");
	fixture_free(f);
}

/* Nothing is changed by reading: not in a directory that cannot be written, and no store is made where there is none. */
static void test_reads_only(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *state = fixture_path(f, "state"), *none = NULL, *text = NULL, *garbage = NULL, *both = NULL;

	g_assert_cmpint(run(f, LIST("audit"), NULL, &none), ==, 2);
	g_assert_nonnull(strstr(none, "there is no such file; it is made by the first start of the console"));
	g_assert_false(g_file_test(state, G_FILE_TEST_EXISTS));
	g_assert_cmpint(run(f, LIST("audit", "--verify", "--since", "2h"), NULL, &both), ==, 2);
	fixture_append_to(f, "text.db", "no database at all, but long enough for one\n");
	text = fixture_path(f, "text.db");
	g_assert_cmpint(run(f, LIST("audit", "--store", text), NULL, &garbage), ==, 2);
	g_assert_nonnull(strstr(garbage, "it is not a database"));
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/audit/table", test_table);
	g_test_add_func("/audit/narrow", test_narrow);
	g_test_add_func("/audit/json", test_json);
	g_test_add_func("/audit/since", test_since);
	g_test_add_func("/audit/verify", test_verify);
	g_test_add_func("/audit/reads-only", test_reads_only);
	return g_test_run();
}
