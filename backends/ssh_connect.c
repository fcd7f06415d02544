#include "backends/ssh_connect.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 16
#define NICE 15
/* For the whole attempt, on top of the time to connect: what it cannot bound itself (ssh -G, the name server, the agent) ends with it. */
#define TIMEOUT_S 40

/* Shared by the main thread and one worker, each with a reference. */
struct ssh_connect {
	gint references; /* atomic */
	struct ssh_attempt *attempt;
	/* the main thread's: */
	ssh_connect_done done; /* NULL when nobody waits any more */
	void *user;
	guint deadline;
	gint64 timeout_us;
};

static void
unref(struct ssh_connect *c)
{
	if (!g_atomic_int_dec_and_test(&c->references))
		return;
	ssh_attempt_free(c->attempt);
	g_free(c);
}

static void
remove_deadline(struct ssh_connect *c)
{
	if (c->deadline)
		g_source_remove(c->deadline);
	c->deadline = 0;
}

static void
tell(struct ssh_connect *c, struct ssh_attempt *a)
{
	ssh_connect_done done = c->done;

	remove_deadline(c);
	c->done = NULL;
	if (done)
		done(c->user, a);
}

static gboolean
on_finished(gpointer data)
{
	struct ssh_connect *c = data;

	tell(c, c->attempt);
	return G_SOURCE_REMOVE;
}

static void
drop_reference(gpointer data)
{
	unref(data);
}

/* Keys come first: the key exchanges of a fleet would else take the processor from the thread that answers them. Linux gives each thread a priority of
 * its own. */
static void
be_modest(void)
{
	static __thread gboolean done;

	if (!done)
		(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
	done = TRUE;
}

static void
work(gpointer data, gpointer pool_data)
{
	struct ssh_connect *c = data;
	GSource *idle = g_idle_source_new();

	be_modest();
	ssh_attempt_run(c->attempt);
	g_source_set_priority(idle, G_PRIORITY_DEFAULT);
	g_source_set_callback(idle, on_finished, c, drop_reference);
	g_source_attach(idle, NULL);
	g_source_unref(idle);
}

static guint fleet_threads = THREADS;

/* One for all links, so that they do not connect all at once; and one for a fleet, whose dead gateways would else keep the hosts waiting. */
static GThreadPool *
pool_for(gboolean of_fleet)
{
	static GThreadPool *pools[2];

	if (!pools[of_fleet])
		pools[of_fleet] = g_thread_pool_new(work, NULL, (int)(of_fleet ? fleet_threads : THREADS), FALSE, NULL);
	return pools[of_fleet];
}

void
ssh_connect_fleet(guint most)
{
	fleet_threads = MAX(most, 1);
}

static gboolean on_deadline(gpointer data);

static void
set_deadline(struct ssh_connect *c, gint64 left_us)
{
	c->deadline = g_timeout_add((guint)(left_us / 1000) + 1, on_deadline, c);
}

/* The worker goes on alone, so the outcome is told in a stand-in. */
static void
give_up(struct ssh_connect *c)
{
	struct ssh_attempt *late = ssh_attempt_new(&(struct transport_settings){ .host = NULL });

	ssh_attempt_cancel(c->attempt);
	ssh_attempt_enter(late, ssh_attempt_step(c->attempt));
	ssh_attempt_fail(late, TRANSPORT_UNREACHABLE, g_strdup_printf("The attempt took too long; it was at this step: %s.",
	                 ssh_attempt_step(late)), "Try ssh by hand to see where it waits.");
	tell(c, late);
	ssh_attempt_free(late);
}

/* The time counts from when a thread was free for it. */
static gboolean
on_deadline(gpointer data)
{
	struct ssh_connect *c = data;
	gint64 started_us = ssh_attempt_started_us(c->attempt), now_us = g_get_monotonic_time();
	gint64 left_us = (started_us ? started_us : now_us) + c->timeout_us - now_us;

	c->deadline = 0;
	if (left_us > 0)
		set_deadline(c, left_us);
	else
		give_up(c);
	return G_SOURCE_REMOVE;
}

struct ssh_connect *
ssh_connect_start(const struct transport_settings *s, ssh_connect_done done, void *user)
{
	struct ssh_connect *c = g_new0(struct ssh_connect, 1);

	c->references = 2;
	c->attempt = ssh_attempt_new(s);
	c->done = done;
	c->user = user;
	c->timeout_us = (gint64)(s->connect_timeout_s + TIMEOUT_S) * G_USEC_PER_SEC;
	set_deadline(c, c->timeout_us);
	g_thread_pool_push(pool_for(s->of_fleet ? 1 : 0), c, NULL);
	return c;
}

void
ssh_connect_free(struct ssh_connect *c)
{
	if (!c)
		return;
	c->done = NULL;
	remove_deadline(c);
	ssh_attempt_cancel(c->attempt);
	unref(c);
}
