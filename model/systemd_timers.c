#include "model/systemd_timers.h"

#include <string.h>

#include "model/json.h"
#include "model/sanitize.h"

#define TIME_MAX G_GINT64_CONSTANT(9000000000000000) /* microseconds; systemd writes "never" as the greatest number */

static gint64
time_of(const cJSON *timer, const char *name)
{
	gint64 us = json_integer(timer, name);

	return us > 0 && us < TIME_MAX ? us : 0;
}

static char *
text_of(const cJSON *timer, const char *name)
{
	char *value = json_safe(timer, name);

	return value ? value : g_strdup("");
}

static void
add_timer(const cJSON *timer, GPtrArray *jobs)
{
	struct cron_job *j = cron_job_new(CRON_TIMER);

	j->where = text_of(timer, "unit");
	j->command = text_of(timer, "activates");
	j->key = g_strconcat("timer:", j->where, NULL);
	j->schedule = g_strdup("");
	j->name = g_str_has_suffix(j->where, ".timer") ? g_strndup(j->where, strlen(j->where) - strlen(".timer")) : g_strdup(j->where);
	j->next_us = time_of(timer, "next");
	j->last_us = time_of(timer, "last");
	j->last_from = j->last_us ? "systemd" : NULL;
	g_ptr_array_add(jobs, j);
}

gboolean
systemd_timers_list(const char *json, gsize len, GPtrArray *jobs)
{
	g_autoptr(cJSON) list = cJSON_ParseWithLength(json, len);
	gboolean good = cJSON_IsArray(list);
	const cJSON *timer;
	guint count = 0;

	cJSON_ArrayForEach(timer, list)
		if (good && json_string(timer, "unit") && count++ < SYSTEMD_TIMERS_MAX)
			add_timer(timer, jobs);
	return good;
}

/* --- systemctl show --- */

struct unit {
	char *id, *result, *active, *sub, *user, *load;
	GString *schedule;
	int status;
	gboolean ended, refused; /* it has run to an end; a condition kept it from running */
};

static void
unit_clear(struct unit *u)
{
	g_free(u->id);
	g_free(u->result);
	g_free(u->active);
	g_free(u->sub);
	g_free(u->user);
	g_free(u->load);
	if (u->schedule)
		g_string_free(u->schedule, TRUE);
	memset(u, 0, sizeof *u);
}

/* "{ OnCalendar=*-*-* 06,18:00:00 ; next_elapse=… }": the calendar alone, of a monotonic one with its name. */
static void
add_schedule(struct unit *u, const char *value)
{
	const char *start = value + strspn(value, "{ "), *end = strstr(start, " ; ");
	g_autofree char *one = g_strndup(start, end ? (gsize)(end - start) : strlen(start));
	g_autofree char *safe = sanitize_text(g_str_has_prefix(one, "OnCalendar=") ? one + strlen("OnCalendar=") : one, -1);

	if (!u->schedule)
		u->schedule = g_string_new(NULL);
	g_string_append_printf(u->schedule, "%s%s", u->schedule->len ? ", " : "", safe);
}

static void
set_text(char **out, const char *value)
{
	g_free(*out);
	*out = sanitize_text(value, -1);
}

static void
read_property(struct unit *u, const char *name, const char *value)
{
	const struct { const char *name; char **out; } texts[] = {
		{ "Id", &u->id }, { "Result", &u->result }, { "ActiveState", &u->active }, { "SubState", &u->sub }, { "User", &u->user },
		{ "LoadState", &u->load },
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			set_text(texts[i].out, value);
	if (strcmp(name, "ExecMainStatus") == 0)
		u->status = (int)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, G_MAXINT);
	else if (strcmp(name, "ExecMainExitTimestamp") == 0)
		u->ended = *value && strcmp(value, "n/a") != 0;
	else if (strcmp(name, "ConditionResult") == 0)
		u->refused = strcmp(value, "no") == 0;
	else if (g_str_has_prefix(name, "Timers"))
		add_schedule(u, value);
}

static char *
result_text(const struct unit *u)
{
	if (strcmp(u->result, "exit-code") == 0 && u->status > 0)
		return g_strdup_printf("exit %d", u->status);
	if ((strcmp(u->result, "signal") == 0 || strcmp(u->result, "core-dump") == 0) && u->status > 0)
		return g_strdup_printf("signal %d", u->status);
	return g_strdup(u->result);
}

static void
set_result(const struct unit *u, struct cron_job *j)
{
	const char *active = u->active ? u->active : "", *sub = u->sub ? u->sub : "";

	if (strcmp(active, "activating") == 0 || (strcmp(active, "active") == 0 && strcmp(sub, "running") == 0)) {
		j->result = CRON_RESULT_RUNNING;
	} else if (u->result && *u->result && strcmp(u->result, "success") != 0) {
		j->result = CRON_RESULT_FAILED;
		j->result_text = result_text(u);
		j->exit_status = u->status > 0 && strcmp(u->result, "exit-code") == 0 ? u->status : -1;
	} else if (u->ended) {
		j->result = CRON_RESULT_OK;
		j->exit_status = u->status;
	} else if (u->refused && j->last_us) {
		j->result_text = g_strdup("a condition was not met");
	}
}

static void
take_unit(const struct unit *u, GPtrArray *jobs)
{
	for (guint i = 0; u->id && i < jobs->len; i++) {
		struct cron_job *j = jobs->pdata[i];
		if (j->origin != CRON_TIMER)
			continue;
		if (strcmp(j->where, u->id) == 0 && u->schedule) {
			set_text(&j->schedule, u->schedule->str);
		} else if (strcmp(j->command, u->id) == 0 && !j->user) {
			j->user = g_strdup(u->user && *u->user ? u->user : "root");
			if (u->load && strcmp(u->load, "not-found") == 0)
				j->problem = g_strdup_printf("there is no unit %s", u->id);
			set_result(u, j);
		}
	}
}

void
systemd_timers_show(const char *text, gsize len, GPtrArray *jobs)
{
	g_autofree char *copy = g_strndup(text, len);
	struct unit unit = { 0 };

	for (char *line = copy, *next; line; line = next) {
		char *equals;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		equals = strchr(line, '=');
		if (equals) {
			*equals = '\0';
			read_property(&unit, line, equals + 1);
		}
		if (*line == '\0' || !next) {
			take_unit(&unit, jobs);
			unit_clear(&unit);
		}
	}
}
