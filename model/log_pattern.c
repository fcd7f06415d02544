#include "model/log_pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "model/literal_set.h"

/* Steps of backtracking from one place, about 4 ns each. A line of 8 KiB takes as many as it has bytes for each ".*". */
#define STEPS_MAX 20000
#define STEPS_MIN 500
#define HEAP_MAX_KIB 4096
#define JIT_STACK_MAX (512 * 1024)
#define GIVEN_UP_MAX 4096 /* lines after which the pattern is not tried any more */

enum scan_way { SCAN_LITERALS, SCAN_BLOCK, SCAN_LINES };

struct log_pattern {
	char *text;
	enum scan_way way;
	struct literal_set literals;
	gboolean jit;
	guint32 steps;
	guint64 given_up; /* lines on which the limit was hit */
	char *problem;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

static GQuark log_pattern_error(void)
{
	return g_quark_from_static_string("midwatch-log-pattern");
}

/* A capital letter outside escapes means that case matters. */
static gboolean has_capital(const char *text)
{
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		if (*p == '\\' && p[1])
			p++;
		else if (g_unichar_isupper(g_utf8_get_char(p)))
			return TRUE;
	}
	return FALSE;
}

/* Length of a class ("[a-z0-9_.]") of printable ASCII that cannot match a line feed; 0 when it may. */
static gsize plain_class_length(const char *p)
{
	const char *q = p + 1;
	if (*q == '^' || *q == ']')
		return 0;
	for (; *q && *q != ']'; q++) {
		if (*q == '[' || (guchar)*q < 0x20)
			return 0;
		if (*q == '\\' && (!*++q || !strchr("dw.-]\\[/", *q)))
			return 0;
	}
	return *q ? (gsize)(q - p) + 1 : 0;
}

/* Can the pattern only match within one line, and on it whatever stands around it? Then a scan over many lines finds the same as one by
 * one. Known constructs only: negated classes, \s, look-around, atomic groups, \A and the like go line by line. */
static gboolean stays_in_line(const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '[') {
			gsize len = plain_class_length(p);
			if (!len)
				return FALSE;
			p += len - 1;
		} else if (*p == '\\') {
			if (!*++p || (g_ascii_isalnum(*p) && !strchr("dwbS", *p)))
				return FALSE;
		} else if (*p == '(' && p[1] == '*') {
			return FALSE;
		} else if (*p == '(' && p[1] == '?') {
			gboolean caseless = p[2] == 'i' && p[3] == ')';
			if (p[2] != ':' && !caseless)
				return FALSE;
			p += caseless ? 3 : 2;
		} else if (strchr("*+?}", *p) && p[1] == '+') {
			return FALSE;
		} else if ((guchar)*p < 0x20) {
			return FALSE;
		}
	}
	return TRUE;
}

static pcre2_code *compile(const char *text, gboolean caseless, GError **error)
{
	int code;
	PCRE2_SIZE offset;
	guint32 options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | (caseless ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &code, &offset, context);
	pcre2_compile_context_free(context);
	if (compiled)
		return compiled;
	PCRE2_UCHAR message[160];
	pcre2_get_error_message(code, message, sizeof message);
	g_set_error(error, log_pattern_error(), code, "pattern, at offset %zu: %s", offset, (const char *)message);
	return NULL;
}

static void prepare_matching(struct log_pattern *p)
{
	p->jit = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
	p->data = pcre2_match_data_create(1, NULL);
	p->context = pcre2_match_context_create(NULL);
	p->steps = STEPS_MAX;
	pcre2_set_match_limit(p->context, p->steps);
	pcre2_set_heap_limit(p->context, HEAP_MAX_KIB);
	if (!p->jit)
		return;
	p->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	pcre2_jit_stack_assign(p->context, NULL, p->stack);
}

static struct log_pattern *pattern_new(const char *text, gboolean caseless, GError **error)
{
	if (!g_utf8_validate(text, -1, NULL)) {
		g_set_error_literal(error, log_pattern_error(), 0, "pattern: it is not valid UTF-8");
		return NULL;
	}
	pcre2_code *code = compile(text, caseless, error);
	if (!code)
		return NULL;
	struct log_pattern *p = g_new0(struct log_pattern, 1);
	p->text = g_strdup(text);
	p->code = code;
	p->way = literal_set_parse(&p->literals, text, caseless) ? SCAN_LITERALS : stays_in_line(text) ? SCAN_BLOCK : SCAN_LINES;
	prepare_matching(p);
	return p;
}

struct log_pattern *log_pattern_new(const char *text, GError **error)
{
	return pattern_new(text, !has_capital(text), error);
}

struct log_pattern *log_pattern_new_exact(const char *text, GError **error)
{
	return pattern_new(text, FALSE, error);
}

void log_pattern_free(struct log_pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	pcre2_match_data_free(p->data);
	pcre2_match_context_free(p->context);
	pcre2_jit_stack_free(p->stack);
	g_free(p->problem);
	g_free(p->text);
	g_free(p);
}

const char *log_pattern_text(const struct log_pattern *p)
{
	return p->text;
}

gboolean log_pattern_goes_by_line(const struct log_pattern *p)
{
	return p->way == SCAN_LINES;
}

