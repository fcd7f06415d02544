/* The Docker backend against a small daemon of the test's own, for what no real one does on request; and over a link that is a fake. */
#include "backends/docker_private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_S 60
#define MANY 40

/* --- the daemon: a forked process, a thread for each connection --- */

struct scenario {
	const char *api, *least;   /* of the ping; of /version */
	const char *list;          /* instead of the list of MANY containers */
	const char *list_status;
	const char *events;        /* sent at once on the event stream */
	gboolean ends;             /* the event stream ends then, and does so once only */
	int hangs;                 /* the container whose inspect is never answered, 0 = none */
};

static struct {
	const struct scenario *scenario;
	int fd;
	gint order, streams, inspects, most_inspects, samples, most_samples;
} daemon_;

static void
put(int fd, const char *status, const char *header, const char *body)
{
	g_autofree char *text = g_strdup_printf("HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, header, strlen(body), body);

	for (gsize at = 0, len = strlen(text); at < len;) {
		gssize n = send(fd, text + at, len - at, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		at += (gsize)n;
	}
}

static gboolean
put_events(int fd, const struct scenario *s)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	gboolean first = g_atomic_int_add(&daemon_.streams, 1) == 0;
	char c;

	send(fd, head, strlen(head), MSG_NOSIGNAL);
	for (const char *at = s->events; first && at && *at; at += MIN(strlen(at), 7)) { /* in pieces, across lines and chunks */
		g_autofree char *piece = g_strndup(at, 7), *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(piece), piece);
		g_usleep(500);
		send(fd, chunk, strlen(chunk), MSG_NOSIGNAL);
	}
	if (s->ends && first)
		return FALSE;
	while (recv(fd, &c, 1, 0) > 0)
		;
	return FALSE;
}

static void
put_list(int fd, const struct scenario *s)
{
	g_autoptr(GString) rows = g_string_new("[");

	for (int i = 1; i <= MANY; i++)
		g_string_append_printf(rows, "%s{\"Id\":\"%012x\",\"Names\":[\"/c%d\"],\"ImageID\":\"sha256:%d\",\"State\":\"running\",\"Status\":\"Up 5 seconds%s\"}",
		                       i > 1 ? "," : "", (guint)i, i, i % 3, i == 2 ? " (unhealthy)" : "");
	g_string_append_c(rows, ']');
	put(fd, s->list_status ? s->list_status : "200 OK", "", s->list ? s->list : rows->str);
}

static int
most_of(gint *now, gint *most)
{
	gint n = g_atomic_int_add(now, 1) + 1;

	if (n > g_atomic_int_get(most))
		g_atomic_int_set(most, n);
	g_usleep(5000);
	g_atomic_int_add(now, -1);
	return g_atomic_int_get(most);
}

/* RestartCount tells how many ran at once, ExitCode which in turn this was. */
static void
put_inspect(int fd, const struct scenario *s, guint id)
{
	g_autofree char *body = NULL;
	int order = g_atomic_int_add(&daemon_.order, 1);
	char c;

	if (s->hangs && id == (guint)s->hangs) {
		while (recv(fd, &c, 1, 0) > 0)
			;
		return;
	}
	body = g_strdup_printf("{\"Name\":\"/c%u\",\"RestartCount\":%d,\"State\":{\"Status\":\"running\",\"ExitCode\":%d,\"StartedAt\":"
	                       "\"2026-11-26T18:12:28Z\"%s},\"Config\":{},\"HostConfig\":{\"Memory\":1024}}",
	                       id, most_of(&daemon_.inspects, &daemon_.most_inspects), order,
	                       id == 2 ? ",\"Health\":{\"Status\":\"unhealthy\"}" : "");
	put(fd, "200 OK", "", body);
}

static void
put_stats(int fd)
{
	gint64 now = g_get_real_time();
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(now / G_USEC_PER_SEC);
	g_autofree char *seconds = g_date_time_format(t, "%Y-%m-%dT%H:%M:%S");
	g_autofree char *body = g_strdup_printf("{\"read\":\"%s.%06dZ\",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":%" G_GINT64_FORMAT "},"
	                                        "\"system_cpu_usage\":%" G_GINT64_FORMAT ",\"online_cpus\":2},\"pids_stats\":{\"current\":%d},"
	                                        "\"memory_stats\":{\"usage\":5,\"limit\":10}}",
	                                        seconds, (int)(now % G_USEC_PER_SEC), now * 250, now * 1000,
	                                        most_of(&daemon_.samples, &daemon_.most_samples));
	put(fd, "200 OK", "", body);
}

