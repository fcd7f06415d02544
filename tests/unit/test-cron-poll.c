/* The answers to the cron script: recorded ones of a Debian, by root and by a user without rights, and bad ones; and the poll itself. */
#include "backends/cron_poll.h"

#include <math.h>
#include <string.h>

#include "backends/cron_reply.h"
#include "backends/cron_script.h"
#include "backends/cron_sections.h"
#include "tests/unit/wait_for.h"

static char *
recorded(const char *name, gsize *len)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "cron-reply", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	g_file_get_contents(path, &text, len, &error);
	g_assert_no_error(error);
	return text;
}

static const struct cron_job *
find(const struct cron_state *s, const char *words)
{
	for (guint i = 0; i < s->jobs->len; i++) {
		const struct cron_job *j = s->jobs->pdata[i];
		if (strstr(j->command, words) || strcmp(j->where, words) == 0)
			return j;
	}
	g_error("no job with %s", words);
}

static gboolean
is_noted(const struct cron_state *s, const char *words)
{
	for (guint i = 0; i < s->not_read->len; i++)
		if (strstr(s->not_read->pdata[i], words))
			return TRUE;
	return FALSE;
}

/* --- sections --- */

static void
test_sections(void)
{
	static const char text[] = "lost\n@a\n=one\n=two\n:5\n:6\n|@end\n||x\n|\n\n!bad\n!worse\n\n@b\n|no feed\n@c\n:x\n\n@end\n";
	gboolean complete;
	g_autoptr(GPtrArray) sections = cron_sections_parse(text, strlen(text), &complete);
	const struct cron_section *s = cron_sections_find(sections, "a");

	g_assert_true(complete);
	g_assert_cmpuint(sections->len, ==, 4);
	g_assert_cmpstr(s->name->str, ==, "one\ntwo");
	g_assert_cmpint(s->number, ==, 5);
	g_assert_cmpstr(s->text->str, ==, "@end\n|x\n\n");
	g_assert_cmpstr(s->errors->str, ==, "bad\nworse");
	g_assert_cmpstr(cron_sections_find(sections, "b")->text->str, ==, "no feed");
	g_assert_cmpint(cron_sections_find(sections, "c")->number, ==, -1);
	g_assert_null(cron_sections_find(sections, "d"));
}

static void
test_cut(void)
{
	g_autofree char *text = NULL;
	gsize len;

	text = recorded("debian.txt", &len);
	for (gsize cut = 0; cut < len - 1; cut += 97) {
		struct cron_reply reply;
		const char *problem;
		g_assert_false(cron_reply_parse(text, cut, 1, NULL, &reply, &problem));
		g_assert_nonnull(problem);
		cron_reply_clear(&reply);
	}
}

/* --- recorded answers --- */

static void
test_debian(void)
{
	struct cron_reply reply;
	struct cron_state *s = &reply.state;
	const char *problem;
	g_autofree char *text = NULL;
	gsize len;

	text = recorded("debian.txt", &len);
	g_assert_true(cron_reply_parse(text, len, 77, NULL, &reply, &problem));
	g_assert_cmpint(s->datum.state, ==, DATUM_OK);
	g_assert_cmpint(s->datum.at_us, ==, 77);
	g_assert_cmpstr(s->zone, ==, "Europe/Berlin");
	g_assert_true(((struct cron_job *)s->jobs->pdata[3])->managed && !((struct cron_job *)s->jobs->pdata[4])->managed);
	g_assert_cmpint(find(s, "--daily")->next_us, ==, G_GINT64_CONSTANT(1795744800000000)); /* 2026-11-27 03:00 in Berlin */
	g_assert_cmpstr(find(s, "exit 3")->result_text, ==, "exit 3");
	g_assert_cmpint(find(s, "echo minute")->last_us, ==, G_GINT64_CONSTANT(1795738021121814));
	g_assert_cmpstr(find(s, "cron.weekly")->name, ==, "cron.weekly");
	g_assert_cmpstr(find(s, "mw-bad.timer")->user, ==, "tester");
	g_assert_cmpint(find(s, "--weekly")->missed_us, !=, 0);
	g_assert_cmpint(find(s, "/opt/backup")->missed_us, ==, 0);
	g_assert_cmpuint(s->runs->len, ==, 3);
	g_assert_cmpuint(s->logs->len, ==, 3);
	g_assert_null(((struct growing_log *)s->logs->pdata[0])->rule);
	g_assert_cmpstr(((struct growing_log *)s->logs->pdata[2])->rule, ==, "/etc/logrotate.d/some");
	g_assert_cmpuint(s->not_read->len, ==, 2);
	g_assert_true(is_noted(s, "/etc/cron.d/unseen.sh is not run"));
	g_assert_true(is_noted(s, "/etc/cron.d/backup is not run: a line of it is wrong."));
	g_assert_cmpstr(reply.cleanup_stamp, ==, "461 1795738000");
	g_assert_false(reply.sudo_refused);
	cron_reply_clear(&reply);
}

