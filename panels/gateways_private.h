/* What the parts of the Gateways panel share. It has three lists: the gateways, the faults that the sweep found over all of them, and the lines
 * of one fault. */
#ifndef MW_PANELS_GATEWAYS_PRIVATE_H
#define MW_PANELS_GATEWAYS_PRIVATE_H

#include "model/gateway_condition.h"
#include "panels/list.h"
#include "tui/glyph.h"

enum gateways_mode { MODE_GATEWAYS, MODE_FAULTS, MODE_LINES };
enum gateways_tab { GATEWAY_TAB_STATE, GATEWAY_TAB_ERRORS, GATEWAY_TAB_FAULTS, GATEWAY_TAB_FLEET, GATEWAY_TABS };
enum gateways_chip {
	GATEWAYS_CHIP_ALL, GATEWAYS_CHIP_LOST, GATEWAYS_CHIP_ERRORS, GATEWAYS_CHIP_DOWN, GATEWAYS_CHIP_FLAPPING, GATEWAYS_CHIP_DISAGREE,
	GATEWAYS_CHIP_ROLLOUT, GATEWAYS_CHIPS
};

/* A gateway as one drawing sees it: the pointers live no longer than that. */
struct gateways_row {
	const struct gateway *gateway;
	const struct rollout_step *step; /* NULL: it is not in the rollout, or there is none */
	enum gateway_condition condition;
	enum severity severity;
	gint64 errors, fatals;   /* -1: not known */
	gboolean old;            /* what it said of itself is */
	gboolean muted;
	guint chips;             /* bits of those that it belongs to */
};

/* Faults that the sweep found. */
struct fault_list {
	struct list list;
	GPtrArray *rows;         /* of const struct sweep_fault: filled while drawing, else empty */
	guint fatal;             /* of the rows */
};

struct line_row { const struct gateway *gateway; const struct sweep_line *line; guint twin; /* the how many-eth of that gateway at that time */ };

/* The lines of one fault, over all gateways. */
struct line_list {
	struct list list;
	char *fingerprint;       /* owned: the fault */
	GArray *rows;            /* of struct line_row: filled while drawing, else empty */
};

struct gateways_view {
	struct list list;
	GArray *rows;            /* of struct gateways_row: filled while drawing, else empty */
	guint chips[GATEWAYS_CHIPS]; /* how many rows belong to each */
	GStringChunk *words;     /* of cells, while drawing */

	struct fault_list faults;
	struct line_list lines;
	enum gateways_mode mode, from; /* what is shown, and what Esc goes back to from the gateways */
};

/* gateways_rows.c: the table of gateways. */
extern const struct list_class gateways_list;
void gateways_collect(struct list *l);
void gateways_release(struct list *l);
/* The gateway of a key, NULL when it is gone; and the one under the cursor. */
struct gateway *gateways_find(const struct list *l, const char *key);
/* "online", "–" */
const char *gateways_presence(enum presence p);
/* "direct", "relay fra", "none"; "–" */
void gateways_path(const struct gateway *g, char *out, gsize size);
/* "up", "down 3m", "asks", "refused"; "–" while nothing was tried */
void gateways_link(const struct gateway *g, gint64 now_us, char *out, gsize size);
enum role gateways_role(enum severity s);
gboolean gateways_have_product(const struct fleet *f); /* is anyone asked for the product's word? */

/* gateways_chips.c: as struct list_class takes them. */
guint gateways_chips(const struct list *l, guint *active);
char *gateways_chip_label(const struct list *l, guint chip, enum role *role);
char *gateways_chip_words(const struct list *l);
void gateways_chip_set(struct list *l, guint chip);
guint gateways_chips_of(const struct gateways_row *r, gint64 now_us);

/* gateways_facts.c: what is known of the fleet as a whole. */
struct fact {
	enum role role;
	enum glyph glyph;        /* GLYPH_COUNT: none */
	char *text;
	gboolean alone;          /* it has rows of its own: two when it is long */
	double share;            /* of what runs, drawn as a bar; NAN: none */
};
/* Of struct fact, owned, the most important first. */
GPtrArray *gateways_facts(const struct panel_context *context);
/* Only those of the sweep. */
GPtrArray *gateways_sweep_facts(const struct panel_context *context);
/* As many as go into the rows; gives the rows used. */
int gateways_draw_facts(const struct panel_context *context, const struct canvas *c, int y, int rows, const GPtrArray *facts);
/* How fresh the sources are, and why there is no gateway: as struct list_class takes them. */
enum role gateways_freshness(const struct list *l, char *out, gsize size);
char *gateways_empty(const struct list *l);

/* gateways_draw.c */
void gateways_draw(struct panel *panel, const struct canvas *c);

/* gateways_tabs.c: as struct list_class takes it. */
void gateways_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines);

/* gateways_faults.c, gateways_lines.c */
extern const struct list_class fault_list_class, line_list_class;
void fault_list_collect(struct list *l);
void fault_list_release(struct list *l);
const struct sweep_fault *fault_list_find(const struct list *l, const char *fingerprint);
void line_list_collect(struct list *l);
void line_list_release(struct list *l);
/* The gateway and the line of a key; NULL: gone. */
const struct sweep_line *line_list_find(const struct list *l, const char *key, struct gateway **gateway);

#endif
