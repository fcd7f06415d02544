/* The Containers panel, drawn from a world made by hand into a curses screen of memory. UPDATE_GOLDEN=1 writes what it looks like anew. */
#include <curses.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "panels/panel.h"
#include "tui/glyph.h"
#include "tui/palette.h"
#include "tui/text.h"
#include "tui/theme.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW (G_GINT64_CONSTANT(1000000) * SECOND)
#define UTC (G_GINT64_CONSTANT(1795312042) * SECOND) /* 2026-11-22 01:47:22Z */
#define MIB ((guint64)1 << 20)

struct fixture {
	struct world *world;
	struct panel *panel;
	GString *requests; /* one a line */
	struct canvas canvas;
};

static void on_request(void *user, const struct request *r)
{
	static const char *const kinds[] = {
		[REQUEST_FOLLOW_CONTAINER] = "follow", [REQUEST_OPEN_PANEL] = "open", [REQUEST_PICK_SOURCES] = "pick", [REQUEST_INSPECT] = "inspect",
		[REQUEST_COPY] = "copy", [REQUEST_SAVE] = "save", [REQUEST_PROMPT] = "prompt", [REQUEST_NOTICE] = "notice",
		[REQUEST_VISIBLE] = "visible", [REQUEST_RETRY] = "retry",
	};
	struct fixture *f = user;

	g_string_append(f->requests, kinds[r->kind]);
	if (r->host)
		g_string_append_printf(f->requests, " %s", r->host);
	if (r->object)
		g_string_append_printf(f->requests, " %.12s", r->object);
	if (r->text)
		g_string_append_printf(f->requests, " '%s'", r->text);
	if (r->kind == REQUEST_VISIBLE)
		g_string_append_printf(f->requests, " %u", r->count);
	g_string_append_c(f->requests, '\n');
}

/* What was asked for since the last call. */
static char *take_requests(struct fixture *f)
{
	char *text = g_strdup(f->requests->str);

	g_string_truncate(f->requests, 0);
	return text;
}

static struct container *add(struct host *h, const char *name, const char *stack, enum container_health health, gint64 age_us)
{
	g_autofree char *id = g_strdup_printf("%08x%056x", g_str_hash(name), g_str_hash(h->name));
	struct container *c = container_new(id);

	c->name = g_strdup(name);
	c->stack = g_strdup(stack);
	c->image = g_strdup_printf("registry.example.com/%s:1.4", name);
	c->command = g_strdup("/bin/serve");
	c->status = g_strdup("Up 13 hours");
	c->state = CONTAINER_RUNNING;
	c->health = health;
	c->created_us = UTC - 60 * DAY;
	datum_good(&c->detail.datum, NOW - 4 * SECOND);
	c->detail.started_us = UTC - age_us;
	c->detail.has_healthcheck = health != HEALTH_NONE;
	c->detail.health_interval_us = 30 * SECOND;
	c->detail.restart_policy = g_strdup("unless-stopped");
	c->detail.log_driver = g_strdup("json-file");
	c->detail.image_created_us = UTC - 63 * DAY;
	datum_good(&c->stats.datum, NOW - 2 * SECOND);
	c->stats.cpu_percent = 0.1;
	c->stats.memory_used = 31 * MIB;
	c->stats.memory_limit = 16384 * MIB;
	c->stats.write_per_hour = 0;
	c->stats.pids = 7;
	g_ptr_array_add(h->docker.containers, c);
	g_hash_table_insert(h->docker.by_id, c->id, c);
	return c;
}

static void add_probe(struct container *c, gint64 ago_us, int code, const char *output)
{
	struct health_probe *p = g_new0(struct health_probe, 1);

	p->start_us = UTC - ago_us;
	p->end_us = p->start_us + 45000;
	p->exit_code = code;
	p->output = g_strdup(output);
	g_ptr_array_add(c->detail.health_log, p);
}

static struct host *add_host(struct fixture *f, const char *name)
{
	struct host *h = host_new(name, "vm", FALSE);

	h->link.state = LINK_UP;
	h->link.since_us = NOW - DAY;
	h->link.address = g_strdup_printf("root@%s.example.com:22", name);
	datum_good(&h->docker.datum, NOW - 2 * SECOND);
	g_ptr_array_add(f->world->hosts, h);
	return h;
}

