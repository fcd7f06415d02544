#include "model/fleet.h"

#include <math.h>
#include <string.h>

#include "model/fleet_sight.h"
#include "model/sanitize.h"

#define NAME_BYTES_MAX 253 /* a DNS name's */

struct fleet *
fleet_new(const char *unit, gint64 sweep_span_us)
{
	struct fleet *f = g_new0(struct fleet, 1);

	f->gateways = g_ptr_array_new_with_free_func((GDestroyNotify)gateway_free);
	f->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	f->unit = g_strdup(unit);
	f->sliding.names = g_ptr_array_new_with_free_func(g_free);
	f->window.names = g_ptr_array_new_with_free_func(g_free);
	f->sliding.share = f->window.share = NAN;
	f->sweep = sweep_new(sweep_span_us);
	return f;
}

void
fleet_free(struct fleet *f)
{
	if (!f)
		return;
	g_hash_table_unref(f->by_name);
	g_ptr_array_unref(f->gateways);
	for (guint o = 0; o < ORIGIN_COUNT; o++)
		datum_clear(&f->origins[o].datum);
	g_free(f->unit);
	g_ptr_array_unref(f->sliding.names);
	g_ptr_array_unref(f->window.names);
	g_free(f->blind);
	g_free(f->tailnet_problem);
	g_free(f->canary_problem);
	sweep_free(f->sweep);
	rollout_free(f->rollout);
	g_free(f);
}

struct gateway *
fleet_gateway(const struct fleet *f, const char *name)
{
	return name ? g_hash_table_lookup(f->by_name, name) : NULL;
}

/* --- lists --- */

/* Names and addresses come from outside and are given to ssh: none may be an option of it, or end a line. */
static gboolean
is_name(const char *text)
{
	gsize len = text ? strlen(text) : 0;

	if (len == 0 || len > NAME_BYTES_MAX || *text == '-')
		return FALSE;
	for (gsize i = 0; i < len; i++)
		if (g_ascii_iscntrl(text[i]))
			return FALSE;
	return TRUE;
}

static gboolean
entry_is_usable(const struct fleet_entry *e)
{
	return is_name(e->name) && (!e->address || !*e->address || is_name(e->address));
}

static struct gateway *
find_or_add(struct fleet *f, const char *safe_name, GPtrArray *added)
{
	struct gateway *g = fleet_gateway(f, safe_name);

	if (g)
		return g;
	g = gateway_new(safe_name, NULL);
	g_ptr_array_add(f->gateways, g);
	g_hash_table_insert(f->by_name, g->host->name, g);
	g_ptr_array_add(added, g);
	return g;
}

static void
take_entry(struct fleet *f, enum gateway_origin o, const struct fleet_entry *e, GPtrArray *added)
{
	g_autofree char *name = entry_is_usable(e) ? sanitize_text(e->name, -1) : NULL;
	struct gateway *g;

	if (!name) {
		f->origins[o].refused++;
		return;
	}
	f->origins[o].listed++;
	g = find_or_add(f, name, added);
	if (g->mark == f->mark) {
		f->origins[o].duplicates++;
		return;
	}
	g->mark = f->mark;
	gateway_listed(g, o, e->address, e->product);
	if (o == ORIGIN_TAILSCALE)
		gateway_set_tailnet(g, e->tailnet);
}

/* Takes out those that this list, and no other, named before; they are still the caller's to free. */
static GPtrArray *
take_out_unlisted(struct fleet *f, enum gateway_origin o)
{
	GPtrArray *gone = g_ptr_array_new_with_free_func((GDestroyNotify)gateway_free);
	guint kept = 0;

	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		if (g->mark != f->mark && (g->origins & 1u << o))
			gateway_unlisted(g, o);
		if (g->mark != f->mark && o == ORIGIN_TAILSCALE)
			gateway_set_tailnet(g, NULL);
		if (g->origins != 0) {
			f->gateways->pdata[kept++] = g;
			continue;
		}
		g_hash_table_remove(f->by_name, g->host->name);
		g_ptr_array_add(gone, g);
	}
	for (guint i = kept; i < f->gateways->len; i++)
		f->gateways->pdata[i] = NULL;
	g_ptr_array_set_size(f->gateways, (gint)kept);
	return gone;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
	const struct gateway *const *left = a, *const *right = b;

	return strcmp((*left)->host->name, (*right)->host->name);
}

guint
fleet_take_list(struct fleet *f, enum gateway_origin o, const struct fleet_entry *entries, guint count, gint64 now_us, const struct fleet_changes *c)
{
	struct fleet_origin *origin = &f->origins[o];
	g_autoptr(GPtrArray) added = g_ptr_array_new(), gone = NULL;

	origin->used = TRUE;
	origin->listed = origin->duplicates = origin->refused = 0;
	datum_good(&origin->datum, now_us);
	f->mark++;
	for (guint i = 0; i < count; i++)
		take_entry(f, o, &entries[i], added);
	gone = take_out_unlisted(f, o);
	if (added->len > 0)
		g_ptr_array_sort(f->gateways, by_name);
	fleet_count(f);
	for (guint i = 0; c && c->gone && i < gone->len; i++)
		c->gone(c->user, gone->pdata[i]);
	for (guint i = 0; c && c->added && i < added->len; i++)
		c->added(c->user, added->pdata[i]);
	return added->len + gone->len;
}

void
fleet_take_tailnet(struct fleet *f, const struct fleet_entry *entries, guint count, gint64 now_us)
{
	f->origins[ORIGIN_TAILSCALE].used = TRUE;
	datum_good(&f->origins[ORIGIN_TAILSCALE].datum, now_us);
	f->mark++;
	for (guint i = 0; i < count; i++) {
		g_autofree char *name = entry_is_usable(&entries[i]) ? sanitize_text(entries[i].name, -1) : NULL;
		struct gateway *g = fleet_gateway(f, name);
		if (!g || g->mark == f->mark)
			continue;
		g->mark = f->mark;
		gateway_set_tailnet(g, entries[i].tailnet);
	}
	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		if (g->mark != f->mark)
			gateway_set_tailnet(g, NULL);
	}
}

void
fleet_list_failed(struct fleet *f, enum gateway_origin o, const char *why)
{
	g_autofree char *safe = sanitize_text(why, -1);

	f->origins[o].used = TRUE;
	datum_failed(&f->origins[o].datum, safe);
}

gboolean
fleet_lists_are_known(const struct fleet *f)
{
	for (guint o = 0; o < ORIGIN_COUNT; o++)
		if (f->origins[o].used && f->origins[o].datum.state == DATUM_UNKNOWN)
			return FALSE;
	return TRUE;
}
