#include "backends/gateway_script.h"

/* Each line of the answer begins with its kind, so that nothing a journal or a version command prints can pass for another. The times of
 * systemd's properties are of the monotonic clock, which every version prints alike; /proc/uptime tells what it is now. */
static const char state[] =
	"date +'T %s'\n"
	"read -r up rest </proc/uptime && echo \"B $up\"\n"
	"if command -v systemctl >/dev/null; then\n"
	" systemctl show -p LoadState -p ActiveState -p SubState -p ActiveEnterTimestampMonotonic -p InactiveEnterTimestampMonotonic -p NRestarts"
	" -p MemoryCurrent \"$unit\" 2>&1\n"
	"else echo 'X there is no systemd here'; fi\n";

/* The group's members read the journal without sudo, which would write a line into the log each time. `-q` hides that nothing may be read. */
static const char find_right[] =
	"s=own; case $(id -u) in 0) ;; *) case \" $(id -Gn) \" in *' systemd-journal '*|*' adm '*) ;; *)\n"
	" if sudo -n true 2>/dev/null; then s=sudo; else s=none; fi ;; esac ;; esac; echo \"R $s\"\n";

/* What goes wrong with the journal itself is told; the lines go past it on descriptor 3. */
static const char journal[] =
	"case $s in own) s= ;; sudo) s='sudo -n' ;; esac\n"
	"if [ \"$s\" = none ]; then echo 'X no right to read the journal'\n"
	"elif ! command -v journalctl >/dev/null; then echo 'X there is no journald here'\n"
	"else e=$({ $s journalctl -q --no-pager --no-hostname -o short-unix --show-cursor -u \"$unit\" \"$from\" | %s awk \"$tell\" >&3; } 2>&1)\n"
	" [ -z \"$e\" ] || printf 'X %%.300s\\n' \"$(printf %%s \"$e\" | tr '\\n' ' ')\"\n"
	"fi 3>&1\n";

/* The entry at the cursor comes first, also in a quiet journal. Without grep, or without the reader of its pipe, journalctl ends by itself. */
static const char staying[] =
	"case $s in sudo) s='sudo -n' ;; *) s= ;; esac\n"
	"$s journalctl -q --no-pager --no-hostname -o short-unix --no-tail -f -u \"$unit\" \"$from\" 2>/dev/null |"
	" { IFS= read -r x && echo '" GATEWAY_REPLY_BEGIN "' && exec grep --line-buffered -aE -e \"$pattern\"; }\n";
static const char filter[] = "grep -aE -e \"$pattern\" -e '^-- cursor: ' |";

/* awk knows the operators of an extended regular expression, but not the backslashes of grep, and an old one no repetition. */
static gboolean
awk_can_match(const char *pattern)
{
	return pattern[strcspn(pattern, "\\{}[]/")] == '\0';
}

/* A line without a time of its own goes on with the message of the line before it. */
static char *
program(const struct gateway_question *q)
{
	GString *s = g_string_new(NULL);
	gboolean matches = awk_can_match(q->pattern);

	g_string_append_printf(s, "BEGIN{p=ENVIRON[\"pattern\"];most=%u} /^-- cursor: /{c=substr($0,12);next} ", q->lines);
	if (matches)
		g_string_append(s, "$0!~p{next} ");
	g_string_append(s, "{");
	if (q->state)
		g_string_append(s, "if($1~/^[0-9]+[.]/)m=int($1/60); n[m]++; if($0~/(^|[^A-Za-z0-9_])FATAL([^A-Za-z0-9_]|$)/)f[m]++; l=$0;");
	if (q->lines)
		g_string_append(s, "k[t++%most]=$0");
	g_string_append(s, "} END{");
	if (q->state)
		g_string_append(s, "for(i in n)printf \"M %d %d %d\\n\",i,n[i],f[i]; if(l!=\"\")print \"L \" substr(l,1,300);");
	if (q->lines)
		g_string_append(s, "if(t>most)print \"D \" t-most; for(i=t>most?t-most:0;i<t;i++)print \"S \" substr(k[i%most],1,300);");
	g_string_append(s, "if(c!=\"\")print \"C \" c}");
	return g_string_free(s, FALSE);
}

static void
set(GString *s, const char *name, const char *value)
{
	g_autofree char *quoted = g_shell_quote(value);

	g_string_append_printf(s, "%s=%s\n", name, quoted);
}

static const char *const rights[] = { [GATEWAY_RIGHT_OWN] = "own", [GATEWAY_RIGHT_SUDO] = "sudo", [GATEWAY_RIGHT_NONE] = "none" };

char *
gateway_script(const struct gateway_question *q)
{
	GString *s = g_string_new("export LC_ALL=C pattern\n");
	g_autofree char *from = q->cursor ? g_strdup_printf("--after-cursor=%s", q->cursor) : g_strdup_printf("--since=-%umin", q->span_min);
	g_autofree char *tell = program(q);

	set(s, "unit", q->unit);
	set(s, "pattern", q->pattern);
	set(s, "from", from);
	set(s, "tell", tell);
	g_string_append(s, "echo '" GATEWAY_REPLY_BEGIN "'\n");
	if (q->state)
		g_string_append(s, state);
	if (q->version)
		g_string_append_printf(s, "(%s\n) </dev/null 2>/dev/null | head -n 1 | cut -c 1-100 | sed 's/^/V /'\n", q->version);
	if (q->right == GATEWAY_RIGHT_UNKNOWN)
		g_string_append(s, find_right);
	else
		set(s, "s", rights[q->right]);
	g_string_append_printf(s, journal, awk_can_match(q->pattern) ? "" : filter);
	return g_string_free(s, FALSE);
}

char *
gateway_script_staying(const struct gateway_question *q)
{
	GString *s = g_string_new("export LC_ALL=C\n");
	g_autofree char *from = g_strconcat("--cursor=", q->cursor, NULL);

	set(s, "unit", q->unit);
	set(s, "pattern", q->pattern);
	set(s, "from", from);
	set(s, "s", rights[q->right]);
	g_string_append(s, staying);
	return g_string_free(s, FALSE);
}
