/* The whole program with hosts behind real sshd instances, by both transports: what it asks, what it refuses, what it shows when the
 * cable is out, and that nothing is lost, doubled or left behind. */
#include "tests/lab/act_rig.h"
#include "tests/lab/lab_proxy.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define CUTS 20
#define MARGIN 3 /* times what is promised, since the machine may be busy */

static char *far_mark; /* NAME=value in the environment of all that runs for us behind the sshd instances */
static struct lab *lab;

static char *key_of_server(const char *alias)
{
	return g_strdup_printf("%s/sshd-%s/host_ed25519.pub", lab_dir(lab), alias);
}

static char *output_of(const char *first, ...) G_GNUC_NULL_TERMINATED;

static char *output_of(const char *first, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	char *output = NULL;
	va_list more;
	int status;

	va_start(more, first);
	for (const char *word = first; word != NULL; word = va_arg(more, const char *))
		g_ptr_array_add(argv, (char *)word);
	va_end(more);
	g_ptr_array_add(argv, NULL);
	if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, &error) ||
	    !g_spawn_check_wait_status(status, &error))
		g_error("%s: %s", first, error->message);
	return g_strchomp(output);
}

static char *make_key(const char *name, const char *passphrase)
{
	char *path = lab_path(lab, name);

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		g_free(output_of("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", path, NULL));
	return path;
}

