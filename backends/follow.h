/* Follows one log source of one host into the log store, and resumes after a break with no line lost and none twice:
 * docker by `since` and removal of duplicates, journald by cursor, a file by inode and offset. */
#ifndef MW_BACKENDS_FOLLOW_H
#define MW_BACKENDS_FOLLOW_H

#include "backends/docker.h"
#include "backends/link.h"
#include "model/world.h"

enum follow_kind {
	FOLLOW_CONTAINER, /* name: container name; a recreated container of that name is followed on */
	FOLLOW_UNIT,      /* name: systemd unit; journalctl -u */
	FOLLOW_JOURNAL,   /* the whole journal; name is "journal" */
	FOLLOW_FILE,      /* name: absolute path; rotation and truncation are followed */
};

struct follow_settings {
	enum follow_kind kind;
	const char *name;
	guint backlog_lines;   /* taken from before the start; 0 = 1,000 */
	gboolean from_start;   /* everything there is, instead of backlog_lines */
};

enum follow_state { FOLLOW_STARTING, FOLLOW_LIVE, FOLLOW_WAITING /* link down or source gone; resumes */, FOLLOW_FAILED };

struct follow;

struct follow *follow_new(const struct follow_settings *s, struct link *link, struct docker *docker /* or NULL */, struct world *world,
                          const struct host *host);
void follow_free(struct follow *f);
/* Somebody else wants so much from before the start, too. It comes too late when more than FOLLOW_STARTING: follow_backlog() tells. */
void follow_want(struct follow *f, const struct follow_settings *s);
guint follow_backlog(const struct follow *f);       /* lines that are taken from before the start; G_MAXUINT: all */
void follow_link_up(struct follow *f);
void follow_link_down(struct follow *f);
enum follow_state follow_state(const struct follow *f);
const char *follow_problem(const struct follow *f); /* why it waits or failed, safe; NULL when live */
guint32 follow_source(const struct follow *f);      /* the store's source number */
const char *follow_name(const struct follow *f);
enum follow_kind follow_kind(const struct follow *f);

#endif
