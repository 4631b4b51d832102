"""Invokes the function of s.yaml with requests, as an HTTP trigger does."""

import json


def request(fclocal, method, path="/", **fields):
    """The status, and what the body says as JSON."""
    done = fclocal.invoke(fclocal.event("http", method=method, path=path, **fields))
    assert done.ok, done
    return done.json()["statusCode"], json.loads(done.json()["body"])


def test_greets_whom_the_query_names(fclocal):
    assert request(fclocal, "GET", query={"name": "Zoe"}) == (200, {"greeting": "hello, Zoe"})
    assert request(fclocal, "GET") == (200, {"greeting": "hello, world"})


def test_takes_a_body(fclocal):
    assert request(fclocal, "POST", body="four") == (200, {"received": 4})


def test_knows_no_other_path(fclocal):
    assert request(fclocal, "GET", "/other") == (404, {"error": "there is no /other here"})