static void stop(struct container *c, enum container_state state, int code)
{
	c->state = state;
	c->health = HEALTH_NONE;
	c->detail.exit_code = code;
	c->detail.finished_us = UTC - 2 * HOUR;
	g_free(c->status);
	c->status = g_strdup_printf("Exited (%d) 2 hours ago", code);
}

static void add_containers(struct host *h)
{
	struct container *c;

	add(h, "caddy", "edge", HEALTH_NONE, 41 * DAY)->detail.memory_limit = 128 * MIB;
	c = add(h, "invttrdg-backend", "trading", HEALTH_HEALTHY, 13 * HOUR);
	c->detail.memory_limit = 512 * MIB;
	c->stats.memory_used = 500 * MIB;
	c->stats.cpu_percent = 12.4;
	c->stats.write_per_hour = 1.7 * 1024 * (double)MIB;
	c->detail.restart_count = 2;
	c = add(h, "clock-web", "clock", HEALTH_UNHEALTHY, 41 * DAY);
	c->detail.failing_streak = 132;
	c->detail.unhealthy_since_us = UTC - 66 * MINUTE;
	c->detail.unhealthy_since_exact = TRUE;
	add_probe(c, 60 * SECOND, 0, "");
	add_probe(c, 30 * SECOND, 1, "curl: (7) Failed to connect to localhost port 3000\nsecond line\n");
	add_probe(c, 2 * SECOND, -1, "Health check exceeded timeout (5s)");
	add(h, "notes-web", "notes", HEALTH_UNHEALTHY, 41 * DAY);
	add(h, "notes-db", "notes", HEALTH_STARTING, 20 * SECOND);
	stop(add(h, "migrate", "trading", HEALTH_NONE, DAY), CONTAINER_EXITED, 0);
	stop(add(h, "importer", "trading", HEALTH_NONE, DAY), CONTAINER_EXITED, 3);
	c = add(h, "a-container-with-a-name-that-is-far-too-long-for-any-column-of-it", NULL, HEALTH_HEALTHY, 5 * MINUTE);
	datum_clear(&c->detail.datum);
	c->detail.started_us = c->detail.image_created_us = 0;
	datum_clear(&c->stats.datum);
	c->stats.cpu_percent = c->stats.write_per_hour = NAN;
}

static void setup(struct fixture *f, gconstpointer data)
{
	struct panel_context context = { .request = on_request, .user = f };

	f->world = world_new(1 << 20);
	f->world->now_us = NOW;
	f->world->utc_us = UTC;
	f->requests = g_string_new(NULL);
	context.world = f->world;
	f->panel = containers_panel.create(&context);
	add_containers(add_host(f, "srv1"));
}

static void teardown(struct fixture *f, gconstpointer data)
{
	containers_panel.destroy(f->panel);
	world_free(f->world);
	g_string_free(f->requests, TRUE);
}

/* Draws into a screen of that size; the panel gets all but the five rows of the frame. */
static void draw(struct fixture *f, int height, int width)
{
	resizeterm(height, width);
	erase();
	f->canvas = (struct canvas){ 0, 0, MAX(height - 5, 1), width };
	containers_panel.draw(f->panel, &f->canvas);
}

