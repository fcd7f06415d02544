/* Checklists from YAML: the shipped ones load, every fault is told with its line and path, own files take the place of shipped ones. */
#include "app/checklist_files.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/shipped.h"
#include "model/log_pattern.h"
#include "tests/unit/problems.h"

static struct checklist *
parsed(const char *text)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct checklist *c = checklist_parse(text, strlen(text), "c.yml", problems);

	assert_problem_texts(problems, (const char *const[]){ NULL });
	g_assert_nonnull(c);
	return c;
}

static void
assert_checklist(const char *text, const char *const *expected)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct checklist *c = checklist_parse(text, strlen(text), "c.yml", problems);

	g_assert_true((c == NULL) == (problems->len > 0));
	checklist_free(c);
	assert_problem_texts(problems, expected);
}

#define ASSERT_CHECKLIST(text, ...) assert_checklist(text, (const char *const[]){ __VA_ARGS__, NULL })
#define ASSERT_SOUND(text) assert_checklist(text, (const char *const[]){ NULL })
#define HEAD "name: a\ntitle: A\n"
#define STEP "steps:\n  - id: s\n    title: S\n    subsystem: cloud\n    checks:\n"
#define LIST_OF HEAD STEP
#define MANUAL "      - manual: {question: q}\n"
#define UNSHOWN "has characters that cannot be shown as they are: control characters, or such that turn the direction of text"

static const struct checklist_step *
step_at(const struct checklist *c, guint i)
{
	g_assert_cmpuint(i, <, c->steps->len);
	return c->steps->pdata[i];
}

static const struct check *
check_at(const struct checklist *c, guint step, guint i)
{
	g_assert_cmpuint(i, <, step_at(c, step)->checks->len);
	return step_at(c, step)->checks->pdata[i];
}

/* The seven steps of the document that it comes from. */
static void
test_post_deploy(void)
{
	static const char *const ids[] = { "health", "frontend", "cloud-errors", "gateway-errors", "ai", "sfu", "report" };
	struct checklist *c = parsed(shipped_post_deploy_text);
	const struct check *k;

	g_assert_cmpstr(c->name, ==, "post-deploy");
	g_assert_true(c->deploy);
	g_assert_cmpuint(c->window_s, ==, 1800);
	g_assert_cmpuint(c->steps->len, ==, G_N_ELEMENTS(ids));
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
		g_assert_cmpstr(step_at(c, i)->id, ==, ids[i]);
	k = check_at(c, 0, 0);
	g_assert_cmpint(k->kind, ==, CHECK_HTTP);
	g_assert_cmpstr(k->url, ==, "{url}{health}");
	g_assert_cmpuint(k->status, ==, 200);
	g_assert_cmpuint(k->every_s, ==, 10);
	g_assert_cmpuint(k->members->len, ==, 4);
	k = check_at(c, 4, 0);
	g_assert_cmpint(k->expect, ==, EXPECT_SHOWN);
	g_assert_cmpuint(k->since_min, ==, 30);
	g_assert_cmpstr(k->watch, ==, "provider_unavailable|quota_exceeded");
	g_assert_cmpstr(k->spike, ==, "parse_error");
	g_assert_cmpstr(step_at(c, 5)->only_for, ==, "live view");
	g_assert_cmpint(check_at(c, 6, 0)->kind, ==, CHECK_REPORT);
	g_assert_cmpstr(c->source, ==, shipped_post_deploy_text);
	g_assert_cmpstr(c->origin, ==, "c.yml");
	checklist_free(c);
}

static void
test_first_ten_minutes(void)
{
	struct checklist *c = parsed(shipped_first_ten_minutes_text);

	g_assert_cmpuint(c->steps->len, ==, 8);
	g_assert_cmpuint(c->window_s, ==, 0);
	g_assert_false(c->deploy);
	g_assert_cmpstr(c->escalate, ==, "secondary");
	g_assert_true(check_at(c, 1, 0)->note);
	g_assert_cmpint(check_at(c, 3, 0)->kind, ==, CHECK_COMMAND);
	g_assert_null(check_at(c, 3, 0)->host);
	checklist_free(c);
}

