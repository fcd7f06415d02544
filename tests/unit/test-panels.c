/* The panels, drawn from a hand-made world whose clock stands still: as text, in many sizes, and what their keys do. */
#include <math.h>
#include <string.h>

#include "panels/host_line.h"
#include "panels/log_jump.h"
#include "panels/logs_private.h"
#include "tests/unit/page.h"
#include "tests/unit/panel_world.h"
#include "tui/glyph.h"
#include "tui/pager.h"
#include "tui/sheet.h"
#include "tui/text.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

static struct world *world_with_dead(void)
{
	struct world *w = panel_world_new();

	panel_world_add_dead(w);
	panel_world_add_asking(w);
	return w;
}

static struct world *world_with_logs(void)
{
	struct world *w = panel_world_new();

	panel_world_add_logs(w);
	return w;
}

/* Sizes of the console's body on terminals of 24, 45 and 60 rows. */
static void golden_sizes(const struct panel_class *class, struct world *(*make)(void), const char *name)
{
	static const struct { int height, width; const char *size; } sizes[] = {
		{ 19, 80, "80x24" }, { 40, 140, "140x45" }, { 55, 200, "200x60" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct stage *s = stage_new(class, make(), sizes[i].height, sizes[i].width);
		g_autofree char *file = g_strdup_printf("%s-%s", name, sizes[i].size);
		page_assert_golden(&s->canvas, file);
		stage_free(s);
	}
}

/* A week of samples, and a cleanup two days ago. */
static struct world *world_with_past(void)
{
	struct world *w = panel_world_new();
	struct host *h = w->hosts->pdata[0];
	struct cleanup_run *run = cleanup_run_new();

	run->at_us = w->utc_us - 50 * 3600 * SECOND;
	run->mode = g_strdup("weekly");
	run->freed_mb = 257;
	run->result = CRON_RESULT_OK;
	g_ptr_array_add(h->cron.runs, run);
	datum_good(&h->cron.runs_datum, w->now_us);
	for (guint i = 0; i < HOST_SCORES; i++)
		h->past.hour[i] = h->past.day[i] = i == SCORE_DIMENSIONS ? 83 : 15;
	h->past.hour[SCORE_SERVICES] = 20;
	h->past.day[SCORE_SERVICES] = 2;
	h->past.hour[SCORE_LLM] = NAN;
	h->past.day[SCORE_DIMENSIONS] = 75;
	for (guint i = 3; i < HOST_WEEK_STEPS; i++)
		h->past.week[i] = i == 9 ? NAN : 60 + i % 5 * 10;
	return w;
}

static void test_score_golden(void)
{
	golden_sizes(&score_panel, world_with_past, "score-past");
	golden_sizes(&score_panel, panel_world_new, "score");
	golden_sizes(&score_panel, world_with_dead, "score-hosts");
}

static void test_logs_golden(void)
{
	golden_sizes(&logs_panel, world_with_logs, "logs");
	golden_sizes(&logs_panel, panel_world_new, "logs-nothing");
}

static void sweep(const struct panel_class *class, struct world *w, const enum action *keys, guint key_count)
{
	struct stage *s = stage_new(class, w, 5, 20);

	stage_sweep(s, keys, key_count);
	stage_free(s);
}

static void test_sweep(void)
{
	static const enum action score[] = { ACT_DOWN, ACT_OPEN, ACT_HOST_NEXT, ACT_HOST_NEXT, ACT_BOTTOM };
	static const enum action containers[] = { ACT_DETAILS, ACT_TAB_NEXT, ACT_TAB_NEXT, ACT_TAB_NEXT, ACT_FULL, ACT_FULL, ACT_CHIP, ACT_FAULTS, ACT_SORT_NEXT };
	static const enum action logs[] = { ACT_DETAILS, ACT_LOG_WRAP, ACT_TOP, ACT_LOG_HISTOGRAM, ACT_LOG_TIMESTAMPS, ACT_FULL, ACT_LOG_LEVEL, ACT_FULL };

	sweep(&score_panel, world_new(1 << 20), score, 0);
	sweep(&containers_panel, world_new(1 << 20), containers, 0);
	sweep(&score_panel, world_with_dead(), score, G_N_ELEMENTS(score));
	sweep(&containers_panel, world_with_dead(), containers, G_N_ELEMENTS(containers));
	sweep(&logs_panel, world_with_logs(), logs, G_N_ELEMENTS(logs));
}

static void assert_ascii(const struct panel_class *class, struct world *w, enum action command)
{
	struct stage *s = stage_new(class, w, 30, 100);
	g_autofree char *first = page_text(&s->canvas), *second = NULL;

	g_assert_true(g_str_is_ascii(first));
	stage_press(s, command);
	second = page_text(&s->canvas);
	g_assert_true(g_str_is_ascii(second));
	stage_free(s);
}

static void test_ascii(void)
{
	glyph_use_ascii(TRUE);
	assert_ascii(&score_panel, world_with_dead(), ACT_OPEN);
	assert_ascii(&containers_panel, world_with_dead(), ACT_DETAILS);
	assert_ascii(&logs_panel, world_with_logs(), ACT_DETAILS);
	glyph_use_ascii(FALSE);
}

static const char *other_key(void *user, enum action command)
{
	return command == ACT_REFRESH ? "F5" : command == ACT_HOST_ANSWER ? "" : NULL;
}

/* What a sentence says to press is what is bound. */
static void test_keys_named(void)
{
	struct world *w = world_with_dead();
	struct recorder *r = recorder_new(w);
	g_autofree char *dead = NULL, *asking = NULL;

	g_assert_cmpstr(panel_key(&r->context, ACT_DOWN), ==, "j");
	r->context.key = other_key;
	dead = host_line_trouble(&r->context, world_host(w, "gw-014"), 400);
	asking = host_line_trouble(&r->context, world_host(w, "gw-015"), 400);
	g_assert_nonnull(strstr(dead, "F5 now"));
	g_assert_nonnull(strstr(asking, "host.answer answers"));
	g_assert_cmpstr(panel_key(&r->context, ACT_DOWN), ==, "j");
	recorder_free(r);
	world_free(w);
}

/* The reason is cut before the advice, which is what a tired operator needs, but not to nothing: without it the advice cannot be understood. */
static void test_trouble(void)
{
	struct world *w = panel_world_new();
	struct host *h = panel_world_add_dead(w);
	struct recorder *r = recorder_new(w);
	const char *advice = "Check that the host is on and that tailscale status shows it";

	for (int width = 60; width < 260; width++) {
		g_autofree char *text = host_line_trouble(&r->context, h, width);
		if (width >= 124 && !strstr(text, advice))
			g_error("%d cells: %s", width, text);
		if (!strstr(text, width >= 64 ? ": 100.64.0.14 did not answer on" : ": 100.64.0.14 did not answer"))
			g_error("%d cells: %s", width, text);
		g_assert_nonnull(strstr(text, "^R"));
		g_assert_cmpint(text_width(text), <=, width);
	}
	g_autofree char *wide = host_line_trouble(&r->context, h, 400);
	g_assert_cmpstr(wide, ==, "gw-014 down 3m: 100.64.0.14 did not answer on port 22 within 10 seconds, neither did its other addresses. "
	                "Check that the host is on and that tailscale status shows it; next try in 12s, ^R now");
	w->now_us += 5 * SECOND;
	g_autofree char *later = host_line_trouble(&r->context, h, 400);
	g_assert_nonnull(strstr(later, "next try in 7s"));
	h->link.retry_at_us = 0;
	g_autofree char *never = host_line_trouble(&r->context, h, 400);
	g_assert_nonnull(strstr(never, "; ^R tries again"));
	recorder_free(r);
	world_free(w);
}

static void test_freshness(void)
{
	struct world *w = panel_world_new();
	struct host *up = w->hosts->pdata[0], *dead = panel_world_add_dead(w), *asking = panel_world_add_asking(w);
	struct datum d = { 0 };
	char text[160];

	g_assert_cmpint(host_line_freshness(w, up, &up->probe_datum, text, sizeof text), ==, ROLE_DIM);
	g_assert_cmpstr(text, ==, "4s");
	g_assert_cmpint(host_line_freshness(w, up, &d, text, sizeof text), ==, ROLE_UNKNOWN);
	g_assert_cmpstr(text, ==, "◌ asking");
	g_assert_cmpint(host_line_freshness(w, dead, &dead->probe_datum, text, sizeof text), ==, ROLE_STALE);
	g_assert_cmpstr(text, ==, "· 3m old: link down");
	datum_good(&d, WORLD_NOW_US - 2 * SECOND); /* good when it came, but nothing will follow */
	g_assert_cmpint(host_line_freshness(w, dead, &d, text, sizeof text), ==, ROLE_STALE);
	datum_none(&d, "no Docker here");
	host_line_freshness(w, up, &d, text, sizeof text);
	g_assert_cmpstr(text, ==, "○ no Docker here");
	datum_clear(&d);
	datum_failed(&d, "permission denied");
	g_assert_cmpint(host_line_freshness(w, up, &d, text, sizeof text), ==, ROLE_WARN);
	g_assert_cmpint(host_line_freshness(w, asking, &asking->probe_datum, text, sizeof text), ==, ROLE_WARN);
	datum_clear(&d);
	world_free(w);
}

static void test_score_keys(void)
{
	struct stage *s = stage_new(&score_panel, world_with_dead(), 30, 100);
	struct host *h;

	page_assert_has(&s->canvas, "next try in 12s, ^R now");
	g_assert_true(stage_press(s, ACT_DOWN));
	g_assert_true(stage_press(s, ACT_OPEN)); /* memory */
	page_assert_has(&s->canvas, "/proc/meminfo");
	g_assert_true(stage_press(s, ACT_ESCAPE));
	page_assert_lacks(&s->canvas, "/proc/meminfo");
	g_assert_false(stage_press(s, ACT_ESCAPE)); /* the console goes back */
	g_assert_true(stage_press(s, ACT_HOST_NEXT));
	page_assert_has(&s->canvas, ">✖ srv1491630");
	stage_press(s, ACT_DOWN);
	stage_press(s, ACT_DOWN);
	g_assert_true(stage_press(s, ACT_OPEN)); /* services */
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_OPEN_PANEL), ==, "srv1491630|-|containers|0");
	stage_press(s, ACT_DOWN);
	g_assert_true(stage_press(s, ACT_OPEN)); /* maintenance */
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_OPEN_PANEL), ==, "srv1491630|-|cron|0");
	stage_press(s, ACT_DOWN);
	g_assert_true(stage_press(s, ACT_OPEN)); /* LLM readiness */
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_OPEN_PANEL), ==, "srv1491630|-|models|0");
	s->class->select(s->panel, "gw-015", NULL);
	stage_draw(s);
	page_assert_has(&s->canvas, "A answers");
	h = world_host(s->world, "gw-015");
	g_clear_pointer(&h->link.question_text, g_free);
	h->link.question = LINK_ASKS_NOTHING;
	h->link.state = LINK_CONNECTING;
	stage_draw(s);
	page_assert_has(&s->canvas, "◌ connecting");
	stage_free(s);
}

