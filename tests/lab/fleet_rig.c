#include "tests/lab/fleet_rig.h"

#include <stdlib.h>
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
	                                        "%s"
	                                        "  %s\n", lab_ssh_config(r->lab), strstr(more, "connect_timeout:") ? "" : "  connect_timeout: 20\n", members);

	c->f = fixture_new();
	fixture_configure(c->f, text);
	c->d = fixture_run(c->f, NULL, NULL, ROWS, COLUMNS);
}

void fleet_console_wait(struct fleet_console *c, guint online, guint all)
{
	g_autofree char *header = g_strdup_printf("gateways %u/%u", online, all);

	driver_wait(c->d, header, 0);
}

/* --- a sweep --- */

struct swept { gint64 since_us; GRegex *regex; };

/* One that ended before is older than that. */
static gboolean has_swept(struct driver *d, void *user)
{
	const struct swept *s = user;
	gint64 passed_s = (g_get_monotonic_time() - s->since_us) / G_USEC_PER_SEC;
	g_autofree char *text = driver_text(d), *age = NULL;
	g_autoptr(GMatchInfo) match = NULL;

	if (!g_regex_match(s->regex, text, 0, &match))
		return FALSE;
	age = g_match_info_fetch(match, 1);
	return atoi(age) * (g_str_has_suffix(age, "m") ? 60 : 1) <= passed_s;
}

void fleet_console_sweep(struct fleet_console *c, const char *result)
{
	g_autofree char *pattern = g_strdup_printf("sweep (\\d+[sm]) ago: (%s)", result), *what = g_strdup_printf("a sweep with %s", result);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	struct swept s = { g_get_monotonic_time(), regex };

	g_assert_nonnull(regex);
	driver_keys(c->d, "e");
	driver_wait_until(c->d, has_swept, &s, what, 0);
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
