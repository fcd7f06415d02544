/* A hand-made world for tests of panels, with a clock that stands still, and a recorder of what panels request. */
#ifndef MW_TESTS_PANEL_WORLD_H
#define MW_TESTS_PANEL_WORLD_H

#include "panels/panel.h"
#include "tests/unit/page.h"

#define WORLD_NOW_US (G_GINT64_CONSTANT(90000) * G_USEC_PER_SEC)
#define WORLD_UTC_US (G_GINT64_CONSTANT(1795312042) * G_USEC_PER_SEC) /* 2026-11-22T01:47:22Z */

struct recorder {
	GPtrArray *requests;  /* of char*: "kind command host object text ids" with - for what is not there */
	struct panel_context context;
};

/* srv1491630: up, 11 containers, some unhealthy, some without a limit. */
struct world *panel_world_new(void);
/* gw-014: was up and went down 3 minutes ago, with two containers; its advice is long. */
struct host *panel_world_add_dead(struct world *w);
/* gw-015: never answered, and asks about its key. */
struct host *panel_world_add_asking(struct world *w);
struct host *panel_world_add_host(struct world *w, const char *name, guint containers);
struct container *panel_world_add_container(struct host *h, const char *name, const char *stack, enum container_health health);
/* Jobs of every kind, two of them missed or failed, 34 runs of the cleanup, two logs that grow, a crontab that was not read. */
void panel_world_add_cron(struct host *h);
struct cron_job *panel_world_add_job(struct host *h, enum cron_origin origin, const char *name, const char *schedule, const char *command);
/* Five models: one loaded, one being loaded, one too large for what is free, one that only embeds. No GPU. */
void panel_world_add_models(struct host *h);
struct llm_model *panel_world_add_model(struct host *h, const char *name, double gib, const char *parameters);
/* Two sources' lines over 40 minutes, 60 of them, three errors, a JSON line, a long line. */
void panel_world_add_logs(struct world *w);

struct recorder *recorder_new(struct world *w);
void recorder_free(struct recorder *r);
/* The last request of a kind, NULL when there was none; borrowed. */
const char *recorder_last(const struct recorder *r, enum request_kind kind);
guint recorder_count(const struct recorder *r, enum request_kind kind);
void recorder_clear(struct recorder *r);

/* A panel on a page of a size. */
struct stage {
	struct world *world;
	struct recorder *recorder;
	const struct panel_class *class;
	struct panel *panel;
	struct canvas canvas;
	int height, width;
};

/* Takes the world over. */
struct stage *stage_new(const struct panel_class *class, struct world *w, int height, int width);
void stage_free(struct stage *s);
void stage_draw(struct stage *s);
/* As the console does it: only what can be done is done, then all is drawn. */
gboolean stage_press(struct stage *s, enum action command);
/* Puts the cursor on what is called so. */
void stage_point_at(struct stage *s, const char *name);
/* Why a command is not possible now. */
const char *stage_why_not(struct stage *s, enum action command);
/* Holds it against the golden texts NAME-80x24, -140x45 and -200x60; without `middle` not the second. */
void stage_golden(struct stage *s, const char *name, gboolean middle);
/* Presses every command that the panel has in turn, drawing after each. */
void stage_press_all(struct stage *s);
/* Draws it in sizes from nothing to huge, after each of these commands. */
void stage_sweep(struct stage *s, const enum action *commands, guint count);
/* What an action would be about now: "host/object host/object", newly allocated; why not when it cannot be run. */
char *stage_targets(struct stage *s, enum action command);
/* What is typed at a prompt; its work is done to the end before all is drawn. */
void stage_answer(struct stage *s, enum action command, const char *text, gboolean final);

#endif
