#include "tests/lab/follow_rig.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

static gboolean
on_tick(gpointer data)
{
	return G_SOURCE_CONTINUE;
}

/* FALSE after the deadline. */
static gboolean
run_until(gboolean (*holds)(gpointer user), gpointer user)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
	guint tick = g_timeout_add(10, on_tick, NULL);
	gboolean held;

	while (!(held = holds(user)) && g_get_monotonic_time() < deadline)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	return held;
}

void
rig_wait(gboolean (*holds)(gpointer user), gpointer user, const char *what)
{
	if (!run_until(holds, user))
		g_error("after 60 s still waiting for: %s", what);
}

void
rig_spin(guint ms)
{
	gint64 until = g_get_monotonic_time() + ms * 1000;
	guint tick = g_timeout_add(5, on_tick, NULL);

	while (g_get_monotonic_time() < until)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
}

static gboolean
is_up(gpointer user)
{
	return link_is_up(user);
}

static void
on_link(void *user)
{
}

void
rig_init(struct follow_rig *r)
{
	static const struct link_events events = { on_link, on_link, on_link };
	const struct link_settings settings = { .local = TRUE };

	memset(r, 0, sizeof *r);
	r->dir = g_dir_make_tmp("midwatch-follow-XXXXXX", NULL);
	g_assert_nonnull(r->dir);
	r->world = world_new(64 << 20);
	r->host = host_new("lab", "vm", TRUE);
	g_ptr_array_add(r->world->hosts, r->host);
	r->link = link_new(&settings, &r->host->link, &events, r);
	link_start(r->link);
	rig_wait(is_up, r->link, "the local link");
	r->children = g_array_new(FALSE, FALSE, sizeof(GPid));
}

static void
remove_tree(const char *path)
{
	const char *const argv[] = { "rm", "-rf", path, NULL };

	g_free(rig_run(argv));
}

void
rig_clear(struct follow_rig *r)
{
	follow_free(r->follow);
	link_free(r->link);
	world_free(r->world);
	for (guint i = 0; i < r->children->len; i++) {
		kill(g_array_index(r->children, GPid, i), SIGTERM);
		waitpid(g_array_index(r->children, GPid, i), NULL, 0);
	}
	g_array_unref(r->children);
	remove_tree(r->dir);
	g_free(r->dir);
}

void
rig_follow(struct follow_rig *r, enum follow_kind kind, const char *name, guint backlog, gboolean from_start)
{
	const struct follow_settings settings = { .kind = kind, .name = name, .backlog_lines = backlog, .from_start = from_start };

	follow_free(r->follow);
	r->follow = follow_new(&settings, r->link, r->docker, r->world, r->host);
}

void
rig_cut(struct follow_rig *r)
{
	follow_link_down(r->follow);
	follow_link_up(r->follow);
}

char *
rig_path(const struct follow_rig *r, const char *name)
{
	return g_build_filename(r->dir, name, NULL);
}

void
rig_write(const char *path, const char *text, gboolean append)
{
	FILE *f = g_fopen(path, append ? "a" : "w");

	g_assert_nonnull(f);
	fputs(text, f);
	g_assert_cmpint(fclose(f), ==, 0);
}

char *
rig_run(const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *errors = NULL;
	char *output = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status, &error))
		g_error("%s: %s", argv[0], error->message);
	if (!g_spawn_check_wait_status(status, &error))
		g_error("%s %s: %s: %s", argv[0], argv[1], error->message, errors);
	return output;
}

static void
end_with_parent(gpointer data)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

GPid
rig_start(struct follow_rig *r, const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	GPid pid;

	if (!g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
	                   | G_SPAWN_STDERR_TO_DEV_NULL, end_with_parent, NULL, &pid, &error))
		g_error("%s: %s", argv[0], error->message);
	g_array_append_val(r->children, pid);
	return pid;
}

/* --- the store --- */

static gboolean
next_line(const struct follow_rig *r, guint64 *position, gboolean notes, struct log_line *line)
{
	while (log_store_at(r->world->logs, (*position)++, line))
		if (line->source == follow_source(r->follow) && notes == ((line->flags & LINE_NOTE) != 0))
			return TRUE;
	return FALSE;
}

char *
rig_text(const struct follow_rig *r, gboolean notes)
{
	GString *text = g_string_new(NULL);
	struct log_line line;
	guint64 position = 0;

	while (next_line(r, &position, notes, &line)) {
		if (text->len)
			g_string_append_c(text, '|');
		g_string_append_len(text, line.text, line.length);
	}
	return g_string_free(text, FALSE);
}

