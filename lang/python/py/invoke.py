"""The steps of one invocation, called in turn by the C++ side, which calls the handler itself:
no frame of ours stands below user code."""

from _openfc import context, encoder, errors, event_loop, loader, logs, request, streams

encode = encoder.encode
describe = errors.describe
exit_status = errors.exit_status
flush = streams.flush
report_failure = logs.report_failure


class Steps:
    """What depends on the runtime's options: contexts and handlers."""

    def __init__(self, code_path, shape, log_level, frame_logs, concurrent_limit, write_whole):
        self._is_concurrent = concurrent_limit > 1
        streams.use_writer(write_whole)
        if self._is_concurrent:
            streams.write_whole_lines()
        request.configure(self._is_concurrent)
        logs.configure(log_level, frame_logs)
        self.load = loader.Loader(code_path).load
        self.loop = event_loop.LoopThread() if self._is_concurrent else event_loop.MainLoop()
        self._make_context = context.make_fc3 if shape == "fc3" else context.make_fc2

    def adopt(self):
        """In a process that a template forked, before its first invocation."""
        streams.adopt()
        self.loop.adopt()

    def begin(self, meta):
        """The context of the invocation that starts now."""
        request.begin(meta["request_id"])
        made = self._make_context(meta)
        if self._is_concurrent:
            made.logger = request.RequestLogger(made.request_id)
        return made
