#include "app/doctor_fleet.h"

#include <string.h>

#include "model/fingerprint.h"

#define NAMES_SHOWN 5

/* Gateways that have the same to tell. */
struct group {
	const char *step;    /* static */
	enum finding finding;
	char *key, *text;    /* owned: what makes them alike, and the words of the first; those are the key when others have other words */
	char *remedy;        /* owned; NULL */
	GPtrArray *names;    /* borrowed */
};

static void
group_free(gpointer data)
{
	struct group *g = data;

	g_free(g->key);
	g_free(g->text);
	g_free(g->remedy);
	g_ptr_array_unref(g->names);
	g_free(g);
}

/* Those whose texts differ in figures and addresses only are one group. */
static void
add_to_group(GPtrArray *groups, const char *step, enum finding finding, const char *words, const char *remedy, const struct gateway *g)
{
	g_autofree char *text = g_str_has_suffix(words, ".") ? g_strndup(words, strlen(words) - 1) : g_strdup(words), *key = fingerprint_fold(text);
	struct group *found = NULL;

	for (guint i = 0; i < groups->len && !found; i++) {
		struct group *other = groups->pdata[i];
		if (g_str_equal(other->step, step) && g_str_equal(other->key, key))
			found = other;
	}
	if (!found) {
		found = g_new0(struct group, 1);
		*found = (struct group){ .step = step, .finding = finding, .text = g_strdup(text), .remedy = g_strdup(remedy), .names = g_ptr_array_new() };
		found->key = g_steal_pointer(&key);
		g_ptr_array_add(groups, found);
	} else if (!g_str_equal(found->text, text)) {
		g_free(found->text);
		found->text = g_strdup(found->key);
	}
	g_ptr_array_add(found->names, g->host->name);
}

/* --- the gateways --- */

static gboolean
is_by_ssh(const struct gateway *g)
{
	return g->origins != 1u << ORIGIN_PROMETHEUS;
}

/* It may rest now: with more gateways than sessions they are connected in turn. */
static gboolean
is_reached(const struct gateway *g)
{
	return g->host->link.state == LINK_UP || g->datum.state == DATUM_OK;
}

static gboolean
gateway_is_settled(const struct doctor_fleet *d, const struct gateway *g)
{
	if (!is_by_ssh(g) || g->datum.state != DATUM_UNKNOWN)
		return TRUE;
	return g->host->link.state != LINK_UP && g_hash_table_contains(d->failures, g->host->name);
}

static void
note_failure(struct doctor_fleet *d, const struct gateway *g)
{
	const struct link_status *l = &g->host->link;
	struct doctor_step *s;

	if ((l->state != LINK_DOWN && l->state != LINK_BLOCKED) || g_hash_table_contains(d->failures, g->host->name))
		return;
	if (l->question == LINK_ASKS_HOST_KEY)
		s = doctor_step_new("host key", FINDING_FAILED, "not in known_hosts", "compare it, then accept it in the console (A), or with ssh");
	else
		s = doctor_step_new(l->step ? l->step : "link", FINDING_FAILED, l->reason ? l->reason : "no answer", l->advice);
	g_hash_table_insert(d->failures, g_strdup(g->host->name), s);
}

static void
look_at_unreached(GPtrArray *groups, const struct doctor_fleet *d, const struct gateway *g)
{
	const struct doctor_step *s = g_hash_table_lookup(d->failures, g->host->name);

	if (s)
		add_to_group(groups, s->name, s->finding, s->text, s->remedy, g);
	else
		add_to_group(groups, "time", FINDING_FAILED, g->host->link.state == LINK_IDLE ? "not tried in time" : "not connected in time",
		             "many gateways at once take long: look at them in the console", g);
}

static void
look_at_reached(GPtrArray *groups, const struct gateway *g, const struct fleet *f)
{
	g_autofree char *missing = g_strdup_printf("there is no unit %s", f->unit);

	if (!datum_known(&g->datum)) {
		add_to_group(groups, "state", FINDING_FAILED, g->datum.error ? g->datum.error : "no answer in time",
		             "log in there by hand and run a command: a login that prints, asks or refuses is in the way", g);
		return;
	}
	if (g->report.unit == UNIT_MISSING)
		add_to_group(groups, "unit", FINDING_FAILED, missing, "is fleet.unit right, and is it installed there?", g);
	if (g->report.errors < 0)
		add_to_group(groups, "journal", FINDING_FAILED, g->report.problem ? g->report.problem : "not readable",
		             "the account needs the group systemd-journal, or sudo without a password", g);
	else if (g->report.problem)
		add_to_group(groups, "state", FINDING_NOTE, g->report.problem, NULL, g);
}

/* "12: Connection refused: gw1, gw2 and 10 more" */
static char *
group_words(const struct group *g)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%u: %s: ", g->names->len, g->text);
	for (guint i = 0; i < g->names->len && i < NAMES_SHOWN; i++)
		g_string_append_printf(out, "%s%s", i ? ", " : "", (const char *)g->names->pdata[i]);
	if (g->names->len > NAMES_SHOWN)
		g_string_append_printf(out, " and %u more", g->names->len - NAMES_SHOWN);
	return g_string_free(out, FALSE);
}