/* Debian's cron passes over a file with one bad line, or one that others may write; other crons run what is right in it. */
static void
test_refused_files(void)
{
	static const char crontabs[] =
		"@crontab\n=root\n|1 * * * * mine\n|61 * * * * never\n\n@cron.d\n=/etc/cron.d/good\n|2 * * * * root good\n\n"
		"@unsafe\n=/etc/cron.d/open\n@cron.d\n=/etc/cron.d/open\n|3 * * * * root open\n\n@end\n";
	static const struct { const char *words, *problem; gboolean file_refused; } cases[] = {
		{ "mine", "cron passes over the whole file: a line of it is wrong", TRUE },
		{ "never", "bad minute", FALSE },
		{ "good", NULL, FALSE },
		{ "open", "cron passes over the whole file: it has to be root's own", TRUE },
	};

	for (guint debian = 0; debian < 2; debian++) {
		g_autofree char *text = g_strconcat("@now\n:1795738100\n", debian ? "@debian\n" : "", crontabs, NULL);
		struct cron_reply reply;
		const char *problem;
		g_assert_true(cron_reply_parse(text, strlen(text), 5, NULL, &reply, &problem));
		for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
			const struct cron_job *j = find(&reply.state, cases[i].words);
			const gboolean refused = cases[i].problem && (debian || !cases[i].file_refused);
			g_assert_true(refused ? j->problem && g_str_has_prefix(j->problem, cases[i].problem) : !j->problem);
			g_assert_cmpint(j->file_refused, ==, refused && cases[i].file_refused);
			g_assert_true((j->next_us == 0) == refused);
		}
		cron_reply_clear(&reply);
	}
}

static void
test_no_rights(void)
{
	struct cron_reply reply;
	const char *problem;
	g_autofree char *text = NULL;
	gsize len;

	text = recorded("no-rights.txt", &len);
	g_assert_true(cron_reply_parse(text, len, 77, NULL, &reply, &problem));
	g_assert_true(reply.sudo_refused);
	g_assert_true(is_noted(&reply.state, "The crontab of root could not be read: sudo: a password is required."));
	g_assert_true(is_noted(&reply.state, "No starts of cron's jobs are known, the journal says: Hint: You are currently not seeing"));
	g_assert_cmpint(find(&reply.state, "/home/tester/report")->next_us, !=, 0);
	g_assert_cmpint(find(&reply.state, "/home/tester/report")->missed_us, ==, 0);
	cron_reply_clear(&reply);
}

/* The log is not sent again while it is the same; and what was known stays when it cannot be read. */
static void
test_cleanup_kept(void)
{
	static const char same[] = "@now\n:1795738100\n@cleanup\n=/x\n@cleanup_same\n@end\n";
	static const char unreadable[] = "@now\n:1795738100\n@cleanup\n=/x\n@cleanup_stamp\n=1 2\n@cleanup_text\n\n!tail: Permission denied\n\n@end\n";
	struct cron_reply first, second, third;
	const char *problem;
	g_autofree char *text = NULL;
	gsize len;

	text = recorded("debian.txt", &len);
	g_assert_true(cron_reply_parse(text, len, 77, NULL, &first, &problem));
	g_assert_true(cron_reply_parse(same, strlen(same), 99, &first.state, &second, &problem));
	g_assert_true(second.same_cleanup);
	g_assert_cmpuint(second.state.runs->len, ==, 3);
	g_assert_cmpint(second.state.runs_datum.state, ==, DATUM_OK);
	g_assert_cmpint(second.state.runs_datum.at_us, ==, 99);
	g_assert_true(cron_reply_parse(unreadable, strlen(unreadable), 111, &second.state, &third, &problem));
	g_assert_cmpuint(third.state.runs->len, ==, 3);
	g_assert_cmpint(third.state.runs_datum.state, ==, DATUM_STALE);
	g_assert_cmpint(third.state.runs_datum.at_us, ==, 99);
	g_assert_null(third.cleanup_stamp);
	cron_reply_clear(&first);
	cron_reply_clear(&second);
	cron_reply_clear(&third);
}

