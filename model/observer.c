#include "model/observer.h"

#include "model/sanitize.h"

enum truth
observer_network(const struct observer_evidence *e)
{
	if (e->has_canary && e->canary != PRESENCE_OFFLINE)
		return e->canary == PRESENCE_ONLINE ? TRUTH_TRUE : TRUTH_UNKNOWN;
	if (e->has_canary) /* a canary is a host of nobody's: while others answer, it is the canary that is gone */
		return e->answered ? TRUTH_TRUE : TRUTH_FALSE;
	if (e->answered || e->linked)
		return TRUTH_TRUE;
	return TRUTH_UNKNOWN;
}

char *
observer_blindness(const struct observer_evidence *e)
{
	g_autofree char *problem = e->canary_problem ? sanitize_text(e->canary_problem, -1) : NULL;

	if (observer_network(e) == TRUTH_FALSE)
		return g_strdup_printf("our own network seems to be gone: the canary does not answer%s%s%s", problem ? " (" : "", problem ? problem : "",
		                       problem ? ")" : "");
	if (!e->has_canary && e->failed && observer_network(e) == TRUTH_UNKNOWN)
		return g_strdup("nothing answers: our own network, or all that we watch (a canary would tell)");
	return NULL;
}
