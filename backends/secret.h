/* A short secret (a passphrase) in memory that is locked, kept out of core dumps, and wiped when freed. */
#ifndef MW_BACKENDS_SECRET_H
#define MW_BACKENDS_SECRET_H

struct secret;

/* Copies the text; the caller wipes its own copy. Where the system refuses to lock memory it is still kept out of dumps and wiped. */
struct secret *secret_new(const char *text);
const char *secret_text(const struct secret *s); /* borrowed; NULL for NULL */
void secret_free(struct secret *s);
/* Wipes and frees a copy that was made of one, for a header or a URL; NULL is ignored. */
void secret_wipe(char *copy);

#endif
