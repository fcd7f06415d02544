#!/bin/sh
# Writes the C source that holds text files as strings, which a header declares.
# usage: embed.sh HEADER SYMBOL=FILE... > SOURCE.c
set -eu
[ $# -ge 2 ] || { echo "usage: $0 HEADER SYMBOL=FILE..." >&2; exit 2; }
printf '/* Made by tools/embed.sh. */\n#include "%s"\n' "$1"
shift
for pair; do
	file=${pair#*=}
	printf '\n/* %s */\nconst char %s[] =\n' "${file##*/}" "${pair%%=*}"
	sed -e 's/[\\"?]/\\&/g' -e 's/^/\t"/' -e 's/$/\\n"/' "$file"
	printf '\t;\n'
done
