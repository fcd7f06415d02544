/* The title of the Logs panel, the line of what restricts it, and the histogram. */
#include <math.h>
#include <string.h>

#include "panels/logs_private.h"
#include "tui/chart.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define HISTOGRAM_MINUTES_MAX 120
#define NAMES_MAX 3     /* sources that the title names; more are counted */
#define NAMES_CELLS 8   /* for which figures give way */
#define NAMES_LEAST 4   /* less says nothing */

/* Lines a minute over the last seconds; one sample a second at most. */
static double measure_rate(struct panel *p)
{
	const struct log_store *store = p->context.world->logs;
	struct rate_sample now = { p->context.world->now_us, log_store_lines(store) + log_store_dropped_lines(store) };
	const struct rate_sample *oldest = &p->rate[0];
	double span;

	if (p->rate_count == 0 || now.at_us - p->rate[p->rate_count - 1].at_us >= G_USEC_PER_SEC) {
		if (p->rate_count == LOGS_RATE_SAMPLES)
			memmove(p->rate, p->rate + 1, --p->rate_count * sizeof *p->rate);
		p->rate[p->rate_count++] = now;
	}
	span = (double)(now.at_us - oldest->at_us) / G_USEC_PER_SEC;
	return span > 0 && now.taken >= oldest->taken ? (double)(now.taken - oldest->taken) * 60 / span : -1;
}

static void rate_text(double rate, char *out, gsize size)
{
	if (rate < 0)
		g_strlcpy(out, "", size);
	else if (rate < 1000)
		g_snprintf(out, size, "%.0f/min", rate);
	else
		g_snprintf(out, size, rate < 1e6 ? "%.1fk/min" : "%.1fM/min", rate / (rate < 1e6 ? 1e3 : 1e6));
}

/* "caddy, notes", or "12 sources of 4 hosts". */
static void sources_text(const struct panel *p, char *out, gsize size)
{
	const struct log_store *store = p->context.world->logs;
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal);
	guint shown = 0;

	for (guint32 i = 1; i <= log_store_source_count(store); i++)
		if (logs_is_wanted(p, i))
			g_hash_table_add(hosts, log_store_source_info(store, i)->host);
	for (guint32 i = 1; i <= log_store_source_count(store); i++) {
		char name[256];
		if (!logs_is_wanted(p, i) || ++shown > NAMES_MAX)
			continue;
		logs_source_name(log_store_source_info(store, i), g_hash_table_size(hosts) > 1, name, sizeof name);
		g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
	}
	if (shown > NAMES_MAX)
		g_snprintf(out, size, "%u sources of %u host%s", shown, g_hash_table_size(hosts), g_hash_table_size(hosts) == 1 ? "" : "s");
	else
		g_strlcpy(out, names->str, size);
}

/* The mode words, most important first; owned by the caller. */
static GPtrArray *list_chips(struct panel *p)
{
	GPtrArray *chips = g_ptr_array_new_with_free_func(g_free);
	guint filters = log_view_filter_count(p->view);
	char n[32];

	text_count(log_view_pending(p->view), n, sizeof n);
	if (log_view_paused(p->view))
		g_ptr_array_add(chips, g_strdup_printf("PAUSED +%s", n));
	else if (p->follow)
		g_ptr_array_add(chips, g_strdup("FOLLOW"));
	if (filters > 0)
		g_ptr_array_add(chips, g_strdup_printf("FILTER %u", filters));
	if (p->level != LEVEL_NONE)
		g_ptr_array_add(chips, g_strdup_printf("LEVEL %s+", log_level_name(p->level)));
	if (p->around > 0)
		g_ptr_array_add(chips, g_strdup_printf("CONTEXT %u", p->around));
	if (p->wrap)
		g_ptr_array_add(chips, g_strdup("WRAP"));
	return chips;
}

static gboolean is_restricted(const struct panel *p)
{
	return log_view_filter_count(p->view) > 0 || p->level != LEVEL_NONE || g_hash_table_size(p->wanted) > 0;
}

/* A figure left of x, when `taken` cells at the left end stay free. */
static int draw_figure(const struct canvas *c, int x, int taken, enum role role, const char *text)
{
	return x - text_width(text) < taken ? 0 : canvas_text_right(c, 0, x, role, text) + 2;
}

/* "12.4k/min   312 of 41,202 lines   0 dropped", from the right end; gives the first cell it took. What is left of it has the first `taken`
 * cells: the rate gives way to that, then the lines. */
static int draw_figures(struct panel *p, const struct canvas *c, int taken)
{
	const struct log_store *store = p->context.world->logs;
	guint64 lost = log_store_dropped_lines(store);
	char kept[32], shown[32], dropped[48], rate[32];
	g_autofree char *lines = NULL;
	int x = c->width - 1;

	rate_text(measure_rate(p), rate, sizeof rate);
	text_count(log_store_lines(store), kept, sizeof kept);
	text_count(log_view_count(p->view), shown, sizeof shown);
	text_count(lost, dropped, sizeof dropped);
	g_strlcat(dropped, " dropped", sizeof dropped);
	lines = is_restricted(p) ? g_strdup_printf("%s of %s lines", shown, kept) : g_strdup_printf("%s lines", kept);
	x -= canvas_text_right(c, 0, x, lost > 0 ? ROLE_WARN : ROLE_DIM, dropped) + 2;
	x -= draw_figure(c, x, taken, ROLE_TEXT, lines);
	x -= draw_figure(c, x, taken, ROLE_DIM, rate);
	return x;
}

