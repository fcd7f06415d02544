#include "app/shell.h"

#include <string.h>

#include "tui/screen.h"

/* bash where the image has it. */
#define SHELL_SCRIPT "command -v bash >/dev/null 2>&1 && exec bash; exec sh"

#define SSH_FAILED 255 /* ssh(1), EXIT STATUS: an error of ssh itself */

struct shell {
	struct console *console;
	gint64 audit_id;
	char *name;
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
		console_notice(s->console, "shell in %s: %s", s->name, result);
	g_free(s->name);
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

/* ssh as midwatch itself was told to reach the host. */
static GPtrArray *
argv_of(const struct machine *m, const char *command)
{
	const struct config_host *h = m->config;
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	if (m->host->local) {
		g_ptr_array_add(argv, g_strdup("sh"));
		g_ptr_array_add(argv, g_strdup("-c"));
	} else {
		g_ptr_array_add(argv, g_strdup("ssh"));
		g_ptr_array_add(argv, g_strdup("-t"));
		if (h->ssh_config) {
			g_ptr_array_add(argv, g_strdup("-F"));
			g_ptr_array_add(argv, g_strdup(h->ssh_config));
		}
		if (h->known_hosts)
			g_ptr_array_add(argv, g_strconcat("-oUserKnownHostsFile=", h->known_hosts, NULL));
		g_ptr_array_add(argv, g_strdup("-oStrictHostKeyChecking=yes"));
		g_ptr_array_add(argv, g_strdup("--"));
		g_ptr_array_add(argv, g_strdup(h->ssh ? h->ssh : m->host->name));
	}
	g_ptr_array_add(argv, g_strdup(command));
	g_ptr_array_add(argv, NULL);
	return argv;
}

void
shell_open(struct console *c, const struct action_target *t)
{
	struct machine *m = machines_find(c->machines, t->host);
	const struct container *container = m ? host_container(m->host, t->object) : NULL;
	g_autofree char *command = container ? docker_command(m, container) : NULL, *greeting = NULL;
	g_autoptr(GPtrArray) argv = container ? argv_of(m, command) : NULL;
	g_autoptr(GError) error = NULL;
	struct audit_intent intent = { .action = "container.shell", .host = t->host, .request = command };
	struct shell *s;

	if (!container || container->state != CONTAINER_RUNNING) {
		console_notice(c, "shell: the container does not run");
		return;
	}
	intent.target = container->name;
	s = g_new0(struct shell, 1);
	s->console = c;
	s->name = g_strdup(container->name);
	s->by_ssh = !m->host->local;
	s->audit_id = store_audit_begin(c->store, &intent, &error);
	if (s->audit_id == 0) {
		console_notice(c, "shell: not opened: %s", error->message);
		g_free(s->name);
		g_free(s);
		return;
	}
	greeting = g_strdup_printf("midwatch: a shell in %s on %s; leaving it comes back\r\n", container->name, t->host);
	screen_run((char **)argv->pdata, greeting, on_ended, s);
}
