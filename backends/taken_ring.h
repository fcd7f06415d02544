/* The records of a followed log that were taken last: their times and hashes, bounded, so that they are known when they come again. */
#ifndef MW_BACKENDS_TAKEN_RING_H
#define MW_BACKENDS_TAKEN_RING_H

#include <glib.h>

#define TAKEN_RING_MAX 65536u /* records; 1 MiB */

struct taken { gint64 ns; guint64 hash; };

struct taken_ring {
	struct taken *slots; /* a power of two of them, NULL when empty */
	guint size, first, count;
	gint64 newest_ns;    /* of all that were ever added; 0 when none */
	gint64 floor_ns;     /* all that is older was taken, and forgotten */
};

void taken_ring_clear(struct taken_ring *r);
/* Adds one, and forgets what is older than `keep_ns` before the newest. */
void taken_ring_add(struct taken_ring *r, gint64 ns, guint64 hash, gint64 keep_ns);
/* The one added last that is not older than `from_ns`; NULL when there is none. */
const struct taken *taken_ring_last(const struct taken_ring *r, gint64 from_ns);
/* How often each record that is not older than `from_ns` was taken: a table of struct taken (owned) to a count. */
GHashTable *taken_ring_table(const struct taken_ring *r, gint64 from_ns);
gboolean taken_table_has(GHashTable *table, gint64 ns, guint64 hash);
/* Takes one occurrence out of such a table. FALSE when it is not in it. */
gboolean taken_table_remove(GHashTable *table, gint64 ns, guint64 hash);

#endif
