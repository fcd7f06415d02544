/* What OpenSSH would do for a host: the answer of `ssh -G`, parsed. The parser is pure; ssh_config_load() runs the program and blocks. */
#ifndef MW_BACKENDS_SSH_CONFIG_H
#define MW_BACKENDS_SSH_CONFIG_H

#include <glib.h>

enum ssh_strict { SSH_STRICT_ASK /* also accept-new and no: midwatch asks */, SSH_STRICT_YES };

struct ssh_config {
	char *alias;                  /* the host as it was asked for */
	char *hostname, *user;        /* never NULL */
	guint16 port;
	char *host_key_alias;         /* NULL = none */
	char *proxy;                  /* ProxyJump or ProxyCommand, as written; NULL = none */
	char *bind;                   /* BindAddress or BindInterface; NULL = none */
	char *identity_agent;         /* as written: a path, "none", "SSH_AUTH_SOCK", "$NAME"; NULL = the environment's */
	GPtrArray *identity_files;    /* char *, as written */
	gboolean has_certificate;     /* a CertificateFile is set */
	gboolean identities_only, hash_known_hosts;
	GPtrArray *user_known_hosts, *global_known_hosts; /* char *, as written; "none" is left out */
	enum ssh_strict strict;
	int family;                   /* AF_UNSPEC, AF_INET, AF_INET6 */
	guint connect_timeout_s;      /* 0 = none given */
	guint alive_interval_s;       /* 0 = off */
	char *ciphers, *macs, *host_key_algorithms; /* what is allowed, comma-separated; NULL = anything */
};

/* Reads what `ssh -G` printed for `alias`: "key value" lines in any order; keys that are not known are passed over, the first value of a
 * key counts except for lists. FALSE when it names no host or no user. Free it with ssh_config_clear() in either case. */
gboolean ssh_config_parse(const char *alias, const char *text, gsize len, struct ssh_config *out);
void ssh_config_clear(struct ssh_config *c);

/* May it override HostName? A name or an address: an inventory says it, and ssh expands % in it. */
gboolean ssh_config_is_hostname(const char *hostname);
#define SSH_CONFIG_BAD_HOSTNAME "What the inventory says to connect to is neither a name nor an address."
/* Runs `ssh -G` with no stdin and parses the answer. `hostname` overrides HostName unless NULL; `file` NULL = the user's own configuration. FALSE
 * with *problem (safe text, g_free it) when ssh cannot be run or refuses. Blocks: for worker threads. */
gboolean ssh_config_load(const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem);

typedef gboolean (*ssh_config_loader)(const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem);
/* By `load`, with `hostname` only where ssh's own configuration leaves HostName to be the host itself. */
gboolean ssh_config_load_yielding(ssh_config_loader load, const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem);
/* Does ssh's configuration say nothing of where the host is? Its HostName is the alias then. */
gboolean ssh_config_names_only_itself(const char *hostname, const char *host);

/* A path of the configuration with ~, %-tokens (%% %d %h %i %k %n %p %r %u) and ${NAME} expanded. NULL when it holds anything else that
 * only ssh can expand. g_free it. */
char *ssh_config_expand(const struct ssh_config *c, const char *path);
/* The agent's socket, expanded; NULL when no agent is to be used. g_free it. */
char *ssh_config_agent(const struct ssh_config *c);
/* The name under which known_hosts files hold the host: the alias for host keys, else "host" or "[host]:port". g_free it. */
char *ssh_config_key_name(const struct ssh_config *c);
/* Those of the words in `ours` (comma-separated) that `allowed` holds too, in our order; all of them when `allowed` is NULL. NULL when
 * none is left. g_free it. */
char *ssh_config_common(const char *ours, const char *allowed);

#endif
