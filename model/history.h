/* A short ring of samples for sparklines; a gap is kept as NAN and drawn as nothing. */
#ifndef MW_MODEL_HISTORY_H
#define MW_MODEL_HISTORY_H

#include <glib.h>

#define HISTORY_SIZE 60

struct history {
	float values[HISTORY_SIZE];
	guint count; /* samples kept, at most HISTORY_SIZE */
	guint next;  /* where the next one goes */
};

void history_add(struct history *h, double value);
/* The sample `back` steps before the newest (0 = newest); NAN outside. */
double history_at(const struct history *h, guint back);

#endif
