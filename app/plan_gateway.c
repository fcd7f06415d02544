/* Plans for gateways: the restart of a few, and the rolling restart of many. */
#include "app/plan.h"

#include <string.h>

#include "app/gateway_sight.h"
#include "app/work_gateway.h"
#include "model/fleet_sight.h"
#include "tui/text.h"

#define NAMES_SHOWN 6
#define PAUSE_S 10

/* --- why not --- */

static gboolean
refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
refuse(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error)
		*error = g_error_new_valist(g_quark_from_static_string("midwatch-plan"), 0, format, args);
	va_end(args);
	return FALSE;
}

static gboolean
may_change(const struct fleet *f, GError **error)
{
	return !f->readonly || refuse(error, "the configuration says that the fleet is read-only");
}

/* --- what is said --- */

/* "gw1, gw2 and 3 more", newly allocated. */
static char *
names_of(const GPtrArray *names)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < names->len && i < NAMES_SHOWN; i++)
		g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
	if (names->len > NAMES_SHOWN)
		g_string_append_printf(out, " and %u more", names->len - NAMES_SHOWN);
	return g_string_free(out, FALSE);
}

/* "active since 13h, 2 errors, the last: …", newly allocated. */
static char *
state_words(const struct gateway *g)
{
	const struct gateway_report *r = &g->report;
	GString *out = g_string_new(NULL);
	char text[32];

	if (!datum_known(&g->datum))
		return g_string_free(g_string_append(out, "its state is not known"), FALSE);
	g_string_append(out, unit_state_name(r->unit));
	if (r->since_s >= 0) {
		text_duration(r->since_s, text, sizeof text);
		g_string_append_printf(out, " since %s", text);
	}
	if (r->restarts > 0)
		g_string_append_printf(out, ", restarted %" G_GINT64_FORMAT " time%s by systemd", r->restarts, r->restarts == 1 ? "" : "s");
	if (r->errors < 0)
		g_string_append(out, ", its errors are not known");
	else if (r->errors > 0)
		g_string_append_printf(out, ", %s%" G_GINT64_FORMAT " error%s", r->errors_least ? "at least " : "", r->errors, r->errors == 1 ? "" : "s");
	if (g->datum.state == DATUM_STALE) {
		text_age(datum_age_s(&g->datum, g_get_monotonic_time()), text, sizeof text);
		g_string_append_printf(out, "; as known %s ago", text);
	}
	return g_string_free(out, FALSE);
}

static void
add_loss(struct plan *p, guint count)
{
	plan_line(p, "Loses: live views and connections through %s, and what is only in memory, until it is active again. The journal stays.",
	          count == 1 ? "it" : "each");
	plan_line(p, "Evidence first: the last 10,000 lines of the journal, systemctl show and status are saved here.");
}

/* --- who can be acted on --- */

/* A gateway that can be acted on; NULL with why not (static). */
static struct machine *
reached(const struct fleet_watch *w, const struct gateway *g, const char **why)
{
	struct machine *m = g ? fleet_watch_machine(w, g->host->name) : NULL;

	*why = !g ? "it is not in the list any more" : !m ? "it is not reached by SSH" : m->host->link.state != LINK_UP ? "it is not connected now" : NULL;
	return *why ? NULL : m;
}

/* It is connected only in turn, and was reached when it was: a rolling restart connects it. */
static gboolean
rests(const struct fleet_watch *w, const struct gateway *g)
{
	return g && fleet_watch_machine(w, g->host->name) && g->host->link.state == LINK_IDLE && g->datum.state == DATUM_OK;
}

/* --- a few --- */

struct plan *
plan_gateways(const struct fleet *f, const struct fleet_watch *w, const GPtrArray *targets, GError **error)
{
	g_autofree char *command = work_gateway_command(f->unit);
	const char *why = "nothing is selected";
	const struct machine *last = NULL;
	struct plan *p;

	if (!may_change(f, error))
		return NULL;
	p = plan_new("restart");
	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		const struct gateway *g = fleet_gateway(f, t->host);
		struct machine *m = reached(w, g, &why);
		g_autofree char *state = m ? state_words(g) : NULL;
		if (!m) {
			plan_line(p, "Left out: %s: %s", t->host, why);
			continue;
		}
		g_ptr_array_add(p->works, work_gateway_new(m, f->unit));
		last = m;
		plan_line(p, "%s: %s", t->host, state);
		if (g->report.last_error)
			plan_line(p, "  its last error: %s", g->report.last_error);
	}
	if (p->works->len == 0) {
		refuse(error, "%s", why);
		plan_free(p);
		return NULL;
	}
	if (p->works->len == 1)
		plan_request_line(p, command, last->host);
	else
		plan_line(p, "Each: %s   via its own ssh", command);
	add_loss(p, p->works->len);
	p->snapshots = TRUE;
	plan_settle(p, "Restart", "gateways");
	return p;
}

/* --- snapshots --- */

