#include "app/checklist_check.h"

#include <string.h>

#include "app/config_checks.h"
#include "app/placeholders.h"
#include "model/placeholder.h"

#define DAY_S 86400

/* --- what a text of it may hold --- */

/* A text in which placeholders are filled in. FALSE: one of them is wrong. */
static gboolean
check_filled(struct config_findings *f, const char *path, const char *name, const char *text)
{
	g_autofree char *at = config_member(path, name), *wrong = text ? placeholder_malformed(text) : NULL;

	if (wrong)
		config_findings_add(f, at, "\"%s\" is no placeholder: a name has small letters, digits and _", wrong);
	return !wrong;
}

/* One that is shown, too. */
void
checklist_check_text(struct config_findings *f, const char *path, const char *name, const char *text, gboolean lines)
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
		checklist_check_text(f, at, "equals", m->equals, FALSE);
	}
}

/* With its placeholders it is no URL yet, but where it begins and that it has no blanks can be told. */
static void
check_request(struct config_findings *f, const char *path, const char *url)
{
	g_autofree char *at = config_member(path, "url");

	if (!check_filled(f, path, "url", url))
		return;
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
	checklist_check_text(f, path, "watch_means", c->watch_means, FALSE);
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
	checklist_check_text(f, path, "host", c->host, FALSE);
	checklist_check_text(f, path, "container", c->container, FALSE);
	checklist_check_text(f, path, "unit", c->unit, FALSE);
	checklist_check_text(f, path, "file", c->file, FALSE);
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
	g_autofree char *command = config_member(path, "command");
	const char *problem = placeholders_check_shell_any(y->command);

	c->command = g_strdup(y->command);
	c->host = g_strdup(y->host);
	if (problem)
		config_findings_add(f, command, "%s", problem);
	check_filled(f, path, "command", c->command);
	checklist_check_text(f, path, "host", c->host, FALSE);
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
	checklist_check_text(f, path, "question", c->question, TRUE);
}

/* --- one of them --- */

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

struct check *
checklist_check_make(struct config_findings *f, const char *path, const struct yaml_check *y)
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
	checklist_check_text(f, path, "label", c->label, FALSE);
	check_every(f, path, y->every, c);
	return c;
}
