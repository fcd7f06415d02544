#include "panels/host_line.h"

#include <string.h>

#include "tui/text.h"

#define NAME_CELLS 24
#define REASON_CELLS_LEAST 30 /* less says nothing; the advice gives way to it */
#define ADVICE_CELLS_LEAST 20

gboolean host_line_is_up(const struct host *h)
{
	return h->link.state == LINK_UP;
}

gboolean host_line_has_trouble(const struct host *h)
{
	const struct link_status *l = &h->link;

	if (l->state == LINK_UP)
		return FALSE;
	return l->state == LINK_DOWN || l->state == LINK_BLOCKED || l->failures > 0 || l->reason || l->question != LINK_ASKS_NOTHING;
}

void host_line_look(const struct host *h, enum role *role, enum glyph *g)
{
	if (host_line_is_up(h)) {
		*role = ROLE_OK;
		*g = GLYPH_OK;
	} else if (h->link.question != LINK_ASKS_NOTHING) {
		*role = ROLE_WARN;
		*g = GLYPH_WARN;
	} else if (h->link.state == LINK_DOWN || h->link.state == LINK_BLOCKED || h->link.failures > 0) {
		*role = ROLE_CRIT;
		*g = GLYPH_CRIT;
	} else {
		*role = ROLE_UNKNOWN;
		*g = GLYPH_STARTING;
	}
}

/* Seconds that the link has been in its state; -1 when it never said. */
static gint64 state_seconds(const struct world *w, const struct host *h)
{
	return h->link.since_us > 0 ? MAX(w->now_us - h->link.since_us, 0) / G_USEC_PER_SEC : -1;
}

static void state_with_age(const char *word, gint64 seconds, char *out, gsize size)
{
	char age[16];

	text_age(seconds, age, sizeof age);
	g_snprintf(out, size, seconds < 0 ? "%s" : "%s %s", word, age);
}

void host_line_state(const struct panel_context *context, const struct host *h, char *out, gsize size)
{
	gint64 seconds = state_seconds(context->world, h);

	if (h->link.question == LINK_ASKS_HOST_KEY) {
		g_snprintf(out, size, "new key: %s answers", panel_key(context, ACT_HOST_ANSWER));
	} else if (h->link.question == LINK_ASKS_PASSPHRASE) {
		g_snprintf(out, size, "passphrase: %s answers", panel_key(context, ACT_HOST_ANSWER));
	} else if (h->link.state == LINK_UP) {
		g_strlcpy(out, "up", size);
	} else if (h->link.state == LINK_DOWN) {
		state_with_age("down", seconds, out, size);
	} else if (h->link.state == LINK_BLOCKED) {
		state_with_age("waits for you", seconds, out, size);
	} else if (h->link.failures > 0) {
		g_strlcpy(out, "trying again", size);
	} else {
		g_strlcpy(out, "connecting", size);
	}
}

static enum role stale_freshness(const struct world *w, const struct host *h, const struct datum *d, char *out, gsize size)
{
	char age[16];
	const char *why = host_line_is_up(h) ? d->error : h->link.question != LINK_ASKS_NOTHING ? "the host asks" : "link down";

	text_age(datum_age_s(d, w->now_us), age, sizeof age);
	g_snprintf(out, size, why ? "%s %s old: %s" : "%s %s old", glyph(GLYPH_STALE), age, why);
	return ROLE_STALE;
}

static enum role unknown_freshness(const struct host *h, char *out, gsize size)
{
	enum role role;
	enum glyph g;

	host_line_look(h, &role, &g);
	if (host_line_is_up(h))
		g_snprintf(out, size, "%s asking", glyph(GLYPH_STARTING));
	else if (role == ROLE_UNKNOWN)
		g_snprintf(out, size, "%s connecting", glyph(GLYPH_STARTING));
	else
		g_snprintf(out, size, "%s no data: link down", glyph(g));
	return host_line_is_up(h) ? ROLE_UNKNOWN : role;
}

