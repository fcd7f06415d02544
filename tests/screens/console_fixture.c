#include "tests/screens/console_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_US (60 * (gint64)G_USEC_PER_SEC)
#define LOOK_US 5000

const char *fixture_program(void)
{
	const char *program = g_getenv("MIDWATCH");

	if (program == NULL)
		g_error("MIDWATCH has to hold the path of the program");
	return program;
}

char *fixture_path(const struct fixture *f, const char *name)
{
	return g_build_filename(f->root, name, NULL);
}

static void make_directory(const struct fixture *f, const char *name)
{
	g_autofree char *path = fixture_path(f, name);

	if (g_mkdir_with_parents(path, 0700) != 0)
		g_error("%s: %s", path, g_strerror(errno));
}

static void write_file(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	gsize length = strlen(text);

	if (fd < 0 || write(fd, text, length) != (gssize)length || close(fd) != 0)
		g_error("%s: %s", path, g_strerror(errno));
}

struct fixture *fixture_new(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture *f = g_new0(struct fixture, 1);

	f->root = g_dir_make_tmp("midwatch-screen-XXXXXX", &error);
	if (f->root == NULL)
		g_error("%s", error->message);
	make_directory(f, "config/midwatch");
	make_directory(f, "run");
	f->log = fixture_path(f, "app.log");
	f->config = fixture_path(f, "config/midwatch/config.yml");
	f->saved = fixture_path(f, "state/midwatch/saved");
	write_file(f->log, 0, "");
	fixture_configure(f, "");
	return f;
}

static void remove_tree(const char *path)
{
	g_autoptr(GDir) directory = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *inside = g_build_filename(path, name, NULL);
		remove_tree(inside);
	}
	g_remove(path);
}

void fixture_free(struct fixture *f)
{
	fixture_wait_processes(f, 0, 0);
	remove_tree(f->root);
	g_free(f->root);
	g_free(f->log);
	g_free(f->config);
	g_free(f->saved);
	g_free(f);
}

void fixture_write_config(const struct fixture *f, const char *text)
{
	write_file(f->config, O_TRUNC, text);
}

void fixture_configure(const struct fixture *f, const char *more)
{
	g_autofree char *text = g_strdup_printf("hosts:\n"
	                                        "  - name: here\n"
	                                        "    local: true\n"
	                                        "    refresh: 1\n"
	                                        "    docker:\n"
	                                        "      socket: %s/no-docker.sock\n"
	                                        "    logs:\n"
	                                        "      - file: %s\n"
	                                        "        from_start: true\n"
	                                        "%s", f->root, f->log, more);

	fixture_write_config(f, text);
}

void fixture_append(const struct fixture *f, const char *text)
{
	write_file(f->log, O_APPEND, text);
}

void fixture_append_to(const struct fixture *f, const char *name, const char *text)
{
	g_autofree char *path = fixture_path(f, name);

	write_file(path, O_APPEND, text);
}

/* The variables of the fixture, then those of the test. */
static GPtrArray *make_environment(const struct fixture *f, const char *const *more)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(all, g_strdup_printf("HOME=%s", f->root));
	g_ptr_array_add(all, g_strdup_printf("XDG_CONFIG_HOME=%s/config", f->root));
	g_ptr_array_add(all, g_strdup_printf("XDG_STATE_HOME=%s/state", f->root));
	g_ptr_array_add(all, g_strdup_printf("XDG_RUNTIME_DIR=%s/run", f->root));
	g_ptr_array_add(all, g_strdup("DOCKER_HOST"));
	for (; more != NULL && *more != NULL; more++)
		g_ptr_array_add(all, g_strdup(*more));
	g_ptr_array_add(all, NULL);
	return all;
}

static GPtrArray *make_command(const char *const *arguments)
{
	GPtrArray *command = g_ptr_array_new();

	g_ptr_array_add(command, (gpointer)fixture_program());
	for (; arguments != NULL && *arguments != NULL; arguments++)
		g_ptr_array_add(command, (gpointer)*arguments);
	g_ptr_array_add(command, NULL);
	return command;
}

