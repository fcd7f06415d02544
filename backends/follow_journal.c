/* Follows a unit, or the whole journal, with journalctl over the link. A break is resumed at the cursor of the entry taken last: that
 * entry is asked for again, so that it is seen whether the journal still holds the place. */
#include <string.h>

#include "backends/follow_kind.h"
#include "backends/journal_entry.h"
#include "model/sanitize.h"

#define ENTRY_MAX (4 * 1024 * 1024) /* bytes of JSON */
#define PARTIAL_CAPACITY 4096
#define ERRORS_MAX 1024
#define LIVE_MS 1500                /* a quiet journal is taken for live then */
#define RETRY_MIN_MS 500
#define RETRY_MAX_MS 30000

struct follow_journal {
	struct follow base;
	struct link_stream *stream; /* NULL while nothing is read */
	gboolean paused;
	guint live, retry;          /* timers */
	guint retry_ms;
	GString *partial;           /* the beginning of a line */
	guint64 skipped;            /* bytes of an entry that is too long, so far */
	GString *errors;            /* what journalctl said on stderr, bounded */
	char *cursor;               /* of the entry taken last; NULL before the first */
	gint64 newest_us;           /* its time */
	gint64 started_s;           /* the host's clock when the first attempt began; 0 = not known */
	gboolean resuming;          /* the next entry should be the one taken last */
};

static struct follow_journal *
self(struct follow *f)
{
	return (struct follow_journal *)f;
}

/* With -o json journalctl is quiet about a journal without files and waits for ever, also where none can come: it is asked once without,
 * which says on stderr what hinders, and an end is tried again. */
#define NO_FILES "No journal files were found"
#define ASK_FIRST \
	"date +%s; LC_ALL=C; export LC_ALL; why=$(journalctl --no-pager --lines=0 2>&1 >/dev/null); " \
	"[ -z \"$why\" ] || printf '%s\\n' \"$why\" >&2; case $why in *'" NO_FILES "'*) exit 1;; esac; "

static char *
journal_command(const struct follow_journal *j)
{
	g_autoptr(GString) command = g_string_new(ASK_FIRST "journalctl --no-pager -o json --all --follow --output-fields=" JOURNAL_FIELDS);
	g_autofree char *word = NULL;
	g_autofree char *quoted = NULL;

	if (j->base.kind == FOLLOW_UNIT) {
		word = g_strconcat("--unit=", j->base.name, NULL);
		quoted = g_shell_quote(word);
		g_string_append_printf(command, " %s", quoted);
		g_clear_pointer(&word, g_free);
	}
	if (j->cursor) {
		word = g_shell_quote(j->cursor);
		g_string_append_printf(command, " --no-tail --cursor=%s", word);
	} else if (j->base.from_start) {
		g_string_append(command, " --no-tail");
	} else if (j->started_s) {
		g_string_append_printf(command, " --no-tail --since=@%" G_GINT64_FORMAT, j->started_s);
	} else {
		g_string_append_printf(command, " --lines=%u", j->base.backlog);
	}
	return g_string_free(g_steal_pointer(&command), FALSE);
}

/* --- entries --- */

static void
take_entry(struct follow_journal *j, struct journal_entry *e)
{
	gboolean again = j->resuming && strcmp(e->cursor, j->cursor) == 0;

	if (j->resuming && !again)
		follow_note(&j->base, j->newest_us, "gap: the journal of %s no longer holds the place where following broke off; entries may be "
		            "missing from here on", j->base.host->name);
	j->resuming = FALSE;
	if (again)
		return;
	e->time_us -= j->base.host->clock_ahead_s * G_USEC_PER_SEC; /* else a gateway of tomorrow is always the last */
	follow_line(&j->base, 0, e->level, e->time_us, e->text->str, e->text->len);
	g_free(j->cursor);
	j->cursor = g_steal_pointer(&e->cursor);
	j->newest_us = e->time_us;
	j->retry_ms = RETRY_MIN_MS;
}

