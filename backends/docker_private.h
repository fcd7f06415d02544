/* The parts of one host's Docker: docker.c (interface), docker_connect.c (finding, negotiating, losing), docker_call.c (requests),
 * docker_list.c, docker_events.c, docker_detail.c (inspect, images), docker_stats.c. */
#ifndef MW_BACKENDS_DOCKER_PRIVATE_H
#define MW_BACKENDS_DOCKER_PRIVATE_H

#include "backends/docker.h"
#include "backends/docker_parse.h"
#include "backends/docker_where.h"

#define DOCKER_IN_FLIGHT 4          /* details at once, and figures at once from a daemon that gives them at once */
#define DOCKER_STATS_WAITING 40     /* figures at once from a daemon that collects them once a second and lets all wait for that */
#define DOCKER_FALLBACK_REQUESTS 3   /* all requests at once when each connection is a process over there; events and logs come on top */
#define DOCKER_STATS_WAITING_FAR 16 /* the same through a tunnel, where each is a channel */
#define DOCKER_TIMEOUT_MS 10000
#define DOCKER_API_MIN 41           /* 1.41: one-shot statistics */
#define DOCKER_API_MAX 45           /* 1.45: the newest whose replies are known here */

enum docker_phase {
	DOCKER_DOWN,      /* the link is down, or Docker is switched off */
	DOCKER_WAITING,   /* for the next attempt */
	DOCKER_ASKING,    /* negotiating, or opening the event stream */
	DOCKER_LIVE,      /* the event stream is open */
};

/* What is to be done for one container. */
struct docker_watch {
	char *id;
	GList in_details, in_stats;          /* links of the queues */
	gboolean detail_queued, stats_queued;
	gboolean inspecting, sampling;       /* a request is under way */
	gboolean inspect_again;              /* something changed since it was sent: its answer is too old */
	gboolean visible;
	gint64 inspected_us, sampled_us;     /* monotonic time of the last answer, 0 = none */
};

struct docker_assembler {                /* lines of the event stream */
	GString *line;
	gboolean skipping;                   /* the rest of a line that is too long */
	guint64 lost;                        /* lines that were too long or not understood */
};

struct docker_images {
	GHashTable *created;                 /* image id -> gint64 *, UTC; -1 while it is asked for */
	GQueue queue;                        /* of char *, owned: to be asked for */
};

struct docker {
	char *configured_socket;
	guint stats_interval_ms;
	gboolean disabled;
	struct link *link;
	struct http *http;
	struct world *world;
	struct host *host;

	enum docker_phase phase;
	struct docker_where where;
	struct link_tunnel *tunnel;
	struct link_job *look;               /* what is wrong with the socket over there */
	char *rootless;                      /* socket found over there by `look` */
	char *socket;                        /* NULL for TCP */
	char *root, *base;                   /* "http://docker"; the same with the version, NULL while not negotiated */
	guint retry_timer, retry_ms;
	gint64 live_us;                      /* monotonic time at which the event stream opened, 0 = it is not open */
	gboolean listed;                     /* the list came since then */
	gint64 skew_us;                      /* the daemon's clock minus ours */

	GQueue calls;                        /* of struct docker_call, under way */
	GQueue refused;                      /* of struct docker_call, to be refused by an idle source */
	struct http_request *events;
	struct docker_assembler assembler;
	guint settle_timer, beat_timer;
	gint64 answered_us;                  /* monotonic time of the last good answer */
	guint skipped;                       /* rows of the list that cannot be shown */
	gboolean listing, list_again, checking;
	gboolean all_details;                /* the next list is followed by all inspects */
	gboolean tell_starts;                /* … and followers are told of what runs */

	GHashTable *watches;                 /* id -> struct docker_watch, owned */
	GQueue details, stats;               /* of struct docker_watch, waiting, visible ones first */
	guint details_out, stats_out;        /* requests under way */
	struct docker_images images;
	guint stats_limit;                   /* of stats_out: one of the three above */
	guint stats_timer, second_timer, slow_timer, kick, round, visible;

	GArray *listeners;                   /* of struct docker_listening */
	guint next_listener;
};

struct docker_listening {
	guint handle;
	docker_listener listener;
	void *user;
};

/* --- docker_call.c --- */

/* A GET below the base URL. `done` is called with the id it was sent for, unless all calls are dropped before. */
typedef void (*docker_answer)(struct docker *d, const char *id, const struct http_reply *r);
void docker_get(struct docker *d, const char *path, const char *id, gsize max_body, docker_answer done);
/* The same outside the base URL, for negotiating: `path` from the root. */
void docker_get_bare(struct docker *d, const char *path, docker_answer done);
void docker_get_text(struct docker *d, const char *id, docker_text_done done, void *user);
/* Ends all calls; those for a text are answered with `problem` (NULL: not answered, docker_free). */
void docker_drop_calls(struct docker *d, const char *problem);

/* --- docker_connect.c --- */

void docker_connect(struct docker *d);
/* Ends the connection; what is known becomes stale, for the reason given. Connects again when `retry`. */
void docker_disconnect(struct docker *d, const char *reason, gboolean retry);
/* The event stream is open. */
void docker_went_live(struct docker *d);
/* The daemon gave a good answer now. */
void docker_alive(struct docker *d);
/* A request failed: is the daemon there? */
void docker_check(struct docker *d);

/* --- docker_list.c --- */

void docker_list(struct docker *d);
struct container *docker_container(struct docker *d, const char *id);
struct docker_watch *docker_watch_of(struct docker *d, const char *id);

/* --- docker_events.c --- */

void docker_events_open(struct docker *d);
/* List anew, or work off the queue of details, after a short wait for more events. */
void docker_settle(struct docker *d);
void docker_tell(struct docker *d, const char *id, const char *name, const char *action);
void docker_assembler_feed(struct docker_assembler *a, const char *bytes, gsize len, void (*line)(void *user, const char *bytes, gsize len),
                           void *user);

/* --- docker_detail.c --- */

void docker_want_detail(struct docker *d, struct docker_watch *w);
void docker_want_image(struct docker *d, struct container *c);
void docker_forget_images(struct docker *d); /* those of no container */
void docker_pump_details(struct docker *d);

/* --- docker_stats.c --- */

void docker_stats_run(struct docker *d);   /* starts or stops the rounds as somebody looks or not */
void docker_pump_stats(struct docker *d);
void docker_stats_stopped(struct container *c); /* it does not run: there are no figures */
void docker_show_visible(struct docker *d, const char *const *ids, guint count);

#endif
