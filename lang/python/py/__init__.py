"""The Python half of the runtime, held in memory under the name _openfc.

What it needs of the standard library is imported here, before any user code and past the code
path: a file of the user's that is called json.py must neither break us nor be taken for json.
"""

import os
import sys


def _import_library():
    """Fills sys.modules with what we use; sys.path is as before when this returns."""
    path = sys.path[:]
    library = os.path.dirname(os.__file__)
    if library in path:
        sys.path[:] = path[path.index(library):]
    try:
        import atexit
        import binascii
        import contextvars
        import importlib.util
        import json
        import io
        import logging
        import threading
        import traceback
        import weakref

        return (atexit, binascii, contextvars, importlib.util, io, json, logging, threading,
                traceback, weakref)
    finally:
        sys.path[:] = path


_LIBRARY = _import_library()
