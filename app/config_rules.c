#include "app/config_rules.h"

#include <string.h>

#include "app/commands.h"
#include "app/config_rules_actions.h"
#include "app/config_rules_fleet.h"
#include "app/config_rules_product.h"
#include "backends/ollama.h"
#include "model/log_view.h"
#include "model/sanitize.h"
#include "model/score.h"
#include "tui/keymap.h"
#include "tui/theme.h"

static void
check_log(struct config_findings *f, const struct config_log *log, const char *path)
{
	int given = (log->container != NULL) + (log->unit != NULL) + (log->file != NULL) + (log->journal && *log->journal);

	if (given != 1)
		config_findings_add(f, path, "needs exactly one of container, unit, file and journal: true");
	if (log->file && log->file[0] != '/')
		config_findings_add(f, path, "file must be an absolute path, not \"%s\"", log->file);
}

/* A user's name as crontab(1) takes it: anything else could be read as an option. */
static gboolean
is_user_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '_' && *c != '.' && !(*c == '-' && c > name) && !(*c == '$' && !c[1]))
			return FALSE;
	return *name != '\0';
}

static void
check_cron(struct config_findings *f, const struct config_cron *c, const char *path)
{
	g_autofree char *log = g_strconcat(path, ".cleanup_log", NULL), *refresh = g_strconcat(path, ".refresh", NULL);

	if (c->cleanup_log && c->cleanup_log[0] != '/')
		config_findings_add(f, log, "must be an absolute path, not \"%s\"", c->cleanup_log);
	if (c->refresh && *c->refresh < 10)
		config_findings_add(f, refresh, "must be 10 seconds or more");
	for (unsigned i = 0; i < c->users_count; i++) {
		g_autofree char *at = g_strdup_printf("%s.users[%u]", path, i);
		if (!is_user_name(c->users[i]))
			config_findings_add(f, at, "\"%s\" is no name of a user", c->users[i]);
	}
	for (unsigned i = 0; i < c->growing_logs_count; i++) {
		g_autofree char *at = g_strdup_printf("%s.growing_logs[%u]", path, i);
		if (c->growing_logs[i][0] != '/')
			config_findings_add(f, at, "must be an absolute path, not \"%s\"", c->growing_logs[i]);
	}
}

