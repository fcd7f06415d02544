/* One container as the Docker Engine API describes it. Strings are made safe at the border (model/sanitize.h). */
#ifndef MW_MODEL_CONTAINER_H
#define MW_MODEL_CONTAINER_H

#include "model/datum.h"

enum container_health { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY, HEALTH_UNKNOWN };
enum container_state {
	CONTAINER_CREATED, CONTAINER_RUNNING, CONTAINER_PAUSED, CONTAINER_RESTARTING,
	CONTAINER_REMOVING, CONTAINER_EXITED, CONTAINER_DEAD, CONTAINER_STATE_UNKNOWN
};

struct health_probe {
	gint64 start_us, end_us; /* UTC microseconds */
	int exit_code;           /* 0 ok, 1 and 2 bad, -1 timed out */
	char *output;            /* safe text, may hold line feeds; "…" marks a cut */
};

/* From inspect; renewed when an event says that something changed. */
struct container_detail {
	struct datum datum;
	gint64 started_us, finished_us; /* UTC, 0 when never */
	int exit_code;
	gboolean oom_killed, tty;
	guint restart_count;            /* by restart policy; any explicit start zeroes it */
	guint64 memory_limit;           /* bytes, 0 = none */
	char *restart_policy, *log_driver;
	gboolean has_healthcheck;
	gint64 health_interval_us, health_timeout_us;
	guint health_retries;
	guint failing_streak;
	GPtrArray *health_log;          /* of struct health_probe, oldest first, at most 5 */
	gint64 unhealthy_since_us;      /* UTC; 0 when not unhealthy or not known */
	gboolean unhealthy_since_exact; /* seen as an event, not estimated from the streak */
	gint64 image_created_us;        /* UTC; 0 when not known */
};

/* From one-shot stats; figures as `docker stats` computes them. */
struct container_stats {
	struct datum datum;
	double cpu_percent;             /* NAN until two samples are there */
	guint64 memory_used, memory_limit;
	guint64 block_read, block_write;/* bytes since the container started */
	double write_per_hour;          /* bytes an hour, measured between samples; NAN before two */
	guint64 net_rx, net_tx;
	guint pids;
	/* the previous sample, for the differences */
	guint64 previous_cpu, previous_system;
	guint64 previous_write;
	gint64 previous_read_us;
};

struct container {
	char *id;      /* 64 hex digits */
	char *name;    /* without the leading slash */
	char *image, *image_id, *command;
	char *stack;   /* label com.docker.compose.project; NULL when none */
	char *service; /* label com.docker.compose.service; NULL when none */
	char *depends_on; /* label com.docker.compose.depends_on, "db:service_healthy:false,cache:…"; NULL when none */
	gint64 created_us;
	enum container_state state;
	enum container_health health;
	char *status;  /* the daemon's words, "Up 3 hours (healthy)" */
	struct container_detail detail;
	struct container_stats stats;
};

struct container *container_new(const char *id);
void container_free(struct container *c);
const char *container_state_name(enum container_state s);
const char *container_health_name(enum container_health h);
enum container_state container_state_parse(const char *word);
/* Health from the list's Status text: "(healthy)", "(unhealthy)", "(health: starting)"; else HEALTH_NONE. */
enum container_health container_health_parse(const char *status);

/* Does `c` say that it depends on the service `on`, of the same stack? */
gboolean container_depends(const struct container *c, const struct container *on);

#endif
