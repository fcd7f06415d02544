/* An `ssh` process as the transport, for what libssh2 cannot do: jump hosts, RSA and FIDO keys, certificates, Tailscale's check mode.
 *
 * A master process (-M -N) holds the connection; its control socket lies in the private directory. Commands are clients of it, sockets
 * over there are forwarded to sockets here. Steps: ssh -G tells where the host is; the master connects with strict host keys; when no
 * key is known a scan without credentials fetches it, to be shown to the operator; an accepted key is fetched again, compared, and
 * appended to known_hosts. */
#include "backends/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/child_forward.h"
#include "backends/child_sockets.h"
#include "backends/runtime_dir.h"
#include "backends/ssh_config.h"
#include "backends/ssh_words.h"
#include "model/sanitize.h"

#define CONNECT_TIMEOUT_S 10
#define AUTH_TIMEOUT_S 20      /* on top of connecting */
#define CHECK_TIMEOUT_S 300    /* a person visits a page meanwhile */
#define WORDS_MAX (64 * 1024)

struct transport {
	struct transport_events events;
	void *user;
	char *host, *hostname, *ssh_config, *known_hosts, *accept_host_key, *control, *key_file;
	struct child_args args;
	gboolean hostname_waits;  /* whether it counts is told by what ssh says without it */
	char **environment;
	struct fd_channels helpers, channels;
	struct child_forwards *forwards;
	struct ssh_place place;
	struct channel *master;
	GString *output, *words;  /* of the step under way */
	char *unknown_reason;     /* why the master refused the host key, while the scan runs */
	guint deadline, failing;
	gboolean up, noticed;
	guint refused;            /* "open failed" lines of the master that no channel has claimed yet */
	char *refused_words;
	char *last_words;         /* of the master while it is up */
	char *problem;            /* what went wrong before any process was started */
};

static void connect_master(struct transport *t);

/* --- the outcome --- */

