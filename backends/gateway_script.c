#include "backends/gateway_script.h"

#include "backends/gateway_reply.h"

/* Each line of the answer begins with its kind, so that nothing a journal or a version command prints can pass for another. The times of
 * systemd's properties are of the monotonic clock, which every version prints alike; /proc/uptime tells what it is now. */
static const char state[] =
	"export LC_ALL=C\n"
	"echo '" GATEWAY_REPLY_BEGIN "'\n"
	"date +'T %s'\n"
	"read -r up rest </proc/uptime && echo \"B $up\"\n"
	"if command -v systemctl >/dev/null; then\n"
	" systemctl show -p LoadState -p ActiveState -p SubState -p ActiveEnterTimestampMonotonic -p InactiveEnterTimestampMonotonic -p NRestarts"
	" -p MemoryCurrent \"$unit\" 2>&1\n"
	"else echo 'X there is no systemd here'; fi\n";

/* The group's members read the journal without sudo, which would write a line into the log each time. `-q` hides that nothing may be read. */
static const char right[] =
	"s=; case $(id -u) in 0) ;; *) case \" $(id -Gn) \" in *' systemd-journal '*|*' adm '*) ;; *)\n"
	" if sudo -n true 2>/dev/null; then s='sudo -n'; else s=no; fi ;; esac ;; esac\n";

/* What goes wrong with the journal itself is told; the lines go past it on descriptor 3. */
static const char journal[] =
	"if ! command -v journalctl >/dev/null; then echo 'X there is no journald here'\n"
	"elif [ \"$s\" = no ]; then echo 'X no right to read the journal'\n"
	"else\n"
	" e=$({ $s journalctl -q --no-pager --no-hostname -o short-unix --show-cursor -u \"$unit\" \"$from\" |\n"
	"  grep -aE -e \"$pattern\" -e '^-- cursor: ' | awk \"$tell\" >&3; } 2>&1)\n"
	" [ -z \"$e\" ] || printf 'X %.300s\\n' \"$(printf %s \"$e\" | tr '\\n' ' ')\"\n"
	"fi 3>&1\n";

/* A line without a time of its own goes on with the message of the line before it. */
#define AWK_MINUTE "/^-- cursor: /{c=substr($0,12);next} {if($1~/^[0-9]+[.]/)m=int($1/60);"
#define AWK_CURSOR "if(c!=\"\")print \"C \" c}"
static const char counts[] =
	AWK_MINUTE " n[m]++; if($0~/(^|[^A-Za-z0-9_])FATAL([^A-Za-z0-9_]|$)/)f[m]++; l=$0}"
	" END{for(i in n)printf \"M %d %d %d\\n\",i,n[i],f[i]; if(l!=\"\")print \"L \" substr(l,1,300); " AWK_CURSOR;
static const char lines[] =
	AWK_MINUTE " k[t++%most]=$0}"
	" END{if(t>most)print \"D \" t-most; for(i=t>most?t-most:0;i<t;i++)print \"S \" substr(k[i%most],1,300); " AWK_CURSOR;

static void
set(GString *s, const char *name, const char *value)
{
	g_autofree char *quoted = g_shell_quote(value);

	g_string_append_printf(s, "%s=%s\n", name, quoted);
}

char *
gateway_script(const struct gateway_question *q)
{
	GString *s = g_string_new(NULL);
	g_autofree char *from = q->cursor ? g_strdup_printf("--after-cursor=%s", q->cursor) : g_strdup_printf("--since=-%umin", q->span_min);
	g_autofree char *tell = q->lines ? g_strdup_printf("BEGIN{most=%u} %s", q->lines, lines) : g_strdup(counts);

	set(s, "unit", q->unit);
	set(s, "pattern", q->pattern);
	set(s, "from", from);
	set(s, "tell", tell);
	if (q->lines == 0)
		g_string_append(s, state);
	else
		g_string_append(s, "export LC_ALL=C\necho '" GATEWAY_REPLY_BEGIN "'\ndate +'T %s'\n");
	if (q->version)
		g_string_append_printf(s, "(%s\n) </dev/null 2>/dev/null | head -n 1 | cut -c 1-100 | sed 's/^/V /'\n", q->version);
	g_string_append(s, right);
	g_string_append(s, journal);
	return g_string_free(s, FALSE);
}
