/* Whether logrotate knows a log, from the text of its configuration files (logrotate.conf(5)): the paths before a "{", quoted or not, with
 * the patterns of a shell. What stands between braces, scripts among it, names no log. */
#ifndef MW_MODEL_LOGROTATE_H
#define MW_MODEL_LOGROTATE_H

#include <glib.h>

gboolean logrotate_names(const char *text, gsize len, const char *path);

#endif
