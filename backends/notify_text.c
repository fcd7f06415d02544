#include "backends/notify_text.h"

#include <string.h>

#include "model/sanitize.h"
#include "model/utc_text.h"

#define SUMMARY_MAX 1024
#define KEY_MAX 255
#define ELLIPSIS "\xe2\x80\xa6"
#define AT "\xef\xbc\xa0" /* U+FF20: reads as @ */

struct text {
	GString *out;
	guint left;  /* UTF-16 units, as the services count after their entities are read */
};

static guint
units(gunichar c)
{
	return c > 0xffff ? 2 : 1;
}

static guint
units_of(const char *text)
{
	guint n = 0;

	for (const char *c = text; *c; c = g_utf8_next_char(c))
		n += units(g_utf8_get_char(c));
	return n;
}

/* The words that a chat reads as "all who are here", under any of its modes. */
static gboolean
mentions(const char *at)
{
	static const char *const words[] = { "here", "channel", "everyone" };

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		gsize len = strlen(words[i]);
		if (g_ascii_strncasecmp(at + 1, words[i], len) == 0 && !g_ascii_isalnum(at[1 + len]) && at[1 + len] != '_')
			return TRUE;
	}
	return FALSE;
}

static void
add_character(struct text *t, const char *c)
{
	gunichar code = g_utf8_get_char(c);

	if (code == '&')
		g_string_append(t->out, "&amp;");
	else if (code == '<')
		g_string_append(t->out, "&lt;");
	else if (code == '>')
		g_string_append(t->out, "&gt;");
	else if (code == '@' && mentions(c))
		g_string_append(t->out, AT);
	else
		g_string_append_unichar(t->out, code);
	t->left -= units(code);
}

/* Text raw or safe: made safe, & < > as entities, "@here", "@channel" and "@everyone" with a sign that mentions nobody; at most `most` units of it. What
 * does not fit is cut and ends with "…". */
static void
add(struct text *t, const char *text, guint most)
{
	g_autofree char *safe = sanitize_lines(text, -1);
	guint room = MIN(most, t->left), used = 0;
	gboolean fits = units_of(safe) <= room;

	for (const char *c = safe; *c && room > 0; c = g_utf8_next_char(c)) {
		guint n = units(g_utf8_get_char(c));
		if (!fits && used + n > room - 1) {
			g_string_append(t->out, ELLIPSIS);
			t->left--;
			break;
		}
		add_character(t, c);
		used += n;
	}
}

static char *
heading(const struct notify_message *m)
{
	const char *word = m->event == NOTIFY_RESOLVE ? "resolved" : m->event == NOTIFY_ACKNOWLEDGE ? "acknowledged" : m->severity ? m->severity : "info";

	return g_strdup_printf("[%s]", word);
}

static char *
footing(const struct notify_message *m)
{
	g_autofree char *time = utc_format(m->utc_us, "%Y-%m-%d %H:%M:%SZ", "?");
	g_autofree char *key = notify_text_line(m->dedup_key ? m->dedup_key : "midwatch", KEY_MAX);

	return g_strdup_printf("%s, %s", key, time);
}

/* With markup of our own, which does not count, around it. */
static void
add_part(struct text *t, const char *const markup[2], const char *text, guint most)
{
	g_string_append(t->out, markup[0]);
	add(t, text, most);
	g_string_append(t->out, markup[1]);
}

/* How many lines there are more stands there also when those before it are cut. */
static void
add_details(struct text *t, const struct notify_message *m, const char *const markup[2], guint most)
{
	g_autofree char *all = m->details ? g_strjoinv("\n", (char **)m->details) : NULL, *more = notify_text_more(m->more);
	guint after = more ? units_of(more) + 1 : 0;

	if (!all || !*all || most < after + 2)
		return;
	add(t, "\n", 1);
	add_part(t, markup, all, most - after - 1);
	if (!more)
		return;
	add(t, "\n", 1);
	add(t, more, after - 1);
}

char *
notify_text_message(const struct notify_message *m, const char *lost, guint most, const struct notify_markup *k)
{
	g_autofree char *head = heading(m), *foot = footing(m), *summary = notify_text_line(m->summary, SUMMARY_MAX);
	guint after = units_of(foot) + 1 + (lost ? units_of(lost) + 1 : 0);
	struct text t = { .out = g_string_new(NULL), .left = most };

	add_part(&t, k->heading, head, most);
	add(&t, " ", 1);
	add_part(&t, k->summary, summary, t.left);
	add_details(&t, m, k->details, t.left > after ? t.left - after : 0);
	if (lost) {
		add(&t, "\n", 1);
		add(&t, lost, t.left);
	}
	add(&t, "\n", 1);
	add_part(&t, k->summary, foot, t.left);
	return g_string_free(t.out, FALSE);
}

char *
notify_text_more(guint n)
{
	return n ? g_strdup_printf("and %u more line%s", n, n == 1 ? "" : "s") : NULL;
}

char *
notify_text_lost(guint n)
{
	return n ? g_strdup_printf("%u message%s before this one could not be sent", n, n == 1 ? "" : "s") : NULL;
}

char *
notify_text_line(const char *text, guint most)
{
	g_autofree char *safe = sanitize_text(text ? text : "", -1), *head = NULL;

	if (g_utf8_strlen(safe, -1) <= (glong)most)
		return g_steal_pointer(&safe);
	head = g_utf8_substring(safe, 0, (glong)most - 1);
	return g_strconcat(head, ELLIPSIS, NULL);
}
