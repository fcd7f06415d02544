#include "backends/store_private.h"

#include <string.h>

#include "model/sanitize.h"

/* Bytes of a field; what does not fit is cut, and said. */
#define NAME_MAX_BYTES 512
#define TEXT_MAX_BYTES 4096
#define REQUEST_MAX_BYTES 16384

/* --- a row --- */

static gboolean
is_text(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL ||
	       (sqlite3_column_type(q, column) == SQLITE_TEXT &&
	        strlen((const char *)sqlite3_column_text(q, column)) == (gsize)sqlite3_column_bytes(q, column));
}

gboolean
store_audit_row(sqlite3_stmt *q, struct audit_row *row, const char **hash)
{
	const char **texts[] = {
		NULL, &row->kind, NULL, NULL, &row->actor, &row->process, &row->action, &row->host, &row->target, &row->request, &row->evidence,
		&row->note, &row->outcome, &row->result, hash,
	};

	for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++) {
		if (texts[i] ? !is_text(q, i) : sqlite3_column_type(q, i) != SQLITE_INTEGER)
			return FALSE;
		if (texts[i])
			*texts[i] = (const char *)sqlite3_column_text(q, i);
	}
	row->seq = sqlite3_column_int64(q, 0);
	row->entry = sqlite3_column_int64(q, 2);
	row->utc_us = sqlite3_column_int64(q, 3);
	return row->kind && *hash;
}

static gboolean
insert(struct store *s, const struct audit_row *row, const char *hash, GError **error)
{
	const char *const texts[] = {
		row->actor, row->process, row->action, row->host, row->target, row->request, row->evidence, row->note, row->outcome, row->result, hash,
	};
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO audit (" AUDIT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, row->seq);
	sqlite3_bind_text(q, 2, row->kind, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, row->entry);
	sqlite3_bind_int64(q, 4, row->utc_us);
	for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
		sqlite3_bind_text(q, 5 + i, texts[i], -1, SQLITE_STATIC);
	return store_done(s, q, error);
}

/* The end of the chain: 0 and AUDIT_HASH_NONE for an empty log. */
static gboolean
last_row(struct store *s, gint64 *seq, char hash[AUDIT_HASH_SIZE], GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "read", error);
	int code;

	*seq = 0;
	g_strlcpy(hash, AUDIT_HASH_NONE, AUDIT_HASH_SIZE);
	if (!q)
		return FALSE;
	code = sqlite3_step(q);
	if (code == SQLITE_ROW) {
		*seq = sqlite3_column_int64(q, 0);
		g_strlcpy(hash, sqlite3_column_text(q, 1) ? (const char *)sqlite3_column_text(q, 1) : "", AUDIT_HASH_SIZE);
	} else if (code != SQLITE_DONE) {
		store_refused(s, "read", error);
	}
	sqlite3_finalize(q);
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* Appends a row within a transaction; entry 0: its own. Gives its number, 0 with an error. */
static gint64
append(struct store *s, struct audit_row *row, GError **error)
{
	char previous[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];

	if (!last_row(s, &row->seq, previous, error))
		return 0;
	row->seq++;
	row->entry = row->entry ? row->entry : row->seq;
	row->utc_us = g_get_real_time();
	row->actor = store_acts_as(s);
	row->process = store_process(s);
	audit_row_hash(row, previous, hash);
	return insert(s, row, hash, error) ? row->seq : 0;
}

/* Commits what `ok` allows, and moves the head. */
static gboolean
finish(struct store *s, gboolean ok, GError **error)
{
	ok = store_commit(s, ok, error);
	if (ok)
		store_head_advance(s);
	return ok;
}

/* --- what is written --- */

/* Safe text of at most `most` bytes; NULL stays NULL. What is cut can still be recognized by its hash. */
static char *
safe(const char *text, gsize most, gboolean lines)
{
	gsize len = text ? strlen(text) : 0, kept = text ? sanitize_fit(text, len, most) : 0;
	g_autofree char *made = NULL, *hash = NULL;

	if (!text)
		return NULL;
	made = lines ? sanitize_lines(text, (gssize)kept) : sanitize_text(text, (gssize)kept);
	if (kept == len)
		return g_steal_pointer(&made);
	hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	return g_strdup_printf("%s [cut: %zu bytes with the SHA-256 %s]", made, len, hash);
}

gint64
store_audit_last(struct store *s, char hash[AUDIT_HASH_SIZE])
{
	gint64 seq = 0;

	return last_row(s, &seq, hash, NULL) ? seq : 0;
}

gint64
store_audit_begin(struct store *s, const struct audit_intent *intent, GError **error)
{
	g_autofree char *action = safe(intent->action, NAME_MAX_BYTES, FALSE), *host = safe(intent->host, NAME_MAX_BYTES, FALSE);
	g_autofree char *target = safe(intent->target, NAME_MAX_BYTES, FALSE), *request = safe(intent->request, REQUEST_MAX_BYTES, TRUE);
	g_autofree char *evidence = safe(intent->evidence, TEXT_MAX_BYTES, FALSE), *note = safe(intent->note, TEXT_MAX_BYTES, FALSE);
	struct audit_row row = {
		.kind = "intent", .action = action, .host = host, .target = target, .request = request, .evidence = evidence, .note = note,
	};
	gint64 id;

	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return 0;
	id = append(s, &row, error);
	return finish(s, id > 0, error) ? id : 0;
}

/* The outcome so far, NULL while it is open; FALSE with an error when there is no such intent. */
static gboolean
outcome_of(struct store *s, gint64 id, enum outcome *outcome, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT outcome FROM audit WHERE entry = ? ORDER BY seq DESC LIMIT 1", "read", error);
	int code;

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, id);
	code = sqlite3_step(q);
	*outcome = OUTCOME_OPEN;
	if (code == SQLITE_ROW && sqlite3_column_text(q, 0))
		*outcome = outcome_parse((const char *)sqlite3_column_text(q, 0));
	else if (code == SQLITE_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED, "The audit log has no action %" G_GINT64_FORMAT, id);
	else if (code != SQLITE_ROW)
		store_refused(s, "read", error);
	sqlite3_finalize(q);
	return code == SQLITE_ROW;
}

