/* The audit log: rows before and after, the chain, the head beside it, several processes at once, and kill -9 at any moment. */
#include "tests/unit/store_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS 200

static const struct audit_intent restart = {
	.action = "container.restart", .host = "srv1", .target = "clock-web", .request = "POST /v1.41/containers/clock-web/restart?t=10",
	.evidence = "/var/tmp/evidence/1", .note = NULL,
};

static struct store_place
place_new(void)
{
	struct store_place p;

	store_rig_set_up(&p, NULL);
	return p;
}

static void
place_free(struct store_place p)
{
	store_rig_tear_down(&p, NULL);
}

static gint64
begin(struct store *s)
{
	g_autoptr(GError) error = NULL;
	gint64 id = store_audit_begin(s, &restart, &error);

	g_assert_no_error(error);
	g_assert_cmpint(id, >, 0);
	return id;
}

static void
end(struct store *s, gint64 id, enum outcome outcome, const char *result)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(store_audit_end(s, id, outcome, result, &error));
	g_assert_no_error(error);
}

/* So many actions, each begun and ended: two rows each. */
static void
fill(const struct store_place *p, guint actions)
{
	struct store *s = store_rig_open(p);

	for (guint i = 0; i < actions; i++)
		end(s, begin(s), i % 3 ? OUTCOME_OK : OUTCOME_FAILED, "HTTP 204");
	store_close(s);
}

static void
assert_sound(const struct store_place *p, guint64 expected)
{
	g_autoptr(GError) error = NULL;
	struct store *s = store_open_readonly(p->path, &error);
	g_autofree char *problem = NULL;
	guint64 rows = 0;

	g_assert_no_error(error);
	store_audit_verify(s, &rows, &problem);
	g_assert_cmpstr(problem, ==, NULL);
	g_assert_cmpuint(rows, ==, expected);
	store_close(s);
}

static void
assert_problem(const struct store_place *p, const char *expect)
{
	g_autoptr(GError) error = NULL;
	struct store *s = store_open_readonly(p->path, &error);
	g_autofree char *problem = NULL;

	g_assert_no_error(error);
	g_assert_false(store_audit_verify(s, NULL, &problem));
	store_close(s);
	if (!strstr(problem, expect))
		g_error("expected \"%s\" instead of \"%s\"", expect, problem);
}

