#!/usr/bin/env python3
"""Programs that use up, flood, hang and hide: each must end as it should, and hurt nobody.

usage: hostile.py BIN_FOLDER [PROFILE]

After all of them the server still answers, and nothing is left. Needs root.
"""

import json
import subprocess
import sys

import stand

MIB = 1 << 20


def ends(*wanted):
    """The verdict is one of these."""
    return lambda one: one["end"] in wanted


def says(text):
    """It ended by itself, and said so."""
    return lambda one: one["end"] == "exited" and text in one["output"]


def python(code, check, **more):
    """A snippet."""
    return dict(code=code, **more), check


def forking(code, check, **more):
    """A snippet that may fork."""
    return dict(code=code, may_fork=True, **more), check


def shell(code, check, **more):
    """A command."""
    return dict(command=["bash", "-c", code], **more), check


KILLED = ends("timed_out")
ATTEMPT = "try:\n    %s\n    print('done')\nexcept BaseException as e:\n    print('refused', type(e).__name__)"

# name -> (request, what must hold of its outcome)
INPUTS = {
    "fork bomb": forking("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", ends("timed_out", "out_of_memory"), processes=40),
    "fork bomb of a shell": shell(":(){ :|:& };:; sleep 100", ends("timed_out", "exited", "out_of_memory"), processes=40),
    "thread bomb": python("import threading, time\ntry:\n    while True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\nexcept RuntimeError: print('refused')\nimport os; os._exit(0)", says("refused"), processes=40),
    "raw clone": python("import ctypes\nprint('r', ctypes.CDLL(None).syscall(56, 17, 0, 0, 0, 0))", says("r -1")),
    "raw vfork": python("import ctypes\nprint('r', ctypes.CDLL(None).syscall(58))", says("r -1")),
    "raw execve": python("import ctypes\nprint('r', ctypes.CDLL(None).syscall(59, b'/bin/true', 0, 0))", says("r -1")),
    "memory in one process": python("x = []\nwhile True: x.append(bytearray(1 << 20))", lambda one: one["end"] == "out_of_memory" or "MemoryError" in one["errors"]),
    "memory of many": forking("import os\nfor _ in range(9):\n    if os.fork() == 0: break\nx = bytearray(40 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\nimport time; time.sleep(100)", ends("out_of_memory", "timed_out"), memory_bytes=128 * MIB),
    "a terabyte that is not touched": python(ATTEMPT % "import mmap; mmap.mmap(-1, 1 << 40)", lambda one: one["end"] == "exited"),
    "memory as a file": python(ATTEMPT % "import os; f = os.memfd_create('x'); b = b'x' * (1 << 20); [os.write(f, b) for _ in range(2000)]", lambda one: "done" not in one["output"]),
    "a list of a trillion": python(ATTEMPT % "[0] * 10 ** 12", says("refused MemoryError")),
    "a number that takes for ever": python("10 ** 10 ** 8", ends("timed_out", "cpu_timed_out", "out_of_memory")),
    "a pattern that takes for ever": python("import re; re.match('(a+)+$', 'a' * 40 + 'b')", ends("timed_out", "cpu_timed_out")),
    "a sum that takes for ever": python("sum(range(10 ** 12))", ends("timed_out", "cpu_timed_out")),
    "a file that is too long": python(ATTEMPT % "f = open('x', 'wb'); [f.write(b'x' * (1 << 20)) for _ in range(200)]", lambda one: "done" not in one["output"]),
    "a file that is too long, by a shell": shell("yes > x; echo $?", lambda one: one["end"] in ("exited", "signalled", "timed_out")),
    "files that take the disk": python(ATTEMPT % "[open('f%d' % i, 'wb').write(b'x' * (8 << 20)) for i in range(60)]; import time; time.sleep(1)", lambda one: "done" not in one["output"]),
    "empty files by the thousand": python(ATTEMPT % "[open('f%d' % i, 'w').close() for i in range(50000)]; import time; time.sleep(1)", lambda one: "done" not in one["output"]),
    "a sparse file": python(ATTEMPT % "import os; os.truncate(os.open('x', os.O_CREAT | os.O_RDWR), 1 << 50)", says("refused")),
    "folders in folders": python("import os\nfor _ in range(900):\n    os.mkdir('d'); os.chdir('d')\nprint('made')", lambda one: one["end"] in ("exited", "signalled")),
    "folders that are shut": python("import os\nos.mkdir('d'); open('d/f', 'w'); os.chmod('d', 0); os.chmod('.', 0)\nprint('shut')", lambda one: one["end"] == "exited"),
    "descriptors": python(ATTEMPT % "import os; [os.dup(0) for _ in range(100000)]", says("refused OSError")),
    "output without end": shell("yes", KILLED, wall_ms=1000),
    "errors without end": shell("yes >&2", KILLED, wall_ms=1000),
    "both without end": shell("yes & yes >&2", KILLED, wall_ms=1000),
    "output byte by byte": python("import os\nwhile True: os.write(1, b'x')", KILLED, wall_ms=1000),
    "input that nobody reads": shell("echo done", says("done"), input="x" * (4 * MIB)),
    "output that is shut": python("import os, time\nos.close(1); os.close(2); time.sleep(0.2)", ends("exited")),
    "output that is no text": shell("printf '\\377\\376\\000\\033[31m'; head -c 1000 /dev/urandom", ends("exited")),
    "zombies": forking("import os\nfor _ in range(600):\n    try:\n        if os.fork() == 0: os._exit(0)\n    except OSError: pass\nprint('alive')", says("alive"), processes=60, wall_ms=20000),
    "a daemon": forking("import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(1000)\n    os._exit(0)\nprint('done')", says("done")),
    "nohup": shell("nohup sleep 1000 >/dev/null 2>&1 & echo done", says("done")),
    "stopping itself": python("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", KILLED, wall_ms=1000),
    "stopping its group": shell("sleep 100 & kill -STOP 0", KILLED, wall_ms=1000),
    "ignoring every signal": python("import signal, time\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ntime.sleep(100)", KILLED, wall_ms=1000),
    "blocking every signal": python("import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(100)", KILLED, wall_ms=1000),
    "ignoring the end of its processor time": python("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", ends("cpu_timed_out"), cpu_ms=1000, wall_ms=15000),
    "waiting for a pipe": python("import os\nos.mkfifo('p'); open('p').read()", KILLED, wall_ms=1000),
    "killing all it can": shell("trap '' TERM; kill -TERM -1; echo alive", lambda one: one["end"] in ("exited", "signalled")),
    "killing all it can for good": python("import os\nos.kill(-1, 9)\nprint('alive')", lambda one: one["end"] in ("exited", "signalled")),
    "killing its group": shell("kill -9 0", ends("signalled")),
    "becoming more important": python(ATTEMPT % "import os; os.nice(-20)", says("refused")),
    "becoming real-time": python(ATTEMPT % "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))", says("refused")),
    "locking memory": python("import ctypes\nprint('r', ctypes.CDLL(None).mlockall(1))", says("r -1")),
    "dumping cores": shell("ulimit -c unlimited; kill -SEGV $$", lambda one: one["end"] in ("exited", "signalled")),
    "raising its limits": python(ATTEMPT % "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999))", says("refused")),
    "filling shared memory": shell("head -c 999999999 /dev/zero > /dev/shm/x && echo done", lambda one: "done" not in one["output"]),
    "words beyond all measure": shell("/bin/echo $(seq 1000000) > /dev/null; echo $?", says("126")),
    "crashing": python("import ctypes; ctypes.string_at(0)", ends("signalled")),
    "aborting": python("import os; os.abort()", ends("signalled")),
    "recursion": python("def f(): f()\nf()", lambda one: "RecursionError" in one["errors"]),
    "recursion without a limit": python("import sys\nsys.setrecursionlimit(10 ** 8)\ndef f(): f()\nf()", lambda one: one["end"] in ("exited", "signalled", "out_of_memory")),
    "leaving at once": python("import os; os._exit(7)", lambda one: one["exit_code"] == 7),
    "threads that stay": python("import threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()", KILLED, wall_ms=1000),
    "an end that hangs": python("import atexit, time\natexit.register(time.sleep, 100); print('x')", lambda one: one["end"] == "timed_out" and one["output"] == "x\n", wall_ms=1000),
    "code with a zero": python("print(1)\0", lambda one: one["exit_code"] == 1),
    "code nested too deep": python("(" * 5000 + ")" * 5000, lambda one: one["end"] in ("exited", "signalled")),
    "code of a megabyte": python("x = 1\n" * 170000 + "print('done')", says("done"), wall_ms=30000, memory_bytes=1024 * MIB),
    "a loader's variables": shell("echo ok", says("ok"), environment=["LD_PRELOAD=/no/such.so", "PYTHONHOME=/no"]),
    "changing the interpreter": python("import sys\nfor m in list(sys.modules): sys.modules[m] = None\nsys.stdout = None\nimport builtins\nbuiltins.__dict__.clear()", lambda one: one["end"] in ("exited", "signalled")),
}


