/* What a walk does beside looking: the fleet's window, who takes a run up, and what a drill is called. */
#include <string.h>

#include "app/checklist_files.h"
#include "app/walk.h"
#include "tests/unit/run_rig.h"

struct fixture {
	char *directory;
	struct config *config;
	struct observe_context context;
	struct store *store;
};

static void
set_up(struct fixture *f, gconstpointer data)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autofree char *path = NULL;

	(void)data;
	f->directory = g_dir_make_tmp("midwatch-walk-XXXXXX", NULL);
	path = g_build_filename(f->directory, "store.db", NULL);
	f->config = config_parse("", 0, "test", problems);
	f->store = store_open(path, NULL);
	g_assert_nonnull(f->store);
	f->context = (struct observe_context){ .config = f->config, .world = world_new(1 << 20), .machines = g_ptr_array_new() };
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	g_autofree char *remove = g_strdup_printf("rm -rf '%s'", f->directory);

	(void)data;
	store_actor_drill(FALSE);
	g_ptr_array_unref(f->context.machines);
	world_free(f->context.world);
	store_close(f->store);
	config_free(f->config);
	g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
	g_free(f->directory);
}

static struct walk *
begin(struct fixture *f)
{
	static const char yaml[] = "name: w\ntitle: W\ndeploy: true\nwindow: 30m\nsteps:\n  - id: look\n    title: Look\n    subsystem: x\n    checks:\n"
		"      - manual: {question: Well?}\n";
	static const struct walk_events events = { 0 };
	struct checklist *c = checklist_parse_kept(yaml, strlen(yaml), "test");
	const struct walk_start start = { .window_s = -1 };

	g_assert_nonnull(c);
	return walk_new(&f->context, f->store, walk_start_run(f->config, c, &start), &events, NULL);
}

/* A deploy's window counts what is lost of the fleet, whoever walks it, as soon as the fleet was looked at. */
static void
test_fleet_window(struct fixture *f, gconstpointer data)
{
	struct walk *w = begin(f);
	struct fleet *fleet = f->context.world->fleet = fleet_new("unit", 1800 * S);

	(void)data;
	walk_tick(w);
	g_assert_cmpint(fleet->window_us, ==, 0);
	fleet->observed_us = g_get_monotonic_time();
	walk_tick(w);
	g_assert_cmpint(fleet->window_us, !=, 0);
	walk_free(w);
}

/* It goes on in the name of who takes it up, and nobody else can meanwhile. */
static void
test_take_up(struct fixture *f, gconstpointer data)
{
	struct walk *w = begin(f);
	gint64 number = walk_run(w)->number;
	g_autoptr(GError) error = NULL;
	struct check_run *r;

	(void)data;
	g_assert_null(walk_take_up(f->store, number, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
	g_clear_error(&error);
	walk_free(w);
	store_actor_drill(TRUE);
	r = walk_take_up(f->store, number, &error);
	g_assert_no_error(error);
	g_assert_cmpint(r->state, !=, RUN_INTERRUPTED);
	g_assert_nonnull(strstr(rig_last_row(r), "DRILL); nobody watched for"));
	g_assert_null(strstr(r->actor, "DRILL"));
	check_run_free(r);
}

static void
test_drill(struct fixture *f, gconstpointer data)
{
	struct walk *w;

	(void)data;
	store_actor_drill(TRUE);
	f->context.world->drill = TRUE;
	w = begin(f);
	g_assert_nonnull(strstr(walk_run(w)->actor, "DRILL)"));
	g_assert_cmpstr(rig_last_row(walk_run(w)), ==, "this is a drill: nobody outside is told anything");
	g_assert_nonnull(strstr(store_acts_as(f->store), "DRILL)"));
	walk_free(w);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/walk/fleet-window", struct fixture, NULL, set_up, test_fleet_window, tear_down);
	g_test_add("/walk/take-up", struct fixture, NULL, set_up, test_take_up, tear_down);
	g_test_add("/walk/drill", struct fixture, NULL, set_up, test_drill, tear_down);
	return g_test_run();
}
