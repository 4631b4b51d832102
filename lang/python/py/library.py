"""The standard library's modules that only some functions need, imported when the first one does."""

import _thread
import sys

from _openfc import finder

# What the runtime itself uses sooner or later, but for what only some kinds of functions need: with
# an attribute of each.
_OWN = {"atexit": "register", "binascii": "a2b_base64", "contextvars": "ContextVar",
        "functools": "partial", "importlib.util": "find_spec", "io": "BytesIO", "json": "dumps",
        "logging": "getLogger", "threading": "Thread", "traceback": "walk_tb",
        "weakref": "WeakSet"}

_loaded = {}


def load(name, attribute):
    """The module of that name, whatever lies in the code folder, or has come into sys.modules since,
    under the name: the library's one has the attribute."""
    module = _loaded.get(name)
    if module is None:
        module = _loaded[name] = _load(name, attribute)
    return module


def _load(name, attribute):
    known = sys.modules.get(name)
    if known is not None and hasattr(known, attribute):
        return known
    thread = _thread.get_ident()
    finder.threads.append(thread)
    try:
        return _import_beside(name, known)
    finally:
        finder.threads.remove(thread)


def _import_beside(name, known):
    """The library's module; `known`, the user's, keeps the name."""
    if known is not None:
        del sys.modules[name]
    try:
        __import__(name)
        return sys.modules[name]
    finally:
        if known is not None:
            sys.modules[name] = known


def load_all():
    """All that something may need later, where that should wait for nothing then, or could not find
    it any more."""
    for name, attribute in _OWN.items():
        load(name, attribute)
    for name in list(finder.codes):
        __import__(name)


def after_import_of(name, action):
    """Has action() come right after the module's own code, whoever imports it: at once where that
    has run."""
    if name in sys.modules:
        action()
    else:
        finder.followers[name] = action
