/* Alerts in words. */
#include "model/rules_private.h"

#include <math.h>
#include <string.h>

#include "model/labels.h"
#include "model/placeholder.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

#define SUMMARY_MOST 1024 /* bytes */

const char *
alert_state_name(enum alert_state s)
{
	static const char *const names[] = {
		[ALERT_INACTIVE] = "inactive", [ALERT_PENDING] = "pending", [ALERT_FIRING] = "firing", [ALERT_KEPT] = "kept",
	};

	return names[s];
}

char *
alert_label(const struct alert *a, const char *name)
{
	return labels_value(a->labels, name);
}

gboolean
alert_pages(const struct alert *a)
{
	return a->rule->severity == RULE_PAGE && alert_is_on(a) && !alert_is_held(a);
}

/* --- what follows --- */

static char *
clock_words(gint64 utc_us, gint64 now_utc_us)
{
	return utc_format(utc_us, utc_us - now_utc_us < 20 * 3600 * (gint64)G_USEC_PER_SEC ? "%H:%MZ" : "%Y-%m-%d %H:%MZ", "its end");
}

static char *
silence_words(const struct rules *r, gint64 number)
{
	for (guint i = 0; i < r->silences->len; i++) {
		const struct silence *s = r->silences->pdata[i];
		g_autofree char *until = NULL;
		if (s->number != number)
			continue;
		until = clock_words(s->end_utc_us, r->utc_us);
		return g_strdup_printf("do not page: silenced until %s by %s", until, s->by ? s->by : "somebody");
	}
	return g_strdup("do not page: silenced");
}

static char *
pending_words(const struct rules *r, const struct alert *a)
{
	gint64 left_us = a->rule->for_us - (r->now_us - a->active_us);

	return g_strdup_printf("in %" G_GINT64_FORMAT " s, if it stays: %s", MAX(left_us, 0) / G_USEC_PER_SEC, rule_severity_words(a->rule->severity));
}

char *
alert_consequence(const struct rules *r, const struct alert *a)
{
	if (a->state == ALERT_INACTIVE)
		return g_strdup(a->truth == TRUTH_UNKNOWN ? "not known" : "nothing to do");
	if (a->inhibited_by)
		return g_strdup_printf("do not page: inhibited by %s", a->inhibited_by->rule->name);
	if (a->silence != 0)
		return silence_words(r, a->silence);
	if (a->muted)
		return g_strdup("do not page: muted by a rollout");
	if (a->state == ALERT_PENDING)
		return pending_words(r, a);
	return g_strdup(rule_severity_words(a->rule->severity));
}

/* --- the summary --- */

/* Three significant digits, in powers of 1024. */
static void
append_bytes(GString *out, double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	guint unit = 0;

	for (; fabs(bytes) >= 1000 && unit + 1 < G_N_ELEMENTS(units); unit++)
		bytes /= 1024;
	g_string_append_printf(out, "%.*f %s", unit == 0 || fabs(bytes) >= 100 ? 0 : fabs(bytes) >= 10 ? 1 : 2, bytes, units[unit]);
}

static void
append_figure(GString *out, double value)
{
	gboolean whole = value == floor(value) && fabs(value) < 1e15;

	g_string_append_printf(out, "%.*f", whole ? 0 : fabs(value) < 10 ? 2 : 1, value);
}

/* What the value is, the name of its metric tells: the first word of the expression. */
static gboolean
metric_ends(const struct rule *rule, const char *ending)
{
	gsize begin, length;

	if (!rule->expr)
		return FALSE;
	begin = strspn(rule->expr, "( \t\r\n");
	length = strspn(rule->expr + begin, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");
	return length >= strlen(ending) && strncmp(rule->expr + begin + length - strlen(ending), ending, strlen(ending)) == 0;
}

static void
append_value(GString *out, const struct alert *a)
{
	if (isnan(a->value))
		g_string_append(out, "an unknown value");
	else if (metric_ends(a->rule, "_bytes") || metric_ends(a->rule, "_bytes_per_hour"))
		append_bytes(out, a->value);
	else if (metric_ends(a->rule, "_share"))
		g_string_append_printf(out, "%.1f %%", a->value * 100);
	else
		append_figure(out, a->value);
}

static void
append_named(GString *out, const struct alert *a, const char *name)
{
	g_autofree char *value = labels_value(a->labels, name);

	if (!value && a->notes)
		value = labels_value(a->notes, name);
	if (!value && strcmp(name, "env") == 0)
		value = g_strdup(a->env);
	if (!value && strcmp(name, "why") == 0)
		value = g_strdup(a->why_unknown);
	g_string_append(out, value ? value : "?");
}

/* Takes "{name}" at `at`; NULL: it is none, and stands as it is. */
static const char *
append_filled(GString *out, const struct alert *a, const char *text, const char *at)
{
	gsize length = placeholder_length(text, at);
	g_autofree char *name = length > 0 ? g_strndup(at + 1, length - 2) : NULL;

	if (!name)
		return NULL;
	if (strcmp(name, "value") == 0)
		append_value(out, a);
	else
		append_named(out, a, name);
	return at + length;
}

char *
alert_summary(const struct alert *a)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *text = a->rule->summary ? a->rule->summary : a->rule->name, *at = text;

	while (*at && out->len <= SUMMARY_MOST) {
		const char *next = append_filled(out, a, text, at);
		if (next)
			at = next;
		else
			g_string_append_c(out, *at++);
	}
	if (out->len > SUMMARY_MOST) {
		g_string_truncate(out, sanitize_fit(out->str, out->len, SUMMARY_MOST));
		g_string_append(out, "…");
	}
	return sanitize_text(out->str, (gssize)out->len);
}
