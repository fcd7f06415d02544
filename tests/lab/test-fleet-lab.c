/* The fleet of the lab, the doubles of Tailscale and of the inventory: what they say has to be what the real ones say. Asked with ssh and curl. */
#include "tests/lab/inventory_rig.h"
#include "tests/lab/lab_fleet.h"
#include "tests/lab/tailscale_rig.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT 1000
#define AT_ONCE 60
#define RUNNER_FAILS 255 /* ssh itself */
#define TIME_IS_UP 124   /* timeout */

static struct lab *the_lab;
static struct lab_fleet *the_fleet;

/* Runs a command up to NULL; gives its output, its exit code in `code`, what it says on stderr in `errors` unless that is NULL. */
static char *run(int *code, char **errors, ...) G_GNUC_NULL_TERMINATED;
static char *run(int *code, char **errors, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	char *output = NULL;
	va_list words;
	int status = 0;

	va_start(words, errors);
	for (char *word; (word = va_arg(words, char *));)
		g_ptr_array_add(argv, word);
	va_end(words);
	g_ptr_array_add(argv, NULL);
	g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH | (errors ? 0 : G_SPAWN_STDERR_TO_DEV_NULL), NULL,
	                           NULL, &output, errors, &status, &error));
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return output;
}

static char *ssh_with(const char *name, const char *command, int *code, char **errors)
{
	return run(code, errors, "timeout", "60", "ssh", "-T", "-F", lab_ssh_config(the_lab), "-o", "ConnectTimeout=1",
	           "-o", "KexAlgorithms=curve25519-sha256", "-c", "aes128-gcm@openssh.com", name, command, NULL);
}

static char *ssh(const char *name, const char *command)
{
	g_autofree char *errors = NULL;
	int code;
	char *output = ssh_with(name, command, &code, &errors);

	if (code != 0)
		g_error("%s: %s: exit code %d: %s", name, command, code, errors);
	return g_strchomp(output);
}

static void assert_says(const char *name, const char *command, const char *output)
{
	g_autofree char *said = ssh(name, command);

	g_assert_cmpstr(said, ==, output);
}

static void assert_exits(const char *name, const char *command, int expected, const char *errors_with)
{
	g_autofree char *errors = NULL;
	int code;

	g_free(ssh_with(name, command, &code, &errors));
	g_assert_cmpint(code, ==, expected);
	if (!strstr(errors, errors_with))
		g_error("%s: %s: said %s", name, command, errors);
}

static void assert_reads(int fd, const char *text)
{
	char bytes[64];
	gsize length = 0;

	while (length < strlen(text)) {
		gssize n = read(fd, bytes + length, strlen(text) - length);
		g_assert_cmpint(n, >, 0);
		length += (gsize)n;
	}
	g_assert_cmpmem(bytes, length, text, strlen(text));
}

static gboolean fleet_is_up(void)
{
	if (!lab_have(LAB_SSHD))
		return FALSE;
	if (!the_fleet) {
		the_lab = lab_new();
		the_fleet = lab_fleet(the_lab, COUNT);
	}
	return TRUE;
}

/* --- the fleet --- */

static void test_addresses(void)
{
	g_autofree char *first = lab_fleet_address("pi-gw001"), *full = lab_fleet_address("pi-gw250");
	g_autofree char *next = lab_fleet_address("pi-gw251"), *last = lab_fleet_address("pi-gw1000"), *name = lab_fleet_name(1000);

	g_assert_cmpstr(first, ==, "127.1.0.1");
	g_assert_cmpstr(full, ==, "127.1.0.250");
	g_assert_cmpstr(next, ==, "127.1.1.1");
	g_assert_cmpstr(last, ==, "127.1.3.250");
	g_assert_cmpstr(name, ==, "pi-gw1000");
}