enum role host_line_freshness(const struct world *w, const struct host *h, const struct datum *d, char *out, gsize size)
{
	switch (d->state) {
	case DATUM_OK:
		if (!host_line_is_up(h)) /* the value is good, the next will not come */
			return stale_freshness(w, h, d, out, size);
		text_age(datum_age_s(d, w->now_us), out, size);
		return ROLE_DIM;
	case DATUM_STALE:
		return stale_freshness(w, h, d, out, size);
	case DATUM_NO_DATA:
		g_snprintf(out, size, "%s %s", glyph(GLYPH_NONE), d->error ? d->error : "none here");
		return ROLE_DIM;
	case DATUM_ERROR:
		g_snprintf(out, size, "%s %s", glyph(GLYPH_WARN), d->error ? d->error : "error");
		return ROLE_WARN;
	case DATUM_UNKNOWN:
		break;
	}
	return unknown_freshness(h, out, size);
}

/* A sentence without its full stop, so that it can be joined. */
static char *without_stop(const char *sentence)
{
	char *text = g_strdup(sentence);
	gsize len = strlen(text);

	if (len > 0 && text[len - 1] == '.')
		text[len - 1] = '\0';
	return text;
}

static char *reason_of(const struct host *h)
{
	if (h->link.question == LINK_ASKS_HOST_KEY)
		return g_strdup_printf("its host key is new (%s)", h->link.question_text ? h->link.question_text : "?");
	if (h->link.question == LINK_ASKS_PASSPHRASE && h->link.reason)
		return without_stop(h->link.reason); /* also says that the last one did not open it */
	if (h->link.question == LINK_ASKS_PASSPHRASE)
		return g_strdup_printf("the key %s needs its passphrase", h->link.question_text ? h->link.question_text : "file");
	return without_stop(h->link.reason ? h->link.reason : "no connection");
}

