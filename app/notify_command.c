#include "app/notify_command.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "app/headless.h"
#include "app/json_out.h"
#include "app/notifiers.h"

#define PATIENCE_MS 10000 /* somebody waits for the answer */

/* What came of one. */
struct outcome_line {
	const struct told *told;
	char *text;            /* owned; NULL: it has not ended */
	gboolean sent;
	struct trial *trial;
};

struct trial {
	GMainLoop *loop;
	struct outcome_line *lines;
	guint count, open;
	char *key;
};

/* --- which --- */

/* A notifier's whole name, its name within Slack, or its service. */
static gboolean
fits(const struct told *t, const char *word)
{
	static const char *const services[] = { [NOTIFY_PAGERDUTY] = "pagerduty", [NOTIFY_SLACK] = "slack", [NOTIFY_TELEGRAM] = "telegram" };
	const char *name = notifier_name(t->notifier), *blank = strchr(name, ' ');

	return strcmp(word, name) == 0 || strcmp(word, services[t->service]) == 0 || (blank && strcmp(word, blank + 1) == 0);
}

static gboolean
is_wanted(const struct told *t, char **words)
{
	for (char **w = words; w && *w; w++)
		if (fits(t, *w))
			return TRUE;
	return !words || !*words;
}

/* A word that names none; NULL: all do. */
static const char *
stray_word(const GPtrArray *all, char **words)
{
	for (char **w = words; w && *w; w++) {
		gboolean found = FALSE;
		for (guint i = 0; i < all->len && !found; i++)
			found = fits(all->pdata[i], *w);
		if (!found)
			return *w;
	}
	return NULL;
}

/* --- sending --- */

static struct notify_message
message_of(const struct trial *t, enum notify_event event)
{
	static const char *const details[] = { "Somebody ran midwatch notify --test. Nothing is wrong, and nothing is to be done.", NULL };

	return (struct notify_message){
		.event = event, .dedup_key = t->key, .severity = "info", .summary = "midwatch test: this is how a page arrives", .details = details,
		.component = "midwatch", .group = "test", .utc_us = g_get_real_time() };
}

static void
end(struct outcome_line *line, gboolean sent, const char *text)
{
	line->sent = sent;
	line->text = g_strdup(text);
	if (--line->trial->open == 0)
		g_main_loop_quit(line->trial->loop);
}

static void
on_resolved(void *user, enum outcome outcome, const char *result)
{
	struct outcome_line *line = user;
	g_autofree char *text = g_strdup_printf("the trigger was sent, its resolve was not: %s", result);

	end(line, outcome == OUTCOME_OK, outcome == OUTCOME_OK ? "sent, a trigger and its resolve" : text);
}

static void
on_sent(void *user, enum outcome outcome, const char *result)
{
	struct outcome_line *line = user;
	struct notify_message resolve = message_of(line->trial, NOTIFY_RESOLVE);

	if (outcome == OUTCOME_OK && line->told->service == NOTIFY_PAGERDUTY)
		notifier_send(line->told->notifier, &resolve, on_resolved, line);
	else
		end(line, outcome == OUTCOME_OK, result);
}

static void
send_all(struct trial *t)
{
	struct notify_message trigger = message_of(t, NOTIFY_TRIGGER);

	t->loop = g_main_loop_new(NULL, FALSE);
	for (guint i = 0; i < t->count; i++)
		notifier_send(t->lines[i].told->notifier, &trigger, on_sent, &t->lines[i]);
	g_main_loop_run(t->loop);
	g_main_loop_unref(t->loop);
}

/* --- telling --- */

static void
print_text(const struct trial *t)
{
	for (guint i = 0; i < t->count; i++)
		printf("%-6s  %-20s  %s\n", t->lines[i].sent ? "sent" : "failed", notifier_name(t->lines[i].told->notifier), t->lines[i].text);
}

static void
print_json(const struct trial *t)
{
	cJSON *root = cJSON_CreateObject(), *list;

	cJSON_AddNumberToObject(root, "version", 1);
	list = cJSON_AddArrayToObject(root, "notifiers");
	for (guint i = 0; i < t->count; i++) {
		cJSON *one = cJSON_CreateObject();
		cJSON_AddItemToArray(list, one);
		cJSON_AddStringToObject(one, "name", notifier_name(t->lines[i].told->notifier));
		cJSON_AddStringToObject(one, "result", t->lines[i].sent ? "sent" : "failed");
		cJSON_AddStringToObject(one, "text", t->lines[i].text);
	}
	json_out_print(root);
}

static int
code_of(const struct trial *t)
{
	guint sent = 0, unreached = 0;

	for (guint i = 0; i < t->count; i++) {
		sent += t->lines[i].sent;
		unreached += !t->lines[i].sent && notifier_is_unreached(t->lines[i].told->notifier);
	}
	return sent == t->count ? EXIT_PASS : unreached == t->count ? EXIT_BLIND : EXIT_FAIL;
}

/* --- the command --- */

static int
try_all(const GPtrArray *all, const struct options *o, const struct config *c)
{
	struct trial t = { .lines = g_new0(struct outcome_line, all->len), .key = g_strdup_printf("midwatch/%s/test/%s", config_env(c), g_get_host_name()) };
	int code;

	for (guint i = 0; i < all->len; i++)
		if (is_wanted(all->pdata[i], o->words))
			t.lines[t.count++] = (struct outcome_line){ .told = all->pdata[i], .trial = &t };
	t.open = t.count;
	send_all(&t);
	if (o->json)
		print_json(&t);
	else
		print_text(&t);
	code = code_of(&t);
	for (guint i = 0; i < t.count; i++)
		g_free(t.lines[i].text);
	g_free(t.lines);
	g_free(t.key);
	return headless_flush() ? code : EXIT_USAGE;
}

/* Why nothing is sent, newly allocated; NULL: it is. */
static char *
obstacle(const GPtrArray *all, const struct options *o, const struct config *c)
{
	const char *stray = stray_word(all, o->words);

	if (!o->test)
		return g_strdup("notify does nothing but --test: midwatch notify --test sends one harmless message to each notifier");
	if (o->readonly || (c->readonly && *c->readonly))
		return g_strdup("read-only: nothing is sent");
	if (o->drill)
		return g_strdup("this is a drill: nothing is sent");
	if (all->len == 0)
		return g_strdup("nobody would be told: the configuration has no notify section");
	return stray ? g_strdup_printf("no notifier is called \"%s\"", stray) : NULL;
}

int
notify_run(const struct options *o, const struct config *c)
{
	struct http *http = http_new();
	GPtrArray *all = notifiers_new(http, c, PATIENCE_MS);
	g_autofree char *problem = obstacle(all, o, c);
	int code = EXIT_USAGE;

	if (problem)
		fprintf(stderr, "midwatch: %s\n", problem);
	else
		code = try_all(all, o, c);
	g_ptr_array_unref(all);
	http_free(http);
	return code;
}