static void
remove_source(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

static void
report_down(struct transport *t, const struct transport_error *error)
{
	remove_source(&t->deadline);
	t->events.down(t->user, error);
}

static void
report_words(struct transport *t, const struct ssh_words *w)
{
	report_down(t, &(struct transport_error){ .failure = w->failure, .step = w->step, .reason = w->reason, .advice = w->advice });
}

static void
report_config(struct transport *t, const char *step, const char *reason, const char *advice)
{
	report_down(t, &(struct transport_error){ .failure = TRANSPORT_CONFIG, .step = step, .reason = reason, .advice = advice });
}

static gboolean
on_deadline(gpointer data)
{
	struct transport *t = data;

	t->deadline = 0;
	fd_channels_clear(&t->helpers);
	t->master = NULL;
	report_down(t, &(struct transport_error){ .failure = TRANSPORT_UNREACHABLE, .step = "connect",
	            .reason = "ssh did not get through in time.", .advice = "Try ssh by hand to see where it waits." });
	return G_SOURCE_REMOVE;
}

static void
set_deadline(struct transport *t, guint seconds)
{
	remove_source(&t->deadline);
	t->deadline = g_timeout_add_seconds(seconds, on_deadline, t);
}

/* --- running one ssh after the other --- */

static void
on_output(void *user, const char *bytes, gsize len)
{
	struct transport *t = user;

	if (t->output->len < WORDS_MAX)
		g_string_append_len(t->output, bytes, (gssize)len);
}

static void
on_words(void *user, const char *bytes, gsize len)
{
	struct transport *t = user;

	if (t->words->len < WORDS_MAX)
		g_string_append_len(t->words, bytes, (gssize)len);
}

static struct channel *
run(struct transport *t, char **argv, const struct channel_events *events)
{
	struct channel *c;

	g_string_truncate(t->output, 0);
	g_string_truncate(t->words, 0);
	c = fd_channel_spawn(&t->helpers, (const char *const *)argv, t->environment, events, t);
	g_strfreev(argv);
	return c;
}

/* --- host keys --- */

/* Appends the line to known_hosts; NULL, or what went wrong. */
static char *
store_key(const char *file, const char *line)
{
	g_autofree char *dir = g_path_get_dirname(file);
	g_autofree char *text = NULL;
	struct stat st;
	char last = '\n';
	int fd;
	gboolean written;

	g_mkdir_with_parents(dir, 0700);
	fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return g_strdup_printf("%s cannot be written: %s", file, g_strerror(errno));
	if (fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1)
		last = '\n';
	text = g_strdup_printf("%s%s\n", last == '\n' ? "" : "\n", line);
	written = write(fd, text, strlen(text)) == (gssize)strlen(text) && fsync(fd) == 0;
	close(fd);
	return written ? NULL : g_strdup_printf("%s cannot be written: %s", file, g_strerror(errno));
}

static void
ask_for_key(struct transport *t, const char *fingerprint)
{
	report_down(t, &(struct transport_error){ .failure = TRANSPORT_ASKS, .question = LINK_ASKS_HOST_KEY, .question_text = fingerprint,
	            .step = "host key", .reason = "The host's key is not known yet.",
	            .advice = "Compare the fingerprint with what the host's administrator tells you before you accept it." });
}

/* The operator accepted this very key: stores it and goes on. */
static void
accept_key(struct transport *t, const char *line)
{
	const char *file = t->known_hosts ? t->known_hosts : t->place.known_hosts;
	g_autofree char *problem = file ? store_key(file, line) : g_strdup("The ssh configuration names no file for known hosts.");

	if (problem)
		report_config(t, "host key", problem, "Give midwatch a known_hosts file that it may append to.");
	else
		connect_master(t);
}

static void
on_scanned(void *user, int exit_code, const GError *error)
{
	struct transport *t = user;
	g_autofree char *text = NULL, *fingerprint = NULL;
	struct ssh_words w;

	if (g_file_get_contents(t->key_file, &text, NULL, NULL)) {
		text[strcspn(text, "\r\n")] = '\0';
		fingerprint = ssh_key_fingerprint(text);
	}
	unlink(t->key_file);
	if (fingerprint && t->accept_host_key && strcmp(fingerprint, t->accept_host_key) == 0) {
		g_clear_pointer(&t->accept_host_key, g_free);
		accept_key(t, text);
	} else if (fingerprint) {
		ask_for_key(t, fingerprint);
	} else {
		ssh_words_read(t->words->len > 0 ? t->words->str : t->unknown_reason ? t->unknown_reason : "", &w);
		report_words(t, &w);
		g_free(w.reason);
	}
}

static void
scan_key(struct transport *t)
{
	static const struct channel_events events = { .data = on_output, .errors = on_words, .closed = on_scanned };

	unlink(t->key_file);
	run(t, child_args_scan(&t->args, t->key_file), &events);
}

/* --- the master --- */

static void
on_master_output(void *user, const char *bytes, gsize len)
{
	struct transport *t = user;
	g_autofree char *address = NULL;

	if (t->up)
		return;
	on_output(t, bytes, len);
	if (!strstr(t->output->str, CHILD_READY))
		return;
	t->up = TRUE;
	remove_source(&t->deadline);
	child_sockets_send_nothing_late(fd_channel_pid(t->master));
	g_string_truncate(t->words, 0);
	address = g_strdup_printf("%s@%s:%s", t->place.user, t->place.hostname, t->place.port);
	t->events.up(t->user, address);
}

/* A banner that names a page: somebody has to go there before the server lets us in. */
static void
look_for_check_mode(struct transport *t)
{
	g_autofree char *url = t->noticed || t->up ? NULL : ssh_words_url(t->words->str);
	g_autofree char *advice = NULL;

	if (!url)
		return;
	t->noticed = TRUE;
	set_deadline(t, CHECK_TIMEOUT_S);
	advice = g_strdup_printf("Visit %s and log in there; midwatch waits %d minutes.", url, CHECK_TIMEOUT_S / 60);
	if (t->events.notice)
		t->events.notice(t->user, "The server asks for a check in the browser.", advice);
}

static void
read_lines(struct transport *t)
{
	char *end;

	while ((end = strchr(t->words->str, '\n'))) {
		*end = '\0';
		g_free(t->last_words);
		t->last_words = ssh_words_last(t->words->str);
		if (strstr(t->words->str, ": open failed: ")) {
			t->refused++;
			g_free(t->refused_words);
			t->refused_words = sanitize_text(g_strchomp(strstr(t->words->str, ": open failed: ") + 2), -1);
		}
		g_string_erase(t->words, 0, end - t->words->str + 1);
	}
}

static void
on_master_words(void *user, const char *bytes, gsize len)
{
	struct transport *t = user;

	on_words(t, bytes, len);
	if (t->up)
		read_lines(t);
	else
		look_for_check_mode(t);
}

static void
report_lost(struct transport *t)
{
	const char *last = t->last_words;
	g_autofree char *reason = g_strdup_printf("The connection was lost%s%s", last ? ": " : ".", last ? last : "");

	fd_channels_lost(&t->channels, reason);
	report_down(t, &(struct transport_error){ .failure = TRANSPORT_LOST, .step = "keepalive", .reason = reason });
}

static void
on_master_closed(void *user, int exit_code, const GError *error)
{
	struct transport *t = user;
	struct ssh_words w;

	t->master = NULL;
	if (t->up) {
		report_lost(t);
		return;
	}
	if (g_error_matches(error, TRANSPORT_ERROR, TRANSPORT_ERROR_SPAWN)) {
		report_config(t, "connect", error->message, "Install the ssh program (Debian: openssh-client).");
		return;
	}
	ssh_words_read(t->words->str, &w);
	if (w.unknown_host_key && !t->unknown_reason) {
		t->unknown_reason = g_steal_pointer(&w.reason);
		scan_key(t);
		return;
	}
	report_words(t, &w);
	g_free(w.reason);
}

static void
connect_master(struct transport *t)
{
	static const struct channel_events events = { .data = on_master_output, .errors = on_master_words, .closed = on_master_closed };

	t->master = run(t, child_args_master(&t->args), &events);
}

static void on_resolved(void *user, int exit_code, const GError *error);

static void
resolve(struct transport *t)
{
	static const struct channel_events events = { .data = on_output, .errors = on_words, .closed = on_resolved };

	run(t, child_args_resolve(&t->args), &events);
}

/* ssh's own configuration does not say where the host is. */
static void
resolve_by_hostname(struct transport *t)
{
	t->hostname_waits = FALSE;
	t->args.hostname = t->hostname;
	ssh_place_clear(&t->place);
	resolve(t);
}

static void
on_resolved(void *user, int exit_code, const GError *error)
{
	struct transport *t = user;
	struct ssh_words w;

	if (error) {
		report_config(t, "resolve", error->message, "Install the ssh program (Debian: openssh-client).");
	} else if (exit_code != 0 || !ssh_place_read(t->output->str, &t->place)) {
		ssh_words_read(t->words->str, &w);
		report_config(t, "configuration", w.reason, w.advice ? w.advice : "Try ssh -G with this host by hand.");
		g_free(w.reason);
	} else if (t->hostname_waits && ssh_config_names_only_itself(t->place.hostname, t->host)) {
		resolve_by_hostname(t);
	} else if (t->accept_host_key) {
		scan_key(t);
	} else {
		connect_master(t);
	}
}

/* --- the class --- */

/* Tells a refusal from an orderly end: clients of the master end with 255 and words, a forwarded socket just closes. */
static GError *
judge(void *user, const struct fd_channel_end *end)
{
	struct transport *t = user;
	gboolean refused;

	if (end->received || (!end->socket && end->exit_code != 255))
		return NULL;
	if (t->master)
		fd_channel_poll_errors(t->master);
	if (!end->socket && strstr(end->errors, "Control socket connect"))
		return g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_LINK_LOST, "The connection was lost.");
	refused = end->socket ? t->refused > 0 : strstr(end->errors, "Session open refused by peer") != NULL;
	if (!refused)
		return NULL;
	t->refused -= MIN(t->refused, 1);
	return g_error_new(TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED, "The server refused the channel (%s)",
	                   t->refused_words ? t->refused_words : "no reason given");
}

