#include "app/console_private.h"

#include <string.h>

#include "app/keep.h"
#include "tui/screen.h"

#define FLEET_WINDOW_US (30 * 60 * (gint64)G_USEC_PER_SEC)

#define UNIT_BACKLOG 100 /* lines of each gateway: there may be hundreds */

guint
console_panel(const struct console *c, const char *id)
{
	for (guint i = 0; i < CONSOLE_PANELS; i++)
		if (g_strcmp0(c->slots[i].class->id, id) == 0)
			return i;
	return c->current;
}

static struct slot *
logs_slot(struct console *c)
{
	return &c->slots[console_panel(c, "logs")];
}

static void
follow_container(struct console *c, const char *host, const char *name)
{
	struct machine *m = console_machine(c, host);
	struct follow_settings s = { .kind = FOLLOW_CONTAINER, .name = name };
	struct slot *logs = logs_slot(c);

	if (!m)
		return;
	machine_follow(m, &s);
	c->journal_offered = TRUE; /* the operator chose: nothing else is followed for want of choice */
	if (&c->slots[c->current] != logs) {
		logs->class->select(logs->panel, NULL, NULL);
		console_show_panel(c, (guint)(logs - c->slots), TRUE);
	}
	logs->class->select(logs->panel, host, name);
}

/* The journals of gateways, among each other: one that is followed already stays what it is. */
static void
follow_units(struct console *c, const char *const *gateways, guint count)
{
	struct follow_settings s = { .kind = FOLLOW_UNIT, .name = c->world->fleet->unit, .backlog_lines = UNIT_BACKLOG };
	struct slot *logs = logs_slot(c);

	logs->class->select(logs->panel, NULL, NULL);
	c->journal_offered = TRUE;
	console_show_panel(c, (guint)(logs - c->slots), TRUE);
	for (guint i = 0; i < count; i++) {
		struct machine *m = fleet_watch_machine(c->fleet, gateways[i]);
		if (!m)
			continue;
		machine_follow(m, &s);
		logs->class->select(logs->panel, m->host->name, s.name);
	}
}

static void
copy_text(struct console *c, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = keep_file("clipboard.txt", text, strlen(text), &error);
	gboolean sent = screen_copy(text);

	if (!path)
		console_notice(c, "%s; not kept in a file: %s", sent ? "copied" : "too long for the clipboard", error->message);
	else
		console_notice(c, "%s; also in %s", sent ? "copied" : "too long for the terminal's clipboard", path);
}

static void
save_text(struct console *c, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = keep_file(name, text, strlen(text), &error);

	if (path)
		console_notice(c, "saved to %s", path);
	else
		console_notice(c, "not saved: %s", error->message);
}

/* A deployment's window: what is online now is what losses are counted against. */
static void
turn_window(struct console *c)
{
	struct fleet *f = c->world->fleet;

	if (!f)
		return;
	if (f->window_us > 0) {
		fleet_window_close(f);
		console_notice(c, "the window is closed: losses are counted against five minutes ago");
	} else {
		fleet_window_open(f, g_get_monotonic_time(), FLEET_WINDOW_US);
		console_notice(c, "the %u gateways that are online now are what losses are counted against, for %d minutes", f->online,
		               (int)(FLEET_WINDOW_US / G_USEC_PER_SEC / 60));
	}
	world_changed(c->world);
}

struct inspect_wait {
	struct console *console;
	guint slot;
	char *id;
};

void
console_inspect_wait_free(gpointer data)
{
	struct inspect_wait *w = data;

	g_free(w->id);
	g_free(w);
}

static void
inspect_done(void *user, const char *text, const char *problem)
{
	struct inspect_wait *w = user;
	struct slot *s = &w->console->slots[w->slot];

	if (s->class->text)
		s->class->text(s->panel, w->id, text, problem);
	world_changed(w->console->world);
	g_ptr_array_remove_fast(w->console->inspections, w);
}

static void
inspect(struct console *c, const char *host, const char *id)
{
	struct machine *m = console_machine(c, host);
	struct inspect_wait *w;

	if (!m)
		return;
	w = g_new0(struct inspect_wait, 1);
	w->console = c;
	w->slot = c->current;
	w->id = g_strdup(id);
	g_ptr_array_add(c->inspections, w);
	docker_inspect_text(m->docker, id, inspect_done, w);
}

static void
open_panel(struct console *c, const struct request *r)
{
	guint index = console_panel(c, r->text);
	struct slot *s = &c->slots[index];

	if (g_strcmp0(s->class->id, r->text) != 0) { /* console_panel() gives the one in front for want of another */
		console_notice(c, "there is no panel \"%s\"", r->text);
		return;
	}
	console_show_panel(c, index, TRUE);
	if (r->host && s->class->select)
		s->class->select(s->panel, r->host, r->object);
}

static const char *
kind_word(enum follow_kind kind)
{
	static const char *const words[] = {
		[FOLLOW_CONTAINER] = "container:", [FOLLOW_UNIT] = "unit:", [FOLLOW_JOURNAL] = "", [FOLLOW_FILE] = "file:",
	};
	return words[kind];
}

static void
add_source(GPtrArray *items, GHashTable *seen, const struct machine *m, enum follow_kind kind, const char *name, const char *hint)
{
	char *id = g_strdup_printf("%s %s%s", m->host->name, kind_word(kind), name);

	if (g_hash_table_add(seen, id))
		g_ptr_array_add(items, menu_item_new(id, id, hint));
}

static const char *
follow_hint(const struct follow *f)
{
	if (follow_state(f) == FOLLOW_LIVE)
		return "followed";
	return follow_problem(f) ? follow_problem(f) : "starting";
}

