/* The tables of the store, as they have grown. */
#include "backends/store_private.h"

/* Step n leads from schema n to n + 1. */
const char *const store_migrations[STORE_SCHEMA] = {
	"CREATE TABLE audit ("
	" seq INTEGER PRIMARY KEY,"
	" kind TEXT NOT NULL CHECK (kind IN ('intent', 'outcome')),"
	" entry INTEGER NOT NULL,"
	" utc_us INTEGER NOT NULL,"
	" actor TEXT NOT NULL,"
	" process TEXT NOT NULL,"
	" action TEXT, host TEXT, target TEXT, request TEXT, evidence TEXT, note TEXT,"
	" outcome TEXT, result TEXT,"
	" hash TEXT NOT NULL);"
	"CREATE INDEX audit_entry ON audit (entry, kind);"
	"CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;"
	"CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;"
	"CREATE TABLE series (id INTEGER PRIMARY KEY, host TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (host, name));"
	"CREATE TABLE sample (series INTEGER NOT NULL, utc_us INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (series, utc_us)) WITHOUT ROWID;"
	"CREATE TABLE thinned (utc_us INTEGER NOT NULL);"
	"INSERT INTO thinned VALUES (0);",
	"CREATE TABLE rollout ("
	" number INTEGER PRIMARY KEY," /* its entry in the audit log */
	" process TEXT NOT NULL,"
	" begun_us INTEGER NOT NULL,"
	" ended_us INTEGER NOT NULL," /* 0: not yet */
	" state TEXT NOT NULL,"
	" batch INTEGER NOT NULL, budget INTEGER NOT NULL, pause_s INTEGER NOT NULL, gate_s INTEGER NOT NULL, quiet_s INTEGER NOT NULL,"
	" batch_begin INTEGER NOT NULL);"
	"CREATE TABLE rollout_step ("
	" rollout INTEGER NOT NULL, position INTEGER NOT NULL,"
	" gateway TEXT NOT NULL,"
	" stage TEXT NOT NULL,"
	" reason TEXT,"
	" begun_us INTEGER NOT NULL, restarted_us INTEGER NOT NULL, ended_us INTEGER NOT NULL,"
	" PRIMARY KEY (rollout, position)) WITHOUT ROWID;",
	/* A process of "" walks nothing any more: the run is over, or waits to be taken over. */
	"CREATE TABLE run ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" process TEXT NOT NULL, actor TEXT NOT NULL,"
	" checklist TEXT NOT NULL, title TEXT NOT NULL, origin TEXT, source TEXT NOT NULL,"
	" version TEXT, report TEXT,"
	" state TEXT NOT NULL, verdict TEXT NOT NULL,"
	" begun_us INTEGER NOT NULL, window_end_us INTEGER NOT NULL, ended_us INTEGER NOT NULL," /* 0: none, not yet */
	" unwatched_us INTEGER NOT NULL, events_left_out INTEGER NOT NULL,"
	" step INTEGER NOT NULL, steps INTEGER NOT NULL);" /* looked at, and of how many */
	"CREATE TABLE run_touch (run INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (run, position)) WITHOUT ROWID;"
	"CREATE TABLE run_variable (run INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, name)) WITHOUT ROWID;"
	"CREATE TABLE run_link (run INTEGER NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, position)) WITHOUT ROWID;"
	"CREATE TABLE run_step ("
	" run INTEGER NOT NULL, position INTEGER NOT NULL,"
	" failures INTEGER NOT NULL, forgiven INTEGER NOT NULL, excused INTEGER NOT NULL, gaps INTEGER NOT NULL,"
	" failed_us INTEGER NOT NULL, failing_since_us INTEGER NOT NULL,"
	" overridden TEXT, overridden_by TEXT,"
	" PRIMARY KEY (run, position)) WITHOUT ROWID;"
	"CREATE TABLE run_result ("
	" run INTEGER NOT NULL, step INTEGER NOT NULL, position INTEGER NOT NULL,"
	" verdict TEXT NOT NULL, summary TEXT, lines TEXT, lines_left_out INTEGER NOT NULL, command TEXT, answered_by TEXT,"
	" begun_us INTEGER NOT NULL, took_us INTEGER NOT NULL,"
	" PRIMARY KEY (run, step, position));"
	"CREATE TABLE run_event ("
	" run INTEGER NOT NULL, position INTEGER NOT NULL,"
	" utc_us INTEGER NOT NULL, step INTEGER NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL, text TEXT NOT NULL,"
	" PRIMARY KEY (run, position)) WITHOUT ROWID;"
	"CREATE TABLE alert ("
	" rule TEXT NOT NULL, labels TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" active_us INTEGER NOT NULL, fired_us INTEGER NOT NULL, kept_us INTEGER NOT NULL, seen_us INTEGER NOT NULL,"
	" PRIMARY KEY (rule, labels)) WITHOUT ROWID;"
	"CREATE TABLE alerts_seen (utc_us INTEGER NOT NULL);"
	"INSERT INTO alerts_seen VALUES (0);"
	"CREATE TABLE silence ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" rule TEXT, labels TEXT,"
	" begin_us INTEGER NOT NULL, end_us INTEGER NOT NULL,"
	" made_by TEXT NOT NULL, comment TEXT NOT NULL);"
	"CREATE TABLE page (scope TEXT PRIMARY KEY, dedup_key TEXT NOT NULL, opened_us INTEGER NOT NULL) WITHOUT ROWID;"
	/* Who tells people, and until when nobody else does. */
	"CREATE TABLE pager (one INTEGER PRIMARY KEY CHECK (one = 1), process TEXT NOT NULL, actor TEXT NOT NULL, seen_us INTEGER NOT NULL);",
	/* 0: what was told of it last has not reached everybody. */
	"ALTER TABLE page ADD COLUMN taken INTEGER NOT NULL DEFAULT 1;",
	"ALTER TABLE alert ADD COLUMN notes TEXT;",
};
