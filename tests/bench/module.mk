EXTRA_PROGRAMS += tests/bench/bench-ingest
tests_bench_bench_ingest_SOURCES = tests/bench/bench-ingest.c
tests_bench_bench_ingest_LDADD = $(layer_libraries) $(foundations)
