#include "backends/gateway_reply.h"

#include <string.h>

#include "model/sanitize.h"

#define MINUTES_MOST 2048
#define LINES_MOST 10000
#define CLOCK_LEAST_S 5 /* less is the way of the answer, and would put the lines of gateways out of their order */
#define CLOCK_MOST_S ((guint64)1 << 34) /* no clock is so wrong */

struct reading {
	struct gateway_reply *out;
	double uptime_s;           /* -1: not told */
	guint64 active_us, inactive_us; /* of the monotonic clock; 0: never */
	char *load, *active;
	char *said;                /* the first line of systemctl that is no property */
};

static gboolean
number_after(const char *text, guint64 *out)
{
	return g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, out, NULL);
}

static void
replace(char **field, const char *text)
{
	g_free(*field);
	*field = sanitize_text(text, -1);
}

static gboolean
take_property(struct reading *r, const char *line)
{
	struct gateway_report *report = &r->out->report;
	const char *value = strchr(line, '=');
	guint64 n;

	if (!value)
		return FALSE;
	value++;
	if (g_str_has_prefix(line, "LoadState="))
		replace(&r->load, value);
	else if (g_str_has_prefix(line, "ActiveState="))
		replace(&r->active, value);
	else if (g_str_has_prefix(line, "SubState="))
		replace(&report->sub, value);
	else if (g_str_has_prefix(line, "ActiveEnterTimestampMonotonic="))
		(void)number_after(value, &r->active_us);
	else if (g_str_has_prefix(line, "InactiveEnterTimestampMonotonic="))
		(void)number_after(value, &r->inactive_us);
	else if (g_str_has_prefix(line, "NRestarts=") && number_after(value, &n))
		report->restarts = (gint64)n;
	else if (g_str_has_prefix(line, "MemoryCurrent=") && number_after(value, &n)) /* "[not set]" and 2^64 - 1 are none */
		report->memory = (gint64)n;
	else
		return FALSE;
	return TRUE;
}

static void
take_minute(struct reading *r, const char *text)
{
	char *end;
	struct gateway_minute m;
	gint64 errors, fatals;

	m.minute = g_ascii_strtoll(text, &end, 10);
	errors = g_ascii_strtoll(end, &end, 10);
	fatals = g_ascii_strtoll(end, &end, 10);
	if (*end || m.minute < 0 || m.minute > G_MAXUINT32 || errors < 1 || fatals < 0 || r->out->minutes->len >= MINUTES_MOST)
		return;
	m.errors = (guint)MIN(errors, G_MAXUINT32);
	m.fatals = (guint)MIN(fatals, errors);
	g_array_append_val(r->out->minutes, m);
}

gint64
gateway_line_time(const char **text, gsize *len)
{
	const char *at = *text, *end = at + *len;
	gint64 us = 0, unit = G_USEC_PER_SEC;

	for (; at < end && g_ascii_isdigit(*at) && us < G_MAXINT64 / 100; at++)
		us = us * 10 + (*at - '0');
	if (at == *text || at == end || *at != '.' || us > G_MAXINT64 / 2 / G_USEC_PER_SEC)
		return 0;
	us *= G_USEC_PER_SEC;
	for (at++; at < end && g_ascii_isdigit(*at); at++)
		us += (*at - '0') * (unit /= 10);
	at += at < end && *at == ' ';
	*len -= (gsize)(at - *text);
	*text = at;
	return us;
}

static void
take_line(struct reading *r, const char *text, gsize len)
{
	struct gateway_line l = { .text = text, .len = len };
	gint64 ahead_us = r->out->report.clock_ahead_s * G_USEC_PER_SEC, time_us;

	if (r->out->lines->len >= LINES_MOST)
		return;
	time_us = gateway_line_time(&l.text, &l.len);
	if (time_us == 0 && r->out->lines->len > 0)
		l.utc_us = g_array_index(r->out->lines, struct gateway_line, r->out->lines->len - 1).utc_us;
	else if (time_us > 0)
		l.utc_us = MAX(time_us - ahead_us, 1);
	g_array_append_val(r->out->lines, l);
}

static void
take_last(struct reading *r, const char *text)
{
	struct gateway_report *report = &r->out->report;
	gsize len = strlen(text);
	gint64 time_us = gateway_line_time(&text, &len);

	g_free(report->last_error);
	report->last_error = sanitize_text(text, (gssize)len);
	report->last_error_us = time_us > 0 ? MAX(time_us - report->clock_ahead_s * G_USEC_PER_SEC, 1) : 0;
}

static void
take_problem(struct gateway_report *report, const char *text)
{
	g_autofree char *safe = sanitize_text(text, -1), *before = g_steal_pointer(&report->problem);

	g_strstrip(safe);
	report->problem = before ? g_strdup_printf("%s; %s", before, safe) : g_strdup(safe);
}

static void
take_clock(struct reading *r, const char *text, gint64 now_us)
{
	gint64 ahead_s;
	guint64 s;

	if (!number_after(text, &s) || s >= CLOCK_MOST_S)
		return;
	ahead_s = (gint64)s - now_us / G_USEC_PER_SEC;
	r->out->report.clock_ahead_s = ABS(ahead_s) < CLOCK_LEAST_S ? 0 : ahead_s;
}

