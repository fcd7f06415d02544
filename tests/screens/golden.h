/* Golden texts: a screen compared with tests/screens/golden/NAME.txt, where what changes from run to run is masked. */
#ifndef MW_TESTS_GOLDEN_H
#define MW_TESTS_GOLDEN_H

#include "tests/screens/vterm_driver.h"

/* Masks for golden_check(): each character of a match becomes '#'. A mask that takes the blanks before a right-aligned figure along
 * keeps the columns in place. Of a mask that begins with '~' each match becomes one '#', however long it was, and the next gap in its row
 * (two blanks or more) grows by what it is shorter. */
#define MASK_CLOCK "\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?"
#define MASK_AGE "\\b\\d+(s|m|h|d|ms)(\\d+)?\\b"
#define MASK_FIGURE " *\\b\\d+(\\.\\d+)?[kKMGTB%]?(?=[ \\n])"

/* Waits until the screen, with the matches of `masks` (PCRE, up to NULL) masked in it, is the golden text; fails with the difference.
 * With UPDATE_GOLDEN=1 writes the text, once the screen has come to rest, instead. */
void golden_check(struct driver *d, const char *name, const char *const *masks);

#endif
