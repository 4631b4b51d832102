"""One WebSocket of an ASGI application."""

from _openfc import asgi_cycle, waits

_CONNECTING, _REFUSING, _OPEN, _OVER = range(4)

NORMAL_CLOSURE = 1000
NO_STATUS = 1005  # The peer's close frame had none.
ABNORMAL_CLOSURE = 1006


class WebSocketCycle(asgi_cycle.Cycle):
    """receive() and send() of one connection."""

    _closed = (ABNORMAL_CLOSURE, "")
    _is_announced = False
    _refusal = None  # The start of a response in place of the connection, and its pieces.
    _stage = _CONNECTING

    def _note_half_close(self):
        """A WebSocket needs both halves."""
        self._lose()

    async def receive(self):
        """The next message to the application."""
        if not self._is_announced:
            self._is_announced = True
            self._watch()
            return {"type": "websocket.connect"}
        while self._stage < _OPEN and not self.is_gone:
            await self._listen()
        if self._stage == _OPEN:
            is_message, content = await self._server.waits.first(self.exchange.receive)
            if is_message:
                return _received(content)
            self._stage, self._closed = _OVER, content
        return {"type": "websocket.disconnect", "code": self._closed[0],
                "reason": self._closed[1]}

    async def send(self, message):
        """Takes a message from the application."""
        kind = message["type"]
        if kind == "websocket.accept" and self._stage == _CONNECTING:
            self._accept(message)
        elif kind == "websocket.close" and self._stage == _CONNECTING:
            self._refuse(403, (), b"")
        elif kind == "websocket.http.response.start" and self._stage == _CONNECTING:
            self._stage, self._refusal = _REFUSING, (message, [])
        elif kind == "websocket.http.response.body" and self._stage == _REFUSING:
            self._refuse_with(message)
        elif kind == "websocket.close" and self._stage == _OPEN:
            self._close(message.get("code", NORMAL_CLOSURE), message.get("reason") or "")
        elif kind == "websocket.send" and self._stage == _OPEN:
            await self._send(message)
        elif kind == "websocket.send" and self._stage == _OVER:
            raise waits.Gone()
        else:
            raise RuntimeError("the ASGI application sent %r out of turn" % (kind,))

    def _accept(self, message):
        if self.is_gone:
            raise waits.Gone()
        headers = list(message.get("headers", ()))
        if message.get("subprotocol"):
            headers.append((b"sec-websocket-protocol", message["subprotocol"].encode("latin-1")))
        self.exchange.accept(headers)
        self._stage = _OPEN
        self._tell()

    def _refuse_with(self, message):
        """A part of the response; it is sent when it is whole."""
        start, pieces = self._refusal
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._refuse(start["status"], start.get("headers", ()), b"".join(pieces))

    def _refuse(self, status, headers, body):
        self.exchange.start(status, headers)
        self.exchange.send(body)
        self._end((ABNORMAL_CLOSURE, ""))

    def _close(self, code, reason):
        self.exchange.close_channel(code, reason)
        self._end((code, reason))

    def _end(self, closed):
        self._stage, self._closed = _OVER, closed
        self._tell()

    async def _send(self, message):
        text = message.get("text")
        data = message.get("bytes") if text is None else text.encode("utf-8")
        own = self._server.waits
        ticket = own.ticket()
        is_welcome = self.exchange.send_message(text is not None, data, own.inbox, ticket)
        if is_welcome is None:
            self.is_gone = True
            raise waits.Gone()
        if not is_welcome:
            await own.wait(ticket)

    def _conclude(self):
        if self._stage == _CONNECTING and not self.is_gone:
            raise RuntimeError("the ASGI application returned without accepting the WebSocket")
        if self._stage == _REFUSING and not self.is_gone:
            raise RuntimeError("the ASGI application returned before its refusal was complete")
        if self._stage == _OPEN:
            self._close(NORMAL_CLOSURE, "")


def _received(content):
    if isinstance(content, str):
        return {"type": "websocket.receive", "text": content}
    return {"type": "websocket.receive", "bytes": content}
