#include "model/log_json.h"

#include <string.h>

gboolean log_json_start(struct log_json *j, const char *text, gsize len)
{
	*j = (struct log_json){ .at = text, .end = text + MIN(len, LOG_JSON_WINDOW) };
	return len > 1 && text[0] == '{';
}

/* The closing quote of a string that starts at p; NULL when it is cut off. */
static const char *string_end(const char *p, const char *end)
{
	for (;;) {
		const char *quote = p < end ? memchr(p, '"', (gsize)(end - p)) : NULL;
		if (!quote)
			return NULL;
		gsize backslashes = 0;
		while (quote - backslashes > p && quote[-1 - (gssize)backslashes] == '\\')
			backslashes++;
		if (backslashes % 2 == 0)
			return quote;
		p = quote + 1;
	}
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

static void take_value(struct log_json *j, const char *p)
{
	p = skip_blanks(p, j->end);
	j->quoted = p < j->end && *p == '"';
	j->value = j->quoted ? ++p : p;
	if (j->quoted) {
		/* A line that was cut still tells its time. */
		const char *close = string_end(p, j->end);
		p = close ? close : j->end;
		j->at = close ? close + 1 : p;
	} else {
		while (p < j->end && *p != ',' && *p != '}' && *p != '"')
			p++;
		j->at = p;
	}
	j->value_length = (gsize)(p - j->value);
}

gboolean log_json_next(struct log_json *j)
{
	for (;;) {
		const char *open = j->at < j->end ? memchr(j->at, '"', (gsize)(j->end - j->at)) : NULL;
		const char *close = open ? string_end(open + 1, j->end) : NULL;
		if (!close)
			return FALSE;
		j->key = open + 1;
		j->key_length = (gsize)(close - j->key);
		j->at = close + 1;
		const char *colon = skip_blanks(j->at, j->end);
		if (colon < j->end && *colon == ':') {
			take_value(j, colon + 1);
			return TRUE;
		}
	}
}

gboolean log_json_key_is(const struct log_json *j, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == j->key_length && memcmp(*names, j->key, j->key_length) == 0)
			return TRUE;
	return FALSE;
}
