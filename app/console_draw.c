#include "app/console_private.h"

#include <string.h>

#include "model/gateway_condition.h"
#include "model/headline.h"
#include "tui/glyph.h"
#include "tui/screen.h"
#include "tui/text.h"

#define LEAST_HEIGHT 24
#define LEAST_WIDTH 80

static void
severity_look(enum severity s, enum role *role, enum glyph *g)
{
	static const struct { enum role role; enum glyph glyph; } looks[] = {
		[SEVERITY_UNKNOWN] = { ROLE_UNKNOWN, GLYPH_STARTING }, [SEVERITY_OK] = { ROLE_OK, GLYPH_OK },
		[SEVERITY_WARN] = { ROLE_WARN, GLYPH_WARN }, [SEVERITY_CRIT] = { ROLE_CRIT, GLYPH_CRIT },
	};
	*role = looks[s].role;
	*g = looks[s].glyph;
}

/* "gateways 388/400"; gives the cells used, with the blanks behind. */
static int
draw_gateways(const struct fleet *f, const struct canvas *line, int x)
{
	gboolean known = fleet_online_is_known(f) && !f->blind;
	enum role role = known ? ROLE_TEXT : ROLE_STALE;
	g_autofree char *online = known ? g_strdup_printf("%u", f->online) : g_strdup(text_unknown());
	g_autofree char *text = g_strdup_printf("%s/%u", online, f->gateways->len);
	int used;

	if (known && fleet_drop(f)->lost > 0)
		role = drop_fires(fleet_drop(f)) ? ROLE_CRIT : ROLE_WARN;
	used = canvas_text_right(line, 0, x, role, text) + 1;
	return used + canvas_text_right(line, 0, x - used, ROLE_DIM, "gateways") + 2;
}

/* "2 firing 1 pending": how many rules, with the blanks before them; gives the cells used. What the headline says already is not said twice. */
static int
draw_rules(const struct canvas *line, int x, const struct headline *h)
{
	const struct { guint count; enum role role; const char *word; } counts[] = {
		{ h->rules.unknown, ROLE_UNKNOWN, "unknown" }, { h->rules.pending, ROLE_DIM, "pending" }, { h->by_rule ? 0 : h->rules.firing, ROLE_WARN, "firing" },
	};
	int used = 0;

	for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autofree char *text = g_strdup_printf("%u %s", counts[i].count, counts[i].word);
		if (counts[i].count > 0)
			used += canvas_text_right(line, 0, x - used - 2, counts[i].role, text) + 2;
	}
	return used;
}

/* The right part of the status line, drawn from the right end; gives the first cell it took. */
static int
draw_status_right(const struct console *c, const struct canvas *line, const struct headline *h)
{
	char clock[32];
	int x = line->width - 1;
	const struct { guint count; enum role role; enum glyph glyph; } hosts[] = {
		{ h->down, ROLE_CRIT, GLYPH_CRIT }, { h->stale, ROLE_UNKNOWN, GLYPH_STARTING }, { h->up, ROLE_OK, GLYPH_OK },
	};

	text_clock(c->world->utc_us, clock, sizeof clock);
	x -= canvas_text_right(line, 0, x, ROLE_TEXT, clock);
	x -= 2;
	if (c->world->fleet)
		x -= draw_gateways(c->world->fleet, line, x);
	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autofree char *text = g_strdup_printf("%u%s", hosts[i].count, glyph(hosts[i].glyph));
		if (hosts[i].count > 0)
			x -= canvas_text_right(line, 0, x, hosts[i].role, text) + 1;
	}
	x -= canvas_text_right(line, 0, x, ROLE_DIM, "hosts");
	x -= draw_rules(line, x, h);
	if (c->store_problem)
		x -= canvas_text_right(line, 0, x - 2, ROLE_CHIP, " NO AUDIT ") + 2;
	if (c->world->readonly)
		x -= canvas_text_right(line, 0, x - 2, ROLE_CHIP, " READ-ONLY ") + 2;
	if (c->world->drill)
		x -= canvas_text_right(line, 0, x - 2, ROLE_CHIP, " DRILL ") + 2;
	return x;
}

