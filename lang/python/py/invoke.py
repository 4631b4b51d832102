"""The steps of one invocation, called in turn by the C++ side, which calls the handler itself: no
frame of ours stands below user code, but for an HTTP function (wsgi.py)."""

import _openfc
from _openfc import (context, encoder, errors, event_loop, exits, library, loader, request,
                     streams)

encode = encoder.encode
report_failure = errors.report_failure
describe = errors.describe
describe_plainly = errors.describe_plainly
exit_status = exits.exit_status
flush = streams.flush
begun_lines = streams.begun
context_parts = context.PARTS
request_id = request.REQUEST_ID
latest_request = request.latest

_LATE = {  # What few invocations need, and where it is.
    "add_cloud_event": ("cloud_event", "add_to"),
    "call_wsgi": ("wsgi", "call"),
    "find_interface": ("interfaces", "find"),
    "serve_wsgi": ("wsgi_http", "serve"),
    "stream": ("generators", "serve"),
    "stream_async": ("generators", "serve_async"),
    "with_interface": ("interfaces", "with_interface"),
}


def __getattr__(name):
    if name not in _LATE:
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    module, attribute = _LATE[name]
    __import__("_openfc." + module)
    found = globals()[name] = getattr(getattr(_openfc, module), attribute)
    return found


def _make_web(*arguments):
    from _openfc import web

    return web.Web(*arguments)


def _make_awakening(code_path):
    from _openfc import snapshot

    return snapshot.Awakening(code_path).ensure


def _logger_class():
    from _openfc import request_logger

    return request_logger.RequestLogger


def _configure_logging(level, form, is_framed):
    from _openfc import json_logs, logs

    formatter = json_logs.JsonFormatter if form == "json" else logs.RecordFormatter
    logs.configure(level, is_framed, formatter())


class Steps:
    """What depends on the runtime's options: handlers, and what comes before them."""

    def __init__(self, code_path, log_level, log_format, frame_logs, is_snapshot,
                 concurrent_limit, write_whole, make_inbox, loop_choice, drives_door, loads_all):
        if loads_all:
            library.load_all()
        streams.use_writer(write_whole)
        self.web = _make_web(make_inbox, loop_choice, drives_door) if make_inbox else None
        self.settle(concurrent_limit > 1)
        library.after_import_of(
            "logging", lambda: _configure_logging(log_level, log_format, frame_logs))
        handlers = loader.Loader(code_path)
        self.load = handlers.load
        self.loaded = handlers.loaded
        self.awaken = _make_awakening(code_path) if is_snapshot else None

    def adopt(self):
        """In a process that a template forked, before its first invocation."""
        streams.adopt()
        self.loop.adopt()
        if self.web:
            self.web.adopt()

    def settle(self, is_concurrent):
        """How many invocations run at once: before the first one, when it is known."""
        if is_concurrent:
            streams.write_whole_lines()
        request.configure(is_concurrent)
        self.make_logger = _logger_class() if is_concurrent else None
        make_waits = None
        if self.web:
            self.web.configure(is_concurrent)
            make_waits = self.web.make_waits
        if not is_concurrent:
            self.loop = event_loop.MainLoop(make_waits)
        else:
            self.loop = self.web.make_loop() if self.web else event_loop.LoopThread()

    def drives_door(self, is_application):
        """Whether the loop of a function that is asynchronous runs in serve(), and only there."""
        if self.web is None or not self.web.drives_door:
            return False
        if not is_application:
            if isinstance(self.loop, event_loop.MainLoop):
                return False
            self.loop = self.web.make_driven_loop()
        return True

    def serve(self, make_drive):
        """Runs that loop, and the door, until the door is over. `make_drive(inbox)` gives the
        selector's part of it."""
        if not self.web.serve(make_drive):
            self.loop.serve(make_drive(self.loop.waits.inbox))

    def close(self):
        """Ends what runs on event loops."""
        if self.web:
            self.web.close()
        self.loop.close()
