# Built by `make bench` only.
EXTRA_PROGRAMS += tests/bench/bench-ingest tests/bench/bench-console tests/bench/bench-fleet tests/bench/bench-store tests/bench/bench-rules
tests_bench_bench_ingest_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_fleet_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_rules_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_store_LDADD = $(layer_libraries) $(foundations)
tests_bench_bench_console_LDADD = libscreens.a $(layer_libraries) $(foundations) $(VTERM_LIBS) -lutil
tests_bench_bench_console_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
