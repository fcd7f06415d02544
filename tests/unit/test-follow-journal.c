/* The follower of the journal on a local link, with a journalctl that behaves as told. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/lab/follow_rig.h"

/* As systemd 252 does: that there are no files is not said with -o json, and a journal that comes later is followed. */
#define NO_FILES \
	"#!/bin/sh\n" \
	"case $* in *json*) exec sleep 60;; esac\n" \
	"echo 'No journal files were found.' >&2\n"
#define ONE_ENTRY \
	"#!/bin/sh\n" \
	"case $* in *json*) ;; *) exit 0;; esac\n" \
	"printf '{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1795719942000000\",\"PRIORITY\":\"6\",\"MESSAGE\":\"%s\"}\\n' \"$*\"\n" \
	"exec sleep 60\n"

/* Puts a journalctl before the real one in PATH. */
static void
put_journalctl(struct follow_rig *r, const char *script)
{
	static char *path;
	g_autofree char *with = NULL;
	g_autofree char *file = rig_path(r, "journalctl");
	g_autofree char *made = rig_path(r, "journalctl.new");

	if (!path)
		path = g_strdup(g_getenv("PATH"));
	with = g_strconcat(r->dir, ":", path, NULL);
	rig_write(made, script, FALSE);
	g_chmod(made, 0755);
	g_assert_cmpint(g_rename(made, file), ==, 0); /* a program that runs cannot be written to */
	g_setenv("PATH", with, TRUE);
}

static void
test_no_files(void)
{
	struct follow_rig r;
	const struct log_source_info *source;

	rig_init(&r);
	put_journalctl(&r, NO_FILES);
	rig_follow(&r, FOLLOW_JOURNAL, "journal", 0, FALSE);
	rig_wait_state(&r, FOLLOW_FAILED);
	g_assert_cmpstr(follow_problem(r.follow), ==, "no journal on lab: journald keeps no files there");
	source = log_store_source_info(r.world->logs, follow_source(r.follow));
	g_assert_cmpstr(source->problem, ==, follow_problem(r.follow));
	rig_clear(&r);
}

/* It is looked for again, and what came into it meanwhile is not missed. */
static void
test_files_come_later(void)
{
	struct follow_rig r;
	g_autofree char *text = NULL;

	rig_init(&r);
	put_journalctl(&r, NO_FILES);
	rig_follow(&r, FOLLOW_UNIT, "x.service", 0, FALSE);
	rig_wait_state(&r, FOLLOW_FAILED);
	put_journalctl(&r, ONE_ENTRY);
	rig_wait_state(&r, FOLLOW_LIVE);
	g_assert_null(follow_problem(r.follow));
	text = rig_text(&r, FALSE);
	g_assert_nonnull(strstr(text, "--no-tail --since=@"));
	rig_clear(&r);
}

/* A clock that is off is taken off its times: a host of tomorrow would always be the last of all. */
static void
test_clock_ahead(void)
{
	const gint64 told_us = 1795719942 * (gint64)G_USEC_PER_SEC, day_s = 86400;
	struct log_line line;
	struct follow_rig r;

	rig_init(&r);
	put_journalctl(&r, ONE_ENTRY);
	r.host->clock_ahead_s = day_s;
	rig_follow(&r, FOLLOW_UNIT, "x.service", 0, FALSE);
	rig_wait_lines(&r, 1);
	g_assert_true(log_store_at(r.world->logs, 0, &line));
	g_assert_cmpint(line.time_us, ==, told_us - day_s * G_USEC_PER_SEC);
	rig_clear(&r);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/follow-journal/no-files", test_no_files);
	g_test_add_func("/follow-journal/files-come-later", test_files_come_later);
	g_test_add_func("/follow-journal/clock-ahead", test_clock_ahead);
	return g_test_run();
}
