/* One entry of `journalctl -o json`. A field's value is a string, an array of byte values (not printable UTF-8), an array of such
 * values (the field occurs several times), or null (longer than journalctl shows). Source: systemd's journal JSON format,
 * https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format */
#ifndef MW_BACKENDS_JOURNAL_ENTRY_H
#define MW_BACKENDS_JOURNAL_ENTRY_H

#include <glib.h>

#include "model/log_store.h"

/* The fields that journal_entry_parse() reads, for --output-fields; __CURSOR and the times always come. */
#define JOURNAL_FIELDS "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,_PID,SYSLOG_PID,_TRANSPORT"

struct journal_entry {
	char *cursor;          /* owned */
	gint64 time_us;        /* UTC microseconds; 0 when not told */
	enum log_level level;  /* LEVEL_NONE: to be read from the text */
	GString *text;         /* owned: "ident[pid]: message", raw; each line of a message begins so */
};

/* FALSE when the line is not a JSON object with a cursor. */
gboolean journal_entry_parse(const char *line, gsize len, struct journal_entry *out);
void journal_entry_clear(struct journal_entry *e);

#endif
