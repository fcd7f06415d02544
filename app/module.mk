bin_PROGRAMS += midwatch
# Everything but main(), so that the tests can link it.
noinst_LIBRARIES += libapp.a
libapp_a_SOURCES = \
	app/config.c \
	app/config.h \
	app/config_check.c \
	app/config_check.h \
	app/config_rules.c \
	app/config_rules.h \
	app/config_schema.c \
	app/config_schema.h \
	app/console.c \
	app/console.h \
	app/console_commands.c \
	app/console_draw.c \
	app/console_overlays.c \
	app/console_private.h \
	app/console_requests.c \
	app/crash.c \
	app/crash.h \
	app/doctor.c \
	app/doctor.h \
	app/doctor_report.c \
	app/doctor_report.h \
	app/keep.c \
	app/keep.h \
	app/machine.c \
	app/machine.h \
	app/options.c \
	app/options.h

midwatch_SOURCES = app/main.c
layer_libraries = libapp.a libpanels.a libbackends.a libtui.a libmodel.a
foundations = $(GLIB_LIBS) $(CURSES_LIBS) $(SSH_LIBS) $(CRYPTO_LIBS) $(CJSON_LIBS) $(CYAML_LIBS) $(PCRE_LIBS) -lm
midwatch_LDADD = $(layer_libraries) $(foundations)
