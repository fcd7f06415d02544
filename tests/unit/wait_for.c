#include "tests/unit/wait_for.h"

#include <string.h>

#define DEADLINE_S 60

static gboolean
on_deadline(gpointer condition)
{
	g_error("waited in vain for %s", (const char *)condition);
	return G_SOURCE_REMOVE;
}

gboolean
wait_for_tick(gpointer unused)
{
	return G_SOURCE_CONTINUE;
}

struct wait_for
wait_for_begin(const char *condition)
{
	return (struct wait_for){ g_timeout_add_seconds(DEADLINE_S, on_deadline, (gpointer)condition), g_timeout_add(20, wait_for_tick, NULL) };
}

void
wait_for_end(struct wait_for w)
{
	g_source_remove(w.tick);
	g_source_remove(w.deadline);
}

gboolean
process_is_alive(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%ld/stat", (long)pid);
	g_autofree char *text = NULL;
	const char *end;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return FALSE;
	end = strrchr(text, ')');
	return end && end[2] != 'Z' && end[2] != 'X';
}
