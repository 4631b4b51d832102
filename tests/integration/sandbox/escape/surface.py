"""Attempts on what the kernel should not even look at: calls, new processes, objects of all."""

from escape.attempt import attempt, attempts
from escape.mechanisms import IPC, SECCOMP, SECCOMP_ALONE

# Of a program that may start none.
STARTS = {
    "fork": "p = os.fork()\nif p: escaped()",
    "a raw clone": "p = call(56, 17, 0, 0, 0, 0)\nif p == 0: os._exit(0)\nescaped(p > 0)",
    "a clone into the parent's place": "p = call(56, 0x8000 | 17, 0, 0, 0, 0)\nif p == 0: os._exit(0)\nescaped(p > 0)",
    "posix_spawn": "os.posix_spawn('/bin/true', ['true'], {}); escaped()",
    "subprocess": "escaped(subprocess.run(['true']).returncode == 0)",
    "a shell": "escaped(os.system('true') == 0)",
    "popen": "escaped(os.popen('echo x').read() == 'x\\n')",
    "popen of libc": "libc.popen.restype = ctypes.c_void_p; escaped(libc.popen(b'true', b'r'))",
    "multiprocessing": "import multiprocessing\np = multiprocessing.get_context('fork').Process(target=print); p.start(); escaped()",
    "exec": "os.execv('/bin/echo', ['echo', 'ESCAPED'])",
    "exec of a descriptor": "os.execve(os.open('/bin/echo', os.O_RDONLY), ['echo', 'ESCAPED'], {})",
    "exec of memory": "f = os.memfd_create('x'); os.write(f, open('/bin/echo', 'rb').read()); os.execve(f, ['echo', 'ESCAPED'], {})",
    "the loader": "os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/echo', 'ESCAPED'])",
}
OBJECTS = {
    "attach shared memory": "escaped(call(30, T['shm'], 0, 0o10000) >= 0)",
    "look at shared memory": "b = ctypes.create_string_buffer(256); escaped(call(31, T['shm'], 2, b) == 0)",
    "find shared memory": "escaped(call(29, T['key'], 0, 0) >= 0)",
    "find a semaphore": "escaped(call(64, T['key'], 0, 0) >= 0)",
    "change a semaphore": "escaped(call(66, T['sem'], 0, 16, 1) >= 0)",
    "find a message queue": "escaped(call(68, T['key'], 0) >= 0)",
    "send a message": "m = struct.pack('l', 1) + b'x'; escaped(call(69, T['msg'], ctypes.create_string_buffer(m), 1, 0o4000) == 0)",
    "look at a message queue": "b = ctypes.create_string_buffer(256); escaped(call(71, T['msg'], 2, b) == 0)",
    "read a semaphore": "escaped(call(66, T['sem'], 0, 12, 0) >= 0)",
    "lock shared memory into memory": "escaped(call(31, T['shm'], 11, 0) == 0)",
    "find all shared memory": "escaped(str(T['shm']) in open('/proc/sysvipc/shm').read().split())",
    "open a POSIX queue": "escaped(call(240, ctypes.c_char_p(T['mq'].encode()), 0, 0, 0) >= 0)",
}


def add():
    """Adds them."""
    add_calls()
    attempts("start a process by ", STARTS, SECCOMP, may_fork=False)
    attempts("", OBJECTS, IPC, SECCOMP_ALONE)


def add_calls():
    """Calls, most with arguments that are nonsense."""
    for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("network", 0x40000000),
                       ("PID", 0x20000000), ("IPC", 0x08000000), ("UTS", 0x04000000),
                       ("cgroup", 0x02000000)):
        attempt("unshare a %s namespace" % name, "escaped(call(272, %d) == 0)" % flag, SECCOMP)
        attempt("clone into a %s namespace" % name,
                "p = call(56, %d | 17, 0, 0, 0, 0)\nif p == 0: os._exit(0)\nescaped(p > 0)" % flag, SECCOMP)
    calls = {"mount": (165, 0, 0, 0, 0, 0), "umount2": (166, 0, 0), "pivot_root": (155, 0, 0),
             "chroot": (161, 0), "open_tree": (428, -1, 0, 0), "move_mount": (429, -1, 0, -1, 0, 0),
             "fsopen": (430, 0, 0), "fsconfig": (431, -1, 0, 0, 0, 0), "fsmount": (432, -1, 0, 0),
             "fspick": (433, -1, 0, 0), "mount_setattr": (442, -1, 0, 0, 0, 0),
             "setns": (308, -1, 0), "bpf": (321, 0, 0, 0), "perf_event_open": (298, 0, 0, -1, -1, 0),
             "userfaultfd": (323, 1), "io_uring_setup": (425, 0, 0), "io_uring_enter": (426, -1, 0, 0, 0, 0, 0),
             "io_uring_register": (427, -1, 0, 0, 0), "keyctl": (250, 0, -3, 0, 0, 0),
             "add_key": (248, 0, 0, 0, 0, 0), "request_key": (249, 0, 0, 0, 0),
             "ptrace": (101, 0x7fff, 0, 0, 0), "modify_ldt": (154, 0, 0, 0),
             "init_module": (175, 0, 0, 0), "finit_module": (313, -1, 0, 0),
             "delete_module": (176, 0, 0), "kexec_load": (246, 0, 17, 0, 0),
             "kexec_file_load": (320, -1, -1, 0, 0, 0), "swapon": (167, 0, 0), "swapoff": (168, 0),
             "sethostname": (170, 0, 1), "setdomainname": (171, 0, 1), "acct": (163, 1),
             "settimeofday": (164, 1, 0), "clock_settime": (227, 0, 1), "adjtimex": (159, 1),
             "clock_adjtime": (305, 0, 1), "syslog": (103, 10, 0, 0), "iopl": (172, 0),
             "ioperm": (173, 0, 1, 0), "quotactl": (179, 0, 0, 0, 0),
             "open_by_handle_at": (304, -1, 0, 0), "name_to_handle_at": (303, -1, 0, 0, 0, 0),
             "fanotify_init": (300, 0, 0), "fanotify_mark": (301, -1, 0, 0, -1, 0),
             "vmsplice": (278, -1, 0, 0, 0), "mlockall": (151, 1), "personality": (135, 0x0040000),
             "reboot": (169, 0, 0, 0, 0), "mbind": (237, 0, 0, 0, 0, 0, 0),
             "set_mempolicy": (238, 99, 0, 0), "lookup_dcookie": (212, 0, 0, 0)}
    for name, words in calls.items():
        attempt("call " + name, "escaped(looked_at(call(%s)))" % ", ".join(map(str, words)), SECCOMP)
    attempt("make a character device", "os.mknod('dev', 0o20600, os.makedev(1, 1)); escaped()", SECCOMP)
    attempt("make a block device", "os.mknod('dev', 0o60600, os.makedev(7, 0)); escaped()", SECCOMP)
    attempt("call a 32-bit program's getpid",
            "code = bytes.fromhex('b814000000cd80c3'); m = mmap.mmap(-1, 4096, prot=7); m.write(code)\n"
            "f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m))); escaped(f() > 0)", SECCOMP)
