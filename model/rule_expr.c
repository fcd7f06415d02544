#include "model/rule_expr_private.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "model/sanitize.h"

#define NESTING_MOST 32
#define WORD_MOST 128

struct parser {
	const char *text, *at;
	struct rule_expr *e;
	guint nesting;
	GError **error;
};

static gboolean G_GNUC_PRINTF(3, 4)
fail(struct parser *p, const char *at, const char *format, ...)
{
	g_autofree char *why = NULL, *safe = NULL;
	va_list args;

	va_start(args, format);
	why = g_strdup_vprintf(format, args);
	va_end(args);
	safe = sanitize_text(why, -1);
	g_set_error(p->error, g_quark_from_static_string("midwatch-rule-expr"), 0, "at %" G_GSIZE_FORMAT ": %s", (gsize)(at - p->text), safe);
	return FALSE;
}

static void
skip_blanks(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
		p->at++;
}

static gboolean
is_word_byte(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == ':';
}

static gsize
word_length(const char *at)
{
	gsize n = 0;

	if (g_ascii_isdigit(*at))
		return 0;
	while (is_word_byte(at[n]))
		n++;
	return n;
}

static gboolean
is_word(const char *at, const char *word)
{
	gsize n = strlen(word);

	return word_length(at) == n && memcmp(at, word, n) == 0;
}

static gboolean
take_keyword(struct parser *p, const char *word)
{
	skip_blanks(p);
	if (!is_word(p->at, word))
		return FALSE;
	p->at += strlen(word);
	return TRUE;
}

static gboolean
take_byte(struct parser *p, char c)
{
	skip_blanks(p);
	if (*p->at != c)
		return FALSE;
	p->at++;
	return TRUE;
}

static char *
take_name(struct parser *p, const char *what)
{
	gsize n;

	skip_blanks(p);
	n = word_length(p->at);
	if (n == 0 || n > WORD_MOST || is_word(p->at, "and") || is_word(p->at, "or")) {
		fail(p, p->at, "%s is missing", what);
		return NULL;
	}
	p->at += n;
	return g_strndup(p->at - n, n);
}

/* A string in quotation marks, made safe as the values of series are. */
static char *
take_string(struct parser *p)
{
	g_autoptr(GString) s = g_string_new(NULL);
	const char *start;

	skip_blanks(p);
	start = p->at;
	if (!take_byte(p, '"')) {
		fail(p, start, "a value in quotation marks is missing");
		return NULL;
	}
	for (; *p->at && *p->at != '"'; p->at++) {
		if (*p->at == '\\' && p->at[1])
			p->at++;
		g_string_append_c(s, *p->at);
	}
	if (!take_byte(p, '"')) {
		fail(p, start, "the value has no end");
		return NULL;
	}
	return sanitize_text(s->str, (gssize)s->len);
}

/* label="value" or label!="value" */
static gboolean
take_matcher(struct parser *p, GArray *matchers)
{
	struct rule_matcher m = { .label = take_name(p, "a label") };

	if (!m.label)
		return FALSE;
	m.equal = !take_byte(p, '!');
	if (m.equal)
		skip_blanks(p);
	if (*p->at == '=') {
		p->at++;
		m.value = take_string(p);
	} else {
		fail(p, p->at, "= or != is missing");
	}
	g_array_append_val(matchers, m);
	return m.value != NULL;
}

static gboolean
take_matchers(struct parser *p, GArray *matchers)
{
	if (!take_byte(p, '{') || take_byte(p, '}'))
		return TRUE;
	do {
		if (!take_matcher(p, matchers))
			return FALSE;
	} while (take_byte(p, ','));
	return take_byte(p, '}') || fail(p, p->at, "} is missing");
}

static gboolean
take_comparison(struct parser *p, enum rule_comparison *out)
{
	static const struct { const char *sign; enum rule_comparison comparison; } signs[] = {
		{ ">=", RULE_GREATER_EQUAL }, { ">", RULE_GREATER }, { "<=", RULE_LESS_EQUAL },
		{ "<", RULE_LESS }, { "==", RULE_EQUAL }, { "!=", RULE_NOT_EQUAL },
	};

	skip_blanks(p);
	for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
		if (g_str_has_prefix(p->at, signs[i].sign)) {
			p->at += strlen(signs[i].sign);
			*out = signs[i].comparison;
			return TRUE;
		}
	return fail(p, p->at, "a comparison is missing: one of > >= < <= == !=");
}

static const char *
skip_digits(const char *at)
{
	while (g_ascii_isdigit(*at))
		at++;
	return at;
}

