/* Plans: what the sheets say before anything is done, what has to be typed, and what exactly would be sent. Nothing is connected. */
#include "app/plan.h"

#include <string.h>

#include "app/work.h"

#define HOUR_US (3600 * (gint64)G_USEC_PER_SEC)

/* --- a world of two hosts --- */

struct setting {
	struct world *world;
	struct http *http;
	struct config *config;
	GPtrArray *machines;
	GPtrArray *targets;
};

#define CONFIG \
	"hosts:\n" \
	"  - name: vm1\n" \
	"    role: vm\n" \
	"    docker: {stop_timeout: 7}\n" \
	"    cleanup:\n" \
	"      command: /opt/cleanup run\n" \
	"      dry_run: /opt/cleanup dry\n" \
	"      weekly: /opt/cleanup weekly\n" \
	"  - name: gw1\n" \
	"    role: gateway\n" \
	"    cleanup: {command: /opt/cleanup}\n" \
	"actions:\n" \
	"  - {name: gateways, title: Reload, command: 'systemctl reload novavms-gateway', roles: [gateway], confirm: host}\n" \
	"  - {name: host, command: 'echo {host}', loses: 'nothing that matters'}\n" \
	"  - {name: counted, command: 'echo {host}', confirm: host}\n" \
	"  - {name: container, on: container, title: Prune, command: 'prune {name} {id} {stack} {image} on {host}', confirm: count}\n" \
	"  - {name: job, on: job, command: 'rerun {name}'}\n" \
	"  - {name: model, on: model, http: {url: 'http://127.0.0.1:11434/x/{name}', body: '{\"m\":\"{name}\"}', headers: ['X-Host: {host}']}}\n"

static void
set_up(struct setting *s, gconstpointer unused)
{
	g_autoptr(GPtrArray) problems = config_problems_new();

	s->config = config_parse(CONFIG, strlen(CONFIG), "c.yml", problems);
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *text = config_problem_text(problems->pdata[i]);
		g_test_message("%s", text);
	}
	g_assert_nonnull(s->config);
	s->world = world_new(1 << 20);
	s->http = http_new();
	s->machines = machines_new(s->world, s->http, s->config);
	s->targets = action_targets_new();
}

static void
tear_down(struct setting *s, gconstpointer unused)
{
	g_ptr_array_unref(s->targets);
	g_ptr_array_unref(s->machines);
	http_free(s->http);
	world_free(s->world);
	config_free(s->config);
}

static struct container *
add(struct setting *s, const char *host, const char *name, const char *stack)
{
	struct host *h = world_host(s->world, host);
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
	struct container *c = container_new(hash);

	c->name = g_strdup(name);
	c->stack = g_strdup(stack);
	c->service = g_strdup(name);
	c->image = g_strdup_printf("registry.example.com/%s:1", name);
	c->state = CONTAINER_RUNNING;
	c->health = HEALTH_UNHEALTHY;
	datum_good(&c->detail.datum, 1);
	c->detail.started_us = g_get_real_time() - 13 * HOUR_US;
	g_ptr_array_add(h->docker.containers, c);
	g_hash_table_insert(h->docker.by_id, c->id, c);
	return c;
}

static void
target(struct setting *s, const char *host, const char *object)
{
	action_targets_add(s->targets, host, object);
}

static char *
text_of(const struct plan *p)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < p->lines->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)p->lines->pdata[i]);
	return g_string_free(text, FALSE);
}

static void
assert_says(const struct plan *p, const char *words)
{
	g_autofree char *text = text_of(p);

	if (!strstr(text, words))
		g_error("\"%s\" is not said in:\n%s", words, text);
}

static void
assert_says_not(const struct plan *p, const char *words)
{
	g_autofree char *text = text_of(p);

	if (strstr(text, words))
		g_error("\"%s\" is said in:\n%s", words, text);
}

static const struct operation *
operation(const struct plan *p, guint i)
{
	return ((const struct work *)p->works->pdata[i])->operation;
}

/* --- restarts --- */

