#include "backends/docker_log.h"

#include <string.h>

#include "backends/taken_ring.h"

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
/* How far the stored order may differ from the order in time. It is the time between stamping and storing: microseconds, seconds when
 * the machine is overloaded. */
#define DISORDER_NS (10 * NS_PER_S)
#define JUMP_NS (60 * NS_PER_S) /* a record that is so much older than the newest one: the host's clock was set back */
#define LINE_KEPT_MAX (1024 * 1024)
#define PIECE 16384 /* the daemon cuts longer lines into records of this many bytes */
#define TEXT_CAPACITY 4096
#define LAST_WORDS 8    /* restarts of a terminal's container within DISORDER_NS that are told apart */

/* A line under assembly, of one stream. */
struct assembly {
	gboolean open;
	gint64 ns;
	guint pieces;  /* records of it that were taken */
	guint skip;    /* of those, how many are still to come again */
	GString *text;
	guint64 lost;  /* bytes that did not fit */
};

struct docker_log {
	struct docker_log_events events;
	void *user;
	gboolean tty;
	struct docker_frames frames;
	char *system_text;     /* the daemon's error */
	struct assembly assemblies[2];
	GString *raw;          /* an unfinished record of a terminal's log, with its time */
	guint64 raw_lost;
	GQueue last_words;     /* of GString: a terminal's unfinished last lines that were given out; they come again without a line feed */

	struct taken_ring ring;
	gboolean tail_begins;  /* the next record is the first for us */
	/* While a resumed stream repeats what was taken: */
	GHashTable *again;     /* NULL otherwise */
	gint64 again_until_ns;
	struct taken last;     /* the newest one; when it does not come again the daemon has lost lines */
	gboolean last_missing;
	/* After the clock was set back, until it has caught up: what was stored before has later times and comes again, too. */
	gint64 caught_up_ns;   /* 0 = not so */
	struct taken jump;     /* the first record after it */
	gboolean before_jump;  /* nothing that was taken after it has come again yet */
};

struct docker_log *
docker_log_new(const struct docker_log_events *e, void *user)
{
	struct docker_log *l = g_new0(struct docker_log, 1);

	l->events = *e;
	l->user = user;
	docker_frames_init(&l->frames);
	for (guint i = 0; i < G_N_ELEMENTS(l->assemblies); i++)
		l->assemblies[i].text = g_string_new(NULL);
	l->raw = g_string_new(NULL);
	g_queue_init(&l->last_words);
	return l;
}

static void
free_string(gpointer data)
{
	g_string_free(data, TRUE);
}

static void
assembly_clear(struct assembly *a)
{
	GString *text = a->text;

	g_string_truncate(text, 0);
	*a = (struct assembly){ .text = text };
}

void
docker_log_reset(struct docker_log *l)
{
	docker_frames_reset(&l->frames);
	g_clear_pointer(&l->system_text, g_free);
	for (guint i = 0; i < G_N_ELEMENTS(l->assemblies); i++)
		assembly_clear(&l->assemblies[i]);
	g_string_truncate(l->raw, 0);
	g_queue_clear_full(&l->last_words, free_string);
	l->raw_lost = 0;
	taken_ring_clear(&l->ring);
	g_clear_pointer(&l->again, g_hash_table_unref);
	l->last_missing = FALSE;
	l->caught_up_ns = 0;
}

void
docker_log_free(struct docker_log *l)
{
	if (!l)
		return;
	docker_log_reset(l);
	docker_frames_clear(&l->frames);
	for (guint i = 0; i < G_N_ELEMENTS(l->assemblies); i++)
		g_string_free(l->assemblies[i].text, TRUE);
	g_string_free(l->raw, TRUE);
	g_free(l);
}

/* --- what was taken before --- */

/* FNV-1a over the stream and the record. */
static guint64
hash_record(enum docker_stream stream, const char *bytes, gsize len)
{
	guint64 h = G_GUINT64_CONSTANT(14695981039346656037) ^ stream;

	for (gsize i = 0; i < len; i++)
		h = (h ^ (guint8)bytes[i]) * G_GUINT64_CONSTANT(1099511628211);
	return h;
}

static gint64
since_ns(const struct docker_log *l)
{
	gint64 since = MAX(l->ring.floor_ns, l->ring.newest_ns - DISORDER_NS);

	for (guint i = 0; i < G_N_ELEMENTS(l->assemblies); i++)
		if (l->assemblies[i].open)
			since = MIN(since, l->assemblies[i].ns);
	return since;
}