static void
draw_status(const struct console *c, const struct canvas *screen)
{
	struct canvas line = canvas_part(screen, 0, 0, 1, -1);
	struct headline h;
	enum role role;
	enum glyph g;
	int right;

	headline_compute(c->world, &h);
	severity_look(h.severity, &role, &g);
	right = draw_status_right(c, &line, &h);
	canvas_text(&line, 0, 1, 1, role, glyph(g));
	canvas_text(&line, 0, 3, MAX(right - 5, 0), h.severity >= SEVERITY_WARN ? role : ROLE_TEXT, h.text);
}

struct tab { char *title; char badge[32]; enum role role; };

/* Activity and rules have their place once there is something to see there, gateways when there is a fleet. Asks for the badge, once a frame. */
static gboolean
has_tab(const struct console *c, guint panel, struct tab *out)
{
	const struct slot *s = &c->slots[panel];

	*out = (struct tab){ .role = ROLE_DIM };
	if (s->class == &gateways_panel && !c->world->fleet)
		return FALSE;
	if (s->class == &activity_panel && panel != c->current && c->world->operations->len == 0)
		return FALSE;
	if (s->class->badge)
		out->role = s->class->badge(s->panel, out->badge, sizeof out->badge);
	return s->class != &rules_panel || panel == c->current || *out->badge != '\0';
}

gboolean
console_has_tab(const struct console *c, guint panel)
{
	struct tab tab;

	return has_tab(c, panel, &tab);
}

static guint
tab_command(const struct console *c, guint panel)
{
	const struct panel_class *class = c->slots[panel].class;

	return class == &activity_panel ? (guint)ACT_ACTIVITY : class == &rules_panel ? (guint)ACT_RULES : ACT_PANEL_1 + panel;
}

static void
make_tab(const struct console *c, guint panel, struct tab *out)
{
	if (has_tab(c, panel, out))
		out->title = g_strdup_printf("%s %s", keymap_first_key(c->keymap, tab_command(c, panel)), c->slots[panel].class->title);
}

static int
tabs_width(const struct tab *tabs, int gap)
{
	int width = 1 - gap;

	for (guint i = 0; i < CONSOLE_PANELS; i++)
		if (tabs[i].title)
			width += text_width(tabs[i].title) + (*tabs[i].badge ? 1 + text_width(tabs[i].badge) : 0) + gap;
	return width;
}

/* Where there is no room for all, those that have nothing to tell are their key alone, the first ones first. Gives the gap between them. */
static int
fit_tabs(const struct console *c, struct tab *tabs, int room)
{
	for (guint i = 0; i < 2 * CONSOLE_PANELS && tabs_width(tabs, 1) > room; i++) {
		guint panel = i % CONSOLE_PANELS;
		if (tabs[panel].title && panel != c->current && (!*tabs[panel].badge || i >= CONSOLE_PANELS))
			tabs[panel].title[strcspn(tabs[panel].title, " ")] = '\0';
	}
	return tabs_width(tabs, 2) <= room ? 2 : 1;
}

static void
draw_tabs(const struct console *c, const struct canvas *screen)
{
	struct tab tabs[CONSOLE_PANELS];
	int x = 1, gap;

	for (guint i = 0; i < CONSOLE_PANELS; i++)
		make_tab(c, i, &tabs[i]);
	gap = fit_tabs(c, tabs, screen->width);
	for (guint i = 0; i < CONSOLE_PANELS; i++) {
		if (!tabs[i].title)
			continue;
		x += canvas_text(screen, 1, x, -1, i == c->current ? ROLE_ACCENT : ROLE_DIM, tabs[i].title);
		if (*tabs[i].badge)
			x += 1 + canvas_text(screen, 1, x + 1, -1, tabs[i].role, tabs[i].badge);
		x += gap;
		g_free(tabs[i].title);
	}
	canvas_rule(screen, 2, ROLE_FRAME);
}

static int
compare_footer(gconstpointer a, gconstpointer b)
{
	const struct command *x = *(const struct command *const *)a, *y = *(const struct command *const *)b;

	return (int)x->footer - (int)y->footer;
}

static int
draw_footer_key(struct console *c, const struct canvas *line, int x, guint command)
{
	int used = canvas_text(line, 0, x, -1, ROLE_ACCENT, keymap_first_key(c->keymap, command)) + 1;

	return used + canvas_text(line, 0, x + used, -1, ROLE_DIM, c->commands->all[command].title) + 2;
}