static void
test_restart_one(struct setting *s, gconstpointer unused)
{
	struct container *c = add(s, "vm1", "web", "shop"), *db = add(s, "vm1", "db", "shop"), *worker = add(s, "vm1", "worker", "shop");
	struct container *other = add(s, "vm1", "proxy", "edge"), *far = add(s, "gw1", "agent", "shop");
	g_autofree char *request = g_strdup_printf("/containers/%s/restart?t=7", c->id), *short_id = g_strdup_printf("/containers/%.12s…/restart?t=7", c->id);
	struct plan *p;

	c->detail.restart_count = 2;
	worker->depends_on = g_strdup("db:service_started:false,web:service_healthy:true");
	db->depends_on = g_strdup("cache");
	other->depends_on = g_strdup("web"); /* of another stack: another web */
	far->depends_on = g_strdup("web");   /* of another host */
	target(s, "vm1", c->id);
	p = plan_restart(s->machines, s->targets);
	g_assert_cmpstr(p->title, ==, "Restart web on vm1");
	g_assert_cmpstr(p->verb, ==, "restart");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_KEY);
	g_assert_null(p->word);
	g_assert_true(p->snapshots);
	assert_says(p, short_id);
	assert_says(p, "Up 13h");
	assert_says(p, ", unhealthy, restarted 2 times by its policy");
	assert_says(p, "Depend on it: worker (stack shop, 2 others)");
	assert_says(p, "Loses: open connections");
	assert_says(p, "Evidence first");
	g_assert_cmpuint(p->works->len, ==, 1);
	g_assert_cmpstr(operation(p, 0)->action, ==, "container.restart");
	g_assert_cmpstr(operation(p, 0)->host, ==, "vm1");
	g_assert_cmpstr(operation(p, 0)->target, ==, "web");
	g_assert_true(g_str_has_prefix(operation(p, 0)->request, "POST "));
	g_assert_true(g_str_has_suffix(operation(p, 0)->request, request)); /* the log has all of it */
	plan_free(p);
}

static void
test_restart_states(struct setting *s, gconstpointer unused)
{
	struct container *alone = add(s, "vm1", "alone", NULL), *unknown = add(s, "vm1", "fresh", "shop"), *dead = add(s, "vm1", "dead", "shop");
	struct plan *p;

	alone->health = HEALTH_NONE;
	target(s, "vm1", alone->id);
	p = plan_restart(s->machines, s->targets);
	assert_says(p, "Up 13h\n");
	assert_says_not(p, "Stack");
	assert_says_not(p, "epend");
	plan_free(p);

	datum_clear(&unknown->detail.datum);
	unknown->detail.datum = (struct datum){ 0 };
	unknown->health = HEALTH_NONE;
	g_ptr_array_set_size(s->targets, 0);
	target(s, "vm1", unknown->id);
	p = plan_restart(s->machines, s->targets);
	assert_says(p, "Up ?\n"); /* not known is not 0 */
	assert_says(p, "Stack shop: 1 other, none says that it depends on it");
	plan_free(p);

	dead->state = CONTAINER_EXITED;
	dead->health = HEALTH_NONE;
	g_ptr_array_set_size(s->targets, 0);
	target(s, "vm1", dead->id);
	p = plan_restart(s->machines, s->targets);
	assert_says(p, "Exited\n");
	plan_free(p);
}

