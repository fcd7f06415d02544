/* What the parts of the Rules panel share. */
#ifndef MW_PANELS_RULES_PRIVATE_H
#define MW_PANELS_RULES_PRIVATE_H

#include "panels/list.h"
#include "tui/glyph.h"

enum rules_chip { RULES_CHIP_ALL, RULES_CHIP_FIRING, RULES_CHIP_PENDING, RULES_CHIP_UNKNOWN, RULES_CHIP_SILENCED, RULES_CHIPS };
enum rules_tab { RULES_TAB_RULE, RULES_TAB_SILENCES, RULES_TABS };

/* An alert of ours, a rule without one that is worth a row of its own, or an alert of the Alertmanager. Lives as long as one drawing. */
struct rules_line {
	const struct rule *rule;             /* NULL: a foreign one */
	const struct alert *alert;           /* NULL: foreign, or no series has come yet */
	const struct foreign_alert *foreign;
	guint series, unknown;               /* of a rule that is one row: how many series it has, and how many of them are not known */
};

struct rules_view {
	struct list list;
	GArray *rows;                        /* of struct rules_line: filled while drawing, else empty */
	guint chips[RULES_CHIPS];            /* how many rows belong to each */
	GStringChunk *words;                 /* of cells, while drawing */

	char *target;                        /* owned: the key that is being silenced, or whose form is filled in; NULL */
	gint64 seconds;                      /* how long it is to be silenced; 0: not typed yet */
	GString *labels;                     /* of the form, as far as they were typed */
	GPtrArray *asked;                    /* of char *, owned: labels that the form asks for still */
};

/* rules_rows.c */
extern const struct list_class rules_list_class;
void rules_collect(struct list *l);
void rules_release(struct list *l);

/* rules_line.c */
/* What a key stands for now; FALSE: it is gone. Valid until the rules are evaluated again. */
gboolean rules_line_find(const struct list *l, const char *key, struct rules_line *out);
/* How bad it is: 0 the worst. */
guint rules_rank(const struct rules_line *r);
gboolean rules_is_firing(const struct rules_line *r);
gboolean rules_is_silenced(const struct rules_line *r);
gboolean rules_is_held(const struct rules_line *r);    /* does something hold its page back? */
gboolean rules_is_unknown(const struct rules_line *r); /* it, or a series of it, now */
/* Of an Alertmanager's the one that its label stands for. */
enum rule_severity rules_severity(const struct rules_line *r);
const char *rules_state_words(const struct rules_line *r);
enum role rules_look(const struct rules_line *r, enum glyph *g);
/* What follows: "page now", "do not page: silenced until 02:30Z by ann"; newly allocated. */
char *rules_consequence(const struct list *l, const struct rules_line *r);
/* The newest samples as a strip of at most so many cells; newly allocated. */
char *rules_strip(const struct alert *a, guint cells);
/* Since when it is in its state, UTC; 0: it is not known. */
gint64 rules_since(const struct list *l, const struct rules_line *r);

/* rules_tabs.c */
void rules_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines);

/* rules_forms.c: what is asked for a silence, and for a rule that only a person can tell */
void rules_ask_silence(struct rules_view *v);
void rules_ask_manual(struct rules_view *v);
void rules_answered(struct rules_view *v, enum action command, const char *text);
/* "90s", "30m", "2h", "1d" as seconds; 0: it is none, or more than 30 days. */
gint64 rules_duration(const char *text);

#endif
