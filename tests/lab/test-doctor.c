/* `midwatch doctor` on real machines: what it finds, how it says it, and its exit code. */
#include "backends/store.h"
#include "tests/lab/console_rig.h"
#include "tests/lab/ollama_rig.h"

#include <cjson/cJSON.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct lab *lab;

static void check_steps(const cJSON *of)
{
	const cJSON *step;

	g_assert_true(cJSON_IsArray(cJSON_GetObjectItem(of, "steps")));
	cJSON_ArrayForEach(step, cJSON_GetObjectItem(of, "steps")) {
		const char *result = cJSON_GetStringValue(cJSON_GetObjectItem(step, "result"));
		g_assert_nonnull(cJSON_GetStringValue(cJSON_GetObjectItem(step, "step")));
		g_assert_nonnull(cJSON_GetStringValue(cJSON_GetObjectItem(step, "text")));
		g_assert_true(g_strv_contains((const char *const[]){"ok", "note", "failed", NULL}, result));
	}
}

/* The JSON of a run in this home, checked against what the manual promises; the caller deletes it. */
static cJSON *run_json_in(struct trial *t, int expected_code)
{
	int code;
	g_autofree char *text = trial_run(t, &code, "doctor", "--json", NULL);
	cJSON *root = cJSON_Parse(text), *host;

	if (root == NULL || code != expected_code)
		g_error("doctor --json ended with %d instead of %d and printed:\n%s", code, expected_code, text);
	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItem(root, "version")), ==, 1);
	cJSON_ArrayForEach(host, cJSON_GetObjectItem(root, "hosts")) {
		g_assert_nonnull(cJSON_GetStringValue(cJSON_GetObjectItem(host, "name")));
		g_assert_true(cJSON_IsBool(cJSON_GetObjectItem(host, "reached")));
		check_steps(host);
	}
	check_steps(cJSON_GetObjectItem(root, "store"));
	g_assert_null(strstr(text, "PRIVATE KEY"));
	trial_wait_nothing_of(t->mark);
	return root;
}

static cJSON *run_json(int expected_code, const char *hosts)
{
	struct trial *t = trial_home("hosts:\n%s", hosts);
	cJSON *root = run_json_in(t, expected_code);

	trial_free(t);
	return root;
}

static const cJSON *host_of(const cJSON *root, int index)
{
	const cJSON *host = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "hosts"), index);

	g_assert_nonnull(host);
	return host;
}

static gboolean is_reached(const cJSON *root, int index)
{
	return cJSON_IsTrue(cJSON_GetObjectItem(host_of(root, index), "reached"));
}

/* The result and the text of a step; the test fails when it is not there. */
static const char *step_in(const cJSON *of, const char *name, const char **text, const char **remedy)
{
	const cJSON *step;

	cJSON_ArrayForEach(step, cJSON_GetObjectItem(of, "steps")) {
		if (!g_str_equal(cJSON_GetStringValue(cJSON_GetObjectItem(step, "step")), name))
			continue;
		if (text != NULL)
			*text = cJSON_GetStringValue(cJSON_GetObjectItem(step, "text"));
		if (remedy != NULL)
			*remedy = cJSON_GetStringValue(cJSON_GetObjectItem(step, "remedy"));
		return cJSON_GetStringValue(cJSON_GetObjectItem(step, "result"));
	}
	g_autofree char *all = cJSON_Print(of);
	g_error("no step \"%s\" in:\n%s", name, all);
}

static const char *step_of(const cJSON *root, int index, const char *name, const char **text, const char **remedy)
{
	return step_in(host_of(root, index), name, text, remedy);
}

static void assert_steps(const cJSON *root, int index, const char *const *names)
{
	for (; *names != NULL; names++)
		g_assert_cmpstr(step_of(root, index, *names, NULL, NULL), ==, "ok");
}

/* The text of a run. */
static char *run_text(int expected_code, const char *hosts)
{
	struct trial *t = trial_home("hosts:\n%s", hosts);
	int code;
	char *text = trial_run(t, &code, "doctor", NULL);

	if (code != expected_code)
		g_error("doctor ended with %d instead of %d and printed:\n%s", code, expected_code, text);
	g_assert_null(strchr(text, '\033'));
	trial_wait_nothing_of(t->mark);
	trial_free(t);
	return text;
}

