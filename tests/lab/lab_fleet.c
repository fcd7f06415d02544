#include "tests/lab/lab_fleet.h"

#include "tests/lab/lab_private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SSHD "fleet"
#define PREFIX "pi-gw"
#define A_SUBNET 250 /* gateways of 127.1.x.1 and so on */

struct lab_fleet {
	struct lab *lab;
	guint port;
	gboolean is_guarded; /* the network is given back also when the test crashes */
	GPtrArray *proxies;
};

struct lab_fleet *lab_fleet(struct lab *lab, guint count)
{
	struct lab_fleet *fleet = g_new0(struct lab_fleet, 1);
	g_autofree char *number = g_strdup_printf("%u", count), *port = NULL;

	fleet->lab = lab;
	fleet->proxies = g_ptr_array_new_with_free_func((GDestroyNotify)lab_proxy_free);
	g_free(lab_script(lab, "lab_fleet_prepare", number, NULL));
	fleet->port = lab_sshd(lab, SSHD, "fleet", NULL);
	port = g_strdup_printf("%u", fleet->port);
	g_free(lab_script(lab, "lab_fleet_hosts", port, NULL));
	return fleet;
}

void lab_fleet_free(struct lab_fleet *fleet)
{
	if (fleet == NULL)
		return;
	g_ptr_array_unref(fleet->proxies);
	if (fleet->is_guarded)
		g_free(lab_script(fleet->lab, "lab_fleet_restore_all", NULL));
	g_free(fleet);
}

guint lab_fleet_port(const struct lab_fleet *fleet)
{
	return fleet->port;
}

char *lab_fleet_name(guint number)
{
	return g_strdup_printf(PREFIX "%03u", number);
}

char *lab_fleet_address(const char *name)
{
	int number = g_str_has_prefix(name, PREFIX) ? atoi(name + strlen(PREFIX)) : 0;

	if (number <= 0)
		g_error("%s is no gateway", name);
	return g_strdup_printf("127.1.%d.%d", (number - 1) / A_SUBNET, (number - 1) % A_SUBNET + 1);
}

void lab_fleet_known(struct lab_fleet *fleet, const char *kind)
{
	g_free(lab_script(fleet->lab, "lab_fleet_known", kind, NULL));
}

/* --- state --- */

static char *state_path(struct lab_fleet *fleet, const char *name, const char *file)
{
	return g_build_filename(fleet->lab->dir, "fleet", name, file, NULL);
}

static void make_directory(const char *path)
{
	g_autofree char *directory = g_path_get_dirname(path);

	if (g_mkdir_with_parents(directory, 0700) != 0)
		g_error("cannot make %s: %s", directory, g_strerror(errno));
}

void lab_fleet_set(struct lab_fleet *fleet, const char *name, const char *file, const char *text)
{
	g_autofree char *inside = g_build_filename("fleet", name, file, NULL);
	g_autofree char *path = lab_path(fleet->lab, inside);

	make_directory(path);
	if (text != NULL)
		lab_write(fleet->lab, inside, text);
	else
		g_unlink(path);
}

char *lab_fleet_get(struct lab_fleet *fleet, const char *name, const char *file)
{
	g_autofree char *path = state_path(fleet, name, file);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

void lab_fleet_log(struct lab_fleet *fleet, const char *name, const char *text)
{
	g_autofree char *path = state_path(fleet, name, "journal");
	gint64 now = g_get_real_time();
	FILE *journal;

	make_directory(path);
	journal = fopen(path, "ae");
	if (journal == NULL)
		g_error("cannot write %s: %s", path, g_strerror(errno));
	fprintf(journal, "%" G_GINT64_FORMAT ".%06d novavms-gateway[812]: %s\n", now / G_USEC_PER_SEC, (int)(now % G_USEC_PER_SEC), text);
	fclose(journal);
}

guint lab_fleet_restarts(struct lab_fleet *fleet, const char *name)
{
	g_autofree char *file = g_build_filename("fleet", name, "restarts", NULL);

	return lab_count_lines(fleet->lab, file);
}

/* --- network --- */

/* A process that gives the network back when the test has crashed. */
static void guard(struct lab_fleet *fleet)
{
	const char *argv[] = {"bash", fleet->lab->script, "lab_fleet_guard", fleet->lab->dir, NULL};

	if (!fleet->is_guarded)
		lab_spawn(fleet->lab, "fleet-guard", argv, SIGTERM);
	fleet->is_guarded = TRUE;
}

void lab_fleet_cut(struct lab_fleet *fleet, const char *name)
{
	guard(fleet);
	g_free(lab_script(fleet->lab, "lab_fleet_cut", name, NULL));
}

void lab_fleet_refuse(struct lab_fleet *fleet, const char *name)
{
	guard(fleet);
	g_free(lab_script(fleet->lab, "lab_fleet_refuse", name, NULL));
}

void lab_fleet_restore(struct lab_fleet *fleet, const char *name)
{
	g_free(lab_script(fleet->lab, "lab_fleet_restore", name, NULL));
}

void lab_fleet_own_network(struct lab_fleet *fleet, gboolean up)
{
	guard(fleet);
	g_free(lab_script(fleet->lab, "lab_fleet_own_network", up ? "up" : "down", NULL));
}

struct lab_proxy *lab_fleet_slow(struct lab_fleet *fleet, const char *name, guint64 bytes_per_second)
{
	g_autofree char *address = lab_fleet_address(name);
	struct lab_proxy *proxy = lab_proxy_new_tcp(address, fleet->port);

	g_ptr_array_add(fleet->proxies, proxy);
	lab_proxy_limit(proxy, bytes_per_second);
	lab_ssh_host(fleet->lab, name, lab_proxy_port(proxy), SSHD, NULL);
	return proxy;
}
