#include "backends/ollama_parse.h"

#include <string.h>

#include "backends/docker_parse.h"
#include "backends/ollama.h"
#include "model/json.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

#define NEVER_US ((gint64)100 * 365 * 86400 * G_USEC_PER_SEC) /* keep_alive -1 gives an expiry in 292 years */
#define CONTEXT_MAX 1000000000
#define LINES_MAX 100000
#define WORDS_MAX 1000 /* bytes of the daemon's error that are kept */

/* --- lists --- */

static void
free_listed(gpointer data)
{
	struct ollama_listed *l = data;

	llm_model_free(l->model);
	g_free(l->raw);
	g_free(l);
}

static void
free_running(gpointer data)
{
	struct ollama_running *r = data;

	g_free(r->name);
	g_free(r);
}

/* Old daemons tell "name" only; both are the same. */
static const char *
raw_name(const cJSON *row)
{
	const char *name = json_string(row, "name");

	if (!name || !*name)
		name = json_string(row, "model");
	return name && *name && strlen(name) <= OLLAMA_NAME_MAX ? name : NULL;
}

static guint
context_of(const cJSON *o, const char *name)
{
	return (guint)MIN(json_count(o, name), CONTEXT_MAX);
}

static struct llm_model *
read_model(const cJSON *row, const char *name)
{
	const cJSON *details = json_object(row, "details");
	struct llm_model *m = llm_model_new(name);

	m->size = json_count(row, "size");
	m->modified_us = utc_parse(json_string(row, "modified_at"));
	m->digest = json_safe(row, "digest");
	m->family = json_safe(details, "family");
	m->parameters = json_safe(details, "parameter_size");
	m->quantization = json_safe(details, "quantization_level");
	return m;
}

static void
add_listed(GPtrArray *found, GHashTable *seen, const cJSON *row, guint *skipped)
{
	const char *raw = raw_name(row);
	g_autofree char *name = raw ? sanitize_text(raw, -1) : NULL;
	struct ollama_listed *l;

	if (!name || found->len >= OLLAMA_MODELS_MAX || g_hash_table_contains(seen, name)) {
		++*skipped;
		return;
	}
	l = g_new0(struct ollama_listed, 1);
	l->raw = g_strdup(raw);
	l->model = read_model(row, name);
	g_ptr_array_add(found, l);
	g_hash_table_add(seen, l->model->name);
}

/* The array "models" of an object; NULL with an error. An empty one may be written as null. */
static cJSON *
parse_models(const char *bytes, gsize len, const char *what, const cJSON **models, GError **error)
{
	cJSON *json = json_parse(bytes, len, cJSON_Object, what, error);

	if (!json)
		return NULL;
	*models = cJSON_GetObjectItemCaseSensitive(json, "models");
	if (cJSON_IsArray(*models) || cJSON_IsNull(*models))
		return json;
	g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "the daemon's %s has no models in it", what);
	cJSON_Delete(json);
	return NULL;
}

GPtrArray *
ollama_parse_tags(const char *bytes, gsize len, guint *skipped, GError **error)
{
	const cJSON *models = NULL, *row;
	g_autoptr(cJSON) json = parse_models(bytes, len, "list of models", &models, error);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *found;

	*skipped = 0;
	if (!json)
		return NULL;
	found = g_ptr_array_new_with_free_func(free_listed);
	cJSON_ArrayForEach(row, models)
		add_listed(found, seen, row, skipped);
	return found;
}

GPtrArray *
ollama_parse_ps(const char *bytes, gsize len, GError **error)
{
	const cJSON *models = NULL, *row;
	g_autoptr(cJSON) json = parse_models(bytes, len, "list of loaded models", &models, error);
	GPtrArray *found;

	if (!json)
		return NULL;
	found = g_ptr_array_new_with_free_func(free_running);
	cJSON_ArrayForEach(row, models) {
		const char *raw = raw_name(row);
		struct ollama_running *r;
		if (!raw || found->len >= OLLAMA_MODELS_MAX)
			continue;
		r = g_new0(struct ollama_running, 1);
		r->name = sanitize_text(raw, -1);
		r->memory = json_count(row, "size");
		r->vram = MIN(json_count(row, "size_vram"), r->memory);
		r->expires_us = utc_parse(json_string(row, "expires_at"));
		r->context = context_of(row, "context_length");
		g_ptr_array_add(found, r);
	}
	return found;
}

char *
ollama_parse_version(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "version", NULL);

	return json_safe(json, "version");
}

/* --- show --- */

static gboolean
has_capability(const cJSON *capabilities, const char *word)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, capabilities)
		if (cJSON_IsString(one) && strcmp(one->valuestring, word) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
only_embeds(const cJSON *json)
{
	const cJSON *capabilities = json_array(json, "capabilities");
	const char *family = json_string(json_object(json, "details"), "family");

	if (capabilities)
		return has_capability(capabilities, "embedding") && !has_capability(capabilities, "completion");
	return family && g_str_has_suffix(family, "bert");
}

gboolean
ollama_parse_show(const char *bytes, gsize len, struct ollama_shown *out, GError **error)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "description of a model", error);
	const cJSON *info, *one;

	*out = (struct ollama_shown){ 0 };
	if (!json)
		return FALSE;
	info = json_object(json, "model_info");
	cJSON_ArrayForEach(one, info)
		if (g_str_has_suffix(one->string, ".context_length"))
			out->context = MAX(out->context, context_of(info, one->string));
	out->embedding = only_embeds(json);
	return TRUE;
}

