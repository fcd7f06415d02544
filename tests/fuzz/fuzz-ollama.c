/* Any bytes as each reply of Ollama, as a model's name and as a keep_alive: nothing crashes, and every string that comes out is safe. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backends/ollama.h"
#include "backends/ollama_parse.h"
#include "model/sanitize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was made safe once passes unchanged. */
static void
check_safe(const char *text)
{
	g_autofree char *again = text ? sanitize_text(text, -1) : NULL;

	g_assert_cmpstr(text, ==, again);
}

static void
as_tags(const char *bytes, gsize len)
{
	guint skipped;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = ollama_parse_tags(bytes, len, &skipped, &error);

	g_assert_true((rows == NULL) == (error != NULL));
	for (guint i = 0; rows && i < rows->len; i++) {
		const struct ollama_listed *l = rows->pdata[i];
		check_safe(l->model->name);
		check_safe(l->model->digest);
		check_safe(l->model->family);
		check_safe(l->model->parameters);
		check_safe(l->model->quantization);
	}
}

static void
as_ps(const char *bytes, gsize len)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = ollama_parse_ps(bytes, len, &error);

	g_assert_true((rows == NULL) == (error != NULL));
	for (guint i = 0; rows && i < rows->len; i++) {
		const struct ollama_running *r = rows->pdata[i];
		check_safe(r->name);
		g_assert_cmpuint(r->vram, <=, r->memory);
	}
}

static void
as_small_ones(const char *bytes, gsize len)
{
	g_autofree char *version = ollama_parse_version(bytes, len), *error = ollama_parse_error(bytes, len), *words = NULL;
	g_autofree char *text = g_strndup(bytes, len), *body = ollama_request_body(text, text, FALSE), *show = ollama_show_body(text);
	struct ollama_shown shown;

	ollama_parse_show(bytes, len, &shown, NULL);
	g_assert_true((ollama_parse_answer(bytes, len, &words) == OLLAMA_ANSWER_ERROR) == (words != NULL));
	g_assert_cmpint(ollama_keep_alive_seconds(text), >=, -1);
	g_assert_null(strpbrk(body, "\n\033"));
	g_assert_null(strpbrk(show, "\n\033"));
	check_safe(version);
	check_safe(error);
	check_safe(words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;

	as_tags(bytes, size);
	as_ps(bytes, size);
	as_small_ones(bytes, size);
	return 0;
}
