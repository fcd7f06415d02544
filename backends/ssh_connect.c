#include "backends/ssh_connect.h"

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backends/loop_watch.h"

#define THREADS 16
#define NICE 15
/* For the whole attempt, on top of the time to connect: what it cannot bound itself (ssh -G, the name server, the agent) ends with it. */
#define TIMEOUT_S 40

/* The main thread's and, while it runs the attempt, one worker's. */
struct ssh_connect {
	guint references; /* one of who started it, one of the attempt until it has come back from the worker */
	struct ssh_attempt *attempt;
	struct ssh_connect *next; /* in finished.newest */
	/* the main thread's: */
	ssh_connect_done done; /* NULL when nobody waits any more */
	void *user;
	struct loop_watch *deadline;
	gint64 timeout_us;
};

/* What the workers have finished, for the main thread. No lock: a modest worker that is put aside while it holds one would keep the main thread, which it
 * has just woken, waiting until all who compete with it have had their turn. That is also why it is not a source of GLib's. */
static struct {
	struct ssh_connect *newest; /* atomic */
	struct ssh_connect *taken;  /* the main thread's: the oldest first */
	int news;                   /* an eventfd */
	struct loop_watch *watch;
} finished;

static void
unref(struct ssh_connect *c)
{
	if (--c->references > 0)
		return;
	ssh_attempt_free(c->attempt);
	g_free(c);
}

static void
remove_deadline(struct ssh_connect *c)
{
	loop_watch_free(c->deadline);
	c->deadline = NULL;
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

static void
push_finished(struct ssh_connect *c)
{
	do
		c->next = g_atomic_pointer_get(&finished.newest);
	while (!g_atomic_pointer_compare_and_exchange(&finished.newest, c->next, c));
	eventfd_write(finished.news, 1);
}

/* The oldest first. */
static struct ssh_connect *
take_finished(void)
{
	struct ssh_connect *newest = g_atomic_pointer_exchange(&finished.newest, NULL), *oldest = NULL;

	while (newest) {
		struct ssh_connect *before = newest->next;
		newest->next = oldest;
		oldest = newest;
		newest = before;
	}
	return oldest;
}

/* One at a time, so that keys come between them. */
static void
on_finished(void *unused, gboolean news)
{
	struct ssh_connect *c;
	eventfd_t count;

	if (!finished.taken) {
		eventfd_read(finished.news, &count);
		finished.taken = take_finished();
	}
	if (!(c = finished.taken))
		return;
	finished.taken = c->next;
	if (finished.taken)
		eventfd_write(finished.news, 1);
	tell(c, c->attempt);
	unref(c);
}

static void
listen_to_workers(void)
{
	finished.news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (finished.news < 0)
		g_error("no descriptor is left to wait for connections with");
	finished.watch = loop_watch_new(finished.news, on_finished, NULL);
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

	be_modest();
	ssh_attempt_run(c->attempt);
	push_finished(c);
}

static guint fleet_threads = THREADS;

/* One for all links, so that they do not connect all at once; and one for a fleet, whose dead gateways would else keep the hosts waiting. */
static GThreadPool *
pool_for(gboolean of_fleet)
{
	static GThreadPool *pools[2];

	if (!finished.watch)
		listen_to_workers();
	if (!pools[of_fleet])
		pools[of_fleet] = g_thread_pool_new(work, NULL, (int)(of_fleet ? fleet_threads : THREADS), FALSE, NULL);
	return pools[of_fleet];
}

void
ssh_connect_fleet(guint most)
{
	fleet_threads = MAX(most, 1);
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
static void
on_deadline(void *user, gboolean news)
{
	struct ssh_connect *c = user;
	gint64 started_us = ssh_attempt_started_us(c->attempt), now_us = g_get_monotonic_time();
	gint64 end_us = (started_us ? started_us : now_us) + c->timeout_us;

	if (end_us > now_us)
		loop_watch_set(c->deadline, FALSE, end_us);
	else
		give_up(c);
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
	c->deadline = loop_watch_new(-1, on_deadline, c);
	loop_watch_set(c->deadline, FALSE, g_get_monotonic_time() + c->timeout_us);
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
