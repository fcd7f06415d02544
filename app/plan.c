#include "app/plan.h"

#include <string.h>

#include "tui/text.h"

#define TARGETS_SHOWN 12 /* of many; the rest is counted */
#define DEPENDANTS_SHOWN 6

struct plan *
plan_new(const char *verb)
{
	struct plan *p = g_new0(struct plan, 1);

	p->verb = g_strdup(verb);
	p->lines = g_ptr_array_new_with_free_func(g_free);
	p->works = g_ptr_array_new_with_free_func(work_free);
	return p;
}

void
rollout_order_free(struct rollout_order *o)
{
	if (!o)
		return;
	g_ptr_array_unref(o->gateways);
	g_free(o->words);
	g_free(o);
}

void
plan_free(struct plan *p)
{
	if (!p)
		return;
	g_free(p->title);
	g_free(p->verb);
	g_free(p->word);
	g_free(p->second);
	g_ptr_array_unref(p->lines);
	g_ptr_array_unref(p->works);
	rollout_order_free(p->rollout);
	g_free(p);
}

guint
plan_count(const struct plan *p)
{
	return p->rollout ? p->rollout->gateways->len : p->works->len;
}

void
plan_line(struct plan *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(p->lines, g_strdup_vprintf(format, args));
	va_end(args);
}

void
plan_request_line(struct plan *p, const char *request, const struct host *h)
{
	plan_line(p, "%s   %s%s", request, h->local ? "on this machine" : "via ssh ", h->local ? "" : h->link.address ? h->link.address : h->name);
}

void
plan_settle(struct plan *p, const char *what_one, const char *what_many)
{
	const struct operation *first = p->works->len > 0 ? ((struct work *)p->works->pdata[0])->operation : NULL;

	if (p->works->len == 1)
		p->title = first->target ? g_strdup_printf("%s %s on %s", what_one, first->target, first->host) : g_strdup_printf("%s %s", what_one, first->host);
	else
		p->title = g_strdup_printf("%s %u %s", what_one, p->works->len, what_many);
	if (p->works->len >= PLAN_COUNT_FROM && p->confirm == PLAN_ASKS_KEY) {
		p->confirm = PLAN_ASKS_COUNT;
		p->word = g_strdup_printf("%u", p->works->len);
	}
}

/* --- containers --- */

/* "up 13h, unhealthy, 2 restarts" */
static void
state_words(const struct container *c, gint64 utc_us, char *out, gsize size)
{
	char up[32] = "?", restarts[48] = "";
	gboolean known = datum_known(&c->detail.datum);

	if (known && c->state == CONTAINER_RUNNING)
		text_duration((utc_us - c->detail.started_us) / G_USEC_PER_SEC, up, sizeof up);
	if (known && c->detail.restart_count > 0)
		g_snprintf(restarts, sizeof restarts, ", restarted %u time%s by its policy", c->detail.restart_count, c->detail.restart_count == 1 ? "" : "s");
	g_snprintf(out, size, "%s%s%s%s%s", c->state == CONTAINER_RUNNING ? "up " : container_state_name(c->state),
	           c->state == CONTAINER_RUNNING ? up : "", c->health == HEALTH_NONE ? "" : ", ",
	           c->health == HEALTH_NONE ? "" : container_health_name(c->health), restarts);
}

/* Who says that it depends on it: "web, api and 3 more", "" for nobody, newly allocated; and how many others are of its stack. */
static char *
dependants_of(const struct host *h, const struct container *c, guint *others)
{
	GString *names = g_string_new(NULL);
	guint dependants = 0;

	*others = 0;
	for (guint i = 0; c->stack && i < h->docker.containers->len; i++) {
		const struct container *other = h->docker.containers->pdata[i];
		if (other == c || g_strcmp0(other->stack, c->stack) != 0)
			continue;
		(*others)++;
		if (container_depends(other, c) && ++dependants <= DEPENDANTS_SHOWN)
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", other->name);
	}
	if (dependants > DEPENDANTS_SHOWN)
		g_string_append_printf(names, " and %u more", dependants - DEPENDANTS_SHOWN);
	return g_string_free(names, FALSE);
}

static void
dependants_line(struct plan *p, const struct host *h, const struct container *c)
{
	guint others;
	g_autofree char *names = dependants_of(h, c, &others);

	if (!c->stack)
		return;
	if (*names)
		plan_line(p, "Depend on it: %s (stack %s, %u other%s)", names, c->stack, others, others == 1 ? "" : "s");
	else if (others > 0)
		plan_line(p, "Stack %s: %u other%s, none says that it depends on it", c->stack, others, others == 1 ? "" : "s");
	else
		plan_line(p, "Stack %s: no others", c->stack);
}

/* One of many. */
static void
target_line(struct plan *p, guint i, const struct host *h, const struct container *c)
{
	g_autofree char *names = NULL;
	char state[160];
	guint others;

	if (i >= TARGETS_SHOWN)
		return;
	state_words(c, g_get_real_time(), state, sizeof state);
	names = dependants_of(h, c, &others);
	plan_line(p, "  %s on %s: %s%s%s", c->name, h->name, state, *names ? "; depend on it: " : "", names);
}

