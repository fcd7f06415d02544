#include "tests/unit/pty_terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct terminal *t = user;

	if (property == VTERM_PROP_ALTSCREEN)
		t->alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		t->cursor = value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

struct terminal *terminal_start(int rows, int columns, void (*child)(void *user), void *user)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	struct terminal *t = g_new0(struct terminal, 1);

	t->rows = rows;
	t->columns = columns;
	t->raw = g_byte_array_new();
	t->cursor = TRUE;
	t->vt = vterm_new(rows, columns);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	fflush(stdout);
	t->child = forkpty(&t->master, NULL, NULL, &size);
	if (t->child < 0)
		g_error("no pty: %s", g_strerror(errno));
	if (t->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child(user);
		_exit(3);
	}
	return t;
}

/* Takes what has come, waits up to 50 ms for it. FALSE at the end. */
static gboolean pump(struct terminal *t)
{
	struct pollfd p = {.fd = t->master, .events = POLLIN};
	char bytes[4096];

	if (poll(&p, 1, 50) <= 0)
		return TRUE;
	gssize n = read(t->master, bytes, sizeof bytes);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	g_byte_array_append(t->raw, (const guint8 *)bytes, (guint)n);
	vterm_input_write(t->vt, bytes, (gsize)n);
	return TRUE;
}

void terminal_send(struct terminal *t, const char *bytes)
{
	for (gsize len = strlen(bytes); len > 0;) {
		gssize n = write(t->master, bytes, len);
		if (n < 0)
			g_error("cannot write to the pty: %s", g_strerror(errno));
		bytes += n;
		len -= (gsize)n;
	}
}

void terminal_resize(struct terminal *t, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	t->rows = rows;
	t->columns = columns;
	vterm_set_size(t->vt, rows, columns);
	ioctl(t->master, TIOCSWINSZ, &size);
}

VTermScreenCell terminal_cell(struct terminal *t, int row, int column)
{
	VTermScreenCell cell;

	memset(&cell, 0, sizeof cell);
	vterm_screen_get_cell(t->screen, (VTermPos){row, column}, &cell);
	return cell;
}

char *terminal_row(struct terminal *t, int row)
{
	GString *text = g_string_new(NULL);

	for (int x = 0; x < t->columns; x++) {
		VTermScreenCell cell = terminal_cell(t, row, x);
		if (cell.chars[0] == 0)
			g_string_append_c(text, ' ');
		for (guint i = 0; i < G_N_ELEMENTS(cell.chars) && cell.chars[i] && cell.chars[i] != (uint32_t)-1; i++)
			g_string_append_unichar(text, cell.chars[i]);
	}
	while (text->len > 0 && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

static void show_and_fail(struct terminal *t, const char *what, const char *text)
{
	for (int y = 0; y < t->rows; y++) {
		g_autofree char *row = terminal_row(t, y);
		g_printerr("# %2d |%s\n", y, row);
	}
	g_error("waited for %s '%s' in vain", what, text);
}

static gboolean is_on_screen(struct terminal *t, int only_row, const char *text)
{
	for (int y = 0; y < t->rows; y++) {
		g_autofree char *row = terminal_row(t, y);
		if (only_row < 0 ? strstr(row, text) != NULL : y == only_row && g_str_equal(row, text))
			return TRUE;
	}
	return FALSE;
}

static void wait_screen(struct terminal *t, int row, const char *text)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	while (!is_on_screen(t, row, text))
		if (!pump(t) || g_get_monotonic_time() > deadline)
			show_and_fail(t, row < 0 ? "text" : "row", text);
}

void terminal_wait_until(struct terminal *t, gboolean (*test)(struct terminal *t, const void *data), const void *data, const char *what)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	while (!test(t, data))
		if (!pump(t) || g_get_monotonic_time() > deadline)
			show_and_fail(t, "the state", what);
}

void terminal_wait(struct terminal *t, const char *text)
{
	wait_screen(t, -1, text);
}

void terminal_wait_row(struct terminal *t, int row, const char *text)
{
	wait_screen(t, row, text);
}

gboolean terminal_has_raw(struct terminal *t, const char *bytes)
{
	return t->raw->len > 0 && memmem(t->raw->data, t->raw->len, bytes, strlen(bytes)) != NULL;
}

void terminal_wait_raw(struct terminal *t, const char *bytes)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	while (!terminal_has_raw(t, bytes))
		if (!pump(t) || g_get_monotonic_time() > deadline)
			show_and_fail(t, "bytes", bytes);
}

int terminal_wait_exit(struct terminal *t)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
	int status;

	while (waitpid(t->child, &status, WNOHANG) == 0) {
		if (t->master < 0 || !pump(t))
			g_usleep(1000); /* the pty is at its end: nothing wakes us */
		if (g_get_monotonic_time() > deadline)
			show_and_fail(t, "the end of", "the child");
	}
	t->child = 0;
	for (guint last = G_MAXUINT; t->master >= 0 && t->raw->len != last;) {
		last = t->raw->len;
		pump(t);
	}
	return status;
}

void terminal_finish(struct terminal *t)
{
	int status = terminal_wait_exit(t);

	if (status != 0) {
		g_printerr("# the child said:\n%.*s\n", (int)t->raw->len, (const char *)t->raw->data);
		g_error("the child ended with wait status 0x%x", (guint)status);
	}
	terminal_free(t);
}

void terminal_free(struct terminal *t)
{
	if (t->child > 0) {
		kill(t->child, SIGKILL);
		waitpid(t->child, NULL, 0);
	}
	if (t->master >= 0)
		close(t->master);
	vterm_free(t->vt);
	g_byte_array_unref(t->raw);
	g_free(t);
}
