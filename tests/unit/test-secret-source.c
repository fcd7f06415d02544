/* Where secrets come from: what is refused, and that no error holds any of them. */
#include "backends/secret_source.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/bearer.h"
#include "tests/unit/wait_for.h"

#define TOKEN "tok-5f3c-example"

struct got { guint done; char *text, *problem; };

static void
on_done(void *user, struct secret *s, const char *problem)
{
	struct got *g = user;

	g_assert_true((s == NULL) == (problem != NULL));
	g->done++;
	g->text = g_strdup(secret_text(s));
	g->problem = g_strdup(problem);
	secret_free(s);
}

static void
got_clear(struct got *g)
{
	g_free(g->text);
	g_free(g->problem);
	memset(g, 0, sizeof *g);
}

static void
get(struct got *g, struct secret_source s)
{
	secret_source_read(&s, on_done, g);
	g_assert_cmpuint(g->done, ==, 0); /* never before it returned */
	WAIT_FOR(g->done);
	g_assert_cmpuint(g->done, ==, 1);
}

static void
assert_secret(struct secret_source s, const char *text)
{
	struct got g = { 0 };

	get(&g, s);
	g_assert_cmpstr(g.problem, ==, NULL);
	g_assert_cmpstr(g.text, ==, text);
	got_clear(&g);
}

static void
assert_problem(struct secret_source s, const char *words)
{
	struct got g = { 0 };

	get(&g, s);
	g_test_message("%s", g.problem);
	g_assert_null(g.text);
	g_assert_nonnull(strstr(g.problem, words));
	g_assert_null(strstr(g.problem, "5f3c"));
	got_clear(&g);
}

static void
test_env(void)
{
	g_autofree char *large = g_strnfill(SECRET_SOURCE_MAX + 1, 'x'), *most = g_strnfill(SECRET_SOURCE_MAX, 'x');

	g_setenv("MW_TEST_TOKEN", TOKEN, TRUE);
	assert_secret((struct secret_source){ .env = "MW_TEST_TOKEN" }, TOKEN);
	g_setenv("MW_TEST_TOKEN", most, TRUE);
	assert_secret((struct secret_source){ .env = "MW_TEST_TOKEN" }, most);
	g_setenv("MW_TEST_TOKEN", large, TRUE);
	assert_problem((struct secret_source){ .env = "MW_TEST_TOKEN" }, "longer than 16 KiB");
	g_setenv("MW_TEST_TOKEN", TOKEN "\r\nX-Evil: 1", TRUE);
	assert_problem((struct secret_source){ .env = "MW_TEST_TOKEN" }, "control characters or several lines");
	g_setenv("MW_TEST_TOKEN", "", TRUE);
	assert_problem((struct secret_source){ .env = "MW_TEST_TOKEN" }, "of the variable MW_TEST_TOKEN is empty");
	g_unsetenv("MW_TEST_TOKEN");
	assert_problem((struct secret_source){ .env = "MW_TEST_TOKEN" }, "MW_TEST_TOKEN is not set");
}

