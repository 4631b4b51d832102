"""From a handler string to what it names (fc-runtime-api.md, section 3)."""

import _frozen_importlib
import _frozen_importlib_external
import _imp
import _thread
import os
import sys

from _openfc import LIBRARY, library
from _openfc.errors import LoadError, text_of

_module_lock = _frozen_importlib._ModuleLockManager  # What an import statement holds.

_SUFFIXES = (_imp.extension_suffixes() + _frozen_importlib_external.SOURCE_SUFFIXES +
             _frozen_importlib_external.BYTECODE_SUFFIXES)


class Loader:
    """Finds handlers under one folder, one at a time; a loaded one is kept by its whole string."""

    def __init__(self, code_path):
        self._code_path = code_path
        self.loaded = {}  # By their strings.
        self._lock = _thread.RLock()

    def load(self, handler):
        """What `module.attribute` names. LoadError when it cannot be had; asked again, it tries
        again."""
        if handler not in self.loaded:
            with self._lock:
                if handler not in self.loaded:
                    self.loaded[handler] = self._resolve(handler)
        return self.loaded[handler]

    def _resolve(self, handler):
        try:
            module_name, attribute = handler.rsplit(".", 1)
        except ValueError as error:
            raise _invalid_name(handler, error) from None
        module = self._import(module_name)
        try:
            return getattr(module, attribute)
        except AttributeError as error:
            raise LoadError("HandlerNotFound", "Handler '%s' is missing on module '%s'" %
                            (attribute, module_name), error) from None

    def _import(self, name):
        try:
            return import_from(self._code_path, name)
        except BaseException as error:
            _forget_folder_listings()
            raise _import_fault(name, error) from None


def _invalid_name(name, error):
    return LoadError("InvalidHandleName", "Invalid handler '%s'" % name, error)


def _import_fault(name, error):
    if isinstance(error, ImportError):
        return LoadError("ImportModuleError", "Unable to import module '%s'" % name, error)
    if isinstance(error, SyntaxError):
        return LoadError("UserCodeSyntaxError", "Syntax error in module '%s'" % name, error)
    if isinstance(error, ValueError):
        return _invalid_name(name, error)
    return LoadError("UserCodeError", "Module initialization error: '%s'" % text_of(error), error)


def _forget_folder_listings():
    """The next try must see files that came since; importlib.invalidate_caches loads too much."""
    for finder in list(sys.path_importer_cache.values()):
        if hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def import_from(code_path, name):
    """The module `name`, its packages first. Every segment is found before the first one runs."""
    folder = code_path.rstrip("/") or "/"
    found = []
    for segment in name.split("."):
        file, folder = find_segment(folder, segment)
        found.append((segment, file, folder))
    module, full_name = None, ""
    for segment, file, folder in found:
        full_name = "%s.%s" % (full_name, segment) if module else segment
        parent, module = module, _import_found(full_name, file, folder)
        if parent is not None:
            setattr(parent, segment, module)
    return module


def find_segment(folder, segment):
    """(file, folder below which the next segment is looked up). A package's file is its
    __init__, a folder without one has none, a plain module is a folder to nothing."""
    path = folder.rstrip("/") + "/" + segment  # Not join: an absolute segment stays inside.
    if segment and os.path.isdir(path):
        init = _first_file(os.path.join(path, "__init__"))
        if init:
            return init, path
    file = _first_file(path) if segment else None
    if file:
        return file, file
    if segment and os.path.isdir(path):
        return None, path
    raise ImportError("No module named '%s'" % segment, name=segment)


def _first_file(stem):
    for suffix in _SUFFIXES:
        if os.path.isfile(stem + suffix):
            return stem + suffix
    return None


def _import_found(name, file, folder):
    """The module of that name if it is that file's, else the file run under that name."""
    known = sys.modules.get(name)
    if known is not None and _is_from(known, file, folder):
        return known
    if name in LIBRARY:
        library.load_all()  # While the library's modules find each other.
    return _run(_make_spec(name, file, folder), known)


def _is_from(module, file, folder):
    if file is None:
        return folder in list(getattr(module, "__path__", ()))
    return getattr(module, "__file__", None) == file


def _make_spec(name, file, folder):
    if file is None:
        spec = _frozen_importlib.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [folder]
        return spec
    locations = [folder] if folder != file else None
    return _frozen_importlib_external.spec_from_file_location(
        name, file, submodule_search_locations=locations)


def _run(spec, replaced):
    with _module_lock(spec.name):  # An import statement in another thread waits for the whole.
        return _run_locked(spec, replaced)


def _run_locked(spec, replaced):
    module = _frozen_importlib.module_from_spec(spec)
    spec._initializing = True  # As import does: better errors.
    sys.modules[spec.name] = module
    try:
        if spec.loader is not None:
            spec.loader.exec_module(module)
    except BaseException:
        _put_back(spec.name, replaced)
        raise
    finally:
        spec._initializing = False
    return sys.modules[spec.name]


def _put_back(name, module):
    if module is None:
        sys.modules.pop(name, None)
    else:
        sys.modules[name] = module
