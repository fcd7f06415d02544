/* One check of a checklist's file: from what libcyaml loaded, with every fault told. */
#ifndef MW_APP_CHECKLIST_CHECK_H
#define MW_APP_CHECKLIST_CHECK_H

#include "app/checklist_schema.h"
#include "app/findings.h"
#include "model/checklist.h"

/* NULL, with that in the findings, when it cannot be told what kind it is; otherwise it may still have faults. */
struct check *checklist_check_make(struct config_findings *f, const char *path, const struct yaml_check *y);
/* A text that is shown, and in which placeholders are filled in; NULL is right. `lines`: it may have several. */
void checklist_check_text(struct config_findings *f, const char *path, const char *name, const char *text, gboolean lines);

#endif
