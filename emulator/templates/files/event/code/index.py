"""Greets whom the event names."""

import json
import logging


def handler(event, context):
    """`event` is bytes; what is returned becomes JSON."""
    name = json.loads(event)["name"]
    logging.getLogger().info("greeting %s", name)
    return {"greeting": "hello, " + name, "request": context.request_id}