static gboolean
append_outcome(struct store *s, gint64 id, enum outcome outcome, const char *result, GError **error)
{
	g_autofree char *words = safe(result ? result : "", TEXT_MAX_BYTES, FALSE);
	struct audit_row row = { .kind = "outcome", .entry = id, .outcome = outcome_name(outcome), .result = words };

	return append(s, &row, error) > 0;
}

gboolean
store_audit_end(struct store *s, gint64 id, enum outcome outcome, const char *result, GError **error)
{
	enum outcome before;
	gboolean ok;

	g_return_val_if_fail(outcome != OUTCOME_OPEN, FALSE);
	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	ok = outcome_of(s, id, &before, error);
	if (ok && before != OUTCOME_OPEN && before != OUTCOME_UNKNOWN) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED, "The audit log has the outcome of action %" G_GINT64_FORMAT " already: %s", id,
		            outcome_name(before));
		ok = FALSE;
	}
	return finish(s, ok && append_outcome(s, id, outcome, result, error), error);
}

/* --- what is read --- */

static char *
column(sqlite3_stmt *q, int i, gboolean lines)
{
	const char *text = (const char *)sqlite3_column_text(q, i);

	if (!text)
		return NULL;
	return lines ? sanitize_lines(text, -1) : sanitize_text(text, -1); /* the file may have been written by anybody */
}

/* An intent joined with its last outcome. */
#define ENTRY_COLUMNS "i.seq, i.utc_us, o.utc_us, i.actor, i.action, i.host, i.target, i.request, i.evidence, i.note, o.outcome, o.result, i.process"
#define ENTRY_TABLES "audit i LEFT JOIN audit o ON o.seq = (SELECT max(seq) FROM audit WHERE entry = i.seq AND kind = 'outcome')"