/* Only this key is let in from now on. */
static void authorize(const char *alias, const char *key)
{
	g_autofree char *path = g_strdup_printf("%s/sshd-%s/authorized_keys", lab_dir(lab), alias), *from = g_strconcat(key, ".pub", NULL);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void quit(struct trial *t)
{
	trial_quit(t);
	trial_wait_nothing_of(far_mark);
}

/* A console whose one host is "far". */
static struct trial *start(const char *alias, const char *transport, const char *more)
{
	g_autofree char *host = trial_host_ssh("far", alias, transport);

	return trial_console("hosts:\n%s%sstart_panel: containers\n", host, more);
}

static void wait_list(struct trial *t)
{
	driver_wait_match(t->driver, "Containers  far  14 of 14 ", 0);
}

static gboolean eater_is_seen(struct driver *d, void *unused)
{
	struct trial_row row;

	return trial_row(d, "eater", &row) && trial_bytes(row.memory) > 15 * 1048576.0 && g_str_equal(row.limit, "48M");
}

static void check_whole(struct trial *t)
{
	wait_list(t);
	trial_wait_health(t->driver, "well", "healthy");
	trial_wait_health(t->driver, "sick", "unhealthy");
	trial_wait_health(t->driver, "slow", "starting");
	trial_wait_health(t->driver, "broken", "exited 4");
	driver_wait_until(t->driver, eater_is_seen, NULL, "the figures of eater", 0);
	trial_docker("pause", "plain", NULL);
	trial_wait_health(t->driver, "plain", "paused");
	trial_docker("unpause", "plain", NULL);
	trial_wait_health(t->driver, "plain", "–");
}

static void test_list(const char *transport)
{
	struct trial *t = start("plain", transport, "");
	g_autofree char *by = g_strdup_printf("127\\.0\\.0\\.1:%u by %s", lab_sshd_port(lab, "plain"), transport);

	check_whole(t);
	trial_assert_harmless(t->driver);
	driver_keys(t->driver, "1");
	driver_wait_match(t->driver, by, 0);
	driver_wait_match(t->driver, "Service health +15/20 +1 unhealthy of 14", 0);
	driver_wait_match(t->driver, "Memory pressure +\\d+/20 +[0-9.]+G available of", 0);
	quit(t);
}

/* The server refuses all forwarding: the Docker socket is reached through a command. */
static void test_no_forwarding(const char *transport)
{
	struct trial *t = start("closed", transport, "");

	check_whole(t);
	quit(t);
}

/* --- host keys --- */

static void test_new_key(const char *transport)
{
	g_autofree char *file = lab_path(lab, "new_known_hosts"), *more = g_strdup_printf("    known_hosts: %s\n", file);
	g_autofree char *key = key_of_server("plain"), *printed = output_of("ssh-keygen", "-l", "-f", key, NULL), *text = NULL, *line = NULL;
	g_auto(GStrv) words = g_strsplit(printed, " ", 3);
	GStatBuf info;

	g_remove(file);
	struct trial *t = start("asking", transport, more);
	driver_wait(t->driver, "far: its host key is new: A answers", 0);
	g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
	driver_keys(t->driver, "A");
	driver_wait(t->driver, "New host key of far", 0);
	driver_wait(t->driver, words[1], 0);
	driver_wait(t->driver, "y accept and store", 0);
	driver_keys(t->driver, "Enter"); /* no answer */
	driver_keys(t->driver, "y");
	wait_list(t);
	quit(t);
	g_assert_cmpint(g_stat(file, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_true(g_file_get_contents(key, &line, NULL, NULL));
	g_auto(GStrv) stored = g_strsplit(text, " ", -1), real = g_strsplit(line, " ", -1);
	g_assert_cmpuint(trial_count(text, "\\n"), ==, 1);
	g_assert_true(g_str_has_suffix(text, "\n"));
	g_assert_cmpstr(stored[1], ==, real[0]);
	g_assert_cmpstr(g_strchomp(stored[2]), ==, g_strchomp(real[1]));
	t = start("asking", transport, more); /* and now it is known */
	wait_list(t);
	quit(t);
}

static void test_refused_key(const char *transport)
{
	g_autofree char *file = lab_path(lab, "refused_known_hosts"), *more = g_strdup_printf("    known_hosts: %s\n", file);

	g_remove(file);
	struct trial *t = start("asking", transport, more);
	driver_wait(t->driver, "far: its host key is new: A answers", 0);
	driver_keys(t->driver, "A");
	driver_wait(t->driver, "n refuse", 0);
	driver_keys(t->driver, "n");
	driver_wait_gone(t->driver, "New host key of far", 0);
	driver_wait_match(t->driver, "^ . far waits", 0);
	g_assert_false(driver_has(t->driver, "14 of 14"));
	quit(t);
	g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
}

static void test_changed_key(const char *transport)
{
	g_autofree char *file = lab_path(lab, "changed_known_hosts"), *more = g_strdup_printf("    known_hosts: %s\n", file);
	g_autofree char *other = make_key("another", ""), *pub = g_strconcat(other, ".pub", NULL), *line = NULL, *after = NULL;
	g_autoptr(GString) known = g_string_new("");

	g_assert_true(g_file_get_contents(pub, &line, NULL, NULL));
	g_string_printf(known, "[127.0.0.1]:%u %s", lab_sshd_port(lab, "plain"), line);
	g_assert_true(g_file_set_contents(file, known->str, -1, NULL));
	struct trial *t = start("asking", transport, more);
	driver_wait_match(t->driver, "^ . far waits for you", 0);
	driver_wait_match(t->driver, "(?i)far: .*(has )?changed", 0);
	driver_keys(t->driver, "A");
	driver_wait(t->driver, "nothing is asked", 0);
	driver_keys(t->driver, "^R");
	driver_wait(t->driver, "asking the host again", 0);
	driver_wait_match(t->driver, "^ . far waits for you", 0);
	driver_keys(t->driver, "1");
	driver_wait(t->driver, "failed at: host key", 0);
	quit(t);
	g_assert_true(g_file_get_contents(file, &after, NULL, NULL));
	g_assert_cmpstr(after, ==, known->str);
}

/* --- keys --- */

static void assert_not_sent(struct driver *d, const char *secret)
{
	gsize length;
	const char *raw = driver_raw(d, &length);

	g_assert_null(memmem(raw, length, secret, strlen(secret)));
}

static void answer(struct trial *t, const char *passphrase)
{
	driver_keys(t->driver, "A");
	driver_wait(t->driver, "passphrase of ", 0);
	driver_type(t->driver, passphrase);
	driver_keys(t->driver, "Enter");
	driver_wait_gone(t->driver, "passphrase of ", 0);
}

/* libssh2 asks for the passphrase; an `ssh` child cannot, and says what helps. */
static void test_encrypted_key(const char *transport)
{
	g_autofree char *key = make_key("encrypted", "correct horse"), *line = g_strconcat("IdentityFile ", key, NULL);

	authorize("locked", key);
	lab_ssh_host(lab, "encrypted", lab_sshd_port(lab, "locked"), "locked", line, NULL);
	struct trial *t = start("encrypted", transport, "");
	if (g_str_equal(transport, "ssh")) {
		driver_wait_match(t->driver, "(?s)far (down|waits|trying).*ssh-add", 0);
	} else {
		driver_wait(t->driver, "far: a key file needs its passphrase: A answers", 0);
		answer(t, "wrong battery");
		/* The question went with the prompt, in one drawing: this is a new one. */
		driver_wait(t->driver, "far: a key file needs its passphrase: A answers", 0);
		g_assert_false(driver_has(t->driver, "14 of 14"));
		answer(t, "correct horse");
		wait_list(t);
		assert_not_sent(t->driver, "correct horse");
		assert_not_sent(t->driver, "wrong battery");
	}
	quit(t);
}

/* Both transports at once, since it takes its time: three attempts, then none until ^R. */
static void test_wrong_key(const char *unused)
{
	g_autofree char *other = make_key("another", ""), *ours = lab_path(lab, "id_ed25519");
	struct lab_proxy *by_library = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "locked"));
	struct lab_proxy *by_child = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "locked"));

	authorize("locked", other);
	lab_ssh_host(lab, "wrong1", lab_proxy_port(by_library), "locked", NULL);
	lab_ssh_host(lab, "wrong2", lab_proxy_port(by_child), "locked", NULL);
	g_autofree char *a = trial_host_ssh("one", "wrong1", "libssh2"), *b = trial_host_ssh("two", "wrong2", "ssh");
	struct trial *t = trial_console("hosts:\n%s%sstart_panel: containers\n", a, b);
	driver_wait_match(t->driver, "^ . one waits for you", 0);
	driver_wait_match(t->driver, "^ . two waits for you", 0);
	driver_wait_match(t->driver, "Stopped after 3 refusals", 0);
	g_assert_cmpuint(lab_proxy_counts(by_library).accepted, ==, 3);
	g_assert_cmpuint(lab_proxy_counts(by_child).accepted, ==, 3);
	authorize("locked", ours);
	driver_keys(t->driver, "^R");
	driver_wait_match(t->driver, "Containers  all hosts  28 of 28 ", 0);
	quit(t);
	lab_proxy_free(by_library);
	lab_proxy_free(by_child);
}

