# Built only with --enable-fuzzers: they need clang.
fuzz_programs = \
	tests/fuzz/fuzz-alertmanager \
	tests/fuzz/fuzz-checklist-file \
	tests/fuzz/fuzz-cleanup-log \
	tests/fuzz/fuzz-config \
	tests/fuzz/fuzz-cron-reply \
	tests/fuzz/fuzz-crontab \
	tests/fuzz/fuzz-docker-frames \
	tests/fuzz/fuzz-docker-json \
	tests/fuzz/fuzz-gateway-reply \
	tests/fuzz/fuzz-host-range \
	tests/fuzz/fuzz-inventory \
	tests/fuzz/fuzz-journal \
	tests/fuzz/fuzz-loki \
	tests/fuzz/fuzz-notify \
	tests/fuzz/fuzz-ollama \
	tests/fuzz/fuzz-probe \
	tests/fuzz/fuzz-prometheus \
	tests/fuzz/fuzz-report \
	tests/fuzz/fuzz-rule-expr \
	tests/fuzz/fuzz-rule-file \
	tests/fuzz/fuzz-sanitize \
	tests/fuzz/fuzz-ssh-config \
	tests/fuzz/fuzz-sweep \
	tests/fuzz/fuzz-tailscale
if FUZZERS
noinst_PROGRAMS += $(fuzz_programs)
endif
EXTRA_PROGRAMS += $(fuzz_programs)
tests_fuzz_fuzz_config_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_config_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_cleanup_log_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_cleanup_log_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_cron_reply_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_cron_reply_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_crontab_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_crontab_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_docker_frames_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_docker_frames_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_docker_json_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_docker_json_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_inventory_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_inventory_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_gateway_reply_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_gateway_reply_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_journal_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_journal_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_loki_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_loki_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_ollama_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_ollama_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_probe_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_probe_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_prometheus_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_prometheus_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_rule_expr_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_rule_expr_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_report_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_report_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_sanitize_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_sanitize_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_ssh_config_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_ssh_config_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_host_range_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_host_range_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_sweep_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_sweep_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_tailscale_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_tailscale_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_alertmanager_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_alertmanager_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_notify_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_notify_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_checklist_file_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_checklist_file_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_rule_file_LDADD = $(layer_libraries) $(foundations)
tests_fuzz_fuzz_rule_file_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

print-fuzz-programs:
	@echo $(fuzz_programs)
