#include "backends/sentinel.h"

#include <string.h>

static void
collect(void *user, const char *bytes, gsize len)
{
	g_string_append_len(user, bytes, (gssize)len);
}

/* Feeds the text in pieces of every size, and expects the output and the code. */
static void
check(const char *before, const char *after, int code, const char *expected)
{
	for (gsize piece = 1; piece < 80; piece++) {
		struct sentinel s;
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *text = NULL;

		sentinel_init(&s);
		text = code < 0 ? g_strconcat(before, after, NULL) : g_strdup_printf("%s%s%d\n%s", before, s.mark, code, after);
		for (gsize at = 0; at < strlen(text); at += piece)
			sentinel_feed(&s, text + at, MIN(piece, strlen(text) - at), collect, out);
		sentinel_flush(&s, collect, out);
		g_assert_cmpstr(out->str, ==, expected);
		g_assert_cmpint(s.seen, ==, code >= 0);
		if (code >= 0)
			g_assert_cmpint(s.exit_code, ==, code);
		sentinel_clear(&s);
	}
}

static void
test_taken_off(void)
{
	check("", "", 0, "");
	check("hello\n", "", 0, "hello\n");
	check("no line feed", "", 3, "no line feed");
	check("two\nlines\n", "", 255, "two\nlines\n");
	check("out\n", "late words of a background process\n", 7, "out\n");
}

static void
test_not_there(void)
{
	check("cut off", "", -1, "cut off");
	check("__mw_", "", -1, "__mw_");
	check("__mw_0123456789abcdef=0\n", "", -1, "__mw_0123456789abcdef=0\n"); /* somebody else's */
}

/* The script itself, as `ps` shows it, is no sentinel; nor is the mark without a number. */
static void
test_mark_without_code(void)
{
	struct sentinel s;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *text = NULL;

	sentinel_init(&s);
	text = g_strdup_printf("printf '%s%%d' %s1234\n%s\n", s.mark, s.mark, s.mark);
	sentinel_feed(&s, text, strlen(text), collect, out);
	sentinel_flush(&s, collect, out);
	g_assert_cmpstr(out->str, ==, text);
	g_assert_false(s.seen);
	sentinel_clear(&s);
}

/* A followed line is given out at once, not held back until the next one comes. */
static void
test_lines_are_not_delayed(void)
{
	struct sentinel s;
	g_autoptr(GString) out = g_string_new(NULL);

	sentinel_init(&s);
	sentinel_feed(&s, "a line\n", 7, collect, out);
	g_assert_cmpstr(out->str, ==, "a line\n");
	sentinel_clear(&s);
}

static void
test_tokens_differ(void)
{
	struct sentinel a, b;

	sentinel_init(&a);
	sentinel_init(&b);
	g_assert_cmpstr(a.mark, !=, b.mark);
	sentinel_clear(&a);
	sentinel_clear(&b);
}

static char *
run(const char *const *argv, int *status)
{
	g_autoptr(GError) error = NULL;
	char *out = NULL;

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &out, NULL, status, &error);
	g_assert_no_error(error);
	return out;
}

/* What no shell may change. */
static const char nasty[] =
	"printf '%s ' 'single'\\''quoted' \"double $((1+2)) `echo back`\" '\\back\\\\slash' '100%s' '!bang' '~' 'caf\303\251' '#hash' '{a,b}' '*'; echo\n"
	"echo second line; false; (exit 42)";
static const char nasty_output[] =
	"single'quoted double 3 back \\back\\\\slash 100%s !bang ~ caf\303\251 #hash {a,b} * \nsecond line\n";

static void
check_shell(const char *shell, enum sentinel_hangup hangup)
{
	g_autofree char *path = g_find_program_in_path(shell);
	struct sentinel s;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *script = NULL, *line = NULL, *raw = NULL;
	const char *argv[] = { path, "-c", NULL, NULL };
	int status;

	if (!path)
		return;
	sentinel_init(&s);
	script = sentinel_script(&s, nasty, hangup);
	line = sentinel_shell_line(script);
	argv[2] = line;
	raw = run(argv, &status);
	sentinel_feed(&s, raw, strlen(raw), collect, out);
	g_assert_cmpstr(out->str, ==, nasty_output);
	g_assert_true(s.seen);
	g_assert_cmpint(s.exit_code, ==, 42);
	sentinel_clear(&s);
}

/* Those that are installed; sh always is. */
static void
test_login_shells(void)
{
	static const char *const shells[] = { "sh", "bash", "dash", "zsh", "ksh", "tcsh", "csh", "fish" };

	for (guint i = 0; i < G_N_ELEMENTS(shells); i++) {
		check_shell(shells[i], HANGUP_NEVER);
		check_shell(shells[i], HANGUP_BY_WORD);
	}
}

static void
test_busybox(void)
{
	g_autofree char *path = g_find_program_in_path("busybox");
	struct sentinel s;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *script = NULL, *raw = NULL;
	const char *argv[] = { path, "sh", "-c", NULL, NULL };
	int status;

	if (!path) {
		g_test_skip("busybox is not installed");
		return;
	}
	sentinel_init(&s);
	script = sentinel_script(&s, "echo busy; exit 5", HANGUP_BY_WORD);
	argv[3] = script;
	raw = run(argv, &status);
	sentinel_feed(&s, raw, strlen(raw), collect, out);
	g_assert_cmpstr(out->str, ==, "busy\n");
	g_assert_cmpint(s.exit_code, ==, 5);
	sentinel_clear(&s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sentinel/taken-off", test_taken_off);
	g_test_add_func("/sentinel/not-there", test_not_there);
	g_test_add_func("/sentinel/mark-without-code", test_mark_without_code);
	g_test_add_func("/sentinel/lines-are-not-delayed", test_lines_are_not_delayed);
	g_test_add_func("/sentinel/tokens-differ", test_tokens_differ);
	g_test_add_func("/sentinel/login-shells", test_login_shells);
	g_test_add_func("/sentinel/busybox", test_busybox);
	return g_test_run();
}
