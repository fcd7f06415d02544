/* The Ollama backend against the double of the daemon (ollama_double.py), on this machine and through a real sshd. */
#include "backends/ollama.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/lab/lab.h"
#include "tests/lab/lab_proxy.h"
#include "tests/lab/ollama_rig.h"
#include "tests/lab/ollama_watcher.h"
#include "tests/unit/wait_for.h"

#define MODEL "qwen2.5-coder:1.5b"
#define MODELS 13

static struct lab *lab; /* one for all tests */
static struct lab_proxy *cable;
static guint port;

static void
set_up(struct watcher *r, const char *alias)
{
	const struct ollama_settings settings = { .port = (guint16)port, .interval_ms = 400 };

	watcher_begin(r, lab, alias, &settings, NULL);
	WAIT_FOR(r->llm->datum.state == DATUM_OK);
}

/* Somebody else's request holds the model for so long. */
static void
use(const char *name, double seconds)
{
	g_autofree char *sent = g_strdup_printf("{\"model\":\"%s\",\"prompt\":\"work %.1f", name, seconds);
	guint before = ollama_rig_count(lab, sent);

	ollama_rig_use(lab, name, seconds);
	WAIT_FOR(ollama_rig_count(lab, sent) > before);
}

static gboolean
all_shown(const struct watcher *r)
{
	for (guint i = 0; i < r->llm->models->len; i++)
		if (((const struct llm_model *)r->llm->models->pdata[i])->context == 0)
			return FALSE;
	return TRUE;
}

/* --- what it has --- */

static void
test_list(const void *alias)
{
	struct watcher r;

	set_up(&r, alias);
	g_assert_cmpuint(r.llm->models->len, ==, MODELS);
	g_assert_cmpstr(r.llm->version, ==, "0.12.6");
	g_assert_cmpint(r.llm->watched_us, >, 0);
	WAIT_FOR(all_shown(&r));
	g_assert_cmpuint(watcher_model(&r, MODEL)->context, ==, 32768);
	g_assert_false(watcher_model(&r, MODEL)->embedding);
	g_assert_true(watcher_model(&r, "nomic-embed-text:latest")->embedding);
	WAIT_FOR(r.llm->gpu_known);
	g_assert_false(watcher_model(&r, MODEL)->loaded);
	g_assert_cmpint(watcher_model(&r, MODEL)->used_us, ==, 0);
	watcher_end(&r);
}

static void
test_load_and_unload(const void *alias)
{
	g_autofree char *sent = g_strdup_printf(" localhost:%u /api/generate {\"model\":\"" MODEL "\"", port);
	guint before = ollama_rig_count(lab, sent);
	struct watcher r;

	set_up(&r, alias);
	ollama_load(r.ollama, MODEL, "10m", watcher_done, &r);
	g_assert_cmpint(watcher_model(&r, MODEL)->change, ==, LLM_LOADING);
	watcher_told(&r, OUTCOME_OK, "loaded after");
	g_assert_cmpint(watcher_model(&r, MODEL)->change, ==, LLM_RESTS);
	WAIT_FOR(watcher_model(&r, MODEL)->loaded && watcher_model(&r, MODEL)->expires_us > g_get_real_time() + 590 * G_USEC_PER_SEC);
	g_assert_cmpuint(watcher_model(&r, MODEL)->memory, ==, 1133971175);
	g_assert_cmpuint(watcher_model(&r, MODEL)->sessions, ==, 1);
	g_assert_cmpint(watcher_model(&r, MODEL)->used_us, >, g_get_real_time() - 20 * G_USEC_PER_SEC);
	watcher_unload(&r, MODEL);
	g_assert_cmpuint(ollama_rig_count(lab, sent), ==, before + 2);
	watcher_end(&r);
}

