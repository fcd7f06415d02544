#include "backends/store_private.h"

#include <string.h>

struct verification {
	gint64 seq;                 /* of the last row that was right */
	char hash[AUDIT_HASH_SIZE]; /* its hash */
	struct store_head head;
	gboolean head_seen;         /* the row that the head names is there and the same */
};

/* Is there an intent of this number before the row? */
static gboolean
has_intent(struct store *s, const struct audit_row *row)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT 1 FROM audit WHERE seq = ? AND seq < ? AND kind = 'intent'", "read", NULL);
	gboolean found;

	sqlite3_bind_int64(q, 1, row->entry);
	sqlite3_bind_int64(q, 2, row->seq);
	found = q && sqlite3_step(q) == SQLITE_ROW;
	sqlite3_finalize(q);
	return found;
}

/* NULL when the row follows the one before; else what is wrong. */
static char *
check_row(struct store *s, struct verification *c, sqlite3_stmt *q)
{
	struct audit_row row = { 0 };
	const char *hash = NULL;
	char right[AUDIT_HASH_SIZE];
	gint64 seq = sqlite3_column_int64(q, 0);

	if (seq > c->seq + 1)
		return seq == c->seq + 2 ? g_strdup_printf("row %" G_GINT64_FORMAT " is missing", c->seq + 1)
		                         : g_strdup_printf("rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing", c->seq + 1, seq - 1);
	if (!store_audit_row(q, &row, &hash))
		return g_strdup_printf("row %" G_GINT64_FORMAT " was changed", seq);
	audit_row_hash(&row, c->hash, right);
	if (seq != c->seq + 1 || strcmp(right, hash) != 0)
		return c->seq > 0 ? g_strdup_printf("row %" G_GINT64_FORMAT " was changed, or the hash of the row before it", seq)
		                  : g_strdup_printf("row %" G_GINT64_FORMAT " was changed", seq);
	if (strcmp(row.kind, "intent") == 0 ? row.entry != seq : !has_intent(s, &row))
		return g_strdup_printf("row %" G_GINT64_FORMAT " belongs to no action", seq);
	c->seq = seq;
	g_strlcpy(c->hash, right, sizeof c->hash);
	c->head_seen |= seq == c->head.count && strcmp(right, c->head.hash) == 0;
	return NULL;
}

static char *
check_rows(struct store *s, struct verification *c)
{
	g_autoptr(GError) error = NULL;
	sqlite3_stmt *q = store_prepare(s, "SELECT " AUDIT_COLUMNS " FROM audit ORDER BY seq", "read", &error);
	char *problem = NULL;
	int code = SQLITE_DONE;

	if (!q)
		return sqlite3_errcode(s->db) == SQLITE_ERROR ? g_strdup_printf("the table of the audit log is missing or was changed: %s", sqlite3_errmsg(s->db))
		                                              : g_strdup(error->message);
	while (!problem && (code = sqlite3_step(q)) == SQLITE_ROW)
		problem = check_row(s, c, q);
	if (!problem && code != SQLITE_DONE) {
		store_refused(s, "read", &error);
		problem = g_strdup(error->message);
	}
	sqlite3_finalize(q);
	return problem;
}

static char *
check_head(const struct verification *c)
{
	if (c->head.count == 0 || c->head_seen)
		return NULL;
	if (c->seq < c->head.count)
		return g_strdup_printf("the log has %" G_GINT64_FORMAT " rows, but had %" G_GINT64_FORMAT ": rows were cut off its end, or it was replaced", c->seq,
		                       c->head.count);
	return g_strdup_printf("row %" G_GINT64_FORMAT " is not the one that was written: the log was cut and written anew, or replaced", c->head.count);
}

gboolean
store_audit_verify(struct store *s, guint64 *rows, char **problem)
{
	struct verification c = { .hash = AUDIT_HASH_NONE };
	char *head_problem = NULL;

	/* The head first: what is written meanwhile is beyond it. */
	*problem = NULL;
	store_head_read(s, &c.head, &head_problem);
	*problem = check_rows(s, &c);
	if (!*problem)
		*problem = head_problem ? g_steal_pointer(&head_problem) : check_head(&c);
	g_free(head_problem);
	if (rows)
		*rows = (guint64)c.seq;
	return *problem == NULL;
}
