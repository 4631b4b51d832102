"""Attempts to use more than a run may."""

from escape.attempt import attempts
from escape.mechanisms import ADDRESSES, CGROUP, MOUNTS, NPROC, RLIMITS, WATCH, WATCH_ON_DISK

MIB = 1 << 20

# 600 descriptors, where 256 are allowed.
DESCRIPTORS = {
    "open": "f = [os.open('/dev/null', os.O_RDONLY) for _ in range(600)]; escaped()",
    "dup": "f = [os.dup(1) for _ in range(600)]; escaped()",
    "a high number": "escaped(fcntl.fcntl(1, fcntl.F_DUPFD, 600) >= 600)",
    "dup2": "escaped(os.dup2(1, 600) == 600)",
    "pipes": "f = [os.pipe() for _ in range(300)]; escaped()",
    "pairs of sockets": "f = [socket.socketpair() for _ in range(300)]; escaped()",
    "files in memory": "f = [os.memfd_create('x') for _ in range(600)]; escaped()",
    "events": "f = [libc.eventfd(0, 0) for _ in range(600)]; escaped(f[-1] >= 0)",
    "passing them on": "a, b = socket.socketpair()\n"
                       "for _ in range(600): socket.send_fds(a, [b'x'], [1]); socket.recv_fds(b, 1, 1)[1][0]\n"
                       "escaped(os.dup(1) > 600)",
    "raising the limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (600, 600)); escaped()",
}

# Two megabytes in a file, where one is allowed.
LENGTHS = {
    "write": "open('f', 'wb').write(bytes(2 << 20)); escaped(os.path.getsize('f') > 1 << 20)",
    "a late write": "f = os.open('f', os.O_RDWR | os.O_CREAT); os.pwrite(f, b'x', 2 << 20); escaped()",
    "truncate": "open('f', 'wb').truncate(1 << 30); escaped()",
    "fallocate": "os.posix_fallocate(os.open('f', os.O_RDWR | os.O_CREAT), 0, 2 << 20); escaped()",
    "sendfile": "o = os.open('f', os.O_RDWR | os.O_CREAT); m = os.memfd_create('x'); n = 0\n"
                "for i in range(3):\n os.pwrite(m, bytes(1 << 20), 0); n += os.sendfile(o, m, 0, 1 << 20)\n"
                "escaped(n > 1 << 20)",
    "a file in memory": "os.ftruncate(os.memfd_create('x'), 2 << 20); escaped()",
    "a shell": "run('sh', '-c', 'head -c 2097152 /dev/zero > f'); escaped(os.path.getsize('f') > 1 << 20)",
    "raising the limit": "resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1)); escaped()",
}

DUMP = ("h = resource.getrlimit(resource.RLIMIT_CORE)[1]; resource.setrlimit(resource.RLIMIT_CORE, (h, h))\n"
        "p = os.fork()\n"
        "if p == 0: libc.prctl(4, 1, 0, 0, 0); os.kill(os.getpid(), %d); os._exit(0)\n"
        "escaped(os.WCOREDUMP(os.waitpid(p, 0)[1]))")
QUEUE = ("libc.mq_open.argtypes = (ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)\n"
         "name = b'/openfc-' + T['name'].encode(); f = libc.mq_open(name, 0o102, 0o600, %s)\n"
         "libc.mq_unlink(name) if f >= 0 else 0; escaped(f >= 0)")
