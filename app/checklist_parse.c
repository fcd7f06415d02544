#include "app/checklist_files.h"

#include <string.h>

#include "app/checklist_check.h"
#include "app/config_checks.h"
#include "app/yaml_file.h"
#include "model/sanitize.h"

#define DAY_S 86400
#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

static void
check_id(struct config_findings *f, const char *path, const char *name, const char *id)
{
	g_autofree char *at = config_member(path, name);

	if (!config_is_of(id, ID_CHARACTERS))
		config_findings_add(f, at, "\"%s\" must be of small letters, digits and dashes", id);
}

static gboolean
touches(const struct checklist *c, const char *name)
{
	for (guint i = 0; i < c->touches->len; i++)
		if (strcmp(((struct checklist_touch *)c->touches->pdata[i])->name, name) == 0)
			return TRUE;
	return FALSE;
}

static void
check_step(struct config_findings *f, const char *path, const struct checklist *c, const struct yaml_step *y)
{
	g_autofree char *only = config_member(path, "only_for"), *checks = config_member(path, "checks");

	check_id(f, path, "id", y->id);
	checklist_check_text(f, path, "title", y->title, FALSE);
	config_check_shown(f, path, "subsystem", y->subsystem, FALSE);
	checklist_check_text(f, path, "help", y->help, TRUE);
	if (y->only_for && !touches(c, y->only_for))
		config_findings_add(f, only, "\"%s\" is none of the names in touches", y->only_for);
	if (y->checks_count == 0)
		config_findings_add(f, checks, "must have between 1 and %d checks", CHECKLIST_CHECKS_MAX);
}

/* Its turn comes when all else was seen: what stands beside it would wait as long. */
static void
check_report(struct config_findings *f, const char *path, const struct checklist_step *s)
{
	g_autofree char *at = config_member(path, "checks");
	guint reports = 0;

	for (guint i = 0; i < s->checks->len; i++)
		reports += ((const struct check *)s->checks->pdata[i])->kind == CHECK_REPORT;
	if (reports > 0 && s->checks->len > 1)
		config_findings_add(f, at, "a report is a step of its own: move the other checks to another one");
}

static void
add_step(struct config_findings *f, const char *path, struct checklist *c, const struct yaml_step *y)
{
	struct checklist_step *s = checklist_step_new(y->id, y->title);

	s->subsystem = g_strdup(y->subsystem);
	s->help = g_strdup(y->help);
	s->gate = y->gate && *y->gate;
	s->only_for = g_strdup(y->only_for);
	g_ptr_array_add(c->steps, s);
	check_step(f, path, c, y);
	for (unsigned i = 0; i < y->checks_count; i++) {
		g_autofree char *at = g_strdup_printf("%s.checks[%u]", path, i);
		struct check *check = checklist_check_make(f, at, &y->checks[i]);
		if (check)
			g_ptr_array_add(s->checks, check);
	}
	check_report(f, path, s);
}

static void
add_steps(struct config_findings *f, struct checklist *c, const struct yaml_checklist *y)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	if (y->steps_count == 0)
		config_findings_add(f, "steps", "must have between 1 and %d steps", CHECKLIST_STEPS_MAX);
	for (unsigned i = 0; i < y->steps_count; i++) {
		g_autofree char *path = g_strdup_printf("steps[%u]", i), *id = config_member(path, "id");
		if (!g_hash_table_add(seen, y->steps[i].id))
			config_findings_add(f, id, "another step is called \"%s\" already", y->steps[i].id);
		add_step(f, path, c, &y->steps[i]);
	}
}

/* --- the whole --- */

static void
add_touches(struct config_findings *f, struct checklist *c, const struct yaml_checklist *y)
{
	for (unsigned i = 0; i < y->touches_count; i++) {
		struct checklist_touch *t = g_new0(struct checklist_touch, 1);
		g_autofree char *path = g_strdup_printf("touches[%u]", i), *name = config_member(path, "name");
		if (touches(c, y->touches[i].name))
			config_findings_add(f, name, "\"%s\" stands here twice", y->touches[i].name);
		t->name = g_strdup(y->touches[i].name);
		t->hot = y->touches[i].hot && *y->touches[i].hot;
		g_ptr_array_add(c->touches, t);
		config_check_shown(f, path, "name", t->name, FALSE);
	}
}

static void
add_variables(struct config_findings *f, struct checklist *c, const struct yaml_checklist *y)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < y->variables_count; i++) {
		struct checklist_variable *v = g_new0(struct checklist_variable, 1);
		g_autofree char *path = g_strdup_printf("variables[%u]", i);
		v->name = g_strdup(y->variables[i].name);
		v->value = g_strdup(y->variables[i].value);
		g_ptr_array_add(c->variables, v);
		config_check_variable(f, path, seen, &y->variables[i]);
	}
}

static gboolean
writes_report(const struct checklist *c)
{
	for (guint i = 0; i < c->steps->len; i++) {
		const struct checklist_step *s = c->steps->pdata[i];
		for (guint k = 0; k < s->checks->len; k++)
			if (((struct check *)s->checks->pdata[k])->kind == CHECK_REPORT)
				return TRUE;
	}
	return FALSE;
}

static void
check_hot(struct config_findings *f, const struct checklist *c)
{
	for (guint i = 0; i < c->touches->len && !writes_report(c); i++) {
		g_autofree char *path = g_strdup_printf("touches[%u].hot", i);
		if (((struct checklist_touch *)c->touches->pdata[i])->hot)
			config_findings_add(f, path, "makes the report mandatory, and no step writes one");
	}
}

static struct checklist *
make(struct config_findings *f, const struct yaml_checklist *y)
{
	struct checklist *c = checklist_new(y->name);

	c->title = g_strdup(y->title);
	c->escalate = g_strdup(y->escalate ? y->escalate : "on-call");
	c->deploy = y->deploy && *y->deploy;
	c->window_s = (guint)config_check_span(f, "", "window", y->window, 60, DAY_S, 0);
	check_id(f, "", "name", c->name);
	config_check_shown(f, "", "title", c->title, FALSE);
	config_check_shown(f, "", "escalate", c->escalate, FALSE);
	add_touches(f, c, y);
	add_variables(f, c, y);
	add_steps(f, c, y);
	check_hot(f, c);
	return c;
}

struct checklist *
checklist_parse(const char *text, gsize len, const char *origin, GPtrArray *problems)
{
	struct config_findings *f = config_findings_new(origin, problems);
	guint before = problems->len;
	struct yaml_checklist *y = yaml_file_load(f, text, len, &checklist_schema);
	struct checklist *c = y ? make(f, y) : NULL;

	if (!c && problems->len == before)
		config_findings_add(f, "", "is empty: a checklist has a name, a title and steps");
	if (len > 0 && memchr(text, '\0', len))
		config_findings_add(f, "", "is not written in UTF-8");
	if (c) {
		c->source = g_strndup(text, len);
		c->origin = sanitize_text(origin, -1);
	}
	yaml_file_free(&checklist_schema, y);
	config_findings_free(f);
	if (problems->len > before)
		g_clear_pointer(&c, checklist_free);
	return c;
}