static void
pick_sources(struct console *c)
{
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)menu_item_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < c->machines->len; i++) {
		struct machine *m = c->machines->pdata[i];
		for (guint j = 0; j < m->follows->len; j++)
			add_source(items, seen, m, follow_kind(m->follows->pdata[j]), follow_name(m->follows->pdata[j]), follow_hint(m->follows->pdata[j]));
		for (guint j = 0; j < m->host->docker.containers->len; j++) {
			const struct container *container = m->host->docker.containers->pdata[j];
			add_source(items, seen, m, FOLLOW_CONTAINER, container->name, container_state_name(container->state));
		}
		add_source(items, seen, m, FOLLOW_JOURNAL, "journal", "the whole journal");
	}
	overlays_menu(c, MENU_FOR_SOURCES, "Follow (Space marks, Enter follows; O follows a unit or file by name)", items, TRUE);
}

void
console_request(void *user, const struct request *r)
{
	struct console *c = user;
	struct machine *m = console_machine(c, r->host);

	if (console_run_request(c, r) || console_rules_request(c, r))
		return;
	switch (r->kind) {
	case REQUEST_FOLLOW_CONTAINER:
		follow_container(c, r->host, r->object);
		break;
	case REQUEST_OPEN_PANEL:
		open_panel(c, r);
		break;
	case REQUEST_PICK_SOURCES:
		pick_sources(c);
		break;
	case REQUEST_INSPECT:
		inspect(c, r->host, r->object);
		break;
	case REQUEST_COPY:
		copy_text(c, r->text);
		break;
	case REQUEST_SAVE:
		save_text(c, r->text, r->object);
		break;
	case REQUEST_PROMPT: case REQUEST_REASON:
		overlays_prompt(c, r->kind == REQUEST_PROMPT ? PROMPT_FOR_PANEL : PROMPT_FOR_REASON, r->text, r->object ? r->object : "");
		c->over.prompt_command = r->command;
		c->over.prompt_panel = c->current;
		break;
	case REQUEST_NOTICE:
		console_notice(c, "%s", r->text);
		break;
	case REQUEST_VISIBLE:
		if (m)
			docker_set_visible(m->docker, r->ids, r->count);
		break;
	case REQUEST_TAKE_BACK:
		executor_take_back(c->executor);
		break;
	case REQUEST_LET_GO:
		overlays_let_go(c, (guint)g_ascii_strtoull(r->object, NULL, 10));
		break;
	case REQUEST_RETRY:
		if (m)
			machine_refresh(m);
		break;
	case REQUEST_WINDOW:
		turn_window(c);
		break;
	case REQUEST_SWEEP:
		fleet_watch_sweep(c->fleet);
		break;
	case REQUEST_SWEEP_CANCEL:
		fleet_watch_sweep_cancel(c->fleet);
		break;
	case REQUEST_FOLLOW_UNITS:
		follow_units(c, r->ids, r->count);
		break;
	default:
		break;
	}
}

static gboolean
anything_followed(const struct console *c)
{
	for (guint i = 0; i < c->machines->len; i++)
		if (((struct machine *)c->machines->pdata[i])->follows->len > 0)
			return TRUE;
	return FALSE;
}

/* With nothing configured, the journal of a local machine is what a newcomer wants to see. */
void
console_follow_default(struct console *c)
{
	struct machine *m = c->machines && c->machines->len > 0 ? c->machines->pdata[0] : NULL;
	struct follow_settings s = { .kind = FOLLOW_JOURNAL, .name = "journal" };

	if (c->journal_offered || !m || !m->host->local || anything_followed(c))
		return;
	c->journal_offered = TRUE;
	machine_follow(m, &s);
}

static gboolean
source_parse(const char *text, struct follow_settings *s)
{
	static const struct { const char *prefix; enum follow_kind kind; } kinds[] = {
		{ "container:", FOLLOW_CONTAINER }, { "unit:", FOLLOW_UNIT }, { "file:", FOLLOW_FILE },
	};

	if (strcmp(text, "journal") == 0) {
		*s = (struct follow_settings){ .kind = FOLLOW_JOURNAL, .name = text };
		return TRUE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_str_has_prefix(text, kinds[i].prefix)) {
			*s = (struct follow_settings){ .kind = kinds[i].kind, .name = text + strlen(kinds[i].prefix) };
			return *s->name && (s->kind != FOLLOW_FILE || *s->name == '/');
		}
	return FALSE;
}

/* The host that a text begins with, and what stands behind its name; names may hold blanks, and one may begin with another. */
static struct machine *
leading_host(const struct console *c, const char *text, const char **rest)
{
	struct machine *found = NULL;
	gsize longest = 0;

	for (guint i = 0; i < c->machines->len; i++) {
		struct machine *m = c->machines->pdata[i];
		gsize len = strlen(m->host->name);
		if (len <= longest || !g_str_has_prefix(text, m->host->name) || text[len] != ' ')
			continue;
		longest = len;
		found = m;
	}
	*rest = text + longest + strspn(text + longest, " ");
	return found;
}

/* "HOST container:NAME"; the host may be left out when there is one. FALSE when it is no source. */
gboolean
console_follow_text(struct console *c, const char *text)
{
	const char *source;
	struct machine *m = leading_host(c, text, &source);
	struct follow_settings s;
	struct slot *logs = logs_slot(c);
	struct follow *f;

	if (!m)
		m = c->machines->len == 1 ? c->machines->pdata[0] : NULL;
	if (!m || !source_parse(source, &s))
		return FALSE;
	f = machine_follow(m, &s);
	c->journal_offered = TRUE;
	console_show_panel(c, (guint)(logs - c->slots), TRUE);
	logs->class->select(logs->panel, m->host->name, follow_name(f));
	return TRUE;
}
