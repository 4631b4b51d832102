"""Streams: each piece is on its way to the caller before the next one is made. In the HTTP mode,
that is; over the Runtime API an answer is one piece."""


def handler(event, context):
    """Server-sent events, one for each line of the event."""
    yield {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}}
    for line in event.decode().splitlines():
        yield "data: %s\n\n" % line.upper()
