/* What holds a page back: inhibition, silences, the mute of a rollout (reference 2.2 and 2.3). */
#include "model/rules_private.h"

#include <string.h>

#include "model/labels.h"

/* "x_*" is all that begin so; NULL is any. */
static gboolean
pattern_takes(const char *pattern, const char *name)
{
	gsize length = pattern ? strlen(pattern) : 0;

	if (!pattern)
		return TRUE;
	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(pattern, name, length - 1) == 0;
	return strcmp(pattern, name) == 0;
}

/* --- inhibition --- */

/* A rule never inhibits itself. */
void
rules_resolve_inhibitions(struct rules *r)
{
	for (guint i = 0; i < r->watches->len; i++) {
		struct watch *w = r->watches->pdata[i];
		for (guint k = 0; k < w->rule->inhibits->len; k++) {
			struct watch_inhibition in = { w->rule->inhibits->pdata[k], g_ptr_array_new() };
			for (guint t = 0; t < r->watches->len; t++) {
				struct watch *target = r->watches->pdata[t];
				if (target != w && pattern_takes(in.inhibition->rule, target->rule->name))
					g_ptr_array_add(in.targets, target);
			}
			g_array_append_val(w->inhibitions, in);
		}
	}
}

/* Two that inhibit each other, in a ring, would hide both: the first one stands. */
static gboolean
hangs_on(const struct alert *a, const struct alert *on)
{
	for (; a; a = a->inhibited_by)
		if (a == on)
			return TRUE;
	return FALSE;
}

static void
inhibit(struct cell *target, const struct cell *source)
{
	if (!target->alert.inhibited_by && source && !hangs_on(&source->alert, &target->alert))
		target->alert.inhibited_by = &source->alert;
}

/* Of the alerts of a rule that fire, the first one of each value of a label; a label that is missing is an empty one. */
static GHashTable *
sources_by(const struct watch *w, const char *label)
{
	GHashTable *sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < w->live->len; i++) {
		struct cell *c = w->live->pdata[i];
		char *value;
		if (!alert_is_on(&c->alert))
			continue;
		value = label ? labels_value(c->alert.labels, label) : NULL;
		if (!value)
			value = g_strdup("");
		if (g_hash_table_contains(sources, value))
			g_free(value);
		else
			g_hash_table_insert(sources, value, c);
	}
	return sources;
}

static void
inhibit_targets(const struct watch_inhibition *in, const struct watch *target, GHashTable *sources)
{
	const char *label = in->inhibition->equal;

	for (guint i = 0; i < target->live->len; i++) {
		struct cell *c = target->live->pdata[i];
		g_autofree char *value = label ? labels_value(c->alert.labels, label) : NULL;
		if (c->alert.state != ALERT_INACTIVE)
			inhibit(c, g_hash_table_lookup(sources, value ? value : ""));
	}
}

static gboolean
has_live_targets(const struct watch_inhibition *in)
{
	for (guint i = 0; i < in->targets->len; i++)
		if (((const struct watch *)in->targets->pdata[i])->live->len > 0)
			return TRUE;
	return FALSE;
}

static void
inhibit_by(const struct watch *w)
{
	for (guint i = 0; i < w->inhibitions->len; i++) {
		const struct watch_inhibition *in = &g_array_index(w->inhibitions, struct watch_inhibition, i);
		g_autoptr(GHashTable) sources = NULL;
		if (!has_live_targets(in))
			continue;
		sources = sources_by(w, in->inhibition->equal);
		for (guint t = 0; t < in->targets->len && g_hash_table_size(sources) > 0; t++)
			inhibit_targets(in, in->targets->pdata[t], sources);
	}
}

/* --- silences and mutes --- */

static gboolean
silence_takes(const struct silence *s, const struct alert *a, gint64 utc_us)
{
	return s->begin_utc_us <= utc_us && pattern_takes(s->rule, a->rule->name) && labels_include(a->labels, s->labels);
}

/* By the one that lasts longest. */
static gint64
silence_of(const struct rules *r, const struct alert *a)
{
	const struct silence *longest = NULL;

	for (guint i = 0; i < r->silences->len; i++) {
		const struct silence *s = r->silences->pdata[i];
		if (silence_takes(s, a, r->utc_us) && (!longest || s->end_utc_us > longest->end_utc_us))
			longest = s;
	}
	return longest ? longest->number : 0;
}

static void
end_silences(struct rules *r)
{
	for (guint i = r->silences->len; i > 0; i--)
		if (((const struct silence *)r->silences->pdata[i - 1])->end_utc_us <= r->utc_us)
			g_ptr_array_remove_index(r->silences, i - 1);
}

static void
release_and_mute(struct rules *r, const struct watch *w)
{
	gboolean muted = w->rule->rollout_mute && r->now_us < r->mute_until_us;

	for (guint i = 0; i < w->live->len; i++) {
		struct alert *a = &((struct cell *)w->live->pdata[i])->alert;
		a->inhibited_by = NULL;
		a->muted = muted && a->state != ALERT_INACTIVE;
		a->silence = a->state != ALERT_INACTIVE && r->silences->len > 0 ? silence_of(r, a) : 0;
	}
}

void
rules_hold(struct rules *r)
{
	end_silences(r);
	for (guint i = 0; i < r->watches->len; i++)
		release_and_mute(r, r->watches->pdata[i]);
	for (guint i = 0; i < r->watches->len; i++)
		if (((struct watch *)r->watches->pdata[i])->live->len > 0)
			inhibit_by(r->watches->pdata[i]);
}

void
silence_free(struct silence *s)
{
	if (!s)
		return;
	g_free(s->rule);
	g_free(s->labels);
	g_free(s->by);
	g_free(s->comment);
	g_free(s);
}

void
rules_silence(struct rules *r, struct silence *s)
{
	rules_unsilence(r, s->number);
	s->end_utc_us = MIN(s->end_utc_us, s->begin_utc_us + RULES_SILENCE_MAX_US);
	g_ptr_array_add(r->silences, s);
}

gboolean
rules_unsilence(struct rules *r, gint64 number)
{
	for (guint i = 0; i < r->silences->len; i++)
		if (((const struct silence *)r->silences->pdata[i])->number == number) {
			g_ptr_array_remove_index(r->silences, i);
			return TRUE;
		}
	return FALSE;
}

const GPtrArray *
rules_silences(const struct rules *r)
{
	return r->silences;
}

void
rules_rollout_mute(struct rules *r, gint64 until_us)
{
	r->mute_until_us = until_us;
}
