/* What is seen of the uses of models: when, how often, by whose clock, and what an earlier or another midwatch saw. */
#include "backends/ollama.h"

#include <string.h>

#include "tests/lab/lab.h"
#include "tests/lab/ollama_rig.h"
#include "tests/lab/ollama_watcher.h"
#include "tests/unit/wait_for.h"

#define MODEL "qwen2.5-coder:1.5b"
#define WEEK_US ((gint64)7 * 86400 * G_USEC_PER_SEC)

static struct lab *lab; /* one for all tests */
static guint port;

static void
set_up(struct watcher *r, const char *alias)
{
	const struct ollama_settings settings = { .port = (guint16)port, .interval_ms = 400 };

	watcher_begin(r, lab, alias, &settings, NULL);
	WAIT_FOR(r->llm->datum.state == DATUM_OK);
}

/* Somebody else's use, with a keep_alive of its own. */
static void
use_keeping(const char *keep)
{
	g_autofree char *body = g_strdup_printf("{\"model\":\"" MODEL "\",\"prompt\":\"work 0\",\"keep_alive\":\"%s\"}", keep);
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/api/generate", port);
	char *argv[] = { "curl", "-s", "-o", "/dev/null", "-d", body, url, NULL };

	g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
}

static void
test_uses(const void *alias)
{
	gint64 used;
	struct watcher r;

	set_up(&r, alias);
	watcher_load(&r, MODEL);
	used = watcher_model(&r, MODEL)->used_us;
	use_keeping("5m");
	WAIT_FOR(watcher_model(&r, MODEL)->used_us > used);
	g_assert_cmpint(watcher_model(&r, MODEL)->used_us, <=, g_get_real_time());
	g_assert_cmpuint(watcher_model(&r, MODEL)->sessions, ==, 1);
	watcher_unload(&r, MODEL);
	watcher_load(&r, MODEL);
	g_assert_cmpuint(watcher_model(&r, MODEL)->sessions, ==, 2);
	watcher_unload(&r, MODEL);
	watcher_end(&r);
}

/* What an earlier midwatch saw is known to the next. */
static void
test_store(void)
{
	const struct ollama_settings settings = { .port = (guint16)port, .interval_ms = 400 };
	g_autofree char *path = lab_path(lab, "store/store.db");
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(path, &error);
	gint64 watched, used;
	struct watcher r;

	g_assert_no_error(error);
	watcher_begin(&r, lab, NULL, &settings, store);
	WAIT_FOR(r.llm->datum.state == DATUM_OK);
	watcher_load(&r, MODEL);
	watched = r.llm->watched_us;
	used = watcher_model(&r, MODEL)->used_us;
	g_assert_cmpuint(store_sample_count(store, "vm", "llm.load:" MODEL, used - WEEK_US, used), ==, 1);
	watcher_end(&r);
	store_close(store);
	store = store_open(path, &error);
	g_assert_no_error(error);
	watcher_begin(&r, lab, NULL, &settings, store);
	WAIT_FOR(r.llm->datum.state == DATUM_OK);
	g_assert_cmpint(r.llm->watched_us, ==, watched / G_USEC_PER_SEC * G_USEC_PER_SEC);
	g_assert_true(watcher_model(&r, MODEL)->loaded);
	g_assert_cmpuint(watcher_model(&r, MODEL)->sessions, ==, 1); /* it was loaded already: no load was seen */
	g_assert_cmpint(watcher_model(&r, MODEL)->used_us, ==, used);
	watcher_unload(&r, MODEL);
	watcher_end(&r);
	store_close(store);
}

