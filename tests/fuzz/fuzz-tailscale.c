/* Any bytes as the status of tailscaled: nothing crashes, and every text that is shown is safe. */
#include <stddef.h>
#include <stdint.h>

#include "backends/tailscale_parse.h"
#include "model/sanitize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was made safe once passes unchanged. */
static void
check_safe(const char *text)
{
	g_autofree char *again = text ? sanitize_text(text, -1) : NULL;

	g_assert_cmpstr(text, ==, again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const tags[] = { "tag:gateway", NULL };
	g_autoptr(GError) error = NULL;
	struct tailscale_status *s = tailscale_parse_status((const char *)data, size, tags, &error);

	g_assert_true((s == NULL) == (error != NULL));
	if (!s)
		return 0;
	check_safe(s->problem);
	check_safe(s->health);
	for (guint i = 0; i < s->peers->len; i++) {
		const struct tailscale_peer *p = s->peers->pdata[i];
		g_assert_nonnull(p->name);
		check_safe(p->tailnet.relay);
		g_assert_true(p->tailnet.presence == PRESENCE_ONLINE || p->tailnet.path != PATH_NONE || p->tailnet.presence == PRESENCE_OFFLINE);
		tailscale_peer_address(s, p);
	}
	tailscale_status_free(s);
	return 0;
}