static gboolean
answer(int fd, const char *path)
{
	const struct scenario *s = daemon_.scenario;
	g_autofree char *header = s->api ? g_strdup_printf("Api-Version: %s\r\n", s->api) : g_strdup("");
	g_autofree char *version = g_strdup_printf("{\"ApiVersion\":\"%s\",\"MinAPIVersion\":\"%s\"}", s->api, s->least);
	const char *rest = strchr(path + 1, '/');
	guint id;

	if (strcmp(path, "/_ping") == 0)
		put(fd, "200 OK", header, "OK");
	else if (strcmp(path, "/version") == 0)
		put(fd, "200 OK", "", version);
	else if (rest && g_str_has_prefix(rest, "/events"))
		return put_events(fd, s);
	else if (rest && g_str_has_prefix(rest, "/containers/json"))
		put_list(fd, s);
	else if (rest && sscanf(rest, "/containers/%12x/", &id) == 1 && strstr(rest, "/stats?"))
		put_stats(fd);
	else if (rest && sscanf(rest, "/containers/%12x/", &id) == 1)
		put_inspect(fd, s, id);
	else if (rest && g_str_has_prefix(rest, "/images/"))
		put(fd, "200 OK", "", "{\"Created\":\"2026-11-26T18:12:27Z\"}");
	else
		put(fd, "404 Not Found", "", "{\"message\":\"no such path\"}");
	return TRUE;
}

static gpointer
serve(gpointer data)
{
	int fd = GPOINTER_TO_INT(data);
	char request[8192] = "", path[512];
	gsize have = 0;
	gssize n;

	while ((n = recv(fd, request + have, sizeof request - 1 - have, 0)) > 0) {
		have += (gsize)n;
		request[have] = '\0';
		if (!strstr(request, "\r\n\r\n"))
			continue;
		if (sscanf(request, "GET %511s", path) != 1 || !answer(fd, path))
			break;
		have = 0;
	}
	close(fd);
	return NULL;
}

static void
run_daemon(void)
{
	int fd;

	while ((fd = accept(daemon_.fd, NULL, NULL)) >= 0)
		g_thread_unref(g_thread_new("connection", serve, GINT_TO_POINTER(fd)));
	_exit(0);
}

/* --- the link: a fake --- */

struct link_tunnel {
	char *socket;
};

struct link_job {
	guint idle;
	link_done done;
	void *user;
};

static struct {
	const char *words;    /* what the shell over there prints */
	char *socket;         /* where its tunnels lead */
	GString *log;         /* what was asked of it */
	struct link_job job;
} link_;

struct link_tunnel *
link_tunnel_open(struct link *l, const struct link_target *t, GError **error)
{
	struct link_tunnel *tunnel = g_new0(struct link_tunnel, 1);

	g_string_append_printf(link_.log, "open %s [%s] ", t->unix_path, t->fallback_command);
	/* Only the rootless socket leads anywhere. */
	tunnel->socket = strstr(t->unix_path, "/run/user/") ? g_strdup(link_.socket) : g_strdup("/nonexistent/tunnel");
	return tunnel;
}

const char *
link_tunnel_socket(const struct link_tunnel *t)
{
	return t->socket;
}

char *
link_tunnel_target(const struct link_tunnel *t)
{
	return g_strdup("the far socket");
}

const char *
link_tunnel_problem(const struct link_tunnel *t)
{
	return "the channel was refused";
}

gboolean
link_tunnel_falls_back(const struct link_tunnel *t)
{
	return FALSE;
}

void
link_tunnel_close(struct link_tunnel *t)
{
	g_free(t->socket);
	g_free(t);
}

static gboolean
on_job(gpointer data)
{
	struct link_job *j = data;
	const struct link_result r = { .outcome = LINK_EXITED, .output = link_.words, .output_length = strlen(link_.words), .errors = "" };

	j->idle = 0;
	j->done(&r, j->user);
	return G_SOURCE_REMOVE;
}

struct link_job *
link_run(struct link *l, const struct link_command *c, link_done done, void *user)
{
	g_string_append(link_.log, "look ");
	link_.job = (struct link_job){ g_idle_add(on_job, &link_.job), done, user };
	return &link_.job;
}

