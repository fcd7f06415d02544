#include "backends/ssh_attempt.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/leak_check.h"
#include "backends/ssh_auth.h"
#include "backends/ssh_config_share.h"
#include "backends/ssh_keystream.h"
#include "backends/ssh_verify.h"
#include "model/sanitize.h"

#define CONNECT_TIMEOUT_S 10
#define USER_TIMEOUT_MS 15000 /* bytes not acknowledged for so long end the connection */

/* What may go over the wire, best first: safe, then fast. AES-CTR with a plain SHA-2 HMAC is what every libssh2 has; 1.11 has the rest,
 * for servers that take nothing else. */
#define CIPHERS "aes128-ctr,aes256-ctr,aes192-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com"
#define MACS "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1"

struct ssh_attempt *
ssh_attempt_new(const struct transport_settings *s)
{
	struct ssh_attempt *a = g_new0(struct ssh_attempt, 1);

	g_mutex_init(&a->lock);
	a->host = g_strdup(s->host);
	a->hostname = g_strdup(s->hostname);
	a->hostname_yields = s->hostname_yields;
	a->ssh_config = g_strdup(s->ssh_config);
	a->known_hosts = g_strdup(s->known_hosts);
	a->accept_host_key = g_strdup(s->accept_host_key);
	a->passphrase = s->passphrase ? secret_new(s->passphrase) : NULL;
	a->connect_timeout_s = s->connect_timeout_s;
	a->of_fleet = s->of_fleet;
	a->fd = -1;
	a->step = "configuration";
	return a;
}

static void
drop_fd(struct ssh_attempt *a)
{
	g_mutex_lock(&a->lock);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	g_mutex_unlock(&a->lock);
}

static void
drop_session(struct ssh_attempt *a)
{
	if (a->session)
		libssh2_session_free(a->session);
	a->session = NULL;
	drop_fd(a);
}

void
ssh_attempt_free(struct ssh_attempt *a)
{
	drop_session(a);
	ssh_config_clear(&a->config);
	secret_free(a->passphrase);
	g_free(a->host);
	g_free(a->hostname);
	g_free(a->ssh_config);
	g_free(a->known_hosts);
	g_free(a->accept_host_key);
	g_free(a->address);
	g_free(a->warning);
	g_free(a->question_text);
	g_free(a->reason);
	g_free(a->advice);
	g_mutex_clear(&a->lock);
	g_free(a);
}

void
ssh_attempt_cancel(struct ssh_attempt *a)
{
	g_mutex_lock(&a->lock);
	a->cancelled = TRUE;
	if (a->fd >= 0)
		shutdown(a->fd, SHUT_RDWR); /* whatever waits for it ends */
	g_mutex_unlock(&a->lock);
}

const char *
ssh_attempt_step(struct ssh_attempt *a)
{
	const char *step;

	g_mutex_lock(&a->lock);
	step = a->step;
	g_mutex_unlock(&a->lock);
	return step;
}

gint64
ssh_attempt_started_us(struct ssh_attempt *a)
{
	gint64 started_us;

	g_mutex_lock(&a->lock);
	started_us = a->started_us;
	g_mutex_unlock(&a->lock);
	return started_us;
}

void
ssh_attempt_enter(struct ssh_attempt *a, const char *step)
{
	g_mutex_lock(&a->lock);
	a->step = step;
	g_mutex_unlock(&a->lock);
}

/* FALSE when nobody waits for it any more; the descriptor is closed then. */
static gboolean
publish_fd(struct ssh_attempt *a, int fd)
{
	gboolean cancelled;

	g_mutex_lock(&a->lock);
	cancelled = a->cancelled;
	if (!cancelled)
		a->fd = fd;
	g_mutex_unlock(&a->lock);
	if (cancelled)
		close(fd);
	return !cancelled;
}

gboolean
ssh_attempt_fail(struct ssh_attempt *a, enum transport_failure failure, char *reason, const char *advice)
{
	g_free(a->reason);
	g_free(a->advice);
	a->failure = failure;
	a->reason = reason;
	a->advice = g_strdup(advice);
	return FALSE;
}

char *
ssh_attempt_words(struct ssh_attempt *a)
{
	char *text = NULL;
	int len = 0;

	libssh2_session_last_error(a->session, &text, &len, 0);
	return sanitize_text(text ? text : "no reason given", -1);
}

