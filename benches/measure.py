"""Measures a command in a child of its own, so that its resources are counted alone."""
import os
import sys
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """CPU seconds (user and system), wall seconds, peak memory in MB."""

    cpu: float
    wall: float
    memory: float


def measure(command, folder, env, expect=0):
    """Runs a command, its output kept aside; where it ends otherwise than expected, shows that and ends the program."""
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os.chdir(folder)
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            os.execve(command[0], command, env)
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - begun
        if os.waitstatus_to_exitcode(status) != expect:
            said.seek(0)
            sys.exit(f"{' '.join(map(str, command))} failed in {folder}:\n{said.read().decode(errors='replace')[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def best(runs, command, folder, env):
    """Returns the run of several with the least CPU time."""
    return min((measure(command, folder, env) for _ in range(runs)), key=lambda cost: cost.cpu)