static void test_local(void)
{
	g_autofree char *host = trial_host_local("here"), *text = run_text(0, host);
	const char *docker;
	cJSON *root = run_json(0, host);

	g_assert_true(is_reached(root, 0));
	assert_steps(root, 0, (const char *const[]){"link", "shell", "probe", "docker", "cron", NULL});
	step_of(root, 0, "docker", &docker, NULL);
	g_assert_true(g_regex_match_simple("^API 1\\.\\d+, 14 containers$", docker, 0, 0));
	cJSON_Delete(root);
	g_assert_true(g_str_has_prefix(text, "here\n  ok      link "));
	g_assert_cmpuint(trial_count(text, "^  ok +docker +API 1\\.\\d+, 14 containers$"), ==, 1);
	g_assert_cmpuint(trial_count(text, "^  ok +probe +.*Linux .*, up ([1-9]\\d*[dhms]\\S*|0s)$"), ==, 1);
	g_assert_cmpuint(trial_count(text, "^  failed"), ==, 0);
}

/* Both transports, in the configuration's order. */
static void test_ssh(void)
{
	g_autofree char *a = trial_host_ssh("one", "plain", "libssh2"), *b = trial_host_ssh("two", "plain", "ssh"), *both = g_strconcat(a, b, NULL);
	static const char *const all[] = {"resolve", "connect", "handshake", "host key", "authentication", "link", "shell", "probe", "docker", "cron", NULL};
	cJSON *root = run_json(0, both);
	const char *by;

	for (int i = 0; i < 2; i++) {
		g_assert_true(is_reached(root, i));
		assert_steps(root, i, all);
		step_of(root, i, "link", &by, NULL);
		g_assert_true(g_str_has_suffix(by, i ? "by ssh" : "by libssh2"));
	}
	g_assert_cmpstr(cJSON_GetStringValue(cJSON_GetObjectItem(host_of(root, 1), "name")), ==, "two");
	cJSON_Delete(root);
}

static void test_unknown_key(void)
{
	g_autofree char *file = lab_path(lab, "nobody_known"), *line = g_strdup_printf("    known_hosts: %s\n", file);
	g_autofree char *a = trial_host_ssh("one", "asking", "libssh2"), *b = trial_host_ssh("two", "asking", "ssh");
	g_autofree char *both = g_strconcat(a, line, b, line, NULL), *text = NULL;
	cJSON *root = run_json(3, both);

	for (int i = 0; i < 2; i++) {
		const char *key, *remedy;
		g_assert_false(is_reached(root, i));
		g_assert_cmpstr(step_of(root, i, "host key", &key, &remedy), ==, "failed");
		g_assert_nonnull(strstr(key, "SHA256:"));
		g_assert_nonnull(strstr(remedy, "known_hosts"));
	}
	cJSON_Delete(root);
	g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS)); /* it answers no question */
	text = run_text(3, both);
	g_assert_cmpuint(trial_count(text, "^  failed  host key +.*SHA256:"), ==, 2);
	g_assert_cmpuint(trial_count(text, "^ +-> .*known_hosts"), ==, 2);
}

static void test_refused(void)
{
	g_autofree char *a = trial_host_ssh("one", "gone", "libssh2"), *b = trial_host_ssh("two", "gone", "ssh"), *both = g_strconcat(a, b, NULL);
	cJSON *root = run_json(3, both);

	for (int i = 0; i < 2; i++) {
		const char *text, *remedy;
		g_assert_false(is_reached(root, i));
		g_assert_cmpstr(step_of(root, i, "resolve", NULL, NULL), ==, "ok");
		g_assert_cmpstr(step_of(root, i, "connect", &text, &remedy), ==, "failed");
		g_assert_true(g_regex_match_simple("refused", text, G_REGEX_CASELESS, 0));
		g_assert_nonnull(remedy);
	}
	cJSON_Delete(root);
}

static void test_wrong_key(void)
{
	g_autofree char *a = trial_host_ssh("one", "locked", "libssh2"), *b = trial_host_ssh("two", "locked", "ssh");
	g_autofree char *good = trial_host_local("here"), *all = g_strconcat(a, b, good, NULL);
	cJSON *root = run_json(3, all);

	for (int i = 0; i < 2; i++) {
		const char *remedy;
		g_assert_false(is_reached(root, i));
		g_assert_cmpstr(step_of(root, i, "host key", NULL, NULL), ==, "ok");
		g_assert_cmpstr(step_of(root, i, "authentication", NULL, &remedy), ==, "failed");
		g_assert_nonnull(remedy);
	}
	g_assert_true(is_reached(root, 2)); /* the others are harmed by nothing */
	g_assert_cmpstr(step_of(root, 2, "docker", NULL, NULL), ==, "ok");
	cJSON_Delete(root);
}