static void
begin_again(struct docker_log *l)
{
	const struct taken *last = taken_ring_last(&l->ring, since_ns(l));

	g_clear_pointer(&l->again, g_hash_table_unref);
	l->last_missing = last != NULL;
	l->before_jump = last != NULL && l->caught_up_ns != 0;
	if (!last)
		return;
	l->last = *last;
	l->again = taken_ring_table(&l->ring, since_ns(l));
	l->again_until_ns = l->ring.newest_ns + DISORDER_NS;
	for (guint i = 0; i < G_N_ELEMENTS(l->assemblies); i++)
		l->assemblies[i].skip = l->assemblies[i].open ? l->assemblies[i].pieces : 0;
}

/* TRUE when this record of a resumed stream was taken before the break. */
static gboolean
was_taken(struct docker_log *l, struct assembly *a, gint64 ns, guint64 hash)
{
	gboolean taken;

	if (!l->again)
		return FALSE;
	if (l->before_jump && !(ns == l->jump.ns && hash == l->jump.hash) && !taken_table_has(l->again, ns, hash))
		return TRUE;
	l->before_jump = FALSE;
	if (ns > l->again_until_ns) {
		g_clear_pointer(&l->again, g_hash_table_unref);
		return FALSE;
	}
	if (ns == l->last.ns && hash == l->last.hash)
		l->last_missing = FALSE;
	if (a->open && a->skip > 0 && ns == a->ns) {
		a->skip--;
		taken_table_remove(l->again, ns, hash);
		return TRUE;
	}
	taken = taken_table_remove(l->again, ns, hash);
	return taken || (ns < l->ring.floor_ns && !(a->open && ns == a->ns));
}

/* Time begins anew when the clock is set back. */
static void
watch_clock(struct docker_log *l, const struct assembly *a, gint64 ns, guint64 hash)
{
	if (ns < l->ring.newest_ns - JUMP_NS && !(a->open && a->ns == ns)) {
		l->caught_up_ns = MAX(l->caught_up_ns, l->ring.newest_ns + DISORDER_NS);
		l->jump = (struct taken){ ns, hash };
		taken_ring_clear(&l->ring);
	} else if (l->caught_up_ns && ns > l->caught_up_ns) {
		l->caught_up_ns = 0;
	}
}

/* TRUE when the record is new; it is remembered then. */
static gboolean
take_record(struct docker_log *l, struct assembly *a, enum docker_stream stream, gint64 ns, const char *bytes, gsize len)
{
	guint64 hash = hash_record(stream, bytes, len);

	if (was_taken(l, a, ns, hash))
		return FALSE;
	if (l->last_missing) {
		l->last_missing = FALSE;
		l->events.gap(l->user, l->ring.newest_ns / 1000);
	}
	if (l->tail_begins)
		l->ring.floor_ns = ns;
	l->tail_begins = FALSE;
	watch_clock(l, a, ns, hash);
	taken_ring_add(&l->ring, ns, hash, DISORDER_NS);
	return TRUE;
}

/* --- records to lines --- */

static void
keep(GString *text, guint64 *lost, const char *bytes, gsize len)
{
	gsize n = MIN(len, LINE_KEPT_MAX - MIN(text->len, LINE_KEPT_MAX));

	g_string_append_len(text, bytes, (gssize)n);
	*lost += len - n;
}

static void
release_long(GString **text)
{
	if ((*text)->allocated_len > TEXT_CAPACITY) {
		g_string_free(*text, TRUE);
		*text = g_string_new(NULL);
	}
	g_string_truncate(*text, 0);
}

static void
finish_line(struct docker_log *l, struct assembly *a, enum docker_stream stream)
{
	if (a->lost)
		l->events.cut(l->user, a->ns / 1000, a->lost);
	l->events.line(l->user, stream, a->ns / 1000, a->text->str, a->text->len);
	release_long(&a->text);
	assembly_clear(a);
}

static void
add_text(struct docker_log *l, struct assembly *a, enum docker_stream stream, gint64 ns, const char *bytes, gsize len)
{
	while (len > 0) {
		const char *feed = memchr(bytes, '\n', len);
		gsize n = feed ? (gsize)(feed - bytes) : len;

		if (feed && !a->open) {
			l->events.line(l->user, stream, ns / 1000, bytes, n);
		} else {
			a->open = TRUE;
			a->ns = ns;
			keep(a->text, &a->lost, bytes, n);
			if (feed)
				finish_line(l, a, stream);
		}
		n += feed ? 1 : 0;
		bytes += n;
		len -= n;
	}
	if (a->open)
		a->pieces++;
}

