#include "app/checklist_files.h"

#include <string.h>

#include "app/checklist_schema.h"
#include "app/config_checks.h"
#include "app/placeholders.h"
#include "app/shipped.h"
#include "app/yaml_file.h"
#include "model/placeholder.h"
#include "model/sanitize.h"

#define STEPS_MAX 99
#define CHECKS_MAX 20
#define DAY_S 86400
#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* --- what a text of it may hold --- */

/* A text in which placeholders are filled in. */
static void
check_filled(struct config_findings *f, const char *path, const char *name, const char *text)
{
	g_autofree char *at = config_member(path, name), *wrong = text ? placeholder_malformed(text) : NULL;

	if (wrong)
		config_findings_add(f, at, "\"%s\" is no placeholder: a name has small letters, digits and _", wrong);
}

/* One that is shown, too. */
static void
check_filled_and_shown(struct config_findings *f, const char *path, const char *name, const char *text, gboolean lines)
{
	check_filled(f, path, name, text);
	config_check_shown(f, path, name, text, lines);
}

/* A pattern: what stands for a placeholder is a part of it. */
static void
check_filled_pattern(struct config_findings *f, const char *path, const char *name, const char *pattern)
{
	check_filled(f, path, name, pattern);
	config_check_pattern(f, path, name, pattern);
}

static void
check_id(struct config_findings *f, const char *path, const char *name, const char *id)
{
	g_autofree char *at = config_member(path, name);

	if (!config_is_of(id, ID_CHARACTERS))
		config_findings_add(f, at, "\"%s\" must be of small letters, digits and dashes", id);
}

/* --- the kinds of checks --- */

static void
add_members(struct config_findings *f, const char *path, const struct yaml_http *y, struct check *c)
{
	for (unsigned i = 0; i < y->json_count; i++) {
		const struct yaml_member *from = &y->json[i];
		g_autofree char *at = g_strdup_printf("%s.json[%u]", path, i);
		struct check_member *m = g_new0(struct check_member, 1);
		m->label = g_strdup(from->label);
		m->pointer = g_strdup(from->pointer);
		m->equals = g_strdup(from->equals);
		g_ptr_array_add(c->members, m);
		config_check_pointer(f, at, "pointer", m->pointer);
		config_check_shown(f, at, "label", m->label, FALSE);
		check_filled_and_shown(f, at, "equals", m->equals, FALSE);
	}
}

/* With its placeholders it is no URL yet, but where it begins and that it has no blanks can be told. */
static void
check_request(struct config_findings *f, const char *path, const char *url)
{
	g_autofree char *at = config_member(path, "url");

	check_filled(f, path, "url", url);
	if (strchr(url, '{') == NULL)
		config_check_url(f, at, url, FALSE, FALSE);
	else if (!g_str_has_prefix(url, "http://") && !g_str_has_prefix(url, "https://") && placeholder_length(url, url) == 0)
		config_findings_add(f, at, "must begin with http://, https:// or a placeholder such as {url}");
	else if (strpbrk(url, " \t\r\n\\"))
		config_findings_add(f, at, "has characters that no URL has");
}

static void
make_http(struct config_findings *f, const char *path, const struct yaml_http *y, struct check *c)
{
	static const char *const versions[] = { "1.0", "1.1", "2", "3", NULL };
	g_autofree char *version = config_member(path, "http_version");

	c->url = g_strdup(y->url);
	c->status = y->status ? *y->status : 200;
	c->http_version = g_strdup(y->http_version);
	c->body = g_strdup(y->body);
	check_request(f, path, c->url);
	config_check_number(f, path, "status", y->status, 100, 599);
	config_findings_word(f, version, c->http_version, versions);
	check_filled_pattern(f, path, "body", c->body);
	add_members(f, path, y, c);
}

