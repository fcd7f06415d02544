#include "tests/lab/fleet_rig.h"

#include <string.h>

#define ROWS 50
#define COLUMNS 200

void fleet_rig_start(struct fleet_rig *r, guint count)
{
	r->lab = lab_new();
	r->fleet = lab_fleet(r->lab, count);
	lab_fleet_known(r->fleet, "plain");
}

void fleet_rig_end(struct fleet_rig *r)
{
	if (!r->lab)
		return;
	lab_fleet_free(r->fleet);
	lab_free(r->lab);
	*r = (struct fleet_rig){ NULL, NULL };
}

void fleet_rig_reset(struct fleet_rig *r, guint count)
{
	static const char *const files[] = { "behaviour", "unit", "journal", "user", "restart-fails", "restarts" };

	for (guint i = 1; i <= count; i++) {
		g_autofree char *name = lab_fleet_name(i);
		for (guint k = 0; k < G_N_ELEMENTS(files); k++)
			lab_fleet_set(r->fleet, name, files[k], NULL);
	}
}

void fleet_console_start(struct fleet_console *c, const struct fleet_rig *r, const char *more)
{
	g_auto(GStrv) lines = g_strsplit(more, "\n", -1);
	g_autofree char *members = g_strjoinv("\n  ", lines);
	g_autofree char *text = g_strdup_printf("start_panel: gateways\n"
	                                        "fleet:\n"
	                                        "  ssh_config: %s\n"
	                                        "  connect_timeout: 4\n"
	                                        "  %s\n", lab_ssh_config(r->lab), members);

	c->f = fixture_new();
	fixture_configure(c->f, text);
	c->d = fixture_run(c->f, NULL, NULL, ROWS, COLUMNS);
}

void fleet_console_wait(struct fleet_console *c, guint online, guint all)
{
	g_autofree char *header = g_strdup_printf("gateways %u/%u", online, all);

	driver_wait(c->d, header, 0);
}

void fleet_console_quit(struct fleet_console *c)
{
	driver_quit(c->d, "^C");
	fixture_free(c->f);
	*c = (struct fleet_console){ NULL, NULL };
}

static void keep(char **out, const char *text)
{
	if (!out)
		return;
	g_free(*out);
	*out = g_strdup(text);
}

guint fleet_rig_audit(const struct fixture *f, const char *action, const char *host, enum outcome outcome, char **result, char **evidence)
{
	g_autofree char *path = fixture_path(f, "state/midwatch/store.db"), *problem = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store = store_open_readonly(path, &error);
	guint n = 0;

	g_assert_no_error(error);
	if (!store_audit_verify(store, NULL, &problem))
		g_error("the audit log: %s", problem);
	g_autoptr(GPtrArray) all = store_audit_list(store, 0, &error);
	for (guint i = 0; i < all->len; i++) {
		const struct audit_entry *e = all->pdata[i];
		if (strcmp(e->action, action) != 0 || e->outcome != outcome || (host && strcmp(e->host, host) != 0))
			continue;
		n++;
		keep(result, e->result);
		keep(evidence, e->evidence);
	}
	store_close(store);
	return n;
}

double fleet_rig_left(gint64 begun_us, double seconds)
{
	return MAX(seconds - (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC, 1);
}
