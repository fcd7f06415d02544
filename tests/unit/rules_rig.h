/* Rules, samples and a clock of the test's own. */
#ifndef MW_TESTS_UNIT_RULES_RIG_H
#define MW_TESTS_UNIT_RULES_RIG_H

#include "model/rules.h"

#define RIG_SECOND_US ((gint64)G_USEC_PER_SEC)
#define RIG_MINUTE_US (60 * RIG_SECOND_US)
#define RIG_UTC_US G_GINT64_CONSTANT(1795000000000000) /* 2026-11-18T11:06:40Z, when the rig begins */

struct rules_rig {
	struct rules *r;
	struct samples *s;
	gint64 now_us, utc_us;
	GString *events;       /* "NAME{LABELS} fired; ", since rules_rig_events() */
};

/* Rules from YAML text, or those that midwatch ships (NULL). */
void rules_rig_begin(struct rules_rig *rig, const char *yaml);
void rules_rig_end(struct rules_rig *rig);
GPtrArray *rules_rig_rules(const char *yaml); /* of struct rule */
void rules_rig_pass(struct rules_rig *rig, gint64 seconds); /* time, without an evaluation */
void rules_rig_tick(struct rules_rig *rig);
/* What happened since the last call. */
char *rules_rig_events(struct rules_rig *rig);
const struct alert *rules_rig_alert(const struct rules_rig *rig, const char *rule, const char *labels); /* must be there */
enum alert_state rules_rig_state(const struct rules_rig *rig, const char *rule, const char *labels);    /* inactive when it is not there */
/* Ends this one and begins anew with what the alert is to be remembered by, after `gap` seconds. The clock of the new one is another one's. */
void rules_rig_restart(struct rules_rig *rig, const char *yaml, const char *rule, const char *labels, gint64 gap);

#endif
