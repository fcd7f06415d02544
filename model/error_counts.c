#include "model/error_counts.h"

#include "model/fingerprint.h"
#include "model/minute_counts.h"

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define NEWEST_BYTES 200 /* of a line, to be shown */

struct counted {
	struct minute_counts minutes;
	char *newest;
};

struct error_counts {
	GHashTable *all; /* fingerprint -> struct counted, both owned */
};

static void
counted_free(gpointer data)
{
	struct counted *c = data;

	g_free(c->newest);
	g_free(c);
}

struct error_counts *
error_counts_new(void)
{
	struct error_counts *c = g_new0(struct error_counts, 1);

	c->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, counted_free);
	return c;
}

void
error_counts_free(struct error_counts *c)
{
	if (!c)
		return;
	g_hash_table_unref(c->all);
	g_free(c);
}

/* A safe text cut at a character. */
static char *
cut(const char *text, gsize len)
{
	const char *end = NULL;

	if (len > NEWEST_BYTES)
		len = NEWEST_BYTES;
	g_utf8_validate_len(text, len, &end);
	return g_strndup(text, (gsize)(end - text));
}

static struct counted *
find_or_add(struct error_counts *c, const char *fingerprint)
{
	struct counted *found = g_hash_table_lookup(c->all, fingerprint);

	if (!found && g_hash_table_size(c->all) >= ERROR_COUNTS_MOST) {
		fingerprint = ERROR_COUNTS_OTHERS;
		found = g_hash_table_lookup(c->all, fingerprint);
	}
	if (found)
		return found;
	found = g_new0(struct counted, 1);
	g_hash_table_insert(c->all, g_strdup(fingerprint), found);
	return found;
}

void
error_counts_add(struct error_counts *c, const char *text, gsize len, gint64 utc_us, gint64 now_utc_us)
{
	g_autofree char *line = cut(text, len), *fingerprint = fingerprint_fold(line);
	gint64 minute = MIN(utc_us, now_utc_us) / MINUTE_US;
	struct counted *one;

	if (minute <= now_utc_us / MINUTE_US - ERROR_COUNTS_MINUTES)
		return;
	one = find_or_add(c, fingerprint);
	minute_counts_add(&one->minutes, minute, 1, 0);
	g_free(one->newest);
	one->newest = g_steal_pointer(&line);
}

void
error_counts_each(struct error_counts *c, gint64 now_utc_us, error_counts_told each, void *user)
{
	GHashTableIter i;
	gpointer fingerprint, value;

	g_hash_table_iter_init(&i, c->all);
	while (g_hash_table_iter_next(&i, &fingerprint, &value)) {
		const struct counted *one = value;
		guint64 count, unused;
		minute_counts_sum(&one->minutes, now_utc_us / MINUTE_US, ERROR_COUNTS_MINUTES, &count, &unused);
		if (count > 0)
			each(user, fingerprint, count, one->newest);
		else
			g_hash_table_iter_remove(&i);
	}
}
