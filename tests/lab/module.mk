# What the tests in this directory share.
check_LIBRARIES += liblab.a
liblab_a_SOURCES = \
	tests/lab/act_rig.c \
	tests/lab/act_rig.h \
	tests/lab/alertmanager_rig.c \
	tests/lab/alertmanager_rig.h \
	tests/lab/check_rig.c \
	tests/lab/check_rig.h \
	tests/lab/cloud_rig.c \
	tests/lab/cloud_rig.h \
	tests/lab/console_rig.c \
	tests/lab/console_rig.h \
	tests/lab/fleet_rig.c \
	tests/lab/fleet_rig.h \
	tests/lab/follow_rig.c \
	tests/lab/follow_rig.h \
	tests/lab/inventory_rig.c \
	tests/lab/inventory_rig.h \
	tests/lab/lab.c \
	tests/lab/lab.h \
	tests/lab/lab_fleet.c \
	tests/lab/lab_fleet.h \
	tests/lab/lab_private.h \
	tests/lab/lab_proxy.c \
	tests/lab/lab_proxy.h \
	tests/lab/lab_servers.c \
	tests/lab/libssh2_rig.c \
	tests/lab/libssh2_rig.h \
	tests/lab/ollama_rig.c \
	tests/lab/ollama_rig.h \
	tests/lab/ollama_watcher.c \
	tests/lab/ollama_watcher.h \
	tests/lab/sshd_fixture.c \
	tests/lab/sshd_fixture.h \
	tests/lab/tailscale_rig.c \
	tests/lab/tailscale_rig.h
liblab_a_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)

# Those that take longest come first, so that none of them is left alone at the end.
lab_tests = \
	tests/lab/test-act-keys \
	tests/lab/test-fleet-console \
	tests/lab/test-console-ssh \
	tests/lab/test-rollout \
	tests/lab/test-restart-cuts \
	tests/lab/test-fleet-drop \
	tests/lab/test-check \
	tests/lab/test-docker \
	tests/lab/test-doctor \
	tests/lab/test-follow \
	tests/lab/test-fleet-lab \
	tests/lab/test-ollama \
	tests/lab/test-cron \
	tests/lab/test-act-kills \
	tests/lab/test-fleet-machines \
	tests/lab/test-console-local \
	tests/lab/test-prometheus-rule \
	tests/lab/test-libssh2 \
	tests/lab/test-follow-file \
	tests/lab/test-act-screens \
	tests/lab/test-fleet-live \
	tests/lab/test-act-readonly \
	tests/lab/test-dead-cable \
	tests/lab/test-link-child \
	tests/lab/test-check-console \
	tests/lab/test-ollama-console \
	tests/lab/test-ollama-use \
	tests/lab/test-lab \
	tests/lab/test-docker-ssh \
	tests/lab/test-fleet-actions \
	tests/lab/test-rules-logs \
	tests/lab/test-follow-journal \
	tests/lab/test-libssh2-connect \
	tests/lab/test-alertmanager
check_PROGRAMS += $(lab_tests)
tests_lab_test_act_keys_LDADD = $(test_libraries)
tests_lab_test_act_readonly_LDADD = $(test_libraries)
tests_lab_test_act_screens_LDADD = $(test_libraries)
tests_lab_test_act_kills_LDADD = $(test_libraries)
tests_lab_test_check_LDADD = $(test_libraries)
tests_lab_test_check_console_LDADD = $(test_libraries)
tests_lab_test_alertmanager_LDADD = $(test_libraries)
tests_lab_test_console_local_LDADD = $(test_libraries)
tests_lab_test_console_ssh_LDADD = $(test_libraries)
tests_lab_test_cron_LDADD = $(test_libraries)
tests_lab_test_dead_cable_LDADD = $(test_libraries)
tests_lab_test_docker_ssh_LDADD = $(test_libraries)
tests_lab_test_docker_LDADD = $(test_libraries)
tests_lab_test_doctor_LDADD = $(test_libraries)
tests_lab_test_fleet_actions_LDADD = $(test_libraries)
tests_lab_test_fleet_console_LDADD = $(test_libraries)
tests_lab_test_fleet_drop_LDADD = $(test_libraries)
tests_lab_test_fleet_lab_LDADD = $(test_libraries)
tests_lab_test_fleet_live_LDADD = $(test_libraries)
tests_lab_test_fleet_machines_LDADD = $(test_libraries)
tests_lab_test_follow_file_LDADD = $(test_libraries)
tests_lab_test_follow_journal_LDADD = $(test_libraries)
tests_lab_test_follow_LDADD = $(test_libraries)
tests_lab_test_lab_LDADD = $(test_libraries)
tests_lab_test_libssh2_connect_LDADD = $(test_libraries)
tests_lab_test_libssh2_LDADD = $(test_libraries)
tests_lab_test_link_child_LDADD = $(test_libraries)
tests_lab_test_ollama_use_LDADD = $(test_libraries)
tests_lab_test_ollama_LDADD = $(test_libraries)
tests_lab_test_ollama_console_LDADD = $(test_libraries)
tests_lab_test_rules_logs_LDADD = $(test_libraries)
tests_lab_test_rollout_LDADD = $(test_libraries)
tests_lab_test_prometheus_rule_LDADD = $(test_libraries)
tests_lab_test_restart_cuts_LDADD = $(test_libraries)

print-lab-tests:
	@echo $(lab_tests)
