#include "model/cron_command.h"

#include <string.h>

#define NAME_CHARACTERS 40

/* Programs that only run another. */
static const char *const wrappers[] = {
	"sudo", "env", "nice", "ionice", "nohup", "time", "timeout", "flock", "chronic", "setsid", "exec", "bash", "sh", "dash", "ash", "python",
	"python3", "perl", "node", "ruby", "php", "if", "then", "else", "do", "{", "command", "chrt", "systemd-cat", "logger", NULL,
};
/* Programs that only make ready for another, or test whether it should run; the name stands behind the next && ; or |. */
static const char *const openers[] = { "cd", "test", "[", "[[", "umask", ".", "source", "export", "sleep", "set", "ulimit", "true", ":", NULL };
/* What another shell would take as the end of a command. */
static const char separators[] = ";&|()<>";

/* The first % that has no backslash, or the end. */
static const char *
shell_end(const char *command)
{
	while (*command && *command != '%')
		command += *command == '\\' && command[1] ? 2 : 1;
	return command;
}

gboolean
cron_command_has_input(const char *command)
{
	return *shell_end(command) == '%';
}

char *
cron_command_shell_part(const char *command)
{
	const char *end = shell_end(command);
	GString *out = g_string_new(NULL);

	for (const char *p = command; p < end; p++) {
		if (*p == '\\' && (p[1] == '%' || p[1] == '\\'))
			p++;
		else if (*p == '\\' && p[1])
			g_string_append_c(out, *p++);
		g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

char *
cron_command_logged(const char *command)
{
	g_autofree char *shell = cron_command_shell_part(command);
	GString *out = g_string_new(NULL);

	for (const guchar *p = (const guchar *)g_strstrip(shell); *p; p++) {
		if (*p < ' ' || *p == 0x7f)
			g_string_append_printf(out, "^%c", *p == 0x7f ? '?' : *p + '@');
		else if (*p < 0x7f)
			g_string_append_c(out, (char)*p);
		else
			g_string_append_printf(out, "\\%03o", *p);
	}
	return g_string_free(out, FALSE);
}

/* --- words --- */

/* The next word; *p moves behind it. NULL at the end. Separators are words of their own. Newly allocated. */
static char *
next_word(const char **p)
{
	const char *at = *p + strspn(*p, " \t");
	GString *word;
	char quote = '\0';

	*p = at;
	if (!*at)
		return NULL;
	if (strchr(separators, *at)) {
		*p = at + 1;
		return g_strndup(at, 1);
	}
	word = g_string_new(NULL);
	for (; *at && (quote || !strchr(" \t", *at)); at++) {
		if (!quote && strchr(separators, *at))
			break;
		if (quote ? *at == quote : *at == '"' || *at == '\'')
			quote = quote ? '\0' : *at;
		else if (*at == '\\' && at[1] && quote != '\'')
			g_string_append_c(word, *++at);
		else
			g_string_append_c(word, *at);
	}
	*p = at;
	return g_string_free(word, FALSE);
}

/* --- names --- */

/* "/opt/x/vm-cleanup.sh" is "vm-cleanup". */
static char *
base_of(const char *word)
{
	static const char *const endings[] = { ".sh", ".py", ".pl", ".js", ".rb", ".php" };
	gsize len = strlen(word);
	char *base;

	while (len > 1 && word[len - 1] == '/')
		len--;
	base = g_strndup(word, len);
	if (strrchr(base, '/') && strrchr(base, '/')[1])
		memmove(base, strrchr(base, '/') + 1, strlen(strrchr(base, '/')));
	for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(base, endings[i]) && strlen(base) > strlen(endings[i]))
			base[strlen(base) - strlen(endings[i])] = '\0';
	return base;
}

static gboolean
is_assignment(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals && equals > word && !memchr(word, '/', (gsize)(equals - word)) && !memchr(word, '-', (gsize)(equals - word));
}

/* After a wrapper: its options, their numbers ("nice -n 10", "timeout 60") and its lock file are not what runs. */
static gboolean
is_argument(const char *word)
{
	return *word == '-' || g_ascii_isdigit(*word) || g_str_has_suffix(word, ".lock") || g_str_has_suffix(word, ".pid");
}

/* The program that the command line runs first of all that do something; *p is behind its word. NULL when there is none. */
static char *
program_of(const char **p)
{
	gboolean skipping = FALSE, wrapped = FALSE;

	for (char *word; (word = next_word(p)); g_free(word)) {
		g_autofree char *base = base_of(word);
		if (strchr(separators, *word) && *word)
			skipping = wrapped = FALSE;
		else if (skipping || is_assignment(word) || !*word || (wrapped && is_argument(word)) || strcmp(word, "!") == 0)
			continue;
		else if (g_strv_contains(openers, base))
			skipping = TRUE;
		else if (g_strv_contains(wrappers, base))
			wrapped = TRUE;
		else {
			g_free(word);
			return g_steal_pointer(&base);
		}
	}
	return NULL;
}

/* run-parts names the directory it runs, which says more: "cron.daily". */
static char *
directory_of(const char *p)
{
	char *word;

	while ((word = next_word(&p)) && *word != '/')
		g_free(word);
	if (word) {
		char *base = base_of(word);
		g_free(word);
		return base;
	}
	return g_strdup("run-parts");
}

char *
cron_command_name(const char *command, const char *mode)
{
	g_autofree char *shell = cron_command_shell_part(command);
	const char *p = shell;
	g_autofree char *program = program_of(&p), *name = NULL;
	glong length;

	if (program && strcmp(program, "run-parts") == 0) {
		g_free(program);
		program = directory_of(p);
	}
	if (!program)
		program = g_strdup(g_strchug(shell));
	name = mode ? g_strconcat(program, " ", mode, NULL) : g_strdup(*program ? program : "?");
	length = g_utf8_strlen(name, -1);
	return length > NAME_CHARACTERS ? g_utf8_substring(name, 0, NAME_CHARACTERS) : g_steal_pointer(&name);
}

/* --- the cleanup script --- */

/* What follows the cleanup program in the command line; NULL when it runs none. Where output goes is no program. */
static const char *
cleanup_arguments(const char *shell)
{
	const char *p = shell;
	gboolean found = FALSE;

	for (char *word; !found && (word = next_word(&p)); g_free(word)) {
		g_autofree char *base = base_of(word);
		if (*word == '>' || *word == '<')
			g_free(next_word(&p));
		else
			found = strstr(base, "cleanup") != NULL && !g_str_has_suffix(base, ".log");
	}
	return found ? p : NULL;
}

gboolean
cron_command_is_cleanup(const char *command)
{
	g_autofree char *shell = cron_command_shell_part(command);

	return cleanup_arguments(shell) != NULL;
}

/* An option or a word that can be a mode: letters and dashes. NULL when it is not one. */
static char *
mode_of_word(const char *word)
{
	static const char *const others[] = { "quiet", "verbose", "force", "yes", "no-color", "json", "q", "v", "y", "f", "mode", NULL };
	const char *mode = word + strspn(word, "-");
	g_autofree char *lower = NULL;

	if (g_str_has_prefix(mode, "mode="))
		mode += strlen("mode=");
	for (const char *c = mode; *c; c++)
		if (!g_ascii_isalpha(*c) && *c != '-' && *c != '_')
			return NULL;
	lower = g_ascii_strdown(mode, -1);
	return *lower && strlen(lower) < NAME_CHARACTERS && !g_strv_contains(others, lower) ? g_steal_pointer(&lower) : NULL;
}

char *
cron_command_mode(const char *command)
{
	g_autofree char *shell = cron_command_shell_part(command);
	const char *p = cleanup_arguments(shell);
	char *mode = NULL;
	gboolean ended = !p;

	while (!ended && !mode) {
		g_autofree char *word = next_word(&p);
		ended = !word || (*word && strchr(separators, *word)) || *word == '#';
		mode = ended ? NULL : mode_of_word(word);
	}
	return mode;
}