/* A use may also bring the expiry nearer: it names a shorter keep_alive. */
static void
test_shorter_use(const void *alias)
{
	gint64 used;
	struct watcher r;

	set_up(&r, alias);
	ollama_load(r.ollama, MODEL, "30m", watcher_done, &r);
	watcher_told(&r, OUTCOME_OK, "loaded after");
	WAIT_FOR(watcher_model(&r, MODEL)->expires_us > g_get_real_time() + 1700 * (gint64)G_USEC_PER_SEC);
	used = watcher_model(&r, MODEL)->used_us;
	use_keeping("1m");
	WAIT_FOR(watcher_model(&r, MODEL)->expires_us < g_get_real_time() + 100 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(watcher_model(&r, MODEL)->used_us, >, used);
	used = watcher_model(&r, MODEL)->used_us;
	ollama_unload(r.ollama, MODEL, watcher_done, &r); /* is none */
	watcher_told(&r, OUTCOME_OK, "unloaded after");
	g_assert_cmpint(watcher_model(&r, MODEL)->used_us, ==, used);
	watcher_end(&r);
}

/* Two consoles with one store see the same load: it is one. */
static void
test_two_consoles(void)
{
	const struct ollama_settings settings = { .port = (guint16)port, .interval_ms = 400 };
	g_autofree char *path = lab_path(lab, "both/store.db");
	g_autoptr(GError) error = NULL;
	struct store *one = store_open(path, &error), *other = store_open(path, &error);
	struct watcher a, b;

	g_assert_no_error(error);
	watcher_begin(&a, lab, NULL, &settings, one);
	watcher_begin(&b, lab, NULL, &settings, other);
	WAIT_FOR(a.llm->datum.state == DATUM_OK && b.llm->datum.state == DATUM_OK);
	use_keeping("5m");
	WAIT_FOR(watcher_model(&a, MODEL)->loaded && watcher_model(&b, MODEL)->loaded);
	g_assert_cmpuint(store_sample_count(one, "vm", "llm.load:" MODEL, g_get_real_time() - WEEK_US, g_get_real_time()), ==, 1);
	g_assert_cmpuint(watcher_model(&a, MODEL)->sessions, ==, 1);
	g_assert_cmpuint(watcher_model(&b, MODEL)->sessions, ==, 1);
	watcher_unload(&a, MODEL);
	WAIT_FOR(!watcher_model(&b, MODEL)->loaded);
	use_keeping("5m");
	WAIT_FOR(watcher_model(&a, MODEL)->sessions == 2 && watcher_model(&b, MODEL)->sessions == 2);
	watcher_unload(&a, MODEL);
	watcher_end(&a);
	watcher_end(&b);
	store_close(one);
	store_close(other);
}

/* The host's clock is ahead: what stops is still told from what stays, and what the operator sees is by our clock. */
static void
check_skew(const char *skew)
{
	struct ollama_settings settings = { .interval_ms = 400 };
	gint64 left;
	guint agreed, held = ollama_rig_count(lab, "work 8.0");
	struct watcher r;

	ollama_rig_stop(lab);
	port = ollama_rig_start(lab, "--skew", skew, NULL);
	settings.port = (guint16)port;
	watcher_begin(&r, lab, NULL, &settings, NULL);
	r.host->probe = (struct probe){ .at_us = g_get_monotonic_time(),
		                        .host_time_us = g_get_real_time() + g_ascii_strtoll(skew, NULL, 10) * G_USEC_PER_SEC };
	datum_good(&r.host->probe_datum, r.host->probe.at_us);
	WAIT_FOR(r.llm->datum.state == DATUM_OK);
	watcher_load(&r, MODEL);
	left = watcher_model(&r, MODEL)->expires_us - g_get_real_time();
	g_assert_cmpint(left, >, 280 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(left, <, 310 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(watcher_sees(&r, MODEL), ==, OLLAMA_LOADED);
	agreed = ollama_rig_count(lab, "\"keep_alive\":0");
	ollama_rig_use(lab, MODEL, 8);
	WAIT_FOR(ollama_rig_count(lab, "work 8.0") > held);
	ollama_unload(r.ollama, MODEL, watcher_done, &r);
	WAIT_FOR(ollama_rig_count(lab, "\"keep_alive\":0") > agreed);
	WAIT_FOR(watcher_sees(&r, MODEL) == OLLAMA_STOPPING);
	g_assert_cmpuint(r.told, ==, 0);
	watcher_told(&r, OUTCOME_OK, "unloaded after");
	watcher_end(&r);
	ollama_rig_stop(lab);
	port = ollama_rig_start(lab, NULL);
}

static void
test_clock_ahead(void)
{
	check_skew("120");
}

static void
test_clock_behind(void)
{
	check_skew("-600");
}

static void
start_lab(void)
{
	lab = lab_new();
	port = ollama_rig_start(lab, NULL);
	lab_sshd(lab, "near", NULL);
}

int
main(int argc, char **argv)
{
	int code;

	g_test_init(&argc, &argv, NULL);
	if (!lab_have(LAB_SSHD))
		return 77;
	start_lab();
	g_test_add_data_func("/ollama-use/local", NULL, test_uses);
	g_test_add_data_func("/ollama-use/ssh", "near", test_uses);
	g_test_add_data_func("/ollama-use/shorter/local", NULL, test_shorter_use);
	g_test_add_data_func("/ollama-use/shorter/ssh", "near", test_shorter_use);
	g_test_add_func("/ollama-use/store", test_store);
	g_test_add_func("/ollama-use/two-consoles", test_two_consoles);
	g_test_add_func("/ollama-use/clock-ahead", test_clock_ahead);
	g_test_add_func("/ollama-use/clock-behind", test_clock_behind);
	code = g_test_run();
	lab_free(lab);
	return code;
}
