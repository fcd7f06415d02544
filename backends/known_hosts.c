#include "backends/known_hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_MARK "|1|"
#define SHA1_BYTES 20

enum marker { MARKER_NONE, MARKER_REVOKED, MARKER_AUTHORITY };

struct entry {
	const char *file; /* interned */
	guint line;
	enum marker marker;
	char *names, *type;
	guint8 *key;
	gsize key_length;
};

struct known_hosts {
	GPtrArray *entries;   /* of struct entry */
	guint bad_lines;
	char *first_bad;
	gboolean doubtful;    /* see struct known_hosts_finding */
};

static void
entry_free(gpointer data)
{
	struct entry *e = data;

	g_free(e->names);
	g_free(e->type);
	g_free(e->key);
	g_free(e);
}

struct known_hosts *
known_hosts_new(void)
{
	struct known_hosts *k = g_new0(struct known_hosts, 1);

	k->entries = g_ptr_array_new_with_free_func(entry_free);
	return k;
}

void
known_hosts_free(struct known_hosts *k)
{
	if (!k)
		return;
	g_ptr_array_unref(k->entries);
	g_free(k->first_bad);
	g_free(k);
}

/* --- keys --- */

char *
known_hosts_key_type(const guint8 *key, gsize len)
{
	guint32 n;

	if (len < 4)
		return NULL;
	n = (guint32)key[0] << 24 | (guint32)key[1] << 16 | (guint32)key[2] << 8 | key[3];
	if (n == 0 || n > 64 || n > len - 4)
		return NULL;
	for (guint i = 0; i < n; i++)
		if (!g_ascii_isgraph(key[4 + i]))
			return NULL;
	return g_strndup((const char *)key + 4, n);
}

const char *
known_hosts_type_title(const char *type)
{
	static const struct { const char *prefix, *title; } titles[] = {
		{ "ssh-ed25519", "ED25519" }, { "ssh-rsa", "RSA" }, { "ecdsa-sha2-", "ECDSA" }, { "sk-ssh-ed25519", "ED25519-SK" },
		{ "sk-ecdsa-", "ECDSA-SK" }, { "ssh-dss", "DSA" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
		if (g_str_has_prefix(type, titles[i].prefix))
			return titles[i].title;
	return NULL;
}

char *
known_hosts_fingerprint_text(const char *title, const guint8 *key, gsize len)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *base64 = NULL;
	guint8 digest[32];
	gsize size = sizeof digest;

	g_checksum_update(sum, key, (gssize)len);
	g_checksum_get_digest(sum, digest, &size);
	base64 = g_base64_encode(digest, size);
	base64[strcspn(base64, "=")] = '\0';
	return g_strdup_printf("%s SHA256:%s", title, base64);
}

char *
known_hosts_fingerprint(const guint8 *key, gsize len)
{
	g_autofree char *type = known_hosts_key_type(key, len);
	const char *title = type ? known_hosts_type_title(type) : NULL;

	return known_hosts_fingerprint_text(title ? title : "UNKNOWN", key, len);
}

/* g_base64_decode() skips what is not base64; here that is an error. */
static guint8 *
decode_strictly(const char *text, gsize *len)
{
	gsize n = strlen(text);

	if (n == 0 || n % 4 != 0 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != n)
		return NULL;
	return g_base64_decode(text, len);
}

/* --- lines --- */

/* Cuts the next word off; NULL at the end. */
static char *
next_word(char **at)
{
	char *word = *at + strspn(*at, " \t");
	gsize n = strcspn(word, " \t");

	if (n == 0)
		return NULL;
	*at = word + n + (word[n] ? 1 : 0);
	word[n] = '\0';
	return word;
}

static struct entry *
parse_line(char *line)
{
	enum marker marker = MARKER_NONE;
	char *word = next_word(&line), *names, *type;
	g_autofree guint8 *key = NULL;
	g_autofree char *key_type = NULL;
	gsize len = 0;
	struct entry *e;

	if (word && *word == '@') {
		if (strcmp(word, "@revoked") == 0)
			marker = MARKER_REVOKED;
		else if (strcmp(word, "@cert-authority") == 0)
			marker = MARKER_AUTHORITY;
		else
			return NULL;
		word = next_word(&line);
	}
	names = word;
	type = next_word(&line);
	word = type ? next_word(&line) : NULL;
	key = word ? decode_strictly(word, &len) : NULL;
	key_type = key ? known_hosts_key_type(key, len) : NULL;
	if (!key_type || strcmp(key_type, type) != 0)
		return NULL;
	e = g_new0(struct entry, 1);
	e->marker = marker;
	e->names = g_strdup(names);
	e->type = g_strdup(type);
	e->key = g_steal_pointer(&key);
	e->key_length = len;
	return e;
}

static void
add_line(struct known_hosts *k, const char *file, guint number, const char *start, gsize len)
{
	g_autofree char *line = g_strndup(start, len);
	struct entry *e;

	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return;
	e = memchr(start, '\0', len) ? NULL : parse_line(line);
	k->doubtful = k->doubtful || !e || e->marker != MARKER_NONE || strpbrk(e->names, "*?!");
	if (e) {
		e->file = file;
		e->line = number;
		g_ptr_array_add(k->entries, e);
	} else if (k->bad_lines++ == 0) {
		k->first_bad = g_strdup_printf("%s:%u", file, number);
	}
}

void
known_hosts_add_text(struct known_hosts *k, const char *file, const char *text, gsize len)
{
	const char *name = g_intern_string(file);
	const char *end = text + len;

	for (guint number = 1; text < end; number++) {
		const char *feed = memchr(text, '\n', (gsize)(end - text));
		gsize n = (gsize)((feed ? feed : end) - text);
		add_line(k, name, number, text, n);
		text += n + 1;
	}
}

gboolean
known_hosts_add_file(struct known_hosts *k, const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;
	gsize len = 0;

	if (g_file_get_contents(file, &text, &len, &problem)) {
		known_hosts_add_text(k, file, text, len);
		return TRUE;
	}
	if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) || g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

guint
known_hosts_bad_lines(const struct known_hosts *k, const char **first)
{
	*first = k->first_bad;
	return k->bad_lines;
}

/* --- names --- */

/* * and ? as in a shell, but they match every character. */
static gboolean
matches_pattern(const char *s, const char *pattern)
{
	const char *star = NULL, *mark = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			mark = s;
		} else if (*pattern == '?' || (*pattern && g_ascii_tolower(*pattern) == g_ascii_tolower(*s))) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star;
			s = ++mark;
		} else {
			return FALSE;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static gboolean
hash_name(const char *name, const guint8 *salt, gsize salt_length, guint8 digest[SHA1_BYTES])
{
	GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, salt, salt_length);
	gsize size = SHA1_BYTES;

	g_hmac_update(hmac, (const guchar *)name, (gssize)strlen(name));
	g_hmac_get_digest(hmac, digest, &size);
	g_hmac_unref(hmac);
	return size == SHA1_BYTES;
}

