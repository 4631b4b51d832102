"""Signals for a loop that waits outside Python: the handlers run where Python code does."""

from _openfc import library


def new_loop(selector):
    """A loop of asyncio's whose own handlers of signals may come and go."""
    asyncio = library.load("asyncio", "new_event_loop")

    class Loop(asyncio.SelectorEventLoop):
        """Where the last one goes, signals wake the loop nevertheless, if they did before."""

        def remove_signal_handler(self, sig):
            """See AbstractEventLoop."""
            was_bell = _exchange(-1)
            _exchange(was_bell)
            try:
                return super().remove_signal_handler(sig)
            finally:
                if was_bell == self._csock.fileno():
                    begin(self)

    return Loop(selector)


def begin(loop):
    """A signal ends the loop's wait from now on: it writes into the pipe by which asyncio itself
    tells the loop of signals. Not so when the user has another use for what is written. Answers
    what end() needs."""
    bell = loop._csock.fileno()
    known = _exchange(bell)
    if known != -1:
        _exchange(known)
    return bell


def end(loop, bell):
    """As it was before, unless asyncio has come to need it."""
    known = _exchange(-1)
    if known != bell or (loop._signal_handlers and not loop.is_closed()):
        _exchange(known)


def _exchange(descriptor):
    signal = library.load("signal", "set_wakeup_fd")
    try:
        return signal.set_wakeup_fd(descriptor)
    except ValueError:  # Not the main thread, which alone runs handlers; or closed by its owner.
        return -1