/* Ollama lists a model while it is being loaded: that is not the end of the load. */
static void
test_slow_load(const void *alias)
{
	gint64 since;
	struct watcher r;

	set_up(&r, alias);
	ollama_load(r.ollama, "slow:latest", NULL, watcher_done, &r);
	WAIT_FOR(watcher_model(&r, "slow:latest")->loaded);
	g_assert_cmpuint(r.told, ==, 0);
	g_assert_cmpint(watcher_model(&r, "slow:latest")->change, ==, LLM_LOADING);
	since = g_get_monotonic_time();
	WAIT_FOR(ollama_look(r.ollama, "slow:latest", since) == OLLAMA_LOADING);
	g_assert_cmpuint(r.told, ==, 0);
	watcher_told(&r, OUTCOME_OK, "loaded after 3 s");
	since = g_get_monotonic_time();
	WAIT_FOR(ollama_look(r.ollama, "slow:latest", since) == OLLAMA_LOADED);
	watcher_unload(&r, "slow:latest");
	watcher_end(&r);
}

static void
test_unload_waits(const void *alias)
{
	gint64 begun = g_get_monotonic_time();
	struct watcher r;

	set_up(&r, alias);
	watcher_load(&r, MODEL);
	use(MODEL, 3);
	ollama_unload(r.ollama, MODEL, watcher_done, &r);
	WAIT_FOR(watcher_model(&r, MODEL)->expires_us <= g_get_real_time());
	g_assert_cmpint(watcher_model(&r, MODEL)->change, ==, LLM_UNLOADING);
	g_assert_cmpuint(r.told, ==, 0);
	watcher_told(&r, OUTCOME_OK, "unloaded after");
	g_assert_cmpint(g_get_monotonic_time() - begun, >, 2500 * 1000);
	watcher_end(&r);
}

static void
test_embedding(const void *alias)
{
	struct watcher r;

	set_up(&r, alias);
	WAIT_FOR(all_shown(&r));
	watcher_load(&r, "nomic-embed-text:latest");
	g_assert_cmpuint(ollama_rig_count(lab, "/api/embed {\"model\":\"nomic-embed-text:latest\",\"input\":\"\"}"), >, 0);
	watcher_unload(&r, "nomic-embed-text:latest");
	watcher_end(&r);
}

static void
test_never(const void *alias)
{
	struct watcher r;

	set_up(&r, alias);
	ollama_load(r.ollama, MODEL, "-1", watcher_done, &r);
	watcher_told(&r, OUTCOME_OK, "loaded after");
	WAIT_FOR(watcher_model(&r, MODEL)->expires_us == G_MAXINT64);
	watcher_unload(&r, MODEL);
	watcher_end(&r);
}

static void
test_hostile(const void *alias)
{
	const char *name = NULL;
	struct watcher r;

	set_up(&r, alias);
	for (guint i = 0; i < r.llm->models->len; i++)
		if (g_str_has_prefix(((struct llm_model *)r.llm->models->pdata[i])->name, "evil"))
			name = ((struct llm_model *)r.llm->models->pdata[i])->name;
	g_assert_nonnull(name);
	g_autofree char *kept = g_strdup(name), *text = ollama_load_text(r.ollama, kept, NULL);
	g_assert_null(strpbrk(text, "\n\033\a"));
	watcher_load(&r, kept);
	watcher_unload(&r, kept);
	g_assert_false(g_file_test("/tmp/owned", G_FILE_TEST_EXISTS));
	watcher_end(&r);
}

/* --- what goes wrong --- */

