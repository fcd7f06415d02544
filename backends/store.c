#include "backends/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/state_dir.h"
#include "model/sanitize.h"

#define APPLICATION_ID 0x6d77 /* "mw" */
#define TEXT_MAX (1 << 20) /* bytes of one value: far more than we write, and less than a forged file could ask of the memory */

G_DEFINE_QUARK(midwatch-store-error, store_error)

/* --- errors --- */

struct refusal { int code; const char *why, *remedy; };

static struct refusal
refusal_of_errno(int why)
{
	switch (why) {
	case ENOSPC: case EDQUOT: case EFBIG:
		return (struct refusal){ STORE_ERROR_FULL, why == EDQUOT ? "the disk quota is used up" : why == EFBIG ? "the file may not grow further (ulimit -f)"
		                         : "the disk is full", "free some space there and try again" };
	case EROFS:
		return (struct refusal){ STORE_ERROR_DENIED, "the file system is read-only", "set XDG_STATE_HOME to a directory that can be written" };
	case EACCES: case EPERM:
		return (struct refusal){ STORE_ERROR_DENIED, "no rights", "see who owns it (ls -l); it may have been made under sudo" };
	case ENOENT:
		return (struct refusal){ STORE_ERROR_MISSING, "there is no such file", "it is made by the first start of the console" };
	default:
		return (struct refusal){ STORE_ERROR_FAILED, g_strerror(why), "look at the disk (dmesg)" };
	}
}

/* SQLite does not always keep the reason of a failed write; errno still has it then, since what succeeds does not clear it. */
static int
system_errno(sqlite3 *db, int last)
{
	int why = db ? sqlite3_system_errno(db) : 0;

	return why == 0 && (last == ENOSPC || last == EDQUOT || last == EFBIG || last == EROFS || last == EIO) ? last : why;
}

static struct refusal
refusal_of(sqlite3 *db)
{
	int why = system_errno(db, errno), code = db ? sqlite3_errcode(db) : SQLITE_NOMEM;

	switch (code) {
	case SQLITE_BUSY: case SQLITE_LOCKED:
		return (struct refusal){ STORE_ERROR_BUSY, "another program holds it", "see which (fuser), and try again" };
	case SQLITE_NOTADB:
		return (struct refusal){ STORE_ERROR_DAMAGED, "it is not a database", "move it away, and midwatch makes a new one" };
	case SQLITE_CORRUPT:
		return (struct refusal){ STORE_ERROR_DAMAGED, "the database is damaged", "keep a copy of it, and move it away: midwatch makes a new one" };
	case SQLITE_FULL:
		return refusal_of_errno(why == EFBIG || why == EDQUOT ? why : ENOSPC);
	case SQLITE_READONLY:
		return refusal_of_errno(why == EROFS ? why : EACCES);
	case SQLITE_IOERR: case SQLITE_CANTOPEN:
		if (why != 0)
			return refusal_of_errno(why);
		/* fall through */
	default:
		return (struct refusal){ STORE_ERROR_FAILED, db ? sqlite3_errmsg(db) : "out of memory", "keep a copy of it and report this" };
	}
}

static void
set_refusal(const char *path, const char *what, struct refusal r, GError **error)
{
	g_set_error(error, STORE_ERROR, r.code, "The store cannot be %s: %s: %s; %s.", what, path, r.why, r.remedy);
}

void
store_refused(struct store *s, const char *what, GError **error)
{
	set_refusal(s->path, what, refusal_of(s->db), error);
}

void
store_refused_errno(const char *path, const char *what, int why, GError **error)
{
	set_refusal(path, what, refusal_of_errno(why), error);
}

sqlite3_stmt *
store_prepare(struct store *s, const char *sql, const char *what, GError **error)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
		store_refused(s, what, error);
	return q;
}

gboolean
store_run(struct store *s, const char *sql, const char *what, GError **error)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return TRUE;
	store_refused(s, what, error);
	return FALSE;
}

