/* Models by keys, in the whole program, on a host behind a real sshd: the sheet and what it forecasts, the second question, load and unload,
 * and a load whose link is cut. */
#include "tests/lab/console_rig.h"
#include "tests/lab/lab_proxy.h"
#include "tests/lab/ollama_rig.h"
#include "tests/screens/console_fixture.h"
#include "tests/screens/golden.h"
#include "tests/screens/probe_double.h"

#include <string.h>

static struct lab *lab;
static struct lab_proxy *cable;
static guint port;

/* A console on the Models panel, whose one host has the lab's Ollama and whose memory is known. */
static struct trial *start(void)
{
	struct trial *t = trial_console("hosts:\n  - name: vm\n    ssh: far\n    ssh_config: %s\n    refresh: 1\n    connect_timeout: 5\n    docker: {disabled: true}\n"
	                                "    ollama: {port: %u, refresh: 1, keep_alive: 10m}\nstart_panel: models\n",
	                                lab_ssh_config(lab), port);

	driver_wait(t->driver, "qwen2.5-coder:1.5b", 0);
	driver_wait(t->driver, "(estimate: size", 0);
	return t;
}

static void select_model(struct driver *d, const char *name)
{
	g_autofree char *row = g_strdup_printf("^>. %s ", name);

	driver_keys(d, "/");
	driver_type(d, name);
	driver_keys(d, "Enter");
	driver_wait_match(d, row, 0);
}

/* Shows the panel and what stands in the details of the model under the cursor, in two sizes. */
static void check_panel(struct driver *d, const char *const *masks)
{
	driver_wait_match(d, "^>. qwen2.5-coder:1.5b .* 1.1G ", 0);
	golden_check(d, "models", masks);
	driver_keys(d, "Enter");
	driver_wait(d, "[Model]", 0);
	golden_check(d, "models-details", masks);
	driver_resize(d, 45, 160);
	golden_check(d, "models-details-160", masks);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "[Model]", 0);
	golden_check(d, "models-160", masks);
	driver_resize(d, 24, 80);
}

/* How it looks, on a host whose memory does not depend on the machine of the test. */
static void test_looks(void)
{
	static const char *const masks[] = {
		MASK_CLOCK, "~(?<=127\\.0\\.0\\.1:)\\d+", "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ", "\\b\\dm\\d\\ds\\b", "( {3}\\d| {2}\\d\\d)[sm]\\b", "~(?<=last )\\d+[sm]\\b", NULL
	};
	struct trial *t = trial_console("hosts:\n  - name: srv1\n    local: true\n    refresh: 1\n    docker: {disabled: true}\n    cron: {disabled: true}\n"
	                                "    ollama: {port: %u, refresh: 1, keep_alive: 10m}\nstart_panel: models\n", port);
	struct driver *d = t->driver;

	driver_resize(d, 24, 80);
	driver_wait_match(d, "GPU: (none|there is one)", 0);
	if (!driver_has(d, "GPU: none")) {
		g_test_skip("the machine has a GPU");
		trial_quit(t);
		return;
	}
	select_model(d, "llama3.1:8b");
	driver_keys(d, "L");
	driver_wait(d, "Load llama3.1:8b on srv1", 0);
	golden_check(d, "sheet-model-load-tight", masks);
	driver_keys(d, "y");
	driver_wait(d, "load all the same", 0);
	golden_check(d, "sheet-model-load-second", masks);
	fixture_cancel(d);
	driver_keys(d, "Esc");
	driver_wait(d, "13 of 13", 0); /* no filter */
	select_model(d, "qwen2.5-coder:1.5b");
	driver_keys(d, "L");
	driver_wait(d, "Load qwen2.5-coder:1.5b on srv1", 0);
	golden_check(d, "sheet-model-load", masks);
	driver_keys(d, "y");
	driver_wait(d, "loaded after", 0);
	driver_keys(d, "4");
	driver_wait(d, "1 of 13", 0);
	driver_keys(d, "Esc");
	driver_wait(d, "13 of 13", 0);
	check_panel(d, masks);
	driver_keys(d, "u");
	driver_wait(d, "Unload qwen2.5-coder:1.5b on srv1", 0);
	golden_check(d, "sheet-model-unload", masks);
	driver_keys(d, "y");
	driver_wait(d, "unloaded after", 0);
	trial_quit(t);
}

/* Confirms, also a second time when the machine of the test has little memory left. */
static void confirm(struct driver *d)
{
	driver_keys(d, "y");
	driver_wait_match(d, "all the same|Activity", 0);
	if (driver_has(d, "all the same"))
		driver_keys(d, "y");
	driver_wait(d, "Activity", 0);
}

static guint sent(const char *name)
{
	g_autofree char *text = g_strdup_printf("/api/generate {\"model\":\"%s\"", name);

	return ollama_rig_count(lab, text);
}

