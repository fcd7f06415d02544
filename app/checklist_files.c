#include "app/checklist_files.h"

#include <string.h>

#include "app/shipped.h"
#include "app/yaml_file.h"

struct checklist *
checklist_parse_kept(const char *text, gsize len, const char *origin)
{
	g_autoptr(GPtrArray) problems = config_problems_new();

	return checklist_parse(text, len, origin, problems);
}

static void
take(GPtrArray *all, struct checklist *c)
{
	for (guint i = 0; i < all->len; i++)
		if (strcmp(((struct checklist *)all->pdata[i])->name, c->name) == 0) {
			checklist_free(all->pdata[i]);
			all->pdata[i] = c;
			return;
		}
	g_ptr_array_add(all, c);
}

static void
load(GPtrArray *all, const char *path, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(path, problems);
	gsize len = 0;
	g_autofree char *text = yaml_file_read(f, path, &len);
	struct checklist *c = text ? checklist_parse(text, len, path, problems) : NULL;

	config_findings_free(f);
	if (c)
		take(all, c);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every *.yml of the operator's directory, in the order of names. */
static void
load_own(GPtrArray *all, GPtrArray *problems)
{
	g_autofree char *place = g_build_filename(g_get_user_config_dir(), "midwatch", "checklists", NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(place, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (*name != '.' && g_str_has_suffix(name, ".yml"))
			g_ptr_array_add(paths, g_build_filename(place, name, NULL));
	g_ptr_array_sort(paths, by_name);
	for (guint i = 0; i < paths->len; i++)
		load(all, paths->pdata[i], problems);
}

GPtrArray *
checklists_load(const struct config *c, GPtrArray *problems)
{
	static const char *const shipped[] = { shipped_post_deploy_text, shipped_first_ten_minutes_text };
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)checklist_free);

	for (guint i = 0; i < G_N_ELEMENTS(shipped); i++) {
		struct checklist *made = checklist_parse(shipped[i], strlen(shipped[i]), "shipped", problems);
		if (made)
			take(all, made);
	}
	load_own(all, problems);
	for (unsigned i = 0; i < c->checklists_count; i++) {
		g_autofree char *path = config_path(c->checklists[i]);
		load(all, path, problems);
	}
	return all;
}

struct checklist *
checklists_copy(const GPtrArray *all, const char *name)
{
	for (guint i = 0; i < all->len; i++) {
		const struct checklist *c = all->pdata[i];
		if (strcmp(c->name, name) == 0)
			return checklist_parse_kept(c->source, strlen(c->source), c->origin);
	}
	return NULL;
}