static char *row_text(int y)
{
	GString *text = g_string_new(NULL);

	for (int x = 0; x < COLS; x++) {
		wchar_t chars[CCHARW_MAX + 1] = { 0 };
		attr_t attributes;
		short pair;
		cchar_t cell;
		mvin_wch(y, x, &cell);
		getcchar(&cell, chars, &attributes, &pair, NULL);
		for (int i = 0; chars[i]; i++)
			g_string_append_unichar(text, (gunichar)chars[i]);
	}
	while (text->len > 0 && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

static char *screen_text(const struct fixture *f)
{
	GString *text = g_string_new(NULL);

	for (int y = 0; y < f->canvas.height; y++) {
		g_autofree char *row = row_text(y);
		g_string_append_printf(text, "%s\n", row);
	}
	return g_string_free(text, FALSE);
}

static gboolean shows(const struct fixture *f, const char *text)
{
	g_autofree char *screen = screen_text(f);

	return strstr(screen, text) != NULL;
}

static void assert_shows(const struct fixture *f, const char *text)
{
	if (!shows(f, text)) {
		g_autofree char *screen = screen_text(f);
		g_error("'%s' is not on the screen:\n%s", text, screen);
	}
}

static void assert_hides(const struct fixture *f, const char *text)
{
	if (shows(f, text)) {
		g_autofree char *screen = screen_text(f);
		g_error("'%s' is on the screen:\n%s", text, screen);
	}
}

static void assert_golden(struct fixture *f, const char *name, int height, int width)
{
	g_autofree char *file = g_strdup_printf("%s-%dx%d.txt", name, width, height);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "panels", file, NULL);
	g_autofree char *wanted = NULL, *got = NULL;
	g_autoptr(GError) error = NULL;

	draw(f, height, width);
	got = screen_text(f);
	if (g_getenv("UPDATE_GOLDEN")) {
		g_assert_true(g_file_set_contents(path, got, -1, &error));
		return;
	}
	g_file_get_contents(path, &wanted, NULL, &error);
	g_assert_no_error(error);
	if (!g_str_equal(got, wanted))
		g_error("%s is another:\n%s\nwanted:\n%s", file, got, wanted);
}

static gboolean act(struct fixture *f, enum action command)
{
	return containers_panel.act(f->panel, command);
}

/* Acts and draws: what a key does on the screen. */
static void press(struct fixture *f, enum action command)
{
	g_assert_true(act(f, command));
	draw(f, 24, 80);
}

static void answer_filter(struct fixture *f, const char *text, gboolean final)
{
	containers_panel.answer(f->panel, ACT_FILTER, text, final);
	draw(f, 24, 80);
}

static void test_list(struct fixture *f, gconstpointer data)
{
	assert_golden(f, "containers", 24, 80);
	assert_golden(f, "containers", 45, 140);
	assert_golden(f, "containers", 60, 200);
}

static void append_log(struct fixture *f)
{
	guint32 source = log_store_source(f->world->logs, "srv1", "container", "clock-web");
	guint32 other = log_store_source(f->world->logs, "srv1", "container", "caddy");

	log_store_append_line(f->world->logs, source, 0, LEVEL_NONE, UTC - 9 * SECOND, "listening on 3000", 17);
	log_store_append_line(f->world->logs, other, 0, LEVEL_NONE, UTC - 8 * SECOND, "of another one", 14);
	log_store_append_line(f->world->logs, source, 0, LEVEL_ERROR, UTC - 7 * SECOND, "ERROR no database", 17);
}

static void test_details(struct fixture *f, gconstpointer data)
{
	draw(f, 24, 80);
	press(f, ACT_DETAILS);
	assert_golden(f, "containers-health", 24, 80);
	assert_golden(f, "containers-health", 60, 200);
	press(f, ACT_FULL);
	assert_golden(f, "containers-health-full", 24, 80);
	press(f, ACT_FULL);
	press(f, ACT_TAB_PREVIOUS);
	assert_golden(f, "containers-stats", 24, 80);
	press(f, ACT_TAB_NEXT);
	press(f, ACT_TAB_NEXT);
	assert_shows(f, "l follows it in Logs");
	append_log(f);
	draw(f, 24, 80);
	assert_shows(f, "listening on 3000");
	assert_shows(f, "ERROR no database");
	assert_hides(f, "of another one");
	press(f, ACT_DOWN);
	assert_shows(f, "notes-web ");
	assert_shows(f, "It is not followed");
	press(f, ACT_BACK);
	assert_hides(f, "[Logs]");
	g_assert_false(act(f, ACT_BACK));
}

/* With the details in full size j and k still go from row to row, the page keys scroll. */
static void test_full_size(struct fixture *f, gconstpointer data)
{
	struct container *c = host_container(f->world->hosts->pdata[0], "notes-web");

	for (int i = 0; i < 5; i++) {
		g_autofree char *output = g_strdup_printf("first of %d\n2\n3\n4\n5\n6\n7\nlast of %d", i, i);
		add_probe(c, (5 - i) * 30 * SECOND, 1, output);
	}
	draw(f, 24, 80);
	press(f, ACT_DETAILS);
	press(f, ACT_FULL);
	assert_shows(f, "[Health]");
	assert_shows(f, "port 3000");
	press(f, ACT_DOWN);
	assert_shows(f, "first of 4"); /* the newest probe */
	assert_hides(f, "last of 0");
	press(f, ACT_PAGE_DOWN);
	assert_hides(f, "first of 4");
	press(f, ACT_BOTTOM);
	assert_shows(f, "last of 0");
	press(f, ACT_TOP);
	assert_shows(f, "first of 4");
	press(f, ACT_UP);
	assert_shows(f, "port 3000");
	g_assert_true(act(f, ACT_ESCAPE));
	g_assert_true(act(f, ACT_ESCAPE));
	g_assert_false(act(f, ACT_ESCAPE));
	draw(f, 24, 80);
	g_assert_true(act(f, ACT_DOWN)); /* another row: what follows is typed ahead of the first drawing of its details */
	g_assert_true(act(f, ACT_DETAILS));
	g_assert_true(act(f, ACT_FULL));
	press(f, ACT_BOTTOM);
	assert_shows(f, "last of 0");
}

/* The reply comes after the key. */
static void test_inspect_typed_ahead(struct fixture *f, gconstpointer data)
{
	struct container *c = host_container(f->world->hosts->pdata[0], "clock-web");
	g_autoptr(GString) text = g_string_new("first\n");

	for (int i = 0; i < 100; i++)
		g_string_append(text, "line\n");
	g_string_append(text, "last");
	draw(f, 24, 80);
	press(f, ACT_JSON);
	press(f, ACT_BOTTOM);
	containers_panel.text(f->panel, c->id, text->str, NULL);
	draw(f, 24, 80);
	assert_shows(f, "last");
	press(f, ACT_TOP);
	assert_shows(f, "first");
}

static void test_inspect(struct fixture *f, gconstpointer data)
{
	g_autofree char *id = NULL, *requests = NULL;

	draw(f, 24, 80);
	id = g_strdup(host_container(f->world->hosts->pdata[0], "clock-web")->id);
	g_free(take_requests(f));
	press(f, ACT_JSON);
	requests = take_requests(f);
	g_assert_nonnull(strstr(requests, "inspect srv1"));
	assert_shows(f, "asking srv1");
	containers_panel.text(f->panel, "another", "{ not this }", NULL);
	containers_panel.text(f->panel, id, "{\n  \"Id\": 1\n}", NULL);
	draw(f, 24, 80);
	assert_shows(f, "\"Id\": 1");
	assert_hides(f, "not this");
	/* The cursor runs down the list: nothing is asked until it rests. */
	press(f, ACT_DOWN);
	g_free(requests);
	requests = take_requests(f);
	g_assert_null(strstr(requests, "inspect"));
	f->world->now_us += SECOND;
	draw(f, 24, 80);
	g_free(requests);
	requests = take_requests(f);
	g_assert_nonnull(strstr(requests, "inspect srv1"));
	containers_panel.text(f->panel, host_container(f->world->hosts->pdata[0], "notes-web")->id, NULL, "the daemon said no");
	draw(f, 24, 80);
	assert_shows(f, "the daemon said no");
}

static void test_filter(struct fixture *f, gconstpointer data)
{
	g_autofree char *requests = NULL;

	draw(f, 24, 80);
	g_free(take_requests(f));
	press(f, ACT_FILTER);
	requests = take_requests(f);
	g_assert_nonnull(strstr(requests, "prompt"));
	answer_filter(f, "notes", FALSE);
	assert_shows(f, "2 of 8");
	assert_hides(f, "caddy");
	answer_filter(f, NULL, TRUE); /* cancelled: as it was */
	assert_shows(f, "8 of 8");
	answer_filter(f, "state:unhealthy !clock", TRUE);
	assert_shows(f, "1 of 8");
	answer_filter(f, "state:bad", FALSE);
	assert_shows(f, "no state is called");
	answer_filter(f, "state:bad", TRUE);
	g_free(requests);
	requests = take_requests(f);
	g_assert_nonnull(strstr(requests, "notice"));
	answer_filter(f, "xyz", TRUE);
	assert_shows(f, "matches /xyz: Esc clears");
	press(f, ACT_ESCAPE);
	assert_shows(f, "8 of 8");
	g_assert_false(act(f, ACT_ESCAPE));
}

static void test_chips(struct fixture *f, gconstpointer data)
{
	draw(f, 24, 80);
	press(f, ACT_CHIP);
	assert_shows(f, "[Unhealthy 2]");
	assert_shows(f, "2 of 8");
	press(f, ACT_CHIP);
	assert_shows(f, "5 of 8"); /* the one whose details are not known is not counted */
	press(f, ACT_CHIP);
	assert_shows(f, "clock 1]");
	press(f, ACT_ESCAPE);
	assert_shows(f, "[All]");
	press(f, ACT_FAULTS); /* two unhealthy, one near its limit, one that ended with 3 */
	assert_shows(f, "4 of 8");
	press(f, ACT_FAULTS);
	assert_shows(f, "8 of 8");
}

static void test_requests(struct fixture *f, gconstpointer data)
{
	g_autofree char *requests = NULL;

	containers_panel.shown(f->panel, TRUE);
	draw(f, 24, 80);
	requests = take_requests(f);
	g_assert_cmpstr(requests, ==, "visible srv1 8\n");
	draw(f, 24, 80);
	g_assert_cmpuint(f->requests->len, ==, 0); /* nothing changed */
	g_assert_true(act(f, ACT_LOGS));
	g_free(requests);
	requests = take_requests(f);
	g_assert_cmpstr(requests, ==, "follow srv1 clock-web\n");
	press(f, ACT_MARK);
	press(f, ACT_MARK);
	g_assert_true(act(f, ACT_LOGS));
	g_free(requests);
	requests = take_requests(f);
	g_assert_cmpstr(requests, ==, "follow srv1 clock-web\nfollow srv1 notes-web\n");
	press(f, ACT_UNMARK);
	g_assert_true(act(f, ACT_TOP));
	g_assert_true(act(f, ACT_COPY));
	g_free(requests);
	requests = take_requests(f);
	g_assert_nonnull(strstr(requests, "copy 'srv1  clock-web  "));
	containers_panel.shown(f->panel, FALSE);
	g_free(requests);
	requests = take_requests(f);
	g_assert_cmpstr(requests, ==, "visible srv1 0\n");
}

static void test_select(struct fixture *f, gconstpointer data)
{
	g_autofree char *requests = NULL;

	draw(f, 24, 80);
	answer_filter(f, "notes", TRUE);
	containers_panel.select(f->panel, "srv1", "caddy");
	draw(f, 24, 80);
	g_free(take_requests(f));
	g_assert_true(act(f, ACT_LOGS));
	requests = take_requests(f);
	g_assert_cmpstr(requests, ==, "follow srv1 caddy\n");
}

/* No two commands have a key in common where both work. */
static void test_keys(struct fixture *f, gconstpointer data)
{
	struct keymap *keys = keymap_new(actions, ACT_COUNT);
	g_autoptr(GError) error = NULL;

	keymap_check(keys, &error);
	g_assert_no_error(error);
	keymap_free(keys);
}

static void test_can(struct fixture *f, gconstpointer data)
{
	const char *why = NULL;

	draw(f, 24, 80);
	g_assert_false(containers_panel.can(f->panel, ACT_TAB_NEXT, &why));
	g_assert_cmpstr(why, ==, "no details are open");
	g_assert_false(containers_panel.can(f->panel, ACT_HOST_NEXT, &why));
	g_assert_cmpstr(why, ==, "there is only one host");
	g_assert_false(containers_panel.can(f->panel, ACT_UNMARK, &why));
	g_assert_true(containers_panel.can(f->panel, ACT_DETAILS, &why));
	answer_filter(f, "xyz", TRUE);
	g_assert_false(containers_panel.can(f->panel, ACT_LOGS, &why));
	g_assert_cmpstr(why, ==, "no container is selected");
}

static void test_badge(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];
	char text[16];

	g_assert_cmpint(containers_panel.badge(f->panel, text, sizeof text), ==, ROLE_CRIT);
	g_assert_cmpstr(text, ==, "✖2");
	host_container(h, "clock-web")->health = HEALTH_HEALTHY;
	host_container(h, "notes-web")->health = HEALTH_HEALTHY;
	g_assert_cmpint(containers_panel.badge(f->panel, text, sizeof text), ==, ROLE_WARN);
	g_assert_cmpstr(text, ==, "▲2");
	host_container(h, "importer")->detail.exit_code = 0;
	host_container(h, "invttrdg-backend")->stats.memory_used = MIB;
	containers_panel.badge(f->panel, text, sizeof text);
	g_assert_cmpstr(text, ==, "");
}

