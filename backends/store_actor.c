#include "backends/store_private.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model/sanitize.h"

#define ANCESTORS 16
#define WORD_MAX 64 /* bytes of a name or an address */

/* --- the person --- */

static char *
safe_word(const char *word)
{
	char *safe = sanitize_text(word, (gssize)strnlen(word, WORD_MAX));

	g_strstrip(safe);
	return safe;
}

/* A variable of another process; NULL when it has none or may not be looked at. */
static char *
variable_of(gint64 pid, const char *name)
{
	g_autofree char *path = g_strdup_printf("/proc/%" G_GINT64_FORMAT "/environ", pid);
	g_autofree char *all = NULL;
	gsize len = 0, name_len = strlen(name);

	if (!g_file_get_contents(path, &all, &len, NULL))
		return NULL;
	for (const char *at = all; at < all + len; at += strlen(at) + 1)
		if (strncmp(at, name, name_len) == 0 && at[name_len] == '=')
			return g_strdup(at + name_len + 1);
	return NULL;
}

/* The fields of /proc/PID/stat behind the name, which may hold anything: the state is the first. */
static char *
stat_fields(gint64 pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%" G_GINT64_FORMAT "/stat", pid);
	g_autofree char *text = NULL;
	const char *end;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !(end = strrchr(text, ')')) || end[1] != ' ')
		return NULL;
	return g_strdup(end + 2);
}

static gint64
parent_of(gint64 pid)
{
	g_autofree char *fields = stat_fields(pid);
	gint64 parent = 0;
	char state;

	return fields && sscanf(fields, "%c %" G_GINT64_FORMAT, &state, &parent) == 2 ? parent : 0;
}

/* The address that the ssh client came from. sudo takes the variable away, so that those who started us are asked as well. */
static char *
client_address(void)
{
	g_autofree char *connection = g_strdup(g_getenv("SSH_CONNECTION"));
	gint64 pid = getpid();

	for (guint i = 0; !connection && i < ANCESTORS && (pid = parent_of(pid)) > 1; i++)
		connection = variable_of(pid, "SSH_CONNECTION");
	if (!connection || !*connection)
		return NULL;
	connection[strcspn(connection, " ")] = '\0';
	return safe_word(connection);
}

/* Who logged in, when that is somebody else by now. */
static char *
login_name(void)
{
	g_autofree char *text = NULL;
	const struct passwd *user;
	guint64 uid;

	if (g_getenv("SUDO_USER") && *g_getenv("SUDO_USER"))
		return g_strconcat("sudo by ", g_getenv("SUDO_USER"), NULL);
	if (!g_file_get_contents("/proc/self/loginuid", &text, NULL, NULL))
		return NULL;
	uid = g_ascii_strtoull(text, NULL, 10);
	if (uid == G_MAXUINT32 || uid == getuid())
		return NULL;
	user = getpwuid((uid_t)uid);
	return user ? g_strconcat("login ", user->pw_name, NULL) : g_strdup_printf("login %" G_GUINT64_FORMAT, uid);
}

static gboolean drill; /* of the process, as all that tells who acts */

void
store_actor_drill(gboolean is)
{
	drill = is;
}

char *
store_actor(void)
{
	g_autofree char *user = safe_word(g_get_user_name()), *machine = safe_word(g_get_host_name());
	g_autofree char *login = login_name(), *safe_login = login ? safe_word(login) : NULL, *address = client_address();
	g_autoptr(GPtrArray) remarks = g_ptr_array_new();
	g_autofree char *from = address ? g_strconcat("from ", address, NULL) : NULL, *joined = NULL;

	if (safe_login)
		g_ptr_array_add(remarks, safe_login);
	if (from)
		g_ptr_array_add(remarks, from);
	/* A pane keeps the address of the client that was attached when it began. */
	if (from && g_getenv("TMUX"))
		g_ptr_array_add(remarks, (gpointer)"in tmux");
	if (drill)
		g_ptr_array_add(remarks, (gpointer)"DRILL");
	g_ptr_array_add(remarks, NULL);
	joined = g_strjoinv(", ", (char **)remarks->pdata);
	return *joined ? g_strdup_printf("%s@%s (%s)", user, machine, joined) : g_strdup_printf("%s@%s", user, machine);
}

/* --- the process --- */

#define PROCESS_FORMAT "boot %s ns %s pid %" G_GINT64_FORMAT " start %" G_GUINT64_FORMAT

static char *
boot_id(void)
{
	char *text = NULL;

	return g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL) ? g_strstrip(text) : g_strdup("unknown");
}

static char *
pid_namespace(void)
{
	char *name = g_file_read_link("/proc/self/ns/pid", NULL);

	return name ? name : g_strdup("unknown");
}

/* When it was started, in ticks since the boot; 0 when there is no such process, or only its remains. */
static guint64
start_of(gint64 pid)
{
	g_autofree char *fields = stat_fields(pid);
	guint64 start = 0;

	/* The state is the third field, the start the 22nd. */
	if (!fields || strchr("ZXx", fields[0]) ||
	    sscanf(fields, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" G_GUINT64_FORMAT, &start) != 1)
		return 0;
	return start;
}

static char *
make_process(void)
{
	g_autofree char *boot = boot_id(), *ns = pid_namespace();

	return g_strdup_printf(PROCESS_FORMAT, boot, ns, (gint64)getpid(), start_of(getpid()));
}

gboolean
store_process_gone(const char *process)
{
	g_autofree char *our_boot = boot_id(), *our_ns = pid_namespace();
	char boot[64], ns[64];
	guint64 start;
	gint64 pid;

	if (!process || sscanf(process, "boot %63s ns %63s pid %" G_GINT64_FORMAT " start %" G_GUINT64_FORMAT, boot, ns, &pid, &start) != 4)
		return TRUE;
	if (strcmp(boot, our_boot) != 0)
		return TRUE;
	return strcmp(ns, our_ns) == 0 && start_of(pid) != start;
}

/* --- as a store knows them --- */

const char *
store_acts_as(struct store *s)
{
	if (!s->actor)
		s->actor = store_actor();
	return s->actor;
}

const char *
store_process(struct store *s)
{
	if (!s->process)
		s->process = make_process();
	return s->process;
}
