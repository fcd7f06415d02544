#include "tests/lab/inventory_rig.h"

#include "tests/lab/lab_private.h"

#include <stdlib.h>

#define NAME "inventory"

guint inventory_rig_start(struct lab *lab)
{
	g_autofree char *directory = g_path_get_dirname(lab->script);
	g_autofree char *program = g_build_filename(directory, "inventory_double.py", NULL);
	g_autofree char *document = lab_path(lab, "inventory.json");
	g_autofree char *fault = lab_path(lab, "inventory-fault");
	g_autofree char *log = lab_path(lab, "inventory-requests");
	const char *argv[] = {"python3", program, "--token", INVENTORY_TOKEN, "--document", document, "--fault", fault, "--log", log, NULL};
	g_autofree char *port = NULL;

	inventory_rig_set(lab, "{\"orgs\":[]}");
	port = lab_double_start(lab, NAME, argv);
	return (guint)atoi(port);
}

void inventory_rig_stop(struct lab *lab)
{
	lab_child_stop(lab, NAME);
}

void inventory_rig_set(struct lab *lab, const char *json)
{
	lab_write(lab, "inventory.json", json);
}

void inventory_rig_fail(struct lab *lab, const char *fault)
{
	lab_write(lab, "inventory-fault", fault ? fault : "");
}

guint inventory_rig_count(struct lab *lab)
{
	return lab_count_lines(lab, "inventory-requests");
}