static void
test_file(void)
{
	g_autofree char *directory = g_dir_make_tmp("midwatch-secret-XXXXXX", NULL), *path = g_build_filename(directory, "token", NULL);
	g_autofree char *fifo = g_build_filename(directory, "fifo", NULL);
	static const struct { int mode; gboolean good; } modes[] = { { 0600, TRUE }, { 0400, TRUE }, { 0644, FALSE }, { 0660, FALSE }, { 0604, FALSE }, { 0700, FALSE } };

	g_assert_true(g_file_set_contents(path, TOKEN "\n", -1, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_assert_cmpint(g_chmod(path, modes[i].mode), ==, 0);
		if (modes[i].good)
			assert_secret((struct secret_source){ .file = path }, TOKEN);
		else
			assert_problem((struct secret_source){ .file = path }, "closed to others, chmod 600");
	}
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
	if (geteuid() == 0) {
		g_assert_cmpint(chown(path, 65534, 65534), ==, 0);
		assert_problem((struct secret_source){ .file = path }, "belongs to another user");
	}
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	assert_problem((struct secret_source){ .file = fifo }, "is no regular file");
	assert_problem((struct secret_source){ .file = directory }, "is no regular file");
	g_unlink(path);
	assert_problem((struct secret_source){ .file = path }, "cannot be read: No such file");
	g_unlink(fifo);
	g_rmdir(directory);
}

static void
test_command(void)
{
	assert_secret((struct secret_source){ .command = "echo " TOKEN }, TOKEN);
	assert_secret((struct secret_source){ .command = "printf %s a; printf %s b; cat" }, "ab"); /* it has no stdin */
	assert_secret((struct secret_source){ .command = "echo " TOKEN "; sleep 0.1 & exit 0" }, TOKEN); /* a child that goes on */
	assert_secret((struct secret_source){ .command = "yes " TOKEN " | head -c 1000000 >&2; echo " TOKEN }, TOKEN);
	assert_problem((struct secret_source){ .command = "echo " TOKEN "; echo " TOKEN " >&2; exit 3" }, "failed with exit code 3");
	assert_problem((struct secret_source){ .command = "no-such-command-" TOKEN }, "was not found (exit code 127)");
	assert_problem((struct secret_source){ .command = "true" }, "of the command is empty");
	assert_problem((struct secret_source){ .command = "printf 'a\\nb\\n'" }, "several lines");
	assert_problem((struct secret_source){ .command = "printf 'a\\000b'" }, "control characters");
	assert_problem((struct secret_source){ .command = "yes " TOKEN }, "longer than 16 KiB");
	assert_problem((struct secret_source){ .command = "echo " TOKEN "; sleep 1000", .timeout_ms = 100 }, "did not end within 0.1 s");
}

static void
test_cancel(void)
{
	struct got g = { 0 };

	secret_source_cancel(secret_source_read(&(struct secret_source){ .command = "sleep 1000" }, on_done, &g));
	secret_source_cancel(secret_source_read(&(struct secret_source){ .env = "HOME" }, on_done, &g));
	secret_source_cancel(NULL);
	assert_secret((struct secret_source){ .command = "sleep 0.1; echo x" }, "x");
	g_assert_cmpuint(g.done, ==, 0);
}

/* --- the token in use --- */

struct ready { guint count; char *problem; };

static void
on_ready(void *user, const char *problem)
{
	struct ready *r = user;

	r->count++;
	g_free(r->problem);
	r->problem = g_strdup(problem);
}

static void
test_bearer(void)
{
	struct ready r = { 0 };
	struct bearer *b;
	char *header;
	g_autofree char *words = NULL;

	g_setenv("MW_TEST_TOKEN", TOKEN, TRUE);
	b = bearer_new(&(struct secret_source){ .env = "MW_TEST_TOKEN" }, 0);
	g_assert_null(bearer_header(b));
	bearer_prepare(b, on_ready, &r);
	WAIT_FOR(r.count == 1);
	bearer_prepare(b, on_ready, &r); /* it is held */
	g_assert_cmpuint(r.count, ==, 2);
	header = bearer_header(b);
	g_assert_cmpstr(header, ==, "Authorization: Bearer " TOKEN);
	bearer_header_free(header);
	words = bearer_redact(b, "no user has " TOKEN ", " TOKEN);
	g_assert_cmpstr(words, ==, "no user has [token], [token]");
	g_setenv("MW_TEST_TOKEN", "renewed", TRUE);
	g_assert_true(bearer_refused(b));
	bearer_prepare(b, on_ready, &r);
	WAIT_FOR(r.count == 3);
	header = bearer_header(b);
	g_assert_cmpstr(header, ==, "Authorization: Bearer renewed");
	bearer_header_free(header);
	bearer_free(b);
	g_free(r.problem);
}

/* A command may ask a password manager: it is not run again with every question. */
static void
test_bearer_command(void)
{
	g_autofree char *directory = g_dir_make_tmp("midwatch-secret-XXXXXX", NULL), *log = g_build_filename(directory, "log", NULL);
	g_autofree char *command = g_strdup_printf("echo run >>%s; exit 1", log), *text = NULL;
	struct bearer *b = bearer_new(&(struct secret_source){ .command = command }, BEARER_AGAIN_S);
	struct ready r = { 0 };

	bearer_prepare(b, on_ready, &r);
	WAIT_FOR(r.count == 1);
	bearer_prepare(b, on_ready, &r);
	g_assert_cmpuint(r.count, ==, 2);
	g_assert_nonnull(strstr(r.problem, "exit code 1"));
	bearer_retry(b); /* the operator asks */
	bearer_prepare(b, on_ready, &r);
	WAIT_FOR(r.count == 3);
	g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "run\nrun\n");
	bearer_prepare(b, on_ready, &r);
	bearer_retry(b);
	bearer_prepare(b, on_ready, &r);
	bearer_free(b); /* while it runs */
	g_unlink(log);
	g_rmdir(directory);
	g_free(r.problem);
}

static void
test_no_bearer(void)
{
	struct ready r = { 0 };
	g_autofree char *words = bearer_redact(NULL, "as it is");

	g_assert_null(bearer_new(NULL, 60));
	bearer_prepare(NULL, on_ready, &r);
	g_assert_cmpuint(r.count, ==, 1);
	g_assert_null(bearer_header(NULL));
	g_assert_false(bearer_refused(NULL));
	g_assert_cmpstr(words, ==, "as it is");
	bearer_header_free(NULL);
	bearer_retry(NULL);
	bearer_free(NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-source/env", test_env);
	g_test_add_func("/secret-source/file", test_file);
	g_test_add_func("/secret-source/command", test_command);
	g_test_add_func("/secret-source/cancel", test_cancel);
	g_test_add_func("/secret-source/bearer", test_bearer);
	g_test_add_func("/secret-source/bearer-command", test_bearer_command);
	g_test_add_func("/secret-source/no-bearer", test_no_bearer);
	return g_test_run();
}