/* A run of a day when the clock was years ahead is not the last one. */
static void
test_cleanup_ahead(void)
{
	static const char text[] =
		"@now\n:1795738100\n@cleanup\n=/x\n@cleanup_text\n"
		"|{\"timestamp\":\"2036-11-23T03:00:00Z\",\"mode\":\"weekly\",\"freedMB\":9,\"success\":true}\n"
		"|{\"timestamp\":\"2026-11-23T03:00:00Z\",\"mode\":\"weekly\",\"freedMB\":257,\"success\":true}\n"
		"|{\"timestamp\":\"2026-11-27T10:00:00Z\",\"mode\":\"daily\",\"success\":false}\n\n@end\n"; /* it may be another zone's */
	struct cron_reply reply;
	const char *problem;

	g_assert_true(cron_reply_parse(text, strlen(text), 5, NULL, &reply, &problem));
	g_assert_cmpuint(reply.state.runs->len, ==, 2);
	g_assert_cmpfloat(cron_state_last_cleanup(&reply.state)->freed_mb, ==, 257);
	g_assert_true(is_noted(&reply.state, "/x has 1 run dated in the future, left out"));
	cron_reply_clear(&reply);
}

/* A rule that logrotate itself refuses rotates nothing. */
static void
test_refused_rule(void)
{
	static const char rule[] = "@logrotate\n=/etc/logrotate.d/vm\n|/var/log/x.log {\n|}\n\n@log\n=/var/log/x.log\n:12\n@end\n";

	for (guint refused = 0; refused < 2; refused++) {
		g_autofree char *text = g_strconcat("@now\n:1795738100\n@logrotate_there\n", refused ? "@unsafe\n=/etc/logrotate.d/vm\n" : "", rule, NULL);
		const struct growing_log *log;
		struct cron_reply reply;
		const char *problem;
		g_assert_true(cron_reply_parse(text, strlen(text), 5, NULL, &reply, &problem));
		g_assert_cmpuint(reply.state.logs->len, ==, 1);
		log = reply.state.logs->pdata[0];
		g_assert_cmpstr(log->rule, ==, refused ? NULL : "/etc/logrotate.d/vm");
		g_assert_cmpint(is_noted(&reply.state, "/etc/logrotate.d/vm rotates nothing"), ==, refused);
		cron_reply_clear(&reply);
	}
}

static void
test_bare_host(void)
{
	static const char text[] =
		"@now\n:1795738100\n@user\n=root\n:0\n@zone\n=\n@crontab\n=root\n!no crontab command\n@cleanup\n=/x\n@cleanup_none\n@end\n";
	struct cron_reply reply;
	const char *problem;

	g_assert_true(cron_reply_parse(text, strlen(text), 5, NULL, &reply, &problem));
	g_assert_cmpint(reply.state.datum.state, ==, DATUM_NO_DATA);
	g_assert_cmpint(reply.state.runs_datum.state, ==, DATUM_NO_DATA);
	g_assert_cmpstr(reply.state.zone, ==, "UTC");
	g_assert_true(is_noted(&reply.state, "There is no cron") && is_noted(&reply.state, "without systemd") && is_noted(&reply.state, "There is no /x."));
	cron_reply_clear(&reply);
}

