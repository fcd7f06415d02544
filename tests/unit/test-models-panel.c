/* The Models panel, drawn from a hand-made world whose clock stands still. UPDATE_GOLDEN=1 writes what it looks like anew. */
#include <math.h>
#include <string.h>

#include "panels/models_private.h"
#include "tests/unit/panel_world.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)

static struct world *models_world(void)
{
	struct world *w = panel_world_new();

	panel_world_add_models(w->hosts->pdata[0]);
	return w;
}

/* One host that is up, one that went down, one that never answered. */
static struct world *fleet_world(void)
{
	struct world *w = models_world();
	struct host *h = panel_world_add_dead(w);

	panel_world_add_models(h);
	host_went_down(h, "the link is down");
	panel_world_add_asking(w);
	return w;
}

static struct stage *stage_of(struct world *w)
{
	return stage_new(&models_panel, w, 19, 80);
}

static struct host *first_host(const struct stage *s)
{
	return s->world->hosts->pdata[0];
}

static void has(const struct stage *s, const char *text)
{
	page_assert_has(&s->canvas, text);
}

static void lacks(const struct stage *s, const char *text)
{
	page_assert_lacks(&s->canvas, text);
}

static struct llm_model *model(const struct stage *s, const char *name)
{
	struct llm_model *m = llm_state_model(&first_host(s)->llm, name);

	g_assert_nonnull(m);
	return m;
}

static void test_golden(void)
{
	struct stage *s = stage_of(models_world());

	stage_golden(s, "models", TRUE);
	stage_point_at(s, "llama3.2-vision:11b");
	first_host(s)->probe.mem_available = (guint64)(10.6 * 1024 * 1024 * 1024);
	stage_press(s, ACT_DETAILS);
	stage_golden(s, "models-details", TRUE);
	stage_free(s);
	s = stage_of(fleet_world());
	stage_golden(s, "models-hosts", TRUE);
	stage_free(s);
}

static void test_words(void)
{
	struct llm_model m = { .change_since_us = WORLD_NOW_US - 12 * SECOND, .memory = 1 << 30, .expires_us = WORLD_UTC_US + 250 * SECOND };
	char words[40];

	models_loaded_words(&m, WORLD_NOW_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "no");
	models_expires_words(&m, WORLD_UTC_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "–");
	m.change = LLM_LOADING;
	models_loaded_words(&m, WORLD_NOW_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "loading 12s");
	m.change = LLM_UNLOADING;
	m.loaded = TRUE;
	models_loaded_words(&m, WORLD_NOW_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "unload 12s");
	m.change = LLM_RESTS;
	models_loaded_words(&m, WORLD_NOW_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "1.0G");
	models_expires_words(&m, WORLD_UTC_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "4m10s");
	m.expires_us = G_MAXINT64;
	models_expires_words(&m, WORLD_UTC_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "never");
	m.expires_us = WORLD_UTC_US - SECOND;
	models_expires_words(&m, WORLD_UTC_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "stopping");
	m.expires_us = 0;
	models_expires_words(&m, WORLD_UTC_US, words, sizeof words);
	g_assert_cmpstr(words, ==, "–");
}

static void set_available(struct stage *s, double gib)
{
	first_host(s)->probe.mem_available = (guint64)(gib * 1024 * 1024 * 1024);
	stage_draw(s);
}

static void test_forecast(void)
{
	struct stage *s = stage_of(models_world());

	s->width = 130;
	stage_point_at(s, "llama3.2-vision:11b");
	set_available(s, 10.6);
	has(s, "▲ Loading llama3.2-vision:11b (7.8G) will leave ~1.2G free: swap pressure likely (estimate: size × 1.2)");
	set_available(s, 12);
	has(s, "   Loading llama3.2-vision:11b (7.8G) will leave ~2.6G free (estimate: size × 1.2)");
	set_available(s, 8);
	has(s, "▲ Loading llama3.2-vision:11b (7.8G) needs ~1.4G more than is free: swap pressure likely");
	datum_stale(&first_host(s)->probe_datum, NULL);
	stage_draw(s);
	has(s, "would leave free is not known");
	stage_point_at(s, "qwen2.5-coder:1.5b");
	has(s, "takes 1.1G of memory, leaves in 4m10s: u unloads it");
	model(s, "qwen2.5-coder:1.5b")->expires_us = G_MAXINT64;
	stage_draw(s);
	has(s, "and stays: u unloads it");
	has(s, "never");
	stage_point_at(s, "deepseek-r1:14b");
	has(s, "deepseek-r1:14b: loading 12s; it can take minutes");
	stage_free(s);
}

