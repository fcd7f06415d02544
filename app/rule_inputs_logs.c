/* Samples of what the product's container logs. Each line is looked at once, as it is taken in, whatever panel is open and however soon it is evicted. */
#include <string.h>

#include "app/rule_inputs_private.h"
#include "model/error_counts.h"
#include "model/log_signs.h"
#include "model/spike.h"

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define BACKLOG_LINES 10000           /* about half an hour of a talkative container; what is older than that does not matter */
#define SEEN_MOST 512                 /* FATAL lines that are known again */
#define LINE_BYTES 300
#define SETTLED_US (2 * (gint64)G_USEC_PER_SEC)     /* a followed log that gave nothing for so long has caught up */
#define GIVEN_UP_US (20 * (gint64)G_USEC_PER_SEC)   /* a log that never rests has given enough */

/* What is counted from one sample to the next. Lines of the backlog count while the rule would still fire had we been there: its `keep`. */
enum counted { COUNT_FATAL, COUNT_AUTH, COUNT_UPSTREAM, COUNT_IMPERSONATION, COUNTS };

static const struct { enum log_sign sign; const char *metric; gint64 recent_us; } counted[COUNTS] = {
	[COUNT_FATAL] = { SIGN_FATAL, "fatal_lines", 15 * MINUTE_US },
	[COUNT_AUTH] = { SIGN_AUTH_5XX, "auth_5xx_lines", MINUTE_US },
	[COUNT_UPSTREAM] = { SIGN_UPSTREAM, "ai_upstream_lines", 10 * MINUTE_US },
	[COUNT_IMPERSONATION] = { SIGN_IMPERSONATION, "impersonation_suspicious", 15 * MINUTE_US },
};

struct log_inputs {
	const struct config_product *config;
	struct world *world;
	struct machine *machine;
	struct follow *follow;
	const char *name;          /* of the source */
	gint64 begun_utc_us, begun_us, last_us; /* last_us: monotonic, of the last line */
	guint counts[COUNTS];      /* since the last sample */
	char *lines[COUNTS];       /* the last of each, kept */
	char *actor;               /* of the last impersonation that was counted */
	GHashTable *seen;          /* gint64 hashes of FATAL lines, owned */
	GQueue seen_order;
	struct error_counts *errors;
	struct minute_counts parse_errors;
	guint64 taken;
	gint64 covered_us;         /* UTC: since when no line is missing; 0: from the log's beginning on */
	gboolean gap;              /* since the last sample lines went missing */
};

/* --- a line --- */

static gboolean
is_listed(const struct config_product *c, const char *actor)
{
	for (unsigned n = 0; n < c->impersonators_count; n++)
		if (g_strcmp0(c->impersonators[n], actor) == 0)
			return TRUE;
	return c->impersonators_count == 0 && actor; /* without a list only the ticket tells */
}

/* By whom, newly allocated; NULL: it is one that may be, with a ticket. */
static char *
suspect(const struct log_inputs *i, const struct log_line *l)
{
	static const char *const actors[] = { "actor", "actor_email", "actor_id", NULL }, *const tickets[] = { "ticket_ref", NULL };
	g_autofree char *actor = log_field(l->text, l->length, actors), *ticket = log_field(l->text, l->length, tickets);

	if (ticket && is_listed(i->config, actor))
		return NULL;
	return actor ? g_steal_pointer(&actor) : g_strdup("nobody who is named");
}

static char *
shortened(const struct log_line *l)
{
	gsize len = MIN(l->length, LINE_BYTES);
	const char *end;

	g_utf8_validate_len(l->text, len, &end);
	return g_strndup(l->text, (gsize)(end - l->text));
}

/* A line that a resumed log gives again is no other one. */
static gboolean
is_seen(struct log_inputs *i, const struct log_line *l)
{
	guint32 hash = 5381;
	gint64 mixed, *key;

	for (guint32 n = 0; n < l->length; n++)
		hash = hash * 33 + (guint8)l->text[n];
	mixed = (gint64)((guint64)l->time_us * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ hash);
	if (g_hash_table_contains(i->seen, &mixed))
		return TRUE;
	key = g_memdup2(&mixed, sizeof mixed);
	g_hash_table_add(i->seen, key);
	g_queue_push_tail(&i->seen_order, key);
	if (i->seen_order.length > SEEN_MOST)
		g_hash_table_remove(i->seen, g_queue_pop_head(&i->seen_order));
	return FALSE;
}

static void
count(struct log_inputs *i, enum counted what, const struct log_line *l)
{
	g_autofree char *by = what == COUNT_IMPERSONATION ? suspect(i, l) : NULL;

	if (l->time_us < i->begun_utc_us - counted[what].recent_us || (what == COUNT_IMPERSONATION && !by))
		return;
	if (what == COUNT_FATAL && is_seen(i, l))
		return;
	i->counts[what]++;
	g_free(i->lines[what]);
	i->lines[what] = shortened(l);
	if (!by)
		return;
	g_free(i->actor);
	i->actor = g_steal_pointer(&by);
}

/* midwatch's own words about a gap say that lines are missing from here on. */
static void
take_note(struct log_inputs *i, const struct log_line *l)
{
	if (l->length < 4 || memcmp(l->text, "gap:", 4) != 0)
		return;
	i->gap = TRUE;
	i->covered_us = g_get_real_time();
}

