"""A blueprint: responses that are made while they are read, and bodies that are read as they come."""

import hashlib
import threading

from flask import Blueprint, Response, request, send_file, stream_with_context

pages = Blueprint("streams", __name__)
_go, _closed = threading.Event(), threading.Event()


@pages.get("/gated")
def gated():
    """The second piece is made when somebody has asked for it."""
    @stream_with_context
    def pieces():
        yield "data: first of %s\n\n" % request.args["name"]
        _go.wait(20)
        yield "data: second\n\n"
    return Response(pieces(), mimetype="text/event-stream")


@pages.post("/go")
def go():
    _go.set()
    return ""


@pages.get("/endless")
def endless():
    def pieces():
        try:
            while True:
                yield b"more" * 4096
        finally:
            _closed.set()
    return Response(pieces(), mimetype="application/octet-stream")


@pages.get("/closed")
def closed():
    """Whether the endless one was closed."""
    return {"closed": _closed.wait(20)}


@pages.get("/breaks")
def breaks():
    def pieces():
        yield "begun"
        raise KeyError("broken in the middle")
    return Response(pieces())


@pages.post("/digest")
def digest():
    """Of a body in pieces."""
    found, length = hashlib.sha256(), 0
    for piece in iter(lambda: request.stream.read(10_000), b""):
        found.update(piece)
        length += len(piece)
    return {"sha256": found.hexdigest(), "length": length}


@pages.get("/file")
def file():
    return send_file(__file__, mimetype="text/x-python", conditional=True)
