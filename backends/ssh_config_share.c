#include "backends/ssh_config_share.h"

#include <string.h>

#include "backends/ssh_config_files.h"

#define FRESH_US (10 * (gint64)G_USEC_PER_SEC)
#define SYSTEM_FILE "/etc/ssh/ssh_config"
#define SYSTEM_BASE "/etc/ssh"

/* What the files hold that can tell one name from another. */
struct rules {
	GPtrArray *hosts;      /* of char **, owned: the patterns of each Host line */
	gboolean unsure;       /* something else does */
	GChecksum *sum;        /* of all lines */
};

/* What is known of one configuration; guarded by the lock. */
struct shared {
	struct rules rules;
	char *digest;
	gint64 read_us;
	GHashTable *kinds;     /* which Host lines match -> struct ssh_config, owned */
};

static GMutex lock;
static GHashTable *shared_by_file; /* file, "" for the user's own -> struct shared, for ever */

/* --- reading --- */

static void
take_line(void *user, const char *keyword, const char *rest)
{
	struct rules *r = user;
	GPtrArray *words;

	g_checksum_update(r->sum, (const guchar *)keyword, -1);
	g_checksum_update(r->sum, (const guchar *)rest, (gssize)strlen(rest) + 1);
	if (g_ascii_strcasecmp(keyword, "Match") == 0 || g_ascii_strcasecmp(keyword, "CanonicalizeHostname") == 0)
		r->unsure = TRUE;
	if (g_ascii_strcasecmp(keyword, "Host") != 0)
		return;
	words = g_ptr_array_new();
	for (char *word; (word = ssh_config_files_word(&rest));)
		g_ptr_array_add(words, word);
	g_ptr_array_add(words, NULL);
	g_ptr_array_add(r->hosts, g_ptr_array_free(words, FALSE));
}

static void
rules_clear(struct rules *r)
{
	g_clear_pointer(&r->hosts, g_ptr_array_unref);
	g_clear_pointer(&r->sum, g_checksum_free);
}

static void
rules_read(struct rules *r, const char *file)
{
	g_autofree char *base = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	gboolean complete = TRUE;

	*r = (struct rules){ .hosts = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev), .sum = g_checksum_new(G_CHECKSUM_SHA256) };
	ssh_config_files_walk(file, base, take_line, r, &complete, NULL);
	r->unsure = r->unsure || (!complete && (file || g_file_test(base, G_FILE_TEST_EXISTS)));
	if (file)
		return;
	ssh_config_files_walk(SYSTEM_FILE, SYSTEM_BASE, take_line, r, &complete, NULL);
	r->unsure = r->unsure || (!complete && g_file_test(SYSTEM_FILE, G_FILE_TEST_EXISTS));
}

static void
kind_free(gpointer data)
{
	ssh_config_clear(data);
	g_free(data);
}

/* The one of a file, read anew when it is not fresh. What was learned goes when the files are others. */
static struct shared *
shared_of(const char *file)
{
	const char *name = file ? file : "";
	struct shared *s;
	gint64 now_us = g_get_monotonic_time();
	g_autofree char *before = NULL;

	if (!shared_by_file)
		shared_by_file = g_hash_table_new(g_str_hash, g_str_equal);
	s = g_hash_table_lookup(shared_by_file, name);
	if (!s) {
		s = g_new0(struct shared, 1);
		s->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kind_free);
		g_hash_table_insert(shared_by_file, g_strdup(name), s);
	} else if (now_us - s->read_us < FRESH_US) {
		return s;
	}
	rules_clear(&s->rules);
	rules_read(&s->rules, file);
	s->read_us = now_us;
	before = s->digest;
	s->digest = g_strdup(g_checksum_get_string(s->rules.sum));
	if (g_strcmp0(before, s->digest) != 0)
		g_hash_table_remove_all(s->kinds);
	return s;
}

/* --- which are alike --- */

/* As ssh reads a Host line: one of its patterns matches, and none behind a "!". */
static gboolean
line_matches(char *const *patterns, const char *host)
{
	gboolean found = FALSE;

	for (; *patterns; patterns++) {
		const char *p = *patterns;
		if (*p == '!' && g_pattern_match_simple(p + 1, host))
			return FALSE;
		found = found || (*p != '!' && g_pattern_match_simple(p, host));
	}
	return found;
}

