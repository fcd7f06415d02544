#include "model/check_lines.h"

#include <string.h>

#include "model/log_pattern.h"
#include "model/sanitize.h"
#include "model/spike.h"
#include "model/utc_text.h"

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define SHOWN_BYTES 600 /* of a line behind a verdict */

/* A line that is kept. Lines that want attention are not crowded out by the others. */
struct kept { guint64 number; char *text; };

struct check_lines {
	struct log_pattern *pattern, *watch, *spike;
	char *watch_words, *spike_words, *watch_means;
	enum check_expect expect;
	guint since_min;
	gint64 now_us, from_us;
	guint64 read, matches, watched, spikes, spikes_before;
	GQueue kept, kept_watched; /* of struct kept, owned, oldest first */
	GString *safe, *shown;
};

/* --- texts --- */

char *
check_count_text(guint64 n)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, n);
	gsize len = strlen(digits);
	GString *s = g_string_new(NULL);

	for (gsize i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			g_string_append_c(s, ',');
		g_string_append_c(s, digits[i]);
	}
	return g_string_free(s, FALSE);
}

char *
check_span_text(guint minutes)
{
	return minutes % 60 == 0 && minutes > 60 ? g_strdup_printf("%uh", minutes / 60) : g_strdup_printf("%um", minutes);
}

/* --- lines --- */

static gboolean
compile(struct log_pattern **out, const char *text, GError **error)
{
	if (!text)
		return TRUE;
	*out = log_pattern_new_exact(text, error);
	return *out != NULL;
}

struct check_lines *
check_lines_new(const struct check_lines_settings *s, GError **error)
{
	struct check_lines *l = g_new0(struct check_lines, 1);

	l->safe = g_string_new(NULL);
	l->shown = g_string_new(NULL);
	if (!compile(&l->pattern, s->pattern, error) || !compile(&l->watch, s->watch, error) || !compile(&l->spike, s->spike, error)) {
		check_lines_free(l);
		return NULL;
	}
	l->watch_words = sanitize_text(s->watch ? s->watch : "", -1);
	l->spike_words = sanitize_text(s->spike ? s->spike : "", -1);
	l->watch_means = s->watch_means ? sanitize_text(s->watch_means, -1) : NULL;
	l->expect = s->expect;
	l->since_min = s->since_min;
	l->now_us = s->now_us;
	l->from_us = s->now_us - s->since_min * MINUTE_US;
	return l;
}

static void
kept_free(gpointer data)
{
	struct kept *k = data;

	g_free(k->text);
	g_free(k);
}

void
check_lines_free(struct check_lines *l)
{
	if (!l)
		return;
	log_pattern_free(l->pattern);
	log_pattern_free(l->watch);
	log_pattern_free(l->spike);
	g_queue_clear_full(&l->kept, kept_free);
	g_queue_clear_full(&l->kept_watched, kept_free);
	g_string_free(l->safe, TRUE);
	g_string_free(l->shown, TRUE);
	g_free(l->watch_words);
	g_free(l->spike_words);
	g_free(l->watch_means);
	g_free(l);
}

gint64
check_lines_from_us(const struct check_lines *l)
{
	return l->spike ? l->now_us - CHECK_SPIKE_SPANS * (l->now_us - l->from_us) : l->from_us;
}

static gboolean
matches(struct log_pattern *p, const GString *text)
{
	guint32 start, end;

	return p && log_pattern_find(p, text->str, text->len, 0, &start, &end);
}

static void
keep(GQueue *queue, guint64 number, const char *text)
{
	struct kept *k = g_new0(struct kept, 1);

	k->number = number;
	k->text = g_strdup(text);
	g_queue_push_tail(queue, k);
	if (queue->length > CHECK_LINES_KEPT)
		kept_free(g_queue_pop_head(queue));
}

static void
show(struct check_lines *l, gint64 utc_us)
{
	g_autofree char *time = utc_us ? utc_format(utc_us, "%H:%M:%SZ ", NULL) : NULL;
	gsize n = sanitize_fit(l->safe->str, l->safe->len, SHOWN_BYTES);

	g_string_assign(l->shown, time ? time : "");
	g_string_append_len(l->shown, l->safe->str, (gssize)n);
	if (n < l->safe->len)
		g_string_append(l->shown, "…");
}

