#include "tests/lab/ollama_watcher.h"

#include <string.h>

#include "tests/unit/wait_for.h"

static void
on_up(void *user)
{
	ollama_link_up(((struct watcher *)user)->ollama);
}

static void
on_down(void *user)
{
	struct watcher *r = user;

	host_went_down(r->host, r->host->link.reason);
	ollama_link_down(r->ollama);
}

void
watcher_done(void *watcher, enum outcome outcome, const char *result)
{
	struct watcher *r = watcher;

	r->told++;
	r->outcome = outcome;
	g_free(r->result);
	r->result = g_strdup(result);
}

void
watcher_begin(struct watcher *r, struct lab *lab, const char *alias, const struct ollama_settings *settings, struct store *store)
{
	static const struct link_events events = { .up = on_up, .down = on_down };
	g_autofree char *known_hosts = lab_path(lab, "known_hosts");
	gboolean is_child = alias && g_str_has_prefix(alias, CHILD);
	const struct link_settings link = {
		.local = alias == NULL, .host = is_child ? alias + strlen(CHILD) : alias, .ssh_config = lab_ssh_config(lab), .known_hosts = known_hosts,
		.transport = is_child ? "ssh" : "auto",
	};

	memset(r, 0, sizeof *r);
	r->http = http_new();
	r->world = world_new(1 << 20);
	r->host = host_new("vm", "vm", alias == NULL);
	r->llm = &r->host->llm;
	g_ptr_array_add(r->world->hosts, r->host);
	r->link = link_new(&link, &r->host->link, &events, r);
	r->ollama = ollama_new(settings, r->link, r->http, store, r->world, r->host);
	link_start(r->link);
}

void
watcher_end(struct watcher *r)
{
	ollama_free(r->ollama);
	link_free(r->link);
	http_free(r->http);
	world_free(r->world);
	g_free(r->result);
}

const struct llm_model *
watcher_model(const struct watcher *r, const char *name)
{
	const struct llm_model *m = llm_state_model(r->llm, name);

	g_assert_nonnull(m);
	return m;
}

void
watcher_told(struct watcher *r, enum outcome outcome, const char *words)
{
	WAIT_FOR(r->told > 0);
	g_test_message("%s", r->result);
	g_assert_cmpint(r->outcome, ==, outcome);
	g_assert_nonnull(strstr(r->result, words));
	g_assert_cmpuint(r->told, ==, 1);
	r->told = 0;
}

void
watcher_load(struct watcher *r, const char *name)
{
	ollama_load(r->ollama, name, NULL, watcher_done, r);
	watcher_told(r, OUTCOME_OK, "loaded after");
	WAIT_FOR(watcher_model(r, name)->loaded);
}

void
watcher_unload(struct watcher *r, const char *name)
{
	ollama_unload(r->ollama, name, watcher_done, r);
	watcher_told(r, OUTCOME_OK, "unloaded after");
	g_assert_false(watcher_model(r, name)->loaded);
}

enum ollama_sight
watcher_sees(struct watcher *r, const char *name)
{
	gint64 since = g_get_monotonic_time();

	WAIT_FOR(ollama_look(r->ollama, name, since) != OLLAMA_NOT_SEEN);
	return ollama_look(r->ollama, name, since);
}
