#include "backends/link_poll.h"

#include "backends/loop_watch.h"
#include "model/sanitize.h"

#define SAID_BYTES 200 /* of stderr in a failure */

struct link_poll {
	const struct link_poll_class *class;
	struct link *link;
	void *user;
	struct link_job *job; /* the one under way */
	struct loop_watch *timer; /* until the next; never while a job is under way or the link is down */
	gboolean again;       /* asked for while one was under way */
};

static void ask(struct link_poll *p);

static void
stop(struct link_poll *p)
{
	loop_watch_set(p->timer, FALSE, LOOP_WATCH_NEVER);
	if (p->job)
		link_job_cancel(p->job);
	p->job = NULL;
}

void
link_poll_free(struct link_poll *p)
{
	if (!p)
		return;
	stop(p);
	loop_watch_free(p->timer);
	g_free(p);
}

static void
on_timer(void *user, gboolean news)
{
	(void)news;
	ask(user);
}

struct link_poll *
link_poll_new(const struct link_poll_class *class, struct link *l, void *user)
{
	struct link_poll *p = g_new0(struct link_poll, 1);

	p->class = class;
	p->link = l;
	p->user = user;
	p->timer = loop_watch_new(-1, on_timer, p);
	return p;
}

static void
on_answer(const struct link_result *r, void *user)
{
	struct link_poll *p = user;
	guint ms;

	p->job = NULL;
	if (!link_is_up(p->link))
		return;
	ms = p->class->answered(p->user, r);
	loop_watch_after(p->timer, p->again ? 0 : ms);
	p->again = FALSE;
}

static void
ask(struct link_poll *p)
{
	g_autofree char *text = p->class->command(p->user);
	const struct link_command command = { .command = text, .timeout_ms = p->class->timeout_ms, .max_output = p->class->max_output,
	                                      .unwatched = p->class->unwatched, .hang_up = p->class->hang_up };

	p->job = link_run(p->link, &command, on_answer, p);
}

void
link_poll_begin(struct link_poll *p)
{
	stop(p);
	ask(p);
}

void
link_poll_later(struct link_poll *p, guint ms)
{
	stop(p);
	loop_watch_after(p->timer, ms);
}

void
link_poll_end(struct link_poll *p)
{
	stop(p);
	p->again = FALSE;
}

gboolean
link_poll_is_asking(const struct link_poll *p)
{
	return p->job != NULL;
}

void
link_poll_now(struct link_poll *p)
{
	if (p->job)
		p->again = TRUE;
	else if (link_is_up(p->link))
		link_poll_begin(p);
}

char *
link_poll_failure(const struct link_result *r, const char *unanswered, const char *unreadable, const char *problem)
{
	g_autofree char *said = sanitize_text(r->errors, (gssize)MIN(r->errors_length, SAID_BYTES));

	g_strstrip(said);
	if (r->outcome != LINK_EXITED)
		return g_strdup_printf("%s. %s", unanswered, r->problem);
	return g_strdup_printf("%s: %s%s%s", unreadable, problem, *said ? "; " : "", said);
}