/* What changed since an hour and a day ago: only what is known then and now, and only while the host is reached. */
static void test_score_changes(void)
{
	struct stage *s = stage_new(&score_panel, world_with_past(), 30, 100);
	struct host *h = s->world->hosts->pdata[0];

	page_assert_has(&s->canvas, "78 /100  \xe2\x96\xbc 5 since 1h  \xe2\x96\xb2 3 since 24h");
	page_assert_has(&s->canvas, " 7d");
	page_assert_has(&s->canvas, "\xe2\x96\xbc""12 1h \xe2\x96\xb2""6 24h");
	page_assert_has(&s->canvas, "last cleanup 2d ago, freed 257M");
	stage_press(s, ACT_OPEN);
	page_assert_has(&s->canvas, "     \xe2\x96\xbc 5 since 1h  \xe2\x96\xbc 5 since 24h");
	h->link.state = LINK_DOWN;
	stage_draw(s);
	page_assert_lacks(&s->canvas, "since 1h");
	stage_free(s);
}

/* Who chose a host keeps it though another one gets worse; who did not sees the worst. */
/* A wider screen does not show less of what a dimension says. */
static void test_score_widths(void)
{
	const char *why = "There is no /var/log/some-cleanup.log.";

	for (int width = 80; width < 200; width++) {
		struct world *w = world_with_past();
		struct host *h = w->hosts->pdata[0];
		struct stage *s;
		g_ptr_array_set_size(h->cron.runs, 0);
		datum_none(&h->cron.runs_datum, why);
		s = stage_new(&score_panel, w, 30, width);
		g_autofree char *text = page_text(&s->canvas);
		if (!strstr(text, why))
			g_error("%d cells:\n%s", width, text);
		stage_free(s);
	}
}

