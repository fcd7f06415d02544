#include "model/cleanup_text.h"

#include <math.h>
#include <string.h>

#include "model/cleanup_log.h"
#include "model/sanitize.h"

#define STEP_BYTES 500

/* --- one line --- */

/* The time at its start, "[2026-05-27T03:00:01Z]", "2026-05-27 03:00:01 …"; *p moves behind it. 0 when there is none. */
static gint64
take_time(const char **p, GTimeZone *zone)
{
	const char *start = *p + (**p == '['), *end = start;
	g_autoptr(GDateTime) time = NULL;
	g_autofree char *text = NULL;

	if (strlen(start) < 19 || !g_ascii_isdigit(start[0]) || start[4] != '-' || start[13] != ':')
		return 0;
	for (end = start + 19; *end && (g_ascii_isdigit(*end) || strchr(".,+-:Z", *end)); end++)
		;
	if (end[-1] == ':')
		end--;
	text = g_strndup(start, (gsize)(end - start));
	g_strdelimit(text, ",", '.');
	time = g_date_time_new_from_iso8601(text, zone);
	if (!time)
		return 0;
	*p = end + strspn(end, "] \t:-");
	return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

static gboolean
has(const char *lower, const char *word)
{
	return strstr(lower, word) != NULL;
}

/* The percentage after the word; NAN. */
static double
percent_after(const char *lower, const char *word)
{
	const char *at = strstr(lower, word), *mark = at ? strchr(at, '%') : NULL;
	const char *start = mark;

	while (start && start > at && (g_ascii_isdigit(start[-1]) || start[-1] == '.'))
		start--;
	return mark && start < mark ? g_ascii_strtod(start, NULL) : NAN;
}

/* Megabytes after "freed", "reclaimed" or "saved"; NAN. The unit is needed: "freed 12 images" is no size. */
static double
freed_of(const char *lower)
{
	static const char *const words[] = { "freed", "reclaimed", "saved" };
	static const struct { const char *unit; double mb; } units[] = {
		{ "tb", 1 << 20 }, { "tib", 1 << 20 }, { "gb", 1024 }, { "gib", 1024 }, { "g", 1024 }, { "mb", 1 }, { "mib", 1 }, { "m", 1 },
		{ "kb", 1.0 / 1024 }, { "kib", 1.0 / 1024 }, { "k", 1.0 / 1024 }, { "bytes", 1.0 / (1 << 20) }, { "b", 1.0 / (1 << 20) },
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		const char *at = strstr(lower, words[i]);
		const char *digits = at ? strpbrk(at, "0123456789") : NULL;
		char *end = NULL;
		double number = digits ? g_ascii_strtod(digits, &end) : NAN;
		gsize length;
		if (!digits)
			continue;
		end += strspn(end, " ");
		for (length = 0; g_ascii_isalpha(end[length]); length++)
			;
		for (guint u = 0; u < G_N_ELEMENTS(units); u++)
			if (length == strlen(units[u].unit) && strncmp(end, units[u].unit, length) == 0)
				return number * units[u].mb;
	}
	return NAN;
}

/* "mode: weekly", "mode=weekly", "--weekly", "(weekly)"; NULL. */
static char *
mode_of(const char *lower)
{
	static const char *const signs[] = { "mode", "--", "(" };

	if (has(lower, "dry run") || has(lower, "dry-run") || has(lower, "dryrun"))
		return g_strdup("dry-run");
	for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
		const char *at = strstr(lower, signs[i]);
		gsize length = 0;
		if (!at)
			continue;
		at += strlen(signs[i]);
		at += strspn(at, ":= '\"-");
		while (g_ascii_isalpha(at[length]) || (at[length] == '-' && g_ascii_isalpha(at[length + 1])))
			length++;
		if (length > 2 && length < 30 && strncmp(at, "mode", MIN(length, 4)) != 0)
			return g_strndup(at, length);
	}
	return NULL;
}

static gboolean
is_about_cleanup(const char *lower)
{
	return has(lower, "cleanup") || has(lower, "clean-up") || has(lower, "clean up");
}

