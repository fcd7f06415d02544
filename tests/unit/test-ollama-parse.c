/* Ollama's replies: recorded ones, and what no daemon should send; the requests; keep_alive in all its forms. */
#include "backends/ollama_parse.h"

#include <string.h>

#include "backends/ollama.h"
#include "model/sanitize.h"

#define DAY_US ((gint64)86400 * G_USEC_PER_SEC)

static char *
load(const char *name, gsize *len)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "ollama", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	g_file_get_contents(path, &text, len, &error);
	g_assert_no_error(error);
	return text;
}

static GPtrArray *
tags_of(const char *json, guint *skipped)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *rows = ollama_parse_tags(json, strlen(json), skipped, &error);

	g_assert_no_error(error);
	return rows;
}

static const struct ollama_listed *
listed(const GPtrArray *rows, const char *raw)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct ollama_listed *l = rows->pdata[i];
		if (strcmp(l->raw, raw) == 0)
			return l;
	}
	g_error("%s is not listed", raw);
}

/* --- lists --- */

static void
test_tags(void)
{
	gsize len;
	guint skipped;
	g_autofree char *text = load("tags.json", &len);
	g_autoptr(GPtrArray) rows = tags_of(text, &skipped);
	const struct llm_model *m = listed(rows, "llama3.1:8b")->model;

	g_assert_cmpuint(skipped, ==, 0);
	g_assert_cmpuint(rows->len, ==, 13);
	g_assert_cmpstr(m->name, ==, "llama3.1:8b");
	g_assert_cmpuint(m->size, ==, 4920753328);
	g_assert_cmpstr(m->family, ==, "llama");
	g_assert_cmpstr(m->parameters, ==, "7.6B");
	g_assert_cmpstr(m->quantization, ==, "Q4_K_M");
	g_assert_cmpint(m->modified_us, ==, G_GINT64_CONSTANT(1789369933123456)); /* 2026-09-14T07:12:13Z */
	g_assert_cmpuint(strlen(m->digest), ==, 64);
	g_assert_false(m->loaded);
}

/* A name is shown safe, and asked for as the daemon wrote it. */
static void
test_hostile_name(void)
{
	gsize len;
	guint skipped;
	g_autofree char *text = load("tags.json", &len);
	g_autoptr(GPtrArray) rows = tags_of(text, &skipped);
	const struct ollama_listed *l = listed(rows, "evil\033[2J\033]0;owned\a\342\200\256\"$(touch /tmp/owned)`'\n:latest");
	g_autofree char *again = sanitize_text(l->model->name, -1), *body = ollama_request_body(l->raw, NULL, FALSE);

	g_assert_cmpstr(l->model->name, ==, again);
	g_assert_null(strchr(l->model->name, '\033'));
	g_assert_null(strchr(l->model->name, '\n'));
	g_assert_null(strchr(body, '\033'));
	g_assert_nonnull(strstr(body, "evil\\u001b[2J\\u001b]0;owned\\u0007"));
}

static void
test_odd_rows(void)
{
	g_autofree char *name = g_strnfill(OLLAMA_NAME_MAX + 1, 'x');
	g_autofree char *json = g_strdup_printf("{\"models\":[7,{},{\"name\":\"\"},{\"name\":\"a\",\"size\":-5,\"details\":[]},{\"name\":\"a\"},{\"model\":\"b\",\"size\":1e300},"
	                                        "{\"name\":\"%s\"},{\"name\":\"c\",\"modified_at\":\"soon\"}]}", name);
	guint skipped;
	g_autoptr(GPtrArray) rows = tags_of(json, &skipped);

	g_assert_cmpuint(rows->len, ==, 3);
	g_assert_cmpuint(skipped, ==, 5);
	g_assert_cmpuint(listed(rows, "a")->model->size, ==, 0);
	g_assert_cmpuint(listed(rows, "b")->model->size, ==, G_MAXUINT64);
	g_assert_cmpint(listed(rows, "c")->model->modified_us, ==, 0);
}

static void
test_no_list(void)
{
	static const char *const bad[] = { "", "null", "[]", "{}", "{\"models\":7}", "<html>", "{\"models\":[{\"name\":\"x\"}" };
	guint skipped;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL, other = NULL;
		g_assert_null(ollama_parse_tags(bad[i], strlen(bad[i]), &skipped, &error));
		g_assert_nonnull(error);
		g_assert_null(ollama_parse_ps(bad[i], strlen(bad[i]), &other));
		g_assert_nonnull(other);
	}
}

/* A Go slice that is nil. */
static void
test_nothing_listed(void)
{
	guint skipped;
	g_autoptr(GPtrArray) rows = tags_of("{\"models\":null}", &skipped);

	g_assert_cmpuint(rows->len, ==, 0);
}