/* --- links that break --- */

static gboolean is_dimmed(struct driver *d, void *user)
{
	const struct driver_cell *fresh = user;
	struct trial_row row;

	if (!trial_row(d, "eater", &row))
		return FALSE;
	struct driver_cell cell = driver_cell(d, row.y, 3);
	return cell.c == 'e' && (cell.fg != fresh->fg || cell.bold != fresh->bold);
}

/* A shell that one leaves ended well; one that ssh could not open, or lost, has no known outcome. */
static void test_shell(const char *transport)
{
	static const struct { enum outcome outcome; const char *result; } rows[] = {
		{OUTCOME_OK, "left with exit 3"}, {OUTCOME_UNKNOWN, "ssh could not connect, or its connection was lost (exit 255)"},
	};
	struct lab_proxy *cable = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "plain"));

	lab_ssh_host(lab, "shell", lab_proxy_port(cable), "plain", NULL);
	struct trial *t = start("shell", transport, "");
	wait_list(t);
	trial_filter(t->driver, "name:eater");
	driver_wait_match(t->driver, "^>. eater +", 0);
	driver_keys(t->driver, "s");
	driver_wait_match(t->driver, "/ # ?$", 0);
	driver_type(t->driver, "exit 3\r");
	driver_wait(t->driver, "shell in eater on far: left with exit 3", 0);
	driver_wait_match(t->driver, "^>. eater +", 0);
	lab_proxy_refuse(cable);
	driver_keys(t->driver, "s");
	driver_wait(t->driver, "shell in eater on far: ssh could not connect", 0);
	g_autoptr(GPtrArray) all = act_audit(t);
	g_assert_cmpuint(all->len, ==, G_N_ELEMENTS(rows));
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct audit_entry *e = all->pdata[i];
		g_assert_cmpstr(e->action, ==, "container.shell");
		g_assert_cmpint(e->outcome, ==, rows[i].outcome);
		g_assert_cmpstr(e->result, ==, rows[i].result);
	}
	quit(t);
	lab_proxy_free(cable);
}

