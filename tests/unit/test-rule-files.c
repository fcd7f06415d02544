/* Rules from YAML: the shipped ones load, every fault is told with its line and path, own files take the place of shipped rules. */
#include "app/rule_files.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/metrics.h"
#include "app/shipped.h"
#include "model/rules.h"
#include "tests/unit/problems.h"

static void
assert_rules(const char *text, const char *const *expected)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	GPtrArray *rules = rule_file_parse(text, strlen(text), "r.yml", problems);

	g_assert_true((rules == NULL) == (problems->len > 0));
	g_clear_pointer(&rules, g_ptr_array_unref);
	assert_problem_texts(problems, expected);
}

#define ASSERT_RULES(text, ...) assert_rules(text, (const char *const[]){ __VA_ARGS__, NULL })
#define ASSERT_SOUND(text) assert_rules(text, (const char *const[]){ NULL })
#define RULE "rules:\n  - name: a\n    scope: vm\n    severity: warn\n    summary: s\n"

static void
test_words(void)
{
	ASSERT_RULES("", "r.yml:1: is empty: a file of rules begins with \"rules:\"");
	ASSERT_RULES("rules:\n  - name: a\n", "r.yml:2: rules[0]: \"scope\" is missing", "r.yml:2: rules[0]: \"severity\" is missing",
	             "r.yml:2: rules[0]: \"summary\" is missing");
	ASSERT_RULES(RULE "    exp: disk_used_percent > 5\n", "r.yml:6: rules[0].exp: unknown key \"exp\": did you mean \"expr\"?");
	ASSERT_RULES("rules:\n  - name: A-b\n    scope: \"the vm\"\n    severity: high\n    summary: \"{Host}\"\n    expr: disk_used_percent > 5\n",
	             "r.yml:2: rules[0].name: \"A-b\" must be of small letters, digits and _, begun by a letter",
	             "r.yml:3: rules[0].scope: \"the vm\" must be a word of small letters, such as cloud, fleet or vm: each scope is one page",
	             "r.yml:4: rules[0].severity: \"high\" is none of: page, crit, warn, ticket, info",
	             "r.yml:5: rules[0].summary: \"{Host}\" is no placeholder: the name of a label has small letters, digits and _");
	ASSERT_RULES(RULE "    manual: true\n  - {name: a, scope: vm, severity: info, summary: s, manual: true}\n",
	             "r.yml:7: rules[1].name: another rule of this file is called \"a\" already");
	ASSERT_RULES(RULE "    manual: true\n    runbook: \"a\\u202eb\"\n",
	             "r.yml:7: rules[0].runbook: has characters that cannot be shown as they are: control characters, or such that turn the direction of text");
}

static void
test_times(void)
{
	ASSERT_SOUND(RULE "    expr: disk_used_percent > 5\n    for: 1h30m\n    keep: 7d\n");
	ASSERT_RULES(RULE "    expr: disk_used_percent > 5\n    for: 90\n    keep: 8d\n",
	             "r.yml:7: rules[0].for: must be a span of time such as 10s, 30m, 1h30m or 7d, not \"90\"", "r.yml:8: rules[0].keep: must be between 0s and 7d");
}

static void
test_expressions(void)
{
	ASSERT_SOUND(RULE "    expr: steal_percent{host=\"cloud\"} > 5 and (swap_used_bytes > 1e9 or disk_used_percent >= 55)\n");
	ASSERT_RULES(RULE, "r.yml:2: rules[0]: \"expr\" is missing: only a manual rule has none");
	ASSERT_RULES(RULE "    manual: true\n    expr: disk_used_percent > 5\n",
	             "r.yml:7: rules[0].expr: is for what can be measured: of a manual rule a person says whether it is true");
	ASSERT_RULES(RULE "    manual: true\n    for: 5m\n",
	             "r.yml:7: rules[0].for: for and keep are of rules with an expr: a manual one is true until a person says otherwise");
	ASSERT_RULES(RULE "    expr: disk_usd_percent > 5 or stale > 1 or xyzzy == 1\n",
	             "r.yml:6: rules[0].expr: no metric is called \"disk_usd_percent\": did you mean \"disk_used_percent\"?",
	             "r.yml:6: rules[0].expr: no metric is called \"stale\"", "r.yml:6: rules[0].expr: no metric is called \"xyzzy\"");
	ASSERT_RULES(RULE "    expr: disk_used_percent{container=\"x\"} > 5\n", "r.yml:6: rules[0].expr: disk_used_percent has no label \"container\"");
}

