#include "app/console.h"

#include <glib-unix.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/configured_world.h"
#include "app/console_private.h"
#include "model/score.h"
#include "tui/screen.h"

#define KEYS_PER_PASS 64
#define SCORE_INTERVAL_US (5 * G_USEC_PER_SEC) /* one sample of the score's sparkline */

static gboolean
draw_now(gpointer data)
{
	struct console *c = data;

	c->draw_source = 0;
	if (!screen_is_open() || screen_is_left())
		return G_SOURCE_REMOVE;
	if (!screen_ready()) { /* a slow line: the frame waits instead of the loop */
		c->draw_source = g_timeout_add_full(G_PRIORITY_HIGH, 20, draw_now, c, NULL);
		return G_SOURCE_REMOVE;
	}
	c->drawn_us = g_get_monotonic_time();
	console_draw(c);
	return G_SOURCE_REMOVE;
}

/* Plans the next drawing: at most ten a second, in one place. */
static void
console_dirty(struct console *c)
{
	gint64 wait = c->drawn_us + DRAW_INTERVAL_US - g_get_monotonic_time();

	if (c->draw_source == 0)
		c->draw_source = g_timeout_add_full(G_PRIORITY_HIGH, wait > 0 ? (guint)(wait / 1000 + 1) : 0, draw_now, c, NULL);
}

