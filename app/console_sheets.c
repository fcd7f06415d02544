/* The sheets: what is asked before something happens. */
#include "app/console_private.h"

#define OPERATIONS_SHOWN 8 /* of those that are under way */

static void ask_override(struct console *c, const struct operation *o, gboolean typed);

static void
answer_override(struct console *c, int key)
{
	const struct operation *o = world_operation(c->world, c->over.operation);

	if (key == 'g')
		executor_override(c->executor, c->over.operation, NULL);
	else if (key == 'o' && c->world->readonly)
		console_notice(c, "midwatch is locked read-only: unlock it, or give up");
	else if (key == 'o' && o && o->stage == OPERATION_BLOCKED) {
		ask_override(c, o, TRUE);
		overlays_prompt(c, PROMPT_FOR_OVERRIDE, "why without evidence: ", "");
	}
}

static void
sheet_answered(void *user, int key)
{
	struct console *c = user;
	struct machine *m = console_machine(c, c->over.host);

	c->over.sheet_done = TRUE;
	switch (c->over.sheet_purpose) {
	case SHEET_FOR_HOST_KEY:
		if (m && m->host->link.question == LINK_ASKS_HOST_KEY && key != 0)
			link_answer_host_key(m->link, key == 'y');
		break;
	case SHEET_FOR_PLAN:
		console_plan_answered(c, key);
		break;
	case SHEET_FOR_OVERRIDE:
		answer_override(c, key);
		break;
	case SHEET_FOR_UNLOCK:
		c->world->readonly = key != 'y';
		break;
	case SHEET_FOR_LET_GO:
		if (key == 'y')
			executor_let_go(c->executor, c->over.operation);
		break;
	case SHEET_FOR_QUIT:
		if (key == 'q')
			g_main_loop_quit(c->loop);
		break;
	case SHEET_FOR_RESUME: case SHEET_FOR_ABORT:
		console_rollout_answered(c, c->over.sheet_purpose, key);
		break;
	case SHEET_FOR_ESCALATE: case SHEET_FOR_PAGE:
		console_escalate_answered(c, c->over.sheet_purpose, key);
		break;
	case SHEET_FOR_ABANDON:
		console_run_answered(c, key);
		break;
	case SHEET_FOR_FORM:
		console_form_answered(c, key);
		break;
	}
	world_changed(c->world);
}

void
overlays_sheet(struct console *c, enum sheet_purpose purpose, const char *title, const char *const *lines, const struct sheet_choice *choices, guint count)
{
	static const struct sheet_events events = { sheet_answered };

	g_clear_pointer(&c->over.old_sheet, sheet_free);
	c->over.old_sheet = c->over.sheet; /* it may be the one that is being answered */
	c->over.sheet_done = FALSE;
	c->over.sheet_purpose = purpose;
	c->over.sheet = sheet_new(title, lines, choices, count, &events, c);
}

static void
ask_host_key(struct console *c, const struct host *h)
{
	static const struct sheet_choice choices[] = { { 'y', "accept and store" }, { 'n', "refuse" } };
	g_autofree char *title = g_strdup_printf("New host key of %s", h->name);
	const char *lines[] = {
		h->link.address ? h->link.address : h->name, h->link.question_text, "",
		"This key is not in known_hosts. Compare the fingerprint with one that you got another way (the host's console, a colleague).",
		"Accepting adds one line to known_hosts. A key that changes later is always refused.", NULL,
	};

	overlays_sheet(c, SHEET_FOR_HOST_KEY, title, lines, choices, G_N_ELEMENTS(choices));
}

/* About an action whose evidence could not be saved; at last while it is typed why it goes on all the same. */
static void
ask_override(struct console *c, const struct operation *o, gboolean typed)
{
	static const struct sheet_choice choices[] = { { 'g', "give up" }, { 'o', "go on without evidence" }, { 27, "decide later" } };
	static const struct sheet_choice while_typed[] = { { '\r', "go on without evidence" }, { 27, "decide later" } };
	g_autofree char *title = g_strdup_printf("No evidence of %s on %s", o->target ? o->target : o->title, o->host);
	g_autofree char *what = g_strdup_printf("The %s waits, because its evidence could not be saved:", o->title);
	const char *lines[] = {
		what, o->result, "", "What it knows now, its log above all, may be lost by the action. Going on needs a reason, which is kept in the audit log.", NULL,
	};

	c->over.operation = o->number;
	if (typed)
		overlays_sheet(c, SHEET_FOR_OVERRIDE, title, lines, while_typed, G_N_ELEMENTS(while_typed));
	else
		overlays_sheet(c, SHEET_FOR_OVERRIDE, title, lines, choices, G_N_ELEMENTS(choices));
}

