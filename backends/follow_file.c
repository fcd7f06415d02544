/* Follows a file over the link: runs the follower over there, gives whole lines to the store, and knows by inode and offset what it has. */
#include <string.h>

#include "backends/file_segments.h"
#include "backends/follow_file_script.h"
#include "backends/follow_kind.h"
#include "model/sanitize.h"

#define CARRY_MAX (1024 * 1024) /* an unfinished line that is longer goes to the store as it is */
#define CARRY_CAPACITY 4096
#define ERRORS_MAX 512
#define HEAD_MAX 128
#define RETRY_MIN_MS 500
#define RETRY_MAX_MS 10000

/* A file, known by its inode. */
struct segment {
	gboolean used;
	guint64 inode;
	guint64 offset;      /* behind the last byte that the store has */
	GString *carry;      /* the unfinished line behind that */
	gboolean within;     /* begins within a line that is not wanted */
	gboolean ended;      /* truncated: all of it has come, what follows it has not begun yet */
	guint64 head_length;
	char head[2 * HEAD_MAX + 1]; /* its first bytes in hexadecimal */
};

struct follow_file {
	struct follow base;
	struct link_stream *stream; /* NULL while nothing is read */
	gboolean paused;
	guint retry;
	guint retry_ms;
	struct file_segments segments;
	struct segment current;     /* the followed file */
	struct segment old;         /* the one that it replaced */
	struct segment *active;     /* whose bytes come now; NULL before the first record */
	gboolean seen;              /* a file was followed once: a break is resumed */
	GString *errors;
};

static struct follow_file *
self(struct follow *f)
{
	return (struct follow_file *)f;
}

/* --- bytes to lines --- */

static void
store(struct follow_file *w, struct segment *s, const char *bytes, gsize len)
{
	log_store_append(w->base.world->logs, w->base.source, 0, bytes, len, g_get_real_time());
	s->offset += len;
}

static void
empty_carry(struct segment *s)
{
	if (s->carry->allocated_len > CARRY_CAPACITY) {
		g_string_free(s->carry, TRUE);
		s->carry = g_string_new(NULL);
	}
	g_string_truncate(s->carry, 0);
}

static void
store_carry(struct follow_file *w, struct segment *s)
{
	if (s->carry->len == 0)
		return;
	store(w, s, s->carry->str, s->carry->len);
	empty_carry(s);
}

/* Its unfinished line is its last one. */
static void
end_lines(struct follow_file *w, struct segment *s)
{
	store_carry(w, s);
	log_store_flush(w->base.world->logs, w->base.source, g_get_real_time());
}

static void
finish_segment(struct follow_file *w, struct segment *s)
{
	end_lines(w, s);
	s->used = FALSE;
}

static void
on_text(void *user, const char *bytes, gsize len)
{
	struct follow_file *w = user;
	struct segment *s = w->active;
	const char *last, *feed;
	gsize n;

	if (!s)
		return;
	if (s->within) {
		feed = memchr(bytes, '\n', len);
		n = feed ? (gsize)(feed + 1 - bytes) : len;
		s->offset += n;
		s->within = !feed;
		bytes += n;
		len -= n;
	}
	if (s->carry->len > 0 && (feed = memchr(bytes, '\n', len))) {
		n = (gsize)(feed + 1 - bytes);
		g_string_append_len(s->carry, bytes, (gssize)n);
		store_carry(w, s);
		bytes += n;
		len -= n;
	}
	last = len > 0 ? memrchr(bytes, '\n', len) : NULL;
	n = last ? (gsize)(last + 1 - bytes) : 0;
	if (n > 0)
		store(w, s, bytes, n);
	g_string_append_len(s->carry, bytes + n, (gssize)(len - n));
	if (s->carry->len > CARRY_MAX)
		store_carry(w, s);
}

/* --- records --- */

static gboolean
read_numbers(const char *words, guint64 *numbers, guint count)
{
	for (guint i = 0; i < count; i++) {
		char *end;
		if (!g_ascii_isdigit(*words))
			return FALSE;
		numbers[i] = g_ascii_strtoull(words, &end, 10);
		words = end + strspn(end, " ");
	}
	return TRUE;
}

static void
begin_segment(struct segment *s, guint64 inode, guint64 offset)
{
	GString *carry = s->carry;

	g_string_truncate(carry, 0);
	*s = (struct segment){ .used = TRUE, .inode = inode, .offset = offset, .carry = carry };
}

static gboolean
goes_on(const struct segment *s, guint64 inode, guint64 offset)
{
	return s->used && s->inode == inode && s->offset + s->carry->len == offset;
}

