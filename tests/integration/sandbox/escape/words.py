"""Attempts through the Executor service: what its rules forbid, and what gets around the rules."""

import json
import subprocess

import served
from escape.attempt import Attempt
from escape.mechanisms import LANDLOCK, LANDLOCK_TCP, MOUNTS, NETWORK, SECCOMP, SECCOMP_ALONE, WORDS

# What a program of an honest user says that has not read the rules. FILE holds a secret, and
# something listens on PORT.
PLAIN = {
    "open": "if 'SECRET' in open(FILE).read(): print('ESCAPED')",
    "another name for open": "f = open\nif 'SECRET' in f(FILE).read(): print('ESCAPED')",
    "open in a list": "if 'SECRET' in [open][0](FILE).read(): print('ESCAPED')",
    "eval": "print(eval('\"ESC\" + \"APED\"'))",
    "exec": "exec('print(\"ESC\" + \"APED\")')",
    "compile": "if compile('1', 'x', 'eval'): print('ESCAPED')",
    "__import__": "if 'SECRET' in __import__('io').open(FILE).read(): print('ESCAPED')",
    "the builtins' import": "b = __builtins__\nb = b if isinstance(b, dict) else vars(b)\n"
                            "if b['__import__']('os').listdir('/'): print('ESCAPED')",
    "an import that is spelled later": "b = __builtins__\nb = b if isinstance(b, dict) else vars(b)\n"
                                       "if b['__imp' + 'ort__']('subpro' + 'cess').run(['true']): print('ESCAPED')",
    "the builtins' open": "b = __builtins__\nb = b if isinstance(b, dict) else vars(b)\n"
                          "if 'SECRET' in b['op' + 'en'](FILE).read(): print('ESCAPED')",
    "the builtins' eval": "b = __builtins__\nb = b if isinstance(b, dict) else vars(b)\nb['ev' + 'al']('print(\"ESCAPED\")')",
    "import os": "import os\nif os.listdir('/'): print('ESCAPED')",
    "import os.path as": "import os.path as p\nif p.exists(FILE): print('ESCAPED')",
    "from os import": "from os import popen\nprint(popen('echo ESCAPED').read())",
    "an import in a function": "def f():\n    import os\n    return os.getpid()\nif f(): print('ESCAPED')",
    "import sys": "import sys\nif sys.modules: print('ESCAPED')",
    "import subprocess": "import subprocess\nprint(subprocess.run(['echo', 'ESCAPED'], capture_output=True).stdout)",
    "import socket": "import socket\nif socket.create_connection(('127.0.0.1', PORT)): print('ESCAPED')",
    "import urllib": "import urllib.request\nif 'SECRET' in urllib.request.urlopen('file://' + FILE).read().decode(): print('ESCAPED')",
    "import http": "import http.client\nc = http.client.HTTPConnection('127.0.0.1', PORT)\nc.connect()\nprint('ESCAPED')",
    "import pathlib": "from pathlib import Path\nif 'SECRET' in Path(FILE).read_text(): print('ESCAPED')",
    "import shutil": "import shutil\nif shutil.which('sh'): print('ESCAPED')",
    "import glob": "import glob\nif glob.glob('/*'): print('ESCAPED')",
    "import pickle": "import pickle\npickle.loads(b\"cbuiltins\\nprint\\n(S'ESCAPED'\\ntR.\")",
    "import multiprocessing": "import multiprocessing\np = multiprocessing.Process(target=print)\np.start()\nprint('ESCAPED')",
    "import threading": "import threading\nthreading.Thread(target=print, args=('ESCAPED',)).start()",
    "import asyncio": "import asyncio\nasync def f(): print('ESCAPED')\nasyncio.run(f())",
}

