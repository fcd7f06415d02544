#include "backends/http_private.h"

#include <glib-unix.h>

struct socket_watch {
	struct http *http;
	curl_socket_t fd;
	guint source;
};

static void
act(struct http *h, curl_socket_t fd, int what)
{
	int running;

	h->inside++;
	h->api.multi_socket_action(h->multi, fd, what, &running);
	h->inside--;
	http_collect(h);
}

static gboolean
on_timer(gpointer user)
{
	struct http *h = user;

	h->timer = 0;
	act(h, CURL_SOCKET_TIMEOUT, 0);
	return G_SOURCE_REMOVE;
}

static int
on_timer_change(CURLM *multi, long timeout_ms, void *user)
{
	struct http *h = user;

	if (h->timer)
		g_source_remove(h->timer);
	h->timer = timeout_ms < 0 ? 0 : g_timeout_add_full(G_PRIORITY_DEFAULT, (guint)timeout_ms, on_timer, h, NULL);
	return 0;
}

static gboolean
on_socket(gint fd, GIOCondition condition, gpointer user)
{
	struct socket_watch *w = user;
	int what = 0;

	if (condition & (G_IO_IN | G_IO_HUP))
		what |= CURL_CSELECT_IN;
	if (condition & G_IO_OUT)
		what |= CURL_CSELECT_OUT;
	if (condition & (G_IO_ERR | G_IO_NVAL))
		what |= CURL_CSELECT_ERR;
	act(w->http, w->fd, what);
	return G_SOURCE_CONTINUE; /* the watch may be gone; on_socket_change() has removed its source then */
}

static int
on_socket_change(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
	struct http *h = user;
	struct socket_watch *w = socket_user;
	GIOCondition condition = 0;

	if (w)
		g_source_remove(w->source);
	if (what == CURL_POLL_REMOVE) {
		g_free(w);
		return 0;
	}
	if (!w) {
		w = g_new0(struct socket_watch, 1);
		w->http = h;
		w->fd = fd;
		h->api.multi_assign(h->multi, fd, w);
	}
	if (what & CURL_POLL_IN)
		condition |= G_IO_IN | G_IO_HUP | G_IO_ERR;
	if (what & CURL_POLL_OUT)
		condition |= G_IO_OUT | G_IO_ERR;
	w->source = g_unix_fd_add(fd, condition, on_socket, w);
	return 0;
}

/* --- loading --- */

static gboolean
on_loaded(gpointer user)
{
	struct http *h = user;

	g_clear_pointer(&h->loader, g_thread_join);
	if (!h->load_problem) {
		h->multi = h->api.multi_init();
		h->api.multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket_change);
		h->api.multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
		h->api.multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer_change);
		h->api.multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	}
	http_schedule(h);
	return G_SOURCE_REMOVE;
}

static gpointer
load(gpointer user)
{
	struct http *h = user;
	g_autoptr(GError) error = NULL;

	if (!curl_api_load(&h->api, CURL_API_LIBRARY, &error))
		h->load_problem = g_strdup(error->message);
	h->loaded = g_idle_add_full(G_PRIORITY_DEFAULT, on_loaded, h, NULL);
	return NULL;
}

gboolean
http_loop_load(struct http *h)
{
	if (h->loader)
		return FALSE;
	if (h->multi || h->load_problem)
		return TRUE;
	h->loader = g_thread_new("libcurl", load, h);
	return FALSE;
}

void
http_loop_end(struct http *h)
{
	if (h->loader) {
		g_thread_join(h->loader);
		g_source_remove(h->loaded);
	}
	if (h->multi)
		h->api.multi_cleanup(h->multi);
	if (h->multi || (h->loader && !h->load_problem))
		h->api.global_cleanup();
	if (h->timer)
		g_source_remove(h->timer);
	g_free(h->load_problem);
}
