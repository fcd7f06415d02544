/* The sheets of a checklist: whom to tell when it stops, and its end before its end. */
#include "app/console_private.h"

void
overlays_escalate(struct console *c)
{
	const struct sheet_choice choices[] = { { 'c', "copy the text" }, { 'p', "page" } };
	const char *whom = c->walk ? walk_run(c->walk)->checklist->escalate : NULL, *why;
	g_autofree char *title = g_strdup_printf("Escalate to %s", whom ? whom : "on-call"), *pages = console_run_pages(c, &why), *text = NULL, *all = NULL;
	g_auto(GStrv) lines = NULL;

	if (!c->walk)
		return;
	text = console_run_escalation(c);
	all = pages ? g_strdup_printf("%s\n\nCan be paged: %s.", text, pages) : g_strdup_printf("%s\n\nNo page from here: %s.", text, why);
	lines = g_strsplit(all, "\n", -1);
	overlays_sheet(c, SHEET_FOR_ESCALATE, title, (const char *const *)lines, choices, pages ? 2 : 1);
}

/* A page wakes somebody: it is asked once more, with whom. */
void
overlays_page(struct console *c)
{
	static const struct sheet_choice choices[] = { { 'y', "send the page" } };
	const char *why;
	g_autofree char *pages = console_run_pages(c, &why), *text = console_run_escalation(c), *all = NULL;
	g_auto(GStrv) lines = NULL;

	if (!pages) {
		console_notice(c, "nobody was paged: %s", why);
		return;
	}
	all = g_strdup_printf("It goes to %s at once:\n\n%s\n\nOne page a run: sent again it is the same. It stands in the audit log.", pages, text);
	lines = g_strsplit(all, "\n", -1);
	overlays_sheet(c, SHEET_FOR_PAGE, "Send a page?", (const char *const *)lines, choices, G_N_ELEMENTS(choices));
}

void
overlays_abandon(struct console *c)
{
	static const struct sheet_choice choices[] = { { 'f', "end it with its report" }, { 'y', "abandon" } };
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	const struct check_run *r = console_run_is_under_way(c) ? walk_run(c->walk) : NULL;

	if (!r)
		return;
	g_ptr_array_add(lines, g_strdup_printf("%s, %u of %u steps looked at: %s", r->checklist->title, r->steps->len - run_count(r, VERDICT_NONE),
	                                       r->steps->len, run_state_name(r->state)));
	g_ptr_array_add(lines, g_strdup("It ends here and cannot be resumed. What was seen is kept, with a verdict unless it is abandoned."));
	if (run_needs_report(r) && !r->report)
		g_ptr_array_add(lines, g_strdup("Its report is mandatory, and not written yet."));
	g_ptr_array_add(lines, NULL);
	overlays_sheet(c, SHEET_FOR_ABANDON, "End the run before its end?", (const char *const *)lines->pdata, choices, G_N_ELEMENTS(choices));
}
