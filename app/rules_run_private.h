/* The parts of the rules at work: rules_run.c (the pace), rules_person.c (what a person does). */
#ifndef MW_APP_RULES_RUN_PRIVATE_H
#define MW_APP_RULES_RUN_PRIVATE_H

#include "app/rule_inputs.h"
#include "app/rules_keep.h"
#include "app/rules_run.h"
#include "app/rules_tell.h"
#include "backends/alertmanager.h"

struct rules_run {
	struct rules_run_settings s;
	struct samples *samples;
	struct rule_inputs *inputs;
	struct rules *rules;
	struct rules_tell *tell;
	struct rules_keep *keep;          /* NULL: nothing is kept */
	struct store *store;              /* NULL likewise */
	struct alertmanager *alertmanager;/* NULL: none is configured */
	gboolean ending;                  /* nobody is told any more what came of a page */
	guint drilled;                    /* silences of the drill */
	rules_changed changed;
	void *changed_user;
	gint64 started_us, ticked_us;     /* monotonic; 0: not yet */
};

#endif
