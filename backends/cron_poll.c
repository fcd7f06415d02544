#include "backends/cron_poll.h"

#include <string.h>

#include "backends/cron_reply.h"
#include "backends/cron_script.h"
#include "backends/link_poll.h"

#define INTERVAL_MS 300000
#define TIMEOUT_MS 60000
#define CLEANUP_LOG "/var/log/vm-cleanup.log"

struct cron_poll {
	struct link_poll *poll;
	struct world *world;
	struct host *host;
	char **users, *cleanup_log, **growing;
	guint interval_ms;
	gboolean disabled;
	char *cleanup_stamp;    /* of the cleanup log as it was read last */
	gboolean no_sudo;       /* it refused on this connection */
};

static char **
copy_list(const char *const *list, guint count)
{
	GPtrArray *copy = g_ptr_array_new();

	for (guint i = 0; list && i < count; i++)
		g_ptr_array_add(copy, g_strdup(list[i]));
	g_ptr_array_add(copy, NULL);
	return (char **)g_ptr_array_free(copy, FALSE);
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
	g_autofree char *text = link_poll_failure(r, "The question for scheduled jobs was not answered", "The answer about scheduled jobs cannot be read", problem);

	datum_failed(&p->host->cron.datum, text);
	datum_failed(&p->host->cron.runs_datum, text);
}

static guint
answered(void *user, const struct link_result *r)
{
	struct cron_poll *p = user;
	const char *problem = NULL;
	struct cron_reply reply = { 0 };

	if (r->outcome == LINK_EXITED && cron_reply_parse(r->output, r->output_length, g_get_monotonic_time(), &p->host->cron, &reply, &problem))
		take(p, &reply);
	else
		fail(p, r, problem);
	cron_reply_clear(&reply);
	world_changed(p->world);
	return p->interval_ms;
}

static char *
command(void *user)
{
	const struct cron_poll *p = user;
	const struct cron_script script = {
		.users = (const char *const *)p->users,
		.user_count = g_strv_length(p->users),
		.cleanup_log = p->cleanup_log,
		.growing = (const char *const *)p->growing,
		.growing_count = g_strv_length(p->growing),
		.cleanup_stamp = datum_known(&p->host->cron.runs_datum) ? p->cleanup_stamp : NULL,
		.no_sudo = p->no_sudo,
	};

	return cron_script_new(&script);
}

struct cron_poll *
cron_poll_new(const struct cron_poll_settings *s, struct link *link, struct world *world, struct host *host)
{
	static const struct link_poll_class class = { command, answered, .timeout_ms = TIMEOUT_MS, .max_output = CRON_OUTPUT_MAX };
	static const char *const growing[] = { CLEANUP_LOG, "/var/log/vm-health-check.log", "/var/log/docker-watchdog.log" };
	struct cron_poll *p = g_new0(struct cron_poll, 1);

	p->poll = link_poll_new(&class, link, p);
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

void
cron_poll_free(struct cron_poll *p)
{
	if (!p)
		return;
	link_poll_free(p->poll);
	g_strfreev(p->users);
	g_strfreev(p->growing);
	g_free(p->cleanup_log);
	g_free(p->cleanup_stamp);
	g_free(p);
}

void
cron_poll_link_up(struct cron_poll *p)
{
	p->no_sudo = FALSE;
	if (!p->disabled)
		link_poll_begin(p->poll);
}

void
cron_poll_link_down(struct cron_poll *p)
{
	link_poll_end(p->poll);
	datum_stale(&p->host->cron.datum, p->host->link.reason);
	datum_stale(&p->host->cron.runs_datum, p->host->link.reason);
	world_changed(p->world);
}

void
cron_poll_now(struct cron_poll *p)
{
	if (!p->disabled)
		link_poll_now(p->poll);
}
