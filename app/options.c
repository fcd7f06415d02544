#include "app/options.h"

#include <string.h>

static gboolean
pick_subcommand(struct options *o, char **words, GError **error)
{
	const char *first = words ? words[0] : NULL;

	if (!first)
		return TRUE;
	if (strcmp(first, "doctor") == 0 && !words[1]) {
		o->run = RUN_DOCTOR;
		return TRUE;
	}
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "\"%s\" is not a subcommand; there is: doctor", words[1] ? words[1] : first);
	return FALSE;
}

gboolean
options_parse(struct options *o, int argc, char **argv, GError **error)
{
	g_auto(GStrv) words = NULL;
	gboolean version = FALSE, check = FALSE, ok;
	const GOptionEntry entries[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &o->config, "Read FILE instead of ~/.config/midwatch/config.yml", "FILE" },
		{ "check-config", 0, 0, G_OPTION_ARG_NONE, &check, "Print every fault of the configuration and exit", NULL },
		{ "readonly", 0, 0, G_OPTION_ARG_NONE, &o->readonly, "Disable every action that changes something", NULL },
		{ "theme", 0, 0, G_OPTION_ARG_STRING, &o->theme, "Use a theme: dark, light, sixteen, or a file", "NAME" },
		{ "no-color", 0, 0, G_OPTION_ARG_NONE, &o->no_colour, "Draw without colours (as NO_COLOR does)", NULL },
		{ "ascii", 0, 0, G_OPTION_ARG_NONE, &o->ascii, "Draw with ASCII characters only", NULL },
		{ "no-mouse", 0, 0, G_OPTION_ARG_NONE, &o->no_mouse, "Leave the mouse to the terminal", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "doctor: print JSON", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL },
		{ 0 }
	};
	GOptionContext *context = g_option_context_new("[doctor]");

	g_option_context_set_summary(context, "midwatch: a terminal operations console for the person who holds the pager.\n"
	                                      "Without a configuration it watches the machine it runs on.");
	g_option_context_add_main_entries(context, entries, NULL);
	ok = g_option_context_parse(context, &argc, &argv, error) && pick_subcommand(o, words, error);
	g_option_context_free(context);
	if (version)
		o->run = RUN_VERSION;
	else if (check)
		o->run = RUN_CHECK_CONFIG;
	return ok;
}

void
options_clear(struct options *o)
{
	g_free(o->config);
	g_free(o->theme);
}