static enum check_expect
expectation(struct config_findings *f, const char *path, const char *word)
{
	static const char *const words[] = { [EXPECT_NONE] = "none", [EXPECT_SOME] = "some", [EXPECT_SHOWN] = "shown", NULL };
	g_autofree char *at = config_member(path, "expect");

	config_findings_word(f, at, word, words);
	for (guint i = 0; word && words[i]; i++)
		if (strcmp(word, words[i]) == 0)
			return (enum check_expect)i;
	return EXPECT_NONE;
}

static void
check_since(struct config_findings *f, const char *path, const char *since, struct check *c)
{
	g_autofree char *at = config_member(path, "since");
	gint64 seconds = config_check_span(f, path, "since", since, 60, 7 * DAY_S, 30 * 60);

	if (seconds % 60 != 0)
		config_findings_add(f, at, "must be whole minutes");
	c->since_min = (guint)(seconds / 60);
}

/* What logs, fleet and command have in common. */
static void
make_lines(struct config_findings *f, const char *path, const struct yaml_lines *y, struct check *c)
{
	g_autofree char *means = config_member(path, "watch_means");

	c->pattern = g_strdup(y->pattern);
	c->expect = expectation(f, path, y->expect);
	c->watch = g_strdup(y->watch);
	c->watch_means = g_strdup(y->watch_means);
	c->spike = g_strdup(y->spike);
	check_filled_pattern(f, path, "pattern", c->pattern);
	check_filled_pattern(f, path, "watch", c->watch);
	check_filled_pattern(f, path, "spike", c->spike);
	check_filled_and_shown(f, path, "watch_means", c->watch_means, FALSE);
	if (c->watch_means && !c->watch)
		config_findings_add(f, means, "says what a line of watch means, and there is no watch");
}

static void
make_logs(struct config_findings *f, const char *path, const struct yaml_lines *y, struct check *c)
{
	g_autofree char *file = config_member(path, "file");

	c->host = g_strdup(y->host);
	c->container = g_strdup(y->container);
	c->unit = g_strdup(y->unit);
	c->file = g_strdup(y->file);
	if ((c->container != NULL) + (c->unit != NULL) + (c->file != NULL) != 1)
		config_findings_add(f, path, "needs exactly one of container, unit and file");
	if (c->file && *c->file != '/' && placeholder_length(c->file, c->file) == 0)
		config_findings_add(f, file, "must be an absolute path, not \"%s\"", c->file);
	check_filled_and_shown(f, path, "host", c->host, FALSE);
	check_filled_and_shown(f, path, "container", c->container, FALSE);
	check_filled_and_shown(f, path, "unit", c->unit, FALSE);
	check_filled_and_shown(f, path, "file", c->file, FALSE);
	check_since(f, path, y->since, c);
	make_lines(f, path, y, c);
}

/* The gateways look for the pattern themselves, with grep -E: it has to mean the same there and here. */
static void
make_fleet(struct config_findings *f, const char *path, const struct yaml_lines *y, struct check *c)
{
	guint before = f->problems->len;

	check_since(f, path, y->since, c);
	make_lines(f, path, y, c);
	if (f->problems->len == before)
		config_check_extended_pattern(f, path, "pattern", c->pattern);
}

static void
make_command(struct config_findings *f, const char *path, const struct yaml_lines *y, struct check *c)
{
	g_autofree char *command = config_member(path, "command"), *pattern = config_member(path, "pattern");
	const char *problem = placeholders_check_shell_any(y->command);

	c->command = g_strdup(y->command);
	c->host = g_strdup(y->host);
	if (problem)
		config_findings_add(f, command, "%s", problem);
	check_filled(f, path, "command", c->command);
	check_filled_and_shown(f, path, "host", c->host, FALSE);
	make_lines(f, path, y, c);
	if (!c->pattern && c->expect == EXPECT_SHOWN)
		c->pattern = g_strdup(".");
	else if (!c->pattern)
		config_findings_add(f, path, "\"pattern\" is missing: only expect: shown can do without");
}

