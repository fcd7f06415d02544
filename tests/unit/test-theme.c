/* Theme files: the format, its errors, and that the shipped ones can be read by eyes. */
#include "tui/theme.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tui/palette.h"

static const char *const shipped[] = {"dark", "light", "sixteen"};

static char *shipped_path(const char *name)
{
	g_autofree char *file = g_strconcat(name, ".theme", NULL);

	return g_test_build_filename(G_TEST_DIST, "..", "..", "themes", file, NULL);
}

static void test_styles(void)
{
	static const char text[] = "# a comment\n[theme]\nok = green\nwarn=214  default bold underline\ncrit = bright-red 52\nselected = reverse\n";
	g_autoptr(GError) error = NULL;
	struct theme theme;

	theme_parse(text, strlen(text), "x", &theme, &error);
	g_assert_no_error(error);
	g_assert_cmpint(theme.styles[ROLE_OK].foreground, ==, 2);
	g_assert_cmpint(theme.styles[ROLE_OK].background, ==, -1);
	g_assert_cmpint(theme.styles[ROLE_WARN].foreground, ==, 214);
	g_assert_cmpuint(theme.styles[ROLE_WARN].attributes, ==, THEME_BOLD | THEME_UNDERLINE);
	g_assert_cmpint(theme.styles[ROLE_CRIT].foreground, ==, 9);
	g_assert_cmpint(theme.styles[ROLE_CRIT].background, ==, 52);
	g_assert_cmpint(theme.styles[ROLE_SELECTED].foreground, ==, -1);
	g_assert_cmpuint(theme.styles[ROLE_SELECTED].attributes, ==, THEME_REVERSE);
	g_assert_cmpint(theme.styles[ROLE_CHIP].foreground, ==, -1); /* not there: the terminal's own */
}

static void test_errors(void)
{
	static const struct { const char *text, *part; } cases[] = {
		{"", "the group is missing"},
		{"ok = green\n", "not a key file"},
		{"[theme]\nnonsense\n", "nonsense"},
		{"[theme]\nok = green\n[more]\nx = y\n", "only one group"},
		{"[theme]\ncirt = red\n", "did you mean 'crit'"},
		{"[theme]\nzzzzzz = red\n", "there is no such role"},
		{"[theme]\nok = grene\n", "'grene' is no colour"},
		{"[theme]\nok = 256\n", "'256' is no colour"},
		{"[theme]\nok = -1\n", "'-1' is no colour"},
		{"[theme]\nok = red blue green\n", "a third colour"},
		{"[theme]\nok = \x1b[2J\n", "\\033[2J"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		struct theme theme;
		g_assert_false(theme_parse(cases[i].text, strlen(cases[i].text), "my.theme", &theme, &error));
		if (!strstr(error->message, cases[i].part) || !strstr(error->message, "my.theme"))
			g_error("'%s' does not say 'my.theme' and '%s'", error->message, cases[i].part);
	}
}

static void test_compiled_in(void)
{
	g_autofree char *path = shipped_path("dark"), *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, theme_dark_text);
}