gboolean
ssh_attempt_is_gone(struct ssh_attempt *a)
{
	char byte;
	gssize n = recv(a->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

gboolean
ssh_attempt_rsa_works(void)
{
	return libssh2_version(0x010b00) != NULL;
}

/* --- configuration --- */

static gboolean
read_config(struct ssh_attempt *a)
{
	const ssh_config_loader load = a->of_fleet ? ssh_config_share : ssh_config_load;
	char *problem = NULL;
	gboolean loaded;

	if (!a->host || *a->host == '\0' || *a->host == '-')
		return ssh_attempt_fail(a, TRANSPORT_CONFIG, g_strdup("The host has no usable ssh name."), "Check the host in the configuration.");
	loaded = a->hostname_yields ? ssh_config_load_yielding(load, a->host, a->hostname, a->ssh_config, &a->config, &problem)
	       : load(a->host, a->hostname, a->ssh_config, &a->config, &problem);
	if (!loaded)
		return ssh_attempt_fail(a, TRANSPORT_CONFIG, problem, "Try ssh -G with this host by hand.");
	if (a->connect_timeout_s == 0)
		a->connect_timeout_s = a->config.connect_timeout_s ? a->config.connect_timeout_s : CONNECT_TIMEOUT_S;
	a->address = g_strdup_printf(strchr(a->config.hostname, ':') ? "%s@[%s]:%u" : "%s@%s:%u", a->config.user, a->config.hostname,
	                             a->config.port);
	if (a->config.proxy)
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup("The host is reached through a proxy or a jump host."), NULL);
	if (a->config.bind)
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup("The ssh configuration binds the connection to an address."), NULL);
	return TRUE;
}

/* --- the connection --- */

static void
set_socket_options(int fd)
{
	const struct { int level, name, value; } options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 }, { IPPROTO_TCP, TCP_QUICKACK, 1 }, { IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 }, { IPPROTO_TCP, TCP_KEEPIDLE, 10 }, { IPPROTO_TCP, TCP_KEEPINTVL, 5 }, { IPPROTO_TCP, TCP_KEEPCNT, 2 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof options[i].value);
}

/* Waits for the connection until the deadline; 0 or an errno. */
static int
wait_connected(int fd, gint64 deadline_us)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int code = 0;
	socklen_t size = sizeof code;

	for (;;) {
		gint64 left_us = deadline_us - g_get_monotonic_time();
		int n = left_us > 0 ? poll(&p, 1, (int)(left_us / 1000) + 1) : 0;
		if (n == 0)
			return ETIMEDOUT;
		if (n > 0)
			return getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 ? errno : code;
		if (errno != EINTR)
			return errno;
	}
}

/* 0 with a->fd connected, or an errno; ECANCELED when nobody waits any more. */
static int
connect_address(struct ssh_attempt *a, const struct addrinfo *address, gint64 deadline_us)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int code = 0;

	if (fd < 0)
		return errno;
	set_socket_options(fd);
	if (!publish_fd(a, fd))
		return ECANCELED;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
		code = errno == EINPROGRESS ? wait_connected(fd, deadline_us) : errno;
	if (code != 0)
		drop_fd(a);
	return code;
}

static const char *
connect_advice(int code)
{
	switch (code) {
	case ECONNREFUSED:
		return "Nothing listens there: check the port and that sshd runs.";
	case ETIMEDOUT:
		return "The host is off, or a firewall drops the connection; is the VPN or Tailscale up?";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "The host is off or not reachable from here; is the VPN or Tailscale up?";
	default:
		return NULL;
	}
}

static gboolean
connect_host(struct ssh_attempt *a)
{
	const struct addrinfo hints = { .ai_family = a->config.family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	g_autofree char *port = g_strdup_printf("%u", a->config.port);
	struct addrinfo *list = NULL;
	int code, resolved;
	gint64 deadline_us;

	ssh_attempt_enter(a, "resolve");
	resolved = getaddrinfo(a->config.hostname, port, &hints, &list);
	if (resolved != 0)
		return ssh_attempt_fail(a, TRANSPORT_UNREACHABLE,
		                        g_strdup_printf("The name %s is not found: %s", a->config.hostname, gai_strerror(resolved)),
		                        "Check the name, and that DNS (or Tailscale's MagicDNS) works here.");
	ssh_attempt_enter(a, "connect");
	deadline_us = g_get_monotonic_time() + (gint64)a->connect_timeout_s * G_USEC_PER_SEC;
	code = ETIMEDOUT;
	for (struct addrinfo *i = list; i && a->fd < 0; i = i->ai_next) {
		/* The addresses share the time, so that a silent first one leaves some to the next. */
		gint64 now = g_get_monotonic_time();
		code = connect_address(a, i, i->ai_next ? now + (deadline_us - now) / 2 : deadline_us);
		if (code == ECANCELED)
			break;
	}
	freeaddrinfo(list);
	return a->fd >= 0 || ssh_attempt_fail(a, TRANSPORT_UNREACHABLE, g_strdup_printf("%s does not answer: %s", a->address, g_strerror(code)),
	                                      connect_advice(code));
}

/* --- the handshake --- */

static void
init_library(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		ssh_keystream_install();
		libssh2_init(0);
		g_once_init_leave(&once, 1);
	}
}

/* libssh2 1.10 copies over itself when it meets a name that it does not know, so it gets to see only those it has. */
gboolean
ssh_attempt_prefer(struct ssh_attempt *a, int method, const char *names)
{
	const char **list = NULL;
	int n = libssh2_session_supported_algs(a->session, method, &list);
	g_autoptr(GString) supported = g_string_new(NULL);
	g_autofree char *common = NULL;

	for (int i = 0; i < n; i++)
		g_string_append_printf(supported, "%s%s", i > 0 ? "," : "", list[i]);
	if (n > 0)
		libssh2_free(a->session, list);
	common = ssh_config_common(names, supported->str);
	return common && libssh2_session_method_pref(a->session, method, common) == 0;
}

