/* What the parts of the Containers panel share. */
#ifndef MW_PANELS_CONTAINERS_PRIVATE_H
#define MW_PANELS_CONTAINERS_PRIVATE_H

#include "model/log_view.h"
#include "panels/list.h"

enum chip { CHIP_ALL, CHIP_UNHEALTHY, CHIP_NO_LIMIT, CHIP_STACK };
enum details_tab { TAB_HEALTH, TAB_LOGS, TAB_INSPECT, TAB_STATS, TAB_COUNT };

/* A container as one drawing sees it: the pointers live no longer than that. */
struct row {
	const struct host *host;
	const struct container *container;
	enum severity severity;
	gboolean old;            /* its host is not reached */
};

struct stack_count { const char *name; guint count; };

struct details {
	char *inspected;         /* key that was asked for; NULL: none */
	char *inspect_text, *inspect_problem;
	char *rested;            /* key that the cursor is on */
	gint64 rested_us;        /* since when */
	struct log_view *view;   /* of the one container's log source */
	guint32 source;          /* that the view is restricted to; 0: none */
};

struct containers {
	struct list list;
	GArray *rows;            /* of struct row: filled while drawing, else empty */
	char *stack;             /* of CHIP_STACK */

	guint unhealthy, no_limit, limit_unknown;
	GArray *stacks;          /* of struct stack_count, by name; filled while drawing */

	GHashTable *visible;     /* host -> ids told last, joined */
	struct details details;
};

/* containers_rows.c: the table's rows. */
extern const struct list_class containers_list;
void containers_collect(struct list *l);
void containers_release(struct list *l);
/* Critical: unhealthy. Warning: restarting, dead, ended with an error or for want of memory, paused, near its memory limit. */
enum severity container_severity(const struct container *c);
/* What is the matter with a container, or how it does, in a word or two: "unhealthy", "exited 137". */
void container_health_words(const struct container *c, char *out, gsize size);
/* Bytes of memory it uses; NAN when it does not run, or its host's kernel does not count them: Docker then tells no limit either. */
double container_memory(const struct container *c);
/* Its figures should be known now, and asking for them failed. */
gboolean container_figures_fail(const struct container *c);
/* Splits a key of the table; the host may be gone meanwhile. */
gboolean containers_find(const struct containers *p, const char *key, struct host **host, struct container **container);
gboolean containers_selected(const struct containers *p, struct host **host, struct container **container);

/* containers_draw.c */
void containers_draw(struct panel *panel, const struct canvas *c);
/* Says whose figures are on the screen; `nobody`: the panel is not in front. */
void containers_tell_visible(struct containers *p, gboolean nobody);

/* containers_chips.c: All | Unhealthy | No limit | each stack, as struct list_class takes them. */
guint containers_chips(const struct list *l, guint *active);
char *containers_chip_label(const struct list *l, guint chip, enum role *role);
char *containers_chip_words(const struct list *l);
void containers_chip_set(struct list *l, guint chip);
/* Does a row belong to the chip? */
gboolean containers_chip_shows(const struct containers *p, const struct row *row);

/* containers_details.c */
void details_init(struct details *d, struct world *w);
void details_clear(struct details *d);
/* As struct list_class takes them. */
void containers_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines);
gboolean containers_draw_tab(struct list *l, const char *key, const struct canvas *body);
void containers_tab_changed(struct list *l);

/* containers_tabs.c: the lines of a tab. */
void details_health(const struct containers *p, const struct container *c, GPtrArray *lines);
void details_stats(const struct containers *p, const struct container *c, GPtrArray *lines);
void details_logs(struct containers *p, const struct host *h, const struct container *c, guint count, GPtrArray *lines);

#endif
