noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	tui/canvas.c \
	tui/canvas.h \
	tui/chart.c \
	tui/chart.h \
	tui/figures.c \
	tui/filter.c \
	tui/filter.h \
	tui/frame.c \
	tui/frame.h \
	tui/glyph.c \
	tui/glyph.h \
	tui/key_names.c \
	tui/keymap.c \
	tui/keymap.h \
	tui/menu.c \
	tui/menu.h \
	tui/nearest.c \
	tui/nearest.h \
	tui/pager.c \
	tui/pager.h \
	tui/palette.c \
	tui/palette.h \
	tui/paste.c \
	tui/paste.h \
	tui/prompt.c \
	tui/prompt.h \
	tui/role.h \
	tui/screen.c \
	tui/screen.h \
	tui/screen_emergency.c \
	tui/screen_input.c \
	tui/screen_private.h \
	tui/screen_run.c \
	tui/screen_signals.c \
	tui/sheet.c \
	tui/sheet.h \
	tui/table.c \
	tui/table.h \
	tui/table_draw.c \
	tui/table_private.h \
	tui/text.c \
	tui/text.h \
	tui/theme.c \
	tui/theme.h \
	tui/wrap.c \
	tui/wrap.h
nodist_libtui_a_SOURCES = tui/theme_dark.c
BUILT_SOURCES += tui/theme_dark.c
CLEANFILES += tui/theme_dark.c

tui/theme_dark.c: $(srcdir)/themes/dark.theme $(srcdir)/tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) tui && sh $(srcdir)/tools/embed.sh tui/theme.h theme_dark_text=$(srcdir)/themes/dark.theme > $@.part && mv $@.part $@
