#include "tests/screens/vterm_driver.h"

#include "tests/screens/vterm_driver_private.h"

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
#include <termios.h>
#include <unistd.h>

#define TIMEOUT 60.0
#define RAW_KEPT (1024 * 1024)
#define FRAME_MARK "\033[?2026"
#define QUIET 0.3
#define STEADY_US G_USEC_PER_SEC

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct driver *d = user;

	if (property == VTERM_PROP_ALTSCREEN)
		d->alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		d->cursor = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		d->mouse = value->number;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void set_environment(const char *const *environment)
{
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LINES");
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	for (; environment != NULL && *environment != NULL; environment++)
		if (strchr(*environment, '=') != NULL)
			putenv((char *)*environment);
		else
			unsetenv(*environment);
}

static G_GNUC_NORETURN void run_program(const struct driver_settings *s)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_environment(s->environment);
	if (s->directory != NULL && chdir(s->directory) != 0)
		_exit(126);
	execvp(s->argv[0], (char **)s->argv);
	fprintf(stderr, "cannot run %s: %s\n", s->argv[0], strerror(errno));
	_exit(127);
}

struct driver *driver_new(const struct driver_settings *s)
{
	struct driver *d = g_new0(struct driver, 1);

	d->rows = s->rows != 0 ? s->rows : 24;
	d->columns = s->columns != 0 ? s->columns : 80;
	d->cursor = TRUE;
	d->raw = g_byte_array_new();
	d->title = g_strdup("");
	d->vt = vterm_new(d->rows, d->columns);
	vterm_set_utf8(d->vt, 1);
	d->screen = vterm_obtain_screen(d->vt);
	vterm_screen_set_callbacks(d->screen, &callbacks, d);
	vterm_screen_enable_altscreen(d->screen, 1);
	vterm_screen_reset(d->screen, 1);
	struct winsize size = {.ws_row = (unsigned short)d->rows, .ws_col = (unsigned short)d->columns};
	fflush(NULL);
	d->child = forkpty(&d->master, NULL, NULL, &size);
	if (d->child < 0)
		g_error("no pty: %s", g_strerror(errno));
	if (d->child == 0)
		run_program(s);
	return d;
}

/* The modes are compared with those of a pty that no program has touched. */
static void read_untouched_modes(struct termios *modes)
{
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, NULL) != 0 || tcgetattr(slave, modes) != 0)
		g_error("no pty: %s", g_strerror(errno));
	close(slave);
	close(master);
}

static gboolean reap(struct driver *d, int options)
{
	int status;

	if (d->child == 0)
		return TRUE;
	if (waitpid(d->child, &status, options) != d->child)
		return FALSE;
	d->child = 0;
	d->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return TRUE;
}

void driver_free(struct driver *d)
{
	if (d == NULL)
		return;
	driver_hang_up(d);
	for (guint i = 0; i < 1000 && !reap(d, WNOHANG); i++)
		g_usleep(2000);
	if (d->child != 0) {
		kill(d->child, SIGKILL);
		reap(d, 0);
	}
	vterm_free(d->vt);
	g_byte_array_unref(d->raw);
	g_free(d->title);
	g_free(d->clipboard);
	g_free(d);
}

void driver_hang_up(struct driver *d)
{
	if (d->master >= 0)
		close(d->master);
	d->master = -1;
	d->over = TRUE;
}

pid_t driver_pid(const struct driver *d)
{
	return d->child;
}

void driver_fail(struct driver *d, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	g_autofree char *what = g_strdup_vprintf(format, values);
	va_end(values);
	g_printerr("# the screen, %d × %d, after %" G_GUINT64_FORMAT " bytes:\n", d->columns, d->rows, d->bytes);
	for (int y = 0; y < d->rows; y++) {
		g_autofree char *row = driver_row(d, y);
		g_printerr("# %2d |%s\n", y, row);
	}
	if (reap(d, WNOHANG)) {
		g_autofree char *tail = g_strndup((const char *)d->raw->data + (d->raw->len > 4000 ? d->raw->len - 4000 : 0), MIN(d->raw->len, 4000));
		g_autofree char *safe = g_strescape(tail, "\n\"");
		g_printerr("# the program has ended with status %d; its last output:\n%s\n", d->status, safe);
	}
	g_error("%s", what);
}

static void keep_raw(struct driver *d, const char *bytes, gsize length)
{
	d->bytes += length;
	g_byte_array_append(d->raw, (const guint8 *)bytes, (guint)length);
	if (d->raw->len > 2 * RAW_KEPT)
		g_byte_array_remove_range(d->raw, 0, d->raw->len - RAW_KEPT);
}

/* Synchronized output: the mark and 'h' before a frame, and 'l' behind it. */
static void watch_frames(struct driver *d, const char *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		if (d->frame_matched == strlen(FRAME_MARK)) {
			d->in_frame = bytes[i] == 'h' || (d->in_frame && bytes[i] != 'l');
			d->frame_matched = 0;
		}
		d->frame_matched = bytes[i] == FRAME_MARK[d->frame_matched] ? d->frame_matched + 1 : bytes[i] == *FRAME_MARK;
	}
}

gboolean driver_pump(struct driver *d, double seconds)
{
	struct pollfd p = {.fd = d->master, .events = POLLIN};
	char bytes[16384];

	if (d->over)
		return FALSE;
	if (poll(&p, 1, (int)(seconds * 1000)) <= 0)
		return TRUE;
	gssize n = read(d->master, bytes, sizeof bytes);
	if (n <= 0) {
		d->over = !(n < 0 && (errno == EINTR || errno == EAGAIN)); /* EIO: nobody has the terminal any more */
		d->in_frame = d->in_frame && !d->over;
		return !d->over;
	}
	keep_raw(d, bytes, (gsize)n);
	watch_frames(d, bytes, (gsize)n);
	vterm_input_write(d->vt, bytes, (gsize)n);
	driver_flush(d);
	return TRUE;
}

