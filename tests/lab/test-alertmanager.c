/* A real Alertmanager: its alerts as we read them, a silence of ours as amtool sees it, and what it does. */
#include "backends/alertmanager.h"
#include "tests/lab/alertmanager_rig.h"
#include "tests/unit/wait_for.h"

#include <string.h>

struct stage {
	struct lab *lab;
	char *url;
	struct http *http;
	struct foreign_alerts alerts;
	struct alertmanager *manager;
	guint changes, done;
	enum outcome outcome;
	char *result;
};

static void on_change(void *user)
{
	((struct stage *)user)->changes++;
}

static void on_silenced(void *user, enum outcome outcome, const char *result)
{
	struct stage *s = user;

	s->outcome = outcome;
	g_free(s->result);
	s->result = g_strdup(result);
	s->done++;
}

static struct stage *stage_new(void)
{
	struct stage *s = g_new0(struct stage, 1);

	s->lab = lab_new();
	s->url = alertmanager_rig_start(s->lab);
	s->http = http_new();
	foreign_alerts_init(&s->alerts);
	s->manager = alertmanager_new(s->http, &(struct alertmanager_settings){.url = s->url, .interval_ms = 100}, &s->alerts, on_change, s);
	alertmanager_ask(s->manager);
	WAIT_FOR(s->alerts.datum.state == DATUM_OK);
	return s;
}

static void stage_free(struct stage *s)
{
	alertmanager_free(s->manager);
	http_free(s->http);
	foreign_alerts_clear(&s->alerts);
	lab_free(s->lab);
	g_free(s->url);
	g_free(s->result);
	g_free(s);
}

static void add(struct stage *s, const char *name, const char *instance, const char *more)
{
	g_free(alertmanager_rig_amtool(s->lab, s->url, "alert", "add", name, instance, more, "--annotation=summary=it broke", NULL));
}

static const struct foreign_alert *find(const struct stage *s, const char *name)
{
	for (guint i = 0; i < s->alerts.alerts->len; i++) {
		const struct foreign_alert *a = s->alerts.alerts->pdata[i];
		if (g_str_equal(a->name, name))
			return a;
	}
	return NULL;
}

static gboolean is(const struct stage *s, const char *name, enum foreign_state state)
{
	const struct foreign_alert *a = find(s, name);

	return a != NULL && a->state == state;
}

static void test_alerts(void)
{
	if (!alertmanager_rig_have())
		return;
	struct stage *s = stage_new();
	const struct foreign_alert *a;

	g_assert_cmpuint(s->alerts.alerts->len, ==, 0);
	add(s, "alertname=HostDown", "instance=gw-1:9100", "severity=page");
	WAIT_FOR(is(s, "HostDown", FOREIGN_ACTIVE));
	a = find(s, "HostDown");
	g_assert_cmpstr(a->labels, ==, "instance=\"gw-1:9100\",severity=\"page\"");
	g_assert_cmpstr(a->severity, ==, "page");
	g_assert_cmpstr(a->summary, ==, "it broke");
	g_assert_cmpuint(strlen(a->fingerprint), ==, 16);
	g_assert_cmpint(ABS(a->starts_utc_us - g_get_real_time()), <, 120 * G_USEC_PER_SEC);
	add(s, "alertname=Effect", "instance=gw-2", "severity=warn");
	WAIT_FOR(is(s, "Effect", FOREIGN_ACTIVE));
	add(s, "alertname=Cause", "instance=gw-2", "severity=page");
	WAIT_FOR(is(s, "Effect", FOREIGN_SUPPRESSED));
	g_assert_cmpstr(find(s, "Effect")->held_by, ==, "inhibited by Cause");
	g_assert_true(is(s, "Cause", FOREIGN_ACTIVE));
	g_assert_true(is(s, "HostDown", FOREIGN_ACTIVE));
	stage_free(s);
}

static void silence(struct stage *s, const struct foreign_alert *a, gint64 seconds)
{
	guint before = s->done;

	alertmanager_silence(s->manager, a, seconds, "ann@console", "rollout of 4f2c91a", on_silenced, s);
	WAIT_FOR(s->done > before);
}

static void test_silence(void)
{
	if (!alertmanager_rig_have())
		return;
	struct stage *s = stage_new();
	g_autofree char *listed = NULL, *held = NULL;

	/* A regular expression's characters, quotes: only this very alert is held. */
	add(s, "alertname=HostDown", "instance=gw-.*\\\"1", "severity=page");
	add(s, "alertname=HostDown", "instance=gw-77\\\"1", "severity=warn");
	WAIT_FOR(s->alerts.alerts->len == 2);
	for (guint i = 0; i < 2; i++) {
		const struct foreign_alert *a = s->alerts.alerts->pdata[i];
		if (g_str_equal(a->severity, "page")) {
			silence(s, a, 3600);
			break;
		}
	}
	g_assert_cmpint(s->outcome, ==, OUTCOME_OK);
	listed = alertmanager_rig_amtool(s->lab, s->url, "silence", "query", "-o", "json", NULL);
	g_test_message("%s", listed);
	g_assert_nonnull(strstr(listed, s->result));
	g_assert_nonnull(strstr(listed, "\"createdBy\":\"ann@console\""));
	g_assert_nonnull(strstr(listed, "\"comment\":\"rollout of 4f2c91a\""));
	WAIT_FOR(is(s, "HostDown", FOREIGN_ACTIVE) && s->alerts.alerts->len == 2 &&
	         ((const struct foreign_alert *)s->alerts.alerts->pdata[1])->state == FOREIGN_SUPPRESSED);
	g_assert_cmpstr(((const struct foreign_alert *)s->alerts.alerts->pdata[0])->severity, ==, "warn"); /* the active first */
	held = g_strdup_printf("silence %.8s", s->result);
	g_assert_cmpstr(((const struct foreign_alert *)s->alerts.alerts->pdata[1])->held_by, ==, held);
	stage_free(s);
}

/* It refuses in its own words, and its alerts are old when it is gone. */
static void test_refused_and_gone(void)
{
	if (!alertmanager_rig_have())
		return;
	struct stage *s = stage_new();
	const struct foreign_alert *a;

	add(s, "alertname=HostDown", "instance=gw-1", "severity=page");
	WAIT_FOR(is(s, "HostDown", FOREIGN_ACTIVE));
	a = find(s, "HostDown");
	silence(s, a, -3600);
	g_assert_cmpint(s->outcome, ==, OUTCOME_FAILED);
	g_test_message("%s", s->result);
	g_assert_true(g_str_has_prefix(s->result, "the Alertmanager says (HTTP status 400): "));
	alertmanager_rig_stop(s->lab);
	WAIT_FOR(s->alerts.datum.state == DATUM_STALE);
	g_assert_nonnull(s->alerts.datum.error);
	g_assert_true(is(s, "HostDown", FOREIGN_ACTIVE));
	stage_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/alertmanager/alerts", test_alerts);
	g_test_add_func("/alertmanager/silence", test_silence);
	g_test_add_func("/alertmanager/refused-and-gone", test_refused_and_gone);
	return g_test_run();
}