/* From four on their number is typed; every one is named, wherever it is, up to a screenful. */
static void
test_restart_many(struct setting *s, gconstpointer unused)
{
	struct plan *p;

	for (guint i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("worker-%02u", i);
		const struct container *c = add(s, i % 2 ? "gw1" : "vm1", name, "shop");
		target(s, i % 2 ? "gw1" : "vm1", c->id);
		p = plan_restart(s->machines, s->targets);
		g_assert_cmpuint(p->works->len, ==, i + 1);
		g_assert_cmpint(p->confirm, ==, i + 1 < PLAN_COUNT_FROM ? PLAN_ASKS_KEY : PLAN_ASKS_COUNT);
		if (i + 1 >= PLAN_COUNT_FROM)
			g_assert_cmpuint((guint)g_ascii_strtoull(p->word, NULL, 10), ==, i + 1);
		else
			g_assert_null(p->word);
		for (guint j = 0; i > 0 && j <= MIN(i, 11); j++) {
			g_autofree char *line = g_strdup_printf("  worker-%02u on %s: up 13h", j, j % 2 ? "gw1" : "vm1");
			assert_says(p, line);
		}
		plan_free(p);
	}
	p = plan_restart(s->machines, s->targets);
	g_assert_cmpstr(p->title, ==, "Restart 20 containers");
	assert_says(p, "… and 8 more");
	assert_says_not(p, "worker-12");
	plan_free(p);
}

/* What the sheet tells of a host that does not answer is said to be old, once. */
static void
test_restart_stale(struct setting *s, gconstpointer unused)
{
	struct datum *vm = &world_host(s->world, "vm1")->docker.datum, *gateway = &world_host(s->world, "gw1")->docker.datum;
	g_autofree char *text = NULL;
	const char *at;
	struct plan *p;

	datum_good(vm, g_get_monotonic_time() - 125 * G_USEC_PER_SEC);
	datum_good(gateway, g_get_monotonic_time());
	target(s, "vm1", add(s, "vm1", "one", NULL)->id);
	target(s, "gw1", add(s, "gw1", "three", NULL)->id);
	target(s, "vm1", add(s, "vm1", "two", NULL)->id);
	p = plan_restart(s->machines, s->targets);
	assert_says_not(p, "As known");
	plan_free(p);
	datum_failed(vm, "no answer from docker.sock in 10 s");
	p = plan_restart(s->machines, s->targets);
	text = text_of(p);
	at = strstr(text, "As known 2m ago on vm1: no answer from docker.sock in 10 s\n");
	g_assert_true(at && !strstr(at + 1, "As known"));
	plan_free(p);
}

/* What vanished between the key and the plan is left out, and not counted. */
static void
test_restart_vanished(struct setting *s, gconstpointer unused)
{
	const struct container *c = add(s, "vm1", "web", NULL);
	struct plan *p;

	target(s, "vm1", "0123456789abcdef");
	target(s, "gone.example.com", c->id);
	p = plan_restart(s->machines, s->targets);
	g_assert_cmpuint(p->works->len, ==, 0);
	plan_free(p);
	target(s, "vm1", c->id);
	p = plan_restart(s->machines, s->targets);
	g_assert_cmpstr(p->title, ==, "Restart web on vm1");
	plan_free(p);
}

static void
test_depends(struct setting *s, gconstpointer unused)
{
	static const struct { const char *label; gboolean depends; } labels[] = {
		{ "db", TRUE }, { "cache,db", TRUE }, { "db,cache", TRUE }, { "db:service_healthy:false", TRUE },
		{ "cache:service_started:false,db:service_healthy:true", TRUE }, { "", FALSE }, { "dbx", FALSE }, { "xdb", FALSE },
		{ "db2:service_started:false", FALSE }, { "cache:db:false", FALSE }, { ",,", FALSE }, { NULL, FALSE },
	};
	struct container *c = add(s, "vm1", "web", "shop"), *db = add(s, "vm1", "db", "shop"), *namesake = add(s, "vm1", "db-of-another", "other");

	g_free(namesake->service);
	namesake->service = g_strdup("db");
	for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
		g_free(c->depends_on);
		c->depends_on = g_strdup(labels[i].label);
		g_assert_cmpint(container_depends(c, db), ==, labels[i].depends);
		g_assert_false(container_depends(c, namesake));
		g_assert_false(container_depends(db, c));
	}
}

static void
test_many_dependants(struct setting *s, gconstpointer unused)
{
	const struct container *db = add(s, "vm1", "db", "shop");
	struct plan *p;

	for (guint i = 0; i < 9; i++) {
		g_autofree char *name = g_strdup_printf("app%u", i);
		add(s, "vm1", name, "shop")->depends_on = g_strdup("db");
	}
	target(s, "vm1", db->id);
	p = plan_restart(s->machines, s->targets);
	assert_says(p, "Depend on it: app0, app1, app2, app3, app4, app5 and 3 more (stack shop, 9 others)");
	plan_free(p);
}

