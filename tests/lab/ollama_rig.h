/* The double of Ollama for C tests. See ollama_double.py. Ends with the lab. */
#ifndef MW_TESTS_OLLAMA_RIG_H
#define MW_TESTS_OLLAMA_RIG_H

#include "tests/lab/lab.h"

/* Starts it with options up to NULL, on a free port; gives the port. One a lab. */
guint ollama_rig_start(struct lab *lab, ...) G_GNUC_NULL_TERMINATED;
/* Kills it with its connections. */
void ollama_rig_stop(struct lab *lab);
/* Again at the same port, with the same options and nothing loaded. */
void ollama_rig_again(struct lab *lab);
/* Asks it as somebody else does, behind midwatch's back, and does not wait: a request that runs for so many seconds. */
void ollama_rig_use(struct lab *lab, const char *model, double seconds);
/* How many POSTs it got whose path and body hold the text. */
guint ollama_rig_count(struct lab *lab, const char *text);

#endif
