#include "model/log_line.h"

#include <string.h>

#include "model/log_json.h"

#define LEVEL_WINDOW 128 /* bytes of a line that are searched for a level */

/* The first eight letters, zero-padded, find a word quickly. Soft words mean a level in running text only near the
 * start: "info", "debug" are ordinary words. */
struct level_word {
	char letters[14];
	guint8 length;
	guint8 level;
	gboolean soft;
};

static const struct level_word level_words[] = {
	{ "info", 4, LEVEL_INFO, TRUE }, { "error", 5, LEVEL_ERROR, FALSE }, { "warn", 4, LEVEL_WARN, FALSE },
	{ "warning", 7, LEVEL_WARN, FALSE }, { "debug", 5, LEVEL_DEBUG, TRUE }, { "trace", 5, LEVEL_TRACE, TRUE },
	{ "fatal", 5, LEVEL_FATAL, FALSE }, { "panic", 5, LEVEL_FATAL, FALSE }, { "critical", 8, LEVEL_FATAL, FALSE },
	{ "err", 3, LEVEL_ERROR, TRUE }, { "crit", 4, LEVEL_FATAL, TRUE }, { "notice", 6, LEVEL_INFO, TRUE },
	{ "alert", 5, LEVEL_FATAL, TRUE }, { "emerg", 5, LEVEL_FATAL, TRUE }, { "emergency", 9, LEVEL_FATAL, TRUE },
	{ "severe", 6, LEVEL_ERROR, TRUE }, { "informational", 13, LEVEL_INFO, TRUE }, { "verbose", 7, LEVEL_TRACE, TRUE },
	{ "inf", 3, LEVEL_INFO, TRUE }, { "wrn", 3, LEVEL_WARN, TRUE }, { "dbg", 3, LEVEL_DEBUG, TRUE },
	{ "ftl", 3, LEVEL_FATAL, TRUE }, { "trc", 3, LEVEL_TRACE, TRUE }, { "vrb", 3, LEVEL_TRACE, TRUE },
};

const char *log_level_name(enum log_level level)
{
	static const char *const names[] = { "", "trace", "debug", "info", "warn", "error", "fatal" };
	return level <= LEVEL_FATAL ? names[level] : "";
}

static gboolean is_letter(char c)
{
	return (guchar)((c | 0x20) - 'a') < 26;
}

static gboolean is_digit(char c)
{
	return (guchar)(c - '0') < 10;
}

static gboolean is_word(char c)
{
	return (g_ascii_table[(guchar)c] & G_ASCII_ALNUM) || c == '_' || (guchar)c >= 0x80;
}

/* Up to eight letters, lower case, as they lie in memory; put together in a register, since this runs for every line. */
static guint64 letters_of(const char *word, gsize len)
{
	guint64 letters = 0;
	for (gsize i = 0; i < len; i++) {
		gsize byte = G_BYTE_ORDER == G_LITTLE_ENDIAN ? i : 7 - i;
		letters |= (guint64)(guchar)(word[i] | 0x20) << (8 * byte);
	}
	return letters;
}

static const struct level_word *find_word(const char *word, gsize len)
{
	static const guint32 first_letters = 1u << ('a' & 31) | 1u << ('c' & 31) | 1u << ('d' & 31) | 1u << ('e' & 31) | 1u << ('f' & 31) |
		1u << ('i' & 31) | 1u << ('n' & 31) | 1u << ('p' & 31) | 1u << ('s' & 31) | 1u << ('t' & 31) | 1u << ('v' & 31) | 1u << ('w' & 31);
	if (len < 3 || len > 13 || !is_letter(word[0]) || !(first_letters >> (word[0] & 31) & 1))
		return NULL;
	guint64 letters = letters_of(word, MIN(len, 8));
	for (guint i = 0; i < G_N_ELEMENTS(level_words); i++)
		if (level_words[i].length == len && memcmp(level_words[i].letters, &letters, 8) == 0)
			return len <= 8 || g_ascii_strncasecmp(word, level_words[i].letters, len) == 0 ? &level_words[i] : NULL;
	return NULL;
}

enum log_level log_level_parse(const char *word, gsize len)
{
	const struct level_word *w = find_word(word, len);
	return w ? w->level : LEVEL_NONE;
}

/* RFC 5424 severities. */
static enum log_level level_of_severity(guint severity)
{
	static const guint8 levels[] = {
		LEVEL_FATAL, LEVEL_FATAL, LEVEL_FATAL, LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_INFO, LEVEL_DEBUG,
	};
	return levels[severity & 7];
}

/* "<11>" at the start; the priority's low three bits are the severity. */
static enum log_level level_of_priority(const char *text, gsize len)
{
	guint value = 0;
	gsize i = 1;
	for (; i < len && i < 4 && is_digit(text[i]); i++)
		value = value * 10 + (guint)(text[i] - '0');
	return i > 1 && i < len && text[i] == '>' ? level_of_severity(value) : LEVEL_NONE;
}

