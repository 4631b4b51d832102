"""Which event loop runs: asyncio's own, or uvloop where the user's environment has it."""

from _openfc import library

AUTO, ASYNCIO, UVLOOP = range(3)  # As in python_handler.h.


def new_loop(choice, is_application):
    """A loop. uvloop, which a forked child cannot be kept from running, is chosen by itself for
    ASGI applications alone. ImportError when it is asked for and not there."""
    if choice == UVLOOP or (choice == AUTO and is_application):
        try:
            import uvloop

            return uvloop.new_event_loop()
        except ImportError:
            if choice == UVLOOP:
                raise
    return library.load("asyncio", "new_event_loop").new_event_loop()