static gboolean
work_now(gpointer data)
{
	struct console *c = data;
	struct slot *s = &c->slots[c->current];
	gboolean more = s->class->work && s->class->work(s->panel, WORK_BUDGET_US);

	console_dirty(c);
	if (!more)
		c->work_source = 0;
	return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Data came in: the panel in front may have work to do, in slices that leave the loop free for keys. */
static void
world_changed_cb(void *user)
{
	struct console *c = user;

	if (c->slots[c->current].class->work && c->work_source == 0)
		c->work_source = g_idle_add_full(G_PRIORITY_DEFAULT, work_now, c, NULL);
	console_dirty(c);
}

void
console_notice(struct console *c, const char *format, ...)
{
	va_list args;

	g_free(c->notice);
	va_start(args, format);
	c->notice = g_strdup_vprintf(format, args);
	va_end(args);
	c->notice_until_us = g_get_monotonic_time() + 6 * G_USEC_PER_SEC;
	console_dirty(c);
}

struct machine *
console_machine(const struct console *c, const char *host)
{
	struct machine *m = host ? machines_find(c->machines, host) : NULL;

	return m ? m : fleet_watch_machine(c->fleet, host);
}

static void
enter_panel(struct console *c)
{
	struct slot *s = &c->slots[c->current];

	if (s->class == &logs_panel)
		console_follow_default(c);
	if (s->class->shown)
		s->class->shown(s->panel, TRUE);
}

void
console_show_panel(struct console *c, guint index, gboolean remember)
{
	struct slot *from = &c->slots[c->current];

	if (index == c->current)
		return;
	if (remember)
		g_array_append_val(c->trail, c->current);
	if (from->class->shown)
		from->class->shown(from->panel, FALSE);
	c->current = index;
	enter_panel(c);
	world_changed_cb(c);
}

static gboolean
read_keys(gint fd, GIOCondition condition, gpointer data)
{
	struct console *c = data;
	struct key_event key;
	guint n = 0;

	while (n < KEYS_PER_PASS && screen_is_open() && screen_read(&key)) {
		struct slot *s = &c->slots[c->current];
		int command = -1;
		n++;
		if (overlays_key(c, &key))
			continue;
		if (key.mouse && s->class->mouse) {
			struct canvas all = screen_canvas(), body = console_body(&all);
			s->class->mouse(s->panel, &body, key.y - body.y, key.x - body.x, key.buttons);
		} else if (!key.pasted) {
			command = keymap_find(c->keymap, &key, console_scopes(c));
		}
		if (command >= 0)
			console_command(c, (guint)command);
	}
	if (screen_lost()) {
		g_main_loop_quit(c->loop);
		return G_SOURCE_CONTINUE;
	}
	/* A key is answered at once; only data waits for the next tenth of a second. */
	if (n > 0 || screen_resized()) {
		g_clear_handle_id(&c->draw_source, g_source_remove);
		draw_now(c);
	}
	return G_SOURCE_CONTINUE;
}

static void
sample_scores(struct console *c)
{
	for (guint i = 0; i < c->world->hosts->len; i++) {
		struct host *h = c->world->hosts->pdata[i];
		struct score s;
		score_compute(h, &c->world->thresholds, g_get_real_time(), &s);
		history_add(&h->score, s.maximum > 0 && h->link.state == LINK_UP ? 100.0 * s.points / s.maximum : NAN);
		if (datum_known(&h->docker.datum))
			history_add(&h->unhealthy, host_unhealthy(h));
	}
}

static gboolean
tick(gpointer data)
{
	struct console *c = data;
	static const gint64 every = SCORE_INTERVAL_US / G_USEC_PER_SEC;

	if (g_get_monotonic_time() / G_USEC_PER_SEC % every == 0)
		sample_scores(c);
	console_store_tick(c);
	console_runs_tick(c);
	console_rules_tick(c);
	console_dirty(c);
	return G_SOURCE_CONTINUE;
}

static gboolean
leave(gpointer data)
{
	struct console *c = data;

	g_main_loop_quit(c->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
start_machines(gpointer data)
{
	struct console *c = data;

	console_store_open(c); /* behind the first frame, before anything can be acted on */
	console_actions_start(c);
	g_ptr_array_foreach(c->machines, (GFunc)(void (*)(void))machine_start, c->store);
	if (c->fleet)
		fleet_watch_start(c->fleet);
	console_runs_start(c);
	console_rules_start(c);
	return G_SOURCE_REMOVE;
}

static const char *
bound_key(void *user, enum action command)
{
	struct console *c = user;

	return keymap_first_key(c->keymap, command);
}

/* Filters that hold from the start; faults were found when the configuration was read. */
static void
set_filters(struct console *c, struct slot *logs)
{
	const struct config_logs *l = c->config->logs;

	for (unsigned i = 0; l && i < l->filter_in_count; i++)
		logs->class->answer(logs->panel, ACT_LOG_IN, l->filter_in[i], TRUE);
	for (unsigned i = 0; l && i < l->filter_out_count; i++)
		logs->class->answer(logs->panel, ACT_LOG_OUT, l->filter_out[i], TRUE);
}

static void
make_panels(struct console *c)
{
	static const struct panel_class *const classes[CONSOLE_PANELS] = {
		&score_panel, &containers_panel, &cron_panel, &models_panel, &gateways_panel, &logs_panel, &checklist_panel, &rules_panel, &activity_panel,
	};
	struct panel_context context = { .world = c->world, .request = console_request, .user = c, .key = bound_key };

	for (guint i = 0; i < CONSOLE_PANELS; i++) {
		c->slots[i].class = classes[i];
		c->slots[i].panel = classes[i]->create(&context);
		if (g_strcmp0(c->config->start_panel, classes[i]->id) == 0 && (classes[i] != &gateways_panel || c->config->fleet))
			c->current = i;
		if (classes[i] == &logs_panel)
			set_filters(c, &c->slots[i]);
	}
}

static void
bind_keys(struct console *c)
{
	c->commands = commands_new(c->config);
	c->keymap = keymap_new(c->commands->all, c->commands->count);
	for (unsigned i = 0; i < c->config->actions_count; i++)
		commands_bind(c->commands, c->keymap, i, NULL);
	for (unsigned i = 0; i < c->config->keys_count; i++) /* faults were found when the configuration was read */
		keymap_bind(c->keymap, c->config->keys[i].command, c->config->keys[i].keys, NULL);
}

static struct console *
console_new(const struct options *options, const struct config *config)
{
	struct console *c = g_new0(struct console, 1);

	c->options = options;
	c->config = config;
	c->loop = g_main_loop_new(NULL, FALSE);
	c->world = configured_world_new(config, options);
	c->world->changed = world_changed_cb;
	c->world->changed_user = c;
	c->locked_for_good = c->world->readonly;
	c->inspections = g_ptr_array_new_with_free_func(console_inspect_wait_free);
	c->trail = g_array_new(FALSE, FALSE, sizeof(guint));
	bind_keys(c);
	make_panels(c);
	return c;
}

static void
console_free(struct console *c)
{
	g_clear_handle_id(&c->draw_source, g_source_remove);
	g_clear_handle_id(&c->work_source, g_source_remove);
	g_clear_handle_id(&c->tick_source, g_source_remove);
	g_clear_handle_id(&c->input_source, g_source_remove);
	c->world->changed = NULL;
	overlays_free(c);
	plan_free(c->plan);
	console_runs_end(c);
	console_rules_end(c);
	rollout_run_free(c->rollout);
	executor_free(c->executor); /* what runs is left, and said so in the audit log */
	for (guint i = 0; i < CONSOLE_PANELS; i++)
		c->slots[i].class->destroy(c->slots[i].panel);
	fleet_watch_free(c->fleet);
	g_ptr_array_unref(c->machines);
	g_ptr_array_unref(c->inspections); /* after the machines: nobody answers any more */
	http_free(c->http);
	console_store_close(c);
	world_free(c->world);
	keymap_free(c->keymap);
	commands_free(c->commands);
	g_clear_pointer(&c->rollout_targets, g_ptr_array_unref);
	g_free(c->run_job);
	g_array_unref(c->trail);
	g_main_loop_unref(c->loop);
	g_free(c->notice);
	g_free(c);
}

int
console_run(const struct options *options, const struct config *config)
{
	struct screen_settings screen = {
		.theme = options->theme ? options->theme : config->theme,
		.mouse = !options->no_mouse && !(config->mouse && !*config->mouse),
		.no_colour = options->no_colour || (g_getenv("NO_COLOR") && *g_getenv("NO_COLOR")),
		.ascii = options->ascii,
	};
	g_autoptr(GError) error = NULL;
	static const int signals[] = { SIGHUP, SIGTERM, SIGINT };
	struct console *c;

	if (!screen_open(&screen, &error)) {
		fprintf(stderr, "midwatch: %s\n", error->message);
		return 2;
	}
	c = console_new(options, config);
	c->http = http_new();
	c->machines = machines_new(c->world, c->http, config);
	if (config->fleet)
		c->fleet = fleet_watch_new(config->fleet, c->world, c->http);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_unix_signal_add_full(G_PRIORITY_HIGH, signals[i], leave, c, NULL);
	draw_now(c); /* the first frame, before any input or output */
	enter_panel(c);
	c->input_source = g_unix_fd_add_full(G_PRIORITY_HIGH, screen_input_fd(), G_IO_IN | G_IO_HUP | G_IO_ERR, read_keys, c, NULL);
	c->tick_source = g_timeout_add_seconds_full(G_PRIORITY_HIGH, 1, tick, c, NULL);
	g_idle_add_full(G_PRIORITY_DEFAULT, start_machines, c, NULL);
	g_main_loop_run(c->loop);
	screen_close();
	console_free(c);
	return 0;
}