static void
test_faults(const void *alias)
{
	static const struct { const char *name; enum outcome outcome; const char *words; } faults[] = {
		{ "late-error:latest", OUTCOME_FAILED, "Ollama says: llama runner process has terminated" },
		{ "queue-full:latest", OUTCOME_FAILED, "Ollama says: server busy" },
		{ "no-memory:latest", OUTCOME_FAILED, "Ollama says: model requires more system memory (39.9 GiB)" },
		{ "half:latest", OUTCOME_UNKNOWN, "the answer was cut" },
		{ "html:latest", OUTCOME_UNKNOWN, "none of Ollama's" },
		{ "huge:latest", OUTCOME_UNKNOWN, "longer than" },
		{ "dies:latest", OUTCOME_UNKNOWN, "no answer came" },
		{ "never-heard-of", OUTCOME_FAILED, "Ollama says: model 'never-heard-of' not found" },
	};
	struct watcher r;

	set_up(&r, alias);
	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *sent = g_strdup_printf("{\"model\":\"%s\",\"stream\"", faults[i].name);
		guint before = ollama_rig_count(lab, sent);
		ollama_load(r.ollama, faults[i].name, NULL, watcher_done, &r);
		watcher_told(&r, faults[i].outcome, faults[i].words);
		g_assert_cmpuint(ollama_rig_count(lab, sent), ==, before + 1);
	}
	watcher_end(&r);
}

static void
test_dies(const void *alias)
{
	gint64 since;
	struct watcher r;

	set_up(&r, alias);
	ollama_load(r.ollama, "slow:latest", NULL, watcher_done, &r);
	WAIT_FOR(watcher_model(&r, "slow:latest")->loaded);
	ollama_rig_stop(lab);
	since = g_get_monotonic_time();
	watcher_told(&r, OUTCOME_UNKNOWN, "no answer came");
	WAIT_FOR(r.llm->datum.state == DATUM_STALE);
	WAIT_FOR(ollama_look(r.ollama, "slow:latest", since) == OLLAMA_AWAY);
	g_assert_nonnull(strstr(r.llm->datum.error, "Ollama is away: nothing listens at 127.0.0.1"));
	ollama_load(r.ollama, MODEL, NULL, watcher_done, &r);
	watcher_told(&r, alias ? OUTCOME_UNKNOWN : OUTCOME_FAILED, alias ? "no answer came" : "nothing was sent");
	ollama_rig_again(lab);
	WAIT_FOR(r.llm->datum.state == DATUM_OK);
	g_assert_cmpint(ollama_look(r.ollama, "slow:latest", since), ==, OLLAMA_RESTS);
	watcher_end(&r);
}

/* An unload that Ollama agreed to is done when Ollama itself is gone. */
static void
test_dies_while_unloading(const void *alias)
{
	struct watcher r;

	set_up(&r, alias);
	watcher_load(&r, MODEL);
	use(MODEL, 55);
	ollama_unload(r.ollama, MODEL, watcher_done, &r);
	WAIT_FOR(watcher_model(&r, MODEL)->expires_us <= g_get_real_time());
	ollama_rig_stop(lab);
	watcher_told(&r, OUTCOME_OK, "Ollama itself is away");
	ollama_rig_again(lab);
	watcher_end(&r);
}

static void
test_link_cut(void)
{
	guint before = ollama_rig_count(lab, "/api/generate {\"model\":\"slow:latest\"");
	gint64 since;
	struct watcher r;

	set_up(&r, "far");
	ollama_load(r.ollama, "slow:latest", NULL, watcher_done, &r);
	WAIT_FOR(watcher_model(&r, "slow:latest")->loaded);
	lab_proxy_cut(cable);
	since = g_get_monotonic_time();
	watcher_told(&r, OUTCOME_UNKNOWN, "the link was lost before the answer came");
	g_assert_cmpint(r.llm->datum.state, ==, DATUM_STALE);
	g_assert_cmpint(ollama_look(r.ollama, "slow:latest", since), ==, OLLAMA_NOT_SEEN);
	WAIT_FOR(ollama_look(r.ollama, "slow:latest", since) == OLLAMA_RESTS);
	g_assert_cmpuint(ollama_rig_count(lab, "/api/generate {\"model\":\"slow:latest\""), ==, before + 1);
	watcher_end(&r);
}

static void
start_double(void)
{
	port = ollama_rig_start(lab, "--slow-seconds", "3", NULL);
}