static void test_memory(void)
{
	struct stage *s = stage_of(models_world());
	struct host *h = first_host(s);

	has(s, "█ system 4.9G  ▓ models 1.1G  · free 10G of 16G");
	model(s, "qwen2.5-coder:1.5b")->vram = model(s, "qwen2.5-coder:1.5b")->memory; /* on a GPU: none of the RAM is the model's */
	h->llm.gpu = TRUE;
	stage_draw(s);
	has(s, "█ system 6.0G  ▓ models 0  · free 10G of 16G");
	has(s, "GPU: there is one");
	has(s, "100% GPU");
	model(s, "qwen2.5-coder:1.5b")->vram = 0;
	set_available(s, 15.9); /* what is mapped from a file counts as available too */
	has(s, "█ system 0  ▓ models 1.1G  · free 16G of 16G");
	h->llm.gpu_known = FALSE;
	datum_clear(&h->probe_datum);
	stage_draw(s);
	has(s, "GPU: not known");
	has(s, "the memory is not known");
	stage_free(s);
}

static void test_observed(void)
{
	struct stage *s = stage_of(models_world());

	has(s, "USED, S/WK: observed since 2026-11-15");
	first_host(s)->llm.watched_us = WORLD_UTC_US - HOUR;
	stage_draw(s);
	has(s, "observed since 00:47:22Z");
	first_host(s)->llm.watched_us = 0;
	stage_draw(s);
	has(s, "not observed yet");
	stage_free(s);
}

static void assert_targets(struct stage *s, enum action command, const char *want)
{
	g_autofree char *found = stage_targets(s, command);

	g_assert_cmpstr(found, ==, want);
}

static void test_requests(void)
{
	struct stage *s = stage_of(models_world());

	stage_point_at(s, "llama3.2-vision:11b");
	assert_targets(s, ACT_MODEL_LOAD, "srv1491630/llama3.2-vision:11b");
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_UNLOAD), ==, "not loaded");
	stage_point_at(s, "qwen2.5-coder:1.5b");
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_LOAD), ==, "already loaded");
	assert_targets(s, ACT_MODEL_UNLOAD, "srv1491630/qwen2.5-coder:1.5b");
	model(s, "qwen2.5-coder:1.5b")->change = LLM_UNLOADING;
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_UNLOAD), ==, "it is being unloaded");
	stage_point_at(s, "deepseek-r1:14b");
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_LOAD), ==, "it is being loaded");
	datum_failed(&first_host(s)->llm.datum, "HTTP 503");
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_LOAD), ==, "Ollama does not answer");
	first_host(s)->link.state = LINK_DOWN;
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_LOAD), ==, "the host is not reached");
	stage_free(s);
}

/* The marked ones that can be loaded, in the order shown; the others are left out. */
static void test_marked(void)
{
	struct stage *s = stage_of(models_world());

	for (int i = 0; i < 5; i++)
		stage_press(s, ACT_MARK);
	has(s, "5 marked");
	assert_targets(s, ACT_MODEL_LOAD, "srv1491630/llama3.2-vision:11b srv1491630/nomic-embed-text:latest srv1491630/qwen2.5:0.5b");
	assert_targets(s, ACT_MODEL_UNLOAD, "srv1491630/qwen2.5-coder:1.5b");
	stage_free(s);
}

