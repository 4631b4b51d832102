"""Answers requests of an HTTP trigger."""

import base64
import json


def answer(status, body):
    """What the trigger sends to the client."""
    return {"statusCode": status, "headers": {"Content-Type": "application/json"},
            "body": json.dumps(body)}


def body_of(request):
    """The request's body, as bytes."""
    body = request.get("body", "")
    return base64.b64decode(body) if request.get("isBase64Encoded") else body.encode()


def handler(event, context):
    """`event` is the request, as JSON."""
    request = json.loads(event)
    method, path = request["requestContext"]["http"]["method"], request["rawPath"]
    if path != "/":
        return answer(404, {"error": "there is no %s here" % path})
    if method == "POST":
        return answer(200, {"received": len(body_of(request))})
    name = request.get("queryParameters", {}).get("name", "world")
    return answer(200, {"greeting": "hello, " + name})
