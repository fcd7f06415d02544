/* What an answer of the product says: its health, a time, a number. Bytes from outside; all words given back are safe. */
#ifndef MW_MODEL_PRODUCT_ANSWER_H
#define MW_MODEL_PRODUCT_ANSWER_H

#include <glib.h>

/* The body of a health check that answered 200: each of status, db and go2rtc has to be "ok" (reference 2.3, health_degraded). NULL: they are; else what
 * is not, newly allocated: "db is \"degraded\"", "its body is no JSON". */
char *health_degraded(const char *body, gsize len);
/* The time at a JSON pointer, UTC: RFC 3339, or a number of seconds, milli- or microseconds since the epoch, also as text. FALSE with `problem`, newly
 * allocated: there is none. */
gboolean answer_time(const char *body, gsize len, const char *pointer, gint64 *utc_us, char **problem);
/* The number at a JSON pointer, not negative. FALSE with `problem`, newly allocated. */
gboolean answer_number(const char *body, gsize len, const char *pointer, double *number, char **problem);

#endif