/* |1|base64 salt|base64 HMAC-SHA1(salt, name) */
static gboolean
matches_hash(const char *name, const char *hashed)
{
	g_auto(GStrv) parts = g_strsplit(hashed + strlen(HASH_MARK), "|", 2);
	g_autofree guint8 *salt = NULL, *hash = NULL;
	gsize salt_length = 0, hash_length = 0;
	guint8 digest[SHA1_BYTES];

	if (g_strv_length(parts) != 2)
		return FALSE;
	salt = decode_strictly(parts[0], &salt_length);
	hash = decode_strictly(parts[1], &hash_length);
	return salt && hash && hash_length == SHA1_BYTES && hash_name(name, salt, salt_length, digest) &&
	       memcmp(hash, digest, SHA1_BYTES) == 0;
}

static gboolean
names_host(const struct entry *e, const char *name)
{
	g_auto(GStrv) patterns = NULL;
	gboolean found = FALSE;

	if (g_str_has_prefix(e->names, HASH_MARK))
		return matches_hash(name, e->names);
	patterns = g_strsplit(e->names, ",", -1);
	for (guint i = 0; patterns[i]; i++) {
		if (patterns[i][0] == '!' && matches_pattern(name, patterns[i] + 1))
			return FALSE;
		found |= patterns[i][0] != '!' && *patterns[i] && matches_pattern(name, patterns[i]);
	}
	return found;
}

/* "host" of "[host]:port"; NULL when there is no port. */
static char *
without_port(const char *name)
{
	const char *end = name[0] == '[' ? strrchr(name, ']') : NULL;

	return end ? g_strndup(name + 1, (gsize)(end - name) - 1) : NULL;
}

/* --- the check --- */

static gboolean
same_key(const struct entry *e, const guint8 *key, gsize len)
{
	return e->key_length == len && memcmp(e->key, key, len) == 0;
}

static void
found_at(struct known_hosts_finding *f, enum known_hosts_verdict verdict, const struct entry *e)
{
	f->verdict = verdict;
	f->file = e->file;
	f->line = e->line;
}

/* What the lines without a marker say for exactly this name. */
static struct known_hosts_finding
check_plain(const struct known_hosts *k, const char *name, const char *type, const guint8 *key, gsize len)
{
	struct known_hosts_finding f = { .verdict = KNOWN_HOSTS_UNKNOWN };

	for (guint i = 0; i < k->entries->len; i++) {
		const struct entry *e = k->entries->pdata[i];
		if (e->marker != MARKER_NONE || !names_host(e, name))
			continue;
		if (same_key(e, key, len)) {
			found_at(&f, KNOWN_HOSTS_MATCH, e);
			return f;
		}
		if (strcmp(e->type, type) == 0 && f.verdict == KNOWN_HOSTS_UNKNOWN)
			found_at(&f, KNOWN_HOSTS_CHANGED, e);
		f.other_types |= strcmp(e->type, type) != 0;
	}
	return f;
}

static const struct entry *
find_marked(const struct known_hosts *k, enum marker marker, const char *name, const char *plain, const guint8 *key, gsize len)
{
	for (guint i = 0; i < k->entries->len; i++) {
		const struct entry *e = k->entries->pdata[i];
		if (e->marker == marker && (!key || same_key(e, key, len)) && (names_host(e, name) || (plain && names_host(e, plain))))
			return e;
	}
	return NULL;
}