static void test_load_and_unload(void)
{
	struct trial *t = start();
	struct driver *d = t->driver;
	g_autofree char *request = g_strdup_printf("POST http://127.0.0.1:%u/api/generate", port);

	driver_wait_match(d, "GPU: (none|there is one)", 0);
	select_model(d, "big:405b");
	driver_keys(d, "L");
	driver_wait(d, "Load big:405b on vm", 0);
	driver_wait(d, request, 0);
	driver_wait(d, "\"keep_alive\":\"10m\"", 0);
	driver_wait(d, "400G on disk; needs about 480G (estimate: size on disk × 1.2)", 0);
	driver_wait(d, "too little: swap pressure likely", 0);
	driver_keys(d, "Enter");
	driver_wait(d, "Load big:405b on vm", 0);
	driver_keys(d, "y");
	driver_wait(d, "it is likely to swap", 0);
	driver_wait(d, "load all the same", 0);
	g_assert_cmpuint(sent("big:405b"), ==, 0);
	driver_keys(d, "y");
	driver_wait_match(d, "load +big:405b +vm +ok +.*loaded after", 0);
	driver_keys(d, "4");
	driver_wait_match(d, "^>. big:405b .* 460G ", 0);
	driver_keys(d, "u");
	driver_wait(d, "Unload big:405b on vm", 0);
	driver_wait(d, "frees about 460G", 0);
	driver_wait(d, "Loses: the loaded weights", 0);
	confirm(d);
	driver_wait_match(d, "unload +big:405b +vm +ok +.*unloaded after", 0);
	g_assert_cmpuint(sent("big:405b"), ==, 2);
	trial_quit(t);
}

/* What was given up at the sheet, or at the second question, is not sent. */
static void test_given_up(void)
{
	guint before = sent("big:405b");
	struct trial *t = start();
	struct driver *d = t->driver;

	select_model(d, "big:405b");
	driver_keys(d, "L");
	driver_wait(d, "Load big:405b on vm", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "Load big:405b on vm", 0);
	driver_keys(d, "L");
	driver_wait(d, "Load big:405b on vm", 0);
	driver_keys(d, "y");
	driver_wait(d, "load all the same", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "load all the same", 0);
	trial_quit(t);
	g_assert_cmpuint(sent("big:405b"), ==, before);
}

/* Ollama gives a load up when its client goes: the outcome is unknown, then found out, and the load is not sent again. */
static void test_cut(void)
{
	guint before = sent("slow:latest");
	struct trial *t = start();
	struct driver *d = t->driver;

	select_model(d, "slow:latest");
	driver_keys(d, "L");
	driver_wait(d, "Load slow:latest on vm", 0);
	confirm(d);
	driver_wait_match(d, "load +slow:latest +vm +running", 0);
	while (sent("slow:latest") == before)
		driver_pump(d, 0.1);
	lab_proxy_cut(cable);
	driver_wait_match(d, "load +slow:latest +vm +verifying .*the link was lost before the answer came", 0);
	driver_wait_match(d, "load +slow:latest +vm +failed .*not loaded: no answer came", 0);
	g_assert_cmpuint(sent("slow:latest"), ==, before + 1);
	trial_quit(t);
}

/* A fault of the daemon's, in its words. */
static void test_fault(void)
{
	struct trial *t = start();
	struct driver *d = t->driver;

	select_model(d, "no-memory:latest");
	driver_keys(d, "L");
	driver_wait(d, "Load no-memory:latest on vm", 0);
	confirm(d);
	driver_wait_match(d, "load +no-memory:latest +vm +failed .*Ollama says: model requires more system memory", 0);
	trial_quit(t);
}

static void test_hostile(void)
{
	struct trial *t = start();
	struct driver *d = t->driver;

	driver_keys(d, "/");
	driver_type(d, "evil");
	driver_keys(d, "Enter");
	driver_wait_match(d, "^>. evil", 0);
	driver_keys(d, "L");
	driver_wait(d, "Load evil", 0);
	confirm(d);
	driver_wait_match(d, "ok +.*loaded after", 0);
	trial_assert_harmless(d);
	g_assert_false(g_file_test("/tmp/owned", G_FILE_TEST_EXISTS));
	trial_quit(t);
}

int main(int argc, char **argv)
{
	g_autofree char *bin = NULL, *path = NULL;
	int code;

	g_test_init(&argc, &argv, NULL);
	if (!lab_have(LAB_SSHD))
		return 77;
	lab = lab_new();
	bin = lab_path(lab, "bin");
	path = probe_double_new(bin);
	g_setenv("PATH", path, TRUE);
	port = ollama_rig_start(lab, "--slow-seconds", "40", NULL);
	lab_sshd(lab, "near", NULL);
	cable = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "near"));
	lab_ssh_host(lab, "far", lab_proxy_port(cable), "near", NULL);
	g_test_add_func("/ollama-console/looks", test_looks);
	g_test_add_func("/ollama-console/load-and-unload", test_load_and_unload);
	g_test_add_func("/ollama-console/given-up", test_given_up);
	g_test_add_func("/ollama-console/cut", test_cut);
	g_test_add_func("/ollama-console/fault", test_fault);
	g_test_add_func("/ollama-console/hostile", test_hostile);
	code = g_test_run();
	lab_proxy_free(cable);
	lab_free(lab);
	return code;
}
