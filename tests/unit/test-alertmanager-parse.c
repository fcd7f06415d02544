/* What an Alertmanager answers, as recorded, and what it should not. */
#include <string.h>

#include "backends/alertmanager_parse.h"
#include "model/json.h"

/* As Alertmanager 0.25 says it. */
#define ALERT(labels, annotations, print, starts, status) \
	"{\"annotations\":" annotations ",\"endsAt\":\"2026-11-27T18:00:00.000Z\",\"fingerprint\":\"" print "\",\"receivers\":[{\"name\":\"web.hook\"}]," \
	"\"startsAt\":\"" starts "\",\"status\":" status ",\"updatedAt\":\"2026-11-27T17:00:00.000Z\",\"generatorURL\":\"http://prometheus.example.com/graph\",\"labels\":" labels "}"
#define ACTIVE "{\"inhibitedBy\":[],\"silencedBy\":[],\"state\":\"active\"}"

static GPtrArray *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	guint left_out;
	GPtrArray *alerts = alertmanager_parse(text, strlen(text), &left_out, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(left_out, ==, 0);
	return alerts;
}

static const struct foreign_alert *
at(const GPtrArray *alerts, guint i)
{
	g_assert_cmpuint(i, <, alerts->len);
	return alerts->pdata[i];
}

static void
test_one(void)
{
	g_autoptr(GPtrArray) alerts = parse("[" ALERT("{\"severity\":\"page\",\"alertname\":\"HostDown\",\"instance\":\"gw-1:9100\",\"job\":\"node\"}",
		"{\"summary\":\"gw-1 is down\",\"description\":\"long\"}", "1f2e3d4c5b6a7988", "2026-11-27T16:30:00.500Z", ACTIVE) "]");
	const struct foreign_alert *a = at(alerts, 0);
	static const char *const matchers[] = { "alertname", "HostDown", "instance", "gw-1:9100", "job", "node", "severity", "page" };

	g_assert_cmpstr(a->name, ==, "HostDown");
	g_assert_cmpstr(a->labels, ==, "instance=\"gw-1:9100\",job=\"node\",severity=\"page\"");
	g_assert_cmpstr(a->severity, ==, "page");
	g_assert_cmpstr(a->summary, ==, "gw-1 is down");
	g_assert_cmpstr(a->fingerprint, ==, "1f2e3d4c5b6a7988");
	g_assert_cmpstr(a->held_by, ==, NULL);
	g_assert_cmpint(a->state, ==, FOREIGN_ACTIVE);
	g_assert_cmpint(a->starts_utc_us, ==, G_GINT64_CONSTANT(1795797000500000));
	g_assert_cmpuint(a->matchers->len, ==, G_N_ELEMENTS(matchers));
	for (guint i = 0; i < G_N_ELEMENTS(matchers); i++)
		g_assert_cmpstr(a->matchers->pdata[i], ==, matchers[i]);
}

static void
test_held(void)
{
	g_autoptr(GPtrArray) alerts = parse("["
		ALERT("{\"alertname\":\"Quiet\"}", "{}", "aa", "2026-11-27T16:00:00Z", "{\"inhibitedBy\":[],\"silencedBy\":[\"7f3c21aa-1111-2222-3333-444455556666\"],\"state\":\"suppressed\"}") ","
		ALERT("{\"alertname\":\"Two\"}", "{}", "ab", "2026-11-27T16:01:00Z", "{\"inhibitedBy\":[\"ff\"],\"silencedBy\":[\"7f3c21aa-1\",\"8\"],\"state\":\"suppressed\"}") ","
		ALERT("{\"alertname\":\"Inhibited\"}", "{}", "ac", "2026-11-27T16:02:00Z", "{\"inhibitedBy\":[\"ff\"],\"silencedBy\":[],\"state\":\"suppressed\"}") ","
		ALERT("{\"alertname\":\"Muted\"}", "{}", "ad", "2026-11-27T16:03:00Z", "{\"inhibitedBy\":[],\"silencedBy\":[],\"mutedBy\":[\"weekend\"],\"state\":\"suppressed\"}") ","
		ALERT("{\"alertname\":\"New\"}", "{\"description\":\"d\"}", "ae", "2026-11-27T15:00:00Z", "{\"inhibitedBy\":[],\"silencedBy\":[],\"state\":\"unprocessed\"}") ","
		ALERT("{\"alertname\":\"Late\"}", "{}", "af", "2026-11-27T17:00:00Z", ACTIVE) ","
		ALERT("{\"alertname\":\"Cause\"}", "{}", "ff", "2026-11-27T16:50:00Z", ACTIVE) "]");
	static const struct { const char *name, *held; } expected[] = {
		{ "Cause", NULL }, { "Late", NULL }, { "New", NULL }, { "Quiet", "silence 7f3c21aa" }, { "Two", "silences 7f3c21aa and 1 more" },
		{ "Inhibited", "inhibited by Cause" }, { "Muted", "muted by weekend" },
	};

	g_assert_cmpuint(alerts->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < alerts->len; i++) {
		g_assert_cmpstr(at(alerts, i)->name, ==, expected[i].name);
		g_assert_cmpstr(at(alerts, i)->held_by, ==, expected[i].held);
	}
	g_assert_cmpint(at(alerts, 2)->state, ==, FOREIGN_UNPROCESSED);
	g_assert_cmpstr(at(alerts, 2)->summary, ==, "d");
	g_assert_cmpint(at(alerts, 3)->state, ==, FOREIGN_SUPPRESSED);
}

