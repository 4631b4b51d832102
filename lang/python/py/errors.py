"""What the caller learns of an exception: the error JSON (fc-runtime-api.md, sections 3 and 4)."""

from _openfc import library

OWN_FILE_PREFIX = "<openfc "
MAX_MESSAGE_BYTES = 256 * 1024


class LoadError(Exception):
    """The handler cannot be had. `cause` gives the flat stack of section 3's table."""

    def __init__(self, error_type, message, cause):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack = flat_stack(cause)


def _traceback():
    return library.load("traceback", "walk_tb")


def flat_stack(exception):
    """The entries of format_exception_only, the first one in its parts between commas."""
    traceback = _traceback()
    entries = traceback.format_exception_only(type(exception), exception)
    stripped = [entry.strip("^ \t\r\n") for entry in entries]
    kept = [entry for entry in stripped if entry]
    if not kept:
        return []
    return [part.strip() for part in kept[0].split(",")] + kept[1:]


def frames(exception):
    """One list per entry of Python's own traceback: the head's parts, then the source line."""
    traceback = _traceback()
    walk = [(frame, line) for frame, line in traceback.walk_tb(exception.__traceback__)
            if not frame.f_code.co_filename.startswith(OWN_FILE_PREFIX)]
    return [_frame_entry(text) for text in traceback.StackSummary.extract(iter(walk)).format()]


def _frame_entry(text):
    lines = text.split("\n")
    return [part.strip() for part in lines[0].split(",")] + [lines[1].strip()]


def cut(message):
    """The message, or its beginning and a note when it is too long to be sent."""
    if len(message) * 4 <= MAX_MESSAGE_BYTES:
        return message
    data = message.encode("utf-8", "surrogatepass")
    if len(data) <= MAX_MESSAGE_BYTES:
        return message
    head = data[:MAX_MESSAGE_BYTES].decode("utf-8", "ignore")
    return "%s... [cut: %d bytes in all]" % (head, len(data))


def _shown(exception):
    """The exception to report, and its text: another one when `exception` cannot be shown."""
    try:
        return exception, str(exception)
    except BaseException as second:
        return second, text_of(second)


def text_of(exception):
    """str(exception), also when that cannot be had."""
    try:
        return str(exception)
    except BaseException:
        return "<unprintable %s object>" % type(exception).__name__


def _dump(report):
    return library.load("json", "dumps").dumps(report, indent=4, sort_keys=True)


def _load_report(error):
    return {"errorMessage": cut(error.message), "errorType": error.error_type,
            "stackTrace": error.stack}


def _run_report(exception):
    exception, message = _shown(exception)
    report = {"errorMessage": cut(message), "errorType": type(exception).__name__}
    stack = frames(exception)
    if stack:
        report["stackTrace"] = stack
    return report


def report_failure(text):
    """The record of a failed invocation. What the user's own log handlers raise stops here."""
    try:
        library.load("logging", "getLogger").getLogger().error(text)
    except BaseException:
        pass


def describe(exception):
    """(errorType, error JSON), as bytes, of what user code raised, which is logged."""
    if isinstance(exception, LoadError):
        report = _load_report(exception)
        document = _dump(report)
        report_failure(str(report))
    else:
        report = _run_report(exception)
        document = _dump(report)
        report_failure(document)
    return report["errorType"].encode("utf-8", "backslashreplace"), document.encode("ascii")


def describe_plainly(exception):
    """Its message, as bytes: the part of the report that needs nothing imported."""
    return cut(text_of(exception)).encode("utf-8", "backslashreplace")
