#include "backends/ssh_config_files.h"

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

struct walk {
	const char *base;
	ssh_config_files_line line;
	void *user;
	guint files;
	gboolean complete;
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

char *
ssh_config_files_word(const char **at)
{
	return next_word(at, FALSE);
}

/* --- files --- */

static gboolean read_file(struct walk *w, const char *path, guint depth, char **problem);

static char *
included_path(const struct walk *w, const char *word)
{
	if (*word == '/')
		return g_strdup(word);
	if (g_str_has_prefix(word, "~/"))
		return g_build_filename(g_get_home_dir(), word + 2, NULL);
	return g_build_filename(w->base, word, NULL);
}

static void
include(struct walk *w, const char *rest, guint depth)
{
	for (char *word; (word = ssh_config_files_word(&rest)); g_free(word)) {
		g_autofree char *path = included_path(w, word);
		glob_t found = { 0 };
		if (glob(path, 0, NULL, &found) == 0)
			for (gsize i = 0; i < found.gl_pathc; i++)
				read_file(w, found.gl_pathv[i], depth + 1, NULL);
		globfree(&found);
	}
}

static void
read_text(struct walk *w, char *text, guint depth)
{
	for (char *line = text, *next; line; line = next) {
		const char *rest = line;
		g_autofree char *keyword = NULL;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		keyword = next_word(&rest, TRUE);
		if (!keyword || *keyword == '\0')
			continue;
		w->line(w->user, keyword, rest);
		if (g_ascii_strcasecmp(keyword, "Include") == 0)
			include(w, rest, depth);
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
read_file(struct walk *w, const char *path, guint depth, char **problem)
{
	const char *why = NULL;
	g_autofree char *text = NULL, *raw = NULL;

	if (depth > DEPTH_MAX || w->files++ >= FILES_MAX) {
		w->complete = FALSE;
		return TRUE;
	}
	text = contents(path, &why);
	w->complete = w->complete && text;
	if (text)
		read_text(w, text, depth);
	else if (problem) {
		raw = g_strdup_printf("%s cannot be read: %s", path, why);
		*problem = sanitize_text(raw, -1);
	}
	return text != NULL;
}

gboolean
ssh_config_files_walk(const char *file, const char *base, ssh_config_files_line line, void *user, gboolean *complete, char **problem)
{
	struct walk w = { .base = base, .line = line, .user = user, .complete = TRUE };
	g_autofree char *path = file ? g_strdup(file) : g_build_filename(g_get_home_dir(), ".ssh", "config", NULL);
	gboolean ok = read_file(&w, path, 0, problem);

	if (complete)
		*complete = w.complete;
	return ok;
}
