"""Attempts on processes of the server's user, by their number."""

from escape.attempt import attempt, attempts
from escape.mechanisms import (LANDLOCK, LANDLOCK_SCOPE, PIDS, SECCOMP, SECCOMP_ALONE, UNREADABLE,
                               USERS)

SIGNALS = {
    "kill": "os.kill(T['victim'], signal.SIGCONT); escaped()",
    "kill of nothing": "os.kill(T['victim'], 0); escaped()",
    "killpg": "os.killpg(T['victim'], signal.SIGCONT); escaped()",
    "tgkill": "escaped(call(234, T['victim'], T['victim'], 18) == 0)",
    "tkill": "escaped(call(200, T['victim'], 18) == 0)",
    "sigqueue": "b = ctypes.create_string_buffer(128); struct.pack_into('iii', b, 0, 18, 0, -1)\n"
                "escaped(call(129, T['victim'], 18, b) == 0)",
    "kill of a shell": "r = subprocess.run(['sh', '-c', 'kill -CONT %d' % T['victim']], stderr=-3); escaped(r.returncode == 0)",
}
HANDLES = {
    "pidfd_open": "os.pidfd_open(T['victim']); escaped()",
    "pidfd_send_signal": "signal.pidfd_send_signal(os.pidfd_open(T['victim']), signal.SIGCONT); escaped()",
}
MEMORY = {
    "pidfd_getfd": "escaped(call(438, os.pidfd_open(T['victim']), 0, 0) >= 0)",
    "ptrace attach": "escaped(call(101, 16, T['victim'], 0, 0) == 0)",
    "ptrace seize": "escaped(call(101, 0x4206, T['victim'], 0, 0) == 0)",
    "process_vm_readv": "b = ctypes.create_string_buffer(8); iov = (ctypes.c_uint64 * 2)(ctypes.addressof(b), 8)\n"
                        "far = (ctypes.c_uint64 * 2)(T['address'], 8)\nescaped(call(310, T['victim'], iov, 1, far, 1, 0) == 8)",
    "process_vm_writev": "b = ctypes.create_string_buffer(8); iov = (ctypes.c_uint64 * 2)(ctypes.addressof(b), 8)\n"
                         "far = (ctypes.c_uint64 * 2)(T['address'], 8)\nescaped(call(311, T['victim'], iov, 1, far, 1, 0) == 8)",
    "kcmp": "escaped(call(312, os.getpid(), T['victim'], 0, 0, 0) >= 0)",
    "process_madvise": "escaped(looked_at(call(440, -1, 0, 0, 0, 0)))",
}
MEMORY_OF_ALL = {
    "move_pages": "escaped(call(279, T['victim'], 0, 0, 0, 0, 0) >= 0)",
    "migrate_pages": "m = (ctypes.c_ulong * 1)(1); escaped(call(256, T['victim'], 2, m, m) >= 0)",
    "setns by its pidfd": "escaped(call(308, os.pidfd_open(T['victim']), 0x20000) == 0)",
}
LIMITS = {
    "prlimit": "resource.prlimit(T['victim'], resource.RLIMIT_CORE, (0, 0)); escaped()",
    "asking prlimit": "escaped(resource.prlimit(T['victim'], resource.RLIMIT_NOFILE) is not None)",
    "prlimit of a shell": "r = subprocess.run(['prlimit', '--core=0', '--pid', str(T['victim'])], stderr=-3); escaped(r.returncode == 0)",
    "setpriority": "os.setpriority(os.PRIO_PROCESS, T['victim'], 19); escaped()",
    "setpriority of its group": "os.setpriority(os.PRIO_PGRP, T['victim'], 19); escaped()",
    "renice": "r = subprocess.run(['renice', '-n', '19', '-p', str(T['victim'])], stdout=-3, stderr=-3); escaped(r.returncode == 0)",
    "ioprio_set": "escaped(call(251, 1, T['victim'], (3 << 13)) == 0)",
    "sched_setaffinity": "os.sched_setaffinity(T['victim'], {0}); escaped()",
    "taskset": "r = subprocess.run(['taskset', '-p', '1', str(T['victim'])], stdout=-3, stderr=-3); escaped(r.returncode == 0)",
    "sched_setscheduler": "os.sched_setscheduler(T['victim'], os.SCHED_BATCH, os.sched_param(0)); escaped()",
    "sched_setparam": "os.sched_setparam(T['victim'], os.sched_param(0)); escaped()",
    "sched_setattr": "a = struct.pack('IIQiIQQQ', 48, 3, 0, 0, 0, 0, 0, 0)\nescaped(call(314, T['victim'], ctypes.create_string_buffer(a), 0) == 0)",
}

# Of a process of the server's user, whichever.
PARTS = ("environ", "maps", "mem", "cmdline", "auxv", "stat", "status")
FOLDERS = ("root", "cwd", "fd", "ns", "task", "map_files")

