/* A link that a test can cut: a proxy between a client and a TCP port or a Unix socket, in a process of its own. A call returns when what
 * it asks for is in force. The process ends with the test. */
#ifndef MW_TESTS_LAB_PROXY_H
#define MW_TESTS_LAB_PROXY_H

#include <glib.h>

struct lab_proxy;

struct lab_proxy_counts {
	guint accepted;       /* connections, ever */
	guint open;           /* now */
	guint64 to_client;    /* bytes passed on, ever */
	guint64 to_server;
};

/* Listens on a free port of 127.0.0.1 for a TCP port. */
struct lab_proxy *lab_proxy_new_tcp(const char *address, guint port);
/* Listens on a Unix socket for another one. */
struct lab_proxy *lab_proxy_new_unix(const char *path, const char *target);
void lab_proxy_free(struct lab_proxy *p);
guint lab_proxy_port(const struct lab_proxy *p);

/* Forwards (as it does from the start), and listens again after lab_proxy_refuse(). */
void lab_proxy_pass(struct lab_proxy *p);
/* A dead peer: the kernel still takes connections and bytes, but nothing comes through until lab_proxy_pass(). */
void lab_proxy_stall(struct lab_proxy *p);
/* Resets all connections; new ones are taken as the mode says. */
void lab_proxy_cut(struct lab_proxy *p);
/* Resets all connections and stops listening: connection refused. */
void lab_proxy_refuse(struct lab_proxy *p);
/* Resets all connections once so many more bytes have gone to the clients: breaks in the middle of something. 0: not any more. */
void lab_proxy_cut_after(struct lab_proxy *p, guint64 bytes);
/* Bytes a second, both directions together; 0 = no limit. */
void lab_proxy_limit(struct lab_proxy *p, guint64 bytes_per_second);
struct lab_proxy_counts lab_proxy_counts(struct lab_proxy *p);

#endif
