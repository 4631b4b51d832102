"""The steps of one invocation, called in turn by the C++ side, which calls the handler itself:
no frame of ours stands below user code."""

from _openfc import context, encoder, errors, exits, loader, logs

encode = encoder.encode
describe = errors.describe
exit_status = exits.exit_status
flush = exits.flush


class Steps:
    """What depends on the runtime's options: contexts and handlers."""

    def __init__(self, code_path, shape, log_level, frame_logs):
        logs.configure(log_level, frame_logs)
        self.load = loader.Loader(code_path).load
        self._make_context = context.make_fc3 if shape == "fc3" else context.make_fc2

    def begin(self, meta):
        """The context of the invocation that starts now."""
        logs.set_request_id(meta["request_id"])
        return self._make_context(meta)