static void
prepare_paths(struct transport *t)
{
	static guint count; /* only makes file names unique in this process's directory */
	g_autofree char *control = g_strdup_printf("c%u", ++count);
	g_autofree char *key = g_strdup_printf("k%u", count);
	g_autoptr(GError) error = NULL;

	t->control = runtime_dir_path(control, &error);
	t->key_file = runtime_dir_path(key, NULL);
	if (error)
		t->problem = g_strdup(error->message);
}

static struct transport *
child_create(const struct transport_settings *s, const struct transport_events *e, void *user)
{
	struct transport *t = g_new0(struct transport, 1);

	t->events = *e;
	t->user = user;
	t->host = g_strdup(s->host);
	t->hostname = g_strdup(s->hostname);
	t->ssh_config = g_strdup(s->ssh_config);
	t->known_hosts = g_strdup(s->known_hosts);
	t->accept_host_key = g_strdup(s->accept_host_key);
	prepare_paths(t);
	t->hostname_waits = s->hostname && s->hostname_yields;
	t->args = (struct child_args){ t->host, t->hostname_waits ? NULL : t->hostname, t->ssh_config, t->known_hosts, t->control, s->connect_timeout_s };
	t->environment = child_environment();
	t->output = g_string_new(NULL);
	t->words = g_string_new(NULL);
	fd_channels_init(&t->helpers, NULL, NULL);
	fd_channels_init(&t->channels, judge, t);
	t->channels.ending = FD_PROCESS_LET_END;
	t->forwards = child_forwards_new(&t->args, t->environment, &t->helpers, &t->channels);
	return t;
}

