#include "tests/lab/act_rig.h"

#include <glib/gstdio.h>
#include <string.h>

char *act_container(const char *name, const char *options, const char *script)
{
	g_autofree char *command = g_strdup_printf("docker -H unix://%s/docker.sock run -d --name %s %s busybox:1 sh -c \"$1\"", lab_dir(trial_lab(0)), name, options);
	char *argv[] = {(char *)"sh", (char *)"-c", command, (char *)"sh", (char *)script, NULL};
	char *id = NULL;
	int status;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &id, NULL, &status, NULL) || !g_spawn_check_wait_status(status, NULL))
		g_error("container %s does not start", name);
	return g_strchomp(id);
}

char *act_started_at(const char *name)
{
	return trial_inspect(name, "{{.State.StartedAt}}");
}

guint act_starts(const char *name)
{
	g_autofree char *log = trial_docker_text("logs", name, NULL);

	return trial_count(log, "^begun$");
}

char *act_now(void)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
}

/* --- the console --- */

struct trial *act_console(const char *more)
{
	g_autofree char *socket = lab_path(trial_lab(0), "docker.sock");

	return act_console_at(socket, more);
}

struct trial *act_console_at(const char *socket, const char *more)
{
	g_autofree char *docker = g_strdup_printf("docker: {socket: %s, stats_interval: 1, stop_timeout: %d}", socket, ACT_STOP_S);
	struct trial *t = trial_console("hosts:\n  - name: here\n    local: true\n    refresh: 1\n    %s\n%sstart_panel: containers\n", docker, more);

	driver_wait_match(t->driver, "Containers  here  \\d+ of \\d+", 0);
	return t;
}

/* Puts the cursor on a container. */
void act_go_to(struct driver *d, const char *name)
{
	g_autofree char *filter = g_strdup_printf("name:%s", name), *row = g_strdup_printf("^>. %s ", name);

	trial_filter(d, filter);
	driver_wait_match(d, row, 0);
}

void act_ask(struct driver *d, const char *keys, const char *title)
{
	driver_keys(d, keys);
	driver_wait(d, title, 0);
	driver_wait_match(d, "Esc (cancel|decide later)", 0);
}

/* Runs a command by its name. */
void act_palette(struct driver *d, const char *id)
{
	driver_keys(d, ":");
	driver_wait_match(d, "^:", 0);
	driver_type(d, id);
	driver_keys(d, "Enter");
}

void act_wait(struct driver *d, const char *title, const char *target, const char *words)
{
	g_autofree char *pattern = g_strdup_printf("%s +%s +here +%s", title, target, words);

	driver_wait_match(d, pattern, 0);
}

/* Back on the Containers panel. */
void act_back(struct driver *d)
{
	driver_keys(d, "2");
	driver_wait_match(d, "Containers  here  \\d+ of \\d+", 0);
}

/* --- what is kept --- */

GPtrArray *act_audit(const struct trial *t)
{
	g_autofree char *path = trial_path(t, "state/midwatch/store.db"), *problem = NULL;
	g_autoptr(GError) error = NULL;
	struct store *s = store_open_readonly(path, &error);
	GPtrArray *all;
	guint64 rows;

	g_assert_no_error(error);
	if (!store_audit_verify(s, &rows, &problem))
		g_error("the audit log: %s", problem);
	all = store_audit_list(s, 0, &error);
	g_assert_no_error(error);
	store_close(s);
	return all;
}

const struct audit_entry *act_last(const GPtrArray *all, guint count)
{
	g_assert_cmpuint(all->len, ==, count);
	return all->pdata[count - 1];
}

static void assert_file(const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	GStatBuf info;

	if (g_stat(path, &info) != 0)
		g_error("the evidence lacks %s", path);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
}

guint act_lines(const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL), *text = NULL;
	gsize length;
	guint n = 0;

	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	for (gsize i = 0; i < length; i++)
		n += text[i] == '\n';
	return n;
}

/* "DIRECTORY sha256:…" of an operation or a row: complete, and as the sums say. Gives the directory. */
char *act_check_evidence(const char *evidence, gboolean health)
{
	g_auto(GStrv) words = NULL;
	char *argv[] = {(char *)"sha256sum", (char *)"--quiet", (char *)"--strict", (char *)"-c", (char *)"SHA256SUMS", NULL};
	g_autofree char *manifest = NULL, *text = NULL, *sum = NULL;
	GStatBuf info;
	gsize length;
	int status;

	g_assert_nonnull(evidence);
	words = g_strsplit(evidence, " sha256:", 2);
	g_assert_cmpuint(g_strv_length(words), ==, 2);
	for (const char *const *name = (const char *const[]){"inspect.json", "stats.json", "log.txt", "manifest.json", "SHA256SUMS", NULL}; *name; name++)
		assert_file(words[0], *name);
	if (health)
		assert_file(words[0], "health.json");
	g_assert_cmpint(g_stat(words[0], &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0700);
	g_assert_true(g_spawn_sync(words[0], argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	manifest = g_build_filename(words[0], "manifest.json", NULL);
	g_assert_true(g_file_get_contents(manifest, &text, &length, NULL));
	sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, (gssize)length);
	g_assert_cmpstr(words[1], ==, sum);
	return g_strdup(words[0]);
}

guint act_snapshots(const struct trial *t)
{
	g_autofree char *path = trial_path(t, "state/midwatch/snapshots");
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint n = 0;

	while (dir && g_dir_read_name(dir))
		n++;
	return n;
}
