#include "app/options.h"

#include <string.h>

static gboolean
pick_subcommand(struct options *o, char **words, GError **error)
{
	static const struct { const char *name; enum subcommand run; } subcommands[] = { { "doctor", RUN_DOCTOR }, { "audit", RUN_AUDIT } };
	const char *first = words ? words[0] : NULL;

	if (!first)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(subcommands) && !words[1]; i++)
		if (strcmp(first, subcommands[i].name) == 0) {
			o->run = subcommands[i].run;
			return TRUE;
		}
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "\"%s\" is not a subcommand; there are: doctor, audit", words[1] ? words[1] : first);
	return FALSE;
}

/* What only one subcommand knows is an error beside the others. */
static gboolean
check_audit_options(const struct options *o, GError **error)
{
	if (o->run == RUN_AUDIT || (!o->since && !o->store && !o->verify))
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--since, --store and --verify belong to: midwatch audit");
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
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "doctor, audit: print JSON", NULL },
		{ "since", 0, 0, G_OPTION_ARG_STRING, &o->since, "audit: only what began later (30m, 2h, 7d, 2026-11-22T01:00Z)", "TIME" },
		{ "verify", 0, 0, G_OPTION_ARG_NONE, &o->verify, "audit: check that nobody changed the log", NULL },
		{ "store", 0, 0, G_OPTION_ARG_FILENAME, &o->store, "audit: read FILE, a copy of store.db with store.db.head beside it", "FILE" },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL },
		{ 0 }
	};
	GOptionContext *context = g_option_context_new("[doctor|audit]");

	g_option_context_set_summary(context, "midwatch: a terminal operations console for the person who holds the pager.\n"
	                                      "Without a configuration it watches the machine it runs on.");
	g_option_context_add_main_entries(context, entries, NULL);
	ok = g_option_context_parse(context, &argc, &argv, error) && pick_subcommand(o, words, error) && check_audit_options(o, error);
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
	g_free(o->since);
	g_free(o->store);
}