static gboolean
prefer_method(struct ssh_attempt *a, int first, int second, const char *ours, const char *allowed, const char *what)
{
	g_autofree char *list = ssh_config_common(ours, allowed);

	if (list && ssh_attempt_prefer(a, first, list) && ssh_attempt_prefer(a, second, list))
		return TRUE;
	return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("The ssh configuration allows no %s that libssh2 %s has.", what,
	                        libssh2_version(0)), NULL);
}

static gboolean
fail_algorithms(struct ssh_attempt *a, const char *words)
{
	return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED,
	                        g_strdup_printf("The server and libssh2 %s share no algorithms (%s).", libssh2_version(0), words),
	                        ssh_attempt_rsa_works() ? "The ssh program may know what the server asks for."
	                        : "A hardened server may offer only ETM MACs, AES-GCM or ChaCha20, or only an RSA host key: libssh2 1.10 has "
	                          "none of these, the ssh program has them all. libssh2 1.11 would do, too.");
}

static gboolean
fail_handshake(struct ssh_attempt *a, int code)
{
	g_autofree char *words = ssh_attempt_words(a);

	switch (code) {
	case LIBSSH2_ERROR_KEX_FAILURE:
	case LIBSSH2_ERROR_METHOD_NONE:
	case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
		return fail_algorithms(a, words);
	case LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE: /* anything in it, the server's going away included */
		if (!ssh_attempt_is_gone(a))
			return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("The key exchange with %s failed in libssh2 %s (%s).", a->address,
			                        libssh2_version(0), words), "The ssh program checks the server anew, just as strictly.");
		break;
	case LIBSSH2_ERROR_HOSTKEY_INIT:
	case LIBSSH2_ERROR_HOSTKEY_SIGN:
		return ssh_attempt_fail(a, TRANSPORT_HOST_KEY, g_strdup_printf("%s could not prove that its host key is its own (%s).", a->address,
		                        words), "Somebody may be listening in. Ask who runs the host.");
	case LIBSSH2_ERROR_TIMEOUT:
	case LIBSSH2_ERROR_SOCKET_TIMEOUT:
		return ssh_attempt_fail(a, TRANSPORT_UNREACHABLE, g_strdup_printf("%s takes connections but does not answer as an SSH server.",
		                        a->address), "Check the port; the host may also be too busy to answer.");
	case LIBSSH2_ERROR_BANNER_RECV:
		return ssh_attempt_fail(a, TRANSPORT_UNREACHABLE, g_strdup_printf("%s closed the connection before it said anything (%s).",
		                        a->address, words), "Is it an SSH server? One that is flooded with connections refuses like this (MaxStartups).");
	default:
		break;
	}
	return ssh_attempt_fail(a, TRANSPORT_UNREACHABLE, g_strdup_printf("%s closed the connection during the handshake (%s).", a->address,
	                        words), "The server may limit connections (MaxStartups, PerSourcePenalties) or block this address for a while.");
}

static gboolean
shake_hands(struct ssh_attempt *a, const struct known_hosts *known)
{
	int code;

	ssh_attempt_enter(a, "handshake");
	init_library();
	a->session = libssh2_session_init();
	if (!a->session)
		return ssh_attempt_fail(a, TRANSPORT_UNREACHABLE, g_strdup("libssh2 cannot start a session: no memory."), NULL);
	if (!prefer_method(a, LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC, CIPHERS, a->config.ciphers, "cipher") ||
	    !prefer_method(a, LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC, MACS, a->config.macs, "MAC") || !ssh_verify_prefer(a, known))
		return FALSE;
	libssh2_session_set_timeout(a->session, (long)a->connect_timeout_s * 1000);
	/* The server's host key, 376 bytes, is freed by libssh2 only when the new keys were taken: not of an exchange that breaks off before that, as when
	 * the console is quit in the midst of it. What is its own outside of OpenSSL goes with the session, which is not made here. */
	leak_check_pause();
	code = libssh2_session_handshake(a->session, a->fd);
	leak_check_go_on();
	return code == 0 || fail_handshake(a, code);
}

/* FALSE when nobody waits for it any more. */
static gboolean
begin(struct ssh_attempt *a)
{
	gboolean wanted;

	g_mutex_lock(&a->lock);
	a->started_us = g_get_monotonic_time();
	wanted = !a->cancelled;
	g_mutex_unlock(&a->lock);
	return wanted;
}

void
ssh_attempt_run(struct ssh_attempt *a)
{
	struct known_hosts *known = NULL;

	a->succeeded = begin(a) && read_config(a) && (known = ssh_verify_load(a)) && connect_host(a) && shake_hands(a, known) &&
	               ssh_verify(a, known) && ssh_auth(a);
	if (a->succeeded) {
		libssh2_session_set_timeout(a->session, 0);
		libssh2_session_set_blocking(a->session, 0);
	} else {
		drop_session(a);
	}
	known_hosts_free(known);
}
