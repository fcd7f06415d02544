#include "app/rules_deliver.h"

/* One that is told. */
struct receiver {
	const struct told *told; /* borrowed */
	guint open;              /* messages that have not come to an end */
	char *failed;            /* owned, safe: why the last one that did was not taken; NULL */
};

/* What one of them is to be told. */
struct copy {
	struct delivery *delivery;
	struct receiver *to;
};

/* A message under way to all who are told of it. */
struct delivery {
	struct rules_deliver *all;
	char *scope;             /* owned: of the page it tells of; NULL: of none */
	enum notify_event event;
	struct copy *copies;
	guint open;
	gboolean failed;         /* somebody did not take it */
	gboolean overtaken;      /* something newer was said of the page */
	rules_answered answered; /* of one that a person sent; NULL */
	void *user;
	GString *words;          /* likewise: what became of it, for each */
};

struct rules_deliver {
	struct world *world;
	rules_delivered delivered;
	void *user;
	GPtrArray *told;         /* of struct told, owned */
	struct receiver *receivers;
	GPtrArray *under_way;    /* of struct delivery, owned */
	guint held;
};

static void
delivery_free(gpointer data)
{
	struct delivery *d = data;

	if (d->answered)
		d->answered(d->user, OUTCOME_UNKNOWN, "midwatch ended before it was known");
	if (d->words)
		g_string_free(d->words, TRUE);
	g_free(d->scope);
	g_free(d->copies);
	g_free(d);
}

/* --- what became of it --- */

static void
answer(struct delivery *d)
{
	rules_answered answered = d->answered;

	d->answered = NULL;
	answered(d->user, d->failed ? OUTCOME_FAILED : OUTCOME_OK, d->words->str);
}

static void
close_copy(struct delivery *d)
{
	struct rules_deliver *all = d->all;

	if (--d->open > 0)
		return;
	if (d->scope && !d->overtaken)
		all->delivered(all->user, d->scope, d->event, !d->failed);
	if (d->answered)
		answer(d);
	g_ptr_array_remove_fast(all->under_way, d);
}

static void
on_told(void *user, enum outcome outcome, const char *result)
{
	struct copy *c = user;
	struct receiver *r = c->to;
	GString *words = c->delivery->words;

	r->open--;
	g_clear_pointer(&r->failed, g_free);
	if (words)
		g_string_append_printf(words, "%s%s: %s", words->len ? "; " : "", notifier_name(r->told->notifier), result);
	if (outcome != OUTCOME_OK) {
		r->failed = g_strdup(result);
		c->delivery->failed = TRUE;
	}
	close_copy(c->delivery);
}

/* --- sending --- */

static struct delivery *
delivery_new(struct rules_deliver *all, const char *scope, enum notify_event event)
{
	struct delivery *d = g_new0(struct delivery, 1);

	for (guint i = 0; scope && i < all->under_way->len; i++) {
		struct delivery *older = all->under_way->pdata[i];
		older->overtaken = older->overtaken || g_strcmp0(older->scope, scope) == 0;
	}
	*d = (struct delivery){ .all = all, .scope = g_strdup(scope), .event = event, .copies = g_new0(struct copy, MAX(all->told->len, 1)), .open = 1 };
	g_ptr_array_add(all->under_way, d);
	return d;
}

/* Stands among the actions, as what it would have been. */
static void
hold(struct rules_deliver *d, const char *name, const struct notify_message *m)
{
	g_autofree char *title = g_strdup_printf("%s, held", m->event == NOTIFY_RESOLVE ? "resolve" : m->event == NOTIFY_TRIGGER ? "page" : "acknowledge");
	struct operation *o = operation_new("notify.held", title, name, m->component, m->summary);

	o->stage = OPERATION_DONE;
	o->outcome = OUTCOME_OK;
	o->result = g_strdup_printf("held by the drill, nothing was sent: %s", m->summary);
	o->begun_us = o->ended_us = g_get_monotonic_time();
	world_add_operation(d->world, o);
	d->held++;
}

static void
send_to(struct delivery *d, guint n, const struct notify_message *m)
{
	struct receiver *r = &d->all->receivers[n];

	if (d->all->world->drill) {
		hold(d->all, notifier_name(r->told->notifier), m);
		return;
	}
	d->copies[n] = (struct copy){ .delivery = d, .to = r };
	d->open++;
	r->open++;
	notifier_send(r->told->notifier, m, on_told, &d->copies[n]);
}

static void
send_all(struct delivery *d, enum rule_severity severity, const struct notify_message *m)
{
	for (guint i = 0; i < d->all->told->len; i++)
		if (told_is_told_of(d->all->receivers[i].told, severity))
			send_to(d, i, m);
	close_copy(d);
}

void
rules_deliver_send(struct rules_deliver *d, enum rule_severity severity, const struct notify_message *m, const char *scope)
{
	send_all(delivery_new(d, scope, m->event), severity, m);
}

void
rules_deliver_page(struct rules_deliver *d, const struct notify_message *m, rules_answered answered, void *user)
{
	struct delivery *one = delivery_new(d, NULL, m->event);

	one->answered = answered;
	one->user = user;
	one->words = g_string_new(NULL);
	send_all(one, RULE_PAGE, m);
}

/* --- what is known of them --- */

char *
rules_deliver_whom(const struct rules_deliver *d, enum rule_severity severity)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < d->told->len; i++)
		if (told_is_told_of(d->told->pdata[i], severity))
			g_string_append_printf(all, "%s%s", all->len ? ", " : "", notifier_name(((const struct told *)d->told->pdata[i])->notifier));
	return all->len ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

gboolean
rules_deliver_has_any(const struct rules_deliver *d)
{
	return d->told->len > 0;
}

guint
rules_deliver_held(const struct rules_deliver *d)
{
	return d->held;
}

char *
rules_deliver_trouble(const struct rules_deliver *d)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < d->told->len; i++) {
		const struct receiver *r = &d->receivers[i];
		const char *why = NULL, *name = notifier_name(r->told->notifier);
		guint waiting = notifier_waiting(r->told->notifier, &why);
		if (r->failed)
			g_string_append_printf(all, "%s%s was not told: %s", all->len ? "; " : "", name, r->failed);
		if (waiting > 0 && why)
			g_string_append_printf(all, "%s%u for %s wait: %s", all->len ? "; " : "", waiting, name, why);
	}
	return all->len ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

gboolean
rules_deliver_is_done(const struct rules_deliver *d)
{
	for (guint i = 0; i < d->told->len; i++)
		if (d->receivers[i].open > 0)
			return FALSE;
	return TRUE;
}

/* --- from start to end --- */

struct rules_deliver *
rules_deliver_new(struct http *http, const struct config *c, struct world *world, rules_delivered delivered, void *user)
{
	struct rules_deliver *d = g_new0(struct rules_deliver, 1);

	d->world = world;
	d->delivered = delivered;
	d->user = user;
	d->told = notifiers_new(http, c, 0);
	d->receivers = g_new0(struct receiver, d->told->len);
	for (guint i = 0; i < d->told->len; i++)
		d->receivers[i].told = d->told->pdata[i];
	d->under_way = g_ptr_array_new_with_free_func(delivery_free);
	return d;
}

void
rules_deliver_free(struct rules_deliver *d)
{
	if (!d)
		return;
	for (guint i = 0; i < d->told->len; i++)
		g_free(d->receivers[i].failed);
	g_ptr_array_unref(d->told); /* no copy is told of after this */
	g_ptr_array_unref(d->under_way);
	g_free(d->receivers);
	g_free(d);
}
