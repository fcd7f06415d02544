/* Placeholders of a run. */
#include "model/check_run_private.h"

#include <string.h>

#include "model/placeholder.h"
#include "model/sanitize.h"

/* The next placeholder from `at` on; NULL when there is none. */
static const char *
next_placeholder(const char *text, const char *at, gsize *length)
{
	for (; (at = strchr(at, '{')); at++) {
		*length = placeholder_length(text, at);
		if (*length > 0)
			return at;
	}
	return NULL;
}

static const char *
static_name(const char *at, gsize length)
{
	static char name[PLACEHOLDER_NAME_MAX + 1];

	g_strlcpy(name, at + 1, MIN(sizeof name, length - 1));
	return name;
}

static char *
fill(const struct check_run *r, const char *text, gboolean shell, const char **missing)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *at = text, *found;
	gsize length;

	while ((found = next_placeholder(text, at, &length))) {
		const char *name = static_name(found, length), *value = g_hash_table_lookup(r->variables, name);
		g_autofree char *quoted = value && shell ? g_shell_quote(value) : NULL;
		if (!value) {
			if (missing)
				*missing = name;
			return NULL;
		}
		g_string_append_len(out, at, found - at);
		g_string_append(out, quoted ? quoted : value);
		at = found + length;
	}
	g_string_append(out, at);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
run_fill(const struct check_run *r, const char *text, const char **missing)
{
	return fill(r, text, FALSE, missing);
}

char *
run_fill_shell(const struct check_run *r, const char *text, const char **missing)
{
	return fill(r, text, TRUE, missing);
}

static const char *
missing_of(const struct check_run *r, const char *text)
{
	const char *missing = NULL;
	g_autofree char *filled G_GNUC_UNUSED = text ? run_fill(r, text, &missing) : NULL;

	return missing;
}

const char *
run_missing(const struct check_run *r, const struct check *c)
{
	const char *const texts[] = {
		c->url, c->http_version, c->body, c->host, c->container, c->unit, c->file, c->command, c->pattern, c->watch, c->spike,
	};
	const char *missing = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(texts) && !missing; i++)
		missing = missing_of(r, texts[i]);
	for (guint i = 0; i < c->members->len && !missing; i++)
		missing = missing_of(r, ((const struct check_member *)c->members->pdata[i])->pointer);
	return missing;
}

/* --- their values, when a run begins --- */

static const char *
value_of(const struct check_run *r, const struct run_settings *s, const char *name)
{
	const char *value = s->value ? s->value(s->user, name) : NULL;

	if (strcmp(name, "version") == 0)
		return r->version;
	for (guint i = 0; !value && i < r->checklist->variables->len; i++) {
		const struct checklist_variable *v = r->checklist->variables->pdata[i];
		if (strcmp(v->name, name) == 0)
			value = v->value;
	}
	return value;
}

static void
take_names(struct check_run *r, const struct run_settings *s, const char *text)
{
	const char *at = text, *found;
	gsize length;

	while (text && (found = next_placeholder(text, at, &length))) {
		const char *name = static_name(found, length), *value = value_of(r, s, name);
		if (value && !g_hash_table_contains(r->variables, name))
			g_hash_table_insert(r->variables, g_strdup(name), sanitize_text(value, -1));
		at = found + length;
	}
}

static void
take_check(struct check_run *r, const struct run_settings *s, const struct check *c)
{
	const char *const texts[] = {
		c->label, c->url, c->http_version, c->body, c->host, c->container, c->unit, c->file, c->command, c->pattern, c->watch, c->watch_means, c->spike,
		c->question,
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		take_names(r, s, texts[i]);
	for (guint i = 0; i < c->members->len; i++) {
		const struct check_member *m = c->members->pdata[i];
		take_names(r, s, m->pointer);
		take_names(r, s, m->equals);
	}
}

void
run_take_values(struct check_run *r, const struct run_settings *s)
{
	for (guint i = 0; i < r->checklist->steps->len; i++) {
		const struct checklist_step *step = r->checklist->steps->pdata[i];
		take_names(r, s, step->title);
		take_names(r, s, step->help);
		for (guint j = 0; j < step->checks->len; j++)
			take_check(r, s, step->checks->pdata[j]);
	}
}
