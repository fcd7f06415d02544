#include "tui/keymap.h"

#include <string.h>

#include "tui/nearest.h"

#define KEYMAP_ERROR g_quark_from_static_string("midwatch-keymap")

#define SCOPE_BITS 32

struct key { int code; gboolean alt; };

struct binding {
	GArray *keys; /* of struct key */
	char *shown;  /* "j/Down" */
	char *first;  /* "j" */
};

struct keymap {
	const struct command *commands;
	struct binding *bindings;
	guint count;
	guint sharing[SCOPE_BITS]; /* how many commands have that bit */
};

static gboolean contains(const GArray *keys, int code, gboolean alt)
{
	for (guint i = 0; i < keys->len; i++) {
		const struct key *key = &g_array_index(keys, struct key, i);
		if (key->code == code && key->alt == alt)
			return TRUE;
	}
	return FALSE;
}

/* NULL with an error when one of them is no key. */
static GArray *parse_keys(const char *text, const char *id, GError **error)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(struct key));
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);

	for (char **word = words; *word; word++) {
		struct key key;
		if (**word == '\0')
			continue;
		if (!key_parse(*word, &key.code, &key.alt)) {
			g_autofree char *safe = g_strescape(*word, NULL);
			g_set_error(error, KEYMAP_ERROR, 0, "%s: '%s' is no key; keys are single characters, ^R, M-x, S-Tab, F1 to F12, Space, Tab, Enter, "
			            "Esc, Backspace, Delete, Insert, Home, End, PgUp, PgDn, Up, Down, Left, Right", id, safe);
			return NULL;
		}
		if (!contains(keys, key.code, key.alt))
			g_array_append_val(keys, key);
	}
	return g_steal_pointer(&keys);
}

static void set_keys(struct binding *b, GArray *keys)
{
	GString *shown = g_string_new(NULL);
	char name[32];

	g_clear_pointer(&b->keys, g_array_unref);
	g_free(b->shown);
	g_free(b->first);
	b->keys = keys;
	b->first = NULL;
	for (guint i = 0; i < keys->len; i++) {
		const struct key *key = &g_array_index(keys, struct key, i);
		key_format(key->code, key->alt, name, sizeof name);
		g_string_append_printf(shown, "%s%s", i ? "/" : "", name);
		if (i == 0)
			b->first = g_strdup(name);
	}
	if (!b->first)
		b->first = g_strdup("");
	b->shown = g_string_free(shown, FALSE);
}

struct keymap *keymap_new(const struct command *commands, guint count)
{
	struct keymap *m = g_new0(struct keymap, 1);

	m->commands = commands;
	m->count = count;
	m->bindings = g_new0(struct binding, count);
	for (guint i = 0; i < count; i++) {
		g_autoptr(GError) error = NULL;
		GArray *keys = parse_keys(commands[i].keys, commands[i].id, &error);
		if (!keys)
			g_error("the command table is wrong: %s", error->message);
		set_keys(&m->bindings[i], keys);
		for (guint bit = 0; bit < SCOPE_BITS; bit++)
			m->sharing[bit] += commands[i].scopes >> bit & 1;
	}
	return m;
}

void keymap_free(struct keymap *m)
{
	if (!m)
		return;
	for (guint i = 0; i < m->count; i++) {
		g_array_unref(m->bindings[i].keys);
		g_free(m->bindings[i].shown);
		g_free(m->bindings[i].first);
	}
	g_free(m->bindings);
	g_free(m);
}

int keymap_by_id(const struct keymap *m, const char *id)
{
	for (guint i = 0; i < m->count; i++)
		if (g_str_equal(m->commands[i].id, id))
			return (int)i;
	return -1;
}

static void fail_id(const struct keymap *m, const char *id, GError **error)
{
	g_autofree char *safe = g_strescape(id, NULL);
	const char *nearest = NULL;
	guint distance;

	for (guint i = 0; i < m->count; i++)
		nearest_offer(id, m->commands[i].id, &nearest, &distance);
	if (nearest)
		g_set_error(error, KEYMAP_ERROR, 0, "there is no command '%s'; did you mean '%s'?", safe, nearest);
	else
		g_set_error(error, KEYMAP_ERROR, 0, "there is no command '%s'; help (?) lists them", safe);
}

/* TRUE when no other command has one of the keys where the command has it. */
static gboolean check_clash(const struct keymap *m, guint command, const GArray *keys, GError **error)
{
	for (guint other = 0; other < m->count; other++) {
		if (other == command || !(m->commands[other].scopes & m->commands[command].scopes))
			continue;
		for (guint i = 0; i < keys->len; i++) {
			const struct key *key = &g_array_index(keys, struct key, i);
			char name[32];
			if (!contains(m->bindings[other].keys, key->code, key->alt))
				continue;
			key_format(key->code, key->alt, name, sizeof name);
			g_set_error(error, KEYMAP_ERROR, 0, "%s: the key %s belongs to %s in the same place; give that another key",
			            m->commands[command].id, name, m->commands[other].id);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean keymap_bind(struct keymap *m, const char *id, const char *keys, GError **error)
{
	int command = keymap_by_id(m, id);

	if (command < 0) {
		fail_id(m, id, error);
		return FALSE;
	}
	g_autoptr(GArray) parsed = parse_keys(keys, id, error);
	if (!parsed)
		return FALSE;
	set_keys(&m->bindings[command], g_steal_pointer(&parsed));
	return TRUE;
}

gboolean keymap_check_command(const struct keymap *m, const char *id, GError **error)
{
	int command = keymap_by_id(m, id);

	return command < 0 || check_clash(m, (guint)command, m->bindings[command].keys, error);
}

gboolean keymap_check(const struct keymap *m, GError **error)
{
	for (guint i = 0; i < m->count; i++)
		if (!check_clash(m, i, m->bindings[i].keys, error))
			return FALSE;
	return TRUE;
}

/* How general the place is in which the command has its keys: commands that share the narrowest bit; bit 0 is the most general. */
static guint generality(const struct keymap *m, guint common)
{
	guint least = G_MAXUINT;

	for (guint bit = 1; bit < SCOPE_BITS; bit++)
		if (common >> bit & 1)
			least = MIN(least, m->sharing[bit]);
	return least;
}

int keymap_find(const struct keymap *m, const struct key_event *key, guint scopes)
{
	guint best_generality = 0;
	int best = -1;

	if (key->mouse || key->pasted)
		return -1;
	for (guint i = 0; i < m->count; i++) {
		guint common = m->commands[i].scopes & scopes;
		if (common == 0 || !contains(m->bindings[i].keys, key->code, key->alt))
			continue;
		guint g = generality(m, common);
		if (best < 0 || g < best_generality) {
			best = (int)i;
			best_generality = g;
		}
	}
	return best;
}

const char *keymap_keys(const struct keymap *m, guint command)
{
	return m->bindings[command].shown;
}

const char *keymap_first_key(const struct keymap *m, guint command)
{
	return m->bindings[command].first;
}

const struct command *keymap_command(const struct keymap *m, guint command)
{
	return &m->commands[command];
}

guint keymap_count(const struct keymap *m)
{
	return m->count;
}