/* What is sent for each of many, once for those that differ only in the container. */
static void
note_request(GPtrArray *requests, const struct work *w, const struct container *c)
{
	g_autoptr(GString) text = g_string_new(w->operation->request);

	g_string_replace(text, c->id, "ID", 0);
	if (!g_ptr_array_find_with_equal_func(requests, text->str, g_str_equal, NULL))
		g_ptr_array_add(requests, g_strdup(text->str));
}

static void
describe_one(struct plan *p, const struct host *h, const struct container *c)
{
	const struct work *w = p->works->pdata[0];
	g_autofree char *request = panel_request(w->operation);
	char state[160];

	state_words(c, g_get_real_time(), state, sizeof state);
	plan_request_line(p, request, h);
	plan_line(p, "%c%s", g_ascii_toupper(*state), state + 1);
	dependants_line(p, h, c);
}

/* The states above are of the past where Docker does not answer now. */
static void
add_ages(struct plan *p)
{
	g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < p->works->len; i++) {
		struct host *h = ((const struct work *)p->works->pdata[i])->machine->host;
		char age[16];
		if (h->docker.datum.state != DATUM_STALE || !g_hash_table_add(told, h))
			continue;
		text_age(datum_age_s(&h->docker.datum, g_get_monotonic_time()), age, sizeof age);
		plan_line(p, "As known %s ago on %s: %s", age, h->name, h->docker.datum.error ? h->docker.datum.error : "Docker does not answer now");
	}
}

typedef struct work *(*container_work)(struct machine *m, const struct container *c);

/* One work for each target that is there; what is said about one or about many. */
static void
add_containers(struct plan *p, const GPtrArray *machines, const GPtrArray *targets, container_work make)
{
	g_autoptr(GPtrArray) requests = g_ptr_array_new_with_free_func(g_free);
	struct machine *last = NULL;
	const struct container *only = NULL;

	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		struct machine *m = machines_find(machines, t->host);
		const struct container *c = m ? host_container(m->host, t->object) : NULL;
		if (!c)
			continue;
		g_ptr_array_add(p->works, make(m, c));
		target_line(p, p->works->len - 1, m->host, c);
		note_request(requests, p->works->pdata[p->works->len - 1], c);
		last = m;
		only = c;
	}
	if (p->works->len == 1) {
		g_ptr_array_set_size(p->lines, 0);
		describe_one(p, last->host, only);
		return;
	}
	if (p->works->len > TARGETS_SHOWN)
		plan_line(p, "  … and %u more: the Containers panel shows all", p->works->len - TARGETS_SHOWN);
	for (guint i = 0; i < requests->len; i++)
		plan_line(p, "Each: %s", (const char *)requests->pdata[i]);
}

struct plan *
plan_restart(const GPtrArray *machines, const GPtrArray *targets)
{
	struct plan *p = plan_new("restart");

	p->snapshots = TRUE;
	add_containers(p, machines, targets, work_restart_new);
	add_ages(p);
	plan_line(p, "Loses: open connections and what is only in memory. %s.", p->works->len == 1 ? "The container and its log stay"
	          : "The containers and their logs stay");
	plan_line(p, "Evidence first: the log (10,000 lines or 30 minutes), health log, inspect and stats are saved here.");
	plan_settle(p, "Restart", "containers");
	return p;
}

struct plan *
plan_snapshot(const GPtrArray *machines, const GPtrArray *targets)
{
	struct plan *p = plan_new("save");

	add_containers(p, machines, targets, work_snapshot_new);
	p->confirm = PLAN_ASKS_NOTHING;
	plan_settle(p, "Snapshot of", "containers");
	return p;
}

/* --- logs --- */

/* What the end of a source is printed by. */
static char *
log_command(const char *kind, const char *name)
{
	g_autofree char *quoted = g_shell_quote(name);

	if (strcmp(kind, "file") == 0)
		return g_strdup_printf("tail -n 10000 -- %s", quoted);
	if (strcmp(kind, "unit") == 0)
		return g_strdup_printf("journalctl --no-pager -o short-iso-precise -u %s -n 10000", quoted);
	return g_strdup("journalctl --no-pager -o short-iso-precise -n 10000");
}

static const char *
kind_of(const struct log_store *logs, const char *host, const char *name)
{
	for (guint32 i = 1; i <= log_store_source_count(logs); i++) {
		const struct log_source_info *info = log_store_source_info(logs, i);
		if (g_str_equal(info->host, host) && g_str_equal(info->name, name))
			return info->kind;
	}
	return "journal";
}

struct plan *
plan_log_snapshot(const GPtrArray *machines, const GPtrArray *targets, const struct log_store *logs)
{
	struct plan *p = plan_new("save");

	p->confirm = PLAN_ASKS_NOTHING;
	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		struct machine *m = machines_find(machines, t->host);
		const char *kind = kind_of(logs, t->host, t->object);
		const struct container *c = m && strcmp(kind, "container") == 0 ? host_container(m->host, t->object) : NULL;
		g_autofree char *command = log_command(kind, t->object);
		if (c)
			g_ptr_array_add(p->works, work_snapshot_new(m, c));
		else if (m && strcmp(kind, "container") != 0)
			g_ptr_array_add(p->works, work_log_snapshot_new(m, t->object, "log.txt", command));
	}
	plan_settle(p, "Snapshot of", "sources");
	return p;
}
