#include "model/check_fleet.h"

#include <string.h>

#include "model/check_lines.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

#define NAMED 3 /* gateways that the summary names */

struct found {
	const struct fleet *fleet;
	GPtrArray *fatal;        /* of const struct gateway: FATAL there */
	GPtrArray *other;        /* matches, none of them FATAL */
	GPtrArray *missed;       /* not read */
	guint64 matches, shown;
};

/* How many FATAL lines a gateway has, also those that are counted only. */
static guint64
fatals_of(const struct fleet *f, const struct gateway *g)
{
	guint64 n = 0;

	for (guint i = 0; i < f->sweep->faults->len; i++) {
		const struct sweep_fault *fault = f->sweep->faults->pdata[i];
		if (fault->fatal)
			n += GPOINTER_TO_UINT(g_hash_table_lookup(fault->by_gateway, g->host->name));
	}
	return n;
}

static void
look(struct found *found, const struct gateway *g)
{
	if (g->sweep.state != SWEEP_DONE)
		g_ptr_array_add(found->missed, (gpointer)g);
	if (g->sweep.matches == 0)
		return;
	found->matches += g->sweep.matches;
	g_ptr_array_add(fatals_of(found->fleet, g) > 0 ? found->fatal : found->other, (gpointer)g);
}

/* --- the summary --- */

static void append_part(GString *s, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
append_part(GString *s, const char *format, ...)
{
	va_list args;

	if (s->len)
		g_string_append(s, ", ");
	va_start(args, format);
	g_string_append_vprintf(s, format, args);
	va_end(args);
}

static char *
names(const struct found *found, const GPtrArray *all)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < MIN(all->len, NAMED); i++) {
		const struct gateway *g = all->pdata[i];
		append_part(s, "%s (%" G_GUINT64_FORMAT ")", g->host->name, fatals_of(found->fleet, g));
	}
	if (all->len > NAMED)
		g_string_append_printf(s, " and %u more", all->len - NAMED);
	return g_string_free(s, FALSE);
}

/* "ERROR|panic" of "ERROR|panic|FATAL". */
static char *
words_but_fatal(const char *words)
{
	g_auto(GStrv) parts = g_strsplit(words, "|", -1);
	GString *s = g_string_new(NULL);

	for (char **part = parts; *part; part++)
		if (strcmp(*part, "FATAL") != 0)
			g_string_append_printf(s, "%s%s", s->len ? "|" : "", *part);
	return g_string_free(s, FALSE);
}

static char *
summary(const struct found *found, const struct check *check, const char *words)
{
	const GPtrArray *all = found->fleet->gateways;
	g_autofree char *others = words_but_fatal(words), *safe = sanitize_text(others, -1), *span = check_span_text(check->since_min);
	GString *s = g_string_new(NULL);

	if (found->fatal->len > 0) {
		g_autofree char *who = names(found, found->fatal);
		append_part(s, "FATAL on %s", who);
	}
	if (found->other->len > 0)
		append_part(s, "%s on %u of %u", *safe ? safe : "matches", found->other->len, all->len);
	if (found->matches == 0)
		append_part(s, "0 matches on %u gateways in %s", all->len - found->missed->len, span);
	if (check->expect == EXPECT_SOME && found->matches == 0)
		append_part(s, "at least one expected");
	if (found->missed->len > 0)
		append_part(s, "%u not reached", found->missed->len);
	return g_string_free(s, FALSE);
}

/* --- lines --- */

static void
add_line(GPtrArray *lines, const struct gateway *g, const struct sweep_line *l)
{
	g_autofree char *time = utc_format(l->utc_us, "%H:%M:%SZ", "?");

	g_ptr_array_add(lines, g_strdup_printf("%s: %s %s", g->host->name, time, l->text));
}

/* The newest line of each, FATAL before others, then a round more as long as there is room. */
static guint
add_round(GPtrArray *lines, const GPtrArray *gateways, guint round, gboolean fatal_only)
{
	guint added = 0;

	for (guint i = 0; i < gateways->len && lines->len < CHECK_LINES_KEPT; i++) {
		const struct gateway *g = gateways->pdata[i];
		guint n = 0;
		for (guint k = g->sweep.lines ? g->sweep.lines->len : 0; k > 0; k--) {
			const struct sweep_line *l = &g_array_index(g->sweep.lines, struct sweep_line, k - 1);
			if ((fatal_only && !sweep_line_is_fatal(l->text)) || n++ < round)
				continue;
			add_line(lines, g, l);
			added++;
			break;
		}
	}
	return added;
}

static void
add_missed(GPtrArray *lines, const GPtrArray *missed)
{
	for (guint i = 0; i < missed->len && lines->len < CHECK_LINES_KEPT; i++) {
		const struct gateway *g = missed->pdata[i];
		g_ptr_array_add(lines, g_strdup_printf("%s: %s", g->host->name, g->sweep.problem ? g->sweep.problem : "not reached in time"));
	}
}

static void
give_lines(struct found *found, struct check_result *r)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (guint round = 0; add_round(lines, found->fatal, round, TRUE) > 0; round++)
		;
	for (guint round = 0; add_round(lines, found->other, round, FALSE) > 0; round++)
		;
	r->lines_left_out = found->matches > lines->len ? found->matches - lines->len : 0;
	found->shown = lines->len;
	add_missed(lines, found->missed);
	r->lines_left_out += found->missed->len - (lines->len - found->shown);
	if (lines->len > 0)
		r->lines = lines;
	else
		g_ptr_array_unref(lines);
}

/* --- the whole --- */

gboolean
check_fleet_same_pattern(const char *wanted, const char *swept)
{
	g_auto(GStrv) a = g_strsplit(wanted, "|", -1), b = g_strsplit(swept, "|", -1);

	if (!g_strv_contains((const char *const *)b, "FATAL"))
		return FALSE;
	for (char **w = a; *w; w++)
		if (!g_strv_contains((const char *const *)b, *w))
			return FALSE;
	for (char **s = b; *s; s++)
		if (strcmp(*s, "FATAL") != 0 && !g_strv_contains((const char *const *)a, *s))
			return FALSE;
	return TRUE;
}

static enum verdict
verdict_of(const struct found *found, const struct check *check)
{
	if (check->expect == EXPECT_NONE && found->matches > 0)
		return VERDICT_FAIL;
	if (found->missed->len > 0)
		return VERDICT_UNKNOWN;
	if (check->expect == EXPECT_SOME && found->matches == 0)
		return VERDICT_FAIL;
	return VERDICT_PASS;
}

void
check_fleet_judge(const struct fleet *f, const struct check *check, const char *words, struct check_result *r)
{
	struct found found = { .fleet = f, .fatal = g_ptr_array_new(), .other = g_ptr_array_new(), .missed = g_ptr_array_new() };

	for (guint i = 0; i < f->gateways->len; i++)
		look(&found, f->gateways->pdata[i]);
	r->verdict = verdict_of(&found, check);
	r->summary = summary(&found, check, words);
	give_lines(&found, r);
	g_ptr_array_unref(found.fatal);
	g_ptr_array_unref(found.other);
	g_ptr_array_unref(found.missed);
}