static void
on_line(void *user, const struct log_line *l)
{
	struct log_inputs *i = user;
	gint64 now = g_get_real_time();
	guint signs;

	i->last_us = g_get_monotonic_time();
	if (l->flags & LINE_NOTE) {
		take_note(i, l);
		return;
	}
	if (i->taken++ == 0)
		i->covered_us = l->time_us;
	signs = log_signs(l);
	for (guint n = 0; signs && n < COUNTS; n++)
		if (signs & counted[n].sign)
			count(i, (enum counted)n, l);
	if (signs & SIGN_ERROR)
		error_counts_add(i->errors, l->text, l->length, l->time_us, now);
	if (signs & SIGN_PARSE_ERROR)
		minute_counts_add(&i->parse_errors, MIN(l->time_us, now) / MINUTE_US, 1, 0);
}

/* --- the log --- */

struct log_inputs *
log_inputs_new(const struct config_product *c, struct world *w, GPtrArray *machines)
{
	struct machine *m = c->host ? machines_find(machines, c->host) : machines->len > 0 ? machines->pdata[0] : NULL;
	struct log_inputs *i;

	if (!c->container || !m)
		return NULL;
	i = g_new0(struct log_inputs, 1);
	i->config = c;
	i->world = w;
	i->machine = m;
	i->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_queue_init(&i->seen_order);
	i->errors = error_counts_new();
	return i;
}

void
log_inputs_free(struct log_inputs *i)
{
	if (!i)
		return;
	if (i->follow)
		log_store_listen(i->world->logs, follow_source(i->follow), NULL, NULL);
	g_queue_clear(&i->seen_order);
	g_hash_table_unref(i->seen);
	error_counts_free(i->errors);
	for (guint n = 0; n < COUNTS; n++)
		g_free(i->lines[n]);
	g_free(i->actor);
	g_free(i);
}

void
log_inputs_start(struct log_inputs *i)
{
	i->begun_us = g_get_monotonic_time();
	i->begun_utc_us = g_get_real_time();
	i->follow = machine_follow(i->machine, &(struct follow_settings){ .kind = FOLLOW_CONTAINER, .name = i->config->container,
		.backlog_lines = BACKLOG_LINES });
	i->name = log_store_source_info(i->world->logs, follow_source(i->follow))->name;
	log_store_listen(i->world->logs, follow_source(i->follow), on_line, i);
}

/* --- samples --- */

/* Why what is counted now says nothing of what was logged; NULL: it does. */
static const char *
doubt(const struct log_inputs *i)
{
	const char *problem = follow_problem(i->follow);

	if (follow_state(i->follow) != FOLLOW_LIVE)
		return problem ? problem : "its log is not followed yet";
	return i->gap ? "a part of its log is missing" : NULL;
}

static void
sample_counted(struct log_inputs *i, struct samples *s, enum counted what, const char *why, gint64 now_us)
{
	const char *metric = counted[what].metric, *line = i->lines[what] ? i->lines[what] : "";

	/* What was seen is so, whatever became of the rest. */
	if (i->counts[what] > 0 || !why)
		samples_set(s, metric, i->counts[what], now_us, "source", i->name, "~line", line, "~actor", i->actor ? i->actor : "", NULL);
	else
		samples_unknown(s, metric, why, now_us, "source", i->name, NULL);
	i->counts[what] = 0;
}

struct error_sample { const struct log_inputs *inputs; struct samples *samples; const char *why; gint64 now_us; };

static void
sample_error(void *user, const char *fingerprint, guint64 n, const char *newest)
{
	const struct error_sample *e = user;

	if (e->why)
		samples_unknown(e->samples, "errors_30m", e->why, e->now_us, "source", e->inputs->name, "fingerprint", fingerprint, NULL);
	else
		samples_set(e->samples, "errors_30m", (double)n, e->now_us, "source", e->inputs->name, "fingerprint", fingerprint, "~line", newest, NULL);
}

static void
sample_parse_errors(const struct log_inputs *i, struct samples *s, const char *why, gint64 now_us, gint64 utc_us)
{
	/* The whole backlog is less than was asked for: the log has no more, so that nothing is missing before it. */
	enum spike spike = spike_judge(&i->parse_errors, i->taken < follow_backlog(i->follow) && !i->gap ? 0 : i->covered_us, utc_us);

	if (!why && spike == SPIKE_UNKNOWN)
		why = "the half hour before was not watched";
	if (why)
		samples_unknown(s, "parse_error_spike", why, now_us, "source", i->name, NULL);
	else
		samples_set(s, "parse_error_spike", spike == SPIKE_YES, now_us, "source", i->name, NULL);
}

void
log_inputs_sample(struct log_inputs *i, struct samples *s, gint64 now_us, gint64 utc_us)
{
	const char *why = i->follow ? doubt(i) : "its log is not followed yet";
	struct error_sample errors = { i, s, why, now_us };

	if (!i->follow)
		return;
	for (guint n = 0; n < COUNTS; n++)
		sample_counted(i, s, (enum counted)n, why, now_us);
	error_counts_each(i->errors, utc_us, sample_error, &errors);
	sample_parse_errors(i, s, why, now_us, utc_us);
	i->gap = FALSE;
}

gboolean
log_inputs_are_settled(const struct log_inputs *i)
{
	gint64 now = g_get_monotonic_time();

	if (!i->follow || now - i->begun_us > GIVEN_UP_US)
		return i->follow != NULL;
	if (follow_state(i->follow) != FOLLOW_LIVE)
		return follow_problem(i->follow) && i->machine->host->link.state != LINK_CONNECTING && i->machine->host->docker.datum.state != DATUM_UNKNOWN;
	return now - MAX(i->last_us, i->begun_us) > SETTLED_US;
}
