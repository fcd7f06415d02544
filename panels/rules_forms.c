/* What is asked, one prompt after the other: for how long and why an alert is silenced; and the form of a rule that no input can tell, which asks for
 * the labels that stand in its summary. */
#include <string.h>

#include "model/duration.h"
#include "model/labels.h"
#include "model/placeholder.h"
#include "panels/rules_private.h"

#define WHY "why (others read it): "

static void ask(struct rules_view *v, enum action command, const char *label, const char *initial)
{
	list_request(&v->list, &(struct request){ .kind = REQUEST_REASON, .command = command, .text = label, .object = initial });
}

static void forget(struct rules_view *v)
{
	g_clear_pointer(&v->target, g_free);
	v->seconds = 0;
	g_string_truncate(v->labels, 0);
	g_ptr_array_set_size(v->asked, 0);
}

gint64 rules_duration(const char *text)
{
	gint64 seconds;

	return duration_parse(text, &seconds) && seconds <= RULES_SILENCE_MAX_US / G_USEC_PER_SEC ? seconds : 0;
}

/* --- silences --- */

void rules_ask_silence(struct rules_view *v)
{
	forget(v);
	v->target = g_strdup(table_selected(v->list.table));
	ask(v, ACT_RULE_SILENCE, "silence for (30m, 2h, 1d): ", "2h");
}

static void silence(struct rules_view *v, const char *comment)
{
	struct rules_line r;

	if (!rules_line_find(&v->list, v->target, &r)) {
		panel_notice(&v->list.context, "nothing was silenced: the alert is gone");
	} else if (r.foreign) {
		list_request(&v->list, &(struct request){ .kind = REQUEST_SILENCE_FOREIGN, .object = r.foreign->fingerprint, .seconds = v->seconds, .text = comment });
	} else { /* a row of a whole rule silences all of it */
		const char *labels = r.alert && *v->target == 'a' ? r.alert->labels : NULL;
		list_request(&v->list, &(struct request){ .kind = REQUEST_SILENCE, .object = r.rule->name, .labels = labels, .seconds = v->seconds, .text = comment });
	}
	forget(v);
}

static void silence_answered(struct rules_view *v, const char *text)
{
	if (v->seconds == 0) {
		v->seconds = rules_duration(text);
		if (v->seconds > 0) {
			ask(v, ACT_RULE_SILENCE, WHY, "");
		} else {
			panel_notice(&v->list.context, "nothing was silenced: \"%s\" is no time up to 30d, as 30m, 2h or 1d", text);
			forget(v);
		}
	} else if (*text) {
		silence(v, text);
	} else {
		panel_notice(&v->list.context, "nothing was silenced: a silence needs a reason");
		forget(v);
	}
}

/* --- the form --- */

static int compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The {names} in a summary but the value, sorted as labels are. */
static void collect_labels(const char *summary, GPtrArray *out)
{
	const char *text = summary ? summary : "";

	for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
		gsize length = placeholder_length(text, at);
		g_autofree char *name = length > 0 ? g_strndup(at + 1, length - 2) : NULL;
		if (name && strcmp(name, "value") != 0 && !g_ptr_array_find_with_equal_func(out, name, g_str_equal, NULL))
			g_ptr_array_add(out, g_steal_pointer(&name));
	}
	g_ptr_array_sort(out, compare_words);
}

static void ask_next(struct rules_view *v)
{
	g_autofree char *label = v->asked->len > 0 ? g_strdup_printf("%s: ", (const char *)v->asked->pdata[0]) : NULL;

	ask(v, ACT_RULE_MANUAL, label ? label : "what is known, and from whom: ", "");
}

void rules_ask_manual(struct rules_view *v)
{
	struct rules_line r;

	forget(v);
	if (!rules_line_find(&v->list, table_selected(v->list.table), &r) || !r.rule)
		return;
	v->target = g_strdup(table_selected(v->list.table));
	if (!rules_is_firing(&r)) /* one that fires is taken back: its labels are known */
		collect_labels(r.rule->summary, v->asked);
	ask_next(v);
}

static void say(struct rules_view *v, const char *comment)
{
	struct rules_line r;
	gboolean fires;

	if (!rules_line_find(&v->list, v->target, &r) || !r.rule) {
		panel_notice(&v->list.context, "nothing was said: the rule is gone");
	} else {
		fires = rules_is_firing(&r);
		list_request(&v->list, &(struct request){
			.kind = REQUEST_MANUAL, .object = r.rule->name, .labels = fires ? r.alert->labels : v->labels->str, .is_true = !fires, .text = comment });
	}
	forget(v);
}

static void manual_answered(struct rules_view *v, const char *text)
{
	if (!*text) {
		panel_notice(&v->list.context, "nothing was said: the form needs an answer to each question");
		forget(v);
	} else if (v->asked->len > 0) {
		labels_append(v->labels, v->asked->pdata[0], text);
		g_ptr_array_remove_index(v->asked, 0);
		ask_next(v);
	} else {
		say(v, text);
	}
}

void rules_answered(struct rules_view *v, enum action command, const char *text)
{
	g_autofree char *typed = text ? g_strstrip(g_strdup(text)) : NULL;

	if (!v->target)
		return;
	if (!typed)
		forget(v);
	else if (command == ACT_RULE_SILENCE)
		silence_answered(v, typed);
	else
		manual_answered(v, typed);
}
