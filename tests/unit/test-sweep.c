/* The sweep: lines are safe and bounded, the same fault is one, counts stay right when lines are dropped and forgotten. */
#include "model/sweep.h"

#include <string.h>

#include "model/sanitize.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define SPAN_US (1800 * SECOND_US)
#define NOON_US (G_GINT64_CONSTANT(1795312800) * SECOND_US) /* a multiple of the span's slices */

static void
take(struct sweep *s, const char *gateway, struct sweep_part *p, gint64 second, const char *text)
{
	sweep_take(s, gateway, p, NOON_US + second * SECOND_US, text, strlen(text));
}

static const struct sweep_line *
line_at(const struct sweep_part *p, guint i)
{
	return &g_array_index(p->lines, struct sweep_line, i);
}

static guint
count_of(const struct sweep_fault *f, const char *gateway)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(f->by_gateway, gateway));
}

static void
forget(struct sweep *s, gint64 second, struct sweep_part *a, struct sweep_part *b)
{
	struct sweep_part *const parts[] = { a, b };
	const char *const names[] = { "a", "b" };

	sweep_forget(s, NOON_US + second * SECOND_US, parts, names, b ? 2 : 1);
}

/* The faults point at themselves, and every line at its own. */
static void
assert_sound(const struct sweep *s, const struct sweep_part *p)
{
	g_assert_cmpuint(g_hash_table_size(s->by_fingerprint), ==, s->faults->len);
	for (guint i = 0; i < s->faults->len; i++) {
		const struct sweep_fault *f = s->faults->pdata[i];
		g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(s->by_fingerprint, f->fingerprint)), ==, i + 1);
	}
	for (guint i = 0; p->lines && i < p->lines->len; i++) {
		g_autofree char *fold = fingerprint_fold(line_at(p, i)->text);
		g_assert_cmpuint(line_at(p, i)->fingerprint, <, s->faults->len);
		g_assert_cmpstr(((const struct sweep_fault *)s->faults->pdata[line_at(p, i)->fingerprint])->fingerprint, ==, fold);
	}
}

static void
test_faults(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 }, b = { 0 };
	const struct sweep_fault *lost;

	take(s, "a", &a, 10, "ERROR lost camera 7");
	take(s, "b", &b, 5, "ERROR lost camera 12");
	take(s, "a", &a, 20, "panic: nil");
	take(s, "a", &a, 30, "ERROR lost camera 8");
	g_assert_cmpuint(s->faults->len, ==, 2);
	lost = s->faults->pdata[0];
	g_assert_cmpstr(lost->fingerprint, ==, "ERROR lost camera N");
	g_assert_cmpstr(lost->example, ==, "ERROR lost camera 8");
	g_assert_cmpuint(lost->count, ==, 3);
	g_assert_cmpuint(lost->gateways, ==, 2);
	g_assert_cmpuint(count_of(lost, "a"), ==, 2);
	g_assert_cmpuint(count_of(lost, "b"), ==, 1);
	g_assert_cmpint(lost->first_us, ==, NOON_US + 5 * SECOND_US);
	g_assert_cmpint(lost->last_us, ==, NOON_US + 30 * SECOND_US);
	take(s, "b", &b, 29, "ERROR lost camera 9"); /* not the newest */
	g_assert_cmpstr(lost->example, ==, "ERROR lost camera 8");
	g_assert_cmpuint(a.matches, ==, 3);
	g_assert_cmpuint(a.not_kept, ==, 0);
	g_assert_cmpint(line_at(&a, 1)->fingerprint, ==, 1);
	assert_sound(s, &a);
	sweep_part_clear(&a);
	sweep_part_clear(&b);
	g_assert_cmpuint(a.matches, ==, 0);
	sweep_free(s);
}

