"""Asks the application itself; `fclocal start` serves it as the platform does. Needs httpx."""

import pathlib
import sys

from fastapi.testclient import TestClient

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "code"))

from app import app  # pylint: disable=wrong-import-position


def test_greets_whom_the_query_names():
    client = TestClient(app)
    assert client.get("/?name=Zoe").json() == {"greeting": "hello, Zoe"}
    assert client.get("/").json() == {"greeting": "hello, world"}


def test_takes_an_event():
    answer = TestClient(app).post("/invoke", content=b"four", headers={"x-fc-request-id": "1-a-b"})
    assert answer.json() == {"received": 4}


def test_knows_no_other_path():
    assert TestClient(app).get("/other").status_code == 404