static void test_score_worst(void)
{
	struct world *w = panel_world_new();
	struct stage *s;

	panel_world_add_host(w, "gw-001", 3);
	s = stage_new(&score_panel, w, 30, 100);
	page_assert_has(&s->canvas, ">✖ srv1491630");
	((struct host *)w->hosts->pdata[1])->link.state = LINK_DOWN;
	w->now_us += 11 * SECOND;
	stage_draw(s);
	page_assert_has(&s->canvas, ">✖ gw-001");
	stage_press(s, ACT_HOST_NEXT);
	page_assert_has(&s->canvas, ">✖ srv1491630");
	w->now_us += 11 * SECOND;
	stage_draw(s);
	page_assert_has(&s->canvas, ">✖ srv1491630");
	stage_free(s);
}

static void test_containers(void)
{
	struct stage *s = stage_new(&containers_panel, world_with_dead(), 30, 100);

	page_assert_has(&s->canvas, "13 of 13");
	page_assert_has(&s->canvas, "gw-014 down 3m");
	page_assert_has(&s->canvas, "Check that the host is on");
	g_assert_nonnull(recorder_last(s->recorder, REQUEST_VISIBLE));
	g_assert_true(stage_press(s, ACT_FILTER));
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_PROMPT), ==, 1);
	stage_answer(s, ACT_FILTER, "state:unhealthy", FALSE);
	page_assert_has(&s->canvas, "3 of 13");
	stage_answer(s, ACT_FILTER, NULL, TRUE); /* cancelled */
	page_assert_has(&s->canvas, "13 of 13");
	stage_answer(s, ACT_FILTER, "nosuchthing", TRUE);
	page_assert_has(&s->canvas, "nosuchthing");
	page_assert_has(&s->canvas, "Esc clears");
	g_assert_true(stage_press(s, ACT_ESCAPE));
	page_assert_has(&s->canvas, "13 of 13");
	g_assert_false(stage_press(s, ACT_ESCAPE));
	g_assert_true(stage_press(s, ACT_MARK));
	g_assert_true(stage_press(s, ACT_MARK));
	g_assert_true(stage_press(s, ACT_LOGS));
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_FOLLOW_CONTAINER), ==, 2);
	recorder_clear(s->recorder);
	s->class->shown(s->panel, FALSE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_VISIBLE), "|0"));
	stage_free(s);
}

