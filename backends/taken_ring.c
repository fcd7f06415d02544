#include "backends/taken_ring.h"

#include <string.h>

void
taken_ring_clear(struct taken_ring *r)
{
	g_free(r->slots);
	memset(r, 0, sizeof *r);
}

static struct taken *
slot(const struct taken_ring *r, guint index)
{
	return &r->slots[(r->first + index) & (r->size - 1)];
}

static void
forget_first(struct taken_ring *r)
{
	r->floor_ns = MAX(r->floor_ns, slot(r, 0)->ns + 1);
	r->first = (r->first + 1) & (r->size - 1);
	r->count--;
}

static void
grow(struct taken_ring *r)
{
	guint size = r->size ? r->size * 2 : 64;
	struct taken *slots = g_new(struct taken, size);

	for (guint i = 0; i < r->count; i++)
		slots[i] = *slot(r, i);
	g_free(r->slots);
	r->slots = slots;
	r->size = size;
	r->first = 0;
}

void
taken_ring_add(struct taken_ring *r, gint64 ns, guint64 hash, gint64 keep_ns)
{
	r->newest_ns = MAX(r->newest_ns, ns);
	while (r->count > 1 && slot(r, 0)->ns < r->newest_ns - keep_ns)
		forget_first(r);
	if (r->count == TAKEN_RING_MAX)
		forget_first(r);
	if (r->count == r->size)
		grow(r);
	*slot(r, r->count++) = (struct taken){ ns, hash };
}

const struct taken *
taken_ring_last(const struct taken_ring *r, gint64 from_ns)
{
	for (guint i = r->count; i > 0; i--)
		if (slot(r, i - 1)->ns >= from_ns)
			return slot(r, i - 1);
	return NULL;
}

static guint
hash_of(gconstpointer key)
{
	const struct taken *t = key;

	return (guint)(t->hash ^ t->hash >> 32 ^ (guint64)t->ns);
}

static gboolean
equal(gconstpointer a, gconstpointer b)
{
	const struct taken *x = a, *y = b;

	return x->ns == y->ns && x->hash == y->hash;
}

GHashTable *
taken_ring_table(const struct taken_ring *r, gint64 from_ns)
{
	GHashTable *table = g_hash_table_new_full(hash_of, equal, g_free, NULL);

	for (guint i = 0; i < r->count; i++) {
		const struct taken *t = slot(r, i);
		guint times = GPOINTER_TO_UINT(g_hash_table_lookup(table, t));
		if (t->ns >= from_ns)
			g_hash_table_replace(table, g_memdup2(t, sizeof *t), GUINT_TO_POINTER(times + 1));
	}
	return table;
}

gboolean
taken_table_has(GHashTable *table, gint64 ns, guint64 hash)
{
	const struct taken key = { ns, hash };

	return g_hash_table_contains(table, &key);
}

gboolean
taken_table_remove(GHashTable *table, gint64 ns, guint64 hash)
{
	const struct taken key = { ns, hash };
	guint times = GPOINTER_TO_UINT(g_hash_table_lookup(table, &key));

	if (times > 1)
		g_hash_table_replace(table, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(times - 1));
	else if (times == 1)
		g_hash_table_remove(table, &key);
	return times > 0;
}
