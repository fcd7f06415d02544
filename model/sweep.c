#include "model/sweep.h"

#include <string.h>

static void
free_fault(gpointer data)
{
	struct sweep_fault *f = data;

	g_free(f->fingerprint);
	g_free(f->example);
	g_hash_table_unref(f->by_gateway);
	g_free(f);
}

struct sweep *
sweep_new(gint64 span_us)
{
	struct sweep *s = g_new0(struct sweep, 1);

	s->span_us = span_us;
	s->faults = g_ptr_array_new_with_free_func(free_fault);
	s->by_fingerprint = g_hash_table_new(g_str_hash, g_str_equal);
	return s;
}

void
sweep_free(struct sweep *s)
{
	if (!s)
		return;
	g_hash_table_unref(s->by_fingerprint);
	g_ptr_array_unref(s->faults);
	g_free(s);
}

void
sweep_part_clear(struct sweep_part *p)
{
	g_free(p->problem);
	g_free(p->cursor);
	g_clear_pointer(&p->lines, g_array_unref);
	memset(p, 0, sizeof *p);
}
