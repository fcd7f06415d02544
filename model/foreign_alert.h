/* An alert of an Alertmanager, shown beside our own. Strings are made safe at the border. */
#ifndef MW_MODEL_FOREIGN_ALERT_H
#define MW_MODEL_FOREIGN_ALERT_H

#include "model/datum.h"

enum foreign_state { FOREIGN_UNPROCESSED, FOREIGN_ACTIVE, FOREIGN_SUPPRESSED /* silenced, inhibited or muted over there: never a page */ };

struct foreign_alert {
	char *name;            /* owned: the label alertname; "" */
	char *labels;          /* owned: the others, as in struct alert */
	char *severity;        /* owned: the label; NULL */
	char *summary;         /* owned: annotation summary, else description; NULL */
	char *fingerprint;     /* owned */
	char *held_by;         /* owned: "silence 7f3c…", "inhibited by …"; NULL */
	GPtrArray *matchers;   /* of char *, owned, raw: name and value in turn, for a silence */
	gint64 starts_utc_us;
	enum foreign_state state;
};

struct foreign_alerts {
	struct datum datum;
	char *url;             /* owned, without user and password; NULL: no Alertmanager is configured */
	GPtrArray *alerts;     /* of struct foreign_alert, owned: the active first, by start */
};

struct foreign_alert *foreign_alert_new(void);
void foreign_alert_free(struct foreign_alert *a);
void foreign_alerts_init(struct foreign_alerts *a);
/* The one of a fingerprint, borrowed; NULL: it is gone. */
const struct foreign_alert *foreign_alerts_find(const struct foreign_alerts *a, const char *fingerprint);
void foreign_alerts_clear(struct foreign_alerts *a);

#endif
