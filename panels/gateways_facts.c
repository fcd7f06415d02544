/* What is known of the fleet as a whole, for the rows above the list: whether it can be seen at all, how many are online and by whose word, what
 * was lost, the rollout, the sweep, the sources. */
#include <math.h>
#include <string.h>

#include "panels/gateways_private.h"
#include "tui/chart.h"
#include "tui/text.h"

#define INDENT 3
#define GAP 3
#define BAR_CELLS 12

static void free_fact(gpointer data)
{
	struct fact *f = data;

	g_free(f->text);
	g_free(f);
}

static struct fact *add(GPtrArray *facts, enum role role, enum glyph g, char *text /* taken */)
{
	struct fact *f = g_new0(struct fact, 1);

	f->role = role;
	f->glyph = g;
	f->text = text;
	f->share = NAN;
	g_ptr_array_add(facts, f);
	return f;
}

static void age_of(const struct world *w, gint64 since_us, char *out, gsize size)
{
	text_age(since_us > 0 ? MAX(w->now_us - since_us, 0) / G_USEC_PER_SEC : -1, out, size);
}

/* --- online, and what was lost --- */

/* Whose word counts: of the product the source that told last. NULL: our own links, which nobody has to tell. */
static const struct fleet_origin *judge(const struct fleet *f)
{
	const struct fleet_origin *inventory = &f->origins[ORIGIN_INVENTORY], *prometheus = &f->origins[ORIGIN_PROMETHEUS];

	if (f->view == VIEW_TAILNET)
		return &f->origins[ORIGIN_TAILSCALE];
	if (f->view == VIEW_LINK)
		return NULL;
	return !inventory->used || (prometheus->used && prometheus->datum.at_us > inventory->datum.at_us) ? prometheus : inventory;
}

static void add_online(const struct world *w, GPtrArray *facts)
{
	static const char *const views[] = { [VIEW_PRODUCT] = "product view", [VIEW_TAILNET] = "the tailnet's view", [VIEW_LINK] = "by our links" };
	const struct fleet *f = w->fleet;
	const struct fleet_origin *o = judge(f);
	GString *text = g_string_new(NULL);
	char age[16];

	age_of(w, o ? o->datum.at_us : f->observed_us, age, sizeof age);
	if (f->observed_us == 0)
		g_string_printf(text, "online %s of %u: not observed yet", text_unknown(), f->gateways->len);
	else if (!fleet_online_is_known(f))
		g_string_printf(text, "online %s of %u: nobody tells now (%s, %s)", text_unknown(), f->gateways->len, views[f->view], age);
	else
		g_string_printf(text, "online %u of %u (%s, %s)", f->online, f->gateways->len, views[f->view], age);
	if (fleet_online_is_known(f) && f->unknown > 0)
		g_string_append_printf(text, ", %u not known", f->unknown);
	add(facts, f->blind ? ROLE_STALE : !fleet_online_is_known(f) ? ROLE_UNKNOWN : ROLE_TEXT, GLYPH_COUNT, g_string_free(text, FALSE));
}

static void add_drop(const struct world *w, const struct drop *d, const char *against, GPtrArray *facts)
{
	if (d->state == DROP_BLIND || (w->fleet->observed_us > 0 && !fleet_online_is_known(w->fleet)))
		add(facts, ROLE_STALE, GLYPH_COUNT, g_strdup("drop: nobody can tell"));
	else if (!isfinite(d->share))
		add(facts, ROLE_DIM, GLYPH_COUNT, g_strdup("drop: nothing to count against yet"));
	else
		add(facts, drop_fires(d) ? ROLE_CRIT : d->lost > 0 ? ROLE_WARN : ROLE_DIM, GLYPH_COUNT,
		    g_strdup_printf("drop %s%.1f%% of %u %s", d->lost > 0 ? glyph(GLYPH_DOWN) : "", 100 * d->share, d->baseline, against));
}

/* "01:35:22Z" of a monotonic time. */
static void clock_of(const struct world *w, gint64 at_us, char *out, gsize size)
{
	panel_time(w->utc_us - (w->now_us - at_us), w->utc_us, out, size);
}

