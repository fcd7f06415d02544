/* The driver's writing half: keys and the mouse. */
#include "tests/screens/vterm_driver.h"

#include "tests/screens/vterm_driver_private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	VTermKey key;
	VTermModifier modifier;
} keys[] = {
	{"Enter", VTERM_KEY_ENTER, VTERM_MOD_NONE},      {"Tab", VTERM_KEY_TAB, VTERM_MOD_NONE},
	{"S-Tab", VTERM_KEY_TAB, VTERM_MOD_SHIFT},       {"Backspace", VTERM_KEY_BACKSPACE, VTERM_MOD_NONE},
	{"Esc", VTERM_KEY_ESCAPE, VTERM_MOD_NONE},       {"Up", VTERM_KEY_UP, VTERM_MOD_NONE},
	{"Down", VTERM_KEY_DOWN, VTERM_MOD_NONE},        {"Left", VTERM_KEY_LEFT, VTERM_MOD_NONE},
	{"Right", VTERM_KEY_RIGHT, VTERM_MOD_NONE},      {"Ins", VTERM_KEY_INS, VTERM_MOD_NONE},
	{"Del", VTERM_KEY_DEL, VTERM_MOD_NONE},          {"Home", VTERM_KEY_HOME, VTERM_MOD_NONE},
	{"End", VTERM_KEY_END, VTERM_MOD_NONE},          {"PgUp", VTERM_KEY_PAGEUP, VTERM_MOD_NONE},
	{"PgDn", VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE},
};

/* Reads the program's output while it does not take its input, or both would wait for each other. */
void driver_send(struct driver *d, const char *bytes, gsize length)
{
	while (length > 0 && d->master >= 0) {
		struct pollfd p = {.fd = d->master, .events = POLLOUT};
		if (poll(&p, 1, 0) == 0 || !(p.revents & POLLOUT)) {
			if (!driver_pump(d, 0.01))
				return;
			continue;
		}
		gssize n = write(d->master, bytes, MIN(length, 512));
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			driver_fail(d, "cannot write to the program: %s", g_strerror(errno));
		bytes += MAX(n, 0);
		length -= (gsize)MAX(n, 0);
	}
}

void driver_flush(struct driver *d)
{
	char bytes[256];
	gsize n;

	while ((n = vterm_output_read(d->vt, bytes, sizeof bytes)) > 0)
		driver_send(d, bytes, n);
}

void driver_type(struct driver *d, const char *text)
{
	driver_send(d, text, strlen(text));
}

static void send_key(struct driver *d, const char *name)
{
	char control[2] = {0};

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		if (g_str_equal(name, keys[i].name)) {
			vterm_keyboard_key(d->vt, keys[i].key, keys[i].modifier);
			driver_flush(d);
			return;
		}
	if (g_str_equal(name, "Space")) {
		driver_type(d, " ");
	} else if (name[0] == 'F' && name[1] >= '1' && name[1] <= '9') {
		vterm_keyboard_key(d->vt, (VTermKey)VTERM_KEY_FUNCTION(atoi(name + 1)), VTERM_MOD_NONE);
		driver_flush(d);
	} else if (name[0] == '^' && name[1] != '\0' && name[2] == '\0') {
		control[0] = (char)(g_ascii_toupper(name[1]) & 0x1f);
		driver_send(d, control, 1);
	} else if (g_str_has_prefix(name, "M-") && name[2] != '\0') {
		driver_type(d, "\033");
		driver_type(d, name + 2);
	} else if (g_utf8_strlen(name, -1) == 1) {
		driver_type(d, name);
	} else {
		g_error("no key is called %s", name);
	}
}

void driver_keys(struct driver *d, const char *names)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **w = words; *w != NULL; w++)
		if (**w != '\0')
			send_key(d, *w);
}

void driver_mouse(struct driver *d, int button, int row, int column)
{
	vterm_mouse_move(d->vt, row, column, VTERM_MOD_NONE);
	vterm_mouse_button(d->vt, button, true, VTERM_MOD_NONE);
	if (button <= 3)
		vterm_mouse_button(d->vt, button, false, VTERM_MOD_NONE);
	driver_flush(d);
}
