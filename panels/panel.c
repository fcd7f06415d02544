#include "panels/panel.h"

#include <stdarg.h>
#include <string.h>

#include "model/utc_text.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define ID_PATH "/containers/"
#define ID_DIGITS 64
#define ID_SHOWN 12

#define HALF_A_DAY_US (G_GINT64_CONSTANT(12) * 3600 * G_USEC_PER_SEC)

const char *panel_key(const struct panel_context *context, enum action command)
{
	const char *key = context->key ? context->key(context->user, command) : NULL;
	const char *keys = actions[command].keys;
	g_autofree char *word = NULL;

	if (key)
		return *key ? key : actions[command].id;
	word = g_strndup(keys, strcspn(keys, " "));
	return g_intern_string(word); /* of the one table: no more of them than commands */
}

void panel_notice(const struct panel_context *context, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	context->request(context->user, &(struct request){ .kind = REQUEST_NOTICE, .text = text });
}

int panel_chip(const struct canvas *c, int y, int x, const char *text)
{
	g_autofree char *chip = g_strdup_printf(" %s ", text);

	return canvas_text(c, y, x, -1, ROLE_CHIP, chip);
}

gsize panel_wrap_row(const char *text, int cells)
{
	const char *at = text, *end = text + strlen(text), *blank = end;
	struct text_cell cell;

	for (int used = 0;;) {
		const char *before = at;
		if (!text_next(&at, end, &cell))
			return (gsize)(end - text);
		used += cell.width;
		if (cell.base == ' ' && before > text)
			blank = before;
		if (used > cells)
			return (gsize)((blank < end ? blank : before > text ? before : at) - text);
	}
}

void panel_time(gint64 utc_us, gint64 now_utc_us, char *out, gsize size)
{
	g_autofree char *text = NULL;

	if (ABS(now_utc_us - utc_us) < HALF_A_DAY_US) {
		text_clock(utc_us, out, size);
		return;
	}
	text = utc_format(utc_us, "%Y-%m-%d %H:%MZ", text_unknown());
	g_strlcpy(out, text, size);
}

void panel_day(gint64 utc_us, gint64 now_utc_us, char *out, gsize size)
{
	panel_time(utc_us, now_utc_us, out, size);
	if (ABS(now_utc_us - utc_us) >= HALF_A_DAY_US)
		out[strcspn(out, " ")] = '\0';
}

gboolean panel_move(struct table *t, enum action command)
{
	switch (command) {
	case ACT_DOWN: table_move(t, 1); break;
	case ACT_UP: table_move(t, -1); break;
	case ACT_PAGE_DOWN: table_move_page(t, 1); break;
	case ACT_PAGE_UP: table_move_page(t, -1); break;
	case ACT_HALF_DOWN: table_move_page(t, 0.5); break;
	case ACT_HALF_UP: table_move_page(t, -0.5); break;
	case ACT_TOP: table_home(t); break;
	case ACT_BOTTOM: table_end(t); break;
	default: return FALSE;
	}
	return TRUE;
}

gboolean panel_scroll(struct pager *pager, enum action command)
{
	switch (command) {
	case ACT_DOWN: pager_scroll(pager, 1); break;
	case ACT_UP: pager_scroll(pager, -1); break;
	case ACT_PAGE_DOWN: pager_turn(pager, 2); break;
	case ACT_PAGE_UP: pager_turn(pager, -2); break;
	case ACT_HALF_DOWN: pager_turn(pager, 1); break;
	case ACT_HALF_UP: pager_turn(pager, -1); break;
	case ACT_TOP: pager_home(pager); break;
	case ACT_BOTTOM: pager_end(pager); break;
	default: return FALSE;
	}
	return TRUE;
}

static void
free_target(gpointer data)
{
	struct action_target *t = data;

	g_free(t->host);
	g_free(t->object);
	g_free(t);
}

GPtrArray *
action_targets_new(void)
{
	return g_ptr_array_new_with_free_func(free_target);
}

void
action_targets_add(GPtrArray *targets, const char *host, const char *object)
{
	struct action_target *t = g_new0(struct action_target, 1);

	t->host = g_strdup(host);
	t->object = g_strdup(object);
	g_ptr_array_add(targets, t);
}

char *panel_request(const struct operation *o)
{
	const char *text = o->request ? o->request : o->action, *path = strstr(text, ID_PATH), *id = path ? path + strlen(ID_PATH) : NULL;

	if (!id || strspn(id, "0123456789abcdef") != ID_DIGITS)
		return g_strdup(text);
	return g_strdup_printf("%.*s%s%s", (int)(id - text) + ID_SHOWN, text, glyph(GLYPH_ELLIPSIS), id + ID_DIGITS);
}

char *panel_operation(const struct operation *o)
{
	return g_strdup_printf("%s%s%s on %s: %s", o->title, o->target ? " " : "", o->target ? o->target : "", o->host, operation_state_name(o));
}
