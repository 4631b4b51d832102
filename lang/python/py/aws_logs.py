"""The log in AWS's dialect: text or JSON, on standard output or framed in a descriptor of the
platform's."""

import json
import logging
import os
import sys
import time
import traceback

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
LEVELS = (logging.NOTSET, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR,
          logging.CRITICAL)
TEXT_MAGIC = 0xA55A0003
JSON_MAGIC = 0xA55A0002
NO_BREAK_SPACE = "\u00a0"

# What a record has by itself. All else is the user's `extra`.
_NOT_EXTRA = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {
    "aws_request_id", "tenant_id"} - {"taskName"}

_current = {"request_id": None, "tenant_id": None}


def set_invocation(request_id, tenant_id):
    """From now on records carry these."""
    _current["request_id"] = request_id
    _current["tenant_id"] = tenant_id


def frame_type(magic, level):
    """The first four bytes of a frame: the format's magic number, the level in the last byte."""
    number = magic if level == logging.NOTSET else magic + 4 * (LEVELS.index(level) + 1)
    return number.to_bytes(4, "big")


def plain_level(record):
    """The record's level, rounded down to one that has a name."""
    return min(logging.CRITICAL, max(logging.NOTSET, record.levelno)) // 10 * 10


class StdoutSink:
    """Writes to what sys.stdout is at that moment, so that a replaced one gets it, too."""

    def log(self, msg, frame_type=None):
        """One text, as it is."""
        sys.stdout.write(msg)

    def log_error(self, lines, magic):
        """The lines of one error, which stay one line in the platform's log."""
        sys.stdout.write("\r".join(lines) + "\n")


class FramedSink:
    """Frames of type, length, microseconds since the epoch, text, into a descriptor."""

    def __init__(self, descriptor):
        self._descriptor = descriptor

    def log(self, msg, frame_type=frame_type(TEXT_MAGIC, logging.NOTSET)):
        """One text in one frame."""
        data = msg.encode("utf-8", "surrogateescape")
        moment = time.time_ns() // 1000
        rest = memoryview(frame_type + len(data).to_bytes(4, "big") + moment.to_bytes(8, "big") +
                          data)
        while rest:
            rest = rest[os.write(self._descriptor, rest):]

    def log_error(self, lines, magic):
        """The lines of one error in one frame."""
        self.log("\n".join(lines), frame_type(magic, logging.ERROR))


class InvocationFilter(logging.Filter):
    """Puts the invocation's ids into each record, for whatever formatter wants them."""

    def filter(self, record):
        """Every record passes."""
        record.aws_request_id = _current["request_id"] or ""
        record.tenant_id = _current["tenant_id"]
        return True


class RecordHandler(logging.Handler):
    """The root logger's handler. `log_sink` is what context.log() writes to."""

    def __init__(self, log_sink, magic=None):
        super().__init__()
        self.log_sink = log_sink
        self._magic = magic  # None: no frame of ours tells the level.
        self.addFilter(InvocationFilter())

    def emit(self, record):
        """Formats and writes it. What goes wrong is raised, as it is with awslambdaric."""
        text = self.format(record)
        if self._magic is None:
            self.log_sink.log(text)
        else:
            self.log_sink.log(text, frame_type(self._magic, plain_level(record)))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def __init__(self):
        super().__init__(datefmt=TIME_FORMAT)
        self._encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def format(self, record):
        """What is None is left out; the attributes of `extra` come last."""
        record.levelno = plain_level(record)
        record.levelname = logging.getLevelName(record.levelno)
        entry = {"timestamp": self.formatTime(record, self.datefmt), "level": record.levelname,
                 "message": _message_of(record), "logger": record.name, **_exception_of(record),
                 "requestId": getattr(record, "aws_request_id", None),
                 "location": _location_of(record),
                 "tenantId": getattr(record, "tenant_id", None)}
        for name, value in record.__dict__.items():
            if name not in _NOT_EXTRA:
                entry.setdefault(name, value)
        return self._encode({name: value for name, value in entry.items()
                             if value is not None}) + "\n"


def _message_of(record):
    return record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage()


def _exception_of(record):
    if not record.exc_info:
        return dict.fromkeys(("stackTrace", "errorType", "errorMessage"))
    error_class, error, trace = record.exc_info
    return {"stackTrace": traceback.format_tb(trace), "errorType": error_class.__name__,
            "errorMessage": str(error)}


def _location_of(record):
    if not record.exc_info:
        return None
    return "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)


class Log:
    """The root logger, set up, and the record of a failed invocation."""

    def __init__(self, is_json, level, descriptor, encode):
        self._is_json = is_json
        self._encode = encode
        self._magic = JSON_MAGIC if is_json else TEXT_MAGIC
        self._sink = StdoutSink() if descriptor is None else FramedSink(descriptor)
        self._configure_root(level)

    def _configure_root(self, level):
        logging.Formatter.converter = time.gmtime
        handler = RecordHandler(self._sink, self._magic if self._is_json or level else None)
        handler.setFormatter(JsonFormatter() if self._is_json else logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
            "%Y-%m-%dT%H:%M:%S"))
        root = logging.getLogger()
        if isinstance(logging.getLevelName(level), int):
            root.setLevel(level)
        root.addHandler(handler)

    def report_failure(self, report):
        """The error document in the log. What the user's own streams raise stops here."""
        try:
            self._sink.log_error(self._json_lines(report) if self._is_json else _text_lines(report),
                                 self._magic)
        except BaseException:
            pass

    def _json_lines(self, report):
        moment = time.strftime(TIME_FORMAT, time.gmtime())
        return [self._encode({"timestamp": moment, "level": "ERROR", **report})]


def _text_lines(report):
    head = ": ".join(part for part in (report["errorType"], report["errorMessage"]) if part)
    lines = ["[ERROR] " + head if head else "[ERROR]", "Traceback (most recent call last):"]
    for entry in report["stackTrace"]:
        lines += [_indented_for_good(line) for line in entry.splitlines()] or [""]
    return lines


def _indented_for_good(line):
    """Blanks at the head of a line that no viewer of logs takes away."""
    text = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(text)) + text