/* A record that does not carry on the unfinished line ends it: the container was started anew in between. */
static void
on_frame(void *user, enum docker_stream type, const char *bytes, gsize len)
{
	struct docker_log *l = user;
	enum docker_stream stream = type == DOCKER_STDERR ? DOCKER_STDERR : DOCKER_STDOUT;
	struct assembly *a = &l->assemblies[stream == DOCKER_STDERR];
	gint64 ns;
	gsize used = 0;

	if (type == DOCKER_SYSTEM) {
		g_free(l->system_text);
		l->system_text = g_strndup(bytes, MIN(len, 1024));
		l->events.line(l->user, DOCKER_SYSTEM, l->ring.newest_ns / 1000, bytes, len);
		return;
	}
	if (!docker_log_stamp(bytes, len, &ns, &used))
		ns = a->open ? a->ns : l->ring.newest_ns;
	if (!take_record(l, a, stream, ns, bytes, len))
		return;
	if (a->open && a->ns != ns)
		finish_line(l, a, stream);
	add_text(l, a, stream, ns, bytes + used, len - used);
}

/* --- a terminal's log: no frames --- */

/* Takes out the times that the daemon put where it cut an overlong line. */
static void
join_pieces(GString *raw, gsize stamp)
{
	for (gsize at = stamp + PIECE; at + stamp <= raw->len && memcmp(raw->str, raw->str + at, stamp) == 0; at += PIECE)
		g_string_erase(raw, (gssize)at, (gssize)stamp);
}

static void
keep_last_words(struct docker_log *l)
{
	g_queue_push_tail(&l->last_words, g_string_new_len(l->raw->str, (gssize)l->raw->len));
	if (l->last_words.length > LAST_WORDS)
		free_string(g_queue_pop_head(&l->last_words));
}

/* The last line before a restart was given out; when it comes again, the next line is right behind it. */
static void
skip_last_words(struct docker_log *l)
{
	gint64 ns;
	gsize used;

	for (GList *n = l->last_words.head; n; n = n->next) {
		const GString *words = n->data;
		if (l->raw->len > words->len && memcmp(l->raw->str, words->str, words->len) == 0
		    && docker_log_stamp(l->raw->str + words->len, l->raw->len - words->len, &ns, &used))
			g_string_erase(l->raw, 0, (gssize)words->len);
	}
}

static void
finish_raw(struct docker_log *l)
{
	struct assembly *a = &l->assemblies[0];
	gint64 ns = l->ring.newest_ns;
	gsize used = 0;

	skip_last_words(l);
	if (docker_log_stamp(l->raw->str, l->raw->len, &ns, &used))
		join_pieces(l->raw, used);
	if (take_record(l, a, DOCKER_STDOUT, ns, l->raw->str, l->raw->len)) {
		if (l->raw_lost)
			l->events.cut(l->user, ns / 1000, l->raw_lost);
		l->events.line(l->user, DOCKER_STDOUT, ns / 1000, l->raw->str + used, l->raw->len - used);
	}
	release_long(&l->raw);
	l->raw_lost = 0;
}

static void
feed_raw(struct docker_log *l, const char *bytes, gsize len)
{
	while (len > 0) {
		const char *feed = memchr(bytes, '\n', len);
		gsize n = feed ? (gsize)(feed - bytes) : len;

		keep(l->raw, &l->raw_lost, bytes, n);
		if (feed) {
			finish_raw(l);
			n++;
		}
		bytes += n;
		len -= n;
	}
}

/* --- connections --- */

void
docker_log_begin(struct docker_log *l, gboolean tty, gboolean tail)
{
	l->tty = tty;
	docker_frames_reset(&l->frames);
	g_string_truncate(l->raw, 0);
	l->raw_lost = 0;
	g_clear_pointer(&l->system_text, g_free);
	l->tail_begins = tail && l->ring.newest_ns == 0;
	begin_again(l);
}

gboolean
docker_log_feed(struct docker_log *l, const char *bytes, gsize len)
{
	if (l->tty)
		feed_raw(l, bytes, len);
	else
		return docker_frames_feed(&l->frames, bytes, len, on_frame, l);
	return TRUE;
}

const char *
docker_log_problem(const struct docker_log *l)
{
	return l->frames.problem ? l->frames.problem : l->system_text;
}

void
docker_log_end(struct docker_log *l, gboolean complete)
{
	for (guint i = 0; i < G_N_ELEMENTS(l->assemblies); i++)
		if (complete && l->assemblies[i].open)
			finish_line(l, &l->assemblies[i], i ? DOCKER_STDERR : DOCKER_STDOUT);
	if (complete && l->raw->len > 0) {
		skip_last_words(l);
		keep_last_words(l);
		finish_raw(l);
	}
	g_string_truncate(l->raw, 0);
	g_clear_pointer(&l->again, g_hash_table_unref);
}

char *
docker_log_since(const struct docker_log *l)
{
	gint64 since = since_ns(l);

	if (l->ring.newest_ns == 0)
		return NULL;
	since = MAX(since, 0);
	return g_strdup_printf("%" G_GINT64_FORMAT ".%09d", since / NS_PER_S, (int)(since % NS_PER_S));
}

gint64
docker_log_newest_us(const struct docker_log *l)
{
	return l->ring.newest_ns / 1000;
}
