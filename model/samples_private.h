/* How the series lie, for the rules: the values of a metric in one array, in an order that changes only when a series comes or goes. */
#ifndef MW_MODEL_SAMPLES_PRIVATE_H
#define MW_MODEL_SAMPLES_PRIVATE_H

#include "model/label_sets.h"
#include "model/samples.h"

struct metric {
	char *name;
	guint count, room;
	double *values;      /* NAN: unknown */
	gint64 *at_us;
	guint32 *sets;       /* numbers of sets of labels */
	guint *sweeps;       /* the sweep under which it was set last */
	char **notes, **why; /* owned, safe; NULL */
	GHashTable *places;  /* number of a set of labels to place + 1 */
	guint32 next_place;  /* whose turn it is when series are set in the same order again */
	guint sweep;
	gboolean swept;      /* a sweep was made: it is known which series there are */
	guint64 change;      /* another one, among all samples ever, whenever a series has come or gone */
};

struct samples {
	GHashTable *metrics; /* name, borrowed from the metric, to struct metric, which stay */
	struct label_sets *sets;
	GString *labels, *notes; /* what is being set */
	guint64 left_out;
};

const struct metric *samples_metric(const struct samples *s, const char *name); /* NULL: none was ever set */

#endif
