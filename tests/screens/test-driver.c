/* The driver itself, on small programs whose screens are known. */
#include "tests/screens/golden.h"
#include "tests/screens/vterm_driver.h"

#include <signal.h>
#include <string.h>

static struct driver *run_shell(const char *script, int rows, int columns)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	const struct driver_settings s = {.argv = argv, .rows = rows, .columns = columns};

	return driver_new(&s);
}

static void test_text(void)
{
	struct driver *d = run_shell("printf 'one \\033[1;31mred\\033[0m \\033[7mback\\033[0m\\r\\n\\346\\227\\245x\\r\\n'; read x; exit 3", 6, 20);
	int column;

	driver_wait(d, "back", 0);
	driver_wait_row(d, 1, "日x", 0);
	driver_wait_match(d, "^one .*back$", 0);
	g_assert_cmpint(driver_find(d, "x", &column), ==, 1);
	g_assert_cmpint(column, ==, 2);
	struct driver_cell red = driver_cell(d, 0, 4), back = driver_cell(d, 0, 8);
	g_assert_true(red.bold);
	g_assert_cmpint(red.fg, ==, 1);
	g_assert_cmpint(red.bg, ==, -1);
	g_assert_true(back.reverse);
	g_assert_cmpint(back.fg, ==, -1);
	g_autofree char *text = driver_text(d);
	g_assert_cmpstr(text, ==, "one red back\n日x\n\n\n\n\n");
	g_assert_cmpuint(driver_bytes(d), >, 20);
	driver_keys(d, "Enter");
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 3);
	driver_assert_restored(d);
	driver_free(d);
}

static void test_keys(void)
{
	struct driver *d = run_shell("stty raw -echo; printf ready; dd bs=1 count=13 2>/dev/null | od -An -tx1; stty sane", 6, 80);

	driver_wait(d, "ready", 0);
	driver_keys(d, "^R j Space Up S-Tab F1 Esc");
	driver_wait(d, "12 6a 20 1b 5b 41 1b 5b 5a 1b 4f 50 1b", 0);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
	driver_free(d);
}

/* What is seen in the middle of a frame is not taken for a screen, also when the mark comes in pieces. */
static void test_frame(void)
{
	struct driver *d = run_shell("printf '\\033[?20'; sleep 0.2; printf '26htorn'; sleep 0.5; printf '\\r\\033[Kwhole\\033[?2026l'; read x", 6, 20);

	driver_wait_match(d, "torn|whole", 0);
	g_assert_true(driver_has(d, "whole"));
	driver_free(d);
}

static void test_resize(void)
{
	struct driver *d = run_shell("trap 'stty size' WINCH; echo start; while :; do sleep 0.05; done", 24, 80);

	driver_wait(d, "start", 0);
	driver_resize(d, 30, 100);
	driver_wait(d, "30 100", 0);
	driver_free(d);
}

static void test_sequences(void)
{
	struct driver *d = run_shell("printf '\\033]2;a title\\007\\033]52;c;aGVsbG8=\\007\\033[?1049h\\033[?25l\\033[?1000hin'; read x;"
	                             "printf '\\033[?1049l\\033[?25h\\033[?1000lout'", 6, 20);

	driver_wait(d, "in", 0);
	g_assert_true(driver_alternate(d));
	g_assert_false(driver_cursor(d, NULL, NULL));
	g_assert_cmpstr(driver_title(d), ==, "a title");
	g_assert_cmpstr(driver_clipboard(d), ==, "hello");
	driver_keys(d, "Enter");
	driver_wait(d, "out", 0);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
	driver_assert_restored(d);
	driver_free(d);
}

static void test_hang_up(void)
{
	struct driver *d = run_shell("trap 'exit 9' HUP; echo start; while :; do sleep 0.05; done", 6, 20);

	driver_wait(d, "start", 0);
	driver_hang_up(d);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 9);
	driver_free(d);
}

static void test_signal_status(void)
{
	struct driver *d = run_shell("echo start; kill -SEGV $$", 6, 20);

	g_assert_cmpint(driver_wait_exit(d, 0), ==, 128 + SIGSEGV);
	driver_free(d);
}

/* What comes late is waited for; figures are masked. */
static void test_golden(void)
{
	struct driver *d = run_shell("date -u +%H:%M:%SZ; printf 'cpu  %3d%% of all\\n' $(($$ % 100)); sleep 0.2; echo end; read x", 5, 30);

	golden_check(d, "driver", (const char *[]){MASK_CLOCK, MASK_FIGURE, NULL});
	driver_free(d);
}

static void test_alarm(void)
{
	if (g_test_subprocess()) {
		struct driver *d = run_shell("stty -echo; echo done", 6, 20);
		driver_wait_exit(d, 0);
		driver_assert_restored(d);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr("*modes of the terminal were not restored*");
}

static void test_vain(void)
{
	if (g_test_subprocess()) {
		driver_wait(run_shell("echo something else; sleep 5", 6, 20), "expected", 0.5);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr("*something else*waited for the text*expected*in vain*");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/driver/text", test_text);
	g_test_add_func("/driver/keys", test_keys);
	g_test_add_func("/driver/frame", test_frame);
	g_test_add_func("/driver/resize", test_resize);
	g_test_add_func("/driver/sequences", test_sequences);
	g_test_add_func("/driver/hang-up", test_hang_up);
	g_test_add_func("/driver/signal-status", test_signal_status);
	g_test_add_func("/driver/golden", test_golden);
	g_test_add_func("/driver/not-restored", test_alarm);
	g_test_add_func("/driver/in-vain", test_vain);
	return g_test_run();
}
