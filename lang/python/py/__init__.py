"""The Python half of the runtime, held in memory under the name _openfc.

What it needs of the standard library comes past the code path, whenever it is imported: a file of the
user's that is called json.py must neither break us nor be taken for json. Most of it, and of our own
modules, is imported when something needs it, so that an instance is not kept waiting by the rest.
"""

import _frozen_importlib
import _frozen_importlib_external
import _thread
import marshal
import os
import sys

# What library.load_all() imports, and what that imports in turn, in any Python from 3.8 on.
LIBRARY = frozenset((
    "_collections_abc", "_colorize", "_contextvars", "_heapq", "_json", "_weakrefset", "atexit",
    "binascii", "collections", "contextlib", "contextvars", "copyreg", "enum", "functools",
    "genericpath", "heapq", "importlib", "io", "json", "keyword", "linecache", "logging",
    "operator", "os", "posixpath", "re", "reprlib", "sre_compile", "sre_constants", "sre_parse",
    "stat", "string", "textwrap", "threading", "token", "tokenize", "traceback", "types", "typing",
    "warnings", "weakref"))


def _library_path():
    library = os.path.dirname(os.__file__)
    return sys.path[sys.path.index(library):] if library in sys.path else None


class _Finder:
    """Finds our modules, and what is to come from the library alone: names of LIBRARY, and in some
    threads all."""

    def __init__(self):
        self.codes = {}  # Marshalled, by the full names of our modules.
        self.followers = {}  # By the names of modules of the library: what comes after their code.
        self.threads = []
        self._library_path = _library_path()

    def find_spec(self, name, path=None, target=None):
        """See importlib.abc.MetaPathFinder."""
        if name in self.codes:
            return _frozen_importlib.ModuleSpec(name, self)
        if path is not None or self._library_path is None or not self._is_librarys(name):
            return None
        spec = _frozen_importlib_external.PathFinder.find_spec(name, self._library_path, target)
        if spec is not None and name in self.followers:
            self._add_follower(spec)
        return spec

    def create_module(self, spec):
        """See importlib.abc.Loader: as usual."""

    def exec_module(self, module):
        """See importlib.abc.Loader."""
        exec(marshal.loads(self.codes[module.__spec__.name]), module.__dict__)

    def _is_librarys(self, name):
        return name in LIBRARY or (self.threads and _thread.get_ident() in self.threads)

    def _add_follower(self, spec):
        loader, run = spec.loader, spec.loader.exec_module

        def run_both(module):
            del loader.exec_module
            run(module)
            self.followers.pop(spec.name)()

        loader.exec_module = run_both


if "finder" not in globals():  # This runs once for each list of modules.
    finder = _Finder()
    sys.meta_path.insert(0, finder)
add = finder.codes.update
