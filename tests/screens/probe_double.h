/* A host whose figures do not depend on the machine of the test: 7 GiB of 16 available, an idle CPU, a disk that is used to a third. */
#ifndef MW_TESTS_PROBE_DOUBLE_H
#define MW_TESTS_PROBE_DOUBLE_H

/* Writes doubles of the programs that the probe asks into a new directory; gives the PATH on which they come first, newly allocated. What the
 * probe does not ask them, they leave to the real ones. */
char *probe_double_new(const char *directory);

#endif
