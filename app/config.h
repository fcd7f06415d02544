/* The configuration: config.yml through libcyaml. It is the user's file: read, never written. */
#ifndef MW_APP_CONFIG_H
#define MW_APP_CONFIG_H

#include <glib.h>
#include <stdbool.h>

struct config_log {            /* one log source of a host */
	char *container, *unit, *file;   /* exactly one of them, or … */
	bool *journal;                   /* … true: the whole journal */
	bool *from_start;
	unsigned *backlog;               /* lines, default 1,000 */
};

struct config_docker {
	char *socket;                    /* default: DOCKER_HOST, rootless, /var/run/docker.sock */
	bool *disabled;
	unsigned *stats_interval;        /* seconds, default 5 */
	unsigned *stop_timeout;          /* seconds that a restart gives a container to stop, default 10 */
};

struct config_ollama {
	char *host;                      /* as seen from the host, default 127.0.0.1 */
	unsigned *port;                  /* default 11434 */
	bool *disabled;
	unsigned *refresh;               /* seconds between two questions, default 10 */
	char *keep_alive;                /* of a load: "10m", "-1" for ever; default: the daemon's own */
};

struct config_cleanup {        /* commands; what is not given is not offered */
	char *command, *dry_run, *weekly, *monthly;
};

struct config_http { char *method, *url, *body; char **headers; unsigned headers_count; };

struct config_action {         /* an action of the operator's own: the command custom.NAME */
	char *name, *title, *help, *keys;
	char *on;                        /* host, container, model, job: what it is about; default host */
	char **roles; unsigned roles_count; /* of hosts where it applies; none: all */
	char *command;                   /* exactly one of these two */
	struct config_http *http;
	char *danger;                    /* changes (default), destroys, none */
	char *confirm;                   /* key (default), count, host: what is asked for */
	char *loses;                     /* a sentence for the sheet */
	unsigned *timeout;               /* seconds, of http; default 60 */
};

struct config_cron {             /* scheduled jobs */
	char **users; unsigned users_count;               /* whose crontabs are read beside root's and one's own */
	char *cleanup_log;               /* default /var/log/vm-cleanup.log */
	char **growing_logs; unsigned growing_logs_count; /* looked for in logrotate's rules; default: the three of the VM's scripts */
	unsigned *refresh;               /* seconds, default 300 */
	bool *disabled;
};

struct config_host {
	char *name;                      /* as shown */
	char *role;                      /* "vm", "gateway", or any word; default "vm" */
	char *ssh;                       /* ssh alias; default: name */
	bool *local;                     /* this machine */
	bool *readonly;
	char *transport;                 /* auto, libssh2, ssh */
	char *ssh_config, *known_hosts;
	unsigned *connect_timeout;       /* seconds */
	unsigned *refresh;               /* seconds between probes, default 5 */
	struct config_docker *docker;
	struct config_ollama *ollama;
	struct config_cleanup *cleanup;
	struct config_cron *cron;
	struct config_log *logs; unsigned logs_count;
};

struct config_score { double *steal_warn, *steal_crit, *swap_warn_gb, *swap_cached_warn_mb; unsigned *disk_warn; };
struct config_logs { unsigned *memory_mb; char **filter_in; unsigned filter_in_count; char **filter_out; unsigned filter_out_count; };
struct config_key { char *command; char *keys; };

struct config {
	struct config_host *hosts; unsigned hosts_count;
	struct config_score *score;
	struct config_logs *logs;
	struct config_key *keys; unsigned keys_count;
	struct config_action *actions; unsigned actions_count;
	char *theme;
	bool *mouse, *readonly;
	char *start_panel;               /* score, containers, cron, models, logs */
};

/* One thing wrong with a file. */
struct config_problem { char *file; unsigned line; char *path, *message; };

/* Reads a file; NULL path: the user's config.yml when it is there, else the embedded default, this machine. NULL on failure with every
 * problem found in `problems` (of struct config_problem, owned by the array). */
struct config *config_load(const char *path, GPtrArray *problems);
/* The same for text; `origin` stands for the file name in messages. */
struct config *config_parse(const char *text, gsize len, const char *origin, GPtrArray *problems);
GPtrArray *config_problems_new(void);
void config_free(struct config *c);
/* Is the action about the host as a whole? */
gboolean config_action_is_on_host(const struct config_action *a);
/* The path that config_load(NULL) reads, newly allocated, whether it exists or not. */
char *config_default_path(void);
/* "file:line: path: message" */
char *config_problem_text(const struct config_problem *p);

#endif
