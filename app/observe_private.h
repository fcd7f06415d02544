/* The parts of an observation: observe.c (interface, and what all kinds share), observe_words.c (the shell command that shows the same), and a file
 * for each kind. */
#ifndef MW_APP_OBSERVE_PRIVATE_H
#define MW_APP_OBSERVE_PRIVATE_H

#include "app/observe.h"
#include "model/check_lines.h"

struct observation {
	const struct observe_context *context;
	const struct check_run *run;    /* borrowed */
	const struct check *check;      /* borrowed */
	observe_line line;
	observe_done done;
	void *user;
	struct check_result result;     /* under construction */
	gint64 begun_us;                /* monotonic */
	guint later;                    /* source: ends it from the loop */
	guint overdue;                  /* source: ends it when nothing else does, since what it waits for may be gone without a word */
	void (*drop)(void *kind);       /* ends what is under way and frees `kind`; NULL: nothing is */
	void *kind;                     /* owned by the kind */
};

/* --- observe.c --- */
/* It ends with what stands in o->result, from the loop: after this nothing of the kind's is called but `drop`. */
void observe_end(struct observation *o);
/* It ends with this verdict and summary, likewise. */
void observe_end_with(struct observation *o, enum verdict v, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same as UNKNOWN. */
void observe_end_unknown(struct observation *o, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A text of the check with its placeholders filled in; NULL (also for NULL) when one has no value. */
char *observe_fill(const struct observation *o, const char *text);
/* The machine of a host, a gateway's too; NULL when there is none of that name. */
struct machine *observe_machine(const struct observe_context *c, const char *host);
/* Microseconds that a host's clock is ahead of ours, by its probe; 0: not noticeably, or not known. */
gint64 observe_clock_ahead_us(const struct host *h);
/* Is it reached now? Else the observation ends. */
gboolean observe_needs_link(struct observation *o, const struct machine *m);
/* Judge of lines by what the check says; NULL: an expression is wrong, and the observation ends. `timed`: lines have times. */
struct check_lines *observe_lines(struct observation *o, gboolean timed, gint64 now_us);
/* Words before the summary, and another verdict. */
void observe_add_before(struct check_result *result, enum verdict v, const char *words);
/* Takes a line, and tells of it when it matches. */
void observe_take(struct observation *o, struct check_lines *l, gint64 utc_us, const char *text, gsize len);

/* --- a file each; they begin, and end later by observe_end() --- */
void observe_http(struct observation *o);
void observe_container(struct observation *o);
void observe_unit(struct observation *o);
void observe_file(struct observation *o);
void observe_command_output(struct observation *o);
void observe_fleet(struct observation *o);

/* --- observe_text.c: output of a command, taken in slices --- */
struct observe_text;
struct observe_text_settings {
	struct check_lines *lines;  /* taken */
	/* A line's time, UTC; `text` and `len` may be moved on behind it. FALSE: the line is not to be taken. NULL: lines have no times. */
	gboolean (*time)(void *user, const char **text, gsize *len, gint64 *utc_us);
	void (*done)(void *user);   /* all is taken */
	void *user;
};
/* `bytes` are copied. */
struct observe_text *observe_text_new(struct observation *o, const struct observe_text_settings *s, const char *bytes, gsize len);
void observe_text_free(struct observe_text *t); /* NULL is ignored; not from inside `time` */
struct check_lines *observe_text_lines(const struct observe_text *t); /* borrowed */

#endif
