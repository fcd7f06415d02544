/* What is pasted and what is typed, on a clock of its own. */
#include "tui/keymap.h"
#include "tui/paste.h"

#define MS 1000

static struct paste paste;
static gint64 now_us;

static void pause_ms(gint64 ms)
{
	paste_quiet(&paste, now_us);
	now_us += ms * MS;
	paste_quiet(&paste, now_us); /* the loop may look more than once */
}

static void expect(int code, enum paste_kind kind)
{
	g_assert_cmpint(paste_key(&paste, code, code >= ' ' && code < KEYCODE_BASE, now_us), ==, kind);
}

static void begin(void)
{
	paste = (struct paste){ 0 };
	now_us = 1000000;
	expect('a', PASTE_TYPED);
	paste_begin(&paste);
}

static void test_marks(void)
{
	begin();
	expect('q', PASTE_PASTED);
	expect(27, PASTE_PASTED);
	pause_ms(100);
	expect('q', PASTE_PASTED);
	paste_end(&paste);
	pause_ms(60);
	expect('q', PASTE_TYPED);
}

static void test_interrupt_inside(void)
{
	begin();
	expect('x', PASTE_PASTED);
	expect(KEYCTRL('C'), PASTE_PASTED); /* it came with the rest */
	expect('q', PASTE_PASTED);
	pause_ms(300);
	expect(KEYCTRL('C'), PASTE_PASTED); /* the paste stalled before it */
	expect('q', PASTE_PASTED);
	expect(KEYCTRL('C'), PASTE_PASTED);
	pause_ms(300);
	expect('q', PASTE_PASTED); /* the paste stalled behind it */
	pause_ms(300);
	expect(KEYCTRL('C'), PASTE_PASTED);
	pause_ms(100);
	expect('q', PASTE_PASTED);
	expect('q', PASTE_PASTED);
}

static void test_end_is_lost(void)
{
	begin();
	expect('x', PASTE_PASTED);
	pause_ms(250);
	expect(KEYCTRL('C'), PASTE_PASTED);
	pause_ms(250);
	expect('q', PASTE_TYPED);
	expect('q', PASTE_TYPED);

	begin();
	pause_ms(1000);
	expect('j', PASTE_PASTED);
	pause_ms(6000);
	expect('j', PASTE_PASTED);
	pause_ms(250);
	expect('j', PASTE_TYPED);

	begin();
	pause_ms(6000); /* a long stall of a paste that goes on */
	expect('j', PASTE_PASTED);
	expect('j', PASTE_PASTED);
	pause_ms(6000);
	expect('j', PASTE_PASTED);
}

static void test_forged_end(void)
{
	begin();
	expect('x', PASTE_PASTED);
	paste_end(&paste);
	expect('q', PASTE_PASTED);
	now_us += 500 * MS; /* the program was slow, the bytes were there all the time */
	expect('\r', PASTE_DROPPED);
	expect(KEYCODE(5), PASTE_DROPPED);
	pause_ms(20);
	expect('y', PASTE_PASTED);
	paste_end(&paste); /* the real one */
	pause_ms(20);
	expect('q', PASTE_PASTED);
	pause_ms(60);
	expect('q', PASTE_TYPED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/paste/marks", test_marks);
	g_test_add_func("/paste/interrupt-inside", test_interrupt_inside);
	g_test_add_func("/paste/end-is-lost", test_end_is_lost);
	g_test_add_func("/paste/forged-end", test_forged_end);
	return g_test_run();
}