struct plan *
plan_gateway_snapshots(const struct fleet *f, const struct fleet_watch *w, const GPtrArray *targets, GError **error)
{
	struct plan *p = plan_new("save");
	const char *why = "nothing is selected";

	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		struct machine *m = reached(w, fleet_gateway(f, t->host), &why);
		if (m)
			g_ptr_array_add(p->works, work_gateway_snapshot_new(m, f->unit));
		else
			plan_line(p, "Left out: %s: %s", t->host, why);
	}
	if (p->works->len == 0) {
		refuse(error, "%s", why);
		plan_free(p);
		return NULL;
	}
	plan_line(p, "The last 10,000 lines of the journal, systemctl show and status of each are saved here. Nothing is changed over there.");
	p->confirm = p->works->len < PLAN_COUNT_FROM ? PLAN_ASKS_NOTHING : PLAN_ASKS_KEY;
	plan_settle(p, "Snapshot of", "gateways");
	return p;
}

/* --- many --- */

const char *
plan_rollout_batch(const struct config_rolling *c)
{
	return c && c->batch ? c->batch : "1";
}

/* Targets by what can be done with them. */
struct choice {
	GPtrArray *well, *troubled;   /* of struct gateway */
	GPtrArray *unreached, *offline, *unseen, *unread; /* of char *, borrowed: names */
	gboolean listed;              /* the order of the list is kept */
};

static gint
by_name(gconstpointer a, gconstpointer b)
{
	const struct gateway *const *left = a, *const *right = b;

	return strcmp((*left)->host->name, (*right)->host->name);
}

static gboolean
is_troubled(const struct gateway *g)
{
	return g->report.unit != UNIT_ACTIVE || g->report.errors > 0;
}

static void
choose(struct choice *c, const struct fleet *f, const struct fleet_watch *w, const struct action_target *t, gint64 now_us)
{
	const struct gateway *g = fleet_gateway(f, t->host);
	enum presence presence;
	const char *why;

	if (!reached(w, g, &why) && !rests(w, g)) {
		g_ptr_array_add(c->unreached, t->host);
		return;
	}
	presence = fleet_presence(f, g, now_us);
	if (presence == PRESENCE_OFFLINE)
		g_ptr_array_add(c->offline, t->host);
	else if (presence == PRESENCE_UNKNOWN)
		g_ptr_array_add(c->unseen, t->host);
	else if (g->report.errors < 0)
		g_ptr_array_add(c->unread, t->host);
	else
		g_ptr_array_add(!c->listed && is_troubled(g) ? c->troubled : c->well, (gpointer)g);
}

static void
choice_clear(struct choice *c)
{
	g_ptr_array_unref(c->well);
	g_ptr_array_unref(c->troubled);
	g_ptr_array_unref(c->unreached);
	g_ptr_array_unref(c->offline);
	g_ptr_array_unref(c->unseen);
	g_ptr_array_unref(c->unread);
}

static struct choice
choose_all(const struct fleet *f, const struct fleet_watch *w, const GPtrArray *targets, gboolean listed)
{
	struct choice c = {
		.well = g_ptr_array_new(), .troubled = g_ptr_array_new(), .unreached = g_ptr_array_new(), .offline = g_ptr_array_new(), .unseen = g_ptr_array_new(),
		.unread = g_ptr_array_new(), .listed = listed,
	};
	gint64 now_us = g_get_monotonic_time();

	for (guint i = 0; i < targets->len; i++)
		choose(&c, f, w, targets->pdata[i], now_us);
	if (!listed) {
		g_ptr_array_sort(c.well, by_name);
		g_ptr_array_sort(c.troubled, by_name);
	}
	return c;
}

static void
add_names(GPtrArray *names, const GPtrArray *gateways)
{
	for (guint i = 0; i < gateways->len; i++)
		g_ptr_array_add(names, g_strdup(((const struct gateway *)gateways->pdata[i])->host->name));
}

static void
add_left_out(struct plan *p, const GPtrArray *names, const char *why)
{
	g_autofree char *words = names_of(names);

	if (names->len > 0)
		plan_line(p, "Left out: %u %s: %s", names->len, why, words);
}

/* "10% listed" */
static gboolean
take_batch(const char *text, char **batch, gboolean *listed, GError **error)
{
	g_auto(GStrv) words = NULL;
	g_autofree char *clean = g_strstrip(g_strdup(text));
	const char *order;

	words = g_strsplit_set(clean, " \t", 2);
	order = words[0] && words[1] ? g_strstrip(words[1]) : "name";
	*listed = strcmp(order, "listed") == 0;
	if (!*listed && strcmp(order, "name") != 0)
		return refuse(error, "\"%s\" is no order: name, or listed", order);
	*batch = g_strdup(words[0] ? words[0] : "");
	return TRUE;
}

