"""What the caller learns of an exception, in AWS's dialect."""

import os
import traceback

OWN_FILE_PREFIX = "<openfc "
MAX_TRACE_CAUSE_BYTES = 1024 * 1024  # A larger one is not sent.


class Fault(Exception):
    """A fault that has a name in this dialect: the handler, the event or the result is unusable."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = list(trace)


def text_of(exception):
    """str(exception), also when that cannot be had."""
    try:
        return str(exception)
    except BaseException:
        return "<unprintable %s object>" % type(exception).__name__


def user_frames(exception):
    """(file, line, function, source) of each frame, outermost first, ours left out."""
    return [(frame.filename, frame.lineno, frame.name, frame.line)
            for frame in traceback.extract_tb(exception.__traceback__)
            if not frame.filename.startswith(OWN_FILE_PREFIX)]


def report_of(exception, request_id=""):
    """The error document, not encoded yet."""
    if isinstance(exception, Fault):
        return _report(exception.message, exception.error_type, exception.trace, request_id)
    return _report(text_of(exception), type(exception).__name__,
                   traceback.format_list(user_frames(exception)), request_id)


def _report(message, error_type, stack, request_id):
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id,
            "stackTrace": stack}


def trace_cause_of(exception):
    """The same for the trace service, which has a layout of its own; not encoded yet."""
    if isinstance(exception, Fault):
        frames, message, name = [], exception.message, "LambdaValidationError"
    else:
        frames, message = user_frames(exception), text_of(exception)
        name = type(exception).__name__
    stack = [{"label": function, "path": path, "line": line}
             for path, line, function, _ in frames]
    return {"working_directory": _working_directory(),
            "exceptions": [{"message": message, "type": name, "stack": stack}],
            "paths": list(dict.fromkeys(path for path, _, _, _ in frames))}


def _working_directory():
    try:
        return os.getcwd()
    except OSError:
        return ""