static void
test_fatal(void)
{
	static const struct { const char *text; gboolean fatal; } cases[] = {
		{ "FATAL", TRUE }, { "x: FATAL: y", TRUE }, { "[FATAL]", TRUE }, { "level=FATAL", TRUE }, { "NONFATAL", FALSE }, { "FATALITY", FALSE },
		{ "FATAL_X", FALSE }, { "_FATAL", FALSE }, { "fatal", FALSE }, { "FATALX and FATAL", TRUE }, { "FATAL1", FALSE }, { "", FALSE }, { "FATAL\xc3\xa4", TRUE },
	};
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(sweep_line_is_fatal(cases[i].text), ==, cases[i].fatal);
	take(s, "a", &a, 1, "ERROR x");
	take(s, "a", &a, 2, "FATAL x");
	g_assert_false(((const struct sweep_fault *)s->faults->pdata[0])->fatal);
	g_assert_true(((const struct sweep_fault *)s->faults->pdata[1])->fatal);
	sweep_part_clear(&a);
	sweep_free(s);
}

/* Bytes from outside: safe, valid, cut between characters with a mark. */
static void
test_bounded(void)
{
	for (guint prefix = 0; prefix < 4; prefix++) {
		struct sweep *s = sweep_new(SPAN_US);
		struct sweep_part a = { 0 };
		g_autoptr(GString) raw = g_string_new("ERR\x1b[31mOR \xff\x07");
		const char *text;
		for (guint i = 0; i < 5000; i++)
			g_string_append(raw, i < prefix ? "x" : "\xe2\x82\xac");
		g_string_append(raw, "FATAL");
		sweep_take(s, "a", &a, NOON_US, raw->str, raw->len);
		text = line_at(&a, 0)->text;
		g_assert_true(g_str_has_prefix(text, "ERROR \xef\xbf\xbd\xe2\x90\x87"));
		g_assert_true(g_str_has_suffix(text, "\xe2\x80\xa6"));
		g_assert_true(g_utf8_validate(text, -1, NULL));
		g_assert_cmpuint(strlen(text), <=, SWEEP_LINE_BYTES);
		g_assert_cmpuint(strlen(text), >, SWEEP_LINE_BYTES - 3);
		g_assert_cmpuint(strlen(((const struct sweep_fault *)s->faults->pdata[0])->fingerprint), <=, SWEEP_LINE_BYTES);
		sweep_part_clear(&a);
		sweep_free(s);
	}
}

static void
test_not_cut(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 };
	g_autofree char *exact = g_strnfill(SWEEP_LINE_BYTES, 'x');
	static const char zero[] = "a\0b";

	take(s, "a", &a, 0, exact);
	g_assert_cmpstr(line_at(&a, 0)->text, ==, exact);
	sweep_take(s, "a", &a, NOON_US, zero, 3);
	g_assert_cmpstr(line_at(&a, 1)->text, ==, "a\xe2\x90\x80" "b");
	sweep_part_clear(&a);
	sweep_free(s);
}

/* Two lines whose figures have other lengths are one fault, however long they are. */
static void
test_long_same(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 };
	g_autofree char *tail = g_strnfill(400, 'x'), *one = g_strconcat("ERROR 1 ", tail, NULL), *other = g_strconcat("ERROR 1234567 ", tail, NULL);

	take(s, "a", &a, 0, one);
	take(s, "a", &a, 1, other);
	g_assert_cmpuint(s->faults->len, ==, 1);
	sweep_part_clear(&a);
	sweep_free(s);
}

/* Late lines stand where they belong. */
static void
test_order(void)
{
	static const gint64 seconds[] = { 5, 1, 9, 5, 0, 7 }, sorted[] = { 0, 1, 5, 5, 7, 9 };
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(seconds); i++)
		take(s, "a", &a, seconds[i], i == 3 ? "second" : "x");
	for (guint i = 0; i < G_N_ELEMENTS(sorted); i++)
		g_assert_cmpint(line_at(&a, i)->utc_us, ==, NOON_US + sorted[i] * SECOND_US);
	g_assert_cmpstr(line_at(&a, 3)->text, ==, "second");
	sweep_part_clear(&a);
	sweep_free(s);
}