static int
footer_key_width(struct console *c, guint command)
{
	return text_width(keymap_first_key(c->keymap, command)) + 1 + text_width(c->commands->all[command].title) + 2;
}

/* Only what works here and now, most useful first; what does not fit is left to the help, which always has its place. */
static void
draw_footer_keys(struct console *c, const struct canvas *line)
{
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	int x = 1, room = line->width + 1 - footer_key_width(c, ACT_HELP);

	for (guint i = 0; i < c->commands->count; i++) {
		const struct command *command = &c->commands->all[i];
		if (i != ACT_HELP && command->footer > 0 && (command->scopes & console_scopes(c)) && *keymap_first_key(c->keymap, i) &&
		    console_can(c, i, NULL))
			g_ptr_array_add(shown, (gpointer)command);
	}
	g_ptr_array_sort(shown, compare_footer);
	for (guint i = 0; i < shown->len; i++) {
		guint command = (guint)((const struct command *)shown->pdata[i] - c->commands->all);
		if (x + footer_key_width(c, command) > room)
			break;
		x += draw_footer_key(c, line, x, command);
	}
	draw_footer_key(c, line, x, ACT_HELP);
}

/* The help has the keys while it is shown. */
static void
draw_help_keys(struct console *c, const struct canvas *line)
{
	static const enum action shown[] = { ACT_DOWN, ACT_UP, ACT_PAGE_DOWN, ACT_PAGE_UP, ACT_BACK };
	int x = 1;

	for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
		x += draw_footer_key(c, line, x, shown[i]);
}

/* What was done to a file and why it failed stand at the two ends: of what is too long the path in the middle gives way. */
static void
draw_notice(const struct console *c, const struct canvas *line)
{
	gsize size = strlen(c->notice) + 16;
	g_autofree char *text = g_malloc(size);

	text_cut_middle(c->notice, line->width - 2, text, size);
	canvas_text(line, 0, 1, -1, ROLE_WARN, text);
}

static void
draw_footer(struct console *c, const struct canvas *screen)
{
	int want = c->over.prompt ? prompt_height(c->over.prompt, screen->height / 2) : 1;
	struct canvas line = canvas_part(screen, screen->height - want, 0, want, -1);

	canvas_rule(screen, screen->height - 2, ROLE_FRAME);
	if (want > 1)
		canvas_fill(&line, 0, 0, want, line.width, ROLE_TEXT);
	if (c->over.prompt)
		prompt_draw(c->over.prompt, &line);
	else if (c->notice && c->world->now_us < c->notice_until_us)
		draw_notice(c, &line);
	else if (c->over.help)
		draw_help_keys(c, &line);
	else
		draw_footer_keys(c, &line);
}

/* In a prompt a q is a letter, and ^C cancels; so what is open has to be closed first. */
static void
draw_too_small(const struct console *c, const struct canvas *screen)
{
	const char *quit = keymap_first_key(c->keymap, *keymap_first_key(c->keymap, ACT_QUIT) ? ACT_QUIT : ACT_BACK);
	g_autofree char *text = g_strdup_printf("midwatch needs %dx%d cells; this terminal has %dx%d", LEAST_WIDTH, LEAST_HEIGHT, screen->width,
		screen->height);

	canvas_text(screen, 0, 0, -1, ROLE_WARN, text);
	canvas_printf(screen, 1, 0, ROLE_DIM, "make it larger, or %s%s quits", overlays_open(c) ? "Esc closes what is open, then " : "", quit);
}

struct canvas
console_body(const struct canvas *screen)
{
	return canvas_part(screen, 3, 0, screen->height - 5, -1);
}

void
console_draw(struct console *c)
{
	struct slot *s = &c->slots[c->current];
	struct canvas screen, body;

	c->world->now_us = g_get_monotonic_time();
	c->world->utc_us = g_get_real_time();
	screen_erase();
	screen = screen_canvas();
	if (screen.height < LEAST_HEIGHT || screen.width < LEAST_WIDTH) {
		draw_too_small(c, &screen);
	} else {
		body = console_body(&screen);
		draw_status(c, &screen);
		draw_tabs(c, &screen);
		s->class->draw(s->panel, &body);
		draw_footer(c, &screen);
		overlays_draw(c, &screen); /* last: a menu may be as high as the screen */
	}
	screen_show();
}
