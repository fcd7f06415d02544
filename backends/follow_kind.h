/* What the kinds of followers share; follow.c stands on it. */
#ifndef MW_BACKENDS_FOLLOW_KIND_H
#define MW_BACKENDS_FOLLOW_KIND_H

#include "backends/follow.h"

struct follow_class {
	const char *word;                       /* the kind in the log store and in messages: "container" */
	struct follow *(*create)(void);         /* an empty one; the base is filled in before start() */
	void (*start)(struct follow *f);        /* called once, before link_up */
	void (*link_up)(struct follow *f);      /* may come when it is at work already */
	void (*link_down)(struct follow *f);
	void (*resume)(struct follow *f);       /* the loop pass is over: takes on what was refused in it; see follow_may_take() */
	void (*destroy)(struct follow *f);      /* frees the whole */
};

/* The work of one loop pass is bounded, so that a flood of lines delays no key. */
struct follow_budget {
	gint64 since_us; /* monotonic time of the first work in this pass; 0 = none yet */
	guint next_pass; /* source */
};

struct follow {
	const struct follow_class *class;
	enum follow_kind kind;
	char *name;      /* raw, as configured */
	char *safe_name; /* for messages */
	guint backlog;
	gboolean from_start;
	struct link *link;
	struct docker *docker;
	struct world *world;
	const struct host *host;
	guint32 source;
	enum follow_state state;
	char *problem;
	struct follow_budget budget;
};

extern const struct follow_class follow_container_class, follow_unit_class, follow_journal_class, follow_file_class;

/* Sets state and problem (safe text, taken over; NULL when live) and tells the world when something changed. */
void follow_set(struct follow *f, enum follow_state state, char *problem);
/* The link is down: waits, with the host's reason. */
void follow_set_down(struct follow *f);
/* Its stream waits for a place (link_stream_events.waits). */
void follow_set_waits(struct follow *f, guint logs, guint most);
/* Puts midwatch's own words among the source's lines. `time_us` UTC, 0 = now. */
void follow_note(struct follow *f, gint64 time_us, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* One line whose time is known. */
void follow_line(struct follow *f, guint flags, enum log_level level, gint64 time_us, const char *text, gsize len);
/* FALSE when enough was done in this loop pass: class->resume() is called in the next one. */
gboolean follow_may_take(struct follow *f);
/* Runs `function` after so many milliseconds, once; *timer is the source and is replaced when it is set. */
void follow_after(guint *timer, guint ms, GSourceFunc function, gpointer user);
void follow_cancel(guint *timer);

#endif