/* Nothing listens over there: that is said, not that the tunnel's end here was closed. */
static void test_own_http(const char *transport)
{
	struct trial *t = start("plain", transport, "actions: [{name: web, title: Web, keys: M-w, http: {url: 'http://127.0.0.1:1/'}}]\n");

	wait_list(t);
	driver_keys(t->driver, "M-w");
	driver_wait(t->driver, "y Web   Esc cancel", 0);
	driver_keys(t->driver, "y");
	driver_wait_match(t->driver, "Web +far +(unknown|failed) +\\S+ +.*(refused|open failed)", 0);
	g_assert_false(driver_has(t->driver, ".sock"));
	quit(t);
}

/* A dead peer: nothing comes any more and nothing is refused. */
static void test_cable(const char *transport)
{
	struct lab_proxy *cable = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "plain"));
	struct trial_row row;

	lab_ssh_host(lab, "cable", lab_proxy_port(cable), "plain", NULL);
	g_autofree char *far = trial_host_ssh("far", "cable", transport), *here = trial_host_local("here");
	struct trial *t = trial_console("hosts:\n%s%sstart_panel: containers\n", far, here);
	driver_wait_match(t->driver, "Containers  all hosts  28 of 28 ", 0);
	driver_wait_match(t->driver, "hosts 2●", 0);
	driver_keys(t->driver, "h"); /* far alone */
	wait_list(t);
	driver_wait_until(t->driver, eater_is_seen, NULL, "the figures of eater", 0);
	trial_filter(t->driver, "name:eater");
	driver_wait_match(t->driver, "Containers  far  1 of 14 ", 0);
	trial_filter(t->driver, "");
	driver_keys(t->driver, "g");
	wait_list(t);
	g_assert_true(trial_row(t->driver, "eater", &row));
	struct driver_cell fresh = driver_cell(t->driver, row.y, 3);
	lab_proxy_stall(cable);
	driver_wait_match(t->driver, "hosts 1● 1✖", 20 * MARGIN);
	driver_wait_match(t->driver, "^ . far (down|trying again).*: .+", 0);
	driver_wait_match(t->driver, "Containers  far  14 of 14 .* \\d+[sm] old: link down", 0);
	driver_wait_until(t->driver, is_dimmed, &fresh, "dim figures", 0);
	g_assert_true(eater_is_seen(t->driver, NULL)); /* the last known ones */
	driver_keys(t->driver, "h"); /* here: all goes on */
	driver_wait_match(t->driver, "Containers  here  14 of 14 +\\d+s$", 0);
	trial_docker("pause", "plain", NULL);
	trial_wait_health(t->driver, "plain", "paused");
	trial_docker("unpause", "plain", NULL);
	trial_wait_health(t->driver, "plain", "–");
	lab_proxy_pass(cable);
	driver_wait_match(t->driver, "hosts 2●", 120);
	driver_keys(t->driver, "h h");
	driver_wait_match(t->driver, "Containers  far  14 of 14 +\\d+s$", 0);
	quit(t);
	lab_proxy_free(cable);
}

