/* A cable that goes dead under a real link to a machine of its own: midwatch notices, and what it could not send is never sent later. */
#include "backends/link.h"

#include <stdio.h>

#include "tests/lab/lab.h"
#include "tests/unit/wait_for.h"

struct peer {
	struct link *link;
	struct link_status status;
	guint answers;
	enum link_outcome outcome;
};

static void
on_answer(const struct link_result *r, void *user)
{
	struct peer *p = user;

	p->answers++;
	p->outcome = r->outcome;
}

static void
start(struct peer *p, const struct lab *lab, const char *transport)
{
	static const struct link_events none;
	const struct link_settings s = { .host = "vm", .ssh_config = lab_ssh_config(lab), .transport = transport };

	*p = (struct peer){ 0 };
	p->link = link_new(&s, &p->status, &none, p);
	link_start(p->link);
}

static void
stop(struct peer *p)
{
	link_free(p->link);
	link_status_clear(&p->status);
}

/* Bytes that this machine's kernel still has to get through to the address. */
static guint64
unsent(const char *address)
{
	const char *argv[] = { "ss", "-Htn", "dst", address, NULL };
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) lines = NULL;
	guint64 bytes = 0;

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, &error);
	g_assert_no_error(error);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		char state[32];
		guint64 received, queued;
		if (sscanf(lines[i], "%31s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, state, &received, &queued) == 3)
			bytes += queued;
	}
	return bytes;
}

static void
check_nothing_late(struct lab *lab, const char *address, const char *transport)
{
	static const struct link_command command = { .command = "echo late >>/root/late" };
	g_autofree char *late = NULL;
	struct peer p;

	start(&p, lab, transport);
	WAIT_FOR(link_is_up(p.link));
	lab_machine_link(lab, "vm", FALSE);
	link_run(p.link, &command, on_answer, &p);
	WAIT_FOR(unsent(address) > 0); /* it is on its way */
	WAIT_FOR(!link_is_up(p.link));
	g_assert_cmpuint(p.answers, ==, 1);
	g_assert_cmpint(p.outcome, ==, LINK_UNCERTAIN);
	WAIT_FOR(unsent(address) == 0);
	lab_machine_link(lab, "vm", TRUE);
	link_retry(p.link);
	WAIT_FOR(link_is_up(p.link));
	late = lab_machine_exec(lab, "vm", "sh", "-c", "cat /root/late 2>/dev/null; true", NULL);
	g_assert_cmpstr(late, ==, "");
	stop(&p);
}

static void
test_nothing_late(void)
{
	struct lab *lab;
	g_autofree char *address = NULL;

	if (!lab_have(LAB_MACHINE))
		return;
	lab = lab_new();
	address = lab_machine(lab, "vm");
	check_nothing_late(lab, address, "libssh2");
	check_nothing_late(lab, address, "ssh");
	lab_free(lab);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dead-cable/nothing-late", test_nothing_late);
	return g_test_run();
}
