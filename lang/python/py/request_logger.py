"""The logger that says which invocation it belongs to."""

import logging


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
