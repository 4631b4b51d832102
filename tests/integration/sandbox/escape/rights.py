"""Attempts to have rights that a program has, and to use descriptors that were left open."""

from escape.attempt import attempts
from escape.mechanisms import DESCRIPTORS, LANDLOCK, MOUNTS, PRIVILEGES

NOBODY = 65534

# The loader of a program that has gained rights ignores LD_SHOW_AUXV; else it tells all that it knows.
GAINED = ("r = subprocess.run([%r, '--help'], stdin=-3, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,\n"
          "                   env={'LD_SHOW_AUXV': '1', 'PATH': '/usr/bin'})\n"
          "escaped(r.stdout and b'AT_EUID' not in r.stdout)")
OF_THE_SYSTEM = ("chage", "chfn", "chsh", "expiry", "gpasswd", "mount", "newgrp", "passwd", "su", "umount")

# Programs that the test has made: with the set-user or set-group bit, or with a capability.
MADE = {
    "a set-user bit": "escaped(run(T['made'] + '/id-user', '-u') == b'0\\n')",
    "a set-group bit": "escaped(run(T['made'] + '/id-group', '-g') == b'0\\n')",
    "the capability to read all": "escaped(b'SECRET' in run(T['made'] + '/cat-read', T['closed']))",
    "the capability to overrule": "escaped(b'SECRET' in run(T['made'] + '/cat-overrule', T['closed']))",
}

# T['fds']: what the server was started with.
INHERITED = {
    "reading a file": "escaped(b'SECRET' in os.pread(T['fds']['file'], 99, 0))",
    "reopening a file": "escaped('SECRET' in open('/proc/self/fd/%d' % T['fds']['file']).read())",
    "mapping a file": "escaped(b'SECRET' in mmap.mmap(T['fds']['file'], 0, prot=mmap.PROT_READ)[:])",
    "listing a folder": "escaped(os.listdir(T['fds']['folder']) != [])",
    "opening below a folder": "f = os.open(T['name'], os.O_RDONLY, dir_fd=T['fds']['folder']); escaped(os.read(f, 99))",
    "entering a folder": "os.fchdir(T['fds']['folder']); escaped(open(T['name']).read())",
    "making a file in a folder": "os.open('i-' + T['name'], os.O_CREAT | os.O_WRONLY, dir_fd=T['fds']['folder']); escaped()",
    "a listening socket": "s = socket.socket(fileno=T['fds']['tcp']); escaped(s.getsockname()[1] == T['port'])",
    "a connected socket": "escaped(os.write(T['fds']['link'], b'x') == 1)",
    "a pipe": "escaped(os.write(T['fds']['pipe'], b'x') == 1)",
    "a process": "signal.pidfd_send_signal(T['fds']['process'], 0); escaped()",
    "a namespace": "escaped(call(308, T['fds']['namespace'], 0) == 0)",
    "any": "n = 0\nfor f in range(5, 1024):\n try: os.fstat(f); n += 1\n except OSError: pass\nescaped(n)",
}


def add():
    """Adds them."""
    attempts("gain the rights of ", {name: GAINED % ("/usr/bin/" + name) for name in OF_THE_SYSTEM},
             PRIVILEGES, user=NOBODY)
    attempts("gain by ", MADE, PRIVILEGES, MOUNTS, LANDLOCK, user=NOBODY)
    attempts("use what was left open: ", INHERITED, DESCRIPTORS)