static void
test_whole(void)
{
	ASSERT_CHECKLIST("", "c.yml:1: is empty: a checklist has a name, a title and steps");
	ASSERT_CHECKLIST("name: a\n", "c.yml:1: \"title\" is missing", "c.yml:1: \"steps\" is missing");
	ASSERT_CHECKLIST(HEAD "steps: []\n", "c.yml:3: steps: must have between 1 and 99 steps");
	ASSERT_CHECKLIST("name: A b\ntitle: A\nwindow: 30\nescalate: \"a\\u202eb\"\n" STEP MANUAL,
	                 "c.yml:3: window: must be a span of time such as 10s, 30m, 1h30m or 7d, not \"30\"",
	                 "c.yml:1: name: \"A b\" must be of small letters, digits and dashes", "c.yml:4: escalate: " UNSHOWN);
	ASSERT_CHECKLIST(HEAD "window: 30s\n" STEP MANUAL, "c.yml:3: window: must be between 1m and 1d");
	ASSERT_CHECKLIST(HEAD "stps: x\n" STEP MANUAL, "c.yml:3: stps: unknown key \"stps\": did you mean \"steps\"?");
}

/* So long a list would take libcyaml minutes. */
static void
test_too_long(void)
{
	g_autoptr(GString) text = g_string_new(HEAD "steps:\n");

	for (guint i = 0; i < 10000; i++)
		g_string_append_printf(text, "  - {id: s%u, title: T, subsystem: x, checks: [{report: {}}]}\n", i);
	ASSERT_CHECKLIST(text->str, "c.yml:3: steps: has 10000 items, and at most 99 may be there");
}

static void
test_steps(void)
{
	ASSERT_CHECKLIST(LIST_OF MANUAL "      - report: {}\n", "c.yml:7: steps[0].checks: a report is a step of its own: move the other checks to another one");
	ASSERT_CHECKLIST(LIST_OF MANUAL "  - id: s\n    title: T\n    subsystem: x\n    checks: []\n", "c.yml:9: steps[1].id: another step is called \"s\" already",
	                 "c.yml:12: steps[1].checks: must have between 1 and 20 checks");
	ASSERT_CHECKLIST(HEAD "steps:\n  - id: S\n    title: \"{Title}\"\n    checks:\n" MANUAL, "c.yml:4: steps[0]: \"subsystem\" is missing");
	ASSERT_CHECKLIST(HEAD "steps:\n  - id: S\n    title: \"{Title}\"\n    subsystem: x\n    checks:\n" MANUAL,
	                 "c.yml:4: steps[0].id: \"S\" must be of small letters, digits and dashes",
	                 "c.yml:5: steps[0].title: \"{Title}\" is no placeholder: a name has small letters, digits and _");
	ASSERT_CHECKLIST(HEAD "touches: [{name: auth}]\nsteps:\n  - id: s\n    title: S\n    subsystem: x\n    only_for: aut\n    checks:\n" MANUAL,
	                 "c.yml:8: steps[0].only_for: \"aut\" is none of the names in touches");
	ASSERT_CHECKLIST(HEAD "touches:\n  - {name: auth, hot: true}\n  - {name: auth}\n" STEP MANUAL, "c.yml:5: touches[1].name: \"auth\" stands here twice",
	                 "c.yml:4: touches[0].hot: makes the report mandatory, and no step writes one");
	ASSERT_SOUND(HEAD "touches: [{name: auth, hot: true}]\n" STEP "      - report: {}\n");
}

static void
test_variables(void)
{
	ASSERT_SOUND(HEAD "variables: [{name: url, value: \"https://example.com\"}]\n" STEP MANUAL);
	ASSERT_CHECKLIST(HEAD "variables:\n  - {name: A, value: x}\n  - {name: b, value: x}\n  - {name: b, value: y}\n  - {name: version, value: y}\n" STEP MANUAL,
	                 "c.yml:4: variables[0].name: \"A\" must be of small letters, digits and _, begun by a letter",
	                 "c.yml:6: variables[2].name: another variable is called \"b\" already",
	                 "c.yml:7: variables[3].name: {version} is the version that is expected: it is told when a run begins");
}

