#include "model/datum.h"

static void
set_error(struct datum *d, const char *error)
{
	if (error && g_strcmp0(error, d->error) != 0) {
		g_free(d->error);
		d->error = g_strdup(error);
	}
}

void
datum_good(struct datum *d, gint64 at_us)
{
	d->state = DATUM_OK;
	d->at_us = at_us;
	g_clear_pointer(&d->error, g_free);
}

void
datum_failed(struct datum *d, const char *error)
{
	set_error(d, error);
	d->state = d->at_us > 0 ? DATUM_STALE : DATUM_ERROR;
}

void
datum_none(struct datum *d, const char *reason)
{
	set_error(d, reason);
	d->state = DATUM_NO_DATA;
	d->at_us = 0;
}

void
datum_stale(struct datum *d, const char *reason)
{
	set_error(d, reason);
	if (d->state == DATUM_OK)
		d->state = DATUM_STALE;
}

gint64
datum_age_s(const struct datum *d, gint64 now_us)
{
	if (d->at_us == 0)
		return -1;
	return MAX(now_us - d->at_us, 0) / G_USEC_PER_SEC;
}

gboolean
datum_known(const struct datum *d)
{
	return d->state == DATUM_OK || d->state == DATUM_STALE;
}

void
datum_clear(struct datum *d)
{
	g_clear_pointer(&d->error, g_free);
	d->state = DATUM_UNKNOWN;
	d->at_us = 0;
}
