# What the tests in this directory share.
check_LIBRARIES += libunit.a
libunit_a_SOURCES = \
	tests/unit/http_double.c \
	tests/unit/http_double.h \
	tests/unit/fleet_world.c \
	tests/unit/fleet_world.h \
	tests/unit/message_services.c \
	tests/unit/message_services.h \
	tests/unit/gateway_rig.c \
	tests/unit/gateway_rig.h \
	tests/unit/page.c \
	tests/unit/page.h \
	tests/unit/panel_world.c \
	tests/unit/panel_world.h \
	tests/unit/problems.c \
	tests/unit/problems.h \
	tests/unit/pty_terminal.c \
	tests/unit/pty_terminal.h \
	tests/unit/rules_rig.c \
	tests/unit/rules_rig.h \
	tests/unit/run_rig.c \
	tests/unit/run_rig.h \
	tests/unit/run_world.c \
	tests/unit/run_world.h \
	tests/unit/store_rig.c \
	tests/unit/store_rig.h \
	tests/unit/tui_scenes.c \
	tests/unit/tui_scenes.h \
	tests/unit/wait_for.c \
	tests/unit/wait_for.h
libunit_a_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)

unit_tests = \
	tests/unit/test-checklist-panel \
	tests/unit/test-rules-panel \
	tests/unit/test-backoff \
	tests/unit/test-check-run \
	tests/unit/test-checklist-files \
	tests/unit/test-config \
	tests/unit/test-config-fleet \
	tests/unit/test-check-judge \
	tests/unit/test-config-product \
	tests/unit/test-duration \
	tests/unit/test-rule-files \
	tests/unit/test-containers \
	tests/unit/test-cron-data \
	tests/unit/test-cron-poll \
	tests/unit/test-cron-schedule \
	tests/unit/test-cron-panel \
	tests/unit/test-docker-frames \
	tests/unit/test-docker-parse \
	tests/unit/test-docker \
	tests/unit/test-filter \
	tests/unit/test-fleet-http \
	tests/unit/test-fleet-loki \
	tests/unit/test-fleet-origins \
	tests/unit/test-fleet-parse \
	tests/unit/test-fingerprint \
	tests/unit/test-fleet \
	tests/unit/test-fd-process \
	tests/unit/test-fleet-drop \
	tests/unit/test-follow-journal \
	tests/unit/test-follow-parse \
	tests/unit/test-gateway-feed \
	tests/unit/test-gateway-reply \
	tests/unit/test-gateways-panel \
	tests/unit/test-host-range \
	tests/unit/test-http \
	tests/unit/test-http-url \
	tests/unit/test-keymap \
	tests/unit/test-known-hosts \
	tests/unit/test-link-fake \
	tests/unit/test-link-local \
	tests/unit/test-log-line \
	tests/unit/test-log-signs \
	tests/unit/test-loop-watch \
	tests/unit/test-rule-inputs \
	tests/unit/test-rules-run \
	tests/unit/test-log-store \
	tests/unit/test-log-view \
	tests/unit/test-logs-panel \
	tests/unit/test-models-panel \
	tests/unit/test-ollama-parse \
	tests/unit/test-alertmanager-parse \
	tests/unit/test-alertmanager-http \
	tests/unit/test-notify \
	tests/unit/test-notify-bodies \
	tests/unit/test-operation \
	tests/unit/test-panels \
	tests/unit/test-pages \
	tests/unit/test-paste \
	tests/unit/test-placeholders \
	tests/unit/test-plan \
	tests/unit/test-doctor-fleet \
	tests/unit/test-plan-gateway \
	tests/unit/test-probe \
	tests/unit/test-prompt \
	tests/unit/test-remote-task \
	tests/unit/test-report \
	tests/unit/test-rollout \
	tests/unit/test-rollout-run \
	tests/unit/test-rule-expr \
	tests/unit/test-rules \
	tests/unit/test-rules-hold \
	tests/unit/test-rules-shipped \
	tests/unit/test-samples \
	tests/unit/test-sanitize \
	tests/unit/test-headline \
	tests/unit/test-score \
	tests/unit/test-secret-source \
	tests/unit/test-sentinel \
	tests/unit/test-ssh-aliases \
	tests/unit/test-ssh-config \
	tests/unit/test-ssh-config-share \
	tests/unit/test-ssh-keystream \
	tests/unit/test-ssh-words \
	tests/unit/test-store-audit \
	tests/unit/test-store-rollout \
	tests/unit/test-store-run \
	tests/unit/test-store-rules \
	tests/unit/test-store-samples \
	tests/unit/test-sweep \
	tests/unit/test-table \
	tests/unit/test-text \
	tests/unit/test-theme \
	tests/unit/test-tui-terminal \
	tests/unit/test-tui-vterm \
	tests/unit/test-walk