/* Where an expression breaks off is told. */
static void
test_expression_offset(void)
{
	static const char text[] = RULE "    expr: disk_used_percent >\n";
	g_autoptr(GPtrArray) problems = config_problems_new();
	const struct config_problem *p;

	g_assert_null(rule_file_parse(text, strlen(text), "r.yml", problems));
	g_assert_cmpuint(problems->len, ==, 1);
	p = problems->pdata[0];
	g_assert_cmpuint(p->line, ==, 6);
	g_assert_cmpstr(p->path, ==, "rules[0].expr");
	g_assert_true(g_str_has_prefix(p->message, "at 19: "));
}

static void
test_summaries(void)
{
	ASSERT_SOUND("rules:\n  - {name: a, scope: vm, severity: info, summary: \"{job} on {host}: {value}, {why} in {env}\", expr: cron_failed == 1}\n");
	ASSERT_SOUND("rules:\n  - {name: a, scope: vm, severity: info, summary: \"{org}\", manual: true}\n");
	ASSERT_RULES("rules:\n  - {name: a, scope: vm, severity: info, summary: \"{hots}\", expr: cron_failed == 1}\n",
	             "r.yml:2: rules[0].summary: {hots} is no label of its metrics, and nothing else that they tell");
}

static void
test_inhibitions(void)
{
	ASSERT_RULES(RULE "    manual: true\n    inhibits:\n      - {rule: a}\n      - {rule: b, equal: Host}\n", "r.yml:8: rules[0].inhibits[0].rule: a rule cannot inhibit itself",
	             "r.yml:9: rules[0].inhibits[1].equal: \"Host\" is no name of a label");
}

/* --- the shipped ones, and files --- */

static const struct rule *
rule_called(const GPtrArray *rules, const char *name)
{
	for (guint i = 0; i < rules->len; i++)
		if (strcmp(((struct rule *)rules->pdata[i])->name, name) == 0)
			return rules->pdata[i];
	return NULL;
}

/* What the team's page rules say. */
static void
test_shipped(void)
{
	static const char *const pages[] = {
		"health_non200", "authread_5xx", "auth_5xx", "ingest_stalled", "fatal_line", "customer_total_loss", "security_impersonation", "security_audit_shrink",
		"security_leak", "gateways_mass_drop", "gateways_drop_since_deploy",
	};
	static const struct config nothing;
	g_autoptr(GPtrArray) problems = config_problems_new(), rules = rule_files_load(&nothing, problems);
	const struct rule *r = rule_called(rules, "health_non200");
	guint count = 0;

	assert_problem_texts(problems, (const char *const[]){ NULL });
	for (guint i = 0; i < G_N_ELEMENTS(pages); i++)
		g_assert_nonnull(rule_called(rules, pages[i]));
	for (guint i = 0; i < rules->len; i++)
		count += ((struct rule *)rules->pdata[i])->severity == RULE_PAGE;
	g_assert_cmpuint(count, ==, G_N_ELEMENTS(pages));
	g_assert_cmpint(r->for_us, ==, 120 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(r->keep_us, ==, 60 * (gint64)G_USEC_PER_SEC);
	g_assert_true(r->network);
	g_assert_cmpuint(r->inhibits->len, ==, 3);
	g_assert_true(rule_called(rules, "security_leak")->manual);
}

/* The engine takes them. */
static void
test_engine(void)
{
	static const struct config nothing;
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GError) error = NULL;
	struct rules *r = rules_new(rule_files_load(&nothing, problems), &error);

	g_assert_no_error(error);
	rules_free(r);
}

/* docs/rules.md says of each metric what it is. */
static void
test_documented(void)
{
	g_autofree char *path = g_build_filename(g_getenv("MIDWATCH_SOURCE"), "docs", "rules.md", NULL), *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	for (const struct metric *m = metrics_all(); m->name; m++) {
		g_autofree char *cell = g_strdup_printf("| `%s` |", m->name);
		const char *row = strstr(text, cell);
		g_test_message("%s", m->name);
		g_assert_nonnull(row);
		for (guint i = 0; m->labels[i]; i++) {
			g_autofree char *label = g_strdup_printf("`%s`", m->labels[i]), *line = g_strndup(row, strcspn(row, "\n"));
			g_assert_nonnull(strstr(line, label));
		}
	}
}

