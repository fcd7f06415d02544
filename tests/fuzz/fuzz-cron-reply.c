/* The answer to the cron script from a hostile host: no crash, every text that is shown is valid. Read twice, as a second answer takes over
 * what the first one told of the cleanup log. */
#include <stddef.h>
#include <stdint.h>

#include "backends/cron_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct cron_state *s)
{
	for (guint i = 0; i < s->jobs->len; i++) {
		const struct cron_job *j = s->jobs->pdata[i];
		g_assert_true(j->key && g_utf8_validate(j->where, -1, NULL) && g_utf8_validate(j->command, -1, NULL) && g_utf8_validate(j->name, -1, NULL));
		g_assert_true(!j->user || g_utf8_validate(j->user, -1, NULL));
		g_assert_true(!j->result_text || g_utf8_validate(j->result_text, -1, NULL));
		g_assert_true((j->last_us != 0) == (j->last_from != NULL));
	}
	for (guint i = 0; i < s->not_read->len; i++)
		g_assert_true(g_utf8_validate(s->not_read->pdata[i], -1, NULL));
	g_assert_true(g_utf8_validate(s->zone, -1, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cron_reply first, second;
	const char *problem;

	if (cron_reply_parse((const char *)data, size, 1, NULL, &first, &problem)) {
		check(&first.state);
		if (cron_reply_parse((const char *)data, size, 2, &first.state, &second, &problem))
			check(&second.state);
		cron_reply_clear(&second);
	}
	cron_reply_clear(&first);
	return 0;
}
