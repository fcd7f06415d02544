#!/bin/bash
# Whole systemd machines for tests of journald, timers and cron: each a systemd-nspawn in a network namespace of its own, with an sshd.
#   machine.sh up DIR NAME          starts it, waits until it is up, writes its ssh alias NAME into DIR/ssh_config; prints its address
#   machine.sh exec DIR NAME …      runs a command in it
#   machine.sh link DIR NAME up|down
#   machine.sh gateway DIR NAME     starts the unit novavms-gateway in it (gateway/novavms-gateway); its switches are files in
#                                   /var/lib/novavms-gateway there: say, dies, restart-fails
#   machine.sh ops DIR NAME sudo|plain  a user ops, known to ssh as NAME-ops: with sudo that asks for no password and with the right to
#                                   read the journal, or without both
#   machine.sh journalctl DIR NAME there|away
#   machine.sh down DIR NAME        ends it
# DIR is a lab's directory (lib.sh). The tree that all machines share is made once, by debootstrap from the mirror that apt uses here, and
# kept in /var/cache/midwatch-lab; a machine's changes are in memory. Needs root.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
set -u

CACHE=${MIDWATCH_LAB_CACHE:-/var/cache/midwatch-lab}
PACKAGES=systemd,systemd-sysv,openssh-server,dbus,cron,sudo,procps,iproute2

# Prints "SUITE MIRROR" of this machine's Debian.
machine_source() {
	local suite
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	[ -n "$suite" ] || lab_die "/etc/os-release names no release"
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' 'Component: main' "Codename: $suite" |
		awk 'NR == 1 { found = 1; print } END { exit !found }' || lab_die "apt knows no mirror of $suite"
}

# A debootstrap that did not end well leaves its /proc and /sys mounted.
machine_remove_tree() { # PATH
	local at
	for at in proc sys; do
		mountpoint -q "$1/$at" && ! umount "$1/$at" && return 1
	done
	rm -rf --one-file-system "$1"
}