/* A daemon that does not know the name in the Host header. */
static void
test_refuses_host(void)
{
	struct ollama_settings settings = { .interval_ms = 400 };
	struct watcher r;

	ollama_rig_stop(lab);
	settings.port = (guint16)ollama_rig_start(lab, "--refuse-hosts", NULL);
	watcher_begin(&r, lab, "near", &settings, NULL);
	WAIT_FOR(r.llm->datum.state == DATUM_ERROR);
	g_test_message("%s", r.llm->datum.error);
	g_assert_nonnull(strstr(r.llm->datum.error, "HTTP status 403"));
	ollama_load(r.ollama, MODEL, NULL, watcher_done, &r);
	watcher_told(&r, OUTCOME_FAILED, "it does not take the host name localhost:");
	watcher_end(&r);
	ollama_rig_stop(lab);
	start_double();
}

static void
test_none(const void *alias)
{
	struct watcher r;
	const struct ollama_settings settings = { .port = 1, .interval_ms = 400 };

	watcher_begin(&r, lab, alias, &settings, NULL);
	WAIT_FOR(r.llm->datum.state == DATUM_NO_DATA);
	g_assert_cmpstr(r.llm->datum.error, ==, "no Ollama here: nothing listens at 127.0.0.1:1");
	ollama_load(r.ollama, MODEL, NULL, watcher_done, &r);
	WAIT_FOR(r.told > 0);
	g_assert_cmpint(r.outcome, !=, OUTCOME_OK);
	watcher_end(&r);
}

/* It is something else that listens there. */
static void
test_no_ollama(void)
{
	const struct ollama_settings settings = { .port = (guint16)lab_sshd_port(lab, "near"), .interval_ms = 400 };
	struct watcher r;

	watcher_begin(&r, lab, NULL, &settings, NULL);
	WAIT_FOR(r.llm->datum.state == DATUM_ERROR);
	g_test_message("%s", r.llm->datum.error);
	watcher_end(&r);
}

static void
test_forwarding_refused(void)
{
	const struct ollama_settings settings = { .port = (guint16)port, .interval_ms = 400 };
	struct watcher r;

	watcher_begin(&r, lab, "closed", &settings, NULL);
	WAIT_FOR(r.llm->datum.state == DATUM_ERROR);
	g_test_message("%s", r.llm->datum.error);
	g_assert_nonnull(strstr(r.llm->datum.error, "AllowTcpForwarding"));
	watcher_end(&r);
}

static void
test_disabled(void)
{
	const struct ollama_settings settings = { .port = (guint16)port, .disabled = TRUE };
	struct watcher r;

	watcher_begin(&r, lab, NULL, &settings, NULL);
	ollama_load(r.ollama, MODEL, NULL, watcher_done, &r);
	g_assert_cmpuint(r.told, ==, 0);
	watcher_told(&r, OUTCOME_FAILED, "switched off");
	g_assert_cmpint(r.llm->datum.state, ==, DATUM_NO_DATA);
	watcher_end(&r);
}

/* --- who goes away --- */

static void
test_free_and_forget(const void *alias)
{
	struct watcher r;
	guint told;

	set_up(&r, alias);
	ollama_load(r.ollama, "slow:latest", NULL, watcher_done, &r);
	ollama_load(r.ollama, MODEL, NULL, watcher_done, &told);
	ollama_forget(r.ollama, &told);
	WAIT_FOR(watcher_model(&r, MODEL)->loaded && watcher_model(&r, MODEL)->change == LLM_RESTS);
	ollama_free(r.ollama);
	watcher_told(&r, OUTCOME_UNKNOWN, "midwatch was left");
	r.ollama = NULL;
	watcher_end(&r);
	set_up(&r, alias);
	watcher_unload(&r, MODEL);
	watcher_end(&r);
}