/* Many at once, each knows who it is. */
static void test_many(void)
{
	GPid pids[AT_ONCE];
	int outputs[AT_ONCE];

	if (!fleet_is_up())
		return;
	gint64 start = g_get_monotonic_time();
	for (guint i = 0; i < AT_ONCE; i++) {
		g_autofree char *name = lab_fleet_name(1 + i * (COUNT - 1) / (AT_ONCE - 1));
		const char *argv[] = {"ssh", "-T", "-F", lab_ssh_config(the_lab), name, "hostname; systemctl is-active novavms-gateway", NULL};
		g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
		                                       &pids[i], NULL, &outputs[i], NULL, NULL));
	}
	for (guint i = 0; i < AT_ONCE; i++) {
		g_autofree char *name = lab_fleet_name(1 + i * (COUNT - 1) / (AT_ONCE - 1)), *expected = g_strconcat(name, "\nactive\n", NULL);
		assert_reads(outputs[i], expected);
		close(outputs[i]);
		waitpid(pids[i], NULL, 0);
	}
	g_test_message("%d logins at once: %.1f s", AT_ONCE, (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
}

static void test_known_hosts(void)
{
	g_autofree char *path = NULL;
	int code;

	if (!fleet_is_up())
		return;
	path = lab_path(the_lab, "fleet/known_hosts");
	for (guint i = 0; i < 3; i++) {
		lab_fleet_known(the_fleet, ((const char *const[]){"plain", "hashed", "wildcard"})[i]);
		g_autofree char *text = NULL, *place = g_strdup_printf("[127.1.3.250]:%u", lab_fleet_port(the_fleet));
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
		g_assert_cmpuint(g_strv_length(lines), ==, i < 2 ? COUNT : 1);
		g_assert_cmpint(g_str_has_prefix(lines[0], "|1|"), ==, i == 1);
		g_free(run(&code, NULL, "ssh-keygen", "-F", place, "-f", path, NULL));
		g_assert_cmpint(code, ==, 0);
		assert_says("pi-gw1000", "hostname", "pi-gw1000");
	}
}

static void test_unit(void)
{
	if (!fleet_is_up())
		return;
	assert_says("pi-gw002", "systemctl show -p ActiveState,MainPID -p NRestarts --property=LoadState,Nothing novavms-gateway",
	            "MainPID=812\nNRestarts=0\nLoadState=loaded\nActiveState=active");
	assert_says("pi-gw002", "systemctl show --value -p SubState novavms-gateway.service", "running");
	assert_says("pi-gw002", "systemctl show -p LoadState novavms-gateway other", "LoadState=loaded\n\nLoadState=not-found");
	lab_fleet_set(the_fleet, "pi-gw002", "unit",
	              "ActiveState=failed\nSubState=failed\nResult=exit-code\nNRestarts=5\nMemoryCurrent=[not set]\nMainPID=0\n");
	assert_says("pi-gw002", "systemctl show -p ActiveState,SubState,Result,NRestarts,MemoryCurrent,MainPID novavms-gateway",
	            "MainPID=0\nResult=exit-code\nNRestarts=5\nMemoryCurrent=[not set]\nActiveState=failed\nSubState=failed");
	assert_exits("pi-gw002", "systemctl is-active novavms-gateway", 3, "");
	lab_fleet_set(the_fleet, "pi-gw002", "unit", NULL);
	assert_says("pi-gw002", "systemctl is-active novavms-gateway", "active");
}

static void test_restart(void)
{
	static const char name[] = "pi-gw003";
	g_autofree char *before = NULL, *after = NULL;

	if (!fleet_is_up())
		return;
	before = ssh(name, "systemctl show -p MainPID,ActiveEnterTimestampMonotonic novavms-gateway");
	assert_exits(name, "systemctl restart novavms-gateway", 1, "Interactive authentication required");
	assert_exits(name, "sudo -n systemctl restart other", 5, "Unit other.service not found");
	g_assert_cmpuint(lab_fleet_restarts(the_fleet, name), ==, 0);
	g_free(ssh(name, "sudo -n systemctl restart novavms-gateway"));
	after = ssh(name, "systemctl show -p MainPID,ActiveEnterTimestampMonotonic novavms-gateway");
	g_assert_cmpstr(before, !=, after);
	/* It has been up for as long as /proc/uptime says, to a second. */
	assert_says(name, "t=$(systemctl show --value -p ActiveEnterTimestampMonotonic novavms-gateway); read -r up rest </proc/uptime; "
	            "[ $((${up%.*} - t / 1000000)) -le 5 ] && echo fresh", "fresh");
	g_assert_cmpuint(lab_fleet_restarts(the_fleet, name), ==, 1);

	lab_fleet_set(the_fleet, name, "restart-fails", "");
	assert_exits(name, "sudo systemctl restart novavms-gateway", 1, "Job for novavms-gateway.service failed");
	assert_says(name, "systemctl show -p ActiveState,Result novavms-gateway", "Result=exit-code\nActiveState=activating");
	lab_fleet_set(the_fleet, name, "restart-fails", "later\n");
	g_free(ssh(name, "sudo systemctl restart novavms-gateway"));
	assert_says(name, "systemctl show -p ActiveState,ExecMainStatus novavms-gateway", "ExecMainStatus=1\nActiveState=activating");
	lab_fleet_set(the_fleet, name, "restart-fails", NULL);
	g_free(ssh(name, "sudo systemctl restart novavms-gateway"));
	assert_says(name, "systemctl is-active novavms-gateway", "active");
	g_assert_cmpuint(lab_fleet_restarts(the_fleet, name), ==, 4);
}

/* Without a journal of its own a gateway has had a heartbeat in the last half a minute. */
static void test_heartbeats(void)
{
	if (!fleet_is_up())
		return;
	assert_says("pi-gw004", "t=$(journalctl -u novavms-gateway -n 1 -o short-unix --no-hostname); now=$(date +%s); "
	            "[ $((now - ${t%%.*})) -le 31 ] && echo \"${t#* }\"", "novavms-gateway[812]: INFO heartbeat");
	/* One more when it is asked in the very second of one. */
	assert_says("pi-gw004", "n=$(journalctl -q --since='30 min ago' | wc -l); [ $n -eq 60 ] || [ $n -eq 61 ] && echo fits", "fits");
	assert_says("pi-gw004", "n=$(journalctl -q --since=-10min -o json | grep -c '\"MESSAGE\":\"INFO heartbeat\"'); [ $n -eq 20 ] || [ $n -eq 21 ] && echo fits",
	            "fits");
}

#define AFTER " --after-cursor=\"$c\" --show-cursor"
#define CURSOR_IS "-- cursor: s=8d2f6c0a4b1e4f7f9a3c5e7d1b2a4c6e;i="
#define LAST "c=$(journalctl -n 1 --show-cursor | sed -n 's/^-- cursor: //p'); "

static void test_journal(void)
{
	static const char name[] = "pi-gw005";

	if (!fleet_is_up())
		return;
	lab_fleet_set(the_fleet, name, "journal", "1700000000.25 systemd[1]: Started novavms-gateway.service - NovaVMS gateway.\n"
	              "1700000001.5 sshd[99]: Accepted publickey for ops\n-900 novavms-gateway[812]: <3>ERROR lost \"camera\\7\"\n"
	              "-20 novavms-gateway[812]: INFO heartbeat\n");
	assert_says(name, "journalctl -u novavms-gateway -n 9 -o short-unix --no-hostname | head -n 1",
	            "1700000000.250000 systemd[1]: Started novavms-gateway.service - NovaVMS gateway.");
	assert_says(name, "journalctl -o cat -u novavms-gateway --since=-30min", "ERROR lost \"camera\\7\"\nINFO heartbeat");
	assert_says(name, "journalctl -o cat -n 2 -u novavms-gateway.service", "ERROR lost \"camera\\7\"\nINFO heartbeat");
	assert_says(name, "journalctl --no-pager -u other", "-- No entries --");
	assert_says(name, "journalctl -o json --all --output-fields=PRIORITY,MESSAGE -n 3 | head -n 2 | sed 's/.*_BOOT_ID\":\"[^\"]*\"//'",
	            ",\"PRIORITY\":\"6\",\"MESSAGE\":\"Accepted publickey for ops\"}\n,\"PRIORITY\":\"3\",\"MESSAGE\":\"ERROR lost \\\"camera\\\\7\\\"\"}");
	assert_says(name, "journalctl -o json -n 4 | head -n 1 | grep -c "
	            "'\"__REALTIME_TIMESTAMP\":\"1700000000250000\".*\"_SYSTEMD_UNIT\":\"init.scope\"'", "1");
	assert_exits(name, "journalctl --nothing", 1, "unrecognized option");
}

static void test_cursors(void)
{
	static const char name[] = "pi-gw006";

	if (!fleet_is_up())
		return;
	lab_fleet_set(the_fleet, name, "journal", "1700000000 novavms-gateway[812]: one\n1700000001 novavms-gateway[812]: two\n");
	assert_says(name, "journalctl -o cat -u novavms-gateway -n 1 --show-cursor", "two\n" CURSOR_IS "2");
	assert_says(name, LAST "journalctl -o cat" AFTER, "-- No entries --\n" CURSOR_IS "2");
	assert_says(name, LAST "journalctl -q -o json" AFTER, CURSOR_IS "2");
	assert_says(name, LAST "echo \"$(date +%s).5 novavms-gateway[812]: three\" >>\"$GATEWAY_STATE/journal\"; "
	            "echo \"$(date +%s).6 novavms-gateway[812]: four\" >>\"$GATEWAY_STATE/journal\"; journalctl -o cat" AFTER,
	            "three\nfour\n" CURSOR_IS "4");
	/* With a place to begin at, -n counts from there. */
	assert_says(name, "c='s=8d2f6c0a4b1e4f7f9a3c5e7d1b2a4c6e;i=1'; journalctl -o cat -n 2" AFTER, "two\nthree\n" CURSOR_IS "3");
	assert_says(name, "journalctl -o cat --since=-30min -n 1", "three");
	assert_says(name, "journalctl -o cat --since=@1700000001 -n 1", "two");
	assert_says(name, "journalctl -o cat --cursor='s=8d2f6c0a4b1e4f7f9a3c5e7d1b2a4c6e;i=4'", "four");
	assert_exits(name, "journalctl --after-cursor=rubbish", 1, "Failed to seek to cursor: Invalid argument");
	assert_exits(name, "journalctl --since=-1h --after-cursor=x", 1, "Please specify only one of");
	assert_exits(name, "journalctl -u other --since=-1h --show-cursor", 1, "");
}

/* Follows; what is logged meanwhile comes at once. */
static void test_follow(void)
{
	static const char name[] = "pi-gw007";
	const char *argv[] = {"ssh", "-T", "-F", NULL, name, "journalctl -u novavms-gateway -f -n 1 -o cat", NULL};
	int output;
	GPid pid;

	if (!fleet_is_up())
		return;
	argv[3] = lab_ssh_config(the_lab);
	lab_fleet_log(the_fleet, name, "old");
	lab_fleet_log(the_fleet, name, "first");
	g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
	                                       &output, NULL, NULL));
	assert_reads(output, "first\n");
	lab_fleet_log(the_fleet, name, "second");
	lab_fleet_log(the_fleet, name, "third");
	assert_reads(output, "second\nthird\n");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(output);
}