/* A flood keeps the newest lines, and counts all of them, also after forgetting. */
static void
test_flood(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 }, b = { 0 };
	const struct sweep_fault *f;

	for (guint i = 0; i < 1700; i++)
		take(s, "a", &a, i, "ERROR the same 7");
	take(s, "b", &b, 1700, "ERROR the same 8");
	g_assert_cmpuint(a.lines->len, ==, SWEEP_LINES_KEPT);
	g_assert_cmpint(line_at(&a, 0)->utc_us, ==, NOON_US + 1600 * SECOND_US);
	g_assert_cmpuint(a.matches, ==, 1700);
	g_assert_cmpuint(a.not_kept, ==, 1600);
	g_assert_cmpuint(a.older->len, <=, SWEEP_SLICES + 1);
	forget(s, 1700, &a, &b);
	f = s->faults->pdata[0];
	g_assert_cmpuint(f->count, ==, 1701);
	g_assert_cmpuint(count_of(f, "a"), ==, 1700);
	g_assert_cmpint(f->first_us, ==, NOON_US);
	forget(s, 1800 + 700, &a, &b); /* to the grain of a slice of 300 s */
	g_assert_cmpuint(a.matches, ==, 1100);
	g_assert_cmpuint(a.not_kept, ==, 1000);
	g_assert_cmpuint(f->count, ==, 1101);
	forget(s, 1800 + 1650, &a, &b);
	g_assert_cmpuint(a.matches, ==, 50);
	g_assert_cmpuint(a.not_kept, ==, 0);
	g_assert_cmpuint(f->count, ==, 51);
	sweep_part_clear(&a);
	sweep_part_clear(&b);
	sweep_free(s);
}

/* The border: what is as old as the span stays, what is older goes; a fault without lines goes, and the others are still pointed at. */
static void
test_forgetting(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 }, b = { 0 };

	take(s, "a", &a, 0, "ERROR first");
	take(s, "a", &a, 1, "ERROR second");
	take(s, "b", &b, 2, "ERROR third");
	take(s, "b", &b, 3, "ERROR second");
	forget(s, 1800, &a, &b);
	g_assert_cmpuint(s->faults->len, ==, 3);
	g_assert_cmpuint(a.matches, ==, 2);
	forget(s, 1801, &a, &b);
	g_assert_cmpuint(s->faults->len, ==, 2);
	g_assert_cmpuint(a.matches, ==, 1);
	assert_sound(s, &a);
	assert_sound(s, &b);
	g_assert_cmpstr(((const struct sweep_fault *)s->faults->pdata[0])->fingerprint, ==, "ERROR second");
	g_assert_cmpuint(((const struct sweep_fault *)s->faults->pdata[0])->gateways, ==, 2);
	forget(s, 1802, &a, &b);
	g_assert_cmpuint(((const struct sweep_fault *)s->faults->pdata[0])->gateways, ==, 1);
	g_assert_cmpuint(count_of(s->faults->pdata[0], "a"), ==, 0);
	take(s, "a", &a, 1803, "ERROR first");
	g_assert_cmpuint(s->faults->len, ==, 3);
	assert_sound(s, &a);
	sweep_part_clear(&a); /* its gateway left */
	forget(s, 1803, &b, NULL);
	g_assert_cmpuint(s->faults->len, ==, 1);
	forget(s, 9999, &b, NULL);
	g_assert_cmpuint(s->faults->len, ==, 0);
	assert_sound(s, &b);
	sweep_part_clear(&b);
	sweep_free(s);
}

static void
test_cut_off(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 };

	take(s, "a", &a, 100, "ERROR x");
	sweep_cut_off(&a, 40, NOON_US + 100 * SECOND_US);
	g_assert_cmpuint(a.matches, ==, 41);
	g_assert_cmpuint(a.not_kept, ==, 40);
	forget(s, 1900, &a, NULL);
	g_assert_cmpuint(a.matches, ==, 41);
	forget(s, 1901, &a, NULL);
	g_assert_cmpuint(a.matches, ==, 0);
	g_assert_cmpuint(a.not_kept, ==, 0);
	sweep_part_clear(&a);
	sweep_free(s);
}

