#include "backends/sentinel.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

void
sentinel_init(struct sentinel *s)
{
	guint64 token;

	if (getrandom(&token, sizeof token, 0) != sizeof token)
		token = (guint64)g_random_int() << 32 | g_random_int();
	memset(s, 0, sizeof *s);
	s->mark_length = (gsize)g_snprintf(s->mark, sizeof s->mark, "__mw_%016" G_GINT64_MODIFIER "x=", token);
	s->held = g_byte_array_new();
}

void
sentinel_clear(struct sentinel *s)
{
	g_clear_pointer(&s->held, g_byte_array_unref);
}

/* How many of the last bytes could be the beginning of the mark. */
static gsize
possible_start(const struct sentinel *s, const char *bytes, gsize len)
{
	for (gsize n = MIN(len, s->mark_length - 1); n > 0; n--)
		if (bytes[len - n] == s->mark[0] && memcmp(bytes + len - n, s->mark, n) == 0)
			return n;
	return 0;
}

enum code { CODE_NONE, CODE_INCOMPLETE, CODE_THERE };

static enum code
read_code(const char *bytes, gsize len, int *out)
{
	gsize i = 0;
	int value = 0;

	for (; i < len && i < 3 && g_ascii_isdigit(bytes[i]); i++)
		value = value * 10 + (bytes[i] - '0');
	if (i == len)
		return CODE_INCOMPLETE;
	if (i == 0 || bytes[i] != '\n')
		return CODE_NONE;
	*out = value;
	return CODE_THERE;
}

/* Gives out what is sure, and returns how many bytes at the end have to be held back. */
static gsize
scan(struct sentinel *s, const char *bytes, gsize len, void (*emit)(void *, const char *, gsize), void *user)
{
	const char *end = bytes + len, *from = bytes, *found;
	gsize keep;

	while ((found = memmem(from, (gsize)(end - from), s->mark, s->mark_length))) {
		const char *code = found + s->mark_length;
		enum code is = read_code(code, (gsize)(end - code), &s->exit_code);
		if (is != CODE_NONE) {
			if (found > bytes)
				emit(user, bytes, (gsize)(found - bytes));
			s->seen = is == CODE_THERE;
			return is == CODE_THERE ? 0 : (gsize)(end - found);
		}
		from = found + 1;
	}
	keep = possible_start(s, bytes, len);
	if (len > keep)
		emit(user, bytes, len - keep);
	return keep;
}

void
sentinel_feed(struct sentinel *s, const char *bytes, gsize len, void (*emit)(void *, const char *, gsize), void *user)
{
	gsize keep;

	if (s->seen)
		return;
	if (s->held->len == 0) {
		keep = scan(s, bytes, len, emit, user);
		g_byte_array_append(s->held, (const guint8 *)bytes + len - keep, (guint)keep);
		return;
	}
	g_byte_array_append(s->held, (const guint8 *)bytes, (guint)len);
	keep = scan(s, (const char *)s->held->data, s->held->len, emit, user);
	g_byte_array_remove_range(s->held, 0, s->held->len - (guint)keep);
}

void
sentinel_flush(struct sentinel *s, void (*emit)(void *, const char *, gsize), void *user)
{
	if (!s->seen && s->held->len > 0)
		emit(user, (const char *)s->held->data, s->held->len);
	g_byte_array_set_size(s->held, 0);
}

/* The process group is ended only when it is ours: OpenSSH starts each command in its own session, others may not, and then the
 * group would be the server's. What does not obey within a second is killed. $g is the group of the shell, from the fifth word of /proc/self/stat. */
#define WITH_HANGUP \
	"exec 3<&0 </dev/null; g=; read -r _ _ _ _ g _ 2>/dev/null </proc/$$/stat; " \
	"/bin/sh -c %s 3<&- & c=$!; " \
	"{ %s if [ \"$g\" = $$ ]; then trap '' TERM; kill -s TERM 0; sleep 1; kill -s KILL 0; " \
	"else kill -s TERM $c; fi; } %s>/dev/null 2>&1 & w=$!; " \
	"exec 3<&-; wait $c; r=$?; kill $w 2>/dev/null; printf '%s%%d\\n' $r"

/* What is written to a channel that is gone must not end the one who is there to end the others. */
#define ECHO "trap '' PIPE; while read -r x <&3; do echo \"$x\" >&4; done;"

char *
sentinel_script(const struct sentinel *s, const char *command, enum sentinel_hangup hangup)
{
	static const char *const waits[] = {
		[HANGUP_BY_WORD] = "read -r x <&3 &&", [HANGUP_BY_EOF] = "read -r x <&3;", [HANGUP_ECHOES] = ECHO,
	};
	g_autofree char *quoted = g_shell_quote(command);

	if (hangup == HANGUP_NEVER)
		return g_strdup_printf("/bin/sh -c %s; printf '%s%%d\\n' $?", quoted, s->mark);
	return g_strdup_printf(WITH_HANGUP, quoted, waits[hangup], hangup == HANGUP_ECHOES ? "4>&1 " : "", s->mark);
}

/* Inside single quotes sh, csh and fish disagree on ' \ ! and line ends, and some refuse bytes that are not ASCII; inside the double
 * quotes of the printf $ ` " are special. All of these travel as octal. */
char *
sentinel_shell_line(const char *script)
{
	GString *line = g_string_new("exec /bin/sh -c 'eval \"$(printf \"");

	for (const guchar *p = (const guchar *)script; *p; p++) {
		if (*p == '%')
			g_string_append(line, "%%");
		else if (*p < ' ' || *p > '~' || strchr("'\\!$`\"", *p))
			g_string_append_printf(line, "\\%03o", *p);
		else
			g_string_append_c(line, (char)*p);
	}
	g_string_append(line, "\")\"'");
	return g_string_free(line, FALSE);
}