/* A host that never was there beside one that is. */
static void test_dead_host(const char *transport)
{
	g_autofree char *gone = trial_host_ssh("gone", "gone", transport), *far = trial_host_ssh("far", "plain", transport);
	struct trial *t = trial_console("hosts:\n%s%sstart_panel: containers\n", gone, far);

	driver_wait_match(t->driver, "^ . gone (down|trying again).*[Rr]efused", 0);
	driver_wait_match(t->driver, "Containers  all hosts  14 of 14 ", 0);
	driver_wait_match(t->driver, "hosts 1● 1✖", 0);
	driver_wait_until(t->driver, eater_is_seen, NULL, "the figures of eater", 0);
	quit(t);
}

/* --- nothing lost, nothing twice --- */

struct writers {
	struct lab_proxy *proxies[2];
	guint accepted[2];
	int last[2]; /* number last seen of the two hosts */
	gint64 asked_us;
};

/* The newest number of each host on the screen. */
static void read_last(struct driver *d, int last[2])
{
	static const char *const patterns[] = {"\\d one +n=(\\d+)$", "\\d two +n=(\\d+)$"}; /* the container is called the same on both */
	g_autofree char *text = driver_text(d);

	for (guint i = 0; i < 2; i++) {
		g_autoptr(GRegex) regex = g_regex_new(patterns[i], G_REGEX_MULTILINE, 0, NULL);
		g_autoptr(GMatchInfo) match = NULL;
		for (gboolean found = g_regex_match(regex, text, 0, &match); found; found = g_match_info_next(match, NULL)) {
			g_autofree char *number = g_match_info_fetch(match, 1);
			last[i] = MAX(last[i], atoi(number));
		}
	}
}

static gboolean both_are_cut(struct driver *d, void *user)
{
	struct writers *w = user;

	for (guint i = 0; i < 2; i++) {
		struct lab_proxy_counts c = lab_proxy_counts(w->proxies[i]);
		if (c.open > 0 && c.accepted == w->accepted[i])
			return FALSE;
	}
	return TRUE;
}

/* New lines of both; ^R when a host is down, so that nobody waits for the next attempt. */
static gboolean both_go_on(struct driver *d, void *user)
{
	struct writers *w = user;
	g_autofree char *status = driver_row(d, 0);
	int last[2] = {0, 0};

	read_last(d, last);
	if (strstr(status, "hosts 2●") != NULL && last[0] > w->last[0] && last[1] > w->last[1])
		return lab_proxy_counts(w->proxies[0]).accepted > w->accepted[0] && lab_proxy_counts(w->proxies[1]).accepted > w->accepted[1];
	if (g_regex_match_simple("hosts.* [12]✖", status, 0, 0) && g_get_monotonic_time() - w->asked_us > G_USEC_PER_SEC / 2) {
		w->asked_us = g_get_monotonic_time();
		driver_keys(d, "^R");
	}
	return FALSE;
}

static void cut_once(struct trial *t, struct writers *w, guint turn)
{
	read_last(t->driver, w->last);
	for (guint i = 0; i < 2; i++) {
		w->accepted[i] = lab_proxy_counts(w->proxies[i]).accepted;
		if (turn % 2 == 0)
			lab_proxy_cut_after(w->proxies[i], (guint64)g_test_rand_int_range(1, 3000)); /* in the middle of something */
		else
			lab_proxy_cut(w->proxies[i]);
	}
	driver_wait_until(t->driver, both_are_cut, w, "the cut", 0);
	driver_wait_until(t->driver, both_go_on, w, "the lines after a cut", 0);
}

