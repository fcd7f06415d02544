#include "app/check_command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/check_answers.h"
#include "app/check_output.h"
#include "app/checklist_files.h"
#include "app/headless.h"
#include "app/walk.h"
#include "model/duration.h"

#define CHECKLIST "post-deploy"
#define FOR_EVER_S 1e9
#define SPAN_MAX_S (7 * 24 * 3600)

struct checking {
	const struct options *options;
	struct headless *headless;
	struct observe_context context;
	struct walk *walk;
	struct check_run *run;  /* borrowed from the walk */
	GArray *answers;        /* of struct check_answer; NULL: none were read */
	guint told;             /* rows of the run's log that were printed */
	gboolean unreported;    /* a report was to be written, and could not be */
	gint64 ticked_us;
	gboolean colours;       /* on stderr */
};

/* --- what the command line says --- */

static gboolean
check_options(const struct options *o, gint64 *window_s)
{
	*window_s = 0;
	if (o->json && o->junit)
		return headless_complain("--json and --junit do not go together");
	if (o->resume && (o->watch || o->expect_version || o->touches))
		return headless_complain("--resume goes on with what the run was started with: leave out --watch, --expect-version and --touches");
	if (o->watch && (!duration_parse(o->watch, window_s) || *window_s > SPAN_MAX_S))
		return headless_complain("--watch %s is no span: 90s, 30m, 2h, up to 7d", o->watch);
	return TRUE;
}

/* --- the walk --- */

/* Gives the answers to what asks now. A question that wants a note is not answered without one. */
static void
give_answers(struct checking *k)
{
	for (guint i = 0; k->answers && i < k->answers->len; i++) {
		const struct check_answer *a = &g_array_index(k->answers, struct check_answer, i);
		const struct run_step *s = k->run->steps->pdata[a->step];
		for (guint c = 0; c < s->step->checks->len; c++) {
			const struct check *check = s->step->checks->pdata[c];
			if ((a->check >= 0 && a->check != (int)c) || s->results[c].verdict != VERDICT_ASKED || (check->note && !a->note))
				continue;
			walk_answer(k->walk, a->step, c, a->verdict, a->note);
		}
	}
}

static void
tell(struct checking *k)
{
	const struct check_run *r = k->run;

	for (; k->told < r->events->len; k->told++) {
		g_autofree char *text = check_output_event(r, r->events->pdata[k->told], k->colours);
		fprintf(stderr, "%s\n", text);
	}
}

static gboolean
is_looking(const struct checking *k)
{
	for (guint i = 0; i < k->run->steps->len; i++)
		if (walk_is_looking(k->walk, i))
			return TRUE;
	return FALSE;
}

static void
write_report(struct checking *k)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = walk_write_report(k->walk, &error);

	k->unreported = !path;
	if (!path)
		headless_complain("%s", error->message);
}

/* A gate failed, or only answers are left that nobody will give. The report says so. */
static void
finish_as_it_stands(struct checking *k)
{
	if (k->options->report || run_needs_report(k->run))
		write_report(k);
	walk_finish(k->walk);
}

static gboolean
report_failed(const struct check_run *r)
{
	for (guint i = 0; i < r->steps->len; i++)
		if (run_step_is_report(r->steps->pdata[i]) && ((const struct run_step *)r->steps->pdata[i])->verdict == VERDICT_FAIL)
			return TRUE;
	return FALSE;
}

/* Who names a directory wants a report, whether or not a step of the checklist writes one. */
static void
report_at_end(struct checking *k)
{
	if (k->options->report && run_is_over(k->run) && !k->run->report && !k->unreported && !report_failed(k->run))
		write_report(k);
}

static gboolean
go_on(void *user)
{
	struct checking *k = user;
	gint64 now = g_get_monotonic_time();
	int step;

	if (now - k->ticked_us >= G_USEC_PER_SEC) {
		k->ticked_us = now;
		walk_tick(k->walk);
	}
	give_answers(k);
	step = run_next(k->run);
	if (step >= 0 && !is_looking(k))
		walk_look(k->walk, (guint)step, NULL);
	give_answers(k);
	if (!run_is_over(k->run) && !is_looking(k) && k->run->state != RUN_WATCHING && run_next(k->run) < 0)
		finish_as_it_stands(k);
	tell(k);
	return run_is_over(k->run);
}

static int
exit_code(const struct check_run *r)
{
	if (r->state == RUN_INTERRUPTED)
		return EXIT_BLIND;
	switch (run_verdict(r)) {
	case VERDICT_FAIL: return EXIT_FAIL;
	case VERDICT_PASS:
	case VERDICT_ATTENTION: return EXIT_PASS;
	default: return EXIT_BLIND;
	}
}

