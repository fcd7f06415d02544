/* Series: who they are, how they come and go, what is too old, and what there is no room for. */
#include "model/samples.h"

#include <math.h>
#include <string.h>

#include "model/labels.h"
#include "model/samples_private.h"

static guint32
place_of(const struct samples *s, const char *metric, const char *labels)
{
	const struct metric *m = samples_metric(s, metric);

	for (guint i = 0; m && i < m->count; i++)
		if (strcmp(label_sets_text(s->sets, m->sets[i]), labels) == 0)
			return i;
	return G_MAXUINT32;
}

static double
value_of(const struct samples *s, const char *metric, const char *labels)
{
	guint32 place = place_of(s, metric, labels);

	g_assert_cmpuint(place, !=, G_MAXUINT32);
	return samples_metric(s, metric)->values[place];
}

static void
identity(void)
{
	struct samples *s = samples_new();

	samples_set(s, "m", 1, 10, "host", "a", "container", "x", NULL);
	samples_set(s, "m", 2, 11, "container", "x", "host", "a", "~line", "hello", NULL);
	samples_set(s, "m", 3, 12, "container", "x", "host", "b", NULL);
	samples_set(s, "m", 4, 12, "container", "", "host", "b", "org", NULL, NULL);
	samples_set(s, "m", 5, 13, NULL);
	samples_set(s, "n", 6, 13, "host", "b", NULL);
	g_assert_cmpuint(samples_metric(s, "m")->count, ==, 4);
	g_assert_cmpfloat(value_of(s, "m", "container=\"x\",host=\"a\""), ==, 2);
	g_assert_cmpfloat(value_of(s, "m", "container=\"x\",host=\"b\""), ==, 3);
	g_assert_cmpfloat(value_of(s, "m", "host=\"b\""), ==, 4);
	g_assert_cmpfloat(value_of(s, "m", ""), ==, 5);
	g_assert_cmpfloat(value_of(s, "n", "host=\"b\""), ==, 6);
	g_assert_cmpstr(samples_metric(s, "m")->notes[0], ==, "line=\"hello\"");
	g_assert_null(samples_metric(s, "other"));
	samples_free(s);
}

static void
unsafe_values(void)
{
	struct samples *s = samples_new();

	samples_set(s, "m", 1, 10, "host", "a\x1b[31m\"b\\", "~line", "evil\n\xff", NULL);
	g_assert_cmpfloat(value_of(s, "m", "host=\"a\\\"b\\\\\""), ==, 1);
	g_assert_cmpstr(samples_metric(s, "m")->notes[0], ==, "line=\"evil\u240a\ufffd\"");
	samples_free(s);
}

static void
unknown(void)
{
	struct samples *s = samples_new();

	samples_set(s, "m", 1, 10, "host", "a", NULL);
	samples_unknown(s, "m", "timed\x1b[2J out", 20, "host", "a", NULL);
	g_assert_true(isnan(value_of(s, "m", "host=\"a\"")));
	g_assert_cmpstr(samples_metric(s, "m")->why[0], ==, "timed out");
	samples_set(s, "m", 0, 30, "host", "a", NULL);
	g_assert_cmpfloat(value_of(s, "m", "host=\"a\""), ==, 0);
	g_assert_null(samples_metric(s, "m")->why[0]);
	samples_free(s);
}

static void
set_some(struct samples *s, guint from, guint to, gint64 at_us)
{
	for (guint i = from; i < to; i++) {
		g_autofree char *name = g_strdup_printf("c%u", i);
		samples_set(s, "m", i, at_us, "container", name, "~n", name, NULL);
	}
}

