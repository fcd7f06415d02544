#include "backends/secret.h"

#include <glib.h>
#include <string.h>
#include <sys/mman.h>

struct secret {
	gsize size;
	char *text;
};

struct secret *
secret_new(const char *text)
{
	gsize size = strlen(text) + 1;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct secret *s;

	if (memory == MAP_FAILED)
		g_error("no memory for a passphrase");
	mlock(memory, size);
	madvise(memory, size, MADV_DONTDUMP);
	memcpy(memory, text, size);
	s = g_new0(struct secret, 1);
	s->size = size;
	s->text = memory;
	return s;
}

const char *
secret_text(const struct secret *s)
{
	return s ? s->text : NULL;
}

void
secret_free(struct secret *s)
{
	if (!s)
		return;
	explicit_bzero(s->text, s->size);
	munmap(s->text, s->size);
	g_free(s);
}

void
secret_wipe(char *copy)
{
	if (copy)
		explicit_bzero(copy, strlen(copy));
	g_free(copy);
}