static const struct operation *
operation_that_asks(const struct console *c)
{
	for (guint i = 0; i < c->world->operations->len; i++)
		if (((const struct operation *)c->world->operations->pdata[i])->stage == OPERATION_BLOCKED)
			return c->world->operations->pdata[i];
	return NULL;
}

static const struct host *
host_that_asks(const struct console *c)
{
	for (guint i = 0; i < c->world->hosts->len; i++)
		if (((const struct host *)c->world->hosts->pdata[i])->link.question != LINK_ASKS_NOTHING)
			return c->world->hosts->pdata[i];
	for (guint i = 0; c->world->fleet && i < c->world->fleet->gateways->len; i++) {
		const struct host *h = ((const struct gateway *)c->world->fleet->gateways->pdata[i])->host;
		if (h->link.question != LINK_ASKS_NOTHING)
			return h;
	}
	return NULL;
}

gboolean
overlays_asked(const struct console *c)
{
	return operation_that_asks(c) || host_that_asks(c);
}

static void
ask_for_host(struct console *c, const struct host *h)
{
	g_autofree char *label = NULL;

	g_free(c->over.host);
	c->over.host = g_strdup(h->name);
	if (h->link.question == LINK_ASKS_HOST_KEY) {
		ask_host_key(c, h);
	} else {
		label = g_strdup_printf("passphrase of %s for %s: ", h->link.question_text, h->name);
		overlays_prompt(c, PROMPT_FOR_PASSPHRASE, label, "");
	}
}

void
overlays_answer(struct console *c)
{
	const struct operation *o = operation_that_asks(c);
	const struct host *h = host_that_asks(c);

	if (o)
		ask_override(c, o, FALSE);
	else if (h)
		ask_for_host(c, h);
	else
		console_notice(c, "nothing is asked");
}

static void
open_plan(struct console *c, const struct sheet_choice *choices, guint count)
{
	const struct plan *p = c->plan;
	g_autoptr(GPtrArray) lines = g_ptr_array_new();

	for (guint i = 0; i < p->lines->len; i++)
		g_ptr_array_add(lines, p->lines->pdata[i]);
	g_ptr_array_add(lines, NULL);
	overlays_sheet(c, SHEET_FOR_PLAN, p->title, (const char *const *)lines->pdata, choices, count);
}

void
overlays_plan(struct console *c)
{
	const struct plan *p = c->plan;
	g_autofree char *verb = p->word ? g_strdup_printf("%s (then type %s)", p->verb, p->word) : g_strdup(p->verb);
	const struct sheet_choice choices[] = { { 'y', verb }, { 's', "snapshot only" } };

	open_plan(c, choices, p->snapshots ? 2 : 1);
}

/* What is about to be done stays in sight while the word is typed that confirms it. */
void
overlays_plan_word(struct console *c, const char *label)
{
	const struct sheet_choice choices[] = { { '\r', c->plan->verb } };

	open_plan(c, choices, G_N_ELEMENTS(choices));
	overlays_prompt(c, PROMPT_FOR_PLAN, label, "");
}

/* The same plan's risk; it is asked once. */
void
overlays_plan_second(struct console *c)
{
	struct plan *p = c->plan;
	g_autofree char *second = g_steal_pointer(&p->second);
	g_autofree char *verb = g_strconcat(p->verb, " all the same", NULL);
	const struct sheet_choice choices[] = { { 'y', verb } };
	const char *lines[] = { second, NULL };

	p->snapshots = FALSE;
	overlays_sheet(c, SHEET_FOR_PLAN, p->title, lines, choices, 1);
}

void
overlays_unlock(struct console *c)
{
	static const struct sheet_choice choices[] = { { 'y', "unlock" } };
	static const char *const lines[] = { "Actions can be run again. Each still asks before it changes something.", NULL };

	overlays_sheet(c, SHEET_FOR_UNLOCK, "Unlock actions", lines, choices, 1);
}

/* Gives how many there are. */
static guint
add_open_operations(const struct console *c, GPtrArray *lines)
{
	guint open = 0;

	for (guint i = 0; i < c->world->operations->len; i++) {
		const struct operation *o = c->world->operations->pdata[i];
		g_autofree char *words = panel_operation(o);
		if (o->stage != OPERATION_DONE && ++open <= OPERATIONS_SHOWN)
			g_ptr_array_add(lines, g_strconcat("  ", words, NULL));
	}
	if (open > OPERATIONS_SHOWN)
		g_ptr_array_add(lines, g_strdup_printf("  … and %u more", open - OPERATIONS_SHOWN));
	return open;
}