void
link_job_cancel(struct link_job *j)
{
	g_string_append(link_.log, "cancel ");
	g_clear_handle_id(&j->idle, g_source_remove);
}

/* --- the rig --- */

struct rig {
	pid_t daemon;
	char *directory, *socket;
	struct http *http;
	struct world *world;
	struct host *host;
	struct docker *docker;
	guint changes;
};

static void
on_changed(void *user)
{
	((struct rig *)user)->changes++;
}

static void
start_daemon(struct rig *r, const struct scenario *s)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	pid_t parent = getpid();

	memset(&daemon_, 0, sizeof daemon_);
	daemon_.scenario = s;
	daemon_.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_strlcpy(un.sun_path, r->socket, sizeof un.sun_path);
	g_assert_cmpint(bind(daemon_.fd, (struct sockaddr *)&un, sizeof un) | listen(daemon_.fd, 64), ==, 0);
	r->daemon = fork();
	if (r->daemon == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			run_daemon();
		_exit(0);
	}
	close(daemon_.fd);
}

static void
stop_daemon(struct rig *r)
{
	if (r->daemon) {
		kill(r->daemon, SIGKILL);
		waitpid(r->daemon, NULL, 0);
	}
	r->daemon = 0;
	unlink(r->socket);
}

static void
set_up(struct rig *r, const struct scenario *s, gboolean local)
{
	struct docker_settings settings = { .stats_interval_ms = 200 };

	memset(r, 0, sizeof *r);
	r->directory = g_dir_make_tmp("midwatch-docker-XXXXXX", NULL);
	r->socket = g_build_filename(r->directory, "s", NULL);
	if (s)
		start_daemon(r, s);
	r->http = http_new();
	r->world = world_new(1 << 20);
	r->world->changed = on_changed;
	r->world->changed_user = r;
	r->host = host_new("h", "vm", local);
	g_ptr_array_add(r->world->hosts, r->host);
	settings.socket = local ? r->socket : NULL;
	r->docker = docker_new(&settings, NULL, r->http, r->world, r->host);
	link_.log = g_string_new(NULL);
	link_.socket = r->socket;
	docker_link_up(r->docker);
}

static void
tear_down(struct rig *r)
{
	docker_free(r->docker);
	http_free(r->http);
	world_free(r->world);
	stop_daemon(r);
	g_rmdir(r->directory);
	g_free(r->socket);
	g_free(r->directory);
	g_string_free(link_.log, TRUE);
}

static gboolean
on_deadline(gpointer data)
{
	g_error("it did not come to this within %d s", DEADLINE_S);
	return G_SOURCE_REMOVE;
}

#define wait_for(condition)                                                           \
	do {                                                                          \
		guint deadline = g_timeout_add_seconds(DEADLINE_S, on_deadline, NULL); \
		while (!(condition))                                                  \
			g_main_context_iteration(NULL, TRUE);                         \
		g_source_remove(deadline);                                            \
	} while (0)

static gboolean
all_inspected(struct rig *r)
{
	GPtrArray *a = r->host->docker.containers;

	for (guint i = 0; i < a->len; i++)
		if (((struct container *)a->pdata[i])->detail.datum.state != DATUM_OK)
			return FALSE;
	return a->len == MANY;
}

static gboolean
all_sampled(struct rig *r)
{
	GPtrArray *a = r->host->docker.containers;

	for (guint i = 0; i < a->len; i++)
		if (isnan(((struct container *)a->pdata[i])->stats.cpu_percent))
			return FALSE;
	return a->len == MANY;
}

/* --- negotiating --- */

static void
check_refused(const struct scenario *s, const char *words)
{
	struct rig r;

	set_up(&r, s, TRUE);
	wait_for(r.host->docker.datum.state == DATUM_ERROR);
	g_test_message("%s", r.host->docker.datum.error);
	g_assert_nonnull(strstr(r.host->docker.datum.error, words));
	g_assert_null(strchr(r.host->docker.datum.error, 0x1b));
	g_assert_null(docker_base_url(r.docker));
	g_assert_cmpint(host_unhealthy(r.host), ==, -1);
	tear_down(&r);
}

