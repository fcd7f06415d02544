/* Files followed over a local link: growth, rotation in every way, and breaks in the middle of it. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/follow_rig.h"

static void
test_backlog_and_growth(void)
{
	struct follow_rig r;
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;

	rig_init(&r);
	path = rig_path(&r, "it's a $(log) \"file\".log");
	rig_write(path, "one\ntwo\nthree\nfour\n", FALSE);
	rig_follow(&r, FOLLOW_FILE, path, 2, FALSE);
	rig_wait_lines(&r, 2);
	g_assert_cmpint(follow_state(r.follow), ==, FOLLOW_LIVE);
	g_assert_null(follow_problem(r.follow));
	rig_write(path, "five\nunfin", TRUE);
	rig_wait_lines(&r, 3);
	rig_cut(&r);
	rig_write(path, "ished\n\xff\x01 binary\036 x\n", TRUE);
	rig_wait_lines(&r, 5);
	text = rig_text(&r, FALSE);
	g_assert_cmpstr(text, ==, "three|four|five|unfinished|\xef\xbf\xbd\xe2\x90\x81 binary\xe2\x90\x9e x");
	rig_clear(&r);
}

static void
test_file_that_comes_later(void)
{
	struct follow_rig r;
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;

	rig_init(&r);
	path = rig_path(&r, "late.log");
	rig_follow(&r, FOLLOW_FILE, path, 0, FALSE);
	rig_wait_state(&r, FOLLOW_WAITING);
	g_assert_nonnull(strstr(follow_problem(r.follow), "there is no file"));
	rig_write(path, "here\n", FALSE);
	rig_wait_lines(&r, 1);
	g_assert_cmpint(follow_state(r.follow), ==, FOLLOW_LIVE);
	g_assert_cmpint(unlink(path), ==, 0);
	rig_wait_state(&r, FOLLOW_WAITING);
	rig_write(path, "again\n", FALSE);
	rig_wait_lines(&r, 2);
	g_assert_cmpint(follow_state(r.follow), ==, FOLLOW_LIVE);
	text = rig_text(&r, FALSE);
	g_assert_cmpstr(text, ==, "here|again");
	rig_clear(&r);
}

static void
test_what_is_no_file(void)
{
	struct follow_rig r;

	rig_init(&r);
	rig_follow(&r, FOLLOW_FILE, r.dir, 0, FALSE);
	rig_wait_state(&r, FOLLOW_WAITING);
	g_assert_nonnull(strstr(follow_problem(r.follow), "a directory"));
	rig_follow(&r, FOLLOW_FILE, "/dev/null", 0, FALSE);
	rig_wait_state(&r, FOLLOW_WAITING);
	g_assert_nonnull(strstr(follow_problem(r.follow), "not a regular file"));
	rig_follow(&r, FOLLOW_FILE, "no/absolute path", 0, FALSE);
	rig_wait_state(&r, FOLLOW_FAILED);
	rig_clear(&r);
}

static void
test_truncation_is_noted(void)
{
	struct follow_rig r;
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;

	rig_init(&r);
	path = rig_path(&r, "t.log");
	rig_write(path, "first line\nsecond line\nthe last", FALSE);
	rig_follow(&r, FOLLOW_FILE, path, 0, TRUE);
	rig_wait_lines(&r, 2);
	g_assert_cmpint(truncate(path, 0), ==, 0);
	rig_wait_text(&r, "truncated");
	rig_write(path, "new\n", TRUE);
	rig_wait_lines(&r, 4);
	text = rig_text(&r, FALSE);
	g_assert_cmpstr(text, ==, "first line|second line|the last|new");
	rig_clear(&r);
}

/* Truncated and grown beyond its old size while it was not looked at. */
static void
test_truncation_during_a_break(void)
{
	struct follow_rig r;
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;

	rig_init(&r);
	path = rig_path(&r, "t.log");
	rig_write(path, "1 old\n2 old\n", FALSE);
	rig_follow(&r, FOLLOW_FILE, path, 0, TRUE);
	rig_wait_lines(&r, 2);
	rig_write(path, "3 old\n", TRUE);
	rig_wait_lines(&r, 3);
	follow_link_down(r.follow);
	rig_write(path, "1 new and longer than before\n2 new\n", FALSE);
	follow_link_up(r.follow);
	rig_wait_lines(&r, 5);
	text = rig_text(&r, FALSE);
	g_assert_cmpstr(text, ==, "1 old|2 old|3 old|1 new and longer than before|2 new");
	rig_clear(&r);
}

static void
test_rotated_away_during_a_break(void)
{
	struct follow_rig r;
	g_autofree char *path = NULL;
	g_autofree char *rotated = NULL;
	g_autofree char *text = NULL;

	rig_init(&r);
	path = rig_path(&r, "r.log");
	rotated = rig_path(&r, "r.log.1");
	rig_write(path, "a\n", FALSE);
	rig_follow(&r, FOLLOW_FILE, path, 0, FALSE);
	rig_wait_lines(&r, 1);
	follow_link_down(r.follow);
	g_assert_cmpint(follow_state(r.follow), ==, FOLLOW_WAITING);
	rig_write(path, "rest\n", TRUE);
	g_assert_cmpint(rename(path, rotated), ==, 0);
	rig_write(path, "b\n", FALSE);
	follow_link_up(r.follow);
	rig_wait_lines(&r, 3);
	follow_link_down(r.follow);
	rig_write(path, "lost\n", TRUE);
	g_assert_cmpint(rename(path, rotated), ==, 0);
	g_assert_cmpint(unlink(rotated), ==, 0);
	rig_write(rotated, "some other file that is not ours\n", FALSE);
	rig_write(path, "c\n", FALSE);
	follow_link_up(r.follow);
	rig_wait_lines(&r, 4);
	text = rig_text(&r, FALSE);
	g_assert_cmpstr(text, ==, "a|rest|b|c");
	g_assert_true(rig_noted(&r, "gap: "));
	rig_clear(&r);
}

