#include "app/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/config_check.h"
#include "app/config_rules.h"
#include "app/config_schema.h"

#define FILE_MAX (1024 * 1024)

static void
ignore_log(cyaml_log_t level, void *user, const char *format, va_list args)
{
	(void)level, (void)user, (void)format, (void)args;
}

/* The document was checked before, so libcyaml's own messages say nothing new. */
static const cyaml_config_t loader = { .log_fn = ignore_log, .log_level = CYAML_LOG_ERROR, .mem_fn = cyaml_mem, .flags = CYAML_CFG_DEFAULT };

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

struct config *
config_parse(const char *text, gsize len, const char *origin, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(origin, problems);
	struct config *c = NULL;
	guint before = problems->len;
	gboolean empty = TRUE;

	if (config_check_document(f, text, len, &empty)) {
		cyaml_err_t err = empty ? CYAML_OK : cyaml_load_data((const uint8_t *)text, len, &loader, &config_schema, (cyaml_data_t **)&c, NULL);
		if (err != CYAML_OK)
			config_findings_add(f, "", "%s", cyaml_strerror(err));
		else if (c)
			config_rules_check(c, f);
	}
	config_findings_free(f);
	if (problems->len > before) {
		config_free(c);
		return NULL;
	}
	/* config_free() gives it back to libcyaml's allocator, so an empty one has to come from there as well. */
	if (!c)
		c = memset(cyaml_mem(NULL, NULL, sizeof *c), 0, sizeof *c);
	return c;
}

/* At most one byte more than a configuration may have, since a pipe or a device may have no end. NULL with errno when it cannot be read. */
static char *
read_file(const char *path, gsize *len)
{
	FILE *f = fopen(path, "re");
	char *text = f ? g_malloc(FILE_MAX + 1) : NULL;
	int why;

	if (!f)
		return NULL;
	*len = fread(text, 1, FILE_MAX + 1, f);
	why = errno;
	if (ferror(f))
		g_clear_pointer(&text, g_free);
	fclose(f);
	errno = why;
	return text;
}

static struct config *
load_file(const char *path, GPtrArray *problems)
{
	g_autofree char *text = NULL;
	struct config_findings *f = config_findings_new(path, problems);
	struct config *c = NULL;
	gsize len = 0;

	text = read_file(path, &len);
	if (!text)
		config_findings_add(f, "", "cannot be read: %s", g_strerror(errno));
	else if (len > FILE_MAX)
		config_findings_add(f, "", "larger than 1 MiB: this is no configuration");
	else
		c = config_parse(text, len, path, problems);
	config_findings_free(f);
	return c;
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
	if (c)
		cyaml_free(&loader, &config_schema, c, 0);
}
