#!/bin/bash
# The lab's functions for shell scripts and, run as `lib.sh FUNCTION ARGUMENT…`, for tests/lab/lab.c. See README.md.
# A lab is a directory: everything of it lies there. Its processes carry MIDWATCH_TEST_RUN, so that sweep.sh finds them.

LAB_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$LAB_HERE/sweep.sh"
PATH=$PATH:/usr/sbin:/sbin
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY SSH_AUTH_SOCK

lab_die() {
	echo "lab: $*" >&2
	exit 1
}

# The id of a lab for sweep.sh: a part of the test run that it belongs to, if any.
lab_run_id() { # DIR
	local part
	part=$(printf %s "$1" | cksum | cut -d' ' -f1)
	case ${MIDWATCH_TEST_RUN-} in
	'') echo "lab-$part" ;;
	*-"$part") echo "$MIDWATCH_TEST_RUN" ;;
	*) echo "$MIDWATCH_TEST_RUN-$part" ;;
	esac
}

# Waits until a command succeeds; 1 after the given number of seconds.
lab_wait() { # SECONDS COMMAND…
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# Starts a program that outlives the shell; its process id goes to DIR/pids/NAME, its output to DIR/NAME.log.
lab_spawn() { # DIR NAME COMMAND…
	local dir=$1 name=$2
	shift 2
	mkdir -p "$dir/pids"
	MIDWATCH_TEST_RUN=$(lab_run_id "$dir") setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$dir/pids/$name" "$@" \
		</dev/null >>"$dir/$name.log" 2>&1 &
}

# Is a program started by lab_spawn alive?
lab_alive() { # DIR NAME
	local pid
	pid=$(cat "$1/pids/$2" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

# --- ssh ---

# More configuration lines for a kind of sshd that midwatch's users meet.
lab_sshd_kind() { # KIND
	case $1 in
	plain) ;;
	hardened) # what an auditor leaves: no MAC that libssh2 1.10 knows, nor its key exchanges
		echo 'Ciphers aes256-ctr,aes128-ctr'
		echo 'MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com'
		echo 'KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org'
		;;
	noforward)
		echo 'AllowTcpForwarding no'
		echo 'AllowStreamLocalForwarding no'
		;;
	ecdsa) ;;
	*) echo "$1" ;; # a line of configuration as it is
	esac
}

