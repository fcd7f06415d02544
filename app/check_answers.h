/* What the command line of `midwatch check` says of a checklist: answers that are given beforehand, and what the deploy touches. */
#ifndef MW_APP_CHECK_ANSWERS_H
#define MW_APP_CHECK_ANSWERS_H

#include "app/options.h"
#include "model/check_run.h"

/* To one check of a step, or (-1) to all that ask there; the note is owned, NULL: none. */
struct check_answer { guint step; int check; enum verdict verdict; char *note; };

/* STEP[/CHECK]=ANSWER[:NOTE] each, of struct check_answer, owned; NULL, and said on stderr, when one is wrong. `texts` may be NULL. */
GArray *check_answers_read(char **texts, const struct checklist *c);
/* Adds the names of --touches, newly allocated. FALSE, and said, when one is unknown, or a hot one has no place for its report. */
gboolean check_touches_read(const struct options *o, const struct checklist *c, GPtrArray *touched);

#endif
