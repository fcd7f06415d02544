#include "tests/lab/ollama_rig.h"

#include "tests/lab/lab_private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static GPtrArray *the_argv; /* of char *, owned, NULL at its end */
static guint the_port;

static void run(struct lab *lab)
{
	g_autofree char *place = lab_double_start(lab, "ollama", (const char *const *)the_argv->pdata);

	the_port = (guint)atoi(place);
}

guint ollama_rig_start(struct lab *lab, ...)
{
	g_autofree char *directory = g_path_get_dirname(lab->script);
	va_list more;

	if (the_argv)
		g_ptr_array_unref(the_argv);
	the_argv = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(the_argv, g_strdup("python3"));
	g_ptr_array_add(the_argv, g_build_filename(directory, "ollama_double.py", NULL));
	g_ptr_array_add(the_argv, g_strdup("--log"));
	g_ptr_array_add(the_argv, lab_path(lab, "ollama-requests"));
	va_start(more, lab);
	for (const char *word; (word = va_arg(more, const char *));)
		g_ptr_array_add(the_argv, g_strdup(word));
	va_end(more);
	g_ptr_array_add(the_argv, NULL);
	run(lab);
	return the_port;
}

void ollama_rig_stop(struct lab *lab)
{
	lab_child_stop(lab, "ollama");
}

void ollama_rig_again(struct lab *lab)
{
	g_autofree char *port = g_strdup_printf("%u", the_port);

	g_ptr_array_remove_index(the_argv, the_argv->len - 1);
	g_ptr_array_add(the_argv, g_strdup("--port"));
	g_ptr_array_add(the_argv, g_steal_pointer(&port));
	g_ptr_array_add(the_argv, NULL);
	run(lab);
}

void ollama_rig_use(struct lab *lab, const char *model, double seconds)
{
	static guint number;
	g_autofree char *body = g_strdup_printf("{\"model\":\"%s\",\"prompt\":\"work %.1f\"}", model, seconds);
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/api/generate", the_port);
	g_autofree char *name = g_strdup_printf("user-%u", ++number);
	const char *argv[] = {"curl", "-s", "-d", body, url, NULL};

	lab_spawn(lab, name, argv, SIGKILL);
}

guint ollama_rig_count(struct lab *lab, const char *text)
{
	g_autofree char *path = lab_path(lab, "ollama-requests"), *all = NULL;
	g_auto(GStrv) lines = NULL;
	guint count = 0;

	if (!g_file_get_contents(path, &all, NULL, NULL))
		return 0;
	lines = g_strsplit(all, "\n", -1);
	for (guint i = 0; lines[i]; i++)
		count += strstr(lines[i], text) != NULL;
	return count;
}
