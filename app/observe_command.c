/* What commands print: the journal of a unit, a file, and commands of the checklist's own, which only read. */
#include <string.h>

#include "app/observe_private.h"
#include "model/log_line.h"
#include "model/sanitize.h"

#define COMMAND_MS 30000
#define LOG_MS 120000
#define OUTPUT_MAX ((gsize)1 << 20)
#define LOG_MAX ((gsize)64 << 20)
#define FILE_TAIL ((gsize)32 << 20)
#define WORDS 200        /* bytes of a command's own complaint */
#define MARK "midwatch-log\n"

enum source { SOURCE_UNIT, SOURCE_FILE, SOURCE_COMMAND };

struct running {
	struct observation *o;
	enum source source;
	char *name;                   /* safe: the unit, the file */
	const char *host;             /* borrowed: "this machine", or its name */
	struct link *link;            /* borrowed, or own */
	struct link_status status;    /* of our own */
	gboolean own_link;
	char *command;
	struct link_job *job;
	struct check_lines *lines;    /* until the text has them */
	struct observe_text *text;
	gint64 ahead_us, now_us, from_us;
	/* Of the lines: */
	gint64 last_us, first_us;     /* time of the line before; of the first that had one */
	struct log_time_hint hint;
	GString *safe;
	/* What the command said of itself. */
	char *trouble;                /* not everything was read, and why */
	char *failure;                /* it is a failure, whatever the lines are */
	gboolean cut;                 /* older lines were left out */
};

static void
running_drop(void *kind)
{
	struct running *r = kind;

	observe_text_free(r->text);
	if (r->job)
		link_job_cancel(r->job);
	if (r->own_link)
		link_free(r->link);
	link_status_clear(&r->status);
	check_lines_free(r->lines);
	g_string_free(r->safe, TRUE);
	g_free(r->command);
	g_free(r->name);
	g_free(r->trouble);
	g_free(r->failure);
	g_free(r);
}

/* --- times of lines --- */

/* "1700000000.123456 cron[1]: …"; a line without goes on with the message of the one before. */
static gboolean
journal_time(void *user, const char **text, gsize *len, gint64 *utc_us)
{
	struct running *r = user;
	const char *blank = memchr(*text, ' ', MIN(*len, 24));
	char *end;
	double seconds;

	if (blank && g_ascii_isdigit(**text)) {
		seconds = g_ascii_strtod(*text, &end);
		if (end == blank) {
			r->last_us = (gint64)(seconds * G_USEC_PER_SEC) - r->ahead_us;
			*len -= (gsize)(blank + 1 - *text);
			*text = blank + 1;
		}
	}
	*utc_us = r->last_us;
	return TRUE;
}

static gboolean
file_time(void *user, const char **text, gsize *len, gint64 *utc_us)
{
	struct running *r = user;
	gint64 time_us;
	gsize end;

	g_string_truncate(r->safe, 0);
	sanitize_line(*text, *len, r->safe);
	if (log_line_time(r->safe->str, r->safe->len, r->now_us + r->ahead_us, &r->hint, &time_us, &end)) {
		r->last_us = time_us - r->ahead_us;
		r->first_us = r->first_us ? r->first_us : r->last_us;
	}
	*utc_us = r->last_us;
	return TRUE;
}

/* --- the end --- */

static void
on_judged(void *user)
{
	struct running *r = user;
	struct check_result *result = &r->o->result;

	check_lines_judge(observe_text_lines(r->text), result);
	if (r->cut && r->first_us > r->from_us && result->verdict != VERDICT_FAIL)
		observe_add_before(result, VERDICT_UNKNOWN, "only the newest lines were read, the span is longer");
	else if (r->trouble && result->verdict != VERDICT_FAIL)
		observe_add_before(result, VERDICT_UNKNOWN, r->trouble);
	if (r->failure)
		observe_add_before(result, VERDICT_FAIL, r->failure);
	observe_end(r->o);
}

static void
take_text(struct running *r, const char *bytes, gsize len)
{
	const struct observe_text_settings s = {
		.lines = g_steal_pointer(&r->lines), .done = on_judged, .user = r,
		.time = r->source == SOURCE_UNIT ? journal_time : r->source == SOURCE_FILE ? file_time : NULL,
	};

	r->text = observe_text_new(r->o, &s, bytes, len);
}

