#!/usr/bin/env python3
"""Hostile process trees: whether anything is left of them, and how long it takes to end them.

usage: trees.py BIN_FOLDER COUNT [PROFILE]

Each tree is 60 processes, every one in a session and group of its own, deaf to what can be ignored,
its parent gone, all holding the run's output. Needs root.
"""

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
    with open(place.lines, "w", encoding="utf-8") as file:
        for index in range(count):
            # Some end by themselves, some are killed at their deadline.
            waits = 0 if index % 4 else 1000
            file.write(json.dumps({"id": str(index), "code": TREE % waits, "may_fork": True,
                                   "processes": 200, "environment": [mark],
                                   "wall_ms": 20000 if waits == 0 else 600}) + "\n")
    done = subprocess.run(place.batch(profile, place.lines, "--runs=4"), stdout=subprocess.PIPE,
                          env=dict(os.environ, MARK=mark[5:]), check=False, **place.as_user())
    outcomes = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return judge(profile, count, outcomes, survivors(mark.encode()), place.left())


def judge(profile, count, outcomes, processes, files):
    """Prints what came of it."""
    ends = {one: sum(outcome["end"] == one for outcome in outcomes)
            for one in sorted({outcome["end"] for outcome in outcomes})}
    times = sorted(outcome["cleanup_us"] for outcome in outcomes) or [0]
    print("%s: %d of %d trees cleaned up (%s), p50 %.1f ms, p99 %.1f ms; left: %d processes, %d folders" % (
        profile, len(outcomes), count, ends, times[len(times) // 2] / 1e3,
        times[len(times) * 99 // 100] / 1e3, len(processes), len(files)))
    is_well = len(outcomes) == count and set(ends) <= {"exited", "timed_out"}
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
