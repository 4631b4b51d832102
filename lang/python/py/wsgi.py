"""HTTP functions: one request through a WSGI application (fc-runtime-api.md, section 5)."""

import binascii
import io
import json
import os
import sys

_BYTES = (bytes, bytearray, memoryview)


def call(application, params, body, context, handler):
    """(body, encoded params or None) of what the application makes of the request."""
    environ = make_environ(json.loads(binascii.a2b_base64(params)), body)
    environ["fc.context"] = context
    environ["HTTP_X_FC_FUNCTION_HANDLER"] = handler
    start = StartResponse()
    parts = drain(application(environ, start))
    # Only now: the application may start its response while it is drained, and write to it.
    return b"".join(start.written + parts), start.encoded_params()


def make_environ(request, body):
    """The process's variables and, above them, the request's."""
    method, path = request.get("method"), request.get("path")
    if not method:
        raise Exception("request method or path is empty")
    uri = request.get("requestURI") or ""
    environ = dict(os.environ)
    environ.update(_headers(request.get("headersMap") or {}))
    content_type = environ.pop("HTTP_CONTENT_TYPE", None)
    environ.update({
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _native(path or "/"),
        "QUERY_STRING": _native(uri.partition("?")[2]),
        "CONTENT_TYPE": content_type or "application/octet-stream",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": request.get("clientIP") or "",
        "SERVER_NAME": "FCRUNTIME",
        "SERVER_PORT": "9000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "FCRUNTIME/1.0",
        "HTTP": "on",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "fc.request_uri": uri,
    })
    return environ


def _headers(headers):
    """HTTP_*; a name that comes in several spellings has the values of all of them."""
    values = {}
    for name, some in headers.items():
        key = "HTTP_" + name.upper().replace("-", "_")
        values.setdefault(key, []).extend(map(_native, some or ()))
    return {key: ",".join(some) for key, some in values.items()}


def _native(text):
    """Text as WSGI wants it: one character per byte of UTF-8 (PEP 3333)."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


class StartResponse:
    """What an application calls to begin its response; the last call counts."""

    def __init__(self):
        self.written = []
        self._status = None
        self._headers = []

    def __call__(self, status, headers, exc_info=None):
        # exc_info has no say: nothing is sent before the application is done.
        self._status = _text(status, "the status")
        self._headers = [(_text(name, "a response header's name"),
                          _text(value, "the value of the response header %s" % (name,)))
                         for name, value in headers]
        return self._write

    def _write(self, data):
        self.written.append(as_bytes(data))

    def encoded_params(self):
        """Status and headers as x-fc-http-params; None when the response was never started."""
        if self._status is None:
            return None
        headers = {}
        for name, value in self._headers:
            headers.setdefault(name, []).append(value)
        params = {"status": int(self._status.split(" ")[0]), "headersMap": headers}
        return binascii.b2a_base64(json.dumps(params).encode("ascii"), newline=False)


def _text(value, what):
    """It is a str, as PEP 3333 has it; otherwise the application's mistake."""
    if not isinstance(value, str):
        raise TypeError("%s must be a str, not %s" % (what, type(value).__name__))
    return value


def drain(result):
    """All of what an application returned, as a list of bytes; the result is closed."""
    if isinstance(result, (str,) + _BYTES):
        return [as_bytes(result)]
    if result is None:
        raise Exception("invalid response type")
    try:
        parts = [as_bytes(part) for part in result]
    except BaseException:
        close_quietly(result)
        raise
    close = getattr(result, "close", None)
    if close is not None:
        close()
    return parts


def as_bytes(part):
    """A part of a response, as it goes out."""
    if isinstance(part, str):
        return part.encode("utf-8")
    if isinstance(part, _BYTES):
        return bytes(part)
    raise TypeError("a part of the response is of type %s, but must be bytes or str" %
                    type(part).__name__)


def close_quietly(result):
    """After a failure, which is what the caller gets to know."""
    try:
        result.close()
    except BaseException:
        pass
