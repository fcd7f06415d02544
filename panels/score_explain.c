/* What the figures of the score card are made of, in words. */
#include <math.h>
#include <stdarg.h>

#include "panels/score_private.h"
#include "tui/text.h"

#define NAME_CELLS 12

static void line(GString *out, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void line(GString *out, const char *name, const char *format, ...)
{
	va_list args;

	g_string_append_printf(out, "%s%-*s ", out->len ? "\n" : "", NAME_CELLS, name);
	va_start(args, format);
	g_string_append_vprintf(out, format, args);
	va_end(args);
}

struct bytes { char text[16]; };

static struct bytes bytes(double n)
{
	struct bytes b;

	text_bytes(n, b.text, sizeof b.text);
	return b;
}

static guint64 swap_used(const struct probe *p)
{
	return p->swap_total - MIN(p->swap_free, p->swap_total);
}

static void pressure_line(GString *out, const struct probe *p, double value)
{
	if (p->has_pressure)
		line(out, "pressure", "some task waited %.1f%% of the last 10 s", value);
	else
		line(out, "pressure", "not known: this kernel has no /proc/pressure");
}

static void explain_cpu(const struct host *h, const struct score_thresholds *t, GString *out)
{
	if (h->rates.known)
		line(out, "measured", "steal %.1f%%, busy %.1f%%, iowait %.1f%% between the last two probes", h->rates.steal_percent,
		     h->rates.busy_percent, h->rates.iowait_percent);
	else
		line(out, "measured", "needs two probes");
	line(out, "load", "%.2f %.2f %.2f on %u CPUs", h->probe.load[0], h->probe.load[1], h->probe.load[2], h->probe.cpus);
	pressure_line(out, &h->probe, h->probe.pressure_cpu);
	line(out, "points", "steal < 2%%: 20, < 5%%: 15, < 10%%: 10, else 5; WARN > %g%%, CRIT > %g%%", t->steal_warn, t->steal_crit);
	line(out, "source", "/proc/stat: steal in the sum of user to steal (guest is inside user)");
}

static void explain_memory(const struct host *h, const struct score_thresholds *t, GString *out)
{
	const struct probe *p = &h->probe;

	line(out, "memory", "%s available, %s free of %s", bytes((double)p->mem_available).text, bytes((double)p->mem_free).text,
	     bytes((double)p->mem_total).text);
	line(out, "swap", "%s used of %s, SwapCached %s (WARN > %s)", bytes((double)swap_used(p)).text, bytes((double)p->swap_total).text,
	     bytes((double)p->swap_cached).text, bytes((double)t->swap_cached_warn).text);
	if (h->rates.known)
		line(out, "swapping", "%.0f pages/s in, %.0f out", h->rates.swap_in_per_s, h->rates.swap_out_per_s);
	pressure_line(out, p, p->pressure_memory);
	line(out, "points", "available > 6G: 20, > 3G: 15, > 1G: 5, else 0");
	line(out, "source", "/proc/meminfo (MemAvailable), /proc/vmstat");
}

static void explain_disk(const struct host *h, const struct score_thresholds *t, GString *out)
{
	const struct probe *p = &h->probe;

	if (!p->has_disk) {
		line(out, "disk", "df said nothing of /");
		return;
	}
	line(out, "disk /", "%s used, %s available of %s", bytes((double)p->disk_used).text, bytes((double)p->disk_available).text,
	     bytes((double)p->disk_total).text);
	if (!isfinite(h->rates.disk_bytes_per_day))
		line(out, "growth", "not known: it takes an hour of probes");
	else if (h->rates.disk_bytes_per_day <= 0)
		line(out, "growth", "none");
	else
		line(out, "growth", "%s a day", bytes(h->rates.disk_bytes_per_day).text);
	pressure_line(out, p, p->pressure_io);
	line(out, "points", "used < 40%%: 15, < 55%%: 10, < 70%%: 5, else 0; WARN at %d%%", t->disk_warn);
	line(out, "source", "df -P -k /: used / (used + available)");
}

static void explain_llm(const struct host *h, GString *out)
{
	line(out, "available", "%s", bytes((double)h->probe.mem_available).text);
	line(out, "points", "> 8G: 10, > 4G: 7, > 2G: 4, else 1");
	line(out, "source", "/proc/meminfo (MemAvailable)");
}

static void explain_maintenance(const struct host *h, GString *out)
{
	const struct cleanup_run *run = cron_state_last_cleanup(&h->cron);
	const struct datum *d = &h->cron.runs_datum;

	if (!datum_known(d))
		line(out, "not assessed", "%s, so its 15 points are out of the sum", d->error ? d->error : "the cleanup log is not read yet");
	else if (!run)
		line(out, "cleanup", "none of the %u runs on record cleaned up with success", h->cron.runs->len);
	else if (isfinite(run->freed_mb))
		line(out, "cleanup", "%s, freed %.0fM", run->mode && *run->mode ? run->mode : "done", run->freed_mb);
	else
		line(out, "cleanup", "%s; its log does not say what it freed", run->mode && *run->mode ? run->mode : "done");
	line(out, "points", "last cleanup less than 7 days ago that freed something: 15, less than 30 days ago: 8, else 0");
	line(out, "source", "the log of the cleanup script; a dry run and a failed one do not count");
}

char *score_explain(const struct host *h, enum score_dimension d, const struct score_thresholds *t)
{
	GString *out = g_string_new(NULL);

	if (d == SCORE_MAINTENANCE) {
		explain_maintenance(h, out);
	} else if (d == SCORE_SERVICES) {
		line(out, "points", "unhealthy containers: none 20, 1-2: 15, 3-5: 8, more: 2");
	} else if (!datum_known(&h->probe_datum)) {
		line(out, "not known", "%s", h->probe_datum.error ? h->probe_datum.error : "no probe has answered yet");
	} else {
		switch (d) {
		case SCORE_CPU: explain_cpu(h, t, out); break;
		case SCORE_MEMORY: explain_memory(h, t, out); break;
		case SCORE_DISK: explain_disk(h, t, out); break;
		default: explain_llm(h, out); break;
		}
	}
	return g_string_free(out, FALSE);
}

char *score_facts(const struct host *h)
{
	GString *out = g_string_new(NULL);
	const struct probe *p = &h->probe;

	if (!datum_known(&h->probe_datum))
		return g_string_free(out, FALSE);
	line(out, "load", "%.2f %.2f %.2f on %u CPUs", p->load[0], p->load[1], p->load[2], p->cpus);
	if (h->rates.known)
		g_string_append_printf(out, "   busy %.0f%%, iowait %.1f%%", h->rates.busy_percent, h->rates.iowait_percent);
	if (p->has_pressure)
		line(out, "pressure", "a task waited for CPU %.1f%%, memory %.1f%%, I/O %.1f%% of 10 s", p->pressure_cpu, p->pressure_memory, p->pressure_io);
	if (p->swap_total > 0)
		line(out, "swap", "%s used of %s, SwapCached %s", bytes((double)swap_used(p)).text, bytes((double)p->swap_total).text,
		     bytes((double)p->swap_cached).text);
	else
		line(out, "swap", "none");
	return g_string_free(out, FALSE);
}

char *score_text(const struct host *h, const struct world *w)
{
	GString *out = g_string_new(NULL);
	struct score s;

	if (!h)
		return g_string_free(out, FALSE);
	score_compute(h, &w->thresholds, w->utc_us, &s);
	g_string_append_printf(out, "%s: %d of %d assessed", h->name, s.points, s.maximum);
	for (guint i = 0; i < SCORE_DIMENSIONS; i++)
		if (s.parts[i].assessed)
			g_string_append_printf(out, "; %s %d/%d %s", score_dimension_title(i), s.parts[i].points, s.parts[i].maximum, s.parts[i].text);
		else
			g_string_append_printf(out, "; %s n/a %s", score_dimension_title(i), s.parts[i].text);
	return g_string_free(out, FALSE);
}
