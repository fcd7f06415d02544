/* The sweep of gateways without SSH, from Loki. */
#include "app/fleet_loki.h"

#include <string.h>

#include "tests/unit/http_double.h"
#include "tests/unit/wait_for.h"

struct rig {
	struct http *http;
	struct http_double *server;
	struct fleet *fleet;
	struct loki *loki;
	struct fleet_loki *sweep;
	guint ended, done, failed;
};

static gboolean
is_ours(void *user, const struct gateway *g)
{
	return g->origins == 1u << ORIGIN_PROMETHEUS;
}

static void
on_ended(void *user, guint done, guint failed)
{
	struct rig *r = user;

	r->ended++;
	r->done = done;
	r->failed = failed;
}

static void
list(struct rig *r, enum gateway_origin o, const char *one, const char *other)
{
	const struct fleet_entry entries[] = { { .name = one }, { .name = other } };

	fleet_take_list(r->fleet, o, entries, other ? 2 : one ? 1 : 0, 1, NULL);
}

static void
set_up(struct rig *r, gconstpointer data)
{
	*r = (struct rig){ .http = http_new(), .server = http_double_new(), .fleet = fleet_new("unit", 1800 * G_USEC_PER_SEC) };
	r->loki = loki_new(r->http, &(struct loki_settings){ .url = http_double_url(r->server), .query = "{a=\"b\"}", .timeout_ms = 20000 });
	r->sweep = fleet_loki_new(r->loki, r->fleet, is_ours, r);
	list(r, ORIGIN_PROMETHEUS, "p-1", "p-2");
	list(r, ORIGIN_CONFIG, "s-1", NULL);
}

static void
tear_down(struct rig *r, gconstpointer data)
{
	fleet_loki_free(r->sweep);
	loki_free(r->loki);
	fleet_free(r->fleet);
	http_free(r->http);
	http_double_free(r->server);
}

static struct gateway *
gateway(struct rig *r, const char *name)
{
	return fleet_gateway(r->fleet, name);
}

/* An answer with a line of each, now. */
static char *
lines_now(void)
{
	gint64 ns = (g_get_real_time() - G_USEC_PER_SEC) * 1000;

	return g_strdup_printf("{\"data\":{\"resultType\":\"streams\",\"result\":["
	                       "{\"stream\":{\"host\":\"p-1\"},\"values\":[[\"%" G_GINT64_FORMAT "\",\"ERROR camera 7\"],[\"%" G_GINT64_FORMAT "\",\"FATAL disk\"]]},"
	                       "{\"stream\":{\"host\":\"s-1\"},\"values\":[[\"%" G_GINT64_FORMAT "\",\"ERROR twice\"]]},"
	                       "{\"stream\":{\"host\":\"x\"},\"values\":[[\"%" G_GINT64_FORMAT "\",\"ERROR nobody's\"]]}]}}", ns, ns + 1000, ns, ns);
}

static void
test_lines(struct rig *r, gconstpointer data)
{
	g_autofree char *answer = lines_now();

	http_double_set(r->server, DOUBLE_ANSWERS, "200 OK", answer);
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "ERROR|FATAL", on_ended), ==, 2);
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "ERROR|FATAL", on_ended), ==, 0); /* under way */
	g_assert_cmpint(gateway(r, "p-1")->sweep.state, ==, SWEEP_RUNS);
	WAIT_FOR(r->ended == 1);
	g_assert_cmpuint(r->done, ==, 2);
	g_assert_cmpuint(r->failed, ==, 0);
	g_assert_cmpint(gateway(r, "p-1")->sweep.state, ==, SWEEP_DONE);
	g_assert_cmpuint(gateway(r, "p-1")->sweep.matches, ==, 2);
	g_assert_cmpint(gateway(r, "p-1")->sweep.read_us, >, 0);
	g_assert_cmpint(gateway(r, "p-2")->sweep.state, ==, SWEEP_DONE);
	g_assert_cmpuint(gateway(r, "p-2")->sweep.matches, ==, 0);
	g_assert_cmpuint(gateway(r, "s-1")->sweep.matches, ==, 0); /* its journal is read */
	g_assert_cmpint(gateway(r, "s-1")->sweep.state, ==, SWEEP_NEVER);
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "ERROR|FATAL", on_ended), ==, 2);
	WAIT_FOR(r->ended == 2);
	g_assert_cmpuint(gateway(r, "p-1")->sweep.matches, ==, 2); /* no line twice */
}

static void
test_failed(struct rig *r, gconstpointer data)
{
	http_double_set(r->server, DOUBLE_ANSWERS, "500 Internal Server Error", "");
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 2);
	list(r, ORIGIN_PROMETHEUS, "p-1", NULL); /* one leaves meanwhile */
	WAIT_FOR(r->ended == 1);
	g_assert_cmpuint(r->done, ==, 1);
	g_assert_cmpuint(r->failed, ==, 1);
	g_assert_cmpint(gateway(r, "p-1")->sweep.state, ==, SWEEP_FAILED);
	g_assert_nonnull(strstr(gateway(r, "p-1")->sweep.problem, "HTTP status 500"));
}

static void
test_cancelled(struct rig *r, gconstpointer data)
{
	http_double_set(r->server, DOUBLE_HANGS, "", "");
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 2);
	fleet_loki_cancel(r->sweep);
	g_assert_cmpint(gateway(r, "p-1")->sweep.state, ==, SWEEP_CANCELLED);
	http_double_set(r->server, DOUBLE_ANSWERS, "500 Internal Server Error", "");
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 2);
	WAIT_FOR(r->ended == 1);
	list(r, ORIGIN_PROMETHEUS, NULL, NULL);
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 0); /* nobody is left */
	g_assert_null(fleet_loki_new(NULL, r->fleet, is_ours, r));
	g_assert_cmpuint(fleet_loki_sweep(NULL, "x", on_ended), ==, 0);
	fleet_loki_cancel(NULL);
}

/* A token that is known to be missing is told later, too. */
static void
test_no_token(struct rig *r, gconstpointer data)
{
	fleet_loki_free(r->sweep);
	loki_free(r->loki);
	r->loki = loki_new(r->http, &(struct loki_settings){ .url = http_double_url(r->server), .query = "{a=\"b\"}", .token = &(struct secret_source){ .command = "exit 1" } });
	r->sweep = fleet_loki_new(r->loki, r->fleet, is_ours, r);
	for (guint i = 1; i <= 2; i++) {
		g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 2);
		g_assert_cmpuint(r->ended, ==, i - 1);
		WAIT_FOR(r->ended == i);
		g_assert_nonnull(strstr(gateway(r, "p-2")->sweep.problem, "the token of Loki: "));
	}
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 2);
	fleet_loki_cancel(r->sweep);
	g_assert_cmpuint(fleet_loki_sweep(r->sweep, "x", on_ended), ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/fleet-loki/lines", struct rig, NULL, set_up, test_lines, tear_down);
	g_test_add("/fleet-loki/failed", struct rig, NULL, set_up, test_failed, tear_down);
	g_test_add("/fleet-loki/cancelled", struct rig, NULL, set_up, test_cancelled, tear_down);
	g_test_add("/fleet-loki/no-token", struct rig, NULL, set_up, test_no_token, tear_down);
	return g_test_run();
}
