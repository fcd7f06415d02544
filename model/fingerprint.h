/* What stays the same when the same fault happens again. */
#ifndef MW_MODEL_FINGERPRINT_H
#define MW_MODEL_FINGERPRINT_H

#include <glib.h>

/* A safe line with everything folded that differs from one time to the next, newly allocated: numbers and hex figures (of four digits and more, or
 * behind 0x) become N, UUIDs UUID, IPv4 and IPv6 addresses IP, MAC addresses MAC, dates and times TIME, several blanks one. Words stay.
 * "lost camera 7: rtsp timeout after 10s" -> "lost camera N: rtsp timeout after Ns". Never longer than the line, without a digit. */
char *fingerprint_fold(const char *text);

#endif