static gboolean
on_bad_start(gpointer data)
{
	struct transport *t = data;

	t->failing = 0;
	report_config(t, "connect", t->problem, NULL);
	return G_SOURCE_REMOVE;
}

static void
child_connect(struct transport *t)
{
	if (!t->problem && (!t->host || *t->host == '\0' || *t->host == '-'))
		t->problem = g_strdup("The host has no usable ssh name.");
	if (!t->problem && t->hostname && !ssh_config_is_hostname(t->hostname))
		t->problem = g_strdup(SSH_CONFIG_BAD_HOSTNAME);
	if (t->problem) {
		t->failing = g_idle_add_full(G_PRIORITY_DEFAULT, on_bad_start, t, NULL);
		return;
	}
	set_deadline(t, (t->args.connect_timeout_s ? t->args.connect_timeout_s : CONNECT_TIMEOUT_S) + AUTH_TIMEOUT_S);
	resolve(t);
}

static void
child_destroy(struct transport *t)
{
	remove_source(&t->deadline);
	remove_source(&t->failing);
	fd_channels_clear(&t->channels);
	fd_channels_clear(&t->helpers);
	child_forwards_free(t->forwards);
	ssh_place_clear(&t->place);
	g_string_free(t->output, TRUE);
	g_string_free(t->words, TRUE);
	g_strfreev(t->environment);
	g_free(t->host);
	g_free(t->hostname);
	g_free(t->ssh_config);
	g_free(t->known_hosts);
	g_free(t->accept_host_key);
	g_free(t->control);
	g_free(t->key_file);
	g_free(t->unknown_reason);
	g_free(t->refused_words);
	g_free(t->last_words);
	g_free(t->problem);
	g_free(t);
}

static struct channel *
child_exec(struct transport *t, const char *command, const struct channel_events *e, void *user)
{
	g_auto(GStrv) argv = child_args_exec(&t->args, command);

	return fd_channel_spawn(&t->channels, (const char *const *)argv, t->environment, e, user);
}

static struct channel *
child_tcp(struct transport *t, const char *host, guint16 port, const struct channel_events *e, void *user)
{
	g_autofree char *target = g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);

	return child_forwards_open(t->forwards, target, e, user);
}

static struct channel *
child_unix_socket(struct transport *t, const char *path, const struct channel_events *e, void *user)
{
	return child_forwards_open(t->forwards, path, e, user);
}

const struct transport_class transport_child = {
	.name = "ssh",
	.create = child_create,
	.connect = child_connect,
	.destroy = child_destroy,
	.exec = child_exec,
	.tcp = child_tcp,
	.unix_socket = child_unix_socket,
	.write = fd_channel_write,
	.write_eof = fd_channel_write_eof,
	.pause = fd_channel_pause,
	.close = fd_channel_close,
};