/* A container that goes away while it is selected, with its details open, takes nothing down with it. */
static void test_container_gone(void)
{
	struct world *w = panel_world_new();
	struct stage *s = stage_new(&containers_panel, w, 30, 100);
	struct host *h = w->hosts->pdata[0];

	for (int tab = 0; tab < 4; tab++) {
		stage_press(s, tab ? ACT_TAB_NEXT : ACT_DETAILS);
		g_hash_table_remove(h->docker.by_id, ((struct container *)h->docker.containers->pdata[0])->id);
		g_ptr_array_remove_index(h->docker.containers, 0);
		stage_press(s, ACT_LOGS);
		stage_press(s, ACT_COPY);
		stage_draw(s);
	}
	g_hash_table_remove_all(h->docker.by_id);
	g_ptr_array_set_size(h->docker.containers, 0);
	stage_press(s, ACT_LOGS);
	stage_draw(s);
	stage_press(s, ACT_DOWN);
	stage_free(s);
}

static void test_containers_many(void)
{
	struct world *w = world_new(1 << 20);
	struct stage *s;

	w->now_us = WORLD_NOW_US;
	w->utc_us = WORLD_UTC_US;
	panel_world_add_host(w, "big", 5000);
	s = stage_new(&containers_panel, w, 40, 120);
	page_assert_has(&s->canvas, "5000 of 5000");
	for (int i = 0; i < 10; i++) {
		stage_press(s, ACT_PAGE_DOWN);
		w->now_us += 3 * SECOND;
	}
	stage_answer(s, ACT_FILTER, "worker-4999", TRUE);
	page_assert_has(&s->canvas, "1 of 5000");
	stage_free(s);
}

