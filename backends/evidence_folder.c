#include "backends/evidence_folder.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "backends/evidence.h"
#include "backends/state_dir.h"
#include "model/sanitize.h"

struct piece {
	char *name;
	int fd;
	GChecksum *sum; /* running; closed when its string is taken */
	guint64 bytes, missing;
};

struct evidence_folder {
	char *part, *final;        /* paths */
	char *host, *name, *id, *taken_at;
	GPtrArray *pieces;         /* of struct piece, owned */
	GPtrArray *remarks;        /* of char *, owned */
	gboolean finished;
};

static void
piece_free(gpointer data)
{
	struct piece *p = data;

	if (p->fd >= 0)
		close(p->fd);
	g_checksum_free(p->sum);
	g_free(p->name);
	g_free(p);
}

/* A word for a file name: what could mean something to a shell, a path or a terminal becomes a dash. */
static char *
file_word(const char *text)
{
	g_autofree char *word = g_strndup(text, 60);

	for (char *at = word; *at; at++)
		if (!g_ascii_isalnum(*at) && !strchr("._-", *at))
			*at = '-';
	return g_strdup(*word == '\0' || *word == '.' ? "unnamed" : word);
}

static gboolean
fail(GError **error, const char *what, const char *path)
{
	int code = errno;

	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s %s: %s", what, path, g_strerror(code));
	return FALSE;
}

struct evidence_folder *
evidence_folder_new(const char *host, const char *name, const char *id, GError **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%S"), *one = file_word(host), *two = file_word(name);
	g_autofree char *above = state_dir_path("snapshots");
	/* Two of one second are told apart by the fraction. */
	g_autofree char *leaf = g_strdup_printf("%s.%06dZ-%s-%s", time, g_date_time_get_microsecond(now), one, two);
	g_autofree char *part = g_strdup_printf("%s/%s.part", above, leaf);
	struct evidence_folder *f;

	if (!state_dir_make(above, error))
		return NULL;
	if (g_mkdir(part, 0700) != 0) {
		fail(error, "cannot make", part);
		return NULL;
	}
	f = g_new0(struct evidence_folder, 1);
	f->final = g_build_filename(above, leaf, NULL);
	f->part = g_steal_pointer(&part);
	f->host = sanitize_text(host, -1);
	f->name = sanitize_text(name, -1);
	f->id = id ? sanitize_text(id, -1) : NULL;
	f->taken_at = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
	f->pieces = g_ptr_array_new_with_free_func(piece_free);
	f->remarks = g_ptr_array_new_with_free_func(g_free);
	return f;
}

static void
remove_part(const struct evidence_folder *f)
{
	GDir *dir = g_dir_open(f->part, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(f->part, name, NULL);
		g_unlink(path);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(f->part);
}

void
evidence_folder_free(struct evidence_folder *f)
{
	if (!f)
		return;
	if (!f->finished)
		remove_part(f);
	g_ptr_array_unref(f->pieces);
	g_ptr_array_unref(f->remarks);
	g_free(f->part);
	g_free(f->final);
	g_free(f->host);
	g_free(f->name);
	g_free(f->id);
	g_free(f->taken_at);
	g_free(f);
}

gboolean
evidence_folder_file(struct evidence_folder *f, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(f->part, name, NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct piece *p;

	if (fd < 0)
		return fail(error, "cannot make", path);
	for (guint i = 0; i < f->pieces->len; i++)
		if (strcmp(((struct piece *)f->pieces->pdata[i])->name, name) == 0) {
			g_ptr_array_remove_index(f->pieces, i);
			break;
		}
	p = g_new0(struct piece, 1);
	p->name = g_strdup(name);
	p->fd = fd;
	p->sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_ptr_array_add(f->pieces, p);
	return TRUE;
}

gboolean
evidence_folder_write(struct evidence_folder *f, const char *bytes, gsize len, GError **error)
{
	struct piece *p = f->pieces->pdata[f->pieces->len - 1];
	gsize fits = (gsize)MIN((guint64)len, EVIDENCE_FILE_MAX - p->bytes);

	p->missing += len - fits;
	p->bytes += fits;
	g_checksum_update(p->sum, (const guchar *)bytes, (gssize)fits);
	while (fits > 0) {
		ssize_t n = write(p->fd, bytes, fits);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(error, "cannot write", p->name);
		bytes += n;
		fits -= (gsize)n;
	}
	return TRUE;
}

void
evidence_folder_remark(struct evidence_folder *f, const char *remark)
{
	g_ptr_array_add(f->remarks, sanitize_text(remark, -1));
}

static char *
manifest_text(const struct evidence_folder *f)
{
	cJSON *top = cJSON_CreateObject(), *files = cJSON_AddArrayToObject(top, "files"), *remarks = cJSON_AddArrayToObject(top, "remarks");
	char *printed, *text;

	cJSON_AddNumberToObject(top, "schema", 1);
	cJSON_AddStringToObject(top, "host", f->host);
	cJSON_AddStringToObject(top, "target", f->name);
	if (f->id)
		cJSON_AddStringToObject(top, "id", f->id);
	cJSON_AddStringToObject(top, "taken_at", f->taken_at);
	for (guint i = 0; i < f->pieces->len; i++) {
		const struct piece *p = f->pieces->pdata[i];
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "name", p->name);
		cJSON_AddNumberToObject(one, "bytes", (double)p->bytes);
		cJSON_AddNumberToObject(one, "bytes_not_kept", (double)p->missing);
		cJSON_AddStringToObject(one, "sha256", g_checksum_get_string(p->sum));
		cJSON_AddItemToArray(files, one);
	}
	for (guint i = 0; i < f->remarks->len; i++)
		cJSON_AddItemToArray(remarks, cJSON_CreateString(f->remarks->pdata[i]));
	printed = cJSON_Print(top);
	text = g_strconcat(printed, "\n", NULL);
	cJSON_free(printed);
	cJSON_Delete(top);
	return text;
}

static gboolean
write_whole(struct evidence_folder *f, const char *name, const char *text, GError **error)
{
	return evidence_folder_file(f, name, error) && evidence_folder_write(f, text, strlen(text), error);
}

static char *
sums_text(const struct evidence_folder *f)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < f->pieces->len; i++) {
		const struct piece *p = f->pieces->pdata[i];
		g_string_append_printf(text, "%s  %s\n", g_checksum_get_string(p->sum), p->name);
	}
	return g_string_free(text, FALSE);
}

static gboolean
sync_folder(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		fail(error, "cannot bring to the disk", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

static gboolean
sync_pieces(const struct evidence_folder *f, GError **error)
{
	for (guint i = 0; i < f->pieces->len; i++) {
		const struct piece *p = f->pieces->pdata[i];
		if (fsync(p->fd) != 0)
			return fail(error, "cannot bring to the disk", p->name);
	}
	return sync_folder(f->part, error);
}

char *
evidence_folder_finish(struct evidence_folder *f, char **sha256, GError **error)
{
	g_autofree char *manifest = manifest_text(f), *sums = NULL, *above = g_path_get_dirname(f->final);

	if (!write_whole(f, "manifest.json", manifest, error))
		return NULL;
	*sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, manifest, -1);
	sums = sums_text(f);
	if (!write_whole(f, "SHA256SUMS", sums, error) || !sync_pieces(f, error))
		return NULL;
	if (g_rename(f->part, f->final) != 0) {
		fail(error, "cannot name", f->final);
		return NULL;
	}
	f->finished = TRUE;
	return sync_folder(above, error) ? g_strdup(f->final) : NULL;
}