static void add_other_hosts(struct fixture *f)
{
	struct host *down = add_host(f, "gw-014"), *none = add_host(f, "bare");

	add(down, "recorder", "gateway", HEALTH_HEALTHY, 3 * DAY);
	host_went_down(down, "link down");
	down->docker.datum.at_us = NOW - 3 * MINUTE;
	down->link.state = LINK_DOWN;
	down->link.since_us = NOW - 3 * MINUTE;
	down->link.retry_at_us = NOW + 12 * SECOND;
	down->link.failures = 4;
	down->link.step = g_strdup("connect");
	down->link.reason = g_strdup("no route to host 100.64.0.14, which was reached through the relay fra until it went away without a word");
	down->link.advice = g_strdup("Check its power and its uplink");
	datum_none(&none->docker.datum, "no Docker here: /var/run/docker.sock does not exist");
}

static void test_hosts(struct fixture *f, gconstpointer data)
{
	add_other_hosts(f);
	assert_golden(f, "containers-hosts", 24, 80);
	assert_golden(f, "containers-hosts", 45, 140);
	assert_shows(f, "Check its"); /* the advice stands, at whatever cost to the reason */
	press(f, ACT_HOST_NEXT);
	assert_shows(f, "8 of 8");
	press(f, ACT_HOST_NEXT);
	assert_golden(f, "containers-down", 24, 80);
	assert_shows(f, "Check its power");
	press(f, ACT_HOST_NEXT);
	assert_shows(f, "no Docker here");
	press(f, ACT_HOST_NEXT);
	assert_shows(f, "9 of 9");
	containers_panel.select(f->panel, "gw-014", "recorder");
	draw(f, 24, 80);
	assert_shows(f, "1 of 1");
	containers_panel.select(f->panel, NULL, NULL);
	draw(f, 24, 80);
	assert_shows(f, "9 of 9");
	answer_filter(f, "host:gw", TRUE);
	assert_shows(f, "1 of 9");
}

