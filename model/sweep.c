#include "model/sweep.h"

#include <string.h>

#include "model/sanitize.h"

#define ELLIPSIS "\xe2\x80\xa6"

static struct sweep_fault *
new_fault(const char *fingerprint)
{
	struct sweep_fault *f = g_new0(struct sweep_fault, 1);

	f->fingerprint = g_strdup(fingerprint);
	f->by_gateway = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return f;
}

static void
free_fault(gpointer data)
{
	struct sweep_fault *f = data;

	g_free(f->fingerprint);
	g_free(f->example);
	g_hash_table_unref(f->by_gateway);
	g_free(f);
}

struct sweep *
sweep_new(gint64 span_us)
{
	struct sweep *s = g_new0(struct sweep, 1);

	s->span_us = span_us;
	s->faults = g_ptr_array_new_with_free_func(free_fault);
	s->by_fingerprint = g_hash_table_new(g_str_hash, g_str_equal);
	return s;
}

void
sweep_free(struct sweep *s)
{
	if (!s)
		return;
	g_hash_table_unref(s->by_fingerprint);
	g_ptr_array_unref(s->faults);
	g_free(s);
}

void
sweep_part_clear(struct sweep_part *p)
{
	g_free(p->problem);
	g_free(p->cursor);
	g_clear_pointer(&p->lines, g_array_unref);
	g_clear_pointer(&p->older, g_array_unref);
	memset(p, 0, sizeof *p);
}

gboolean
sweep_line_is_fatal(const char *text)
{
	for (const char *p = strstr(text, "FATAL"); p; p = strstr(p + 5, "FATAL")) {
		gboolean before = p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '_'), after = g_ascii_isalnum(p[5]) || p[5] == '_';
		if (!before && !after)
			return TRUE;
	}
	return FALSE;
}

/* --- faults --- */

static guint32
find_or_add_fault(struct sweep *s, const char *fingerprint)
{
	gpointer known = g_hash_table_lookup(s->by_fingerprint, fingerprint);
	struct sweep_fault *f;

	if (known)
		return GPOINTER_TO_UINT(known) - 1;
	f = new_fault(fingerprint);
	g_ptr_array_add(s->faults, f);
	g_hash_table_insert(s->by_fingerprint, f->fingerprint, GUINT_TO_POINTER(s->faults->len));
	return s->faults->len - 1;
}

static guint32
fault_of(struct sweep *s, const char *fingerprint)
{
	if (s->faults->len >= SWEEP_FAULTS_MAX - 1 && !g_hash_table_contains(s->by_fingerprint, fingerprint))
		return find_or_add_fault(s, "(any of more than " G_STRINGIFY(SWEEP_FAULTS_MAX) " kinds of lines)");
	return find_or_add_fault(s, fingerprint);
}

static void
count_in(struct sweep_fault *f, const char *gateway, guint64 lines, gint64 first_us, gint64 last_us)
{
	guint had = GPOINTER_TO_UINT(g_hash_table_lookup(f->by_gateway, gateway));

	f->first_us = f->count == 0 ? first_us : MIN(f->first_us, first_us);
	f->last_us = f->count == 0 ? last_us : MAX(f->last_us, last_us);
	f->count += lines;
	g_hash_table_insert(f->by_gateway, g_strdup(gateway), GUINT_TO_POINTER(had + (guint)lines));
	f->gateways = g_hash_table_size(f->by_gateway);
}

/* --- lines --- */

static void
clear_line(gpointer data)
{
	g_free(((struct sweep_line *)data)->text);
}

/* At most SWEEP_LINE_BYTES, with a mark where it was cut. */
static char *
bounded(const char *text)
{
	gsize len = strlen(text), room = SWEEP_LINE_BYTES - strlen(ELLIPSIS);

	if (len <= SWEEP_LINE_BYTES)
		return g_strdup(text);
	return g_strdup_printf("%.*s" ELLIPSIS, (int)sanitize_fit(text, len, room), text);
}

