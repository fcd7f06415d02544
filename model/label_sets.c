#include "model/label_sets.h"

struct label_set { GRefString *text; guint uses; guint32 next_free; };

struct label_sets {
	GArray *sets;        /* of struct label_set; the first is the one without labels, and stays */
	GHashTable *numbers; /* text, borrowed from the set, to number */
	guint32 free;        /* the first that is not used; 0: none */
};

struct label_sets *
label_sets_new(void)
{
	struct label_sets *s = g_new0(struct label_sets, 1);

	s->sets = g_array_new(FALSE, TRUE, sizeof(struct label_set));
	s->numbers = g_hash_table_new(g_str_hash, g_str_equal);
	label_sets_take(s, "");
	return s;
}

static struct label_set *
nth(const struct label_sets *s, guint32 number)
{
	return &g_array_index(s->sets, struct label_set, number);
}

void
label_sets_free(struct label_sets *s)
{
	g_hash_table_destroy(s->numbers);
	for (guint i = 0; i < s->sets->len; i++)
		if (nth(s, i)->text)
			g_ref_string_release(nth(s, i)->text);
	g_array_free(s->sets, TRUE);
	g_free(s);
}

static guint32
unused_number(struct label_sets *s)
{
	guint32 number = s->free;

	if (number == 0) {
		g_array_set_size(s->sets, s->sets->len + 1);
		return s->sets->len - 1;
	}
	s->free = nth(s, number)->next_free;
	return number;
}

guint32
label_sets_take(struct label_sets *s, const char *labels)
{
	gpointer found;
	guint32 number;

	if (g_hash_table_lookup_extended(s->numbers, labels, NULL, &found)) {
		number = GPOINTER_TO_UINT(found);
	} else {
		number = unused_number(s);
		*nth(s, number) = (struct label_set){ .text = g_ref_string_new(labels) };
		g_hash_table_insert(s->numbers, nth(s, number)->text, GUINT_TO_POINTER(number));
	}
	nth(s, number)->uses++;
	return number;
}

void
label_sets_drop(struct label_sets *s, guint32 number)
{
	struct label_set *set = nth(s, number);

	if (--set->uses > 0)
		return;
	g_hash_table_remove(s->numbers, set->text);
	g_ref_string_release(set->text);
	*set = (struct label_set){ .next_free = s->free };
	s->free = number;
}

GRefString *
label_sets_text(const struct label_sets *s, guint32 number)
{
	return nth(s, number)->text;
}

guint32
label_sets_end(const struct label_sets *s)
{
	return s->sets->len;
}
