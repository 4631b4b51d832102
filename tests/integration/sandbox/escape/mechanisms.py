"""What the walls are made of, in which profiles, and what of it stops nobody by itself.

An attempt is aimed at the mechanisms that are there to stop it. It counts for each of them that a
profile has, also where another wall comes first.
"""

import json
import subprocess

MINIMUM = 150
MINIMUM_OF_A_MECHANISM = 8

ALL = ("full", "setuid", "unpriv")
RULED = ("setuid", "unpriv")  # Where rules keep what namespaces keep in `full`.

# The mechanism, the profiles that have it, and what of it is only there for want of namespaces.
RLIMITS = "rlimits"
NPROC = "RLIMIT_NPROC"
PRIVILEGES = "no_new_privs"
SECCOMP = "seccomp"
LANDLOCK = "Landlock: files"
LANDLOCK_TCP = "Landlock: TCP"
LANDLOCK_SCOPE = "Landlock: scopes"
PIDS = "PID namespace"
NETWORK = "network namespace"
MOUNTS = "mount namespace, pivot_root"
IPC = "IPC namespace"
USERS = "a uid for each run"
CGROUP = "cgroup limits"
WATCH = "watch on memory and disk"
UNREADABLE = "server not dumpable"
DESCRIPTORS = "close_range"
BENEATH = "openat2"
WORDS = "in-process filter"

# Aims that count as one of those, in some profiles only.
ADDRESSES = "rlimits, address space"
SECCOMP_ALONE = "seccomp, without namespaces"
WATCH_ON_DISK = "watch on disk"

IS = {ADDRESSES: RLIMITS, SECCOMP_ALONE: SECCOMP, WATCH_ON_DISK: WATCH}

PROFILES_OF = {
    RLIMITS: ALL, NPROC: ALL, PRIVILEGES: ALL, SECCOMP: ALL, UNREADABLE: ALL, DESCRIPTORS: ALL,
    BENEATH: ALL, WORDS: ALL,
    LANDLOCK: RULED, LANDLOCK_TCP: RULED, LANDLOCK_SCOPE: RULED, SECCOMP_ALONE: RULED,
    WATCH_ON_DISK: RULED,
    PIDS: ("full",), NETWORK: ("full",), MOUNTS: ("full",), IPC: ("full",),
    USERS: ("full", "setuid"),
    # Where the machine's cgroups may be used (of_profile): memory is counted by one or the other.
    CGROUP: ALL, WATCH: ALL, ADDRESSES: ALL,
}

# Of the same table of mechanisms, with the reason for which nothing is counted for them.
STOPS_NOBODY = {
    "user namespace": "not used: root makes the other namespaces, and without root there are none; "
                      "that runs make no such namespace is seccomp's",
    "chroot": "not used: pivot_root where mounts may be made, Landlock elsewhere",
    "cgroup.kill, freeze": "not used here: the PID namespace's init, or one process group that "
                           "cannot be left, ends a tree; trees.py is their measure",
    "pidfd": "in the server: a number that was used again is never taken for a run's process",
    "clone3": "refused with ENOSYS, so that clone is called, whose flags seccomp sees",
    "process_mrelease, memfd, MDWE": "not used",
}


def of_profile(binaries, profile, user):
    """The aims that have something behind them in a profile."""
    told = subprocess.run([binaries + "/fcsandbox", "doctor", "--json", "--isolation=" + profile],
                          stdout=subprocess.PIPE, check=False, user=user, group=user,
                          extra_groups=[])
    memory = {one["property"]: one["mechanism"] for one in json.loads(told.stdout)["properties"]}["P6"]
    left_out = (WATCH, ADDRESSES) if memory.startswith("cgroup") else (CGROUP,)
    return {aim for aim, profiles in PROFILES_OF.items() if profile in profiles} - set(left_out)


def count(attempts, used):
    """(mechanism, number) of each one that is used."""
    numbers = {IS.get(aim, aim): 0 for aim in used}
    for one in attempts:
        for name in {IS.get(aim, aim) for aim in one.aims & used}:
            numbers[name] += 1
    return sorted(numbers.items())
