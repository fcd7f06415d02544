#include "model/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/sanitize.h"

#define SECONDS_MAX G_GINT64_CONSTANT(253402300799) /* the end of the year 9999 */

/* Sections begin with "@name". `date +%s` has no fraction everywhere; a second is exact enough for a clock check. The zone comes from
 * timedatectl's file, /etc/timezone or the link /etc/localtime, whichever is there. What is short is read by the shell
 * itself: starting processes is what a look costs a host. */
const char probe_command[] =
	"LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin; "
	"tell() { while IFS= read -r x || [ -n \"$x\" ]; do printf '%s\\n' \"$x\"; done <\"$1\"; } 2>/dev/null; "
	"echo @stat; sed -n '/^cpu/p;/^btime/p' /proc/stat; "
	"echo @meminfo; cat /proc/meminfo; "
	"echo @loadavg; tell /proc/loadavg; "
	"echo @uptime; tell /proc/uptime; "
	"echo @vmstat; sed -n '/^pswp/p' /proc/vmstat; "
	"for p in cpu memory io; do if [ -r /proc/pressure/$p ]; then echo @pressure_$p; tell /proc/pressure/$p; fi; done; "
	"echo @df; df -P -k / 2>/dev/null; "
	"echo @date; date +%s; "
	"echo @uname; tell /proc/sys/kernel/osrelease; tell /proc/sys/kernel/hostname; "
	"echo @zone; if [ -r /etc/timezone ]; then tell /etc/timezone; else readlink /etc/localtime 2>/dev/null; fi; "
	"echo @end";

static void
copy_safe(char *out, gsize size, const char *text)
{
	g_autofree char *safe = sanitize_text(text, -1);
	gsize n = sanitize_fit(safe, strlen(safe), size - 1);

	memcpy(out, safe, n);
	out[n] = '\0';
}

static void
parse_stat(const char *line, struct probe *out)
{
	guint64 v[8] = { 0 }; /* user nice system idle iowait irq softirq steal; guest is inside user */

	if (g_str_has_prefix(line, "cpu ")) {
		char *at = (char *)line + 4;
		for (guint i = 0; i < G_N_ELEMENTS(v); i++)
			v[i] = g_ascii_strtoull(at, &at, 10);
		for (guint i = 0; i < G_N_ELEMENTS(v); i++)
			out->cpu_total += v[i];
		out->cpu_idle = v[3];
		out->cpu_iowait = v[4];
		out->cpu_steal = v[7];
	} else if (g_str_has_prefix(line, "cpu")) {
		out->cpus++;
	}
}

static void
parse_meminfo(const char *line, struct probe *out)
{
	const struct { const char *name; guint64 *value; } fields[] = {
		{ "MemTotal:", &out->mem_total }, { "MemAvailable:", &out->mem_available }, { "MemFree:", &out->mem_free },
		{ "SwapTotal:", &out->swap_total }, { "SwapFree:", &out->swap_free }, { "SwapCached:", &out->swap_cached },
	};

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		if (g_str_has_prefix(line, fields[i].name))
			*fields[i].value = g_ascii_strtoull(line + strlen(fields[i].name), NULL, 10) * 1024;
}

static void
parse_pressure(const char *line, double *out)
{
	if (g_str_has_prefix(line, "some avg10="))
		*out = g_ascii_strtod(line + strlen("some avg10="), NULL);
}

/* "Filesystem 1024-blocks Used Available Capacity Mounted on"; the device name holds no blanks but may be long. */
static void
parse_df(const char *line, struct probe *out)
{
	g_auto(GStrv) words = NULL;
	guint n = 0;
	const char *fields[4] = { NULL };

	if (g_str_has_prefix(line, "Filesystem"))
		return;
	words = g_strsplit_set(line, " \t", -1);
	for (guint i = 0; words[i] && n < G_N_ELEMENTS(fields); i++)
		if (*words[i])
			fields[n++] = words[i];
	if (n < G_N_ELEMENTS(fields))
		return;
	out->disk_total = g_ascii_strtoull(fields[1], NULL, 10) * 1024;
	out->disk_used = g_ascii_strtoull(fields[2], NULL, 10) * 1024;
	out->disk_available = g_ascii_strtoull(fields[3], NULL, 10) * 1024;
	out->has_disk = out->disk_total > 0;
}

static void
parse_names(const char *section, const char *line, struct probe *out)
{
	const char *zone = strstr(line, "zoneinfo/");

	if (strcmp(section, "@uname") == 0)
		copy_safe(*out->kernel ? out->hostname : out->kernel, *out->kernel ? sizeof out->hostname : sizeof out->kernel, line);
	else
		copy_safe(out->zone, sizeof out->zone, zone ? zone + strlen("zoneinfo/") : line);
}

static void
parse_load(const char *line, struct probe *out)
{
	char *at = (char *)line;

	for (guint i = 0; i < G_N_ELEMENTS(out->load); i++)
		out->load[i] = g_ascii_strtod(at, &at);
}

