#include "model/fingerprint.h"

#include <string.h>

/* Each of these gives the length of what stands at `p`, 0 when it is something else. Lines end with a NUL, which is none of what they look for. */

#define IPV6_LONGEST 45 /* 0000:0000:0000:0000:0000:ffff:255.255.255.255 */

static gboolean
is_word(char c)
{
	return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

/* --- figures --- */

static gsize
digits(const char *p)
{
	return strspn(p, "0123456789");
}

/* "7", "1,024", "3.14", "1.2.3", "1e-5" */
static gsize
number_length(const char *p)
{
	gsize len = digits(p), exponent, sign;

	if (len == 0)
		return 0;
	while ((p[len] == '.' || p[len] == ',') && g_ascii_isdigit(p[len + 1]))
		len += 1 + digits(p + len + 1);
	if (p[len] != 'e' && p[len] != 'E')
		return len;
	sign = p[len + 1] == '-' || p[len + 1] == '+';
	exponent = digits(p + len + 1 + sign);
	return exponent > 0 && !is_word(p[len + 1 + sign + exponent]) ? len + 1 + sign + exponent : len;
}

static gsize
signed_number_length(const char *p)
{
	gsize len = *p == '-' || *p == '+' ? number_length(p + 1) : 0;

	return len > 0 ? len + 1 : 0;
}

static gsize
hex_digits(const char *p)
{
	return strspn(p, "0123456789abcdefABCDEF");
}

static gboolean
has_figure(const char *p, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (g_ascii_isdigit(p[i]))
			return TRUE;
	return FALSE;
}

/* A word of hex digits. Without a figure in it it is a word like "face", with nothing else it is a number. */
static gsize
hex_length(const char *p)
{
	gsize prefix = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') ? 2 : 0, len = hex_digits(p + prefix);

	if (is_word(p[prefix + len]) || len == 0)
		return 0;
	return prefix > 0 || (len >= 4 && has_figure(p, len) && digits(p) < len) ? prefix + len : 0;
}

/* --- names of things --- */

/* `count` groups of hex digits of these lengths, with that between them. */
static gsize
groups_length(const char *p, const guint *lengths, guint count, char between)
{
	gsize at = 0;

	for (guint i = 0; i < count; i++) {
		if (i > 0 && p[at++] != between)
			return 0;
		for (guint k = 0; k < lengths[i]; k++)
			if (!g_ascii_isxdigit(p[at++]))
				return 0;
	}
	return is_word(p[at]) ? 0 : at;
}

static gsize
uuid_length(const char *p)
{
	static const guint lengths[] = { 8, 4, 4, 4, 12 };

	return groups_length(p, lengths, G_N_ELEMENTS(lengths), '-');
}

static gsize
mac_length(const char *p)
{
	static const guint lengths[] = { 2, 2, 2, 2, 2, 2 };
	gsize len = groups_length(p, lengths, G_N_ELEMENTS(lengths), ':');

	return len > 0 ? len : groups_length(p, lengths, G_N_ELEMENTS(lengths), '-');
}

static gsize
ipv4_length(const char *p)
{
	gsize at = 0;

	for (guint i = 0; i < 4; i++) {
		gsize len;
		if (i > 0 && p[at++] != '.')
			return 0;
		len = digits(p + at);
		if (len == 0 || len > 3)
			return 0;
		at += len;
	}
	return is_word(p[at]) || (p[at] == '.' && g_ascii_isdigit(p[at + 1])) ? 0 : at;
}

/* Are these `len` bytes an address: eight groups of one to four digits, or fewer around one "::", an IPv4 address for the last two? */
static gboolean
is_ipv6(const char *p, gsize len)
{
	guint groups = 0, gaps = 0, colons = 0;
	gboolean figure = FALSE;
	gsize at = 0;

	while (at < len) {
		gsize n = hex_digits(p + at);
		if (n == 0 && p[at] == ':' && p[at + 1] == ':' && at + 1 < len) {
			gaps++;
			at += 2;
		} else if (n == 0 && p[at] == ':' && at > 0 && p[at - 1] != ':' && at + 1 < len) {
			colons++;
			at++;
		} else if (at > 0 && ipv4_length(p + at) == len - at) {
			return gaps + colons > 0 && gaps <= 1 && (gaps == 1 ? groups <= 5 : groups == 6);
		} else if (n == 0 || n > 4) {
			return FALSE;
		} else {
			figure = figure || has_figure(p + at, n);
			groups++;
			at += n;
		}
	}
	return figure && gaps <= 1 && (gaps == 1 ? groups <= 7 : groups == 8);
}

static gsize
ipv6_length(const char *p)
{
	gsize len = 0;

	while (len <= IPV6_LONGEST + 1 && (g_ascii_isxdigit(p[len]) || p[len] == ':' || p[len] == '.'))
		len++;
	if (len > IPV6_LONGEST + 1 || !memchr(p, ':', len) || is_word(p[len]))
		return 0;
	if (len > 0 && (p[len - 1] == '.' || (len > 1 && p[len - 1] == ':' && p[len - 2] != ':')))
		len--; /* "from fe80::1: refused" */
	return is_ipv6(p, len) ? len : 0;
}

/* --- times --- */

/* "02:00:00", "2:00:00.123", with "Z" or "+01:00" */
static gsize
clock_length(const char *p)
{
	gsize len = digits(p), zone;

	if (len < 1 || len > 2 || p[len] != ':' || digits(p + len + 1) != 2 || p[len + 3] != ':' || digits(p + len + 4) != 2)
		return 0;
	len += 6;
	if ((p[len] == '.' || p[len] == ',') && g_ascii_isdigit(p[len + 1]))
		len += 1 + digits(p + len + 1);
	if (p[len] == 'Z')
		len++;
	zone = p[len] == '+' || p[len] == '-' ? digits(p + len + 1) : 0;
	if (zone == 2 && p[len + 3] == ':' && digits(p + len + 4) == 2)
		len += 6;
	else if (zone == 4)
		len += 5;
	return is_word(p[len]) || (p[len] == ':' && g_ascii_isdigit(p[len + 1])) ? 0 : len;
}

/* What follows a date: a blank or a T, and a clock. */
static gsize
clock_after(const char *p, const char *between)
{
	gsize len = *p && strchr(between, *p) ? clock_length(p + 1) : 0;

	return len > 0 ? len + 1 : 0;
}

/* "2026-11-22T02:00:00Z", "2026/11/22 02:00:00", the date alone */
static gsize
iso_length(const char *p)
{
	gsize clock;

	if (digits(p) != 4 || (p[4] != '-' && p[4] != '/') || digits(p + 5) != 2 || p[7] != p[4] || digits(p + 8) != 2)
		return 0;
	clock = clock_after(p + 10, "T ");
	return clock == 0 && is_word(p[10]) ? 0 : 10 + clock;
}

static gboolean
is_one_of(const char *p, const char *words)
{
	for (; *words; words += 3)
		if (strncmp(p, words, 3) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
is_month(const char *p)
{
	return is_one_of(p, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

/* "Nov 22 02:00:00", "Sun Nov  2 02:00:00" */
static gsize
syslog_length(const char *p)
{
	gsize at = is_one_of(p, "MonTueWedThuFriSatSun") && p[3] == ' ' ? 4 : 0, day, clock;

	if (!is_month(p + at) || p[at + 3] != ' ')
		return 0;
	at += 4 + (p[at + 4] == ' ');
	day = digits(p + at);
	clock = day == 1 || day == 2 ? clock_after(p + at + day, " ") : 0;
	return clock > 0 ? at + day + clock : 0;
}

/* "22/Nov/2026:02:00:00 +0000", as web servers have it */
static gsize
web_length(const char *p)
{
	gsize clock, len;

	if (digits(p) != 2 || p[2] != '/' || !is_month(p + 3) || p[6] != '/' || digits(p + 7) != 4)
		return 0;
	clock = clock_after(p + 11, ":");
	len = 11 + clock;
	if (clock > 0 && p[len] == ' ' && (p[len + 1] == '+' || p[len + 1] == '-') && digits(p + len + 2) == 4 && !is_word(p[len + 6]))
		len += 6;
	return clock > 0 ? len : 0;
}

/* --- folding --- */

/* What may stand where a word begins, the longest first. */
static const struct { gsize (*length)(const char *p); const char *fold; } kinds[] = {
	{ uuid_length, "UUID" }, { mac_length, "MAC" }, { iso_length, "TIME" }, { web_length, "TIME" }, { syslog_length, "TIME" }, { clock_length, "TIME" },
	{ ipv6_length, "IP" }, { ipv4_length, "IP" }, { hex_length, "N" }, { signed_number_length, "N" },
};

static gsize
fold_at(const char *p, gboolean in_word, const char **fold)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds) && !in_word; i++) {
		gsize len = kinds[i].length(p);
		*fold = kinds[i].fold;
		if (len > 0)
			return len;
	}
	*fold = "N";
	return number_length(p);
}

char *
fingerprint_fold(const char *text)
{
	GString *out = g_string_sized_new(strlen(text));
	gboolean in_word = FALSE;

	for (const char *p = text; *p;) {
		const char *fold;
		gsize len = fold_at(p, in_word, &fold);
		if (len > 0) {
			g_string_append(out, fold);
		} else if (*p != ' ') {
			g_string_append_c(out, *p);
		} else if (out->len > 0 && out->str[out->len - 1] != ' ') {
			g_string_append_c(out, ' ');
		}
		in_word = len > 0 || is_word(*p);
		p += MAX(len, 1);
	}
	if (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}
