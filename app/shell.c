#include "app/shell.h"

#include <string.h>

#include "tui/screen.h"

/* bash where the image has it. */
#define SHELL_SCRIPT "command -v bash >/dev/null 2>&1 && exec bash; exec sh"

#define SSH_FAILED 255 /* ssh(1), EXIT STATUS: an error of ssh itself */

struct shell {
	struct console *console;
	gint64 audit_id;
	char *place; /* "in web-1 on vm1" */
	gboolean by_ssh;
};

static void
on_ended(void *user, const char *problem, int exit_code)
{
	struct shell *s = user;
	const gboolean cut = !problem && s->by_ssh && exit_code == SSH_FAILED;
	g_autofree char *result = problem ? g_strdup(problem) : cut ? g_strdup("ssh could not connect, or its connection was lost (exit 255)") :
	                          g_strdup_printf("left with exit %d", exit_code);
	const enum outcome outcome = problem ? OUTCOME_FAILED : cut ? OUTCOME_UNKNOWN : OUTCOME_OK;
	g_autoptr(GError) error = NULL;

	if (!store_audit_end(s->console->store, s->audit_id, outcome, result, &error))
		console_notice(s->console, "the end of the shell could not be kept: %s", error->message);
	else
		console_notice(s->console, "shell %s: %s", s->place, result);
	g_free(s->place);
	g_free(s);
}

/* `docker` as the container's host knows it, with the socket of the configuration. */
static char *
docker_command(const struct machine *m, const struct container *c)
{
	g_autofree char *socket = m->config->docker && m->config->docker->socket ? g_strconcat("unix://", m->config->docker->socket, NULL) : NULL;
	g_autofree char *quoted = socket ? g_shell_quote(socket) : NULL, *script = g_shell_quote(SHELL_SCRIPT);

	return g_strdup_printf("docker %s%s exec -it %s sh -c %s", quoted ? "-H " : "", quoted ? quoted : "", c->id, script);
}

/* ssh as midwatch itself was told to reach a host. */
struct ssh_way { const char *alias, *hostname, *config, *known_hosts; };

static void
add_ssh(GPtrArray *argv, const struct ssh_way *way)
{
	g_ptr_array_add(argv, g_strdup("ssh"));
	g_ptr_array_add(argv, g_strdup("-t"));
	if (way->config) {
		g_ptr_array_add(argv, g_strdup("-F"));
		g_ptr_array_add(argv, g_strdup(way->config));
	}
	if (way->hostname)
		g_ptr_array_add(argv, g_strconcat("-oHostName=", way->hostname, NULL));
	if (way->known_hosts)
		g_ptr_array_add(argv, g_strconcat("-oUserKnownHostsFile=", way->known_hosts, NULL));
	g_ptr_array_add(argv, g_strdup("-oStrictHostKeyChecking=yes"));
	g_ptr_array_add(argv, g_strdup("--"));
	g_ptr_array_add(argv, g_strdup(way->alias));
}

static GPtrArray *
argv_of(const struct machine *m, const char *command)
{
	const struct config_host *h = m->config;
	const struct ssh_way way = { .alias = h->ssh ? h->ssh : m->host->name, .config = h->ssh_config, .known_hosts = h->known_hosts };
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	if (m->host->local) {
		g_ptr_array_add(argv, g_strdup("sh"));
		g_ptr_array_add(argv, g_strdup("-c"));
	} else {
		add_ssh(argv, &way);
	}
	g_ptr_array_add(argv, g_strdup(command));
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* Where midwatch was told of its address, and goes by that: to the operator's own only once ssh's configuration has shown that it has none. */
static const char *
hostname_of(const struct gateway *g)
{
	if (gateway_is_the_operators(g) && (g->ssh_address || !g->host->link.address))
		return NULL;
	return gateway_offered_address(g);
}

static GPtrArray *
argv_of_gateway(const struct config_fleet *f, const struct gateway *g)
{
	const struct ssh_way way = { .alias = g->host->name, .hostname = hostname_of(g), .config = f->ssh_config, .known_hosts = f->known_hosts };
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	add_ssh(argv, &way);
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* Gives the terminal away; `place` is what the shell is in. */
static void
run(struct console *c, const struct audit_intent *intent, GPtrArray *argv, const char *place, gboolean by_ssh)
{
	g_autofree char *greeting = g_strdup_printf("midwatch: a shell %s; leaving it comes back\r\n", place);
	g_autoptr(GError) error = NULL;
	struct shell *s = g_new0(struct shell, 1);

	s->console = c;
	s->place = g_strdup(place);
	s->by_ssh = by_ssh;
	s->audit_id = store_audit_begin(c->store, intent, &error);
	if (s->audit_id == 0) {
		console_notice(c, "shell: not opened: %s", error->message);
		g_free(s->place);
		g_free(s);
		return;
	}
	screen_run((char **)argv->pdata, greeting, on_ended, s);
}

void
shell_open(struct console *c, const struct action_target *t)
{
	struct machine *m = machines_find(c->machines, t->host);
	const struct container *container = m ? host_container(m->host, t->object) : NULL;
	g_autofree char *command = container ? docker_command(m, container) : NULL, *place = NULL;
	g_autoptr(GPtrArray) argv = container ? argv_of(m, command) : NULL;
	struct audit_intent intent = { .action = "container.shell", .host = t->host, .request = command };

	if (!container || container->state != CONTAINER_RUNNING) {
		console_notice(c, "shell: the container does not run");
		return;
	}
	intent.target = container->name;
	place = g_strdup_printf("in %s on %s", container->name, t->host);
	run(c, &intent, argv, place, !m->host->local);
}

void
shell_open_gateway(struct console *c, const struct action_target *t)
{
	const struct gateway *g = fleet_gateway(c->world->fleet, t->host);
	g_autoptr(GPtrArray) argv = NULL;
	g_autofree char *command = NULL, *place = NULL;

	if (!g || !fleet_watch_machine(c->fleet, t->host)) {
		console_notice(c, "shell: it is not reached by SSH");
		return;
	}
	argv = argv_of_gateway(c->config->fleet, g);
	command = g_strjoinv(" ", (char **)argv->pdata);
	place = g_strdup_printf("on %s", t->host);
	run(c, &(struct audit_intent){ .action = "gateway.shell", .host = t->host, .request = command }, argv, place, TRUE);
}
