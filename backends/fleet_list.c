#include "backends/fleet_list.h"

#include <string.h>

#define NAME_MAX_BYTES 128
#define HOST_MAX_BYTES 253

struct fleet_list *
fleet_list_new(void)
{
	struct fleet_list *l = g_new0(struct fleet_list, 1);

	l->entries = g_array_new(FALSE, FALSE, sizeof(struct fleet_entry));
	l->text = g_string_chunk_new(4096);
	return l;
}

void
fleet_list_free(struct fleet_list *l)
{
	if (!l)
		return;
	g_array_unref(l->entries);
	g_string_chunk_free(l->text);
	g_free(l);
}

gboolean
fleet_list_is_host(const char *text)
{
	gsize len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-");

	return len > 0 && len <= HOST_MAX_BYTES && text[len] == '\0' && *text != '-';
}

/* With an address of its own it may be any word; else ssh is given the name. */
static gboolean
is_usable(const char *name, const char *address)
{
	if (!name || !*name || *name == '-' || strlen(name) > NAME_MAX_BYTES || !g_utf8_validate(name, -1, NULL))
		return FALSE;
	return fleet_list_is_host(address ? address : name);
}

gboolean
fleet_list_add(struct fleet_list *l, const char *name, const char *address, enum presence product, const struct gateway_tailnet *tailnet)
{
	const char *place = address && *address ? address : NULL;

	if (l->entries->len >= FLEET_LIST_MAX || !is_usable(name, place)) {
		l->left_out++;
		return FALSE;
	}
	g_array_append_val(l->entries, ((struct fleet_entry){
		.name = g_string_chunk_insert(l->text, name), .address = place ? g_string_chunk_insert(l->text, place) : NULL,
		.product = product, .tailnet = tailnet,
	}));
	return TRUE;
}

void
fleet_list_hand_on(struct fleet_list_doubt *d, const struct fleet_list *l, const char *who, const struct fleet_list_events *e, void *user)
{
	gboolean empty = l->entries->len == 0, again = empty && d->empty_before;
	g_autofree char *why = NULL;

	d->empty_before = empty && l->left_out == 0;
	if (empty && l->left_out > 0)
		why = g_strdup_printf("%s lists %u gateways, none with a name or address that ssh can be given: check what its keys point at", who, l->left_out);
	else if (empty && !again)
		why = g_strdup_printf("%s lists no gateway at all: the list from before stays unless the next answer is empty, too", who);
	if (why)
		e->failed(user, why);
	else
		e->list(user, l);
}