/* As Alertmanager 0.25 of Debian 12 said it. */
static void
test_recorded(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "alertmanager", "three.json", NULL), *text = NULL;
	g_autoptr(GPtrArray) alerts = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	alerts = parse(text);
	g_assert_cmpuint(alerts->len, ==, 3);
	g_assert_cmpstr(at(alerts, 0)->name, ==, "Cause");
	g_assert_cmpstr(at(alerts, 1)->name, ==, "Effect");
	g_assert_cmpstr(at(alerts, 1)->held_by, ==, "inhibited by Cause");
	g_assert_cmpstr(at(alerts, 2)->held_by, ==, "silence 0c433c91");
}

static void
test_hostile(void)
{
	g_autoptr(GPtrArray) alerts = parse("[null,1,\"x\",[],{},{\"labels\":{\"alertname\":\"\\u001b[2J\\u202eevil\",\"a\\nb\":\"\\\"x\",\"n\":5},\"annotations\":{\"summary\":\"a\\nb\"},"
		"\"startsAt\":\"never\",\"status\":{\"state\":[],\"silencedBy\":[5]}}]");
	const struct foreign_alert *a;

	g_assert_cmpuint(alerts->len, ==, 2);
	for (guint i = 0; i < 2; i++) {
		a = at(alerts, i);
		g_assert_nonnull(a->name);
		g_assert_null(strchr(a->name, '\x1b'));
		g_assert_null(strchr(a->labels, '\n'));
		g_assert_cmpint(a->state, ==, FOREIGN_UNPROCESSED);
		g_assert_cmpint(a->starts_utc_us, ==, 0);
	}
}

static void
test_not_one(void)
{
	static const struct { const char *text, *words; } cases[] = {
		{ "<!DOCTYPE html><html>", "the Alertmanager answered with a web page instead of JSON" },
		{ "", "no valid JSON" },
		{ "[{\"labels\":", "no valid JSON" },
		{ "{\"status\":\"success\",\"data\":[]}", "is not an Alertmanager (API v2)" },
		{ "\"bad\"", "is not an Alertmanager (API v2)" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		guint left_out;
		g_assert_null(alertmanager_parse(cases[i].text, strlen(cases[i].text), &left_out, &error));
		g_assert_nonnull(strstr(error->message, cases[i].words));
	}
}

static void
test_many(void)
{
	GString *text = g_string_new("[");
	g_autoptr(GPtrArray) alerts = NULL;
	guint left_out;

	for (guint i = 0; i < ALERTMANAGER_ALERTS_MAX + 7; i++)
		g_string_append_printf(text, "%s{\"labels\":{\"alertname\":\"A%u\"}}", i ? "," : "", i);
	g_string_append_c(text, ']');
	alerts = alertmanager_parse(text->str, text->len, &left_out, NULL);
	g_assert_cmpuint(alerts->len, ==, ALERTMANAGER_ALERTS_MAX);
	g_assert_cmpuint(left_out, ==, 7);
	g_string_free(text, TRUE);
}

static void
test_silence_body(void)
{
	g_autoptr(GPtrArray) alerts = parse("[" ALERT("{\"b\":\"x\\\"\\ny\",\"alertname\":\"A\"}", "{}", "1", "2026-11-27T16:30:00Z", ACTIVE) "]");
	g_autofree char *body = alertmanager_silence_body(at(alerts, 0), G_GINT64_CONSTANT(1795797000) * G_USEC_PER_SEC, G_GINT64_CONSTANT(1795804200) * G_USEC_PER_SEC, "ann@console",
	                                                  "rollout <1>");
	struct foreign_alert *none = foreign_alert_new();

	/* Raw values: made safe, they would match nothing. */
	g_assert_cmpstr(body, ==, "{\"matchers\":[{\"name\":\"alertname\",\"value\":\"A\",\"isRegex\":false,\"isEqual\":true},"
	                          "{\"name\":\"b\",\"value\":\"x\\\"\\ny\",\"isRegex\":false,\"isEqual\":true}],\"startsAt\":\"2026-11-27T16:30:00Z\","
	                          "\"endsAt\":\"2026-11-27T18:30:00Z\",\"createdBy\":\"ann@console\",\"comment\":\"rollout <1>\"}");
	g_assert_null(alertmanager_silence_body(none, 0, 1, "ann", "x"));
	foreign_alert_free(none);
}

static void
test_faults(void)
{
	static const char own[] = "\"end time can't be in the past\\u001b[2J\"\n";
	g_autofree char *bare = alertmanager_parse_fault(own, sizeof own - 1), *framework = alertmanager_parse_fault("{\"code\":601,\"message\":\"bad\"}", 28);
	g_autofree char *page = alertmanager_parse_fault("<html>", 6), *id = alertmanager_parse_silence("{\"silenceID\":\"7f\"}", 18), *no_id = alertmanager_parse_silence("{}", 2);

	g_assert_cmpstr(bare, ==, "end time can't be in the past");
	g_assert_cmpstr(framework, ==, "bad");
	g_assert_cmpstr(page, ==, NULL);
	g_assert_cmpstr(id, ==, "7f");
	g_assert_cmpstr(no_id, ==, NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/alertmanager-parse/one", test_one);
	g_test_add_func("/alertmanager-parse/held", test_held);
	g_test_add_func("/alertmanager-parse/recorded", test_recorded);
	g_test_add_func("/alertmanager-parse/hostile", test_hostile);
	g_test_add_func("/alertmanager-parse/not-one", test_not_one);
	g_test_add_func("/alertmanager-parse/many", test_many);
	g_test_add_func("/alertmanager-parse/silence-body", test_silence_body);
	g_test_add_func("/alertmanager-parse/faults", test_faults);
	return g_test_run();
}
