/* Evidence: what there is to know of a target, saved as raw bytes before something is done to it. A directory of its own below
 * $XDG_STATE_HOME/midwatch/snapshots (0700, files 0600), complete or not there at all: manifest.json names each file with its size and SHA-256,
 * SHA256SUMS lets `sha256sum -c` check all of them. */
#ifndef MW_BACKENDS_EVIDENCE_H
#define MW_BACKENDS_EVIDENCE_H

#include "backends/docker.h"
#include "backends/link.h"

struct evidence;

#define EVIDENCE_LINES 10000       /* of a log at least, … */
#define EVIDENCE_SPAN_S (30 * 60)  /* … and all of the last half hour */
#define EVIDENCE_FILE_MAX ((guint64)256 << 20)

/* `directory`: where it is, with the SHA-256 of manifest.json; NULL when it could not be taken: then `problem` says why, and nothing is left
 * behind, unless only the last sync of the disk failed. Called exactly once, later, unless cancelled. */
struct evidence_result { const char *directory, *sha256, *problem; };
typedef void (*evidence_done)(const struct evidence_result *r, void *user);

/* Of a container: inspect.json, health.json, stats.json, log.txt (as the daemon gives it, with its times). `host`: as midwatch calls it. */
struct evidence *evidence_of_container(struct docker *d, const char *id, const char *host, const char *name, evidence_done done, void *user);
/* Of what commands print, one after the other, each into a file: a journal, a log file. A command has failed when its exit code is not 0 and it
 * printed nothing. One that is needed fails the whole, another one is remarked in the manifest. */
struct evidence_command { const char *file, *command; gboolean needed; };
struct evidence *evidence_of_commands(struct link *l, const struct evidence_command *commands, guint count, const char *host, const char *name,
                                      evidence_done done, void *user);
void evidence_cancel(struct evidence *e); /* NULL is ignored; `done` is not called */

#endif
