/* Prints the key tables of the manual from the action table, as man(7) source: the page cannot differ from the program. */
#include <stdio.h>

#include "panels/actions.h"

static void
print_escaped(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\'')
			fputs("\\(aq", stdout);
		else if (*text == '^')
			fputs("\\(ha", stdout);
		else if (*text == '~')
			fputs("\\(ti", stdout);
		else
			putchar(*text);
	}
}

static void
print_section(const char *title, guint scopes, guint without)
{
	printf(".SS %s\n", title);
	for (guint i = 0; i < ACT_COUNT; i++) {
		if (!(actions[i].scopes & scopes) || (actions[i].scopes & without))
			continue;
		fputs(".TP\n.B \"", stdout);
		print_escaped(*actions[i].keys ? actions[i].keys : ":");
		fputs("\"\n", stdout);
		print_escaped(actions[i].help);
		fputs(" (\\fI", stdout);
		print_escaped(actions[i].id);
		fputs("\\fP)\n", stdout);
	}
}

int
main(void)
{
	print_section("Everywhere", SCOPE_EVERYWHERE, 0);
	print_section("Moving", SCOPE_LIST, SCOPE_EVERYWHERE);
	print_section("Tables", SCOPE_TABLE, SCOPE_EVERYWHERE);
	print_section("Score", SCOPE_SCORE, SCOPE_EVERYWHERE);
	print_section("Containers", SCOPE_CONTAINERS | SCOPE_DETAILS, SCOPE_EVERYWHERE | SCOPE_SCORE);
	print_section("Cron", SCOPE_CRON, SCOPE_EVERYWHERE | SCOPE_SCORE | SCOPE_CONTAINERS);
	print_section("Models", SCOPE_MODELS, SCOPE_EVERYWHERE | SCOPE_SCORE | SCOPE_CONTAINERS);
	print_section("Gateways", SCOPE_GATEWAYS, SCOPE_EVERYWHERE | SCOPE_SCORE | SCOPE_CONTAINERS);
	print_section("Checklist", SCOPE_CHECKLIST, SCOPE_EVERYWHERE | SCOPE_CONTAINERS);
	print_section("Rules", SCOPE_RULES, SCOPE_EVERYWHERE | SCOPE_CONTAINERS);
	print_section("Activity", SCOPE_ACTIVITY, SCOPE_EVERYWHERE);
	print_section("Logs", SCOPE_LOGS, SCOPE_EVERYWHERE | SCOPE_CONTAINERS);
	return 0;
}