# Writes the configuration and keys of an sshd; keys that are there stay. Kinds: plain, hardened, noforward, ecdsa (has no ed25519
# host key), or lines of sshd_config.
lab_sshd_config() { # DIR ALIAS PORT [KIND…]
	local dir=$1 alias=$2 port=$3 home=$1/sshd-$2 type types='ed25519 ecdsa' pam=no kind
	shift 3
	mkdir -p -m 700 "$home"
	for kind in "$@"; do [ "$kind" != ecdsa ] || types=ecdsa; done
	for type in $types; do
		[ -f "$home/host_$type" ] || ssh-keygen -q -t $type -N '' -C "$alias" -f "$home/host_$type" || return 1
	done
	[ -f "$dir/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$dir/id_ed25519" || return 1
	[ -f "$home/authorized_keys" ] || cp "$dir/id_ed25519.pub" "$home/authorized_keys"
	# Without PAM sshd takes an account with a '!' password for locked.
	! getent shadow "$(id -un)" 2>/dev/null | grep -q '^[^:]*:!' || pam=yes
	{
		echo "Port $port"
		echo 'ListenAddress 127.0.0.1'
		for type in $types; do echo "HostKey $home/host_$type"; done
		echo "AuthorizedKeysFile $home/authorized_keys"
		echo "PidFile $home/pid"
		echo "UsePAM $pam"
		echo 'StrictModes no'
		echo 'PasswordAuthentication no'
		echo 'KbdInteractiveAuthentication no'
		echo 'PermitRootLogin prohibit-password'
		echo 'MaxStartups 100:30:200'
		echo 'UseDNS no'
		echo 'PrintMotd no'
		echo 'Subsystem sftp internal-sftp'
		# A home of its own: what the tester's .bashrc does at each login is not the lab's, and may hang.
		echo "SetEnv HOME=$home"
		for kind in "$@"; do lab_sshd_kind "$kind"; done
	} | lab_one_setenv >"$home/sshd_config"
	[ "$(id -u)" != 0 ] || mkdir -p -m 755 /run/sshd
}

# sshd takes the first SetEnv line only: all go into one, at the end.
lab_one_setenv() {
	awk '/^SetEnv / { sub(/^SetEnv/, ""); set = set $0; next } { print } END { if (set != "") print "SetEnv" set }'
}

# Writes an alias into DIR/ssh_config and the keys of an sshd of the lab for that port into DIR/known_hosts. The port may be a proxy's.
lab_ssh_host() { # DIR ALIAS PORT SSHD [LINE…]
	local dir=$1 alias=$2 port=$3 sshd=$4 line
	shift 4
	mkdir -p -m 700 "$dir/ssh_config.d"
	echo "Include $dir/ssh_config.d/*" >"$dir/ssh_config"
	{
		echo "Host $alias"
		for line in "$@"; do echo "	$line"; done
		echo "	HostName 127.0.0.1"
		echo "	Port $port"
		echo "	User $(id -un)"
		echo "	IdentityFile $dir/id_ed25519"
		echo "	IdentitiesOnly yes"
		echo "	UserKnownHostsFile $dir/known_hosts"
		echo "	GlobalKnownHostsFile /dev/null"
		echo "	StrictHostKeyChecking yes"
	} >"$dir/ssh_config.d/$alias"
	touch "$dir/known_hosts"
	sed -i "/^\[127\.0\.0\.1\]:$port /d" "$dir/known_hosts"
	sed "s/^/[127.0.0.1]:$port /" "$dir/sshd-$sshd"/host_*.pub >>"$dir/known_hosts"
}

lab_sshd_started() { # DIR ALIAS
	! lab_alive "$1" "sshd-$2" || grep -q 'Server listening' "$1/sshd-$2.log"
}

# Starts an sshd for the alias, at the port or the next free one after it, and waits until it listens. Prints the port.
lab_sshd() { # DIR ALIAS PORT [KIND…]
	local dir=$1 alias=$2 port=$3 tries
	shift 3
	for tries in 1 2 3 4 5 6 7 8 9 10; do
		lab_sshd_config "$dir" "$alias" "$port" "$@" || return 1
		rm -f "$dir/sshd-$alias.log" "$dir/pids/sshd-$alias"
		lab_spawn "$dir" "sshd-$alias" "$(command -v sshd)" -D -e -f "$dir/sshd-$alias/sshd_config"
		lab_wait 10 test -s "$dir/pids/sshd-$alias"
		lab_wait 10 lab_sshd_started "$dir" "$alias"
		if lab_alive "$dir" "sshd-$alias"; then
			lab_ssh_host "$dir" "$alias" "$port" "$alias"
			echo "$port"
			return 0
		fi
		port=$((port + 16))
	done
	cat "$dir/sshd-$alias.log" >&2
	return 1
}

# --- docker ---

# Becomes a dockerd of the lab: own data, socket DIR/docker.sock, containers in cgroups of the run, no network of its own.
lab_dockerd_exec() { # DIR
	local dir=$1
	[ ${#dir} -le 80 ] || lab_die "$dir is too long for sockets"
	mkdir -p -m 700 "$dir/docker"
	echo '{}' >"$dir/docker/daemon.json"
	exec env MIDWATCH_TEST_RUN="$(lab_run_id "$dir")" dockerd --data-root "$dir/docker/data" --exec-root "$dir/docker/exec" \
		--host "unix://$dir/docker.sock" --pidfile "$dir/docker/pid" --config-file "$dir/docker/daemon.json" \
		--bridge=none --iptables=false --ip6tables=false --ip-forward=false \
		--exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/midwatch-$(lab_run_id "$dir")" --shutdown-timeout 1 "${@:2}"
}

# The docker command, talking to the lab's daemon.
lab_docker() { # DIR ARGUMENT…
	DOCKER_CONFIG=$1/docker/cli docker -H "unix://$1/docker.sock" "${@:2}"
}

# Makes the image busybox:1 of the machine's static busybox. Its containers stop at once.
lab_image() { # DIR
	local root=$1/docker/image applet id
	mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/dev" "$root/proc" "$root/sys"
	cp "$(command -v busybox)" "$root/bin/busybox" || return 1
	for applet in $("$root/bin/busybox" --list); do
		[ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
	done
	tar -C "$root" -c . | lab_docker "$1" import --change 'CMD ["sleep", "1000000"]' - plain:1 >/dev/null &&
		id=$(lab_docker "$1" create --stop-signal KILL plain:1) &&
		lab_docker "$1" commit "$id" busybox:1 >/dev/null &&
		lab_docker "$1" rm "$id" >/dev/null && lab_docker "$1" rmi --no-prune plain:1 >/dev/null
}

lab_dockerd_started() { # DIR
	! lab_alive "$1" dockerd || lab_docker "$1" version
}

# Starts the lab's dockerd, waits for it and makes the image.
lab_dockerd() { # DIR
	lab_spawn "$1" dockerd bash "$LAB_HERE/lib.sh" lab_dockerd_exec "$1"
	lab_wait 10 test -s "$1/pids/dockerd"
	lab_wait 60 lab_dockerd_started "$1"
	lab_docker "$1" version >/dev/null 2>&1 || { tail -5 "$1/dockerd.log" >&2; return 1; }
	lab_image "$1"
}

# --- ollama ---

# Starts the double of Ollama at the port, or a free one when it is taken, and waits until it listens. Prints the port.
lab_ollama() { # DIR PORT [OPTION…]
	local dir=$1 port=$2 try
	shift 2
	for try in "$port" 0; do
		rm -f "$dir/ollama.log" "$dir/pids/ollama"
		lab_spawn "$dir" ollama python3 "$LAB_HERE/ollama_double.py" --port "$try" --log "$dir/ollama-requests" "$@"
		lab_wait 10 test -s "$dir/pids/ollama"
		lab_wait 10 lab_ollama_started "$dir"
		sed -n 's/^listening on //p' "$dir/ollama.log" | grep . && return 0
	done
	cat "$dir/ollama.log" >&2
	return 1
}

lab_ollama_started() { # DIR
	! lab_alive "$1" ollama || grep -q '^listening on' "$1/ollama.log"
}

# Ends the lab: containers and daemon in good order as far as they answer, then whatever is left, and removes the directory.
lab_down() { # DIR
	local dir=$1 ids
	if [ -S "$dir/docker.sock" ] && ids=$(timeout 10 env DOCKER_CONFIG="$dir/docker/cli" docker -H "unix://$dir/docker.sock" ps -aq 2>/dev/null); then
		printf '%s\n' $ids | timeout 60 xargs -r -n 12 -P 4 env DOCKER_CONFIG="$dir/docker/cli" docker -H "unix://$dir/docker.sock" rm -f >/dev/null 2>&1
		kill -TERM "$(cat "$dir/docker/pid" 2>/dev/null)" 2>/dev/null
		lab_wait 15 test ! -e "$dir/docker/pid"
	fi
	sweep_run "$(lab_run_id "$dir")" "$dir" || { sweep_left "$(lab_run_id "$dir")" "$dir" >&2; return 1; }
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	"$@"
fi
