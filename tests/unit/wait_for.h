/* Runs the main context until a condition holds; 60 s in vain end the test with the condition's words. */
#ifndef MW_TESTS_WAIT_FOR_H
#define MW_TESTS_WAIT_FOR_H

#include <glib.h>
#include <sys/types.h>

struct wait_for { guint deadline, tick; };

/* A tick of 20 ms runs meanwhile, for conditions that no event of the loop announces (a process that is gone). */
struct wait_for wait_for_begin(const char *condition);
void wait_for_end(struct wait_for w);
gboolean wait_for_tick(gpointer unused); /* a timer's callback that only wakes the loop */

#define WAIT_FOR(condition) \
	do { \
		struct wait_for wait_for_this = wait_for_begin(#condition); \
		while (!(condition)) \
			g_main_context_iteration(NULL, TRUE); \
		wait_for_end(wait_for_this); \
	} while (0)

/* A zombie that PID 1 has not reaped yet is not alive. */
gboolean process_is_alive(pid_t pid);

#endif
