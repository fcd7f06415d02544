#include "backends/ssh_aliases.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/sanitize.h"

#define DEPTH_MAX 16 /* as ssh's own */
#define FILES_MAX 1000
#define FILE_BYTES_MAX (1 << 20)

struct reading {
	const char *const *patterns;
	struct fleet_list *list;
	GHashTable *seen;     /* names, borrowed from the list */
	guint files;
};

/* --- words of a line --- */

/* The next word, unquoted, as ssh reads it: a "=" may stand behind the keyword, a "#" before a word begins a comment. NULL at the end. */
static char *
next_word(const char **at, gboolean keyword)
{
	GString *word;
	gboolean quoted = FALSE;

	*at += strspn(*at, " \t\r\f");
	if (**at == '\0' || **at == '#')
		return NULL;
	word = g_string_new(NULL);
	for (; **at; ++*at) {
		if (**at == '"')
			quoted = !quoted;
		else if (!quoted && (strchr(" \t\r\f", **at) || (keyword && **at == '=')))
			break;
		else
			g_string_append_c(word, **at);
	}
	if (keyword) {
		*at += strspn(*at, " \t");
		*at += **at == '=';
	}
	return g_string_free(word, FALSE);
}

static gboolean
is_wanted(const struct reading *r, const char *name)
{
	for (const char *const *p = r->patterns; *p; p++)
		if (g_pattern_match_simple(*p, name))
			return TRUE;
	return FALSE;
}

static void
take_names(struct reading *r, const char *rest)
{
	for (char *word; (word = next_word(&rest, FALSE)); g_free(word)) {
		if (strpbrk(word, "*?!") || g_hash_table_contains(r->seen, word) || !is_wanted(r, word))
			continue;
		if (fleet_list_add(r->list, word, NULL, PRESENCE_UNKNOWN, NULL))
			g_hash_table_add(r->seen, (char *)g_array_index(r->list->entries, struct fleet_entry, r->list->entries->len - 1).name);
	}
}

/* --- files --- */

static gboolean read_file(struct reading *r, const char *path, guint depth, char **problem);

/* Includes that are relative lie in ~/.ssh. */
static char *
included_path(const char *word)
{
	if (*word == '/')
		return g_strdup(word);
	if (g_str_has_prefix(word, "~/"))
		return g_build_filename(g_get_home_dir(), word + 2, NULL);
	return g_build_filename(g_get_home_dir(), ".ssh", word, NULL);
}

static void
include(struct reading *r, const char *rest, guint depth)
{
	for (char *word; (word = next_word(&rest, FALSE)); g_free(word)) {
		g_autofree char *path = included_path(word);
		glob_t found = { 0 };
		if (glob(path, 0, NULL, &found) == 0)
			for (gsize i = 0; i < found.gl_pathc; i++)
				read_file(r, found.gl_pathv[i], depth + 1, NULL);
		globfree(&found);
	}
}

static void
read_text(struct reading *r, char *text, guint depth)
{
	for (char *line = text, *next; line; line = next) {
		const char *rest = line;
		g_autofree char *keyword = NULL;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		keyword = next_word(&rest, TRUE);
		if (keyword && g_ascii_strcasecmp(keyword, "Host") == 0)
			take_names(r, rest);
		else if (keyword && g_ascii_strcasecmp(keyword, "Include") == 0)
			include(r, rest, depth);
	}
}

/* The text of a regular file; NULL with why not. */
static char *
contents(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	g_autofree char *text = NULL;
	gsize length = 0;
	gssize n = 1;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		*why = g_strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "it is no regular file";
	else if (st.st_size > FILE_BYTES_MAX)
		*why = "it is larger than 1 MiB";
	else
		text = g_malloc0((gsize)st.st_size + 1);
	while (text && n > 0 && length < (gsize)st.st_size) {
		n = read(fd, text + length, (gsize)st.st_size - length);
		length += (gsize)MAX(n, 0);
	}
	if (fd >= 0)
		close(fd);
	return g_steal_pointer(&text);
}

static gboolean
read_file(struct reading *r, const char *path, guint depth, char **problem)
{
	const char *why = NULL;
	g_autofree char *text = NULL, *raw = NULL;

	if (depth > DEPTH_MAX || r->files++ >= FILES_MAX)
		return TRUE;
	text = contents(path, &why);
	if (text)
		read_text(r, text, depth);
	else if (problem) {
		raw = g_strdup_printf("%s cannot be read: %s", path, why);
		*problem = sanitize_text(raw, -1);
	}
	return text != NULL;
}

struct fleet_list *
ssh_aliases_load(const char *file, const char *const *patterns, char **problem)
{
	struct reading r = { .patterns = patterns, .list = fleet_list_new(), .seen = g_hash_table_new(g_str_hash, g_str_equal) };
	g_autofree char *path = file ? g_strdup(file) : g_build_filename(g_get_home_dir(), ".ssh", "config", NULL);
	gboolean ok = read_file(&r, path, 0, problem);

	g_hash_table_unref(r.seen);
	if (!ok)
		g_clear_pointer(&r.list, fleet_list_free);
	return r.list;
}

/* --- in a thread --- */

struct ssh_aliases {
	char *file, **patterns;
	gboolean cancelled;
	struct fleet_list_events events;
	void *user;
	struct fleet_list *list;
	char *problem;
};

static gboolean
on_loaded(gpointer data)
{
	struct ssh_aliases *a = data;

	if (!a->cancelled && a->list)
		a->events.list(a->user, a->list);
	else if (!a->cancelled)
		a->events.failed(a->user, a->problem);
	fleet_list_free(a->list);
	g_free(a->problem);
	g_free(a->file);
	g_strfreev(a->patterns);
	g_free(a);
	return G_SOURCE_REMOVE;
}

static gpointer
load(gpointer data)
{
	struct ssh_aliases *a = data;

	a->list = ssh_aliases_load(a->file, (const char *const *)a->patterns, &a->problem);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_loaded, a, NULL);
	return NULL;
}

struct ssh_aliases *
ssh_aliases_start(const char *file, const char *const *patterns, const struct fleet_list_events *e, void *user)
{
	struct ssh_aliases *a = g_new0(struct ssh_aliases, 1);

	a->file = g_strdup(file);
	a->patterns = g_strdupv((char **)patterns);
	a->events = *e;
	a->user = user;
	g_thread_unref(g_thread_new("ssh-aliases", load, a));
	return a;
}

void
ssh_aliases_cancel(struct ssh_aliases *a)
{
	if (a)
		a->cancelled = TRUE;
}
