"""Attempts on files that are none of a run's business."""

from escape.attempt import attempt, attempts
from escape.mechanisms import LANDLOCK, MOUNTS, USERS

# A file that everybody may read: its words come out.
READS = {
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

# A file that everybody may change, in a folder that everybody may change.
CHANGES = {
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
    "the system's site-packages": "p = '/usr/lib/python3/dist-packages/openfc-' + T['name'] + '.pth'; open(p, 'w'); os.unlink(p); escaped()",
    "a program of the system": "open('/usr/bin/env', 'r+'); escaped()",
}


PLACES = {
    "list /tmp": "escaped(T['marker'] in os.listdir('/tmp'))",
    "set a limit of the kernel": "open('/proc/sys/kernel/core_pattern', 'r+'); escaped()",
    "open the machine's disk": "import glob\nescaped(os.open((glob.glob('/dev/[vsn][dv]*') or ['/dev/mem'])[0], os.O_RDONLY) >= 0)",
}
OTHER_RUNS = {
    "list the runs' folder": "escaped(os.listdir(T['runs']) is not None)",
    "read a file of another run by its name": "escaped(open(T['other']).read() != '')",
    "write into another run's folder": "open(T['other'] + '2', 'w'); escaped()",
}


def add():
    """Adds them."""
    for name, code in READS.items():
        attempt("read by " + name, code + "\nescaped('SECRET' in data)", MOUNTS, LANDLOCK)
    attempts("change by ", CHANGES, MOUNTS, LANDLOCK)
    add_places()


def add_places():
    """Places of the machine that no run has business in."""
    for path in ("/etc/shadow", "/etc/passwd-", "/etc/fstab", "/etc/machine-id", "/etc/hostname",
                 "/var/lib/dpkg/status", "/proc/1/environ", "/proc/kallsyms", "/dev/kmsg",
                 "/proc/kcore"):
        attempt("read " + path,
                "data = os.read(os.open(%r, os.O_RDONLY | os.O_NONBLOCK), 9)\n"
                "escaped(len(data) > 0)" % path, MOUNTS, LANDLOCK)
    for path in ("/root", "/home", "/var", "/boot", "/opt", "/srv", "/sys/kernel", "/sys/fs/cgroup"):
        attempt("list " + path, "os.listdir(%r); escaped()" % path, MOUNTS, LANDLOCK)
    attempts("", PLACES, MOUNTS, LANDLOCK)
    attempts("", OTHER_RUNS, MOUNTS, LANDLOCK, USERS)
