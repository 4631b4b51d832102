"""The functions of an s.yaml of edition 3."""

import base64
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
    return {"request_id": context.request_id, "qualifier": context.service.qualifier,
            "function": context.function.name, "region": context.region,
            "greeting": os.environ["GREETING"], "started": len(STARTED)}


def web(event, context):
    """The trigger's event as it came; at /bytes the body backwards, whatever its bytes."""
    request = json.loads(event)
    if request["rawPath"] == "/boom":
        raise ValueError("asked to fail")
    if request["rawPath"] != "/bytes":
        return {"statusCode": 201, "headers": {"Content-Type": "application/json", "X-Own": "b"},
                "body": json.dumps(request)}
    body = request["body"]
    body = base64.b64decode(body) if request["isBase64Encoded"] else body.encode()
    return {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "isBase64Encoded": True,
            "body": base64.b64encode(body[::-1]).decode()}
