#include "backends/loop_watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 64
#define PASS_US 8000 /* of the loop, for all of them together: then keys come first */

struct loop_watch {
	int fd;
	guint slot;
	gboolean writable;
	gint64 wake_us;
	void (*ready)(void *user, gboolean news);
	void *user;
};

/* The one source. */
struct reactor {
	GSource base;
	int epoll;
	GPtrArray *slots;    /* of struct loop_watch, borrowed; NULL: free */
	guint used;
	guint next;          /* slot at which the search for those that are due goes on */
};

static struct reactor *reactor;

/* --- when --- */

static gint64
earliest(const struct reactor *r)
{
	gint64 first = LOOP_WATCH_NEVER;

	for (guint i = 0; i < r->slots->len; i++) {
		const struct loop_watch *w = r->slots->pdata[i];
		if (w)
			first = MIN(first, w->wake_us);
	}
	return first;
}

static gboolean
is_over(gint64 since_us)
{
	return g_get_monotonic_time() - since_us >= PASS_US;
}

/* FALSE when the pass's time was over before all were served: those are found again by the next one. */
static gboolean
serve_news(struct reactor *r, gint64 since_us)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(r->epoll, events, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		struct loop_watch *w = r->slots->pdata[events[i].data.u32];
		if (w)
			w->ready(w->user, TRUE);
		if (is_over(since_us))
			return FALSE;
	}
	return n < EVENTS;
}

static void
serve_due(struct reactor *r, gint64 since_us)
{
	for (guint left = r->slots->len; left > 0; left--) {
		struct loop_watch *w = r->next < r->slots->len ? r->slots->pdata[r->next] : NULL;
		r->next = r->next + 1 < r->slots->len ? r->next + 1 : 0;
		if (!w || w->wake_us > since_us)
			continue;
		if (w->fd < 0)
			w->wake_us = LOOP_WATCH_NEVER;
		w->ready(w->user, FALSE);
		if (is_over(since_us))
			return;
	}
}

static gboolean
dispatch(GSource *source, GSourceFunc unused, gpointer unused_data)
{
	struct reactor *r = (struct reactor *)source;
	gint64 since_us = g_get_monotonic_time(), first;

	(void)unused, (void)unused_data;
	if (serve_news(r, since_us))
		serve_due(r, since_us);
	first = earliest(r);
	g_source_set_ready_time(source, first == LOOP_WATCH_NEVER ? -1 : first);
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs functions = { .dispatch = dispatch };

static struct reactor *
the_reactor(void)
{
	if (reactor)
		return reactor;
	reactor = (struct reactor *)g_source_new(&functions, sizeof *reactor);
	reactor->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (reactor->epoll < 0)
		g_error("no descriptor is left to wait for connections with");
	reactor->slots = g_ptr_array_new();
	g_source_set_name(&reactor->base, "watches");
	g_source_add_unix_fd(&reactor->base, reactor->epoll, G_IO_IN);
	g_source_attach(&reactor->base, NULL);
	return reactor;
}

/* --- the watches --- */

static void
tell_kernel(const struct loop_watch *w, int what)
{
	struct epoll_event event = { .events = w->writable ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.u32 = w->slot };

	if (epoll_ctl(reactor->epoll, what, w->fd, &event) != 0)
		g_warning("a connection cannot be waited for: %s", g_strerror(errno));
}

static guint
free_slot(struct reactor *r)
{
	if (r->used++ == r->slots->len) {
		g_ptr_array_add(r->slots, NULL);
		return r->slots->len - 1;
	}
	for (guint i = 0; i < r->slots->len; i++)
		if (!r->slots->pdata[i])
			return i;
	g_assert_not_reached();
}

struct loop_watch *
loop_watch_new(int fd, void (*ready)(void *user, gboolean news), void *user)
{
	struct loop_watch *w = g_new0(struct loop_watch, 1);
	struct reactor *r = the_reactor();

	w->fd = fd;
	w->ready = ready;
	w->user = user;
	w->wake_us = LOOP_WATCH_NEVER;
	w->slot = free_slot(r);
	r->slots->pdata[w->slot] = w;
	if (fd >= 0)
		tell_kernel(w, EPOLL_CTL_ADD);
	return w;
}

void
loop_watch_set(struct loop_watch *w, gboolean writable, gint64 wake_us)
{
	gint64 ready_us = g_source_get_ready_time(&reactor->base);

	w->wake_us = wake_us;
	if (wake_us != LOOP_WATCH_NEVER && (ready_us < 0 || wake_us < ready_us))
		g_source_set_ready_time(&reactor->base, wake_us);
	if (writable == w->writable)
		return;
	w->writable = writable;
	tell_kernel(w, EPOLL_CTL_MOD);
}

void
loop_watch_after(struct loop_watch *w, guint ms)
{
	loop_watch_set(w, FALSE, g_get_monotonic_time() + (gint64)ms * 1000);
}

void
loop_watch_free(struct loop_watch *w)
{
	struct reactor *r = reactor;

	if (!w)
		return;
	if (w->fd >= 0)
		epoll_ctl(r->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	r->slots->pdata[w->slot] = NULL;
	r->used--;
	g_free(w);
}
