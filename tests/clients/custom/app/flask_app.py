"""A Flask application, as FC's documentation of custom runtimes has one: events, a hook and pages."""

import os
import time

from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.route("/initialize", methods=["POST"])
def initialize():
    print("initialized", flush=True)
    return "OK"


@app.route("/invoke", methods=["POST"])
def invoke():
    request_id = request.headers["x-fc-request-id"]
    print("FC Invoke Start RequestId: " + request_id, flush=True)
    print("an event of %d bytes" % len(request.data), flush=True)
    print("FC Invoke End RequestId: " + request_id, flush=True)
    if request.data == b"fail":
        return Response("failed", status=404, headers={"x-fc-status": "404"})
    if request.data == b"sleep":
        time.sleep(1000)
    if request.data == b"exit":
        os._exit(3)
    return request.data[::-1]


@app.route("/stream")
def stream():
    return Response(("line %d\n" % number for number in range(3)), mimetype="text/plain")


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def page(path):
    return jsonify(path=path, query=request.query_string.decode(), form=request.form.to_dict(),
                   host=request.host)
