/* What is worst about a gateway, in one word: by it lists sort and colour, the tab and the headline count. */
#ifndef MW_MODEL_GATEWAY_CONDITION_H
#define MW_MODEL_GATEWAY_CONDITION_H

#include "model/fleet.h"
#include "model/score.h"

/* The worst first. */
enum gateway_condition {
	GATEWAY_FATAL,    /* its journal has FATAL lines in the span */
	GATEWAY_FAILED,   /* its unit has failed */
	GATEWAY_LOST,     /* one of those that a drop counts */
	GATEWAY_REFUSED,  /* its link is refused: by a changed host key, by the configuration, after three failed authentications */
	GATEWAY_ERRORS,
	GATEWAY_FLAPS,
	GATEWAY_GONE,     /* offline, not reached, or its unit does not run */
	GATEWAY_UNCLEAR,  /* not known, between two states, or restarted by a rollout right now */
	GATEWAY_WELL,
	GATEWAY_CONDITIONS
};

enum gateway_condition gateway_condition(const struct fleet *f, const struct gateway *g, gint64 now_us);
/* A lost gateway is critical while the drop fires: one alone is no page (reference 2.3, gateway_offline). */
enum severity gateway_severity(const struct fleet *f, enum gateway_condition c);
/* Does what it said of itself last still say something: no older than the span that its errors were counted in? */
gboolean gateway_report_counts(const struct fleet *f, const struct gateway *g, gint64 now_us);
/* Lines of the span that matched, and those with FATAL: of the report while that counts, else of the last sweep, and where the
 * report did not count all of them FATAL of that too; -1: not known. */
gint64 gateway_errors(const struct fleet *f, const struct gateway *g, gint64 now_us);
gint64 gateway_fatals(const struct fleet *f, const struct gateway *g, gint64 now_us);
/* Did its unit end by itself, and is systemd about to start it again ("auto-restart")? It may do so for ever. */
gboolean gateway_unit_loops(const struct gateway *g);
/* Is its link refused, and will not be tried again before the operator does something? */
gboolean gateway_is_refused(const struct gateway *g);
/* Is it not reached, though that was tried? */
gboolean gateway_is_down(const struct gateway *g);
/* Is it being restarted by a rollout, so that being gone is expected? */
gboolean gateway_is_muted(const struct fleet *f, const struct gateway *g, gint64 now_us);
gboolean drop_fires(const struct drop *d);

#define ROLLOUT_SHOWN_US (3600 * (gint64)G_USEC_PER_SEC) /* so long after its end a rollout is still news */
/* The rollout that is under way, or is still news; NULL: none. */
const struct rollout *fleet_current_rollout(const struct fleet *f, gint64 now_us);

#endif
