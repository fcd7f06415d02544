/* What the Checklist panel can do now, and why not. */
#include "panels/checklist_private.h"

static const struct world *world_of(const struct checklist_view *v)
{
	return v->choice.list.context.world;
}

static gboolean locked(const struct checklist_view *v, const char **why)
{
	*why = "midwatch is locked read-only";
	return world_of(v)->readonly;
}

static gboolean can_answer(const struct checklist_view *v, const char **why)
{
	int step = checklist_step_here(v);

	*why = "nothing is asked of this step";
	return step >= 0 && checklist_answerable(v, step) >= 0;
}

static gboolean can_look(const struct checklist_view *v, enum action command, const char **why)
{
	int step = command == ACT_CHECK_NEXT ? run_next(v->steps.run) : checklist_step_here(v);

	*why = v->steps.run->state == RUN_STOPPED ? "a gate did not pass: do not proceed; look at it again, escalate, or override it" : "no step has its turn now";
	return step >= 0 && run_can_look(v->steps.run, (guint)step, why);
}

/* What needs the run that is walked here. */
static gboolean can_with_run(const struct checklist_view *v, enum action command, const char **why)
{
	const struct check_run *r = v->mode == CHECKLIST_RUN ? v->steps.run : NULL;

	*why = v->mode == CHECKLIST_OPENED ? "this run is not walked here" : "no run is shown";
	if (!r)
		return FALSE;
	if (command == ACT_CHECK_REPORT || command == ACT_CHECK_ISSUE || command == ACT_CHECK_ESCALATE)
		return TRUE;
	*why = "the run is over";
	if (run_is_over(r))
		return FALSE;
	switch (command) {
	case ACT_CHECK_NEXT: case ACT_CHECK_LOOK: return can_look(v, command, why);
	case ACT_CHECK_PASS: case ACT_CHECK_FAIL: return can_answer(v, why);
	case ACT_CHECK_OVERRIDE:
		*why = "no gate stops the run";
		return run_stopped_at(r) >= 0 && !locked(v, why);
	default: return !locked(v, why);
	}
}

static gboolean can_choose(const struct checklist_view *v, enum action command, const char **why)
{
	struct choice_row r;
	gboolean found = checklist_chosen(v, &r);

	if (command == ACT_CHECK_RESUME && v->mode == CHECKLIST_OPENED) {
		*why = "it is not interrupted";
		return v->steps.run->state == RUN_INTERRUPTED;
	}
	*why = "no row is selected";
	if (!found)
		return FALSE;
	*why = command == ACT_CHECK_START ? "this is no checklist" : "this is no run that was interrupted";
	if (command == ACT_CHECK_START)
		return r.kind == CHOICE_CHECKLIST;
	if (r.kind == CHOICE_PAST && r.head->alive)
		*why = "another midwatch walks it";
	return r.kind == CHOICE_PAST && !r.head->alive && r.head->state == RUN_INTERRUPTED;
}

gboolean checklist_can(struct panel *panel, enum action command, const char **why)
{
	const struct checklist_view *v = (const struct checklist_view *)panel;

	switch (command) {
	case ACT_CHECK_NEXT: case ACT_CHECK_LOOK: case ACT_CHECK_PASS: case ACT_CHECK_FAIL: case ACT_CHECK_OVERRIDE: case ACT_CHECK_ESCALATE:
	case ACT_CHECK_ISSUE: case ACT_CHECK_REPORT: case ACT_CHECK_ABANDON:
		return can_with_run(v, command, why);
	case ACT_CHECK_START: case ACT_CHECK_RESUME:
		return can_choose(v, command, why);
	case ACT_CHECK_COMMAND:
		*why = "no run is shown";
		return v->steps.run && list_can_with_row(&v->steps.list, why);
	case ACT_OPEN:
		*why = "no row is selected";
		return list_can_with_row(checklist_front(v), why) && !checklist_front(v)->details.full;
	case ACT_MARK: case ACT_MARK_SHOWN:
		*why = "nothing is done to many here";
		return FALSE;
	case ACT_SORT_NEXT: case ACT_SORT_PREVIOUS: case ACT_SORT_INVERT:
		*why = "steps keep their order";
		return !v->steps.run && list_can(checklist_front(v), command, why);
	default:
		return list_can(checklist_front(v), command, why);
	}
}