static void test_behaviours(void)
{
	static const char name[] = "pi-gw008";
	g_autofree char *banner = NULL;
	int code;

	if (!fleet_is_up())
		return;
	lab_fleet_set(the_fleet, name, "behaviour", "hang\n");
	g_free(run(&code, NULL, "timeout", "0.5", "ssh", "-T", "-F", lab_ssh_config(the_lab), name, "hostname", NULL));
	g_assert_cmpint(code, ==, TIME_IS_UP);
	lab_fleet_set(the_fleet, name, "behaviour", "banner");
	banner = ssh(name, "hostname");
	g_auto(GStrv) lines = g_strsplit(banner, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 301);
	g_assert_cmpstr(lines[300], ==, name);
	lab_fleet_set(the_fleet, name, "behaviour", "flood");
	g_autofree char *flood = ssh(name, "hostname");
	g_assert_cmpuint(strlen(flood), ==, 100000000 + strlen(name));
	lab_fleet_set(the_fleet, name, "behaviour", "nojournal");
	assert_exits(name, "journalctl -n 1", 127, "journalctl: not found");
	assert_says(name, "command -v journalctl || systemctl is-active novavms-gateway", "active");
	lab_fleet_set(the_fleet, name, "behaviour", "noright");
	assert_exits(name, "journalctl -n 1", 1, "No journal files were opened due to insufficient permissions.");
	assert_exits(name, "sudo -n systemctl restart novavms-gateway", 1, "sudo: a password is required");
	assert_says(name, "id -nG", "ops");
	lab_fleet_set(the_fleet, name, "behaviour", "dayoff");
	assert_says(name, "echo $(($(date +%s) - $(/bin/date +%s)))", "86400");
	assert_says(name, "t=$(journalctl -n 1 -o short-unix); now=$(date +%s); [ $((now - ${t%%.*})) -le 31 ] && echo near", "near");
	lab_fleet_set(the_fleet, name, "behaviour", "slow");
	gint64 start = g_get_monotonic_time();
	assert_says(name, "hostname", name);
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 2 * G_USEC_PER_SEC);
	lab_fleet_set(the_fleet, name, "behaviour", "noshell");
	assert_exits(name, "hostname", 1, "");
	lab_fleet_set(the_fleet, name, "behaviour", NULL);
	lab_fleet_set(the_fleet, name, "user", "root");
	assert_says(name, "id -u; id -un; systemctl restart novavms-gateway && hostname", "0\nroot\npi-gw008");
}

