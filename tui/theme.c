#include "tui/theme.h"

#include <string.h>
#include <unistd.h>

#include "tui/nearest.h"

#ifndef MIDWATCH_DATADIR
#define MIDWATCH_DATADIR "/usr/local/share/midwatch"
#endif

#define THEME_SUFFIX ".theme"

static const char *const role_names[ROLE_COUNT] = {
	[ROLE_TEXT] = "text",         [ROLE_DIM] = "dim",     [ROLE_ACCENT] = "accent", [ROLE_OK] = "ok",
	[ROLE_WARN] = "warn",         [ROLE_CRIT] = "crit",   [ROLE_UNKNOWN] = "unknown", [ROLE_STALE] = "stale",
	[ROLE_SELECTED] = "selected", [ROLE_MATCH] = "match", [ROLE_FRAME] = "frame",   [ROLE_CHIP] = "chip",
};

static const char *const colour_names[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

static const struct { const char *name; guint bit; } attribute_names[] = {
	{"bold", THEME_BOLD}, {"dim", THEME_DIM}, {"reverse", THEME_REVERSE}, {"underline", THEME_UNDERLINE},
};

const char *theme_role_name(enum role role)
{
	return role_names[role];
}

static gboolean parse_colour(const char *word, int *out)
{
	const char *name = g_str_has_prefix(word, "bright-") ? word + strlen("bright-") : word;
	guint64 number;

	if (g_str_equal(word, "default")) {
		*out = -1;
		return TRUE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(colour_names); i++) {
		if (g_str_equal(name, colour_names[i])) {
			*out = (int)i + (name == word ? 0 : 8);
			return TRUE;
		}
	}
	if (!g_ascii_string_to_unsigned(word, 10, 0, 255, &number, NULL))
		return FALSE;
	*out = (int)number;
	return TRUE;
}

static guint parse_attribute(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(attribute_names); i++)
		if (g_str_equal(word, attribute_names[i].name))
			return attribute_names[i].bit;
	return 0;
}

/* The reason why the value is no style, newly allocated; NULL when it is one. */
static char *parse_style(const char *value, struct theme_style *out)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	guint colours = 0;

	*out = (struct theme_style){-1, -1, 0};
	for (char **word = words; *word; word++) {
		guint attribute = parse_attribute(*word);
		int colour;

		if (**word == '\0')
			continue;
		if (attribute)
			out->attributes |= attribute;
		else if (!parse_colour(*word, &colour))
			return g_strdup_printf("'%s' is no colour and no attribute; take a name like bright-red, a number 0-255, default, bold, "
			                       "dim, reverse or underline", *word);
		else if (colours == 2)
			return g_strdup_printf("'%s' is a third colour; there are only the foreground and the background", *word);
		else if (colours++ == 0)
			out->foreground = colour;
		else
			out->background = colour;
	}
	return NULL;
}

static int find_role(const char *name)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (g_str_equal(name, role_names[i]))
			return i;
	return -1;
}

static gboolean fail(GError **error, const char *origin, const char *key, const char *reason)
{
	g_autofree char *safe = g_strescape(reason, NULL); /* a theme is a file from somewhere */
	g_autofree char *safe_key = g_strescape(key, NULL);

	g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "theme %s: %s: %s", origin, safe_key, safe);
	return FALSE;
}

static gboolean fail_role(GError **error, const char *origin, const char *key)
{
	const char *nearest = NULL;
	guint distance;

	for (guint i = 0; i < ROLE_COUNT; i++)
		nearest_offer(key, role_names[i], &nearest, &distance);
	if (!nearest)
		return fail(error, origin, key, "there is no such role");
	g_autofree char *reason = g_strdup_printf("there is no such role; did you mean '%s'?", nearest);
	return fail(error, origin, key, reason);
}

