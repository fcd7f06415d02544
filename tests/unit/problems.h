/* What is wrong with a YAML file, as a test expects it. */
#ifndef MW_TESTS_PROBLEMS_H
#define MW_TESTS_PROBLEMS_H

#include "app/config.h"

/* The problems, as config_problem_text() gives them, are these, in this order, up to NULL. */
void assert_problem_texts(const GPtrArray *problems, const char *const *expected);
/* The same of the text of a configuration, whose file is called c.yml. */
void assert_config_problems(const char *text, const char *const *expected);

#define ASSERT_PROBLEMS(text, ...) assert_config_problems(text, (const char *const[]){ __VA_ARGS__, NULL })
#define ASSERT_FINE(text) assert_config_problems(text, (const char *const[]){ NULL })

#endif
