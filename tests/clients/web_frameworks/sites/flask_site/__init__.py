"""A Flask application as its tutorial builds one: a factory, blueprints, templates, a session."""

import hashlib

from flask import Flask, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from flask_site import notes, streams


class OutOfStock(Exception):
    """An error that the application has a page for."""


def create_app():
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY="of no use", MAX_CONTENT_LENGTH=4 << 20)
    app.register_blueprint(notes.pages)
    app.register_blueprint(streams.pages, url_prefix="/streams")
    app.add_url_rule("/environ", view_func=show_environ, methods=["GET", "POST", "PATCH"])
    app.add_url_rule("/upload", view_func=upload, methods=["POST"])
    app.add_url_rule("/stock/<int:number>", view_func=stock)
    app.add_url_rule("/broken", view_func=lambda: {}["missing"])
    app.register_error_handler(OutOfStock, lambda error: (jsonify(left=error.args[0]), 409))
    app.register_error_handler(HTTPException, show_error)
    app.after_request(sign)
    return app


def show_environ():
    """What of the request reaches the application."""
    own = {name: value for name, value in request.environ.items()
           if name.startswith("HTTP_") or name in (
               "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE",
               "CONTENT_LENGTH", "SERVER_PROTOCOL", "REMOTE_ADDR", "wsgi.url_scheme")}
    return jsonify(environ=own, url=request.url, arguments=request.args.to_dict(flat=False),
                   body=request.get_data(as_text=True))


def upload():
    """Two files and a field."""
    found = {name: [file.filename, file.mimetype, hashlib.sha256(file.read()).hexdigest()]
             for name, file in request.files.items()}
    return jsonify(files=found, fields=request.form.to_dict(flat=False))


def stock(number):
    if number == 0:
        raise OutOfStock(number)
    return {"left": number}, 200, {"X-Shelf": "na\u00efve"}


def show_error(error):
    return render_template("error.html", error=error), error.code


def sign(response):
    response.headers["X-Signed"] = request.endpoint or "nobody"
    return response


app = create_app()
