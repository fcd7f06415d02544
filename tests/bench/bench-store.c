/* What the audit log costs: bench-store DIRECTORY ACTIONS writes so many actions, an intent and an outcome each, in a new store in the directory,
 * checks them, and prints the rows a second of both. Prints a table; no pass or fail. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include "backends/store.h"

static const struct audit_intent restart = {
	.action = "container.restart", .host = "srv1.example.com", .target = "trading-backend-1",
	.request = "POST /v1.41/containers/trading-backend-1/restart?t=10", .evidence = "/home/ann/.local/state/midwatch/evidence/2026-11-22T01-47-22Z-trading",
};

/* Gives the slowest action in microseconds. */
static gint64 write_actions(struct store *s, guint actions)
{
	gint64 worst = 0;

	for (guint i = 0; i < actions; i++) {
		gint64 start = g_get_monotonic_time(), id = store_audit_begin(s, &restart, NULL);
		if (id == 0 || !store_audit_end(s, id, OUTCOME_OK, "HTTP 204", NULL))
			g_error("action %u was not written", i);
		worst = MAX(worst, g_get_monotonic_time() - start);
	}
	return worst;
}

static void remove_store(const char *path)
{
	static const char *const endings[] = { "", ".head", "-wal", "-shm" };

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *file = g_strconcat(path, endings[i], NULL);
		g_unlink(file);
	}
}

int main(int argc, char **argv)
{
	g_autofree char *path = argc == 3 ? g_build_filename(argv[1], "bench-store.db", NULL) : NULL, *problem = NULL;
	g_autoptr(GError) error = NULL;
	guint actions = argc == 3 ? (guint)strtoul(argv[2], NULL, 10) : 0;
	gint64 start, worst, written, checked;
	struct store *s;
	guint64 rows;

	if (actions == 0) {
		fputs("bench-store DIRECTORY ACTIONS\n", stderr);
		return 2;
	}
	remove_store(path);
	s = store_open(path, &error);
	if (!s)
		g_error("%s", error->message);
	start = g_get_monotonic_time();
	worst = write_actions(s, actions);
	written = g_get_monotonic_time();
	if (!store_audit_verify(s, &rows, &problem))
		g_error("%s", problem);
	checked = g_get_monotonic_time();
	printf("written/s\t%.0f\nverified/s\t%.0f\nboth/s\t%.0f\nworst ms\t%.1f\n", (double)rows * 1e6 / (double)(written - start),
	       (double)rows * 1e6 / (double)(checked - written), (double)rows * 1e6 / (double)(checked - start), (double)worst / 1e3);
	store_close(s);
	remove_store(path);
	return 0;
}