/* It names the files' state, too: an answer that comes after they were changed is not taken for one about them. */
static char *
kind_of(const struct shared *s, const char *host, gboolean named)
{
	GString *kind = g_string_new(s->digest);

	g_string_append(kind, named ? " named" : "");
	for (guint i = 0; i < s->rules.hosts->len; i++)
		if (line_matches(s->rules.hosts->pdata[i], host))
			g_string_append_printf(kind, " %u", i);
	return g_string_free(kind, FALSE);
}

static gboolean
list_holds(const GPtrArray *list, const char *text)
{
	for (guint i = 0; i < list->len; i++)
		if (strstr(list->pdata[i], text))
			return TRUE;
	return FALSE;
}

/* Nothing in it was made from the name but the name itself. */
static gboolean
can_be_shared(const struct ssh_config *c, const char *hostname)
{
	const char *const texts[] = { c->user, c->host_key_alias, c->proxy, c->bind, c->identity_agent };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i] && strstr(texts[i], c->alias))
			return FALSE;
	return strcmp(c->hostname, hostname ? hostname : c->alias) == 0 && !list_holds(c->identity_files, c->alias) &&
	       !list_holds(c->user_known_hosts, c->alias) && !list_holds(c->global_known_hosts, c->alias);
}

static gpointer
copy_text(gconstpointer text, gpointer user)
{
	(void)user;
	return g_strdup(text);
}

static GPtrArray *
copy_list(GPtrArray *list)
{
	GPtrArray *copy = g_ptr_array_copy(list, copy_text, NULL);

	g_ptr_array_set_free_func(copy, g_free);
	return copy;
}

static void
copy_config(const struct ssh_config *from, const char *host, const char *hostname, struct ssh_config *out)
{
	*out = *from;
	out->alias = g_strdup(host);
	out->hostname = g_strdup(hostname ? hostname : host);
	out->user = g_strdup(from->user);
	out->host_key_alias = g_strdup(from->host_key_alias);
	out->proxy = g_strdup(from->proxy);
	out->bind = g_strdup(from->bind);
	out->identity_agent = g_strdup(from->identity_agent);
	out->ciphers = g_strdup(from->ciphers);
	out->macs = g_strdup(from->macs);
	out->host_key_algorithms = g_strdup(from->host_key_algorithms);
	out->identity_files = copy_list(from->identity_files);
	out->user_known_hosts = copy_list(from->user_known_hosts);
	out->global_known_hosts = copy_list(from->global_known_hosts);
}

/* TRUE: something of its kind is known. Else *kind, newly allocated, is what it would be; NULL when nothing can be told of it. */
static gboolean
find(const char *host, const char *hostname, const char *file, struct ssh_config *out, char **kind)
{
	const struct ssh_config *known = NULL;
	struct shared *s;

	*kind = NULL;
	for (const char *p = host; *p; p++) /* ssh folds the case of names in places */
		if (g_ascii_isupper(*p))
			return FALSE;
	if (hostname && !ssh_config_is_hostname(hostname))
		return FALSE;
	g_mutex_lock(&lock);
	s = shared_of(file);
	if (!s->rules.unsure) {
		*kind = kind_of(s, host, hostname != NULL);
		known = g_hash_table_lookup(s->kinds, *kind);
		if (known)
			copy_config(known, host, hostname, out);
	}
	g_mutex_unlock(&lock);
	return known != NULL;
}

static void
keep(const char *file, const char *kind, const char *hostname, const struct ssh_config *c)
{
	struct ssh_config *copy;

	if (!can_be_shared(c, hostname))
		return;
	copy = g_new0(struct ssh_config, 1);
	copy_config(c, c->alias, c->hostname, copy);
	g_mutex_lock(&lock);
	g_hash_table_replace(shared_of(file)->kinds, g_strdup(kind), copy);
	g_mutex_unlock(&lock);
}

gboolean
ssh_config_share(const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem)
{
	g_autofree char *kind = NULL;

	if (find(host, hostname, file, out, &kind))
		return TRUE;
	if (!ssh_config_load(host, hostname, file, out, problem))
		return FALSE;
	if (kind)
		keep(file, kind, hostname, out);
	return TRUE;
}