/* Counts a line that goes. A flood of a few faults stays exact but for the slice's grain; with many faults the first are counted without a name. */
static void
count_older(const struct sweep *s, struct sweep_part *p, guint32 fingerprint, gint64 utc_us)
{
	gint64 slice_us = MAX(s->span_us / SWEEP_SLICES, 1);
	struct sweep_older *o;

	p->not_kept++;
	if (!p->older)
		p->older = g_array_new(FALSE, FALSE, sizeof(struct sweep_older));
	for (guint i = p->older->len; i-- > 0;) {
		o = &g_array_index(p->older, struct sweep_older, i);
		if (o->fingerprint == fingerprint && o->first_us / slice_us == utc_us / slice_us) {
			o->first_us = MIN(o->first_us, utc_us);
			o->last_us = MAX(o->last_us, utc_us);
			o->count++;
			return;
		}
	}
	if (p->older->len == SWEEP_OLDER_KEPT) {
		o = &g_array_index(p->older, struct sweep_older, 0);
		p->cut_off += o->count;
		p->cut_off_us = MAX(p->cut_off_us, o->last_us);
		g_array_remove_index(p->older, 0);
	}
	g_array_append_val(p->older, ((struct sweep_older){ .fingerprint = fingerprint, .first_us = utc_us, .last_us = utc_us, .count = 1 }));
}

/* In order of time; what comes late stands a little earlier. */
static void
keep_line(const struct sweep *s, struct sweep_part *p, struct sweep_line line)
{
	guint at;

	if (!p->lines) {
		p->lines = g_array_new(FALSE, FALSE, sizeof(struct sweep_line));
		g_array_set_clear_func(p->lines, clear_line);
	}
	for (at = p->lines->len; at > 0 && g_array_index(p->lines, struct sweep_line, at - 1).utc_us > line.utc_us;)
		at--;
	g_array_insert_val(p->lines, at, line);
	p->matches++;
	if (p->lines->len > SWEEP_LINES_KEPT) {
		const struct sweep_line *oldest = &g_array_index(p->lines, struct sweep_line, 0);
		count_older(s, p, oldest->fingerprint, oldest->utc_us);
		g_array_remove_index(p->lines, 0);
	}
}

void
sweep_take(struct sweep *s, const char *gateway, struct sweep_part *p, gint64 utc_us, const char *text, gsize len)
{
	g_autoptr(GString) safe = g_string_sized_new(SWEEP_LINE_BYTES);
	g_autofree char *folded = NULL, *fingerprint = NULL;
	struct sweep_line line = { .utc_us = utc_us };
	struct sweep_fault *f;

	sanitize_line(text, MIN(len, SANITIZE_LINE_MAX), safe);
	folded = fingerprint_fold(safe->str);
	fingerprint = bounded(folded);
	line.text = bounded(safe->str);
	line.fingerprint = fault_of(s, fingerprint);
	f = s->faults->pdata[line.fingerprint];
	if (f->count == 0 || utc_us >= f->last_us) {
		g_free(f->example);
		f->example = g_strdup(line.text);
	}
	f->fatal = f->fatal || sweep_line_is_fatal(safe->str);
	count_in(f, gateway, 1, utc_us, utc_us);
	keep_line(s, p, line);
}

static void
count_out(struct sweep_fault *f, const char *gateway, guint64 lines)
{
	guint had = GPOINTER_TO_UINT(g_hash_table_lookup(f->by_gateway, gateway)), left = had - (guint)MIN(lines, had);

	f->count -= MIN(lines, f->count);
	if (left > 0)
		g_hash_table_insert(f->by_gateway, g_strdup(gateway), GUINT_TO_POINTER(left));
	else
		g_hash_table_remove(f->by_gateway, gateway);
	f->gateways = g_hash_table_size(f->by_gateway);
}

void
sweep_take_back(struct sweep *s, const char *gateway, struct sweep_part *p)
{
	for (guint i = 0; p->lines && i < p->lines->len; i++)
		count_out(s->faults->pdata[g_array_index(p->lines, struct sweep_line, i).fingerprint], gateway, 1);
	for (guint i = 0; p->older && i < p->older->len; i++) {
		const struct sweep_older *o = &g_array_index(p->older, struct sweep_older, i);
		count_out(s->faults->pdata[o->fingerprint], gateway, o->count);
	}
	g_clear_pointer(&p->lines, g_array_unref);
	g_clear_pointer(&p->older, g_array_unref);
	p->matches = p->not_kept = p->cut_off = 0;
	p->cut_off_us = 0;
}