/* The largest first. */
static gint
compare_groups(gconstpointer a, gconstpointer b)
{
	const struct group *x = *(const struct group *const *)a, *y = *(const struct group *const *)b;

	return (x->names->len < y->names->len) - (x->names->len > y->names->len);
}

static void
report_gateways(struct doctor_fleet *d, const struct fleet *f)
{
	g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);
	g_autofree char *reached = NULL, *others = NULL;
	guint without = 0;

	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		without += !is_by_ssh(g);
		if (!is_by_ssh(g))
			continue;
		d->gateways++;
		if (!is_reached(g)) {
			look_at_unreached(groups, d, g);
			continue;
		}
		d->reached++;
		look_at_reached(groups, g, f);
	}
	reached = g_strdup_printf("%u of %u reached", d->reached, d->gateways);
	others = g_strdup_printf("%u that only Prometheus lists %s not reached by SSH", without, without == 1 ? "is" : "are");
	doctor_host_add(d->findings, "gateways", d->reached < d->gateways ? FINDING_FAILED : d->gateways > 0 ? FINDING_OK : FINDING_NOTE, reached, NULL);
	if (without > 0)
		doctor_host_add(d->findings, "gateways", FINDING_NOTE, others, NULL);
	g_ptr_array_sort(groups, compare_groups);
	for (guint i = 0; i < groups->len; i++) {
		const struct group *g = groups->pdata[i];
		g_autofree char *words = group_words(g);
		doctor_host_add(d->findings, g->step, g->finding, words, g->remedy);
	}
}

/* --- the sources --- */

static const char *
remedy_of(enum gateway_origin o)
{
	static const char *const remedies[ORIGIN_COUNT] = {
		[ORIGIN_SSH_CONFIG] = "can the ssh configuration and what it includes be read, and do the patterns of ssh_hosts match a name in it?",
		[ORIGIN_TAILSCALE] = "is tailscaled running here, and is fleet.tailscale.socket right?",
		[ORIGIN_INVENTORY] = "are url, token, items and name of fleet.inventory right? curl shows what the server answers",
		[ORIGIN_PROMETHEUS] = "are url, query and label of fleet.prometheus right?",
	};

	return remedies[o];
}

static void
report_answer(struct doctor_host *h, const struct fleet_origin *o, const char *name, gboolean only_paths)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text, only_paths ? "tells paths and presence" : o->listed == 1 ? "%u gateway" : "%u gateways", o->listed);
	if (o->duplicates > 0)
		g_string_append_printf(text, ", %u name%s twice", o->duplicates, o->duplicates == 1 ? "" : "s");
	if (o->refused > 0)
		g_string_append_printf(text, ", %u entr%s left out: no valid name or address", o->refused, o->refused == 1 ? "y" : "ies");
	doctor_host_add(h, name, o->duplicates > 0 || o->refused > 0 || (o->listed == 0 && !only_paths) ? FINDING_NOTE : FINDING_OK, text->str, NULL);
}

static void
report_sources(struct doctor_host *h, const struct fleet *f, const struct config_fleet *c)
{
	for (guint i = 0; i < ORIGIN_COUNT; i++) {
		const struct fleet_origin *o = &f->origins[i];
		const char *name = gateway_origin_name((enum gateway_origin)i);
		gboolean only_paths = i == ORIGIN_TAILSCALE && c->tailscale && c->tailscale->tags_count == 0;
		if (!o->used)
			continue;
		if (o->datum.state == DATUM_OK && !o->datum.error)
			report_answer(h, o, name, only_paths);
		else if (only_paths && o->datum.state == DATUM_UNKNOWN && !f->tailnet_problem)
			doctor_host_add(h, name, FINDING_NOTE, "told nothing in time", remedy_of(i));
		else
			doctor_host_add(h, name, FINDING_FAILED, o->datum.error ? o->datum.error : "no answer in time", remedy_of(i));
	}
}

static void
report_network(struct doctor_host *h, const struct fleet *f, const struct config_fleet *c)
{
	if (f->tailnet_problem)
		doctor_host_add(h, "tailnet", FINDING_FAILED, f->tailnet_problem, "tailscale status tells more");
	if (c->canary && f->canary == PRESENCE_ONLINE)
		doctor_host_add(h, "canary", FINDING_OK, "answers", NULL);
	else if (c->canary)
		doctor_host_add(h, "canary", FINDING_FAILED, f->canary_problem ? f->canary_problem : "no answer in time",
		                "does your own network work, and is fleet.canary right?");
}

/* --- the whole --- */

static gboolean
sources_are_settled(const struct fleet *f, const struct config_fleet *c)
{
	return (!c->canary || f->canary != PRESENCE_UNKNOWN) && fleet_lists_are_known(f);
}

gboolean
doctor_fleet_look(struct doctor_fleet *d, const struct fleet *f, const struct config_fleet *c)
{
	gboolean settled = sources_are_settled(f, c);

	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		note_failure(d, g);
		settled = settled && gateway_is_settled(d, g);
	}
	return settled;
}

void
doctor_fleet_conclude(struct doctor_fleet *d, const struct fleet *f, const struct config_fleet *c)
{
	report_sources(d->findings, f, c);
	report_network(d->findings, f, c);
	report_gateways(d, f);
}
