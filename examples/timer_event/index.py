"""A timer trigger: says when it fired and with which payload."""

import json


def handler(event, context):
    timer = json.loads(event)
    return {
        "trigger": timer["triggerName"],
        "fired_at": timer["triggerTime"],
        "payload": timer["payload"],
        "function": context.function.name,
    }
