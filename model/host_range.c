#include "model/host_range.h"

#include <string.h>

#include "model/sanitize.h"

#define NAME_BYTES_MAX 253
#define DIGITS_MAX 9
#define PLACE_BYTES_MAX 80 /* of the text that an error shows */

/* One name with its brackets, and what becomes of it. */
struct expansion {
	const char *begin, *end;
	GPtrArray *out; /* of char * */
	guint most;
	GError **error;
};

static gboolean
fail(const struct expansion *e, const char *why)
{
	g_autofree char *place = sanitize_text(e->begin, MIN(e->end - e->begin, PLACE_BYTES_MAX));

	g_set_error(e->error, g_quark_from_static_string("midwatch-host-range"), 0, "%s: %s", place, why);
	return FALSE;
}

static gboolean
fail_of_number(const struct expansion *e)
{
	g_autofree char *why = g_strdup_printf("more than %u names", e->most);

	return fail(e, why);
}

/* --- what stands between brackets --- */

struct range { guint from, to; guint width; /* digits; 0: letters */ };

static gboolean
add_choice(const struct expansion *e, GPtrArray *choices, char *choice /* taken */)
{
	g_ptr_array_add(choices, choice);
	return choices->len <= e->most || fail_of_number(e);
}

static gboolean
add_range(const struct expansion *e, GPtrArray *choices, const struct range *r)
{
	if (r->from > r->to)
		return fail(e, "the range runs backwards");
	for (guint i = r->from; i <= r->to; i++)
		if (!add_choice(e, choices, r->width ? g_strdup_printf("%0*u", (int)r->width, i) : g_strdup_printf("%c", (char)i)))
			return FALSE;
	return TRUE;
}

static gboolean
is_number(const char *text, gsize len)
{
	return len > 0 && len <= DIGITS_MAX && strspn(text, "0123456789") >= len;
}

static gboolean
read_range(const struct expansion *e, const char *item, gsize len, const char *dash, struct range *r)
{
	gsize left = (gsize)(dash - item), right = len - left - 1;

	if (left == 1 && right == 1 && ((g_ascii_islower(*item) && g_ascii_islower(dash[1])) || (g_ascii_isupper(*item) && g_ascii_isupper(dash[1])))) {
		*r = (struct range){ .from = (guchar)*item, .to = (guchar)dash[1] };
		return TRUE;
	}
	if (!is_number(item, left) || !is_number(dash + 1, right))
		return fail(e, "a range is of two numbers of up to 9 digits, or of two letters");
	if (left != right && (*item == '0' || dash[1] == '0'))
		return fail(e, "both ends of a range with leading zeros need as many digits");
	*r = (struct range){ .from = (guint)g_ascii_strtoull(item, NULL, 10), .to = (guint)g_ascii_strtoull(dash + 1, NULL, 10), .width = (guint)left };
	return TRUE;
}

static gboolean
read_choices(const struct expansion *e, const char *p, const char *end, GPtrArray *choices)
{
	for (;;) {
		const char *comma = memchr(p, ',', (gsize)(end - p)), *item_end = comma ? comma : end;
		const char *dash = memchr(p, '-', (gsize)(item_end - p));
		struct range r = { 0 };
		if (p == item_end)
			return fail(e, "nothing stands between brackets or commas");
		if (!dash) {
			if (!add_choice(e, choices, g_strndup(p, (gsize)(item_end - p))))
				return FALSE;
		} else if (!read_range(e, p, (gsize)(item_end - p), dash, &r) || !add_range(e, choices, &r)) {
			return FALSE;
		}
		if (!comma)
			return TRUE;
		p = comma + 1;
	}
}

/* --- a name --- */

