"""A service of fcsandbox, running."""

import http.client
import json
import queue
import re
import signal
import subprocess
import threading

PATIENCE = 60  # Seconds, for what should take one.


class Served:
    """A running `fcsandbox --serve NAME`."""

    def __init__(self, place, name, profile, *more):
        self.lines = queue.Queue()
        self.process = subprocess.Popen(
            [place.folder + "/fcsandbox", "--serve", name, "--port", "0",
             "--isolation=" + profile, "--state", place.state, *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=place.folder,
            **place.as_user())
        threading.Thread(target=self._read_lines, daemon=True).start()
        self.port = self._read_port(name)

    def _read_port(self, name):
        said = ""
        for line in self.process.stderr:  # Libraries may have something to say first.
            said += line
            found = re.search("serving " + name + r" on http://127\.0\.0\.1:(\d+)", line)
            if found:
                return int(found.group(1))
        raise RuntimeError("did not start: " + said)

    def _read_lines(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def await_line(self, verdict):
        """The next line of a run that ended so."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            if line["verdict"] == verdict:
                return line

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method, path, body=None, headers=None):
        """(status, headers in lower case, text)."""
        status, told, content = self.ask_bytes(method, path, body, headers)
        return status, told, content.decode()

    def ask_bytes(self, method, path, body=None, headers=None):
        """The same with what was answered as it is."""
        connection = self.connect()
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def stop_impatiently(self):
        """What it exits with when it is told to again and again."""
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.returncode

    def stop(self):
        """What it exits with."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)
