"""Has an IDE attach, by the package debugpy, before the function's module is loaded."""

import sys
import time

_TRIES = 50
_PAUSE_S = 0.2


def _listen(debugpy, port):
    """The instance before this one may still have the port."""
    for left in reversed(range(_TRIES)):
        try:
            debugpy.listen(("127.0.0.1", port))
            return
        except (OSError, RuntimeError):
            if left == 0:
                raise
            time.sleep(_PAUSE_S)


def wait(port):
    """Nothing once an IDE has attached; a sentence when none can."""
    try:
        import debugpy  # pylint: disable=import-outside-toplevel
    except ImportError:
        return ("debugging needs the package debugpy, which this Python does not find: "
                "%s -m pip install debugpy" % sys.executable)
    try:
        _listen(debugpy, port)
    except (OSError, RuntimeError) as error:
        return "the debugger cannot listen on port %d: %s" % (port, error)
    print("waiting for a debugger on 127.0.0.1:%d" % port, file=sys.stderr, flush=True)
    debugpy.wait_for_client()
    return ""
