/* The lines of ssh's configuration files (ssh_config(5)), as they stand: what they mean for a host only ssh itself says. */
#ifndef MW_BACKENDS_SSH_CONFIG_FILES_H
#define MW_BACKENDS_SSH_CONFIG_FILES_H

#include <glib.h>

/* A line with a keyword that is not empty; `rest` is what stands behind it, for ssh_config_files_word(). */
typedef void (*ssh_config_files_line)(void *user, const char *keyword, const char *rest);

/* Walks the lines of a configuration and, where they stand, of the files that it includes. `file` NULL = ~/.ssh/config; `base` is where relative
 * includes lie. Files that are no regular ones, too large, too many or too deep are passed over: *complete is FALSE then (it may be NULL). FALSE
 * with *problem (safe, g_free it; may be NULL) when the file itself cannot be read. Blocks. */
gboolean ssh_config_files_walk(const char *file, const char *base, ssh_config_files_line line, void *user, gboolean *complete, char **problem);
/* The next word, unquoted; NULL at the end of the line or before a comment. g_free it. */
char *ssh_config_files_word(const char **at);

#endif
