/* Checklists from YAML: the shipped ones load, every fault is told with its line and path, own files take the place of shipped ones. */
#include "app/checklist_files.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/shipped.h"

static struct checklist *
parsed(const char *text)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct checklist *c = checklist_parse(text, strlen(text), "c.yml", problems);

	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *words = config_problem_text(problems->pdata[i]);
		g_test_message("%s", words);
	}
	g_assert_cmpuint(problems->len, ==, 0);
	g_assert_nonnull(c);
	return c;
}

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

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/checklist-files/post-deploy", test_post_deploy);
	return g_test_run();
}