guint64
rig_count(const struct follow_rig *r)
{
	struct log_line line;
	guint64 position = 0, count = 0;

	while (next_line(r, &position, FALSE, &line))
		count++;
	return count;
}

gboolean
rig_noted(const struct follow_rig *r, const char *words)
{
	g_autofree char *notes = rig_text(r, TRUE);

	return strstr(notes, words) != NULL;
}

struct wanted {
	struct follow_rig *rig;
	guint64 count;
	const char *text;
	enum follow_state state;
};

/* As rig_wait(), and tells how the follower is. */
static void
wait_for(struct follow_rig *r, gboolean (*holds)(gpointer user), gpointer user, const char *what)
{
	g_autofree char *notes = NULL;

	if (run_until(holds, user))
		return;
	notes = rig_text(r, TRUE);
	g_error("after 60 s still waiting for: %s; %" G_GUINT64_FORMAT " lines, state %d, problem: %s, notes: %s", what, rig_count(r),
	        follow_state(r->follow), follow_problem(r->follow), notes);
}

static gboolean
has_lines(gpointer user)
{
	const struct wanted *w = user;

	return rig_count(w->rig) >= w->count;
}

void
rig_wait_lines(struct follow_rig *r, guint64 count)
{
	struct wanted w = { .rig = r, .count = count };

	wait_for(r, has_lines, &w, "lines");
}

static gboolean
has_text(gpointer user)
{
	const struct wanted *w = user;
	g_autofree char *lines = rig_text(w->rig, FALSE);
	g_autofree char *notes = rig_text(w->rig, TRUE);

	return strstr(lines, w->text) || strstr(notes, w->text);
}

void
rig_wait_text(struct follow_rig *r, const char *text)
{
	struct wanted w = { .rig = r, .text = text };

	wait_for(r, has_text, &w, text);
}

static gboolean
has_state(gpointer user)
{
	const struct wanted *w = user;

	return follow_state(w->rig->follow) == w->state;
}

void
rig_wait_state(struct follow_rig *r, enum follow_state state)
{
	static const char *const names[] = { "state starting", "state live", "state waiting", "state failed" };
	struct wanted w = { .rig = r, .state = state };

	wait_for(r, has_state, &w, names[state]);
}

/* The number behind the prefix; 0 when the line is not such a one. */
static guint
number_of(const struct log_line *line, const char *prefix)
{
	g_autofree char *text = g_strndup(line->text, line->length);
	char *end;
	guint64 n;

	if (!g_str_has_prefix(text, prefix))
		return 0;
	n = g_ascii_strtoull(text + strlen(prefix), &end, 10);
	return *end == '\0' || *end == ' ' ? (guint)n : 0;
}

struct last_number {
	struct follow_rig *rig;
	const char *prefix;
	guint number;
};

static gboolean
has_number(gpointer user)
{
	const struct last_number *w = user;
	struct log_line line;
	guint64 lines = log_store_lines(w->rig->world->logs);

	/* Among the newest lines only, or this would cost more than the followers. */
	for (guint64 position = lines > 200 ? lines - 200 : 0; log_store_at(w->rig->world->logs, position, &line); position++)
		if (line.source == follow_source(w->rig->follow) && number_of(&line, w->prefix) == w->number)
			return TRUE;
	return FALSE;
}

void
rig_expect_numbers(struct follow_rig *r, const char *prefix, guint first, guint last)
{
	struct last_number w = { r, prefix, last };
	g_autofree guint8 *seen = g_new0(guint8, last + 1);
	struct log_line line;
	guint64 position = 0;
	g_autoptr(GString) wrong = g_string_new(NULL);
	g_autofree char *notes = NULL;

	wait_for(r, has_number, &w, "the last number");
	while (next_line(r, &position, FALSE, &line)) {
		guint n = number_of(&line, prefix);
		if (n == 0)
			continue;
		g_assert_cmpuint(n, >=, first);
		g_assert_cmpuint(n, <=, last);
		seen[n]++;
	}
	for (guint n = first; n <= last; n++)
		if (seen[n] != 1)
			g_string_append_printf(wrong, " %u%s", n, seen[n] > 1 ? " twice" : "");
	notes = rig_text(r, TRUE);
	if (wrong->len > 0)
		g_error("of the lines %sN these are missing, or came twice:%s; notes: %s", prefix, wrong->str, notes);
}
