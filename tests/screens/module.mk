# What the tests in this directory share.
check_LIBRARIES += libscreens.a
libscreens_a_SOURCES = \
	tests/screens/console_fixture.c \
	tests/screens/console_fixture.h \
	tests/screens/golden.c \
	tests/screens/golden.h \
	tests/screens/probe_double.c \
	tests/screens/probe_double.h \
	tests/screens/vterm_driver.c \
	tests/screens/vterm_driver.h \
	tests/screens/vterm_driver_private.h \
	tests/screens/vterm_keys.c \
	tests/screens/vterm_screen.c
libscreens_a_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)

screen_tests = \
	tests/screens/test-audit-command \
	tests/screens/test-console-actions \
	tests/screens/test-console-checklist \
	tests/screens/test-console-config \
	tests/screens/test-console-killed \
	tests/screens/test-console-logs \
	tests/screens/test-console-sheets \
	tests/screens/test-console-store \
	tests/screens/test-console \
	tests/screens/test-driver \
	tests/screens/test-notify-command \
	tests/screens/test-rules-command
check_PROGRAMS += $(screen_tests)
tests_screens_test_audit_command_LDADD = $(test_libraries)
tests_screens_test_console_actions_LDADD = $(test_libraries)
tests_screens_test_console_checklist_LDADD = $(test_libraries)
tests_screens_test_console_config_LDADD = $(test_libraries)
tests_screens_test_console_killed_LDADD = $(test_libraries)
tests_screens_test_console_logs_LDADD = $(test_libraries)
tests_screens_test_console_sheets_LDADD = $(test_libraries)
tests_screens_test_console_store_LDADD = $(test_libraries)
tests_screens_test_console_LDADD = $(test_libraries)
tests_screens_test_notify_command_LDADD = $(test_libraries)
tests_screens_test_rules_command_LDADD = $(test_libraries)
tests_screens_test_driver_LDADD = $(test_libraries)

print-screen-tests:
	@echo $(screen_tests)
