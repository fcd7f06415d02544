/* What the panels have in common that show things of one host or of all as one list: the table with its filter, chips and marks, the title,
 * the hosts in trouble, and the details of what is under the cursor, in tabs. A panel of that kind begins with a struct list. A list can also
 * be of things that are on no host of the world, as gateways are: then its class says what the hosts would. */
#ifndef MW_PANELS_LIST_H
#define MW_PANELS_LIST_H

#include "panels/panel.h"
#include "tui/filter.h"
#include "tui/pager.h"
#include "tui/table.h"

#define LIST_TABS_MAX 4
#define LIST_NO_COLUMN G_MAXUINT

struct list;

struct list_line { enum role role; char *text; };

struct list_class {
	const char *title;             /* "Containers" */
	const char *one, *many;        /* "container", "containers" */
	const char *asked;             /* who answers for them on a host: "Docker"; NULL: they are on no host */
	const struct table_column *columns;
	guint column_count, host_column; /* LIST_NO_COLUMN: none */
	const struct table_source *source; /* its user is the list */
	const struct filter_field *fields;
	guint field_count;
	const char *const *tabs;
	guint tab_count, tabs_from_end; /* bits of the tabs whose text begins at its end */

	const struct datum *(*datum)(const struct host *h);     /* NULL: they are on no host; then there is what follows, as far as it says something */
	const char *(*place)(const struct list *l);             /* what the title says they belong to; NULL, or it gives NULL: nothing */
	enum role (*freshness)(const struct list *l, char *out, gsize size); /* for the right end of the title; NULL: nothing */
	char *(*empty)(const struct list *l);                   /* why there is none at all, newly allocated */
	gboolean (*is)(const struct list *l, guint row, const char *object); /* is the row what list_select() was told of? */
	const char *(*name)(const struct list *l, const char *key); /* of what a key stands for; NULL: it is gone */
	guint chip_count;              /* how many chips there are, All being the first */
	guint (*chips)(const struct list *l, guint *active);   /* the same when that changes, and which is active; NULL: chip_count, list.chip */
	char *(*chip_label)(const struct list *l, guint chip, enum role *role); /* newly allocated; the role is ROLE_DIM unless set */
	char *(*chip_words)(const struct list *l);              /* " that is unhealthy": of the active one, newly allocated; NULL: nothing */
	void (*chip_set)(struct list *l, guint chip);           /* rows are collected while it is called; NULL: it is kept in list.chip */
	void (*collect)(struct list *l);
	void (*release)(struct list *l);
	void (*lines)(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines); /* of the tab in front */
	gboolean (*draw_tab)(struct list *l, const char *key, const struct canvas *body); /* FALSE: the tab is made of lines; may be NULL */
	void (*tab_changed)(struct list *l);                    /* a tab came to the front; may be NULL */
};

struct list_details {
	gboolean open, full;
	guint tab;
	struct pager *pager;
	char *paged;             /* key and tab that the pager shows; NULL: none */
	char *needle;            /* searched for last */
	int head_y, head_x;      /* where the head was drawn last, and in it the ends of the tabs */
	int tab_ends[LIST_TABS_MAX];
};

struct list {
	struct panel_context context;
	const struct list_class *class;
	struct table *table;
	GString *scratch;

	char *host;              /* shown alone; NULL: all */
	guint chip;              /* 0: All */
	gboolean faults;         /* only rows with a fault */
	struct filter *filter;   /* NULL: none */
	char *filter_text;       /* as typed */
	char *filter_before;     /* to go back to when the prompt is cancelled */
	char *filter_problem;    /* of what is being typed */
	char *wanted;            /* what to put the cursor on when it is seen; NULL: nothing */

	struct list_details details;
	int table_y, table_height, table_width; /* where it was drawn last */
	int chips_y;
	GArray *chip_ends;       /* of int: where each chip drawn ended, the first being chip_first */
	guint chip_first;
};

