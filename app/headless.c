#include "app/headless.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/configured_world.h"

#define LOOK_MS 50
#define CONNECT_S 15 /* of a host that says nothing else */
#define MORE_S 10    /* for what comes before and after connecting: resolving, authentication */

static gboolean
on_signal(struct headless *h, int which)
{
	h->signal = which;
	g_main_loop_quit(h->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt(gpointer h)
{
	return on_signal(h, SIGINT);
}

static gboolean
on_terminate(gpointer h)
{
	return on_signal(h, SIGTERM);
}

static gboolean
on_hang_up(gpointer h)
{
	return on_signal(h, SIGHUP);
}

struct headless *
headless_new(const struct config *c, const struct options *o)
{
	struct headless *h = g_new0(struct headless, 1);
	g_autoptr(GError) error = NULL;

	h->config = c;
	h->options = o;
	h->loop = g_main_loop_new(NULL, FALSE);
	h->world = configured_world_new(c, o);
	h->http = http_new();
	h->store = store_open(NULL, &error);
	if (!h->store)
		h->store_problem = g_strdup(error->message);
	h->machines = machines_new(h->world, h->http, c);
	if (c->fleet)
		h->fleet = fleet_watch_new(c->fleet, h->world, h->http);
	h->sources[0] = g_unix_signal_add(SIGINT, on_interrupt, h);
	h->sources[1] = g_unix_signal_add(SIGTERM, on_terminate, h);
	h->sources[2] = g_unix_signal_add(SIGHUP, on_hang_up, h);
	return h;
}

void
headless_free(struct headless *h)
{
	if (!h)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(h->sources); i++)
		g_source_remove(h->sources[i]);
	fleet_watch_free(h->fleet);
	g_ptr_array_unref(h->machines);
	http_free(h->http);
	store_close(h->store);
	world_free(h->world);
	g_main_loop_unref(h->loop);
	g_free(h->store_problem);
	g_free(h);
}

void
headless_start(struct headless *h)
{
	g_ptr_array_foreach(h->machines, (GFunc)(void (*)(void))machine_start, h->store);
	if (h->fleet)
		fleet_watch_start(h->fleet);
}

/* --- waiting --- */

struct wait { struct headless *headless; gboolean (*test)(void *user); void *user; gint64 until_us; gboolean passed; };

static gboolean
look(gpointer data)
{
	struct wait *w = data;

	w->passed = w->test(w->user);
	if (w->passed || g_get_monotonic_time() >= w->until_us)
		g_main_loop_quit(w->headless->loop);
	return G_SOURCE_CONTINUE;
}

gboolean
headless_wait(struct headless *h, gboolean (*test)(void *user), void *user, double seconds)
{
	struct wait w = { h, test, user, g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC), FALSE };
	guint source;

	if (h->signal)
		return FALSE;
	if (test(user))
		return TRUE;
	source = g_timeout_add(LOOK_MS, look, &w);
	g_main_loop_run(h->loop);
	g_source_remove(source);
	return w.passed && !h->signal;
}

static gboolean
links_settled(void *user)
{
	const struct headless *h = user;

	for (guint i = 0; i < h->world->hosts->len; i++)
		if (!link_status_is_settled(&((const struct host *)h->world->hosts->pdata[i])->link))
			return FALSE;
	return TRUE;
}

gboolean
headless_wait_links(struct headless *h)
{
	unsigned most = CONNECT_S;

	for (unsigned i = 0; i < h->config->hosts_count; i++)
		if (h->config->hosts[i].connect_timeout)
			most = MAX(most, *h->config->hosts[i].connect_timeout);
	headless_wait(h, links_settled, h, most + MORE_S);
	return h->signal == 0;
}

/* --- what is printed --- */

gboolean
headless_colours(const struct headless *h, int fd)
{
	const char *terminal = g_getenv("TERM"), *none = g_getenv("NO_COLOR");

	return isatty(fd) && terminal && *terminal && strcmp(terminal, "dumb") != 0 && !(none && *none) && !h->options->no_colour;
}

gboolean
headless_complain(const char *format, ...)
{
	va_list args;

	fputs("midwatch: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return FALSE;
}

gboolean
headless_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return TRUE;
	fprintf(stderr, "midwatch: the result could not be written to standard output: %s\n", g_strerror(errno));
	return FALSE;
}

void
headless_print_problems(const GPtrArray *problems)
{
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *text = config_problem_text(problems->pdata[i]);
		fprintf(stderr, "%s\n", text);
	}
}