void logs_draw_title(struct panel *p, const struct canvas *c)
{
	g_autoptr(GPtrArray) chips = list_chips(p);
	int x = 1 + text_width("Logs") + 2, wanted = 0, right, room;
	struct canvas left;
	char sources[512], cut[512];

	for (guint i = 0; i < chips->len; i++)
		wanted += text_width(chips->pdata[i]) + 3; /* with the blanks in it and the one behind it */
	sources_text(p, sources, sizeof sources);
	right = draw_figures(p, c, x + MIN(text_width(sources), NAMES_CELLS) + 2 + wanted);
	left = canvas_part(c, 0, 0, 1, MAX(right, 0));
	canvas_text(&left, 0, 1, -1, ROLE_ACCENT, "Logs");
	room = right - x - wanted - 2;
	text_cut_end(sources, room, cut, sizeof cut);
	if (*cut && room >= NAMES_LEAST)
		x += canvas_text(&left, 0, x, -1, ROLE_TEXT, cut) + 2;
	for (guint i = 0; i < chips->len; i++)
		x += panel_chip(&left, 0, x, chips->pdata[i]) + 1;
}

static int draw_pattern(const struct canvas *c, int y, int x, const char *label, const char *pattern)
{
	int used = canvas_text(c, y, x, -1, ROLE_DIM, label);

	used += canvas_text(c, y, x + used, -1, ROLE_ACCENT, pattern);
	return used + 2;
}

static int draw_search(struct panel *p, const struct canvas *c, int y, int x)
{
	char n[32];
	int used = draw_pattern(c, y, x, "search: ", p->search);

	text_count(log_view_search_count(p->view), n, sizeof n);
	used += canvas_printf(c, y, x + used, ROLE_DIM, "%s found%s", n, log_view_search_progress(p->view) < 1 ? " so far" : "") + 2;
	return used;
}

/* The first shown source that gives nothing, and how many more there are. FALSE: all is well. */
static gboolean source_problem(const struct panel *p, char *out, gsize size)
{
	const struct log_store *store = p->context.world->logs;
	guint count = 0;

	for (guint32 i = 1; i <= log_store_source_count(store); i++) {
		const struct log_source_info *info = log_store_source_info(store, i);
		char name[256];
		if (!info->problem || !logs_is_wanted(p, i) || count++ > 0)
			continue;
		logs_source_name(info, TRUE, name, sizeof name);
		g_snprintf(out, size, "%s: %s", name, info->problem);
	}
	if (count > 1) {
		gsize used = strlen(out);
		g_snprintf(out + used, size - used, " (+%u more sources)", count - 1);
	}
	return count > 0;
}

int logs_draw_conditions(struct panel *p, const struct canvas *c, int y)
{
	double progress = log_view_progress(p->view);
	const char *slow = log_view_pattern_problem(p->view);
	char problem[400];
	int x = 1, used = 0;

	for (guint i = 0; i < log_view_filter_count(p->view); i++) {
		gboolean in;
		const char *pattern = log_view_filter_text(p->view, i, &in);
		x += draw_pattern(c, y, x, in ? "in: " : "out: ", pattern);
	}
	if (p->search)
		x += draw_search(p, c, y, x);
	if (progress < 1)
		x += canvas_printf(c, y, x, ROLE_UNKNOWN, "%s %.0f%% looked at", glyph(GLYPH_STARTING), progress * 100) + 2;
	used = x > 1;
	if (p->search_problem)
		canvas_printf(c, y + used++, 1, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), p->search_problem);
	else if (slow)
		canvas_printf(c, y + used++, 1, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), slow);
	if (source_problem(p, problem, sizeof problem))
		canvas_printf(c, y + used++, 1, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), problem);
	return used;
}

/* The end of the minute that the histogram's last bucket stands for: now, or where the view was paused. */
static gint64 histogram_end(struct panel *p)
{
	guint64 count = log_view_count(p->view);
	gint64 end = p->context.world->utc_us;
	struct log_line line;

	if (log_view_paused(p->view) && count > 0 && log_view_at(p->view, count - 1, &line))
		end = line.time_us;
	return end - end % MINUTE_US + MINUTE_US;
}

void logs_draw_histogram(struct panel *p, const struct canvas *c, int y)
{
	static const struct { const char *label; enum log_level level; enum role role; } modes[] = {
		[HISTOGRAM_ERRORS] = { "errors/min", LEVEL_ERROR, ROLE_CRIT }, [HISTOGRAM_ALL] = { "lines/min", LEVEL_NONE, ROLE_ACCENT },
	};
	int buckets = CLAMP(c->width - 50, 10, HISTOGRAM_MINUTES_MAX), x;
	guint counts[HISTOGRAM_MINUTES_MAX], most = 0, worst = 0;
	double values[HISTOGRAM_MINUTES_MAX];
	gint64 end = histogram_end(p), begin = end - buckets * MINUTE_US;
	char at[32];

	log_view_histogram(p->view, modes[p->histogram].level, begin, end, counts, (guint)buckets);
	for (int i = 0; i < buckets; i++) {
		values[i] = counts[i] ? counts[i] : NAN;
		if (counts[i] > most) {
			most = counts[i];
			worst = (guint)i;
		}
	}
	x = 1 + canvas_text(c, y, 1, -1, ROLE_DIM, modes[p->histogram].label) + 1;
	chart_sparkline(c, y, x, buckets, modes[p->histogram].role, values, (guint)buckets, 0, MAX(most, 1));
	x += buckets + 1;
	x += canvas_printf(c, y, x, ROLE_DIM, "%dm", buckets) + 2;
	text_clock(begin + worst * MINUTE_US, at, sizeof at);
	if (most > 0)
		canvas_printf(c, y, x, ROLE_TEXT, "most %u at %.5sZ", most, at);
	else
		canvas_text(c, y, x, -1, ROLE_DIM, "none");
}
