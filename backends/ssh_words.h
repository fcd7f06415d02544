/* What the ssh program says, understood: its complaints as transport failures, `ssh -G` answers, and known_hosts lines. Pure text. */
#ifndef MW_BACKENDS_SSH_WORDS_H
#define MW_BACKENDS_SSH_WORDS_H

#include "backends/transport.h"

struct ssh_words {
	enum transport_failure failure;
	gboolean unknown_host_key; /* of the host itself or of one on the way: no key is known and strict checking refused it */
	const char *step;          /* static */
	char *reason;              /* owned, safe: ssh's own words */
	const char *advice;        /* static; may be NULL */
};

/* Reads the stderr of an ssh that ended before it was connected. Free reason. */
void ssh_words_read(const char *text, struct ssh_words *out);
/* The last line of a text that says something, safe; NULL when there is none. */
char *ssh_words_last(const char *text);
/* The page that Tailscale's check mode asks to visit, NULL when none; g_free it. */
char *ssh_words_url(const char *text);

struct ssh_place {
	char *user, *hostname, *port;
	char *known_hosts; /* the first UserKnownHostsFile, ~ expanded; NULL when it is none */
};
/* Reads what `ssh -G` printed. FALSE when it names no host. */
gboolean ssh_place_read(const char *text, struct ssh_place *out);
void ssh_place_clear(struct ssh_place *p);

/* "ED25519 SHA256:…" of a known_hosts line "name type base64"; NULL when it is not one. */
char *ssh_key_fingerprint(const char *line);

#endif
