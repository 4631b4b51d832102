"""The functions of an s.yaml of edition 1."""

import json
import os
import time

STARTED = []


def initialize(context):
    """Once in an instance."""
    STARTED.append(context.request_id)


def echo(event, context):
    """The event, and a line in the log."""
    print("echo of %d bytes" % len(event))
    return event


def fails(event, context):
    """Always."""
    raise ValueError("no " + event.decode())


def sleeps(event, context):
    """Longer than it may, where it may not; or until it is stopped."""
    time.sleep(60)


def passes_on(event, context):
    """A line into the fifo that the event names; who reads it knows that this has run."""
    with open(event.decode(), "w", encoding="utf-8") as fifo:
        fifo.write("%s %s\n" % (context.function.name, context.request_id))


def about(event, context):
    """What the platform tells of a call."""
    return {"request_id": context.request_id, "service": context.service.name,
            "qualifier": context.service.qualifier, "function": context.function.name,
            "region": context.region, "greeting": os.environ["GREETING"], "started": len(STARTED)}


def web(environ, start_response):
    """What came, with a repeated header; the body backwards where one came; /boom fails."""
    path = environ["PATH_INFO"]
    if path == "/boom":
        raise ValueError("asked to fail")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("201 Created", [("X-Two", "a"), ("X-Two", "b"), ("Content-Type", "text/plain"),
                                   ("X-Path", path), ("X-Query", environ["QUERY_STRING"]),
                                   ("X-Method", environ["REQUEST_METHOD"])])
    return [body[::-1] or b"nothing"]
