#include "model/samples_private.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "model/labels.h"
#include "model/sanitize.h"

static guint64 changes; /* unique over all stores of samples, so that one cannot be taken for another that lay at the same address */

struct samples *
samples_new(void)
{
	struct samples *s = g_new0(struct samples, 1);

	s->metrics = g_hash_table_new(g_str_hash, g_str_equal);
	s->sets = label_sets_new();
	s->labels = g_string_new(NULL);
	s->notes = g_string_new(NULL);
	return s;
}

static void
free_metric(struct metric *m)
{
	for (guint i = 0; i < m->count; i++) {
		g_free(m->notes[i]);
		g_free(m->why[i]);
	}
	g_free(m->values);
	g_free(m->at_us);
	g_free(m->sets);
	g_free(m->sweeps);
	g_free(m->notes);
	g_free(m->why);
	g_hash_table_destroy(m->places);
	g_free(m->name);
	g_free(m);
}

void
samples_free(struct samples *s)
{
	GHashTableIter i;
	gpointer m;

	if (!s)
		return;
	g_hash_table_iter_init(&i, s->metrics);
	while (g_hash_table_iter_next(&i, NULL, &m))
		free_metric(m);
	g_hash_table_destroy(s->metrics);
	label_sets_free(s->sets);
	g_string_free(s->labels, TRUE);
	g_string_free(s->notes, TRUE);
	g_free(s);
}

const struct metric *
samples_metric(const struct samples *s, const char *name)
{
	return g_hash_table_lookup(s->metrics, name);
}

static struct metric *
take_metric(struct samples *s, const char *name)
{
	struct metric *m = g_hash_table_lookup(s->metrics, name);

	if (m)
		return m;
	m = g_new0(struct metric, 1);
	m->name = g_strdup(name);
	m->places = g_hash_table_new(NULL, NULL);
	m->change = ++changes;
	g_hash_table_insert(s->metrics, m->name, m);
	return m;
}

/* --- what is being set --- */

struct pair { const char *name, *value; };

static void
append_safe(GString *out, const char *name, const char *value)
{
	g_autofree char *safe = NULL;

	if (!sanitize_is_plain(value, strlen(value)))
		value = safe = sanitize_text(value, -1);
	labels_append(out, name, value);
}

/* In the order of names; a name that comes twice counts once. */
static gboolean
insert_pair(struct pair *pairs, guint *count, struct pair p)
{
	guint at = *count;

	while (at > 0 && strcmp(pairs[at - 1].name, p.name) > 0)
		at--;
	if (at > 0 && strcmp(pairs[at - 1].name, p.name) == 0) {
		pairs[at - 1] = p;
		return TRUE;
	}
	if (*count == LABELS_MOST)
		return FALSE;
	memmove(pairs + at + 1, pairs + at, (*count - at) * sizeof *pairs);
	pairs[at] = p;
	(*count)++;
	return TRUE;
}

/* Writes labels and notes; FALSE: these are too many. */
static gboolean
collect(struct samples *s, va_list pairs)
{
	struct pair labels[LABELS_MOST];
	gboolean fits = TRUE;
	guint count = 0;
	const char *name;

	g_string_truncate(s->labels, 0);
	g_string_truncate(s->notes, 0);
	while ((name = va_arg(pairs, const char *)) != NULL) {
		struct pair p = { name, va_arg(pairs, const char *) };
		if (!p.value || !*p.value)
			continue;
		if (*name == '~')
			append_safe(s->notes, name + 1, p.value);
		else
			fits = insert_pair(labels, &count, p) && fits;
	}
	for (guint i = 0; i < count; i++)
		append_safe(s->labels, labels[i].name, labels[i].value);
	return fits;
}

/* --- series --- */

static void
make_room(struct metric *m)
{
	if (m->count < m->room)
		return;
	m->room = MAX(4, 2 * m->room);
	m->values = g_renew(double, m->values, m->room);
	m->at_us = g_renew(gint64, m->at_us, m->room);
	m->sets = g_renew(guint32, m->sets, m->room);
	m->sweeps = g_renew(guint, m->sweeps, m->room);
	m->notes = g_renew(char *, m->notes, m->room);
	m->why = g_renew(char *, m->why, m->room);
}

