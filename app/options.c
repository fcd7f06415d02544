#include "app/options.h"

#include <string.h>

#define OF(run) (1u << (run))
#define EVERYWHERE (~0u)

/* Subcommands, and how many words may follow. */
static const struct { const char *name; enum subcommand run; guint words; } subcommands[] = {
	{ "doctor", RUN_DOCTOR, 0 },
	{ "audit", RUN_AUDIT, 0 },
	{ "check", RUN_CHECK, 1 },
	{ "score", RUN_SCORE, 0 },
	{ "rules", RUN_RULES, 0 },
	{ "notify", RUN_NOTIFY, 100 },
};

/* An option, and the subcommands that know it. */
struct known { GOptionEntry entry; guint of; };

static char *
list_subcommands(const char *before, guint of)
{
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(subcommands); i++)
		if (of & OF(subcommands[i].run))
			g_string_append_printf(list, "%s%s%s", list->len ? ", " : "", before, subcommands[i].name);
	return g_string_free(list, FALSE);
}

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
refuse(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error)
		*error = g_error_new_valist(G_OPTION_ERROR, G_OPTION_ERROR_FAILED, format, args);
	va_end(args);
	return FALSE;
}

static gboolean
pick_subcommand(struct options *o, char **words, GError **error)
{
	g_autofree char *all = list_subcommands("", EVERYWHERE);
	const char *first = words ? words[0] : NULL;

	if (!first)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(subcommands); i++) {
		if (strcmp(first, subcommands[i].name) != 0)
			continue;
		if (g_strv_length(words) > 1 + subcommands[i].words)
			return refuse(error, "\"%s\" is one word too many for: midwatch %s", words[1 + subcommands[i].words], first);
		o->run = subcommands[i].run;
		o->checklist = g_strdup(words[1]);
		o->words = g_strdupv(words + 1);
		return TRUE;
	}
	return refuse(error, "\"%s\" is not a subcommand; there are: %s", first, all);
}

static gboolean
is_given(const GOptionEntry *e)
{
	return e->arg == G_OPTION_ARG_NONE ? *(gboolean *)e->arg_data : *(void **)e->arg_data != NULL;
}

/* What only some subcommands know is an error beside the others. */
static gboolean
check_belonging(enum subcommand run, const struct known *known, guint count, GError **error)
{
	for (guint i = 0; i < count; i++) {
		g_autofree char *who = NULL;
		if ((known[i].of & OF(run)) || !is_given(&known[i].entry))
			continue;
		who = list_subcommands("midwatch ", known[i].of);
		return refuse(error, "--%s belongs to: %s", known[i].entry.long_name, who);
	}
	return TRUE;
}

/* `json` belongs to those that print. */
#define PRINTS (OF(RUN_DOCTOR) | OF(RUN_AUDIT) | OF(RUN_CHECK) | OF(RUN_SCORE) | OF(RUN_RULES) | OF(RUN_NOTIFY))

/* What tells people, or refuses to in a drill. */
#define DRILLS (OF(RUN_CONSOLE) | OF(RUN_CHECK) | OF(RUN_RULES) | OF(RUN_NOTIFY))

