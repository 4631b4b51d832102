"""Which invocation the running code belongs to, and the logger that says so."""

import contextvars
import logging

_REQUEST_ID = contextvars.ContextVar("openfc_request_id")
_latest = {"request_id": "", "is_alone": True}


def configure(is_concurrent):
    """Once. With one invocation at a time, code that runs in no invocation's context (a thread of
    the user's) belongs to the latest one; else to none."""
    _latest["is_alone"] = not is_concurrent


def begin(request_id):
    """From now on the running thread, or task, belongs to this invocation."""
    _latest["request_id"] = request_id
    _REQUEST_ID.set(request_id)


def current_id():
    """The id of the running code's invocation; empty when it has none."""
    return _REQUEST_ID.get(_latest["request_id"] if _latest["is_alone"] else "")


def id_of(record):
    """The id that a log record carries: its logger's, else that of the code that logs."""
    own = getattr(record, "openfc_request_id", None)
    return current_id() if own is None else own


class RequestLogger(logging.Logger):
    """The root logger under another hand: its records carry one invocation's id, whichever thread
    they come from. It lives as long as its invocation; logging's own registry has no part in it."""

    def __init__(self, request_id):
        super().__init__("root")
        self.parent = logging.getLogger()
        self._request_id = request_id

    def isEnabledFor(self, level):
        # Not the base class's, whose cache nobody would clear when a level changes.
        return level > self.manager.disable and level >= self.getEffectiveLevel()

    def handle(self, record):
        record.openfc_request_id = self._request_id
        super().handle(record)

    def __reduce__(self):
        return logging.getLogger, ()
