/* What is known of one host: how it is reached, its last probe, its containers, and short histories for sparklines. */
#ifndef MW_MODEL_HOST_H
#define MW_MODEL_HOST_H

#include "model/container.h"
#include "model/cron.h"
#include "model/datum.h"
#include "model/history.h"
#include "model/llm.h"
#include "model/probe.h"

enum link_state {
	LINK_IDLE,       /* nothing tried yet */
	LINK_CONNECTING,
	LINK_UP,
	LINK_DOWN,       /* failed or lost; retried at retry_at_us unless that is 0 */
	LINK_BLOCKED,    /* waits for the operator: see `question`, or 3 authentication failures */
};

enum link_question {
	LINK_ASKS_NOTHING,
	LINK_ASKS_HOST_KEY,   /* unknown key: question_text holds "ED25519 SHA256:…" */
	LINK_ASKS_PASSPHRASE, /* question_text holds the key file */
};

struct link_status {
	enum link_state state;
	gint64 since_us;         /* monotonic time at which this state began */
	gint64 retry_at_us;      /* monotonic time of the next attempt, 0 = none planned */
	guint failures;          /* attempts that failed in a row */
	char *transport;         /* owned: "local", "libssh2", "ssh"; NULL before the first attempt */
	char *address;           /* owned: user@host:port as it is reached; NULL before */
	char *step;              /* owned: the step of connecting that failed: "resolve", "connect", "handshake", "host key", "authentication",
	                          * "keepalive"; NULL when none did */
	char *reason;            /* owned: what failed, made safe for the terminal; NULL when up */
	char *advice;            /* owned: what the operator can do; NULL when there is nothing to say */
	enum link_question question;
	char *question_text;     /* owned */
};

void link_status_clear(struct link_status *s);
/* Is it known how connecting went: up, blocked, or failed once? */
gboolean link_status_is_settled(const struct link_status *s);

#define HOST_SCORES 7      /* the dimensions of the score, in their order, and the sum */
#define HOST_WEEK_STEPS 28 /* of six hours */

/* What the score was, from the store: filled by the application. NAN: not sampled then. */
struct score_past {
	gint64 at_us;                               /* UTC: when this was filled in; 0 = never */
	gint64 week_at_us;                          /* likewise, the week */
	double hour[HOST_SCORES], day[HOST_SCORES]; /* points of a dimension; the sum in percent of what was assessed */
	double week[HOST_WEEK_STEPS];               /* the sum, oldest first */
};

struct docker_state {
	struct datum datum;       /* freshness of the container list */
	char *api_version;        /* owned: negotiated, e.g. "1.41"; NULL before */
	GPtrArray *containers;    /* of struct container, owned, in the daemon's order */
	GHashTable *by_id;        /* full id -> struct container, borrowed */
};

struct host {
	char *name;               /* as the operator calls it; made safe; unique in the world */
	char *role;               /* "vm", "gateway", or any word of the configuration */
	gboolean local;
	gboolean readonly;
	gint64 clock_ahead_s;     /* its clock is so far off ours that the times of its journal are shown without that; 0: they are as it tells them */
	struct link_status link;

	struct datum probe_datum;
	struct probe probe;       /* the last good one */
	struct probe_rates rates; /* from the last two good ones */
	struct history steal, memory, disk, unhealthy, score; /* one sample a refresh, for sparklines */
	struct score_past past;

	struct docker_state docker;
	struct cron_state cron;
	struct llm_state llm;
};

struct host *host_new(const char *name, const char *role, gboolean local);
void host_free(struct host *h);
/* Finds a container by full id, or by name when no id fits; NULL when there is none. */
struct container *host_container(const struct host *h, const char *id_or_name);
/* Containers whose health is "unhealthy"; -1 while the list is not known. */
int host_unhealthy(const struct host *h);
/* Is its link settled and, where it is up, all but its models looked at once? */
gboolean host_is_settled(const struct host *h);
/* Marks everything that came over the link as stale. */
void host_went_down(struct host *h, const char *reason);

#endif
