/* The metrics that rules can look at: what rule_inputs samples. docs/rules.md says more of each. */
#ifndef MW_APP_METRICS_H
#define MW_APP_METRICS_H

#include <glib.h>

struct metric {
	const char *name;
	const char *const labels[3]; /* NULL-terminated */
	const char *const notes[4];  /* texts for summaries, NULL-terminated */
};

/* NULL: there is none of that name, and `near` (may be NULL) gets the one that may be meant, or NULL. */
const struct metric *metric_find(const char *name, const char **near);
/* All, up to one without a name. */
const struct metric *metrics_all(void);
gboolean metric_has_label(const struct metric *m, const char *label);
/* Can a summary hold {name}: is it a label or a note? */
gboolean metric_tells(const struct metric *m, const char *name);

#endif