static void
test_versions(void)
{
	static const struct scenario old = { .api = "1.40" }, alien = { 0 }, odd = { .api = "one" }, next = { .api = "1.99", .least = "1.46" };
	static const struct scenario plain = { .api = "1.43" }, newer = { .api = "1.99", .least = "1.44" };
	struct rig r;

	check_refused(&old, "speaks API 1.40; midwatch needs 1.41 or later");
	check_refused(&alien, "no Docker daemon");
	check_refused(&odd, "no Docker daemon");
	check_refused(&next, "wants API 1.46 at least");
	set_up(&r, &plain, TRUE);
	wait_for(r.host->docker.datum.state == DATUM_OK);
	g_assert_cmpstr(docker_base_url(r.docker), ==, "http://docker/v1.43");
	g_assert_cmpstr(r.host->docker.api_version, ==, "1.43");
	tear_down(&r);
	set_up(&r, &newer, TRUE);
	wait_for(r.host->docker.datum.state == DATUM_OK);
	g_assert_cmpstr(docker_base_url(r.docker), ==, "http://docker/v1.45");
	tear_down(&r);
}

static void
test_bad_lists(void)
{
	static const struct scenario cut = { .api = "1.41", .list = "[{\"Id\":" }, object = { .api = "1.41", .list = "{}" };
	static const struct scenario broken = { .api = "1.41", .list = "{\"message\":\"disk\\u001b[2J full\"}", .list_status = "500 Internal Server Error" };
	static const struct scenario partly = { .api = "1.41", .list = "[{\"Id\":\"0123456789ab\"},{\"Id\":\"../x\"}]" };
	struct rig r;

	check_refused(&cut, "not valid JSON");
	check_refused(&object, "not a JSON array");
	check_refused(&broken, "the Docker daemon says: disk");
	set_up(&r, &partly, TRUE);
	wait_for(r.host->docker.datum.state == DATUM_OK);
	g_assert_cmpuint(r.host->docker.containers->len, ==, 1);
	g_assert_nonnull(strstr(r.host->docker.datum.error, "1 container"));
	tear_down(&r);
}

/* --- bounds and order --- */

static const struct scenario forty = { .api = "1.41" };

static void
test_bounded(void)
{
	static const char *const shown[] = { "000000000026", "000000000027", "000000000028" };
	struct rig r;
	int last_shown = 0;

	set_up(&r, &forty, TRUE);
	wait_for(r.host->docker.containers->len == MANY);
	docker_set_visible(r.docker, shown, 3);
	wait_for(all_inspected(&r));
	wait_for(all_sampled(&r));
	for (guint i = 0; i < MANY; i++) {
		const struct container *c = r.host->docker.containers->pdata[i];
		g_assert_cmpuint(c->detail.restart_count, <=, 4);
		g_assert_cmpuint(c->detail.memory_limit, ==, 1024);
		g_assert_cmpfloat_with_epsilon(c->stats.cpu_percent, 50, 0.5);
		g_assert_cmpint(c->detail.image_created_us, >, 0);
	}
	/* Four were under way when the panel told what it shows; the shown ones were next. */
	for (guint i = 0; i < 3; i++)
		last_shown = MAX(last_shown, host_container(r.host, shown[i])->detail.exit_code);
	g_assert_cmpint(last_shown, <, 3 + 4 + 4);
	g_assert_cmpint(host_unhealthy(r.host), ==, 1);
	tear_down(&r);
}

static void
test_nobody_looks(void)
{
	static const char *const shown[] = { "000000000001" };
	struct rig r;

	set_up(&r, &forty, TRUE);
	wait_for(all_inspected(&r));
	for (guint i = 0; i < MANY; i++)
		g_assert_cmpint(((struct container *)r.host->docker.containers->pdata[i])->stats.datum.state, ==, DATUM_UNKNOWN);
	g_assert_cmpuint(r.docker->stats_timer, ==, 0);
	docker_set_visible(r.docker, shown, 1);
	wait_for(host_container(r.host, "c1")->stats.datum.state == DATUM_OK);
	docker_set_visible(r.docker, NULL, 0);
	wait_for(!r.docker->kick && !r.docker->stats_out);
	g_assert_cmpuint(r.docker->stats_timer | r.docker->second_timer | r.docker->slow_timer, ==, 0);
	g_assert_cmpuint(r.docker->stats.length, ==, 0);
	tear_down(&r);
}

/* --- events --- */