static void assert_each_once(const char *text, const char *host, int last)
{
	g_autofree char *pattern = g_strdup_printf("^\\S+ \\S+ %s/numbers - n=(\\d+)$", host), *counts = g_malloc0((gsize)last + 1);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	int lost = 0, twice = 0;

	for (gboolean found = g_regex_match(regex, text, 0, &match); found; found = g_match_info_next(match, NULL)) {
		g_autofree char *number = g_match_info_fetch(match, 1);
		int n = atoi(number);
		g_assert_cmpint(n, >, 0);
		g_assert_cmpint(n, <=, last);
		if (counts[n] < 2)
			counts[n]++;
	}
	for (int n = 1; n <= last; n++) {
		lost += counts[n] == 0;
		twice += counts[n] > 1;
	}
	g_test_message("%s: %d lines, %d lost, %d twice", host, last, lost, twice);
	g_assert_cmpint(lost, ==, 0);
	g_assert_cmpint(twice, ==, 0);
}

/* 200 numbered lines a second until it is told to stop. */
static void start_writer(void)
{
	trial_docker("run", "-d", "--name", "numbers", "busybox:1", "sh", "-c",
	             "i=0; while [ ! -e /tmp/stop ]; do j=0; while [ $j -lt 20 ]; do i=$((i+1)); j=$((j+1)); echo n=$i; done; usleep 95000; done; "
	             "echo finished $i; sleep 1000000", NULL);
}

static void test_cuts(const char *unused)
{
	struct writers w = {0};
	g_autoptr(GString) hosts = g_string_new("");

	start_writer();
	for (guint i = 0; i < 2; i++) {
		static const char *const names[] = {"one", "two"}, *const transports[] = {"libssh2", "ssh"};
		w.proxies[i] = lab_proxy_new_tcp("127.0.0.1", lab_sshd_port(lab, "plain"));
		lab_ssh_host(lab, names[i], lab_proxy_port(w.proxies[i]), "plain", NULL);
		g_autofree char *host = trial_host_ssh(names[i], names[i], transports[i]);
		g_string_append_printf(hosts, "%s    logs: [{container: numbers, from_start: true}]\n", host);
	}
	struct trial *t = trial_console("hosts:\n%sstart_panel: logs\n", hosts->str);
	driver_wait_until(t->driver, both_go_on, &w, "the first lines", 0);
	for (guint turn = 0; turn < CUTS; turn++)
		cut_once(t, &w, turn);
	trial_docker("exec", "numbers", "touch", "/tmp/stop", NULL);
	driver_wait_match(t->driver, "\\d one +finished \\d+$", 0);
	driver_wait_match(t->driver, "\\d two +finished \\d+$", 0);
	driver_keys(t->driver, "S");
	g_autofree char *text = trial_saved(t, "logs-*-lines.log");
	int last = atoi(strstr(text, "finished ") + strlen("finished "));
	assert_each_once(text, "one", last);
	assert_each_once(text, "two", last);
	quit(t);
	trial_docker("rm", "-f", "numbers", NULL);
	lab_proxy_free(w.proxies[0]);
	lab_proxy_free(w.proxies[1]);
}

/* --- what must not reach the terminal --- */

static void test_hostile(const char *transport)
{
	struct trial *t = start("rude", transport, "");

	wait_list(t);
	trial_filter(t->driver, "name:hostile");
	driver_wait_match(t->driver, "^>. hostile +e", 0);
	driver_keys(t->driver, "d");
	driver_wait(t->driver, "[Health]", 0);
	driver_keys(t->driver, "] ] f");
	driver_wait(t->driver, "\"Id\"", 0);
	driver_keys(t->driver, "f l");
	driver_wait_match(t->driver, "title .* end$", 0);
	trial_assert_harmless(t->driver);
	quit(t);
}

/* --- ends --- */

/* A console that follows a file and a container by both transports. */
static struct trial *start_following(char **file)
{
	g_autofree char *a = trial_host_ssh("one", "plain", "libssh2"), *b = trial_host_ssh("two", "plain", "ssh"), *logs = NULL;

