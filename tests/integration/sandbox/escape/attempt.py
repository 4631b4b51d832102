"""One attempt to escape, and all of them."""

import dataclasses

PRELUDE = r'''
import ctypes, errno, fcntl, io, json, mmap, os, pathlib, resource, shutil, signal, socket, struct
import subprocess, sys, time
T = json.loads(os.environ["TARGETS"])
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def escaped(ok=True):
    if ok: print("ESCAPED", flush=True)
def call(number, *args):
    return libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
def looked_at(result):
    return result >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS)
def run(*words):
    return subprocess.run(words, capture_output=True, timeout=3).stdout
'''


@dataclasses.dataclass(frozen=True)
class Attempt:
    """A program that says ESCAPED when it has reached what is none of its business."""

    name: str
    code: str
    aims: frozenset  # The mechanisms that are there to stop it.
    user: int = 0  # Who it is where nothing stands in its way.
    may_fork: bool = True
    is_greedy: bool = False  # Nothing runs beside it.
    stays: bool = False  # Has escaped when its process `sleep T['nap']` is there after its end.
    limits: tuple = ()  # Of the run, as `batch` takes them.


ATTEMPTS = {}


def attempt(name, code, *aims, **more):
    """Adds one, under a name of its own."""
    assert name not in ATTEMPTS, name
    ATTEMPTS[name] = Attempt(name, code, frozenset(aims), **more)


def attempts(prefix, ways, *aims, **more):
    """Adds one for each name and code."""
    for name, code in ways.items():
        attempt(prefix + name, code, *aims, **more)