/* What somebody does with the sqlite3 program. */
static void
tamper(const struct store_place *p, const char *sql)
{
	sqlite3 *db;
	char *problem = NULL;

	g_assert_cmpint(sqlite3_open(p->path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, "DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays; PRAGMA ignore_check_constraints = 1", NULL, NULL, NULL);
	sqlite3_exec(db, sql, NULL, NULL, &problem);
	g_assert_cmpstr(problem, ==, NULL);
	sqlite3_close(db);
}

static guint
mode_of(const char *path)
{
	struct stat st;

	g_assert_cmpint(stat(path, &st), ==, 0);
	return st.st_mode & 07777;
}

/* --- what is written --- */

static void
test_rows(void)
{
	struct store_place p = place_new();
	struct store *s = store_rig_open(&p);
	gint64 before = g_get_real_time(), first = begin(s), second = begin(s);
	g_autoptr(GPtrArray) list = NULL, later = NULL;
	g_autoptr(GError) error = NULL;
	const struct audit_entry *e;

	end(s, first, OUTCOME_OK, "HTTP 204");
	list = store_audit_list(s, 0, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 2);
	e = list->pdata[0];
	g_assert_cmpint(e->id, ==, first);
	g_assert_cmpstr(e->action, ==, "container.restart");
	g_assert_cmpstr(e->host, ==, "srv1");
	g_assert_cmpstr(e->target, ==, "clock-web");
	g_assert_cmpstr(e->request, ==, restart.request);
	g_assert_cmpstr(e->evidence, ==, "/var/tmp/evidence/1");
	g_assert_cmpstr(e->note, ==, NULL);
	g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
	g_assert_cmpstr(e->result, ==, "HTTP 204");
	g_assert_cmpint(e->started_us, >=, before);
	g_assert_cmpint(e->ended_us, >=, e->started_us);
	e = list->pdata[1];
	g_assert_cmpint(e->id, ==, second);
	g_assert_cmpint(e->outcome, ==, OUTCOME_OPEN);
	g_assert_cmpint(e->ended_us, ==, 0);
	g_assert_cmpstr(e->result, ==, NULL);
	later = store_audit_list(s, e->started_us, &error);
	g_assert_cmpuint(later->len, ==, 1);
	g_assert_cmpint(((struct audit_entry *)later->pdata[0])->id, ==, second);
	store_close(s);
	assert_sound(&p, 3);
	place_free(p);
}

/* ok and failed are final, unknown may be settled; what was never begun does not end. */
static void
test_outcomes(void)
{
	struct store_place p = place_new();
	struct store *s = store_rig_open(&p);
	gint64 id = begin(s);
	g_autoptr(GError) error = NULL, none = NULL;
	g_autoptr(GPtrArray) list = NULL;

	end(s, id, OUTCOME_UNKNOWN, "the link was lost");
	end(s, id, OUTCOME_OK, "seen: it runs since 01:47:22Z");
	g_assert_false(store_audit_end(s, id, OUTCOME_FAILED, "no", &error));
	g_assert_nonnull(strstr(error->message, "already: ok"));
	g_assert_false(store_audit_end(s, 99, OUTCOME_OK, "no", &none));
	g_assert_nonnull(strstr(none->message, "no action 99"));
	list = store_audit_list(s, 0, NULL);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_cmpstr(((struct audit_entry *)list->pdata[0])->result, ==, "seen: it runs since 01:47:22Z");
	store_close(s);
	assert_sound(&p, 3);
	place_free(p);
}

static void
test_hostile_text(void)
{
	struct store_place p = place_new();
	struct store *s = store_rig_open(&p);
	g_autofree char *huge = g_strnfill(100000, 'x');
	const struct audit_intent hostile = {
		.action = "x'; DROP TABLE audit; --", .host = "h\x1b[2J\xe2\x80\xae", .target = "$(reboot)\n\"'", .request = "line one\nline two \xff",
		.evidence = huge, .note = "",
	};
	gint64 id = store_audit_begin(s, &hostile, NULL);
	g_autoptr(GPtrArray) list = NULL;
	const struct audit_entry *e;

	end(s, id, OUTCOME_FAILED, "\x1b]0;title\a");
	list = store_audit_list(s, 0, NULL);
	e = list->pdata[0];
	g_assert_cmpstr(e->action, ==, hostile.action);
	g_assert_null(strchr(e->host, 0x1b));
	g_assert_cmpstr(e->target, ==, "$(reboot)\xe2\x90\x8a\"'");
	g_assert_cmpstr(e->request, ==, "line one\nline two \xef\xbf\xbd");
	g_assert_cmpstr(e->note, ==, "");
	g_assert_null(strchr(e->result, 0x1b));
	g_assert_cmpuint(strlen(e->evidence), <, 5000);
	g_assert_nonnull(strstr(e->evidence, " [cut: 100000 bytes with the SHA-256 "));
	store_close(s);
	assert_sound(&p, 2);
	place_free(p);
}

/* The documented form, hashed by another program: printf … | sha256sum. */
static void
test_hash(void)
{
	const struct audit_row row = {
		.seq = 1, .kind = "intent", .entry = 1, .utc_us = 1795312042000000, .actor = "ann@console", .process = "p", .action = "container.restart",
		.host = "srv1", .target = "web", .request = "POST /x", .note = "",
	};
	static const char form[] = "midwatch-audit-1\nprev " AUDIT_HASH_NONE "\nseq 1\nentry 1\nutc_us 1795312042000000\nkind 6:intent\nactor 11:ann@console\n"
		"process 1:p\naction 17:container.restart\nhost 4:srv1\ntarget 3:web\nrequest 7:POST /x\nevidence -\nnote 0:\noutcome -\nresult -\n";
	g_autofree char *expect = g_compute_checksum_for_string(G_CHECKSUM_SHA256, form, -1);
	char hash[AUDIT_HASH_SIZE];

	audit_row_hash(&row, AUDIT_HASH_NONE, hash);
	g_assert_cmpstr(hash, ==, expect);
	g_assert_cmpstr(hash, ==, "7c0643375f0e1ce8580b8e064d23c8be8cbf7f25a3eabb8e2fb6e7f63163b4fb");
}

/* --- who acted --- */

/* The actor that a process with these variables writes. */
static char *
actor_with(const struct store_place *p, const char *connection, const char *sudo, const char *tmux)
{
	g_autoptr(GPtrArray) list = NULL;
	struct store *s;
	char *actor;

	g_setenv("SSH_CONNECTION", connection, TRUE);
	sudo ? g_setenv("SUDO_USER", sudo, TRUE) : (g_unsetenv("SUDO_USER"), TRUE);
	tmux ? g_setenv("TMUX", tmux, TRUE) : (g_unsetenv("TMUX"), TRUE);
	s = store_rig_open(p);
	begin(s);
	list = store_audit_list(s, 0, NULL);
	actor = g_strdup(((struct audit_entry *)list->pdata[list->len - 1])->actor);
	store_close(s);
	return actor;
}

static void
test_actor(void)
{
	struct store_place p = place_new();
	g_autofree char *who = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
	g_autofree char *plain = actor_with(&p, "100.64.0.7 51234 100.64.0.1 22", NULL, NULL);
	g_autofree char *deep = actor_with(&p, "100.64.0.7 51234 100.64.0.1 22", "ann", "/tmp/tmux-0/default,1,0");
	g_autofree char *hostile = actor_with(&p, "\x1b[31mroot\n 1 2 3", "$(x)\x1b[2J", NULL);

	g_assert_true(g_str_has_prefix(plain, who));
	g_assert_nonnull(strstr(plain, "from 100.64.0.7)"));
	g_assert_nonnull(strstr(deep, " (sudo by ann, from 100.64.0.7, in tmux)"));
	g_assert_null(strchr(hostile, 0x1b));
	g_assert_null(strchr(hostile, '\n'));
	g_unsetenv("SSH_CONNECTION");
	g_unsetenv("SUDO_USER");
	g_unsetenv("TMUX");
	place_free(p);
}

/* --- tampering --- */

static void
test_tampering(void)
{
	static const struct { const char *sql, *expect; } cases[] = {
		{ "UPDATE audit SET target = 'other' WHERE seq = 7", "row 7 was changed" },
		{ "UPDATE audit SET note = '' WHERE seq = 7", "row 7 was changed" },
		{ "UPDATE audit SET request = request || char(0) || 'more' WHERE seq = 3", "row 3 was changed" },
		{ "UPDATE audit SET request = CAST(request AS BLOB) WHERE seq = 3", "row 3 was changed" },
		{ "UPDATE audit SET utc_us = utc_us + 1 WHERE seq = 1", "row 1 was changed" },
		{ "UPDATE audit SET actor = 'bob@console' WHERE seq = 5", "row 5 was changed" },
		{ "UPDATE audit SET process = 'x' WHERE seq = 5", "row 5 was changed" },
		{ "UPDATE audit SET outcome = 'ok' WHERE outcome = 'failed' AND seq = 2", "row 2 was changed" },
		{ "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 5) WHERE seq = 4", "row 4 was changed" },
		{ "DELETE FROM audit WHERE seq = 5", "row 5 is missing" },
		{ "DELETE FROM audit WHERE seq IN (5, 6)", "rows 5 to 6 are missing" },
		{ "DELETE FROM audit WHERE seq = 1", "row 1 is missing" },
		{ "DELETE FROM audit WHERE seq < 5; UPDATE audit SET seq = seq - 4", "row 1 was changed" },
		{ "DELETE FROM audit WHERE seq = 10", "the log has 9 rows, but had 10" },
		{ "DELETE FROM audit WHERE seq > 4", "the log has 4 rows, but had 10" },
		{ "DELETE FROM audit", "the log has 0 rows, but had 10" },
		{ "UPDATE audit SET seq = 100 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 100", "row 3 was changed" },
		{ "UPDATE audit SET seq = -seq WHERE seq > 4; UPDATE audit SET seq = -seq + 1 WHERE seq < 0;"
		  "INSERT INTO audit SELECT 5, kind, entry, utc_us, actor, process, action, host, target, request, evidence, note, outcome, result, hash FROM audit"
		  " WHERE seq = 4", "row 5 was changed" },
		{ "INSERT INTO audit SELECT -1, kind, entry, utc_us, actor, process, action, host, target, request, evidence, note, outcome, result, hash FROM audit"
		  " WHERE seq = 4", "row -1 was changed" },
		{ "INSERT INTO audit SELECT 11, kind, entry, utc_us, actor, process, action, host, target, request, evidence, note, outcome, result, hash FROM audit"
		  " WHERE seq = 10", "row 11 was changed" },
		{ "DROP TABLE audit", "the table of the audit log is missing or was changed" },
		{ "ALTER TABLE audit RENAME COLUMN note TO remark", "the table of the audit log is missing or was changed" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct store_place p = place_new();
		fill(&p, 5);
		assert_sound(&p, 10);
		tamper(&p, cases[i].sql);
		assert_problem(&p, cases[i].expect);
		place_free(p);
	}
}

static void
test_append_only(void)
{
	struct store_place p = place_new();
	sqlite3 *db;

	fill(&p, 1);
	g_assert_cmpint(sqlite3_open(p.path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "UPDATE audit SET target = 'x'", NULL, NULL, NULL), !=, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "DELETE FROM audit", NULL, NULL, NULL), !=, SQLITE_OK);
	sqlite3_close(db);
	assert_sound(&p, 2);
	place_free(p);
}

/* A log that was cut stays found, however much is written behind it. */
static void
test_head_is_no_healer(void)
{
	struct store_place p = place_new();

	fill(&p, 5);
	tamper(&p, "DELETE FROM audit WHERE seq > 6");
	fill(&p, 1);
	assert_problem(&p, "the log has 8 rows, but had 10");
	fill(&p, 5);
	assert_problem(&p, "row 10 is not the one that was written");
	place_free(p);
}

static void
test_head_missing(void)
{
	struct store_place p = place_new();
	g_autofree char *head = NULL;
	gsize len;

	fill(&p, 2);
	g_assert_true(g_file_get_contents(p.head, &head, &len, NULL));
	g_assert_cmpint(g_unlink(p.head), ==, 0);
	assert_problem(&p, ".head, which tells how far the log had come, is missing");
	fill(&p, 1);
	assert_problem(&p, "is missing");
	memset(head + 40, '9', 3);
	memset(head + 512 + 40, '9', 3);
	g_assert_true(g_file_set_contents(p.head, head, (gssize)len, NULL));
	assert_problem(&p, ".head, which tells how far the log had come, was changed");
	place_free(p);
}

static void
test_database_deleted(void)
{
	struct store_place p = place_new();

	fill(&p, 3);
	g_assert_cmpint(g_unlink(p.path), ==, 0);
	fill(&p, 1);
	assert_problem(&p, "the log has 2 rows, but had 6");
	fill(&p, 5);
	assert_problem(&p, "row 6 is not the one that was written");
	place_free(p);
}

/* A crash between the commit and the head's write is no alarm, and the next start catches up. */
static void
test_head_lags(void)
{
	struct store_place p = place_new();
	g_autofree char *early = NULL;
	gsize len;

	fill(&p, 2);
	g_assert_true(g_file_get_contents(p.head, &early, &len, NULL));
	fill(&p, 2);
	g_assert_true(g_file_set_contents(p.head, early, (gssize)len, NULL));
	assert_sound(&p, 8);
	store_close(store_rig_open(&p));
	tamper(&p, "DELETE FROM audit WHERE seq = 8");
	assert_problem(&p, "the log has 7 rows, but had 8");
	place_free(p);
}

/* A write that was torn by a power cut spoils one slot only. */
static void
test_head_torn(void)
{
	struct store_place p = place_new();
	g_autofree char *head = NULL;
	gsize len;

	fill(&p, 2);
	g_assert_true(g_file_get_contents(p.head, &head, &len, NULL));
	g_assert_cmpuint(len, ==, 1024);
	memset(head + 20, 0, 100);
	g_assert_true(g_file_set_contents(p.head, head, (gssize)len, NULL));
	assert_sound(&p, 4);
	fill(&p, 2);
	assert_sound(&p, 8);
	place_free(p);
}

/* --- files --- */

static void
test_modes(void)
{
	mode_t old = umask(0);
	struct store_place p = place_new();
	g_autofree char *deep = g_build_filename(p.directory, "a", NULL), *path = g_build_filename(deep, "store.db", NULL);
	g_autofree char *wal = g_strconcat(path, "-wal", NULL), *shm = g_strconcat(path, "-shm", NULL), *head = g_strconcat(path, ".head", NULL);
	struct store *s = store_open(path, NULL);

	begin(s);
	g_assert_cmpuint(mode_of(deep), ==, 0700);
	g_assert_cmpuint(mode_of(path), ==, 0600);
	g_assert_cmpuint(mode_of(wal), ==, 0600);
	g_assert_cmpuint(mode_of(shm), ==, 0600);
	g_assert_cmpuint(mode_of(head), ==, 0600);
	store_close(s);
	g_assert_cmpint(chmod(path, 0666), ==, 0);
	s = store_open(path, NULL);
	begin(s);
	g_assert_cmpuint(mode_of(path), ==, 0600);
	g_assert_cmpuint(mode_of(wal), ==, 0600);
	store_close(s);
	umask(old);
	g_unlink(path);
	g_unlink(head);
	g_rmdir(deep);
	place_free(p);
}

static void
assert_refused(const char *path, int code, const char *expect)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(store_open(path, &error));
	g_assert_error(error, STORE_ERROR, code);
	if (!strstr(error->message, expect) || !strstr(error->message, path))
		g_error("expected \"%s\" instead of \"%s\"", expect, error->message);
}

