/* The folder of a snapshot while it is written: files with running checksums, then all at once in its place. */
#ifndef MW_BACKENDS_EVIDENCE_FOLDER_H
#define MW_BACKENDS_EVIDENCE_FOLDER_H

#include <glib.h>

struct evidence_folder;

/* Makes "TIME-HOST-NAME.part"; host and name become safe words. NULL with an error. */
struct evidence_folder *evidence_folder_new(const char *host, const char *name, const char *id, GError **error);
/* Ends without a trace unless it was finished. */
void evidence_folder_free(struct evidence_folder *f);
/* Begins a file; what was begun before under that name is replaced. FALSE with an error. */
gboolean evidence_folder_file(struct evidence_folder *f, const char *name, GError **error);
/* Appends to the file begun last; bytes beyond EVIDENCE_FILE_MAX are counted as missing in the manifest. */
gboolean evidence_folder_write(struct evidence_folder *f, const char *bytes, gsize len, GError **error);
/* Notes in the manifest what is not as it should be: "the container has no log that can be read". */
void evidence_folder_remark(struct evidence_folder *f, const char *remark);
/* Writes the manifest, brings all to the disk and gives the folder its name. Blocks: for a thread. The path (newly allocated) and the
 * manifest's SHA-256, or NULL with an error. */
char *evidence_folder_finish(struct evidence_folder *f, char **sha256, GError **error);

#endif