static guint32
add_series(struct samples *s, struct metric *m)
{
	guint32 place = m->count;

	make_room(m);
	m->sets[place] = label_sets_take(s->sets, s->labels->str);
	m->notes[place] = m->why[place] = NULL;
	m->count++;
	m->change = ++changes;
	g_hash_table_insert(m->places, GUINT_TO_POINTER(m->sets[place]), GUINT_TO_POINTER(place + 1));
	return place;
}

/* The place of the series whose labels were collected. Most come in the same order each time, so that it is mostly guessed. */
static gboolean
find_series(struct samples *s, struct metric *m, guint32 *place)
{
	guint32 set;
	guint found;

	if (m->next_place < m->count && strcmp(label_sets_text(s->sets, m->sets[m->next_place]), s->labels->str) == 0) {
		*place = m->next_place;
		return TRUE;
	}
	set = label_sets_take(s->sets, s->labels->str);
	found = GPOINTER_TO_UINT(g_hash_table_lookup(m->places, GUINT_TO_POINTER(set)));
	if (found > 0)
		*place = found - 1;
	else if (m->count < SAMPLES_MOST)
		*place = add_series(s, m);
	label_sets_drop(s->sets, set);
	return found > 0 || *place != G_MAXUINT32;
}

static void
keep_text(char **kept, const char *text)
{
	if (g_strcmp0(*kept, text) == 0)
		return;
	g_free(*kept);
	*kept = g_strdup(text);
}

static void
set(struct samples *s, const char *metric, double value, const char *why, gint64 at_us, va_list pairs)
{
	struct metric *m = take_metric(s, metric);
	guint32 place = G_MAXUINT32;

	if (!collect(s, pairs) || !find_series(s, m, &place)) {
		s->left_out++;
		return;
	}
	m->next_place = place + 1 < m->count ? place + 1 : 0;
	m->values[place] = value;
	m->at_us[place] = at_us;
	m->sweeps[place] = m->sweep;
	keep_text(&m->notes[place], s->notes->len > 0 ? s->notes->str : NULL);
	if (!why) {
		keep_text(&m->why[place], NULL);
	} else {
		g_autofree char *safe = sanitize_text(why, -1);
		keep_text(&m->why[place], safe);
	}
}

void
samples_set(struct samples *s, const char *metric, double value, gint64 at_us, ...)
{
	va_list pairs;

	va_start(pairs, at_us);
	set(s, metric, value, NULL, at_us, pairs);
	va_end(pairs);
}

void
samples_unknown(struct samples *s, const char *metric, const char *why, gint64 at_us, ...)
{
	va_list pairs;

	va_start(pairs, at_us);
	set(s, metric, NAN, why, at_us, pairs);
	va_end(pairs);
}

/* --- what is gone --- */

void
samples_begin(struct samples *s, const char *metric)
{
	struct metric *m = take_metric(s, metric);

	m->sweep++;
	m->next_place = 0;
}

static void
move_series(struct metric *m, guint32 from, guint32 to)
{
	m->values[to] = m->values[from];
	m->at_us[to] = m->at_us[from];
	m->sets[to] = m->sets[from];
	m->sweeps[to] = m->sweeps[from];
	m->notes[to] = m->notes[from];
	m->why[to] = m->why[from];
	g_hash_table_insert(m->places, GUINT_TO_POINTER(m->sets[to]), GUINT_TO_POINTER(to + 1));
}

static void
drop_series(struct samples *s, struct metric *m, guint32 place)
{
	g_hash_table_remove(m->places, GUINT_TO_POINTER(m->sets[place]));
	label_sets_drop(s->sets, m->sets[place]);
	g_free(m->notes[place]);
	g_free(m->why[place]);
}

void
samples_sweep(struct samples *s, const char *metric)
{
	struct metric *m = take_metric(s, metric);
	guint32 kept = 0;

	m->swept = TRUE;
	for (guint32 i = 0; i < m->count; i++) {
		if (m->sweeps[i] != m->sweep) {
			drop_series(s, m, i);
			continue;
		}
		if (kept != i)
			move_series(m, i, kept);
		kept++;
	}
	if (kept == m->count)
		return;
	m->count = kept;
	m->next_place = 0;
	m->change = ++changes;
}

guint64
samples_left_out(const struct samples *s)
{
	return s->left_out;
}
