/* The sections that the cron script prints: the form only, whatever the bytes are. */
#ifndef MW_BACKENDS_CRON_SECTIONS_H
#define MW_BACKENDS_CRON_SECTIONS_H

#include <glib.h>

#define CRON_SECTIONS_MAX 1000

struct cron_section {
	char *kind;        /* "crontab", without the "@"; only small letters, "." and "_" */
	GString *name;     /* raw; "" when there is none */
	gint64 number;     /* the first one told, -1 when none was */
	GString *text;     /* raw; with a line feed at its end only when the text had it */
	GString *errors;   /* raw; what the command said, "" when it was quiet */
};

/* Of struct cron_section, owned by the array. *complete: the last one was "end", so that nothing is cut off. */
GPtrArray *cron_sections_parse(const char *text, gsize len, gboolean *complete);
/* The first of this kind; NULL when there is none. */
const struct cron_section *cron_sections_find(const GPtrArray *sections, const char *kind);

#endif