static void
check_ollama(struct config_findings *f, const struct config_ollama *o, const char *host)
{
	g_autofree char *path = g_strconcat(host, ".ollama", NULL), *port = g_strconcat(path, ".port", NULL);
	g_autofree char *refresh = g_strconcat(path, ".refresh", NULL), *keep = g_strconcat(path, ".keep_alive", NULL);
	g_autofree char *name = g_strconcat(path, ".host", NULL);

	if (o->host && (!*o->host || strspn(o->host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-") != strlen(o->host)))
		config_findings_add(f, name, "must be a host name or an address, without brackets, port and path");
	if (o->port && (*o->port < 1 || *o->port > 65535))
		config_findings_add(f, port, "must be between 1 and 65535");
	if (o->refresh && (*o->refresh < 1 || *o->refresh > 86400))
		config_findings_add(f, refresh, "must be between 1 second and 86400");
	if (o->keep_alive && ollama_keep_alive_seconds(o->keep_alive) <= 0)
		config_findings_add(f, keep, "must be a time such as 10m, 1h30m or 300 (seconds), or -1 for ever");
}

static void
check_host(struct config_findings *f, const struct config_host *h, const char *path)
{
	static const char *const transports[] = { "auto", "libssh2", "ssh", NULL };
	g_autofree char *transport = g_strconcat(path, ".transport", NULL), *ssh = g_strconcat(path, ".ssh", NULL);
	g_autofree char *refresh = g_strconcat(path, ".refresh", NULL), *stop_timeout = g_strconcat(path, ".docker.stop_timeout", NULL);
	g_autofree char *name = g_strconcat(path, ".name", NULL), *safe = sanitize_text(h->name, -1);

	if (strcmp(safe, h->name) != 0)
		config_findings_add(f, name, "has characters that cannot be shown as they are: control characters, or such that turn the direction of text");
	config_findings_word(f, transport, h->transport, transports);
	if (h->local && *h->local && h->ssh)
		config_findings_add(f, ssh, "a local host is not reached by ssh: leave one of the two out");
	/* A name that begins with a dash would be read as an option by ssh. */
	if (h->ssh ? h->ssh[0] == '-' : h->name[0] == '-')
		config_findings_add(f, h->ssh ? ssh : path, "a host name must not begin with \"-\"");
	if (h->docker && h->docker->stop_timeout && *h->docker->stop_timeout > 3600)
		config_findings_add(f, stop_timeout, "must be at most 3600: no restart waits longer");
	if (h->refresh && *h->refresh == 0)
		config_findings_add(f, refresh, "must be 1 second or more");
	if (h->cron) {
		g_autofree char *at = g_strconcat(path, ".cron", NULL);
		check_cron(f, h->cron, at);
	}
	if (h->ollama)
		check_ollama(f, h->ollama, path);
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

/* Clashes are looked for when all keys are bound: two commands may have swapped theirs. */
static void
check_clashes(struct config_findings *f, const struct config *c, const struct commands *commands, struct keymap *map)
{
	for (unsigned i = c->actions_count + c->keys_count; i-- > 0;) { /* of two, the later is at fault */
		gboolean own = i < c->actions_count;
		unsigned n = own ? i : i - c->actions_count;
		g_autoptr(GError) error = NULL;
		g_autofree char *path = g_strdup_printf(own ? "actions[%u].keys" : "keys[%u]", n);
		const char *id = own ? commands->all[ACT_COUNT + n].id : c->keys[n].command;
		if (keymap_check_command(map, id, &error))
			continue;
		config_findings_add(f, path, "%s", error->message);
		keymap_bind(map, id, "", NULL); /* said once, not for the other of the two as well */
	}
}

static void
check_keys(struct config_findings *f, const struct config *c)
{
	struct commands *commands = commands_new(c);
	struct keymap *map = keymap_new(commands->all, commands->count);

	for (unsigned i = 0; i < c->actions_count; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = g_strdup_printf("actions[%u].keys", i);
		if (!commands_bind(commands, map, i, &error))
			config_findings_add(f, path, "%s", error->message);
	}
	for (unsigned i = 0; i < c->keys_count; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = g_strdup_printf("keys[%u]", i);
		if (!keymap_bind(map, c->keys[i].command, c->keys[i].keys, &error))
			config_findings_add(f, path, "%s", error->message);
	}
	check_clashes(f, c, commands, map);
	keymap_free(map);
	commands_free(commands);
}

static void
check_score(struct config_findings *f, const struct config_score *s)
{
	double warn = s->steal_warn ? *s->steal_warn : score_default_thresholds.steal_warn;
	double crit = s->steal_crit ? *s->steal_crit : score_default_thresholds.steal_crit;

	if (warn >= crit && s->steal_crit)
		config_findings_add(f, "score.steal_crit", "must be greater than steal_warn, which is %g", warn);
	else if (warn >= crit)
		config_findings_add(f, "score.steal_warn", "must be less than steal_crit, which is %g", crit);
	if (s->disk_warn && (*s->disk_warn < 1 || *s->disk_warn > 100))
		config_findings_add(f, "score.disk_warn", "is a percentage: 1 to 100");
}

void
config_rules_check(const struct config *c, struct config_findings *f)
{
	static const char *const panels[] = { "score", "containers", "cron", "models", "gateways", "logs", "checklist", "rules", NULL };
	struct theme theme;
	g_autoptr(GError) error = NULL;

	check_hosts(f, c);
	config_rules_check_fleet(c, f);
	if (c->logs)
		check_logs(f, c->logs);
	if (c->score)
		check_score(f, c->score);
	config_rules_check_actions(c, f);
	config_rules_check_product(c, f);
	config_rules_check_notify(c, f);
	check_keys(f, c);
	config_findings_word(f, "start_panel", c->start_panel, panels);
	if (c->theme && !theme_load(c->theme, &theme, &error))
		config_findings_add(f, "theme", "%s", error->message);
}
