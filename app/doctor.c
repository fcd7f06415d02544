#include "app/doctor.h"

#include <string.h>

#include "app/doctor_fleet.h"
#include "app/doctor_notify.h"
#include "app/fleet_watch.h"
#include "app/machine.h"
#include "model/sanitize.h"
#include "tui/text.h"

#define DEADLINE_S 45
#define PARTS_US (15 * G_USEC_PER_SEC) /* what is not answered then is said to be so */

struct patient {
	struct doctor *doctor;
	struct machine *machine;
	struct doctor_host *report;
	struct link_job *shell; /* under way; NULL when not */
	guint poll;
	gint64 up_us;
	gboolean shell_asked, shell_done, done;
};

struct doctor {
	GMainLoop *loop;
	GPtrArray *patients;
	guint waiting;
	const struct config_fleet *config; /* NULL: no fleet is configured */
	struct doctor_fleet *fleet;
	const struct world *world;
	guint fleet_poll;                 /* source; 0: it is looked at */
	struct doctor_notify *notify;     /* NULL: nobody is told */
};

static void
answered(struct doctor *d)
{
	if (--d->waiting == 0)
		g_main_loop_quit(d->loop);
}

static void
finish(struct patient *p)
{
	if (p->done)
		return;
	p->done = TRUE;
	answered(p->doctor);
}

static const char *const connect_steps[] = { "resolve", "connect", "handshake", "host key", "authentication" };

/* The steps before the one that failed worked; before the configuration is read there is none. */
static void
report_connecting(struct patient *p, gboolean reached)
{
	const struct link_status *l = &p->machine->host->link;
	g_autofree char *by = p->machine->host->local ? g_strdup("this machine, without SSH")
		: g_strdup_printf("%s by %s", l->address ? l->address : "?", l->transport ? l->transport : "?");

	p->report->reached = reached;
	for (guint i = 0; !p->machine->host->local && i < G_N_ELEMENTS(connect_steps); i++) {
		if (!reached && (!l->step || strcmp(l->step, connect_steps[i]) == 0 || strcmp(l->step, "configuration") == 0))
			break;
		doctor_host_add(p->report, connect_steps[i], FINDING_OK, "", NULL);
	}
	if (reached)
		doctor_host_add(p->report, "link", FINDING_OK, by, NULL);
	else if (l->question == LINK_ASKS_HOST_KEY)
		doctor_host_add(p->report, "host key", FINDING_FAILED, l->question_text,
		                "not in known_hosts: compare it, then accept it in the console (A), or with ssh");
	else
		doctor_host_add(p->report, l->step ? l->step : "link", FINDING_FAILED, l->reason ? l->reason : "no answer", l->advice);
}

static void
report_probe(struct patient *p)
{
	const struct host *h = p->machine->host;
	g_autofree char *text = NULL;
	char up[32];

	text_duration((gint64)h->probe.uptime_s, up, sizeof up);
	text = g_strdup_printf("%s, Linux %s, up %s", h->probe.hostname, h->probe.kernel, up);
	if (datum_known(&h->probe_datum))
		doctor_host_add(p->report, "probe", FINDING_OK, text, NULL);
	else
		doctor_host_add(p->report, "probe", FINDING_FAILED, h->probe_datum.error ? h->probe_datum.error : "no answer in time",
		                "the account needs a POSIX shell that can read /proc");
}

/* `seen`: what a known one says; `remedy`: what to do when it fails. */
static void
report_datum(struct patient *p, const char *step, const struct datum *d, const char *seen, const char *remedy)
{
	if (datum_known(d))
		doctor_host_add(p->report, step, FINDING_OK, seen, NULL);
	else if (d->state == DATUM_NO_DATA)
		doctor_host_add(p->report, step, FINDING_NOTE, d->error ? d->error : "none here", NULL);
	else
		doctor_host_add(p->report, step, FINDING_FAILED, d->error ? d->error : "no answer in time", remedy);
}

static void
report_docker(struct patient *p)
{
	const struct docker_state *d = &p->machine->host->docker;
	g_autofree char *seen = g_strdup_printf("API %s, %u containers", d->api_version ? d->api_version : "?", d->containers->len);

	report_datum(p, "docker", &d->datum, seen, "is dockerd running, and may this account use its socket (group docker)?");
}

