/* Asks a host the same question again and again over its link: when the link comes up, and then so long after each answer. */
#ifndef MW_BACKENDS_LINK_POLL_H
#define MW_BACKENDS_LINK_POLL_H

#include "backends/link.h"

struct link_poll;

struct link_poll_class {
	char *(*command)(void *user);  /* a POSIX sh command, newly allocated */
	/* Takes an answer, or why there is none; gives the milliseconds until the next question. Not called for what fell with the link: that is no
	 * news about the host. */
	guint (*answered)(void *user, const struct link_result *r);
	guint timeout_ms;
	gsize max_output;              /* bytes */
	gboolean unwatched, hang_up;   /* see link_command */
};

/* `class` is borrowed. Nothing is asked before link_poll_begin(). */
struct link_poll *link_poll_new(const struct link_poll_class *class, struct link *l, void *user);
void link_poll_free(struct link_poll *p); /* NULL is ignored; an answer that is under way is not told */
/* The link is up: asks at once. It is down: asks no more. */
void link_poll_begin(struct link_poll *p);
void link_poll_end(struct link_poll *p);
/* The link is up, and what would be asked was learned by another way: asks in so many milliseconds. */
void link_poll_later(struct link_poll *p, guint ms);
/* Is a question under way? */
gboolean link_poll_is_asking(const struct link_poll *p);
/* Asks now, or once more when a question is under way. Nothing while the link is down. */
void link_poll_now(struct link_poll *p);
/* Why there is no answer that can be read, newly allocated: "UNANSWERED. reason", or "UNREADABLE: problem; what the host says". */
char *link_poll_failure(const struct link_result *r, const char *unanswered, const char *unreadable, const char *problem);

#endif
