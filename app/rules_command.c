#include "app/rules_command.h"

#include <stdio.h>

#include "app/headless.h"
#include "app/rules_run.h"
#include "model/duration.h"

#define SETTLE_S 30.0 /* what has not answered then is unknown */
#define TELL_S 60.0   /* so long people are tried to be told */

struct watch {
	struct rules_run *run;
	gint64 until_us;
	guint ticks;
};

static gboolean
is_settled(void *user)
{
	return rules_run_is_settled(((const struct watch *)user)->run);
}

static gboolean
has_told(void *user)
{
	return rules_run_has_told(((const struct watch *)user)->run);
}

/* Called 20 times a second: the rules know when it is time. */
static gboolean
is_over(void *user)
{
	struct watch *w = user;

	if (w->ticks++ % 20 == 0)
		rules_run_tick(w->run);
	return g_get_monotonic_time() >= w->until_us;
}

static void
on_change(void *user, const struct alert *a, enum rules_change c)
{
	g_autofree char *words = rules_change_words(a, c);

	(void)user;
	fprintf(stderr, "%s\n", words);
}

static int
code_of(enum rules_verdict v)
{
	return v == RULES_PAGE ? EXIT_FAIL : v == RULES_BLIND ? EXIT_BLIND : EXIT_PASS;
}

/* Nothing else is done here. */
static void
print_held(const struct world *w)
{
	for (guint i = 0; i < w->operations->len; i++) {
		const struct operation *o = w->operations->pdata[i];
		fprintf(stderr, "midwatch: drill: %s for %s: %s\n", o->title, o->host, o->request);
	}
}

static void
print(struct headless *h, struct rules_run *run, enum rules_verdict v)
{
	h->world->now_us = g_get_monotonic_time();
	h->world->utc_us = g_get_real_time();
	rules_run_show(run); /* what waited has ended meanwhile */
	print_held(h->world);
	if (h->options->json)
		rules_print_json(h->world, config_env(h->config), v);
	else
		rules_print_text(h->world, v);
}

static int
evaluate(struct headless *h, struct rules_run *run, gint64 seconds)
{
	struct watch w = { .run = run };
	enum rules_verdict v;

	if (h->store_problem)
		fprintf(stderr, "midwatch: %s (no state is kept: \"for\" begins anew)\n", h->store_problem);
	headless_start(h);
	rules_run_start(run, h->store);
	headless_wait(h, is_settled, &w, SETTLE_S);
	rules_run_evaluate(run);
	rules_run_on_change(run, on_change, NULL);
	w.until_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
	if (seconds > 0)
		headless_wait(h, is_over, &w, (double)seconds + 1);
	v = rules_judge(h->world->rules);
	headless_wait(h, has_told, &w, TELL_S);
	print(h, run, v);
	return h->signal && seconds == 0 ? EXIT_BLIND : code_of(v);
}

int
rules_command_run(const struct options *o, const struct config *config)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct headless *h;
	struct rules_run *run;
	gint64 seconds = 0;
	int code = EXIT_USAGE;

	if (o->watch && (!duration_parse(o->watch, &seconds) || seconds == 0)) {
		fprintf(stderr, "midwatch: --watch takes a span of time like 30m, 90s or 1h30m\n");
		return EXIT_USAGE;
	}
	h = headless_new(config, o);
	run = rules_run_new(&(struct rules_run_settings){ .config = config, .world = h->world, .http = h->http, .machines = h->machines,
		.in_turns = !o->watch, .tell = o->notify }, problems);
	headless_print_problems(problems);
	if (problems->len == 0)
		code = evaluate(h, run, seconds);
	rules_run_free(run);
	headless_free(h);
	return headless_flush() ? code : EXIT_USAGE;
}
