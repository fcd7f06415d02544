"""What keeps a test run from leaving processes behind. As a program: reaper.py SECONDS COMMAND… runs the command with a time limit,
then ends all that it left; exits with its status, 124 when the time was up, 130 when interrupted."""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    pass


def interrupt(signum, frame):
    raise Interrupted(signum)


def become_reaper():
    """From now on what loses its parent below this process becomes its child, and a signal raises Interrupted. Ends with its parent."""
    for number in SIGNALS:
        signal.signal(number, interrupt)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def parents():
    """Process id to parent's, of all processes."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as f:
                    found[int(name)] = int(f.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                pass
    return found


def descendants(root):
    parent_of = parents()
    found, grew = {root}, True
    while grew:
        more = {p for p, parent in parent_of.items() if parent in found} - found
        grew = bool(more)
        found |= more
    return found - {root}


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def reap_orphans():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def end_all():
    """Ends every process below this one, signals held off; gives the command lines of those that there were."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    names, end = {}, time.monotonic() + 20
    reap_orphans()
    left = descendants(os.getpid())
    while left and time.monotonic() < end:
        for pid in left:
            text = command_line(pid)
            if text:
                names.setdefault(pid, text)
        kill(left)
        reap_orphans()
        time.sleep(0.05)
        left = descendants(os.getpid())
    return list(names.values())


def main():
    become_reaper()
    try:
        process = subprocess.Popen(sys.argv[2:], start_new_session=True)
        status = process.wait(timeout=float(sys.argv[1]))
        status = 128 - status if status < 0 else status
    except subprocess.TimeoutExpired:
        print(f"ended after {sys.argv[1]} s", file=sys.stderr)
        status = 124
    except Interrupted:
        status = 130
    end_all()
    sys.exit(status)


if __name__ == "__main__":
    main()
