#include "model/foreign_alert.h"

struct foreign_alert *
foreign_alert_new(void)
{
	struct foreign_alert *a = g_new0(struct foreign_alert, 1);

	a->matchers = g_ptr_array_new_with_free_func(g_free);
	return a;
}

void
foreign_alert_free(struct foreign_alert *a)
{
	if (!a)
		return;
	g_free(a->name);
	g_free(a->labels);
	g_free(a->severity);
	g_free(a->summary);
	g_free(a->fingerprint);
	g_free(a->held_by);
	g_ptr_array_unref(a->matchers);
	g_free(a);
}

void
foreign_alerts_init(struct foreign_alerts *a)
{
	*a = (struct foreign_alerts){ .alerts = g_ptr_array_new_with_free_func((GDestroyNotify)foreign_alert_free) };
}

const struct foreign_alert *
foreign_alerts_find(const struct foreign_alerts *a, const char *fingerprint)
{
	for (guint i = 0; a->alerts && i < a->alerts->len; i++) {
		const struct foreign_alert *one = a->alerts->pdata[i];
		if (g_strcmp0(one->fingerprint, fingerprint) == 0)
			return one;
	}
	return NULL;
}

void
foreign_alerts_clear(struct foreign_alerts *a)
{
	datum_clear(&a->datum);
	g_free(a->url);
	g_ptr_array_unref(a->alerts);
}