/* The lighter of two relative luminances against the darker, 1 … 21: WCAG 2, 1.4.3. */
static double contrast(guint a, guint b)
{
	double luminance[2] = {0, 0};
	static const double weights[3] = {0.2126, 0.7152, 0.0722};

	for (int i = 0; i < 6; i++) {
		guint channel = (i < 3 ? a : b) >> (16 - i % 3 * 8) & 0xff;
		double c = channel / 255.;
		luminance[i / 3] += weights[i % 3] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return (MAX(luminance[0], luminance[1]) + 0.05) / (MIN(luminance[0], luminance[1]) + 0.05);
}

static void check_contrast(const char *name, guint text, guint ground)
{
	g_autofree char *path = shipped_path(name);
	g_autoptr(GError) error = NULL;
	struct theme theme;

	theme_load(path, &theme, &error);
	g_assert_no_error(error);
	const struct theme_style *selected = &theme.styles[ROLE_SELECTED];
	for (int i = 0; i < ROLE_COUNT; i++) {
		const struct theme_style *style = &theme.styles[i];
		guint front = style->foreground < 0 ? text : palette_rgb(style->foreground);
		guint back = style->background < 0 ? ground : palette_rgb(style->background);
		g_test_message("%s %s: %.1f", name, theme_role_name(i), contrast(front, back));
		g_assert_cmpfloat(contrast(front, back), >=, 4.5);
		if (style->background < 0)
			g_assert_cmpfloat(contrast(front, palette_rgb(selected->background)), >=, 4.0);
	}
}

static void test_contrast(void)
{
	check_contrast("dark", 0xd0d0d0, 0x000000);
	check_contrast("dark", 0xd0d0d0, 0x1e1e1e);
	check_contrast("light", 0x202020, 0xffffff);
	check_contrast("light", 0x202020, 0xf4f4f4);
}

static void test_roles_differ(void)
{
	for (guint t = 0; t < G_N_ELEMENTS(shipped); t++) {
		g_autofree char *path = shipped_path(shipped[t]);
		g_autoptr(GError) error = NULL;
		struct theme theme;
		theme_load(path, &theme, &error);
		g_assert_no_error(error);
		static const enum role distinct[] = {ROLE_TEXT, ROLE_DIM, ROLE_OK, ROLE_WARN, ROLE_CRIT, ROLE_UNKNOWN, ROLE_SELECTED, ROLE_MATCH};
		for (guint i = 0; i < G_N_ELEMENTS(distinct); i++)
			for (guint j = i + 1; j < G_N_ELEMENTS(distinct); j++)
				g_assert_true(memcmp(&theme.styles[distinct[i]], &theme.styles[distinct[j]], sizeof theme.styles[0]) != 0);
	}
}

static void test_load(void)
{
	g_autofree char *directory = g_dir_make_tmp("theme-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "mine.theme", NULL);
	g_autoptr(GError) error = NULL;
	struct theme theme;

	g_assert_true(theme_load(NULL, &theme, NULL));
	g_assert_true(theme_load("dark", &theme, NULL));
	g_assert_true(g_file_set_contents(path, "[theme]\nok = 7\n", -1, NULL));
	g_assert_true(theme_load(path, &theme, NULL));
	g_assert_cmpint(theme.styles[ROLE_OK].foreground, ==, 7);
	g_assert_false(theme_load("no-such", &theme, &error));
	g_assert_nonnull(strstr(error->message, "there is no theme 'no-such'; there are: "));
	g_assert_nonnull(strstr(error->message, "dark"));
	g_clear_error(&error);
	g_unlink(path);
	g_assert_false(theme_load(path, &theme, &error));
	g_assert_nonnull(strstr(error->message, "mine.theme"));
	g_clear_error(&error);
	g_rmdir(directory);
	g_assert_false(theme_load("/", &theme, &error));
}

static void test_names(void)
{
	g_autoptr(GPtrArray) names = theme_names();

	g_assert_true(g_ptr_array_find_with_equal_func(names, "dark", g_str_equal, NULL));
	for (guint i = 1; i < names->len; i++)
		g_assert_cmpstr(names->pdata[i - 1], <, names->pdata[i]);
}

static void test_fewer_colours(void)
{
	static const struct { int colour, sixteen, eight; } cases[] = {
		{2, 2, 2}, {9, 9, 1}, {8, 8, 7}, {15, 15, 7}, /* the first sixteen stay */
		{196, 9, 1}, {46, 10, 2}, {16, 0, 0}, {231, 7, 7},
		{246, 7, 7},  /* a grey for dim text on a dark ground stays readable: never bright black */
		{241, 8, 0},  /* and one on a light ground */
		{236, 0, 0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpint(palette_nearest(cases[i].colour, 256), ==, cases[i].colour);
		g_assert_cmpint(palette_nearest(cases[i].colour, 16), ==, cases[i].sixteen);
		g_assert_cmpint(palette_nearest(cases[i].colour, 8), ==, cases[i].eight);
	}
	for (int colour = 0; colour < 256; colour++) {
		g_assert_cmpint(palette_nearest(colour, 8), <, 8);
		g_assert_cmpint(palette_nearest(colour, 16), <, 16);
	}
}

/* The colours of state must not fall together where there are few. */
static void test_states_differ_in_few_colours(void)
{
	static const enum role states[] = {ROLE_OK, ROLE_WARN, ROLE_CRIT, ROLE_UNKNOWN};

	for (guint t = 0; t < G_N_ELEMENTS(shipped); t++) {
		g_autofree char *path = shipped_path(shipped[t]);
		struct theme theme;
		g_assert_true(theme_load(path, &theme, NULL));
		for (int colours = 8; colours <= 16; colours += 8)
			for (guint i = 0; i < G_N_ELEMENTS(states); i++)
				for (guint j = i + 1; j < G_N_ELEMENTS(states); j++)
					g_assert_cmpint(palette_nearest(theme.styles[states[i]].foreground, colours), !=,
					                palette_nearest(theme.styles[states[j]].foreground, colours));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/theme/styles", test_styles);
	g_test_add_func("/theme/errors", test_errors);
	g_test_add_func("/theme/compiled-in", test_compiled_in);
	g_test_add_func("/theme/contrast", test_contrast);
	g_test_add_func("/theme/roles-differ", test_roles_differ);
	g_test_add_func("/theme/load", test_load);
	g_test_add_func("/theme/names", test_names);
	g_test_add_func("/theme/fewer-colours", test_fewer_colours);
	g_test_add_func("/theme/states-differ-in-few-colours", test_states_differ_in_few_colours);
	return g_test_run();
}
