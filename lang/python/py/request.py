"""Which invocation the running code belongs to."""

import _contextvars

# Both are set by the C++ side (invocation_start.h) as an invocation begins.
REQUEST_ID = _contextvars.ContextVar("openfc_request_id")
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