gboolean
store_done(struct store *s, sqlite3_stmt *q, GError **error)
{
	gboolean ok = q && sqlite3_step(q) == SQLITE_DONE;

	if (q && !ok)
		store_refused(s, "written", error);
	sqlite3_finalize(q);
	return ok;
}

gboolean
store_put(struct store *s, sqlite3_stmt *q, GError **error)
{
	gboolean ok = sqlite3_step(q) == SQLITE_DONE;

	if (!ok)
		store_refused(s, "written", error);
	sqlite3_reset(q);
	return ok;
}

gboolean
store_rows_end(struct store *s, sqlite3_stmt *q, int code, GError **error)
{
	gboolean ok = code == SQLITE_DONE || code == SQLITE_ROW;

	if (!ok)
		store_refused(s, "read", error);
	sqlite3_finalize(q);
	return ok;
}

void
store_light(struct store *s, gboolean light)
{
	sqlite3_busy_timeout(s->db, light ? STORE_BRIEF_BUSY_MS : STORE_BUSY_MS);
	sqlite3_exec(s->db, light ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", NULL, NULL, NULL);
}

gboolean
store_commit(struct store *s, gboolean ok, GError **error)
{
	ok = ok && store_run(s, "COMMIT", "written", error);
	if (!ok)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return ok;
}

GArray *
store_orphans(struct store *s, const char *sql, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, sql, "read", error);
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
	int code;

	if (!q)
		return NULL;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		gint64 number = sqlite3_column_int64(q, 0);
		if (store_process_gone((const char *)sqlite3_column_text(q, 1)))
			g_array_append_val(found, number);
	}
	return store_rows_end(s, q, code, error) ? g_steal_pointer(&found) : NULL;
}

char *
store_text(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	return text ? sanitize_text(text, -1) : NULL;
}

/* --- opening --- */

/* All in one statement, and so of one moment: another midwatch may be making it. */
static gboolean
check_kind(struct store *s, gint64 *version, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_application_id, pragma_user_version",
	                                "read", error);
	gint64 id, tables;

	if (!q)
		return FALSE;
	if (sqlite3_step(q) != SQLITE_ROW) {
		store_refused(s, "read", error);
		sqlite3_finalize(q);
		return FALSE;
	}
	id = sqlite3_column_int64(q, 0);
	*version = sqlite3_column_int64(q, 1);
	tables = sqlite3_column_int64(q, 2);
	sqlite3_finalize(q);
	if (id != APPLICATION_ID && (id != 0 || *version != 0 || tables > 0)) {
		set_refusal(s->path, "used", (struct refusal){ STORE_ERROR_FOREIGN, "it is the database of another program", "move it away" }, error);
		return FALSE;
	}
	if (*version > STORE_SCHEMA) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NEWER, "The store cannot be used: %s was made by a newer midwatch (its schema is %" G_GINT64_FORMAT
		            ", this one knows %d); update midwatch, or set XDG_STATE_HOME to another directory.", s->path, *version, STORE_SCHEMA);
		return FALSE;
	}
	return TRUE;
}

/* Another midwatch may do the same at this moment: who comes second finds it done. */
static gboolean
migrate(struct store *s, GError **error)
{
	g_autofree char *mark = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, STORE_SCHEMA);
	gint64 version;
	gboolean ok;

	if (!check_kind(s, &version, error) || version == STORE_SCHEMA)
		return version == STORE_SCHEMA;
	/* The head first: a log without one would look tampered with after a crash in between. One that had a head and lost it gets none. */
	if ((version == 0 && !store_head_make(s, error)) || !store_run(s, "BEGIN IMMEDIATE", "made", error))
		return FALSE;
	ok = check_kind(s, &version, error);
	for (gint64 i = version; ok && i < STORE_SCHEMA; i++)
		ok = store_run(s, store_migrations[i], "made", error);
	ok = ok && store_run(s, mark, "made", error) && store_run(s, "COMMIT", "made", error);
	if (!ok)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return ok;
}