static void test_details(void)
{
	struct stage *s = stage_of(models_world());

	s->height = 40;
	stage_point_at(s, "llama3.2-vision:11b");
	g_assert_nonnull(g_strstr_len(recorder_last(s->recorder, REQUEST_COPY), -1, "srv1491630  llama3.2-vision:11b  8375186227  "));
	stage_press(s, ACT_OPEN);
	has(s, "memory       Loading llama3.2-vision:11b");
	has(s, "uses         last 3d ago (2026-11-19 01:47Z), loaded 0 times in 7 days");
	has(s, "quantization Q4_K_M");
	has(s, "context      32,768");
	has(s, "modified     2026-07-25 01:47Z (120d ago)");
	has(s, "Ollama       0.5.7");
	g_assert_cmpstr(stage_why_not(s, ACT_TAB_NEXT), ==, "there is only one tab");
	stage_point_at(s, "qwen2.5-coder:1.5b");
	has(s, "memory       takes 1.1G, 100% CPU; expires in 4m10s");
	model(s, "qwen2.5-coder:1.5b")->expires_us = G_MAXINT64;
	stage_draw(s);
	has(s, "100% CPU; never expires");
	stage_point_at(s, "nomic-embed-text:latest");
	has(s, "it only makes embeddings");
	has(s, "context      –");
	has(s, "none seen since");
	g_assert_cmpstr(stage_why_not(s, ACT_FAULTS), ==, "models have no faults");
	stage_free(s);
}

static void test_chips_and_filter(void)
{
	struct stage *s = stage_of(models_world());

	stage_press(s, ACT_CHIP);
	has(s, "[Loaded 1]");
	has(s, "2 of 5"); /* and the one that is being loaded */
	stage_press(s, ACT_ESCAPE);
	stage_answer(s, ACT_FILTER, "name:qwen !coder", TRUE);
	has(s, "1 of 5");
	stage_answer(s, ACT_FILTER, "state:resting", TRUE);
	has(s, "3 of 5");
	stage_answer(s, ACT_FILTER, "host:other", TRUE);
	has(s, "no model matches /host:other: Esc clears");
	stage_free(s);
}

static void test_sorts(void)
{
	struct stage *s = stage_of(models_world());
	int top;

	s->width = 200;
	stage_draw(s);
	top = page_find(&s->canvas, "◌ deepseek-r1");
	for (int i = 0; i < 3; i++) /* NAME, SIZE, PARAMS */
		stage_press(s, ACT_SORT_NEXT);
	stage_press(s, ACT_TOP);
	g_assert_cmpint(page_find(&s->canvas, "◌ deepseek-r1"), ==, top);
	g_assert_cmpint(page_find(&s->canvas, "● qwen2.5-coder"), ==, top + 2); /* 14.8B, 9.8B, 1.5B, 494M, 137M */
	g_assert_cmpint(page_find(&s->canvas, "○ nomic"), ==, top + 4);
	for (int i = 0; i < 12; i++) {
		stage_press(s, ACT_SORT_NEXT);
		has(s, "5 of 5");
	}
	stage_free(s);
}

static void test_states(void)
{
	struct stage *s = stage_of(panel_world_new());
	struct host *h = first_host(s);

	has(s, "waiting for the models of srv1491630");
	datum_none(&h->llm.datum, "no Ollama here: nothing listens on 127.0.0.1:11434");
	stage_draw(s);
	has(s, "srv1491630: no Ollama here: nothing listens");
	datum_clear(&h->llm.datum);
	datum_failed(&h->llm.datum, "HTTP 403: the Host header is refused; set OLLAMA_ORIGINS");
	stage_draw(s);
	has(s, "▲ no answer from Ollama");
	has(s, "set OLLAMA_ORIGINS");
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_LOAD), ==, "no model is selected");
	panel_world_add_models(h);
	datum_failed(&h->llm.datum, "timed out after 10 s");
	stage_draw(s);
	has(s, "· 6s old: no answer from Ollama");
	lacks(s, "● qwen2.5-coder");
	g_ptr_array_set_size(h->llm.models, 0);
	datum_good(&h->llm.datum, WORLD_NOW_US);
	stage_draw(s);
	has(s, "srv1491630 has no models");
	stage_free(s);
	s = stage_of(world_new(1 << 20));
	has(s, "no host is configured");
	stage_free(s);
}

