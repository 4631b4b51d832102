"""The server of the console page in small: its assets, and its API over functions of this process."""

import base64
import contextlib
import http.server
import io
import json
import pathlib
import socket
import threading
import time
import traceback
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[3]
ASSETS = ROOT / "emulator" / "console" / "assets"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript",
         ".svg": "image/svg+xml"}
TOKEN = "fake-token"


def now_ms():
    return int(time.time() * 1000)


class FakePlatform(http.server.ThreadingHTTPServer):
    """Serves `functions`, {name: handler}, on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, functions, more=None, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.token = TOKEN
        self.connections = set()
        self.functions = functions
        self.more = more or {}  # Lists that the API gives in place of its own.
        self.changed = threading.Condition()
        self.invocations = []
        self.logs = {}
        self.instances = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/" % self.server_port

    def handle_error(self, request, client_address):
        """Nothing: pages go away while they wait."""

    def end(self):
        """Is gone, with its connections, as after Ctrl-C."""
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def list_functions(self):
        if "functions" in self.more:
            return self.more["functions"]
        return [{"name": name, "service": "", "runtime": "python3.10", "handler": "index." + name,
                 "memoryMb": 256, "timeoutS": 10, "concurrency": 1, "http": name == "hello",
                 "url": self.url + "hello/" if name == "hello" else None,
                 "timers": [{"name": "tick", "expression": "0 0 12 * * *", "next": now_ms()}]
                           if name == "hello" else []} for name in self.functions]

    def invoke(self, name, event, kind="sync"):
        """Calls the handler, and keeps what the page may ask for."""
        began, log = time.monotonic(), io.StringIO()
        request_id = "1-%08x-%024x" % (now_ms() // 1000, len(self.logs))
        print("FC Invoke Start RequestId:", request_id, file=log)
        ok, error_type, suffix = True, "", ""
        try:
            with contextlib.redirect_stdout(log):
                result = self.functions[name](event, None)
            result = result if isinstance(result, bytes) else (
                result if isinstance(result, str) else json.dumps(result)).encode()
        except Exception as error:  # What a handler raises is its result.
            ok, error_type, suffix = False, type(error).__name__, ", Error: Unhandled function error"
            result = json.dumps({"errorMessage": str(error), "errorType": error_type}).encode()
            print("[ERROR]", traceback.format_exc(), file=log)
        print("FC Invoke End RequestId: " + request_id + suffix, file=log)
        ms = (time.monotonic() - began) * 1000
        instance = self.use_instance(name)
        self.keep(request_id, name, instance, ms, ok, error_type, kind, log.getvalue())
        return {"requestId": request_id, "ok": ok, "errorType": error_type, "durationMs": ms,
                "billedDurationMs": int(ms) + 1, "maxMemoryUsedMb": 21, "instanceId": instance["id"],
                "log": log.getvalue(), **_encoded(result)}

    def use_instance(self, name):
        instance = self.instances.setdefault(name, {
            "id": "c-%s-%04d" % (name, len(self.instances)), "function": name, "state": "ready",
            "inFlight": 0, "memoryBytes": 21 << 20, "peakMemoryBytes": 30 << 20, "invocations": 0,
            "startedAt": now_ms(), "pid": 4711 + len(self.instances)})
        instance["invocations"] += 1
        return instance

    def keep(self, request_id, name, instance, ms, ok, error_type, kind, log):
        with self.changed:
            self.logs[request_id] = log
            self.invocations.append({
                "seq": len(self.invocations) + 1, "requestId": request_id, "function": name,
                "instanceId": instance["id"], "startedAt": now_ms(), "durationMs": ms, "ok": ok,
                "errorType": error_type, "coldStart": instance["invocations"] == 1, "kind": kind})
            self.changed.notify_all()

    def newer(self, after):
        with self.changed:
            self.changed.wait_for(lambda: len(self.invocations) > after, timeout=20)
            return {"last": len(self.invocations), "invocations": self.invocations[after:]}


def _encoded(result):
    try:
        return {"result": result.decode(), "resultEncoding": "utf-8"}
    except UnicodeDecodeError:
        return {"result": base64.b64encode(result).decode(), "resultEncoding": "base64"}


SAMPLES = [{"type": "timer", "text": json.dumps({"triggerTime": "2026-01-01T12:00:00Z",
                                                 "triggerName": "tick", "payload": "noon"})},
           {"type": "tablestore", "base64": base64.b64encode(b"\xa2gVersion\xff\x00").decode()}]


class Handler(http.server.BaseHTTPRequestHandler):
    """One request: an asset, or a call of the API."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self):
        super().finish()
        self.server.connections.discard(self.connection)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/" or (ASSETS / pathlib.PurePath(path).name).is_file():
            self.send_asset("console.html" if path == "/" else pathlib.PurePath(path).name)
        elif self.may_ask():
            self.answer(self.read(path.split("/")[2:], dict(urllib.parse.parse_qsl(query))))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        path, _, query = self.path.partition("?")
        parts = [urllib.parse.unquote(part) for part in path.split("/")[2:]]
        if not self.may_ask():
            return
        if parts[0] == "instances":
            found = [name for name, one in self.server.instances.items() if one["id"] == parts[1]]
            self.server.instances.pop(found[0])
            self.answer({})
        elif parts[1] not in self.server.functions:
            self.answer({"error": "there is no function " + parts[1]}, 404)
        elif "async=1" in query:
            answer = self.server.invoke(parts[1], body, "async")
            self.answer({"requestId": answer["requestId"]}, 202)
        else:
            self.answer(self.server.invoke(parts[1], body))

    def read(self, parts, query):
        server = self.server
        if parts == ["functions"]:
            return {"functions": server.list_functions()}
        if parts == ["events"]:
            return {"events": server.more.get("events", SAMPLES)}
        if parts == ["instances"]:
            return {"instances": server.more.get("instances", list(server.instances.values()))}
        if parts == ["invocations"]:
            return server.newer(int(query["after"]))
        return {"log": server.logs[parts[1]], "truncated": False}

    def may_ask(self):
        if self.headers.get("x-openfc-token") == self.server.token:
            return True
        self.answer({"error": "another token"}, 403)
        return False

    def send_asset(self, name):
        data = (ASSETS / name).read_bytes().replace(b"{{token}}", TOKEN.encode())
        self.send(200, TYPES[pathlib.PurePath(name).suffix], data)

    def answer(self, value, status=200):
        self.send(status, "application/json", json.dumps(value).encode())

    def send(self, status, content_type, data):
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(data)))
        self.send_header("content-security-policy", "frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        """Nothing."""
