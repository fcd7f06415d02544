#include "tests/unit/run_world.h"

#include <string.h>

#include "app/checklist_files.h"

#define MINUTE (60 * (gint64)G_USEC_PER_SEC)
#define BEGUN (WORLD_UTC_US - 11 * MINUTE - 38 * (gint64)G_USEC_PER_SEC)

static const char post_deploy[] =
	"name: post-deploy\n"
	"title: Post-deploy\n"
	"deploy: true\n"
	"window: 30m\n"
	"escalate: on-call\n"
	"touches:\n"
	"  - {name: auth, hot: true}\n"
	"  - {name: live view}\n"
	"steps:\n"
	"  - id: health\n    title: Cloud HTTP health\n    subsystem: cloud\n    gate: true\n"
	"    checks:\n      - http: {url: 'https://app.example.com/health', status: 200}\n        every: 10s\n"
	"  - id: frontend\n    title: Frontend\n    subsystem: frontend\n    gate: true\n"
	"    checks:\n      - http: {url: 'https://app.example.com/', status: 200}\n"
	"      - manual: {question: 'Does /login render, without red errors in the console?'}\n        label: console\n"
	"  - id: cloud-errors\n    title: Cloud error grep\n    subsystem: cloud\n    gate: true\n    help: Any match needs its context read.\n"
	"    checks:\n      - logs: {host: srv1491630, container: cloud, since: 30m, pattern: 'ERROR|FATAL', expect: none}\n"
	"  - id: gateway-errors\n    title: Gateway error grep\n    subsystem: gateways\n    gate: true\n"
	"    checks:\n      - fleet: {since: 30m, pattern: 'ERROR|FATAL', expect: none}\n"
	"  - id: org\n    title: Org\n    subsystem: customer\n"
	"    checks:\n      - manual: {question: 'Note the org_id.', note: true}\n"
	"  - id: report\n    title: Reliability report\n    subsystem: report\n    checks:\n      - report: {}\n";

static const char first_minutes[] =
	"name: first\n"
	"title: First 10 minutes\n"
	"escalate: secondary\n"
	"steps:\n"
	"  - id: ack\n    title: Acknowledge\n    subsystem: incident\n    checks:\n      - manual: {question: 'Is the page acknowledged?'}\n";

static struct checklist *parse(const char *text)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct checklist *c = checklist_parse(text, strlen(text), "shipped", problems);

	if (!c) {
		g_autofree char *what = config_problem_text(problems->pdata[0]);
		g_error("%s", what);
	}
	return c;
}

static void add_head(struct world *w, gint64 number, enum run_state state, gboolean alive, enum verdict verdict)
{
	struct run_head *h = g_new0(struct run_head, 1);

	*h = (struct run_head){
		.number = number, .checklist = g_strdup("post-deploy"), .title = g_strdup("Post-deploy"), .actor = g_strdup(alive ? "bob@laptop" : "ann@console"),
		.version = g_strdup("1a2b3c4"), .state = state, .verdict = verdict, .begun_us = WORLD_UTC_US - number * 60 * MINUTE, .alive = alive, .step = 3, .steps = 6,
	};
	g_ptr_array_insert(w->runs, 0, h);
}

struct world *run_world_new(void)
{
	struct world *w = panel_world_new();

	g_ptr_array_add(w->checklists, parse(post_deploy));
	g_ptr_array_add(w->checklists, parse(first_minutes));
	add_head(w, 2, RUN_INTERRUPTED, FALSE, VERDICT_RUNNING);
	add_head(w, 1, RUN_WALKING, TRUE, VERDICT_RUNNING);
	return w;
}

struct check_run *run_world_begin(struct world *w)
{
	static const char *const touched[] = { "live view", NULL };
	const struct run_settings s = { .actor = "ann@console", .version = "4f2c91a", .touched = touched, .window_s = -1 };
	struct check_run *r = check_run_new(parse(post_deploy), &s, BEGUN);

	w->run = r;
	for (guint i = 0; i < r->steps->len; i++)
		g_ptr_array_add(w->run_commands, g_strdup(i == 0 ? "curl -sS -i https://app.example.com/health" : ""));
	return r;
}

void run_world_saw(struct world *w, guint step, guint check, enum verdict verdict, const char *summary, const char *const *lines)
{
	gint64 now = BEGUN + (gint64)(step + 1) * 20 * G_USEC_PER_SEC;
	struct check_result result = {
		.verdict = verdict, .summary = g_strdup(summary), .command = g_strdup_printf("look at step %u", step + 1), .begun_us = now - 200000, .took_us = 200000,
	};

	if (lines) {
		result.lines = g_ptr_array_new_with_free_func(g_free);
		for (; *lines; lines++)
			g_ptr_array_add(result.lines, g_strdup(*lines));
	}
	if (check == 0)
		run_looks(w->run, step, now - 200000);
	run_saw(w->run, step, check, &result, now);
}

void run_world_walk_to_stop(struct world *w)
{
	static const char *const lines[] = { "gw-014 01:41:03Z FATAL pipeline: cannot open /dev/video0", "gw-020 01:41:09Z ERROR lost camera 7", NULL };

	run_world_saw(w, 0, 0, VERDICT_PASS, "200 · status ok · db ok · go2rtc ok · version 4f2c91a", NULL);
	run_world_saw(w, 1, 0, VERDICT_PASS, "HTTP/2 200", NULL);
	run_answer(w->run, 1, 1, VERDICT_PASS, "seen in Firefox", "ann@console", BEGUN + MINUTE);
	run_world_saw(w, 2, 0, VERDICT_PASS, "0 matches in 30m (41,202 lines read)", NULL);
	run_world_saw(w, 3, 0, VERDICT_FAIL, "FATAL on gw-014 (1), ERROR on 12 of 388, 11 not reached", lines);
}
