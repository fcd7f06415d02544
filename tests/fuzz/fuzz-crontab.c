/* The crontab reader on any bytes: no crash, jobs whose texts are valid, and next runs that lie ahead. */
#include <stddef.h>
#include <stdint.h>

#include "model/cron_pair.h"
#include "model/crontab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const gint64 now_us = G_GINT64_CONSTANT(1795736642000000);
	static const struct crontab_place places[] = {
		{ .origin = CRON_USER, .where = "crontab of root", .user = "root" }, { .origin = CRON_ETC_CRONTAB, .where = "/etc/crontab" },
	};
	const struct cron_evidence nothing = { 0 };
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)cron_job_free);
		crontab_parse((const char *)data, size, &places[i], jobs);
		cron_pair(jobs, &nothing, zone, now_us);
		for (guint n = 0; n < jobs->len; n++) {
			const struct cron_job *j = jobs->pdata[n];
			g_assert_true(g_utf8_validate(j->command, -1, NULL) && g_utf8_validate(j->name, -1, NULL) && g_utf8_validate(j->schedule, -1, NULL));
			g_assert_true(j->next_us == 0 || j->next_us > now_us);
			g_assert_true(j->key && *j->name && j->where);
		}
	}
	return 0;
}
