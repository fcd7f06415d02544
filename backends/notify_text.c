#include "backends/notify_text.h"

#include <string.h>

#include "model/sanitize.h"

#define SUMMARY_MAX 1024
#define KEY_MAX 255
#define ELLIPSIS "\xe2\x80\xa6"
#define AT "\xef\xbc\xa0" /* U+FF20: reads as @ */

void
notify_text_init(struct notify_text *t, guint most)
{
	*t = (struct notify_text){ .out = g_string_new(NULL), .left = most };
}

void
notify_text_markup(struct notify_text *t, const char *markup)
{
	g_string_append(t->out, markup);
}

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
add_character(struct notify_text *t, const char *c)
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

gboolean
notify_text_add(struct notify_text *t, const char *text, guint most)
{
	g_autofree char *safe = sanitize_lines(text, -1);
	guint room = MIN(most, t->left), used = 0;
	gboolean fits = units_of(safe) <= room;

	if (room == 0 && *safe)
		t->cut = TRUE;
	for (const char *c = safe; *c && room > 0; c = g_utf8_next_char(c)) {
		guint n = units(g_utf8_get_char(c));
		if (!fits && used + n > room - 1) {
			g_string_append(t->out, ELLIPSIS);
			t->left--;
			t->cut = TRUE;
			break;
		}
		add_character(t, c);
		used += n;
	}
	return t->left > 0;
}

char *
notify_text_end(struct notify_text *t)
{
	return g_string_free(g_steal_pointer(&t->out), FALSE);
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
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(m->utc_us / G_USEC_PER_SEC);
	g_autofree char *time = at ? g_date_time_format(at, "%Y-%m-%d %H:%M:%SZ") : g_strdup("time not known");
	g_autofree char *key = notify_text_line(m->dedup_key ? m->dedup_key : "midwatch", KEY_MAX);

	return g_strdup_printf("%s, %s", key, time);
}

static void
add_part(struct notify_text *t, const char *const markup[2], const char *text, guint most)
{
	notify_text_markup(t, markup[0]);
	notify_text_add(t, text, most);
	notify_text_markup(t, markup[1]);
}

static void
add_details(struct notify_text *t, const struct notify_message *m, const char *const markup[2], guint most)
{
	g_autofree char *all = m->details ? g_strjoinv("\n", (char **)m->details) : NULL;

	if (!all || !*all || most < 2)
		return;
	notify_text_add(t, "\n", 1);
	add_part(t, markup, all, most - 1);
}

char *
notify_text_message(const struct notify_message *m, const char *lost, guint most, const struct notify_markup *k)
{
	g_autofree char *head = heading(m), *foot = footing(m), *summary = notify_text_line(m->summary, SUMMARY_MAX);
	guint after = units_of(foot) + 1 + (lost ? units_of(lost) + 1 : 0);
	struct notify_text t;

	notify_text_init(&t, most);
	add_part(&t, k->heading, head, most);
	notify_text_add(&t, " ", 1);
	add_part(&t, k->summary, summary, t.left);
	add_details(&t, m, k->details, t.left > after ? t.left - after : 0);
	if (lost) {
		notify_text_add(&t, "\n", 1);
		notify_text_add(&t, lost, t.left);
	}
	notify_text_add(&t, "\n", 1);
	add_part(&t, k->summary, foot, t.left);
	return notify_text_end(&t);
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