/* --- the network --- */

static void test_cuts(void)
{
	if (!lab_have(LAB_FIREWALL) || !fleet_is_up())
		return;
	lab_fleet_cut(the_fleet, "pi-gw010");
	lab_fleet_refuse(the_fleet, "pi-gw011");
	assert_exits("pi-gw010", "true", RUNNER_FAILS, "timed out");
	assert_exits("pi-gw011", "true", RUNNER_FAILS, "Connection refused");
	assert_says("pi-gw012", "hostname", "pi-gw012");
	lab_fleet_restore(the_fleet, "pi-gw010");
	assert_says("pi-gw010", "hostname", "pi-gw010");
	lab_fleet_own_network(the_fleet, FALSE);
	assert_exits("pi-gw012", "true", RUNNER_FAILS, "timed out");
	lab_fleet_own_network(the_fleet, TRUE);
	assert_says("pi-gw012", "hostname", "pi-gw012");
	assert_exits("pi-gw011", "true", RUNNER_FAILS, "Connection refused");
	lab_fleet_restore(the_fleet, "pi-gw011");
	assert_says("pi-gw011", "hostname", "pi-gw011");
}

/* A connection that is there is reset, or hangs. */
static void test_cuts_what_is_open(void)
{
	const char *argv[] = {"ssh", "-T", "-F", NULL, "pi-gw013", "echo here; exec cat", NULL};
	int input, output, code;
	GPid pid;

	if (!lab_have(LAB_FIREWALL) || !fleet_is_up())
		return;
	argv[3] = lab_ssh_config(the_lab);
	g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
	                                       NULL, NULL, &pid, &input, &output, NULL, NULL));
	assert_reads(output, "here\n");
	lab_fleet_refuse(the_fleet, "pi-gw013");
	g_assert_cmpint(write(input, "x", 1), ==, 1);
	g_assert_cmpint(waitpid(pid, &code, 0), ==, pid);
	g_assert_cmpint(WEXITSTATUS(code), ==, RUNNER_FAILS);
	close(input);
	close(output);
	lab_fleet_restore(the_fleet, "pi-gw013");
}

