/* The list of hosts above the score card: worst first, with the most important thing of each. */
#include <string.h>

#include "panels/host_line.h"
#include "panels/score_private.h"
#include "tui/text.h"

#define CARD_ROWS 14 /* title, sum, gauge, dimensions and a few warnings */

enum column { COLUMN_HOST, COLUMN_LINK, COLUMN_SCORE, COLUMN_HEADLINE, COLUMN_COUNT };

const struct table_column score_columns[COLUMN_COUNT] = {
	[COLUMN_HOST] = { .title = "HOST", .least = 10, .most = 32, .priority = 0, .middle = TRUE },
	[COLUMN_LINK] = { .title = "LINK", .least = 10, .most = 22, .priority = 1 },
	[COLUMN_SCORE] = { .title = "SCORE", .least = 7, .most = 7, .priority = 0, .right = TRUE },
	[COLUMN_HEADLINE] = { .title = "WORST", .least = 12, .most = 160, .priority = 2 },
};
const guint score_column_count = COLUMN_COUNT;

void score_collect(struct panel *p)
{
	const struct world *w = p->context.world;

	g_array_set_size(p->rows, 0);
	for (guint i = 0; i < w->hosts->len; i++) {
		struct score_row row = { .host = w->hosts->pdata[i] };
		score_compute(row.host, &w->thresholds, w->utc_us, &row.score);
		g_array_append_val(p->rows, row);
	}
	table_refresh(p->table, p->rows->len, w->now_us);
	if (p->wanted && table_select(p->table, p->wanted))
		g_clear_pointer(&p->wanted, g_free);
}

static const struct score_row *row_at(void *user, guint row)
{
	return &g_array_index(((struct panel *)user)->rows, struct score_row, row);
}

static void host_key(void *user, guint row, GString *out)
{
	g_string_append(out, row_at(user, row)->host->name);
}

static enum severity severity_of(const struct score_row *r)
{
	enum role role;
	enum glyph g;

	if (host_line_is_up(r->host))
		return r->score.worst;
	host_line_look(r->host, &role, &g);
	return role == ROLE_CRIT ? SEVERITY_CRIT : role == ROLE_WARN ? SEVERITY_WARN : SEVERITY_UNKNOWN;
}

/* Worst first: the severity, what is not reached before what is, then the lower score. */
static int host_compare(void *user, guint a, guint b, int column)
{
	const struct score_row *x = row_at(user, a), *y = row_at(user, b);
	int ranks[] = { [SEVERITY_CRIT] = 0, [SEVERITY_WARN] = 1, [SEVERITY_UNKNOWN] = 2, [SEVERITY_OK] = 3 };
	int result = ranks[severity_of(x)] - ranks[severity_of(y)];

	if (result == 0)
		result = host_line_is_up(x->host) - host_line_is_up(y->host);
	if (result == 0) /* as parts of what was assessed, without a division */
		result = x->score.points * y->score.maximum - y->score.points * x->score.maximum;
	return result ? result : (a > b) - (a < b);
}

static void host_look(void *user, guint row, struct table_look *out)
{
	static const struct { enum role role; enum glyph glyph; } looks[] = {
		[SEVERITY_UNKNOWN] = { ROLE_UNKNOWN, GLYPH_UNKNOWN }, [SEVERITY_OK] = { ROLE_OK, GLYPH_OK },
		[SEVERITY_WARN] = { ROLE_WARN, GLYPH_WARN }, [SEVERITY_CRIT] = { ROLE_CRIT, GLYPH_CRIT },
	};
	const struct score_row *r = row_at(user, row);
	enum severity s = severity_of(r);
	enum glyph g = looks[s].glyph;

	out->role = looks[s].role;
	if (s == SEVERITY_UNKNOWN)
		host_line_look(r->host, &out->role, &g);
	if (host_line_is_up(r->host) && s == SEVERITY_UNKNOWN) {
		out->role = ROLE_UNKNOWN;
		g = GLYPH_UNKNOWN;
	}
	out->glyph = glyph(g);
}

static const char *headline_of(const struct score_row *r)
{
	const struct score *s = &r->score;

	if (host_line_has_trouble(r->host))
		return r->host->link.reason ? r->host->link.reason : "";
	for (int severity = SEVERITY_CRIT; severity >= SEVERITY_WARN; severity--)
		for (guint i = 0; i < SCORE_DIMENSIONS; i++)
			if (s->parts[i].assessed && s->parts[i].severity == (enum severity)severity)
				return s->parts[i].text;
	return s->warnings[0];
}

static void host_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct panel *p = user;
	const struct score_row *r = row_at(user, row);
	gboolean up = host_line_is_up(r->host);

	out->text = out->buffer;
	if (!up && column != COLUMN_HEADLINE)
		out->role = ROLE_STALE;
	switch ((enum column)column) {
	case COLUMN_HOST:
		out->text = r->host->name;
		break;
	case COLUMN_LINK:
		host_line_state(&p->context, r->host, out->buffer, sizeof out->buffer);
		break;
	case COLUMN_SCORE:
		if (r->score.maximum > 0)
			g_snprintf(out->buffer, sizeof out->buffer, "%d/%d", r->score.points, r->score.maximum);
		else
			out->text = text_unknown();
		break;
	default:
		out->text = headline_of(r);
	}
}

const struct table_source score_source = { host_key, NULL, host_compare, host_look, host_cell };

int score_draw_hosts(struct panel *p, const struct canvas *c)
{
	int wanted = (int)MIN(p->rows->len, 1000) + 1, room = MAX(c->height - CARD_ROWS, 3);
	struct canvas list = canvas_part(c, 0, 0, MIN(wanted, room), -1);
	char position[64];

	if (p->rows->len < 2)
		return 0;
	p->list_height = list.height;
	table_draw(p->table, &list, "");
	canvas_rule(c, list.height, ROLE_FRAME);
	table_position(p->table, position, sizeof position);
	if (*position)
		canvas_printf(c, list.height, 3, ROLE_DIM, " %s hosts ", position);
	return list.height + 1;
}
