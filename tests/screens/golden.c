#include "tests/screens/golden.h"

#include "tests/screens/vterm_driver_private.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

static gboolean hash_match(const GMatchInfo *match, GString *out, gpointer user)
{
	g_autofree char *text = g_match_info_fetch(match, 0);

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
		g_string_append_c(out, '#');
	return FALSE;
}

/* Appends a part of the text; its first gap takes the blanks that are missing in its row. */
static void append_part(GString *out, const char *part, gsize length, glong *missing)
{
	for (gsize i = 0; i < length; i++) {
		if (part[i] == '\n')
			*missing = 0;
		for (; *missing > 0 && part[i] == ' ' && i + 1 < length && part[i + 1] == ' '; (*missing)--)
			g_string_append_c(out, ' ');
		g_string_append_c(out, part[i]);
	}
}

static char *mask_lengths(const GRegex *regex, const char *text)
{
	g_autoptr(GMatchInfo) match = NULL;
	GString *out = g_string_new(NULL);
	glong missing = 0;
	int at = 0, start, end;

	for (g_regex_match(regex, text, 0, &match); g_match_info_fetch_pos(match, 0, &start, &end); g_match_info_next(match, NULL)) {
		append_part(out, text + at, (gsize)(start - at), &missing);
		g_string_append_c(out, '#');
		missing += g_utf8_strlen(text + start, end - start) - 1;
		at = end;
	}
	append_part(out, text + at, strlen(text + at), &missing);
	return g_string_free(out, FALSE);
}

static char *mask(char *text, const char *const *masks)
{
	for (; masks != NULL && *masks != NULL; masks++) {
		g_autoptr(GError) error = NULL;
		gboolean lengths = **masks == '~';
		g_autoptr(GRegex) regex = g_regex_new(*masks + lengths, G_REGEX_MULTILINE, 0, &error);
		char *masked = regex == NULL ? NULL : lengths ? mask_lengths(regex, text) : g_regex_replace_eval(regex, text, -1, 0, 0, hash_match, NULL, &error);
		if (masked == NULL)
			g_error("mask %s: %s", *masks, error->message);
		g_free(text);
		text = masked;
	}
	return text;
}

static void show_difference(const char *want, const char *have)
{
	g_auto(GStrv) wanted = g_strsplit(want, "\n", -1);
	g_auto(GStrv) had = g_strsplit(have, "\n", -1);
	guint rows = MAX(g_strv_length(wanted), g_strv_length(had));

	for (guint i = 0; i < rows; i++) {
		const char *w = i < g_strv_length(wanted) ? wanted[i] : "";
		const char *h = i < g_strv_length(had) ? had[i] : "";
		if (!g_str_equal(w, h))
			g_printerr("# row %u\n# want |%s\n# have |%s\n", i, w, h);
	}
}

static void update(struct driver *d, const char *path, const char *const *masks)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *directory = g_path_get_dirname(path);

	driver_settle(d);
	g_autofree char *text = mask(driver_text(d), masks);
	g_mkdir_with_parents(directory, 0755);
	if (!g_file_set_contents(path, text, -1, &error))
		g_error("%s", error->message);
}

void golden_check(struct driver *d, const char *name, const char *const *masks)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = g_strconcat(name, ".txt", NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "screens", "golden", file, NULL);
	g_autofree char *want = NULL;
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	if (g_strcmp0(g_getenv("UPDATE_GOLDEN"), "1") == 0) {
		update(d, path, masks);
		return;
	}
	if (!g_file_get_contents(path, &want, NULL, &error))
		g_error("%s (UPDATE_GOLDEN=1 makes it)", error->message);
	for (;;) {
		g_autofree char *have = mask(driver_text(d), masks);
		if (g_str_equal(want, have))
			return;
		if (g_get_monotonic_time() > deadline || !driver_pump(d, 0.05)) {
			show_difference(want, have);
			driver_fail(d, "the screen does not become the golden text %s", name);
		}
	}
}