static void
test_kinds(void)
{
	static const char one[] = "c.yml:8: steps[0].checks[0]: needs exactly one of http, logs, fleet, command, manual and report";

	ASSERT_CHECKLIST(LIST_OF "      - label: x\n", one);
	ASSERT_CHECKLIST(LIST_OF "      - manual: {question: q}\n        report: {}\n", one);
	ASSERT_CHECKLIST(LIST_OF "      - manual: {}\n", "c.yml:8: steps[0].checks[0].manual: \"question\" is missing");
	ASSERT_CHECKLIST(LIST_OF "      - report: {to: x}\n", "c.yml:8: steps[0].checks[0].report.to: unknown key \"to\"");
	ASSERT_CHECKLIST(LIST_OF MANUAL "        every: 10s\n", "c.yml:9: steps[0].checks[0].every: is for what midwatch looks at by itself");
	ASSERT_CHECKLIST(LIST_OF "      - fleet: {pattern: x}\n        every: 4s\n", "c.yml:9: steps[0].checks[0].every: must be between 5s and 1d");
}

static void
test_http(void)
{
	ASSERT_SOUND(LIST_OF "      - http: {url: \"{url}/x?y={version}\"}\n");
	ASSERT_CHECKLIST(LIST_OF "      - http:\n          url: ftp://a\n          status: 600\n          http_version: \"4\"\n          body: \"(\"\n"
	                         "          json: [{label: a, pointer: a/b}, {pointer: \"\"}]\n",
	                 "c.yml:13: steps[0].checks[0].http.json[1].pointer: must not be empty", "c.yml:13: steps[0].checks[0].http.json[1]: \"label\" is missing");
	ASSERT_CHECKLIST(LIST_OF "      - http:\n          url: ftp://a\n          status: 600\n          http_version: \"4\"\n          body: \"(\"\n"
	                         "          json: [{label: a, pointer: a/b}]\n",
	                 "c.yml:9: steps[0].checks[0].http.url: must begin with http:// or https://",
	                 "c.yml:10: steps[0].checks[0].http.status: must be between 100 and 599",
	                 "c.yml:11: steps[0].checks[0].http.http_version: \"4\" is none of: 1.0, 1.1, 2, 3",
	                 "c.yml:12: steps[0].checks[0].http.body: pattern, at offset 1: missing closing parenthesis",
	                 "c.yml:13: steps[0].checks[0].http.json[0].pointer: \"a/b\" is no JSON pointer: it begins with \"/\", as in /data/gateways; "
	                 "~1 stands for a \"/\" in a name, ~0 for a \"~\"");
	ASSERT_CHECKLIST(LIST_OF "      - http: {url: \"app/{path}\"}\n",
	                 "c.yml:8: steps[0].checks[0].http.url: must begin with http://, https:// or a placeholder such as {url}");
	ASSERT_CHECKLIST(LIST_OF "      - http: {url: \"{Url}\"}\n",
	                 "c.yml:8: steps[0].checks[0].http.url: \"{Url}\" is no placeholder: a name has small letters, digits and _");
	ASSERT_CHECKLIST(LIST_OF "      - http: {url: \"{url}/a b\"}\n", "c.yml:8: steps[0].checks[0].http.url: has characters that no URL has");
}

