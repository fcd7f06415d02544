#include "model/audit.h"

#include <string.h>

static const char *const outcome_names[] = {
	[OUTCOME_OPEN] = "open", [OUTCOME_OK] = "ok", [OUTCOME_FAILED] = "failed", [OUTCOME_UNKNOWN] = "unknown",
};

void
audit_entry_free(struct audit_entry *e)
{
	if (!e)
		return;
	g_free(e->actor);
	g_free(e->action);
	g_free(e->host);
	g_free(e->target);
	g_free(e->request);
	g_free(e->evidence);
	g_free(e->note);
	g_free(e->result);
	g_free(e);
}

const char *
outcome_name(enum outcome o)
{
	return outcome_names[o];
}

enum outcome
outcome_parse(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(outcome_names); i++)
		if (g_strcmp0(outcome_names[i], name) == 0)
			return (enum outcome)i;
	return OUTCOME_UNKNOWN;
}

static void
add_field(GString *out, const char *name, const char *value)
{
	if (value)
		g_string_append_printf(out, "%s %zu:%s\n", name, strlen(value), value);
	else
		g_string_append_printf(out, "%s -\n", name);
}

void
audit_row_hash(const struct audit_row *row, const char *previous, char out[AUDIT_HASH_SIZE])
{
	const struct { const char *name, *value; } fields[] = {
		{ "kind", row->kind }, { "actor", row->actor }, { "process", row->process }, { "action", row->action }, { "host", row->host },
		{ "target", row->target }, { "request", row->request }, { "evidence", row->evidence }, { "note", row->note },
		{ "outcome", row->outcome }, { "result", row->result },
	};
	g_autoptr(GString) text = g_string_sized_new(512);
	g_autofree char *hash = NULL;

	g_string_append_printf(text, "midwatch-audit-1\nprev %s\nseq %" G_GINT64_FORMAT "\nentry %" G_GINT64_FORMAT "\nutc_us %" G_GINT64_FORMAT "\n",
	                       previous, row->seq, row->entry, row->utc_us);
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		add_field(text, fields[i].name, fields[i].value);
	hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text->str, text->len);
	g_strlcpy(out, hash, AUDIT_HASH_SIZE);
}
