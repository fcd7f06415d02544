#include "app/config.h"

#include "app/config_rules.h"
#include "app/config_schema.h"
#include "app/yaml_file.h"

static void
problem_free(gpointer data)
{
	struct config_problem *p = data;

	g_free(p->file);
	g_free(p->path);
	g_free(p->message);
	g_free(p);
}

GPtrArray *
config_problems_new(void)
{
	return g_ptr_array_new_with_free_func(problem_free);
}

char *
config_problem_text(const struct config_problem *p)
{
	return g_strdup_printf("%s:%u: %s%s%s", p->file, p->line, p->path, *p->path ? ": " : "", p->message);
}

char *
config_default_path(void)
{
	return g_build_filename(g_get_user_config_dir(), "midwatch", "config.yml", NULL);
}

char *
config_path(const char *path)
{
	return g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL) : g_strdup(path);
}

struct config *
config_parse(const char *text, gsize len, const char *origin, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(origin, problems);
	guint before = problems->len;
	struct config *c = yaml_file_load(f, text, len, &config_schema);

	if (c)
		config_rules_check(c, f);
	config_findings_free(f);
	if (problems->len > before) {
		config_free(c);
		return NULL;
	}
	return c ? c : yaml_file_empty(&config_schema);
}

static struct config *
load_file(const char *path, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(path, problems);
	gsize len = 0;
	g_autofree char *text = yaml_file_read(f, path, &len);

	config_findings_free(f);
	return text ? config_parse(text, len, path, problems) : NULL;
}

struct config *
config_load(const char *path, GPtrArray *problems)
{
	g_autofree char *own = NULL;

	if (path)
		return load_file(path, problems);
	own = config_default_path();
	if (g_file_test(own, G_FILE_TEST_EXISTS))
		return load_file(own, problems);
	return config_parse("", 0, own, problems);
}

const char *
config_env(const struct config *c)
{
	return c->product && c->product->env ? c->product->env : "prod";
}

const char *
config_health(const struct config_product *p)
{
	return p && p->health ? p->health : "/api/v1/health";
}

gboolean
config_action_is_on_host(const struct config_action *a)
{
	return !a->on || g_str_equal(a->on, "host");
}

gboolean
config_action_is_on_gateway(const struct config_action *a)
{
	return g_strcmp0(a->on, "gateway") == 0;
}

void
config_free(struct config *c)
{
	yaml_file_free(&config_schema, c);
}