/* What was not tried is not said to work. */
static void test_no_configuration(void)
{
	g_autofree char *path = lab_path(lab, "no-such-config");
	g_autofree char *hosts = g_strdup_printf("  - {name: one, ssh_config: %s}\n  - {name: two, ssh_config: %s, transport: ssh}\n", path, path);
	cJSON *root = run_json(3, hosts);

	for (int i = 0; i < 2; i++) {
		const cJSON *steps = cJSON_GetObjectItem(host_of(root, i), "steps");
		g_assert_cmpint(cJSON_GetArraySize(steps), ==, 1);
		g_assert_cmpstr(step_of(root, i, "configuration", NULL, NULL), ==, "failed");
	}
	cJSON_Delete(root);
}

/* No Docker is no fault. */
static void test_no_docker(void)
{
	g_autofree char *path = lab_path(lab, "nowhere.sock"), *config = lab_path(lab, "ssh_config"), *hosts = NULL;
	cJSON *root;
	const char *text;

	hosts = g_strdup_printf("  - name: here\n    local: true\n    docker: {socket: %s}\n"
	                        "  - name: far\n    ssh: plain\n    ssh_config: %s\n    docker: {socket: %s}\n", path, config, path);
	root = run_json(0, hosts);
	for (int i = 0; i < 2; i++) {
		g_assert_cmpstr(step_of(root, i, "docker", &text, NULL), ==, "note");
		g_assert_nonnull(strstr(text, "no Docker here"));
	}
	cJSON_Delete(root);
}

/* A daemon that has died leaves its socket: that is one. */
static void test_dead_docker(void)
{
	g_autofree char *path = lab_path(lab, "dead.sock"), *hosts = g_strdup_printf("  - name: here\n    local: true\n    docker: {socket: %s}\n", path);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const char *remedy;
	cJSON *root;

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	close(fd);
	root = run_json(1, hosts);
	g_assert_true(is_reached(root, 0));
	g_assert_cmpstr(step_of(root, 0, "docker", NULL, &remedy), ==, "failed");
	g_assert_nonnull(remedy);
	cJSON_Delete(root);
}

/* One that answers, none at all, and something else at its port. */
static void test_ollama(void)
{
	static const char *const host = "  - {name: %s, ssh: plain, ssh_config: %s, docker: {disabled: true}, ollama: {port: %u}}\n";
	guint port = ollama_rig_start(lab, NULL);
	GString *hosts = g_string_new(NULL);
	const char *text, *remedy;
	cJSON *root;

	g_string_append_printf(hosts, host, "with", lab_ssh_config(lab), port);
	g_string_append_printf(hosts, host, "without", lab_ssh_config(lab), 1);
	g_string_append_printf(hosts, host, "other", lab_ssh_config(lab), lab_sshd_port(lab, "plain"));
	root = run_json(1, hosts->str);
	g_assert_cmpstr(step_of(root, 0, "ollama", &text, NULL), ==, "ok");
	g_assert_true(g_regex_match_simple("^version \\d+\\.\\d+\\.\\d+, [1-9]\\d* models$", text, 0, 0));
	g_assert_cmpstr(step_of(root, 1, "ollama", &text, &remedy), ==, "note");
	g_assert_cmpstr(step_of(root, 2, "ollama", &text, &remedy), ==, "failed");
	g_assert_nonnull(strstr(remedy, "ollama: {host, port}"));
	cJSON_Delete(root);
	g_string_free(hosts, TRUE);
}

static void fill_store(const char *path)
{
	static const struct audit_intent intent = {.action = "container.restart", .host = "vm", .target = "web", .request = "POST /restart"};
	g_autoptr(GError) error = NULL;
	struct store *s = store_open(path, &error);

	g_assert_no_error(error);
	g_assert_true(store_audit_end(s, store_audit_begin(s, &intent, &error), OUTCOME_OK, "done", &error));
	store_close(s);
}

static const char *store_step(cJSON *root, const char *name, const char **text)
{
	return step_in(cJSON_GetObjectItem(root, "store"), name, text, NULL);
}