/* What this account may not read makes the list incomplete, which is no fault of the host. */
static void
report_cron(struct patient *p)
{
	const struct cron_state *c = &p->machine->host->cron;
	g_autofree char *seen = g_strdup_printf("%u crontab lines and timers, time zone %s", c->jobs->len, c->zone ? c->zone : "not known");

	report_datum(p, "cron", &c->datum, seen, "the account needs a POSIX shell that can read /etc/crontab");
	if (datum_known(&c->datum))
		for (guint i = 0; i < c->not_read->len; i++)
			doctor_host_add(p->report, "cron", FINDING_NOTE, c->not_read->pdata[i], NULL);
}

static void
report_ollama(struct patient *p)
{
	const struct llm_state *l = &p->machine->host->llm;
	g_autofree char *seen = g_strdup_printf("version %s, %u models", l->version ? l->version : "not known", l->models->len);

	report_datum(p, "ollama", &l->datum, seen, "is ollama serve running there, and is ollama: {host, port} right in the configuration?");
}

static void
shell_done(const struct link_result *r, void *user)
{
	struct patient *p = user;
	g_autofree char *safe = sanitize_text(r->output, (gssize)r->output_length);
	gboolean journal = r->outcome == LINK_EXITED && strstr(r->output, "journal=yes");
	gboolean systemd = r->outcome == LINK_EXITED && strstr(r->output, "systemd=yes");

	p->shell = NULL;
	p->shell_done = TRUE;
	if (r->outcome == LINK_EXITED && r->exit_code == 0)
		doctor_host_add(p->report, "shell", FINDING_OK, "commands run and their exit code comes back", NULL);
	else
		doctor_host_add(p->report, "shell", FINDING_FAILED, r->problem ? r->problem : safe, "the account needs a login shell that runs commands");
	doctor_host_add(p->report, "systemd", systemd ? FINDING_OK : FINDING_NOTE, systemd ? "running" : "not running here: no units to watch", NULL);
	doctor_host_add(p->report, "journal", journal ? FINDING_OK : FINDING_NOTE,
	                journal ? "readable" : "none, or not readable by this account (group systemd-journal)", NULL);
}

static void
ask_shell(struct patient *p)
{
	static const struct link_command command = {
		.command = "if [ -d /run/systemd/system ]; then echo systemd=yes; fi; "
		           "if journalctl -n 1 -q >/dev/null 2>&1 && [ -n \"$(journalctl -n 1 -q 2>/dev/null)\" ]; then echo journal=yes; fi; exit 0",
		.timeout_ms = 15000,
	};

	p->shell_asked = TRUE;
	p->shell = link_run(p->machine->link, &command, shell_done, p);
}

static gboolean
all_answered(const struct host *h)
{
	return h->docker.datum.state != DATUM_UNKNOWN && h->cron.datum.state != DATUM_UNKNOWN && h->llm.datum.state != DATUM_UNKNOWN;
}