struct known_hosts_finding
known_hosts_check(const struct known_hosts *k, const char *name, const guint8 *key, gsize len)
{
	g_autofree char *type = known_hosts_key_type(key, len), *plain = without_port(name);
	struct known_hosts_finding f = { .verdict = KNOWN_HOSTS_UNKNOWN };
	const struct entry *marked = find_marked(k, MARKER_REVOKED, name, plain, key, len);

	if (marked) {
		found_at(&f, KNOWN_HOSTS_REVOKED, marked);
		f.doubtful = k->doubtful;
		return f;
	}
	f = check_plain(k, name, type ? type : "", key, len);
	if (f.verdict == KNOWN_HOSTS_UNKNOWN && plain) {
		struct known_hosts_finding other = check_plain(k, plain, type ? type : "", key, len);
		if (other.verdict == KNOWN_HOSTS_MATCH) {
			f = other;
			f.without_port = TRUE;
		}
	}
	if (f.verdict != KNOWN_HOSTS_MATCH && (marked = find_marked(k, MARKER_AUTHORITY, name, plain, NULL, 0)))
		found_at(&f, KNOWN_HOSTS_AUTHORITY, marked);
	f.doubtful = k->doubtful;
	return f;
}

char *
known_hosts_types(const struct known_hosts *k, const char *name)
{
	g_autofree char *plain = without_port(name);
	g_autoptr(GPtrArray) types = g_ptr_array_new();
	const char *names[] = { name, plain };

	for (guint n = 0; n < G_N_ELEMENTS(names); n++) {
		for (guint i = 0; names[n] && i < k->entries->len; i++) {
			const struct entry *e = k->entries->pdata[i];
			if (e->marker == MARKER_NONE && !g_ptr_array_find_with_equal_func(types, e->type, g_str_equal, NULL) &&
			    names_host(e, names[n]))
				g_ptr_array_add(types, e->type);
		}
	}
	if (types->len == 0)
		return NULL;
	g_ptr_array_add(types, NULL);
	return g_strjoinv(",", (char **)types->pdata);
}

gboolean
known_hosts_second_opinion(const char *output, const guint8 *key, gsize len)
{
	g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
	gboolean found = FALSE;

	for (guint i = 0; lines[i]; i++) {
		struct entry *e = NULL;
		if (lines[i][0] != '#' && lines[i][0] != '\0')
			e = parse_line(lines[i]);
		if (e && same_key(e, key, len) && e->marker == MARKER_REVOKED) {
			entry_free(e);
			return FALSE;
		}
		found |= e && same_key(e, key, len) && e->marker == MARKER_NONE;
		g_clear_pointer(&e, entry_free);
	}
	return found;
}

/* --- storing --- */

static char *
hashed_name(const char *name)
{
	guint8 salt[SHA1_BYTES], digest[SHA1_BYTES];
	g_autofree char *salt_text = NULL, *digest_text = NULL;

	if (getrandom(salt, sizeof salt, 0) != sizeof salt)
		return NULL;
	hash_name(name, salt, sizeof salt, digest);
	salt_text = g_base64_encode(salt, sizeof salt);
	digest_text = g_base64_encode(digest, sizeof digest);
	return g_strdup_printf(HASH_MARK "%s|%s", salt_text, digest_text);
}

static gboolean
ends_in_the_middle_of_a_line(int fd)
{
	struct stat st;
	char last;

	return fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

static gboolean
write_all(int fd, const char *text)
{
	gsize left = strlen(text);

	while (left > 0) {
		gssize n = write(fd, text, left);
		if (n < 0 && errno != EINTR)
			return FALSE;
		text += MAX(n, 0);
		left -= (gsize)MAX(n, 0);
	}
	/* A device like /dev/null cannot be synchronised. */
	return fsync(fd) == 0 || errno == EINVAL;
}

/* "name type base64"; NULL when that could not be read back as this name and this key. */
static char *
make_line(const char *name, const guint8 *key, gsize len, gboolean hash)
{
	g_autofree char *type = known_hosts_key_type(key, len), *base64 = g_base64_encode(key, len);
	g_autofree char *shown = hash ? hashed_name(name) : g_strdup(name);

	if (!type || !shown || *name == '\0' || strpbrk(name, " \t\r\n,*?!|#@"))
		return NULL;
	return g_strdup_printf("%s %s %s\n", shown, type, base64);
}

gboolean
known_hosts_append(const char *file, const char *name, const guint8 *key, gsize len, gboolean hash, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(file), *line = make_line(name, key, len, hash);
	gboolean written;
	int fd;

	if (!line) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "This host's name or key cannot be a line of %s", file);
		return FALSE;
	}
	g_mkdir_with_parents(dir, 0700);
	fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	written = fd >= 0 && (!ends_in_the_middle_of_a_line(fd) || write_all(fd, "\n")) && write_all(fd, line);
	if (!written)
		g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s cannot be written: %s", file, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return written;
}
