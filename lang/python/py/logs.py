"""The root logger: one handler, records in FC's form (fc-runtime-api.md, section 6)."""

import logging
import sys
import time

from _openfc import request, streams

FRAME_MAGIC = b"\xed\xdb\xac\x9b"
MAX_RECORD_BYTES = 128 * 1024
STDOUT_FD = 1


class RecordFormatter(logging.Formatter):
    """`2026-01-02T03:04:05.678Z REQUEST-ID [LEVEL] message`, in UTC."""

    def formatMessage(self, record):
        return "%s %s [%s] %s" % (self.time_of(record), self.request_id_of(record),
                                  record.levelname, record.message)

    def time_of(self, record):
        """`2026-01-02T03:04:05.678Z`."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return "%s.%03dZ" % (moment, record.msecs)

    def request_id_of(self, record):
        """The id of the invocation that the record belongs to."""
        return request.id_of(record)


def cut_text(data, most):
    """Of UTF-8 so many bytes at most, whole characters. What is no UTF-8 is cut anywhere."""
    for end in range(most, most - 4, -1):
        if data[end] & 0xC0 != 0x80:  # Where a character begins.
            return data[:end]
    return data[:most]


def frame(text, cut):
    """One framed record: magic, length in four bytes, the text with its newline, cut to what the
    platform takes."""
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > MAX_RECORD_BYTES:
        data = cut(data, MAX_RECORD_BYTES - 1) + b"\n"
    return FRAME_MAGIC + len(data).to_bytes(4, "big") + data


class StdoutHandler(logging.Handler):
    """Writes to what sys.stdout is at that moment, so that a replaced one gets the records too."""

    def __init__(self, is_framed, formatter):
        super().__init__()
        self.is_framed = is_framed
        self.setFormatter(formatter)

    def emit(self, record):
        try:
            self._write(self.format(record) + "\n", sys.stdout)
        except Exception:
            self.handleError(record)

    def _write(self, text, stream):
        if stream is None:
            return
        if self.is_framed and _is_process_stdout(stream):
            stream.flush()
            cut = getattr(self.formatter, "cut", cut_text)  # Another one may have been set.
            streams.write_whole(STDOUT_FD, frame(text, cut))
        else:
            stream.write(text)
            stream.flush()


def _is_process_stdout(stream):
    """Whether it ends in the descriptor that the platform reads; a StringIO does not."""
    try:
        return stream.fileno() == STDOUT_FD
    except (AttributeError, OSError, ValueError):
        return False


def configure(level, is_framed, formatter):
    """Once, before any user code. A level that logging does not know is INFO."""
    number = logging.getLevelName(level)
    root = logging.getLogger()
    root.setLevel(number if isinstance(number, int) else logging.INFO)
    root.addHandler(StdoutHandler(is_framed, formatter))
