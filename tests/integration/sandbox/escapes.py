#!/usr/bin/env python3
"""Attempts to escape from a run of fcsandbox, by the hundred, in every profile.

usage: escapes.py BIN_FOLDER [--profile NAME]

Each attempt is a program that reaches for something outside. It counts only when the same program
succeeds without walls, in the same call of this script; then it must fail behind them. Needs root:
one of the profiles is an ordinary user's.
"""

import collections
import ctypes
import json
import os
import socket
import subprocess
import sys
import threading

import stand

MINIMUM = 150
MINIMUM_OF_A_WALL = 8

PRELUDE = r'''
import ctypes, errno, fcntl, io, json, mmap, os, pathlib, resource, shutil, signal, socket, struct
import subprocess, sys
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

# wall -> name -> code. The wall names what stands in the way where there is a choice of one.
ATTEMPTS = collections.OrderedDict()


def attempt(wall, name, code):
    """Adds one, under a name of its own."""
    assert (wall, name) not in ATTEMPTS, name
    ATTEMPTS[(wall, name)] = code


def add_reads():
    """A file that everybody may read: its words come out."""
    ways = {
        "open": "data = open(T['own']).read()",
        "os.open": "data = os.read(os.open(T['own'], os.O_RDONLY), 99).decode()",
        "FileIO": "data = io.FileIO(T['own']).read().decode()",
        "pathlib": "data = pathlib.Path(T['own']).read_text()",
        "openat of a folder": "f = os.open(T['folder'], os.O_RDONLY)\n"
                              "data = os.read(os.open(T['name'], os.O_RDONLY, dir_fd=f), 99).decode()",
        "a path descriptor": "f = os.open(T['folder'], os.O_PATH)\n"
                             "data = os.read(os.open(T['name'], os.O_RDONLY, dir_fd=f), 99).decode()",
        "reopening a path descriptor": "f = os.open(T['own'], os.O_PATH)\n"
                                       "data = open('/proc/self/fd/%d' % f).read()",
        "chdir": "os.chdir(T['folder']); data = open(T['name']).read()",
        "fchdir": "os.fchdir(os.open(T['folder'], os.O_PATH)); data = open(T['name']).read()",
        "/proc/self/root": "data = open('/proc/self/root' + T['own']).read()",
        "climbing up": "data = open('../' * 30 + T['own'].lstrip('/')).read()",
        "a symbolic link": "os.symlink(T['own'], 'link'); data = open('link').read()",
        "a chain of links": "os.symlink(T['folder'], 'a'); os.symlink('a/' + T['name'], 'b')\n"
                            "data = open('b').read()",
        "mmap": "f = open(T['own'], 'rb'); data = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:].decode()",
        "sendfile": "f = open(T['own'], 'rb'); o = open('copy', 'wb')\n"
                    "os.sendfile(o.fileno(), f.fileno(), 0, 99); data = open('copy').read()",
        "copyfile": "shutil.copyfile(T['own'], 'copy'); data = open('copy').read()",
        "linecache": "import linecache; data = linecache.getline(T['own'], 1)",
        "fileinput": "import fileinput; data = ''.join(fileinput.input(T['own']))",
        "tokenize": "import tokenize; data = tokenize.open(T['own']).read()",
        "runpy": "import runpy; data = runpy.run_path(T['own'])['data']",
        "importlib": "import importlib.machinery as m; data = m.SourceFileLoader('x', T['own']).get_data(T['own']).decode()",
        "openat2": "how = (ctypes.c_uint64 * 3)(0, 0, 0)\n"
                   "f = call(437, -100, ctypes.c_char_p(T['own'].encode()), how, 24); data = os.read(f, 99).decode()",
        "fopen of libc": "libc.fopen.restype = ctypes.c_void_p\n"
                         "f = libc.fopen(T['own'].encode(), b'r'); b = ctypes.create_string_buffer(99)\n"
                         "data = b.value.decode() if f and libc.fgets(b, 99, ctypes.c_void_p(f)) else ''",
        "cat": "data = run('cat', T['own']).decode()",
        "cp": "run('cp', T['own'], 'copy'); data = open('copy').read()",
        "head": "data = run('head', '-c', '99', T['own']).decode()",
        "dd": "data = run('dd', 'if=' + T['own']).decode()",
        "tar": "data = run('tar', '-cPf', '-', T['own']).decode('latin1')",
        "a shell's redirection": "data = run('bash', '-c', 'read -r x < ' + T['own'] + '; echo $x').decode()",
        "a shell's source": "data = run('bash', '-c', '. ' + T['script']).decode()",
        "another interpreter": "data = run('/usr/bin/python3', '-c', 'import sys; print(open(sys.argv[1]).read())', T['own']).decode()",
        "running it": "data = run(T['script']).decode()",
    }
    for name, code in ways.items():
        attempt("files", "read by " + name, code + "\nescaped('SECRET' in data)")


def add_changes():
    """A file that everybody may change, in a folder that everybody may change."""
    ways = {
        "open for writing": "open(T['own'], 'r+').write('x'); escaped()",
        "append": "open(T['own'], 'a').write('x'); escaped()",
        "truncate": "os.truncate(T['own'], 1); escaped()",
        "make a file": "open(T['folder'] + '/new-' + T['name'], 'x'); escaped()",
        "make a folder": "os.mkdir(T['folder'] + '/dir-' + T['name']); escaped()",
        "make a pipe": "os.mkfifo(T['folder'] + '/pipe-' + T['name']); escaped()",
        "make a symbolic link": "os.symlink('x', T['folder'] + '/link-' + T['name']); escaped()",
        "make a socket": "s = socket.socket(socket.AF_UNIX); s.bind(T['folder'] + '/s-' + T['name']); escaped()",
        "remove": "os.unlink(T['own']); escaped()",
        "rename": "os.rename(T['own'], T['own'] + '2'); escaped()",
        "move out": "open('mine', 'w').write('x'); shutil.copy('mine', T['folder'] + '/out-' + T['name']); escaped()",
        "link out": "open('mine', 'w'); os.link('mine', T['folder'] + '/hard-' + T['name']); escaped()",
        "link in": "os.link(T['own'], 'mine'); escaped(open('mine').read() != '')",
        "exchange": "open('mine', 'w'); r = call(316, -100, ctypes.c_char_p(b'mine'), -100, ctypes.c_char_p(T['own'].encode()), 2)\nescaped(r == 0)",
        "a shell's redirection": "run('sh', '-c', 'echo x > ' + T['folder'] + '/sh-' + T['name'] + ' && echo yes > ok'); escaped(os.path.exists('ok'))",
        "touch": "r = subprocess.run(['touch', T['folder'] + '/t-' + T['name']], stderr=-3); escaped(r.returncode == 0)",
        "sqlite": "import sqlite3; c = sqlite3.connect(T['folder'] + '/db-' + T['name']); c.execute('create table t(x)'); c.commit(); escaped()",
        "a bytecode cache": "import py_compile; open('m.py', 'w'); py_compile.compile('m.py', cfile=T['folder'] + '/c-' + T['name'], doraise=True); escaped(os.path.exists(T['own']))",
        "the system's site-packages": "open('/usr/lib/python3/dist-packages/openfc-' + T['name'] + '.pth', 'w'); escaped()",
        "a program of the system": "open('/usr/bin/env', 'r+'); escaped()",
    }
    for name, code in ways.items():
        attempt("files", "change by " + name, code)


def add_places():
    """Places of the machine that no run has business in."""
    for path in ("/etc/shadow", "/etc/passwd-", "/etc/fstab", "/etc/machine-id", "/etc/hostname",
                 "/var/lib/dpkg/status", "/proc/1/environ", "/proc/kallsyms", "/dev/kmsg",
                 "/proc/kcore"):
        attempt("files", "read " + path,
                "data = os.read(os.open(%r, os.O_RDONLY | os.O_NONBLOCK), 9)\n"
                "escaped(len(data) > 0)" % path)
    for path in ("/root", "/home", "/var", "/boot", "/opt", "/srv", "/sys/kernel", "/sys/fs/cgroup"):
        attempt("files", "list " + path, "os.listdir(%r); escaped()" % path)
    attempt("files", "list the runs' folder", "escaped(os.listdir(T['runs']) is not None)")
    attempt("files", "list /tmp", "escaped(T['marker'] in os.listdir('/tmp'))")
    attempt("files", "read a file of another run by its name", "escaped(open(T['other']).read() != '')")
    attempt("files", "write into another run's folder", "open(T['other'] + '2', 'w'); escaped()")
    attempt("files", "set a limit of the kernel", "open('/proc/sys/kernel/core_pattern', 'r+'); escaped()")
    attempt("files", "open the machine's disk", "import glob\nescaped(os.open((glob.glob('/dev/[vsn][dv]*') or ['/dev/mem'])[0], os.O_RDONLY) >= 0)")


def add_processes():
    """A process of the server's user, by its number."""
    ways = {
        "kill": "os.kill(T['victim'], signal.SIGCONT); escaped()",
        "kill of nothing": "os.kill(T['victim'], 0); escaped()",
        "killpg": "os.killpg(T['victim'], signal.SIGCONT); escaped()",
        "tgkill": "escaped(call(234, T['victim'], T['victim'], 18) == 0)",
        "tkill": "escaped(call(200, T['victim'], 18) == 0)",
        "sigqueue": "b = ctypes.create_string_buffer(128); struct.pack_into('iii', b, 0, 18, 0, -1)\n"
                    "escaped(call(129, T['victim'], 18, b) == 0)",
        "pidfd_open": "os.pidfd_open(T['victim']); escaped()",
        "pidfd_send_signal": "signal.pidfd_send_signal(os.pidfd_open(T['victim']), signal.SIGCONT); escaped()",
        "pidfd_getfd": "escaped(call(438, os.pidfd_open(T['victim']), 0, 0) >= 0)",
        "kill of a shell": "r = subprocess.run(['sh', '-c', 'kill -CONT %d' % T['victim']], stderr=-3); escaped(r.returncode == 0)",
        "ptrace attach": "escaped(call(101, 16, T['victim'], 0, 0) == 0)",
        "ptrace seize": "escaped(call(101, 0x4206, T['victim'], 0, 0) == 0)",
        "process_vm_readv": "b = ctypes.create_string_buffer(8); iov = (ctypes.c_uint64 * 2)(ctypes.addressof(b), 8)\n"
                            "far = (ctypes.c_uint64 * 2)(T['address'], 8)\nescaped(call(310, T['victim'], iov, 1, far, 1, 0) == 8)",
        "process_vm_writev": "b = ctypes.create_string_buffer(8); iov = (ctypes.c_uint64 * 2)(ctypes.addressof(b), 8)\n"
                             "far = (ctypes.c_uint64 * 2)(T['address'], 8)\nescaped(call(311, T['victim'], iov, 1, far, 1, 0) == 8)",
        "kcmp": "escaped(call(312, os.getpid(), T['victim'], 0, 0, 0) >= 0)",
        "process_madvise": "escaped(looked_at(call(440, -1, 0, 0, 0, 0)))",
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
        "move_pages": "escaped(call(279, T['victim'], 0, 0, 0, 0, 0) >= 0)",
        "migrate_pages": "m = (ctypes.c_ulong * 1)(1); escaped(call(256, T['victim'], 2, m, m) >= 0)",
        "setns by its pidfd": "escaped(call(308, os.pidfd_open(T['victim']), 0x20000) == 0)",
    }
    for name, code in ways.items():
        attempt("processes", "reach the server by " + name, code)
    for part in ("environ", "maps", "mem", "cmdline", "auxv", "stat", "status"):
        attempt("processes", "open its /proc/PID/" + part,
                "escaped(os.open('/proc/%%d/%s' %% T['victim'], os.O_RDONLY) >= 0)" % part)
    for part in ("root", "cwd", "fd", "ns", "task", "map_files"):
        attempt("processes", "list its /proc/PID/" + part,
                "escaped(os.listdir('/proc/%%d/%s/' %% T['victim']) is not None)" % part)
    attempt("processes", "find it in /proc", "escaped(str(T['victim']) in os.listdir('/proc'))")
    attempt("processes", "find it by ps", "escaped(b'openfc-victim' in run('ps', '-eo', 'args'))")


def add_network():
    """What listens on this machine stands for all that a network would reach."""
    echo = "s.send(b'x'); escaped(s.recv(1) == b'x')"
    ways = {
        "TCP": "s = socket.create_connection(('127.0.0.1', T['port']), 2); escaped()",
        "TCP by name": "s = socket.create_connection(('localhost', T['port']), 2); escaped()",
        "TCP to 0.0.0.0": "s = socket.create_connection(('0.0.0.0', T['port']), 2); escaped()",
        "TCP to 127.0.0.2": "s = socket.create_connection(('127.0.0.2', T['port']), 2); escaped()",
        "TCP by IPv6": "s = socket.socket(socket.AF_INET6); s.connect(('::ffff:127.0.0.1', T['port'])); escaped()",
        "TCP fast open": "s = socket.socket(); s.sendto(b'x', 0x20000000, ('127.0.0.1', T['port'])); escaped()",
        "TCP without blocking": "s = socket.socket(); s.setblocking(False); r = s.connect_ex(('127.0.0.1', T['port']))\nimport select; select.select([], [s], [], 2); escaped(r in (0, 115) and s.getsockopt(1, 4) == 0)",
        "MPTCP": "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.connect(('127.0.0.1', T['port'])); escaped()",
        "asyncio": "import asyncio\nasync def f(): await asyncio.open_connection('127.0.0.1', T['port'])\nasyncio.run(f()); escaped()",
        "http.client": "import http.client; c = http.client.HTTPConnection('127.0.0.1', T['port'], 2); c.connect(); escaped()",
        "a shell": "r = subprocess.run(['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/%d' % T['port']], stderr=-3); escaped(r.returncode == 0)",
        "another interpreter": "r = subprocess.run(['/usr/bin/python3', '-c', 'import socket,sys; socket.create_connection((\"127.0.0.1\", int(sys.argv[1])))', str(T['port'])], stderr=-3); escaped(r.returncode == 0)",
        "UDP": "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect(('127.0.0.1', T['port'])); " + echo,
        "UDP without connect": "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x', ('127.0.0.1', T['port'])); escaped(s.recv(1) == b'x')",
        "UDP by IPv6": "s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x', ('::ffff:127.0.0.1', T['port'])); escaped(s.recv(1) == b'x')",
        "a raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); escaped()",
        "a packet socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3); escaped()",
        "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); escaped()",
        "the kernel's cryptography": "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0); escaped()",
        "a virtual machine's socket": "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); escaped()",
        "an abstract socket": "s = socket.socket(socket.AF_UNIX); s.connect('\\0' + T['abstract']); escaped()",
        "a socket file": "s = socket.socket(socket.AF_UNIX); s.connect(T['socket']); escaped()",
        "a datagram to an abstract socket": "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', '\\0' + T['abstract_datagram']); escaped()",
        "a datagram to a socket file": "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', T['datagram']); escaped()",
        "a domain with high bits": "f = call(41, 2 | 1 << 32, 1, 0); a = struct.pack('!HH4s8x', 0x200, T['port'], socket.inet_aton('127.0.0.1'))\nescaped(call(42, f, ctypes.create_string_buffer(a), 16) == 0)",
    }
    for name, code in ways.items():
        attempt("network", "reach the machine by " + name, code)


def add_surface():
    """System calls that the kernel should not even look at."""
    for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("network", 0x40000000),
                       ("PID", 0x20000000), ("IPC", 0x08000000), ("UTS", 0x04000000),
                       ("cgroup", 0x02000000)):
        attempt("surface", "unshare a %s namespace" % name, "escaped(call(272, %d) == 0)" % flag)
        attempt("surface", "clone into a %s namespace" % name,
                "p = call(56, %d | 17, 0, 0, 0, 0)\nif p == 0: os._exit(0)\nescaped(p > 0)" % flag)
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
        attempt("surface", "call " + name, "escaped(looked_at(call(%s)))" % ", ".join(map(str, words)))
    attempt("surface", "make a character device", "os.mknod('dev', 0o20600, os.makedev(1, 1)); escaped()")
    attempt("surface", "make a block device", "os.mknod('dev', 0o60600, os.makedev(7, 0)); escaped()")
    attempt("surface", "call a 32-bit program's getpid",
            "code = bytes.fromhex('b814000000cd80c3'); m = mmap.mmap(-1, 4096, prot=7); m.write(code)\n"
            "f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m))); escaped(f() > 0)")


def add_objects():
    """Objects of IPC that another process of the machine has made for everybody."""
    attempt("objects", "attach shared memory", "escaped(call(30, T['shm'], 0, 0o10000) >= 0)")
    attempt("objects", "look at shared memory", "b = ctypes.create_string_buffer(256); escaped(call(31, T['shm'], 2, b) == 0)")
    attempt("objects", "find shared memory", "escaped(call(29, T['key'], 0, 0) >= 0)")
    attempt("objects", "find a semaphore", "escaped(call(64, T['key'], 0, 0) >= 0)")
    attempt("objects", "change a semaphore", "escaped(call(66, T['sem'], 0, 16, 1) >= 0)")
    attempt("objects", "find a message queue", "escaped(call(68, T['key'], 0) >= 0)")
    attempt("objects", "send a message", "m = struct.pack('l', 1) + b'x'; escaped(call(69, T['msg'], ctypes.create_string_buffer(m), 1, 0o4000) == 0)")
    attempt("objects", "open a POSIX queue", "escaped(call(240, ctypes.c_char_p(T['mq'].encode()), 0, 0, 0) >= 0)")


class Targets:
    """What the attempts reach for, made anew for each profile and user."""

    def __init__(self, place):
        folder, user = place.folder, place.user
        self.user = user
        self.runs = os.path.join(place.state, "runs")
        os.makedirs(os.path.join(self.runs, "other"))
        self.shared = os.path.join(folder, "shared")
        os.mkdir(self.shared)
        self.marker = os.path.basename(folder)
        self._write(os.path.join(self.runs, "other", "file"), "SECRET")
        self.script = os.path.join(self.shared, "script")
        self._write(self.script, "#!/bin/sh\necho SECRET\n", 0o777)
        self._listen()
        self._share()
        os.chmod(self.shared, 0o777)
        os.chmod(os.path.join(self.runs, "other"), 0o700)
        for root, folders, _ in os.walk(place.state):
            for path in [root] + [os.path.join(root, one) for one in folders]:
                os.chown(path, user, user)
        os.chown(os.path.join(self.runs, "other", "file"), user, user)
        self.victim = subprocess.Popen(
            ["/usr/bin/python3", "-c",
             "import ctypes, time; b = ctypes.create_string_buffer(b'x' * 64)\n"
             "print(ctypes.addressof(b), flush=True); time.sleep(1000)", "openfc-victim"],
            stdout=subprocess.PIPE, start_new_session=True, **place.as_user())
        self.address = int(self.victim.stdout.readline())

    @staticmethod
    def _write(path, text, mode=0o666):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def _listen(self):
        self.tcp, self.udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp.bind(("0.0.0.0", 0))
        self.tcp.listen(100)
        self.port = self.tcp.getsockname()[1]
        self.udp.bind(("0.0.0.0", self.port))
        self.names = {"abstract": "openfc-stream-%d" % self.port,
                      "abstract_datagram": "openfc-datagram-%d" % self.port,
                      "socket": os.path.join(self.shared, "stream"),
                      "datagram": os.path.join(self.shared, "datagrams")}
        self.sockets = []
        for key, kind, address in (
                ("abstract", socket.SOCK_STREAM, "\0" + self.names["abstract"]),
                ("abstract_datagram", socket.SOCK_DGRAM, "\0" + self.names["abstract_datagram"]),
                ("socket", socket.SOCK_STREAM, self.names["socket"]),
                ("datagram", socket.SOCK_DGRAM, self.names["datagram"])):
            one = socket.socket(socket.AF_UNIX, kind)
            one.bind(address)
            if kind == socket.SOCK_STREAM:
                one.listen(100)
            if key in ("socket", "datagram"):
                os.chmod(address, 0o777)
            self.sockets.append(one)
        threading.Thread(target=self._echo, daemon=True).start()

    def _echo(self):
        try:
            while True:
                data, sender = self.udp.recvfrom(99)
                if data == b"end":
                    return
                self.udp.sendto(data, sender)
        except OSError:
            return

    def _share(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.key = 0x0FC00000 + self.port
        self.shm = libc.shmget(self.key, 4096, 0o1666)
        self.sem = libc.semget(self.key, 1, 0o1666)
        self.msg = libc.msgget(self.key, 0o1666)
        self.mq_name = "/openfc-%d" % self.port
        old = os.umask(0)
        self.mq_fd = libc.mq_open(self.mq_name.encode(), os.O_RDWR | os.O_CREAT, 0o666, None) \
            if hasattr(libc, "mq_open") else -1
        os.umask(old)

    def of(self, index):
        """The words of one attempt, which has a file of its own."""
        name = "f%d" % index
        path = os.path.join(self.shared, name)
        self._write(path, "data = 'SECRET'\n")
        os.chown(path, self.user, self.user)
        return dict(self.names, own=path, name=name, folder=self.shared, script=self.script,
                    runs=self.runs, other=os.path.join(self.runs, "other", "file"),
                    marker=self.marker, victim=self.victim.pid, address=self.address,
                    port=self.port, key=self.key, shm=self.shm, sem=self.sem, msg=self.msg,
                    mq=self.mq_name.lstrip("/"))

    def close(self):
        """Everything of it is gone afterwards."""
        libc = ctypes.CDLL(None)
        libc.shmctl(self.shm, 0, None)
        libc.semctl(self.sem, 0, 0)
        libc.msgctl(self.msg, 0, None)
        if hasattr(libc, "mq_unlink"):
            libc.mq_unlink(self.mq_name.encode())
        self.victim.kill()
        self.victim.wait()
        self.udp.sendto(b"end", ("127.0.0.1", self.port))
        for one in self.sockets + [self.tcp]:
            one.close()


def run_all(binaries, profile, user):
    """The names of attempts that succeed in a profile, as a user; all of them in one batch."""
    with stand.stand(binaries, "escapes", user) as place:
        targets = Targets(place)
        try:
            return attempt_all(place, targets, profile)
        finally:
            targets.close()


def attempt_all(place, targets, profile):
    """The names of those that succeed."""
    with open(place.lines, "w", encoding="utf-8") as file:
        for index, ((wall, name), code) in enumerate(ATTEMPTS.items()):
            file.write(json.dumps({
                "id": "%s: %s" % (wall, name), "code": PRELUDE + code, "may_fork": True,
                "environment": ["TARGETS=" + json.dumps(targets.of(index))],
                "wall_ms": 20000}) + "\n")
    done = subprocess.run(place.batch(profile, place.lines, "--runs=4"), stdout=subprocess.PIPE,
                          check=False, **place.as_user())
    outcomes = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if done.returncode != 0 or len(outcomes) != len(ATTEMPTS):
        sys.exit("%s ended with %d after %d of %d runs" % (
            profile, done.returncode, len(outcomes), len(ATTEMPTS)))
    for outcome in outcomes:
        if outcome["end"] in ("failed", "refused", "timed_out"):
            sys.exit("%s: %s was not tried: %s" % (profile, outcome["id"], outcome))
    return {one["id"] for one in outcomes if "ESCAPED" in one["output"]}


def main():
    """Prints a count for each profile; ends with 1 when anything came out."""
    binaries = sys.argv[1]
    for add in (add_reads, add_changes, add_places, add_processes, add_network, add_surface,
                add_objects):
        add()
    without_walls = run_all(binaries, "none", 0)
    pointless = sorted(set("%s: %s" % key for key in ATTEMPTS) - without_walls)
    for name in pointless:
        print("does not count, since it fails without walls: " + name)
    walls = collections.Counter(name.split(":")[0] for name in without_walls)
    print("%d attempts succeed without walls: %s" % (len(without_walls), dict(walls)))
    faults = len(without_walls) < MINIMUM or min(walls.values()) < MINIMUM_OF_A_WALL
    for profile, user in stand.PROFILES:
        if "--profile" in sys.argv and sys.argv[-1] != profile:
            continue
        out = run_all(binaries, profile, user) & without_walls
        for name in sorted(out):
            print("%s: CAME OUT: %s" % (profile, name))
        print("%s: %d of %d blocked" % (profile, len(without_walls) - len(out), len(without_walls)))
        faults = faults or bool(out)
    return 1 if faults else 0


if __name__ == "__main__":
    stand.main(main)
