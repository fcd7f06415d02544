/* Lines of a gateway's journal: folded without figures and once for all, kept safe and bounded, each counted in its fault, and all forgotten. */
#include <glib.h>
#include <string.h>

#include "model/sanitize.h"
#include "model/sweep.h"

#define SPAN_US (600 * (gint64)G_USEC_PER_SEC)
#define NOW_US G_GINT64_CONSTANT(1795312800000000)

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check_fold(const char *bytes, gsize len)
{
	g_autoptr(GString) safe = g_string_new(NULL);
	g_autofree char *fold = NULL, *again = NULL;

	sanitize_line(bytes, len, safe);
	fold = fingerprint_fold(safe->str);
	again = fingerprint_fold(fold);
	g_assert_cmpstr(again, ==, fold);
	g_assert_cmpuint(strlen(fold), <=, safe->len);
	g_assert_true(g_utf8_validate(fold, -1, NULL));
	g_assert_null(strpbrk(fold, "0123456789"));
}

static void
check_part(const struct sweep *s, const struct sweep_part *p)
{
	guint64 older = p->cut_off;

	for (guint i = 0; p->lines && i < p->lines->len; i++) {
		const struct sweep_line *l = &g_array_index(p->lines, struct sweep_line, i);
		g_assert_cmpuint(l->fingerprint, <, s->faults->len);
		g_assert_true(strlen(l->text) <= SWEEP_LINE_BYTES && g_utf8_validate(l->text, -1, NULL));
		g_assert_true(i == 0 || (l - 1)->utc_us <= l->utc_us);
	}
	for (guint i = 0; p->older && i < p->older->len; i++) {
		const struct sweep_older *o = &g_array_index(p->older, struct sweep_older, i);
		g_assert_cmpuint(o->fingerprint, <, s->faults->len);
		older += o->count;
	}
	g_assert_cmpuint(older, ==, p->not_kept);
	g_assert_cmpuint(p->matches, ==, p->not_kept + (p->lines ? p->lines->len : 0));
	g_assert_true(!p->lines || p->lines->len <= SWEEP_LINES_KEPT);
}

static void
check_counts(const struct sweep *s, const struct sweep_part *p)
{
	guint64 lines = 0;

	for (guint i = 0; i < s->faults->len; i++) {
		const struct sweep_fault *f = s->faults->pdata[i];
		g_assert_cmpuint(f->gateways, ==, 1);
		lines += f->count;
	}
	g_assert_cmpuint(lines + p->cut_off, ==, p->matches);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part part = { 0 }, *const parts[] = { &part };
	const char *const names[] = { "gw" };

	while (at < end) {
		const char *feed = memchr(at, '\n', (gsize)(end - at)), *stop = feed ? feed : end;
		gint64 ago = stop > at ? (guint8)*at * 3 : 0;
		check_fold(at, (gsize)(stop - at));
		sweep_take(s, "gw", &part, NOW_US - ago * G_USEC_PER_SEC, at, (gsize)(stop - at));
		at = feed ? feed + 1 : end;
	}
	check_part(s, &part);
	sweep_forget(s, NOW_US, parts, names, 1);
	check_part(s, &part);
	check_counts(s, &part);
	sweep_forget(s, NOW_US + 2 * SPAN_US, parts, names, 1);
	g_assert_cmpuint(s->faults->len, ==, 0);
	g_assert_cmpuint(part.matches, ==, 0);
	sweep_part_clear(&part);
	sweep_free(s);
	return 0;
}