static struct audit_entry *
read_entry(sqlite3_stmt *q)
{
	struct audit_entry *e = g_new0(struct audit_entry, 1);
	const char *outcome = (const char *)sqlite3_column_text(q, 10);

	e->id = sqlite3_column_int64(q, 0);
	e->started_us = sqlite3_column_int64(q, 1);
	e->ended_us = sqlite3_column_int64(q, 2);
	e->actor = column(q, 3, FALSE);
	e->action = column(q, 4, FALSE);
	e->host = column(q, 5, FALSE);
	e->target = column(q, 6, FALSE);
	e->request = column(q, 7, TRUE);
	e->evidence = column(q, 8, FALSE);
	e->note = column(q, 9, FALSE);
	e->outcome = outcome ? outcome_parse(outcome) : OUTCOME_OPEN;
	e->result = column(q, 11, FALSE);
	return e;
}

static GPtrArray *
new_entries(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))audit_entry_free);
}

static void
reverse(GPtrArray *a)
{
	for (guint i = 0; i < a->len / 2; i++) {
		gpointer other = a->pdata[i];
		a->pdata[i] = a->pdata[a->len - 1 - i];
		a->pdata[a->len - 1 - i] = other;
	}
}

GPtrArray *
store_audit_list(struct store *s, gint64 since_us, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT " ENTRY_COLUMNS " FROM " ENTRY_TABLES " WHERE i.kind = 'intent' AND i.utc_us >= ?"
	                                " ORDER BY i.seq DESC LIMIT ?", "read", error);
	GPtrArray *list = q ? new_entries() : NULL;
	int code;

	if (!q)
		return NULL;
	sqlite3_bind_int64(q, 1, since_us);
	sqlite3_bind_int(q, 2, STORE_AUDIT_LIST_MAX);
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		g_ptr_array_add(list, read_entry(q));
	if (code != SQLITE_DONE) {
		store_refused(s, "read", error);
		g_clear_pointer(&list, g_ptr_array_unref);
	}
	sqlite3_finalize(q);
	if (list)
		reverse(list);
	return list;
}

/* --- those who died --- */

#define LEFT_BEHIND "midwatch ended while it ran"

/* Open intents of processes that are gone, newest first. */
static GPtrArray *
find_orphans(struct store *s, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT " ENTRY_COLUMNS " FROM " ENTRY_TABLES " WHERE i.seq IN (SELECT entry FROM audit GROUP BY entry"
	                                " HAVING count(*) = 1) AND i.kind = 'intent' ORDER BY i.seq DESC", "read", error);
	GPtrArray *list = q ? new_entries() : NULL;
	int code = SQLITE_DONE;

	while (q && (code = sqlite3_step(q)) == SQLITE_ROW)
		if (store_process_gone((const char *)sqlite3_column_text(q, 12)))
			g_ptr_array_add(list, read_entry(q));
	if (q && code != SQLITE_DONE) {
		store_refused(s, "read", error);
		g_clear_pointer(&list, g_ptr_array_unref);
	}
	sqlite3_finalize(q);
	return list;
}

GPtrArray *
store_audit_settle(struct store *s, GError **error)
{
	GPtrArray *list;
	gboolean ok;

	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return NULL;
	list = find_orphans(s, error);
	ok = list != NULL;
	/* Oldest first, as the log grows. */
	for (guint i = ok ? list->len : 0; ok && i-- > 0;) {
		struct audit_entry *e = list->pdata[i];
		ok = append_outcome(s, e->id, OUTCOME_UNKNOWN, LEFT_BEHIND, error);
		e->outcome = OUTCOME_UNKNOWN;
		e->ended_us = g_get_real_time();
		e->result = g_strdup(LEFT_BEHIND);
	}
	if (!finish(s, ok, error))
		g_clear_pointer(&list, g_ptr_array_unref);
	return list;
}
