#include "backends/cron_script.h"

#include "model/systemd_timers.h"

/* Every line but a section's name, "@name", is marked by its first character, so that no text can be taken for a section:
 *   "|" a line of text, "=" of a name, ":" a number, "!" what a command said on its standard error.
 * An empty line after a text says that its last line had a line feed (not every sed adds one). An "@end" comes last.
 * Variables: k the cleanup log's stamp, S 1 when sudo is not to be tried, L the cleanup log.
 * Crontabs are read by crontab(1), which alone may; the time of their files only root can see. The journal's starts of jobs are made few
 * by awk, which keeps the last of each command; only root's entries count, since every user may log as CRON. */
static const char functions[] =
	"LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
	"have() { command -v \"$1\" >/dev/null 2>&1; }\n"
	"text() { head -c \"$1\" | sed 's/^/|/'; echo; }\n"
	"name() { printf '%s\\n' \"$1\" | sed 's/^/=/'; }\n"
	"when() { date -r \"$1\" +%s 2>/dev/null | sed 's/^/:/'; }\n"
	"size() { ls -dLn \"$1\" 2>/dev/null | awk '{ print $5 }'; }\n"
	"take() {\n"
	"\tl=$1; shift\n"
	"\t{ e=$( { \"$@\" </dev/null | text \"$l\" >&3; } 2>&1 ); } 3>&1\n"
	"\t[ -z \"$e\" ] || printf '%s\\n' \"$e\" | head -n 3 | head -c 600 | { sed 's/^/!/'; echo; }\n"
	"}\n"
	"file() { echo \"@$1\"; name \"$3\"; when \"$3\"; take \"$2\" cat \"$3\"; }\n"
	"others() { [ -n \"$(find -L \"$1\" -maxdepth 0 \\( ! -user 0 -o -perm /022 \\) 2>/dev/null)\" ]; }\n"
	"linked() { [ -n \"$(find \"$1\" -maxdepth 0 \\( ! -user 0 -o -type f -links +1 \\) 2>/dev/null)\" ]; }\n"
	"unsafe() { echo @unsafe; name \"$1\"; }\n"
	"crontab_of() {\n"
	"\techo @crontab; name \"$1\"\n"
	"\tfor i in /var/spool/cron/crontabs /var/spool/cron /etc/crontabs; do [ ! -f \"$i/$1\" ] || when \"$i/$1\"; done\n"
	"\tif ! have crontab; then echo '!no crontab command'\n"
	"\telif [ \"$1\" = \"$me\" ]; then take 262144 crontab -l\n"
	"\telif [ \"$id\" = 0 ]; then take 262144 crontab -u \"$1\" -l\n"
	"\telif [ \"$S\" = 1 ] || ! have sudo; then echo '!only root may read it'\n"
	"\telse take 262144 sudo -n crontab -u \"$1\" -l\n"
	"\tfi\n"
	"}\n"
	"starts() {\n"
	"\tjournalctl --no-pager -o short-unix --since=-2d -t CRON -t CROND -t crond _UID=0 | awk '\n"
	"\t\t{ k = $0; sub(/^[^ ]* [^ ]* [^ ]* /, \"\", k) }\n"
	"\t\t/ CMD \\(| pid [0-9]+ cmd / { l[k] = $0; next }\n"
	"\t\t/grandchild #/ { f[n++ % 200] = $0 }\n"
	"\t\tEND { for (k in l) print l[k]; for (i = 0; i < n && i < 200; i++) print f[i] }'\n"
	"}\n";

static const char machine[] =
	"me=$(id -un) id=$(id -u)\n"
	"echo @now; date +%s | sed 's/^/:/'\n"
	"echo @user; name \"$me\"; echo \":$id\"\n"
	"z=$(readlink /etc/localtime 2>/dev/null)\n"
	"case $z in *zoneinfo/*) z=${z##*zoneinfo/} ;; *) z=$(head -n 1 /etc/timezone 2>/dev/null || head -n 1 /etc/TZ 2>/dev/null) ;; esac\n"
	"echo @zone; name \"$z\"; echo @offset; name \"$(date +%z)\"\n"
	"[ ! -e /etc/debian_version ] || echo @debian\n"
	"cat /proc/[0-9]*/comm 2>/dev/null | grep -qxE 'cron|crond|fcron|bcron-sched' && echo @daemon\n";

