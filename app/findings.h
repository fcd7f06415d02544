/* What is found wrong with a YAML file, each with its line and path. */
#ifndef MW_APP_FINDINGS_H
#define MW_APP_FINDINGS_H

#include "app/config.h"

/* What is being checked and what was found. */
struct config_findings {
	const char *file;      /* for messages; borrowed */
	GPtrArray *problems;   /* of struct config_problem; borrowed */
	GHashTable *lines;     /* path ("hosts[0].name") -> line number as pointer, of everything in the document */
};

struct config_findings *config_findings_new(const char *file, GPtrArray *problems);
void config_findings_free(struct config_findings *f);
/* Adds a problem at a path; its line is that of the path, or of the nearest parent that stands in the document. */
void config_findings_add(struct config_findings *f, const char *path, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same where the line is known. */
void config_findings_add_at(struct config_findings *f, guint line, const char *path, const char *message);
/* Adds a problem when a word is given that is none of the valid ones (NULL-terminated). */
void config_findings_word(struct config_findings *f, const char *path, const char *word, const char *const *valid);

#endif
