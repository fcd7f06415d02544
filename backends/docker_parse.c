#include "backends/docker_parse.h"

#include <string.h>

#include "model/json.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

#define HEALTH_LOG_MAX 5           /* what the daemon keeps; more is not believed */
#define NS_PER_US 1000
#define LABEL_STACK "com.docker.compose.project"
#define LABEL_SERVICE "com.docker.compose.service"
#define LABEL_DEPENDS "com.docker.compose.depends_on"

gboolean
docker_parse_is_id(const char *id)
{
	gsize n = id ? strspn(id, "0123456789abcdef") : 0;

	return n >= 12 && n <= 64 && id[n] == '\0';
}

static gint64
time_of(const cJSON *o, const char *name)
{
	return utc_parse(json_string(o, name));
}

static void
replace(char **where, char *text /* owned */)
{
	g_free(*where);
	*where = text;
}

/* --- list --- */

static char *
name_of(const char *raw)
{
	return raw ? sanitize_text(raw[0] == '/' ? raw + 1 : raw, -1) : NULL;
}

/* The container's own name: links add more, "/other/alias". */
static char *
own_name(const cJSON *row)
{
	const cJSON *one;
	const char *best = NULL;

	cJSON_ArrayForEach(one, json_array(row, "Names")) {
		const char *s = cJSON_IsString(one) ? one->valuestring : NULL;
		if (s && *s && (!best || (strchr(best + 1, '/') && !strchr(s + 1, '/'))))
			best = s;
	}
	return name_of(best);
}

static void
read_labels(const cJSON *labels, struct container *c)
{
	replace(&c->stack, json_safe(labels, LABEL_STACK));
	replace(&c->service, json_safe(labels, LABEL_SERVICE));
	replace(&c->depends_on, json_safe(labels, LABEL_DEPENDS));
}

static struct container *
read_row(const cJSON *row)
{
	const char *id = json_string(row, "Id");
	g_autofree char *state = json_safe(row, "State");
	struct container *c;
	gint64 created;

	if (!docker_parse_is_id(id))
		return NULL;
	c = container_new(id);
	c->name = own_name(row);
	if (!c->name || !*c->name)
		replace(&c->name, g_strndup(id, 12));
	c->image = json_safe(row, "Image");
	c->image_id = json_safe(row, "ImageID");
	c->command = json_safe(row, "Command");
	created = json_integer(row, "Created");
	c->created_us = created > 0 && created < G_MAXINT64 / G_USEC_PER_SEC ? created * G_USEC_PER_SEC : 0;
	c->state = container_state_parse(state);
	c->status = json_safe(row, "Status");
	c->health = c->state == CONTAINER_STATE_UNKNOWN ? HEALTH_UNKNOWN : container_health_parse(c->status);
	read_labels(json_object(row, "Labels"), c);
	return c;
}

static void
free_container(gpointer data)
{
	container_free(data);
}

GPtrArray *
docker_parse_list(const char *bytes, gsize len, guint *skipped, GError **error)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Array, "container list", error);
	GPtrArray *rows;
	const cJSON *row;

	*skipped = 0;
	if (!json)
		return NULL;
	rows = g_ptr_array_new_with_free_func(free_container);
	cJSON_ArrayForEach(row, json) {
		struct container *c = read_row(row);
		if (c)
			g_ptr_array_add(rows, c);
		else
			++*skipped;
	}
	return rows;
}

/* --- inspect --- */

static void
read_health_log(const cJSON *health, struct container_detail *d)
{
	const cJSON *log = json_array(health, "Log"), *one;
	int skip = cJSON_GetArraySize(log) - HEALTH_LOG_MAX;

	g_ptr_array_set_size(d->health_log, 0);
	cJSON_ArrayForEach(one, log) {
		struct health_probe *p;
		const char *output = json_string(one, "Output");
		if (skip-- > 0)
			continue;
		p = g_new0(struct health_probe, 1);
		p->start_us = time_of(one, "Start");
		p->end_us = time_of(one, "End");
		p->exit_code = json_int(one, "ExitCode");
		p->output = sanitize_lines(output ? output : "", -1);
		/* The daemon marks its cut with three dots behind 4,096 bytes. */
		if (output && strlen(output) == 4096 + 3 && g_str_has_suffix(p->output, "..."))
			replace(&p->output, g_strdup_printf("%.*s…", (int)strlen(p->output) - 3, p->output));
		g_ptr_array_add(d->health_log, p);
	}
}

