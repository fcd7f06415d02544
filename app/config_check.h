/* Finds every fault of a YAML document against the schema, with line and path, before libcyaml loads it (which stops at the first). */
#ifndef MW_APP_CONFIG_CHECK_H
#define MW_APP_CONFIG_CHECK_H

#include <glib.h>

/* What is being checked and what was found. */
struct config_findings {
	const char *file;      /* for messages */
	GPtrArray *problems;   /* of struct config_problem */
	GHashTable *lines;     /* path ("hosts[0].name") -> line number as pointer, of everything in the document */
};

struct config_findings *config_findings_new(const char *file, GPtrArray *problems /* borrowed */);
void config_findings_free(struct config_findings *f);
/* Adds a problem at a path; its line is that of the path, or of the nearest parent that stands in the document. */
void config_findings_add(struct config_findings *f, const char *path, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Adds a problem when a word is given that is none of the valid ones (NULL-terminated). */
void config_findings_word(struct config_findings *f, const char *path, const char *word, const char *const *valid);

/* Walks the document. FALSE when it is not to be loaded. An empty document is fine: *empty is set. */
gboolean config_check_document(struct config_findings *f, const char *text, gsize len, gboolean *empty);

#endif