static void
on_followed(struct follow_file *w, const char *words)
{
	guint64 at[2];
	struct segment was = w->current;

	if (!read_numbers(words, at, 2))
		return;
	if (!goes_on(&w->current, at[0], at[1])) {
		if (was.used && was.inode != at[0]) {
			finish_segment(w, &w->old);
			w->current = w->old;
			w->old = was;
		}
		begin_segment(&w->current, at[0], at[1]);
		w->current.within = g_str_has_suffix(words, " P");
	}
	w->active = &w->current;
	w->seen = TRUE;
	w->retry_ms = RETRY_MIN_MS;
	follow_set(&w->base, FOLLOW_LIVE, NULL);
}

static void
on_replaced_file(struct follow_file *w, const char *words)
{
	guint64 at[2];

	if (!read_numbers(words, at, 2))
		return;
	if (!goes_on(&w->old, at[0], at[1])) {
		if (w->old.used && w->old.inode != at[0])
			finish_segment(w, &w->old);
		begin_segment(&w->old, at[0], at[1]);
	}
	w->active = &w->old;
}

/* The head goes into a command later: nothing but digits may. */
static void
on_head(struct follow_file *w, const char *words)
{
	guint64 of[2];
	const char *head = strrchr(words, ' ');

	if (!read_numbers(words, of, 2) || !w->current.used || w->current.inode != of[0] || !head)
		return;
	head++;
	if (of[1] > HEAD_MAX || strlen(head) != 2 * of[1] || strspn(head, "0123456789abcdef") != 2 * of[1])
		return;
	w->current.head_length = of[1];
	g_strlcpy(w->current.head, head, sizeof w->current.head);
}

/* It stays known until the next one begins: a break in between must not forget what has come. */
static void
on_truncated(struct follow_file *w)
{
	end_lines(w, &w->current);
	if (!w->current.ended)
		follow_note(&w->base, 0, "%s was truncated; followed from its start", w->base.safe_name);
	w->current.ended = TRUE;
}

static void
on_unreadable(struct follow_file *w, const char *why)
{
	const char *name = w->base.safe_name, *host = w->base.host->name;
	enum follow_state state = FOLLOW_WAITING;
	char *problem;

	if (strcmp(why, "missing") == 0) {
		problem = g_strdup_printf("there is no file %s on %s; followed when it comes", name, host);
	} else if (strcmp(why, "denied") == 0) {
		problem = g_strdup_printf("no right to read %s on %s: give the account there read access (group adm, or setfacl -m u:NAME:r)", name, host);
	} else if (strcmp(why, "closed") == 0) {
		problem = g_strdup_printf("no right to enter the directory of %s on %s", name, host);
	} else if (strcmp(why, "proc") == 0) {
		problem = g_strdup_printf("%s on %s cannot be followed: that needs Linux with /proc", name, host);
		state = FOLLOW_FAILED;
	} else {
		problem = g_strdup_printf("%s on %s is not a regular file but a %s", name, host, strcmp(why, "directory") == 0 ? why : "special one");
	}
	follow_set(&w->base, state, problem);
}

static void
on_record(void *user, char letter, const char *words)
{
	struct follow_file *w = user;
	guint64 inode;

	switch (letter) {
	case 'O':
		on_followed(w, words);
		break;
	case 'W':
		on_replaced_file(w, words);
		break;
	case 'F':
		on_head(w, words);
		break;
	case 'T':
		on_truncated(w);
		break;
	case 'X':
		if (read_numbers(words, &inode, 1) && w->old.used && w->old.inode == inode)
			finish_segment(w, &w->old);
		break;
	case 'L':
		follow_note(&w->base, 0, "gap: %s was rotated while it was not followed, and the old file is gone or compressed; lines may be missing "
		            "here", w->base.safe_name);
		break;
	case 'E':
		on_unreadable(w, words);
		break;
	default:
		break;
	}
}

/* --- the stream --- */

static void
append_known(GString *known, const struct segment *s)
{
	if (!s->used)
		return;
	g_string_append_printf(known, "%s%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%s",
	                       known->len ? " " : "", s->inode, s->offset, s->head_length, s->head);
}