static void add_page(const struct world *w, GPtrArray *facts)
{
	const struct fleet *f = w->fleet;
	const struct drop *d = fleet_drop(f);
	const char *against = d == &f->window ? " since the window was opened" : "";
	g_autofree char *words = drop_words(d);
	char since[40], left[16];

	clock_of(w, d->true_since_us, since, sizeof since);
	if (d->state == DROP_FIRING)
		add(facts, ROLE_CRIT, GLYPH_CRIT, g_strdup_printf("P1 since %s: %s%s", since, words, against))->alone = TRUE;
	if (d->state == DROP_KEPT)
		add(facts, ROLE_CRIT, GLYPH_CRIT, g_strdup_printf("P1, no longer true: now %s%s", words, against))->alone = TRUE;
	text_age(MAX(d->true_since_us + FLEET_CONFIRM_US - w->now_us, 0) / G_USEC_PER_SEC, left, sizeof left);
	if (d->state == DROP_PENDING)
		add(facts, ROLE_WARN, GLYPH_WARN, g_strdup_printf("P1 if it is so for %s more: %s%s", left, words, against))->alone = TRUE;
}

/* Why the product's word does not count, when it should. */
static void add_view(const struct world *w, GPtrArray *facts)
{
	const struct fleet *f = w->fleet;
	enum gateway_origin o = f->origins[ORIGIN_INVENTORY].used ? ORIGIN_INVENTORY : ORIGIN_PROMETHEUS;
	const struct datum *d = &f->origins[o].datum;
	const char *by = f->view == VIEW_TAILNET ? "judged by the tailnet" : "judged by our links";
	char age[16];

	age_of(w, d->at_us, age, sizeof age);
	if (f->view == VIEW_PRODUCT || !gateways_have_product(f))
		return;
	if (d->state == DATUM_OK) /* it answers, but tells it of less than half of them */
		add(facts, ROLE_WARN, GLYPH_WARN, g_strdup_printf("%s does not tell who is online: %s", gateway_origin_name(o), by));
	else if (d->at_us > 0)
		add(facts, ROLE_WARN, GLYPH_WARN, g_strdup_printf("%s silent %s: %s", gateway_origin_name(o), age, by));
	else
		add(facts, d->error ? ROLE_WARN : ROLE_UNKNOWN, d->error ? GLYPH_WARN : GLYPH_STARTING,
		    g_strdup_printf("%s has not answered yet: %s", gateway_origin_name(o), by));
}

static void add_window(const struct panel_context *context, GPtrArray *facts)
{
	const struct world *w = context->world;
	const struct fleet *f = w->fleet;
	g_autofree char *lost = NULL;
	char begun[40], left[16];

	if (f->window_us == 0)
		return;
	clock_of(w, f->window_us, begun, sizeof begun);
	text_duration(MAX(f->window_end_us - w->now_us, 0) / G_USEC_PER_SEC, left, sizeof left);
	if (isfinite(f->window.share))
		lost = g_strdup_printf("%u of %u lost", f->window.lost, f->window.baseline);
	else
		lost = g_strdup(f->window_view == f->view ? "not judged yet" : "not judged in another view than it was opened in");
	add(facts, f->window.lost > 0 ? ROLE_WARN : ROLE_ACCENT, GLYPH_COUNT,
	    g_strdup_printf("window since %s, %s left: %s, %s ends it", begun, left, lost, panel_key(context, ACT_GATEWAY_WINDOW)));
}

/* --- what is done to them --- */

/* The keys that can do something with it. */
static char *rollout_keys(const struct panel_context *context, const struct rollout *r)
{
	if (!rollout_is_under_way(r))
		return g_strdup_printf("; chip Rollout (%s) shows each", panel_key(context, ACT_CHIP));
	return g_strdup_printf("; %s %s, %s aborts", panel_key(context, ACT_ROLLOUT_PAUSE), r->state == ROLLOUT_PAUSED ? "goes on" : "pauses",
	                       panel_key(context, ACT_ROLLOUT_ABORT));
}

static void add_rollout(const struct panel_context *context, GPtrArray *facts)
{
	static const struct { enum role role; enum glyph glyph; } looks[] = {
		[ROLLOUT_RUNNING] = { ROLE_ACCENT, GLYPH_STARTING }, [ROLLOUT_PAUSED] = { ROLE_WARN, GLYPH_STARTING },
		[ROLLOUT_STOPPED] = { ROLE_CRIT, GLYPH_CRIT }, [ROLLOUT_ABORTED] = { ROLE_WARN, GLYPH_WARN }, [ROLLOUT_DONE] = { ROLE_OK, GLYPH_OK },
		[ROLLOUT_INTERRUPTED] = { ROLE_WARN, GLYPH_WARN },
	};
	const struct world *w = context->world;
	const struct rollout *r = fleet_current_rollout(w->fleet, w->now_us);
	g_autofree char *words = r ? rollout_words(r, w->now_us) : NULL, *keys = r ? rollout_keys(context, r) : NULL;

	if (r)
		add(facts, looks[r->state].role, looks[r->state].glyph,
		    g_strdup_printf("rollout %s%s%s", r->state == ROLLOUT_RUNNING ? "running: " : "", words, keys))->alone = TRUE;
}

