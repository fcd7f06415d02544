noinst_LIBRARIES += libpanels.a
libpanels_a_SOURCES = \
	panels/actions.c \
	panels/actions.h \
	panels/containers.c \
	panels/containers_chips.c \
	panels/containers_details.c \
	panels/containers_draw.c \
	panels/containers_private.h \
	panels/containers_rows.c \
	panels/containers_tabs.c \
	panels/host_line.c \
	panels/host_line.h \
	panels/log_jump.c \
	panels/log_jump.h \
	panels/logs.c \
	panels/logs_commands.c \
	panels/logs_details.c \
	panels/logs_draw.c \
	panels/logs_keep.c \
	panels/logs_line.c \
	panels/logs_move.c \
	panels/logs_private.h \
	panels/logs_title.c \
	panels/panel.c \
	panels/panel.h \
	panels/score.c \
	panels/score_draw.c \
	panels/score_explain.c \
	panels/score_hosts.c \
	panels/score_private.h