static void test_slow(void)
{
	if (!fleet_is_up())
		return;
	struct lab_proxy *link = lab_fleet_slow(the_fleet, "pi-gw014", 8000);
	gint64 start = g_get_monotonic_time();
	assert_says("pi-gw014", "hostname", "pi-gw014");
	g_assert_cmpint(g_get_monotonic_time() - start, >=, G_USEC_PER_SEC / 4);
	g_assert_cmpuint(lab_proxy_counts(link).accepted, ==, 1);
}

static guint rules_of(const char *mark)
{
	int code;
	g_autofree char *rules = run(&code, NULL, "iptables", "-w", "-S", "INPUT", NULL);
	guint count = 0;

	for (const char *at = rules; (at = strstr(at, mark)); at++)
		count++;
	return count;
}

/* A test that crashes gives the network back. */
static void test_crash(void)
{
	struct { char mark[80], dir[100]; } news;
	int ends[2], code;

	if (!lab_have(LAB_SSHD | LAB_FIREWALL))
		return;
	g_assert_cmpint(pipe(ends), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		struct lab *lab = lab_new();
		struct lab_fleet *fleet = lab_fleet(lab, 3);
		g_autofree char *id = lab_script(lab, "lab_run_id", NULL);
		lab_fleet_cut(fleet, "pi-gw002");
		g_snprintf(news.mark, sizeof news.mark, "midwatch-%s ", id);
		g_strlcpy(news.dir, lab_dir(lab), sizeof news.dir);
		g_assert_cmpint(write(ends[1], &news, sizeof news), ==, (int)sizeof news);
		pause();
	}
	g_assert_cmpint(read(ends[0], &news, sizeof news), ==, (int)sizeof news);
	g_assert_cmpuint(rules_of(news.mark), ==, 2);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (guint i = 0; i < 1000 && rules_of(news.mark) > 0; i++)
		g_usleep(10000);
	g_assert_cmpuint(rules_of(news.mark), ==, 0);
	g_free(run(&code, NULL, "rm", "-rf", news.dir, NULL));
	close(ends[0]);
	close(ends[1]);
}