/* list.c */
void list_init(struct list *l, const struct list_class *class, const struct panel_context *context);
void list_clear(struct list *l);
/* Are its rows on hosts of the world? */
gboolean list_is_on_hosts(const struct list *l);
/* The host that is shown alone, by choice or because there is no other; NULL: all of several. */
const struct host *list_only(const struct list *l);
gboolean list_sees(const struct list *l, const struct host *h);
/* The host that is shown alone, or that of the row under the cursor; NULL: neither. */
const struct host *list_current_host(const struct list *l);
/* Takes over the rows that were collected. */
void list_refresh(struct list *l, guint row_count);
/* A key is the host, a line feed (no host's name holds one) and what the object is called. */
void list_key(GString *out, const struct host *h, const char *object);
/* The object's part of a key, and its host; NULL when the host is gone. */
const char *list_key_parts(const struct list *l, const char *key, struct host **host);
/* The keys of the marked rows, or of the one under the cursor; copies, since a request may change everything. */
GPtrArray *list_chosen(const struct list *l);
/* FALSE with an error when it is wrong: the old one stays. */
gboolean list_set_filter(struct list *l, const char *text, GError **error);
void list_open_details(struct list *l, gboolean open);
void list_set_tab(struct list *l, guint tab);
void list_request(const struct list *l, const struct request *r);
/* The commands that all lists have (FALSE: another one, or not possible), and whether they can do something now. */
gboolean list_act(struct list *l, enum action command);
gboolean list_can(const struct list *l, enum action command, const char **why);
gboolean list_can_with_row(const struct list *l, const char **why); /* is there something under the cursor? */
/* As struct panel_class takes them: answers to the filter's prompt, a selection from elsewhere, the mouse. */
void list_answer(struct panel *panel, enum action command, const char *text, gboolean final);
void list_select(struct panel *panel, const char *host, const char *object);
const struct host *list_host(const struct panel *panel);
gboolean list_mouse(struct panel *panel, const struct canvas *c, int y, int x, guint buttons);
guint list_chips(const struct list *l, guint *active);
/* Order of texts, none last, and of figures, where what is not known is less than all that is. */
int list_compare_text(const char *a, const char *b);
int list_compare_figures(double a, double b);

/* list_draw.c: parts of the panel, from the top; those with rows give the rows they used. The title comes last, since only then it is
 * known which rows are seen. */
void list_draw_title(struct list *l, const struct canvas *c);
void list_draw_chips(struct list *l, const struct canvas *c, int y);
int list_draw_troubles(const struct list *l, const struct canvas *c, int y);
/* How many rows there are for what a panel shows above its list, below `troubles` rows of hosts in trouble. */
int list_fact_rows(const struct canvas *c, int troubles, int most);
void list_draw_body(struct list *l, const struct canvas *c, int y);
/* The text, or the sign for what is not known; the age of a time, 0 when there is none. */
const char *list_or_unknown(const char *text);
void list_age_cell(const struct list *l, gint64 utc_us, struct table_cell *out);
/* The host's name, with the age of what it told when that is old. */
void list_host_cell(const struct list *l, const struct host *h, gboolean old, struct table_cell *out);
/* "▲3" or "✖2" for the tab bar: how many are in a bad way. */
enum role list_badge(guint crit, guint warn, char *out, gsize size);

/* list_details.c */
void list_draw_details(struct list *l, const struct canvas *c);
/* Shows a text in the pager: another row or tab begins at its top or end. */
void list_draw_page(struct list *l, const struct canvas *c, const char *key, const char *text);
gboolean list_details_act(struct list *l, enum action command);
gboolean list_click_tab(struct list *l, int y, int x);
GPtrArray *list_lines_new(void);
void list_add(GPtrArray *lines, enum role role, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* A text with a label of so many cells before it, or of the usual ones, broken at blanks into rows of `cells` beneath each other. */
void list_add_labelled(GPtrArray *lines, enum role role, const char *label, int label_cells, const char *text, int cells);
void list_add_wrapped(GPtrArray *lines, enum role role, const char *label, const char *text, int cells);
/* A line that says why a value is not there. */
void list_add_missing(GPtrArray *lines, const struct datum *d, const char *waiting);

#endif
