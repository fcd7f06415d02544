/* The output of the file follower (follow_file_script.c): a token line, then the files' raw bytes with records between them. A record is
 * RS (0x1e), the token, a space, a letter and its words, and a line feed. The token is random and made over there, so that no line of a
 * file can be taken for a record.
 *   O inode offset [P]    what follows is of the followed file, from that offset; P: it begins within a line
 *   W inode offset        what follows is of the file that it replaced, or that was followed before
 *   F inode length head   the first bytes of the followed file, in hexadecimal; at most 128
 *   T                     the followed file was truncated
 *   X inode               that replaced file is not looked at any more
 *   L                     what was written before a rotation cannot be found any more
 *   E why                 the path cannot be read: missing, denied, closed, directory, special, proc
 *   H                     nothing new */
#ifndef MW_BACKENDS_FILE_SEGMENTS_H
#define MW_BACKENDS_FILE_SEGMENTS_H

#include <glib.h>

struct file_segments_events {
	void (*text)(void *user, const char *bytes, gsize len);
	void (*record)(void *user, char letter, const char *words); /* words: NUL-terminated, without the letter; may be empty */
};

struct file_segments {
	struct file_segments_events events;
	void *user;
	gboolean begun;   /* the token is known */
	char mark[34];    /* RS and the token */
	GString *held;    /* before: the first line; then: bytes that may be a record */
};

void file_segments_init(struct file_segments *s, const struct file_segments_events *e, void *user);
void file_segments_clear(struct file_segments *s);
/* Another follower begins. Bytes held back are dropped: they were not counted, and come again. */
void file_segments_reset(struct file_segments *s);
/* Any split of the input gives the same text and records. */
void file_segments_feed(struct file_segments *s, const char *bytes, gsize len);

#endif