/* --- a program that logs and rotates while links break --- */

#define NUMBERS 4000

/* Each loop writes one number; every 250 the file is rotated. Lines still go to the old file for a while after its renaming, as they do
 * until a daemon is told to open its log anew. No old file is removed: on a busy machine all of them may come between two looks. */
static const char renaming_writer[] =
	"exec 5>>\"$1\"; i=1; late=0\n"
	"while [ $i -le $2 ]; do\n"
	"  echo \"n $i\" >&5; i=$((i + 1))\n"
	"  if [ $late -gt 0 ]; then late=$((late - 1)); [ $late -gt 0 ] || exec 5>>\"$1\"; fi\n"
	"  if [ $((i % 250)) = 0 ]; then\n"
	"    for k in 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1; do [ ! -f \"$1.$k\" ] || mv \"$1.$k\" \"$1.$((k + 1))\"; done\n"
	"    mv \"$1\" \"$1.1\"; : >\"$1\"; late=5\n"
	"  fi\n"
	"  [ $((i % 10)) != 0 ] || sleep .02\n"
	"done\n";
static const char copying_writer[] =
	"i=1\n"
	"while [ $i -le $2 ]; do\n"
	"  echo \"n $i\" >>\"$1\"; i=$((i + 1))\n"
	"  if [ $((i % 250)) = 0 ]; then\n"
	"    for k in 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1; do [ ! -f \"$1.$k\" ] || mv \"$1.$k\" \"$1.$((k + 1))\"; done\n"
	"    cp \"$1\" \"$1.1\"; : >\"$1\"\n"
	"  fi\n"
	"  [ $((i % 10)) != 0 ] || sleep .02\n"
	"done\n";

struct writer { GPid pid; gboolean over; };

static gboolean
is_over(gpointer user)
{
	struct writer *w = user;

	if (!w->over)
		w->over = waitpid(w->pid, NULL, WNOHANG) != 0;
	return w->over;
}

static void
follow_a_rotating_writer(const char *script)
{
	struct follow_rig r;
	g_autofree char *path = NULL;
	g_autofree char *numbers = g_strdup_printf("%d", NUMBERS);
	struct writer w = { 0 };

	rig_init(&r);
	path = rig_path(&r, "app.log");
	rig_write(path, "begin\n", FALSE);
	rig_follow(&r, FOLLOW_FILE, path, 0, TRUE);
	rig_wait_lines(&r, 1); /* a file of which nothing was seen cannot be told from its copies */
	const char *const argv[] = { "sh", "-c", script, "sh", path, numbers, NULL };
	w.pid = rig_start(&r, argv);
	for (guint i = 0; i < 20 && !is_over(&w); i++) {
		rig_spin((guint)g_test_rand_int_range(50, 500));
		rig_cut(&r);
	}
	rig_wait(is_over, &w, "the writer's end");
	rig_expect_numbers(&r, "n ", 1, NUMBERS);
	rig_clear(&r);
}

static void
test_renaming_with_cuts(void)
{
	follow_a_rotating_writer(renaming_writer);
}

static void
test_copying_with_cuts(void)
{
	follow_a_rotating_writer(copying_writer);
}

/* Nothing of the follower may be left when it is freed. */
static gboolean
nothing_runs(gpointer user)
{
	const char *const argv[] = { "sh", "-c", "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; done 2>/dev/null; :", NULL };
	g_autofree char *all = rig_run(argv);

	return strstr(all, user) == NULL;
}

static void
test_nothing_is_left_behind(void)
{
	struct follow_rig r;
	g_autofree char *path = NULL;

	rig_init(&r);
	path = rig_path(&r, "gone.log");
	rig_write(path, "x\n", FALSE);
	rig_follow(&r, FOLLOW_FILE, path, 0, FALSE);
	rig_wait_lines(&r, 1);
	g_assert_false(nothing_runs(path));
	follow_free(g_steal_pointer(&r.follow));
	rig_wait(nothing_runs, path, "the end of the follower's processes");
	rig_clear(&r);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/follow-file/growth", test_backlog_and_growth);
	g_test_add_func("/follow-file/comes-later", test_file_that_comes_later);
	g_test_add_func("/follow-file/no-file", test_what_is_no_file);
	g_test_add_func("/follow-file/truncated", test_truncation_is_noted);
	g_test_add_func("/follow-file/truncated-during-break", test_truncation_during_a_break);
	g_test_add_func("/follow-file/rotated-during-break", test_rotated_away_during_a_break);
	g_test_add_func("/follow-file/renaming-with-cuts", test_renaming_with_cuts);
	g_test_add_func("/follow-file/copying-with-cuts", test_copying_with_cuts);
	g_test_add_func("/follow-file/nothing-left", test_nothing_is_left_behind);
	return g_test_run();
}