/* The key that helps, and when the next attempt is due. `brief`: the key only. */
static char *remedy_of(const struct panel_context *context, const struct host *h, gboolean brief)
{
	gint64 left_us = h->link.retry_at_us - context->world->now_us;
	const char *key = panel_key(context, ACT_REFRESH);
	char left[16];

	if (h->link.question != LINK_ASKS_NOTHING)
		return g_strdup_printf("%s answers", panel_key(context, ACT_HOST_ANSWER));
	if (h->link.state == LINK_CONNECTING || h->link.state == LINK_IDLE)
		return g_strdup("trying now");
	if (h->link.retry_at_us == 0 || brief)
		return g_strdup_printf("%s tries again", key);
	text_age(MAX((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, 0), left, sizeof left);
	return g_strdup_printf("next try in %s, %s now", left, key);
}

static char *cut_end(const char *text, int cells)
{
	gsize size = strlen(text) + 16;
	char *cut = g_malloc(size);

	text_cut_end(text, cells, cut, size);
	return cut;
}

/* The sentence with the reason and the advice cut to so many cells; 0: without it. */
static char *word_trouble(const struct host *h, const char *state, const char *reason, int reason_cells, const char *advice, int advice_cells,
                          const char *remedy)
{
	g_autofree char *why = cut_end(reason, reason_cells), *what = cut_end(advice, advice_cells);
	gboolean whole = reason_cells == 0 || reason_cells >= text_width(reason); /* a cut has its own mark, no full stop */
	char name[NAME_CELLS * 4 + 8];

	text_cut_middle(h->name, NAME_CELLS, name, sizeof name);
	return g_strdup_printf("%s %s%s%s%s%s; %s", name, state, reason_cells > 0 ? ": " : "", why, advice_cells == 0 ? "" : whole ? ". " : " ", what,
	                       remedy);
}

/* Where the advice does not fit as a whole: what is the matter comes first, or the advice cannot be understood. All of both stands in the
 * Score panel. */
static char *word_cut_advice(const struct host *h, const char *state, const char *reason, const char *advice, int width, const char *remedy)
{
	g_autofree char *bare = word_trouble(h, state, reason, 0, advice, 0, remedy);
	int room = width - text_width(bare) - 2, cells = MIN(text_width(reason), REASON_CELLS_LEAST);
	int left = room - cells - 2;

	if (left < ADVICE_CELLS_LEAST || !*advice) {
		cells = CLAMP(room, 0, text_width(reason));
		left = 0;
	}
	return word_trouble(h, state, reason, cells, advice, left, remedy);
}

char *host_line_trouble(const struct panel_context *context, const struct host *h, int width)
{
	g_autofree char *reason = reason_of(h), *remedy = remedy_of(context, h, FALSE), *brief = remedy_of(context, h, TRUE);
	g_autofree char *advice = without_stop(h->link.advice ? h->link.advice : "");
	const char *remedies[] = { remedy, brief };
	int cells = text_width(reason);
	char state[40];

	if (h->link.question != LINK_ASKS_NOTHING)
		g_strlcpy(state, "waits", sizeof state);
	else
		host_line_state(context, h, state, sizeof state);
	for (guint i = 0; i < G_N_ELEMENTS(remedies); i++) {
		g_autofree char *bare = word_trouble(h, state, reason, 0, advice, text_width(advice), remedies[i]);
		int room = width - text_width(bare) - 2;
		if (room >= MIN(cells, REASON_CELLS_LEAST))
			return word_trouble(h, state, reason, MIN(cells, room), advice, text_width(advice), remedies[i]);
	}
	return word_cut_advice(h, state, reason, advice, width, brief);
}

/* The sentence for two rows, and how many bytes of it the first one takes. Where it breaks costs cells, so it is made shorter by what is
 * too long until it fits. */
static char *word_two_rows(const struct panel_context *context, const struct host *h, int width, gsize *first)
{
	int cells = 2 * width, over;
	char *text = host_line_trouble(context, h, cells);

	for (int attempt = 0; attempt < 3; attempt++) {
		*first = panel_wrap_row(text, width);
		over = text_width(text + *first) - (text[*first] == ' ') - width;
		if (over <= 0)
			break;
		cells -= over;
		g_free(text);
		text = host_line_trouble(context, h, cells);
	}
	*first = panel_wrap_row(text, width);
	return text;
}

int host_line_draw(const struct panel_context *context, const struct host *h, const struct canvas *c, int y, int rows)
{
	int width = c->width - 5;
	gsize first;
	g_autofree char *text = rows > 1 ? word_two_rows(context, h, width, &first) : host_line_trouble(context, h, width);
	g_autofree char *row = NULL;
	enum role role;
	enum glyph g;

	if (rows <= 1)
		first = strlen(text);
	row = g_strndup(text, first);
	host_line_look(h, &role, &g);
	canvas_text(c, y, 1, 1, role, glyph(g));
	canvas_text(c, y, 3, width + 1, role, row);
	if (!text[first])
		return 1;
	canvas_text(c, y + 1, 3, width + 1, role, text + first + (text[first] == ' '));
	return 2;
}

char *host_line_report(const struct panel_context *context, const struct host *h)
{
	g_autofree char *reason = reason_of(h), *remedy = remedy_of(context, h, FALSE);
	GString *out = g_string_new(NULL);
	char state[40];

	host_line_state(context, h, state, sizeof state);
	g_string_append_printf(out, "%s: %s.\n", h->link.question != LINK_ASKS_NOTHING ? "waits for an answer" : state, reason);
	if (h->link.advice)
		g_string_append_printf(out, "%s\n", h->link.advice);
	g_string_append(out, remedy);
	if (h->link.step)
		g_string_append_printf(out, "   failed at: %s", h->link.step);
	if (h->link.failures > 1)
		g_string_append_printf(out, ", %u times in a row", h->link.failures);
	return g_string_free(out, FALSE);
}