void log_pattern_tighten(struct log_pattern *p)
{
	if (p->way != SCAN_LINES) {
		p->way = p->way == SCAN_BLOCK ? SCAN_LINES : p->way;
		return;
	}
	p->steps = MAX(p->steps / 8, STEPS_MIN);
	pcre2_set_match_limit(p->context, p->steps);
}

const char *log_pattern_problem(struct log_pattern *p)
{
	if (!p->given_up)
		return NULL;
	g_free(p->problem);
	if (p->given_up < GIVEN_UP_MAX)
		p->problem = g_strdup_printf("pattern %s takes too long on %" G_GUINT64_FORMAT " lines, which count as no match: make it simpler",
		                             p->text, p->given_up);
	else
		p->problem = g_strdup_printf("pattern %s takes too long and is no longer tried: lines count as no match, make it simpler", p->text);
	return p->problem;
}

/* PCRE2 on a piece of text: the number of groups, or an error below 0. */
static int match(struct log_pattern *p, const char *text, gsize len, gsize from)
{
	if (p->jit)
		return pcre2_jit_match(p->code, (PCRE2_SPTR)text, len, from, 0, p->data, p->context);
	return pcre2_match(p->code, (PCRE2_SPTR)text, len, from, PCRE2_NO_UTF_CHECK, p->data, p->context);
}

static gboolean line_matches(struct log_pattern *p, const char *text, gsize len, gsize from)
{
	if (p->given_up >= GIVEN_UP_MAX)
		return FALSE;
	int code = match(p, text, len, from);
	if (code < 0 && code != PCRE2_ERROR_NOMATCH)
		p->given_up++;
	return code >= 0;
}

gboolean log_pattern_find(struct log_pattern *p, const char *text, gsize len, gsize from, guint32 *start, guint32 *end)
{
	if (from > len || !line_matches(p, text, len, from))
		return FALSE;
	const PCRE2_SIZE *range = pcre2_get_ovector_pointer(p->data);
	*start = (guint32)MIN(range[0], range[1]);
	*end = (guint32)range[1];
	return TRUE;
}

static gboolean slot_matches(struct log_pattern *p, const struct log_block *b, guint slot)
{
	const struct log_entry *e = &b->entries[slot];
	const char *text = b->text + e->offset;
	if (p->way == SCAN_LITERALS)
		return literal_set_find(&p->literals, text, 0, e->length) < e->length;
	return line_matches(p, text, e->length, 0);
}

static void scan_lines(struct log_pattern *p, const struct log_block *b, guint first, guint last, guint64 *bits)
{
	for (guint slot = first; slot < last; slot++)
		if (slot_matches(p, b, slot))
			bits[slot / 64] |= G_GUINT64_CONSTANT(1) << slot % 64;
}

/* The slot whose line holds the offset, not before `from`. The next few are looked at first: matches may come line by line. */
static guint slot_at(const struct log_block *b, guint from, guint last, gsize offset)
{
	guint low = from, step = 1;
	while (low + step < last && b->entries[low + step].offset <= offset) {
		low += step;
		step *= 2;
	}
	guint high = MIN(low + step, last);
	while (high - low > 1) {
		guint middle = (low + high) / 2;
		if (b->entries[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

enum next { NEXT_FOUND, NEXT_NONE, NEXT_UNKNOWN };

/* Looks for the next match in a text of many lines; NEXT_UNKNOWN when that took too long. */
static enum next next_in_block(struct log_pattern *p, const char *text, gsize from, gsize len, gsize *at)
{
	if (p->way == SCAN_LITERALS) {
		*at = literal_set_find(&p->literals, text, from, len);
		return *at < len ? NEXT_FOUND : NEXT_NONE;
	}
	int code = match(p, text, len, from);
	if (code < 0)
		return code == PCRE2_ERROR_NOMATCH ? NEXT_NONE : NEXT_UNKNOWN;
	*at = pcre2_get_ovector_pointer(p->data)[0];
	return NEXT_FOUND;
}

void log_pattern_scan(struct log_pattern *p, const struct log_block *b, guint first, guint last, guint64 *bits)
{
	if (first >= last)
		return;
	gsize len = b->entries[last - 1].offset + b->entries[last - 1].length;
	guint slot = first;
	while (slot < last && p->way != SCAN_LINES) {
		gsize at;
		enum next next = next_in_block(p, b->text, b->entries[slot].offset, len, &at);
		if (next == NEXT_NONE)
			return;
		if (next == NEXT_UNKNOWN) {
			p->way = SCAN_LINES;
			break;
		}
		slot = slot_at(b, slot, last, at);
		bits[slot / 64] |= G_GUINT64_CONSTANT(1) << slot % 64;
		slot++;
	}
	scan_lines(p, b, slot, last, bits);
}

void log_pattern_thin(struct log_pattern *p, const struct log_block *b, guint first, guint last, guint64 *bits, gboolean keep)
{
	for (guint word = first / 64; word * 64 < last; word++)
		for (guint64 left = bits[word]; left; left &= left - 1) {
			guint slot = word * 64 + (guint)__builtin_ctzll(left);
			if (slot >= first && slot < last && slot_matches(p, b, slot) != keep)
				bits[word] &= ~(G_GUINT64_CONSTANT(1) << slot % 64);
		}
}
