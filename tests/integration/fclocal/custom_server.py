"""The web server of a custom runtime, which does what the event says.

usage: custom_server.py [HOST]    (the port is FC_SERVER_PORT)
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body, status=200, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def describe(self, body):
        return json.dumps({"method": self.command, "path": self.path, "body": body.decode("latin-1"),
                           "headers": {k.lower(): v for k, v in self.headers.items()},
                           "pid": os.getpid(), "port": os.environ["PORT"],
                           "listen": os.environ["FC_CUSTOM_LISTEN_PORT"],
                           "api": os.environ.get("FC_RUNTIME_API"), "folder": os.getcwd(),
                           "processors": len(os.sched_getaffinity(0)),
                           "peer": self.client_address[1]}).encode()

    def do_stream(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(int(self.path.rsplit("=", 1)[1])):
            self.chunk(b"data: %d\n\n" % number)
            open("gate").read()
        self.wfile.write(b"0\r\n\r\n")

    def do_flood(self, _):
        """Until the other side closes."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.chunk(b"x" * 65536)
        except OSError:
            print("flood ended", flush=True)
        self.close_connection = True

    def do_quiet(self, _):
        """One event, and nothing until the other side closes."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk(b"data: only\n\n")
        self.rfile.read(1)
        print("quiet ended", flush=True)
        self.close_connection = True

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def serve(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        word = self.path.split("?")[0].strip("/") if body == b"" else body.decode("latin-1")
        getattr(self, "do_" + word.replace("-", "_"), self.do_describe)(body)

    def do_describe(self, body):
        self.answer(self.describe(body))

    def do_initialize(self, _):
        print("initialized by", self.command, self.headers["x-fc-control-path"], flush=True)
        status = int(os.environ.get("INIT_STATUS", "200"))
        self.answer(b"" if status == 200 else b"no database", status)

    def do_pre_stop(self, _):
        print("pre-stop by", self.command, self.headers["x-fc-control-path"], flush=True)
        self.answer(b"")

    def do_pre_freeze(self, _):
        print("pre-freeze by", self.command, self.headers["x-fc-control-path"], flush=True)
        self.answer(b"")

    def do_healthz(self, _):
        self.answer(b"", 500 if os.path.exists("unwell-" + str(os.getpid())) else 200)

    def do_unwell(self, _):
        open("unwell-" + str(os.getpid()), "w").close()
        self.answer(str(os.getpid()).encode())

    def do_log(self, _):
        print("FC Invoke Start RequestId:", self.headers["x-fc-request-id"], flush=True)
        print("said", flush=True)
        print("FC Invoke End RequestId:", self.headers["x-fc-request-id"], flush=True)
        self.answer(b"")

    def do_failed(self, _):
        self.answer(b"why", 404, [("x-fc-status", "404")])

    def do_teapot(self, _):
        self.answer(b"tea", 418, [("X-Own", "1")])

    def do_broken(self, _):
        self.answer(b"broken", 503)

    def do_odd(self, _):
        self.answer(b"odd", 201, [("X-Own", "1"), ("X-Own", "2"), ("x-fc-own", "3"), ("Keep-Alive", "4")])

    def do_cached(self, _):
        self.send_response(304)
        self.end_headers()

    def do_empty(self, _):
        self.send_response(204)
        self.end_headers()

    def do_heavy(self, _):
        self.answer(b"", 200, [("X-Heavy", "x" * 5000), ("X-Heavier", "x" * 5000)])

    def do_large(self, _):
        self.answer(b"x" * (33 << 20))

    def do_exit(self, _):
        os._exit(3)

    def do_answer_and_exit(self, _):
        self.answer(b"last words")
        self.wfile.flush()
        os._exit(0)

    def do_close(self, _):
        self.close_connection = True

    def do_sleep(self, _):
        print("sleeping", flush=True)
        time.sleep(1000)

    def do_wait(self, _):
        print("waiting", flush=True)
        open("gate").read()
        self.answer(b"waited")

    def do_eat(self, _):
        self.eaten = b"x" * (300 << 20)
        time.sleep(1000)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = serve

    def log_message(self, *_):
        pass


ThreadingHTTPServer((sys.argv[1] if len(sys.argv) > 1 else "0.0.0.0", int(os.environ["FC_SERVER_PORT"])),
                    Handler).serve_forever()
