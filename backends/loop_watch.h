/* Waits for sockets and times of which there is one a host, all of them in one source of the main loop. With a source for each, every pass of the loop
 * would look at all of them, and a fleet's cost would grow with the square of its size. Main thread only. */
#ifndef MW_BACKENDS_LOOP_WATCH_H
#define MW_BACKENDS_LOOP_WATCH_H

#include <glib.h>

struct loop_watch;

#define LOOP_WATCH_NEVER G_MAXINT64

/* `ready`: the socket has news, or the time has come. It may free this and other watches. `fd` -1: only times. Nothing comes before loop_watch_set()
 * but news of the socket. */
struct loop_watch *loop_watch_new(int fd, void (*ready)(void *user, gboolean news), void *user);
/* Also when the socket takes bytes; and at the latest at this monotonic time, 0 = at once, or LOOP_WATCH_NEVER. Once the time has come a
 * socket's has to be set anew, else it comes again at once. */
void loop_watch_set(struct loop_watch *w, gboolean writable, gint64 wake_us);
/* The same for a watch of times alone: in so many milliseconds, once. */
void loop_watch_after(struct loop_watch *w, guint ms);
/* Before the descriptor is closed. NULL is ignored. */
void loop_watch_free(struct loop_watch *w);

#endif
