/* The filter language of lists: blank-separated terms that must all hold. `word` stands anywhere in any value, `~word` has its letters
 * in order in one value, `name:word` stands at the beginning of a word of that field, `!` before a term turns it round, and "quotes"
 * take a term as it is. Case does not matter. */
#ifndef MW_TUI_FILTER_H
#define MW_TUI_FILTER_H

#include <glib.h>

struct filter;

struct filter_field {
	const char *name;          /* "state" */
	const char *const *words;  /* NULL-terminated: all that the field can hold; NULL when it can hold anything */
};

/* Reads a filter. `fields` (borrowed, at least as long as the filter lives) name the values that rows have. NULL with a sentence that
 * tells what is wrong. An empty text gives a filter that everything passes. */
struct filter *filter_parse(const char *text, const struct filter_field *fields, guint field_count, GError **error);
void filter_free(struct filter *f);
/* Does a row pass? `values[n]` is the text of field n; NULL when the row has none. */
gboolean filter_matches(const struct filter *f, const char *const *values);
gboolean filter_is_empty(const struct filter *f);

#endif