/* --- what the script says before the lines --- */

static char *
value_of(const char *head, const char *key)
{
	const char *at = strstr(head, key);

	return at ? sanitize_text(at + strlen(key), (gssize)strcspn(at + strlen(key), "\n")) : NULL;
}

/* FALSE: there are no lines to be had, and the observation ends. */
static gboolean
judge_unit(struct running *r, const char *head)
{
	g_autofree char *load = value_of(head, "LoadState="), *active = value_of(head, "ActiveState="), *wrong = value_of(head, "X=");

	if (g_strcmp0(load, "not-found") == 0) {
		observe_end_with(r->o, VERDICT_FAIL, "there is no unit %s on %s", r->name, r->host);
		return FALSE;
	}
	if (wrong) {
		observe_end_unknown(r->o, strcmp(wrong, "right") == 0
		                    ? "no right to read the journal on %s: make the account a member of systemd-journal" : "there is no journalctl on %s", r->host);
		return FALSE;
	}
	if (active && strcmp(active, "active") != 0 && strcmp(active, "reloading") != 0)
		r->failure = g_strdup_printf("%s does not run (%s)", r->name, active);
	return TRUE;
}

static gboolean
judge_file(struct running *r, const char *head)
{
	g_autofree char *wrong = value_of(head, "X="), *size = value_of(head, "SIZE=");

	if (!wrong) {
		r->cut = size && g_ascii_strtoull(size, NULL, 10) > FILE_TAIL;
		return TRUE;
	}
	if (strcmp(wrong, "missing") == 0)
		observe_end_with(r->o, VERDICT_FAIL, "there is no file %s on %s", r->name, r->host);
	else
		observe_end_unknown(r->o, "%s on %s %s", r->name, r->host, strcmp(wrong, "denied") == 0 ? "may not be read" : "is no file");
	return FALSE;
}

static char *
complaint(const struct link_result *l)
{
	g_autofree char *safe = sanitize_text(l->errors, (gssize)MIN(l->errors_length, WORDS));

	return g_strdup(g_strstrip(safe));
}

static void
take_log(struct running *r, const struct link_result *l)
{
	const char *mark = strstr(l->output, MARK);
	g_autofree char *head = mark ? g_strndup(l->output, (gsize)(mark - l->output)) : NULL, *words = complaint(l);

	if (!head) {
		observe_end_unknown(r->o, "%s on %s was not read: %s", r->name, r->host, *words ? words : "the answer is not what was asked for");
		return;
	}
	if (!(r->source == SOURCE_UNIT ? judge_unit(r, head) : judge_file(r, head)))
		return;
	if (*words)
		r->trouble = g_strdup_printf("%s on %s says: %s", r->source == SOURCE_UNIT ? "journalctl" : "the shell", r->host, words);
	else if (l->truncated)
		r->trouble = g_strdup_printf("more than %" G_GSIZE_FORMAT " MiB were logged, and not all of it was read", LOG_MAX >> 20);
	mark += strlen(MARK);
	take_text(r, mark, l->output_length - (gsize)(mark - l->output));
}

static void
take_output(struct running *r, const struct link_result *l)
{
	g_autofree char *words = complaint(l);

	if (l->exit_code != 0)
		r->trouble = g_strdup_printf("the command ended with exit code %d%s%s", l->exit_code, *words ? ": " : "", words);
	else if (l->truncated)
		r->trouble = g_strdup_printf("it printed more than %" G_GSIZE_FORMAT " KiB, and not all of it was read", OUTPUT_MAX >> 10);
	take_text(r, l->output, l->output_length);
}

static void
on_done(const struct link_result *l, void *user)
{
	struct running *r = user;

	r->job = NULL;
	if (l->outcome != LINK_EXITED)
		observe_end_unknown(r->o, "%s: %s", r->host, l->problem ? l->problem : "the command did not end");
	else if (r->source == SOURCE_COMMAND)
		take_output(r, l);
	else
		take_log(r, l);
}

/* --- the start --- */

