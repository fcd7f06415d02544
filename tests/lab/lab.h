/* The lab for C tests: real sshd and dockerd in a private directory. What fails ends the test with a message. Main thread only.
 * Servers end with the test, also when it crashes; lab_free() leaves nothing. The work is done by tests/lab/lib.sh. */
#ifndef MW_TESTS_LAB_H
#define MW_TESTS_LAB_H

#include <glib.h>

struct lab;

enum lab_need {
	LAB_SSHD = 1,    /* sshd and ssh-keygen are installed */
	LAB_DOCKER = 2,  /* dockerd and busybox are installed, and we are root */
	LAB_MACHINE = 4, /* whole systemd machines: systemd-nspawn, debootstrap, network namespaces, and we are root */
	LAB_FIREWALL = 8, /* iptables is installed, and we are root */
};

/* Is all of that there? Else skips the test with the reason; the caller returns. */
gboolean lab_have(guint needs);

/* Are these programs installed (NULL-terminated)? Else skips the test with the reason; the caller returns. */
gboolean lab_have_programs(const char *const *programs);

struct lab *lab_new(void);
void lab_free(struct lab *lab);
const char *lab_dir(const struct lab *lab);                   /* 0700, short enough for sockets */
char *lab_path(const struct lab *lab, const char *name);      /* newly allocated */
/* Runs a function of lib.sh with the lab's directory and the arguments up to NULL; gives its output without the final line feed. */
char *lab_script(struct lab *lab, const char *function, ...) G_GNUC_NULL_TERMINATED;

/* Starts an sshd on a free port of 127.0.0.1, known as `alias` in lab_ssh_config(); gives the port. What follows up to NULL are kinds
 * ("hardened": only MACs that libssh2 1.10 does not have; "noforward"; "ecdsa": no ed25519 host key; "fleet": for lab_fleet.c) or lines of sshd_config. */
guint lab_sshd(struct lab *lab, const char *alias, ...) G_GNUC_NULL_TERMINATED;
guint lab_sshd_port(struct lab *lab, const char *alias);
/* Ends it with all of its sessions, as a host that goes down. */
void lab_sshd_stop(struct lab *lab, const char *alias);
/* Starts it again: same port, same keys unless the files were removed. */
void lab_sshd_start(struct lab *lab, const char *alias);
/* One more alias for the sshd, at another port (a proxy's), with more lines of ssh_config up to NULL. */
void lab_ssh_host(struct lab *lab, const char *alias, guint port, const char *sshd, ...) G_GNUC_NULL_TERMINATED;
const char *lab_ssh_config(const struct lab *lab);            /* for `ssh -F` */

/* Starts a dockerd with the image busybox:1; gives the path of its socket. One a lab. */
const char *lab_dockerd(struct lab *lab);
void lab_dockerd_stop(struct lab *lab);  /* SIGTERM, as systemctl stop: containers end too */
void lab_dockerd_start(struct lab *lab); /* again, with what it had */
/* Runs a docker command up to NULL; gives its output without the final line feed. */
char *lab_docker(struct lab *lab, ...) G_GNUC_NULL_TERMINATED;

/* Boots a whole Debian with systemd, journald and sshd, known as `name` in lab_ssh_config(); gives its address. */
char *lab_machine(struct lab *lab, const char *name);
/* Runs a command up to NULL in it; gives its output without the final line feed. */
char *lab_machine_exec(struct lab *lab, const char *name, ...) G_GNUC_NULL_TERMINATED;
/* Plugs its cable in or out. */
void lab_machine_link(struct lab *lab, const char *name, gboolean up);
void lab_machine_down(struct lab *lab, const char *name);
/* Starts the unit novavms-gateway in it, which logs a heartbeat each second. */
void lab_machine_gateway(struct lab *lab, const char *name);
/* A switch of the unit: "say" (lines logged with each heartbeat), "dies" (a moment after a start), "restart-fails" (at once). NULL: off. */
void lab_machine_gateway_set(struct lab *lab, const char *name, const char *which, const char *text);
/* A user ops, known as NAME-ops in lab_ssh_config(): with sudo without a password and the right to read the journal, or without both. */
void lab_machine_ops(struct lab *lab, const char *name, gboolean may_sudo);
/* Takes the program journalctl away, or puts it back. */
void lab_machine_journalctl(struct lab *lab, const char *name, gboolean there);

/* Waits until the test is TRUE, running the default main context meanwhile; fails with `what` after 60 s. */
void lab_wait(gboolean (*test)(void *user), void *user, const char *what);
gboolean lab_port_is_open(guint port);

#endif
