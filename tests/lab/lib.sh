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
lab_sshd_kind() { # DIR KIND
	set -- "$2" "$1"
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
	fleet) # each address of 127.1.0.0/16 is a gateway
		echo "ForceCommand '$LAB_HERE/gateway/play' '$2/fleet'"
		echo 'AllowUsers *@127.0.0.0/8'
		echo 'KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256' # 60 ms less at each end
		echo "SetEnv MIDWATCH_TEST_RUN=$(lab_run_id "$2")" # what outlives its session is found
		;;
	*) echo "$1" ;; # a line of configuration as it is
	esac
}

# Writes the configuration and keys of an sshd; keys that are there stay. Kinds: plain, hardened, noforward, ecdsa (has no ed25519
# host key), fleet (a thousand gateways), or lines of sshd_config.
lab_sshd_config() { # DIR ALIAS PORT [KIND…]
	local dir=$1 alias=$2 port=$3 home=$1/sshd-$2 type types='ed25519 ecdsa' pam=no kind
	local listen=127.0.0.1 startups=100:30:200
	shift 3
	mkdir -p -m 700 "$home"
	for kind in "$@"; do
		[ "$kind" != ecdsa ] || types=ecdsa
		[ "$kind" != fleet ] || listen=0.0.0.0 startups=2000:30:4000
	done
	for type in $types; do
		[ -f "$home/host_$type" ] || ssh-keygen -q -t $type -N '' -C "$alias" -f "$home/host_$type" || return 1
	done
	[ -f "$dir/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$dir/id_ed25519" || return 1
	[ -f "$home/authorized_keys" ] || cp "$dir/id_ed25519.pub" "$home/authorized_keys"
	# Without PAM sshd takes an account with a '!' password for locked.
	! getent shadow "$(id -un)" 2>/dev/null | grep -q '^[^:]*:!' || pam=yes
	{
		echo "Port $port"
		echo "ListenAddress $listen"
		for type in $types; do echo "HostKey $home/host_$type"; done
		echo "AuthorizedKeysFile $home/authorized_keys"
		echo "PidFile $home/pid"
		echo "UsePAM $pam"
		echo 'StrictModes no'
		echo 'PasswordAuthentication no'
		echo 'KbdInteractiveAuthentication no'
		echo 'PermitRootLogin prohibit-password'
		echo "MaxStartups $startups"
		echo 'UseDNS no'
		echo 'PrintMotd no'
		echo 'Subsystem sftp internal-sftp'
		# A home of its own: what the tester's .bashrc does at each login is not the lab's, and may hang.
		echo "SetEnv HOME=$home"
		for kind in "$@"; do lab_sshd_kind "$dir" "$kind"; done
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

# --- doubles ---

# Starts a double and waits until it says what it listens on. Prints that.
lab_double() { # DIR NAME COMMAND…
	rm -f "$1/$2.log" "$1/pids/$2"
	lab_spawn "$@"
	lab_wait 10 test -s "$1/pids/$2"
	lab_wait 10 lab_double_started "$1" "$2"
	sed -n 's/^listening on //p' "$1/$2.log" | grep .
}

lab_double_started() { # DIR NAME
	! lab_alive "$1" "$2" || grep -q '^listening on' "$1/$2.log"
}

# Starts the double of Ollama at the port, or a free one when it is taken. Prints the port.
lab_ollama() { # DIR PORT [OPTION…]
	local dir=$1 port=$2 try
	shift 2
	for try in "$port" 0; do
		lab_double "$dir" ollama python3 "$LAB_HERE/ollama_double.py" --port "$try" --log "$dir/ollama-requests" "$@" && return 0
	done
	cat "$dir/ollama.log" >&2
	return 1
}

# Starts the double of Tailscale's LocalAPI, which tells DIR/tailscale.json. Prints the path of its socket.
lab_tailscale() { # DIR
	lab_double "$1" tailscale python3 "$LAB_HERE/tailscale_double.py" --socket "$1/tailscaled.sock" --state "$1/tailscale.json" \
		--log "$1/tailscale-requests"
}

# Starts the double of the inventory at the port, or a free one when it is taken; it answers DIR/inventory.json. Prints the port.
lab_inventory() { # DIR PORT
	local try
	for try in "$2" 0; do
		lab_double "$1" inventory python3 "$LAB_HERE/inventory_double.py" --port "$try" --token lab-token-5e1f \
			--document "$1/inventory.json" --fault "$1/inventory-fault" --log "$1/inventory-requests" && return 0
	done
	cat "$1/inventory.log" >&2
	return 1
}

# --- a fleet ---

# The address of a gateway.
lab_fleet_address() { # NAME
	local number=$((10#${1#pi-gw}))
	echo "127.1.$(((number - 1) / 250)).$(((number - 1) % 250 + 1))"
}

# Makes what the gateways share: the tools that they have, without systemctl and journalctl.
lab_fleet_prepare() { # DIR COUNT
	mkdir -p -m 700 "$1/fleet/tools" && echo "$2" >"$1/fleet/count" || return 1
	ln -sf -t "$1/fleet/tools" /usr/bin/* /usr/sbin/* && rm -f "$1"/fleet/tools/{systemctl,journalctl}
}

# Writes the aliases pi-gw001 … They come after all others, so that an alias of the same name in a file of its own goes before.
lab_fleet_hosts() { # DIR PORT
	mkdir -p -m 700 "$1/ssh_config.d"
	echo "Include $1/ssh_config.d/*" >"$1/ssh_config"
	echo "$2" >"$1/fleet/port"
	awk -v count="$(cat "$1/fleet/count")" -v port="$2" -v dir="$1" -v user="$(id -un)" 'BEGIN {
		for (n = 1; n <= count; n++)
			printf "Host pi-gw%03d\n\tHostName 127.1.%d.%d\n", n, (n - 1) / 250, (n - 1) % 250 + 1
		print "Host pi-gw*\n\tPort " port "\n\tUser " user "\n\tIdentityFile " dir "/id_ed25519\n\tIdentitiesOnly yes"
		print "\tUserKnownHostsFile " dir "/fleet/known_hosts\n\tGlobalKnownHostsFile /dev/null\n\tStrictHostKeyChecking yes"
	}' >"$1/ssh_config.d/z-fleet"
	lab_fleet_known "$1" wildcard
}

# Writes DIR/fleet/known_hosts: one line with a wildcard, which libssh2 does not understand, or one a gateway, plain or hashed.
lab_fleet_known() { # DIR wildcard|plain|hashed
	local file=$1/fleet/known_hosts
	awk -v count="$(cat "$1/fleet/count")" -v port="$(cat "$1/fleet/port")" -v kind="$2" '{
		if (kind == "wildcard")
			print "[127.1.*]:" port " " $0
		else
			for (n = 1; n <= count; n++)
				printf "[127.1.%d.%d]:%d %s\n", (n - 1) / 250, (n - 1) % 250 + 1, port, $0
	}' "$1/sshd-fleet/host_ed25519.pub" >"$file"
	[ "$2" != hashed ] || { ssh-keygen -q -H -f "$file" >/dev/null 2>&1 && rm -f "$file.old"; }
}

# Starts a fleet of so many gateways, at the port or the next free one after it. Prints the port.
lab_fleet() { # DIR COUNT PORT
	local port
	lab_fleet_prepare "$1" "$2" && port=$(lab_sshd "$1" fleet "$3" fleet) && lab_fleet_hosts "$1" "$port" && echo "$port"
}

# Writes a file of a gateway's state: unit, journal, behaviour, user, restart-fails. See README.md.
lab_fleet_set() { # DIR NAME FILE TEXT
	mkdir -p "$1/fleet/$2" && printf '%s\n' "$4" >"$1/fleet/$2/$3.new" && mv "$1/fleet/$2/$3.new" "$1/fleet/$2/$3"
}

# Rules for what comes to an address of the fleet's and from it; sweep.sh knows them by their comment.
lab_fleet_block() { # DIR ADDRESS RULE…
	local port mark
	port=$(cat "$1/fleet/port")
	mark=midwatch-$(lab_run_id "$1")
	iptables -w -I INPUT -d "$2" -p tcp --dport "$port" -m comment --comment "$mark" "${@:3}" &&
		iptables -w -I INPUT -s "$2" -p tcp --sport "$port" -m comment --comment "$mark" "${@:3}"
}

lab_fleet_cut() { # DIR NAME
	lab_fleet_restore "$1" "$2" && lab_fleet_block "$1" "$(lab_fleet_address "$2")" -j DROP
}

# Connections are reset, new ones refused. The resets themselves have to pass.
lab_fleet_refuse() { # DIR NAME
	lab_fleet_restore "$1" "$2" && lab_fleet_block "$1" "$(lab_fleet_address "$2")" ! --tcp-flags RST RST -j REJECT --reject-with tcp-reset
}

lab_fleet_restore() { # DIR NAME
	sweep_remove_rules "$(lab_run_id "$1")" "$(lab_fleet_address "$2")/32"
}

lab_fleet_restore_all() { # DIR
	sweep_remove_rules "$(lab_run_id "$1")"
}

# Our own network: nothing of the fleet is reached, and nothing says so.
lab_fleet_own_network() { # DIR up|down
	sweep_remove_rules "$(lab_run_id "$1")" 127.1.0.0/16 && { [ "$2" = up ] || lab_fleet_block "$1" 127.1.0.0/16 -j DROP; }
}

# Waits for the end of a test and takes its rules away.
lab_fleet_guard() { # DIR
	local sleeper
	sleep infinity &
	sleeper=$!
	trap 'kill $sleeper; lab_fleet_restore_all "$1"; exit 0' TERM
	wait $sleeper
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