# Ways to a module of the system that no rule sees; each then starts a program, reads, connects.
WAYS = {
    "importlib": "import importlib\no = importlib.import_module('o' + 's')",
    "a library's import": "import logging\no = logging.os",
    "a library's private name": "import tempfile\no = tempfile._os",
    "a library of a library": "import json\nb = json.codecs.builtins\no = b.__import__('o' + 's')",
    "the interpreter's modules": "import warnings\no = warnings.sys.modules['os']",
    "print's module": "b = print.__self__\no = b.__import__('o' + 's')",
    "the classes of all": "o = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__\n"
                          "o = type('O', (), {k: staticmethod(v) for k, v in o.__globals__.items() if callable(v)})",
    "a frame": "import types\ntry: 1 / 0\nexcept Exception as e: f = e.__traceback__.tb_frame\n"
               "while f.f_back: f = f.f_back\no = print.__self__.__import__('posix')",
    "a decorator": "import functools\no = functools.partial(print.__self__.__import__, 'os')()",
    "an attribute by name": "import logging\no = getattr(logging, 'o' + 's')",
    "the loader": "import importlib.machinery as m\no = m.BuiltinImporter.load_module('posix')",
    "inspect": "import inspect\no = inspect.os",
    "site": "import site\no = site.os",
}
USES = {
    "run a program": ("p = o.posix_spawn('/bin/true', ['true'], {})\nprint('ESCAPED')", (SECCOMP,)),
    "read a file": ("if b'SECRET' in o.read(o.open(FILE, 0), 99): print('ESCAPED')", (MOUNTS, LANDLOCK)),
}
OTHER_WAYS = {
    "ctypes": ("import ctypes\nif ctypes.CDLL(None).system(b'true') == 0: print('ESCAPED')", (SECCOMP,)),
    "pty": ("import pty\nif pty.fork()[0]: print('ESCAPED')", (SECCOMP,)),
    "codecs": ("import codecs\nif 'SECRET' in codecs.open(FILE).read(): print('ESCAPED')", (MOUNTS, LANDLOCK)),
    "io": ("import io\nif 'SECRET' in io.open(FILE).read(): print('ESCAPED')", (MOUNTS, LANDLOCK)),
    "linecache": ("import linecache\nif 'SECRET' in ''.join(linecache.getlines(FILE)): print('ESCAPED')", (MOUNTS, LANDLOCK)),
    "configparser": ("import configparser\nc = configparser.RawConfigParser(allow_no_value=True)\n"
                     "c.read_string('[x]\\n' + c._read.__globals__['os'].fspath('a'))\n"
                     "import fileinput\nif 'SECRET' in ''.join(fileinput.input(FILE)): print('ESCAPED')", (MOUNTS, LANDLOCK)),
    "logging": ("import logging\nlogging.FileHandler(FILE, 'a').emit(logging.makeLogRecord({'msg': ''}))\nprint('ESCAPED')", (MOUNTS, LANDLOCK)),
    "sqlite": ("import sqlite3\nsqlite3.connect(FILE + '.db').execute('create table t(x)')\nprint('ESCAPED')", (MOUNTS, LANDLOCK)),
    "zipfile": ("import zipfile\nzipfile.ZipFile(FILE + '.zip', 'w').close()\nprint('ESCAPED')", (MOUNTS, LANDLOCK)),
    "ssl's socket": ("import ssl\nif ssl.create_connection(('127.0.0.1', PORT), 2): print('ESCAPED')",
                     (NETWORK, LANDLOCK_TCP, SECCOMP_ALONE)),
    "ftplib's socket": ("import ftplib\nif ftplib.socket.create_connection(('127.0.0.1', PORT), 2): print('ESCAPED')",
                        (NETWORK, LANDLOCK_TCP, SECCOMP_ALONE)),
    "the C socket": ("import _socket\ns = _socket.socket()\ns.settimeout(2)\ns.connect(('127.0.0.1', PORT))\nprint('ESCAPED')",
                     (NETWORK, LANDLOCK_TCP, SECCOMP_ALONE)),
}


def all_attempts():
    """Those of the rules, and those that get around them."""
    made = [Attempt("say " + name, code, frozenset([WORDS])) for name, code in PLAIN.items()]
    for name, way in WAYS.items():
        made += [Attempt("%s by %s" % (use, name), way + "\n" + code, frozenset(aims))
                 for use, (code, aims) in USES.items()]
    return made + [Attempt("get around the rules by " + name, code, frozenset(aims))
                   for name, (code, aims) in OTHER_WAYS.items()]


def code_of(one, targets):
    return "FILE, PORT = %r, %d\n%s" % (targets.script, targets.port, one.code)


def bare(targets):
    """The names of those that succeed in an ordinary process."""
    return {one.name for one in all_attempts() if b"ESCAPED" in subprocess.run(
        ["/usr/bin/python3", "-c", code_of(one, targets)], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False).stdout}


def walled(place, targets, profile):
    """The names of those that succeed in a service, and of those that a rule should have named."""
    out = set()
    with served.Served(place, "executor", profile, "--no-data") as server:
        for one in all_attempts():
            status, _, text = server.ask("POST", "/execute", json.dumps({"code": code_of(one, targets)}),
                                         {"Content-Type": "application/json"})
            reply = json.loads(text)
            assert status == 200, (one.name, status, text)
            if "ESCAPED" in json.dumps(reply["output"]):
                out.add(one.name)
            if reply["status"] != "error" and WORDS in one.aims:
                out.add(one.name)
    return out