static void
take_line(struct follow_journal *j, const char *line, gsize len)
{
	struct journal_entry entry;
	g_autofree char *start = NULL;
	guint64 seconds;

	if (len == 0)
		return;
	if (line[0] == '{') {
		if (journal_entry_parse(line, len, &entry))
			take_entry(j, &entry);
		else
			follow_note(&j->base, j->newest_us, "an entry of %" G_GSIZE_FORMAT " bytes that is not readable JSON was left out", len);
		journal_entry_clear(&entry);
		return;
	}
	start = g_strndup(line, MIN(len, 32));
	if (!j->started_s && g_ascii_string_to_unsigned(start, 10, 1, G_MAXINT64, &seconds, NULL))
		j->started_s = (gint64)seconds;
}

static void
keep_partial(struct follow_journal *j, const char *bytes, gsize len)
{
	if (j->skipped || j->partial->len + len > ENTRY_MAX) {
		j->skipped += j->partial->len + len;
		g_string_truncate(j->partial, 0);
	} else {
		g_string_append_len(j->partial, bytes, (gssize)len);
	}
}

static void
end_partial(struct follow_journal *j)
{
	if (j->skipped)
		follow_note(&j->base, j->newest_us, "an entry of %" G_GUINT64_FORMAT " bytes was left out: it is longer than 4 MiB", j->skipped);
	else
		take_line(j, j->partial->str, j->partial->len);
	j->skipped = 0;
	if (j->partial->allocated_len > PARTIAL_CAPACITY) {
		g_string_free(j->partial, TRUE);
		j->partial = g_string_new(NULL);
	}
	g_string_truncate(j->partial, 0);
}

/* --- what journalctl says and how it ends --- */

/* What hinders for certain, as a problem with a remedy; NULL when nothing known does. */
static char *
hindrance_of(const struct follow_journal *j)
{
	const char *host = j->base.host->name, *words = j->errors->str;

	if (strstr(words, "insufficient permissions") || strstr(words, "not seeing messages from other users"))
		return g_strdup_printf("no right to read the journal of %s: add the account there to the group systemd-journal or adm "
		                       "(usermod -aG systemd-journal NAME) and connect again", host);
	if (strstr(words, NO_FILES))
		return g_strdup_printf("no journal on %s: journald keeps no files there", host);
	if (strstr(words, "journalctl") && strstr(words, "not found"))
		return g_strdup_printf("no journal on %s: journalctl is not installed there", host);
	return NULL;
}

/* Why it ended by itself. */
static char *
problem_of(const struct follow_journal *j)
{
	g_autofree char *safe = sanitize_text(j->errors->str, (gssize)strcspn(j->errors->str, "\n"));
	char *known = hindrance_of(j);

	if (known || !*safe)
		return known;
	return g_strdup_printf("journalctl on %s says: %s", j->base.host->name, safe);
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct follow_journal *j = user;
	char *known;

	g_string_append_len(j->errors, bytes, (gssize)MIN(len, ERRORS_MAX - MIN(j->errors->len, ERRORS_MAX)));
	known = hindrance_of(j);
	if (known)
		follow_set(&j->base, FOLLOW_FAILED, known);
}

static void
set_live(struct follow_journal *j)
{
	char *known = hindrance_of(j);

	follow_cancel(&j->live);
	follow_set(&j->base, known ? FOLLOW_FAILED : FOLLOW_LIVE, known);
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct follow_journal *j = user;

	while (len > 0) {
		const char *feed = memchr(bytes, '\n', len);
		gsize n = feed ? (gsize)(feed - bytes) : len;

		if (feed && j->partial->len == 0 && !j->skipped) {
			take_line(j, bytes, n);
		} else {
			keep_partial(j, bytes, n);
			if (feed)
				end_partial(j);
		}
		n += feed ? 1 : 0;
		bytes += n;
		len -= n;
	}
	if (j->cursor && j->live)
		set_live(j);
	if (!follow_may_take(&j->base) && !j->paused) {
		j->paused = TRUE;
		link_stream_pause(j->stream, TRUE);
	}
}

