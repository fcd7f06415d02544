#include "app/work_gateway.h"

#include <string.h>

#include "model/sanitize.h"

#define SETTLE_S 30 /* after the link is back: then what its state says is the outcome */

/* What systemd says of the unit. */
struct unit_look {
	char *boot;        /* the kernel's id of this boot */
	char *state;       /* ActiveState */
	gboolean missing;
	gint64 entered_us; /* ActiveEnterTimestampMonotonic, the host's; 0: never */
};

struct gateway_work {
	struct work base;
	char *unit;        /* quoted */
	char *command;
	struct link_job *job;
	struct unit_look before;
	gint64 seen_us;    /* monotonic: since when its state is known again; 0 = not yet */
};

/* --- what systemd says --- */

static void
look_clear(struct unit_look *l)
{
	g_free(l->boot);
	g_free(l->state);
	memset(l, 0, sizeof *l);
}

/* FALSE: it could not be told. */
static gboolean
look_parse(const struct link_result *r, struct unit_look *out)
{
	g_auto(GStrv) lines = NULL;

	memset(out, 0, sizeof *out);
	if (r->outcome != LINK_EXITED || r->exit_code != 0)
		return FALSE;
	lines = g_strsplit(r->output, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		const char *value = strchr(lines[i], '=');
		if (!value)
			continue;
		if (g_str_has_prefix(lines[i], "Boot=") && !out->boot)
			out->boot = g_strdup(value + 1);
		else if (g_str_has_prefix(lines[i], "ActiveState=") && !out->state)
			out->state = sanitize_text(value + 1, -1);
		else if (g_str_has_prefix(lines[i], "ActiveEnterTimestampMonotonic="))
			out->entered_us = g_ascii_strtoll(value + 1, NULL, 10);
		else if (strcmp(lines[i], "LoadState=not-found") == 0)
			out->missing = TRUE;
	}
	if (out->boot && out->state)
		return TRUE;
	look_clear(out);
	return FALSE;
}

static void
ask(struct gateway_work *g, link_done done)
{
	g_autofree char *script = g_strdup_printf("echo \"Boot=$(cat /proc/sys/kernel/random/boot_id)\"; "
	                                          "systemctl show -p LoadState -p ActiveState -p ActiveEnterTimestampMonotonic %s", g->unit);
	const struct link_command c = { .command = script };

	g->job = link_run(g->base.machine->link, &c, done, g);
}

/* --- without an answer --- */

static void
judge(struct gateway_work *g, const struct unit_look *now)
{
	struct work *w = &g->base;
	gboolean active = strcmp(now->state, "active") == 0, settled;
	g_autofree char *words = NULL;

	g->seen_us = g->seen_us ? g->seen_us : g_get_monotonic_time();
	settled = g_get_monotonic_time() - g->seen_us > SETTLE_S * (gint64)G_USEC_PER_SEC;
	if (strcmp(now->boot, g->before.boot) != 0) {
		words = g_strdup_printf("no answer came, and the host was booted meanwhile: the unit is %s", now->state);
		work_done(w, OUTCOME_UNKNOWN, words);
	} else if (active && now->entered_us > g->before.entered_us) {
		work_done(w, OUTCOME_OK, "restarted: no answer came, its state shows it");
	} else if (settled) {
		words = active ? g_strdup("not restarted: no answer came, and it is active since before") : g_strdup_printf("no answer came, and it is %s", now->state);
		work_done(w, OUTCOME_FAILED, words);
	}
}

static void
on_look(const struct link_result *r, void *user)
{
	struct gateway_work *g = user;
	struct unit_look now;

	g->job = NULL;
	if (!look_parse(r, &now))
		return;
	judge(g, &now);
	look_clear(&now);
}

static void
look(struct work *w)
{
	struct gateway_work *g = (struct gateway_work *)w;

	if (!g->job && link_is_up(w->machine->link))
		ask(g, on_look);
}

/* --- the restart --- */

/* What it is compared with afterwards is known: it may begin. */
static void
on_before(const struct link_result *r, void *user)
{
	struct gateway_work *g = user;
	g_autofree char *words = NULL;

	g->job = NULL;
	if (!look_parse(r, &g->before)) {
		words = r->problem ? g_strdup_printf("not started: %s", r->problem) : g_strdup_printf("not started: systemd does not tell the unit's state: exit %d %s",
		                                                                                        r->exit_code, r->errors);
		g_strchomp(words);
		work_done(&g->base, OUTCOME_FAILED, words);
	} else if (g->before.missing) {
		work_done(&g->base, OUTCOME_FAILED, "not started: there is no such unit");
	} else {
		work_run(&g->base, g->command);
	}
}

static void
start(struct work *w)
{
	ask((struct gateway_work *)w, on_before);
}

static struct evidence *
save(struct work *w, evidence_done done, void *user)
{
	const struct gateway_work *g = (const struct gateway_work *)w;
	g_autofree char *read = g_strdup_printf("journalctl --no-pager -o short-iso-precise -u %s -n %d", g->unit, EVIDENCE_LINES);
	g_autofree char *journal = g_strdup_printf("command -v journalctl >/dev/null || { echo 'there is no journalctl on this host'; exit 0; }; "
	                                           "[ \"$(id -u)\" != 0 ] && sudo -n %s 2>/dev/null || %s", read, read);
	g_autofree char *show = g_strdup_printf("systemctl show %s", g->unit), *status = g_strdup_printf("systemctl status --no-pager -l -n 0 %s", g->unit);
	const struct evidence_command commands[] = { { "journal.txt", journal, TRUE }, { "show.txt", show, FALSE }, { "status.txt", status, FALSE } };

	return evidence_of_commands(w->machine->link, commands, G_N_ELEMENTS(commands), w->operation->host, w->operation->target, done, user);
}

static void
free_gateway(struct work *w)
{
	struct gateway_work *g = (struct gateway_work *)w;

	if (g->job)
		link_job_cancel(g->job);
	work_clear(w);
	look_clear(&g->before);
	g_free(g->unit);
	g_free(g->command);
	g_free(g);
}

char *
work_gateway_command(const char *unit)
{
	g_autofree char *quoted = g_shell_quote(unit);

	return g_strdup_printf("$([ \"$(id -u)\" = 0 ] || echo sudo -n) systemctl restart %s", quoted);
}

struct work *
work_gateway_new(struct machine *m, const char *unit)
{
	static const struct work_class class = { .evidence = save, .start = start, .look = look, .free = free_gateway };
	struct gateway_work *g = g_new0(struct gateway_work, 1);

	g->base.class = &class;
	g->base.machine = m;
	g->unit = g_shell_quote(unit);
	g->command = work_gateway_command(unit);
	g->base.operation = operation_new(WORK_GATEWAY_ACTION, "restart", m->host->name, unit, g->command);
	g->base.operation->detached = TRUE;
	return &g->base;
}

/* --- the snapshot --- */

static void
start_snapshot(struct work *w)
{
	work_done(w, OUTCOME_OK, w->operation->evidence);
}

struct work *
work_gateway_snapshot_new(struct machine *m, const char *unit)
{
	static const struct work_class class = { .evidence = save, .start = start_snapshot, .free = free_gateway };
	struct gateway_work *g = g_new0(struct gateway_work, 1);

	g->base.class = &class;
	g->base.machine = m;
	g->unit = g_shell_quote(unit);
	g->base.operation = operation_new("gateway.snapshot", "snapshot", m->host->name, unit, "journal, systemctl show and status saved here");
	return &g->base;
}