static void
test_lines(void)
{
	ASSERT_SOUND(LIST_OF "      - logs: {host: \"{host}\", file: \"{log}\", pattern: \"\\\\d{3} \\\\p{Lu}\", since: 7d, expect: some}\n");
	ASSERT_CHECKLIST(LIST_OF "      - logs:\n          host: a\n          container: b\n          unit: c\n          pattern: \"[\"\n          since: 8d\n          watch_means: m\n",
	                 "c.yml:8: steps[0].checks[0].logs: needs exactly one of container, unit and file",
	                 "c.yml:13: steps[0].checks[0].logs.since: must be between 1m and 7d",
	                 "c.yml:12: steps[0].checks[0].logs.pattern: pattern, at offset 1: missing terminating ] for character class",
	                 "c.yml:14: steps[0].checks[0].logs.watch_means: says what a line of watch means, and there is no watch");
	ASSERT_CHECKLIST(LIST_OF "      - logs: {host: a, file: x.log, pattern: x, since: 90s}\n",
	                 "c.yml:8: steps[0].checks[0].logs.file: must be an absolute path, not \"x.log\"",
	                 "c.yml:8: steps[0].checks[0].logs.since: must be whole minutes");
	ASSERT_CHECKLIST(LIST_OF "      - fleet: {pattern: x, expect: nothing, watch: \"(\", spike: \")\"}\n",
	                 "c.yml:8: steps[0].checks[0].fleet.expect: \"nothing\" is none of: none, some, shown",
	                 "c.yml:8: steps[0].checks[0].fleet.watch: pattern, at offset 1: missing closing parenthesis",
	                 "c.yml:8: steps[0].checks[0].fleet.spike: pattern, at offset 0: unmatched closing parenthesis");
	ASSERT_CHECKLIST(LIST_OF "      - fleet: {host: a, pattern: x}\n", "c.yml:8: steps[0].checks[0].fleet.host: unknown key \"host\"");
}

/* Gateways look with grep -E, which does not know all that PCRE2 does. */
static void
test_fleet_pattern(void)
{
	static const char text[] = LIST_OF "      - fleet: {pattern: \"(?i)fatal\"}\n";
	g_autoptr(GPtrArray) problems = config_problems_new();
	const struct config_problem *p;

	g_assert_null(checklist_parse(text, strlen(text), "c.yml", problems));
	g_assert_cmpuint(problems->len, ==, 1);
	p = problems->pdata[0];
	g_assert_true(g_str_has_prefix(p->message, "is no extended regular expression"));
}

static void
test_commands(void)
{
	ASSERT_SOUND(LIST_OF "      - command: {command: \"df -h {path}\", expect: shown}\n");
	ASSERT_CHECKLIST(LIST_OF "      - command: {command: \"ls '{path}'\", pattern: x}\n",
	                 "c.yml:8: steps[0].checks[0].command.command: a placeholder stands within quotes: its value is quoted already, leave the quotes out");
	ASSERT_CHECKLIST(LIST_OF "      - command: {command: \"ls `echo` {path}\", pattern: x}\n",
	                 "c.yml:8: steps[0].checks[0].command.command: a placeholder and backticks do not go together: write $(…)");
	ASSERT_CHECKLIST(LIST_OF "      - command: {command: ls}\n",
	                 "c.yml:8: steps[0].checks[0].command: \"pattern\" is missing: only expect: shown can do without");
	ASSERT_SOUND(LIST_OF "      - command: {command: \"docker ps --format '{{.Names}}' | awk '{ print $1 }' | grep ${x} \", pattern: x}\n");
}

/* Case counts: what a pattern says is what is looked for. */
static void
test_case(void)
{
	g_autoptr(GError) error = NULL;
	struct log_pattern *p = log_pattern_new_exact("error", &error);
	guint32 start, end;

	g_assert_no_error(error);
	g_assert_true(log_pattern_find(p, "an error", 8, 0, &start, &end));
	g_assert_false(log_pattern_find(p, "an ERROR", 8, 0, &start, &end));
	log_pattern_free(p);
}

static void
test_bytes(void)
{
	static const char zero[] = LIST_OF MANUAL "# \0\n";
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GString) wide = g_string_new("\xff\xfe");

	for (const char *c = LIST_OF MANUAL; *c; c++) {
		g_string_append_c(wide, *c);
		g_string_append_c(wide, '\0');
	}
	g_assert_null(checklist_parse(zero, sizeof zero - 1, "c.yml", problems));
	g_assert_null(checklist_parse(wide->str, wide->len, "c.yml", problems)); /* UTF-16: YAML could be, a run's copy of it cannot */
	g_assert_null(checklist_parse("a: \xff", 4, "c.yml", problems));
}

/* --- files --- */

