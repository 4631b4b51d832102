"""Which invocation the running code belongs to, and the logger that says so."""

import contextvars
import logging

# Both are set by the C++ side (invocation_start.h) as an invocation begins.
REQUEST_ID = contextvars.ContextVar("openfc_request_id")
latest = {"request_id": ""}

_state = {"is_alone": True}


def configure(is_concurrent):
    """Once. With one invocation at a time, code that runs in no invocation's context (a thread of
    the user's) belongs to the latest one; else to none."""
    _state["is_alone"] = not is_concurrent


def begin(request_id):
    """What the C++ side does, for code that begins without it: a task of a web application."""
    latest["request_id"] = request_id
    REQUEST_ID.set(request_id)


def current_id():
    """The id of the running code's invocation; empty when it has none."""
    return REQUEST_ID.get(latest["request_id"] if _state["is_alone"] else "")


def id_of(record):
    """The id that a log record carries: its logger's, else that of the code that logs."""
    own = getattr(record, "openfc_request_id", None)
    return current_id() if own is None else own


class RequestLogger(logging.Logger):
    """The root logger under another hand: its records carry one invocation's id, whichever thread
    they come from. It lives as long as its invocation; logging's own registry has no part in it.

    One is made for each invocation, and few are used: what a logger is made of comes with the first
    look at it."""

    def __init__(self, request_id):  # Not the base class's, see above.
        self._request_id = request_id

    def __getattr__(self, name):
        own = vars(self)
        # Not over what is there: another thread may be here too, or a level was set before.
        own.setdefault("parent", logging.getLogger())
        for key, value in vars(logging.Logger("root")).items():
            own.setdefault(key, value)
        if name in own:
            return own[name]
        raise AttributeError("'RequestLogger' object has no attribute '%s'" % name)

    def isEnabledFor(self, level):
        # Not the base class's, whose cache nobody would clear when a level changes.
        return level > self.manager.disable and level >= self.getEffectiveLevel()

    def handle(self, record):
        record.openfc_request_id = self._request_id
        super().handle(record)

    def __reduce__(self):
        return logging.getLogger, ()
