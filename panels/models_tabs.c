/* What stands in a model's details. */
#include <string.h>

#include "panels/models_private.h"
#include "tui/text.h"

static void add_memory(const struct list *l, const struct host *h, const struct llm_model *m, int cells, GPtrArray *lines)
{
	gint64 now = l->context.world->utc_us;
	char words[40], processor[40], expires[24];
	g_autofree char *text = NULL;
	gboolean tight = FALSE;

	models_loaded_words(m, l->context.world->now_us, words, sizeof words);
	llm_processor(m, processor, sizeof processor);
	models_expires_words(m, now, expires, sizeof expires);
	if (m->change != LLM_RESTS)
		text = g_strdup(words);
	else if (m->loaded)
		text = g_strdup_printf("takes %s, %s; %s%s", words, list_or_unknown(processor), m->expires_us > now && m->expires_us != G_MAXINT64 ? "expires in " : "",
		                       m->expires_us == G_MAXINT64 ? "never expires" : m->expires_us == 0 ? "when it expires is not known" : expires);
	else
		text = models_forecast(h, m, &tight);
	list_add_wrapped(lines, tight ? ROLE_WARN : ROLE_TEXT, "memory", text, cells);
}

static void add_uses(const struct list *l, const struct host *h, const struct llm_model *m, int cells, GPtrArray *lines)
{
	gint64 now = l->context.world->utc_us;
	char since[40], used[40], age[16];
	g_autofree char *text = NULL;

	if (h->llm.watched_us == 0) {
		list_add_wrapped(lines, ROLE_DIM, "uses", "not observed yet: Ollama itself does not tell when a model was used", cells);
		return;
	}
	panel_day(h->llm.watched_us, now, since, sizeof since);
	panel_time(m->used_us, now, used, sizeof used);
	text_age(MAX(now - m->used_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	if (m->used_us > 0)
		text = g_strdup_printf("last %s ago (%s), loaded %u time%s in 7 days; as observed since %s", age, used, m->sessions, m->sessions == 1 ? "" : "s", since);
	else
		text = g_strdup_printf("none seen since %s, when midwatch began to observe", since);
	list_add_wrapped(lines, ROLE_TEXT, "uses", text, cells);
}

static void add_pulled(const struct list *l, const struct llm_model *m, int cells, GPtrArray *lines)
{
	char at[40], age[16];
	g_autofree char *text = NULL;

	panel_time(m->modified_us, l->context.world->utc_us, at, sizeof at);
	text_age(MAX(l->context.world->utc_us - m->modified_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	text = m->modified_us > 0 ? g_strdup_printf("%s (%s ago); says nothing of its use", at, age) : g_strdup(text_unknown());
	list_add_wrapped(lines, ROLE_TEXT, "modified", text, cells);
}

void models_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	struct host *h;
	struct llm_model *m;
	char size[16], context[40];
	int cells = body->width;

	if (!models_find((const struct models_view *)l, key, &h, &m))
		return;
	text_bytes((double)m->size, size, sizeof size);
	text_count(m->context, context, sizeof context);
	add_memory(l, h, m, cells, lines);
	add_uses(l, h, m, cells, lines);
	list_add_wrapped(lines, ROLE_TEXT, "size", size, cells);
	list_add_wrapped(lines, ROLE_TEXT, "family", list_or_unknown(m->family), cells);
	list_add_wrapped(lines, ROLE_TEXT, "parameters", list_or_unknown(m->parameters), cells);
	list_add_wrapped(lines, ROLE_TEXT, "quantization", list_or_unknown(m->quantization), cells);
	list_add_wrapped(lines, ROLE_TEXT, "context", m->context > 0 ? context : text_unknown(), cells);
	add_pulled(l, m, cells, lines);
	list_add_wrapped(lines, ROLE_TEXT, "digest", list_or_unknown(m->digest), cells);
	if (m->embedding)
		list_add_wrapped(lines, ROLE_DIM, "kind", "it only makes embeddings: it is loaded by a request of its own", cells);
	list_add_wrapped(lines, ROLE_DIM, "host", h->name, cells);
	list_add_wrapped(lines, ROLE_DIM, "Ollama", list_or_unknown(h->llm.version), cells);
}
