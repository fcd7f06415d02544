#include "app/crash.h"

#include <execinfo.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tui/screen.h"

#define FRAMES 64

static void
say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		(void)0; /* nobody listens */
}

/* The addresses are those of the program's file, which addr2line reads: not even a core file need be left. */
static void
say_where(int number)
{
	void *frames[FRAMES];
	int n = backtrace(frames, FRAMES);

	say("midwatch: died of SIG");
	say(sigabbrev_np(number));
	say(", which is a fault of its own. Please report it with these lines:\n");
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
}

static void
restore(int number)
{
	screen_emergency();
	say_where(number);
	raise(number); /* SA_RESETHAND: the default action now */
}

void
crash_guard(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = restore, .sa_flags = SA_RESETHAND | SA_NODEFER };
	void *frame[1];

	backtrace(frame, G_N_ELEMENTS(frame)); /* loads what it needs, which a handler could not */
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}