static void
test_too_many(void)
{
	g_autoptr(GString) json = g_string_new("{\"models\":[");
	guint skipped;

	for (guint i = 0; i < OLLAMA_MODELS_MAX + 10; i++)
		g_string_append_printf(json, "%s{\"name\":\"m%u\"}", i ? "," : "", i);
	g_string_append(json, "]}");
	g_autoptr(GPtrArray) rows = tags_of(json->str, &skipped);
	g_assert_cmpuint(rows->len, ==, OLLAMA_MODELS_MAX);
	g_assert_cmpuint(skipped, ==, 10);
}

static void
test_ps(void)
{
	gsize len;
	g_autofree char *text = load("ps.json", &len);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = ollama_parse_ps(text, len, &error);
	const struct ollama_running *r;
	gint64 now = G_GINT64_CONSTANT(1795737600000000); /* 2026-11-27 */

	g_assert_no_error(error);
	g_assert_cmpuint(rows->len, ==, 2);
	r = rows->pdata[0];
	g_assert_cmpstr(r->name, ==, "qwen2.5-coder:1.5b");
	g_assert_cmpuint(r->memory, ==, 1133971175);
	g_assert_cmpuint(r->vram, ==, 0);
	g_assert_cmpuint(r->context, ==, 4096);
	g_assert_cmpint(ollama_expiry(r->expires_us, now), ==, G_MAXINT64);
	r = rows->pdata[1];
	g_assert_cmpint(ollama_expiry(r->expires_us, now), ==, r->expires_us);
	g_assert_cmpint(r->expires_us - now, <, DAY_US);
}

static void
test_ps_odd(void)
{
	static const char json[] = "{\"models\":[{\"name\":\"a\",\"size\":10,\"size_vram\":99,\"expires_at\":\"0001-01-01T00:00:00Z\",\"context_length\":1e18}]}";
	g_autoptr(GPtrArray) rows = ollama_parse_ps(json, strlen(json), NULL);
	const struct ollama_running *r = rows->pdata[0];

	g_assert_cmpuint(r->vram, ==, 10);
	g_assert_cmpint(r->expires_us, ==, 0);
	g_assert_cmpuint(r->context, <=, 1000000000);
}

/* --- show --- */

static void
test_show(void)
{
	gsize len;
	g_autofree char *text = load("show.json", &len);
	struct ollama_shown s;

	g_assert_true(ollama_parse_show(text, len, &s, NULL));
	g_assert_cmpuint(s.context, ==, 32768);
	g_assert_false(s.embedding);
}

static void
test_show_embedding(void)
{
	static const char old[] = "{\"details\":{\"family\":\"nomic-bert\"},\"model_info\":{\"nomic-bert.context_length\":2048}}";
	static const char both[] = "{\"capabilities\":[\"embedding\",\"completion\"],\"details\":{\"family\":\"bert\"}}";
	gsize len;
	g_autofree char *text = load("show-embedding.json", &len);
	struct ollama_shown s;

	g_assert_true(ollama_parse_show(text, len, &s, NULL));
	g_assert_true(s.embedding);
	g_assert_true(ollama_parse_show(old, strlen(old), &s, NULL));
	g_assert_true(s.embedding);
	g_assert_cmpuint(s.context, ==, 2048);
	g_assert_true(ollama_parse_show(both, strlen(both), &s, NULL));
	g_assert_false(s.embedding);
	g_assert_false(ollama_parse_show("[]", 2, &s, NULL));
}

/* --- answers --- */

static void
check_answer(const char *bytes, enum ollama_answer expected, const char *expected_words)
{
	g_autofree char *words = NULL;

	g_assert_cmpint(ollama_parse_answer(bytes, strlen(bytes), &words), ==, expected);
	g_assert_cmpstr(words, ==, expected_words);
}

static void
check_recorded(const char *file, enum ollama_answer expected, const char *expected_words)
{
	gsize len;
	g_autofree char *text = load(file, &len);

	check_answer(text, expected, expected_words);
}

static void
test_answers(void)
{
	check_recorded("load.json", OLLAMA_ANSWER_DONE, NULL);
	check_recorded("embed.json", OLLAMA_ANSWER_DONE, NULL);
	check_recorded("late-error.ndjson", OLLAMA_ANSWER_ERROR, "llama runner process has terminated: signal: killed");
	check_recorded("error.json", OLLAMA_ANSWER_ERROR, "model 'nothing' not found");
	check_answer("{\"done\":false}\n{\"done\":true}\n\n", OLLAMA_ANSWER_DONE, NULL);
	check_answer("{\"done\":true}\n{\"error\":\"late\"}", OLLAMA_ANSWER_ERROR, "late");
	check_answer("{\"error\":{\"message\":\"in an object\"}}", OLLAMA_ANSWER_ERROR, "in an object");
	check_answer("{\"error\":17}", OLLAMA_ANSWER_ERROR, "an error without words");
	check_answer("{\"error\":\"a\\u001b[2Jb\"}", OLLAMA_ANSWER_ERROR, "ab");
	check_answer("{\"error\":null,\"done\":true}", OLLAMA_ANSWER_DONE, NULL);
}