static gboolean
check_name(const struct expansion *e, const char *name)
{
	gsize len = strlen(name);

	if (len == 0)
		return fail(e, "a name is missing");
	if (len > NAME_BYTES_MAX)
		return fail(e, "a name has more than 253 bytes");
	if (*name == '-')
		return fail(e, "a name must not begin with a dash");
	if (!g_utf8_validate(name, (gssize)len, NULL))
		return fail(e, "a name is not in UTF-8");
	for (gsize i = 0; i < len; i++)
		if (g_ascii_isspace(name[i]) || g_ascii_iscntrl(name[i]))
			return fail(e, "a name must not hold blanks or control characters");
	return TRUE;
}

static void
append_to_all(GPtrArray *names, const char *text, gsize len)
{
	for (guint i = 0; i < names->len; i++) {
		char *longer = g_strdup_printf("%s%.*s", (const char *)names->pdata[i], (int)len, text);
		g_free(names->pdata[i]);
		names->pdata[i] = longer;
	}
}

/* Each name with each choice behind it. */
static GPtrArray *
multiply(const GPtrArray *names, const GPtrArray *choices)
{
	GPtrArray *product = g_ptr_array_new_full(names->len * choices->len, g_free);

	for (guint i = 0; i < names->len; i++)
		for (guint k = 0; k < choices->len; k++)
			g_ptr_array_add(product, g_strconcat(names->pdata[i], choices->pdata[k], NULL));
	return product;
}

static gboolean
expand_brackets(const struct expansion *e, const char *open, const char *close, GPtrArray **names)
{
	g_autoptr(GPtrArray) choices = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *product;

	if (!read_choices(e, open + 1, close, choices))
		return FALSE;
	if ((guint64)(*names)->len * choices->len > e->most)
		return fail_of_number(e);
	product = multiply(*names, choices);
	g_ptr_array_unref(*names);
	*names = product;
	return TRUE;
}

/* Builds the names from the left: literal text, brackets, literal text. */
static gboolean
build_names(const struct expansion *e, GPtrArray **names)
{
	const char *p = e->begin;

	while (p < e->end) {
		gsize literal = MIN(strcspn(p, "[]"), (gsize)(e->end - p));
		const char *open = p + literal, *close;
		if (strlen((*names)->pdata[0]) + literal > NAME_BYTES_MAX)
			return fail(e, "a name has more than 253 bytes");
		append_to_all(*names, p, literal);
		if (open == e->end)
			return TRUE;
		close = *open == '[' ? memchr(open, ']', (gsize)(e->end - open)) : NULL;
		if (!close)
			return fail(e, *open == '[' ? "a bracket is not closed" : "a bracket is closed that was not opened");
		if (memchr(open + 1, '[', (gsize)(close - open - 1)))
			return fail(e, "brackets within brackets");
		if (!expand_brackets(e, open, close, names))
			return FALSE;
		p = close + 1;
	}
	return TRUE;
}

static gboolean
expand_name(const struct expansion *e)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(names, g_strdup(""));
	if (!build_names(e, &names))
		return FALSE;
	if (e->out->len + names->len > e->most)
		return fail_of_number(e);
	for (guint i = 0; i < names->len; i++)
		if (!check_name(e, names->pdata[i]))
			return FALSE;
	for (guint i = 0; i < names->len; i++)
		g_ptr_array_add(e->out, g_strdup(names->pdata[i]));
	return TRUE;
}

/* --- the list --- */

/* The comma, or the end, that is in no brackets. */
static const char *
end_of_name(const char *p)
{
	gboolean inside = FALSE;

	for (; *p && (inside || *p != ','); p++)
		inside = *p == '[' || (inside && *p != ']');
	return p;
}

char **
host_range_expand(const char *text, guint most, GError **error)
{
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
	struct expansion e = { .begin = text, .out = out, .most = MIN(most, HOST_RANGE_MAX), .error = error };

	for (;;) {
		const char *next = end_of_name(e.begin);
		for (e.end = next; e.end > e.begin && e.end[-1] == ' '; e.end--)
			;
		while (e.begin < e.end && *e.begin == ' ')
			e.begin++;
		if (!expand_name(&e))
			return NULL;
		if (!*next)
			break;
		e.begin = next + 1;
	}
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_steal(out, NULL);
}
