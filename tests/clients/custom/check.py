"""Web servers that other people wrote as custom runtimes, and a function on the Go SDK, against a real
`fclocal start`.

usage: check.py BIN_DIR    by a Python that has tests/clients/web_frameworks/requirements.txt
"""

import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fclocal"))

from served import Served  # noqa: E402  (its folder is not a package)

FUNCTION = """\
edition: 3.0.0
resources:
  f:
    component: fc3
    props:
      region: cn-hangzhou
      functionName: f
      runtime: custom.debian12
      code: .
      timeout: {timeout}
      instanceConcurrency: {concurrency}
{more}      triggers:
        - triggerName: web
          triggerType: http
          triggerConfig: {{authType: anonymous, methods: [GET, POST]}}
      customRuntimeConfig:
        port: {port}
        command: {command}
"""
INITIALIZER = "      instanceLifecycleConfig: {initializer: {handler: app.initialize, timeout: 30}}\n"


class Answer:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        """The body."""
        return json.loads(self.body)


class Function:
    """The function `f` of a running fclocal."""

    def __init__(self, fclocal, folder, *options):
        self.served = Served(fclocal, folder, "--no-reload", *options)
        self.name = "f"

    def ask(self, path, body=None, headers=None):
        """Whatever the status."""
        request = urllib.request.Request(self.served.url + path, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def invoke(self, event, **headers):
        """By the Invoke API."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("/2023-03-30/functions/%s/invocations" % self.name, event, names)

    def end(self):
        """Stops it, and looks whether it says that all is over."""
        self.served.end()


def free_port():
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve_custom(fclocal, command, timeout=30, concurrency=1, more=""):
    """A custom runtime with that command, in which PORT stands for its port."""
    with tempfile.TemporaryDirectory(prefix="openfc-custom-") as place:
        folder = pathlib.Path(place) / "app"
        shutil.copytree(HERE / "app", folder)
        port = free_port()
        words = json.dumps([word.replace("PORT", str(port)) for word in command])
        (folder / "s.yaml").write_text(FUNCTION.format(
            timeout=timeout, concurrency=concurrency, more=more, port=port, command=words))
        return Function(fclocal, folder)


class Gunicorn:
    """gunicorn and Flask, as FC's documentation starts them."""

    def __init__(self, fclocal):
        command = [sys.executable, "-m", "gunicorn", "-b", "0.0.0.0:PORT", "-k", "gthread", "--threads",
                   "8", "--keep-alive", "900", "flask_app:app"]
        self._function = serve_custom(fclocal, command, timeout=3, concurrency=8, more=INITIALIZER)
        self.end = self._function.end

    def case_event(self):
        """Reaches the application, and its log its caller."""
        answer = self._function.invoke(b"parcel", x_fc_log_type="Tail")
        assert (answer.status, answer.body) == (200, b"lecrap"), answer.body
        assert b"an event of 6 bytes" in base64.b64decode(answer.headers["X-Fc-Log-Result"])

    def case_failure(self):
        """As x-fc-status tells."""
        answer = self._function.invoke(b"fail")
        assert answer.headers["X-Fc-Error-Type"] == "UnhandledInvocationError", answer.headers
        assert answer.body == b"failed", answer.body

    def case_request(self):
        """As the application would get it without a platform."""
        answer = self._function.ask("/proxy/f/a/b?x=1&x=2", b"field=value")
        assert answer.json() == {"path": "a/b", "query": "x=1&x=2", "form": {"field": "value"},
                                 "host": self._function.served.host}, answer.body

    def case_stream(self):
        """Whole at the end."""
        assert self._function.ask("/proxy/f/stream").body == b"line 0\nline 1\nline 2\n"

    def case_deadline(self):
        """fclocal answers."""
        answer = self._function.invoke(b"sleep")
        assert answer.json()["errorMessage"] == "Function timed out after 3 seconds", answer.body

    def case_death_of_a_worker(self):
        """gunicorn lives on, the call is answered, and the next is served."""
        answer = self._function.invoke(b"exit")
        assert answer.json()["errorType"] == "ProcessExited", answer.body
        assert self._function.invoke(b"parcel").body == b"lecrap"


class Uvicorn:
    """uvicorn and FastAPI."""

    def __init__(self, fclocal):
        command = [sys.executable, "-m", "uvicorn", "asgi_app:app", "--host", "0.0.0.0", "--port", "PORT",
                   "--timeout-keep-alive", "900"]
        self._function = serve_custom(fclocal, command, concurrency=20)
        self.end = self._function.end

    def case_event(self):
        """Reaches the application."""
        assert self._function.invoke(b"parcel").body == b"lecrap"

    def case_large_event(self):
        """Both ways."""
        event = bytes(range(256)) * 4096
        assert self._function.invoke(event).body == event[::-1]

    def case_request(self):
        """With what FastAPI makes of wrong ones."""
        assert self._function.ask("/proxy/f/items/3?q=x").json() == {"item": 3, "q": "x"}
        assert self._function.ask("/proxy/f/items/three").status == 422

    def case_events(self):
        """Server-sent ones."""
        answer = self._function.ask("/proxy/f/events")
        assert answer.headers["Content-Type"].startswith("text/event-stream"), answer.headers
        assert answer.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n", answer.body


class Node:
    """Node's own server."""

    def __init__(self, fclocal):
        self._function = serve_custom(fclocal, ["node", "server.js"], concurrency=20)
        self.end = self._function.end

    def case_event(self):
        """Reaches it."""
        assert self._function.invoke(b"parcel").body == b"lecrap"

    def case_request(self):
        """As it came."""
        assert self._function.ask("/proxy/f/a%20b?x", b"text").json() == {
            "method": "POST", "url": "/a%20b?x", "body": "text"}


class GoSdk:
    """A function on the public Go SDK, which speaks the Runtime API."""

    def __init__(self, fclocal):
        self._place = tempfile.TemporaryDirectory(prefix="openfc-go-")
        folder = pathlib.Path(self._place.name) / "go-function"
        folder.mkdir()
        subprocess.run(["go", "build", "-o", str(folder / "function"), "."],
                       cwd=HERE.parent / "go_sdk", check=True)
        self._function = Function(fclocal, folder, "--bootstrap", "./function", "--code", ".")
        self._function.name = folder.name

    def end(self):
        """Stops it."""
        self._function.end()
        self._place.cleanup()

    def case_event(self):
        """Has its result."""
        assert self._function.invoke(b'{"key": "parcel"}').json() == "parcel for go-function"

    def case_failure(self):
        """Is the function's."""
        answer = self._function.invoke(b'{"fail": true}')
        assert answer.headers["X-Fc-Error-Type"] == "UnhandledInvocationError", answer.headers
        assert answer.json()["errorMessage"] == "asked to fail", answer.body

    def case_death(self):
        """Is answered for, and the next call served."""
        answer = self._function.invoke(b'{"exit": 3}')
        assert answer.json()["errorType"] == "ProcessExited", answer.body
        assert answer.json()["errorMessage"].endswith("exit code 3"), answer.body
        assert self._function.invoke(b'{"key": "next"}').json() == "next for go-function"

    def case_deadline(self):
        """The same."""
        answer = self._function.invoke(b'{"hang": true}')
        assert answer.json()["errorType"] == "FunctionTimeout", answer.body
        assert self._function.invoke(b'{"key": "next"}').json() == "next for go-function"


def run_group(kind, fclocal):
    """(name, fault) of every case of one server; its output when one failed."""
    subject = kind(fclocal)
    results = []
    try:
        for name in vars(kind):
            if not name.startswith("case_"):
                continue
            fault = ""
            try:
                getattr(subject, name)()
            except Exception:  # Of any kind: it is the case's failure.
                fault = traceback.format_exc()
            results.append(("%s.%s" % (kind.__name__, name), fault))
    finally:
        subject.end()
    if any(fault for _, fault in results):
        print("".join(subject._function.served.output)[-8000:])
    return results


def main(bin_folder):
    """The exit code."""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # But Go's modules.
    fclocal = pathlib.Path(bin_folder).resolve() / "fclocal"
    results = []
    for kind in (Gunicorn, Uvicorn, Node, GoSdk):
        results += run_group(kind, fclocal)
    failures = [(name, fault) for name, fault in results if fault]
    for name, fault in failures:
        print("FAILED: %s\n%s" % (name, fault))
    print("custom runtimes: %d passed, %d failed" % (len(results) - len(failures), len(failures)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