static char *
own_file(const char *name, const char *text)
{
	g_autofree char *dir = g_build_filename(g_get_user_config_dir(), "midwatch", "checklists", NULL);
	char *path = g_build_filename(dir, name, NULL);

	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static GPtrArray *
load(char **files, unsigned count, GPtrArray *problems)
{
	return checklists_load(&(struct config){ .checklists = files, .checklists_count = count }, problems);
}

static const struct checklist *
called(const GPtrArray *all, const char *name)
{
	for (guint i = 0; i < all->len; i++)
		if (strcmp(((struct checklist *)all->pdata[i])->name, name) == 0)
			return all->pdata[i];
	return NULL;
}

/* Later ones take the place of earlier ones of their name; what is wrong is told and left out. */
static void
test_files(void)
{
	g_autofree char *own = own_file("a.yml", "name: post-deploy\ntitle: Ours\n" STEP MANUAL), *wrong = own_file("b.yml", "name: first-ten-minutes\n");
	g_autofree char *ignored = own_file("c.yml.bak", "{"), *given = own_file("given", "name: third\ntitle: Third\n" STEP MANUAL);
	g_autofree char *title = g_strdup_printf("%s:1: \"title\" is missing", wrong), *steps = g_strdup_printf("%s:1: \"steps\" is missing", wrong);
	char *files[] = { given, (char *)"/nowhere.yml" };
	g_autoptr(GPtrArray) problems = config_problems_new(), all = load(files, 2, problems);
	struct checklist *copy = checklists_copy(all, "post-deploy");

	assert_problem_texts(problems, (const char *const[]){ title, steps, "/nowhere.yml:1: cannot be read: No such file or directory", NULL });
	g_assert_cmpuint(all->len, ==, 3);
	g_assert_cmpstr(((struct checklist *)all->pdata[0])->title, ==, "Ours");
	g_assert_cmpstr(((struct checklist *)all->pdata[0])->origin, ==, own);
	g_assert_cmpstr(called(all, "first-ten-minutes")->origin, ==, "shipped");
	g_assert_nonnull(called(all, "third"));
	g_assert_null(checklists_copy(all, "fourth"));
	g_assert_cmpstr(copy->title, ==, "Ours");
	g_assert_cmpstr(copy->origin, ==, own);
	g_assert_true(copy != all->pdata[0]);
	checklist_free(copy);
	g_unlink(own);
	g_unlink(wrong);
	g_unlink(ignored);
	g_unlink(given);
}

static void
remove_directories(const char *config)
{
	static const char *const inner[] = { "midwatch/checklists", "midwatch", "." };

	for (guint i = 0; i < G_N_ELEMENTS(inner); i++) {
		g_autofree char *path = g_build_filename(config, i < 2 ? inner[i] : NULL, NULL);
		g_rmdir(path);
	}
}

static void
test_shipped(void)
{
	g_autoptr(GPtrArray) problems = config_problems_new(), all = load(NULL, 0, problems);

	assert_problem_texts(problems, (const char *const[]){ NULL });
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpstr(((struct checklist *)all->pdata[0])->name, ==, "post-deploy");
}

int
main(int argc, char **argv)
{
	g_autofree char *config = g_dir_make_tmp("mw-config-XXXXXX", NULL);
	int failed;

	g_setenv("XDG_CONFIG_HOME", config, TRUE); /* nobody's own checklists are read */
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/checklist-files/post-deploy", test_post_deploy);
	g_test_add_func("/checklist-files/first-ten-minutes", test_first_ten_minutes);
	g_test_add_func("/checklist-files/whole", test_whole);
	g_test_add_func("/checklist-files/too-long", test_too_long);
	g_test_add_func("/checklist-files/steps", test_steps);
	g_test_add_func("/checklist-files/variables", test_variables);
	g_test_add_func("/checklist-files/kinds", test_kinds);
	g_test_add_func("/checklist-files/http", test_http);
	g_test_add_func("/checklist-files/lines", test_lines);
	g_test_add_func("/checklist-files/fleet-pattern", test_fleet_pattern);
	g_test_add_func("/checklist-files/commands", test_commands);
	g_test_add_func("/checklist-files/case", test_case);
	g_test_add_func("/checklist-files/bytes", test_bytes);
	g_test_add_func("/checklist-files/files", test_files);
	g_test_add_func("/checklist-files/shipped", test_shipped);
	failed = g_test_run();
	remove_directories(config);
	return failed;
}
