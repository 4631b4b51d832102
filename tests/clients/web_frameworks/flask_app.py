"""A Flask application as a handler: flask_app.app."""

import hashlib

from flask import Flask, Response, jsonify, make_response, redirect, request

app = Flask(__name__)
# Of this one an exception is the function's, and not a page of Flask's.
strict = Flask("strict")
strict.config["PROPAGATE_EXCEPTIONS"] = True


@app.get("/hello/<name>")
def hello(name):
    return jsonify(name=name, query=request.args.to_dict(flat=False), cookie=request.cookies.get("a"),
                   address=request.remote_addr, id=request.environ["fc.context"].request_id)


@app.post("/form")
def form():
    return jsonify(request.form.to_dict(flat=False))


@app.post("/upload")
def upload():
    return hashlib.sha256(request.files["file"].read()).hexdigest()


@app.put("/echo")
def echo():
    return Response(request.get_data(), mimetype=request.content_type)


@app.get("/cookies")
def cookies():
    response = make_response("cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


@app.get("/stream")
def stream():
    response = Response(("part %d\n" % number for number in range(1000)), mimetype="text/plain")
    response.call_on_close(lambda: print("stream closed"))
    return response


@app.get("/away")
def away():
    return redirect("/hello/you")


@app.get("/boom")
@strict.get("/boom")
def boom():
    raise KeyError("boom")
