"""The usual custom runtime: a Flask application with FC's route."""

from flask import Flask, request

app = Flask(__name__)


@app.post("/invoke")
def invoke():
    return request.get_data(), 200, {"x-fc-status": "200"}
