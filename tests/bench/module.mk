# Built by `make bench` only.
EXTRA_PROGRAMS += tests/bench/bench-ingest tests/bench/bench-console tests/bench/bench-fleet tests/bench/bench-store tests/bench/bench-rules
tests_bench_bench_ingest_LDADD = $(layer_libraries) $(foundations)
if HAVE_LIBSSH
EXTRA_PROGRAMS += tests/bench/bench-gateways
bench_gateways = tests/bench/bench-gateways
tests_bench_bench_gateways_LDADD = $(GLIB_LIBS) $(LIBSSH_LIBS)
tests_bench_bench_gateways_CFLAGS = $(AM_CFLAGS) $(LIBSSH_CFLAGS)
endif
tests_bench_bench_fleet_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_rules_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_store_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_console_LDADD = libscreens.a $(layer_libraries) $(foundations) $(VTERM_LIBS) -lutil
tests_bench_bench_console_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