static void
test_snapshot(struct setting *s, gconstpointer unused)
{
	struct plan *p;

	for (guint i = 0; i < 5; i++) {
		g_autofree char *name = g_strdup_printf("c%u", i);
		target(s, "vm1", add(s, "vm1", name, NULL)->id);
	}
	p = plan_snapshot(s->machines, s->targets);
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_NOTHING); /* it changes nothing over there */
	g_assert_cmpuint(p->works->len, ==, 5);
	g_assert_cmpstr(operation(p, 0)->action, ==, "container.snapshot");
	plan_free(p);
}

/* --- hosts --- */

static void
test_cleanup(struct setting *s, gconstpointer unused)
{
	struct machine *vm = machines_find(s->machines, "vm1");
	struct operation *dry = operation_new("vm.cleanup", "cleanup dry run", "vm1", "dry run", "x");
	struct plan *p = plan_cleanup(vm, TRUE, NULL);

	g_assert_cmpstr(p->title, ==, "Dry run of the cleanup on vm1");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_KEY);
	g_assert_cmpstr(operation(p, 0)->request, ==, "/opt/cleanup dry");
	assert_says(p, "/opt/cleanup dry");
	plan_free(p);

	for (guint i = 1; i <= 20; i++) {
		g_autofree char *line = g_strdup_printf("would remove %u\n", i);
		operation_output(dry, line, strlen(line));
	}
	p = plan_cleanup(vm, FALSE, dry);
	g_assert_cmpstr(p->title, ==, "Clean up vm1");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_HOST);
	g_assert_cmpstr(p->word, ==, "vm1");
	g_assert_cmpstr(operation(p, 0)->request, ==, "/opt/cleanup run");
	assert_says(p, "Its dry run said, at the end:\n  would remove 13\n");
	assert_says(p, "  would remove 20\n");
	plan_free(p);
	operation_free(dry);
}

static void
test_cleanup_missing(struct setting *s, gconstpointer unused)
{
	struct machine *gateway = machines_find(s->machines, "gw1"), *vm = machines_find(s->machines, "vm1");
	const struct config_host none = { .name = (char *)"vm1" };
	const struct config_host *before = vm->config;
	const char *why = NULL;
	struct plan *p;

	g_assert_null(plan_cleanup_obstacle(vm));
	g_assert_nonnull(strstr(plan_cleanup_obstacle(gateway), "no dry run")); /* nothing is cleaned up unseen */
	vm->config = &none;
	g_assert_nonnull(strstr(plan_cleanup_obstacle(vm), "no cleanup is configured"));
	g_assert_null(plan_cleanup_mode(vm, "weekly", &why));
	vm->config = before;
	g_assert_null(plan_cleanup_mode(vm, "monthly", &why));
	g_assert_nonnull(strstr(why, "no command for it"));
	p = plan_cleanup_mode(vm, "weekly", &why);
	g_assert_cmpstr(operation(p, 0)->request, ==, "/opt/cleanup weekly");
	plan_free(p);
	p = plan_cleanup_mode(vm, "dry run", &why);
	g_assert_cmpstr(operation(p, 0)->request, ==, "/opt/cleanup dry");
	plan_free(p);
}