def run(place, profile):
    """The faults of a profile."""
    requests = [dict({"wall_ms": 4000, "output_bytes": 100000}, id=name, **request)
                for name, (request, _) in INPUTS.items()]
    requests.append({"id": "afterwards", "code": "print('well')"})
    with open(place.lines, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in requests)
    done = subprocess.run(place.batch(profile, place.lines, "--runs=3"), stdout=subprocess.PIPE,
                          check=False, **place.as_user())
    outcomes = {one["id"]: one for one in map(json.loads, done.stdout.decode().splitlines())}
    faults = ["ended with %d" % done.returncode] if done.returncode else []
    faults += ["not answered: " + one["id"] for one in requests if one["id"] not in outcomes]
    faults += ["%s: %.300s" % (name, outcomes[name]) for name, (_, check) in INPUTS.items()
               if name in outcomes and not check(outcomes[name])]
    if outcomes.get("afterwards", {}).get("output") != "well\n":
        faults.append("does not answer any more")
    return faults + ["left: " + name for name in place.left()]


def main():
    """Ends with 1 when one did not end as it should."""
    is_well = True
    for profile, user in stand.PROFILES:
        if len(sys.argv) > 2 and sys.argv[2] != profile:
            continue
        with stand.stand(sys.argv[1], "hostile", user) as place:
            faults = run(place, profile)
        for fault in faults:
            print("%s: %s" % (profile, fault))
        print("%s: %d inputs, %d faults" % (profile, len(INPUTS), len(faults)))
        is_well = is_well and not faults
    return 0 if is_well else 1


if __name__ == "__main__":
    stand.main(main)
