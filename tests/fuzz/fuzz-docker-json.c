/* Any bytes as each reply of the Docker daemon: nothing crashes, and every string that comes out is safe. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backends/docker_parse.h"
#include "backends/docker_sample.h"
#include "backends/docker_words.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was made safe once passes unchanged. */
static void
check_safe(const char *text)
{
	g_autofree char *again = text ? sanitize_text(text, -1) : NULL;

	g_assert_cmpstr(text, ==, again);
}

static void
check_container(const struct container *c)
{
	const struct container_detail *d = &c->detail;
	g_autofree char *words = docker_words_status(c, G_GINT64_CONSTANT(1795716765000000));

	check_safe(words);
	check_safe(c->name);
	check_safe(c->image);
	check_safe(c->image_id);
	check_safe(c->command);
	check_safe(c->stack);
	check_safe(c->service);
	check_safe(c->status);
	check_safe(d->restart_policy);
	check_safe(d->log_driver);
	g_assert_cmpuint(d->health_log->len, <=, 5);
	for (guint i = 0; i < d->health_log->len; i++) {
		const struct health_probe *p = d->health_log->pdata[i];
		g_autofree char *again = sanitize_lines(p->output, -1);
		g_assert_cmpstr(p->output, ==, again);
	}
}

static void
as_list(const char *bytes, gsize len)
{
	guint skipped;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = docker_parse_list(bytes, len, &skipped, &error);

	g_assert_true((rows == NULL) == (error != NULL));
	for (guint i = 0; rows && i < rows->len; i++) {
		const struct container *c = rows->pdata[i];
		g_assert_true(docker_parse_is_id(c->id));
		g_assert_nonnull(c->name);
		check_container(c);
	}
}

static void
as_inspect(const char *bytes, gsize len)
{
	struct container *c = container_new("0123456789ab");

	for (int i = 0; i < 2; i++) /* the second time over what the first one left */
		if (docker_parse_inspect(bytes, len, c, NULL))
			check_container(c);
	container_free(c);
}

static void
as_stats(const char *bytes, gsize len)
{
	struct container *c = container_new("0123456789ab");
	struct docker_sample sample;

	if (docker_sample_parse(bytes, len, &sample, NULL)) {
		docker_sample_apply(&sample, &c->stats);
		sample.read_us = MAX(sample.read_us, 1) + 1;
		sample.cpu = MAX(sample.cpu, 1);
		docker_sample_apply(&sample, &c->stats);
	}
	container_free(c);
}

static void
as_event(const char *bytes, gsize len)
{
	struct docker_event e;

	if (!docker_parse_event(bytes, len, &e, NULL))
		return;
	g_assert_true(docker_parse_is_id(e.id));
	check_safe(e.name);
	check_safe(e.action);
	docker_event_clear(&e);
}

static void
as_small_ones(const char *bytes, gsize len)
{
	g_autofree char *api = NULL, *least = NULL, *message = docker_parse_message(bytes, len), *pretty = docker_parse_pretty(bytes, len);
	g_autofree char *time = g_strndup(bytes, len);

	docker_parse_version(bytes, len, &api, &least, NULL);
	docker_parse_image(bytes, len);
	utc_parse(time);
	check_safe(api);
	check_safe(least);
	check_safe(message);
	if (pretty) {
		g_autofree char *again = sanitize_lines(pretty, -1);
		g_assert_cmpstr(pretty, ==, again);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;

	as_list(bytes, size);
	as_inspect(bytes, size);
	as_stats(bytes, size);
	as_event(bytes, size);
	as_small_ones(bytes, size);
	return 0;
}
