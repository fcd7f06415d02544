#include "tui/paste.h"

#include "tui/keymap.h"

#define SETTLE_US (G_USEC_PER_SEC / 20)
#define LONE_US (G_USEC_PER_SEC / 5)
#define LOST_US (5 * G_USEC_PER_SEC)

void paste_begin(struct paste *p)
{
	p->on = TRUE;
	p->settling = p->lone = p->quiet = FALSE;
}

void paste_end(struct paste *p)
{
	p->on = p->lone = p->quiet = FALSE;
	p->settling = TRUE;
}

void paste_quiet(struct paste *p, gint64 now_us)
{
	if (!p->quiet)
		p->quiet_us = now_us;
	p->quiet = TRUE;
}

enum paste_kind paste_key(struct paste *p, int code, gboolean text, gint64 at_us)
{
	gint64 silence = p->quiet ? at_us - p->quiet_us : 0;

	p->quiet = FALSE;
	if (p->lone && silence >= LONE_US)
		p->on = p->lone = FALSE;
	if (p->on) {
		p->lone = silence >= (code == KEYCTRL('C') ? LONE_US : LOST_US);
		return PASTE_PASTED;
	}
	if (p->settling && silence < SETTLE_US)
		return text ? PASTE_PASTED : PASTE_DROPPED;
	p->settling = FALSE;
	return PASTE_TYPED;
}