OTHERS = {
    "a core dump of a crash": DUMP % 11,
    "a core dump of an abort": DUMP % 6,
    "a core dump of a quit": DUMP % 3,
    "a limit for core dumps": "resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)); escaped()",
    "mlock": "m = mmap.mmap(-1, 1 << 20); a = ctypes.addressof(ctypes.c_char.from_buffer(m))\n"
             "escaped(call(149, a, 1 << 20) == 0)",
    "mlock2": "m = mmap.mmap(-1, 1 << 20); a = ctypes.addressof(ctypes.c_char.from_buffer(m))\n"
              "escaped(call(325, a, 1 << 20, 1) == 0)",
    "a locked mapping": "escaped(call(9, 0, 1 << 20, 3, 0x2022, -1, 0) > 0)",
    "a message queue": QUEUE % "None",
    "a small message queue": QUEUE % "ctypes.create_string_buffer(struct.pack('llll32x', 0, 1, 8, 0))",
    "queued signals": "s = signal.SIGRTMIN; signal.pthread_sigmask(signal.SIG_BLOCK, [s])\n"
                      "b = ctypes.create_string_buffer(128); struct.pack_into('iii', b, 0, s, 0, -1)\n"
                      "escaped(all(call(129, os.getpid(), s, b) == 0 for _ in range(300)))",
    "timers": "t = ctypes.c_int(); e = ctypes.create_string_buffer(struct.pack('qii48x', 0, 10, 1))\n"
              "escaped(all(call(222, 1, e, ctypes.byref(t)) == 0 for _ in range(300)))",
    "a real-time scheduler": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)); escaped()",
    "a round-robin scheduler": "os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)); escaped()",
    "a stack without an end": "resource.setrlimit(resource.RLIMIT_STACK, (-1, -1)); escaped()",
    "a larger stack of a shell": "escaped(b'ok' in run('bash', '-c', 'ulimit -s 65536 && echo ok'))",
}

# Two and a half seconds of processor time, where one is allowed.
SPIN = "while time.process_time() < 2.5: pass\nescaped()"
TIMES = {
    "spinning": SPIN,
    "spinning, deaf": "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n" + SPIN,
    "spinning in a thread": "import threading\ndef f():\n while time.process_time() < 2.5: pass\n escaped()\n"
                            "t = threading.Thread(target=f); t.start(); t.join()",
    "raising the limit": "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)); escaped()",
}

# Two gigabytes of address space and more.
PLACES = {
    "a mapping": "escaped(call(9, 0, 8 << 30, 3, 0x4022, -1, 0) > 0)",
    "a mapping of nothing": "escaped(call(9, 0, 8 << 30, 0, 0x22, -1, 0) > 0)",
    "malloc": "libc.malloc.restype = ctypes.c_void_p; escaped(libc.malloc(ctypes.c_size_t(2 << 30)))",
    "growing": "m = mmap.mmap(-1, 4096); m.resize(2 << 30); escaped()",
    "a heap": "libc.sbrk.restype = ctypes.c_void_p; libc.sbrk.argtypes = (ctypes.c_long,)\n"
              "escaped(libc.sbrk(2 << 30) not in (None, 2 ** 64 - 1))",
}

# 700 processes at once, where 64 are allowed, in `unpriv` beside 512 of the server's.
MANY = {
    "fork": "for _ in range(700):\n if os.fork() == 0: signal.pause()\nescaped()",
    "posix_spawn": "for _ in range(700): os.posix_spawn('/bin/sleep', ['sleep', '100'], {})\nescaped()",
    "subprocess": "p = [subprocess.Popen(['sleep', '100']) for _ in range(700)]; escaped()",
    "a raw clone": "for _ in range(700):\n p = call(56, 17, 0, 0, 0, 0)\n if p == 0: signal.pause()\n assert p > 0\nescaped()",
    "threads": "import threading\nthreading.stack_size(65536)\n"
               "for _ in range(700): threading.Thread(target=time.sleep, args=(4,), daemon=True).start()\n"
               "print('ESCAPED', flush=True); os._exit(0)",
    "a shell's jobs": "r = subprocess.run(['sh', '-c', 'i=0; while [ $i -lt 700 ]; do sleep 100 >&- 2>&- & i=$((i+1)); done; echo all'],"
                      " stdout=subprocess.PIPE, stderr=-3)\nescaped(b'all' in r.stdout)",
    "doubling": "r, w = os.pipe(); os.set_blocking(r, False); first = os.getpid()\n"
                "for _ in range(10): os.fork()\nos.write(w, b'x')\n"
                "if os.getpid() != first: time.sleep(20); os._exit(0)\n"
                "n, end = 0, time.monotonic() + 5\n"
                "while n < 700 and time.monotonic() < end:\n"
                " try: n += len(os.read(r, 999))\n except BlockingIOError: time.sleep(.01)\nescaped(n >= 700)",
    "leaving the dead": "for _ in range(700):\n if os.fork() == 0: os._exit(0)\nescaped()",
    "daemons": "for _ in range(700):\n p = os.fork()\n if p == 0:\n  os.setsid(); q = os.fork()\n"
               "  if q == 0: time.sleep(20); os._exit(0)\n  os._exit(0)\n"
               " assert os.waitpid(p, 0)[1] == 0\nescaped()",
    "sessions": "for _ in range(700):\n if os.fork() == 0: os.setsid(); time.sleep(20); os._exit(0)\nescaped()",
}

