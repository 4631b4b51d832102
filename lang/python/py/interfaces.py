"""How a function is to be called: as an event handler, or as a web application, WSGI or ASGI."""

from _openfc import library

EVENT, WSGI, ASGI = range(3)  # As in function_interface.h.

_ENVIRON_NAMES = ("environ", "env")
_START_RESPONSE_NAMES = ("start_response", "start_resp")
_ASGI_NAMES = ["scope", "receive", "send"]


def find(function):
    """(interface, whether it is asynchronous) of what a handler string names."""
    if is_double_callable(function):
        return ASGI, True
    if _says_wsgi(function):
        return WSGI, False
    is_async = _is_async(function)
    if _parameter_names(function)[:3] == _ASGI_NAMES or (is_async and _wants_three(function)):
        return ASGI, True
    return EVENT, is_async


def with_interface(function, interface):
    """The same where the interface is given."""
    if interface == EVENT:
        return EVENT, _is_async(function)
    return interface, interface == ASGI


def is_double_callable(function):
    """Whether it is an application of ASGI 2: application(scope)(receive, send)."""
    inspect = _inspect()
    if not inspect.isclass(function):
        return False
    call = getattr(function, "__call__", None)
    return inspect.iscoroutinefunction(call) and _parameter_names(call)[-2:] == _ASGI_NAMES[1:]


def _inspect():
    return library.load("inspect", "signature")


def _is_async(function):
    """Whether a call gives what an event loop has to run: a coroutine or an async generator."""
    inspect = _inspect()
    some = (function, getattr(type(function), "__call__", None))
    return any(inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in some)


def _signature(function):
    try:
        return _inspect().signature(function)
    except (TypeError, ValueError):  # Nothing that can be called, or built in.
        return None


def _parameter_names(function):
    """Of those that can be given by their place."""
    signature = _signature(function)
    if signature is None:
        return []
    return [parameter.name for parameter in signature.parameters.values()
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)]


def _says_wsgi(function):
    names = _parameter_names(function)
    return (len(names) >= 2 and names[0] in _ENVIRON_NAMES and names[1] in _START_RESPONSE_NAMES)


def _wants_three(function):
    """Whether it can be called with three arguments, and not with two."""
    return _takes(function, 3) and not _takes(function, 2)


def _takes(function, count):
    signature = _signature(function)
    if signature is None:
        return False
    try:
        signature.bind(*range(count))
    except TypeError:
        return False
    return True
