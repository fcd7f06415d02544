#include <config.h>

#include <locale.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>

#include "app/audit_command.h"
#include "app/config.h"
#include "app/console.h"
#include "app/crash.h"
#include "app/doctor.h"
#include "app/headless.h"
#include "app/notify_command.h"
#include "app/options.h"
#include "backends/link.h"

static int
run_configured(const struct options *o, const struct config *c)
{
	switch (o->run) {
	case RUN_CHECK_CONFIG: return puts("configuration is fine") < 0;
	case RUN_DOCTOR: return doctor_run(c, o->json);
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

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	g_autoptr(GError) error = NULL;
	int code = 2;

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
		code = run(&options);
		link_cleanup();
	}
	options_clear(&options);
	return code;
}
