"""How a process ends that an exception ends, and what is written out before."""

import sys

from _openfc import library

_UNBUFFERED = (sys.stdout, sys.stderr)  # As the interpreter made them.


def exit_status(exception):
    """The exit status that plain Python would end with; what it would print is printed."""
    if isinstance(exception, SystemExit):
        if exception.code is None or isinstance(exception.code, int):
            return (exception.code or 0) & 0xFF
        print(exception.code, file=sys.stderr)
        return 1
    library.load("traceback", "walk_tb").print_exception(
        type(exception), exception, exception.__traceback__)
    return 1


def leave(exception):
    """All that plain Python does at its end, but for taking itself apart; the exit status."""
    status = exit_status(exception)
    for module, function in (("threading", "_shutdown"), ("atexit", "_run_exitfuncs")):
        if module in sys.modules:
            getattr(sys.modules[module], function)()
    flush()
    return status


def flush():
    """Empties what user code printed; a stream that it closed or broke is its own affair."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream not in _UNBUFFERED or not stream.write_through:
                stream.flush()
        except BaseException:
            pass
