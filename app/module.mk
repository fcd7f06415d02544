bin_PROGRAMS += midwatch
# Everything but main(), so that the tests can link it.
noinst_LIBRARIES += libapp.a
libapp_a_SOURCES = \
	app/audit_command.c \
	app/audit_command.h \
	app/check_answers.c \
	app/check_answers.h \
	app/check_config.c \
	app/check_config.h \
	app/check_command.c \
	app/check_command.h \
	app/check_output.c \
	app/check_output.h \
	app/checklist_check.c \
	app/checklist_check.h \
	app/checklist_files.c \
	app/checklist_files.h \
	app/checklist_parse.c \
	app/checklist_schema.c \
	app/checklist_schema.h \
	app/commands.c \
	app/commands.h \
	app/config.c \
	app/config.h \
	app/config_checks.c \
	app/config_checks.h \
	app/config_rules.c \
	app/config_rules.h \
	app/config_rules_actions.c \
	app/config_rules_actions.h \
	app/config_rules_fleet.c \
	app/config_rules_fleet.h \
	app/config_rules_notify.c \
	app/config_rules_product.c \
	app/config_rules_product.h \
	app/config_schema.c \
	app/config_schema.h \
	app/configured_http.c \
	app/configured_http.h \
	app/configured_world.c \
	app/configured_world.h \
	app/console.c \
	app/console.h \
	app/console_actions.c \
	app/console_commands.c \
	app/console_draw.c \
	app/console_escalate.c \
	app/console_gateways.c \
	app/console_overlays.c \
	app/console_private.h \
	app/console_requests.c \
	app/console_rules.c \
	app/console_run_sheets.c \
	app/console_runs.c \
	app/console_sheets.c \
	app/console_store.c \
	app/crash.c \
	app/crash.h \
	app/doctor.c \
	app/doctor.h \
	app/doctor_fleet.c \
	app/doctor_fleet.h \
	app/doctor_notify.c \
	app/doctor_notify.h \
	app/doctor_report.c \
	app/doctor_report.h \
	app/executor.c \
	app/executor.h \
	app/findings.c \
	app/findings.h \
	app/fleet_addresses.c \
	app/fleet_addresses.h \
	app/fleet_loki.c \
	app/fleet_loki.h \
	app/fleet_origins.c \
	app/fleet_origins.h \
	app/fleet_sweep.c \
	app/fleet_watch.c \
	app/fleet_watch.h \
	app/fleet_watch_private.h \
	app/gateway_machine.c \
	app/gateway_sight.c \
	app/gateway_sight.h \
	app/headless.c \
	app/headless.h \
	app/json_out.c \
	app/json_out.h \
	app/keep.c \
	app/keep.h \
	app/machine.c \
	app/machine.h \
	app/metrics.c \
	app/metrics.h \
	app/notifiers.c \
	app/notifiers.h \
	app/notify_command.c \
	app/notify_command.h \
	app/options.c \
	app/options.h \
	app/placeholders.c \
	app/placeholders.h \
	app/plan.c \
	app/plan.h \
	app/plan_gateway.c \
	app/plan_host.c \
	app/plan_models.c \
	app/report_file.c \
	app/report_file.h \
	app/rollout_run.c \
	app/rollout_run.h \
	app/observe.c \
	app/observe.h \
	app/observe_command.c \
	app/observe_container.c \
	app/observe_fleet.c \
	app/observe_http.c \
	app/observe_private.h \
	app/observe_text.c \
	app/observe_words.c \
	app/rule_files.h \
	app/rule_parse.c \
	app/rule_parse.h \
	app/rule_inputs.c \
	app/rule_inputs.h \
	app/rule_inputs_fleet.c \
	app/rule_inputs_gateways.c \
	app/rule_inputs_hosts.c \
	app/rule_inputs_logs.c \
	app/rule_inputs_private.h \
	app/rule_inputs_product.c \
	app/rules_command.c \
	app/rules_command.h \
	app/rules_command_print.c \
	app/rules_deliver.c \
	app/rules_deliver.h \
	app/rules_keep.c \
	app/rules_keep.h \
	app/rules_person.c \
	app/rules_run.c \
	app/rules_run.h \
	app/rules_run_private.h \
	app/walk.c \
	app/rules_tell.c \
	app/rules_tell.h \
	app/walk.h \
	app/walk_start.c \
	app/rule_files.c \
	app/rule_schema.c \
	app/rule_schema.h \
	app/score_command.c \
	app/score_command.h \
	app/shell.c \
	app/shell.h \
	app/shipped.h \
	app/work.h \
	app/work_command.c \
	app/work_container.c \
	app/work_gateway.c \
	app/work_gateway.h \
	app/work_http.c \
	app/work_model.c \
	app/yaml_fields.h \
	app/yaml_file.c \
	app/yaml_file.h

nodist_libapp_a_SOURCES = app/shipped.c
BUILT_SOURCES += app/shipped.c
CLEANFILES += app/shipped.c
shipped = $(srcdir)/rules/shipped.yml $(srcdir)/checklists/post-deploy.yml $(srcdir)/checklists/first-ten-minutes.yml

app/shipped.c: $(shipped) $(srcdir)/tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) app && sh $(srcdir)/tools/embed.sh app/shipped.h shipped_rules_text=$(srcdir)/rules/shipped.yml \
		shipped_post_deploy_text=$(srcdir)/checklists/post-deploy.yml \
		shipped_first_ten_minutes_text=$(srcdir)/checklists/first-ten-minutes.yml > $@.part && mv $@.part $@

midwatch_SOURCES = app/main.c
layer_libraries = libapp.a libpanels.a libbackends.a libtui.a libmodel.a
foundations = $(GLIB_LIBS) $(CURSES_LIBS) $(SSH_LIBS) $(CRYPTO_LIBS) $(CJSON_LIBS) $(CYAML_LIBS) $(PCRE_LIBS) $(SQLITE_LIBS) -lm
midwatch_LDADD = $(layer_libraries) $(foundations)
