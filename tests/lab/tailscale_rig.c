#include "tests/lab/tailscale_rig.h"

#include "tests/lab/lab_private.h"

#define NAME "tailscale"

char *tailscale_rig_start(struct lab *lab)
{
	g_autofree char *directory = g_path_get_dirname(lab->script);
	g_autofree char *program = g_build_filename(directory, "tailscale_double.py", NULL);
	g_autofree char *socket = lab_path(lab, "tailscaled.sock");
	g_autofree char *state = lab_path(lab, "tailscale.json");
	g_autofree char *log = lab_path(lab, "tailscale-requests");
	const char *argv[] = {"python3", program, "--socket", socket, "--state", state, "--log", log, NULL};

	return lab_double_start(lab, NAME, argv);
}

void tailscale_rig_stop(struct lab *lab)
{
	lab_child_stop(lab, NAME);
}

void tailscale_rig_set(struct lab *lab, const char *json)
{
	lab_write(lab, "tailscale.json", json);
}

guint tailscale_rig_count(struct lab *lab)
{
	return lab_count_lines(lab, "tailscale-requests");
}
