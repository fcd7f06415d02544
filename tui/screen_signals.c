/* The signals of a terminal program. Handlers only note and wake: an epoll descriptor of the terminal and an event counter is what the loop
 * polls. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tui/screen_private.h"

static const int handled[] = {SIGWINCH, SIGTSTP, SIGCONT};
/* newterm() puts handlers that call exit() and stdio in the place of the default ones. */
static const int left_alone[] = {SIGINT, SIGTERM};

static struct {
	volatile sig_atomic_t stop, continued, resized;
	int event, poll;
	struct sigaction before[G_N_ELEMENTS(handled)], others[G_N_ELEMENTS(left_alone)];
} signals = {.event = -1, .poll = -1};

static void note_signal(int number)
{
	int saved = errno;
	guint64 one = 1;

	if (number == SIGTSTP)
		signals.stop = 1;
	else if (number == SIGCONT)
		signals.continued = 1;
	else
		signals.resized = 1;
	if (write(signals.event, &one, sizeof one) < 0)
		(void)0; /* the counter is full: the loop is awake already */
	errno = saved;
}

static void install(guint i)
{
	struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(handled[i], &action, NULL);
}

static gboolean watch(int fd)
{
	struct epoll_event event = {.events = EPOLLIN};

	return epoll_ctl(signals.poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

gboolean screen_signals_watch(int input, gboolean on)
{
	return on ? watch(input) : epoll_ctl(signals.poll, EPOLL_CTL_DEL, input, NULL) == 0;
}

gboolean screen_signals_open(int input, GError **error)
{
	signals.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	signals.poll = epoll_create1(EPOLL_CLOEXEC);
	if (signals.event < 0 || signals.poll < 0 || !watch(signals.event) || !watch(input)) {
		g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "cannot wait for the terminal's input: %s", g_strerror(errno));
		screen_signals_close();
		return FALSE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(handled); i++) {
		sigaction(handled[i], NULL, &signals.before[i]);
		install(i);
	}
	for (guint i = 0; i < G_N_ELEMENTS(left_alone); i++)
		sigaction(left_alone[i], NULL, &signals.others[i]);
	signals.stop = signals.continued = signals.resized = 0;
	return TRUE;
}

void screen_signals_opened(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(left_alone); i++)
		sigaction(left_alone[i], &signals.others[i], NULL);
}

void screen_signals_close(void)
{
	if (signals.event >= 0 && signals.poll >= 0)
		for (guint i = 0; i < G_N_ELEMENTS(handled); i++) {
			struct sigaction now;
			/* Somebody who came later keeps his own. */
			if (sigaction(handled[i], NULL, &now) == 0 && now.sa_handler == note_signal)
				sigaction(handled[i], &signals.before[i], NULL);
		}
	if (signals.event >= 0)
		close(signals.event);
	if (signals.poll >= 0)
		close(signals.poll);
	signals.event = signals.poll = -1;
}

int screen_signals_fd(void)
{
	return signals.poll;
}

void screen_signals_drain(void)
{
	guint64 count;

	if (read(signals.event, &count, sizeof count) < 0)
		(void)0; /* nothing was there */
}

gboolean screen_signals_take(int number)
{
	volatile sig_atomic_t *flag = number == SIGTSTP ? &signals.stop : number == SIGCONT ? &signals.continued : &signals.resized;
	gboolean came = *flag != 0;

	*flag = 0;
	return came;
}

void screen_signals_stop(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL}, ours;
	sigset_t unblock, mask;

	sigaction(SIGTSTP, &plain, &ours);
	sigemptyset(&unblock);
	sigaddset(&unblock, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &unblock, &mask);
	kill(0, SIGTSTP); /* the whole group, as the terminal's own ^Z would: a script around us stops too */
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	signals.stop = signals.continued = 0;
}