/* The run of a checklist that leaving interrupts. */
static void
add_run(const struct console *c, GPtrArray *lines)
{
	const struct check_run *r = walk_run(c->walk);

	g_ptr_array_add(lines, g_strdup_printf("  %s, %u of %u steps looked at: %s", r->checklist->title, r->steps->len - run_count(r, VERDICT_NONE),
	                                       r->steps->len, run_state_name(r->state)));
	if (!c->store) {
		g_ptr_array_add(lines, g_strdup("It is lost: there is no store that keeps it."));
		return;
	}
	g_ptr_array_add(lines, g_strdup("It is interrupted, and can be resumed."));
	g_ptr_array_add(lines, g_strdup("Nobody watches meanwhile."));
}

void
overlays_let_go(struct console *c, guint number)
{
	static const struct sheet_choice choices[] = { { 'y', "stop waiting" } };
	const struct operation *o = world_operation(c->world, number);
	g_autofree char *title = o ? g_strdup_printf("Stop waiting for %s on %s?", o->title, o->host) : NULL;
	const char *lines[] = {
		o ? o->request : NULL, "It is not ended: it goes on over there, and what waits for it here begins beside it.",
		"Its outcome will stand as unknown in the audit log.", NULL,
	};

	if (!o)
		return;
	c->over.operation = number;
	overlays_sheet(c, SHEET_FOR_LET_GO, title, lines, choices, 1);
}

void
overlays_quit(struct console *c)
{
	static const struct sheet_choice choices[] = { { 'q', "leave" } };
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	guint open = add_open_operations(c, lines);
	g_autofree char *title = open > 0 ? g_strdup_printf("Leave while %u action%s under way?", open, open == 1 ? " is" : "s are")
		: g_strdup("Leave while a checklist is walked?");

	if (console_run_is_under_way(c))
		add_run(c, lines);

	if (rollout_run_is_under_way(c->rollout))
		g_ptr_array_add(lines, g_strdup("The rolling restart ends here: what waits for its turn is left out. It is kept as interrupted, and never goes on by itself."));
	if (open > 0)
		g_ptr_array_add(lines, g_strdup("What was sent goes on; what waits is not begun. How it ends will stand as unknown in the audit log."));
	g_ptr_array_add(lines, NULL);
	overlays_sheet(c, SHEET_FOR_QUIT, title, (const char *const *)lines->pdata, choices, 1);
}

/* How far the rolling restart is, and what an answer does. */
static void
open_rollout(struct console *c, enum sheet_purpose purpose, const char *title, const char *effect, const struct sheet_choice *choice)
{
	g_autofree char *words = rollout_words(c->world->fleet->rollout, g_get_monotonic_time());
	const char *lines[] = { words, effect, NULL };

	overlays_sheet(c, purpose, title, lines, choice, 1);
}

void
overlays_resume(struct console *c)
{
	static const struct sheet_choice choice = { 'y', "resume" };

	open_rollout(c, SHEET_FOR_RESUME, "Resume the rolling restart?", "The next restarts begin at once, as the settings say.", &choice);
}

void
overlays_abort(struct console *c)
{
	static const struct sheet_choice choice = { 'y', "abort" };

	open_rollout(c, SHEET_FOR_ABORT, "Abort the rolling restart?", "What is begun is finished and watched; the rest is left out. It cannot be taken up again.",
	             &choice);
}

/* What a person says of a rule may wake another: all of it is shown before. */
void
overlays_form(struct console *c)
{
	const struct sheet_choice choices[] = { { 'y', c->form_is_true ? "say it is so" : "say it is over" } };
	g_autofree char *title = g_strdup_printf("%s: %s", c->form_rule, c->form_is_true ? "it is so" : "it is over");
	g_autofree char *quiet = c->world->rules_quiet ? g_strdup_printf("Nobody is told from here: %s.", c->world->rules_quiet) : NULL;
	const char *lines[] = {
		*c->form_labels ? c->form_labels : "(no labels)", c->form_comment, "",
		c->form_is_true ? "The rule fires from now on, as its severity says, until it is said that it is over. Both stand in the audit log."
			: "The rule ends. This stands in the audit log.",
		quiet, NULL,
	};

	overlays_sheet(c, SHEET_FOR_FORM, title, lines, choices, G_N_ELEMENTS(choices));
}

/* What is about a host, or about all that is unhealthy, is not about the marked rows; a shell is for one. */
static gboolean
is_for_marked(const struct console *c, guint command)
{
	return console_runs(c, command) && command != ACT_SHELL && command != ACT_GATEWAY_SHELL && command != ACT_CLEANUP && command != ACT_RESTART_UNHEALTHY;
}

void
overlays_bulk(struct console *c)
{
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)menu_item_free);

	for (guint i = 0; i < c->commands->count; i++)
		if (is_for_marked(c, i))
			g_ptr_array_add(items, console_menu_item(c, i));
	overlays_menu(c, MENU_FOR_COMMANDS, "For all that is marked", items, FALSE);
}
