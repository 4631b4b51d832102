"""The web applications that `fclocal init` writes, built by `fclocal build` from the Python index,
served by the command of their s.yaml and asked over HTTP; their own tests, and the installed plugin.

usage: check.py BIN_DIR PLUGIN_FOLDER, by a Python with a pip
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import venv

TEMPLATES = ("flask", "fastapi")


def run(*words, **options):
    """Runs a program to its end, which must be a good one; gives what it printed."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)
    assert done.returncode == 0, "%s:\n%s" % (" ".join(words), done.stdout.decode())
    return done.stdout.decode()


def free_port():
    """A port that nobody has; somebody could take it before it is used, and the check would fail."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def command_of(folder):
    """The words of the command in its s.yaml."""
    with open(os.path.join(folder, "s.yaml"), encoding="utf-8") as file:
        words = re.search(r"command: \[(.*)\]", file.read()).group(1)
    return [word.strip().strip('"') for word in words.split(",")]


class Served:
    """An application, served as in an instance: in its code folder, told its port."""

    def __init__(self, folder):
        code = os.path.join(folder, "code")
        self._port = free_port()
        environment = dict(os.environ, PYTHONUSERBASE=os.path.join(code, ".s/python"),
                           FC_CUSTOM_LISTEN_PORT=str(self._port))
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(command_of(folder), cwd=code, env=environment,
                                         stdout=self._log, stderr=subprocess.STDOUT,
                                         start_new_session=True)

    def __enter__(self):
        while True:
            assert self._process.poll() is None, "it ended:\n" + self.log()
            try:
                self.ask("GET", "/")
                return self
            except ConnectionRefusedError:
                continue

    def __exit__(self, *_):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def log(self):
        """What it has printed."""
        self._log.seek(0)
        return self._log.read().decode()

    def ask(self, method, path, body=None):
        """The status and the body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request(method, path, body, {"x-fc-request-id": "1-a-b"})
        answer = connection.getresponse()
        return answer.status, answer.read()


def check_serves(folder):
    """Requests and an event."""
    with Served(folder) as served:
        status, body = served.ask("GET", "/?name=Zoe")
        assert (status, json.loads(body)) == (200, {"greeting": "hello, Zoe"}), body
        status, body = served.ask("POST", "/invoke", b"\x00\xff event")
        assert (status, json.loads(body)) == (200, {"received": 8}), body
        assert served.ask("GET", "/other")[0] == 404
        log = served.log()
        assert "FC Invoke Start RequestId: 1-a-b" in log and "FC Invoke End RequestId: 1-a-b" in log, log


def check_builds(fclocal, folder):
    """From the index; then, without one, nothing is to be done."""
    said = run(fclocal, "build", cwd=folder)
    assert "installed into" in said, said
    again = run(fclocal, "build", cwd=folder, env=dict(os.environ, PIP_NO_INDEX="1"))
    assert "is up to date" in again, again
    lock = os.path.join(folder, "code/requirements.lock")
    with open(lock, encoding="utf-8") as file:
        assert "--hash=sha256:" in file.read()
    # The same again, by its hashes.
    said = run(fclocal, "build", "--force", cwd=folder)
    assert "installed into" in said, said


def make_tester(place, plugin):
    """A Python with pytest, our plugin as it is installed, and what the tests need."""
    venv.create(place, with_pip=True)
    python = os.path.join(place, "bin/python3")
    run(python, "-m", "pip", "install", "-q", "--no-cache-dir", "--disable-pip-version-check", "httpx",
        plugin)
    return python


def check(fclocal, plugin, folder):
    """Every template."""
    tester = make_tester(os.path.join(folder, "tester"), plugin)
    for name in TEMPLATES:
        place = os.path.join(folder, name)
        run(fclocal, "init", place, "--template", name)
        check_builds(fclocal, place)
        check_serves(place)
        run(tester, "-m", "pip", "install", "-q", "--no-cache-dir", "--disable-pip-version-check",
            "-r", os.path.join(place, "code/requirements.txt"))
        run(tester, "-m", "pytest", "-q", place)
        print("%s: built, served, tested" % name)
    event = os.path.join(folder, "event")
    run(fclocal, "init", event)
    said = run(tester, "-m", "pytest", "-q", event, "--fclocal", fclocal)
    assert "2 passed" in said, said
    print("the plugin, installed: its entry point is found")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as here:
        # A copy, since building leaves files beside the sources.
        package = os.path.join(here, "plugin")
        run("cp", "-r", os.path.abspath(sys.argv[2]), package)
        check(os.path.abspath(os.path.join(sys.argv[1], "fclocal")), package, here)
