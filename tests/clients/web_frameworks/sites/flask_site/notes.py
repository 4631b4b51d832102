"""A blueprint: pages of notes, and who reads them."""

from flask import (Blueprint, abort, flash, make_response, redirect, render_template, request,
                   session, url_for)
from flask.views import MethodView

pages = Blueprint("notes", __name__)
_notes = ["first <note>"]


@pages.before_request
def count():
    session["visits"] = session.get("visits", 0) + 1


@pages.get("/")
def index():
    return render_template("notes.html", notes=_notes, visits=session["visits"])


@pages.post("/")
def add():
    if not request.form.get("text"):
        flash("A note has a text.")
    else:
        _notes.append(request.form["text"])
    return redirect(url_for("notes.index"))


@pages.get("/preferences")
def preferences():
    response = make_response("kept", 201)
    response.set_cookie("colour", "green", max_age=60, httponly=True, samesite="Lax")
    response.set_cookie("size", "\u00fc;,", path="/preferences")
    response.delete_cookie("old")
    return response


class Note(MethodView):
    """A note as a resource."""

    def get(self, number):
        return {"text": self._find(number)}

    def put(self, number):
        self._find(number)
        _notes[number] = request.get_json()["text"]
        return "", 204

    def _find(self, number):
        if number >= len(_notes):
            abort(404, "There is no such note.")
        return _notes[number]


pages.add_url_rule("/notes/<int:number>", view_func=Note.as_view("note"))
