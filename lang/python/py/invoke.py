"""The steps of one invocation, called in turn by the C++ side, which calls the handler itself: no
frame of ours stands below user code, but for an HTTP function (wsgi.py)."""

from _openfc import (cloud_event, context, encoder, errors, event_loop, exits, generators,
                     interfaces, json_logs, loader, logs, request, snapshot, streams, web, wsgi,
                     wsgi_http)

encode = encoder.encode
call_wsgi = wsgi.call
describe = errors.describe
exit_status = exits.exit_status
flush = streams.flush
begun_lines = streams.begun
report_failure = logs.report_failure
find_interface = interfaces.find
with_interface = interfaces.with_interface
serve_wsgi = wsgi_http.serve
stream = generators.serve
stream_async = generators.serve_async
add_cloud_event = cloud_event.add_to
context_parts = context.PARTS
request_id = request.REQUEST_ID
latest_request = request.latest


class Steps:
    """What depends on the runtime's options: handlers, and what comes before them."""

    def __init__(self, code_path, log_level, log_format, frame_logs, is_snapshot,
                 concurrent_limit, write_whole, make_inbox, loop_choice, drives_door):
        streams.use_writer(write_whole)
        self.web = web.Web(make_inbox, loop_choice, drives_door) if make_inbox else None
        self.settle(concurrent_limit > 1)
        formatter = json_logs.JsonFormatter if log_format == "json" else logs.RecordFormatter
        logs.configure(log_level, frame_logs, formatter())
        handlers = loader.Loader(code_path)
        self.load = handlers.load
        self.loaded = handlers.loaded
        self.awaken = snapshot.Awakening(code_path).ensure if is_snapshot else None

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
        wsgi_http.configure(is_concurrent)
        self.make_logger = request.RequestLogger if is_concurrent else None
        make_waits = self.web.make_waits if self.web else None
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