static void
take_uptime(struct reading *r, const char *text)
{
	double s = g_ascii_strtod(text, NULL);

	if (s >= 0 && s < (double)CLOCK_MOST_S) /* which what is no number is not */
		r->uptime_s = s;
}

/* `line` is NUL-terminated. */
static void
take(struct reading *r, const char *line, gsize len, gint64 now_us)
{
	struct gateway_report *report = &r->out->report;
	const char *rest = line + 2;

	if (len < 2 || line[1] != ' ') {
		if (len > 0 && !take_property(r, line) && !r->said)
			r->said = g_strdup(line);
		return;
	}
	switch (*line) {
	case 'T': take_clock(r, rest, now_us); break;
	case 'B': take_uptime(r, rest); break;
	case 'M': take_minute(r, rest); break;
	case 'L': take_last(r, rest); break;
	case 'D': (void)number_after(rest, &r->out->dropped); break;
	case 'X': take_problem(report, rest); break;
	case 'R': r->out->right = *rest == 'o' ? GATEWAY_RIGHT_OWN : *rest == 's' ? GATEWAY_RIGHT_SUDO : GATEWAY_RIGHT_NONE; break;
	case 'V':
		replace(&report->version, rest);
		g_strstrip(report->version);
		r->out->version_told = *report->version != '\0';
		break;
	case 'C':
		g_free(report->cursor);
		report->cursor = g_strdup(rest);
		break;
	default: break;
	}
}

static enum unit_state
unit_of(const struct reading *r)
{
	static const struct { const char *word; enum unit_state state; } states[] = {
		{ "active", UNIT_ACTIVE }, { "reloading", UNIT_ACTIVE }, { "activating", UNIT_ACTIVATING }, { "deactivating", UNIT_DEACTIVATING },
		{ "inactive", UNIT_INACTIVE }, { "failed", UNIT_FAILED },
	};

	if (g_strcmp0(r->load, "not-found") == 0)
		return UNIT_MISSING;
	for (guint i = 0; r->active && i < G_N_ELEMENTS(states); i++)
		if (strcmp(r->active, states[i].word) == 0)
			return states[i].state;
	return UNIT_UNKNOWN;
}

static void
settle(struct reading *r)
{
	struct gateway_report *report = &r->out->report;
	guint64 since_us;

	report->unit = unit_of(r);
	since_us = report->unit == UNIT_ACTIVE ? r->active_us : report->unit == UNIT_INACTIVE || report->unit == UNIT_FAILED ? r->inactive_us : 0;
	if (since_us > 0 && r->uptime_s >= 0)
		report->since_s = MAX((gint64)(r->uptime_s - (double)since_us / G_USEC_PER_SEC), 0);
	if (report->unit == UNIT_UNKNOWN && r->said)
		take_problem(report, r->said);
	if (r->load && report->unit != UNIT_MISSING && strcmp(r->load, "loaded") != 0) {
		g_autofree char *words = g_strdup_printf("its unit is %s", r->load); /* masked, bad-setting, error */
		take_problem(report, words);
	}
	g_free(r->load);
	g_free(r->active);
	g_free(r->said);
}

/* Behind the line that begins the answer; NULL when there is none. */
static const char *
begin_of(const char *text, gsize len)
{
	const char *at = g_strstr_len(text, (gssize)len, GATEWAY_REPLY_BEGIN "\n");

	while (at && at > text && at[-1] != '\n')
		at = g_strstr_len(at + 1, (gssize)(len - (gsize)(at + 1 - text)), GATEWAY_REPLY_BEGIN "\n");
	return at ? at + strlen(GATEWAY_REPLY_BEGIN) + 1 : NULL;
}

gboolean
gateway_reply_parse(const char *text, gsize len, gint64 now_us, gint64 ahead_s, struct gateway_reply *out, const char **problem)
{
	struct reading r = { .out = out, .uptime_s = -1 };
	const char *at, *end = text + len;
	g_autoptr(GString) line = g_string_new(NULL);

	*out = (struct gateway_reply){
		.report = { .since_s = -1, .restarts = -1, .memory = -1, .errors = -1, .fatals = -1, .clock_ahead_s = ahead_s },
		.minutes = g_array_new(FALSE, FALSE, sizeof(struct gateway_minute)), .lines = g_array_new(FALSE, FALSE, sizeof(struct gateway_line)),
	};
	at = begin_of(text, len);
	if (!at) {
		*problem = len == 0 ? "it printed nothing" : "what it printed is something else";
		return FALSE;
	}
	while (at < end) {
		const char *stop = memchr(at, '\n', (gsize)(end - at));
		if (!stop)
			stop = end;
		if (stop - at > 2 && at[0] == 'S' && at[1] == ' ') {
			take_line(&r, at + 2, (gsize)(stop - at) - 2);
		} else {
			g_string_truncate(line, 0);
			g_string_append_len(line, at, stop - at);
			take(&r, line->str, line->len, now_us);
		}
		at = stop + 1;
	}
	settle(&r);
	return TRUE;
}

void
gateway_reply_clear(struct gateway_reply *r)
{
	gateway_report_clear(&r->report);
	g_clear_pointer(&r->minutes, g_array_unref);
	g_clear_pointer(&r->lines, g_array_unref);
}