static void test_hosts(void)
{
	struct stage *s = stage_of(fleet_world());

	s->width = 120;
	s->height = 40;
	stage_draw(s);
	has(s, "gw-014 6s");
	has(s, " · gw-014     ███"); /* its memory is as it was */
	stage_press(s, ACT_HOST_NEXT);
	has(s, "Models  srv1491630  5 of 5");
	stage_press(s, ACT_HOST_NEXT);
	has(s, "Models  gw-014");
	g_assert_cmpstr(stage_why_not(s, ACT_MODEL_LOAD), ==, "the host is not reached");
	for (int i = 0; i < 30; i++) {
		g_autofree char *name = g_strdup_printf("gpu-%02d", i);
		panel_world_add_models(panel_world_add_host(s->world, name, 0));
	}
	s->class->select(s->panel, NULL, NULL);
	stage_draw(s);
	has(s, "160 of 160");
	g_assert_cmpint(page_find(&s->canvas, "◌ deepseek"), <, 12); /* the bars of so many do not take the list's place */
	stage_free(s);
}

static void test_bare_and_hostile(void)
{
	struct stage *s = stage_of(panel_world_new());
	struct host *h = first_host(s);

	panel_world_add_model(h, "a\n$(reboot) `id` \"'\x1b[2J %s%n <U+202E> 検査検査検査 e\xcc\x81\xcc\x81", 1e6, "\x1b]0;x\a");
	g_ptr_array_add(h->llm.models, llm_model_new("bare"));
	datum_good(&h->llm.datum, WORLD_NOW_US);
	s->height = 40;
	stage_draw(s);
	stage_press(s, ACT_DETAILS);
	for (int i = 0; i < 2; i++) {
		g_autofree char *page = page_text(&s->canvas);
		for (const char *c = page; *c; c++)
			g_assert_true(*c == '\n' || (guchar)*c >= ' ');
		stage_press(s, ACT_DOWN);
	}
	stage_press_all(s);
	stage_free(s);
}

static void test_gone(void)
{
	struct stage *s = stage_of(models_world());
	struct host *h = first_host(s);

	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_MARK);
	while (h->llm.models->len > 0) {
		g_ptr_array_remove_index(h->llm.models, 0);
		stage_press(s, ACT_MODEL_LOAD);
		stage_press(s, ACT_MODEL_UNLOAD);
		stage_press(s, ACT_COPY);
		stage_draw(s);
	}
	has(s, "no model is selected");
	stage_free(s);
}

static void test_every_key(void)
{
	static const enum action keys[] = { ACT_DETAILS, ACT_FULL, ACT_FULL, ACT_DOWN, ACT_ESCAPE, ACT_CHIP, ACT_SORT_NEXT, ACT_MARK, ACT_HOST_NEXT };
	struct stage *s = stage_of(fleet_world());

	stage_press_all(s);
	stage_free(s);
	for (int ascii = 0; ascii < 2; ascii++) {
		glyph_use_ascii(ascii);
		s = stage_of(fleet_world());
		stage_sweep(s, keys, G_N_ELEMENTS(keys));
		stage_free(s);
	}
	s = stage_of(models_world());
	for (int i = 0; i < 5; i++) {
		g_autofree char *page = page_text(&s->canvas);
		g_assert_true(g_str_is_ascii(page));
		stage_press(s, i ? ACT_DOWN : ACT_DETAILS);
	}
	glyph_use_ascii(FALSE);
	stage_free(s);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	page_open();
#define ADD(name) g_test_add_func("/models-panel/" #name, test_##name)
	ADD(golden);
	ADD(words);
	ADD(forecast);
	ADD(memory);
	ADD(observed);
	ADD(requests);
	ADD(marked);
	ADD(details);
	ADD(chips_and_filter);
	ADD(sorts);
	ADD(states);
	ADD(hosts);
	ADD(bare_and_hostile);
	ADD(gone);
	ADD(every_key);
	result = g_test_run();
	page_close();
	return result;
}
