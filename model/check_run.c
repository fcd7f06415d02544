#include "model/check_run.h"

static const char *const verdicts[] = {
	[VERDICT_NONE] = "none", [VERDICT_RUNNING] = "running", [VERDICT_PASS] = "pass", [VERDICT_ATTENTION] = "attention", [VERDICT_FAIL] = "fail",
	[VERDICT_UNKNOWN] = "unknown", [VERDICT_ASKED] = "asked", [VERDICT_SKIPPED] = "skipped",
};
static const char *const states[] = {
	[RUN_WALKING] = "walking", [RUN_STOPPED] = "stopped", [RUN_WATCHING] = "watching", [RUN_DONE] = "done", [RUN_ABANDONED] = "abandoned",
	[RUN_INTERRUPTED] = "interrupted",
};

const char *
verdict_name(enum verdict v)
{
	return verdicts[v];
}

const char *
run_state_name(enum run_state s)
{
	return states[s];
}

void
check_result_clear(struct check_result *r)
{
	g_free(r->summary);
	g_free(r->command);
	g_free(r->by);
	g_clear_pointer(&r->lines, g_ptr_array_unref);
	*r = (struct check_result){ 0 };
}

void
run_head_free(struct run_head *h)
{
	if (!h)
		return;
	g_free(h->checklist);
	g_free(h->title);
	g_free(h->actor);
	g_free(h->version);
	g_free(h->report);
	g_free(h);
}