static void test_docker_trouble(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];

	datum_clear(&h->docker.datum);
	datum_failed(&h->docker.datum, "/var/run/docker.sock: permission denied; add the user to the group docker, then log in again");
	g_hash_table_remove_all(h->docker.by_id);
	g_ptr_array_set_size(h->docker.containers, 0);
	assert_golden(f, "containers-denied", 24, 80);
	assert_shows(f, "add the user to the group docker");
	datum_clear(&h->docker.datum);
	draw(f, 24, 80);
	assert_shows(f, "waiting for the containers of srv1");
}

/* Docker answers, but something of its answer is missing: said beside the freshness. */
static void test_docker_remark(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];
	struct container *c = host_container(h, "clock-web");

	h->docker.datum.error = g_strdup("3 containers in the daemon's list have no usable id and are not shown");
	draw(f, 24, 140);
	assert_shows(f, "2s   3 containers in the daemon's list have no usable id");
	c->stats.memory_used = c->stats.memory_limit = 0; /* a kernel that does not count memory, as on a Raspberry Pi */
	datum_failed(&c->stats.datum, "the daemon took too long");
	containers_panel.select(f->panel, "srv1", "clock-web");
	draw(f, 24, 140);
	press(f, ACT_DETAILS);
	press(f, ACT_TAB_PREVIOUS);
	assert_shows(f, "memory            – of – (–%)   the kernel there does not count it");
	assert_shows(f, "asking again failed: the daemon took too long");
}

