"""The platform's side of one instance: hands requests to a bootstrap, and takes what it posts."""

import base64
import collections
import http.server
import json
import os
import queue
import subprocess
import threading

Answer = collections.namedtuple("Answer", "is_error params body")


class Platform(http.server.ThreadingHTTPServer):
    """The Runtime API on 127.0.0.1. Each request is a call of serve()."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = queue.Queue()
        self.answers = queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Nothing: at the end the runtime is killed in its poll."""

    def address(self):
        return "127.0.0.1:%d" % self.server_port


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection of the runtime."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        headers, body = self.server.requests.get()
        self._answer(headers, body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        encoded = self.headers.get("x-fc-http-params")
        params = json.loads(base64.b64decode(encoded)) if encoded else None
        self._answer({}, b"")
        self.server.answers.put(Answer(self.path.endswith("/error"), params, body))

    def _answer(self, headers, body):
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Nothing: what counts is what is posted."""


class Instance:
    """A bootstrap that runs the code of a folder, with more folders to import from."""

    def __init__(self, bootstrap, code, import_path, log):
        self._platform = Platform()
        environment = dict(os.environ, FC_RUNTIME_API=self._platform.address(),
                           FC_FUNC_CODE_PATH=code, PYTHONPATH=import_path,
                           PYTHONDONTWRITEBYTECODE="1")
        self._process = subprocess.Popen([bootstrap], env=environment, stdout=log, stderr=log)
        self._count = 0

    def serve(self, handler, method, path, query="", headers=None, body=b""):
        """What the function posts for one request; an exception when it posts nothing."""
        self._count += 1
        uri = path + ("?" + query if query else "")
        params = {"method": method, "path": path, "requestURI": uri, "clientIP": "10.0.0.9",
                  "headersMap": dict({"Host": ["example.com"]}, **(headers or {}))}
        self._platform.requests.put(({
            "x-fc-request-id": "r-%d" % self._count,
            "x-fc-function-handler": handler,
            "x-fc-http-params": base64.b64encode(json.dumps(params).encode()).decode(),
        }, body))
        return self._platform.answers.get(timeout=60)

    def end(self):
        self._process.kill()
        self._process.wait()
