/* Gives the terminal back from a handler of a deadly signal: everything is computed before, only async-signal-safe calls are made then. */
#include "tui/screen.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tui/screen_private.h"

#include <term.h> /* last: it makes macros of many plain words */

static struct {
	volatile sig_atomic_t armed;
	char bytes[256];
	gsize length;
	struct termios saved;
} emergency;

/* Appends a capability without its padding ("$<50>"), which only tputs() can wait for. */
static void append_capability(const char *capability)
{
	for (const char *at = capability; at && *at; at++) {
		const char *end = at[0] == '$' && at[1] == '<' ? strchr(at, '>') : NULL;
		if (end)
			at = end;
		else if (emergency.length < sizeof emergency.bytes)
			emergency.bytes[emergency.length++] = *at;
	}
}

void screen_emergency_prepare(const char *modes_off, const struct termios *saved)
{
	emergency.saved = *saved;
	emergency.length = 0;
	append_capability(modes_off);
	append_capability(exit_attribute_mode);
	append_capability(orig_pair);
	append_capability(keypad_local);
	append_capability(cursor_normal);
	append_capability(exit_ca_mode);
	append_capability(cursor_normal); /* again: see screen_leave() */
	append_capability(exit_ca_mode ? "\r" : "\r\n");
}

void screen_emergency_arm(gboolean armed)
{
	emergency.armed = armed;
}

void screen_emergency(void)
{
	struct pollfd writable = {.fd = screen.output, .events = POLLOUT};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (!emergency.armed)
		return;
	emergency.armed = 0;
	sigaction(SIGTTOU, &ignore, NULL); /* in the background tcsetattr() would stop us */
	/* A terminal that has stalled must not keep us from dying. */
	if (poll(&writable, 1, 200) == 1 && (writable.revents & POLLOUT) && write(screen.output, emergency.bytes, emergency.length) < 0)
		(void)0; /* the modes are still worth a try */
	tcsetattr(screen.input, TCSANOW, &emergency.saved);
}
