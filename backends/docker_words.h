/* The daemon's words for a container's state ("Up 3 hours (healthy)"). It says them only in the list; this keeps them true between lists. */
#ifndef MW_BACKENDS_DOCKER_WORDS_H
#define MW_BACKENDS_DOCKER_WORDS_H

#include "model/container.h"

/* From the container's state and detail at the daemon's time `utc_us`; newly allocated. */
char *docker_words_status(const struct container *c, gint64 utc_us);

#endif
