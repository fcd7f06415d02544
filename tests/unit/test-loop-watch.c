/* Many sockets and times in one source of the loop. */
#include "backends/loop_watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/wait_for.h"

struct item {
	struct loop_watch *watch;
	guint times;
	gboolean news;
	struct item *frees; /* another one, in its callback */
	int fd;             /* read when there is news; -1: left as it is */
	guint busy_ms;
};

static void
on_ready(void *user, gboolean news)
{
	struct item *i = user;
	char byte;

	i->times++;
	i->news = news;
	if (news && i->fd >= 0)
		(void)!recv(i->fd, &byte, 1, MSG_DONTWAIT);
	if (i->busy_ms)
		g_usleep(i->busy_ms * 1000);
	if (i->frees)
		g_clear_pointer(&i->frees->watch, loop_watch_free);
}

static void
item_on(struct item *i, int fd)
{
	i->watch = loop_watch_new(fd, on_ready, i);
	i->fd = fd;
}

/* A time comes once; what is set to never does not come; the earlier of two counts. */
static void
test_times(void)
{
	struct item items[50] = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
		item_on(&items[i], -1);
		loop_watch_after(items[i].watch, 5000000);
		loop_watch_after(items[i].watch, 50 - i);
	}
	loop_watch_set(items[7].watch, FALSE, LOOP_WATCH_NEVER);
	WAIT_FOR(items[0].times == 1);
	for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
		g_assert_cmpuint(items[i].times, ==, i == 7 ? 0 : 1);
		g_assert_false(items[i].news);
		loop_watch_free(items[i].watch);
	}
}

static void
test_sockets(void)
{
	int pair[2];
	struct item i = { 0 };

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
	item_on(&i, pair[0]);
	loop_watch_set(i.watch, FALSE, LOOP_WATCH_NEVER);
	g_assert_cmpint(write(pair[1], "xy", 2), ==, 2);
	WAIT_FOR(i.times == 2); /* one byte each time */
	g_assert_true(i.news);
	loop_watch_set(i.watch, TRUE, LOOP_WATCH_NEVER);
	WAIT_FOR(i.times > 4); /* it always takes bytes */
	loop_watch_set(i.watch, FALSE, LOOP_WATCH_NEVER);
	loop_watch_free(i.watch);
	close(pair[0]);
	close(pair[1]);
}

/* One that is freed by another's callback does not come, though its time had come, too. */
static void
test_freed_meanwhile(void)
{
	struct item one = { 0 }, other = { 0 }, last = { 0 };

	item_on(&one, -1);
	item_on(&other, -1);
	item_on(&last, -1);
	one.frees = &other;
	other.frees = &one;
	loop_watch_set(one.watch, FALSE, 0);
	loop_watch_set(other.watch, FALSE, 0);
	loop_watch_set(last.watch, FALSE, 0);
	WAIT_FOR(last.times == 1);
	g_assert_cmpuint(one.times + other.times, ==, 1);
	loop_watch_free(one.watch);
	loop_watch_free(other.watch);
	loop_watch_free(last.watch);
}

static gboolean
count_passes(gpointer user)
{
	(*(guint *)user)++;
	return G_SOURCE_CONTINUE;
}

/* However many are due, keys come between: the loop gets its turn, and each of them is served. */
static void
test_bounded(void)
{
	struct item items[40] = { 0 };
	guint passes = 0, source = g_idle_add_full(G_PRIORITY_DEFAULT, count_passes, &passes, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
		item_on(&items[i], -1);
		items[i].busy_ms = 2;
		loop_watch_set(items[i].watch, FALSE, 0);
	}
	for (guint i = 0; i < G_N_ELEMENTS(items); i++)
		WAIT_FOR(items[i].times == 1);
	g_assert_cmpuint(passes, >=, 8); /* 80 ms of work, 8 ms a pass */
	g_source_remove(source);
	for (guint i = 0; i < G_N_ELEMENTS(items); i++)
		loop_watch_free(items[i].watch);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/loop-watch/times", test_times);
	g_test_add_func("/loop-watch/sockets", test_sockets);
	g_test_add_func("/loop-watch/freed-meanwhile", test_freed_meanwhile);
	g_test_add_func("/loop-watch/bounded", test_bounded);
	return g_test_run();
}
