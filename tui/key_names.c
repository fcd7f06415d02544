/* The names of keys, as they stand in the command table and in the configuration. */
#include <curses.h>
#include <string.h>

#include "tui/keymap.h"

static const struct { const char *name; int code; } names[] = {
	{"Space", ' '},
	{"Tab", '\t'},
	{"Enter", '\r'},
	{"Esc", 27},
	{"S-Tab", KEYCODE(KEY_BTAB)},
	{"Backspace", KEYCODE(KEY_BACKSPACE)},
	{"Delete", KEYCODE(KEY_DC)},
	{"Insert", KEYCODE(KEY_IC)},
	{"Home", KEYCODE(KEY_HOME)},
	{"End", KEYCODE(KEY_END)},
	{"PgUp", KEYCODE(KEY_PPAGE)},
	{"PgDn", KEYCODE(KEY_NPAGE)},
	{"Up", KEYCODE(KEY_UP)},
	{"Down", KEYCODE(KEY_DOWN)},
	{"Left", KEYCODE(KEY_LEFT)},
	{"Right", KEYCODE(KEY_RIGHT)},
	{"S-Left", KEYCODE(KEY_SLEFT)},
	{"S-Right", KEYCODE(KEY_SRIGHT)},
};

#define FUNCTION_KEYS 12

static gboolean parse_control(const char *letter, int *code)
{
	char c = g_ascii_toupper(letter[0]);

	if (letter[0] == '\0' || letter[1] != '\0' || c < '@' || c > '_')
		return FALSE;
	*code = KEYCTRL(c);
	/* Terminals send the same byte for both, and so does screen_read(). */
	if (*code == 8)
		*code = KEYCODE(KEY_BACKSPACE);
	else if (*code == '\n')
		*code = '\r';
	return TRUE;
}

static gboolean parse_plain(const char *name, int *code)
{
	guint64 number;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(name, names[i].name) == 0) {
			*code = names[i].code;
			return TRUE;
		}
	}
	if ((name[0] == 'F' || name[0] == 'f') && g_ascii_string_to_unsigned(name + 1, 10, 1, FUNCTION_KEYS, &number, NULL)) {
		*code = KEYCODE(KEY_F((int)number));
		return TRUE;
	}
	if (name[0] == '^' && name[1] != '\0')
		return parse_control(name + 1, code);
	if ((name[0] == 'C' || name[0] == 'c') && name[1] == '-')
		return parse_control(name + 2, code);
	gunichar c = g_utf8_get_char_validated(name, -1);
	if (c == (gunichar)-1 || c == (gunichar)-2 || c <= ' ' || *g_utf8_next_char(name) != '\0' || !g_unichar_isprint(c))
		return FALSE;
	*code = (int)c;
	return TRUE;
}

gboolean key_parse(const char *name, int *code, gboolean *alt)
{
	*alt = (name[0] == 'M' || name[0] == 'm') && name[1] == '-' && name[2] != '\0';
	return parse_plain(*alt ? name + 2 : name, code);
}

void key_format(int code, gboolean alt, char *out, gsize size)
{
	const char *prefix = alt ? "M-" : "";
	char utf8[8] = "";

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].code == code) {
			g_snprintf(out, size, "%s%s", prefix, names[i].name);
			return;
		}
	}
	if (code > KEYCODE(KEY_F0) && code <= KEYCODE(KEY_F(FUNCTION_KEYS)))
		g_snprintf(out, size, "%sF%d", prefix, code - KEYCODE(KEY_F0));
	else if (code >= 0 && code < ' ')
		g_snprintf(out, size, "%s^%c", prefix, code + '@');
	else if (code > ' ' && code < KEYCODE_BASE && g_unichar_validate((gunichar)code)) {
		utf8[g_unichar_to_utf8((gunichar)code, utf8)] = '\0';
		g_snprintf(out, size, "%s%s", prefix, utf8);
	} else
		g_strlcpy(out, "?", size);
}
