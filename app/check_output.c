#include "app/check_output.h"

#include <cjson/cJSON.h>
#include <config.h>
#include <string.h>

#include "app/json_out.h"
#include "model/utc_text.h"

static const char *
word(enum verdict v)
{
	return v == VERDICT_NONE || v == VERDICT_RUNNING ? "not run" : v == VERDICT_ASKED ? "unanswered" : verdict_name(v);
}

static const char *
colour(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS: return "\033[32m";
	case VERDICT_FAIL: return "\033[1;31m";
	case VERDICT_ATTENTION:
	case VERDICT_UNKNOWN: return "\033[33m";
	default: return "\033[2m";
	}
}

static char *
painted(enum verdict v, const char *text, gboolean colours)
{
	return colours ? g_strdup_printf("%s%s\033[0m", colour(v), text) : g_strdup(text);
}

/* RFC 3339 in UTC; NULL for 0. */
static char *
time_text(gint64 utc_us, const char *format)
{
	g_autoptr(GDateTime) t = utc_us ? g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC) : NULL;

	return t ? g_date_time_format(t, format) : NULL;
}

static const struct check *
check_at(const struct run_step *s, guint i)
{
	return s->step->checks->pdata[i];
}

/* --- text --- */

char *
check_output_event(const struct check_run *r, const struct run_event *e, gboolean colours)
{
	g_autofree char *at = time_text(e->utc_us, "%H:%M:%SZ"), *to = painted(e->to, word(e->to), colours);
	const struct run_step *s = e->step >= 0 ? r->steps->pdata[e->step] : NULL;

	if (!s)
		return g_strdup_printf("%s %s", at, e->text);
	return g_strdup_printf("%s %d %s: %s%s%s", at, e->step + 1, s->step->title, to, e->text && *e->text ? " · " : "", e->text ? e->text : "");
}

static void
append_step(GString *out, const struct run_step *s, guint number, gboolean colours)
{
	g_autofree char *padded = g_strdup_printf("%-10s", word(s->verdict)), *verdict = painted(s->verdict, padded, colours);

	g_string_append_printf(out, "%s %u %s%s\n", verdict, number, s->step->title, s->overridden ? " (overridden)" : "");
	for (guint i = 0; i < s->step->checks->len; i++) {
		const struct check_result *c = &s->results[i];
		if (c->verdict == VERDICT_NONE || (c->verdict == VERDICT_SKIPPED && !c->summary))
			continue;
		g_string_append_printf(out, "             %s%s%s\n", check_at(s, i)->label ? check_at(s, i)->label : "", check_at(s, i)->label ? ": " : "",
		                       c->summary ? c->summary : "");
		for (guint k = 0; c->verdict != VERDICT_PASS && c->lines && k < c->lines->len; k++)
			g_string_append_printf(out, "               %s\n", (const char *)c->lines->pdata[k]);
		if (c->verdict != VERDICT_PASS && c->lines_left_out)
			g_string_append_printf(out, "               … and %" G_GUINT64_FORMAT " more\n", c->lines_left_out);
	}
}

char *
check_output_text(const struct check_run *r, gboolean colours)
{
	enum verdict v = run_verdict(r);
	g_autofree char *verdict = painted(v, word(v), colours);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < r->steps->len; i++)
		append_step(out, r->steps->pdata[i], i + 1, colours);
	g_string_append_printf(out, "%s: %s", r->checklist->title, verdict);
	if (r->number)
		g_string_append_printf(out, ", run %" G_GINT64_FORMAT, r->number);
	if (r->state != RUN_DONE)
		g_string_append_printf(out, ", %s", run_state_name(r->state));
	if (v == VERDICT_FAIL)
		g_string_append_printf(out, ": do not proceed: escalate to %s", r->checklist->escalate ? r->checklist->escalate : "on-call");
	g_string_append_c(out, '\n');
	if (r->report)
		g_string_append_printf(out, "report: %s\n", r->report);
	return g_string_free(out, FALSE);
}

/* --- JSON --- */

static void
add_time(cJSON *o, const char *name, gint64 utc_us)
{
	g_autofree char *text = utc_us ? utc_iso(utc_us) : NULL;

	json_out_text(o, name, text);
}

