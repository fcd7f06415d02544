#include "backends/child_forward.h"

#include <string.h>

#include "backends/runtime_dir.h"
#include "backends/ssh_words.h"

enum forward_state { FORWARD_NONE, FORWARD_ASKED, FORWARD_READY };

struct forward {
	struct child_forwards *owner;
	char *target, *path;
	enum forward_state state;
	GString *words;
};

struct child_forwards {
	const struct child_args *args;
	char **environment;
	struct fd_channels *helpers, *channels;
	GHashTable *by_target; /* target -> struct forward */
};

static void
forward_free(gpointer data)
{
	struct forward *f = data;

	g_free(f->target);
	g_free(f->path);
	g_string_free(f->words, TRUE);
	g_free(f);
}

struct child_forwards *
child_forwards_new(const struct child_args *args, char **environment, struct fd_channels *helpers, struct fd_channels *channels)
{
	struct child_forwards *f = g_new0(struct child_forwards, 1);

	*f = (struct child_forwards){ args, environment, helpers, channels, NULL };
	f->by_target = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, forward_free);
	return f;
}

void
child_forwards_free(struct child_forwards *f)
{
	if (!f)
		return;
	g_hash_table_unref(f->by_target);
	g_free(f);
}

static void
on_output(void *user, const char *bytes, gsize len)
{
}

static void
on_words(void *user, const char *bytes, gsize len)
{
	struct forward *f = user;

	if (f->words->len < 4096)
		g_string_append_len(f->words, bytes, (gssize)len);
}

static void
on_asked(void *user, int exit_code, const GError *error)
{
	struct forward *f = user;
	g_autofree char *words = ssh_words_last(f->words->str);
	g_autofree char *reason = g_strdup_printf("ssh refused the forwarding: %s", words ? words : error ? error->message : "no reason given");

	f->state = exit_code == 0 ? FORWARD_READY : FORWARD_NONE;
	g_string_truncate(f->words, 0);
	if (f->state == FORWARD_READY)
		fd_channels_connect_waiting(f->owner->channels, f, f->path);
	else
		fd_channels_refuse_waiting(f->owner->channels, f, reason);
}

static void
ask(struct forward *f)
{
	static const struct channel_events events = { .data = on_output, .errors = on_words, .closed = on_asked };
	g_auto(GStrv) argv = child_args_forward(f->owner->args, f->path, f->target);

	f->state = FORWARD_ASKED;
	fd_channel_spawn(f->owner->helpers, (const char *const *)argv, f->owner->environment, &events, f);
}

static struct forward *
forward_for(struct child_forwards *owner, const char *target)
{
	static guint count; /* only makes file names unique in this process's directory */
	struct forward *f = g_hash_table_lookup(owner->by_target, target);
	g_autofree char *name = NULL;

	if (f)
		return f;
	name = g_strdup_printf("f%u.sock", ++count);
	f = g_new0(struct forward, 1);
	f->owner = owner;
	f->target = g_strdup(target);
	f->path = runtime_dir_path(name, NULL); /* the master's own socket is there, so the directory exists */
	f->words = g_string_new(NULL);
	g_hash_table_insert(owner->by_target, f->target, f);
	return f;
}

struct channel *
child_forwards_open(struct child_forwards *owner, const char *target, const struct channel_events *e, void *user)
{
	struct forward *f;

	/* ssh separates its words by colons and knows no way to quote one. */
	if (*target == '/' && strpbrk(target, ":\\\" \t\n"))
		return fd_channel_refuse(owner->channels, "ssh cannot forward a socket whose path has a colon, blank or quote in it", e, user);
	f = forward_for(owner, target);
	if (f->state == FORWARD_READY)
		return fd_channel_connect_unix(owner->channels, f->path, e, user);
	if (f->state == FORWARD_NONE)
		ask(f);
	return fd_channel_wait(owner->channels, f, e, user);
}
