/* Reports on the disk. */
#ifndef MW_APP_REPORT_FILE_H
#define MW_APP_REPORT_FILE_H

#include <glib.h>

/* Writes a report into a directory, which is made when it is missing: whole or not at all, on the disk when this returns, and never over another file: where
 * `name` is taken, "-2", "-3" … stand before its ".md". `own`: a path in that directory that this run has written before, which is replaced; NULL.
 * Others may read it, unless the directory is closed to them. Its path, newly allocated; NULL with an error that names the directory and the reason. */
char *report_file_write(const char *directory, const char *name, const char *own, const char *text, GError **error);

#endif
