/* The host probe: one POSIX sh command's output, parsed, and the rates between two of them.
 * Format and traps: proc(5); the total of /proc/stat is user…steal only, since guest is inside user. */
#ifndef MW_MODEL_PROBE_H
#define MW_MODEL_PROBE_H

#include <glib.h>

/* The command to run: prints sections that probe_parse() reads. POSIX sh, BusyBox included; no quoting needed. */
extern const char probe_command[];

struct probe {
	gint64 at_us;            /* monotonic time at which the answer came */
	guint64 cpu_total, cpu_steal, cpu_idle, cpu_iowait; /* clock ticks since boot */
	guint cpus;
	double load[3];
	double uptime_s;
	gint64 host_time_us;     /* the host's own UTC clock; 0 when not printed */
	guint64 mem_total, mem_available, mem_free;      /* bytes */
	guint64 swap_total, swap_free, swap_cached;      /* bytes */
	guint64 pswpin, pswpout; /* pages since boot */
	gboolean has_pressure;   /* /proc/pressure exists */
	double pressure_cpu, pressure_memory, pressure_io; /* "some avg10", % */
	gboolean has_disk;
	guint64 disk_total, disk_used, disk_available;   /* bytes of / as df -P -k prints them */
	char kernel[64], hostname[65], zone[64];         /* safe text */
};

struct probe_rates {
	gboolean known;          /* two probes of the same boot were seen */
	double steal_percent, busy_percent, iowait_percent;
	double swap_in_per_s, swap_out_per_s;            /* pages */
	double disk_bytes_per_day;                       /* growth; NAN until an hour was seen */
	double days_to_full;                             /* NAN when not filling or not known */
};

/* Parses what probe_command printed. A missing part leaves its fields 0 and its has_ flag unset; without /proc/stat
 * and meminfo the parse fails: FALSE with *problem set to a static text. */
gboolean probe_parse(const char *text, gsize len, gint64 at_us, struct probe *out, const char **problem);
/* Rates from `before` to `after`; known is FALSE when the host was rebooted in between or counters did not move. */
void probe_rates_compute(const struct probe *before, const struct probe *after, struct probe_rates *out);
/* Fills the disk's growth and days to full from the oldest probe kept: a slope means something only over a long span, so less than an
 * hour leaves them NAN. */
void probe_disk_slope(const struct probe *first, const struct probe *now, struct probe_rates *out);
/* Used part of / in percent as df prints it: used / (used + available), rounded up. -1 when not known. */
int probe_disk_percent(const struct probe *p);

#endif
