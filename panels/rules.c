/* The Rules panel: which rules fire, which wait, what is not known of them, and what follows from each. */
#include <string.h>

#include "panels/rules_private.h"

static struct panel *create(const struct panel_context *context)
{
	struct rules_view *v = g_new0(struct rules_view, 1);

	list_init(&v->list, &rules_list_class, context);
	v->rows = g_array_new(FALSE, FALSE, sizeof(struct rules_line));
	v->words = g_string_chunk_new(4096);
	v->labels = g_string_new(NULL);
	v->asked = g_ptr_array_new_with_free_func(g_free);
	return (struct panel *)v;
}

static void destroy(struct panel *panel)
{
	struct rules_view *v = (struct rules_view *)panel;

	list_clear(&v->list);
	g_array_unref(v->rows);
	g_string_chunk_free(v->words);
	g_string_free(v->labels, TRUE);
	g_ptr_array_unref(v->asked);
	g_free(v->target);
	g_free(v);
}

/* Whether people are told: one line, always there. */
static int draw_told(const struct world *w, const struct canvas *c, int y)
{
	gboolean quiet = w->rules && w->rules_quiet;
	enum role role = w->rules_trouble ? ROLE_CRIT : quiet ? ROLE_WARN : ROLE_DIM;
	enum glyph g = w->rules_trouble ? GLYPH_CRIT : quiet ? GLYPH_WARN : GLYPH_OK;

	if (!w->rules)
		return 0;
	canvas_text(c, y, 1, 1, role == ROLE_DIM ? ROLE_OK : role, glyph(g));
	canvas_printf(c, y, 3, role, "%s%s", w->rules_trouble ? "" : quiet ? "nobody is told from here: " : "people are told of what pages",
	              w->rules_trouble ? w->rules_trouble : quiet ? w->rules_quiet : "");
	return 1;
}

static void draw(struct panel *panel, const struct canvas *c)
{
	struct list *l = (struct list *)panel;
	int y = 1;

	rules_collect(l);
	if (!l->details.full) {
		list_draw_chips(l, c, y++);
		y += draw_told(l->context.world, c, y);
	}
	list_draw_body(l, c, y);
	list_draw_title(l, c);
	rules_release(l);
}

static gboolean selected(const struct rules_view *v, struct rules_line *r)
{
	return rules_line_find(&v->list, table_selected(v->list.table), r);
}

/* --- going to what it is about --- */

static char *label_of(const struct rules_line *r, const char *name)
{
	return r->alert ? alert_label(r->alert, name) : NULL;
}

static void open_panel(struct rules_view *v, const char *id, const char *host, const char *object)
{
	list_request(&v->list, &(struct request){ .kind = REQUEST_OPEN_PANEL, .text = id, .host = host, .object = object });
}

static gboolean is_fleet(const struct rules_line *r)
{
	return r->rule && (g_strcmp0(r->rule->scope, "fleet") == 0 || g_str_has_prefix(r->rule->name, "gateway"));
}

static void go(struct rules_view *v, const struct rules_line *r)
{
	g_autofree char *gateway = label_of(r, "gateway"), *container = label_of(r, "container"), *job = label_of(r, "job"), *host = label_of(r, "host");

	if (gateway || (is_fleet(r) && v->list.context.world->fleet))
		open_panel(v, "gateways", gateway, gateway);
	else if (host && container)
		open_panel(v, "containers", host, container);
	else if (host && job)
		open_panel(v, "cron", host, job);
	else if (host)
		open_panel(v, "score", host, NULL);
	else
		panel_notice(&v->list.context, "no panel shows what this is about");
}

/* --- commands --- */

static void unsilence(struct rules_view *v)
{
	struct rules_line r;

	if (selected(v, &r) && r.alert && r.alert->silence)
		list_request(&v->list, &(struct request){ .kind = REQUEST_UNSILENCE, .number = r.alert->silence });
}

static void copy(struct rules_view *v)
{
	g_autoptr(GPtrArray) keys = list_chosen(&v->list);
	g_autoptr(GString) text = g_string_new(NULL);
	struct rules_line r;

	for (guint i = 0; i < keys->len; i++) {
		g_autofree char *then = NULL;
		if (!rules_line_find(&v->list, keys->pdata[i], &r))
			continue;
		then = rules_consequence(&v->list, &r);
		g_string_append_printf(text, "%s%s  %s  %s  %s", text->len ? "\n" : "", r.foreign ? r.foreign->name : r.rule->name,
		                       r.foreign ? r.foreign->labels : r.alert ? r.alert->labels : "", rules_state_words(&r), then);
	}
	list_request(&v->list, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}

static gboolean act(struct panel *panel, enum action command)
{
	struct rules_view *v = (struct rules_view *)panel;
	struct rules_line r;

	switch (command) {
	case ACT_RULE_SILENCE: rules_ask_silence(v); break;
	case ACT_RULE_UNSILENCE: unsilence(v); break;
	case ACT_RULE_MANUAL: rules_ask_manual(v); break;
	case ACT_RULE_GO:
		if (selected(v, &r))
			go(v, &r);
		break;
	case ACT_COPY: copy(v); break;
	default: return list_act(&v->list, command);
	}
	return TRUE;
}

static gboolean can_change(const struct rules_view *v, enum action command, const char **why)
{
	struct rules_line r;

	*why = "midwatch is locked read-only";
	if (v->list.context.world->readonly)
		return FALSE;
	*why = "no rule is selected";
	if (!selected(v, &r))
		return FALSE;
	switch (command) {
	case ACT_RULE_UNSILENCE:
		*why = r.foreign ? "the Alertmanager's silences are ended there" : "it is not silenced";
		return r.alert && r.alert->silence != 0;
	case ACT_RULE_MANUAL:
		*why = "an input tells this rule: the form is for those that only a person can tell";
		return r.rule && r.rule->manual;
	default:
		*why = "it is silenced already";
		return !rules_is_silenced(&r);
	}
}

static gboolean can(struct panel *panel, enum action command, const char **why)
{
	const struct rules_view *v = (const struct rules_view *)panel;

	switch (command) {
	case ACT_RULE_SILENCE: case ACT_RULE_UNSILENCE: case ACT_RULE_MANUAL:
		return can_change(v, command, why);
	case ACT_RULE_GO:
		return list_can_with_row(&v->list, why);
	default:
		return list_can(&v->list, command, why);
	}
}

static void answer(struct panel *panel, enum action command, const char *text, gboolean final)
{
	struct rules_view *v = (struct rules_view *)panel;

	if (command == ACT_FILTER)
		list_answer(panel, command, text, final);
	else if (final)
		rules_answered(v, command, text);
}

static enum role badge(struct panel *panel, char *out, gsize size)
{
	const struct world *w = ((const struct list *)panel)->context.world;
	const GPtrArray *alerts = w->rules ? rules_alerts(w->rules) : NULL;
	guint crit = 0, warn = 0;

	for (guint i = 0; alerts && i < alerts->len; i++) {
		const struct alert *a = alerts->pdata[i];
		if (!alert_is_on(a) || alert_is_held(a))
			continue;
		crit += a->rule->severity >= RULE_CRIT;
		warn += a->rule->severity == RULE_WARN;
	}
	return list_badge(crit, warn, out, size);
}

const struct panel_class rules_panel = {
	.id = "rules", .title = "Rules", .scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_DETAILS | SCOPE_RULES,
	.create = create, .destroy = destroy, .draw = draw, .act = act, .can = can, .answer = answer, .select = list_select, .mouse = list_mouse,
	.badge = badge,
};