static void
test_refused(void)
{
	struct store_place p = place_new();
	g_autoptr(GError) error = NULL;
	sqlite3 *db;

	g_assert_null(store_open_readonly(p.path, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_MISSING);
	g_assert_true(g_file_set_contents(p.path, "this is no database, but a text that is long enough to have been one, and more so\n", -1, NULL));
	assert_refused(p.path, STORE_ERROR_DAMAGED, "it is not a database; move it away");
	g_unlink(p.path);
	fill(&p, 1);
	g_assert_cmpint(sqlite3_open(p.path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version = 7", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_refused(p.path, STORE_ERROR_NEWER, "made by a newer midwatch (its schema is 7, this one knows 5); update midwatch");
	g_unlink(p.path);
	g_assert_cmpint(sqlite3_open(p.path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE cookies (x)", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_refused(p.path, STORE_ERROR_FOREIGN, "the database of another program; move it away");
	place_free(p);
}

/* One that is held by another for long is refused, not waited for without end. */
static void
test_busy(void)
{
	struct store_place p = place_new();
	struct store *s = store_rig_open(&p);
	g_autoptr(GError) error = NULL;
	gint64 start;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(p.path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	start = g_get_monotonic_time();
	g_assert_cmpint(store_audit_begin(s, &restart, &error), ==, 0);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 30 * G_USEC_PER_SEC);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
	sqlite3_close(db);
	begin(s);
	store_close(s);
	place_free(p);
}

/* In a process of its own: gives its exit status. */
static int
in_child(void (*work)(const struct store_place *p), const struct store_place *p)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		work(p);
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return status;
}

/* The files may grow no further, as on a full disk: an error says so, nothing is half written, and it goes on when there is room. */
static void
fill_up(const struct store_place *p)
{
	struct rlimit limit = { 256 * 1024, RLIM_INFINITY };
	struct store *s;
	guint written = 0;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(2);
	s = store_open(p->path, NULL);
	for (;; written++) {
		g_autoptr(GError) error = NULL;
		gint64 id = store_audit_begin(s, &restart, &error);
		if (id > 0)
			continue;
		if (written < 10 || !g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL) || !strstr(error->message, "may not grow further"))
			_exit(3);
		break;
	}
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	for (guint i = 0; i < 100; i++)
		if (!store_audit_end(s, store_audit_begin(s, &restart, NULL), OUTCOME_OK, "there is room again", NULL))
			_exit(4);
	store_close(s);
}

static guint64
count_rows(const struct store_place *p)
{
	struct store *s = store_open_readonly(p->path, NULL);
	g_autofree char *problem = NULL;
	guint64 rows = 0;

	store_audit_verify(s, &rows, &problem);
	g_assert_cmpstr(problem, ==, NULL);
	store_close(s);
	return rows;
}

static void
test_full(void)
{
	struct store_place p = place_new();

	g_assert_cmpint(in_child(fill_up, &p), ==, 0);
	g_assert_cmpuint(count_rows(&p), >, 210);
	place_free(p);
}

/* Opening where nothing can be written at all. */
static void
open_full(const struct store_place *p)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	g_autoptr(GError) error = NULL;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (store_open(p->path, &error) || !g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
		_exit(3);
}

static void
test_open_full(void)
{
	struct store_place p = place_new();

	g_assert_cmpint(in_child(open_full, &p), ==, 0);
	place_free(p);
}

/* --- several processes --- */

#define EACH 150
#define MADE_AT_ONCE 20

/* On a disk that is busy with something else a turn may take longer than a call waits. */
static void
busy_or_exit(GError **error)
{
	if (!g_error_matches(*error, STORE_ERROR, STORE_ERROR_BUSY)) {
		g_printerr("%s\n", (*error)->message);
		_exit(3);
	}
	g_clear_error(error);
}

static void
write_many(const struct store_place *p)
{
	g_autoptr(GError) error = NULL;
	struct store *s;

	while (!(s = store_open(p->path, &error)))
		busy_or_exit(&error);
	for (guint i = 0; i < EACH; i++) {
		gint64 id;
		while ((id = store_audit_begin(s, &restart, &error)) == 0)
			busy_or_exit(&error);
		while (!store_audit_end(s, id, OUTCOME_OK, "done", &error))
			busy_or_exit(&error);
	}
	store_close(s);
}

static void
test_processes(void)
{
	struct store_place p = place_new();
	pid_t pids[3];
	int status;

	/* All of them make the store, too. */
	for (guint i = 0; i < G_N_ELEMENTS(pids); i++)
		if ((pids[i] = fork()) == 0) {
			write_many(&p);
			_exit(0);
		}
	for (guint i = 0; i < G_N_ELEMENTS(pids); i++) {
		g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
		g_assert_cmpint(status, ==, 0);
	}
	assert_sound(&p, 3 * EACH * 2);
	place_free(p);
}

/* Many open what is not there yet: one of them makes it, and none takes what it finds half made for another program's. */
static void
make_at_once(const struct store_place *p)
{
	pid_t pids[8];
	int start[2], status;
	char byte;

	g_assert_cmpint(pipe(start), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(pids); i++)
		if ((pids[i] = fork()) == 0) {
			close(start[1]);
			_exit(read(start[0], &byte, 1) == 0 && store_rig_open(p) ? 0 : 3);
		}
	close(start[0]);
	close(start[1]); /* all of them at this moment */
	for (guint i = 0; i < G_N_ELEMENTS(pids); i++) {
		g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
		g_assert_cmpint(status, ==, 0);
	}
}

static void
test_made_at_once(void)
{
	for (guint i = 0; i < MADE_AT_ONCE; i++) {
		struct store_place p = place_new();

		make_at_once(&p);
		assert_sound(&p, 0);
		place_free(p);
	}
}

static void
leave_open(const struct store_place *p)
{
	struct store *s = store_open(p->path, NULL);

	store_audit_begin(s, &restart, NULL);
	store_audit_end(s, store_audit_begin(s, &restart, NULL), OUTCOME_OK, "done", NULL);
	store_audit_begin(s, &restart, NULL);
	kill(getpid(), SIGKILL);
}

static void
test_settle(void)
{
	struct store_place p = place_new();
	struct store *s = store_rig_open(&p);
	gint64 ours = begin(s);
	g_autoptr(GPtrArray) settled = NULL, again = NULL, list = NULL;
	const struct audit_entry *e;

	g_assert_true(WIFSIGNALED(in_child(leave_open, &p)));
	settled = store_audit_settle(s, NULL);
	g_assert_cmpuint(settled->len, ==, 2);
	e = settled->pdata[0];
	g_assert_cmpint(e->id, >, ((struct audit_entry *)settled->pdata[1])->id);
	g_assert_cmpint(e->outcome, ==, OUTCOME_UNKNOWN);
	g_assert_cmpstr(e->result, ==, "midwatch ended while it ran");
	again = store_audit_settle(s, NULL);
	g_assert_cmpuint(again->len, ==, 0);
	list = store_audit_list(s, 0, NULL);
	g_assert_cmpuint(list->len, ==, 4);
	g_assert_cmpint(((struct audit_entry *)list->pdata[0])->id, ==, ours);
	g_assert_cmpint(((struct audit_entry *)list->pdata[0])->outcome, ==, OUTCOME_OPEN); /* of a midwatch that lives */
	store_close(s);
	assert_sound(&p, 7);
	place_free(p);
}

/* --- kill -9 --- */

/* Begins and ends actions for ever, and tells each number when it was promised to be on the disk; first, with number 0, that the store is open. */
static void
act_until_killed(const struct store_place *p, int out)
{
	struct store *s = store_open(p->path, NULL);
	gint64 told[2] = { 0, 0 };

	if (!s || write(out, told, sizeof told) != sizeof told)
		_exit(2);
	for (;;) {
		gint64 id = store_audit_begin(s, &restart, NULL);
		told[0] = id, told[1] = 0;
		if (id == 0 || write(out, told, sizeof told) != sizeof told)
			_exit(3);
		if (!store_audit_end(s, id, OUTCOME_OK, "done", NULL))
			_exit(4);
		told[1] = 1;
		if (write(out, told, sizeof told) != sizeof told)
			_exit(5);
	}
}

/* Collects what was told: 1 begun, 2 ended. */
static void
collect(int in, GHashTable *promised)
{
	gint64 told[2];

	while (read(in, told, sizeof told) == sizeof told)
		if (told[0] != 0)
			g_hash_table_insert(promised, GSIZE_TO_POINTER((gsize)told[0]), GINT_TO_POINTER((int)told[1] + 1));
}

/* While it opens the store, or later: on a machine that is busy opening alone may take longer than it is let live. */
static void
kill_once(const struct store_place *p, GHashTable *promised, gboolean when_open)
{
	int pipes[2], status;
	gint64 told[2];
	pid_t pid;

	g_assert_cmpint(pipe(pipes), ==, 0);
	if ((pid = fork()) == 0) {
		close(pipes[0]);
		act_until_killed(p, pipes[1]);
	}
	close(pipes[1]);
	if (when_open)
		g_assert_cmpint(read(pipes[0], told, sizeof told), ==, sizeof told);
	g_usleep((gulong)g_test_rand_int_range(0, 30000));
	kill(pid, SIGKILL);
	collect(pipes[0], promised);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status));
	close(pipes[0]);
}

static void
assert_integrity(const struct store_place *p)
{
	sqlite3_stmt *q;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(p->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(q), ==, SQLITE_ROW);
	g_assert_cmpstr((const char *)sqlite3_column_text(q, 0), ==, "ok");
	sqlite3_finalize(q);
	sqlite3_close(db);
}

/* Each promised row is there, and each action has an outcome. */
static void
assert_kept(struct store *s, GHashTable *promised)
{
	g_autoptr(GPtrArray) list = store_audit_list(s, 0, NULL);
	guint begun = 0, unknown = 0;

	for (guint i = 0; i < list->len; i++) {
		const struct audit_entry *e = list->pdata[i];
		int told = GPOINTER_TO_INT(g_hash_table_lookup(promised, GSIZE_TO_POINTER((gsize)e->id)));
		g_assert_cmpint(e->outcome, !=, OUTCOME_OPEN);
		if (told == 2)
			g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
		begun += told > 0;
		unknown += e->outcome == OUTCOME_UNKNOWN;
	}
	g_assert_cmpuint(begun, ==, g_hash_table_size(promised));
	g_test_message("%u actions, %u cut off by a kill", list->len, unknown);
	g_assert_cmpuint(unknown, >, 0);
}

static void
test_killed(void)
{
	g_autoptr(GHashTable) promised = g_hash_table_new(NULL, NULL);
	struct store_place p = place_new();

	for (guint i = 0; i < KILLS; i++) {
		struct store *s;
		kill_once(&p, promised, i % 2 == 1);
		s = store_rig_open(&p);
		g_ptr_array_unref(store_audit_settle(s, NULL));
		if (i % 20 == 19 || i == KILLS - 1)
			assert_kept(s, promised);
		store_close(s);
		count_rows(&p); /* verifies the chain and the head */
		assert_integrity(&p);
	}
	place_free(p);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/audit/rows", test_rows);
	g_test_add_func("/store/audit/outcomes", test_outcomes);
	g_test_add_func("/store/audit/hostile-text", test_hostile_text);
	g_test_add_func("/store/audit/hash", test_hash);
	g_test_add_func("/store/audit/actor", test_actor);
	g_test_add_func("/store/audit/tampering", test_tampering);
	g_test_add_func("/store/audit/append-only", test_append_only);
	g_test_add_func("/store/audit/head-is-no-healer", test_head_is_no_healer);
	g_test_add_func("/store/audit/head-missing", test_head_missing);
	g_test_add_func("/store/audit/database-deleted", test_database_deleted);
	g_test_add_func("/store/audit/head-lags", test_head_lags);
	g_test_add_func("/store/audit/head-torn", test_head_torn);
	g_test_add_func("/store/audit/modes", test_modes);
	g_test_add_func("/store/audit/refused", test_refused);
	g_test_add_func("/store/audit/busy", test_busy);
	g_test_add_func("/store/audit/full", test_full);
	g_test_add_func("/store/audit/open-full", test_open_full);
	g_test_add_func("/store/audit/processes", test_processes);
	g_test_add_func("/store/audit/made-at-once", test_made_at_once);
	g_test_add_func("/store/audit/settle", test_settle);
	g_test_add_func("/store/audit/killed", test_killed);
	return g_test_run();
}
