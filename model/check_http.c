#include "model/check_http.h"

#include <string.h>

#include "model/json.h"
#include "model/log_pattern.h"
#include "model/sanitize.h"

#define HASH_LEAST 7      /* digits of a short git hash */
#define VALUE_BYTES 120
#define BODY_LINES 12     /* of a body that is not as expected */
#define BODY_LINE_BYTES 400

struct judging {
	const struct check_wanted *wanted;
	const struct check_answer *answer;
	GString *summary;
	gboolean failed;
	const char *unknown; /* why it cannot be told; NULL */
};

static void say(struct judging *j, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
say(struct judging *j, const char *format, ...)
{
	va_list args;

	if (j->summary->len)
		g_string_append(j->summary, " · ");
	va_start(args, format);
	g_string_append_vprintf(j->summary, format, args);
	va_end(args);
}

/* --- members --- */

/* Safe and short; newly allocated. */
static char *
value_text(const cJSON *value)
{
	g_autofree char *safe = NULL;
	char *printed = cJSON_IsString(value) ? NULL : cJSON_PrintUnformatted(value);

	safe = sanitize_text(cJSON_IsString(value) ? value->valuestring : printed ? printed : "?", -1);
	cJSON_free(printed);
	if (strlen(safe) > VALUE_BYTES)
		return g_strdup_printf("%.*s…", (int)sanitize_fit(safe, strlen(safe), VALUE_BYTES), safe);
	return g_steal_pointer(&safe);
}

static gboolean
is_hash(const char *text)
{
	gsize n = strspn(text, "0123456789abcdef");

	return n >= HASH_LEAST && text[n] == '\0';
}

static gboolean
is_same(const char *a, const char *b)
{
	if (is_hash(a) && is_hash(b))
		return strncmp(a, b, MIN(strlen(a), strlen(b))) == 0;
	return strcmp(a, b) == 0;
}

static void
judge_member(struct judging *j, const struct check_member *m, const char *equals, const cJSON *root)
{
	const cJSON *value = json_at(root, m->pointer);
	g_autofree char *text = value ? value_text(value) : NULL, *safe = equals ? sanitize_text(equals, -1) : NULL;
	g_autofree char *label = sanitize_text(m->label ? m->label : m->pointer, -1);
	gboolean wrong = equals && (!value || !is_same(text, safe));

	if (!value)
		say(j, equals ? "%s is missing, expected %s" : "%s is missing", label, safe);
	else if (wrong)
		say(j, "%s %s, expected %s", label, text, safe);
	else
		say(j, "%s %s", label, text);
	j->failed = j->failed || wrong;
}

static gboolean
is_html(const struct check_answer *a)
{
	gsize at = 0;

	while (at < a->body_length && g_ascii_isspace(a->body[at]))
		at++;
	return (at < a->body_length && a->body[at] == '<') || (a->content_type && g_ascii_strncasecmp(a->content_type, "text/html", 9) == 0);
}

static void
judge_members(struct judging *j)
{
	const struct check_answer *a = j->answer;
	g_autoptr(cJSON) root = NULL;

	if (j->wanted->members->len == 0)
		return;
	root = cJSON_ParseWithLength(a->body, a->body_length);
	if (!root) {
		j->failed = TRUE;
		if (a->status == j->wanted->status)
			say(j, a->body_length == 0 ? "an empty body instead of JSON" : is_html(a) ? "HTML instead of JSON: a proxy or another program answers"
			                                                                     : "the body is not JSON");
		return;
	}
	for (guint i = 0; i < j->wanted->members->len; i++)
		judge_member(j, j->wanted->members->pdata[i], j->wanted->equals[i], root);
}

/* --- the rest --- */

static void
judge_status(struct judging *j)
{
	const struct check_answer *a = j->answer;
	const char *version = j->wanted->http_version;

	if (a->status != j->wanted->status) {
		say(j, "%ld, expected %u", a->status, j->wanted->status);
		j->failed = TRUE;
	} else {
		say(j, "%ld", a->status);
	}
	if (!version)
		return;
	if (g_strcmp0(a->http_version, version) == 0) {
		say(j, "HTTP/%s", version);
		return;
	}
	say(j, "HTTP/%s, expected HTTP/%s", a->http_version ? a->http_version : "?", version);
	j->failed = TRUE;
}

static void
judge_body(struct judging *j)
{
	g_autofree char *safe = NULL, *words = NULL;
	g_autoptr(GError) error = NULL;
	struct log_pattern *p;
	guint32 start, end;

	if (!j->wanted->body)
		return;
	words = sanitize_text(j->wanted->body, -1);
	p = log_pattern_new_exact(j->wanted->body, &error);
	if (!p) {
		say(j, "%s", error->message);
		j->unknown = "the pattern is wrong";
		return;
	}
	safe = sanitize_lines(j->answer->body, (gssize)j->answer->body_length);
	if (log_pattern_find(p, safe, strlen(safe), 0, &start, &end)) {
		say(j, "the body has %s", words);
	} else if (log_pattern_problem(p)) {
		say(j, "the pattern %s takes too long on this body: make it simpler", words);
		j->unknown = "the pattern takes too long";
	} else {
		say(j, "the body lacks %s", words);
		j->failed = TRUE;
	}
	log_pattern_free(p);
}

/* What came, so that nobody has to ask again to see it. */
static GPtrArray *
body_lines(const struct check_answer *a, guint64 *left_out)
{
	g_autofree char *safe = sanitize_lines(a->body, (gssize)MIN(a->body_length, (gsize)64 << 10));
	g_auto(GStrv) split = g_strsplit(g_strchomp(safe), "\n", -1);
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	guint n = g_strv_length(split);

	for (guint i = 0; i < MIN(n, BODY_LINES); i++)
		g_ptr_array_add(lines, g_strndup(split[i], sanitize_fit(split[i], strlen(split[i]), BODY_LINE_BYTES)));
	*left_out = n > BODY_LINES ? n - BODY_LINES : 0;
	return lines;
}

void
check_http_judge(const struct check_wanted *w, const struct check_answer *a, struct check_result *r)
{
	struct judging j = { .wanted = w, .answer = a, .summary = g_string_new(NULL) };

	judge_status(&j);
	judge_members(&j);
	judge_body(&j);
	if (a->broken) {
		say(&j, "%s", a->broken);
		j.failed = TRUE;
	}
	r->verdict = j.failed ? VERDICT_FAIL : j.unknown ? VERDICT_UNKNOWN : VERDICT_PASS;
	r->summary = g_string_free(j.summary, FALSE);
	if (r->verdict != VERDICT_PASS && a->body_length > 0)
		r->lines = body_lines(a, &r->lines_left_out);
}
