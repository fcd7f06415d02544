/* Real sshd instances on loopback for tests: own port, host key, authorized keys and configuration in a private directory. They die with
 * the test, however it ends. */
#ifndef MW_TESTS_SSHD_FIXTURE_H
#define MW_TESTS_SSHD_FIXTURE_H

#include <glib.h>
#include <sys/types.h>

struct sshd_fixture {
	char *dir;        /* 0700; holds key (RSA), key.pub, key2 (ed25519), authorized_keys, known_hosts, config */
	GPtrArray *servers;
};
struct sshd_server {
	struct sshd_fixture *fixture;
	char *name;       /* file names begin with it */
	guint16 port;
	pid_t pid;
};

/* NULL when sshd is not installed, with the reason. */
struct sshd_fixture *sshd_fixture_new(const char **reason);
void sshd_fixture_free(struct sshd_fixture *f); /* stops all servers, removes the directory */
char *sshd_fixture_path(const struct sshd_fixture *f, const char *name);
/* Starts a server with extra sshd_config lines (may be "") and waits until it answers. */
struct sshd_server *sshd_start(struct sshd_fixture *f, const char *name, const char *extra);
void sshd_restart(struct sshd_server *s);
/* Stops the listener and every connection of it. */
void sshd_stop(struct sshd_server *s);
/* Kills its connections only. */
void sshd_cut(struct sshd_server *s);
/* Signals its connections (SIGSTOP: the peer falls silent). */
void sshd_signal_connections(struct sshd_server *s, int number);
/* Appends its host key to the fixture's known_hosts. */
void sshd_trust(struct sshd_server *s);
void sshd_append(const struct sshd_fixture *f, const char *file, const char *text);

#endif