static void open_stream(struct follow_journal *j);

static gboolean
on_retry(gpointer data)
{
	struct follow_journal *j = data;

	j->retry = 0;
	open_stream(j);
	return G_SOURCE_REMOVE;
}

static void
forget_stream(struct follow_journal *j)
{
	follow_cancel(&j->live);
	j->stream = NULL;
	j->paused = FALSE;
	j->skipped = 0;
	g_string_truncate(j->partial, 0);
}

static void
on_end(void *user, const struct link_result *r)
{
	struct follow_journal *j = user;
	char *problem = r->outcome == LINK_EXITED ? problem_of(j) : g_strdup(r->problem);

	forget_stream(j);
	if (r->outcome == LINK_EXITED && problem)
		follow_set(&j->base, FOLLOW_FAILED, problem);
	else
		follow_set(&j->base, FOLLOW_WAITING, problem ? problem
		           : g_strdup_printf("journalctl on %s ended with exit code %d", j->base.host->name, r->exit_code));
	if (!link_is_up(j->base.link))
		return;
	follow_after(&j->retry, j->retry_ms, on_retry, j);
	j->retry_ms = MIN(j->retry_ms * 2, RETRY_MAX_MS);
}

static gboolean
on_live(gpointer data)
{
	struct follow_journal *j = data;

	j->live = 0;
	set_live(j);
	return G_SOURCE_REMOVE;
}

static void
on_waits(void *user, guint logs, guint most)
{
	struct follow_journal *j = user;

	follow_cancel(&j->live);
	follow_set_waits(&j->base, logs, most);
}

static void
on_starts(void *user)
{
	struct follow_journal *j = user;

	follow_set(&j->base, FOLLOW_STARTING, NULL);
	follow_after(&j->live, LIVE_MS, on_live, j);
}

static void
open_stream(struct follow_journal *j)
{
	static const struct link_stream_events events = { on_data, on_errors, on_end, on_waits, on_starts };
	g_autofree char *command = journal_command(j);

	follow_cancel(&j->retry);
	if (j->stream || !link_is_up(j->base.link))
		return;
	g_string_truncate(j->errors, 0);
	j->resuming = j->cursor != NULL;
	j->stream = link_stream_open(j->base.link, command, &events, j);
	follow_after(&j->live, LIVE_MS, on_live, j);
}

static void
journal_start(struct follow *f)
{
	struct follow_journal *j = self(f);

	j->partial = g_string_new(NULL);
	j->errors = g_string_new(NULL);
	j->retry_ms = RETRY_MIN_MS;
}

static void
journal_link_up(struct follow *f)
{
	self(f)->retry_ms = RETRY_MIN_MS;
	open_stream(self(f));
}

static void
close_stream(struct follow_journal *j)
{
	struct link_stream *stream = j->stream;

	follow_cancel(&j->retry);
	forget_stream(j);
	link_stream_close(stream);
}

static void
journal_link_down(struct follow *f)
{
	close_stream(self(f));
	follow_set_down(f);
}

static void
journal_resume(struct follow *f)
{
	struct follow_journal *j = self(f);

	if (!j->paused)
		return;
	j->paused = FALSE;
	link_stream_pause(j->stream, FALSE);
}

static struct follow *
journal_create(void)
{
	struct follow_journal *j = g_new0(struct follow_journal, 1);

	return &j->base;
}

static void
journal_destroy(struct follow *f)
{
	struct follow_journal *j = self(f);

	close_stream(j);
	g_string_free(j->partial, TRUE);
	g_string_free(j->errors, TRUE);
	g_free(j->cursor);
	g_free(j);
}

#define JOURNAL_CLASS(its_word) { \
	.word = its_word, \
	.create = journal_create, \
	.start = journal_start, \
	.link_up = journal_link_up, \
	.link_down = journal_link_down, \
	.resume = journal_resume, \
	.destroy = journal_destroy, \
}
const struct follow_class follow_unit_class = JOURNAL_CLASS("unit");
const struct follow_class follow_journal_class = JOURNAL_CLASS("journal");