/* Letters instead of a number, so that each is a fault of its own. */
static void
word_of(guint i, char word[8])
{
	for (guint k = 0; k < 5; k++, i /= 20)
		word[k] = (char)('g' + i % 20);
	word[5] = '\0';
}

/* A gateway whose every line is another fault: bounded, and counted to the last. */
static void
test_many_faults(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 };
	const struct sweep_fault *rest;
	char word[8];

	for (guint i = 0; i < SWEEP_FAULTS_MAX + 100; i++) {
		word_of(i, word);
		take(s, "a", &a, 1, word);
	}
	g_assert_cmpuint(s->faults->len, ==, SWEEP_FAULTS_MAX);
	rest = s->faults->pdata[SWEEP_FAULTS_MAX - 1];
	g_assert_cmpstr(rest->fingerprint, ==, "(any of more than 5000 kinds of lines)");
	g_assert_cmpuint(rest->count, ==, 101);
	g_assert_cmpuint(a.older->len, ==, SWEEP_OLDER_KEPT);
	forget(s, 1, &a, NULL);
	g_assert_cmpuint(a.matches, ==, SWEEP_FAULTS_MAX + 100);
	g_assert_cmpuint(a.cut_off, >, 0);
	g_assert_cmpuint(s->faults->len, <=, SWEEP_LINES_KEPT + SWEEP_OLDER_KEPT);
	forget(s, 1802, &a, NULL);
	g_assert_cmpuint(a.matches, ==, 0);
	g_assert_cmpuint(s->faults->len, ==, 0);
	sweep_part_clear(&a);
	sweep_free(s);
}

/* Read anew: what was there is out of all counts, that of others stays. */
static void
test_take_back(void)
{
	struct sweep *s = sweep_new(SPAN_US);
	struct sweep_part a = { 0 }, b = { 0 };
	const struct sweep_fault *f;

	for (guint i = 0; i < 250; i++)
		take(s, "a", &a, i, "ERROR camera 1");
	take(s, "a", &a, 251, "ERROR only here");
	take(s, "b", &b, 252, "ERROR camera 2");
	sweep_cut_off(&a, 7, NOON_US);
	sweep_take_back(s, "a", &a);
	g_assert_cmpuint(a.matches + a.not_kept + a.cut_off, ==, 0);
	g_assert_null(a.lines);
	f = s->faults->pdata[0];
	g_assert_cmpuint(f->count, ==, 1);
	g_assert_cmpuint(f->gateways, ==, 1);
	g_assert_cmpuint(count_of(f, "b"), ==, 1);
	g_assert_cmpuint(((const struct sweep_fault *)s->faults->pdata[1])->count, ==, 0);
	take(s, "a", &a, 253, "ERROR camera 3");
	g_assert_cmpuint(f->count, ==, 2);
	g_assert_cmpuint(count_of(f, "a"), ==, 1);
	forget(s, 260, &a, &b);
	g_assert_cmpuint(s->faults->len, ==, 1);
	g_assert_cmpuint(((const struct sweep_fault *)s->faults->pdata[0])->count, ==, 2);
	assert_sound(s, &a);
	sweep_part_clear(&a);
	sweep_part_clear(&b);
	sweep_free(s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sweep/faults", test_faults);
	g_test_add_func("/sweep/fatal", test_fatal);
	g_test_add_func("/sweep/bounded", test_bounded);
	g_test_add_func("/sweep/not-cut", test_not_cut);
	g_test_add_func("/sweep/long-same", test_long_same);
	g_test_add_func("/sweep/order", test_order);
	g_test_add_func("/sweep/flood", test_flood);
	g_test_add_func("/sweep/forgetting", test_forgetting);
	g_test_add_func("/sweep/cut-off", test_cut_off);
	g_test_add_func("/sweep/many-faults", test_many_faults);
	g_test_add_func("/sweep/take-back", test_take_back);
	return g_test_run();
}
