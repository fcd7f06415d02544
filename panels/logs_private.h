/* What the parts of the Logs panel share. */
#ifndef MW_PANELS_LOGS_PRIVATE_H
#define MW_PANELS_LOGS_PRIVATE_H

#include "model/log_view.h"
#include "panels/panel.h"
#include "tui/pager.h"

enum logs_time { LOGS_CLOCK, LOGS_FULL, LOGS_AGE, LOGS_NO_TIME, LOGS_TIMES };
enum logs_histogram { HISTOGRAM_ERRORS, HISTOGRAM_ALL, HISTOGRAM_NONE, HISTOGRAMS };

#define LOGS_RATE_SAMPLES 16 /* one a second at most */

struct rate_sample { gint64 at_us; guint64 taken; };

/* Where the cursor was when the search began, to go back to when it is cancelled. */
struct logs_place { guint64 cursor, top; gboolean follow; };

struct panel {
	struct panel_context context;
	struct log_view *view;
	GHashTable *wanted;        /* set of "host\nname" of the sources shown, owned; empty: all */
	guint sources_seen;        /* sources there were when the view's choice was made */
	guint64 cursor, top;       /* seq of the line under the cursor and of the first one drawn */
	gboolean follow, wrap;
	int pan;                   /* cells to the left of the text */
	enum log_level level;
	guint around;              /* lines of context */
	enum logs_time time;
	enum logs_histogram histogram;

	char *search, *search_problem; /* NULL: none */
	char *search_before;
	struct logs_place before;
	gboolean catch_up;         /* jump to the nearest match once the search is through */
	char *refused[2];          /* filters that were wrong, to be offered again: out, in */

	GArray *bookmarks;         /* of guint64 seq */
	struct pager *pager;       /* of the details */
	gboolean details, full;
	guint64 detail_seq;        /* the line in the pager; G_MAXUINT64: none */

	int page;                  /* rows of lines last drawn */
	int lines_y;               /* and the first of them */
	GArray *row_lines;         /* of guint64: seq of the line in each of those rows */
	struct rate_sample rate[LOGS_RATE_SAMPLES];
	guint rate_count;
};

/* logs.c */
guint64 logs_cursor_index(struct panel *p);        /* 0 when there is no line */
void logs_set_cursor(struct panel *p, guint64 index);
void logs_choose_sources(struct panel *p);
gboolean logs_is_wanted(const struct panel *p, guint32 source);
void logs_source_name(const struct log_source_info *info, gboolean with_host, char *out, gsize size);
/* logs_move.c: jumps. A notice tells when there is nothing to jump to. */
void logs_move(struct panel *p, gint64 lines);
void logs_end(struct panel *p);
void logs_go(struct panel *p, int direction, enum log_level level); /* LEVEL_NONE: what is searched for */
gboolean logs_go_near(struct panel *p);            /* to the match nearest to where the search began, older ones first */
void logs_go_to_time(struct panel *p, const char *text);
void logs_toggle_bookmark(struct panel *p);
void logs_next_bookmark(struct panel *p);
gboolean logs_is_bookmark(const struct panel *p, guint64 seq);
/* logs_keep.c: a line as text with time, source and level; what is saved and copied. */
void logs_save(struct panel *p);
void logs_copy(struct panel *p);
/* logs_draw.c, logs_title.c, logs_details.c */
void logs_draw(struct panel *p, const struct canvas *c);
void logs_draw_title(struct panel *p, const struct canvas *c);
int logs_draw_conditions(struct panel *p, const struct canvas *c, int y); /* what restricts the view; gives the rows used */
void logs_draw_histogram(struct panel *p, const struct canvas *c, int y);
void logs_draw_details(struct panel *p, const struct canvas *c);
void logs_fill_details(struct panel *p); /* puts the line under the cursor into the pager */
char *logs_pretty_json(const char *text, gsize len); /* newly allocated; NULL when the line holds no JSON */
/* logs_line.c: one line in `rows` rows; `segment` rows into its wrapped text. */
/* `hosts`, `names`: sources differ in it, so that it is shown. */
struct logs_columns { int time, source, text; gboolean hosts, names, level; };
struct logs_columns logs_columns(const struct panel *p, int width);
int logs_line_rows(const struct panel *p, const struct logs_columns *columns, int width, const struct log_line *line);
void logs_line_draw(struct panel *p, const struct canvas *c, const struct logs_columns *columns, int y, int segment, const struct log_line *line);
void logs_time_text(enum logs_time mode, gint64 time_us, gint64 now_us, char *out, gsize size);
enum role logs_level_role(enum log_level level);
/* logs_commands.c */
gboolean logs_act(struct panel *p, enum action command);
gboolean logs_can(struct panel *p, enum action command, const char **why);
void logs_answer(struct panel *p, enum action command, const char *text, gboolean final);

#endif
