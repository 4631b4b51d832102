"""The steps of one invocation, called in turn by the C++ side, which calls the handler itself: no
frame of ours stands below user code, but for an HTTP function (wsgi.py)."""

from _openfc import (context, encoder, errors, event_loop, exits, json_logs, loader, logs, request,
                     snapshot, streams, wsgi)

encode = encoder.encode
call_wsgi = wsgi.call
describe = errors.describe
exit_status = exits.exit_status
flush = streams.flush
begun_lines = streams.begun
report_failure = logs.report_failure
context_parts = context.PARTS
request_id = request.REQUEST_ID
latest_request = request.latest


class Steps:
    """What depends on the runtime's options: handlers, and what comes before them."""

    def __init__(self, code_path, log_level, log_format, frame_logs, is_snapshot,
                 concurrent_limit, write_whole):
        is_concurrent = concurrent_limit > 1
        streams.use_writer(write_whole)
        if is_concurrent:
            streams.write_whole_lines()
        request.configure(is_concurrent)
        formatter = json_logs.JsonFormatter if log_format == "json" else logs.RecordFormatter
        logs.configure(log_level, frame_logs, formatter())
        handlers = loader.Loader(code_path)
        self.load = handlers.load
        self.loaded = handlers.loaded
        self.loop = event_loop.LoopThread() if is_concurrent else event_loop.MainLoop()
        self.make_logger = request.RequestLogger if is_concurrent else None
        self.awaken = snapshot.Awakening(code_path).ensure if is_snapshot else None

    def adopt(self):
        """In a process that a template forked, before its first invocation."""
        streams.adopt()
        self.loop.adopt()
