/* The checklists and rules that midwatch ships, as text; made from checklists/ and rules/ by tools/embed.sh. */
#ifndef MW_APP_SHIPPED_H
#define MW_APP_SHIPPED_H

extern const char shipped_rules_text[];
extern const char shipped_post_deploy_text[];
extern const char shipped_first_ten_minutes_text[];

#endif