static void
test_job(struct setting *s, gconstpointer unused)
{
	static const struct { enum cron_origin origin; const char *user, *command, *request; } jobs[] = {
		{ CRON_USER, NULL, "echo it's \\% > /dev/null", "echo it's % > /dev/null" },
		{ CRON_USER, "root", "echo '$(x)'", "echo '$(x)'" }, /* the link's own user */
		{ CRON_ETC_CRON_D, "www-data", "echo it's", "sudo -n -u 'www-data' -- sh -c 'echo it'\\''s'" },
		{ CRON_ETC_CRON_D, "a; rm -rf x", "true", "sudo -n -u 'a; rm -rf x' -- sh -c 'true'" },
		{ CRON_TIMER, NULL, "x.service; touch ran", "systemctl start -- 'x.service; touch ran'" },
		{ CRON_USER, NULL, "sed 's/\\\\/x/'", "sed 's/\\/x/'" }, /* cron takes a backslash off */
		{ CRON_USER, NULL, "mail -s x root%first line", NULL },
		{ CRON_USER, NULL, "echo a\\\\%input", NULL },
	};
	struct machine *m = machines_find(s->machines, "vm1");

	m->host->link.address = g_strdup("root@100.64.0.10:22");
	for (guint i = 0; i < G_N_ELEMENTS(jobs); i++) {
		const struct cron_job job = {
			.origin = jobs[i].origin, .where = (char *)"crontab of root", .user = (char *)jobs[i].user, .schedule = (char *)"0 8 * * 1",
			.command = (char *)jobs[i].command, .name = (char *)"a job",
		};
		const char *why = NULL;
		struct plan *p = plan_job(m, &job, &why);
		if (!jobs[i].request) {
			g_assert_null(p);
			g_assert_nonnull(strstr(why, "input lines"));
			continue;
		}
		g_assert_cmpstr(operation(p, 0)->request, ==, jobs[i].request);
		g_assert_cmpstr(p->title, ==, "Run a job on vm1");
		g_assert_cmpint(p->confirm, ==, PLAN_ASKS_KEY);
		plan_free(p);
	}
}

static void
test_job_refused(struct setting *s, gconstpointer unused)
{
	const struct cron_job jobs[] = {
		{ .origin = CRON_USER, .command = (char *)"true", .problem = (char *)"command too long: cron takes 998 characters" },
		{ .origin = CRON_USER, .command = (char *)"cut -d '        '", .altered = TRUE }, /* it was a tab */
	};
	static const char *const words[] = { "cron itself does not run this line", "characters that cannot be shown" };
	const char *why;

	for (guint i = 0; i < G_N_ELEMENTS(jobs); i++) {
		g_assert_null(plan_job(machines_find(s->machines, "vm1"), &jobs[i], &why));
		g_assert_nonnull(strstr(why, words[i]));
	}
}

/* --- the operator's own --- */

static const struct config_action *
custom(const struct setting *s, const char *name)
{
	for (unsigned i = 0; i < s->config->actions_count; i++)
		if (strcmp(s->config->actions[i].name, name) == 0)
			return &s->config->actions[i];
	g_error("no action %s", name);
}

static void
test_custom_roles(struct setting *s, gconstpointer unused)
{
	const char *why = NULL;
	struct plan *p;

	target(s, "vm1", NULL);
	g_assert_null(plan_custom(s->machines, NULL, s->targets, custom(s, "gateways"), &why));
	g_assert_nonnull(strstr(why, "does not apply"));
	g_assert_cmpstr(plan_custom_obstacle(s->machines, NULL, s->targets, custom(s, "gateways")), ==, why);
	target(s, "gw1", NULL);
	g_assert_null(plan_custom_obstacle(s->machines, NULL, s->targets, custom(s, "gateways")));
	p = plan_custom(s->machines, NULL, s->targets, custom(s, "gateways"), &why);
	g_assert_cmpuint(p->works->len, ==, 1);
	g_assert_cmpstr(operation(p, 0)->host, ==, "gw1");
	g_assert_cmpstr(operation(p, 0)->action, ==, "custom.gateways");
	g_assert_cmpstr(operation(p, 0)->title, ==, "Reload");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_HOST);
	g_assert_cmpstr(p->word, ==, "gw1");
	plan_free(p);
}

