"""From a handler string to what it names, in AWS's dialect: Python's own import along sys.path."""

import importlib
import sys

from _openfc.aws_errors import Fault


def load(handler):
    """What `module.attribute` names; slashes are dots. Fault when it cannot be had; what the
    module itself raises, but for ImportError and SyntaxError, comes as it is."""
    try:
        module_name, attribute = handler.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName",
                    "Bad handler '%s': %s" % (handler, error)) from None
    module = _import(module_name)
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" %
                    (attribute, module_name)) from None


def _import(name):
    if name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict",
                    "Cannot use built-in module %s as a handler module" % name)
    try:
        return importlib.import_module(name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError",
                    "Unable to import module '%s': %s" % (name, error)) from None
    except SyntaxError as error:
        place = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        raise Fault("Runtime.UserCodeSyntaxError",
                    "Syntax error in module '%s': %s" % (name, error), [place]) from None