void
sweep_cut_off(struct sweep_part *p, guint64 lines, gint64 utc_us)
{
	p->cut_off += lines;
	p->not_kept += lines;
	p->matches += lines;
	p->cut_off_us = MAX(p->cut_off_us, utc_us);
}

/* --- forgetting --- */

static void
forget_part(struct sweep_part *p, gint64 border_us)
{
	guint gone = 0, kept = 0;

	while (p->lines && gone < p->lines->len && g_array_index(p->lines, struct sweep_line, gone).utc_us < border_us)
		gone++;
	if (gone > 0)
		g_array_remove_range(p->lines, 0, gone);
	if (p->cut_off_us < border_us)
		p->cut_off = 0;
	p->not_kept = p->cut_off;
	for (guint i = 0; p->older && i < p->older->len; i++) {
		struct sweep_older o = g_array_index(p->older, struct sweep_older, i);
		if (o.last_us < border_us)
			continue;
		g_array_index(p->older, struct sweep_older, kept++) = o;
		p->not_kept += o.count;
	}
	if (p->older)
		g_array_set_size(p->older, kept);
	p->matches = p->not_kept + (p->lines ? p->lines->len : 0);
}

static void
count_part(const struct sweep *s, const struct sweep_part *p, const char *gateway)
{
	for (guint i = 0; p->lines && i < p->lines->len; i++) {
		const struct sweep_line *l = &g_array_index(p->lines, struct sweep_line, i);
		count_in(s->faults->pdata[l->fingerprint], gateway, 1, l->utc_us, l->utc_us);
	}
	for (guint i = 0; p->older && i < p->older->len; i++) {
		const struct sweep_older *o = &g_array_index(p->older, struct sweep_older, i);
		count_in(s->faults->pdata[o->fingerprint], gateway, o->count, o->first_us, o->last_us);
	}
}

/* Takes out the faults that have no line; gives the new index of each of the others, newly allocated. */
static guint32 *
take_out_empty(struct sweep *s)
{
	guint32 *moved = g_new0(guint32, s->faults->len + 1), kept = 0;

	g_hash_table_remove_all(s->by_fingerprint);
	for (guint i = 0; i < s->faults->len; i++) {
		struct sweep_fault *f = s->faults->pdata[i];
		if (f->count == 0) {
			free_fault(f);
			continue;
		}
		moved[i] = kept;
		s->faults->pdata[kept++] = f;
		g_hash_table_insert(s->by_fingerprint, f->fingerprint, GUINT_TO_POINTER(kept));
	}
	s->faults->len = kept;
	return moved;
}

static void
point_anew(struct sweep_part *p, const guint32 *moved)
{
	for (guint i = 0; p->lines && i < p->lines->len; i++) {
		struct sweep_line *l = &g_array_index(p->lines, struct sweep_line, i);
		l->fingerprint = moved[l->fingerprint];
	}
	for (guint i = 0; p->older && i < p->older->len; i++) {
		struct sweep_older *o = &g_array_index(p->older, struct sweep_older, i);
		o->fingerprint = moved[o->fingerprint];
	}
}

void
sweep_forget(struct sweep *s, gint64 now_utc_us, struct sweep_part *const *parts, const char *const *gateways, guint count)
{
	g_autofree guint32 *moved = NULL;

	for (guint i = 0; i < s->faults->len; i++) {
		struct sweep_fault *f = s->faults->pdata[i];
		f->count = 0;
		f->gateways = 0;
		g_hash_table_remove_all(f->by_gateway);
	}
	for (guint i = 0; i < count; i++) {
		forget_part(parts[i], now_utc_us - s->span_us);
		count_part(s, parts[i], gateways[i]);
	}
	moved = take_out_empty(s);
	for (guint i = 0; i < count; i++)
		point_anew(parts[i], moved);
}