static void test_leaves_nothing(void)
{
	int code;

	if (!fleet_is_up())
		return;
	g_autofree char *dir = g_strdup(lab_dir(the_lab)), *id = lab_script(the_lab, "lab_run_id", NULL);
	if (lab_have(LAB_FIREWALL))
		lab_fleet_cut(the_fleet, "pi-gw020");
	lab_fleet_free(the_fleet);
	lab_free(the_lab);
	the_fleet = NULL;
	the_lab = NULL;
	g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
	g_autofree char *mark = g_strconcat("midwatch-", id, " ", NULL), *left = run(&code, NULL, "pgrep", "-f", dir, NULL);
	g_assert_cmpstr(left, ==, "");
	if (geteuid() == 0)
		g_assert_cmpuint(rules_of(mark), ==, 0);
}

/* --- the real unit --- */

/* Runs it as root in the machine, again and again, until it succeeds. */
static void wait_for(const char *command)
{
	g_autofree char *loop = g_strdup_printf("until %s; do sleep 0.1; done", command);

	g_free(lab_machine_exec(the_lab, "gate", "timeout", "20", "sh", "-c", loop, NULL));
}

static char *main_pid(void)
{
	return lab_machine_exec(the_lab, "gate", "systemctl", "show", "-p", "MainPID", "novavms-gateway", NULL);
}

static void test_machine(void)
{
	if (!lab_have(LAB_SSHD | LAB_MACHINE))
		return;
	the_lab = lab_new();
	g_free(lab_machine(the_lab, "gate"));
	lab_machine_gateway(the_lab, "gate");
	wait_for("journalctl -u novavms-gateway -o cat | grep -x 'INFO heartbeat'");
	lab_machine_gateway_set(the_lab, "gate", "say", "ERROR lost camera 7: rtsp timeout after 10s");
	wait_for("journalctl -t novavms-gateway -o cat | grep 'ERROR lost camera 7'");

	lab_machine_ops(the_lab, "gate", FALSE);
	assert_exits("gate-ops", "journalctl -u novavms-gateway", 1, "No journal files were opened due to insufficient permissions.");
	assert_exits("gate-ops", "sudo -n true", 1, "sudo: a password is required");
	assert_exits("gate-ops", "systemctl restart novavms-gateway", 4, "Access denied");
	lab_machine_ops(the_lab, "gate", TRUE);
	g_autofree char *before = main_pid();
	g_free(ssh("gate-ops", "journalctl -q -u novavms-gateway -n 1 >/dev/null && sudo -n systemctl restart novavms-gateway"));
	g_autofree char *after = main_pid();
	g_assert_cmpstr(before, !=, after);

	lab_machine_gateway_set(the_lab, "gate", "restart-fails", "");
	assert_exits("gate", "systemctl restart novavms-gateway", 1, "Job for novavms-gateway.service failed");
	lab_machine_gateway_set(the_lab, "gate", "restart-fails", NULL);
	lab_machine_gateway_set(the_lab, "gate", "dies", "");
	g_free(lab_machine_exec(the_lab, "gate", "systemctl", "restart", "novavms-gateway", NULL));
	wait_for("[ $(systemctl show --value -p NRestarts novavms-gateway) -ge 1 ]");
	wait_for("journalctl -u novavms-gateway -o cat | grep -x 'FATAL pipeline: cannot open /dev/video0'");
	lab_machine_journalctl(the_lab, "gate", FALSE);
	assert_exits("gate", "journalctl", 127, "journalctl: ");
	lab_machine_journalctl(the_lab, "gate", TRUE);
	g_free(lab_machine_exec(the_lab, "gate", "journalctl", "-n", "1", NULL));
	lab_free(the_lab);
	the_lab = NULL;
}

