#include "app/crash.h"

#include <signal.h>
#include <stddef.h>

#include "tui/screen.h"

static void
restore(int number)
{
	screen_emergency();
	raise(number); /* SA_RESETHAND: the default action now */
}

void
crash_guard(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = restore, .sa_flags = SA_RESETHAND | SA_NODEFER };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &action, NULL);
}