/* "E0102 15:04:05": a letter, month and day. */
static enum log_level level_of_klog(const char *text, gsize len)
{
	if (len < 8 || text[5] != ' ' || !is_digit(text[6]))
		return LEVEL_NONE;
	for (int i = 1; i < 5; i++)
		if (!is_digit(text[i]))
			return LEVEL_NONE;
	switch (text[0]) {
	case 'I': return LEVEL_INFO;
	case 'W': return LEVEL_WARN;
	case 'E': return LEVEL_ERROR;
	case 'F': return LEVEL_FATAL;
	}
	return LEVEL_NONE;
}

/* A number as pino and bunyan (10 trace … 60 fatal) or GELF (severity 0 … 7) write it. */
static enum log_level level_of_number(const char *text, gsize len)
{
	guint value = 0;
	for (gsize i = 0; i < len && i < 4; i++) {
		if (!is_digit(text[i]))
			break;
		value = value * 10 + (guint)(text[i] - '0');
	}
	if (len == 0 || !is_digit(text[0]))
		return LEVEL_NONE;
	if (value < 8)
		return level_of_severity(value);
	return value >= 10 && value < 70 ? (enum log_level)(value / 10) : LEVEL_NONE;
}

static enum log_level level_of_json(const char *text, gsize len)
{
	static const char *const keys[] = { "level", "severity", "lvl", "levelname", "log.level", "loglevel", "log_level", "@l", NULL };
	struct log_json j;
	if (!log_json_start(&j, text, len))
		return LEVEL_NONE;
	while (log_json_next(&j)) {
		if (!log_json_key_is(&j, keys))
			continue;
		enum log_level level = log_level_parse(j.value, j.value_length);
		if (level == LEVEL_NONE)
			level = level_of_number(j.value, j.value_length);
		if (level != LEVEL_NONE)
			return level;
	}
	return LEVEL_NONE;
}

static gboolean all_capitals(const char *word, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (word[i] & 0x20)
			return FALSE;
	return TRUE;
}

/* Is the word part of something longer (a path, a name, a key, a call), so that it does not tell the line's level? */
static gboolean word_is_part(const char *text, gsize len, gsize start, gsize end, gboolean capitals)
{
	char before = start ? text[start - 1] : ' ';
	char after = end < len ? text[end] : ' ';
	char second = end + 1 < len ? text[end + 1] : ' ';
	if (before == '-' || before == '/' || before == '\\' || before == '\'' || before == '@' || (before == '.' && !capitals))
		return TRUE;
	if (after == '-' || after == '/' || after == '=' || after == '\'' || after == '(' || after == '\\')
		return TRUE;
	return (after == '.' && is_word(second)) || (after == '"' && second == ':');
}

/* Does `level=`, `lvl=` or `severity=` (also with a quote) stand before the word? */
static gboolean after_level_key(const char *text, gsize start)
{
	static const char *const keys[] = { "level", "lvl", "severity" };
	gsize end = start && text[start - 1] == '"' ? start - 1 : start;
	if (!end || text[end - 1] != '=')
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		gsize len = strlen(keys[i]);
		if (end > len && memcmp(text + end - 1 - len, keys[i], len) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean in_brackets(const char *text, gsize len, gsize start, gsize end)
{
	char before = start ? text[start - 1] : ' ';
	char after = end < len ? text[end] : ' ';
	return strchr("[<(|", before) && strchr("]>)|:", after);
}

enum certainty { NOT_A_LEVEL, PERHAPS, SURE };

/* How sure the word at start … end is the line's level; `number` words with letters stand before it. */
static enum certainty judge_word(const char *text, gsize len, gsize start, gsize end, const struct level_word *w, guint number)
{
	gboolean capitals = all_capitals(text + start, end - start);
	if (after_level_key(text, start))
		return SURE;
	if (word_is_part(text, len, start, end, capitals))
		return NOT_A_LEVEL;
	if (capitals || in_brackets(text, len, start, end))
		return SURE;
	char after = end < len ? text[end] : ' ';
	if (number == 0 && after == ':')
		return SURE;
	if (!w->soft)
		return PERHAPS;
	return number < 2 && w->level != LEVEL_TRACE && (after == ' ' || after == ':') ? PERHAPS : NOT_A_LEVEL;
}

static enum log_level level_of_words(const char *text, gsize len, gsize from)
{
	gsize window = MIN(len, from + LEVEL_WINDOW);
	enum log_level perhaps = LEVEL_NONE;
	guint words = 0;
	for (gsize i = from; i < window;) {
		if (!is_word(text[i])) {
			i++;
			continue;
		}
		gsize start = i;
		while (i < len && is_word(text[i]))
			i++;
		const struct level_word *w = find_word(text + start, i - start);
		if (w) {
			enum certainty certainty = judge_word(text, len, start, i, w, words);
			if (certainty == SURE)
				return w->level;
			if (certainty == PERHAPS && perhaps == LEVEL_NONE)
				perhaps = w->level;
		}
		words += is_letter(text[start]);
	}
	return perhaps;
}

enum log_level log_line_level(const char *text, gsize len, gsize from)
{
	if (len < 3)
		return LEVEL_NONE;
	enum log_level level = LEVEL_NONE;
	if (text[0] == '{')
		level = level_of_json(text, len);
	else if (text[0] == '<')
		level = level_of_priority(text, len);
	else if (is_letter(text[0]))
		level = level_of_klog(text, len);
	return level != LEVEL_NONE ? level : level_of_words(text, len, from);
}
