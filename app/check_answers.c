#include "app/check_answers.h"

#include <string.h>

#include "app/headless.h"

static void
answer_clear(gpointer data)
{
	g_free(((struct check_answer *)data)->note);
}

/* The number of a check by its label, or by its place from 1 on; -1: there is none. */
static int
find_check(const struct checklist_step *s, const char *name)
{
	guint64 n;

	for (guint i = 0; i < s->checks->len; i++)
		if (g_strcmp0(((const struct check *)s->checks->pdata[i])->label, name) == 0)
			return (int)i;
	return g_ascii_string_to_unsigned(name, 10, 1, s->checks->len, &n, NULL) ? (int)n - 1 : -1;
}

static gboolean
read_verdict(const char *word, enum verdict *v)
{
	static const struct { const char *word; enum verdict verdict; } words[] = {
		{ "pass", VERDICT_PASS }, { "fail", VERDICT_FAIL }, { "skip", VERDICT_SKIPPED }, { "attention", VERDICT_ATTENTION },
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			*v = words[i].verdict;
			return TRUE;
		}
	return FALSE;
}

static gboolean
read_answer(const char *text, const struct checklist *c, struct check_answer *a)
{
	const char *equals = strchr(text, '=');
	g_autofree char *where = equals ? g_strndup(text, (gsize)(equals - text)) : NULL, *word = NULL;
	char *check = where ? strchr(where, '/') : NULL;
	const char *note = equals ? strchr(equals, ':') : NULL;
	const struct checklist_step *s = NULL;

	if (!equals)
		return headless_complain("--answer %s: write STEP=pass, STEP/CHECK=fail:NOTE or STEP=skip", text);
	if (check)
		*check++ = '\0';
	for (a->step = 0; a->step < c->steps->len; a->step++) {
		s = c->steps->pdata[a->step];
		if (strcmp(s->id, where) == 0)
			break;
	}
	if (a->step == c->steps->len)
		return headless_complain("--answer: %s has no step %s", c->name, where);
	a->check = check ? find_check(s, check) : -1;
	if (check && a->check < 0)
		return headless_complain("--answer: the step %s has no check %s", where, check);
	word = note ? g_strndup(equals + 1, (gsize)(note - equals - 1)) : g_strdup(equals + 1);
	if (!read_verdict(word, &a->verdict))
		return headless_complain("--answer %s: \"%s\" is neither pass, attention, fail nor skip", text, word);
	a->note = note ? g_strdup(note + 1) : NULL;
	return TRUE;
}

GArray *
check_answers_read(char **texts, const struct checklist *c)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct check_answer));

	g_array_set_clear_func(all, answer_clear);
	for (char **text = texts; text && *text; text++) {
		struct check_answer a = { 0 };
		if (!read_answer(*text, c, &a))
			return NULL;
		g_array_append_val(all, a);
	}
	return g_steal_pointer(&all);
}

/* --- what is touched --- */

/* One of the entries that may be touched; NULL: there is none. */
static const struct checklist_touch *
find_touch(const struct checklist *c, const char *name)
{
	for (guint i = 0; i < c->touches->len; i++) {
		const struct checklist_touch *t = c->touches->pdata[i];
		if (strcmp(t->name, name) == 0)
			return t;
	}
	return NULL;
}

gboolean
check_touches_read(const struct options *o, const struct checklist *c, GPtrArray *touched)
{
	g_auto(GStrv) parts = g_strsplit(o->touches ? o->touches : "", ",", -1);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < c->touches->len; i++)
		g_string_append_printf(all, "%s%s", i ? ", " : "", ((const struct checklist_touch *)c->touches->pdata[i])->name);
	for (char **part = parts; *part; part++) {
		const struct checklist_touch *t = find_touch(c, g_strstrip(*part));
		if (!**part)
			continue;
		if (!t)
			return headless_complain("--touches: \"%s\" is not known to %s; there are: %s", *part, c->name, all->len ? all->str : "none");
		if (t->hot && !o->report)
			return headless_complain("a deploy that touches %s needs a report: add --report DIR", t->name);
		g_ptr_array_add(touched, g_strdup(*part));
	}
	return TRUE;
}