/* Rows come and go under the cursor and the details. */
static void test_gone(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];

	draw(f, 24, 80);
	press(f, ACT_DETAILS);
	press(f, ACT_MARK);
	while (h->docker.containers->len > 0) {
		struct container *c = h->docker.containers->pdata[0];
		const char *why;
		g_hash_table_remove(h->docker.by_id, c->id);
		g_ptr_array_remove_index(h->docker.containers, 0);
		containers_panel.can(f->panel, ACT_LOGS, &why);
		act(f, ACT_LOGS);
		act(f, ACT_COPY);
		act(f, ACT_DOWN);
		draw(f, 24, 80);
	}
	assert_shows(f, "0 of 0");
	assert_shows(f, "no container is selected");
}

static void click_text(struct fixture *f, const char *text)
{
	for (int y = 0; y < f->canvas.height; y++) {
		g_autofree char *row = row_text(y);
		char *at = strstr(row, text);
		if (!at)
			continue;
		*at = '\0';
		g_assert_true(containers_panel.mouse(f->panel, &f->canvas, y, text_width(row), 1));
		draw(f, LINES, COLS);
		return;
	}
	g_error("no '%s' to click", text);
}

static void test_mouse(struct fixture *f, gconstpointer data)
{
	draw(f, 24, 80);
	g_assert_true(containers_panel.mouse(f->panel, &f->canvas, 4, 10, 1));
	g_assert_true(containers_panel.mouse(f->panel, &f->canvas, 4, 10, 2));
	draw(f, 24, 80);
	assert_shows(f, "[Health]");
	g_assert_false(containers_panel.mouse(f->panel, &f->canvas, 18, 70, 1));
	click_text(f, "Stats");
	assert_shows(f, "[Stats]");
	draw(f, 60, 200);
	click_text(f, "Inspect");
	assert_shows(f, "[Inspect]");
	draw(f, 24, 80);
	g_assert_true(containers_panel.mouse(f->panel, &f->canvas, 1, 9, 1));
	draw(f, 24, 80);
	assert_shows(f, "[Unhealthy 2]");
	g_assert_true(containers_panel.mouse(f->panel, &f->canvas, 4, 10, 8));
}

