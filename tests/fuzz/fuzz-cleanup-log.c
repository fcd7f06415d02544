/* The cleanup log's reader on any bytes: no crash, bounded runs with valid texts, oldest first. */
#include <stddef.h>
#include <stdint.h>

#include "model/cleanup_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

	for (guint cut = 0; cut < 2; cut++) {
		g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)cleanup_run_free);
		gint64 before = 0;
		cleanup_log_parse((const char *)data, size, cut, zone, runs);
		g_assert_cmpuint(runs->len, <=, CLEANUP_RUNS_MAX);
		for (guint i = 0; i < runs->len; i++) {
			const struct cleanup_run *r = runs->pdata[i];
			g_assert_true(g_utf8_validate(r->mode, -1, NULL) && r->at_us >= before && r->steps->len <= CLEANUP_STEPS_MAX);
			before = r->at_us;
			for (guint n = 0; n < r->steps->len; n++) {
				const struct cleanup_step *s = r->steps->pdata[n];
				g_assert_true(g_utf8_validate(s->name, -1, NULL) && g_utf8_validate(s->text, -1, NULL));
			}
		}
	}
	return 0;
}
