/* Pages: what is told to whom is on call. One page a scope: it opens with the first rule of the scope that pages, later ones are added to it under the
 * same key, and it is resolved when none is left. */
#ifndef MW_MODEL_PAGES_H
#define MW_MODEL_PAGES_H

#include "model/rules.h"

enum page_event { PAGE_TRIGGER, PAGE_UPDATE /* another rule of the scope fires, or one of several ended */, PAGE_RESOLVE };

struct page {
	char *scope;         /* owned: "cloud" */
	char *dedup_key;     /* owned: "midwatch/ENV/SCOPE/RULE" of the rule that opened it */
	gint64 opened_utc_us;
	GPtrArray *alerts;   /* of char *, owned, safe: "health_non200: …", those that page, the first first; one that is held back later stays until it ends */
	char *summary;       /* owned, safe: one line; when it is resolved, the last there was */
};

/* Lower severities are told apart from pages, and never as one: each alert once when it fires, and once when it ends. */
typedef void (*pages_say)(void *user, enum page_event e, const struct page *p);
typedef void (*pages_tell)(void *user, const struct alert *a, gboolean fired);

struct pages;
struct pages *pages_new(const char *env, pages_say say, pages_tell tell, void *user);
void pages_free(struct pages *p); /* NULL is ignored */
/* After each rules_tick(). */
void pages_tick(struct pages *p, const struct rules *r, gint64 utc_us);
const GPtrArray *pages_open(const struct pages *p); /* of struct page */
/* A page that was open before a restart is not opened again. */
void pages_remember(struct pages *p, const char *scope, const char *dedup_key, gint64 opened_utc_us);

#endif