const char *
check_lines_take(struct check_lines *l, gint64 utc_us, const char *text, gsize len)
{
	gboolean before = l->since_min && utc_us && utc_us < l->from_us, watched;

	if (before && (!l->spike || utc_us < check_lines_from_us(l)))
		return NULL;
	l->read += !before;
	g_string_truncate(l->safe, 0);
	sanitize_line(text, len, l->safe);
	if (!matches(l->pattern, l->safe))
		return NULL;
	if (matches(l->spike, l->safe))
		*(before ? &l->spikes_before : &l->spikes) += 1;
	if (before)
		return NULL;
	l->matches++;
	watched = matches(l->watch, l->safe);
	l->watched += watched;
	show(l, utc_us);
	keep(watched ? &l->kept_watched : &l->kept, l->matches, l->shown->str);
	return l->shown->str;
}

/* --- the verdict --- */

/* All that want attention, then the newest of the others as far as there is room; oldest first. */
static void
give_lines(struct check_lines *l, struct check_result *r)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	struct kept *k, *w;

	while (l->kept.length + l->kept_watched.length > CHECK_LINES_KEPT && l->kept.length > 0)
		kept_free(g_queue_pop_head(&l->kept));
	for (;;) {
		k = g_queue_peek_head(&l->kept);
		w = g_queue_peek_head(&l->kept_watched);
		if (!k && !w)
			break;
		k = g_queue_pop_head(!w || (k && k->number < w->number) ? &l->kept : &l->kept_watched);
		g_ptr_array_add(lines, g_steal_pointer(&k->text));
		kept_free(k);
	}
	r->lines_left_out = l->matches - lines->len;
	if (lines->len > 0)
		r->lines = lines;
	else
		g_ptr_array_unref(lines);
}

static gboolean
spikes(const struct check_lines *l)
{
	return spike_is(l->spikes, l->spikes_before);
}

static enum verdict
verdict_of(struct check_lines *l, const char **trouble)
{
	struct log_pattern *const all[] = { l->pattern, l->watch, l->spike };

	for (guint i = 0; i < G_N_ELEMENTS(all); i++)
		if (all[i] && (*trouble = log_pattern_problem(all[i])))
			return l->expect == EXPECT_NONE && l->matches ? VERDICT_FAIL : VERDICT_UNKNOWN;
	if ((l->expect == EXPECT_NONE && l->matches) || (l->expect == EXPECT_SOME && !l->matches))
		return VERDICT_FAIL;
	return l->watched || spikes(l) ? VERDICT_ATTENTION : VERDICT_PASS;
}

void
check_lines_judge(struct check_lines *l, struct check_result *r)
{
	const char *trouble = NULL;
	g_autofree char *count = check_count_text(l->matches), *read = check_count_text(l->read), *span = check_span_text(l->since_min);
	GString *s = g_string_new(NULL);

	r->verdict = verdict_of(l, &trouble);
	g_string_append_printf(s, "%s %s", count, l->matches == 1 ? "match" : "matches");
	if (l->since_min)
		g_string_append_printf(s, " in %s", span);
	g_string_append_printf(s, " (%s %s read)", read, l->read == 1 ? "line" : "lines");
	if (l->expect == EXPECT_SOME && !l->matches)
		g_string_append(s, ", at least one expected");
	if (l->watched)
		g_string_append_printf(s, "; %" G_GUINT64_FORMAT " × %s%s%s", l->watched, l->watch_words, l->watch_means ? ": " : "",
		                       l->watch_means ? l->watch_means : "");
	if (spikes(l))
		g_string_append_printf(s, "; spike of %s: %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " in the span before", l->spike_words, l->spikes,
		                       l->spikes_before);
	if (trouble) {
		g_autofree char *safe = sanitize_text(trouble, -1);
		g_string_append_printf(s, "; %s", safe);
	}
	r->summary = g_string_free(s, FALSE);
	give_lines(l, r);
}
