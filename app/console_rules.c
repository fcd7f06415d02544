/* The paging rules in the console: they run from its start to its end; silences and forms are asked for by the Rules panel. */
#include "app/console_private.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen.h"

static void
tell_problems(struct console *c, const GPtrArray *problems)
{
	g_autofree char *text = problems->len > 0 ? config_problem_text(problems->pdata[0]) : NULL;

	if (text)
		console_notice(c, "%u fault%s in rules: %s", problems->len, problems->len == 1 ? "" : "s", text);
}

void
console_rules_start(struct console *c)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	const struct rules_run_settings s = { .config = c->config, .world = c->world, .http = c->http, .machines = c->machines, .tell = TRUE };

	c->rules = rules_run_new(&s, problems);
	tell_problems(c, problems);
	rules_run_start(c->rules, c->store);
}

void
console_rules_tick(struct console *c)
{
	if (c->rules)
		rules_run_tick(c->rules);
}

void
console_rules_end(struct console *c)
{
	g_clear_pointer(&c->rules, rules_run_free);
	g_clear_pointer(&c->form_rule, g_free);
	g_clear_pointer(&c->form_labels, g_free);
	g_clear_pointer(&c->form_comment, g_free);
}

/* --- silences --- */

/* Also after the console was left: where the screen is gone, the terminal is told. */
static void
said(void *user, const char *text)
{
	if (screen_is_open())
		console_notice(user, "%s", text);
	else
		fprintf(stderr, "midwatch: %s\n", text);
}

static void
silence(struct console *c, const struct request *r)
{
	g_autoptr(GError) error = NULL;

	if (rules_run_silence(c->rules, r->object, r->labels, r->seconds, r->text, &error))
		console_notice(c, "%s is silenced; it stands in the audit log", r->object);
	else
		console_notice(c, "not silenced: %s", error->message);
}

static void
unsilence(struct console *c, gint64 number)
{
	g_autoptr(GError) error = NULL;

	if (rules_run_unsilence(c->rules, number, &error))
		console_notice(c, "the silence is ended");
	else
		console_notice(c, "still silenced: %s", error->message);
}

/* --- the form --- */

static void
ask_form(struct console *c, const struct request *r)
{
	g_free(c->form_rule);
	g_free(c->form_labels);
	g_free(c->form_comment);
	c->form_rule = g_strdup(r->object);
	c->form_labels = g_strdup(r->labels ? r->labels : "");
	c->form_comment = g_strdup(r->text);
	c->form_is_true = r->is_true;
	overlays_form(c);
}

void
console_form_answered(struct console *c, int key)
{
	g_autoptr(GError) error = NULL;

	if (key != 'y' || !c->rules || !c->form_rule || c->world->readonly)
		return;
	if (rules_run_manual(c->rules, c->form_rule, c->form_labels, c->form_is_true, c->form_comment, &error))
		console_notice(c, "%s: said that %s", c->form_rule, c->form_is_true ? "it is so" : "it is so no more");
	else
		console_notice(c, "nothing was said: %s", error->message);
}

gboolean
console_rules_request(struct console *c, const struct request *r)
{
	gboolean ours = r->kind == REQUEST_SILENCE || r->kind == REQUEST_SILENCE_FOREIGN || r->kind == REQUEST_UNSILENCE || r->kind == REQUEST_MANUAL;

	if (!ours)
		return FALSE;
	if (!c->rules || c->world->readonly) {
		console_notice(c, c->rules ? "midwatch is locked read-only" : "no rules are evaluated");
		return TRUE;
	}
	switch (r->kind) {
	case REQUEST_SILENCE: silence(c, r); break;
	case REQUEST_SILENCE_FOREIGN: rules_run_silence_foreign(c->rules, r->object, r->seconds, r->text, said, c); break;
	case REQUEST_UNSILENCE: unsilence(c, r->number); break;
	default: ask_form(c, r); break;
	}
	return TRUE;
}