check_PROGRAMS += $(unit_tests)
tests_unit_test_checklist_panel_LDADD = $(test_libraries)
tests_unit_test_rules_panel_LDADD = $(test_libraries)
tests_unit_test_backoff_LDADD = $(test_libraries)
tests_unit_test_check_run_LDADD = $(test_libraries)
tests_unit_test_store_run_LDADD = $(test_libraries)
tests_unit_test_store_rules_LDADD = $(test_libraries)
tests_unit_test_checklist_files_LDADD = $(test_libraries)
tests_unit_test_report_LDADD = $(test_libraries)
tests_unit_test_config_product_LDADD = $(test_libraries)
tests_unit_test_duration_LDADD = $(test_libraries)
tests_unit_test_rule_files_LDADD = $(test_libraries)
tests_unit_test_config_LDADD = $(test_libraries)
tests_unit_test_config_fleet_LDADD = $(test_libraries)
tests_unit_test_check_judge_LDADD = $(test_libraries)
tests_unit_test_containers_LDADD = $(test_libraries)
tests_unit_test_cron_data_LDADD = $(test_libraries)
tests_unit_test_cron_poll_LDADD = $(test_libraries)
tests_unit_test_cron_schedule_LDADD = $(test_libraries)
tests_unit_test_cron_panel_LDADD = $(test_libraries)
tests_unit_test_docker_frames_LDADD = $(test_libraries)
tests_unit_test_docker_parse_LDADD = $(test_libraries)
tests_unit_test_docker_LDADD = $(test_libraries)
tests_unit_test_filter_LDADD = $(test_libraries)
tests_unit_test_fleet_http_LDADD = $(test_libraries)
tests_unit_test_fleet_loki_LDADD = $(test_libraries)
tests_unit_test_fleet_origins_LDADD = $(test_libraries)
tests_unit_test_fleet_parse_LDADD = $(test_libraries)
tests_unit_test_fingerprint_LDADD = $(test_libraries)
tests_unit_test_fleet_LDADD = $(test_libraries)
tests_unit_test_fleet_drop_LDADD = $(test_libraries)
tests_unit_test_follow_journal_LDADD = $(test_libraries)
tests_unit_test_follow_parse_LDADD = $(test_libraries)
tests_unit_test_gateways_panel_LDADD = $(test_libraries)
tests_unit_test_host_range_LDADD = $(test_libraries)
tests_unit_test_http_LDADD = $(test_libraries)
tests_unit_test_http_url_LDADD = $(test_libraries)
tests_unit_test_keymap_LDADD = $(test_libraries)
tests_unit_test_known_hosts_LDADD = $(test_libraries)
tests_unit_test_link_fake_LDADD = $(test_libraries)
tests_unit_test_link_local_LDADD = $(test_libraries)
tests_unit_test_log_line_LDADD = $(test_libraries)
tests_unit_test_log_signs_LDADD = $(test_libraries)
tests_unit_test_rule_inputs_LDADD = $(test_libraries)
tests_unit_test_rules_run_LDADD = $(test_libraries)
tests_unit_test_log_store_LDADD = $(test_libraries)
tests_unit_test_log_view_LDADD = $(test_libraries)
tests_unit_test_logs_panel_LDADD = $(test_libraries)
tests_unit_test_models_panel_LDADD = $(test_libraries)
tests_unit_test_ollama_parse_LDADD = $(test_libraries)
tests_unit_test_alertmanager_parse_LDADD = $(test_libraries)
tests_unit_test_alertmanager_http_LDADD = $(test_libraries)
tests_unit_test_notify_LDADD = $(test_libraries)
tests_unit_test_notify_bodies_LDADD = $(test_libraries)
tests_unit_test_operation_LDADD = $(test_libraries)
tests_unit_test_panels_LDADD = $(test_libraries)
tests_unit_test_pages_LDADD = $(test_libraries)
tests_unit_test_paste_LDADD = $(test_libraries)
tests_unit_test_placeholders_LDADD = $(test_libraries)
tests_unit_test_plan_LDADD = $(test_libraries)
tests_unit_test_doctor_fleet_LDADD = $(test_libraries)
tests_unit_test_plan_gateway_LDADD = $(test_libraries)
tests_unit_test_ssh_config_share_LDADD = $(test_libraries)
tests_unit_test_loop_watch_LDADD = $(test_libraries)
tests_unit_test_probe_LDADD = $(test_libraries)
tests_unit_test_fd_process_LDADD = $(test_libraries)
tests_unit_test_gateway_feed_LDADD = $(test_libraries)
tests_unit_test_gateway_reply_LDADD = $(test_libraries)
tests_unit_test_prompt_LDADD = $(test_libraries)
tests_unit_test_remote_task_LDADD = $(test_libraries)
tests_unit_test_rollout_LDADD = $(test_libraries)
tests_unit_test_rollout_run_LDADD = $(test_libraries)
tests_unit_test_rule_expr_LDADD = $(test_libraries)
tests_unit_test_rules_LDADD = $(test_libraries)
tests_unit_test_rules_hold_LDADD = $(test_libraries)
tests_unit_test_rules_shipped_LDADD = $(test_libraries)
tests_unit_test_samples_LDADD = $(test_libraries)
tests_unit_test_sanitize_LDADD = $(test_libraries)
tests_unit_test_headline_LDADD = $(test_libraries)
tests_unit_test_score_LDADD = $(test_libraries)
tests_unit_test_secret_source_LDADD = $(test_libraries)
tests_unit_test_sentinel_LDADD = $(test_libraries)
tests_unit_test_ssh_aliases_LDADD = $(test_libraries)
tests_unit_test_ssh_config_LDADD = $(test_libraries)
tests_unit_test_ssh_keystream_LDADD = $(test_libraries)
tests_unit_test_ssh_words_LDADD = $(test_libraries)
tests_unit_test_store_audit_LDADD = $(test_libraries)
tests_unit_test_store_rollout_LDADD = $(test_libraries)
tests_unit_test_store_samples_LDADD = $(test_libraries)
tests_unit_test_sweep_LDADD = $(test_libraries)
tests_unit_test_table_LDADD = $(test_libraries)
tests_unit_test_text_LDADD = $(test_libraries)
tests_unit_test_theme_LDADD = $(test_libraries)
tests_unit_test_tui_terminal_LDADD = $(test_libraries)
tests_unit_test_tui_vterm_LDADD = $(test_libraries)
tests_unit_test_walk_LDADD = $(test_libraries)

print-unit-tests:
	@echo $(unit_tests)