struct driver *fixture_run(const struct fixture *f, const char *const *arguments, const char *const *environment, int rows, int columns)
{
	g_autoptr(GPtrArray) command = make_command(arguments), all = make_environment(f, environment);

	return driver_new(&(struct driver_settings){
		.argv = (const char *const *)command->pdata,
		.environment = (const char *const *)all->pdata,
		.directory = f->root,
		.rows = rows,
		.columns = columns,
	});
}

struct driver *fixture_run_logs(const struct fixture *f, const char *lines, const char *expect, int columns)
{
	struct driver *d;

	fixture_append(f, lines);
	fixture_configure(f, "start_panel: logs\n");
	d = fixture_run(f, NULL, NULL, 24, columns);
	driver_wait(d, expect, 0);
	return d;
}

void fixture_press(struct driver *d, const char *keys, const char *expect)
{
	driver_keys(d, keys);
	driver_wait(d, expect, 0);
}

void fixture_cancel(struct driver *d)
{
	driver_keys(d, "Esc");
	driver_wait_gone(d, "Esc cancel", 0);
}

static gboolean comes(struct driver *d, const char *expect, gboolean there)
{
	for (guint i = 0; i < 20 && driver_has(d, expect) != there; i++)
		driver_pump(d, 0.05);
	return driver_has(d, expect) == there;
}

void fixture_insist(struct driver *d, const char *keys, const char *expect, gboolean there)
{
	for (guint i = 0; i < 60; i++) {
		driver_keys(d, keys);
		if (comes(d, expect, there))
			return;
	}
	driver_wait(d, expect, 0.01); /* fails, and shows the screen */
	g_error("%s is there still", expect);
}

void fixture_type(struct driver *d, const char *text, const char *expect)
{
	driver_type(d, text);
	driver_wait(d, expect, 0);
}

int fixture_run_plain(const struct fixture *f, const char *const *arguments, const char *const *environment, char **printed)
{
	struct driver *d = fixture_run(f, arguments, environment, 24, 200);
	int status = driver_wait_exit(d, 0);

	driver_assert_restored(d);
	if (printed != NULL)
		*printed = driver_text(d);
	driver_free(d);
	return status;
}

/* The home directory stands in the environment of the program and of all that it starts. */
static gboolean is_ours(const struct fixture *f, const char *pid)
{
	g_autofree char *path = g_build_filename("/proc", pid, "environ", NULL);
	g_autofree char *home = g_strconcat("HOME=", f->root, NULL);
	g_autofree char *environment = NULL;
	gsize length;

	return g_ascii_isdigit(*pid) && g_file_get_contents(path, &environment, &length, NULL) &&
	       memmem(environment, length, home, strlen(home)) != NULL;
}

guint fixture_processes(const struct fixture *f)
{
	g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
	const char *pid;
	guint n = 0;

	while (processes != NULL && (pid = g_dir_read_name(processes)) != NULL)
		n += is_ours(f, pid);
	return n;
}

void fixture_wait_processes(const struct fixture *f, guint least, guint most)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
	guint n;

	while ((n = fixture_processes(f)) < least || n > most) {
		if (g_get_monotonic_time() > deadline)
			g_error("%u processes of the program instead of %u to %u", n, least, most);
		g_usleep(LOOK_US);
	}
}

char *fixture_wait_file(const struct fixture *f, const char *path, const char *text)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	for (;;) {
		char *content = NULL;
		if (g_file_get_contents(path, &content, NULL, NULL) && strstr(content, text) != NULL)
			return content;
		if (g_get_monotonic_time() > deadline)
			g_error("%s does not get \"%s\" but has \"%s\"", path, text, content != NULL ? content : "nothing");
		g_free(content);
		g_usleep(LOOK_US);
	}
}