static gboolean
is_start(const char *lower)
{
	return (has(lower, "start") || has(lower, "begin")) && (is_about_cleanup(lower) || has(lower, "mode"));
}

static gboolean
is_end(const char *lower)
{
	return (has(lower, "complete") || has(lower, "finished") || has(lower, "done")) && (is_about_cleanup(lower) || has(lower, "==="));
}

static gboolean
is_failure(const char *lower)
{
	return has(lower, "failed") || has(lower, "error:") || has(lower, "fatal") || has(lower, "aborted");
}

/* --- the run --- */

static void
begin(struct cleanup_text *t)
{
	cleanup_text_end(t);
	t->run = cleanup_run_new();
	t->run->mode = g_strdup("");
	t->run->at_us = t->at_us;
	g_ptr_array_add(t->runs, t->run);
}

void
cleanup_text_end(struct cleanup_text *t)
{
	t->run = NULL;
	t->has_total = t->failed = FALSE;
}

static void
set_mode(struct cleanup_text *t, const char *lower)
{
	char *mode = *t->run->mode ? NULL : mode_of(lower);

	if (mode) {
		g_free(t->run->mode);
		t->run->mode = sanitize_text(mode, -1);
		g_free(mode);
	}
}

/* A step's name is what stands before its colon or before what it freed. */
static void
add_step(struct cleanup_text *t, const char *text, gboolean failed)
{
	struct cleanup_step *step;
	g_autofree char *safe = sanitize_text(text, (gssize)MIN(strlen(text), STEP_BYTES));
	const char *colon = strstr(g_strstrip(safe), ": ");

	if (!*safe || t->run->steps->len >= CLEANUP_STEPS_MAX)
		return;
	step = g_new0(struct cleanup_step, 1);
	step->name = colon ? g_strndup(safe, (gsize)(colon - safe)) : g_strdup(safe);
	step->text = g_strdup(colon ? colon + 2 : "");
	step->failed = failed;
	g_ptr_array_add(t->run->steps, step);
}

static void
take_freed(struct cleanup_text *t, double freed, gboolean total)
{
	if (isnan(freed))
		return;
	if (total)
		t->run->freed_mb = freed;
	else if (!t->has_total)
		t->run->freed_mb = freed + (isnan(t->run->freed_mb) ? 0 : t->run->freed_mb);
	t->has_total = t->has_total || total;
}

static void
take_line(struct cleanup_text *t, const char *text, const char *lower)
{
	gboolean end = is_end(lower), failure = is_failure(lower);
	double before = percent_after(lower, "before"), after = percent_after(lower, "after");

	if (!isnan(before))
		t->run->disk_before = before;
	if (!isnan(after))
		t->run->disk_after = after;
	take_freed(t, freed_of(lower), end || has(lower, "total"));
	t->failed = t->failed || failure;
	if (failure && is_about_cleanup(lower))
		t->run->result = CRON_RESULT_FAILED;
	else if (end)
		t->run->result = t->failed ? CRON_RESULT_FAILED : CRON_RESULT_OK;
	else if (isnan(before) && isnan(after) && strspn(lower, "=-*# \t") < strlen(lower))
		add_step(t, text, failure);
	if (end)
		cleanup_text_end(t);
}

void
cleanup_text_line(struct cleanup_text *t, const char *line, gsize len)
{
	g_autofree char *copy = g_strndup(line, len), *lower = NULL;
	const char *text = copy + strspn(copy, " \t");
	gint64 at_us = take_time(&text, t->zone);
	gboolean start;

	if (at_us)
		t->at_us = at_us;
	lower = g_ascii_strdown(text, -1);
	start = is_start(lower);
	if (t->at_us > 0 && (start || (!isnan(percent_after(lower, "disk before")) && (!t->run || !isnan(t->run->disk_before)))))
		begin(t);
	if (!t->run)
		return;
	if (start || has(lower, "mode"))
		set_mode(t, lower);
	if (!start)
		take_line(t, text, lower);
}