/* --- answers --- */

static char *
error_of(const cJSON *json)
{
	const cJSON *error = cJSON_GetObjectItemCaseSensitive(json, "error");
	const char *raw = cJSON_IsString(error) ? error->valuestring : json_string(error, "message");
	g_autofree char *safe = raw ? sanitize_text(raw, (gssize)strnlen(raw, WORDS_MAX)) : NULL;

	if (safe)
		return g_steal_pointer(&safe);
	return error && !cJSON_IsNull(error) ? g_strdup("an error without words") : NULL;
}

char *
ollama_parse_error(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "error", NULL);

	return json ? error_of(json) : NULL;
}

/* An embedding has no "done": its answer is complete with the array. */
static gboolean
is_end(const cJSON *json)
{
	return json_true(json, "done") || json_array(json, "embeddings") != NULL;
}

static gboolean
is_blank(const char *bytes, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isspace(bytes[i]))
			return FALSE;
	return TRUE;
}

enum ollama_answer
ollama_parse_answer(const char *bytes, gsize len, char **words)
{
	const char *at = bytes, *end = bytes + len;
	gboolean done = FALSE;

	*words = NULL;
	for (guint i = 0; at < end && i < LINES_MAX; i++) {
		const char *feed = memchr(at, '\n', (gsize)(end - at));
		gsize line = (gsize)((feed ? feed : end) - at);
		g_autoptr(cJSON) json = json_parse(at, line, cJSON_Object, "answer", NULL);
		if (json && (*words = error_of(json)))
			return OLLAMA_ANSWER_ERROR;
		done = json ? is_end(json) : done && is_blank(at, line);
		at += line + 1;
	}
	return done ? OLLAMA_ANSWER_DONE : OLLAMA_ANSWER_HALF;
}

/* --- requests --- */

static void
add_keep_alive(cJSON *json, const char *text)
{
	char *end;
	gint64 seconds = g_ascii_strtoll(text, &end, 10);

	if (end != text && *end == '\0')
		cJSON_AddNumberToObject(json, "keep_alive", (double)seconds);
	else
		cJSON_AddStringToObject(json, "keep_alive", text);
}

/* The JSON as GLib's text. */
static char *
print(const cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);
	char *copy = g_strdup(text);

	cJSON_free(text);
	return copy;
}

char *
ollama_show_body(const char *raw)
{
	g_autoptr(cJSON) json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "model", raw);
	return print(json);
}

char *
ollama_request_body(const char *raw, const char *keep_alive, gboolean embedding)
{
	g_autoptr(cJSON) json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "model", raw);
	if (embedding)
		cJSON_AddStringToObject(json, "input", ""); /* nothing to embed: it is only loaded */
	else
		cJSON_AddBoolToObject(json, "stream", FALSE);
	if (keep_alive)
		add_keep_alive(json, keep_alive);
	return print(json);
}

/* Seconds of a unit, and the length of its name; 0 when it is none. */
static double
unit_of(const char *text, gsize *len)
{
	static const struct { const char *name; double seconds; } units[] = {
		{ "ms", 1e-3 }, { "us", 1e-6 }, { "ns", 1e-9 }, { "h", 3600 }, { "m", 60 }, { "s", 1 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		*len = strlen(units[i].name);
		if (strncmp(text, units[i].name, *len) == 0)
			return units[i].seconds;
	}
	return 0;
}

/* Go's duration: numbers, each with a unit. */
static double
go_duration(const char *text)
{
	double sum = 0;
	gsize len;

	if (!*text)
		return -1;
	while (*text) {
		char *end;
		double number = g_ascii_isdigit(*text) || *text == '.' ? g_ascii_strtod(text, &end) : -1;
		double unit = number < 0 ? 0 : unit_of(end, &len);
		if (unit <= 0)
			return -1;
		sum += number * unit;
		text = end + len;
	}
	return sum;
}

gint64
ollama_keep_alive_seconds(const char *text)
{
	gboolean negative = *text == '-';
	const char *plain = text + (negative || *text == '+');
	gboolean digits = *plain && plain[strspn(plain, "0123456789")] == '\0';
	double seconds = digits ? g_ascii_strtod(plain, NULL) : go_duration(plain);

	if (!(seconds >= 0))
		return -1;
	if (seconds >= 1e15 || (negative && seconds > 0))
		return G_MAXINT64;
	return (gint64)seconds;
}

gint64
ollama_expiry(gint64 told_us, gint64 utc_us)
{
	return told_us - utc_us > NEVER_US ? G_MAXINT64 : told_us;
}