/* When it turned unhealthy: the last probe's start minus the failures since then, each an interval and a probe long. */
static gint64
estimate_unhealthy_since(const struct container_detail *d)
{
	const struct health_probe *last;
	gint64 period, back;

	if (!d->health_log->len)
		return 0;
	last = d->health_log->pdata[d->health_log->len - 1];
	period = d->health_interval_us + MAX(last->end_us - last->start_us, 0);
	back = d->failing_streak > d->health_retries ? (gint64)(d->failing_streak - d->health_retries) : 0;
	if (back > 0 && period > G_MAXINT64 / back / 2)
		return 0;
	return MAX(last->start_us - back * period, MIN(d->started_us, last->start_us));
}

/* Health means something only while the container runs: the daemon leaves the last word in place when it stops. */
static enum container_health
health_of(const cJSON *health, enum container_state state)
{
	const char *word = json_string(health, "Status");

	if (state == CONTAINER_STATE_UNKNOWN)
		return HEALTH_UNKNOWN;
	if (!health || state != CONTAINER_RUNNING || !word || !*word || strcmp(word, "none") == 0)
		return HEALTH_NONE;
	for (int h = HEALTH_STARTING; h <= HEALTH_UNHEALTHY; h++)
		if (strcmp(word, container_health_name((enum container_health)h)) == 0)
			return (enum container_health)h;
	return HEALTH_UNKNOWN;
}

static gint64
duration_us(const cJSON *check, const char *name, gint64 otherwise_us)
{
	gint64 ns = json_integer(check, name);

	return ns > 0 ? ns / NS_PER_US : otherwise_us;
}

/* Config.Healthcheck; the daemon's defaults stand in for zeros. */
static void
read_healthcheck(const cJSON *check, struct container_detail *d)
{
	const cJSON *first = cJSON_GetArrayItem(json_array(check, "Test"), 0);
	int retries = json_int(check, "Retries");

	d->has_healthcheck = cJSON_IsString(first) && *first->valuestring && strcmp(first->valuestring, "NONE") != 0;
	d->health_interval_us = duration_us(check, "Interval", 30 * G_USEC_PER_SEC);
	d->health_timeout_us = duration_us(check, "Timeout", 30 * G_USEC_PER_SEC);
	d->health_retries = retries > 0 ? (guint)retries : 3;
}

static void
read_state(const cJSON *state, struct container *c)
{
	struct container_detail *d = &c->detail;
	const cJSON *health = json_object(state, "Health");

	c->state = container_state_parse(json_string(state, "Status"));
	d->started_us = time_of(state, "StartedAt");
	d->finished_us = time_of(state, "FinishedAt");
	d->exit_code = json_int(state, "ExitCode");
	d->oom_killed = json_true(state, "OOMKilled");
	d->failing_streak = (guint)MAX(json_int(health, "FailingStreak"), 0);
	read_health_log(health, d);
	c->health = health_of(health, c->state);
	if (c->health != HEALTH_UNHEALTHY) {
		d->unhealthy_since_us = 0;
		d->unhealthy_since_exact = FALSE;
	} else if (!d->unhealthy_since_exact)
		d->unhealthy_since_us = estimate_unhealthy_since(d);
}

static void
read_host_config(const cJSON *h, struct container_detail *d)
{
	gint64 memory = json_integer(h, "Memory");

	d->memory_limit = memory > 0 ? (guint64)memory : 0;
	replace(&d->restart_policy, json_safe(json_object(h, "RestartPolicy"), "Name"));
	replace(&d->log_driver, json_safe(json_object(h, "LogConfig"), "Type"));
}

