#include "backends/bearer.h"

#include <string.h>

struct bearer {
	char *env, *file, *command;
	guint again_s, timeout_ms;
	struct secret_read *read;
	struct secret *secret;
	char *problem;        /* of the last read; NULL */
	gint64 read_us;       /* monotonic: when it was read last; 0 = never */
	bearer_ready ready;
	void *user;
};

struct bearer *
bearer_new(const struct secret_source *s, guint again_s)
{
	struct bearer *b;

	if (!s)
		return NULL;
	b = g_new0(struct bearer, 1);
	b->env = g_strdup(s->env);
	b->file = g_strdup(s->file);
	b->command = g_strdup(s->command);
	b->again_s = again_s;
	b->timeout_ms = s->timeout_ms;
	return b;
}

void
bearer_free(struct bearer *b)
{
	if (!b)
		return;
	secret_source_cancel(b->read);
	secret_free(b->secret);
	g_free(b->env);
	g_free(b->file);
	g_free(b->command);
	g_free(b->problem);
	g_free(b);
}

static gboolean
is_early(const struct bearer *b)
{
	return b->read_us && g_get_monotonic_time() - b->read_us < b->again_s * (gint64)G_USEC_PER_SEC;
}

static void
on_read(void *user, struct secret *s, const char *problem)
{
	struct bearer *b = user;

	b->read = NULL;
	b->secret = s;
	b->problem = g_strdup(problem);
	b->read_us = g_get_monotonic_time();
	b->ready(b->user, b->problem);
}

void
bearer_prepare(struct bearer *b, bearer_ready ready, void *user)
{
	if (!b || b->secret || (b->problem && b->command && is_early(b))) {
		ready(user, b ? b->problem : NULL);
		return;
	}
	b->ready = ready;
	b->user = user;
	if (b->read)
		return;
	g_clear_pointer(&b->problem, g_free);
	b->read = secret_source_read(&(struct secret_source){
		.env = b->env, .file = b->file, .command = b->command, .timeout_ms = b->timeout_ms }, on_read, b);
}

char *
bearer_header(const struct bearer *b)
{
	return b && b->secret ? g_strconcat("Authorization: Bearer ", secret_text(b->secret), NULL) : NULL;
}

void
bearer_header_free(char *header)
{
	secret_wipe(header);
}

const char *
bearer_text(const struct bearer *b)
{
	return b ? secret_text(b->secret) : NULL;
}

gboolean
bearer_refused(struct bearer *b)
{
	if (!b || !b->secret || is_early(b))
		return FALSE;
	g_clear_pointer(&b->secret, secret_free);
	return TRUE;
}

void
bearer_retry(struct bearer *b)
{
	if (b)
		b->read_us = 0;
}

char *
bearer_redact(const struct bearer *b, const char *words)
{
	g_auto(GStrv) parts = b && b->secret ? g_strsplit(words, secret_text(b->secret), -1) : NULL;

	return parts ? g_strjoinv("[token]", parts) : g_strdup(words);
}
