#include "tests/screens/probe_double.h"

#include <errno.h>
#include <glib/gstdio.h>

#define TO_THE_REAL_ONE(name) "*) PATH=${PATH#*:}; exec " name " \"$@\" ;;\nesac\n"

static const struct { const char *name, *script; } doubles[] = {
	{"cat",
	 "#!/bin/sh\n"
	 "case \"$*\" in\n"
	 "/proc/meminfo) echo 'MemTotal: 16777216 kB\nMemFree: 2097152 kB\nMemAvailable: 7340032 kB\nSwapCached: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB' ;;\n"
	 "/proc/loadavg) echo '0.10 0.20 0.30 1/200 4000' ;;\n"
	 "/proc/uptime) echo '3600000.00 7000000.00' ;;\n"
	 "/proc/pressure/*) echo 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0' ;;\n"
	 TO_THE_REAL_ONE("cat")},
	{"sed",
	 "#!/bin/sh\n"
	 "case \"$*\" in\n"
	 "*/proc/stat) echo 'cpu  1000 0 1000 90000 0 0 0 0 0 0\ncpu0 500 0 500 45000 0 0 0 0 0 0\ncpu1 500 0 500 45000 0 0 0 0 0 0' ;;\n"
	 "*/proc/vmstat) echo 'pswpin 0\npswpout 0' ;;\n"
	 TO_THE_REAL_ONE("sed")},
	{"df",
	 "#!/bin/sh\n"
	 "case \"$*\" in\n"
	 "'-P -k /') echo 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100000000 33000000 67000000 33% /' ;;\n"
	 TO_THE_REAL_ONE("df")},
};

char *probe_double_new(const char *directory)
{
	g_autoptr(GError) error = NULL;

	if (g_mkdir(directory, 0755) != 0)
		g_error("%s: %s", directory, g_strerror(errno));
	for (guint i = 0; i < G_N_ELEMENTS(doubles); i++) {
		g_autofree char *path = g_build_filename(directory, doubles[i].name, NULL);
		if (!g_file_set_contents_full(path, doubles[i].script, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error))
			g_error("%s", error->message);
	}
	return g_strconcat(directory, ":", g_getenv("PATH"), NULL);
}
