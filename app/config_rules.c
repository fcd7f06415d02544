#include "app/config_rules.h"

#include <string.h>

#include "model/log_view.h"
#include "panels/actions.h"
#include "tui/keymap.h"
#include "tui/theme.h"

static void
check_word(struct config_findings *f, const char *path, const char *word, const char *const *valid, guint count)
{
	g_autofree char *list = NULL;

	for (guint i = 0; i < count; i++)
		if (!word || strcmp(word, valid[i]) == 0)
			return;
	list = g_strjoinv(", ", (char **)valid);
	config_findings_add(f, path, "\"%s\" is none of: %s", word, list);
}

static void
check_log(struct config_findings *f, const struct config_log *log, const char *path)
{
	int given = (log->container != NULL) + (log->unit != NULL) + (log->file != NULL) + (log->journal && *log->journal);

	if (given != 1)
		config_findings_add(f, path, "needs exactly one of container, unit, file and journal: true");
	if (log->file && log->file[0] != '/')
		config_findings_add(f, path, "file must be an absolute path, not \"%s\"", log->file);
}

static void
check_host(struct config_findings *f, const struct config_host *h, const char *path)
{
	static const char *const transports[] = { "auto", "libssh2", "ssh", NULL };
	g_autofree char *transport = g_strconcat(path, ".transport", NULL), *ssh = g_strconcat(path, ".ssh", NULL);
	g_autofree char *refresh = g_strconcat(path, ".refresh", NULL);

	check_word(f, transport, h->transport, transports, 3);
	if (h->local && *h->local && h->ssh)
		config_findings_add(f, ssh, "a local host is not reached by ssh: leave one of the two out");
	/* A name that begins with a dash would be read as an option by ssh. */
	if (h->ssh ? h->ssh[0] == '-' : h->name[0] == '-')
		config_findings_add(f, path, "a host name must not begin with \"-\"");
	if (h->refresh && *h->refresh == 0)
		config_findings_add(f, refresh, "must be 1 second or more");
	for (unsigned i = 0; i < h->logs_count; i++) {
		g_autofree char *at = g_strdup_printf("%s.logs[%u]", path, i);
		check_log(f, &h->logs[i], at);
	}
}

static void
check_hosts(struct config_findings *f, const struct config *c)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < c->hosts_count; i++) {
		g_autofree char *path = g_strdup_printf("hosts[%u]", i), *name = g_strconcat(path, ".name", NULL);
		if (!g_hash_table_add(seen, c->hosts[i].name))
			config_findings_add(f, name, "another host is called \"%s\" already", c->hosts[i].name);
		check_host(f, &c->hosts[i], path);
	}
}

static void
check_patterns(struct config_findings *f, struct log_view *view, char **patterns, unsigned count, const char *path, gboolean in)
{
	for (unsigned i = 0; i < count; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *at = g_strdup_printf("%s[%u]", path, i);
		if (!log_view_filter(view, patterns[i], in, &error))
			config_findings_add(f, at, "%s", error->message);
	}
}

static void
check_logs(struct config_findings *f, const struct config_logs *l)
{
	struct log_store *store = log_store_new(1 << 20);
	struct log_view *view = log_view_new(store);

	if (l->memory_mb && (*l->memory_mb < 1 || *l->memory_mb > 16384))
		config_findings_add(f, "logs.memory_mb", "must be between 1 and 16384");
	check_patterns(f, view, l->filter_in, l->filter_in_count, "logs.filter_in", TRUE);
	check_patterns(f, view, l->filter_out, l->filter_out_count, "logs.filter_out", FALSE);
	log_view_free(view);
	log_store_free(store);
}

static void
check_keys(struct config_findings *f, const struct config *c)
{
	struct keymap *map = keymap_new(actions, ACT_COUNT);

	for (unsigned i = 0; i < c->keys_count; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = g_strdup_printf("keys[%u]", i);
		if (!keymap_bind(map, c->keys[i].command, c->keys[i].keys, &error))
			config_findings_add(f, path, "%s", error->message);
	}
	keymap_free(map);
}

static void
check_score(struct config_findings *f, const struct config_score *s)
{
	if (s->steal_warn && s->steal_crit && *s->steal_warn >= *s->steal_crit)
		config_findings_add(f, "score.steal_crit", "must be greater than steal_warn");
	if (s->disk_warn && (*s->disk_warn < 1 || *s->disk_warn > 100))
		config_findings_add(f, "score.disk_warn", "is a percentage: 1 to 100");
}

void
config_rules_check(const struct config *c, struct config_findings *f)
{
	static const char *const panels[] = { "score", "containers", "logs", NULL };
	struct theme theme;
	g_autoptr(GError) error = NULL;

	check_hosts(f, c);
	if (c->logs)
		check_logs(f, c->logs);
	if (c->score)
		check_score(f, c->score);
	check_keys(f, c);
	check_word(f, "start_panel", c->start_panel, panels, 3);
	if (c->theme && !theme_load(c->theme, &theme, &error))
		config_findings_add(f, "theme", "%s", error->message);
}
