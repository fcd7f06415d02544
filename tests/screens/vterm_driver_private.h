/* What the files of the driver share. */
#ifndef MW_TESTS_VTERM_DRIVER_PRIVATE_H
#define MW_TESTS_VTERM_DRIVER_PRIVATE_H

#include "tests/screens/vterm_driver.h"

#include <vterm.h>

struct driver {
	VTerm *vt;
	VTermScreen *screen;
	int master;            /* -1: hung up */
	pid_t child;           /* 0: waited for */
	int status;            /* of the child, when waited for */
	int rows, columns;
	gboolean alternate, cursor, over;
	gboolean in_frame;     /* a frame has begun and not ended: what is seen is half of the last one and half of the next */
	guint frame_matched;   /* bytes of FRAME_MARK that were the last to come */
	int mouse;
	guint64 bytes;          /* received */
	GByteArray *raw;       /* the last RAW_KEPT … 2 × RAW_KEPT bytes */
	char *title, *clipboard;
};

/* Ends the test, showing the screen. */
void driver_fail(struct driver *d, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;
/* Writes to the program. */
void driver_send(struct driver *d, const char *bytes, gsize length);
/* Writes what libvterm has to say: answers to queries, keys. */
void driver_flush(struct driver *d);

#endif