static void test_many(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];

	for (int i = 0; i < 5000; i++) {
		g_autofree char *name = g_strdup_printf("worker-%04d", i);
		add(h, name, i % 2 ? "even" : "odd", HEALTH_HEALTHY, i * MINUTE);
	}
	draw(f, 24, 80);
	assert_shows(f, "5008 of 5008");
	press(f, ACT_BOTTOM);
	press(f, ACT_SORT_NEXT);
	press(f, ACT_SORT_INVERT);
	answer_filter(f, "worker-4999", TRUE);
	assert_shows(f, "1 of 5008");
}

static void test_sizes(struct fixture *f, gconstpointer data)
{
	add_other_hosts(f);
	for (int step = 0; step < 8; step++) {
		glyph_use_ascii(step % 2 == 1);
		for (int height = 5; height <= 70; height += 5)
			for (int width = 20; width <= 220; width += 25)
				draw(f, height, width);
		if (step == 1)
			act(f, ACT_DETAILS);
		else if (step == 3)
			act(f, ACT_FULL);
		else if (step > 3)
			act(f, ACT_TAB_NEXT);
	}
	glyph_use_ascii(FALSE);
	assert_shows(f, "clock-web");
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	struct theme theme;
	FILE *null = fopen("/dev/null", "r+");
	SCREEN *terminal;
	int result;

	g_test_init(&argc, &argv, NULL);
	setlocale(LC_ALL, "C.UTF-8");
	terminal = newterm("xterm-256color", null, null);
	if (!terminal || !theme_parse(theme_dark_text, strlen(theme_dark_text), "dark", &theme, &error))
		g_error("no terminal to draw on");
	palette_open(&theme, TRUE);
#define ADD(name) g_test_add("/containers/" #name, struct fixture, NULL, setup, test_##name, teardown)
	ADD(list);
	ADD(details);
	ADD(full_size);
	ADD(inspect);
	ADD(inspect_typed_ahead);
	ADD(filter);
	ADD(chips);
	ADD(requests);
	ADD(select);
	ADD(keys);
	ADD(can);
	ADD(badge);
	ADD(hosts);
	ADD(docker_trouble);
	ADD(docker_remark);
	ADD(gone);
	ADD(mouse);
	ADD(many);
	ADD(sizes);
	result = g_test_run();
	endwin();
	delscreen(terminal);
	fclose(null);
	return result;
}