# 400 MB for a second, where 256 are allowed.
KEEP = "\ntime.sleep(1); escaped(os.waitpid(-1, os.WNOHANG)[0] == 0 if %d else True)"
CHILDREN = ("k = []\nfor _ in range(5):\n a, b = os.pipe()\n if os.fork() == 0:\n  os.close(a)\n  %s\n"
            "  os.write(b, b'x'); time.sleep(20); os._exit(0)\n os.close(b); k.append(a)\n"
            "assert all(os.read(a, 1) for a in k)" + KEEP % 1)
MEMORY = {
    "children": CHILDREN % "m = b'x' * (80 << 20)",
    "children's mappings": CHILDREN % "m = mmap.mmap(-1, 80 << 20)\n  for i in range(0, 80 << 20, 4096): m[i] = 1",
    "children's populated mappings": CHILDREN % "call(9, 0, 80 << 20, 3, 0x8022, -1, 0)",
    "grandchildren": CHILDREN % "os.setsid(); m = b'x' * (40 << 20)\n  if os.fork() == 0: m += m; time.sleep(20)\n  m = b'y' * (40 << 20)",
    "one text": "m = b'x' * (400 << 20)" + KEEP % 0,
    "many objects": "m = [bytes(1000) for _ in range(400000)]" + KEEP % 0,
    "a shared mapping": "m = mmap.mmap(-1, 400 << 20)\nfor i in range(0, 400 << 20, 4096): m[i] = 1" + KEEP % 0,
    "threads": "import threading\nm = []\nt = [threading.Thread(target=lambda: m.append(b'x' * (80 << 20))) for _ in range(5)]\n"
               "[x.start() for x in t]; [x.join() for x in t]\nassert len(m) == 5" + KEEP % 0,
    "copies of a mapping": "m = [mmap.mmap(-1, 80 << 20, flags=mmap.MAP_PRIVATE) for _ in range(5)]\n"
                           "for x in m:\n for i in range(0, 80 << 20, 4096): x[i] = 1" + KEEP % 0,
}

# 64 MB on disk for a second, where 32 are allowed.
DISK = {
    "one file": "f = open('f', 'wb')\nfor _ in range(64): f.write(bytes(1 << 20))\nf.flush()" + KEEP % 0,
    "many files": "for n in range(64): open('f%d' % n, 'wb').write(bytes(1 << 20))" + KEEP % 0,
    "deep folders": "for n in range(64): os.mkdir('d'); os.chdir('d'); open('f', 'wb').write(bytes(1 << 20))" + KEEP % 0,
    "reserving": "os.posix_fallocate(os.open('f', os.O_RDWR | os.O_CREAT), 0, 64 << 20)" + KEEP % 0,
    "a shell": "subprocess.run(['sh', '-c', 'head -c 67108864 /dev/zero > f']).check_returncode()" + KEEP % 0,
    "copies": "open('f', 'wb').write(bytes(16 << 20))\nfor n in range(3): shutil.copy('f', 'g%d' % n)" + KEEP % 0,
    "a hidden file": "f = open('.f', 'wb')\nfor _ in range(64): f.write(bytes(1 << 20))\nf.flush()" + KEEP % 0,
    "children": CHILDREN % "open('f%d' % os.getpid(), 'wb').write(bytes(13 << 20))",
    "mappings": "f = open('f', 'w+b'); f.truncate(63 << 20); m = mmap.mmap(f.fileno(), 0)\n"
                "for i in range(0, 63 << 20, 4096): m[i] = 1\nm.flush()" + KEEP % 0,
}
# Of memory that the process which made it does not map any more, or that no process maps.
LET_GO = ("z = os.open('/dev/zero', os.O_RDWR)\nfor _ in range(10):\n a = call(9, 0, 40 << 20, 3, %s, 0)\n assert a > 0\n"
          " ctypes.memset(ctypes.c_void_p(a), 1, 40 << 20)\n assert call(%s) == 0" + KEEP % 0)
