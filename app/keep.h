/* What the operator keeps: saved lines and copied text, as files of mode 0600 under the state directory. */
#ifndef MW_APP_KEEP_H
#define MW_APP_KEEP_H

#include <glib.h>

/* Writes a file into $XDG_STATE_HOME/midwatch/saved/ (0700) and gives its path; slashes of the name become dashes. NULL with an error that
 * names the file and the reason (disk full, no rights). */
char *keep_file(const char *name, const char *text, gsize len, GError **error);

#endif