# Of the server itself, which no process of its own user may look into.
LOOKS = {
    **{"opening its /proc/PID/" + part: "escaped(os.open('/proc/%%d/%s' %% T['server'], os.O_RDONLY) >= 0)" % part
       for part in ("environ", "maps", "mem", "auxv", "io", "smaps", "personality", "syscall")},
    **{"listing its /proc/PID/" + part: "escaped(os.listdir('/proc/%%d/%s/' %% T['server']) is not None)" % part
       for part in ("root", "cwd", "fd", "fdinfo", "map_files")},
    **{"following its /proc/PID/" + part: "escaped(os.readlink('/proc/%%d/%s' %% T['server']) != '')" % part
       for part in ("exe", "ns/net", "fd/0")},
    "ptrace attach": "escaped(call(101, 16, T['server'], 0, 0) == 0)",
    "ptrace seize": "escaped(call(101, 0x4206, T['server'], 0, 0) == 0)",
    "process_vm_readv": "b = ctypes.create_string_buffer(8); iov = (ctypes.c_uint64 * 2)(ctypes.addressof(b), 8)\n"
                        "r = call(310, T['server'], iov, 1, (ctypes.c_uint64 * 2)(4096, 8), 1, 0)\n"
                        "escaped(r == 8 or ctypes.get_errno() == errno.EFAULT)",
    "process_vm_writev": "b = ctypes.create_string_buffer(8); iov = (ctypes.c_uint64 * 2)(ctypes.addressof(b), 8)\n"
                         "r = call(311, T['server'], iov, 1, (ctypes.c_uint64 * 2)(4096, 8), 1, 0)\n"
                         "escaped(r == 8 or ctypes.get_errno() == errno.EFAULT)",
    "pidfd_getfd": "escaped(call(438, os.pidfd_open(T['server']), 0, 0) >= 0)",
    "kcmp": "escaped(call(312, os.getpid(), T['server'], 0, 0, 0) >= 0)",
}

# A process that is there after the run's end, and tells by its name whose it is.
AWAIT = ("w.close(); r.read()\n"  # Until it is that program: what it inherits closes by itself.
         "print('begun', flush=True)")
PAIR = "a, b = os.pipe(); r, w = os.fdopen(a, 'rb'), os.fdopen(b, 'wb')\n"
SLEEP = "os.execv('/bin/sleep', ['sleep', T['nap']])\n"
STAYS = {
    "a child": PAIR + "if os.fork() == 0: " + SLEEP + AWAIT,
    "a daemon": PAIR + "if os.fork() == 0:\n os.setsid()\n if os.fork(): os._exit(0)\n os.chdir('/')\n "
                + SLEEP + AWAIT,
    "a process deaf to signals": PAIR + "for s in (1, 2, 3, 15, 18): signal.signal(s, signal.SIG_IGN)\n"
                                 "if os.fork() == 0: " + SLEEP + AWAIT,
    "a process group of its own": PAIR + "if os.fork() == 0:\n os.setpgid(0, 0)\n " + SLEEP + AWAIT,
    "a chain of orphans": PAIR + "for _ in range(20):\n if os.fork(): break\n os.setsid()\nelse: " + SLEEP
                          + AWAIT,
    "a process that closed all": PAIR + "if os.fork() == 0:\n os.closerange(0, 3)\n " + SLEEP + AWAIT,
    "a new session of subprocess": "subprocess.Popen(['sleep', T['nap']], start_new_session=True); print('begun', flush=True)",
    "nohup": "subprocess.run(['bash', '-c', 'nohup sleep %s > /dev/null 2>&1 & disown' % T['nap']]); print('begun', flush=True)",
    "setsid": "subprocess.run(['setsid', '--fork', 'sleep', T['nap']]); print('begun', flush=True)",
    "a stopped process": "p = subprocess.Popen(['sleep', T['nap']]); os.kill(p.pid, signal.SIGSTOP); print('begun', flush=True)",
}


def add():
    """Adds them."""
    prefix = "reach the server by "
    attempts(prefix, SIGNALS, PIDS, USERS, LANDLOCK_SCOPE)
    attempts(prefix, HANDLES, PIDS, USERS, LANDLOCK_SCOPE, SECCOMP_ALONE)
    attempts(prefix, MEMORY, PIDS, USERS, SECCOMP, LANDLOCK)
    attempts(prefix, MEMORY_OF_ALL, PIDS, USERS, SECCOMP)
    attempts(prefix, LIMITS, PIDS, USERS, SECCOMP)
    for part in PARTS:
        attempt("open its /proc/PID/" + part,
                "escaped(os.open('/proc/%%d/%s' %% T['victim'], os.O_RDONLY) >= 0)" % part,
                PIDS, LANDLOCK)
    for part in FOLDERS:
        attempt("list its /proc/PID/" + part,
                "escaped(os.listdir('/proc/%%d/%s/' %% T['victim']) is not None)" % part,
                PIDS, LANDLOCK)
    attempt("find it in /proc", "escaped(str(T['victim']) in os.listdir('/proc'))", PIDS, LANDLOCK)
    attempt("find it by ps", "escaped(b'openfc-victim' in run('ps', '-eo', 'args'))", PIDS, LANDLOCK)
    attempts("look into the server by ", LOOKS, UNREADABLE)
    attempts("outlive the run by ", STAYS, PIDS, SECCOMP_ALONE, stays=True)