/* What no daemon should answer to the first question; each is said in words. */
static void
test_bad_lists(const void *alias)
{
	static const struct { const char *kind, *words; } lists[] = {
		{ "html", "is no Ollama that midwatch understands" }, { "json", "is not valid JSON" },     { "shape", "has no models in it" },
		{ "half", "Ollama: " },                               { "huge", "longer than" },           { "error", "Ollama says: open /root/.ollama" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
		struct ollama_settings settings = { .interval_ms = 400 };
		struct watcher r;
		ollama_rig_stop(lab);
		settings.port = (guint16)ollama_rig_start(lab, "--bad-list", lists[i].kind, NULL);
		watcher_begin(&r, lab, alias, &settings, NULL);
		WAIT_FOR(r.llm->datum.state == DATUM_ERROR);
		g_test_message("%s: %s", lists[i].kind, r.llm->datum.error);
		g_assert_nonnull(strstr(r.llm->datum.error, lists[i].words));
		g_assert_cmpuint(r.llm->models->len, ==, 0);
		watcher_end(&r);
	}
	ollama_rig_stop(lab);
	start_double();
}

/* As long as a real one may take. */
static void
test_long_load(void)
{
	struct watcher r;

	ollama_rig_stop(lab);
	port = ollama_rig_start(lab, "--slow-seconds", "30", NULL);
	set_up(&r, "near");
	ollama_load(r.ollama, "slow:latest", NULL, watcher_done, &r);
	watcher_told(&r, OUTCOME_OK, "loaded after 3");
	g_assert_cmpint(watcher_model(&r, "slow:latest")->change, ==, LLM_RESTS);
	watcher_end(&r);
	ollama_rig_stop(lab);
	start_double();
}

static void
add_both(const char *name, void (*test)(const void *alias))
{
	g_autofree char *near = g_strconcat("/ollama/local/", name, NULL), *far = g_strconcat("/ollama/ssh/", name, NULL);

	g_test_add_data_func(near, NULL, test);
	g_test_add_data_func(far, "near", test);
}

static void
start_lab(void)
{
	lab = lab_new();
	start_double();
	lab_sshd(lab, "near", NULL);
	lab_sshd(lab, "closed", "noforward", NULL);
	cable = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "near"));
	lab_ssh_host(lab, "far", lab_proxy_port(cable), "near", NULL);
}

int
main(int argc, char **argv)
{
	int code;

	g_test_init(&argc, &argv, NULL);
	if (!lab_have(LAB_SSHD))
		return 77;
	start_lab();
	add_both("list", test_list);
	add_both("load-and-unload", test_load_and_unload);
	add_both("slow-load", test_slow_load);
	add_both("unload-waits", test_unload_waits);
	add_both("embedding", test_embedding);
	add_both("never", test_never);
	add_both("hostile", test_hostile);
	add_both("faults", test_faults);
	add_both("dies", test_dies);
	add_both("dies-while-unloading", test_dies_while_unloading);
	add_both("none", test_none);
	add_both("free-and-forget", test_free_and_forget);
	add_both("bad-lists", test_bad_lists);
	g_test_add_func("/ollama/long-load", test_long_load);
	g_test_add_data_func("/ollama/child/load-and-unload", CHILD "near", test_load_and_unload);
	g_test_add_data_func("/ollama/child/faults", CHILD "near", test_faults);
	g_test_add_data_func("/ollama/child/dies", CHILD "near", test_dies);
	g_test_add_data_func("/ollama/child/none", CHILD "near", test_none);
	g_test_add_func("/ollama/link-cut", test_link_cut);
	g_test_add_func("/ollama/refuses-host", test_refuses_host);
	g_test_add_func("/ollama/no-ollama", test_no_ollama);
	g_test_add_func("/ollama/forwarding-refused", test_forwarding_refused);
	g_test_add_func("/ollama/disabled", test_disabled);
	code = g_test_run();
	lab_proxy_free(cable);
	lab_free(lab);
	return code;
}
