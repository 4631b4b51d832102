"""One HTTP request through a WSGI application (PEP 3333), in the HTTP mode. A response in one piece
is sent whole, any other one piece by piece."""

import io
import sys

from _openfc import context, streams, wsgi

_BUFFER_BYTES = 64 * 1024

# What every environ begins with, in this order. The request's own values take the places of None.
_common = dict.fromkeys((
    "REQUEST_METHOD", "SERVER_PROTOCOL", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING",
    "fc.request_uri", "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "REMOTE_PORT", "wsgi.input",
    "wsgi.errors", "fc.context"))
_common.update({
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input_terminated": True,  # It ends by itself, also without a Content-Length.
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
})


def configure(is_concurrent):
    """Once, when it is known."""
    _common["wsgi.multithread"] = is_concurrent


def adopt():
    """This process is one of several that serve the same application."""
    _common["wsgi.multiprocess"] = True


def serve(application, exchange, make_context):
    """Answers the request; `make_context(exchange)` makes its context. Raises what the application
    does, and what is wrong with its response; what had been begun is not finished then."""
    response = Response(exchange)
    result = application(make_environ(exchange, make_context), response.start)
    try:
        response.send(result)
    except BaseException:
        wsgi.close_quietly(result)
        raise
    close = getattr(result, "close", None)
    if close is not None:
        close()


def make_environ(exchange, make_context):
    """What the application is called with."""
    environ, body = exchange.environ(_common)
    environ["wsgi.input"] = io.BufferedReader(
        Body(exchange), _BUFFER_BYTES) if body is None else io.BytesIO(body)
    environ["wsgi.errors"] = sys.stderr
    environ["fc.context"] = context.LazyContext(exchange, make_context)
    return environ


class Body(io.RawIOBase):
    """The body of a request, as it comes."""

    def __init__(self, exchange):
        super().__init__()
        self._exchange = exchange
        self._rest = memoryview(b"")
        self._is_over = False

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self._rest and not self._is_over:
            self._rest = memoryview(self._exchange.read())
            self._is_over = not self._rest
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


class Response:
    """What the application says of its response, on its way out."""

    def __init__(self, exchange):
        self._exchange = exchange
        self._length = None  # Its Content-Length.
        self._is_started = self._is_begun = self._is_over = False

    def start(self, status, headers, exc_info=None):
        """start_response of PEP 3333."""
        if exc_info:
            try:
                if self._is_begun or self._is_over:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._is_started:
            raise AssertionError("start_response was called again without exc_info")
        if not isinstance(status, str):
            raise TypeError("the status must be a str, not %s" % type(status).__name__)
        if not isinstance(headers, list):
            raise TypeError("the headers must be a list, not %s" % type(headers).__name__)
        self._exchange.start(int(status.split(" ", 1)[0]), headers)
        self._length = _content_length(headers)
        self._is_started = True
        return self._write

    def send(self, result):
        """All of what the application returned."""
        if result is None:
            raise Exception("invalid response type")
        if isinstance(result, (str, bytes)):
            self._send_rest(wsgi.as_bytes(result))
        elif isinstance(result, (list, tuple)) or getattr(result, "streaming", None) is False:
            self._send_rest(b"".join(map(wsgi.as_bytes, result)))  # Django says whether it streams.
        else:
            self._send_parts(result)

    def _send_parts(self, parts):
        for part in parts:
            part = wsgi.as_bytes(part)
            if not part or self._is_over:
                continue  # To its end: there may be work after the last piece.
            if len(part) == self._length and not self._is_begun:
                self._send_whole(part)
            elif not self._write_part(part):
                return
        if not self._is_over:
            self._send_rest(b"")

    def _send_rest(self, body):
        if self._is_begun:
            if self._write_part(body):
                streams.flush()
                self._exchange.finish()
        else:
            self._send_whole(body)

    def _send_whole(self, body):
        self._require_start()
        self._is_over = True
        streams.flush()
        self._exchange.send(body)

    def _write(self, data):
        self._write_part(wsgi.as_bytes(data))

    def _write_part(self, data):
        """Whether anybody is there to write to."""
        if not self._is_begun:
            self._require_start()
            self._is_begun = True
            self._exchange.begin()
        return not data or self._exchange.write(data)

    def _require_start(self):
        if not self._is_started:
            raise RuntimeError("the application did not call start_response")


def _content_length(headers):
    for name, value in headers:
        if name.lower() == "content-length":
            return int(value)
    return None
