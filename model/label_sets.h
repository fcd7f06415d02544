/* Sets of labels, each kept once and numbered, so that series and rules are joined by number. A number is used again when its set is gone: who keeps
 * one over time keeps its text, too, and compares the texts by pointer. */
#ifndef MW_MODEL_LABEL_SETS_H
#define MW_MODEL_LABEL_SETS_H

#include <glib.h>

#define LABEL_SETS_NONE 0 /* the number of the set without labels */

struct label_sets;

struct label_sets *label_sets_new(void);
void label_sets_free(struct label_sets *s);
/* The number of a set, one use of it more. `labels`: as labels.h has it. */
guint32 label_sets_take(struct label_sets *s, const char *labels);
/* One use less. */
void label_sets_drop(struct label_sets *s, guint32 number);
GRefString *label_sets_text(const struct label_sets *s, guint32 number); /* borrowed */
guint32 label_sets_end(const struct label_sets *s);                      /* all numbers are below */

#endif