static const char system_crontabs[] =
	"cron_file() { if others \"$2\" || linked \"$2\"; then unsafe \"$2\"; fi; file \"$1\" 65536 \"$2\"; }\n"
	"[ ! -f /etc/crontab ] || cron_file etc /etc/crontab\n"
	"n=0; for f in /etc/cron.d/*; do [ -f \"$f\" ] && [ $n -lt 100 ] && n=$((n + 1)) && cron_file cron.d \"$f\"; done\n"
	"have logrotate && echo @logrotate_there\n"
	"n=0; for f in /etc/logrotate.conf /etc/logrotate.d/*; do\n"
	"\t[ -f \"$f\" ] && [ $n -lt 100 ] || continue\n"
	"\tn=$((n + 1)); if others \"$f\"; then unsafe \"$f\"; fi; file logrotate 32768 \"$f\"\n"
	"done\n"
	"set -f\n";

static const char systemd[] =
	"if [ -d /run/systemd/system ] && have systemctl; then\n"
	"\techo @timers; take 524288 systemctl list-timers --all --no-pager -o json\n"
	"\tu=$(systemctl list-timers --all --no-pager --no-legend --plain 2>/dev/null |\n"
	"\t\tawk '{ for (i = NF - 1; i <= NF; i++) if (i > 0 && $i ~ /[.]/) print $i }' | head -n 400)\n"
	"\techo @units; [ -z \"$u\" ] || (TZ=UTC; export TZ; take 524288 systemctl show --no-pager -p " SYSTEMD_TIMERS_PROPERTIES " -- $u)\n"
	"fi\n"
	"if have journalctl; then\n"
	"\techo @journal; take 262144 starts\n"
	"\techo @journal_from; journalctl -q --no-pager -o short-unix --since=-2d 2>/dev/null | head -n 1 | head -c 40 | text 40\n"
	"fi\n";

static const char cleanup[] =
	"echo @cleanup; name \"$L\"\n"
	"if [ ! -e \"$L\" ]; then echo @cleanup_none\n"
	"else\n"
	"\tx=$(size \"$L\"); x=\"$x $(date -r \"$L\" +%s 2>/dev/null)\"\n"
	"\tif [ -n \"$k\" ] && [ \"$x\" = \"$k\" ]; then echo @cleanup_same\n"
	"\telse echo @cleanup_stamp; name \"$x\"; echo @cleanup_text; take 524288 tail -c 524288 \"$L\"\n"
	"\tfi\n"
	"fi\n";
G_STATIC_ASSERT(CRON_TAIL_MAX == 524288 && CRON_JOURNAL_MAX == 262144);

static void
append_quoted(GString *out, const char *word)
{
	g_autofree char *quoted = g_shell_quote(word);

	g_string_append(out, quoted);
}

/* One's own, root's, and the configured users', each once. */
static void
append_crontabs(GString *out, const struct cron_script *s)
{
	g_string_append(out, "d=' '; for c in \"$me\" root");
	for (guint i = 0; i < s->user_count; i++) {
		g_string_append_c(out, ' ');
		append_quoted(out, s->users[i]);
	}
	g_string_append(out, "; do case $d in *\" $c \"*) ;; *) d=\"$d$c \"; crontab_of \"$c\" ;; esac; done\n");
}

static void
append_growing(GString *out, const struct cron_script *s)
{
	for (guint i = 0; i < s->growing_count; i++) {
		g_string_append(out, "f=");
		append_quoted(out, s->growing[i]);
		g_string_append(out, "; echo @log; name \"$f\"; [ ! -e \"$f\" ] || echo \":$(size \"$f\")\"\n");
	}
}

char *
cron_script_new(const struct cron_script *s)
{
	GString *out = g_string_new(functions);

	g_string_append(out, "k=");
	append_quoted(out, s->cleanup_stamp ? s->cleanup_stamp : "");
	g_string_append(out, " L=");
	append_quoted(out, s->cleanup_log);
	g_string_append_printf(out, " S=%d\n%s", s->no_sudo ? 1 : 0, machine);
	append_crontabs(out, s);
	g_string_append(out, system_crontabs);
	g_string_append(out, systemd);
	g_string_append(out, cleanup);
	append_growing(out, s);
	g_string_append(out, "echo @end\n");
	return g_string_free(out, FALSE);
}