/* A file that is new after a break is read from its start: `k` must not be empty then. */
static char *
follower_command(const struct follow_file *w)
{
	g_autofree char *path = g_shell_quote(w->base.name);
	g_autoptr(GString) known = g_string_new(NULL);
	g_autofree char *lines = w->base.from_start || w->seen ? g_strdup("all") : g_strdup_printf("%u", w->base.backlog);

	append_known(known, &w->old);
	append_known(known, &w->current);
	return g_strdup_printf("LC_ALL=C f=%s n=%s k='%s'; export LC_ALL\n%s", path, lines, known->str, follow_file_script);
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct follow_file *w = user;

	file_segments_feed(&w->segments, bytes, len);
	world_changed(w->base.world);
	if (!follow_may_take(&w->base) && !w->paused) {
		w->paused = TRUE;
		link_stream_pause(w->stream, TRUE);
	}
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct follow_file *w = user;

	g_string_append_len(w->errors, bytes, (gssize)MIN(len, ERRORS_MAX - MIN(w->errors->len, ERRORS_MAX)));
}

static void open_stream(struct follow_file *w);

static gboolean
on_retry(gpointer data)
{
	struct follow_file *w = data;

	w->retry = 0;
	open_stream(w);
	return G_SOURCE_REMOVE;
}

/* What is unfinished comes again: only what the store has counts. */
static void
forget_stream(struct follow_file *w)
{
	w->stream = NULL;
	w->paused = FALSE;
	w->active = NULL;
	g_string_truncate(w->current.carry, 0);
	g_string_truncate(w->old.carry, 0);
	file_segments_reset(&w->segments);
}

static void
on_end(void *user, const struct link_result *r)
{
	struct follow_file *w = user;
	g_autofree char *words = sanitize_text(w->errors->str, (gssize)strcspn(w->errors->str, "\n"));

	forget_stream(w);
	if (w->base.state != FOLLOW_FAILED)
		follow_set(&w->base, FOLLOW_WAITING, r->problem ? g_strdup(r->problem)
		           : g_strdup_printf("following %s on %s ended: %s", w->base.safe_name, w->base.host->name, *words ? words : "no reason given"));
	if (!link_is_up(w->base.link))
		return;
	follow_after(&w->retry, w->retry_ms, on_retry, w);
	w->retry_ms = MIN(w->retry_ms * 2, RETRY_MAX_MS);
}

static void
on_waits(void *user, guint logs, guint most)
{
	struct follow_file *w = user;

	follow_set_waits(&w->base, logs, most);
}

static void
on_starts(void *user)
{
	struct follow_file *w = user;

	follow_set(&w->base, FOLLOW_STARTING, NULL);
}

static void
open_stream(struct follow_file *w)
{
	static const struct link_stream_events events = { on_data, on_errors, on_end, on_waits, on_starts };
	g_autofree char *command = NULL;

	follow_cancel(&w->retry);
	if (w->stream || !link_is_up(w->base.link))
		return;
	if (!g_path_is_absolute(w->base.name)) {
		follow_set(&w->base, FOLLOW_FAILED, g_strdup_printf("%s is not an absolute path", w->base.safe_name));
		return;
	}
	command = follower_command(w);
	g_string_truncate(w->errors, 0);
	w->stream = link_stream_open(w->base.link, command, &events, w);
}

static void
file_start(struct follow *f)
{
	struct follow_file *w = self(f);
	static const struct file_segments_events events = { on_text, on_record };

	file_segments_init(&w->segments, &events, w);
	w->current.carry = g_string_new(NULL);
	w->old.carry = g_string_new(NULL);
	w->errors = g_string_new(NULL);
	w->retry_ms = RETRY_MIN_MS;
}

static void
file_link_up(struct follow *f)
{
	self(f)->retry_ms = RETRY_MIN_MS;
	open_stream(self(f));
}

static void
close_stream(struct follow_file *w)
{
	struct link_stream *stream = w->stream;

	follow_cancel(&w->retry);
	forget_stream(w);
	link_stream_close(stream);
}

static void
file_link_down(struct follow *f)
{
	close_stream(self(f));
	follow_set_down(f);
}

static void
file_resume(struct follow *f)
{
	struct follow_file *w = self(f);

	if (!w->paused)
		return;
	w->paused = FALSE;
	link_stream_pause(w->stream, FALSE);
}

static struct follow *
file_create(void)
{
	struct follow_file *w = g_new0(struct follow_file, 1);

	return &w->base;
}

static void
file_destroy(struct follow *f)
{
	struct follow_file *w = self(f);

	close_stream(w);
	file_segments_clear(&w->segments);
	g_string_free(w->current.carry, TRUE);
	g_string_free(w->old.carry, TRUE);
	g_string_free(w->errors, TRUE);
	g_free(w);
}

const struct follow_class follow_file_class = {
	.word = "file",
	.create = file_create,
	.start = file_start,
	.link_up = file_link_up,
	.link_down = file_link_down,
	.resume = file_resume,
	.destroy = file_destroy,
};
