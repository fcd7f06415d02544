/* The answer of a hostile gateway: no crash, every text that is shown is valid, nothing points outside of it. */
#include <stddef.h>
#include <stdint.h>

#include "backends/gateway_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gateway_reply r;
	const char *problem, *text = (const char *)data;

	if (gateway_reply_parse(text, size, 1795784948 * (gint64)G_USEC_PER_SEC, 0, &r, &problem)) {
		const char *const texts[] = { r.report.sub, r.report.last_error, r.report.version, r.report.problem };
		for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
			g_assert_true(!texts[i] || g_utf8_validate(texts[i], -1, NULL));
		for (guint i = 0; i < r.lines->len; i++) {
			const struct gateway_line *l = &g_array_index(r.lines, struct gateway_line, i);
			g_assert_true(l->text >= text && l->text + l->len <= text + size);
		}
	}
	gateway_reply_clear(&r);
	return 0;
}