/* --- Tailscale --- */

/* Gives the body and the status, one after the other. */
static char *ask_tailscale_for(const char *seconds, const char *socket, const char *path, const char *header)
{
	g_autofree char *url = g_strconcat("http://local-tailscaled.sock", path, NULL);
	int code;

	return run(&code, NULL, "curl", "-s", "-m", seconds, "-w", "\n%{http_code}", "-H", header, "--unix-socket", socket, url, NULL);
}

static char *ask_tailscale(const char *socket, const char *path, const char *header)
{
	return ask_tailscale_for("10", socket, path, header);
}

static void assert_tailscale(const char *socket, const char *path, const char *header, const char *status)
{
	g_autofree char *answer = ask_tailscale(socket, path, header);

	if (!g_str_has_suffix(answer, status))
		g_error("%s with %s: %s", path, header, answer);
}

#define STATUS "/localapi/v0/status"

static void test_tailscale(void)
{
	struct lab *lab = lab_new();
	g_autofree char *socket = tailscale_rig_start(lab), *answer = NULL, *few = NULL;

	assert_tailscale(socket, STATUS, "Accept: */*", "\n200");
	assert_tailscale(socket, STATUS, "Host;", "\n200"); /* an empty one */
	assert_tailscale(socket, STATUS, "Host: localhost", "\n403");
	assert_tailscale(socket, STATUS, "Referer: http://example.com/", "\n403");
	assert_tailscale(socket, STATUS, "Origin: null", "\n403");
	assert_tailscale(socket, "/localapi/v0/nothing", "Accept: */*", "\n404");
	tailscale_rig_set(lab, "{\"Peer\":[{\"HostName\":\"pi-gw001\",\"CurAddr\":\"192.0.2.7:41641\",\"Tags\":[\"tag:gateway\"],"
	                  "\"sshHostKeys\":[\"ssh-ed25519 AAAA\"]},{\"HostName\":\"pi-gw002\",\"Online\":false,\"PeerRelay\":\"192.0.2.1:7\"}]}");
	answer = ask_tailscale(socket, STATUS, "Accept: */*");
	for (const char *const *text = (const char *const[]){"\t\"BackendState\": \"Running\"", "\"DNSName\": \"pi-gw001.tailnet-1a2b.ts.net.\"",
	                                                     "\"LastSeen\": \"0001-01-01T00:00:00Z\"", "\"Online\": false", "\"tag:gateway\"",
	                                                     "\"sshHostKeys\": [", "\"CurAddr\": \"192.0.2.7:41641\"",
	                                                     "\"PeerRelay\": \"192.0.2.1:7\"", "\"Relay\": \"fra\"", "\"nodekey:", NULL};
	     *text; text++)
		if (!strstr(answer, *text))
			g_error("no %s in %s", *text, answer);
	few = ask_tailscale(socket, STATUS "?peers=false", "Accept: */*");
	g_assert_nonnull(strstr(few, "\"Peer\": null"));
	tailscale_rig_set(lab, "{\"answer\":\"denied\"}");
	assert_tailscale(socket, STATUS, "Accept: */*", "status access denied\n\n403");
	tailscale_rig_set(lab, "{\"answer\":\"hang\"}");
	g_autofree char *hung = ask_tailscale_for("0.3", socket, STATUS, "Accept: */*");
	g_assert_cmpstr(hung, ==, "\n000");
	g_assert_cmpuint(tailscale_rig_count(lab), ==, 9);
	tailscale_rig_stop(lab);
	assert_tailscale(socket, STATUS, "Accept: */*", "\n000");
	lab_free(lab);
}

/* --- the inventory --- */

