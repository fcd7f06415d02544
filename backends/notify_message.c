#include "backends/notify_message.h"

#include "backends/notify_text.h"

#define LINES_MAX 200
#define LINE_LENGTH 1000 /* characters */
#define NAME_LENGTH 1024

static char *
copy(const char *text, guint most)
{
	return text ? notify_text_line(text, most) : NULL;
}

/* `more`: how many were left out. */
static char **
copy_details(const char *const *details, guint *more)
{
	guint n = details ? g_strv_length((char **)details) : 0, kept = MIN(n, LINES_MAX);
	char **out = details ? g_new0(char *, kept + 1) : NULL;

	for (guint i = 0; i < kept; i++)
		out[i] = notify_text_line(details[i], LINE_LENGTH);
	*more = n - kept;
	return out;
}

struct notify_waiting *
notify_waiting_new(const struct notify_message *m, notify_done done, void *user, gint64 now_us, gint64 patience_us)
{
	struct notify_waiting *w = g_new0(struct notify_waiting, 1);
	guint more;

	w->details = copy_details(m->details, &more);
	w->message = (struct notify_message){
		.event = m->event, .dedup_key = copy(m->dedup_key, G_MAXINT), .severity = copy(m->severity, NAME_LENGTH), .summary = copy(m->summary, NAME_LENGTH),
		.details = (const char *const *)w->details, .more = m->more + more, .component = copy(m->component, NAME_LENGTH),
		.group = copy(m->group, NAME_LENGTH), .utc_us = m->utc_us };
	w->done = done;
	w->user = user;
	w->since_us = now_us;
	w->until_us = now_us + patience_us;
	return w;
}

void
notify_waiting_free(struct notify_waiting *w)
{
	g_strfreev(w->details);
	g_free((char *)w->message.dedup_key);
	g_free((char *)w->message.severity);
	g_free((char *)w->message.summary);
	g_free((char *)w->message.component);
	g_free((char *)w->message.group);
	g_free(w);
}
