# Ends what belongs to a test run, also after a crash: processes, mounts, network namespaces, cgroups, firewall rules, temporary files.
# Sourced. A run has an id. Its processes carry it in MIDWATCH_TEST_RUN, its containers are in the cgroup midwatch-ID, its network
# namespaces are named ID-…, its firewall rules have the comment midwatch-ID, its mounts are below its directory. What has the id ID-… is
# a part of the run and goes with it.

# The processes of a run, one a line: those with the mark, sshd (whose title overwrites its environment) by its configuration file,
# those in its cgroups, and what descends from them. Never this shell.
sweep_pids() { # ID DIRECTORY
	{
		grep -lzxsaE -- "MIDWATCH_TEST_RUN=$1(-.*)?" /proc/[0-9]*/environ | sed 's|/proc/\([0-9]*\)/.*|\1|'
		grep -lzsaF -- " -f $2/" $(grep -lzsa '^sshd: ' /proc/[0-9]*/cmdline) /dev/null | sed 's|/proc/\([0-9]*\)/.*|\1|'
		sweep_cgroups "$1" | while IFS= read -r group; do cat "$group/cgroup.procs" 2>/dev/null; done
	} | awk -v self=$$ '
		BEGIN {
			while (("cat /proc/[0-9]*/stat 2>/dev/null" | getline line) > 0) {
				pid = line + 0
				sub(/^.*\) . /, "", line)
				parent[pid] = line + 0
			}
			for (p = self; p > 0; p = parent[p])
				spared[p] = 1
		}
		{ mine[$1] = 1 }
		END {
			do {
				more = 0
				for (p in parent)
					if (!(p in mine) && (parent[p] in mine)) {
						mine[p] = 1
						more = 1
					}
			} while (more)
			for (p in mine)
				if (p > 1 && !(p in spared))
					print p
		}'
}

# The run's cgroups, deepest first, in all hierarchies.
sweep_cgroups() { # ID
	[ -d /sys/fs/cgroup ] || return 0
	find /sys/fs/cgroup -depth -type d \( -path "*/midwatch-$1" -o -path "*/midwatch-$1[-/]*" \) 2>/dev/null
}

# A paused container does not die before it goes on.
sweep_thaw() { # ID
	sweep_cgroups "$1" | while IFS= read -r group; do
		[ ! -w "$group/freezer.state" ] || echo THAWED >"$group/freezer.state"
		[ ! -w "$group/cgroup.freeze" ] || echo 0 >"$group/cgroup.freeze"
	done 2>/dev/null
}

# The mounts at or below a directory, deepest first.
sweep_mounts() { # DIRECTORY
	awk -v dir="$1" '
		{
			path = $5
			gsub(/\\040/, " ", path)
			if (path == dir || index(path, dir "/") == 1)
				print path
		}' /proc/self/mountinfo | sort -r
}

# The run's firewall rules, as iptables -S prints them; those for an address only, if one is given.
sweep_rules() { # ID [ADDRESS]
	command -v iptables >/dev/null || return 0
	iptables -w -S INPUT 2>/dev/null | grep -E -- "--comment \"?midwatch-$1(-[^ \"]*)?\"? " | grep -F -- "${2:+ $2 }"
}

sweep_remove_rules() { # ID [ADDRESS]
	local rules
	rules=$(sweep_rules "$@")
	[ -z "$rules" ] || printf '*filter\n%s\nCOMMIT\n' "$(printf '%s\n' "$rules" | sed 's/^-A/-D/')" | iptables-restore -w -n
}

# Ends all of a run and removes its directory. 0 when nothing is left.
sweep_run() { # ID DIRECTORY
	local id=$1 dir=$2 pids i mount space group
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		pids=$(sweep_pids "$id" "$dir")
		[ -n "$pids" ] || break
		kill -KILL $pids 2>/dev/null
		sweep_thaw "$id"
		sleep 0.1
	done
	sweep_remove_rules "$id"
	sweep_mounts "$dir" | while IFS= read -r mount; do umount -l -- "$mount" 2>/dev/null; done
	if command -v ip >/dev/null; then
		ip netns list 2>/dev/null | awk -v start="$id-" 'index($1, start) == 1 { print $1 }' |
			while IFS= read -r space; do ip netns del "$space"; done
	fi
	# The kernel empties a cgroup a moment after its last process.
	for i in 1 2 3 4 5 6 7 8 9 10; do
		sweep_cgroups "$id" | while IFS= read -r group; do rmdir -- "$group" 2>/dev/null; done
		[ -n "$(sweep_cgroups "$id")" ] || break
		sleep 0.1
	done
	[ -z "$dir" ] || rm -rf --one-file-system -- "$dir" 2>/dev/null
	[ -z "$(sweep_left "$id" "$dir")" ]
}

# What of a run is still there, one a line.
sweep_left() { # ID DIRECTORY
	local pid
	for pid in $(sweep_pids "$1" "$2"); do
		[ ! -d "/proc/$pid" ] || echo "process $pid: $(tr '\0' ' ' </proc/$pid/cmdline 2>/dev/null | cut -c1-100)"
	done
	sweep_mounts "$2" | sed 's/^/mount /'
	sweep_cgroups "$1" | sed 's/^/cgroup /'
	sweep_rules "$1" | sed 's/^/firewall rule /'
	! command -v ip >/dev/null || ip netns list 2>/dev/null | awk -v start="$1-" 'index($1, start) == 1 { print "network namespace " $1 }'
	[ ! -e "$2" ] || echo "directory $2"
}