static void
parse_line(const char *section, const char *line, struct probe *out)
{
	if (strcmp(section, "@stat") == 0)
		parse_stat(line, out);
	else if (strcmp(section, "@meminfo") == 0)
		parse_meminfo(line, out);
	else if (strcmp(section, "@loadavg") == 0)
		parse_load(line, out);
	else if (strcmp(section, "@uptime") == 0)
		out->uptime_s = g_ascii_strtod(line, NULL);
	else if (strcmp(section, "@vmstat") == 0 && g_str_has_prefix(line, "pswpin "))
		out->pswpin = g_ascii_strtoull(line + 7, NULL, 10);
	else if (strcmp(section, "@vmstat") == 0 && g_str_has_prefix(line, "pswpout "))
		out->pswpout = g_ascii_strtoull(line + 8, NULL, 10);
	else if (strcmp(section, "@pressure_cpu") == 0)
		parse_pressure(line, &out->pressure_cpu);
	else if (strcmp(section, "@pressure_memory") == 0)
		parse_pressure(line, &out->pressure_memory);
	else if (strcmp(section, "@pressure_io") == 0)
		parse_pressure(line, &out->pressure_io);
	else if (strcmp(section, "@df") == 0)
		parse_df(line, out);
	else if (strcmp(section, "@date") == 0)
		out->host_time_us = CLAMP(g_ascii_strtoll(line, NULL, 10), 0, SECONDS_MAX) * G_USEC_PER_SEC;
	else if (strcmp(section, "@uname") == 0 || strcmp(section, "@zone") == 0)
		parse_names(section, line, out);
}

/* Kernels before 3.14 have no MemAvailable; free memory is the honest lower bound. */
static void
complete(struct probe *out)
{
	if (out->mem_available == 0)
		out->mem_available = out->mem_free;
}

gboolean
probe_parse(const char *text, gsize len, gint64 at_us, struct probe *out, const char **problem)
{
	g_autofree char *copy = g_strndup(text, len);
	char section[32] = "";
	gboolean ended = FALSE;

	memset(out, 0, sizeof *out);
	out->at_us = at_us;
	for (char *line = copy, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		g_strchomp(line);
		if (*line == '@') {
			g_strlcpy(section, line, sizeof section);
			ended = ended || strcmp(section, "@end") == 0;
			out->has_pressure = out->has_pressure || g_str_has_prefix(section, "@pressure");
		} else if (*line) {
			parse_line(section, line, out);
		}
	}
	complete(out);
	*problem = NULL;
	if (!ended)
		*problem = "the probe's answer was cut off";
	else if (out->cpu_total == 0)
		*problem = "no /proc/stat: is this a Linux host?";
	else if (out->mem_total == 0)
		*problem = "no /proc/meminfo: is this a Linux host?";
	return *problem == NULL;
}

void
probe_rates_compute(const struct probe *before, const struct probe *after, struct probe_rates *out)
{
	double ticks = (double)after->cpu_total - (double)before->cpu_total;
	double seconds = (double)(after->at_us - before->at_us) / G_USEC_PER_SEC;
	double busy;

	memset(out, 0, sizeof *out);
	out->disk_bytes_per_day = out->days_to_full = NAN;
	if (before->cpu_total == 0 || ticks <= 0 || seconds <= 0 || after->uptime_s < before->uptime_s ||
	    after->cpu_steal < before->cpu_steal)
		return;
	out->known = TRUE;
	out->steal_percent = 100.0 * (double)(after->cpu_steal - before->cpu_steal) / ticks;
	/* iowait may go backwards (proc(5)): never below zero. */
	out->iowait_percent = 100.0 * MAX((double)after->cpu_iowait - (double)before->cpu_iowait, 0.0) / ticks;
	busy = ticks - ((double)after->cpu_idle - (double)before->cpu_idle) - ((double)after->cpu_iowait - (double)before->cpu_iowait);
	out->busy_percent = CLAMP(100.0 * busy / ticks, 0.0, 100.0);
	out->swap_in_per_s = MAX((double)after->pswpin - (double)before->pswpin, 0.0) / seconds;
	out->swap_out_per_s = MAX((double)after->pswpout - (double)before->pswpout, 0.0) / seconds;
}

void
probe_disk_slope(const struct probe *first, const struct probe *now, struct probe_rates *out)
{
	double seconds = (double)(now->at_us - first->at_us) / G_USEC_PER_SEC;

	if (seconds < 3600 || !first->has_disk || !now->has_disk)
		return;
	out->disk_bytes_per_day = ((double)now->disk_used - (double)first->disk_used) * 86400 / seconds;
	if (out->disk_bytes_per_day > 0)
		out->days_to_full = (double)now->disk_available / out->disk_bytes_per_day;
}

int
probe_disk_percent(const struct probe *p)
{
	guint64 seen = p->disk_used + p->disk_available;

	if (!p->has_disk || seen == 0)
		return -1;
	return (int)((p->disk_used * 100 + seen - 1) / seen);
}
