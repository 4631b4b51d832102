#!/usr/bin/env python3
"""The server, or its interpreter, is killed while a hostile tree runs: nothing of the tree is left.

usage: deaths.py BIN_FOLDER

A server whose interpreter was killed tells of the run that was lost, and runs the next one. Needs
root.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import stand

LIMIT = 60
TREE = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(6):
    if os.fork() == 0:
        os.setsid()
        if os.fork(): os._exit(0)
        time.sleep(1000)
time.sleep(1000)
"""
TREE_PROCESSES = 6


def marked(mark):
    """The processes whose environment or command line has the mark, by what /proc/PID/comm says."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            text = b""
            for part in ("environ", "cmdline"):
                with open("/proc/%s/%s" % (pid, part), "rb") as file:
                    text += file.read()
            with open("/proc/%s/comm" % pid, encoding="utf-8") as file:
                name = file.read().strip()
            if mark in text:
                found[int(pid)] = name
    return found


def await_that(condition):
    """False when it does not become true within the limit."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def try_death(place, profile, who):
    """The faults of one death."""
    mark = os.path.basename(place.folder).encode()
    server = subprocess.Popen(place.batch(profile), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, **place.as_user())
    try:
        server.stdin.write(json.dumps({"id": "lost", "code": TREE, "may_fork": True}) + "\n")
        server.stdin.flush()
        # A run is a fork of the zygote, so its processes have the zygote's words; its init too.
        words = os.path.join(place.folder, "fcsandbox-zygote").encode()
        if not await_that(lambda: len(marked(words)) >= 2 + TREE_PROCESSES):
            return ["the tree was not made"]
        if who == "server":
            server.kill()
        else:
            with open("/proc/%d/task/%d/children" % (server.pid, server.pid),
                      encoding="utf-8") as file:
                os.kill(int(file.read().split()[0]), signal.SIGKILL)
            faults = [] if json.loads(server.stdout.readline())["end"] == "failed" else ["not told"]
            server.stdin.write('{"id":"next","code":"print(1)"}\n')
            server.stdin.close()
            if json.loads(server.stdout.readline())["output"] != "1\n" or server.wait(LIMIT) != 0:
                faults.append("the next run was not run")
            if faults:
                return faults
        if not await_that(lambda: not marked(mark)):
            return ["left: %s" % marked(mark)]
        return ["left: " + name for name in place.left()]
    finally:
        server.kill()
        server.wait()
        for pid in marked(mark):  # Of a test that failed.
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def main():
    """Ends with 1 when something is left."""
    is_well = True
    for profile, user in stand.PROFILES:
        for who in ("server", "interpreter"):
            with stand.stand(sys.argv[1], "deaths", user) as place:
                faults = try_death(place, profile, who)
            print("%s, death of the %s: %s" % (profile, who, faults or "nothing is left"))
            is_well = is_well and not faults
    return 0 if is_well else 1


if __name__ == "__main__":
    stand.main(main)
