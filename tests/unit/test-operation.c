/* Operations: what they print is safe and bounded, and the world numbers and forgets them. */
#include "model/operation.h"

#include <string.h>

#include "model/sanitize.h"
#include "model/world.h"

static struct operation *
new_operation(void)
{
	return operation_new("container.restart", "restart", "vm1", "web", "POST /containers/x/restart");
}

static void
put(struct operation *o, const char *text)
{
	operation_output(o, text, strlen(text));
}

static void
test_lines(void)
{
	struct operation *o = new_operation();

	put(o, "one\ntwo\r\nthr");
	g_assert_cmpstr(o->output->str, ==, "one\ntwo\n");
	put(o, "ee");
	put(o, "");
	put(o, "\n\nfour");
	g_assert_cmpstr(o->output->str, ==, "one\ntwo\nthree\n\n");
	operation_output_end(o);
	operation_output_end(o); /* nothing is left */
	g_assert_cmpstr(o->output->str, ==, "one\ntwo\nthree\n\nfour\n");
	g_assert_cmpuint(o->dropped, ==, 0);
	operation_free(o);
}

/* Escape sequences and characters that lie across the borders of what arrives. */
static void
test_safe(void)
{
	static const char bytes[] = "a\x1b[31mred\x1b[0m\x07 \xe2\x80\xae" "b \xff \xc3\xa4\n\x1b]0;title\x07x\n";
	struct operation *o = new_operation();

	for (gsize i = 0; i < sizeof bytes - 1; i++)
		operation_output(o, bytes + i, 1);
	g_assert_true(g_utf8_validate(o->output->str, -1, NULL));
	g_assert_null(strchr(o->output->str, '\x1b'));
	g_assert_null(strchr(o->output->str, '\x07'));
	g_assert_true(g_str_has_prefix(o->output->str, "ared"));
	g_assert_nonnull(strstr(o->output->str, "<U+202E>b \xef\xbf\xbd \xc3\xa4\n"));
	operation_free(o);
}

static void
test_bytes_of_zero(void)
{
	struct operation *o = new_operation();

	operation_output(o, "a\0b\n", 4);
	g_assert_cmpstr(o->output->str, ==, "a\xe2\x90\x80" "b\n");
	operation_free(o);
}

/* The front goes by whole lines; what went and what is kept add up. */
static void
test_bounded(void)
{
	struct operation *o = new_operation();
	guint64 put_in = 0;

	for (guint i = 0; i < 100000; i++) {
		char line[32];
		g_snprintf(line, sizeof line, "line number %06u\n", i);
		put_in += strlen(line);
		put(o, line);
		g_assert_cmpuint(o->output->len, <=, OPERATION_OUTPUT_MAX);
	}
	g_assert_cmpuint(o->dropped + o->output->len, ==, put_in);
	g_assert_cmpuint(o->dropped, >, 0);
	g_assert_cmpuint(o->output->len, >=, OPERATION_OUTPUT_MAX / 2);
	g_assert_true(g_str_has_prefix(o->output->str, "line number "));
	g_assert_true(g_str_has_suffix(o->output->str, "line number 099999\n"));
	operation_free(o);
}

static void
test_no_line_feed(void)
{
	g_autofree char *big = g_malloc(1 << 20);
	struct operation *o = new_operation();

	memset(big, 'x', 1 << 20);
	for (guint i = 0; i < 16; i++) {
		operation_output(o, big + (gsize)i * 65536, 65536);
		g_assert_cmpuint(o->partial->len, <=, SANITIZE_LINE_MAX * 2);
	}
	g_assert_cmpuint(o->output->len, ==, 0);
	operation_output_end(o);
	g_assert_cmpuint(o->output->len, ==, SANITIZE_LINE_MAX + 1);
	g_assert_cmpuint(o->dropped + o->output->len - 1, ==, 1 << 20);
	put(o, "next\n");
	g_assert_true(g_str_has_suffix(o->output->str, "x\nnext\n"));
	operation_free(o);
}

static void
test_words(void)
{
	struct operation *o = new_operation();

	g_assert_cmpstr(operation_state_name(o), ==, "waiting");
	g_assert_cmpint(operation_seconds(o, 5000000), ==, 0);
	o->begun_us = 1000000;
	o->stage = OPERATION_EVIDENCE;
	g_assert_cmpstr(operation_state_name(o), ==, "saving evidence");
	o->stage = OPERATION_BLOCKED;
	g_assert_cmpstr(operation_state_name(o), ==, "blocked");
	o->stage = OPERATION_RUNNING;
	g_assert_cmpstr(operation_state_name(o), ==, "running");
	g_assert_cmpint(operation_seconds(o, 5999999), ==, 4);
	o->stage = OPERATION_VERIFYING;
	g_assert_cmpstr(operation_state_name(o), ==, "verifying");
	o->stage = OPERATION_DONE;
	o->outcome = OUTCOME_UNKNOWN;
	o->ended_us = 3000000;
	g_assert_cmpstr(operation_state_name(o), ==, "unknown");
	g_assert_cmpint(operation_seconds(o, 99000000), ==, 2);
	operation_free(o);
}

/* --- the world's list --- */

static struct operation *
add(struct world *w, enum operation_stage stage)
{
	struct operation *o = new_operation();

	o->stage = stage;
	world_add_operation(w, o);
	return o;
}

static void
test_numbers(void)
{
	struct world *w = world_new(1 << 20);
	struct operation *first = add(w, OPERATION_RUNNING), *last = NULL;

	g_assert_cmpuint(first->number, ==, 1);
	for (guint i = 0; i < WORLD_OPERATIONS_MAX + 50; i++) {
		struct operation *o = add(w, OPERATION_DONE);
		g_assert_cmpuint(o->number, ==, i + 2);
		last = o;
	}
	/* What runs is never forgotten, of what is done the oldest is. */
	g_assert_cmpuint(w->operations->len, ==, WORLD_OPERATIONS_MAX + 1);
	g_assert_true(w->operations->pdata[0] == first);
	g_assert_true(w->operations->pdata[w->operations->len - 1] == last);
	g_assert_cmpuint(((struct operation *)w->operations->pdata[1])->number, ==, 52);
	g_assert_cmpuint(world_operations_open(w), ==, 1);
	world_free(w);
}

static void
test_all_open(void)
{
	struct world *w = world_new(1 << 20);

	for (guint i = 0; i < WORLD_OPERATIONS_MAX + 50; i++)
		add(w, i % 2 ? OPERATION_WAITING : OPERATION_BLOCKED);
	g_assert_cmpuint(w->operations->len, ==, WORLD_OPERATIONS_MAX + 50);
	g_assert_cmpuint(world_operations_open(w), ==, WORLD_OPERATIONS_MAX + 50);
	world_free(w);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operation/lines", test_lines);
	g_test_add_func("/operation/safe", test_safe);
	g_test_add_func("/operation/bytes-of-zero", test_bytes_of_zero);
	g_test_add_func("/operation/bounded", test_bounded);
	g_test_add_func("/operation/no-line-feed", test_no_line_feed);
	g_test_add_func("/operation/words", test_words);
	g_test_add_func("/operation/numbers", test_numbers);
	g_test_add_func("/operation/all-open", test_all_open);
	return g_test_run();
}
