#include "app/check_command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/check_output.h"
#include "app/checklist_files.h"
#include "app/headless.h"
#include "app/walk.h"
#include "model/duration.h"

#define CHECKLIST "post-deploy"
#define FOR_EVER_S 1e9
#define SPAN_MAX_S (7 * 24 * 3600)

/* An answer that was given beforehand: to one check of a step, or to all that ask there. */
struct answer { guint step; int check; enum verdict verdict; char *note; };

struct checking {
	const struct options *options;
	struct headless *headless;
	struct observe_context context;
	struct walk *walk;
	struct check_run *run;  /* borrowed from the walk */
	GArray *answers;        /* of struct answer */
	guint64 told;           /* rows of the run's log that were printed */
	gint64 ticked_us;
	gboolean colours;       /* on stderr */
};

/* --- what the command line says --- */

static gboolean complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

static gboolean
complain(const char *format, ...)
{
	va_list args;

	fputs("midwatch: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return FALSE;
}

static gboolean
check_options(const struct options *o, gint64 *window_s)
{
	*window_s = 0;
	if (o->json && o->junit)
		return complain("--json and --junit do not go together");
	if (o->resume && (o->watch || o->expect_version || o->touches))
		return complain("--resume goes on with what the run was started with: leave out --watch, --expect-version and --touches");
	if (o->watch && (!duration_parse(o->watch, window_s) || *window_s > SPAN_MAX_S))
		return complain("--watch %s is no span: 90s, 30m, 2h, up to 7d", o->watch);
	return TRUE;
}

/* One of the entries that may be touched; NULL: there is none. */
static const struct checklist_touch *
find_touch(const struct checklist *c, const char *name)
{
	for (guint i = 0; i < c->touches->len; i++) {
		const struct checklist_touch *t = c->touches->pdata[i];
		if (strcmp(t->name, name) == 0)
			return t;
	}
	return NULL;
}

/* FALSE, and said, when one is unknown, or a hot one has no place for its report. */
static gboolean
read_touches(const struct options *o, const struct checklist *c, GPtrArray *touched)
{
	g_auto(GStrv) parts = g_strsplit(o->touches ? o->touches : "", ",", -1);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < c->touches->len; i++)
		g_string_append_printf(all, "%s%s", i ? ", " : "", ((const struct checklist_touch *)c->touches->pdata[i])->name);
	for (char **part = parts; *part; part++) {
		const struct checklist_touch *t = find_touch(c, g_strstrip(*part));
		if (!**part)
			continue;
		if (!t)
			return complain("--touches: \"%s\" is not known to %s; there are: %s", *part, c->name, all->len ? all->str : "none");
		if (t->hot && !o->report)
			return complain("a deploy that touches %s needs a report: add --report DIR", t->name);
		g_ptr_array_add(touched, g_strdup(*part));
	}
	return TRUE;
}

/* --- answers --- */

static void
answer_clear(gpointer data)
{
	g_free(((struct answer *)data)->note);
}

/* The number of a check by its label, or by its place from 1 on; -1: there is none. */
static int
find_check(const struct checklist_step *s, const char *name)
{
	guint64 n;

	for (guint i = 0; i < s->checks->len; i++)
		if (g_strcmp0(((const struct check *)s->checks->pdata[i])->label, name) == 0)
			return (int)i;
	return g_ascii_string_to_unsigned(name, 10, 1, s->checks->len, &n, NULL) ? (int)n - 1 : -1;
}

static gboolean
read_verdict(const char *word, enum verdict *v)
{
	static const struct { const char *word; enum verdict verdict; } words[] = {
		{ "pass", VERDICT_PASS }, { "fail", VERDICT_FAIL }, { "skip", VERDICT_SKIPPED }, { "attention", VERDICT_ATTENTION },
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			*v = words[i].verdict;
			return TRUE;
		}
	return FALSE;
}

static gboolean
read_answer(const char *text, const struct checklist *c, struct answer *a)
{
	const char *equals = strchr(text, '=');
	g_autofree char *where = equals ? g_strndup(text, (gsize)(equals - text)) : NULL, *word = NULL;
	char *check = where ? strchr(where, '/') : NULL;
	const char *note = equals ? strchr(equals, ':') : NULL;
	const struct checklist_step *s = NULL;

	if (!equals)
		return complain("--answer %s: write STEP=pass, STEP/CHECK=fail:NOTE or STEP=skip", text);
	if (check)
		*check++ = '\0';
	for (a->step = 0; a->step < c->steps->len; a->step++) {
		s = c->steps->pdata[a->step];
		if (strcmp(s->id, where) == 0)
			break;
	}
	if (a->step == c->steps->len)
		return complain("--answer: %s has no step %s", c->name, where);
	a->check = check ? find_check(s, check) : -1;
	if (check && a->check < 0)
		return complain("--answer: the step %s has no check %s", where, check);
	word = note ? g_strndup(equals + 1, (gsize)(note - equals - 1)) : g_strdup(equals + 1);
	if (!read_verdict(word, &a->verdict))
		return complain("--answer %s: \"%s\" is neither pass, attention, fail nor skip", text, word);
	a->note = note ? g_strdup(note + 1) : NULL;
	return TRUE;
}