# Makes the tree of all machines when it is not there; prints its path. Only one of several at a time makes it.
machine_tree() {
	local suite mirror tree
	read -r suite mirror < <(machine_source)
	tree=$CACHE/$suite
	mkdir -p "$CACHE" || return 1
	(
		flock 9
		[ ! -e "$tree/.complete" ] || exit 0
		machine_remove_tree "$tree" && machine_remove_tree "$tree.new" || exit 1
		debootstrap --variant=minbase --include=$PACKAGES "$suite" "$tree.new" "$mirror" >"$CACHE/debootstrap.log" 2>&1 || {
			tail -n 5 "$CACHE/debootstrap.log" >&2
			machine_remove_tree "$tree.new"
			exit 1
		}
		rm -f "$tree.new/etc/machine-id" "$tree.new/etc/hostname"
		rm -rf "$tree.new"/var/cache/apt/archives/*.deb
		ln -sf /dev/null "$tree.new/etc/systemd/system/systemd-firstboot.service"
		: >"$tree.new/.complete"
		mv "$tree.new" "$tree"
	) 9>"$CACHE/lock" || return 1
	echo "$tree"
}

# The network namespace of a machine.
machine_space() { # DIR NAME
	echo "$(lab_run_id "$1")-$2"
}

# Three bytes of its subnet, 10.x.y.0/30, and its interface's name follow from the namespace's name.
machine_number() { # DIR NAME
	echo $(($(machine_space "$@" | cksum | cut -d' ' -f1) % 65536))
}

machine_address() { # DIR NAME HOST
	local n
	n=$(machine_number "$1" "$2")
	echo "10.$((n / 256)).$((n % 256)).$3"
}

machine_make_network() { # DIR NAME
	local space link
	space=$(machine_space "$1" "$2")
	link=mw$(machine_number "$1" "$2")
	[ -z "$(ip -4 route show to match "$(machine_address "$1" "$2" 2)" | grep -v ^default)" ] ||
		lab_die "$(machine_address "$1" "$2" 0)/30 is in use: take another name than $2"
	ip netns add "$space" && ip link add "$link" type veth peer name host0 netns "$space" &&
		ip addr add "$(machine_address "$1" "$2" 1)/30" dev "$link" && ip link set "$link" up &&
		ip -n "$space" addr add "$(machine_address "$1" "$2" 2)/30" dev host0 &&
		ip -n "$space" link set lo up && ip -n "$space" link set host0 up
}

# The process id of the machine's init, as this machine sees it.
machine_leader() { # DIR NAME
	local pid
	pid=$(cat "$1/pids/machine-$2" 2>/dev/null) && cat "/proc/$pid/task/$pid/children" 2>/dev/null | awk '{ print $1 }' | grep .
}

machine_exec() { # DIR NAME COMMAND…
	local leader
	leader=$(machine_leader "$1" "$2") || lab_die "no machine $2 is up"
	shift 2
	nsenter --target "$leader" --mount --uts --ipc --net --pid --root --wd -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"
}

machine_is_up() { # DIR NAME
	machine_exec "$1" "$2" systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' &&
		machine_exec "$1" "$2" systemctl is-active ssh >/dev/null
}

# The alias, and the host keys as the machine's own files say.
machine_write_ssh() { # DIR NAME
	local dir=$1 name=$2 address
	address=$(machine_address "$dir" "$name" 2)
	machine_write_alias "$dir" "$name" "$name" root
	touch "$dir/known_hosts"
	sed -i "/^$address /d" "$dir/known_hosts"
	machine_exec "$dir" "$name" sh -c 'cat /etc/ssh/ssh_host_*_key.pub' | sed "s/^/$address /" >>"$dir/known_hosts"
}

machine_write_alias() { # DIR NAME ALIAS USER
	local dir=$1
	mkdir -p -m 700 "$dir/ssh_config.d"
	echo "Include $dir/ssh_config.d/*" >"$dir/ssh_config"
	cat >"$dir/ssh_config.d/$3" <<END
Host $3
	HostName $(machine_address "$dir" "$2" 2)
	User $4
	IdentityFile $dir/id_ed25519
	IdentitiesOnly yes
	UserKnownHostsFile $dir/known_hosts
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
END
}

# Becomes the machine, in a cgroup of its own: its init makes a tree of them where it starts.
machine_become() { # DIR NAME TREE
	local top group
	for top in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
		[ -e "$top/cgroup.procs" ] || continue
		group=$top/midwatch-$(lab_run_id "$1")/$2
		mkdir -p "$group" && echo $$ >"$group/cgroup.procs" || lab_die "cannot make the cgroup $group"
	done
	exec systemd-nspawn --quiet --volatile=overlay -D "$3" --boot --register=no --keep-unit \
		--network-namespace-path="/run/netns/$(machine_space "$1" "$2")" -M "$2" --hostname="$2" \
		--bind-ro="$1/id_ed25519.pub:/root/.ssh/authorized_keys" --console=pipe --kill-signal=SIGRTMIN+3
}

machine_up() { # DIR NAME
	local dir=$1 name=$2 tree
	tree=$(machine_tree) || lab_die "cannot make the machines' tree"
	mkdir -p -m 700 "$dir/pids"
	[ -f "$dir/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$dir/id_ed25519"
	machine_make_network "$dir" "$name" || lab_die "cannot make the network of $name"
	lab_spawn "$dir" "machine-$name" "$LAB_HERE/machine.sh" become "$dir" "$name" "$tree"
	lab_wait 60 machine_is_up "$dir" "$name" || { tail -n 20 "$dir/machine-$name.log" >&2; lab_die "$name does not come up"; }
	machine_write_ssh "$dir" "$name"
	machine_address "$dir" "$name" 2
}

machine_link() { # DIR NAME up|down
	ip link set "mw$(machine_number "$1" "$2")" "$3"
}

machine_gateway() { # DIR NAME
	machine_exec "$1" "$2" install -d /var/lib/novavms-gateway
	machine_exec "$1" "$2" install -m 755 /dev/stdin /usr/local/bin/novavms-gateway <"$LAB_HERE/gateway/novavms-gateway"
	machine_exec "$1" "$2" install -m 644 /dev/stdin /etc/systemd/system/novavms-gateway.service <"$LAB_HERE/gateway/novavms-gateway.service"
	machine_exec "$1" "$2" systemctl daemon-reload
	machine_exec "$1" "$2" systemctl start novavms-gateway || lab_die "the gateway of $2 does not start"
}

machine_ops() { # DIR NAME sudo|plain
	machine_exec "$1" "$2" sh -c 'id ops >/dev/null 2>&1 || useradd -m -s /bin/sh ops
		install -d -o ops -g ops -m 700 /home/ops/.ssh && install -o ops -g ops -m 600 /dev/stdin /home/ops/.ssh/authorized_keys
		usermod -G "" ops && rm -f /etc/sudoers.d/ops
		grep -qs "$(hostname)" /etc/hosts || echo "127.0.1.1 $(hostname)" >>/etc/hosts # else sudo complains
		[ "$1" = plain ] || { usermod -G adm,systemd-journal,sudo ops && echo "ops ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/ops; }' \
		sh "$3" <"$1/id_ed25519.pub" || lab_die "no user ops in $2"
	machine_write_alias "$1" "$2" "$2-ops" ops
}

machine_journalctl() { # DIR NAME there|away
	if [ "$3" = away ]; then
		machine_exec "$1" "$2" mv /usr/bin/journalctl /usr/bin/journalctl.away
	else
		machine_exec "$1" "$2" mv /usr/bin/journalctl.away /usr/bin/journalctl
	fi
}

machine_down() { # DIR NAME
	local pid
	if pid=$(cat "$1/pids/machine-$2" 2>/dev/null); then
		kill -TERM "$pid" 2>/dev/null
		lab_wait 20 test ! -d "/proc/$pid" || kill -KILL "$pid"
		rm -f "$1/pids/machine-$2"
	fi
	ip netns del "$(machine_space "$1" "$2")"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	case ${1-} in
	up | exec | link | gateway | ops | journalctl | down | become)
		function=machine_$1
		shift
		"$function" "$@"
		;;
	*) lab_die "machine.sh up|exec|link|gateway|ops|journalctl|down DIR NAME" ;;
	esac
fi