SHARED, OF_ZEROS = "0x21, -1", "1, z"
FORGET, UNMAP = "28, a, 40 << 20, 4", "11, a + 4096, (40 << 20) - 4096"
PAIRS = ("k, n = [socket.socketpair(socket.AF_UNIX, %s) for _ in range(110)], 0\n"
         "for x in (x for pair in k for x in pair):\n x.setblocking(False); %s\n"
         " try:\n  while n < %d: n += x.send(bytes(%d))\n except BlockingIOError: pass\nassert n >= %d" + KEEP % 0)
WIDEN = "x.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)"
# A pipe keeps a page with those that the kernel keeps together with it, a megabyte of a large file.
PIECES = ("k = []\nfor n in range(60):\n f = os.open('f', os.O_RDWR | os.O_CREAT)\n"
          " for i in range(16): os.write(f, bytes(1 << 20))\n k.append(os.pipe()); w = k[-1][1]\n"
          " for i in range(16): assert %s\n os.ftruncate(f, 0); os.close(f); os.unlink('f')")
UNSEEN_MEMORY = {
    "files in memory": "m = []\nfor _ in range(10):\n m.append(os.memfd_create('x'))\n"
                       " for _ in range(10): os.write(m[-1], bytes(4 << 20))" + KEEP % 0,
    "shared mappings, forgotten": LET_GO % (SHARED, FORGET),
    "shared mappings, all but a page": LET_GO % (SHARED, UNMAP),
    "mappings of zeros, forgotten": LET_GO % (OF_ZEROS, FORGET),
    "mappings of zeros, all but a page": LET_GO % (OF_ZEROS, UNMAP),
    "a process whose first thread has ended":
        "import threading\ndef f():\n time.sleep(.2); m = b'x' * (400 << 20)" + KEEP.replace("\n", "\n ") % 0 +
        "; os._exit(0)\nthreading.Thread(target=f).start(); call(60, 0)",
    "pairs of sockets": PAIRS % ("socket.SOCK_STREAM", WIDEN, 400 * MIB, 1 << 16, 400 * MIB),
    "pairs of sockets for datagrams": PAIRS % ("socket.SOCK_DGRAM", WIDEN, 400 * MIB, 1 << 20, 400 * MIB),
}
# Only of a disk: in `full` the files are in memory, page by page.
UNSEEN_PAGES = {
    "pages of lost files in pipes": PIECES % "os.splice(f, w, 1, offset_src=i << 20) == 1" + KEEP % 0,
    "pages of lost files, sent to pipes": PIECES % "os.lseek(f, i << 20, 0) >= 0 and os.sendfile(w, f, None, 1) == 1" + KEEP % 0,
}
# 60 MB, where 48 are allowed: a user has no more of pipes.
UNSEEN_PIPES = {
    "pipes": "k = [os.pipe() for _ in range(60)]\n"
             "for _, w in k: assert fcntl.fcntl(w, 1031, 1 << 20) == 1 << 20; os.write(w, bytes(1 << 20))" + KEEP % 0,
    "pairs of sockets as they are": PAIRS % ("socket.SOCK_STREAM", "pass", 400 * MIB, 1 << 14, 20 * MIB),
}

