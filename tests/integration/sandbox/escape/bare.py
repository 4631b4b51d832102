"""Attempts without any isolation: an ordinary process, which must succeed for an attempt to count."""

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import tempfile

from escape.attempt import ATTEMPTS, PRELUDE

PATIENCE = 60  # Seconds, for what should take three.
AT_ONCE = 4


def nap_of(marker, index):
    """How long a process sleeps tells whose it is."""
    return "7200.%s%04d" % ("".join(filter(str.isdigit, marker)) + str(os.getpid()), index)


def is_asleep(nap):
    """Whether `sleep NAP` runs somewhere; it ends then."""
    found = False
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                if file.read() == b"sleep\0%s\0" % nap.encode():
                    os.kill(int(pid), signal.SIGKILL)
                    found = True
        except OSError:
            continue
    return found


def end_all(mark):
    """Whatever has the mark in its environment."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                if mark.encode() in file.read():
                    os.kill(int(pid), signal.SIGKILL)
        except OSError:
            continue


def run(place, targets, code, words, user, mark):
    """What a program says, and whether it has left a process asleep."""
    folder = tempfile.mkdtemp(dir=place.folder)
    os.chown(folder, user, user)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["/usr/bin/python3", "-B", "-c", code], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.DEVNULL, cwd=folder, pass_fds=targets.fds.values(),
            start_new_session=True, user=user, group=user, extra_groups=[],
            env={"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": folder, "LANG": "C.UTF-8",
                 "TARGETS": json.dumps(words), "ATTEMPT": mark})
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        stays = is_asleep(words["nap"])
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        output.seek(0)
        return output.read().decode("utf-8", "replace"), stays


def succeeds(place, targets, index, one, server=None):
    """Whether one does, against the server or what stands for it."""
    mark = "%s-%d" % (targets.marker, index)
    words = targets.of(index, server or targets.victim.pid, nap_of(targets.marker, index))
    said, stays = run(place, targets, PRELUDE + one.code, words, one.user if server is None
                      else place.user, mark)
    if one.is_greedy:
        end_all(mark)
    return stays if one.stays else "ESCAPED" in said


def run_all(place, targets):
    """The names of those that succeed. What is disturbed by others is tried again alone."""
    all_of_them = list(enumerate(ATTEMPTS.values()))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda one: not one[1].is_greedy and
                             succeeds(place, targets, *one), all_of_them))
    try:
        return {one.name for index, one in all_of_them
                if done[index] or succeeds(place, targets, index, one)}
    finally:
        end_all(targets.marker)
        sys.stdout.flush()
