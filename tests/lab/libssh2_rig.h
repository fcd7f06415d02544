/* What the tests of the libssh2 transport share: the lab's server, connections that record what is told, channels that keep what comes. */
#ifndef MW_TESTS_LIBSSH2_RIG_H
#define MW_TESTS_LIBSSH2_RIG_H

#include "backends/transport.h"
#include "tests/lab/sshd_fixture.h"
#include "tests/unit/wait_for.h"

extern const struct transport_class *const class;
extern const struct channel_events channel_events; /* for struct run */
extern struct sshd_fixture *lab;   /* NULL when there is no sshd */
extern struct sshd_server *server; /* trusted; takes key2 */

void rig_begin(void);
void rig_end(void);
/* Skips the test when there is no lab. */
gboolean have_lab(void);
/* This libssh2 can do what 1.10 cannot: RSA with SHA-2, ETM MACs. */
gboolean is_modern(void);

struct connection {
	struct transport *transport;
	gboolean up, down;
	char *address, *notice;
	enum transport_failure failure;
	enum link_question question;
	char *question_text, *step, *reason, *advice;
	guint channels_closed; /* before down came */
};

void on_up(void *user, const char *address);
void on_down(void *user, const struct transport_error *error);
/* Writes an ssh configuration with host "lab" for a server and gives its path, valid until the next. */
const char *configure(const struct sshd_server *s, const char *extra);
void start(struct connection *c, const struct transport_settings *s);
/* Is up when it returns. */
void reach(struct connection *c, const struct sshd_server *s, const char *extra);
void reach_with(struct connection *c, const struct transport_settings *s);
void fail_with(struct connection *c, const struct transport_settings *s, enum transport_failure failure, const char *step);
void finish(struct connection *c);

struct run {
	struct connection *connection;
	struct channel *channel;
	GString *out, *err;
	gboolean opened, eof, closed, pause_at_once;
	guint writables;
	int code, error;
	char *message;
};

void run_new(struct run *r, struct connection *c);
void run_exec(struct run *r, struct connection *c, const char *command);
void run_free(struct run *r);
void check_exec(struct connection *c, const char *command, const char *out, int code);

int listen_tcp(guint16 *port);
void die_with_parent(gpointer unused);
void end_child(pid_t pid);

#endif