enum { CURL_OK = 0, CURL_HALF = 18, CURL_TIMEOUT = 28, CURL_REFUSED = 7 };

static char *ask_inventory(guint port, const char *token, const char *seconds, int *code)
{
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/platform/orgs", port);
	g_autofree char *header = g_strconcat("Authorization: Bearer ", token, NULL);

	return run(code, NULL, "curl", "-s", "-m", seconds, "-w", " %{http_code}", "-H", header, url, NULL);
}

static void assert_inventory(guint port, const char *token, const char *expected, int curl_code)
{
	int code;
	g_autofree char *answer = ask_inventory(port, token, curl_code == CURL_TIMEOUT ? "0.3" : "10", &code);

	g_assert_cmpstr(answer, ==, expected);
	g_assert_cmpint(code, ==, curl_code);
}

static void test_inventory(void)
{
	struct lab *lab = lab_new();
	guint port = inventory_rig_start(lab);
	int code;

	inventory_rig_set(lab, "{\"orgs\":[{\"gateways\":[1]}]}");
	assert_inventory(port, INVENTORY_TOKEN, "{\"orgs\":[{\"gateways\":[1]}]} 200", CURL_OK);
	assert_inventory(port, "wrong", "{\"error\":\"unauthorized\"} 401", CURL_OK);
	inventory_rig_fail(lab, "500");
	assert_inventory(port, INVENTORY_TOKEN, "{\"error\": \"this is a 500\"} 500", CURL_OK);
	inventory_rig_fail(lab, "401");
	assert_inventory(port, INVENTORY_TOKEN, "{\"error\": \"this is a 401\"} 401", CURL_OK);
	inventory_rig_fail(lab, "html");
	assert_inventory(port, INVENTORY_TOKEN, "<html><body>Sign in to continue</body></html> 200", CURL_OK);
	inventory_rig_fail(lab, "empty");
	assert_inventory(port, INVENTORY_TOKEN, "{\"orgs\": []} 200", CURL_OK);
	inventory_rig_fail(lab, "half");
	assert_inventory(port, INVENTORY_TOKEN, "{\"orgs\":[{\"ga 200", CURL_HALF);
	inventory_rig_fail(lab, "hang");
	assert_inventory(port, INVENTORY_TOKEN, " 000", CURL_TIMEOUT);
	inventory_rig_fail(lab, "huge");
	g_autofree char *huge = ask_inventory(port, INVENTORY_TOKEN, "10", &code);
	g_assert_cmpuint(strlen(huge), >, 20000000);
	inventory_rig_fail(lab, NULL);
	assert_inventory(port, INVENTORY_TOKEN, "{\"orgs\":[{\"gateways\":[1]}]} 200", CURL_OK);
	g_assert_cmpuint(inventory_rig_count(lab), ==, 10);
	inventory_rig_stop(lab);
	assert_inventory(port, INVENTORY_TOKEN, " 000", CURL_REFUSED);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-lab/addresses", test_addresses);
	g_test_add_func("/fleet-lab/many", test_many);
	g_test_add_func("/fleet-lab/known-hosts", test_known_hosts);
	g_test_add_func("/fleet-lab/unit", test_unit);
	g_test_add_func("/fleet-lab/restart", test_restart);
	g_test_add_func("/fleet-lab/heartbeats", test_heartbeats);
	g_test_add_func("/fleet-lab/journal", test_journal);
	g_test_add_func("/fleet-lab/cursors", test_cursors);
	g_test_add_func("/fleet-lab/follow", test_follow);
	g_test_add_func("/fleet-lab/behaviours", test_behaviours);
	g_test_add_func("/fleet-lab/cuts", test_cuts);
	g_test_add_func("/fleet-lab/cuts-what-is-open", test_cuts_what_is_open);
	g_test_add_func("/fleet-lab/slow", test_slow);
	g_test_add_func("/fleet-lab/leaves-nothing", test_leaves_nothing);
	g_test_add_func("/fleet-lab/crash", test_crash);
	g_test_add_func("/fleet-lab/machine", test_machine);
	g_test_add_func("/fleet-lab/tailscale", test_tailscale);
	g_test_add_func("/fleet-lab/inventory", test_inventory);
	return g_test_run();
}
