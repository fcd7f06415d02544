/* Checklists from YAML: the shipped ones, those in ~/.config/midwatch/checklists, and those that the configuration names. */
#ifndef MW_APP_CHECKLIST_FILES_H
#define MW_APP_CHECKLIST_FILES_H

#include "app/config.h"
#include "model/checklist.h"

/* One file's text; NULL with every problem found in `problems` (of struct config_problem). */
struct checklist *checklist_parse(const char *text, gsize len, const char *origin, GPtrArray *problems);
/* The same of a run that was kept: what was wrong with it was told when it was begun. */
struct checklist *checklist_parse_kept(const char *text, gsize len, const char *origin);
/* All there are, of struct checklist, owned: a later one takes the place of an earlier one of its name. Those that are wrong are left out, with
 * their problems told. Never NULL. */
GPtrArray *checklists_load(const struct config *c, GPtrArray *problems);
/* The one of a name; NULL. Made anew from its source, so that the caller owns it. */
struct checklist *checklists_copy(const GPtrArray *all, const char *name);

#endif
