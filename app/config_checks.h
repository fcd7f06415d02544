/* What several sections and files are checked for. Each adds what is wrong to the findings; a text that is NULL was not given, and is right. */
#ifndef MW_APP_CONFIG_CHECKS_H
#define MW_APP_CONFIG_CHECKS_H

#include "app/findings.h"

#define CONFIG_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define CONFIG_DIGITS "0123456789"

/* "path.name", or "name" alone when the path is empty; newly allocated. */
char *config_member(const char *path, const char *name);
/* Is the text of these characters only, not empty, and not begun by a dash? */
gboolean config_is_of(const char *text, const char *characters);
/* A number within bounds. */
void config_check_number(struct config_findings *f, const char *path, const char *name, const unsigned *n, unsigned least, unsigned most);
/* A URL that can be asked. `token`: a secret goes with it, so plain http is for loopback only; `base`: a path is added to it. */
void config_check_url(struct config_findings *f, const char *path, const char *url, gboolean token, gboolean base);
/* A path as config_path() takes it. */
void config_check_path(struct config_findings *f, const char *path, const char *file);
/* Exactly one source of a secret. */
void config_check_secret(struct config_findings *f, const char *path, const struct config_secret *s);
/* A JSON pointer (RFC 6901). */
void config_check_pointer(struct config_findings *f, const char *path, const char *name, const char *pointer);
/* A pattern that compiles, as log_pattern_new_exact() takes it. */
void config_check_pattern(struct config_findings *f, const char *path, const char *name, const char *pattern);
/* An extended regular expression, as grep -E takes it. */
void config_check_extended_pattern(struct config_findings *f, const char *path, const char *name, const char *pattern);
/* A span of time ("30m") within bounds, in seconds; `otherwise` when it is not given or wrong. */
gint64 config_check_span(struct config_findings *f, const char *path, const char *name, const char *text, gint64 least, gint64 most, gint64 otherwise);
/* A text that can be shown as it is: no controls, nothing that turns its direction. `lines`: it may have several. */
void config_check_shown(struct config_findings *f, const char *path, const char *name, const char *text, gboolean lines);
/* A variable of checklists; `seen` has the names before it, and gets this one, borrowed. */
void config_check_variable(struct config_findings *f, const char *path, GHashTable *seen, const struct config_variable *v);

#endif
