/* known_hosts files (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): which keys are known for a host, and storing one more. Names may be plain,
 * patterns with * ? and !, or hashed; @revoked and @cert-authority are understood. A line that cannot be read is skipped and counted;
 * it never hides the lines behind it. The parser and the check are pure. */
#ifndef MW_BACKENDS_KNOWN_HOSTS_H
#define MW_BACKENDS_KNOWN_HOSTS_H

#include <glib.h>

struct known_hosts;

enum known_hosts_verdict {
	KNOWN_HOSTS_MATCH,     /* the key is known for the host */
	KNOWN_HOSTS_UNKNOWN,   /* nothing of this type is known for it */
	KNOWN_HOSTS_CHANGED,   /* another key of this type is known for it */
	KNOWN_HOSTS_REVOKED,
	KNOWN_HOSTS_AUTHORITY, /* only a certificate of an authority named there could vouch for it */
};

struct known_hosts_finding {
	enum known_hosts_verdict verdict;
	const char *file;      /* where the line is that decided; borrowed from the known_hosts; NULL when none did */
	guint line;
	gboolean other_types;  /* UNKNOWN, but keys of other types are known */
	gboolean without_port; /* MATCH by the plain name */
	gboolean doubtful;     /* there are markers, patterns or lines that cannot be read among what was read: others might read them otherwise */
};

struct known_hosts *known_hosts_new(void);
void known_hosts_free(struct known_hosts *k);
/* Adds the lines of a file's text; `file` is its name for the findings. */
void known_hosts_add_text(struct known_hosts *k, const char *file, const char *text, gsize len);
/* Reads a file; one that does not exist adds nothing. FALSE with an error when it exists and cannot be read. */
gboolean known_hosts_add_file(struct known_hosts *k, const char *file, GError **error);
/* Lines that could not be read, and where the first of them is ("FILE:LINE", NULL when none). */
guint known_hosts_bad_lines(const struct known_hosts *k, const char **first);

/* Judges the key (its SSH wire form) that a host presents. `name` is "host" or "[host]:port"; a port's own lines decide, and only where
 * they know nothing of this type a plain "host" line with this very key is taken, as OpenSSH does. Revocations and authorities count
 * wherever they stand. */
struct known_hosts_finding known_hosts_check(const struct known_hosts *k, const char *name, const guint8 *key, gsize len);
/* The key types known for the host, comma-separated, to ask the server for them first; NULL when there are none. g_free it. */
char *known_hosts_types(const struct known_hosts *k, const char *name);
/* What `ssh-keygen -F NAME -f FILE` printed holds this key for the name, and no revocation. */
gboolean known_hosts_second_opinion(const char *output, const guint8 *key, gsize len);

/* Appends one line for the key; `hash` hides the name. The file is made with mode 0600, its directory with 0700. FALSE with an error. */
gboolean known_hosts_append(const char *file, const char *name, const guint8 *key, gsize len, gboolean hash, GError **error);

/* "ssh-ed25519" of a key in wire form; NULL when it is none. g_free it. */
char *known_hosts_key_type(const guint8 *key, gsize len);
/* "ED25519 SHA256:…" as ssh-keygen -l shows it; g_free it. */
char *known_hosts_fingerprint(const guint8 *key, gsize len);
/* The same with a title that is known already, and the title of a key type ("ssh-ed25519": "ED25519"), NULL for an unknown one. */
char *known_hosts_fingerprint_text(const char *title, const guint8 *key, gsize len);
const char *known_hosts_type_title(const char *type);

#endif
