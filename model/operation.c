#include "model/operation.h"

#include <string.h>

#include "model/sanitize.h"

struct operation *
operation_new(const char *action, const char *title, const char *host, const char *target, const char *request)
{
	struct operation *o = g_new0(struct operation, 1);

	o->action = g_strdup(action);
	o->title = g_strdup(title);
	o->host = g_strdup(host);
	o->target = g_strdup(target);
	o->request = g_strdup(request);
	o->output = g_string_new(NULL);
	o->partial = g_string_new(NULL);
	return o;
}

void
operation_free(struct operation *o)
{
	if (!o)
		return;
	g_free(o->action);
	g_free(o->title);
	g_free(o->host);
	g_free(o->target);
	g_free(o->request);
	g_free(o->result);
	g_free(o->evidence);
	g_free(o->note);
	g_string_free(o->output, TRUE);
	g_string_free(o->partial, TRUE);
	g_free(o);
}

/* Drops whole lines from the front, a quarter at a time. */
static void
bound(struct operation *o)
{
	const char *cut;
	gsize bytes;

	if (o->output->len <= OPERATION_OUTPUT_MAX)
		return;
	cut = memchr(o->output->str + o->output->len - OPERATION_OUTPUT_MAX / 4 * 3, '\n', OPERATION_OUTPUT_MAX / 4 * 3);
	bytes = cut ? (gsize)(cut + 1 - o->output->str) : o->output->len;
	g_string_erase(o->output, 0, (gssize)bytes);
	o->dropped += bytes;
}

static void
take_line(struct operation *o, const char *bytes, gsize len)
{
	if (len > 0 && bytes[len - 1] == '\r')
		len--;
	o->dropped += sanitize_line(bytes, len, o->output);
	g_string_append_c(o->output, '\n');
	bound(o);
}

void
operation_output(struct operation *o, const char *bytes, gsize len)
{
	while (len > 0) {
		const char *feed = memchr(bytes, '\n', len);
		gsize n = feed ? (gsize)(feed - bytes) : len, room = SANITIZE_LINE_MAX * 2 - MIN(o->partial->len, SANITIZE_LINE_MAX * 2);
		g_string_append_len(o->partial, bytes, (gssize)MIN(n, room));
		o->dropped += n - MIN(n, room);
		if (!feed)
			return;
		take_line(o, o->partial->str, o->partial->len);
		g_string_truncate(o->partial, 0);
		bytes = feed + 1;
		len -= n + 1;
	}
}

void
operation_output_end(struct operation *o)
{
	if (o->partial->len > 0)
		take_line(o, o->partial->str, o->partial->len);
	g_string_truncate(o->partial, 0);
}

const char *
operation_state_name(const struct operation *o)
{
	static const char *const names[] = {
		[OPERATION_WAITING] = "waiting", [OPERATION_EVIDENCE] = "saving evidence", [OPERATION_BLOCKED] = "blocked",
		[OPERATION_RUNNING] = "running", [OPERATION_VERIFYING] = "verifying",
	};
	return o->stage == OPERATION_DONE ? outcome_name(o->outcome) : names[o->stage];
}

gint64
operation_seconds(const struct operation *o, gint64 now_us)
{
	return o->begun_us == 0 ? 0 : ((o->ended_us ? o->ended_us : now_us) - o->begun_us) / G_USEC_PER_SEC;
}