gboolean
options_parse(struct options *o, int argc, char **argv, GError **error)
{
	g_auto(GStrv) words = NULL;
	gboolean version = FALSE, check = FALSE, ok;
	const struct known known[] = {
		{ { "config", 'c', 0, G_OPTION_ARG_FILENAME, &o->config, "Read FILE instead of ~/.config/midwatch/config.yml", "FILE" }, EVERYWHERE },
		{ { "check-config", 0, 0, G_OPTION_ARG_NONE, &check, "Print every fault of the configuration and exit", NULL }, EVERYWHERE },
		{ { "readonly", 0, 0, G_OPTION_ARG_NONE, &o->readonly, "Disable every action that changes something", NULL }, EVERYWHERE },
		{ { "drill", 0, 0, G_OPTION_ARG_NONE, &o->drill, "For practice: evaluate and show everything, tell nobody", NULL }, DRILLS },
		{ { "theme", 0, 0, G_OPTION_ARG_STRING, &o->theme, "Use a theme: dark, light, sixteen, or a file", "NAME" }, EVERYWHERE },
		{ { "no-color", 0, 0, G_OPTION_ARG_NONE, &o->no_colour, "Draw without colours (as NO_COLOR does)", NULL }, EVERYWHERE },
		{ { "ascii", 0, 0, G_OPTION_ARG_NONE, &o->ascii, "Draw with ASCII characters only", NULL }, EVERYWHERE },
		{ { "no-mouse", 0, 0, G_OPTION_ARG_NONE, &o->no_mouse, "Leave the mouse to the terminal", NULL }, EVERYWHERE },
		{ { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "doctor, audit, check, score, rules, notify: print JSON", NULL }, PRINTS },
		{ { "since", 0, 0, G_OPTION_ARG_STRING, &o->since, "audit: only what began later (30m, 2h, 7d, 2026-11-22T01:00Z)", "TIME" }, OF(RUN_AUDIT) },
		{ { "verify", 0, 0, G_OPTION_ARG_NONE, &o->verify, "audit: check that nobody changed the log", NULL }, OF(RUN_AUDIT) },
		{ { "store", 0, 0, G_OPTION_ARG_FILENAME, &o->store, "audit: read FILE, a copy of store.db with store.db.head beside it", "FILE" }, OF(RUN_AUDIT) },
		{ { "watch", 0, 0, G_OPTION_ARG_STRING, &o->watch, "check, rules: keep looking for so long (30m, 90s, 2h)", "SPAN" }, OF(RUN_CHECK) | OF(RUN_RULES) },
		{ { "expect-version", 0, 0, G_OPTION_ARG_STRING, &o->expect_version, "check: the version that has to run", "SHA" }, OF(RUN_CHECK) },
		{ { "touches", 0, 0, G_OPTION_ARG_STRING, &o->touches, "check: what the deploy touches, by commas (auth,live view)", "LIST" }, OF(RUN_CHECK) },
		{ { "answer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->answers, "check: answer a question: STEP[/CHECK]=pass|fail|skip[:NOTE]", "ANSWER" }, OF(RUN_CHECK) },
		{ { "report", 0, 0, G_OPTION_ARG_FILENAME, &o->report, "check: write the report into DIR", "DIR" }, OF(RUN_CHECK) },
		{ { "junit", 0, 0, G_OPTION_ARG_NONE, &o->junit, "check: print JUnit XML", NULL }, OF(RUN_CHECK) },
		{ { "resume", 0, 0, G_OPTION_ARG_NONE, &o->resume, "check: go on with the run that was interrupted last", NULL }, OF(RUN_CHECK) },
		{ { "notify", 0, 0, G_OPTION_ARG_NONE, &o->notify, "rules: tell people of what fires", NULL }, OF(RUN_RULES) },
		{ { "host", 0, 0, G_OPTION_ARG_STRING, &o->host, "score: of this host alone", "NAME" }, OF(RUN_SCORE) },
		{ { "test", 0, 0, G_OPTION_ARG_NONE, &o->test, "notify: send one harmless message to each notifier, or to those that are named", NULL }, OF(RUN_NOTIFY) },
		{ { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL }, EVERYWHERE },
		{ { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL }, EVERYWHERE },
	};
	GOptionEntry entries[G_N_ELEMENTS(known) + 1] = { 0 };
	GOptionContext *context = g_option_context_new("[doctor|audit|check [CHECKLIST]|score|rules|notify [NAME…]]");

	for (guint i = 0; i < G_N_ELEMENTS(known); i++)
		entries[i] = known[i].entry;
	g_option_context_set_summary(context, "midwatch: a terminal operations console for the person who holds the pager.\n"
	                                      "Without a configuration it watches the machine it runs on.");
	g_option_context_add_main_entries(context, entries, NULL);
	ok = g_option_context_parse(context, &argc, &argv, error) && pick_subcommand(o, words, error)
	     && check_belonging(o->run, known, G_N_ELEMENTS(known), error);
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
	g_free(o->checklist);
	g_free(o->watch);
	g_free(o->host);
	g_free(o->expect_version);
	g_free(o->report);
	g_free(o->touches);
	g_strfreev(o->answers);
	g_strfreev(o->words);
}