/* Esc clears what was typed; what was chosen to be followed is work of another kind, and only its own command drops it. */
static void test_logs_keep_sources(void)
{
	struct stage *s = stage_new(&logs_panel, world_with_logs(), 19, 100);
	const struct log_source_info *first = log_store_source_info(s->world->logs, 1);

	s->class->select(s->panel, first->host, first->name);
	stage_answer(s, ACT_LOG_IN, "ERROR", TRUE);
	g_assert_true(stage_press(s, ACT_ESCAPE));
	page_assert_has(&s->canvas, " of 62 lines");
	g_assert_false(stage_press(s, ACT_ESCAPE));
	page_assert_has(&s->canvas, " of 62 lines");
	g_assert_true(stage_press(s, ACT_LOG_CLEAR_FILTERS));
	page_assert_lacks(&s->canvas, " of 62 lines");
	stage_free(s);
}

static void test_logs_filters(void)
{
	struct stage *s = stage_new(&logs_panel, world_with_logs(), 19, 100);

	page_assert_has(&s->canvas, " FOLLOW ");
	stage_answer(s, ACT_LOG_IN, "ERROR|boom", TRUE);
	page_assert_has(&s->canvas, "4 of 62 lines");
	page_assert_has(&s->canvas, "in: ERROR|boom");
	stage_answer(s, ACT_LOG_OUT, "boom", TRUE);
	page_assert_has(&s->canvas, " FILTER 2 ");
	page_assert_has(&s->canvas, "3 of 62 lines");
	g_assert_true(stage_press(s, ACT_LOG_CONTEXT));
	page_assert_has(&s->canvas, " CONTEXT 3 ");
	g_assert_true(stage_press(s, ACT_ESCAPE));
	page_assert_has(&s->canvas, "62 lines");
	g_assert_false(stage_press(s, ACT_ESCAPE));
	stage_answer(s, ACT_LOG_IN, "(", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_NOTICE), "offset"));
	stage_press(s, ACT_LOG_IN);
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_PROMPT), ==, "-|(|filter in: |0"); /* what was typed is not lost */
	stage_press(s, ACT_LOG_LEVEL);
	stage_press(s, ACT_LOG_LEVEL);
	page_assert_has(&s->canvas, " LEVEL warn+ ");
	page_assert_lacks(&s->canvas, "GET /index.html");
	stage_answer(s, ACT_LOG_IN, "nothing has this", TRUE);
	page_assert_has(&s->canvas, "no line passes the filters: U takes them away");
	g_assert_true(stage_press(s, ACT_LOG_CLEAR_FILTERS));
	page_assert_has(&s->canvas, "62 lines");
	g_assert_false(stage_press(s, ACT_LOG_CLEAR_FILTERS));
	stage_free(s);
}

static void test_logs_search(void)
{
	struct stage *s = stage_new(&logs_panel, world_with_logs(), 19, 100);

	g_assert_false(stage_press(s, ACT_LOG_NEXT)); /* nothing is searched for */
	stage_press(s, ACT_UP);
	stage_press(s, ACT_LOG_SEARCH);
	stage_answer(s, ACT_LOG_SEARCH, "n=1", FALSE);
	page_assert_has(&s->canvas, "search: n=1  11 found");
	page_assert_has(&s->canvas, "> 01:20:02"); /* the match before the cursor, n=19 */
	stage_answer(s, ACT_LOG_SEARCH, "n=1(", FALSE);
	page_assert_has(&s->canvas, "▲ ");
	stage_answer(s, ACT_LOG_SEARCH, NULL, TRUE);
	page_assert_lacks(&s->canvas, "search:");
	page_assert_has(&s->canvas, "> 01:47:19"); /* back where it was */
	stage_answer(s, ACT_LOG_SEARCH, "lost camera", TRUE);
	page_assert_has(&s->canvas, "> 01:44:02");
	g_assert_true(stage_press(s, ACT_LOG_PREVIOUS));
	page_assert_has(&s->canvas, "> 01:34:02");
	g_assert_true(stage_press(s, ACT_LOG_NEXT));
	stage_press(s, ACT_LOG_NEXT);
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_NOTICE), ==, "-|-|no match after this line|0");
	g_assert_true(stage_press(s, ACT_ESCAPE));
	page_assert_lacks(&s->canvas, "search:");
	stage_press(s, ACT_BOTTOM);
	stage_press(s, ACT_LOG_ERROR_PREVIOUS);
	page_assert_has(&s->canvas, "> 01:47:19");
	stage_press(s, ACT_LOG_ERROR_PREVIOUS);
	page_assert_has(&s->canvas, "> 01:44:02");
	stage_press(s, ACT_LOG_WARNING_NEXT);
	page_assert_has(&s->canvas, "> 01:46:02");
	stage_free(s);
}