	*file = lab_path(lab, "followed.log");
	g_assert_true(g_file_set_contents(*file, "here it is\n", -1, NULL));
	logs = g_strdup_printf("    logs: [{file: %s, from_start: true}, {container: tty, from_start: true}]\n", *file);
	/* One line of each source, so that none scrolls away. */
	struct trial *t = trial_console("hosts:\n%s%s%s%sstart_panel: logs\nlogs: {filter_in: ['here it is|step 1$']}\n", a, logs, b, logs);
	driver_wait_match(t->driver, "one/tty .*step 1$", 0);
	driver_wait_match(t->driver, "two/tty .*step 1$", 0);
	driver_wait_match(t->driver, "one/\\S+ .*here it is$", 0);
	driver_wait_match(t->driver, "two/\\S+ .*here it is$", 0);
	return t;
}

static void finish(struct trial *t, char *file)
{
	driver_free(t->driver);
	trial_wait_nothing_of(t->mark);
	trial_wait_nothing_of(far_mark);
	trial_free(t);
	g_free(file);
}

static void test_hang_up(const char *unused)
{
	char *file;
	struct trial *t = start_following(&file);

	driver_hang_up(t->driver);
	g_assert_cmpint(driver_wait_exit(t->driver, 0), ==, 0);
	finish(t, file);
}

static void test_killed(const char *unused)
{
	char *file;
	struct trial *t = start_following(&file);

	kill(driver_pid(t->driver), SIGKILL);
	g_assert_cmpint(driver_wait_exit(t->driver, 0), ==, 128 + SIGKILL);
	finish(t, file);
}

/* --- the program --- */

static void set_up_servers(void)
{
	g_autofree char *set = NULL, *banner = lab_path(lab, "banner"), *line = g_strconcat("Banner ", banner, NULL);

	far_mark = g_strdup_printf("MIDWATCH_TEST_FAR=%s", lab_dir(lab));
	set = g_strconcat("SetEnv ", far_mark, NULL);
	g_assert_true(g_file_set_contents(banner, "welcome \033]0;owned\007 \033[6n\033Pq\033\\ \302\233 \342\200\256 to the machine\r\n", -1, NULL));
	lab_sshd(lab, "plain", set, NULL);
	lab_sshd(lab, "closed", "noforward", set, NULL);
	lab_sshd(lab, "locked", set, NULL);
	lab_sshd(lab, "rude", line, set, NULL);
	lab_ssh_host(lab, "asking", lab_sshd_port(lab, "plain"), "plain", "StrictHostKeyChecking ask", NULL);
	lab_ssh_host(lab, "gone", 1, "plain", NULL);
}

struct test {
	const char *name;
	void (*run)(const char *transport);
	const char *transport;
};

static void run(gconstpointer user)
{
	const struct test *test = user;

	if (trial_lab(LAB_SSHD) == NULL)
		return;
	if (lab == NULL) {
		lab = trial_lab(LAB_SSHD);
		set_up_servers();
	}
	test->run(test->transport);
}

int main(int argc, char **argv)
{
#define BOTH(NAME, FUNCTION) {"/console/ssh/" NAME "/libssh2", FUNCTION, "libssh2"}, {"/console/ssh/" NAME "/child", FUNCTION, "ssh"}
	static const struct test tests[] = {
		BOTH("list", test_list),
		BOTH("no-forwarding", test_no_forwarding),
		BOTH("new-key", test_new_key),
		BOTH("refused-key", test_refused_key),
		BOTH("changed-key", test_changed_key),
		BOTH("encrypted-key", test_encrypted_key),
		BOTH("dead-host", test_dead_host),
		BOTH("hostile", test_hostile),
		BOTH("shell", test_shell),
		BOTH("own-http", test_own_http),
		BOTH("cable", test_cable),
		{"/console/ssh/wrong-key", test_wrong_key, NULL},
		{"/console/ssh/cuts", test_cuts, NULL},
		{"/console/ssh/hang-up", test_hang_up, NULL},
		{"/console/ssh/killed", test_killed, NULL},
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_data_func(tests[i].name, &tests[i], run);
	int result = g_test_run();
	trial_end();
	g_free(far_mark);
	return result;
}