static void add_mute(const struct world *w, GPtrArray *facts)
{
	gint64 left_us = w->fleet->mute_until_us - w->now_us;
	char left[16];

	text_duration(left_us / G_USEC_PER_SEC, left, sizeof left);
	if (left_us > 0)
		add(facts, ROLE_ACCENT, GLYPH_COUNT, g_strdup_printf("restarted gateways are expected to be gone for %s more", left));
}

static void add_sweep_running(const struct panel_context *context, const struct sweep *s, GPtrArray *facts)
{
	guint over = MIN(s->done + s->failed, s->total);

	add(facts, ROLE_ACCENT, GLYPH_STARTING,
	    g_strdup_printf("sweep %u of %u, %u failed, %u to go  %s stops it", over, s->total, s->failed, s->total - over,
	                    panel_key(context, ACT_GATEWAY_SWEEP_CANCEL)))->share = s->total > 0 ? (double)over / s->total : NAN;
}

static void count_sweep(const struct fleet *f, guint64 *lines, guint *faults, guint *gateways, guint64 *fatal)
{
	*lines = *fatal = 0;
	*faults = *gateways = 0;
	for (guint i = 0; i < f->sweep->faults->len; i++) {
		const struct sweep_fault *fault = f->sweep->faults->pdata[i];
		*lines += fault->count;
		*faults += fault->count > 0;
		*fatal += fault->fatal ? fault->count : 0;
	}
	for (guint i = 0; i < f->gateways->len; i++)
		*gateways += ((const struct gateway *)f->gateways->pdata[i])->sweep.matches > 0;
}

/* "31 lines, 4 faults on 12 gateways, 2 FATAL": also of one that was stopped, or failed. */
static void add_sweep_result(const struct world *w, GPtrArray *facts)
{
	const struct sweep *s = w->fleet->sweep;
	GString *text = g_string_new(NULL);
	guint64 lines, fatal;
	guint faults, gateways, over = MIN(s->done + s->failed, s->total);
	char age[16], counted[40];

	count_sweep(w->fleet, &lines, &faults, &gateways, &fatal);
	text_count(lines, counted, sizeof counted);
	age_of(w, s->ended_us, age, sizeof age);
	g_string_printf(text, "sweep %s ago: ", age);
	if (lines == 0)
		g_string_append(text, over == s->total && s->failed == 0 ? "no line" : "no line where it was read");
	else
		g_string_append_printf(text, "%s line%s, %u fault%s on %u gateway%s", counted, lines == 1 ? "" : "s", faults, faults == 1 ? "" : "s", gateways,
		                       gateways == 1 ? "" : "s");
	if (fatal > 0)
		g_string_append_printf(text, ", %" G_GUINT64_FORMAT " FATAL", fatal);
	if (s->state == SWEEP_CANCELLED || over < s->total)
		g_string_append_printf(text, "; stopped at %u of %u", over, s->total);
	if (s->failed > 0)
		g_string_append_printf(text, "; %u of %u could not be read", s->failed, s->total);
	add(facts, fatal > 0 ? ROLE_CRIT : lines > 0 || s->failed > 0 ? ROLE_WARN : ROLE_DIM, GLYPH_COUNT, g_string_free(text, FALSE));
}

static void add_sweep(const struct panel_context *context, GPtrArray *facts)
{
	const struct sweep *s = context->world->fleet->sweep;

	if (s->state == SWEEP_RUNS || s->state == SWEEP_WAITS)
		add_sweep_running(context, s, facts);
	else if (s->state != SWEEP_NEVER)
		add_sweep_result(context->world, facts);
}

GPtrArray *gateways_sweep_facts(const struct panel_context *context)
{
	GPtrArray *facts = g_ptr_array_new_with_free_func(free_fact);

	if (context->world->fleet)
		add_sweep(context, facts);
	return facts;
}

/* --- who tells of them --- */