NAMELESS = "m = []\nfor n in range(64):\n m.append(open('f', 'w+b')); os.unlink('f'); m[-1].write(bytes(1 << 20)); m[-1].flush()"
THREAD = "import threading\ndef f():\n %s\n os._exit(0)\nt = threading.Thread(target=f); t.start(); %s"
UNSEEN_DISK = {
    "files without a name": NAMELESS + KEEP % 0,
    "files that never had a name": NAMELESS.replace("'f', 'w+b'", "os.open('.', os.O_TMPFILE | os.O_RDWR), 'w+b'").replace("os.unlink('f'); ", "") + KEEP % 0,
    "files without a name, of children": CHILDREN % "m = open(str(os.getpid()), 'wb'); os.unlink(m.name); m.write(bytes(13 << 20)); m.flush()",
    "files that are only mapped": NAMELESS + "\n m[-1] = mmap.mmap(m[-1].fileno(), 4096)" + KEEP % 0,
    "files that are only mapped, without descriptors": NAMELESS + "\n call(9, 0, 4096, 1, 1, m[-1].fileno(), 0); m.pop().close()" + KEEP % 0,
    "files on their way": "a, b = socket.socketpair()\n" + NAMELESS + "\n socket.send_fds(a, [b'x'], [m[-1].fileno()]); m.pop().close()" + KEEP % 0,
    "files of a hidden process": "libc.prctl(4, 0, 0, 0, 0)\n" + NAMELESS + KEEP % 0,
    "files of a process that nobody may read":
        NAMELESS + "\nshutil.copy('/bin/sleep', 'p'); os.chmod('p', 0o111)\n"
        "p = subprocess.Popen(['./p', '20'], pass_fds=[x.fileno() for x in m])\nfor x in m: x.close()" + KEEP % 1,
    "files of a process whose first thread has ended":
        THREAD % ((NAMELESS + KEEP % 0).replace("\n", "\n "), "call(60, 0)"),
    "files of a thread with descriptors of its own":
        THREAD % ("assert call(436, 1000, 1000, 2) == 0\n " + (NAMELESS + KEEP % 0).replace("\n", "\n "), "t.join()"),
    "programs without a name": "for _ in range(3):\n shutil.copy('/bin/sleep', 'p')\n with open('p', 'ab') as f: f.write(bytes(20 << 20))\n"
                               " p = subprocess.Popen(['./p', '20']); os.unlink('p')" + KEEP % 1,
    "a shut folder": "os.mkdir('d'); os.chmod('d', 0o300)\nfor n in range(64): open('d/f%d' % n, 'wb').write(bytes(1 << 20))" + KEEP % 0,
    "its own folder, shut": "os.chmod('.', 0o300)\nfor n in range(64): open('f%d' % n, 'wb').write(bytes(1 << 20))" + KEEP % 0,
}


def add():
    """Adds them."""
    attempts("have too many descriptors by ", DESCRIPTORS, RLIMITS)
    attempts("make a file too long by ", LENGTHS, RLIMITS, limits=(("file_bytes", MIB),))
    attempts("have what is not to be had: ", OTHERS, RLIMITS)
    attempts("use too much processor time by ", TIMES, RLIMITS, limits=(("cpu_ms", 1000),))
    attempts("have too much address space by ", PLACES, ADDRESSES)
    attempts("have too many processes by ", MANY, NPROC, CGROUP, is_greedy=True)
    attempts("have too much memory by ", MEMORY, CGROUP, WATCH, is_greedy=True)
    attempts("have too much memory by ", UNSEEN_MEMORY, CGROUP, WATCH, is_greedy=True)
    attempts("have too much memory by ", UNSEEN_PAGES, WATCH, is_greedy=True)
    attempts("have too much memory by ", UNSEEN_PIPES, CGROUP, WATCH, is_greedy=True, limits=(("memory_bytes", 48 * MIB),))
    attempts("take too much disk by ", UNSEEN_DISK, MOUNTS, WATCH_ON_DISK, is_greedy=True,
             limits=(("disk_bytes", 32 * MIB),))
    attempts("take too much disk by ", DISK, MOUNTS, WATCH_ON_DISK,
             limits=(("disk_bytes", 32 * MIB),))
