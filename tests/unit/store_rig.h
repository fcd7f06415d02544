/* A store in a directory of its own, and other processes that use it at the same time. */
#ifndef MW_TESTS_STORE_RIG_H
#define MW_TESTS_STORE_RIG_H

#include "backends/store.h"

struct store_place { char *directory, *path, *head; };

/* As g_test_add() takes them. Nothing is in the directory yet; all that is in it in the end goes. */
void store_rig_set_up(struct store_place *p, gconstpointer unused);
void store_rig_tear_down(struct store_place *p, gconstpointer unused);
/* Opens the store, and makes it the first time. */
struct store *store_rig_open(const struct store_place *p);
/* Changes what is in it as anybody could who may write the file. */
void store_rig_change(const struct store_place *p, const char *sql);

/* Another process opens the store, does that, and lives on until store_rig_kill(). It comes back when that is done. */
struct store_other { GPid pid; int told; };
struct store_other store_rig_other(const struct store_place *p, void (*does)(struct store *s));
void store_rig_kill(struct store_other *o);
/* Several processes at once, all of them alive until the end, want the same: how many got it. */
guint store_rig_race(const struct store_place *p, gboolean (*takes)(struct store *s, gint64 number), gint64 number);
/* In a process of its own, with a limit of so many bytes for each file: it has to give 0. */
void store_rig_limited(const struct store_place *p, gulong bytes, int (*does)(struct store *s));
void store_rig_unlimited(void); /* takes the limit away again, in there */

#endif
