#include <config.h>

#include <fcntl.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/audit_command.h"
#include "app/check_command.h"
#include "app/check_config.h"
#include "app/config.h"
#include "app/console.h"
#include "app/crash.h"
#include "app/doctor.h"
#include "app/headless.h"
#include "app/notify_command.h"
#include "app/options.h"
#include "app/rules_command.h"
#include "app/score_command.h"
#include "backends/link.h"
#include "backends/store.h"

/* What is wrong with checklists and rules goes to stderr: its report is of hosts. */
static int
run_doctor(const struct options *o, const struct config *c)
{
	gboolean fine = check_config_files(c);
	int code = doctor_run(c, o->json);

	return code == 0 && !fine ? 1 : code;
}

static int
run_configured(const struct options *o, const struct config *c)
{
	switch (o->run) {
	case RUN_CHECK_CONFIG: return check_config_run(c);
	case RUN_DOCTOR: return run_doctor(o, c);
	case RUN_CHECK: return check_command_run(c, o);
	case RUN_RULES: return rules_command_run(o, c);
	case RUN_SCORE: return score_command_run(o, c);
	case RUN_NOTIFY: return notify_run(o, c);
	default: return console_run(o, c);
	}
}

static int
run(const struct options *o)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_load(o->config, problems);
	int code = 2;

	if (!c)
		headless_print_problems(problems);
	else
		code = run_configured(o, c);
	config_free(c);
	return code;
}

/* A descriptor that the caller closed would be given to the next file that is opened, and what is printed would go into that. Printing to a closed
 * standard output has to fail. */
static void
hold_descriptors(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	g_autoptr(GError) error = NULL;
	int code = 2;

	hold_descriptors();
	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	/* A worker may be in the midst of a handshake when main() returns: OpenSSL must not clear up beneath it. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	if (!options_parse(&options, argc, argv, &error)) {
		fprintf(stderr, "midwatch: %s\n", error->message);
	} else if (options.run == RUN_VERSION) {
		puts(PACKAGE_STRING);
		code = 0;
	} else if (options.run == RUN_AUDIT) { /* needs no configuration, not even a sound one */
		code = audit_run(&options);
	} else {
		crash_guard();
		store_actor_drill(options.drill);
		code = run(&options);
		link_cleanup();
	}
	options_clear(&options);
	return code;
}