/* What is on the screen stays there while lines come, once one does not follow. */
static void test_logs_stay(void)
{
	struct world *w = world_with_logs();
	struct stage *s = stage_new(&logs_panel, w, 19, 100);
	guint32 source = log_store_source(w->logs, "srv1491630", "container", "clock-web");

	stage_press(s, ACT_PAGE_UP);
	g_autofree char *before = page_row(3);
	for (int i = 0; i < 100; i++)
		log_store_append_line(w->logs, source, 0, LEVEL_NONE, WORLD_UTC_US + i, "newer", 5);
	stage_draw(s);
	g_autofree char *after = page_row(3);
	g_assert_cmpstr(before, ==, after);
	page_assert_lacks(&s->canvas, "newer");
	stage_press(s, ACT_LOG_FOLLOW);
	page_assert_has(&s->canvas, "newer");
	stage_press(s, ACT_LOG_PAUSE);
	log_store_append_line(w->logs, source, 0, LEVEL_NONE, WORLD_UTC_US + 1000, "after the pause", 15);
	stage_draw(s);
	page_assert_has(&s->canvas, " PAUSED +1 ");
	page_assert_lacks(&s->canvas, "after the pause");
	stage_press(s, ACT_LOG_PAUSE);
	page_assert_has(&s->canvas, "after the pause");
	stage_free(s);
}

static void test_logs_marks_and_time(void)
{
	struct stage *s = stage_new(&logs_panel, world_with_logs(), 19, 100);

	g_assert_false(stage_press(s, ACT_LOG_BOOKMARK_NEXT));
	stage_answer(s, ACT_LOG_TIME, "01:20", TRUE);
	page_assert_has(&s->canvas, "> 01:20:02");
	stage_press(s, ACT_LOG_BOOKMARK);
	page_assert_has(&s->canvas, ">✓01:20:02");
	stage_press(s, ACT_BOTTOM);
	stage_press(s, ACT_LOG_BOOKMARK_NEXT);
	page_assert_has(&s->canvas, ">✓01:20:02");
	stage_answer(s, ACT_LOG_TIME, "25:00", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_NOTICE), "is no time: write 01:38"));
	stage_answer(s, ACT_LOG_TIME, "2020-01-01", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_NOTICE), "the oldest that is kept"));
	page_assert_has(&s->canvas, "> 01:07:22");
	stage_free(s);
}

static void test_logs_details(void)
{
	struct stage *s = stage_new(&logs_panel, world_with_logs(), 30, 100);
	const char *saved;

	stage_press(s, ACT_LOG_ERROR_PREVIOUS); /* from the end: the JSON line */
	stage_press(s, ACT_DETAILS);
	page_assert_has(&s->canvas, "\"n\": 12345678901234567890,");
	page_assert_has(&s->canvas, "at main.c:7");
	stage_press(s, ACT_FULL);
	page_assert_lacks(&s->canvas, "lost camera");
	g_assert_true(stage_press(s, ACT_BACK));
	g_assert_true(stage_press(s, ACT_BACK));
	g_assert_false(stage_press(s, ACT_BACK));
	stage_press(s, ACT_COPY);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_COPY), "2026-11-22 01:47:19.000Z srv1491630/clock-web error {\"level\""));
	stage_press(s, ACT_LOG_SAVE);
	saved = recorder_last(s->recorder, REQUEST_SAVE);
	g_assert_nonnull(strstr(saved, "logs-20261122T014722Z-62-lines.log"));
	stage_press(s, ACT_BOTTOM);
	stage_press(s, ACT_LOG_WRAP);
	page_assert_has(&s->canvas, "Ω");
	g_assert_false(stage_press(s, ACT_RIGHT));
	stage_press(s, ACT_LOG_WRAP);
	page_assert_lacks(&s->canvas, "Ω");
	for (int i = 0; i < 16; i++)
		stage_press(s, ACT_RIGHT);
	page_assert_has(&s->canvas, "Ω");
	stage_free(s);
}