/* Two who do this at once may be refused without having waited. */
static gboolean
use_wal(struct store *s, GError **error)
{
	gint64 end = g_get_monotonic_time() + STORE_BUSY_MS * 1000;
	int code;

	while ((code = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) == SQLITE_BUSY && g_get_monotonic_time() < end)
		g_usleep(10000);
	if (code != SQLITE_OK)
		store_refused(s, "used", error);
	return code == SQLITE_OK && store_run(s, "PRAGMA synchronous = FULL", "used", error);
}

/* A file of mode 0600, whatever the umask is; SQLite gives the files beside it the mode of this one. One that is there is not opened: closing it
 * would drop the locks that SQLite may hold on it in this process. */
static gboolean
make_file(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), why = errno;
	struct stat st;

	if (fd >= 0) {
		(void)!fchmod(fd, 0600);
		close(fd);
	} else if (why != EEXIST) {
		store_refused_errno(path, "made", why, error);
		return FALSE;
	} else if (stat(path, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 07777) != 0600) {
		(void)!chmod(path, 0600);
	}
	return TRUE;
}

/* SQLite opens for reading what it may not write. */
static gboolean
check_writable(struct store *s, GError **error)
{
	if (sqlite3_db_readonly(s->db, "main") != 1)
		return TRUE;
	store_refused_errno(s->path, "written", access(s->path, W_OK) != 0 ? errno : EACCES, error);
	return FALSE;
}

static struct store *
store_new(const char *path)
{
	struct store *s = g_new0(struct store, 1);

	s->path = path ? g_strdup(path) : store_default_path();
	s->head_path = g_strconcat(s->path, ".head", NULL);
	return s;
}

static gboolean
open_database(struct store *s, const char *name, int flags, GError **error)
{
	if (sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		store_refused(s, "opened", error);
		return FALSE;
	}
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, TEXT_MAX);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return TRUE;
}

struct store *
store_open(const char *path, GError **error)
{
	struct store *s = store_new(path);
	g_autofree char *directory = g_path_get_dirname(s->path);

	if (state_dir_make(directory, error) && make_file(s->path, error) && open_database(s, s->path, SQLITE_OPEN_READWRITE, error) &&
	    check_writable(s, error) && migrate(s, error) && use_wal(s, error)) {
		store_head_advance(s); /* it lags when a midwatch was killed in between */
		return s;
	}
	store_close(s);
	return NULL;
}

/* A copy on a read-only file system cannot have the files that WAL needs; without them it is complete in itself. */
static gboolean
open_immutable(struct store *s, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(s->path, "/", FALSE), *name = g_strdup_printf("file:%s?immutable=1", escaped);
	g_autofree char *wal = g_strconcat(s->path, "-wal", NULL);
	struct stat st;

	if (stat(wal, &st) == 0 && st.st_size > 0)
		return FALSE;
	sqlite3_close(g_steal_pointer(&s->db));
	g_clear_error(error);
	return open_database(s, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
}

struct store *
store_open_readonly(const char *path, GError **error)
{
	g_autoptr(GError) problem = NULL;
	struct store *s = store_new(path);
	gint64 version = 0;
	gboolean ok;

	s->readonly = TRUE;
	if (access(s->path, F_OK) != 0) {
		store_refused_errno(s->path, "read", errno, &problem);
		ok = FALSE;
	} else {
		ok = open_database(s, s->path, SQLITE_OPEN_READONLY, &problem) && check_kind(s, &version, &problem);
		if (!ok && !g_error_matches(problem, STORE_ERROR, STORE_ERROR_FOREIGN) && !g_error_matches(problem, STORE_ERROR, STORE_ERROR_NEWER))
			ok = open_immutable(s, &problem) && check_kind(s, &version, &problem);
	}
	if (ok)
		return s;
	g_propagate_error(error, g_steal_pointer(&problem));
	store_close(s);
	return NULL;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	store_samples_close(s);
	sqlite3_close(s->db);
	g_free(s->path);
	g_free(s->head_path);
	g_free(s->actor);
	g_free(s->process);
	g_free(s);
}

char *
store_default_path(void)
{
	return state_dir_path("store.db");
}
