# What ./run and ./check share: installing packages and building. Sourced; TOP is the source directory.

BUILD_PACKAGES="gcc libc6-dev make autoconf automake pkg-config libglib2.0-dev libncurses-dev libssh2-1-dev libssl-dev libcurl4-openssl-dev
	libcjson-dev libcyaml-dev libyaml-dev libpcre2-dev libsqlite3-dev openssh-client ncurses-base"

say() {
	echo "${0##*/}: $*" >&2
}

die() {
	say "$*"
	exit 1
}

# Prints those of the packages that are not installed.
packages_missing() { # PACKAGE…
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | awk -v want="$*" '
		$1 == "installed" { have[$2] = 1 }
		END {
			n = split(want, names)
			for (i = 1; i <= n; i++)
				if (!(names[i] in have))
					printf "%s ", names[i]
		}'
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root to install packages, and there is no sudo. Install as root: apt-get install $missing"
	fi
}

# Keeps packages from starting the services that they bring, unless this machine has a policy of its own.
services_hold() {
	[ ! -e /usr/sbin/policy-rc.d ] || return 0
	printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null && as_root chmod 755 /usr/sbin/policy-rc.d
	services_held=yes
}

services_release() {
	[ "${services_held-}" != yes ] || as_root rm -f /usr/sbin/policy-rc.d
	services_held=
}

apt_install() { # PACKAGE…
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" </dev/null
}

# Installs what is missing of the packages, and says so; silent when all is there.
packages_need() { # PACKAGE…
	local missing log
	command -v dpkg-query >/dev/null || die "this is no Debian: install by hand what README.md names"
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	say "installing with apt: $missing"
	log=$(mktemp) || exit 1
	services_hold
	# The lists of packages are fetched only when the ones here do not do.
	if ! apt_install $missing >"$log" 2>&1; then
		as_root apt-get -o DPkg::Lock::Timeout=300 update >>"$log" 2>&1 </dev/null
		if ! apt_install $missing >>"$log" 2>&1; then
			services_release
			tail -n 20 "$log" >&2
			rm -f "$log"
			die "apt could not install: $missing"
		fi
	fi
	services_release
	rm -f "$log"
}

# Makes ./configure when it is missing or older than what it is made of.
configure_make() {
	local source
	for source in "$TOP"/configure.ac "$TOP"/Makefile.am "$TOP"/*/module.mk "$TOP"/tests/*/module.mk; do
		if [ ! -x "$TOP/configure" ] || [ ! -e "$TOP/Makefile.in" ] || [ "$source" -nt "$TOP/Makefile.in" ]; then
			(cd "$TOP" && autoreconf -i) || return 1
			touch "$TOP/Makefile.in"
			return 0
		fi
	done
}

# Configures a build directory, again when ./configure or the arguments have changed, and brings its makefile up to date.
configure_in() { # DIRECTORY ARGUMENT…
	local dir=$1
	shift
	mkdir -p "$dir" || return 1
	if [ ! -e "$dir/config.status" ] || [ "$TOP/configure" -nt "$dir/config.status" ] || [ "$*" != "$(cat "$dir/.arguments" 2>/dev/null)" ]; then
		(cd "$dir" && "$TOP/configure" "$@") || return 1
		echo "$*" >"$dir/.arguments"
	fi
	make -s -C "$dir" Makefile
}
