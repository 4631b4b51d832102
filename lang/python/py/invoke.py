"""The steps of one invocation, called in turn by the C++ side, which calls the handler itself: no
frame of ours stands below user code, but for an HTTP function (wsgi.py)."""

from _openfc import (context, encoder, errors, event_loop, exits, interfaces, json_logs, loader, logs,
                     request, snapshot, streams, wsgi)

encode = encoder.encode
call_wsgi = wsgi.call
describe = errors.describe
exit_status = exits.exit_status
flush = streams.flush
report_failure = logs.report_failure
find_interface = interfaces.find
with_interface = interfaces.with_interface


class Steps:
    """What depends on the runtime's options: contexts and handlers."""

    def __init__(self, code_path, shape, log_level, log_format, frame_logs, is_snapshot,
                 concurrent_limit, write_whole):
        self._is_concurrent = concurrent_limit > 1
        streams.use_writer(write_whole)
        if self._is_concurrent:
            streams.write_whole_lines()
        request.configure(self._is_concurrent)
        formatter = json_logs.JsonFormatter if log_format == "json" else logs.RecordFormatter
        logs.configure(log_level, frame_logs, formatter())
        self.load = loader.Loader(code_path).load
        self.loop = event_loop.LoopThread() if self._is_concurrent else event_loop.MainLoop()
        self._make_context = context.make_fc3 if shape == "fc3" else context.make_fc2
        self._awakening = snapshot.Awakening(code_path) if is_snapshot else None

    def adopt(self):
        """In a process that a template forked, before its first invocation."""
        streams.adopt()
        self.loop.adopt()

    def begin(self, meta):
        """The context of the invocation that starts now."""
        request.begin(meta["request_id"])
        if self._awakening:
            self._awakening.ensure(meta)
        made = self._make_context(meta)
        if self._is_concurrent:
            made.logger = request.RequestLogger(made.request_id)
        return made