static void
test_half_answers(void)
{
	check_answer("", OLLAMA_ANSWER_HALF, NULL);
	check_answer("{\"done\":fal", OLLAMA_ANSWER_HALF, NULL);
	check_answer("{\"done\":false}\n", OLLAMA_ANSWER_HALF, NULL);
	check_answer("{\"done\":true}\n{\"don", OLLAMA_ANSWER_HALF, NULL);
	check_answer("{\"done\":\"true\"}", OLLAMA_ANSWER_HALF, NULL);
	check_answer("<html><body>Welcome to nginx!</body></html>", OLLAMA_ANSWER_HALF, NULL);
}

static void
test_long_error(void)
{
	g_autofree char *long_words = g_strnfill(50000, 'w'), *json = g_strdup_printf("{\"error\":\"%s\"}", long_words);
	g_autofree char *words = ollama_parse_error(json, strlen(json));

	g_assert_cmpuint(strlen(words), ==, 1000);
}

/* --- requests --- */

static void
check_body(const char *keep_alive, gboolean embedding, const char *expected)
{
	g_autofree char *body = ollama_request_body("a\"b:1", keep_alive, embedding);

	g_assert_cmpstr(body, ==, expected);
}

static void
test_requests(void)
{
	check_body(NULL, FALSE, "{\"model\":\"a\\\"b:1\",\"stream\":false}");
	check_body("10m", FALSE, "{\"model\":\"a\\\"b:1\",\"stream\":false,\"keep_alive\":\"10m\"}");
	check_body("-1", FALSE, "{\"model\":\"a\\\"b:1\",\"stream\":false,\"keep_alive\":-1}");
	check_body("0", FALSE, "{\"model\":\"a\\\"b:1\",\"stream\":false,\"keep_alive\":0}");
	check_body("300", TRUE, "{\"model\":\"a\\\"b:1\",\"input\":\"\",\"keep_alive\":300}");
}

static void
test_keep_alive(void)
{
	static const struct { const char *text; gint64 seconds; } cases[] = {
		{ "10m", 600 }, { "1h30m", 5400 }, { "300", 300 }, { "0", 0 }, { "1.5h", 5400 }, { "500ms", 0 }, { "90s", 90 }, { "+5m", 300 },
		{ "-1", G_MAXINT64 }, { "-1m", G_MAXINT64 }, { "", -1 }, { "-", -1 }, { "10", 10 }, { "10x", -1 }, { "m", -1 }, { "1h-3m", -1 },
		{ "ten", -1 }, { "10 m", -1 }, { "99999999999999999999h", G_MAXINT64 }, { "nan", -1 }, { "infs", -1 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(ollama_keep_alive_seconds(cases[i].text), ==, cases[i].seconds);
	}
}

static void
test_version(void)
{
	gsize len;
	g_autofree char *text = load("version.json", &len), *version = ollama_parse_version(text, len), *none = ollama_parse_version("{}", 2);

	g_assert_cmpstr(version, ==, "0.12.6");
	g_assert_null(none);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ollama-parse/tags", test_tags);
	g_test_add_func("/ollama-parse/hostile-name", test_hostile_name);
	g_test_add_func("/ollama-parse/odd-rows", test_odd_rows);
	g_test_add_func("/ollama-parse/no-list", test_no_list);
	g_test_add_func("/ollama-parse/nothing-listed", test_nothing_listed);
	g_test_add_func("/ollama-parse/too-many", test_too_many);
	g_test_add_func("/ollama-parse/ps", test_ps);
	g_test_add_func("/ollama-parse/ps-odd", test_ps_odd);
	g_test_add_func("/ollama-parse/show", test_show);
	g_test_add_func("/ollama-parse/show-embedding", test_show_embedding);
	g_test_add_func("/ollama-parse/answers", test_answers);
	g_test_add_func("/ollama-parse/half-answers", test_half_answers);
	g_test_add_func("/ollama-parse/long-error", test_long_error);
	g_test_add_func("/ollama-parse/requests", test_requests);
	g_test_add_func("/ollama-parse/keep-alive", test_keep_alive);
	g_test_add_func("/ollama-parse/version", test_version);
	return g_test_run();
}
