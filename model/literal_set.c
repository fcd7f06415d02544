#include "model/literal_set.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static gboolean is_letter(guchar c)
{
	return (guchar)((c | 0x20) - 'a') < 26;
}

static gboolean add_byte(struct literal *l, guchar c, gboolean caseless)
{
	if (l->length == LITERAL_LENGTH_MAX || (caseless && c >= 0x80))
		return FALSE;
	guint8 fold = caseless && is_letter(c) ? 0x20 : 0;
	l->fold[l->length] = fold;
	l->bytes[l->length++] = c | fold;
	return TRUE;
}

gboolean literal_set_parse(struct literal_set *set, const char *pattern, gboolean caseless)
{
#ifndef __SSE2__
	return FALSE;
#endif
	memset(set, 0, sizeof *set);
	set->count = 1;
	for (const char *p = pattern; *p; p++) {
		struct literal *l = &set->literals[set->count - 1];
		if (*p == '|') {
			if (!l->length || set->count == LITERAL_SET_MAX)
				return FALSE;
			set->count++;
			continue;
		}
		if (strchr(".^$*+?()[]{}", *p))
			return FALSE;
		if (*p == '\\' && (!g_ascii_ispunct(p[1]) || !p[1]))
			return FALSE;
		if (*p == '\\')
			p++;
		if (!add_byte(l, (guchar)*p, caseless))
			return FALSE;
	}
	return set->literals[set->count - 1].length > 0;
}

static gboolean literal_is_at(const struct literal *l, const char *text)
{
	for (guint i = 0; i < l->length; i++)
		if (((guint8)text[i] | l->fold[i]) != l->bytes[i])
			return FALSE;
	return TRUE;
}

static gboolean any_is_at(const struct literal_set *set, const char *text, gsize rest)
{
	for (guint i = 0; i < set->count; i++)
		if (set->literals[i].length <= rest && literal_is_at(&set->literals[i], text))
			return TRUE;
	return FALSE;
}

#ifdef __SSE2__
/* What a literal starts and ends with, to compare with 16 places at once. */
struct literal_probe {
	__m128i first, first_fold, last, last_fold;
	gsize last_at;
};

static void make_probe(struct literal_probe *p, const struct literal *l)
{
	guint last = l->length - 1u;
	p->first = _mm_set1_epi8((char)l->bytes[0]);
	p->first_fold = _mm_set1_epi8((char)l->fold[0]);
	p->last = _mm_set1_epi8((char)l->bytes[last]);
	p->last_fold = _mm_set1_epi8((char)l->fold[last]);
	p->last_at = last;
}

#define STRIDE 64

static inline __m128i load(const char *text)
{
	return _mm_loadu_si128((const __m128i *)(const void *)text);
}

/* Which of the 16 places at `text` start with the literal's first byte and have its last where it belongs. */
static inline __m128i places(const struct literal_probe *p, const char *text)
{
	__m128i starts = _mm_cmpeq_epi8(_mm_or_si128(load(text), p->first_fold), p->first);
	__m128i ends = _mm_cmpeq_epi8(_mm_or_si128(load(text + p->last_at), p->last_fold), p->last);
	return _mm_and_si128(starts, ends);
}

/* A bit for each of the STRIDE places at `text` where a literal may start. */
static guint64 candidates(const struct literal_probe *probes, guint count, const char *text)
{
	__m128i a = _mm_setzero_si128(), b = a, c = a, d = a;
	for (guint k = 0; k < count; k++) {
		a = _mm_or_si128(a, places(&probes[k], text));
		b = _mm_or_si128(b, places(&probes[k], text + 16));
		c = _mm_or_si128(c, places(&probes[k], text + 32));
		d = _mm_or_si128(d, places(&probes[k], text + 48));
	}
	if (!_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))))
		return 0;
	return (guint64)(guint)_mm_movemask_epi8(a) | (guint64)(guint)_mm_movemask_epi8(b) << 16 |
	       (guint64)(guint)_mm_movemask_epi8(c) << 32 | (guint64)(guint)_mm_movemask_epi8(d) << 48;
}

gsize literal_set_find(const struct literal_set *set, const char *text, gsize from, gsize len)
{
	struct literal_probe probes[LITERAL_SET_MAX];
	for (guint k = 0; k < set->count; k++)
		make_probe(&probes[k], &set->literals[k]);
	gsize i = from;
	for (; i + STRIDE + LITERAL_LENGTH_MAX <= len; i += STRIDE) {
		for (guint64 mask = candidates(probes, set->count, text + i); mask; mask &= mask - 1) {
			gsize at = i + (gsize)__builtin_ctzll(mask);
			if (any_is_at(set, text + at, len - at))
				return at;
		}
	}
	while (i < len && !any_is_at(set, text + i, len - i))
		i++;
	return i;
}
#else
gsize literal_set_find(const struct literal_set *set, const char *text, gsize from, gsize len)
{
	while (from < len && !any_is_at(set, text + from, len - from))
		from++;
	return from;
}
#endif
