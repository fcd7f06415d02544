/* The argument vectors of the ssh programs that transport_child.c starts. */
#ifndef MW_BACKENDS_CHILD_ARGS_H
#define MW_BACKENDS_CHILD_ARGS_H

#include "backends/transport.h"

#define CHILD_READY "midwatch-ready" /* what the master prints on stdout once it is authenticated and listens */

struct child_args {
	const char *host, *hostname, *ssh_config, *known_hosts, *control; /* borrowed */
	guint connect_timeout_s;
};

/* Each is NULL-terminated; g_strfreev it. */
char **child_args_resolve(const struct child_args *a);                      /* ssh -G */
char **child_args_scan(const struct child_args *a, const char *key_file);   /* fetches the host key into key_file, offers no credentials */
char **child_args_master(const struct child_args *a);
char **child_args_exec(const struct child_args *a, const char *command);
char **child_args_forward(const struct child_args *a, const char *local_path, const char *target);
/* The environment for them: ours, without any way to ask on a terminal or a screen. g_strfreev it. */
char **child_environment(void);

#endif
