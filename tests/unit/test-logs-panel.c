/* The Logs panel: what its title keeps, what it says when nothing comes, and keys typed ahead. */
#include <string.h>

#include "tests/unit/page.h"
#include "tests/unit/panel_world.h"

static struct stage *stage_with_logs(int height, int width)
{
	struct world *w = panel_world_new();

	panel_world_add_logs(w);
	return stage_new(&logs_panel, w, height, width);
}

/* The mode words say what the operator sees: figures give way to them, the rate first. */
static void test_title_gives_way(void)
{
	struct stage *s = stage_with_logs(19, 80);

	s->world->now_us += G_USEC_PER_SEC;
	stage_draw(s);
	page_assert_has(&s->canvas, "0/min");
	stage_answer(s, ACT_LOG_IN, "ERROR", TRUE);
	stage_press(s, ACT_LOG_CONTEXT);
	page_assert_has(&s->canvas, " FOLLOW   FILTER 1   CONTEXT 3 ");
	page_assert_has(&s->canvas, "0 dropped");
	page_assert_lacks(&s->canvas, "0/min");
	stage_press(s, ACT_LOG_LEVEL);
	stage_press(s, ACT_LOG_WRAP);
	page_assert_has(&s->canvas, " CONTEXT 3   WRAP ");
	page_assert_has(&s->canvas, "0 dropped");
	stage_free(s);
}

static void test_nothing_comes(void)
{
	struct world *w = panel_world_new();
	guint32 journal = log_store_source(w->logs, "srv1491630", "journal", "journal"), file;
	struct stage *s = stage_new(&logs_panel, w, 19, 100);

	page_assert_has(&s->canvas, "waiting for the first line");
	log_store_source_problem(w->logs, journal, "no journal on srv1491630: journald keeps no files there");
	stage_draw(s);
	page_assert_has(&s->canvas, "▲ srv1491630/journal: no journal on srv1491630: journald keeps no files there");
	page_assert_lacks(&s->canvas, "waiting for the first line");
	page_assert_has(&s->canvas, "nothing comes from what is followed: o picks other sources");
	file = log_store_source(w->logs, "srv1491630", "file", "/var/log/app.log");
	g_assert_cmpuint(file, !=, journal);
	stage_draw(s);
	page_assert_has(&s->canvas, "waiting for the first line");
	stage_free(s);
}

/* Of the same unit on many gateways the gateways tell lines apart. */
static void test_same_unit(void)
{
	struct world *w = panel_world_new();
	struct stage *s;

	for (int i = 1; i <= 2; i++) {
		g_autofree char *host = g_strdup_printf("gw-%03d", i);
		guint32 source = log_store_source(w->logs, host, "unit", "gateway.service");
		log_store_append_line(w->logs, source, 0, LEVEL_INFO, WORLD_UTC_US, "hello", 5);
	}
	s = stage_new(&logs_panel, w, 19, 80);
	page_assert_has(&s->canvas, " gw-001 info  hello");
	page_assert_has(&s->canvas, " gw-002 info  hello");
	log_store_append_line(w->logs, log_store_source(w->logs, "gw-002", "unit", "cron.service"), 0, LEVEL_INFO, WORLD_UTC_US, "tick", 4);
	stage_draw(s);
	page_assert_has(&s->canvas, "gw-001/gateway info  hello");
	page_assert_has(&s->canvas, "gw-002/cron");
	stage_free(s);
}

/* d f G in one go: no frame is drawn between them. */
static void test_typed_ahead(void)
{
	struct stage *s = stage_with_logs(10, 40);
	g_autoptr(GString) text = g_string_new("first ");
	guint32 source = log_store_source(s->world->logs, "srv1491630", "container", "clock-web");

	for (int i = 0; i < 100; i++)
		g_string_append(text, "word word ");
	g_string_append(text, "last");
	log_store_append_line(s->world->logs, source, 0, LEVEL_NONE, WORLD_UTC_US, text->str, text->len);
	stage_draw(s);
	s->class->act(s->panel, ACT_DETAILS);
	s->class->act(s->panel, ACT_FULL);
	s->class->act(s->panel, ACT_BOTTOM);
	stage_draw(s);
	page_assert_has(&s->canvas, "last");
	page_assert_lacks(&s->canvas, "first");
	stage_press(s, ACT_TOP);
	page_assert_has(&s->canvas, "first");
	stage_free(s);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	page_open();
	g_test_add_func("/logs-panel/title-gives-way", test_title_gives_way);
	g_test_add_func("/logs-panel/nothing-comes", test_nothing_comes);
	g_test_add_func("/logs-panel/same-unit", test_same_unit);
	g_test_add_func("/logs-panel/typed-ahead", test_typed_ahead);
	result = g_test_run();
	page_close();
	return result;
}
