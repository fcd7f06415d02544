#include "model/cron.h"

#include <math.h>
#include <string.h>

static void
free_step(gpointer data)
{
	struct cleanup_step *s = data;

	g_free(s->name);
	g_free(s->text);
	g_free(s);
}

struct cron_job *
cron_job_new(enum cron_origin origin)
{
	struct cron_job *j = g_new0(struct cron_job, 1);

	j->origin = origin;
	j->exit_status = -1;
	j->freed_mb = NAN;
	return j;
}

void
cron_job_free(struct cron_job *j)
{
	if (!j)
		return;
	g_free(j->key);
	g_free(j->where);
	g_free(j->user);
	g_free(j->schedule);
	g_free(j->command);
	g_free(j->logged);
	g_free(j->name);
	g_free(j->mode);
	g_free(j->problem);
	g_free(j->result_text);
	g_free(j);
}

gboolean
cron_job_is_faulty(const struct cron_job *j)
{
	return j->result == CRON_RESULT_FAILED || j->missed_us > 0 || j->problem;
}

struct cleanup_run *
cleanup_run_new(void)
{
	struct cleanup_run *r = g_new0(struct cleanup_run, 1);

	r->disk_before = r->disk_after = r->freed_mb = NAN;
	r->steps = g_ptr_array_new_with_free_func(free_step);
	return r;
}

void
cleanup_run_free(struct cleanup_run *r)
{
	if (!r)
		return;
	g_free(r->mode);
	g_ptr_array_unref(r->steps);
	g_free(r);
}

gboolean
cleanup_run_is_dry(const struct cleanup_run *r)
{
	return r->mode && strstr(r->mode, "dry");
}

struct growing_log *
growing_log_new(const char *path)
{
	struct growing_log *l = g_new0(struct growing_log, 1);

	l->path = g_strdup(path);
	return l;
}

void
growing_log_free(struct growing_log *l)
{
	if (!l)
		return;
	g_free(l->path);
	g_free(l->rule);
	g_free(l);
}

void
cron_state_init(struct cron_state *s)
{
	memset(s, 0, sizeof *s);
	s->jobs = g_ptr_array_new_with_free_func((GDestroyNotify)cron_job_free);
	s->runs = g_ptr_array_new_with_free_func((GDestroyNotify)cleanup_run_free);
	s->logs = g_ptr_array_new_with_free_func((GDestroyNotify)growing_log_free);
	s->not_read = g_ptr_array_new_with_free_func(g_free);
}

void
cron_state_clear(struct cron_state *s)
{
	datum_clear(&s->datum);
	datum_clear(&s->runs_datum);
	g_ptr_array_unref(s->jobs);
	g_ptr_array_unref(s->runs);
	g_ptr_array_unref(s->logs);
	g_ptr_array_unref(s->not_read);
	g_free(s->zone);
}

struct cron_job *
cron_state_job(const struct cron_state *s, const char *key)
{
	for (guint i = 0; i < s->jobs->len; i++) {
		struct cron_job *j = s->jobs->pdata[i];
		if (g_strcmp0(j->key, key) == 0)
			return j;
	}
	return NULL;
}

const struct cleanup_run *
cron_state_last_cleanup(const struct cron_state *s)
{
	for (guint i = s->runs->len; i-- > 0;) {
		const struct cleanup_run *r = s->runs->pdata[i];
		if (r->result != CRON_RESULT_FAILED && !cleanup_run_is_dry(r))
			return r;
	}
	return NULL;
}
