/* The probe's parser on any bytes: no crash, names that are valid and safe. */
#include <stddef.h>
#include <stdint.h>

#include "model/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *problem;
	struct probe p;
	struct probe_rates r;

	probe_parse((const char *)data, size, 1, &p, &problem);
	probe_rates_compute(&p, &p, &r);
	probe_disk_percent(&p);
	g_assert_true(g_utf8_validate(p.hostname, -1, NULL) && g_utf8_validate(p.kernel, -1, NULL) && g_utf8_validate(p.zone, -1, NULL));
	return 0;
}
