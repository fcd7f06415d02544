/* Any bytes as an answer of an Alertmanager: nothing crashes, what comes out is safe, and a silence of it is one of labels. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backends/alertmanager_parse.h"
#include "model/sanitize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
assert_safe(const char *text)
{
	g_autofree char *again = text ? sanitize_text(text, -1) : NULL;

	g_assert_cmpstr(text, ==, again);
}

static void
look_at(const struct foreign_alert *a)
{
	g_autofree char *body = alertmanager_silence_body(a, 0, G_USEC_PER_SEC, "ann", "x");

	assert_safe(a->name);
	assert_safe(a->labels);
	assert_safe(a->summary);
	assert_safe(a->severity);
	assert_safe(a->fingerprint);
	assert_safe(a->held_by);
	g_assert_nonnull(a->name);
	g_assert_true((body == NULL) == (a->matchers->len == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *fault = alertmanager_parse_fault((const char *)data, size), *id = alertmanager_parse_silence((const char *)data, size);
	guint left_out;
	g_autoptr(GPtrArray) alerts = alertmanager_parse((const char *)data, size, &left_out, &error);

	g_assert_true((alerts == NULL) == (error != NULL));
	for (guint i = 0; alerts && i < alerts->len; i++)
		look_at(alerts->pdata[i]);
	assert_safe(fault);
	assert_safe(id);
	return 0;
}