/* Everything was answered, or the deadline of a part has passed. */
static gboolean
look(gpointer data)
{
	struct patient *p = data;
	const struct host *h = p->machine->host;
	gboolean given_up = h->link.state != LINK_UP && link_status_is_settled(&h->link);

	if (link_is_up(p->machine->link) && !p->shell_asked) {
		p->up_us = g_get_monotonic_time();
		report_connecting(p, TRUE);
		ask_shell(p);
	} else if (!p->shell_asked && given_up) {
		report_connecting(p, FALSE);
		finish(p);
	} else if (p->shell_done && h->probe_datum.state != DATUM_UNKNOWN && (all_answered(h) || g_get_monotonic_time() - p->up_us > PARTS_US)) {
		report_probe(p);
		report_docker(p);
		report_cron(p);
		report_ollama(p);
		finish(p);
	}
	return p->done ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static gboolean
look_at_fleet(gpointer data)
{
	struct doctor *d = data;

	if (!doctor_fleet_look(d->fleet, d->world->fleet, d->config))
		return G_SOURCE_CONTINUE;
	d->fleet_poll = 0;
	answered(d);
	return G_SOURCE_REMOVE;
}

static gboolean
give_up(gpointer data)
{
	struct doctor *d = data;

	if (d->fleet_poll) {
		g_source_remove(d->fleet_poll);
		d->fleet_poll = 0;
		answered(d);
	}
	if (d->notify && !doctor_notify_is_settled(d->notify))
		answered(d);
	for (guint i = 0; i < d->patients->len; i++) {
		struct patient *p = d->patients->pdata[i];
		if (p->done)
			continue;
		if (!p->shell_asked)
			report_connecting(p, FALSE);
		doctor_host_add(p->report, "time", FINDING_FAILED, "did not answer everything in 45 s", NULL);
		g_source_remove(p->poll);
		finish(p);
	}
	return G_SOURCE_REMOVE;
}

static void
add_patient(struct doctor *d, struct machine *machine)
{
	struct patient *p = g_new0(struct patient, 1);

	p->doctor = d;
	p->machine = machine;
	p->report = doctor_host_new(machine->host->name);
	g_ptr_array_add(d->patients, p);
	d->waiting++;
	machine_start(p->machine, NULL);
	p->poll = g_timeout_add(50, look, p);
}

static void
on_notify_settled(void *user)
{
	answered(user);
}

static struct fleet_watch *
watch_fleet(struct doctor *d, struct world *world, struct http *http)
{
	struct fleet_watch *w;

	if (!d->config)
		return NULL;
	w = fleet_watch_new(d->config, world, http);
	d->fleet = doctor_fleet_new();
	d->world = world;
	d->waiting++;
	fleet_watch_start(w);
	d->fleet_poll = g_timeout_add(100, look_at_fleet, d);
	return w;
}

/* It is made by the console alone: none is no fault. */
static struct doctor_host *
look_at_store(void)
{
	struct doctor_host *report = doctor_host_new("the store");
	g_autofree char *path = store_default_path(), *problem = NULL, *text = NULL;
	g_autoptr(GError) error = NULL;
	struct store *s = store_open_readonly(path, &error);
	guint64 rows;

	report->reached = TRUE;
	if (!s) {
		gboolean missing = g_error_matches(error, STORE_ERROR, STORE_ERROR_MISSING);
		doctor_host_add(report, "database", missing ? FINDING_NOTE : FINDING_FAILED, error->message, NULL);
		return report;
	}
	doctor_host_add(report, "database", FINDING_OK, path, NULL);
	if (store_audit_verify(s, &rows, &problem)) {
		text = g_strdup_printf("%" G_GUINT64_FORMAT " rows, none changed", rows);
		doctor_host_add(report, "audit log", FINDING_OK, text, NULL);
	} else {
		doctor_host_add(report, "audit log", FINDING_FAILED, problem, "keep a copy; midwatch audit lists what is there");
	}
	store_close(s);
	return report;
}

int
doctor_run(const struct config *config, gboolean json)
{
	struct world *world = world_new(1 << 20);
	struct http *http = http_new();
	GPtrArray *machines = machines_new(world, http, config);
	struct doctor d = { .config = config->fleet, .loop = g_main_loop_new(NULL, FALSE), .patients = g_ptr_array_new_with_free_func(g_free) };
	g_autoptr(GPtrArray) reports = g_ptr_array_new_with_free_func((GDestroyNotify)doctor_host_free);
	struct fleet_watch *watch = watch_fleet(&d, world, http);
	struct doctor_host *store, *told;
	guint deadline;
	int code;

	for (guint i = 0; i < machines->len; i++)
		add_patient(&d, machines->pdata[i]);
	d.notify = doctor_notify_new(http, config, on_notify_settled, &d);
	d.waiting += d.notify != NULL;
	deadline = g_timeout_add_seconds(DEADLINE_S, give_up, &d);
	g_main_loop_run(d.loop);
	for (guint i = 0; i < d.patients->len; i++)
		g_ptr_array_add(reports, ((struct patient *)d.patients->pdata[i])->report);
	store = look_at_store();
	if (d.fleet)
		doctor_fleet_conclude(d.fleet, world->fleet, config->fleet);
	told = d.notify ? doctor_notify_conclude(d.notify) : NULL;
	code = doctor_print(reports, d.fleet, told, store, json);
	if (told)
		doctor_host_free(told);
	doctor_notify_free(d.notify);
	doctor_fleet_free(d.fleet);
	doctor_host_free(store);
	fleet_watch_free(watch);
	if (d.waiting > 0 || g_main_context_find_source_by_id(NULL, deadline))
		g_source_remove(deadline);
	for (guint i = 0; i < d.patients->len; i++) {
		struct patient *p = d.patients->pdata[i];
		if (p->shell)
			link_job_cancel(p->shell);
	}
	g_ptr_array_unref(machines);
	g_ptr_array_unref(d.patients);
	http_free(http);
	world_free(world);
	g_main_loop_unref(d.loop);
	return code;
}
