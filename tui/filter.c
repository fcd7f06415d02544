#include "tui/filter.h"

#include <string.h>

#include "tui/text.h"

#define FILTER_ERROR g_quark_from_static_string("midwatch-filter")
#define ANY_FIELD (-1)

struct term {
	gboolean inverse, fuzzy, ascii;
	int field;   /* ANY_FIELD: all of them */
	char *word;  /* never empty */
};

struct filter {
	guint field_count;
	GArray *terms; /* of struct term */
};

static void clear_term(gpointer data)
{
	g_free(((struct term *)data)->word);
}

/* Takes one term off the text: its bytes without quotes; *quote is where the first quoted part began, or -1. NULL at the end. */
static char *take_raw(const char **at, gssize *quote, gboolean *open)
{
	GString *raw;

	while (**at == ' ')
		(*at)++;
	if (!**at)
		return NULL;
	raw = g_string_new(NULL);
	*quote = -1;
	*open = FALSE;
	for (; **at && (*open || **at != ' '); (*at)++) {
		if (**at != '"') {
			g_string_append_c(raw, **at);
			continue;
		}
		*open = !*open;
		if (*quote < 0)
			*quote = (gssize)raw->len;
	}
	return g_string_free(raw, FALSE);
}

static int find_field(const struct filter_field *fields, guint count, const char *name, gsize len)
{
	for (guint i = 0; i < count; i++)
		if (strlen(fields[i].name) == len && g_ascii_strncasecmp(fields[i].name, name, len) == 0)
			return (int)i;
	return ANY_FIELD;
}

static char *list_fields(const struct filter_field *fields, guint count)
{
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		g_string_append_printf(names, "%s%s:", i ? " " : "", fields[i].name);
	return g_string_free(names, FALSE);
}

/* "field:" looks like one when letters stand before the colon. */
static gsize field_length(const char *text)
{
	gsize n = 0;

	while (g_ascii_isalpha(text[n]))
		n++;
	return n > 0 && text[n] == ':' ? n : 0;
}

static gboolean check_word(const struct filter_field *field, const char *word, GError **error)
{
	g_autofree char *known = NULL;

	if (!*word) {
		g_set_error(error, FILTER_ERROR, 0, "%s: wants a word right after the colon", field->name);
		return FALSE;
	}
	if (!field->words)
		return TRUE;
	for (guint i = 0; field->words[i]; i++)
		if (g_ascii_strncasecmp(field->words[i], word, strlen(word)) == 0)
			return TRUE;
	known = g_strjoinv(", ", (char **)field->words);
	g_set_error(error, FILTER_ERROR, 0, "no %s is called \"%s\": there are %s", field->name, word, known);
	return FALSE;
}

/* Reads "field:word"; the rest of the term in *word. FALSE when it is wrong. */
static gboolean read_field(struct term *t, const char **word, const struct filter_field *fields, guint count, GError **error)
{
	gsize len = field_length(*word);
	g_autofree char *names = NULL;

	t->field = ANY_FIELD;
	if (len == 0)
		return TRUE;
	t->field = find_field(fields, count, *word, len);
	if (t->field == ANY_FIELD) {
		names = list_fields(fields, count);
		g_set_error(error, FILTER_ERROR, 0, "there is no %.*s: here, but %s; or quote it: \"%s\"", (int)len, *word, names, *word);
		return FALSE;
	}
	*word += len + 1;
	return check_word(&fields[t->field], *word, error);
}


static gboolean read_term(struct term *t, const char *raw, gssize quote, const struct filter_field *fields, guint count, GError **error)
{
	const char *word = raw;

	*t = (struct term){ .field = ANY_FIELD };
	for (; quote != word - raw && (*word == '!' || *word == '~'); word++) {
		gboolean *flag = *word == '!' ? &t->inverse : &t->fuzzy;
		if (*flag)
			break;
		*flag = TRUE;
	}
	if (quote != word - raw && !read_field(t, &word, fields, count, error))
		return FALSE;
	if (!*word) {
		g_set_error(error, FILTER_ERROR, 0, "%s wants a word right after it", *raw ? raw : "\"\"");
		return FALSE;
	}
	t->word = g_strdup(word);
	t->ascii = g_str_is_ascii(word);
	return TRUE;
}

struct filter *filter_parse(const char *text, const struct filter_field *fields, guint field_count, GError **error)
{
	struct filter *f = g_new0(struct filter, 1);
	gboolean open = FALSE, good = TRUE;
	gssize quote;
	char *raw;

	f->field_count = field_count;
	f->terms = g_array_new(FALSE, FALSE, sizeof(struct term));
	g_array_set_clear_func(f->terms, clear_term);
	while (good && (raw = take_raw(&text, &quote, &open))) {
		struct term t;
		good = !open && read_term(&t, raw, quote, fields, field_count, error);
		if (good)
			g_array_append_val(f->terms, t);
		g_free(raw);
	}
	if (good)
		return f;
	if (open)
		g_set_error(error, FILTER_ERROR, 0, "the closing quote is missing");
	filter_free(f);
	return NULL;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	g_array_unref(f->terms);
	g_free(f);
}

gboolean filter_is_empty(const struct filter *f)
{
	return !f || f->terms->len == 0;
}

static gboolean holds_word(const struct term *t, const char *value)
{
	gsize length;

	if (t->ascii)
		return strcasestr(value, t->word) != NULL;
	return text_find(value, value + strlen(value), t->word, &length) != NULL;
}

static gboolean holds_letters(const struct term *t, const char *value)
{
	const char *want = t->word;

	for (; *want && *value; value = g_utf8_next_char(value))
		if (g_unichar_tolower(g_utf8_get_char(value)) == g_unichar_tolower(g_utf8_get_char(want)))
			want = g_utf8_next_char(want);
	return !*want;
}

/* "healthy" must not find "unhealthy", but "eu" finds "gw-eu-1". */
static gboolean holds_word_start(const struct term *t, const char *value)
{
	const char *end = value + strlen(value), *at = value;
	gsize length;

	while ((at = text_find(at, end, t->word, &length))) {
		if (at == value || !(g_ascii_isalnum(at[-1]) || (guchar)at[-1] >= 0x80))
			return TRUE;
		at = g_utf8_next_char(at);
	}
	return FALSE;
}

static gboolean value_fits(const struct term *t, const char *value)
{
	if (!value)
		return FALSE;
	if (t->fuzzy)
		return holds_letters(t, value);
	return t->field == ANY_FIELD ? holds_word(t, value) : holds_word_start(t, value);
}

static gboolean term_fits(const struct filter *f, const struct term *t, const char *const *values)
{
	if (t->field != ANY_FIELD)
		return value_fits(t, values[t->field]);
	for (guint i = 0; i < f->field_count; i++)
		if (value_fits(t, values[i]))
			return TRUE;
	return FALSE;
}

gboolean filter_matches(const struct filter *f, const char *const *values)
{
	for (guint i = 0; i < f->terms->len; i++) {
		const struct term *t = &g_array_index(f->terms, struct term, i);
		if (term_fits(f, t, values) == t->inverse)
			return FALSE;
	}
	return TRUE;
}
