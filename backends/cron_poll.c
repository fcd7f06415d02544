#include "backends/cron_poll.h"

#include <string.h>

#include "backends/cron_reply.h"
#include "backends/cron_script.h"
#include "model/sanitize.h"

#define INTERVAL_MS 300000
#define TIMEOUT_MS 60000
#define CLEANUP_LOG "/var/log/vm-cleanup.log"

struct cron_poll {
	struct link *link;
	struct world *world;
	struct host *host;
	char **users, *cleanup_log, **growing;
	guint interval_ms;
	gboolean disabled;
	struct link_job *job;   /* the one under way */
	guint timer;            /* until the next; none while a job is under way or the link is down */
	gboolean again;         /* asked for while one was under way */
	char *cleanup_stamp;    /* of the cleanup log as it was read last */
	gboolean no_sudo;       /* it refused on this connection */
};

static void run(struct cron_poll *p);

static char **
copy_list(const char *const *list, guint count)
{
	GPtrArray *copy = g_ptr_array_new();

	for (guint i = 0; list && i < count; i++)
		g_ptr_array_add(copy, g_strdup(list[i]));
	g_ptr_array_add(copy, NULL);
	return (char **)g_ptr_array_free(copy, FALSE);
}

struct cron_poll *
cron_poll_new(const struct cron_poll_settings *s, struct link *link, struct world *world, struct host *host)
{
	static const char *const growing[] = { CLEANUP_LOG, "/var/log/vm-health-check.log", "/var/log/docker-watchdog.log" };
	struct cron_poll *p = g_new0(struct cron_poll, 1);

	p->link = link;
	p->world = world;
	p->host = host;
	p->users = copy_list(s->users, s->user_count);
	p->cleanup_log = g_strdup(s->cleanup_log ? s->cleanup_log : CLEANUP_LOG);
	p->growing = s->growing ? copy_list(s->growing, s->growing_count) : copy_list(growing, G_N_ELEMENTS(growing));
	p->interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS;
	p->disabled = s->disabled;
	if (p->disabled)
		datum_none(&host->cron.datum, "not asked for: the configuration says cron: disabled");
	return p;
}

static void
stop(struct cron_poll *p)
{
	if (p->timer)
		g_source_remove(p->timer);
	p->timer = 0;
	if (p->job)
		link_job_cancel(p->job);
	p->job = NULL;
}

void
cron_poll_free(struct cron_poll *p)
{
	if (!p)
		return;
	stop(p);
	g_strfreev(p->users);
	g_strfreev(p->growing);
	g_free(p->cleanup_log);
	g_free(p->cleanup_stamp);
	g_free(p);
}

static gboolean
on_timer(gpointer data)
{
	struct cron_poll *p = data;

	p->timer = 0;
	run(p);
	return G_SOURCE_REMOVE;
}

/* What was known is replaced at once: nobody sees a half of it. */
static void
take(struct cron_poll *p, struct cron_reply *reply)
{
	cron_state_clear(&p->host->cron);
	p->host->cron = reply->state;
	memset(&reply->state, 0, sizeof reply->state);
	if (!reply->same_cleanup) {
		g_free(p->cleanup_stamp);
		p->cleanup_stamp = g_steal_pointer(&reply->cleanup_stamp);
	}
	p->no_sudo = p->no_sudo || reply->sudo_refused;
}

static void
fail(struct cron_poll *p, const struct link_result *r, const char *problem)
{
	g_autofree char *errors = sanitize_text(r->errors, (gssize)MIN(r->errors_length, 200)), *text = NULL;

	g_strstrip(errors);
	if (r->outcome != LINK_EXITED)
		text = g_strdup_printf("The question for scheduled jobs was not answered. %s", r->problem);
	else
		text = g_strdup_printf("The answer about scheduled jobs cannot be read: %s%s%s", problem, *errors ? "; " : "", errors);
	datum_failed(&p->host->cron.datum, text);
	datum_failed(&p->host->cron.runs_datum, text);
}

static void
on_answer(const struct link_result *r, void *user)
{
	struct cron_poll *p = user;
	const char *problem = NULL;
	struct cron_reply reply = { 0 };

	p->job = NULL;
	if (!link_is_up(p->link))
		return; /* what fell with the link is no news about the host */
	if (r->outcome == LINK_EXITED && cron_reply_parse(r->output, r->output_length, g_get_monotonic_time(), &p->host->cron, &reply, &problem))
		take(p, &reply);
	else
		fail(p, r, problem);
	cron_reply_clear(&reply);
	if (!p->timer)
		p->timer = g_timeout_add(p->again ? 0 : p->interval_ms, on_timer, p);
	p->again = FALSE;
	world_changed(p->world);
}

static void
run(struct cron_poll *p)
{
	const struct cron_script script = {
		.users = (const char *const *)p->users,
		.user_count = g_strv_length(p->users),
		.cleanup_log = p->cleanup_log,
		.growing = (const char *const *)p->growing,
		.growing_count = g_strv_length(p->growing),
		.cleanup_stamp = datum_known(&p->host->cron.runs_datum) ? p->cleanup_stamp : NULL,
		.no_sudo = p->no_sudo,
	};
	g_autofree char *text = cron_script_new(&script);
	const struct link_command command = { .command = text, .timeout_ms = TIMEOUT_MS, .max_output = CRON_OUTPUT_MAX };

	p->job = link_run(p->link, &command, on_answer, p);
}

void
cron_poll_link_up(struct cron_poll *p)
{
	stop(p);
	p->no_sudo = FALSE;
	if (!p->disabled)
		run(p);
}

void
cron_poll_link_down(struct cron_poll *p)
{
	stop(p);
	p->again = FALSE;
	datum_stale(&p->host->cron.datum, p->host->link.reason);
	datum_stale(&p->host->cron.runs_datum, p->host->link.reason);
	world_changed(p->world);
}

void
cron_poll_now(struct cron_poll *p)
{
	if (p->disabled)
		return;
	if (p->job) {
		p->again = TRUE;
	} else if (link_is_up(p->link)) {
		stop(p);
		run(p);
	}
}
