"""What a client sees of a site: the same whoever serves it."""

import contextlib
import re
import socket

import httpx
import websockets.sync.client
from websockets.exceptions import ConnectionClosed, InvalidStatus

HOST = "shop.example"
# Of the connection, the moment and the platform, not of the application.
IGNORED_HEADERS = {"connection", "date", "keep-alive", "server", "x-fc-request-id"}
# Signed with the time, or drawn.
VOLATILE = re.compile(r"((?:session|sessionid|csrftoken)=)[^;]+|(expires=)[^;]+|"
                      r"(name=\"csrfmiddlewaretoken\" value=\")[^\"]+", re.IGNORECASE)


class SiteClient:
    """A browser of one site: keeps cookies, follows nothing."""

    def __init__(self, port):
        self._port = port
        self._client = httpx.Client(base_url="http://127.0.0.1:%d" % port, timeout=20,
                                    headers={"Host": HOST, "User-Agent": "check",
                                             "Accept-Encoding": "identity"})

    def close(self):
        self._client.close()

    def ask(self, method, path, **options):
        """The whole answer, as something to compare and to look into."""
        return Seen(self._client.request(method, path, **options))

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, **options):
        return self.ask("POST", path, **options)

    @contextlib.contextmanager
    def stream(self, path):
        """A response of which not all has been read. It ends with the scope, read or not."""
        with self._client.stream("GET", path) as response:
            yield response

    def leave_early(self, path):
        """The first of an answer without an end; then the client goes away."""
        with self.stream(path) as response:
            first = next(response.iter_raw(1000))
        return response.status_code, _headers(response), first

    def gated(self, path, go):
        """A stream whose second piece is made when the client asks for it, after the first one."""
        with self.stream(path) as response:
            pieces = response.iter_text()
            first = next(pieces)
            self.post(go)
            rest = "".join(pieces)
        assert "first" in first and "second" in rest, (first, rest)
        return response.status_code, _headers(response), first, rest

    @contextlib.contextmanager
    def socket(self, path, host=HOST, **options):
        """A WebSocket."""
        address = "ws://%s%s" % (host, path)
        with socket.create_connection(("127.0.0.1", self._port), 20) as connection:
            with websockets.sync.client.connect(address, sock=connection, compression=None,
                                                max_size=None, proxy=None, **options) as talk:
                yield talk

    def refusal_of(self, path, **options):
        """Status and body of a handshake that is refused."""
        try:
            with self.socket(path, **options):
                return "accepted"
        except InvalidStatus as refused:
            return refused.response.status_code, refused.response.body


class Seen:
    """An answer without what differs between two moments."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = _headers(response)
        self.content = response.content
        free = _free_framing(response)
        self.headers = [pair for pair in self.headers if pair[0] not in free]

    @property
    def facts(self):
        return self.status, self.headers, _steady(self.content.decode("latin-1"))

    def json(self):
        return httpx.Response(200, content=self.content).json()

    def header(self, name):
        return [value for own, value in self.headers if own == name]

    def __eq__(self, other):
        return self.facts == other.facts

    def __repr__(self):
        return repr(self.facts)


def end_of(talk):
    """(code, reason) with which the server closes."""
    try:
        while True:
            talk.recv(timeout=20)
    except ConnectionClosed as end:
        return (end.rcvd.code, end.rcvd.reason) if end.rcvd else "no close frame"


def _free_framing(response):
    """Of an answer with a body any true framing will do: httpx has seen that it is."""
    if response.request.method == "HEAD":
        return {"transfer-encoding"}
    return set() if response.status_code in (204, 304) else {"content-length", "transfer-encoding"}


def _headers(response):
    pairs = [(name.decode("latin-1").lower(), _steady(value.decode("latin-1")))
             for name, value in response.headers.raw]
    return sorted(pair for pair in pairs if pair[0] not in IGNORED_HEADERS)


def _steady(text):
    return VOLATILE.sub(lambda found: next(filter(None, found.groups())) + "...", text)