static void
test_events(void)
{
	static const struct scenario s = { .api = "1.41", .events =
		"{\"Type\":\"container\",\"Action\":\"health_status: unhealthy\",\"Actor\":{\"ID\":\"000000000005\"},\"timeNano\":1795716765123456789}\n"
		"not json at all\n"
		"{\"Type\":\"container\",\"Action\":\"health_status: unhealthy\",\"Actor\":{\"ID\":\"000000000002\"},\"timeNano\":1795716766123456789}\n" };
	struct rig r;

	set_up(&r, &s, TRUE);
	wait_for(all_inspected(&r));
	wait_for(r.host->docker.datum.state == DATUM_OK && r.host->docker.datum.error);
	g_assert_nonnull(strstr(r.host->docker.datum.error, "could not be read"));
	wait_for(all_inspected(&r));
	/* The first one is what inspect contradicts; the other one was unhealthy before. */
	wait_for(host_container(r.host, "c5")->health == HEALTH_NONE);
	g_assert_cmpint(host_container(r.host, "c2")->health, ==, HEALTH_UNHEALTHY);
	tear_down(&r);
}

static void
test_stream_ends(void)
{
	static const struct scenario s = { .api = "1.41", .ends = TRUE };
	struct rig r;

	set_up(&r, &s, TRUE);
	wait_for(r.host->docker.containers->len == MANY || r.host->docker.datum.error);
	wait_for(!docker_base_url(r.docker));
	g_assert_cmpint(r.host->docker.datum.state, !=, DATUM_OK);
	wait_for(all_inspected(&r) && r.host->docker.datum.state == DATUM_OK);
	g_assert_null(r.host->docker.datum.error);
	tear_down(&r);
}

/* One container that the daemon cannot inspect (it holds its lock) is one row without details; the rest goes on. */
static void
test_one_hangs(void)
{
	static const struct scenario s = { .api = "1.41", .hangs = 7 };
	struct rig r;
	const struct container *c;

	set_up(&r, &s, TRUE);
	wait_for(r.host->docker.containers->len == MANY);
	wait_for((c = host_container(r.host, "c7")) && c->detail.datum.state == DATUM_ERROR);
	g_assert_nonnull(strstr(c->detail.datum.error, "no answer from"));
	for (guint i = 0; i < MANY; i++)
		if (i != 6)
			g_assert_cmpint(((struct container *)r.host->docker.containers->pdata[i])->detail.datum.state, ==, DATUM_OK);
	g_assert_cmpint(r.host->docker.datum.state, ==, DATUM_OK);
	tear_down(&r);
}

/* --- there and not there --- */

static void
test_comes_and_goes(void)
{
	struct rig r;

	set_up(&r, NULL, TRUE);
	wait_for(r.host->docker.datum.state == DATUM_NO_DATA);
	g_assert_true(g_str_has_prefix(r.host->docker.datum.error, "no Docker here: "));
	start_daemon(&r, &forty);
	docker_refresh(r.docker);
	wait_for(all_inspected(&r));
	stop_daemon(&r); /* its socket goes too */
	wait_for(r.host->docker.datum.state == DATUM_STALE);
	wait_for(strstr(r.host->docker.datum.error, "is away"));
	g_assert_cmpuint(r.host->docker.containers->len, ==, MANY);
	g_assert_cmpint(host_unhealthy(r.host), ==, 1);
	start_daemon(&r, &forty);
	wait_for(all_inspected(&r) && r.host->docker.datum.state == DATUM_OK);
	tear_down(&r);
}

static void
test_denied(void)
{
	struct rig r;

	gboolean root = geteuid() == 0;

	set_up(&r, &forty, TRUE);
	docker_link_down(r.docker);
	if (root) /* who may open everything */
		g_assert_cmpint(seteuid(65534), ==, 0);
	else
		g_chmod(r.socket, 0);
	docker_link_up(r.docker);
	wait_for(r.host->docker.datum.state == DATUM_ERROR);
	g_assert_nonnull(strstr(r.host->docker.datum.error, "group docker"));
	if (root)
		g_assert_cmpint(seteuid(0), ==, 0);
	tear_down(&r);
}