static gboolean
read_answers(struct checking *k, const struct checklist *c)
{
	for (char **text = k->options->answers; text && *text; text++) {
		struct answer a = { 0 };
		if (!read_answer(*text, c, &a))
			return FALSE;
		g_array_append_val(k->answers, a);
	}
	return TRUE;
}

/* Gives the answers to what asks now. A question that wants a note is not answered without one. */
static void
give_answers(struct checking *k)
{
	for (guint i = 0; i < k->answers->len; i++) {
		const struct answer *a = &g_array_index(k->answers, struct answer, i);
		const struct run_step *s = k->run->steps->pdata[a->step];
		for (guint c = 0; c < s->step->checks->len; c++) {
			const struct check *check = s->step->checks->pdata[c];
			if ((a->check >= 0 && a->check != (int)c) || s->results[c].verdict != VERDICT_ASKED || (check->note && !a->note))
				continue;
			walk_answer(k->walk, a->step, c, a->verdict, a->note);
		}
	}
}

/* --- the walk --- */

static void
tell(struct checking *k)
{
	const struct check_run *r = k->run;
	guint64 all = (guint64)r->events_left_out + r->events->len;

	for (; k->told < all; k->told++) {
		g_autofree char *text = NULL;
		if (k->told < r->events_left_out)
			continue;
		text = check_output_event(r, r->events->pdata[k->told - r->events_left_out], k->colours);
		fprintf(stderr, "%s\n", text);
	}
}

static void
on_changed(void *user)
{
}

static gboolean
is_looking(const struct checking *k)
{
	for (guint i = 0; i < k->run->steps->len; i++)
		if (walk_is_looking(k->walk, i))
			return TRUE;
	return FALSE;
}

/* A gate failed, or only answers are left that nobody will give. The report says so. */
static void
finish_as_it_stands(struct checking *k)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	if (k->options->report || run_needs_report(k->run)) {
		path = walk_write_report(k->walk, &error);
		if (!path)
			complain("%s", error->message);
	}
	walk_finish(k->walk);
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
	int code = exit_code(k->run);
	g_autofree char *text = k->options->json ? check_output_json(k->run, code) : k->options->junit ? check_output_junit(k->run)
	                        : check_output_text(k->run, headless_colours(k->headless, STDOUT_FILENO));

	fputs(text, stdout);
	return headless_flush() || code == EXIT_FAIL ? code : EXIT_BLIND;
}

static int
walk_through(struct checking *k, struct check_run *r)
{
	static const struct walk_events events = { .changed = on_changed };
	int code;

	k->walk = walk_new(&k->context, k->headless->store, r, &events, k);
	k->run = walk_run(k->walk);
	if (k->options->report)
		walk_report_to(k->walk, k->options->report);
	if (!headless_wait_links(k->headless) || !headless_wait(k->headless, go_on, k, FOR_EVER_S)) {
		run_interrupt(k->run, g_get_real_time());
		tell(k);
		complain("interrupted%s%s%s", k->run->number ? "; go on with: midwatch check " : "", k->run->number ? k->run->checklist->name : "",
		         k->run->number ? " --resume" : "");
	}
	code = print_result(k);
	walk_free(k->walk);
	return code;
}

/* --- new, or gone on with --- */

static struct checklist *
parse_kept(const char *yaml, gsize len, const char *origin)
{
	g_autoptr(GPtrArray) problems = config_problems_new();

	return checklist_parse(yaml, len, origin, problems);
}

/* The newest run of that checklist that was interrupted and that nobody walks; NULL, and said. */
static struct check_run *
take_interrupted(struct store *s, const char *checklist)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) heads = store_run_settle(s, &error) ? store_run_list(s, G_MAXINT, &error) : NULL;
	struct check_run *r = NULL;

	for (guint i = 0; heads && i < heads->len && !r && !error; i++) {
		const struct run_head *h = heads->pdata[i];
		if (h->state == RUN_INTERRUPTED && !h->alive && g_strcmp0(h->checklist, checklist) == 0 && store_run_take(s, h->number, &error))
			r = store_run_load(s, h->number, parse_kept, &error);
		if (g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY))
			g_clear_error(&error); /* somebody else goes on with it */
	}
	if (r)
		run_resume(r, r->actor, g_get_real_time());
	else
		complain("%s%s", error ? error->message : "there is no interrupted run of ", error ? "" : checklist);
	return r;
}

static int
resume(struct checking *k, const char *checklist)
{
	struct check_run *r;

	if (!k->headless->store) {
		complain("nothing to go on with: %s", k->headless->store_problem);
		return EXIT_BLIND;
	}
	r = take_interrupted(k->headless->store, checklist);
	if (!r)
		return EXIT_USAGE;
	if (!read_answers(k, r->checklist)) {
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
		complain("this run is not kept: %s", k->headless->store_problem);
	else if (!store_run_settle(k->headless->store, &error))
		complain("runs of checklists: %s", error->message);
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
		complain("there is no checklist %s; there are: %s", name, names->str);
		return EXIT_USAGE;
	}
	if (!read_touches(k->options, c, touched) || !read_answers(k, c)) {
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
	k.answers = g_array_new(FALSE, FALSE, sizeof(struct answer));
	g_array_set_clear_func(k.answers, answer_clear);
	k.colours = headless_colours(h, STDERR_FILENO);
	code = o->resume ? resume(&k, name) : begin(&k, name, window_s);
	g_array_unref(k.answers);
	headless_free(h);
	return code;
}
