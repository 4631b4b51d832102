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
report_failure = logs.report_failure
find_interface = interfaces.find
with_interface = interfaces.with_interface
serve_wsgi = wsgi_http.serve
stream = generators.serve
stream_async = generators.serve_async
add_cloud_event = cloud_event.add_to


class Steps:
    """What depends on the runtime's options: contexts and handlers."""

    def __init__(self, code_path, shape, log_level, log_format, frame_logs, is_snapshot,
                 concurrent_limit, write_whole, make_inbox, loop_choice):
        streams.use_writer(write_whole)
        self.web = web.Web(make_inbox, loop_choice, self._context_of) if make_inbox else None
        self.settle(concurrent_limit > 1)
        formatter = json_logs.JsonFormatter if log_format == "json" else logs.RecordFormatter
        logs.configure(log_level, frame_logs, formatter())
        self.load = loader.Loader(code_path).load
        self._make_context = context.make_fc3 if shape == "fc3" else context.make_fc2
        self._awakening = snapshot.Awakening(code_path) if is_snapshot else None

    def adopt(self):
        """In a process that a template forked, before its first invocation."""
        streams.adopt()
        self.loop.adopt()
        if self.web:
            self.web.adopt()

    def settle(self, is_concurrent):
        """How many invocations run at once: before the first one, when it is known."""
        self._is_concurrent = is_concurrent
        if is_concurrent:
            streams.write_whole_lines()
        request.configure(is_concurrent)
        wsgi_http.configure(is_concurrent)
        make_waits = self.web.make_waits if self.web else None
        if not is_concurrent:
            self.loop = event_loop.MainLoop(make_waits)
        else:
            self.loop = self.web.make_loop() if self.web else event_loop.LoopThread()

    def close(self):
        """Ends what runs on event loops."""
        if self.web:
            self.web.close()
        self.loop.close()

    def begin(self, meta):
        """The context of the invocation that starts now."""
        request.begin(meta["request_id"])
        if self._awakening:
            self._awakening.ensure(meta)
        return self._context_of(meta)

    def _context_of(self, meta):
        made = self._make_context(meta)
        if self._is_concurrent:
            made.logger = request.RequestLogger(made.request_id)
        return made
