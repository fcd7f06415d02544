#!/bin/sh
# Writes the C source that holds a theme file as the string theme_dark_text.
# usage: embed.sh THEME-FILE > SOURCE.c
set -eu
[ $# -eq 1 ] || { echo "usage: $0 THEME-FILE" >&2; exit 2; }
printf '/* Made by themes/embed.sh from %s. */\n#include "tui/theme.h"\n\nconst char theme_dark_text[] =\n' "${1##*/}"
sed -e 's/[\\"]/\\&/g' -e 's/^/\t"/' -e 's/$/\\n"/' "$1"
printf '\t;\n'
