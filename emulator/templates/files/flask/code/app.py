"""A web application: requests of the HTTP trigger, and events at /invoke."""

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.get("/")
def greet():
    """Greets whom the query names."""
    return jsonify(greeting="hello, " + request.args.get("name", "world"))


@app.post("/invoke")
def invoke():
    """An event, of another trigger or of the Invoke API: its bytes are the body."""
    request_id = request.headers.get("x-fc-request-id", "")
    # By these two lines the platform knows whose output stands between them.
    print("FC Invoke Start RequestId: " + request_id, flush=True)
    event = request.get_data()
    print("FC Invoke End RequestId: " + request_id, flush=True)
    return jsonify(received=len(event))
