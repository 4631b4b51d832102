#!/usr/bin/env python3
"""Attempts to escape from a run of fcsandbox, by the hundred, in every profile.

usage: escapes.py BIN_FOLDER [--profile NAME]

Each attempt is a program that reaches for something outside. It counts only when the same program
succeeds without walls, in the same call of this script; then it must fail behind them. Counted are
all of them, and those that are aimed at each mechanism (escape/mechanisms.py). Needs root: one of the
profiles is an ordinary user's.
"""

import collections
import json
import os
import resource
import subprocess
import sys
import threading

import stand
from escape import bare, files, limits, mechanisms, network, processes, returns, rights, surface, words
from escape.attempt import ATTEMPTS, PRELUDE
from escape.targets import Targets

SERVICES = (words, returns)


def all_attempts():
    return list(ATTEMPTS.values()) + [one for service in SERVICES for one in service.all_attempts()]


def without_walls(binaries):
    """The names of attempts that succeed in an ordinary process."""
    with stand.stand(binaries, "escapes", 0) as place:
        targets = Targets(place)
        try:
            names = bare.run_all(place, targets)
            return names.union(*(service.bare(targets) for service in SERVICES))
        finally:
            targets.close()


def behind_walls(binaries, profile, user):
    """The names of those that succeed in a profile, as a user."""
    with stand.stand(binaries, "escapes", user) as place:
        targets = Targets(place)
        try:
            out = attempt_all(place, targets, profile, False) | attempt_all(place, targets, profile, True)
            return out.union(*(service.walled(place, targets, profile) for service in SERVICES))
        finally:
            targets.close()


def request_of(index, one, targets, server):
    """A line of the batch."""
    nap = bare.nap_of(targets.marker, index)
    return {"id": one.name, "code": PRELUDE + one.code, "may_fork": one.may_fork, "wall_ms": 60000,
            "environment": ["TARGETS=" + json.dumps(targets.of(index, server, nap))],
            **dict(one.limits)}


def attempt_all(place, targets, profile, is_greedy):
    """The names of those that succeed; the greedy ones have the machine for themselves."""
    mine = {one.name: (index, one) for index, one in enumerate(ATTEMPTS.values())
            if one.is_greedy == is_greedy}
    batch = subprocess.Popen(place.batch(profile, "--runs=" + ("1" if is_greedy else "4")),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             pass_fds=targets.fds.values(), **place.as_user())
    lines = [json.dumps(request_of(index, one, targets, batch.pid)) + "\n"
             for index, one in mine.values()]
    threading.Thread(target=feed, args=(batch.stdin, lines), daemon=True).start()
    names, tried = set(), 0
    for line in batch.stdout:
        outcome = json.loads(line)
        if outcome["end"] in ("failed", "refused", "timed_out"):
            sys.exit("%s: %s was not tried: %s" % (profile, outcome["id"], outcome))
        tried += 1
        index, one = mine[outcome["id"]]
        stays = one.stays and bare.is_asleep(bare.nap_of(targets.marker, index))
        if stays or "ESCAPED" in outcome["output"]:
            names.add(one.name)
    if batch.wait() != 0 or tried != len(mine):
        sys.exit("%s ended with %d after %d of %d runs" % (profile, batch.returncode, tried, len(mine)))
    return names


def look_in(binaries, profile, user):
    """The names of those that look into a server from outside all walls, as its own user, and see something."""
    with stand.stand(binaries, "escapes", user) as place:
        targets = Targets(place)
        batch = subprocess.Popen(place.batch(profile), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 **place.as_user())
        try:
            batch.stdin.write(b'{"code": ""}\n')
            batch.stdin.flush()
            batch.stdout.readline()  # It is past its beginning.
            looks = [(index, one) for index, one in enumerate(ATTEMPTS.values())
                     if mechanisms.UNREADABLE in one.aims]
            seen = {one.name for index, one in looks
                    if bare.succeeds(place, targets, index, one, batch.pid)}
            print("%s: %d of %d blocked by that alone: %s" % (
                profile, len(looks) - len(seen), len(looks), mechanisms.UNREADABLE))
            return seen
        finally:
            batch.stdin.close()
            batch.wait()
            targets.close()


def feed(pipe, lines):
    """Closes the pipe at the end of the lines."""
    with pipe:
        for line in lines:
            pipe.write(line.encode())


def report(profile, attempts, used, out):
    """True when nothing came out, and enough was tried."""
    for name in sorted(out):
        print("%s: CAME OUT: %s" % (profile, name))
    counts = mechanisms.count(attempts, used)
    short = [name for name, number in counts if number < mechanisms.MINIMUM_OF_A_MECHANISM]
    print("%s: %d of %d blocked" % (profile, len(attempts) - len(out), len(attempts)))
    for name, number in counts:
        print("  %-28s %3d%s" % (name, number, "  TOO FEW" if name in short else ""))
    return not out and not short and len(attempts) >= mechanisms.MINIMUM


def main():
    """Prints counts for each profile; ends with 1 when anything came out, or too little was tried."""
    binaries = os.path.abspath(sys.argv[1])
    os.environ["OPENFC_ESCAPES"] = returns.SECRET  # A server's environment has one, too.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for group in (files, processes, network, surface, limits, rights):
        group.add()
    counted = without_walls(binaries)
    for one in all_attempts():
        if one.name not in counted:
            print("does not count, since it fails without walls: " + one.name)
    print("%d attempts succeed without walls" % len(counted))
    for name, reason in mechanisms.STOPS_NOBODY.items():
        print("  stops nobody by itself: %s (%s)" % (name, reason))
    results = []
    for profile, user in stand.PROFILES:
        if "--profile" in sys.argv and sys.argv[-1] != profile:
            continue
        used = mechanisms.of_profile(binaries, profile, user)
        attempts = [one for one in all_attempts() if one.name in counted and one.aims & used]
        out = behind_walls(binaries, profile, user)
        if user != 0:  # Root may look into everything.
            out |= look_in(binaries, profile, user)
        out &= {one.name for one in attempts}
        results.append(report(profile, attempts, used, out))
        sys.stdout.flush()
    return 0 if all(results) else 1


if __name__ == "__main__":
    stand.main(main)
