/* A fleet for C tests: up to a thousand gateways, each an address of 127.1.0.0/16 behind one real sshd, with a unit novavms-gateway, a
 * journal and faults of its own, all in files. See README.md and gateway/. Cuts need LAB_FIREWALL. */
#ifndef MW_TESTS_LAB_FLEET_H
#define MW_TESTS_LAB_FLEET_H

#include "tests/lab/lab.h"
#include "tests/lab/lab_proxy.h"

struct lab_fleet;

/* Starts gateways pi-gw001, pi-gw002, …, pi-gw1000, known by these names in lab_ssh_config(). One a lab. */
struct lab_fleet *lab_fleet(struct lab *lab, guint count);
/* Before lab_free(): gives all of the network back, ends the proxies. */
void lab_fleet_free(struct lab_fleet *fleet);
guint lab_fleet_port(const struct lab_fleet *fleet);
char *lab_fleet_name(guint number);                           /* newly allocated; from 1 on */
char *lab_fleet_address(const char *name);                    /* newly allocated */
/* Rewrites the known_hosts of the fleet: "wildcard" (from the start; libssh2 does not know it), "plain" or "hashed", a line a gateway. */
void lab_fleet_known(struct lab_fleet *fleet, const char *kind);

/* Writes a file of a gateway's state at once: behaviour, unit, journal, user, restart-fails. NULL: none, as at the start. */
void lab_fleet_set(struct lab_fleet *fleet, const char *name, const char *file, const char *text);
/* What a file of its state holds; NULL when there is none. */
char *lab_fleet_get(struct lab_fleet *fleet, const char *name, const char *file);
/* Its unit logs a line now. Followers see it unless they began before the first line of all. */
void lab_fleet_log(struct lab_fleet *fleet, const char *name, const char *text);
/* How many restarts of its unit were asked for as root. */
guint lab_fleet_restarts(struct lab_fleet *fleet, const char *name);

/* Nothing comes through, nothing says so. */
void lab_fleet_cut(struct lab_fleet *fleet, const char *name);
/* Its connections are reset, new ones refused. */
void lab_fleet_refuse(struct lab_fleet *fleet, const char *name);
/* Ends lab_fleet_cut() and lab_fleet_refuse(). */
void lab_fleet_restore(struct lab_fleet *fleet, const char *name);
/* The whole fleet at once, as when our own network is gone. */
void lab_fleet_own_network(struct lab_fleet *fleet, gboolean up);
/* From now on the name leads through a proxy on 127.0.0.1, which belongs to the fleet. */
struct lab_proxy *lab_fleet_slow(struct lab_fleet *fleet, const char *name, guint64 bytes_per_second);

#endif
