/* What the replies of all services have in common. */
#include <string.h>

#include "backends/notify_private.h"
#include "backends/notify_text.h"

#define WORDS_MAX 300
#define PART_LEAST 6 /* characters of a secret's part that is cut out of words */

void
notify_reply_clear(struct notify_reply *r)
{
	g_free(r->words);
	g_free(r->chat);
	*r = (struct notify_reply){ 0 };
}

void
notify_judge_status(const struct http_reply *r, const char *title, struct notify_reply *out)
{
	out->verdict = NOTIFY_AGAIN;
	if (r->status < 300)
		out->words = g_strdup_printf("what answers (HTTP status %ld) is not %s: a proxy or a log-in page stands before it", r->status, title);
	else if (r->status < 400)
		out->words = g_strdup_printf("%s sends elsewhere (HTTP status %ld), which is not followed with a secret", title, r->status);
	else if (r->status == 429)
		out->words = g_strdup_printf("%s asks for a pause (HTTP status 429)", title);
	else if (r->status == 408 || r->status >= 500)
		out->words = g_strdup_printf("%s, or a proxy before it, has a fault of its own (HTTP status %ld)", title, r->status);
	else {
		out->verdict = NOTIFY_REFUSED;
		out->words = g_strdup_printf("%s refuses the message (HTTP status %ld)", title, r->status);
	}
}

/* --- words without the secret --- */

static char *
cut_out(char *words /* taken */, const char *part)
{
	g_auto(GStrv) pieces = g_strsplit(words, part, -1);

	g_free(words);
	return g_strjoinv("[secret]", pieces);
}

char *
notify_redact(const struct bearer *b, const char *safe)
{
	const char *secret = bearer_text(b);
	const char *path = secret && g_str_has_prefix(secret, "http") ? strstr(secret, "://") : NULL;
	char *words = bearer_redact(b, safe);
	g_autofree char *all = NULL;
	char **parts;

	path = path ? strchr(path + 3, '/') : secret; /* a host is no secret */
	parts = path ? g_strsplit_set(path, "/:?&=", -1) : NULL;
	for (char **p = parts; p && *p; p++) {
		if (strlen(*p) >= PART_LEAST)
			words = cut_out(words, *p);
		explicit_bzero(*p, strlen(*p));
	}
	g_strfreev(parts);
	all = words;
	return notify_text_line(all, WORDS_MAX);
}
