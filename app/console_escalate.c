/* Whom to tell of a run that must not go on, and what: shown, copied, or sent as a page. */
#include "app/console_private.h"

char *
console_run_escalation(const struct console *c)
{
	return run_escalation(walk_run(c->walk), config_env(c->config));
}

char *
console_run_pages(const struct console *c, const char **why)
{
	*why = "no rules are evaluated";
	return c->rules ? rules_run_pages(c->rules, why) : NULL;
}

static void
on_paged(void *user, const char *text)
{
	console_notice(user, "%s", text);
}

/* One key a run: who is paged twice of it sees one incident. */
static void
send_page(struct console *c)
{
	const struct check_run *r = walk_run(c->walk);
	const char *env = config_env(c->config);
	g_autofree char *text = console_run_escalation(c), *number = g_strdup_printf("run %" G_GINT64_FORMAT " of %s", r->number, r->checklist->name);
	g_autofree char *run = g_strdup_printf("%" G_GINT64_FORMAT, r->number != 0 ? r->number : r->begun_us);
	g_autofree char *key = g_strdup_printf("midwatch/%s/%s/%s", env, r->checklist->name, run);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *summary = g_strdup_printf("[%s] %s", env, lines[0]);

	console_notice(c, "paging");
	rules_run_page(c->rules, &(struct rules_page){ .action = "checklist.page", .target = number, .key = key, .summary = summary,
	               .component = r->checklist->name, .details = (const char *const *)lines + 1 }, on_paged, c);
}

void
console_escalate_answered(struct console *c, enum sheet_purpose purpose, int key)
{
	if (!c->walk)
		return;
	if (purpose == SHEET_FOR_ESCALATE && key == 'c') {
		g_autofree char *text = console_run_escalation(c);
		console_request(c, &(struct request){ .kind = REQUEST_COPY, .text = text });
	} else if (purpose == SHEET_FOR_ESCALATE && key == 'p') {
		overlays_page(c);
	} else if (purpose == SHEET_FOR_PAGE && key == 'y' && c->rules) {
		send_page(c);
	}
}
