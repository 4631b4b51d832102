#!/usr/bin/env python3
"""Hostile process trees: whether anything is left of them, and how long it takes to end them.

usage: trees.py BIN_FOLDER COUNT [PROFILE]

Each tree is 60 processes, every one in a session and group of its own, deaf to what can be ignored,
its parent gone, all holding the run's output: forks of the warm interpreter, or of a python3 that a
command has started. Needs root.
"""

import collections
import json
import os
import subprocess
import sys

import stand

TREE = r"""
import os, signal, time
for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGCONT):
    signal.signal(name, signal.SIG_IGN)
for _ in range(60):
    if os.fork() == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        os.setsid()
        time.sleep(1000)
time.sleep(%r)
print("begun")
"""


KINDS = {
    "forks of the warm interpreter": lambda tree: {"code": tree, "may_fork": True},
    "forks of a command": lambda tree: {"command": ["python3", "-I", "-S", "-c", tree]},
}


def request(number, kind, waits, **more):
    """A run of one tree; its first process ends after `waits` seconds."""
    return {"id": str(number), "processes": 200, **KINDS[kind](TREE % waits), **more}


def survivors(mark):
    """Processes that have the mark in their environment, or a run's place in their command line."""
    left = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                if mark in file.read() and int(pid) != os.getpid():
                    left.append(int(pid))
        except OSError:
            continue
    return left


def run(place, count, profile):
    """True when nothing is left."""
    mark = "MARK=" + os.path.basename(place.folder)
    kinds = [list(KINDS)[number % len(KINDS)] for number in range(count)]
    with open(place.lines, "w", encoding="utf-8") as file:
        for number, kind in enumerate(kinds):
            # Some end by themselves, some are killed at their deadline.
            is_late = number // len(KINDS) % 4 == 0
            line = request(number, kind, 1000 if is_late else 0, environment=[mark],
                           wall_ms=600 if is_late else 20000)
            file.write(json.dumps(line) + "\n")
    done = subprocess.run(place.batch(profile, place.lines, "--runs=4"), stdout=subprocess.PIPE,
                          env=dict(os.environ, MARK=mark[5:]), check=False, **place.as_user())
    outcomes = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for kind in KINDS:
        describe(profile, kind, [outcome for outcome in outcomes if kinds[int(outcome["id"])] == kind])
    return judge(profile, count, outcomes, survivors(mark.encode()), place.left())


def describe(profile, kind, outcomes):
    """Prints how they ended, and how long it took."""
    ends = collections.Counter(outcome["end"] for outcome in outcomes)
    times = sorted(outcome["cleanup_us"] / 1e3 for outcome in outcomes) or [0]
    print("%s, %s: %s, p50 %.1f ms, p99 %.1f ms" % (
        profile, kind, ", ".join("%d %s" % (ends[end], end) for end in sorted(ends)),
        times[len(times) // 2], times[len(times) * 99 // 100]))


def judge(profile, count, outcomes, processes, files):
    """Prints what came of it."""
    print("%s: %d of %d trees cleaned up; left: %d processes, %d folders" % (
        profile, len(outcomes), count, len(processes), len(files)))
    is_well = len(outcomes) == count and {one["end"] for one in outcomes} <= {"exited", "timed_out"}
    return is_well and not processes and not files


def main():
    """Ends with 1 when anything is left."""
    binaries, count = sys.argv[1], int(sys.argv[2])
    results = []
    for profile, user in stand.PROFILES:
        if len(sys.argv) < 4 or sys.argv[3] == profile:
            with stand.stand(binaries, "trees", user) as place:
                results.append(run(place, count, profile))
    return 0 if all(results) else 1


if __name__ == "__main__":
    stand.main(main)