/* Rows of two hosts, several of each: one command a host. */
static void
test_custom_host(struct setting *s, gconstpointer unused)
{
	const char *why = NULL;
	struct plan *p;

	target(s, "vm1", "a");
	target(s, "vm1", "b");
	target(s, "gw1", "c");
	p = plan_custom(s->machines, NULL, s->targets, custom(s, "host"), &why);
	g_assert_cmpuint(p->works->len, ==, 2);
	g_assert_cmpstr(operation(p, 0)->request, ==, "echo 'vm1'");
	g_assert_cmpstr(operation(p, 1)->request, ==, "echo 'gw1'");
	g_assert_null(operation(p, 0)->target);
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_KEY);
	assert_says(p, "Loses: nothing that matters");
	plan_free(p);

	p = plan_custom(s->machines, NULL, s->targets, custom(s, "counted"), &why); /* no one host's name could be typed for both */
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_COUNT);
	g_assert_cmpstr(p->word, ==, "2");
	plan_free(p);
}

static void
test_custom_container(struct setting *s, gconstpointer unused)
{
	static const char hostile[] = "it's $(touch ran); `x`";
	struct container *c = add(s, "vm1", hostile, "st'ack");
	g_autofree char *name = g_shell_quote(hostile), *expected = NULL, *image = g_shell_quote(c->image);
	const char *why = NULL;
	struct plan *p;

	expected = g_strdup_printf("prune %s '%s' 'st'\\''ack' %s on 'vm1'", name, c->id, image);
	target(s, "vm1", NULL); /* a row that is no container */
	g_assert_null(plan_custom(s->machines, NULL, s->targets, custom(s, "container"), &why));
	target(s, "vm1", c->id);
	p = plan_custom(s->machines, NULL, s->targets, custom(s, "container"), &why);
	g_assert_cmpuint(p->works->len, ==, 1);
	g_assert_cmpstr(operation(p, 0)->request, ==, expected);
	g_assert_cmpstr(operation(p, 0)->target, ==, hostile);
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_COUNT); /* as configured, also for one */
	g_assert_cmpstr(p->word, ==, "1");
	plan_free(p);
}

static void
test_custom_http(struct setting *s, gconstpointer unused)
{
	const char *why = NULL;
	struct plan *p;

	target(s, "vm1", "a/b \"c\"");
	p = plan_custom(s->machines, NULL, s->targets, custom(s, "model"), &why);
	g_assert_cmpuint(p->works->len, ==, 1);
	g_assert_cmpstr(operation(p, 0)->request, ==, "POST http://127.0.0.1:11434/x/a%2Fb%20%22c%22 {\"m\":\"a/b \\\"c\\\"\"}");
	g_assert_cmpstr(operation(p, 0)->target, ==, "a/b \"c\"");
	plan_free(p);
}

static void
test_custom_many(struct setting *s, gconstpointer unused)
{
	const char *why = NULL;
	struct plan *p;

	for (guint i = 0; i < 10; i++) {
		g_autofree char *name = g_strdup_printf("model-%u", i);
		target(s, "vm1", name);
	}
	p = plan_custom(s->machines, NULL, s->targets, custom(s, "model"), &why);
	g_assert_cmpstr(p->title, ==, "model: 10 targets");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_COUNT);
	g_assert_cmpstr(p->word, ==, "10");
	assert_says(p, "… and 2 more");
	plan_free(p);
}

#define ADD(name, test) g_test_add("/plan/" name, struct setting, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("restart-one", test_restart_one);
	ADD("restart-states", test_restart_states);
	ADD("restart-many", test_restart_many);
	ADD("restart-vanished", test_restart_vanished);
	ADD("restart-stale", test_restart_stale);
	ADD("depends", test_depends);
	ADD("many-dependants", test_many_dependants);
	ADD("snapshot", test_snapshot);
	ADD("cleanup", test_cleanup);
	ADD("cleanup-missing", test_cleanup_missing);
	ADD("job", test_job);
	ADD("job-refused", test_job_refused);
	ADD("custom-roles", test_custom_roles);
	ADD("custom-host", test_custom_host);
	ADD("custom-container", test_custom_container);
	ADD("custom-http", test_custom_http);
	ADD("custom-many", test_custom_many);
	return g_test_run();
}