/* Wide characters that would straddle the end of a row are on the next one, at every width; each is there once, in their order. */
static void test_logs_wrap_wide(void)
{
	const char *wide = "漢字仮名交文表示確認用長行端折返後方続全部見無失事";

	for (int width = 60; width < 64; width++) {
		struct world *w = panel_world_new();
		guint32 source = log_store_source(w->logs, "srv1491630", "container", "clock-web");
		g_autofree char *line = g_strdup_printf("%s%s%s", wide, "x", wide), *text = NULL;
		const char *at, *end;
		struct stage *s;
		log_store_append_line(w->logs, source, 0, LEVEL_NONE, WORLD_UTC_US, line, strlen(line));
		s = stage_new(&logs_panel, w, 12, width);
		stage_press(s, ACT_LOG_WRAP);
		at = text = page_text(&s->canvas);
		for (const char *c = line; *c; c = end) {
			end = g_utf8_next_char(c);
			g_autofree char *one = g_strndup(c, end - c);
			at = strstr(at, one);
			if (!at)
				g_error("%d cells, %s is missing:\n%s", width, one, text);
			at += strlen(one);
		}
		stage_free(s);
	}
}

static void test_logs_sources(void)
{
	struct world *w = world_with_logs();
	struct stage *s = stage_new(&logs_panel, w, 19, 100);
	guint32 later;

	s->class->select(s->panel, NULL, NULL);
	s->class->select(s->panel, "gw-014", "gateway.service");
	stage_draw(s);
	page_assert_has(&s->canvas, "Logs  gateway");
	page_assert_lacks(&s->canvas, "srv1491630/");
	s->class->select(s->panel, "srv1491630", "later"); /* before its follower has registered it */
	later = log_store_source(w->logs, "srv1491630", "container", "later");
	log_store_append_line(w->logs, later, 0, LEVEL_NONE, WORLD_UTC_US, "here I am", 9);
	log_store_source_problem(w->logs, later, "the container is gone");
	stage_draw(s);
	page_assert_has(&s->canvas, "here I am");
	page_assert_has(&s->canvas, "▲ srv1491630/later: the container is gone");
	stage_press(s, ACT_LOG_SOURCES);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_PICK_SOURCES), ==, 1);
	g_assert_false(stage_press(s, ACT_ESCAPE)); /* back to where the choice was made */
	g_assert_true(stage_press(s, ACT_LOG_CLEAR_FILTERS));
	page_assert_has(&s->canvas, "63 lines");
	stage_free(s);
}

static void test_jump(void)
{
	static const struct { const char *text; gint64 seconds; } good[] = {
		{ "01:38", 1795311480 }, { "1:38", 1795311480 }, { " 01:38:05Z ", 1795311485 }, { "01:48", 1795312080 - 86400 }, { "-5m", 1795312042 - 300 },
		{ "-2h", 1795312042 - 7200 }, { "-30s", 1795312042 - 30 }, { "-1d", 1795312042 - 86400 }, { "2026-11-22 01:38", 1795311480 },
		{ "2026-11-22T01:38:05Z", 1795311485 }, { "2026-11-22", 1795305600 },
	};
	static const char *const bad[] = {
		"", "x", "24:00", "01:60", "01:38:60", "1", "01:3", "-", "-m", "-5", "-5x", "-5mm", "-9999999d", "2026-13-01", "2026-11-31", "2026-11-22 ",
		"2026-11-22 1", "01:38x", "2026-11-22x01:38",
	};

	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(GError) error = NULL;
		gint64 at = 0;
		log_jump_parse(good[i].text, WORLD_UTC_US, &at, &error);
		g_assert_no_error(error);
		g_assert_cmpint(at / SECOND, ==, good[i].seconds);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		gint64 at;
		if (strcmp(bad[i], "2026-11-22 ") == 0) /* blanks at the ends do not count */
			continue;
		g_assert_false(log_jump_parse(bad[i], WORLD_UTC_US, &at, &error));
		g_assert_nonnull(strstr(error->message, "is no time: write"));
	}
}

static void assert_pretty(const char *text, const char *wanted)
{
	g_autofree char *pretty = logs_pretty_json(text, strlen(text));

	g_assert_cmpstr(pretty, ==, wanted);
}

