/* What a crontab's command line says: what the shell gets of it, how cron logs it, what it runs, which cleanup it asks for.
 * Words are read as a shell would take them, quotes removed, nothing expanded: this names a job, it never runs one. */
#ifndef MW_MODEL_CRON_COMMAND_H
#define MW_MODEL_CRON_COMMAND_H

#include <glib.h>

/* The text up to the first % that has no backslash, and without the backslashes of those that have (do_command.c). What stands behind is
 * the program's input, with line feeds for more of them. Newly allocated. */
char *cron_command_shell_part(const char *command);
/* TRUE when there is such a %, so that the program gets input. */
gboolean cron_command_has_input(const char *command);
/* How Debian's cron logs it behind CMD, as ASCII (misc.c, mkprint()): ^I for a tab, \303 for bytes from 128 on. Takes the raw bytes.
 * Newly allocated, without blanks at its ends. */
char *cron_command_logged(const char *command);
/* A short name for a table: "vm-cleanup weekly" of "nice /opt/x/vm-cleanup.sh --weekly >> /var/log/…" with the mode "weekly", which may be
 * NULL. Takes safe text and gives safe text, newly allocated; "?" when there is nothing to name. */
char *cron_command_name(const char *command, const char *mode);
/* TRUE when it runs a cleanup script (a program with "cleanup" in its name), whose runs are in the cleanup log. */
gboolean cron_command_is_cleanup(const char *command);
/* The mode that it asks a cleanup script for: "weekly" of `vm-cleanup.sh --weekly`, `--mode=weekly`, `--mode weekly`, `weekly`; NULL when
 * it is no cleanup or says no mode. Newly allocated. */
char *cron_command_mode(const char *command);

#endif
