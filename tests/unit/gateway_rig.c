#include "tests/unit/gateway_rig.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/wait_for.h"

#define ACTIVE_S 3600 /* so long the units have been active */

static struct gateway_rig *rig;       /* for what stands in for the watch */
static GHashTable *machines;          /* name -> struct machine, owned */

static const char systemctl[] =
	"#!/bin/sh\n"
	"cd %s\n"
	"case \"$*\" in\n"
	"*LoadState*) echo LoadState=$(cat load); echo ActiveState=$(cat active); echo ActiveEnterTimestampMonotonic=$(cat entered);;\n"
	"show*) echo Id=agent.service;;\n"
	"status*) echo 'agent.service - an agent'; exit 3;;\n"
	"restart*)\n"
	"  echo one >>restarts\n"
	"  [ -e slow ] && sleep $(cat slow)\n"
	"  [ \"$(wc -l <restarts)\" = \"$(cat fail_at 2>/dev/null)\" ] && { echo hello; echo 'Job for agent.service failed.' >&2; exit 1; }\n"
	"  echo $(($(cat entered) + 1000)) >entered\n"
	"  [ -e lose ] && rm -rf \"$(dirname \"$(readlink /proc/$$/fd/1)\")\"\n"
	"  exit 0;;\n"
	"esac\n";
static const char journalctl[] =
	"#!/bin/sh\n"
	"cd %s\n"
	"[ -e no_journal ] && { echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1; }\n"
	"echo '2026-11-27T13:00:00.000001+0000 gw agent[1]: a line'\n";

/* --- what stands in for the watch --- */

struct machine *
fleet_watch_machine(const struct fleet_watch *w, const char *gateway)
{
	return g_hash_table_lookup(machines, gateway);
}

void
fleet_watch_ask(struct fleet_watch *w, const char *gateway)
{
	struct gateway *g = fleet_gateway(rig->world->fleet, gateway);

	g->report.unit = g_strcmp0(rig->sick, gateway) == 0 ? UNIT_FAILED : UNIT_ACTIVE;
	g->report.since_s = ACTIVE_S;
	g->report.errors = 0;
	datum_good(&g->datum, g_get_monotonic_time());
}

/* --- files --- */

void
gateway_rig_set(const struct gateway_rig *r, const char *file, const char *content)
{
	g_autofree char *path = g_build_filename(r->directory, file, NULL);

	if (content)
		g_assert_true(g_file_set_contents(path, content, -1, NULL));
	else
		g_unlink(path);
}

guint
gateway_rig_restarts(const struct gateway_rig *r)
{
	g_autofree char *path = g_build_filename(r->directory, "restarts", NULL), *text = NULL;
	gsize len = 0;

	return g_file_get_contents(path, &text, &len, NULL) ? (guint)(len / strlen("one\n")) : 0;
}

static void
make_program(const struct gateway_rig *r, const char *name, const char *format)
{
	g_autofree char *path = g_build_filename(r->directory, "bin", name, NULL);
	g_auto(GStrv) parts = g_strsplit(format, "%s", 2);
	g_autofree char *text = g_strconcat(parts[0], r->directory, parts[1], NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, 0700), ==, 0);
}

/* One place for all rigs of the process, made anew each time: GLib asks for XDG_STATE_HOME once. */
static const char *
place(void)
{
	static char *directory;
	g_autofree char *state = NULL, *path = NULL;

	if (directory) {
		g_assert_cmpint(g_mkdir(directory, 0700), ==, 0);
		return directory;
	}
	directory = g_dir_make_tmp("midwatch-gateways-XXXXXX", NULL);
	state = g_build_filename(directory, "state", NULL);
	path = g_strdup_printf("%s/bin:%s", directory, g_getenv("PATH"));
	g_setenv("PATH", path, TRUE);
	g_setenv("XDG_STATE_HOME", state, TRUE);
	return directory;
}

static void
make_programs(const struct gateway_rig *r)
{
	g_autofree char *bin = g_build_filename(r->directory, "bin", NULL);

	g_assert_cmpint(g_mkdir(bin, 0700), ==, 0);
	make_program(r, "systemctl", systemctl);
	make_program(r, "journalctl", journalctl);
	gateway_rig_set(r, "load", "loaded");
	gateway_rig_set(r, "active", "active");
	gateway_rig_set(r, "entered", "5000");
}

/* --- machines --- */

static void
ignore(void *user)
{
}

static void
free_machine(gpointer data)
{
	struct machine *m = data;

	link_free(m->link);
	g_free(m);
}

static void
on_added(void *user, struct gateway *g)
{
	static const struct link_events events = { ignore, ignore, ignore };
	const struct link_settings here = { .local = TRUE };
	struct gateway_rig *r = user;
	struct machine *m = g_new0(struct machine, 1);

	m->world = r->world;
	m->host = g->host;
	m->link = link_new(&here, &g->host->link, &events, m);
	g_hash_table_insert(machines, g->host->name, m);
	link_start(m->link);
	WAIT_FOR(g->host->link.state == LINK_UP);
	fleet_watch_ask(NULL, g->host->name);
}

void
gateway_rig_drop(struct gateway_rig *r, const char *name)
{
	struct machine *m = g_hash_table_lookup(machines, name);

	executor_drop(r->executor, m);
	g_hash_table_remove(machines, name);
}

/* --- the executor --- */

static void
on_blocked(void *user, const struct operation *o)
{
	((struct gateway_rig *)user)->blocked++;
}

static void
on_ended(void *user, const struct operation *o)
{
	struct gateway_rig *r = user;

	if (r->ended)
		r->ended(r->user, o);
}

static void
on_trouble(void *user, const char *words)
{
	g_error("the audit log: %s", words);
}

GPtrArray *
gateway_rig_audit(const struct gateway_rig *r)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *all = store_audit_list(r->store, 0, &error);

	g_assert_no_error(error);
	return all;
}

/* --- life --- */

struct gateway_rig *
gateway_rig_new(guint gateways)
{
	static const struct executor_events events = { on_blocked, on_ended, on_trouble };
	struct gateway_rig *r = rig = g_new0(struct gateway_rig, 1);
	const struct fleet_changes changes = { on_added, NULL, r };
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree struct fleet_entry *entries = g_new0(struct fleet_entry, gateways);
	g_autoptr(GError) error = NULL;

	r->directory = place();
	make_programs(r);
	r->world = world_new(1 << 20);
	r->world->fleet = fleet_new("agent", 1800 * G_USEC_PER_SEC);
	r->store = store_open(NULL, &error);
	g_assert_no_error(error);
	r->executor = executor_new(r->world, r->store, &events, r);
	machines = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_machine);
	for (guint i = 0; i < gateways; i++) {
		g_ptr_array_add(names, g_strdup_printf("gw%u", i + 1));
		entries[i].name = names->pdata[i];
	}
	fleet_take_list(r->world->fleet, ORIGIN_CONFIG, entries, gateways, g_get_monotonic_time(), &changes);
	return r;
}

void
gateway_rig_free(struct gateway_rig *r)
{
	g_autofree char *remove = g_strdup_printf("rm -rf '%s'", r->directory);

	executor_free(r->executor);
	g_clear_pointer(&machines, g_hash_table_unref);
	store_close(r->store);
	world_free(r->world);
	g_assert_cmpint(system(remove), ==, 0);
	g_free(r);
}
