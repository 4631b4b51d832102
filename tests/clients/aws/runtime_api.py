"""A stand-in for the Runtime API of AWS's dialect, over raw sockets: hands out invocations in turn,
keeps every post as it came."""

import socket
import threading

OK = b"HTTP/1.1 200 OK\r\n"
ACCEPTED = b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status":"OK"}\n'


class Post:
    """One post: its path, its headers by lower-case name, its bytes."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body


class RuntimeApi:
    """Serves one runtime. The runtime is finished with when `done` is set: it has answered all
    invocations, posted an init error, or left (the caller says so with `leave`)."""

    def __init__(self, invocations):
        self.posts = []
        self.polls = 0
        self.done = threading.Event()
        self._invocations = list(invocations)
        self._expected = len(self._invocations)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """No more connections."""
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while self._exchange(connection, stream):
                    pass
            except OSError:
                pass

    def _exchange(self, connection, stream):
        line = stream.readline().decode("latin-1").split(" ")
        if len(line) < 3:
            return False
        headers = {}
        for text in iter(stream.readline, b"\r\n"):
            name, _, value = text.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
        if line[0] == "GET":
            return self._hand_out(connection)
        self.posts.append(Post(line[1], headers, body))
        connection.sendall(ACCEPTED)
        if len(self.posts) >= self._expected or line[1].endswith("/init/error"):
            self.done.set()
        return True

    def _hand_out(self, connection):
        self.polls += 1
        if not self._invocations:
            self.done.set()
            connection.recv(1)  # Until the runtime leaves.
            return False
        headers, event = self._invocations.pop(0)
        head = OK + b"".join(b"%s: %s\r\n" % (name.encode(), value.encode("utf-8", "surrogateescape"))
                             for name, value in headers)
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(event) + event)
        return True
