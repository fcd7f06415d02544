#include "app/rules_keep.h"

#define WRITES_A_TICK 200
#define SILENCES_EVERY_US (30 * (gint64)G_USEC_PER_SEC)

struct rules_keep {
	struct store *store;
	struct rules *rules;
	gboolean in_turns, reads;
	GHashTable *waiting;  /* "rule\nlabels" -> struct alert_memory, both owned */
	gint64 silences_us;   /* monotonic: when they were read last */
	char *problem;
};

static void
memory_free(gpointer data)
{
	struct alert_memory *m = data;

	g_free(m->rule);
	g_free(m->labels);
	g_free(m->notes);
	g_free(m);
}

/* What pends begins anew after a gap that is longer than its `for`. */
static gboolean
is_bridged(const struct rules_keep *k, const struct alert_memory *m, gint64 utc_us)
{
	const GPtrArray *all = rules_list(k->rules);

	if (!k->in_turns || m->state != ALERT_PENDING)
		return k->in_turns;
	for (guint i = 0; i < all->len; i++) {
		const struct rule *r = all->pdata[i];
		if (g_strcmp0(r->name, m->rule) == 0)
			return utc_us - m->seen_utc_us <= r->for_us;
	}
	return FALSE;
}

static void
remember(void *user, const struct alert_memory *m)
{
	const struct rules_keep *k = user;
	gint64 utc_us = g_get_real_time();
	struct alert_memory seen = *m;

	if (is_bridged(k, m, utc_us))
		seen.seen_utc_us = MAX(seen.seen_utc_us, utc_us);
	rules_remember(k->rules, &seen, g_get_monotonic_time(), utc_us);
}

static gboolean
has_silence(const GPtrArray *all, gint64 number)
{
	for (guint i = 0; i < all->len; i++)
		if (((const struct silence *)all->pdata[i])->number == number)
			return TRUE;
	return FALSE;
}

/* Another console on the same store may have made some, or ended them. */
static void
read_silences(struct rules_keep *k)
{
	GPtrArray *stored = store_silences(k->store, g_get_real_time(), NULL);
	const GPtrArray *ours = rules_silences(k->rules);

	k->silences_us = g_get_monotonic_time();
	if (!stored)
		return;
	for (guint i = ours->len; i > 0; i--) {
		gint64 number = ((const struct silence *)ours->pdata[i - 1])->number;
		if (number > 0 && !has_silence(stored, number))
			rules_unsilence(k->rules, number);
	}
	g_ptr_array_set_free_func(stored, NULL);
	for (guint i = 0; i < stored->len; i++) {
		struct silence *s = stored->pdata[i];
		if (has_silence(ours, s->number))
			silence_free(s);
		else
			rules_silence(k->rules, s);
	}
	g_ptr_array_unref(stored);
}

struct rules_keep *
rules_keep_new(struct store *store, struct rules *rules, gboolean in_turns, gboolean reads)
{
	struct rules_keep *k = g_new0(struct rules_keep, 1);
	g_autoptr(GError) error = NULL;

	k->store = store;
	k->rules = rules;
	k->in_turns = in_turns;
	k->reads = reads;
	k->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, memory_free);
	if (!store_alerts_each(store, remember, k, &error))
		k->problem = g_strdup(error->message);
	read_silences(k);
	return k;
}

/* A later state of the same alert takes the place of an earlier one. Takes the memory. */
static void
wait(struct rules_keep *k, struct alert_memory *m)
{
	g_hash_table_replace(k->waiting, g_strdup_printf("%s\n%s", m->rule, m->labels ? m->labels : ""), m);
}

/* Those that wait, `most` of them; what the store does not take waits on, unless it is the end. */
static void
write_waiting(struct rules_keep *k, guint most, gboolean at_end)
{
	g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func(memory_free);
	g_autoptr(GError) error = NULL;
	GHashTableIter i;
	gpointer key, memory;

	g_hash_table_iter_init(&i, k->waiting);
	while (batch->len < most && g_hash_table_iter_next(&i, &key, &memory)) {
		g_hash_table_iter_steal(&i);
		g_free(key);
		g_ptr_array_add(batch, memory);
	}
	if (batch->len == 0)
		return;
	if (!store_alerts_save(k->store, batch, at_end, &error)) {
		g_ptr_array_set_free_func(batch, NULL);
		for (guint n = 0; n < batch->len; n++)
			wait(k, batch->pdata[n]);
	}
	g_free(k->problem);
	k->problem = error ? g_strdup(error->message) : NULL;
}

static void
say_seen(struct rules_keep *k)
{
	if (!k->reads)
		store_alerts_seen(k->store, g_get_real_time());
}

void
rules_keep_free(struct rules_keep *k)
{
	if (!k)
		return;
	write_waiting(k, G_MAXUINT, TRUE);
	say_seen(k);
	g_hash_table_unref(k->waiting);
	g_free(k->problem);
	g_free(k);
}

void
rules_keep_note(struct rules_keep *k, const struct alert *a)
{
	struct alert_memory *m;

	if (k->reads)
		return;
	m = g_new0(struct alert_memory, 1);
	alert_recall(a, g_get_monotonic_time(), g_get_real_time(), m);
	m->rule = g_strdup(m->rule);
	m->labels = g_strdup(m->labels);
	m->notes = g_strdup(m->notes);
	wait(k, m);
}

void
rules_keep_tick(struct rules_keep *k, gboolean evaluated)
{
	write_waiting(k, WRITES_A_TICK, FALSE);
	if (evaluated)
		say_seen(k);
	if (g_get_monotonic_time() - k->silences_us >= SILENCES_EVERY_US)
		read_silences(k);
}

const char *
rules_keep_problem(const struct rules_keep *k)
{
	return k->problem;
}