static void
make_manual(struct config_findings *f, const char *path, const struct yaml_manual *y, struct check *c)
{
	c->question = g_strdup(y->question);
	c->note = y->note && *y->note;
	check_filled_and_shown(f, path, "question", c->question, TRUE);
}

/* --- checks and steps --- */

static gboolean
kind_of(const struct yaml_check *y, enum check_kind *kind)
{
	const void *const given[] = {
		[CHECK_HTTP] = y->http, [CHECK_LOGS] = y->logs, [CHECK_FLEET] = y->fleet, [CHECK_COMMAND] = y->command, [CHECK_MANUAL] = y->manual,
		[CHECK_REPORT] = y->report,
	};
	guint count = 0;

	for (guint i = 0; i < G_N_ELEMENTS(given); i++)
		if (given[i]) {
			*kind = (enum check_kind)i;
			count++;
		}
	return count == 1;
}

static void
check_every(struct config_findings *f, const char *path, const char *every, struct check *c)
{
	g_autofree char *at = config_member(path, "every");

	c->every_s = (guint)config_check_span(f, path, "every", every, 5, DAY_S, 0);
	if (every && (c->kind == CHECK_MANUAL || c->kind == CHECK_REPORT))
		config_findings_add(f, at, "is for what midwatch looks at by itself");
}

/* NULL when it cannot be told what it is. */
static struct check *
make_check(struct config_findings *f, const char *path, const struct yaml_check *y)
{
	g_autofree char *at = NULL;
	enum check_kind kind;
	struct check *c;

	if (!kind_of(y, &kind)) {
		config_findings_add(f, path, "needs exactly one of http, logs, fleet, command, manual and report");
		return NULL;
	}
	c = check_new(kind);
	at = config_member(path, check_kind_name(kind));
	switch (kind) {
	case CHECK_HTTP: make_http(f, at, y->http, c); break;
	case CHECK_LOGS: make_logs(f, at, y->logs, c); break;
	case CHECK_FLEET: make_fleet(f, at, y->fleet, c); break;
	case CHECK_COMMAND: make_command(f, at, y->command, c); break;
	case CHECK_MANUAL: make_manual(f, at, y->manual, c); break;
	case CHECK_REPORT: break;
	}
	c->label = g_strdup(y->label);
	check_filled_and_shown(f, path, "label", c->label, FALSE);
	check_every(f, path, y->every, c);
	return c;
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
	check_filled_and_shown(f, path, "title", y->title, FALSE);
	config_check_shown(f, path, "subsystem", y->subsystem, FALSE);
	check_filled_and_shown(f, path, "help", y->help, TRUE);
	if (y->only_for && !touches(c, y->only_for))
		config_findings_add(f, only, "\"%s\" is none of the names in touches", y->only_for);
	if (y->checks_count == 0 || y->checks_count > CHECKS_MAX)
		config_findings_add(f, checks, "must have between 1 and %d checks", CHECKS_MAX);
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
	for (unsigned i = 0; i < MIN(y->checks_count, CHECKS_MAX); i++) {
		g_autofree char *at = g_strdup_printf("%s.checks[%u]", path, i);
		struct check *check = make_check(f, at, &y->checks[i]);
		if (check)
			g_ptr_array_add(s->checks, check);
	}
}

static void
add_steps(struct config_findings *f, struct checklist *c, const struct yaml_checklist *y)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	if (y->steps_count == 0 || y->steps_count > STEPS_MAX)
		config_findings_add(f, "steps", "must have between 1 and %d steps", STEPS_MAX);
	for (unsigned i = 0; i < MIN(y->steps_count, STEPS_MAX); i++) {
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

/* --- all there are --- */

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
	g_autoptr(GPtrArray) problems = config_problems_new();

	for (guint i = 0; i < all->len; i++) {
		const struct checklist *c = all->pdata[i];
		if (strcmp(c->name, name) == 0)
			return checklist_parse(c->source, strlen(c->source), c->origin, problems);
	}
	return NULL;
}
