/* Placeholders of configured actions: {host}, {name}, … become values that cannot be anything but one value. */
#ifndef MW_APP_PLACEHOLDERS_H
#define MW_APP_PLACEHOLDERS_H

#include <glib.h>

/* What an action is about; NULL: that placeholder has no value there. Borrowed. */
struct placeholders { const char *host, *name, *id, *stack, *image; };

enum placeholder_use {
	PLACEHOLDER_SHELL, /* one quoted word of a shell command */
	PLACEHOLDER_URL,   /* percent-encoded */
	PLACEHOLDER_JSON,  /* escaped for the inside of a JSON string */
	PLACEHOLDER_PLAIN, /* for the screen, and for headers: values hold no controls */
};

/* Fills an action's text in; newly allocated. What is no placeholder ("${name}", "{{.State}}") stays as it is. */
char *placeholders_fill(const char *text, const struct placeholders *values, enum placeholder_use use);
/* Is the action's command one in which each placeholder is a word, or part of one, of its own? A value is quoted already: within quotes, a comment,
 * backticks, a here-document, arithmetic, beside "$(…)" in double quotes or behind a backslash its quotes would mean something else, and a name
 * could run as a command. NULL when it is, else what is wrong (static). */
const char *placeholders_check_shell(const char *command);

/* The same for the command of a checklist, which has placeholders of any name (model/placeholder.h) and is filled in by run_fill_shell(). */
const char *placeholders_check_shell_any(const char *command);

#endif