/* What is swept away leaves the others as they were, in their order, and its number to another. */
static void
sweep(void)
{
	struct samples *s = samples_new();
	guint64 change;

	set_some(s, 0, 10, 1);
	g_assert_false(samples_metric(s, "m")->swept);
	samples_begin(s, "m");
	set_some(s, 5, 10, 2);
	set_some(s, 2, 3, 2);
	change = samples_metric(s, "m")->change;
	samples_sweep(s, "m");
	g_assert_cmpuint(samples_metric(s, "m")->change, !=, change);
	g_assert_true(samples_metric(s, "m")->swept);
	g_assert_cmpuint(samples_metric(s, "m")->count, ==, 6);
	for (guint i = 0; i < 10; i++) {
		g_autofree char *labels = g_strdup_printf("container=\"c%u\"", i), *notes = g_strdup_printf("n=\"c%u\"", i);
		guint32 place = place_of(s, "m", labels);
		if (i < 5 && i != 2) {
			g_assert_cmpuint(place, ==, G_MAXUINT32);
			continue;
		}
		g_assert_cmpuint(place, ==, i == 2 ? 0 : i - 4);
		g_assert_cmpfloat(value_of(s, "m", labels), ==, i);
		g_assert_cmpstr(samples_metric(s, "m")->notes[place], ==, notes);
	}
	change = samples_metric(s, "m")->change;
	samples_begin(s, "m");
	set_some(s, 2, 3, 3);
	set_some(s, 5, 10, 3);
	samples_sweep(s, "m");
	g_assert_cmpuint(samples_metric(s, "m")->change, ==, change);
	set_some(s, 0, 10, 4);
	g_assert_cmpuint(samples_metric(s, "m")->count, ==, 10);
	g_assert_cmpuint(label_sets_end(s->sets), ==, 11);
	for (guint i = 0; i < 10; i++) {
		g_autofree char *labels = g_strdup_printf("container=\"c%u\"", i);
		g_assert_cmpfloat(value_of(s, "m", labels), ==, i);
	}
	samples_free(s);
}

static void
bounds(void)
{
	struct samples *s = samples_new();

	set_some(s, 0, SAMPLES_MOST + 7, 1);
	g_assert_cmpuint(samples_metric(s, "m")->count, ==, SAMPLES_MOST);
	g_assert_cmpuint(samples_left_out(s), ==, 7);
	set_some(s, 3, 4, 2); /* one that is there goes on */
	g_assert_cmpuint(samples_left_out(s), ==, 7);
	samples_set(s, "n", 1, 1, "a", "1", "b", "1", "c", "1", "d", "1", "e", "1", "f", "1", "g", "1", "h", "1", "i", "1", "j", "1", "k", "1", "l", "1", "m", "1",
	            "n", "1", "o", "1", "p", "1", "q", "1", NULL);
	g_assert_cmpuint(samples_left_out(s), ==, 8);
	samples_free(s);
}

static void
labels_text(void)
{
	g_autofree char *tidy = labels_tidy(" host = \"b\" , container=\"a\\\"x\" "), *twice = labels_tidy("a=\"1\",a=\"2\""), *none = labels_tidy("");
	g_autofree char *value = labels_value(tidy, "container"), *missing = labels_value(tidy, "hos");

	g_assert_cmpstr(tidy, ==, "container=\"a\\\"x\",host=\"b\"");
	g_assert_cmpstr(value, ==, "a\"x");
	g_assert_null(missing);
	g_assert_cmpstr(twice, ==, "a=\"1\"");
	g_assert_cmpstr(none, ==, "");
	g_assert_null(labels_tidy("host"));
	g_assert_null(labels_tidy("host=\"b\","));
	g_assert_null(labels_tidy("host=b"));
	g_assert_null(labels_tidy("host=\"b"));
	g_assert_null(labels_tidy("1host=\"b\""));
	g_assert_null(labels_tidy("host=\"b\" container=\"x\""));
	g_assert_true(labels_include(tidy, NULL));
	g_assert_true(labels_include(tidy, ""));
	g_assert_true(labels_include(tidy, "host=\"b\""));
	g_assert_true(labels_include(tidy, "host=\"b\",container=\"a\\\"x\""));
	g_assert_false(labels_include(tidy, "host=\"c\""));
	g_assert_false(labels_include(tidy, "org=\"b\""));
	g_assert_false(labels_include(tidy, "nonsense"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/samples/identity", identity);
	g_test_add_func("/samples/unsafe-values", unsafe_values);
	g_test_add_func("/samples/unknown", unknown);
	g_test_add_func("/samples/sweep", sweep);
	g_test_add_func("/samples/bounds", bounds);
	g_test_add_func("/samples/labels-text", labels_text);
	return g_test_run();
}
