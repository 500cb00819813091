"""Becomes a node's process, after asking the kernel to end it with its parent. Run as a script, never imported:

    python -I -S launch.py SIGNAL PARENT-PID PROGRAM ARGUMENTS...

A script of its own, and not a ``preexec_fn``: Python code between fork and exec may hang in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(signal_number: int, parent: int, command: list[str]) -> None:
    """Replaces this process by the command. The setting survives exec; see prctl(2)."""
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        sys.exit("the kernel does not link this process to its parent")
    if os.getppid() != parent:  # it ended before the line above took effect
        sys.exit("the parent is gone")
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