static gboolean
take_settings(const struct config_rolling *c, const char *batch, guint count, struct rollout_settings *s, GError **error)
{
	*s = (struct rollout_settings){
		.batch = rollout_batch_size(batch, count, error), .budget = c && c->budget ? MAX(*c->budget, 1) : 1, .pause_s = c && c->pause ? *c->pause : PAUSE_S,
		.gate_s = c && c->gate ? *c->gate : ROLLOUT_GATE_S, .quiet_s = c && c->quiet ? *c->quiet : ROLLOUT_QUIET_S,
	};
	if (s->batch == 0)
		return FALSE;
	if (s->quiet_s < s->gate_s)
		return TRUE;
	return refuse(error, "fleet.rolling: none can be quiet for %u s within %u s: gate has to be longer than quiet", s->quiet_s, s->gate_s);
}

static void
add_settings(struct plan *p, const struct rollout_settings *s, guint count)
{
	guint batches = (count + s->batch - 1) / s->batch;
	g_autofree char *apart = batches > 1 ? g_strdup_printf(", %u s apart", s->pause_s) : g_strdup("");

	plan_line(p, "%u gateway%s in %u batch%s of %u%s; each must be active, online and quiet for %u s within %u s; stops after %u failure%s.", count,
	          count == 1 ? "" : "s", batches, batches == 1 ? "" : "es", s->batch, apart, s->quiet_s, s->gate_s, s->budget, s->budget == 1 ? "" : "s");
}

static void
add_order(struct plan *p, const struct choice *c)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *troubled = NULL;

	add_names(names, c->troubled);
	troubled = names_of(names);
	if (c->listed)
		plan_line(p, "Order: as listed.");
	else if (names->len > 0)
		plan_line(p, "Order: by name; those that are not active or have errors come last (%u: %s).", names->len, troubled);
	else
		plan_line(p, "Order: by name; none has errors, which would come last.");
}

/* What the audit log keeps: settings, command, and the order of all. */
static char *
order_words(const struct plan *p, const char *command, const GPtrArray *gateways)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s\n%s\n%s", command, (const char *)p->lines->pdata[0], (const char *)p->lines->pdata[1]);
	for (guint i = 0; i < gateways->len; i++)
		g_string_append_printf(out, "%s%s", i == 0 ? "\n" : " ", (const char *)gateways->pdata[i]);
	return g_string_free(out, FALSE);
}

static void
describe(struct plan *p, const struct fleet *f, const struct choice *c)
{
	struct rollout_order *o = p->rollout;
	g_autofree char *command = work_gateway_command(f->unit), *first = names_of(o->gateways);
	struct rollout *whole = rollout_new(&o->settings, (const char *const *)o->gateways->pdata, o->gateways->len, 1);
	char longest[32];

	text_duration(rollout_longest_s(whole), longest, sizeof longest);
	rollout_free(whole);
	add_settings(p, &o->settings, o->gateways->len);
	add_order(p, c);
	o->words = order_words(p, command, o->gateways);
	plan_line(p, "%s: %s", o->gateways->len > NAMES_SHOWN ? "First" : "These", first);
	add_left_out(p, c->unreached, "not reached");
	add_left_out(p, c->offline, "not online now");
	add_left_out(p, c->unseen, "of which it is not known whether they are online");
	add_left_out(p, c->unread, "whose journal is not read, so that they could not show that they are quiet");
	plan_line(p, "Each: %s", command);
	plan_line(p, "Online is judged by %s.", fleet_view_words(f));
	add_loss(p, 2);
	plan_line(p, "A mute of these gateways is open as long as it runs: %s at the longest, as long as restarts themselves do not hang.", longest);
	plan_line(p, "It needs midwatch: when that ends, the rolling restart is interrupted, and never goes on by itself.");
}

struct plan *
plan_rollout(const struct fleet *f, const struct fleet_watch *w, const struct config_rolling *c, const GPtrArray *targets, const char *batch, GError **error)
{
	g_autofree char *size = NULL;
	struct rollout_settings settings;
	struct choice choice;
	struct plan *p = NULL;
	gboolean listed;
	guint count;

	if (!may_change(f, error) || !take_batch(batch ? batch : plan_rollout_batch(c), &size, &listed, error))
		return NULL;
	choice = choose_all(f, w, targets, listed);
	count = choice.well->len + choice.troubled->len;
	if (count == 0) {
		refuse(error, "none of them is reached, online and has a journal that is read now");
	} else if (take_settings(c, size, count, &settings, error)) {
		p = plan_new("restart");
		p->rollout = g_new0(struct rollout_order, 1);
		p->rollout->settings = settings;
		p->rollout->gateways = g_ptr_array_new_with_free_func(g_free);
		add_names(p->rollout->gateways, choice.well);
		add_names(p->rollout->gateways, choice.troubled);
		describe(p, f, &choice);
		p->title = g_strdup_printf("Rolling restart of %u gateway%s", count, count == 1 ? "" : "s");
		p->confirm = count >= PLAN_COUNT_FROM ? PLAN_ASKS_COUNT : PLAN_ASKS_KEY;
		p->word = count >= PLAN_COUNT_FROM ? g_strdup_printf("%u", count) : NULL;
	}
	choice_clear(&choice);
	return p;
}