static void
test_zones(void)
{
	static const struct { const char *name, *zone; gint64 next; gboolean noted; } cases[] = {
		{ "Asia/Kolkata", "Asia/Kolkata", 1795739400, FALSE }, /* 06:00 there is 00:30 UTC */
		{ "Moon/Base", "Moon/Base", 1795755600, TRUE },        /* by the offset, +01:00 */
		{ "../../etc/passwd", "../../etc/passwd", 1795755600, TRUE }, { "", "UTC", 1795759200, FALSE },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", 1795755600, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf("@now\n:1795738100\n@zone\n=%s\n@offset\n=+0100\n@crontab\n=root\n|0 6 * * * x\n\n@end\n", cases[i].name);
		struct cron_reply reply;
		const char *problem;
		g_assert_true(cron_reply_parse(text, strlen(text), 5, NULL, &reply, &problem));
		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(reply.state.zone, ==, cases[i].zone);
		g_assert_cmpint(find(&reply.state, "x")->next_us, ==, cases[i].next * G_USEC_PER_SEC);
		g_assert_cmpint(is_noted(&reply.state, "is not known here"), ==, cases[i].noted);
		cron_reply_clear(&reply);
	}
}

/* --- the script and the poll --- */

/* Whatever the configuration holds stays one word. */
static void
test_quoting(void)
{
	static const char *const users[] = { "o'b; touch x" };
	const struct cron_script s = { .users = users, .user_count = 1, .cleanup_log = "/x/$(id)'\n", .growing = users, .growing_count = 1, .cleanup_stamp = "'" };
	g_autofree char *text = cron_script_new(&s);

	g_assert_nonnull(strstr(text, "L='/x/$(id)'\\''\n'"));
	g_assert_nonnull(strstr(text, " 'o'\\''b; touch x'; do"));
	g_assert_nonnull(strstr(text, "f='o'\\''b; touch x'; echo @log"));
	g_assert_nonnull(strstr(text, "k=''\\'''"));
}

static void
on_up(void *user)
{
	cron_poll_link_up(*(struct cron_poll **)user);
}

static void
on_other(void *user)
{
}

static void
run_poll(gboolean disabled)
{
	static const struct link_events events = { on_up, on_other, on_other };
	const struct link_settings settings = { .local = TRUE };
	const struct cron_poll_settings poll_settings = { .cleanup_log = "/nonexistent/cleanup.log", .disabled = disabled };
	struct world *world = world_new(1 << 20);
	struct host *host = host_new("here", "vm", TRUE);
	struct cron_poll *poll;
	struct link *link;

	g_ptr_array_add(world->hosts, host);
	link = link_new(&settings, &host->link, &events, &poll);
	poll = cron_poll_new(&poll_settings, link, world, host);
	link_start(link);
	WAIT_FOR(link_is_up(link));
	if (disabled) {
		cron_poll_now(poll);
		g_assert_cmpint(host->cron.datum.state, ==, DATUM_NO_DATA);
		g_assert_cmpuint(host->cron.logs->len, ==, 0);
	} else {
		WAIT_FOR(host->cron.datum.state != DATUM_UNKNOWN);
		g_assert_null(strstr(host->cron.datum.error ? host->cron.datum.error : "", "cannot be read"));
		g_assert_cmpint(host->cron.runs_datum.state, ==, DATUM_NO_DATA);
		g_assert_cmpuint(host->cron.logs->len, ==, 3);
		cron_poll_link_down(poll);
		g_assert_cmpint(host->cron.datum.state, !=, DATUM_OK);
		g_assert_cmpuint(host->cron.logs->len, ==, 3);
	}
	cron_poll_free(poll);
	link_free(link);
	world_free(world);
}

static void
test_poll(void)
{
	run_poll(FALSE);
}

static void
test_disabled(void)
{
	run_poll(TRUE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cron-poll/sections", test_sections);
	g_test_add_func("/cron-poll/cut", test_cut);
	g_test_add_func("/cron-poll/debian", test_debian);
	g_test_add_func("/cron-poll/refused-files", test_refused_files);
	g_test_add_func("/cron-poll/no-rights", test_no_rights);
	g_test_add_func("/cron-poll/cleanup-kept", test_cleanup_kept);
	g_test_add_func("/cron-poll/cleanup-ahead", test_cleanup_ahead);
	g_test_add_func("/cron-poll/refused-rule", test_refused_rule);
	g_test_add_func("/cron-poll/bare-host", test_bare_host);
	g_test_add_func("/cron-poll/zones", test_zones);
	g_test_add_func("/cron-poll/quoting", test_quoting);
	g_test_add_func("/cron-poll/poll", test_poll);
	g_test_add_func("/cron-poll/disabled", test_disabled);
	return g_test_run();
}