/* What is read from a file once does not grow old. */
static gboolean is_asked_again(guint origin)
{
	return origin != ORIGIN_CONFIG && origin != ORIGIN_SSH_CONFIG;
}

static gboolean is_troubled(const struct fleet_origin *o)
{
	return o->used && o->datum.error && o->datum.state != DATUM_OK;
}

static void add_source_troubles(const struct panel_context *context, GPtrArray *facts)
{
	const struct fleet *f = context->world->fleet;

	for (guint i = 0; i < ORIGIN_COUNT; i++) {
		const struct fleet_origin *o = &f->origins[i];
		const char *name = gateway_origin_name((enum gateway_origin)i);
		char age[16];
		age_of(context->world, o->datum.at_us, age, sizeof age);
		if (!is_troubled(o))
			continue;
		add(facts, ROLE_WARN, GLYPH_WARN,
		    g_strdup_printf("%s%s%s%s: %s; %s asks again", name, o->datum.at_us > 0 ? ", " : "", o->datum.at_us > 0 ? age : "",
		                    o->datum.at_us > 0 ? " old" : "", o->datum.error, panel_key(context, ACT_REFRESH)))->alone = TRUE;
	}
}

static void add_sources(const struct world *w, GPtrArray *facts)
{
	for (guint i = 0; i < ORIGIN_COUNT; i++) {
		const struct fleet_origin *o = &w->fleet->origins[i];
		const char *name = gateway_origin_name((enum gateway_origin)i);
		char age[16];
		age_of(w, o->datum.at_us, age, sizeof age);
		if (o->used && o->datum.state == DATUM_OK)
			add(facts, ROLE_DIM, GLYPH_COUNT, g_strdup_printf("%s: %u%s%s", name, o->listed, is_asked_again(i) ? ", " : "", is_asked_again(i) ? age : ""));
		else if (o->used && !is_troubled(o))
			add(facts, ROLE_UNKNOWN, GLYPH_STARTING, g_strdup_printf("%s: asked", name));
		if (o->used && o->duplicates > 0)
			add(facts, ROLE_WARN, GLYPH_WARN, g_strdup_printf("%s has %u name%s twice", name, o->duplicates, o->duplicates == 1 ? "" : "s"));
		if (o->used && o->refused > 0)
			add(facts, ROLE_WARN, GLYPH_WARN,
			    g_strdup_printf("%s: %u entr%s left out, no valid name or address", name, o->refused, o->refused == 1 ? "y" : "ies"));
	}
}

static void add_sight(const struct fleet *f, GPtrArray *facts)
{
	if (f->blind)
		add(facts, ROLE_WARN, GLYPH_WARN,
		    g_strdup_printf("we are blind: %s; nothing below is news about the gateways", f->blind))->alone = TRUE;
}

static void add_network(const struct fleet *f, GPtrArray *facts)
{
	if (f->tailnet_problem)
		add(facts, ROLE_WARN, GLYPH_WARN, g_strdup_printf("tailnet: %s", f->tailnet_problem))->alone = TRUE;
	if (f->canary == PRESENCE_OFFLINE && !f->blind)
		add(facts, ROLE_WARN, GLYPH_WARN, g_strdup_printf("the canary does not answer%s%s", f->canary_problem ? ": " : "",
		                                                  f->canary_problem ? f->canary_problem : ""));
}

GPtrArray *gateways_facts(const struct panel_context *context)
{
	const struct world *w = context->world;
	const struct fleet *f = w->fleet;
	const struct rollout *r = f ? fleet_current_rollout(f, w->now_us) : NULL;
	const gboolean acts = r && rollout_is_under_way(r);
	GPtrArray *facts = g_ptr_array_new_with_free_func(free_fact);

	if (!f)
		return facts;
	add_sight(f, facts);
	add_online(w, facts);
	add_drop(w, &f->sliding, "in 5m", facts);
	add_page(w, facts);
	if (acts)
		add_rollout(context, facts);
	if (!fleet_online_is_known(f)) /* that is why */
		add_source_troubles(context, facts);
	add_sweep(context, facts);
	add_view(w, facts);
	add_window(context, facts);
	add_network(f, facts);
	if (fleet_online_is_known(f))
		add_source_troubles(context, facts);
	if (!acts)
		add_rollout(context, facts);
	add_mute(w, facts);
	add_sources(w, facts);
	return facts;
}

/* --- how they are laid out --- */

static int cells_of(const struct fact *f)
{
	return text_width(f->text) + (f->glyph == GLYPH_COUNT ? 0 : 2) + (isnan(f->share) ? 0 : BAR_CELLS + 1);
}