void driver_wait_until(struct driver *d, gboolean (*test)(struct driver *d, void *user), void *user, const char *what, double timeout)
{
	gint64 deadline = g_get_monotonic_time() + (gint64)((timeout > 0 ? timeout : TIMEOUT) * G_USEC_PER_SEC);

	while (d->in_frame || !test(d, user)) { /* half a frame shows what never was */
		if (g_get_monotonic_time() > deadline)
			driver_fail(d, "waited for %s in vain", what);
		if (!driver_pump(d, 0.05) && !test(d, user))
			driver_fail(d, "the program ended while the test waited for %s", what);
	}
}

static gboolean text_is_there(struct driver *d, void *user)
{
	return driver_has(d, user);
}

static gboolean text_is_gone(struct driver *d, void *user)
{
	return !driver_has(d, user);
}

void driver_wait(struct driver *d, const char *text, double timeout)
{
	g_autofree char *what = g_strdup_printf("the text \"%s\"", text);

	driver_wait_until(d, text_is_there, (void *)text, what, timeout);
}

void driver_wait_gone(struct driver *d, const char *text, double timeout)
{
	g_autofree char *what = g_strdup_printf("the text \"%s\" to go", text);

	driver_wait_until(d, text_is_gone, (void *)text, what, timeout);
}

static gboolean matches(struct driver *d, void *user)
{
	g_autofree char *text = driver_text(d);

	return g_regex_match(user, text, 0, NULL);
}

void driver_wait_match(struct driver *d, const char *pattern, double timeout)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, &error);
	g_autofree char *what = g_strdup_printf("the pattern \"%s\"", pattern);

	if (regex == NULL)
		g_error("%s: %s", pattern, error->message);
	driver_wait_until(d, matches, regex, what, timeout);
}

struct wanted_row {
	int row;
	const char *text;
};

static gboolean row_is(struct driver *d, void *user)
{
	const struct wanted_row *w = user;
	g_autofree char *row = driver_row(d, w->row);

	return g_str_equal(row, w->text);
}

void driver_wait_row(struct driver *d, int row, const char *text, double timeout)
{
	struct wanted_row wanted = {.row = row, .text = text};
	g_autofree char *what = g_strdup_printf("row %d to be \"%s\"", row, text);

	driver_wait_until(d, row_is, &wanted, what, timeout);
}

void driver_settle(struct driver *d)
{
	g_autofree char *text = driver_text(d);
	gint64 since = g_get_monotonic_time(), deadline = since + (gint64)(TIMEOUT * G_USEC_PER_SEC);

	while (g_get_monotonic_time() - since < STEADY_US) {
		guint64 bytes = d->bytes;
		if (!driver_pump(d, QUIET) || d->bytes == bytes)
			return;
		g_autofree char *now = driver_text(d);
		if (!g_str_equal(now, text)) {
			since = g_get_monotonic_time();
			g_free(text);
			text = g_steal_pointer(&now);
		}
		if (since > deadline)
			driver_fail(d, "the screen does not come to rest");
	}
}

void driver_resize(struct driver *d, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	d->rows = rows;
	d->columns = columns;
	vterm_set_size(d->vt, rows, columns);
	ioctl(d->master, TIOCSWINSZ, &size);
}

int driver_wait_exit(struct driver *d, double timeout)
{
	gint64 deadline = g_get_monotonic_time() + (gint64)((timeout > 0 ? timeout : TIMEOUT) * G_USEC_PER_SEC);

	while (!reap(d, WNOHANG)) {
		if (g_get_monotonic_time() > deadline)
			driver_fail(d, "the program does not end");
		if (!driver_pump(d, 0.02))
			g_usleep(2000); /* its terminal is at its end: nothing else wakes us */
	}
	/* A child of the program can still have the terminal: only what has come already is taken. */
	for (guint64 bytes = d->bytes + 1; bytes != d->bytes && !d->over;) {
		bytes = d->bytes;
		driver_pump(d, 0);
	}
	return d->status;
}

void driver_assert_restored(struct driver *d)
{
	struct termios untouched, now;

	if (d->alternate)
		driver_fail(d, "the alternate screen was left on");
	if (!d->cursor)
		driver_fail(d, "the cursor was left hidden");
	if (d->mouse != VTERM_PROP_MOUSE_NONE)
		driver_fail(d, "mouse reports were left on");
	read_untouched_modes(&untouched);
	if (tcgetattr(d->master, &now) != 0)
		driver_fail(d, "the modes of the terminal cannot be read: %s", g_strerror(errno));
	if (now.c_lflag != untouched.c_lflag || now.c_iflag != untouched.c_iflag || now.c_oflag != untouched.c_oflag)
		driver_fail(d, "the modes of the terminal were not restored: local %x instead of %x, input %x instead of %x, output %x instead of %x",
		            now.c_lflag, untouched.c_lflag, now.c_iflag, untouched.c_iflag, now.c_oflag, untouched.c_oflag);
}

void driver_quit(struct driver *d, const char *keys)
{
	driver_keys(d, keys);
	int status = driver_wait_exit(d, 0);

	if (status != 0)
		driver_fail(d, "the program ended with status %d", status);
	driver_assert_restored(d);
	driver_free(d);
}
