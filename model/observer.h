/* Do we see at all? What does not answer tells of itself only while our own network works (reference 2.3 and 2.4, observer_blind). */
#ifndef MW_MODEL_OBSERVER_H
#define MW_MODEL_OBSERVER_H

#include "model/gateway.h"
#include "model/rules.h"

#define OBSERVER_ANSWER_US (25 * (gint64)G_USEC_PER_SEC) /* an answer of so long ago shows that we see: two questions and their time */

struct observer_evidence {
	gboolean has_canary;        /* one is configured: its word is the last */
	enum presence canary;       /* UNKNOWN: not asked yet */
	const char *canary_problem; /* why it does not answer; NULL */
	gboolean answered;          /* another machine answered by HTTP in the last OBSERVER_ANSWER_US, whatever its answer was */
	gboolean linked;            /* a link to another machine is up */
	gboolean failed;            /* something over the network was tried in vain */
};

/* Does our network work? Unknown: there is nothing to tell it by, or not yet. */
enum truth observer_network(const struct observer_evidence *e);
/* Why we see nothing that is behind the network, newly allocated and safe; NULL: we do, or nothing shows that we do not. */
char *observer_blindness(const struct observer_evidence *e);

#endif