/* One fact in one row; gives where it ended. */
static int draw_one(const struct canvas *c, int y, int x, const struct fact *f, const char *text)
{
	int at = x;

	if (f->glyph != GLYPH_COUNT && x == INDENT)
		canvas_text(c, y, 1, 1, f->role, glyph(f->glyph));
	else if (f->glyph != GLYPH_COUNT)
		at += canvas_text(c, y, at, 1, f->role, glyph(f->glyph)) + 1;
	if (!isnan(f->share)) {
		chart_gauge(c, y, at, BAR_CELLS, f->role, f->share);
		at += BAR_CELLS + 1;
	}
	return at + canvas_text(c, y, at, MAX(c->width - at - 1, 0), f->role, text);
}

/* A long one goes on in a second row when there is one. Gives the rows. */
static int draw_alone(const struct canvas *c, int y, int rows, const struct fact *f)
{
	gsize first = rows > 1 ? panel_wrap_row(f->text, c->width - INDENT - 1) : strlen(f->text);
	g_autofree char *row = g_strndup(f->text, first);

	draw_one(c, y, INDENT, f, row);
	if (!f->text[first])
		return 1;
	canvas_text(c, y + 1, INDENT, MAX(c->width - INDENT - 1, 0), f->role, f->text + first + (f->text[first] == ' '));
	return 2;
}

static void draw_rest(const struct panel_context *context, const struct canvas *c, int y, guint count)
{
	g_autofree char *text = g_strdup_printf("  %u more: %s, Fleet ", count, panel_key(context, ACT_DETAILS));

	canvas_text_right(c, y, c->width, ROLE_DIM, text);
}

/* Beside each other while they fit; the rest is counted. */
int gateways_draw_facts(const struct panel_context *context, const struct canvas *c, int y, int rows, const GPtrArray *facts)
{
	int used = 0, x = 0; /* x: where the last row ends; 0: it takes no more */
	guint i;

	for (i = 0; i < facts->len; i++) {
		const struct fact *f = facts->pdata[i];
		gboolean joins = x > 0 && !f->alone && x + GAP + cells_of(f) < c->width;
		if (!joins && used >= rows)
			break;
		if (f->alone) {
			used += draw_alone(c, y + used, rows - used, f);
			x = 0;
		} else {
			used += !joins;
			x = draw_one(c, y + used - 1, joins ? x + GAP : INDENT, f, f->text);
		}
	}
	if (i < facts->len && used > 0)
		draw_rest(context, c, y + used - 1, facts->len - i);
	return used;
}

/* --- the title, and an empty list --- */

/* As old as the oldest of those that are asked again and again. */
enum role gateways_freshness(const struct list *l, char *out, gsize size)
{
	const struct world *w = l->context.world;
	const struct fleet *f = w->fleet;
	guint used = 0, old = 0;
	gint64 oldest_us = 0;

	*out = '\0';
	for (guint i = 0; f && i < ORIGIN_COUNT; i++) {
		const struct fleet_origin *o = &f->origins[i];
		if (!o->used)
			continue;
		used++;
		old += o->datum.state != DATUM_OK;
		if (is_asked_again(i) && o->datum.at_us > 0 && (oldest_us == 0 || o->datum.at_us < oldest_us))
			oldest_us = o->datum.at_us;
	}
	if (old == 0 && oldest_us > 0)
		age_of(w, oldest_us, out, size);
	else if (old > 0)
		g_snprintf(out, size, "%s %u of %u sources not fresh", glyph(oldest_us > 0 ? GLYPH_STALE : GLYPH_STARTING), old, used);
	return old == 0 ? ROLE_DIM : oldest_us > 0 ? ROLE_STALE : ROLE_UNKNOWN;
}

char *gateways_empty(const struct list *l)
{
	const struct fleet *f = l->context.world->fleet;
	guint asked = 0, told = 0;

	for (guint i = 0; f && i < ORIGIN_COUNT; i++) {
		asked += f->origins[i].used && f->origins[i].datum.state == DATUM_UNKNOWN;
		told += f->origins[i].used && f->origins[i].datum.state == DATUM_OK;
	}
	if (!f)
		return g_strdup("no gateways are configured");
	if (asked > 0)
		return g_strdup("waiting for the list of gateways");
	return g_strdup(told > 0 ? "the sources list no gateway" : "no source tells which gateways there are");
}
