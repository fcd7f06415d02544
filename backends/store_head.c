#include "backends/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOT 512
#define SLOTS 2
#define CHECK_DIGITS 16
#define LOCK_TRIES 100
#define LOCK_WAIT_US 1000
#define SYNC_EVERY_US G_USEC_PER_SEC

/* "midwatch audit head 1: count N hash HASH check 16 DIGITS\n", blanks to the end of the slot. */
static void
format_slot(const struct store_head *head, char slot[SLOT + 1])
{
	g_autofree char *text = g_strdup_printf("midwatch audit head 1: count %" G_GINT64_FORMAT " hash %s", head->count, head->hash);
	g_autofree char *check = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	g_snprintf(slot, SLOT + 1, "%s check %.*s%*s", text, CHECK_DIGITS, check, SLOT, "");
	slot[SLOT - 1] = '\n';
	slot[SLOT] = '\0';
}

static gboolean
parse_slot(const char *bytes, struct store_head *head)
{
	char slot[SLOT + 1], again[SLOT + 1];

	memcpy(slot, bytes, SLOT);
	slot[SLOT] = '\0';
	if (sscanf(slot, "midwatch audit head 1: count %" G_GINT64_FORMAT " hash %64[0-9a-f]", &head->count, head->hash) != 2 || head->count < 0)
		return FALSE;
	format_slot(head, again);
	return memcmp(slot, again, SLOT) == 0;
}

/* The slot that is further on; -1 when none is whole. */
static int
read_slots(int fd, struct store_head *head)
{
	char bytes[SLOT * SLOTS] = "";
	int best = -1;

	if (pread(fd, bytes, sizeof bytes, 0) < SLOT)
		return -1;
	for (int i = 0; i < SLOTS; i++) {
		struct store_head h;
		if (parse_slot(bytes + i * SLOT, &h) && (best < 0 || h.count > head->count)) {
			*head = h;
			best = i;
		}
	}
	return best;
}

static gboolean
write_slot(int fd, int slot, const struct store_head *head)
{
	char bytes[SLOT + 1];

	format_slot(head, bytes);
	return pwrite(fd, bytes, SLOT, (off_t)slot * SLOT) == SLOT;
}

/* Among many rows in a row one sync a second does: after a power cut the head lags, and the next start moves it on. */
static void
sync_now_and_then(struct store *s, int fd)
{
	gint64 now = g_get_monotonic_time();

	if (s->head_synced_us > 0 && now - s->head_synced_us < SYNC_EVERY_US)
		return;
	fdatasync(fd);
	s->head_synced_us = now;
}

/* Other midwatches hold it for the time of one write; one that does not come free leaves the head behind, which is allowed. */
static gboolean
lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return TRUE;
		g_usleep(LOCK_WAIT_US);
	}
	return FALSE;
}

gboolean
store_head_make(struct store *s, GError **error)
{
	const struct store_head none = { .count = 0, .hash = AUDIT_HASH_NONE };
	int fd = open(s->head_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), why = errno;
	gboolean ok;

	if (fd < 0 && why == EEXIST)
		return TRUE;
	/* Both slots, so that no later write needs more room. */
	ok = fd >= 0 && fchmod(fd, 0600) == 0 && write_slot(fd, 1, &none) && write_slot(fd, 0, &none) && fdatasync(fd) == 0;
	why = errno;
	if (fd >= 0)
		close(fd);
	if (ok)
		return TRUE;
	if (fd >= 0)
		unlink(s->head_path);
	store_refused_errno(s->head_path, "made", why, error);
	return FALSE;
}

gboolean
store_head_read(const struct store *s, struct store_head *head, char **problem)
{
	int fd = open(s->head_path, O_RDONLY | O_CLOEXEC), why = errno, slot;

	if (fd < 0) {
		*problem = why == ENOENT ? g_strdup_printf("%s, which tells how far the log had come, is missing: it was removed, or not copied along", s->head_path)
		                         : g_strdup_printf("%s cannot be read: %s", s->head_path, g_strerror(why));
		return FALSE;
	}
	slot = read_slots(fd, head);
	close(fd);
	if (slot < 0)
		*problem = g_strdup_printf("%s, which tells how far the log had come, was changed", s->head_path);
	return slot >= 0;
}

/* The row that the head names is in the log, and the same. */
static gboolean
agrees(struct store *s, const struct store_head *head)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT 1 FROM audit WHERE seq = ? AND hash = ?", "read", NULL);
	gboolean found;

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, head->count);
	sqlite3_bind_text(q, 2, head->hash, -1, SQLITE_STATIC);
	found = sqlite3_step(q) == SQLITE_ROW;
	sqlite3_finalize(q);
	return found || head->count == 0;
}

void
store_head_advance(struct store *s)
{
	int fd = open(s->head_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW), slot;
	struct store_head head, now;

	if (fd < 0)
		return;
	if (lock(fd) && (slot = read_slots(fd, &head)) >= 0 && agrees(s, &head)) {
		now.count = store_audit_last(s, now.hash);
		if (now.count > head.count && write_slot(fd, 1 - slot, &now))
			sync_now_and_then(s, fd);
	}
	close(fd);
}