gboolean
docker_parse_inspect(const char *bytes, gsize len, struct container *c, GError **error)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "answer on a container", error);
	const cJSON *config = json_object(json, "Config"), *state = json_object(json, "State");
	char *name;

	if (!json)
		return FALSE;
	if (!config || !state) {
		g_set_error_literal(error, JSON_ERROR, JSON_ERROR_SHAPE, "the daemon's answer on a container has no State or no Config");
		return FALSE;
	}
	name = name_of(json_string(json, "Name"));
	if (name)
		replace(&c->name, name);
	c->detail.restart_count = (guint)MAX(json_int(json, "RestartCount"), 0);
	c->detail.tty = json_true(config, "Tty");
	read_healthcheck(json_object(config, "Healthcheck"), &c->detail);
	read_host_config(json_object(json, "HostConfig"), &c->detail);
	read_state(state, c);
	return TRUE;
}

/* --- the small ones --- */

gint64
docker_parse_image(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "answer on an image", NULL);

	return time_of(json, "Created");
}

gboolean
docker_parse_version(const char *bytes, gsize len, char **api, char **min_api, GError **error)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "version", error);

	if (!json)
		return FALSE;
	*api = json_safe(json, "ApiVersion");
	*min_api = json_safe(json, "MinAPIVersion");
	return TRUE;
}

char *
docker_parse_message(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "error", NULL);

	return json_safe(json, "message");
}

/* cJSON lays out with tabs, and escapes those inside of strings: two spaces a level, one behind a colon. */
static char *
spaced(const char *json)
{
	GString *out = g_string_new(NULL);
	gboolean indent = TRUE;

	for (const char *c = json; *c; c++) {
		if (*c == '\t')
			g_string_append(out, indent ? "  " : " ");
		else
			g_string_append_c(out, *c);
		indent = *c == '\n' || (indent && *c == '\t');
	}
	return g_string_free(out, FALSE);
}

char *
docker_parse_pretty(const char *bytes, gsize len)
{
	g_autoptr(cJSON) json = cJSON_ParseWithLength(bytes, len);
	char *raw = json ? cJSON_Print(json) : NULL;
	g_autofree char *text = raw ? spaced(raw) : NULL;

	cJSON_free(raw);
	return text ? sanitize_lines(text, -1) : NULL;
}

static enum container_health
health_event(const char *word)
{
	g_autofree char *status = g_strdup_printf("(%s)", word);

	return strcmp(word, "running") == 0 || strcmp(word, "starting") == 0 ? HEALTH_STARTING : container_health_parse(status);
}

gboolean
docker_parse_event(const char *bytes, gsize len, struct docker_event *e, GError **error)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "event", error);
	const cJSON *actor = json_object(json, "Actor");
	const char *id = json_string(actor, "ID"), *type = json_string(json, "Type");
	char *colon;

	memset(e, 0, sizeof *e);
	if (!json)
		return FALSE;
	e->action = json_safe(json, "Action");
	if (!e->action || !docker_parse_is_id(id) || (type && strcmp(type, "container") != 0)) {
		g_set_error_literal(error, JSON_ERROR, JSON_ERROR_SHAPE, "the daemon sent an event of no container");
		docker_event_clear(e);
		return FALSE;
	}
	e->id = g_strdup(id);
	e->name = json_safe(json_object(actor, "Attributes"), "name");
	e->time_us = json_integer(json, "timeNano") / NS_PER_US;
	e->health = HEALTH_UNKNOWN;
	colon = strchr(e->action, ':');
	if (colon) {
		*colon = '\0';
		if (strcmp(e->action, "health_status") == 0)
			e->health = health_event(g_strchug(colon + 1));
	}
	return TRUE;
}

void
docker_event_clear(struct docker_event *e)
{
	g_free(e->id);
	g_free(e->name);
	g_free(e->action);
	memset(e, 0, sizeof *e);
}
