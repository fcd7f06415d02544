#include "backends/inventory.h"

#include "backends/http_answer.h"
#include "backends/http_poll.h"

#define WHO "the inventory"
#define INTERVAL_MS 10000
#define TIMEOUT_MS 10000
#define BODY_MAX ((gsize)8 << 20)

struct inventory {
	struct http_poll *poll;
	char *items, *name, *address, *online;
	struct fleet_list_doubt doubt;
	struct fleet_list_events events;
	void *user;
};

static void
take(struct inventory *i, const struct http_reply *r)
{
	const struct inventory_pointers pointers = { .items = i->items, .name = i->name, .address = i->address, .online = i->online };
	g_autoptr(GError) error = NULL;
	struct fleet_list *l = inventory_parse(r->body, r->body_length, &pointers, &error);

	if (l)
		fleet_list_hand_on(&i->doubt, l, WHO, &i->events, i->user);
	else
		i->events.failed(i->user, error->message);
	fleet_list_free(l);
}

static void
on_answer(void *user, const struct http_reply *r, const char *problem)
{
	struct inventory *i = user;
	g_autofree char *why = r ? http_answer_problem(r, WHO, http_poll_has_token(i->poll)) : g_strdup_printf("the token of the inventory: %s", problem);

	if (why)
		i->events.failed(i->user, why);
	else
		take(i, r);
}

struct inventory *
inventory_new(struct http *http, const struct inventory_settings *s, const struct fleet_list_events *e, void *user)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	struct inventory *i = g_new0(struct inventory, 1);

	i->items = g_strdup(s->pointers.items);
	i->name = g_strdup(s->pointers.name);
	i->address = g_strdup(s->pointers.address);
	i->online = g_strdup(s->pointers.online);
	i->events = *e;
	i->user = user;
	i->poll = http_poll_new(http, &(struct http_poll_settings){
		.url = s->url, .headers = headers, .token = s->token, .interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS,
		.timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS, .max_body = BODY_MAX }, on_answer, i);
	return i;
}

void
inventory_free(struct inventory *i)
{
	if (!i)
		return;
	http_poll_free(i->poll);
	g_free(i->items);
	g_free(i->name);
	g_free(i->address);
	g_free(i->online);
	g_free(i);
}

void
inventory_ask(struct inventory *i)
{
	http_poll_ask(i->poll);
}