static char *
write_file(const char *text)
{
	char *path = NULL;
	int fd = g_file_open_tmp("mw-rules-XXXXXX", &path, NULL);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static GPtrArray *
load(char **files, unsigned count, char **disabled, unsigned disabled_count, GPtrArray *problems)
{
	struct config_rules of = { .files = files, .files_count = count, .disabled = disabled, .disabled_count = disabled_count };

	return rule_files_load(&(struct config){ .rules = &of }, problems);
}

/* A rule of an own file takes the place of the shipped one, others come behind, and what they inhibit may stand in another file. */
static void
test_own(void)
{
	g_autofree char *first = write_file("rules:\n  - {name: disk_warn, scope: vm, severity: crit, summary: full, expr: disk_used_percent > 90, inhibits: [{rule: mine}, {rule: steal_*}]}\n");
	g_autofree char *second = write_file("rules:\n  - {name: mine, scope: vm, severity: info, summary: s, manual: true}\n");
	char *files[] = { first, second }, *disabled[] = { (char *)"swap_warn" };
	static const struct config nothing;
	g_autoptr(GPtrArray) problems = config_problems_new(), rules = load(files, 2, disabled, 1, problems), shipped = rule_files_load(&nothing, problems);

	assert_problem_texts(problems, (const char *const[]){ NULL });
	g_assert_cmpint(rule_called(rules, "disk_warn")->severity, ==, RULE_CRIT);
	g_assert_nonnull(rule_called(rules, "mine"));
	g_assert_null(rule_called(rules, "swap_warn"));
	g_assert_cmpuint(rules->len, ==, shipped->len);
	g_unlink(first);
	g_unlink(second);
}

/* A file that is wrong is told and left out: the shipped rules stay. An inhibition of nothing is told, and its rule stays. */
static void
test_faulty_files(void)
{
	g_autofree char *wrong = write_file("rules:\n  - {name: disk_warn, scope: vm, severity: hihg, summary: s, expr: disk_used_percent > 90}\n");
	g_autofree char *stray = write_file("rules:\n  - {name: mine, scope: vm, severity: info, summary: s, manual: true,\n     inhibits: [{rule: nobody}, {rule: x_*}]}\n");
	g_autofree char *severity = g_strdup_printf("%s:2: rules[0].severity: \"hihg\" is none of: page, crit, warn, ticket, info", wrong);
	g_autofree char *nobody = g_strdup_printf("%s:3: rules[0].inhibits[0].rule: no rule is called \"nobody\"", stray);
	g_autofree char *prefix = g_strdup_printf("%s:3: rules[0].inhibits[1].rule: no rule is called \"x_*\"", stray);
	char *files[] = { wrong, stray, (char *)"/nowhere.yml" };
	g_autoptr(GPtrArray) one = config_problems_new(), other = config_problems_new();
	g_autoptr(GPtrArray) some = load(files, 1, NULL, 0, one), more = load(files + 1, 1, NULL, 0, other);
	g_autoptr(GPtrArray) none = load(files + 2, 1, NULL, 0, one);

	assert_problem_texts(one, (const char *const[]){ severity, "/nowhere.yml:1: cannot be read: No such file or directory", NULL });
	assert_problem_texts(other, (const char *const[]){ nobody, prefix, NULL });
	g_assert_cmpint(rule_called(some, "disk_warn")->severity, ==, RULE_WARN);
	g_assert_nonnull(rule_called(more, "mine"));
	g_assert_nonnull(rule_called(none, "disk_warn"));
	g_unlink(wrong);
	g_unlink(stray);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rule-files/words", test_words);
	g_test_add_func("/rule-files/times", test_times);
	g_test_add_func("/rule-files/expressions", test_expressions);
	g_test_add_func("/rule-files/expression-offset", test_expression_offset);
	g_test_add_func("/rule-files/summaries", test_summaries);
	g_test_add_func("/rule-files/inhibitions", test_inhibitions);
	g_test_add_func("/rule-files/shipped", test_shipped);
	g_test_add_func("/rule-files/engine", test_engine);
	g_test_add_func("/rule-files/documented", test_documented);
	g_test_add_func("/rule-files/own", test_own);
	g_test_add_func("/rule-files/faulty-files", test_faulty_files);
	return g_test_run();
}