/* Decimal, with a sign, a fraction and an exponent where wanted; NULL: none. */
static const char *
number_end(const char *at)
{
	const char *digits, *exponent;

	at += *at == '-' || *at == '+';
	digits = at;
	at = skip_digits(at);
	if (*at == '.')
		at = skip_digits(at + 1);
	if (at - digits < 1 || (at - digits == 1 && *digits == '.'))
		return NULL;
	if (*at == 'e' || *at == 'E') {
		exponent = at + 1 + (at[1] == '-' || at[1] == '+');
		if (g_ascii_isdigit(*exponent))
			at = skip_digits(exponent);
	}
	return at;
}

static gboolean
take_number(struct parser *p, double *out)
{
	const char *end;

	skip_blanks(p);
	end = number_end(p->at);
	if (!end)
		return fail(p, p->at, "a number is missing");
	*out = g_ascii_strtod(p->at, NULL);
	if (!isfinite(*out))
		return fail(p, p->at, "the number is too great");
	if (is_word_byte(*end) || *end == '.')
		return fail(p, end, "this does not belong to a number");
	p->at = end;
	return TRUE;
}

static gboolean
take_part(struct parser *p)
{
	struct rule_part *part = &p->e->parts[p->e->count];
	g_autoptr(GArray) matchers = NULL;
	gboolean fine;

	if (p->e->count == RULE_EXPR_PARTS)
		return fail(p, p->at, "more than %d parts", RULE_EXPR_PARTS);
	part->metric = take_name(p, "a metric");
	if (!part->metric)
		return FALSE;
	matchers = g_array_new(FALSE, FALSE, sizeof(struct rule_matcher));
	fine = take_matchers(p, matchers);
	part->matcher_count = matchers->len;
	part->matchers = (struct rule_matcher *)(void *)g_array_free(g_steal_pointer(&matchers), FALSE);
	p->e->steps[p->e->step_count++] = (gint8)p->e->count++;
	return fine && take_comparison(p, &part->comparison) && take_number(p, &part->number);
}

static gboolean take_or(struct parser *p);

static gboolean
take_group(struct parser *p)
{
	const char *start;

	skip_blanks(p);
	start = p->at;
	if (!take_byte(p, '('))
		return take_part(p);
	if (++p->nesting > NESTING_MOST)
		return fail(p, start, "more than %d parentheses in one another", NESTING_MOST);
	if (!take_or(p))
		return FALSE;
	p->nesting--;
	return take_byte(p, ')') || fail(p, p->at, ") is missing");
}

static gboolean
take_and(struct parser *p)
{
	if (!take_group(p))
		return FALSE;
	while (take_keyword(p, "and")) {
		if (!take_group(p))
			return FALSE;
		p->e->steps[p->e->step_count++] = STEP_AND;
	}
	return TRUE;
}

static gboolean
take_or(struct parser *p)
{
	if (!take_and(p))
		return FALSE;
	while (take_keyword(p, "or")) {
		if (!take_and(p))
			return FALSE;
		p->e->steps[p->e->step_count++] = STEP_OR;
	}
	return TRUE;
}

struct rule_expr *
rule_expr_parse(const char *text, GError **error)
{
	struct parser p = { .text = text, .at = text, .e = g_new0(struct rule_expr, 1), .error = error };
	gboolean fine;

	if (strlen(text) > RULE_EXPR_LENGTH)
		fine = fail(&p, text + RULE_EXPR_LENGTH, "longer than %d bytes", RULE_EXPR_LENGTH);
	else
		fine = take_or(&p);
	skip_blanks(&p);
	if (fine && *p.at)
		fine = fail(&p, p.at, "\"and\", \"or\" or the end is missing");
	if (fine)
		return p.e;
	rule_expr_free(p.e);
	return NULL;
}

static void
clear_part(struct rule_part *part)
{
	for (guint i = 0; i < part->matcher_count; i++) {
		g_free(part->matchers[i].label);
		g_free(part->matchers[i].value);
	}
	g_free(part->matchers);
	g_free(part->metric);
}

void
rule_expr_free(struct rule_expr *e)
{
	if (!e)
		return;
	for (guint i = 0; i < RULE_EXPR_PARTS; i++)
		clear_part(&e->parts[i]);
	g_free(e);
}

guint
rule_expr_count(const struct rule_expr *e)
{
	return e->count;
}

const struct rule_part *
rule_expr_part(const struct rule_expr *e, guint n)
{
	return &e->parts[n];
}
