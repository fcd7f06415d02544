#include "app/doctor_notify.h"

#include "app/configured_http.h"
#include "app/notifiers.h"

#define NEVER_MS (24 * 60 * 60 * 1000) /* once is enough */

struct check {
	struct doctor_notify *doctor;
	const struct told *told;
	char *problem;          /* owned; NULL: its secret can be had, or it is not known yet */
	gboolean done;
};

struct doctor_notify {
	GPtrArray *notifiers;   /* of struct told, owned */
	struct check *checks;   /* one for each */
	struct alertmanager *alertmanager; /* NULL: none is configured */
	struct foreign_alerts alerts;
	guint open;             /* what has not answered */
	void (*settled)(void *user);
	void *user;
};

static void
answered(struct doctor_notify *d)
{
	if (--d->open == 0)
		d->settled(d->user);
}

static void
on_checked(void *user, enum outcome outcome, const char *result)
{
	struct check *c = user;

	c->done = TRUE;
	c->problem = outcome == OUTCOME_OK ? NULL : g_strdup(result);
	answered(c->doctor);
}

static void
on_alerts(void *user)
{
	answered(user);
}

static void
ask_alertmanager(struct doctor_notify *d, struct http *http, const struct config_alertmanager *c)
{
	d->alertmanager = config_alertmanager_new(http, c, NEVER_MS, &d->alerts, on_alerts, d);
	if (!d->alertmanager)
		return;
	d->open++;
	alertmanager_ask(d->alertmanager);
}

struct doctor_notify *
doctor_notify_new(struct http *http, const struct config *c, void (*settled)(void *user), void *user)
{
	GPtrArray *notifiers = notifiers_new(http, c, 0);
	struct doctor_notify *d;

	if (notifiers->len == 0 && !c->alertmanager) {
		g_ptr_array_unref(notifiers);
		return NULL;
	}
	d = g_new0(struct doctor_notify, 1);
	*d = (struct doctor_notify){ .notifiers = notifiers, .checks = g_new0(struct check, notifiers->len), .open = notifiers->len, .settled = settled, .user = user };
	foreign_alerts_init(&d->alerts);
	for (guint i = 0; i < notifiers->len; i++) {
		d->checks[i] = (struct check){ .doctor = d, .told = notifiers->pdata[i] };
		notifier_check(d->checks[i].told->notifier, on_checked, &d->checks[i]);
	}
	ask_alertmanager(d, http, c->alertmanager);
	return d;
}

void
doctor_notify_free(struct doctor_notify *d)
{
	if (!d)
		return;
	alertmanager_free(d->alertmanager);
	foreign_alerts_clear(&d->alerts);
	for (guint i = 0; i < d->notifiers->len; i++)
		g_free(d->checks[i].problem);
	g_free(d->checks);
	g_ptr_array_unref(d->notifiers);
	g_free(d);
}

gboolean
doctor_notify_is_settled(const struct doctor_notify *d)
{
	return d->open == 0;
}

static char *
told_words(const struct told *t)
{
	GString *words = g_string_new("its secret can be had; told of");

	for (int s = RULE_PAGE; s >= RULE_INFO; s--)
		if (told_is_told_of(t, (enum rule_severity)s))
			g_string_append_printf(words, " %s", rule_severity_name((enum rule_severity)s));
	return g_string_free(words, FALSE);
}

static void
report_alertmanager(struct doctor_host *h, const struct foreign_alerts *a)
{
	g_autofree char *seen = g_strdup_printf("answers at %s, %u alert%s", a->url, a->alerts->len, a->alerts->len == 1 ? "" : "s");

	if (a->datum.state == DATUM_OK)
		doctor_host_add(h, "alertmanager", FINDING_OK, seen, NULL);
	else
		doctor_host_add(h, "alertmanager", FINDING_FAILED, a->datum.error ? a->datum.error : "no answer in time",
		                "are url and token of alertmanager right? amtool shows what it answers");
}

struct doctor_host *
doctor_notify_conclude(const struct doctor_notify *d)
{
	struct doctor_host *h = doctor_host_new("who is told");

	h->reached = TRUE;
	for (guint i = 0; i < d->notifiers->len; i++) {
		const struct check *c = &d->checks[i];
		g_autofree char *words = told_words(c->told);
		if (c->done && !c->problem)
			doctor_host_add(h, notifier_name(c->told->notifier), FINDING_OK, words, NULL);
		else
			doctor_host_add(h, notifier_name(c->told->notifier), FINDING_FAILED, c->problem ? c->problem : "its secret was not had in time",
			                "nobody is told by it until then; midwatch notify --test tries it");
	}
	if (d->alertmanager)
		report_alertmanager(h, &d->alerts);
	return h;
}
