/* "Did you mean …": the known word nearest to one that is not known. */
#ifndef MW_TUI_NEAREST_H
#define MW_TUI_NEAREST_H

#include <glib.h>

/* Offers one more known word: `best` and `distance` keep the nearest so far. Begin with best NULL. Words that differ in more than half of
 * their letters are not near. */
void nearest_offer(const char *word, const char *known, const char **best, guint *distance);

#endif
