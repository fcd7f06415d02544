/* Sets of slots as words of 64 bits. Internal to the log view. */
#ifndef MW_MODEL_LOG_BITS_H
#define MW_MODEL_LOG_BITS_H

#include <glib.h>

static inline gboolean log_bits_has(const guint64 *bits, guint i)
{
	return bits[i / 64] >> i % 64 & 1;
}

static inline void log_bits_set(guint64 *bits, guint i)
{
	bits[i / 64] |= G_GUINT64_CONSTANT(1) << i % 64;
}

/* The bits of word `word` that lie in first … last-1. */
static inline guint64 log_bits_mask(guint word, guint first, guint last)
{
	guint start = word * 64;
	guint64 mask = ~G_GUINT64_CONSTANT(0);
	if (first > start)
		mask = first - start < 64 ? mask << (first - start) : 0;
	if (last < start + 64)
		mask = last > start ? mask & (~G_GUINT64_CONSTANT(0) >> (64 - (last - start))) : 0;
	return mask;
}

static inline void log_bits_set_range(guint64 *bits, guint first, guint last)
{
	for (guint w = first / 64; w * 64 < last; w++)
		bits[w] |= log_bits_mask(w, first, last);
}

/* Clears what is not (`keep` TRUE) or is (FALSE) in `other`, between first and last. */
static inline void log_bits_filter(guint64 *bits, const guint64 *other, guint first, guint last, gboolean keep)
{
	for (guint w = first / 64; w * 64 < last; w++)
		bits[w] &= (keep ? other[w] : ~other[w]) | ~log_bits_mask(w, first, last);
}

static inline guint log_bits_count(const guint64 *bits, guint first, guint last)
{
	guint count = 0;
	for (guint w = first / 64; w * 64 < last; w++)
		count += (guint)__builtin_popcountll(bits[w] & log_bits_mask(w, first, last));
	return count;
}

/* The place of the set bit that has `rank` set ones before it. There must be one. */
static inline guint log_bits_select(const guint64 *bits, guint rank)
{
	guint w = 0;
	for (;; w++) {
		guint here = (guint)__builtin_popcountll(bits[w]);
		if (rank < here)
			break;
		rank -= here;
	}
	guint64 left = bits[w];
	for (; rank; rank--)
		left &= left - 1;
	return w * 64 + (guint)__builtin_ctzll(left);
}

#endif
