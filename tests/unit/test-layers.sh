#!/bin/bash
# Fails when the source breaks what docs/architecture.md promises: includes go one way between the layers, curses stays in tui/, GIO and
# linked libcurl stay out, no file is too long. Speaks TAP. Looks at the source beside it, or at the directory given.
set -u
shopt -s lastpipe # expect_none counts in this shell
TOP=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
cd "$TOP" || exit 1
number=0

# Passes when the list on standard input is empty.
expect_none() { # NAME
	local found
	found=$(cat)
	number=$((number + 1))
	if [ -z "$found" ]; then
		echo "ok $number $1"
	else
		printf '%s\n' "$found" | sed 's/^/# /'
		echo "not ok $number $1"
	fi
}

sources() { # DIRECTORY…
	find "$@" -name '*.[ch]' | sort
}

# Includes of project headers, as FILE:LINE:…
includes() { # DIRECTORY LAYER-PATTERN
	sources "$1" | xargs grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*\"($2)/"
}

# Includes by a name without its layer would go round the check.
bare_includes() {
	sources model tui backends panels app |
		xargs grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
		grep -vE '"(model|tui|backends|panels|app)/|"config\.h"'
}

longer_than() { # LINES DIRECTORY…
	local most=$1
	shift
	sources "$@" | xargs wc -l | awk -v most="$most" '$2 != "total" && $1 > most { print $2 ": " $1 " lines" }'
}

echo 1..12
includes model 'tui|backends|panels|app|tests|themes' | expect_none 'model includes only model'
includes tui 'model|backends|panels|app|tests|themes' | expect_none 'tui includes only tui'
includes backends 'tui|panels|app|tests|themes' | expect_none 'backends include only model'
includes panels 'backends|app|tests|themes' | expect_none 'panels include only model and tui'
includes app 'tests' | expect_none 'the program includes no test'
bare_includes | expect_none 'includes name the layer'
sources model backends panels app | xargs grep -HnE '#[[:space:]]*include[[:space:]]*<(n?curses(w)?/)?(n?curses|panel|term|form|menu)\.h>' |
	expect_none 'curses is included in tui only'
sources model | xargs grep -HnE '#[[:space:]]*include[[:space:]]*<(libssh2|curl/|sys/socket|sys/un|netinet/|netdb|poll|unistd|fcntl)' |
	expect_none 'model does no input or output'
sources model tui backends panels app | xargs grep -HnE '#[[:space:]]*include[[:space:]]*<(gio/|glib-object)' | expect_none 'GIO and GObject stay out'
longer_than 600 model tui backends panels app | expect_none 'no source file is longer than 600 lines'
longer_than 1000 tests | expect_none 'no test is longer than 1000 lines'
# A header that cannot be told from another's breaks silently.
find model tui backends panels app -name '*.h' -exec sed -n 's/^#ifndef \(MW_[A-Z0-9_]*\)$/\1/p' {} + | sort | uniq -d | expect_none 'include guards are unique'