static int
print_result(const struct checking *k)
{
	int code = k->unreported && exit_code(k->run) == EXIT_PASS ? EXIT_BLIND : exit_code(k->run);
	g_autofree char *text = k->options->json ? check_output_json(k->run, code) : k->options->junit ? check_output_junit(k->run)
	                        : check_output_text(k->run, headless_colours(k->headless, STDOUT_FILENO));

	fputs(text, stdout);
	return headless_flush() || code == EXIT_FAIL ? code : EXIT_BLIND;
}

static int
walk_through(struct checking *k, struct check_run *r)
{
	static const struct walk_events events = { 0 };
	int code;

	k->walk = walk_new(&k->context, k->headless->store, r, &events, k);
	k->run = walk_run(k->walk);
	if (k->options->report)
		walk_report_to(k->walk, k->options->report);
	if (!headless_wait_links(k->headless) || !headless_wait(k->headless, go_on, k, FOR_EVER_S)) {
		run_interrupt(k->run, g_get_real_time());
		tell(k);
		headless_complain("interrupted%s%s%s", k->run->number ? "; go on with: midwatch check " : "", k->run->number ? k->run->checklist->name : "",
		         k->run->number ? " --resume" : "");
	}
	report_at_end(k);
	code = print_result(k);
	walk_free(k->walk);
	return code;
}

/* --- new, or gone on with --- */

/* The newest run of that checklist that was interrupted and that nobody walks; NULL, and said. */
static struct check_run *
take_interrupted(struct store *s, const char *checklist)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) heads = store_run_settle(s, &error) ? store_run_list(s, G_MAXINT, &error) : NULL;
	struct check_run *r = NULL;

	for (guint i = 0; heads && i < heads->len && !r && !error; i++) {
		const struct run_head *h = heads->pdata[i];
		if (h->state == RUN_INTERRUPTED && !h->alive && g_strcmp0(h->checklist, checklist) == 0)
			r = walk_take_up(s, h->number, &error);
		if (g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY))
			g_clear_error(&error); /* somebody else goes on with it */
	}
	if (!r)
		headless_complain("%s%s", error ? error->message : "there is no interrupted run of ", error ? "" : checklist);
	return r;
}

static int
resume(struct checking *k, const char *checklist)
{
	struct check_run *r;

	if (!k->headless->store) {
		headless_complain("nothing to go on with: %s", k->headless->store_problem);
		return EXIT_BLIND;
	}
	r = take_interrupted(k->headless->store, checklist);
	if (!r)
		return EXIT_USAGE;
	k->answers = check_answers_read(k->options->answers, r->checklist);
	if (!k->answers) {
		check_run_free(r);
		return EXIT_USAGE;
	}
	headless_start(k->headless);
	return walk_through(k, r);
}

static void
settle_store(struct checking *k)
{
	g_autoptr(GError) error = NULL;

	if (!k->headless->store)
		headless_complain("this run is not kept: %s", k->headless->store_problem);
	else if (!store_run_settle(k->headless->store, &error))
		headless_complain("runs of checklists: %s", error->message);
}

static int
begin(struct checking *k, const char *name, gint64 window_s)
{
	g_autoptr(GPtrArray) problems = config_problems_new(), touched = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) all = checklists_load(k->headless->config, problems);
	struct checklist *c = checklists_copy(all, name);
	struct walk_start start = { .version = k->options->expect_version, .window_s = window_s };

	headless_print_problems(problems);
	if (!c) {
		g_autoptr(GString) names = g_string_new(NULL);
		for (guint i = 0; i < all->len; i++)
			g_string_append_printf(names, "%s%s", i ? ", " : "", ((const struct checklist *)all->pdata[i])->name);
		headless_complain("there is no checklist %s; there are: %s", name, names->str);
		return EXIT_USAGE;
	}
	k->answers = check_touches_read(k->options, c, touched) ? check_answers_read(k->options->answers, c) : NULL;
	if (!k->answers) {
		checklist_free(c);
		return EXIT_USAGE;
	}
	g_ptr_array_add(touched, NULL);
	start.touched = (const char *const *)touched->pdata;
	settle_store(k);
	headless_start(k->headless);
	return walk_through(k, walk_start_run(k->headless->config, c, &start));
}

int
check_command_run(const struct config *c, const struct options *o)
{
	const char *name = o->checklist ? o->checklist : CHECKLIST;
	struct checking k = { .options = o };
	struct headless *h;
	gint64 window_s;
	int code;

	if (!check_options(o, &window_s))
		return EXIT_USAGE;
	h = k.headless = headless_new(c, o);
	k.context = (struct observe_context){ .config = c, .world = h->world, .http = h->http, .machines = h->machines, .fleet = h->fleet };
	k.colours = headless_colours(h, STDERR_FILENO);
	code = o->resume ? resume(&k, name) : begin(&k, name, window_s);
	g_clear_pointer(&k.answers, g_array_unref);
	headless_free(h);
	return code;
}
