#include "tui/nearest.h"

#include <string.h>

#define WORD_MAX 64

/* Levenshtein's distance of two words of at most WORD_MAX bytes. */
static guint edit_distance(const char *a, gsize a_len, const char *b, gsize b_len)
{
	guint row[WORD_MAX + 1];

	for (guint j = 0; j <= b_len; j++)
		row[j] = j;
	for (guint i = 1; i <= a_len; i++) {
		guint diagonal = row[0];
		row[0] = i;
		for (guint j = 1; j <= b_len; j++) {
			guint replace = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_len];
}

void nearest_offer(const char *word, const char *known, const char **best, guint *distance)
{
	gsize word_len = strlen(word), known_len = strlen(known);

	if (word_len > WORD_MAX || known_len > WORD_MAX)
		return;
	guint d = edit_distance(word, word_len, known, known_len);
	if (d * 2 > MAX(word_len, known_len) || (*best && d >= *distance))
		return;
	*best = known;
	*distance = d;
}