static void test_json(void)
{
	assert_pretty("no JSON [here", NULL);
	assert_pretty("{\"open\":", NULL);
	assert_pretty("", NULL);
	assert_pretty("{}", "{}");
	assert_pretty("at 12 {\"a\":1.10}", "at 12 \n{\n  \"a\": 1.10\n}");
	assert_pretty("[1] {\"a\":[1,{\"b\":[ ]}]}", "[1] \n{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}");
	assert_pretty("{\"q\":\"a\\\"{,:}\\\\\"}", "{\n  \"q\": \"a\\\"{,:}\\\\\"\n}");
	assert_pretty("{\"t\":\"x\\ny\"}", "{\n  \"t\": \"x\n    y\"\n}");
}

/* No two commands share a key in one place, and every command is whole. */
static void test_actions(void)
{
	struct keymap *m = keymap_new(actions, ACT_COUNT);
	g_autoptr(GError) error = NULL;

	keymap_check(m, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < ACT_COUNT; i++) {
		g_assert_true(g_str_has_suffix(actions[i].help, "."));
		g_assert_true(*actions[i].id && *actions[i].title && actions[i].scopes);
		g_assert_cmpint(keymap_by_id(m, actions[i].id), ==, (int)i);
	}
	keymap_free(m);
}

/* A choice that does not fit behind the others begins a row; it is not broken. */
static void test_sheet_choices(void)
{
	static const struct sheet_events events = { NULL };
	static const struct sheet_choice choices[] = { { 'y', "restart the container with the very long name of the shop" } };
	struct canvas c = page_new(10, 70);
	struct sheet *s = sheet_new("Sheet", NULL, choices, 1, &events, NULL);

	sheet_draw(s, &c);
	page_assert_has(&c, "│ y restart the container with the very long name of the shop");
	page_assert_has(&c, "│ Esc cancel ");
	sheet_free(s);
}

/* Pages that are turned before the first drawing are turned by it. */
static void test_pager_turned_early(void)
{
	struct canvas c = page_new(10, 20);
	struct pager *p = pager_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < 100; i++)
		g_string_append_printf(text, "line %u\n", i);
	pager_text(p, text->str);
	pager_turn(p, 2);
	pager_turn(p, 1);
	pager_draw(p, &c);
	g_autofree char *first = page_row(0);
	g_assert_cmpstr(first, ==, "line 15");
	pager_turn(p, -2);
	c = page_new(10, 20);
	pager_draw(p, &c);
	g_autofree char *then = page_row(0);
	g_assert_cmpstr(then, ==, "line 5");
	pager_free(p);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	page_open();
	g_test_add_func("/panels/actions", test_actions);
	g_test_add_func("/panels/score/golden", test_score_golden);
	g_test_add_func("/panels/score/keys", test_score_keys);
	g_test_add_func("/panels/score/changes", test_score_changes);
	g_test_add_func("/panels/score/widths", test_score_widths);
	g_test_add_func("/panels/score/worst", test_score_worst);
	g_test_add_func("/panels/logs/golden", test_logs_golden);
	g_test_add_func("/panels/logs/keep-sources", test_logs_keep_sources);
	g_test_add_func("/panels/logs/filters", test_logs_filters);
	g_test_add_func("/panels/logs/search", test_logs_search);
	g_test_add_func("/panels/logs/stay", test_logs_stay);
	g_test_add_func("/panels/logs/marks", test_logs_marks_and_time);
	g_test_add_func("/panels/logs/details", test_logs_details);
	g_test_add_func("/panels/logs/sources", test_logs_sources);
	g_test_add_func("/panels/logs/wrap-wide", test_logs_wrap_wide);
	g_test_add_func("/panels/logs/jump", test_jump);
	g_test_add_func("/panels/logs/json", test_json);
	g_test_add_func("/panels/containers/keys", test_containers);
	g_test_add_func("/panels/containers/gone", test_container_gone);
	g_test_add_func("/panels/containers/many", test_containers_many);
	g_test_add_func("/panels/host-line/trouble", test_trouble);
	g_test_add_func("/panels/host-line/freshness", test_freshness);
	g_test_add_func("/panels/ascii", test_ascii);
	g_test_add_func("/panels/keys-named", test_keys_named);
	g_test_add_func("/panels/sheet-choices", test_sheet_choices);
	g_test_add_func("/panels/pager-turned-early", test_pager_turned_early);
	g_test_add_func("/panels/sweep", test_sweep);
	result = g_test_run();
	page_close();
	return result;
}
