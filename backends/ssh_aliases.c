#include "backends/ssh_aliases.h"

#include <string.h>

#include "backends/ssh_config_files.h"

struct reading {
	const char *const *patterns;
	struct fleet_list *list;
	GHashTable *seen;     /* names, borrowed from the list */
};

static gboolean
is_wanted(const struct reading *r, const char *name)
{
	for (const char *const *p = r->patterns; *p; p++)
		if (g_pattern_match_simple(*p, name))
			return TRUE;
	return FALSE;
}

static void
take_line(void *user, const char *keyword, const char *rest)
{
	struct reading *r = user;

	if (g_ascii_strcasecmp(keyword, "Host") != 0)
		return;
	for (char *word; (word = ssh_config_files_word(&rest)); g_free(word)) {
		if (strpbrk(word, "*?!") || g_hash_table_contains(r->seen, word) || !is_wanted(r, word))
			continue;
		if (fleet_list_add(r->list, word, NULL, PRESENCE_UNKNOWN, NULL))
			g_hash_table_add(r->seen, (char *)g_array_index(r->list->entries, struct fleet_entry, r->list->entries->len - 1).name);
	}
}

struct fleet_list *
ssh_aliases_load(const char *file, const char *const *patterns, char **problem)
{
	struct reading r = { .patterns = patterns, .list = fleet_list_new(), .seen = g_hash_table_new(g_str_hash, g_str_equal) };
	g_autofree char *base = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	gboolean ok = ssh_config_files_walk(file, base, take_line, &r, NULL, problem);

	g_hash_table_unref(r.seen);
	if (!ok)
		g_clear_pointer(&r.list, fleet_list_free);
	return r.list;
}

/* --- in a thread --- */

struct ssh_aliases {
	char *file, **patterns;
	gboolean cancelled;
	struct fleet_list_events events;
	void *user;
	struct fleet_list *list;
	char *problem;
};

static gboolean
on_loaded(gpointer data)
{
	struct ssh_aliases *a = data;

	if (!a->cancelled && a->list)
		a->events.list(a->user, a->list);
	else if (!a->cancelled)
		a->events.failed(a->user, a->problem);
	fleet_list_free(a->list);
	g_free(a->problem);
	g_free(a->file);
	g_strfreev(a->patterns);
	g_free(a);
	return G_SOURCE_REMOVE;
}

static gpointer
load(gpointer data)
{
	struct ssh_aliases *a = data;

	a->list = ssh_aliases_load(a->file, (const char *const *)a->patterns, &a->problem);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_loaded, a, NULL);
	return NULL;
}

struct ssh_aliases *
ssh_aliases_start(const char *file, const char *const *patterns, const struct fleet_list_events *e, void *user)
{
	struct ssh_aliases *a = g_new0(struct ssh_aliases, 1);

	a->file = g_strdup(file);
	a->patterns = g_strdupv((char **)patterns);
	a->events = *e;
	a->user = user;
	g_thread_unref(g_thread_new("ssh-aliases", load, a));
	return a;
}

void
ssh_aliases_cancel(struct ssh_aliases *a)
{
	if (a)
		a->cancelled = TRUE;
}
