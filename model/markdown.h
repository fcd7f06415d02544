/* Text from outside in Markdown (CommonMark, and GitHub's tables): it stays text. It starts no block, as long as it does not stand at the start of a line
 * outside of a fence, and makes no markup, no HTML, no link and no entity. What comes in is made safe (model/sanitize.h) once more. */
#ifndef MW_MODEL_MARKDOWN_H
#define MW_MODEL_MARKDOWN_H

#include <glib.h>

/* Appends it as plain text of a paragraph, an item or a heading. */
void markdown_text(GString *out, const char *text);
/* Appends it as plain text of a table's cell, cut to `most` characters. */
void markdown_cell(GString *out, const char *text, guint most);
/* Appends it as a code span; "–" when it is blank. Not for cells. */
void markdown_code(GString *out, const char *text);
/* Appends a fenced code block of lines, longer fenced than anything in it. `info`: the language, of our own; "" for none. */
void markdown_fence(GString *out, const char *info, const char *const *lines, guint count);
/* Appends a text that a person gave as a link: an address at its start becomes one, the rest is text. */
void markdown_link(GString *out, const char *text);

#endif