static void
run(struct running *r)
{
	const struct link_command c = {
		.command = r->command, .timeout_ms = r->source == SOURCE_COMMAND ? COMMAND_MS : LOG_MS,
		.max_output = r->source == SOURCE_COMMAND ? OUTPUT_MAX : LOG_MAX,
	};

	r->job = link_run(r->link, &c, on_done, r);
}

static void
on_own_link_up(void *user)
{
	struct running *r = user;

	if (!r->job && !r->o->later)
		run(r);
}

static void
on_nothing(void *user)
{
}

/* This machine is none of the configured hosts. */
static void
use_own_link(struct running *r)
{
	static const struct link_events events = { on_own_link_up, on_nothing, on_nothing };

	r->own_link = TRUE;
	r->link = link_new(&(struct link_settings){ .local = TRUE }, &r->status, &events, r);
	link_start(r->link);
}

/* The machine of the check's host; FALSE: the observation ends. */
static gboolean
find_machine(struct observation *o, struct machine **m)
{
	g_autofree char *host = observe_fill(o, o->check->host), *safe = host ? sanitize_text(host, -1) : NULL;

	*m = observe_machine(o->context, host);
	if (*m)
		return observe_needs_link(o, *m);
	if (host)
		observe_end_unknown(o, "%s is none of the configured hosts", safe);
	return !host;
}

static const char unit_script[] =
	"u=%s; if command -v systemctl >/dev/null; then systemctl show -p LoadState -p ActiveState -- \"$u\" 2>/dev/null; fi; s=\n"
	"case $(id -u) in 0) ;; *) case \" $(id -Gn) \" in *' systemd-journal '*|*' adm '*) ;; *)\n"
	" if sudo -n true 2>/dev/null; then s='sudo -n'; else echo X=right; fi ;; esac ;; esac\n"
	"command -v journalctl >/dev/null || echo X=none\n"
	"echo midwatch-log; $s journalctl -q --no-pager --no-hostname -o short-unix -u \"$u\" --since @%" G_GINT64_FORMAT "; true";
static const char file_script[] =
	"f=%s; if [ ! -e \"$f\" ]; then echo X=missing; elif [ ! -f \"$f\" ]; then echo X=other; elif [ ! -r \"$f\" ]; then echo X=denied\n"
	"else echo SIZE=$(wc -c <\"$f\"); echo midwatch-log; exec tail -c %" G_GSIZE_FORMAT " <\"$f\"; fi; echo midwatch-log";

/* NULL: it cannot begin, and the observation ends. */
static struct running *
begin(struct observation *o, enum source source, const char *name)
{
	struct running *r;
	struct machine *m;

	if (!find_machine(o, &m))
		return NULL;
	r = g_new0(struct running, 1);
	r->o = o;
	r->source = source;
	r->name = name ? sanitize_text(name, -1) : NULL;
	r->safe = g_string_new(NULL);
	r->host = m ? m->host->name : "this machine";
	r->link = m ? m->link : NULL;
	r->ahead_us = m ? observe_clock_ahead_us(m->host) : 0;
	r->now_us = g_get_real_time();
	o->kind = r;
	o->drop = running_drop;
	r->lines = observe_lines(o, source != SOURCE_COMMAND, r->now_us);
	if (!r->lines)
		return NULL;
	r->from_us = check_lines_from_us(r->lines);
	return r;
}

/* `command` is taken. */
static void
go(struct running *r, char *command)
{
	r->command = command;
	if (r->link)
		run(r);
	else
		use_own_link(r);
}

void
observe_unit(struct observation *o)
{
	g_autofree char *unit = observe_fill(o, o->check->unit), *quoted = g_shell_quote(unit);
	struct running *r = begin(o, SOURCE_UNIT, unit);

	if (r)
		go(r, g_strdup_printf(unit_script, quoted, (r->from_us + r->ahead_us) / G_USEC_PER_SEC));
}

void
observe_file(struct observation *o)
{
	g_autofree char *file = observe_fill(o, o->check->file), *quoted = g_shell_quote(file);
	struct running *r = begin(o, SOURCE_FILE, file);

	if (r)
		go(r, g_strdup_printf(file_script, quoted, FILE_TAIL));
}

void
observe_command_output(struct observation *o)
{
	struct running *r = begin(o, SOURCE_COMMAND, NULL);

	if (r)
		go(r, run_fill_shell(o->run, o->check->command, NULL));
}