/* None yet, a whole one, one whose head is not the one that was written, and what is no database. */
static void test_store(void)
{
	g_autofree char *host = trial_host_local("here");
	struct trial *t = trial_home("hosts:\n%s", host);
	g_autofree char *path = trial_path(t, "state/midwatch/store.db"), *head = g_strconcat(path, ".head", NULL);
	const char *text;
	cJSON *root = run_json_in(t, 0);

	g_assert_cmpstr(store_step(root, "database", &text), ==, "note");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS)); /* it makes none */
	cJSON_Delete(root);
	fill_store(path);
	root = run_json_in(t, 0);
	g_assert_cmpstr(store_step(root, "database", &text), ==, "ok");
	g_assert_cmpstr(text, ==, path);
	g_assert_cmpstr(store_step(root, "audit log", &text), ==, "ok");
	g_assert_cmpstr(text, ==, "2 rows, none changed");
	cJSON_Delete(root);
	g_assert_true(g_file_set_contents(head, "3 0000\n", -1, NULL));
	root = run_json_in(t, 1);
	g_assert_cmpstr(store_step(root, "audit log", &text), ==, "failed");
	cJSON_Delete(root);
	g_assert_true(g_file_set_contents(path, "no database, but long enough to be taken for one by its size alone", -1, NULL));
	root = run_json_in(t, 1);
	g_assert_cmpstr(store_step(root, "database", &text), ==, "failed");
	g_assert_nonnull(strstr(text, "not a database"));
	cJSON_Delete(root);
	trial_free(t);
}

/* A key file with a passphrase: the doctor asks for none and shows nothing of the key. */
static void test_passphrase(void)
{
	g_autofree char *key = lab_path(lab, "with_passphrase"), *line = g_strconcat("IdentityFile ", key, NULL), *secret = NULL, *text = NULL;
	const char *argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "correct horse", "-f", key, NULL};

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	lab_ssh_host(lab, "sealed", lab_sshd_port(lab, "locked"), "locked", line, NULL);
	g_autofree char *host = trial_host_ssh("far", "sealed", "libssh2");
	text = run_text(3, host);
	g_assert_nonnull(strstr(text, key));
	g_assert_true(g_regex_match_simple("^  failed  authentication .*passphrase", text, G_REGEX_MULTILINE, 0));
	g_assert_true(g_file_get_contents(key, &secret, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(secret, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++)
		if (*lines[i] != '\0')
			g_assert_null(strstr(text, lines[i]));
}

static void set_up(void)
{
	lab = trial_lab(LAB_SSHD);
	lab_sshd(lab, "plain", NULL);
	lab_sshd(lab, "locked", NULL);
	g_autofree char *nobody = g_build_filename(lab_dir(lab), "sshd-locked", "authorized_keys", NULL);
	g_assert_true(g_file_set_contents(nobody, "", 0, NULL));
	lab_ssh_host(lab, "asking", lab_sshd_port(lab, "plain"), "plain", "StrictHostKeyChecking ask", NULL);
	lab_ssh_host(lab, "gone", 1, "plain", NULL);
}

/* Of a fleet it says how many gateways there are and how many were reached; one that was not makes the exit code. */
static void test_fleet(void)
{
	struct trial *t = trial_home("hosts:\n  - {name: here, local: true, docker: {disabled: true}}\nfleet: {gateways: [plain, nowhere.invalid], ssh_config: %s}\n",
	                             lab_ssh_config(lab));
	cJSON *root = run_json_in(t, 3);
	const cJSON *fleet = cJSON_GetObjectItem(root, "fleet");
	const char *text = NULL;

	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItem(fleet, "gateways")), ==, 2);
	g_assert_cmpfloat(cJSON_GetNumberValue(cJSON_GetObjectItem(fleet, "reached")), ==, 1);
	check_steps(fleet);
	g_assert_cmpstr(step_in(fleet, "gateways", &text, NULL), ==, "failed");
	g_assert_cmpstr(text, ==, "1 of 2 reached");
	g_assert_cmpstr(step_in(fleet, "configuration", &text, NULL), ==, "ok");
	g_assert_cmpstr(text, ==, "2 gateways");
	cJSON_Delete(root);
	trial_free(t);
}

int main(int argc, char **argv)
{
	static const struct trial_test tests[] = {
		{"/doctor/local", test_local},         {"/doctor/ssh", test_ssh},             {"/doctor/unknown-key", test_unknown_key},
		{"/doctor/refused", test_refused},     {"/doctor/wrong-key", test_wrong_key}, {"/doctor/no-docker", test_no_docker},
		{"/doctor/dead-docker", test_dead_docker}, {"/doctor/passphrase", test_passphrase},
		{"/doctor/no-configuration", test_no_configuration},
		{"/doctor/ollama", test_ollama},       {"/doctor/store", test_store},             {"/doctor/fleet", test_fleet},
	};

	return trial_main(argc, argv, tests, G_N_ELEMENTS(tests), LAB_SSHD, set_up);
}