static void
test_unreadable_address(void)
{
	const struct docker_settings settings = { .socket = "tcp://example.com:2376" };
	struct rig r;

	set_up(&r, NULL, TRUE);
	docker_free(r.docker);
	datum_clear(&r.host->docker.datum);
	r.docker = docker_new(&settings, NULL, r.http, r.world, r.host);
	docker_link_up(r.docker);
	g_assert_cmpint(r.host->docker.datum.state, ==, DATUM_ERROR);
	g_assert_nonnull(strstr(r.host->docker.datum.error, "TLS"));
	tear_down(&r);
}

static void
test_disabled(void)
{
	const struct docker_settings settings = { .disabled = TRUE };
	struct rig r;

	set_up(&r, &forty, TRUE);
	docker_free(r.docker);
	r.docker = docker_new(&settings, NULL, r.http, r.world, r.host);
	docker_link_up(r.docker);
	docker_refresh(r.docker);
	docker_link_down(r.docker);
	g_assert_cmpint(r.host->docker.datum.state, ==, DATUM_NO_DATA);
	g_assert_nonnull(strstr(r.host->docker.datum.error, "switched off"));
	tear_down(&r);
}

/* --- over a link --- */

static void
test_far_missing(void)
{
	struct rig r;

	link_.words = "missing\n";
	set_up(&r, NULL, FALSE);
	wait_for(r.host->docker.datum.state == DATUM_NO_DATA);
	g_assert_cmpstr(r.host->docker.datum.error, ==, "no Docker here: /var/run/docker.sock does not exist");
	g_assert_cmpstr(link_.log->str, ==, "open /var/run/docker.sock [docker system dial-stdio] look ");
	tear_down(&r);
}

static void
test_far_denied(void)
{
	struct rig r;

	link_.words = "denied\n";
	set_up(&r, NULL, FALSE);
	wait_for(r.host->docker.datum.error && strstr(r.host->docker.datum.error, "group docker"));
	g_assert_cmpint(r.host->docker.datum.state, ==, DATUM_ERROR);
	tear_down(&r);
}

static void
test_far_unknown(void)
{
	struct rig r;

	link_.words = "\x1b[2J?";
	set_up(&r, NULL, FALSE);
	wait_for(r.host->docker.datum.error && strcmp(r.host->docker.datum.error, "the channel was refused") == 0);
	tear_down(&r);
}

static void
test_far_rootless(void)
{
	struct rig r;

	link_.words = "rootless /run/user/1000/docker.sock\n";
	set_up(&r, &forty, FALSE);
	wait_for(all_inspected(&r));
	g_assert_cmpstr(docker_socket(r.docker), ==, r.socket);
	g_assert_nonnull(strstr(link_.log->str, "open /run/user/1000/docker.sock [docker --host='unix:///run/user/1000/docker.sock' system dial-stdio]"));
	docker_link_down(r.docker);
	g_assert_cmpint(r.host->docker.datum.state, ==, DATUM_STALE);
	g_assert_null(docker_base_url(r.docker));
	g_assert_null(docker_socket(r.docker));
	docker_link_up(r.docker);
	wait_for(r.host->docker.datum.state == DATUM_OK);
	tear_down(&r);
}

static void
test_link_lost_while_looking(void)
{
	struct rig r;

	link_.words = "missing\n";
	set_up(&r, NULL, FALSE);
	wait_for(strstr(link_.log->str, "look"));
	docker_link_down(r.docker);
	g_assert_true(g_str_has_suffix(link_.log->str, "cancel "));
	tear_down(&r);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/docker/versions", test_versions);
	g_test_add_func("/docker/bad-lists", test_bad_lists);
	g_test_add_func("/docker/bounded", test_bounded);
	g_test_add_func("/docker/nobody-looks", test_nobody_looks);
	g_test_add_func("/docker/events", test_events);
	g_test_add_func("/docker/stream-ends", test_stream_ends);
	g_test_add_func("/docker/one-hangs", test_one_hangs);
	g_test_add_func("/docker/comes-and-goes", test_comes_and_goes);
	g_test_add_func("/docker/denied", test_denied);
	g_test_add_func("/docker/unreadable-address", test_unreadable_address);
	g_test_add_func("/docker/disabled", test_disabled);
	g_test_add_func("/docker/far-missing", test_far_missing);
	g_test_add_func("/docker/far-denied", test_far_denied);
	g_test_add_func("/docker/far-unknown", test_far_unknown);
	g_test_add_func("/docker/far-rootless", test_far_rootless);
	g_test_add_func("/docker/link-lost-while-looking", test_link_lost_while_looking);
	return g_test_run();
}