static void
add_list(cJSON *o, const char *name, const GPtrArray *texts)
{
	cJSON *list = cJSON_AddArrayToObject(o, name);

	for (guint i = 0; texts && i < texts->len; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(texts->pdata[i]));
}

static cJSON *
check_json(const struct check *check, const struct check_result *c)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "kind", check_kind_name(check->kind));
	json_out_text(o, "label", check->label);
	cJSON_AddStringToObject(o, "verdict", word(c->verdict));
	json_out_text(o, "summary", c->summary);
	add_list(o, "lines", c->lines);
	cJSON_AddNumberToObject(o, "lines_left_out", (double)c->lines_left_out);
	json_out_text(o, "command", c->command);
	add_time(o, "begun", c->begun_us);
	cJSON_AddNumberToObject(o, "took_s", (double)c->took_us / G_USEC_PER_SEC);
	json_out_text(o, "answered_by", c->by);
	return o;
}

static cJSON *
step_json(const struct run_step *s, guint number)
{
	cJSON *o = cJSON_CreateObject(), *checks;

	cJSON_AddNumberToObject(o, "number", number);
	cJSON_AddStringToObject(o, "id", s->step->id);
	cJSON_AddStringToObject(o, "title", s->step->title);
	json_out_text(o, "subsystem", s->step->subsystem);
	cJSON_AddBoolToObject(o, "gate", s->step->gate);
	cJSON_AddStringToObject(o, "verdict", word(s->verdict));
	cJSON_AddNumberToObject(o, "failures", s->failures);
	cJSON_AddNumberToObject(o, "failed_s", (double)s->failed_us / G_USEC_PER_SEC);
	json_out_text(o, "overridden", s->overridden);
	checks = cJSON_AddArrayToObject(o, "checks");
	for (guint i = 0; i < s->step->checks->len; i++)
		cJSON_AddItemToArray(checks, check_json(check_at(s, i), &s->results[i]));
	return o;
}

static cJSON *
event_json(const struct run_event *e)
{
	cJSON *o = cJSON_CreateObject();

	add_time(o, "at", e->utc_us);
	if (e->step >= 0)
		cJSON_AddNumberToObject(o, "step", e->step + 1);
	else
		cJSON_AddNullToObject(o, "step");
	cJSON_AddStringToObject(o, "from", word(e->from));
	cJSON_AddStringToObject(o, "to", word(e->to));
	json_out_text(o, "text", e->text);
	return o;
}

char *
check_output_json(const struct check_run *r, int exit_code)
{
	cJSON *o = cJSON_CreateObject(), *list;
	char *printed, *text;

	cJSON_AddStringToObject(o, "schema", CHECK_OUTPUT_SCHEMA);
	cJSON_AddStringToObject(o, "midwatch", PACKAGE_VERSION);
	if (r->number)
		cJSON_AddNumberToObject(o, "run", (double)r->number);
	else
		cJSON_AddNullToObject(o, "run");
	cJSON_AddStringToObject(o, "checklist", r->checklist->name);
	cJSON_AddStringToObject(o, "title", r->checklist->title ? r->checklist->title : r->checklist->name);
	json_out_text(o, "actor", r->actor);
	json_out_text(o, "expected_version", r->version);
	add_list(o, "touches", r->touched);
	cJSON_AddStringToObject(o, "state", run_state_name(r->state));
	cJSON_AddStringToObject(o, "verdict", word(run_verdict(r)));
	cJSON_AddNumberToObject(o, "exit_code", exit_code);
	add_time(o, "begun", r->begun_us);
	add_time(o, "window_end", r->window_end_us);
	add_time(o, "ended", r->ended_us);
	cJSON_AddNumberToObject(o, "unwatched_s", (double)r->unwatched_us / G_USEC_PER_SEC);
	json_out_text(o, "report", r->report);
	add_list(o, "links", r->links);
	list = cJSON_AddArrayToObject(o, "steps");
	for (guint i = 0; i < r->steps->len; i++)
		cJSON_AddItemToArray(list, step_json(r->steps->pdata[i], i + 1));
	list = cJSON_AddArrayToObject(o, "events");
	for (guint i = 0; i < r->events->len; i++)
		cJSON_AddItemToArray(list, event_json(r->events->pdata[i]));
	printed = cJSON_Print(o);
	text = g_strconcat(printed, "\n", NULL);
	cJSON_free(printed);
	cJSON_Delete(o);
	return text;
}