gboolean theme_parse(const char *text, gsize len, const char *origin, struct theme *out, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) problem = NULL;

	for (guint i = 0; i < ROLE_COUNT; i++)
		out->styles[i] = (struct theme_style){-1, -1, 0};
	if (!g_key_file_load_from_data(file, text, len, G_KEY_FILE_NONE, &problem))
		return fail(error, origin, "not a key file", problem->message);
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	for (char **group = groups; *group; group++)
		if (!g_str_equal(*group, "theme"))
			return fail(error, origin, *group, "there is only one group, [theme]");
	g_auto(GStrv) keys = g_key_file_get_keys(file, "theme", NULL, NULL);
	if (!keys)
		return fail(error, origin, "[theme]", "the group is missing");
	for (char **key = keys; *key; key++) {
		g_autofree char *value = g_key_file_get_value(file, "theme", *key, NULL);
		int role = find_role(*key);

		if (role < 0)
			return fail_role(error, origin, *key);
		g_autofree char *reason = parse_style(value ? value : "", &out->styles[role]);
		if (reason)
			return fail(error, origin, *key, reason);
	}
	return TRUE;
}

/* The directories with themes, first one first: of char*. */
static GPtrArray *theme_directories(void)
{
	GPtrArray *directories = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

	g_ptr_array_add(directories, g_build_filename(g_get_user_config_dir(), "midwatch", "themes", NULL));
	g_ptr_array_add(directories, g_build_filename(MIDWATCH_DATADIR, "themes", NULL));
	if (program) { /* built in the source tree, or in a directory of it */
		g_autofree char *beside = g_path_get_dirname(program);
		g_ptr_array_add(directories, g_build_filename(beside, "themes", NULL));
		g_ptr_array_add(directories, g_build_filename(beside, "..", "themes", NULL));
	}
	return directories;
}

/* The path of a theme that is given by its name, newly allocated; NULL when there is none. */
static char *find_theme(const char *name)
{
	g_autoptr(GPtrArray) directories = theme_directories();
	g_autofree char *file = g_strconcat(name, THEME_SUFFIX, NULL);

	for (guint i = 0; i < directories->len; i++) {
		g_autofree char *path = g_build_filename(directories->pdata[i], file, NULL);
		if (access(path, R_OK) == 0)
			return g_steal_pointer(&path);
	}
	return NULL;
}

static gboolean fail_name(GError **error, const char *name)
{
	g_autoptr(GPtrArray) names = theme_names();
	g_autofree char *safe = g_strescape(name, NULL);
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "there is no theme '%s'; there are: %s (or give the path of a file)", safe, list->str);
	g_string_free(list, TRUE);
	return FALSE;
}

gboolean theme_load(const char *name_or_path, struct theme *out, GError **error)
{
	g_autofree char *text = NULL, *path = NULL;
	gsize len;

	if (!name_or_path)
		return theme_parse(theme_dark_text, strlen(theme_dark_text), "dark (built in)", out, error);
	path = strchr(name_or_path, '/') ? g_strdup(name_or_path) : find_theme(name_or_path);
	if (!path && g_str_equal(name_or_path, "dark"))
		return theme_load(NULL, out, error);
	if (!path)
		return fail_name(error, name_or_path);
	if (!g_file_get_contents(path, &text, &len, error)) {
		g_prefix_error(error, "theme: ");
		return FALSE;
	}
	return theme_parse(text, len, path, out, error);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *theme_names(void)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) directories = theme_directories();

	g_ptr_array_add(names, g_strdup("dark"));
	for (guint i = 0; i < directories->len; i++) {
		g_autoptr(GDir) directory = g_dir_open(directories->pdata[i], 0, NULL);
		const char *file;
		while (directory && (file = g_dir_read_name(directory))) {
			g_autofree char *name = g_strndup(file, strlen(file) - MIN(strlen(file), strlen(THEME_SUFFIX)));
			if (g_str_has_suffix(file, THEME_SUFFIX) && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
				g_ptr_array_add(names, g_steal_pointer(&name));
		}
	}
	g_ptr_array_sort(names, compare_names);
	return names;
}
