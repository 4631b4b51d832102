"""A custom runtime: a plain HTTP server in the place of the built-in one.

s.yaml.example says how it is started. Events come to POST /invoke; GET /healthz says that it is well.
A layer can bring the greeting, as /opt/greeting.txt.
"""

import http.server
import os
import pathlib

GREETING = pathlib.Path("/opt/greeting.txt")


def greeting():
    return GREETING.read_text().strip() if GREETING.exists() else "hello"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # The platform keeps its connections.

    def do_GET(self):
        self.answer(200 if self.path == "/healthz" else 404, b"")

    def do_POST(self):
        event = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        request_id = self.headers.get("x-fc-request-id", "")
        print("FC Invoke Start RequestId:", request_id, flush=True)
        self.answer(200, "{}, {}".format(greeting(), event or "world").encode())
        print("FC Invoke End RequestId:", request_id, flush=True)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(os.environ.get("FC_CUSTOM_LISTEN_PORT", 9000))
    server = http.server.ThreadingHTTPServer(("0.0.0.0", port), Handler)
    print("listening on port", server.server_port, flush=True)
    server.serve_forever()
