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

struct config_secret { char *env, *file, *command; }; /* exactly one: a variable, a 0600 file, what a command prints */

struct config_tailscale {
	char *socket;                    /* default /var/run/tailscale/tailscaled.sock */
	char **tags; unsigned tags_count; /* "tag:gateway"; peers with one of them are gateways; none: only paths are shown */
};

struct config_inventory {        /* an HTTP inventory */
	char *url;
	char *items;                     /* JSON pointer to the array (or object) of gateways; default "": the document itself */
	char *name, *address, *online;   /* JSON pointers within one; default "/name", none, none */
	struct config_secret *token;     /* bearer token */
	unsigned *refresh;               /* seconds, default 10 */
};

struct config_prometheus {       /* gateways that are not reached by SSH: an instant query, 1 is online and 0 is not */
	char *url, *query;
	char *label;                     /* whose value is the gateway's name, default "instance" */
	struct config_secret *token;
	unsigned *refresh;               /* seconds, default 15 */
};

struct config_loki {             /* and their errors */
	char *url, *query;               /* a stream selector: {job="gateway"}; the fleet's pattern is added */
	char *label;                     /* default "host" */
	char *tenant;                    /* X-Scope-OrgID */
	struct config_secret *token;
};

struct config_rolling {          /* the rolling restart */
	char *batch;                     /* "3" or "10%", default "1" */
	unsigned *pause, *gate, *quiet;  /* seconds: between batches, default 10; to be well, default 120; to stay well, default 15 */
	unsigned *budget;                /* failures that stop it, default 1 */
};

struct config_fleet {
	char **gateways; unsigned gateways_count;   /* names and ranges: pi-gw[001-400] */
	char **ssh_hosts; unsigned ssh_hosts_count; /* patterns of Host aliases in the ssh configuration */
	struct config_tailscale *tailscale;
	struct config_inventory *inventory;
	struct config_prometheus *prometheus;
	struct config_loki *loki;
	char *canary;                    /* a URL that answers unless our own network is gone */
	char *transport, *ssh_config, *known_hosts;
	unsigned *connect_timeout;       /* seconds */
	unsigned *connects;              /* at once, default 16 */
	unsigned *sessions;              /* kept open, default 1,000; the rest in turn */
	unsigned *refresh;               /* seconds, default 30 */
	char *unit;                      /* default novavms-gateway */
	char *version;                   /* command whose first line is the version */
	char *pattern;                   /* of the error sweep, extended regular expression, default ERROR|panic|FATAL */
	unsigned *span;                  /* minutes that it looks back, default 30 */
	bool *live_sweep;                /* after a sweep errors come by themselves, default true */
	struct config_rolling *rolling;
	bool *readonly;
};

struct config_probe {           /* a request that tells whether something works; a path is below product.url */
	char *url, *method, *body;
	struct config_secret *token;     /* bearer token */
	char *pointer;                   /* JSON pointer to what is read of the answer; ingest: a time, audit_rows: a number */
	unsigned *refresh;               /* seconds, default 10 */
};

struct config_variable { char *name, *value; };

struct config_product {          /* what the checklists and the paging rules look at */
	char *env;                       /* default "prod" */
	char *url;                       /* https://app.example.com */
	char *health;                    /* default /api/v1/health */
	char *host, *container;          /* where its container runs */
	char *ca;                        /* a file with certificates to trust beside the system's */
	char *canary;                    /* a URL that answers unless our own network is gone; default: fleet.canary */
	struct config_probe *authread, *auth, *ingest, *audit_rows;
	char **impersonators; unsigned impersonators_count; /* who may impersonate, with a ticket */
	char *reports;                   /* directory of the reports; default: reports in the state directory */
	struct config_variable *variables; unsigned variables_count; /* values of placeholders in checklists */
};

struct config_rules {
	char **files; unsigned files_count;       /* more rules; one of the same name takes the place of a shipped one */
	char **disabled; unsigned disabled_count; /* names */
};

struct config_pagerduty { struct config_secret *routing_key; char *url; };
struct config_slack { char *name; struct config_secret *webhook; char **tells; unsigned tells_count; };   /* page, crit, warn, ticket, info; default page */
struct config_telegram { struct config_secret *token; char *chat; unsigned *thread; char *url; char **tells; unsigned tells_count; };
struct config_notify {
	struct config_pagerduty *pagerduty;  /* pages only */
	struct config_slack *slack; unsigned slack_count;
	struct config_telegram *telegram;
};

struct config_alertmanager { char *url; struct config_secret *token; unsigned *refresh; /* seconds, default 15 */ };

struct config_score { double *steal_warn, *steal_crit, *swap_warn_gb, *swap_cached_warn_mb; unsigned *disk_warn; };
struct config_logs { unsigned *memory_mb; char **filter_in; unsigned filter_in_count; char **filter_out; unsigned filter_out_count; };
struct config_key { char *command; char *keys; };

struct config {
	struct config_host *hosts; unsigned hosts_count;
	struct config_fleet *fleet;
	struct config_score *score;
	struct config_logs *logs;
	struct config_key *keys; unsigned keys_count;
	struct config_action *actions; unsigned actions_count;
	struct config_product *product;
	char **checklists; unsigned checklists_count; /* files, beside the shipped ones and those in ~/.config/midwatch/checklists */
	struct config_rules *rules;
	struct config_notify *notify;
	struct config_alertmanager *alertmanager;
	char *theme;
	bool *mouse, *readonly;
	char *start_panel;               /* score, containers, cron, models, gateways, logs, checklist, rules */
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
/* product.env and product.health, or what holds where they are not given; borrowed. */
const char *config_env(const struct config *c);
const char *config_health(const struct config_product *p /* or NULL */);
/* Is the action about the host as a whole? */
gboolean config_action_is_on_host(const struct config_action *a);
/* Is it about gateways of the fleet? */
gboolean config_action_is_on_gateway(const struct config_action *a);
/* The path that config_load(NULL) reads, newly allocated, whether it exists or not. */
char *config_default_path(void);
/* A path of the configuration as the system takes it, newly allocated: "~/" is the home directory. */
char *config_path(const char *path);
/* "file:line: path: message" */
char *config_problem_text(const struct config_problem *p);

#endif
