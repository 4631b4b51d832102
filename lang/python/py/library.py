"""The standard library's modules that only some functions need, imported when the first one does."""

import importlib
import importlib.machinery
import os
import sys
import threading


class _LibraryFirst:
    """A finder that gives one thread the standard library's modules, whatever lies in the code
    folder under their names."""

    def __init__(self):
        self._thread = threading.get_ident()
        library = os.path.dirname(os.__file__)
        self._path = sys.path[sys.path.index(library):] if library in sys.path else None

    def find_spec(self, name, path=None, target=None):
        """See importlib.abc.MetaPathFinder."""
        if path is not None or self._path is None or threading.get_ident() != self._thread:
            return None
        return importlib.machinery.PathFinder.find_spec(name, self._path, target)


def load(name, attribute):
    """The module of that name: the one that is loaded, if it has the attribute, which tells it from
    a user's of the same name."""
    known = sys.modules.get(name)
    if known is not None and hasattr(known, attribute):
        return known
    finder = _LibraryFirst()
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(name)
    finally:
        sys.meta_path.remove(finder)
