#include "app/doctor_report.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "app/json_out.h"

static void
step_free(gpointer data)
{
	struct doctor_step *s = data;

	g_free(s->name);
	g_free(s->text);
	g_free(s->remedy);
	g_free(s);
}

struct doctor_step *
doctor_step_new(const char *name, enum finding finding, const char *text, const char *remedy)
{
	struct doctor_step *s = g_new0(struct doctor_step, 1);

	s->name = g_strdup(name);
	s->finding = finding;
	s->text = g_strdup(text ? text : "");
	s->remedy = g_strdup(remedy);
	return s;
}

struct doctor_host *
doctor_host_new(const char *name)
{
	struct doctor_host *h = g_new0(struct doctor_host, 1);

	h->name = g_strdup(name);
	h->steps = g_ptr_array_new_with_free_func(step_free);
	return h;
}

void
doctor_host_free(struct doctor_host *h)
{
	g_free(h->name);
	g_ptr_array_unref(h->steps);
	g_free(h);
}

void
doctor_host_add(struct doctor_host *h, const char *name, enum finding finding, const char *text, const char *remedy)
{
	g_ptr_array_add(h->steps, doctor_step_new(name, finding, text, remedy));
}

struct doctor_fleet *
doctor_fleet_new(void)
{
	struct doctor_fleet *f = g_new0(struct doctor_fleet, 1);

	f->findings = doctor_host_new("the fleet");
	f->failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, step_free);
	return f;
}

void
doctor_fleet_free(struct doctor_fleet *f)
{
	if (!f)
		return;
	doctor_host_free(f->findings);
	g_hash_table_unref(f->failures);
	g_free(f);
}

static const char *
finding_word(enum finding f)
{
	static const char *const words[] = { [FINDING_OK] = "ok", [FINDING_NOTE] = "note", [FINDING_FAILED] = "failed" };

	return words[f];
}

static void
print_steps(const struct doctor_host *h)
{
	printf("%s\n", h->name);
	for (guint i = 0; i < h->steps->len; i++) {
		const struct doctor_step *s = h->steps->pdata[i];
		printf("  %-6s  %-14s  %s\n", finding_word(s->finding), s->name, s->text);
		if (s->remedy)
			printf("  %-6s  %-14s  -> %s\n", "", "", s->remedy);
	}
}

static void
print_text(const GPtrArray *hosts, const struct doctor_fleet *fleet, const struct doctor_host *told, const struct doctor_host *store)
{
	for (guint i = 0; i < hosts->len; i++) {
		print_steps(hosts->pdata[i]);
		putchar('\n');
	}
	if (fleet) {
		print_steps(fleet->findings);
		putchar('\n');
	}
	if (told) {
		print_steps(told);
		putchar('\n');
	}
	print_steps(store);
}

static void
add_steps(cJSON *to, const struct doctor_host *h)
{
	cJSON *steps = cJSON_AddArrayToObject(to, "steps");

	for (guint i = 0; i < h->steps->len; i++) {
		const struct doctor_step *s = h->steps->pdata[i];
		cJSON *step = cJSON_CreateObject();
		cJSON_AddItemToArray(steps, step);
		cJSON_AddStringToObject(step, "step", s->name);
		cJSON_AddStringToObject(step, "result", finding_word(s->finding));
		cJSON_AddStringToObject(step, "text", s->text);
		if (s->remedy)
			cJSON_AddStringToObject(step, "remedy", s->remedy);
	}
}

static void
print_json(const GPtrArray *hosts, const struct doctor_fleet *fleet, const struct doctor_host *told, const struct doctor_host *store)
{
	cJSON *root = cJSON_CreateObject(), *list, *object;

	cJSON_AddNumberToObject(root, "version", 1);
	list = cJSON_AddArrayToObject(root, "hosts");
	for (guint i = 0; i < hosts->len; i++) {
		const struct doctor_host *h = hosts->pdata[i];
		cJSON *host = cJSON_CreateObject();
		cJSON_AddItemToArray(list, host);
		cJSON_AddStringToObject(host, "name", h->name);
		cJSON_AddBoolToObject(host, "reached", h->reached);
		add_steps(host, h);
	}
	if (fleet) {
		object = cJSON_AddObjectToObject(root, "fleet");
		cJSON_AddNumberToObject(object, "gateways", fleet->gateways);
		cJSON_AddNumberToObject(object, "reached", fleet->reached);
		add_steps(object, fleet->findings);
	}
	if (told)
		add_steps(cJSON_AddObjectToObject(root, "notify"), told);
	add_steps(cJSON_AddObjectToObject(root, "store"), store);
	json_out_print(root);
}

static gboolean
has_failed(const struct doctor_host *h)
{
	for (guint i = 0; i < h->steps->len; i++)
		if (((const struct doctor_step *)h->steps->pdata[i])->finding == FINDING_FAILED)
			return TRUE;
	return FALSE;
}

static int
fleet_code(const struct doctor_fleet *f)
{
	return !f ? 0 : f->reached < f->gateways ? 3 : has_failed(f->findings) ? 1 : 0;
}

int
doctor_print(const GPtrArray *hosts, const struct doctor_fleet *fleet, const struct doctor_host *told, const struct doctor_host *store, gboolean json)
{
	int code = MAX(has_failed(store) || (told && has_failed(told)) ? 1 : 0, fleet_code(fleet));

	if (json)
		print_json(hosts, fleet, told, store);
	else
		print_text(hosts, fleet, told, store);
	for (guint i = 0; i < hosts->len; i++) {
		const struct doctor_host *h = hosts->pdata[i];
		code = MAX(code, !h->reached ? 3 : has_failed(h) ? 1 : 0);
	}
	return code;
}