/* --- JUnit --- */

/* Safe text holds no controls; XML knows two characters less than Unicode. */
static char *
xml(const char *text)
{
	g_autofree char *escaped = g_markup_escape_text(text ? text : "", -1);
	g_auto(GStrv) parts = NULL;
	g_autofree char *without = NULL;

	if (!strstr(escaped, "\xef\xbf\xbe") && !strstr(escaped, "\xef\xbf\xbf"))
		return g_steal_pointer(&escaped);
	parts = g_strsplit(escaped, "\xef\xbf\xbe", -1);
	without = g_strjoinv("\xef\xbf\xbd", parts);
	g_clear_pointer(&parts, g_strfreev);
	parts = g_strsplit(without, "\xef\xbf\xbf", -1);
	return g_strjoinv("\xef\xbf\xbd", parts);
}

struct counts { guint tests, failures, errors, skipped; };

static const char *
element(enum verdict v)
{
	switch (v) {
	case VERDICT_FAIL: return "failure";
	case VERDICT_UNKNOWN: return "error";
	case VERDICT_PASS:
	case VERDICT_ATTENTION: return "system-out";
	default: return "skipped";
	}
}

static void
count(struct counts *n, enum verdict v)
{
	const char *e = element(v);

	n->tests++;
	n->failures += strcmp(e, "failure") == 0;
	n->errors += strcmp(e, "error") == 0;
	n->skipped += strcmp(e, "skipped") == 0;
}

static void
append_case(GString *out, const struct check_run *r, const struct run_step *s, guint i)
{
	const struct check_result *c = &s->results[i];
	const struct check *check = check_at(s, i);
	g_autofree char *list = xml(r->checklist->name), *id = xml(s->step->id), *label = xml(check->label ? check->label : check_kind_name(check->kind));
	g_autofree char *summary = xml(c->summary ? c->summary : word(c->verdict));
	const char *name = element(c->verdict);

	g_string_append_printf(out, "    <testcase classname=\"%s.%s\" name=\"%u %s\" time=\"%.3f\">\n", list, id, i + 1, label, (double)c->took_us / G_USEC_PER_SEC);
	if (strcmp(name, "system-out") == 0)
		g_string_append_printf(out, "      <system-out>%s", summary);
	else if (strcmp(name, "skipped") == 0)
		g_string_append_printf(out, "      <skipped message=\"%s\">", summary);
	else
		g_string_append_printf(out, "      <%s message=\"%s\" type=\"%s\">", name, summary, word(c->verdict));
	for (guint k = 0; c->lines && k < c->lines->len; k++) {
		g_autofree char *line = xml(c->lines->pdata[k]);
		g_string_append_printf(out, "\n%s", line);
	}
	g_string_append_printf(out, "</%s>\n    </testcase>\n", name);
}

char *
check_output_junit(const struct check_run *r)
{
	g_autofree char *title = xml(r->checklist->title ? r->checklist->title : r->checklist->name), *begun = time_text(r->begun_us, "%Y-%m-%dT%H:%M:%S");
	double took = (double)((r->ended_us ? r->ended_us : r->begun_us) - r->begun_us) / G_USEC_PER_SEC;
	GString *body = g_string_new(NULL);
	struct counts all = { 0 };

	for (guint i = 0; i < r->steps->len; i++) {
		const struct run_step *s = r->steps->pdata[i];
		g_autofree char *name = xml(s->step->title);
		struct counts n = { 0 };
		for (guint k = 0; k < s->step->checks->len; k++) {
			count(&n, s->results[k].verdict);
			count(&all, s->results[k].verdict);
		}
		g_string_append_printf(body, "  <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" timestamp=\"%s\">\n", name, n.tests,
		                       n.failures, n.errors, n.skipped, begun);
		for (guint k = 0; k < s->step->checks->len; k++)
			append_case(body, r, s, k);
		g_string_append(body, "  </testsuite>\n");
	}
	g_string_append(body, "</testsuites>\n");
	{
		g_autofree char *head = g_strdup_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		                                        "<testsuites name=\"%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%.3f\">\n",
		                                        title, all.tests, all.failures, all.errors, all.skipped, took);
		g_string_prepend(body, head);
	}
	return g_string_free(body, FALSE);
}
