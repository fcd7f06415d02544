/* Ranges of host names: what they expand to, and what is refused with the place named. */
#include "model/host_range.h"

#include <string.h>

static void
test_expanded(void)
{
	static const struct { const char *text, *names; } cases[] = {
		{ "gw", "gw" }, { "gw1, gw2 ,gw3", "gw1 gw2 gw3" }, { " pi@gw.example.com ", "pi@gw.example.com" },
		{ "gw[1-3]", "gw1 gw2 gw3" }, { "gw[9-11]", "gw9 gw10 gw11" }, { "gw[08-11]", "gw08 gw09 gw10 gw11" }, { "gw[000-002]", "gw000 gw001 gw002" },
		{ "gw[7-7]", "gw7" }, { "gw[5]", "gw5" }, { "gw[05,5,x]", "gw05 gw5 gwx" },
		{ "gw-[1-3,7]-[a,b]", "gw-1-a gw-1-b gw-2-a gw-2-b gw-3-a gw-3-b gw-7-a gw-7-b" },
		{ "[a-c]", "a b c" }, { "[A-B]x", "Ax Bx" }, { "gw[1-2],gw2,vm[a-b]", "gw1 gw2 gw2 vma vmb" },
		{ "[1,2][3,4]", "13 14 23 24" }, { "gw[lisbon,porto].example", "gwlisbon.example gwporto.example" },
		{ "gw[999999998-999999999]", "gw999999998 gw999999999" }, { "gw-", "gw-" }, { "gw\xc3\xa4[1,2]", "gw\xc3\xa4" "1 gw\xc3\xa4" "2" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_auto(GStrv) names = host_range_expand(cases[i].text, 100, &error);
		g_autofree char *joined = NULL;
		g_assert_no_error(error);
		joined = g_strjoinv(" ", names);
		g_assert_cmpstr(joined, ==, cases[i].names);
	}
}

static void
test_refused(void)
{
	static const struct { const char *text, *message; } cases[] = {
		{ "pi-gw[5-2]", "pi-gw[5-2]: the range runs backwards" }, { "ok,pi-gw[5-2],x", "pi-gw[5-2]: the range runs backwards" },
		{ "[c-a]", "[c-a]: the range runs backwards" }, { "gw[1-101]", "gw[1-101]: more than 100 names" }, { "gw[1-999999999]", "gw[1-999999999]: more than 100 names" },
		{ "a[1-50],b[1-51]", "b[1-51]: more than 100 names" }, { "a[1-100],b", "b: more than 100 names" },
		{ "a[1-11][1-10]", "a[1-11][1-10]: more than 100 names" },
		{ "gw[01-100]", "gw[01-100]: both ends of a range with leading zeros need as many digits" },
		{ "gw[1-010]", "gw[1-010]: both ends of a range with leading zeros need as many digits" },
		{ "gw[1-1000000000]", "gw[1-1000000000]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "gw[a-B]", "gw[a-B]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "gw[1-b]", "gw[1-b]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "gw[1-2-3]", "gw[1-2-3]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "gw[-3]", "gw[-3]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "gw[3-]", "gw[3-]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "gw[]", "gw[]: nothing stands between brackets or commas" }, { "gw[1,,2]", "gw[1,,2]: nothing stands between brackets or commas" },
		{ "gw[1,]", "gw[1,]: nothing stands between brackets or commas" }, { "gw[1-2", "gw[1-2: a bracket is not closed" },
		{ "gw[1-2,x", "gw[1-2,x: a bracket is not closed" }, { "gw1]", "gw1]: a bracket is closed that was not opened" },
		{ "gw[1[2]]", "gw[1[2]]: brackets within brackets" }, { "", ": a name is missing" }, { "a,,b", ": a name is missing" }, { "a,", ": a name is missing" },
		{ "-oProxyCommand=x", "-oProxyCommand=x: a name must not begin with a dash" }, { "[-,a]", "[-,a]: a range is of two numbers of up to 9 digits, or of two letters" },
		{ "ok, -x", "-x: a name must not begin with a dash" }, { "gw 1", "gw 1: a name must not hold blanks or control characters" },
		{ "gw[a b]", "gw[a b]: a name must not hold blanks or control characters" }, { "gw\t1", "gw      1: a name must not hold blanks or control characters" },
		{ "gw\x1b", "gw\xe2\x90\x9b: a name must not hold blanks or control characters" }, { "gw\xff", "gw\xef\xbf\xbd: a name is not in UTF-8" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(host_range_expand(cases[i].text, 100, &error));
		g_assert_nonnull(error);
		g_assert_cmpstr(error->message, ==, cases[i].message);
	}
}

static void
test_bounds(void)
{
	g_autofree char *longest = g_strnfill(253, 'a'), *too_long = g_strnfill(254, 'a'), *grown = g_strconcat(longest, "[1-2]", NULL);
	g_auto(GStrv) all = host_range_expand("gw[00001-10000]", G_MAXUINT, NULL), one = host_range_expand(longest, 1, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(g_strv_length(all), ==, HOST_RANGE_MAX);
	g_assert_cmpstr(all[HOST_RANGE_MAX - 1], ==, "gw10000");
	g_assert_cmpuint(g_strv_length(one), ==, 1);
	g_assert_null(host_range_expand("gw[0-9][0-9][0-9][0-9][0-9]", G_MAXUINT, &error));
	g_assert_cmpstr(error->message, ==, "gw[0-9][0-9][0-9][0-9][0-9]: more than 10000 names");
	g_assert_null(host_range_expand(too_long, 10, NULL));
	g_assert_null(host_range_expand(grown, 10, NULL));
	g_assert_null(host_range_expand("a", 0, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/host-range/expanded", test_expanded);
	g_test_add_func("/host-range/refused", test_refused);
	g_test_add_func("/host-range/bounds", test_bounds);
	return g_test_run();
}
