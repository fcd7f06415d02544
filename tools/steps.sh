#!/bin/bash
# The steps of ./check that pass or fail as a whole: steps.sh STEP.
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$TOP/tools/build.sh"

build_check() {
	configure_make && configure_in "$TOP/build-check" --enable-werror --enable-sanitizers CFLAGS='-g -O1' &&
		make -C "$TOP/build-check" -j"$(nproc)" all && make -C "$TOP/build-check" -j"$(nproc)" check TESTS=
}

# The fuzzers stand on what clang has built: one build for both.
configure_clang() {
	configure_in "$TOP/build-clang" --enable-werror --enable-sanitizers --enable-fuzzers CC=clang CFLAGS='-g -O1'
}

build_clang() {
	configure_clang && make -C "$TOP/build-clang" -j"$(nproc)" all && make -C "$TOP/build-clang" -j"$(nproc)" check TESTS=
}

build_fuzzers() {
	configure_clang && make -C "$TOP/build-clang" -j"$(nproc)" $(make -s --no-print-directory -C "$TOP/build-clang" print-fuzz-programs)
}

# The distribution builds and passes its unit tests without this tree. A directory of its own: what tests were built in another would be packed.
distcheck() {
	configure_in "$TOP/build-dist" && make -C "$TOP/build-dist" distcheck TESTS="$(make -s --no-print-directory -C "$TOP/build-dist" print-unit-tests)" AM_MAKEFLAGS=-j"$(nproc)"
}

"$1"
